load helper

# 40 harmless texts, 20 with a phone number, 7 insults: three months.
make_archive() {
    for i in $(seq 40); do echo "{\"text\":\"こんにちは $i\",\"timestamp\":\"2024-0$((i % 3 + 1))-10\"}"; done
    for i in $(seq 20); do echo "{\"text\":\"連絡は080-0000-00$((i + 10))\",\"timestamp\":\"2024-0$((i % 2 + 1))-10\"}"; done
    for i in $(seq 7); do echo '{"text":"ぽぬぽぬだ","timestamp":1704067200000}'; done
}

report() {
    filterctl report --policy sakura "$@"
}

@test "the page: one file that asks for nothing else, with decisions, clauses and masked samples" {
    make_archive > "$T/in.jsonl"
    report -o "$T/report.html" "$T/in.jsonl"
    page=$(< "$T/report.html")
    contains "$page" '<html lang="en">'
    contains "$page" '<b>67</b> messages'
    contains "$page" '6(2)</td><td>誹謗中傷</td><td class="n">7</td>'
    contains "$page" 'ぽぬぽぬだ'
    contains "$page" '連絡は【電話番号】'
    contains "$page" 'in.jsonl'
    contains "$page" "$(filterctl check -j --policy sakura x | grep -oE '[0-9a-f]{64}')"
    for bad in '<script' 'src=' 'href=' '080-0000' "$T"; do
        case $page in *"$bad"*) false ;; esac
    done
}

@test "in Japanese by the locale" {
    make_archive > "$T/in.jsonl"
    LC_ALL=ja_JP.UTF-8 run report "$T/in.jsonl"
    is 0 "$status"
    contains "$output" '<html lang="ja">'
    contains "$output" '桜町 メッセージ判断結果報告書'
    contains "$output" '2024年1月から2024年3月まで'
    contains "$output" '受け付けなかったものは<b>7件</b>(10.4%)'
}

@test "the same numbers as JSON, and as a workbook" {
    make_archive > "$T/in.jsonl"
    report --json "$T/report.json" --xlsx "$T/report.xlsx" "$T/in.jsonl"
    python3 - "$T/report.json" "$T/report.xlsx" <<'END'
import json, re, sys, zipfile
report = json.load(open(sys.argv[1]))
assert report["verdicts"] == {"allow": 40, "redact": 20, "block": 7, "total": 67}, report["verdicts"]
assert [m["total"] for m in report["months"]] == [30, 24, 13], report["months"]
assert report["clauses"][0]["records"] == 20 and report["clauses"][0]["cite"] == "10(1)"
assert report["inputs"] == ["in.jsonl"] and report["refused"] == 0
book = zipfile.ZipFile(sys.argv[2])
words = book.read("xl/sharedStrings.xml").decode()
assert "PHONE" in words and "6(2) 誹謗中傷" in words
assert "<v>67</v>" in book.read("xl/worksheets/sheet1.xml").decode()
END
    [ ! -e "$T/report.xlsx.part" ]
}

@test "a device stays a device" {
    make_archive > "$T/in.jsonl"
    mkfifo "$T/pipe"
    cat "$T/pipe" > "$T/read" &
    report -o "$T/pipe" "$T/in.jsonl"
    wait
    [ -p "$T/pipe" ]
    contains "$(< "$T/read")" '<b>67</b> messages'
    run report --xlsx "$T/pipe" "$T/in.jsonl"
    [ "$status" -ne 0 ]
    [ -p "$T/pipe" ]
}

@test "a count below 5 is not told, nor what would give it away" {
    { make_archive; echo '{"text":"a@example.jp"}'; } | head -n 63 > "$T/in.jsonl"
    report --json - "$T/in.jsonl" > "$T/json"
    grep -qF '"verdicts":{"allow":40,"redact":null,"block":"<5","total":63}' "$T/json"
    grep -qF '{"id":"DEFAMATION","label":"誹謗中傷","records":"<5","samples":[]}' "$T/json"
    grep -qF '"rules":[{' "$T/json"
    grep -F 'term.sakura' "$T/json" && false
    LC_ALL=ja_JP.UTF-8 report "$T/in.jsonl" > "$T/html"
    grep -qF '受け付けなかったものは<b>5未満件</b>' "$T/html" && false
    grep -qF '5未満' "$T/html"
    grep -qF 'ぽぬぽぬ' "$T/html" && false
    true
}

@test "samples: none where something personal may have stayed, and none at all when not wanted" {
    for i in $(seq 9); do
        echo '{"text":"ぽぬぽぬめ、部屋は1234です"}'
        echo '{"text":"ぽぬぽぬめ、みつこちゃんに聞け"}'
    done > "$T/in.jsonl"
    report --json - "$T/in.jsonl" > "$T/json"
    grep -qF '"records":18,"samples":[]' "$T/json"
    echo '{"text":"ぽぬぽぬめ"}' >> "$T/in.jsonl"
    report --json - "$T/in.jsonl" | grep -qF '"records":19,"samples":["ぽぬぽぬめ"]'
    report --no-samples --json - "$T/in.jsonl" | grep -qF '"records":19,"samples":[]'
}

@test "months from a column that is named or usual, and from events of webhooks" {
    { echo '受付日,内容'; for i in $(seq 6); do echo "2024年5月$i日,こんにちは"; done; } > "$T/in.csv"
    report --field 内容 --json - "$T/in.csv" | grep -qF '"month":"2024-05","allow":6'
    report --field 内容 --time-field 1 --json - "$T/in.csv" | grep -qF '"month":"2024-05","allow":6'
    report --field 内容 --time-field 内容 --json - "$T/in.csv" | grep -qF '"months":[]'
    for i in $(seq 6); do
        echo '{"events":[{"timestamp":1462629479859,"message":{"text":"はい"}}]}'
    done > "$T/in.jsonl"
    report --field 'events[].message.text' --json - "$T/in.jsonl" | grep -qF '"month":"2016-05","allow":6'
}

@test "records that cannot be read are counted apart: exit 3" {
    { make_archive; echo broken; } > "$T/in.jsonl"
    run report --json - "$T/in.jsonl"
    is 3 "$status"
    contains "$output" '"refused":1'
    contains "$output" '"total":67'
}

@test "what cannot be written is said and leaves nothing: exit 2" {
    make_archive > "$T/in.jsonl"
    for kind in -o --json --xlsx; do
        run report "$kind" "$T/none/report" "$T/in.jsonl"
        is 2 "$status"
        contains "$output" "$T/none/report"
    done
    run report "$T/none.jsonl"
    is 2 "$status"
}
