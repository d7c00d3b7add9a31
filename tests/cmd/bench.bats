load helper
bats_require_minimum_version 1.5.0

# No test here asks how long anything takes: only who did which work, and that what costs by far the most comes first.

setup_corpus() {
    for i in 1 2 3 4 5 6 7 8; do
        printf '{"id":"k%d","text":"きょうはいいてんきですねあしたもはれるといいなとおもいますゐ12番"}\n' $i
    done > "$T/corpus.jsonl"
    printf '%s\n' '{"id":"n1","text":"ぽぬぽぬ"}' '{"id":"n2","text":"電話は080-0000-0000"}' \
        '{"id":"n3","text":"こんにちは"}' >> "$T/corpus.jsonl"
}

setup_draft() {
    mkdir -p "$T/draft"
    cp -r "$DICTIONARIES/cities/sakura" "$T/draft/"
    draft=$T/draft/sakura
}

setup_tree() {
    cp -rL "$DICTIONARIES" "$T/tree"
    rm -rf "$T/tree/common/models"
    ln -s "$PWD/models" "$T/tree/common/models"
}

# members LINES PYTHON-EXPRESSION over `rows`, a list of objects, and `rule(side, id)`
members() {
    python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.argv[1].splitlines()]
def of(kind, **wanted):
    return [row for row in rows if row["kind"] == kind and all(row.get(k) == v for k, v in wanted.items())]
print(eval(sys.argv[2]))' "$1" "$2"
}

@test "rules and texts must be named: exit 2" {
    run filterctl bench --rules sakura
    is 2 "$status"
    contains "$output" 'name the rules and the texts: --rules CITY --corpus FILE'
    run filterctl bench --rules sakura --corpus "$T/none.jsonl"
    is 2 "$status"
    contains "$output" 'No such file'
    run filterctl bench --rules nowhere --corpus /dev/null
    is 2 "$status"
    setup_corpus
    run filterctl bench --rules sakura --corpus "$T/corpus.jsonl" --rounds 3
    is 2 "$status"
    contains "$output" "--rounds: '3' is no number from 15 to 1000"
    : > "$T/empty.jsonl"
    run filterctl bench --rules sakura --corpus "$T/empty.jsonl"
    is 2 "$status"
    contains "$output" 'no text in it'
}

@test "what each rule did with the texts, and which never fired" {
    setup_corpus
    run filterctl bench -j --timings 0 --rules sakura --corpus "$T/corpus.jsonl"
    is 0 "$status"
    is '(11, 11, 0, 0)' "$(members "$output" '[(r["texts"], r["records"], r["refused"], r["labelled"]) for r in of("corpus")][0]')"
    is '[(11, 9, 1, 1)]' "$(members "$output" '[(r["judged"], r["allow"], r["redact"], r["block"]) for r in of("side", side="A")]')"
    is "['pattern', 'term', 'city_term']" "$(members "$output" '[r["type"] for r in of("rule")][:3]')"
    is '[(1, 1, 1, 1, False)]' "$(members "$output" '[(r["tried"], r["hits"], r["confirmed"], r["decided"], r["silent"]) for r in of("rule", type="pattern")]')"
    is "['ぬべべ']" "$(members "$output" '[r["term"] for r in of("rule", silent=True)]')"
    is '[None]' "$(members "$output" 'sorted(set(str(r["cost"]) for r in of("rule"))) == ["None"] and [None]')"
    is '[(0.1818, 1.0)]' "$(members "$output" '[(r["reached"]["acted"], round(sum(r[v] for v in ("allow", "redact", "block")) / 11, 4)) for r in of("side")]')"
}

