"""What the measured seconds mean: rows of ratios with their marks, the share of messages per stage, bars for the chart."""

import statistics


def ratios(above, below):
    return statistics.median(a / b for a, b in zip(above, below))


def engine_rows(results):
    seconds, n = results["seconds"], results["messages"]
    rate = lambda word: f"{n / statistics.median(seconds[word]):,.0f}/s"
    for word, first, aim in (("fast", 5, 15), ("thorough", 2, 5)):
        yield (f"engine, names: {word}", rate(word), f"mecab -Owakati {rate('mecab')}", ratios(seconds["mecab"], seconds[word]),
               f"{first}x", f"{aim}x")
    yield ("engine, names: fast", rate("fast"), f"MeCab in process {rate('lattice')}",
           ratios(seconds["lattice"], seconds["fast"]), "", "")
    for word, first, aim in (("fast", 1.2, 0.5), ("thorough", 3.5, 1.5)):
        added = statistics.median(a - b for a, b in zip(seconds[word], seconds["nameless"])) / n * 1e6
        yield (f"names stage, {word}", f"{added:.2f} us/message", f"without {rate('nameless')}", f"{added:.2f} us", f"{first} us", f"{aim} us")
    yield ("literals alone", rate("lexicon"), f"Hyperscan {rate('hyperscan')}", ratios(seconds["hyperscan"], seconds["lexicon"]), "", "")


def archive_rows(results):
    seconds, lines = results["seconds"], results["lines"]
    rate = lambda word: f"{lines / statistics.median(seconds[word]):,.0f}/s"
    yield "filterctl scan, one core", rate("scan"), f"rg -c -F -f {rate('rg')}", ratios(seconds["rg"], seconds["scan"]), "1x", "2x"
    yield ("filterctl scan, every core", rate("scan, every core"), f"rg -c -F -f {rate('rg')}",
           ratios(seconds["rg"], seconds["scan, every core"]), "", "")


def service_rows(sides):
    for name, first, aim in (("256 outstanding", 0.30, 0.60), ("16 per request", 0.15, 0.40)):
        echo, ours = ([run["messages"] / run["ns"] * 1e9 for run in sides[name][side]] for side in ("echo", "filterd"))
        yield (f"service, {name}", f"{statistics.median(ours):,.0f}/s", f"echo {statistics.median(echo):,.0f}/s",
               ratios(ours, echo), f"{first}x", f"{aim}x")
    for percentile, first, aim in (("p50_us", 60, 30), ("p99_us", 120, 60)):
        echo, ours = ([run[percentile] for run in sides["one outstanding"][side]] for side in ("echo", "filterd"))
        added = statistics.median(a - b for a, b in zip(ours, echo))
        yield (f"added latency, {percentile[:3]}", f"{statistics.median(ours):.0f} us", f"echo {statistics.median(echo):.0f} us",
               f"{added:+.0f} us", f"{first} us", f"{aim} us")


def cities_rows(results):
    one, many = ([run[side] for run in results["rounds"]] for side in ("one_ns", "many_ns"))
    yield (f"{results['cities']:,} cities, 100 terms each", f"{statistics.median(many) / 1e6:.1f} ms a pass",
           f"one city {statistics.median(one) / 1e6:.1f} ms", ratios(many, one), "1.15x", "1.05x")


def start_rows(results):
    cities, workers = f"{results['cities']:,} cities", results["workers"]
    yield f"start, {cities}", f"{results['seconds']['next']:.1f} s", f"the first {results['seconds']['first']:.1f} s", "", "", ""
    yield f"memory, {cities}", f"{results['kib'] / 1024:,.0f} MiB", f"all processes, {workers} workers", "", "", ""


def live_rows(results):
    yield (f"a new term live, {results['cities']:,} cities loaded", f"{statistics.median(results['seconds']):.2f} s", "filterctl reload", "",
           "1 s", "0.2 s")


def worst_rows(contents):
    for content in contents[:3]:
        kib = content["bytes"] / 1024
        yield (f"worst message: {content['name']}", f"{content['ms']:.1f} ms CPU", f"{kib:.0f} KiB, {content['status']}",
               f"{(content['ms'] - 0.1) / kib:.3f} ms/KiB", "1 ms/KiB", "0.2 ms/KiB")


ROWS = {"engine": engine_rows, "archive": archive_rows, "service": service_rows, "cities": cities_rows, "start": start_rows,
        "live": live_rows, "worst": worst_rows}


def print_table(rows):
    cells = [("what", "ours", "against", "ratio", "first mark", "aim")]
    cells += [tuple(f"{cell:.2f}x" if isinstance(cell, float) else cell for cell in row) for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(6)]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def print_stages(last):
    print("\nmessages that reach each stage      fast   thorough")
    for stage, count in last["fast"]["reached"].items():
        shares = [answer["reached"][stage] / answer["messages"] for answer in (last["fast"], last["thorough"])]
        print(f"  {stage:<28} {shares[0]:>8.1%} {shares[1]:>10.1%}")
    for word in ("fast", "thorough"):
        print("  {}: {allow:,} allow, {redact:,} redact, {block:,} block, {hits:,} findings".format(word, **last[word]))


def groups_of(results):
    mid = statistics.median
    if "engine" in results:
        engine = results["engine"]
        bars = [("literals alone", "lexicon"), ("literals, Hyperscan", "hyperscan"), ("engine, names: fast", "fast"), ("engine, names: thorough", "thorough"),
                ("MeCab in process", "lattice"), ("mecab -Owakati", "mecab")]
        yield "one core, messages per second", [(label, engine["messages"] / mid(engine["seconds"][word]), "engine" in label)
                                                for label, word in bars]
    if "archive" in results:
        archive = results["archive"]
        yield "an archive, lines per second", [(name if name == "rg" else f"filterctl {name}", archive["lines"] / mid(archive["seconds"][name]),
                                                name != "rg") for name in ("scan", "scan, every core", "rg")]
    for name in ("256 outstanding", "16 per request") if "service" in results else ():
        yield f"service, {name}, messages per second", [
            (side, mid(run["messages"] / run["ns"] * 1e9 for run in results["service"][name][side]), side == "filterd")
            for side in ("filterd", "echo")]
