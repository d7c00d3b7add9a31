load helper

@test "all cities are tried, the last line counts" {
    run filterctl test
    is 0 "$status"
    is '3 passed, 0 failed' "$output"
    run filterctl test sakura sakura
    is 0 "$status"
    is '3 passed, 0 failed' "$output"
    run filterctl test default
    is 0 "$status"
    is '0 passed, 0 failed' "$output"
}

@test "a failing case is shown with its row: exit 1" {
    cp -rL "$DICTIONARIES" "$T/dictionaries"
    sed -i 's/^ぽぬぽぬ,,,,遮断,6-2/ぽぬぽぬ,,,,許可,/' "$T/dictionaries/cities/sakura/cases.csv"
    run filterctl test -d "$T/dictionaries"
    is 1 "$status"
    contains "${lines[0]}" 'sakura/cases.csv:3: expected allow, got block'
    contains "${lines[0]}" 'ぽぬぽぬ'
    is '2 passed, 1 failed' "${lines[-1]}"
    run filterctl test -j -d "$T/dictionaries" sakura
    is 1 "$status"
    contains "${lines[0]}" '{"city":"sakura","row":3,"expected":"allow"'
    is '{"passed":2,"failed":1}' "${lines[-1]}"
}

@test "a city at fault does not keep the others from being tried: exit 2" {
    cp -rL "$DICTIONARIES" "$T/dictionaries"
    echo 'surprise: true' >> "$T/dictionaries/cities/default/policy.yaml"
    run filterctl test -d "$T/dictionaries"
    is 2 "$status"
    contains "$output" 'cities/default/policy.yaml:'
    contains "$output" 'surprise'
    is '3 passed, 0 failed' "${lines[-1]}"
    run filterctl test atlantis
    is 2 "$status"
}

@test "test --labelled measures names" {
    printf '%s\n' '{"text":"氏名：長谷部光彦","spans":[{"start":3,"end":8,"type":"PERSON"}]}' '{"text":"雨です","spans":[]}' > "$T/labelled"
    run filterctl test -j -d dictionaries --labelled "$T/labelled"
    is 0 "$status"
    contains "$output" '{"messages":2,"names":1,"precision":1.000,"recall":1.000,"f1":1.000,'
}

@test "test --labelled refuses a file without labels" {
    echo '{"text":"x"}' > "$T/labelled"
    run filterctl test -d dictionaries --labelled "$T/labelled"
    is 2 "$status"
    contains "$output" "$T/labelled:1: "
}

@test "test --rules: values are found, numbers of nobody are not, rules claim what labelled texts show" {
    cat tests/golden/labelled/*.jsonl > "$T/labelled"
    run filterctl test -j -d dictionaries --rules --labelled "$T/labelled"
    is 0 "$status"
    python3 - "${lines[-1]}" <<'END'
import json, sys
total = json.loads(sys.argv[1])
assert total["f1"] >= 0.98, total
assert total["traps_hit"] <= 0.01 * total["traps"], total
END
}

@test "test --rules: a rule that claims too much is named: exit 1" {
    cp -r dictionaries models "$T"
    sed -i 's/^    likelihood: {plain: 90, negative: 90}$/    likelihood: {plain: 99, negative: 90}/' "$T/dictionaries/common/patterns.yaml"
    for i in 1 2 3 4 5 6 7 8 9; do echo '{"text":"www.example.jp","spans":[],"neg":[{"start":0,"end":14}]}'; done > "$T/labelled"
    run filterctl test -d "$T/dictionaries" --rules --labelled "$T/labelled"
    is 1 "$status"
    contains "${lines[1]}" 'too much'
    contains "${lines[-1]}" 'traps 9, hit 9'
}