@test "why hits decided nothing: an exception, a longer word, a lost overlap; a rule only others' hits shadow" {
    setup_draft
    printf '%s\n' 'もげ,誹謗中傷,語句,強,もげもげ堂,,' 'ぱぴぱぴむし,誹謗中傷,部分,強,,,' 'ぱぴぱぴ,誹謗中傷,部分,強,,,' >> "$draft/terms.csv"
    printf '%s\n' '{"text":"もげもげ堂へ行く"}' '{"text":"ぱぴぱぴむし"}' '{"text":"ぱぴぱぴむしめ"}' > "$T/corpus.jsonl"
    run filterctl bench -j --timings 0 --rules "$draft" --corpus "$T/corpus.jsonl"
    is 0 "$status"
    is "[(2, 0, 0, {'exception': 2})]" "$(members "$output" '[(r["hits"], r["confirmed"], r["decided"], r["dropped"]) for r in of("rule", term="もげ")]')"
    is "[(2, 2, 2, False)]" "$(members "$output" '[(r["hits"], r["confirmed"], r["decided"], r["shadowed"]) for r in of("rule", term="ぱぴぱぴむし")]')"
    is "[(2, 2, 0, {'overlap_lost': 2}, True)]" "$(members "$output" '[(r["hits"], r["confirmed"], r["decided"], r["dropped"], r["shadowed"]) for r in of("rule", term="ぱぴぱぴ")]')"
    run filterctl bench --timings 0 --rules "$draft" --corpus "$T/corpus.jsonl"
    contains "$output" "A: every hit lies under another rule's that decides the same: 1"
    contains "$output" 'left out together, they change what is decided about 0 texts'
    contains "$output" '「ぱぴぱぴ」'
}

@test "rules that shadow each other: leaving all of them out is tried, and tells" {
    setup_draft
    sed -i 's/covers: \[DEFAMATION\]/covers: [DEFAMATION, DISCRIMINATION]/' "$draft/policy.yaml"
    printf '%s\n' 'ぱぴぱぴ,誹謗中傷,部分,強,,,' 'ぱぴぱぴ,差別,部分,強,,,' >> "$draft/terms.csv"
    printf '%s\n' '{"text":"ぱぴぱぴ"}' '{"text":"はい"}' > "$T/corpus.jsonl"
    run filterctl bench -j --timings 0 --rules "$draft" --corpus "$T/corpus.jsonl"
    is 0 "$status"
    is "[(1, True), (1, True)]" "$(members "$output" '[(r["decided"], r["shadowed"]) for r in of("rule", term="ぱぴぱぴ")]')"
    is '[1]' "$(members "$output" '[r["changed_without_shadowed"] for r in of("side")]')"
}

@test "a pattern that is slow on most texts comes first by a wide margin; what costs nothing is below the noise" {
    setup_corpus
    setup_tree
    cat >> "$T/tree/common/patterns.yaml" <<'EOF'
  - id: test.slow
    category: DEFAMATION
    pattern: '(?:[ぁ-ん]{1,3}|[ぁ-お]{1,4}){2,8}ゐ[0-9]'
    guard: digits
    likelihood: {plain: 80}
    hits: ["ああゐ1"]
EOF
    run --separate-stderr filterctl bench -j --timings 20 --rules sakura --against "$T/tree" --policy sakura \
        --corpus "$T/corpus.jsonl" --chart "$T/chart.svg"
    is 0 "$status"
    is '' "$stderr"
    is '["test.slow"]' "$(members "$output" 'json.dumps([r["rule"] for r in of("rule", side="B") if (r["cost"] or {}).get("ns", 0) > 3 * max([1] + [o["cost"]["ns"] for o in of("rule") if (o["cost"] or {}).get("ns") and o["rule"] != "test.slow"])])')"
    is 'True' "$(members "$output" 'of("rule", rule="test.slow")[0]["cost"]["noise_ns"] < of("rule", rule="test.slow")[0]["cost"]["ns"]')"
    is 'True' "$(members "$output" 'of("comparison")[0]["slower_share"] > of("comparison")[0]["noise_share"]')"
    # a figure or a bound, for every rule that somebody wrote; never a number below its noise
    is 'True' "$(members "$output" 'all(r["cost"] for r in of("rule") if r["type"] != "built_in")')"
    is 'True' "$(members "$output" 'all(r["cost"].get("ns", 1e9) > r["cost"].get("noise_ns", 0) for r in of("rule") if r["cost"])')"
    is 'True' "$(members "$output" 'all(5 <= r["timings"] <= 20 and r["cost"]["patterns"].keys() >= {"control_ns", "explained_ns"} for r in of("side"))')"
    # the rules differ about the same texts, and only ids are told
    is "['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8']" "$(members "$output" '[r["id"] for r in of("differs")]')"
    is "[('allow', 'block')]" "$(members "$output" 'sorted(set((r["A"], r["B"]) for r in of("differs")))')"
    case $output in *てんき*) false ;; esac
    # a chart of its own, in greys
    python3 - "$T/chart.svg" <<'EOF'
