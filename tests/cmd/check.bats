load helper
bats_require_minimum_version 1.5.0

ALLOWED='{"id":"0","status":"OK","verdict":"allow","text":"こんにちは","findings":[],"grounds":[],"review":false,"escalate":false,"notice_id":null,"policy":"default","ruleset":"-"}'
PHONE='{"start":3,"end":16,"info_type":"PHONE","category":null,"subject":"SELF","likelihood":97,"severity":null,"rule":"pii.phone.mobile","clauses":["10-1"],"action":"redact"}'
WORD='{"start":17,"end":21,"info_type":null,"category":"DEFAMATION","subject":null,"likelihood":90,"severity":"HIGH","rule":"term.sakura.2bf7250a","clauses":["6-2"],"action":"block"}'

@test "an innocent message is allowed: exit 0" {
    run filterctl check 'こんにちは'
    is 0 "$status"
    contains "$output" 'verdict  allow  Default'
    contains "$output" 'text     こんにちは'
}

@test "a phone number is redacted: exit 1, with its clause" {
    run filterctl check --policy sakura '電話は080-0000-0000'
    is 1 "$status"
    contains "$output" 'verdict  redact'
    contains "$output" 'text     電話は【電話番号】'
    contains "$output" 'clause   10(1) 個人情報の管理  [10-1]'
    contains "$output" 'finding  3-16  PHONE  97  pii.phone.mobile  UNKNOWN  redact 10-1  「080-0000-0000」'
}

@test "a term of the city is blocked: exit 1, with the notice" {
    run filterctl check -p sakura 'ぽぬぽぬ'
    is 1 "$status"
    contains "$output" 'verdict  block'
    contains "$output" 'clause   6(2) 誹謗中傷  [6-2]'
    contains "$output" 'notice   この内容は受け付けられません。'
}

@test "JSON is one line of the one shape" {
    is "$ALLOWED" "$(filterctl check -j 'こんにちは' | hide_hash)"
    is "{\"id\":\"0\",\"status\":\"OK\",\"verdict\":\"block\",\"text\":\"電話は【電話番号】、ぽぬぽぬ\",\"findings\":[$PHONE,$WORD],\"grounds\":[\"6-2\",\"10-1\"],\"review\":false,\"escalate\":false,\"notice_id\":\"blocked\",\"policy\":\"sakura\",\"ruleset\":\"-\"}" \
        "$(filterctl check --json --policy sakura '電話は080-0000-0000、ぽぬぽぬ' | hide_hash)"
}

@test "the message comes from standard input, less one line break" {
    is "$ALLOWED" "$(printf 'こんにちは\n' | filterctl check -j | hide_hash)"
    is "$ALLOWED" "$(printf 'こんにちは' | filterctl check -j - | hide_hash)"
    contains "$(printf 'a\n\n' | filterctl check -j -)" '"text":"a\u000a"'
}

@test "bytes that are no UTF-8 are replaced and said so" {
    run filterctl check "$(printf 'a\xffb')"
    is 0 "$status"
    contains "$output" 'note     bytes that are no UTF-8 were replaced'
}

@test "a control sequence does not reach the terminal" {
    run filterctl check "$(printf 'a\033[2Jb')"
    contains "$output" 'a<U+001B>[2Jb'
}

@test "a message that is too long has no verdict: exit 2" {
    head -c 65537 /dev/zero | tr '\0' 'a' > "$T/long"
    run filterctl check - < "$T/long"
    is 2 "$status"
    is 'filterctl check: the text has more than 65536 bytes' "$output"
    run --separate-stderr filterctl check -j - < "$T/long"
    is 2 "$status"
    is '{"id":"0","status":"TOO_LARGE","verdict":null,"text":null,"findings":[],"position":{"record":0,"byte":0}}' "$output"
    head -c 65536 "$T/long" > "$T/fits"
    run filterctl check - < "$T/fits"
    is 0 "$status"
}

@test "direction, surface and purpose change the verdict" {
    run filterctl check -p sakura --direction outbound 'ぽぬぽぬ'
    is 0 "$status"
    run filterctl check -p sakura --purpose application '080-0000-0000'
    is 0 "$status"
    run filterctl check -p sakura --surface DISPLAY_NAME 'ぽぬぽぬ'
    is 1 "$status"
}

@test "unknown words are refused: exit 2" {
    run filterctl check --direction sideways x
    is 2 "$status"
    contains "$output" "unknown direction 'sideways'"
    run filterctl check --surface WALL x
    is 2 "$status"
    run filterctl check --purpose holiday x
    is 2 "$status"
    contains "$output" "the policy knows no purpose 'holiday'"
    run filterctl check one two
    is 2 "$status"
    contains "$output" "too many arguments: 'two'"
}

@test "an unknown city is refused: exit 2" {
    for city in atlantis ../default .hidden ''; do
        run filterctl check --policy "$city" x
        is 2 "$status"
        contains "$output" 'no such city'
    done
}

@test "a city with a fault is refused with file, line, value and mend" {
    cp -rL "$DICTIONARIES" "$T/dictionaries"
    sed -i 's/action: block/action: shout/' "$T/dictionaries/cities/sakura/policy.yaml"
    run filterctl check -d "$T/dictionaries" --policy sakura x
    is 2 "$status"
    contains "$output" "cities/sakura/policy.yaml:20:"
    contains "$output" "'shout'"
}

@test "dictionaries: the option goes before the environment, and must be some" {
    FILTERD_DICTIONARIES=/nonexistent run filterctl check -d "$DICTIONARIES" x
    is 0 "$status"
    FILTERD_DICTIONARIES=/nonexistent run filterctl check x
    is 2 "$status"
    contains "$output" '/nonexistent: no dictionaries here'
}

@test "dictionaries are found beside the program" {
    mkdir -p "$T/tree/build"
    cp "$FILTERCTL" "$T/tree/build/filterctl"
    cp -rL "$DICTIONARIES" "$T/tree/dictionaries"
    unset FILTERD_DICTIONARIES
    run "$T/tree/build/filterctl" check --policy sakura 'ぽぬぽぬ'
    is 1 "$status"
}

@test "a store gives the same verdict, the second time too" {
    first=$(filterctl check -j --store "$T/store" --policy sakura '電話は080-0000-0000') || true
    [ -n "$(ls -A "$T/store")" ]
    is "$first" "$(filterctl check -j --store "$T/store" --policy sakura '電話は080-0000-0000')"
    is "$first" "$(filterctl check -j --policy sakura '電話は080-0000-0000')"
}

@test "people who read Japanese get Japanese" {
    LC_ALL=ja_JP.UTF-8 run filterctl check --policy sakura '電話は080-0000-0000'
    is 1 "$status"
    contains "$output" '判定    伏せ字  桜町'
    contains "$output" '根拠    10(1) 個人情報の管理'
    contains "$output" '検出    3-16  電話番号'
}