import re, sys, xml.etree.ElementTree as tree
text = open(sys.argv[1], encoding="utf-8").read()
assert tree.fromstring(text).tag.endswith("svg")
assert "test.slow" in text and "href" not in text and "@import" not in text and "url(" not in text
for colour in re.findall(r'"#([0-9a-f]+)"', text):
    assert len(set(re.findall(".", colour))) == 1, colour
EOF
}

@test "two that saw different texts are not compared: exit 2, the reason, and no figure" {
    setup_draft
    # more hits than the scanner looks at: one version has no verdict on the text
    python3 - "$draft/terms.csv" <<'EOF'
import sys
with open(sys.argv[1], "a", encoding="utf-8") as terms:
    for length in range(2, 81):
        terms.write(("ぽぬめけ" * 20)[:length] + ",誹謗中傷,部分,弱,,,\n")
EOF
    python3 -c 'print("{\"id\":\"long\",\"text\":\"" + "ぽぬめけ" * 100 + "\"}"); print("{\"id\":\"x\",\"text\":\"はい\"}")' > "$T/corpus.jsonl"
    run --separate-stderr filterctl bench --timings 0 --rules sakura --against "$draft" --corpus "$T/corpus.jsonl"
    is 2 "$status"
    is '' "$output"
    contains "$stderr" 'nothing is compared: A and B saw different texts (of 2, A has no verdict on 0, B on 1; the first: "long")'
    # alone it is measured, and says what it did not look at
    run filterctl bench -j --timings 0 --rules "$draft" --corpus "$T/corpus.jsonl"
    is 0 "$status"
    is '[(1, 1)]' "$(members "$output" '[(r["judged"], r["unjudged"]) for r in of("side")]')"
}

@test "labelled texts: quality of both sides, by decision, category and info type" {
    setup_draft
    echo 'ぷにぷに,誹謗中傷,語句,強,,,' >> "$draft/terms.csv"
    printf '%s\n' '{"id":1,"text":"ぷにぷに","label":"block","labels":["誹謗中傷"]}' \
        '{"id":2,"text":"ぽぬぽぬ","label":"block","labels":["誹謗中傷"]}' '{"id":3,"text":"こんにちは","label":"allow"}' \
        '{"id":4,"text":"電話は080-0000-0000","spans":[{"start":3,"end":16,"type":"PHONE"}]}' \
        '{"id":5,"text":"番号は080-0000-0000","spans":[],"neg":[{"start":3,"end":16}]}' > "$T/corpus.jsonl"
    run filterctl bench -j --timings 0 --rules sakura --against "$draft" --corpus "$T/corpus.jsonl"
    is 0 "$status"
    is "[('A', 2, 1, 0), ('B', 2, 2, 0)]" "$(members "$output" '[(r["side"], r["wanted"], r["found"], r["wrong"]) for r in of("quality", decision="block")]')"
    is "[('A', 0.5), ('B', 1.0)]" "$(members "$output" '[(r["side"], r["recall"]) for r in of("quality", category="DEFAMATION")]')"
    is "[(1, 1, 0.5), (1, 1, 0.5)]" "$(members "$output" '[(r["wanted"], r["found"], r["precision"]) for r in of("quality", info_type="PHONE")]')"
    is "[(1, 1), (1, 1)]" "$(members "$output" '[(r["traps"], r["hit"]) for r in of("traps")]')"
    is '[(1, "allow", "block")]' "$(members "$output" 'json.dumps([(r["id"], r["A"], r["B"]) for r in of("differs")]).replace("[[", "[(").replace("]]", ")]")')"
}

@test "tables are read like scan reads them, and people read Japanese" {
    printf '番号,本文\r\n1,"ぽぬぽぬ\n二行目"\r\n2,はい\r\n' > "$T/corpus.csv"
    LC_ALL=ja_JP.UTF-8 run "$FILTERCTL" bench --timings 0 --rules sakura --corpus "$T/corpus.csv" --field 本文
    is 0 "$status"
    contains "$output" '文 2件、記録 2件(読めないもの 0件)'
    contains "$output" 'A: 一度も当たらない規則: 2'
    run filterctl bench --timings 0 --rules sakura --corpus "$T/corpus.csv" --field 題名
    is 2 "$status"
    contains "$output" 'the table has no such column'
}
