load helper

# Numbered records, some with a phone number, of very different cost.
make_archive() {
    awk -v count="$1" 'BEGIN {
        for (i = 0; i < count; i++) {
            text = i % 7 == 0 ? "電話は080-0000-" sprintf("%04d", i % 10000) : "きょうはよい天気です"
            for (n = i % 97 == 0 ? 40 : 0; n > 0; n--) text = text "、ぬべべ"
            printf "{\"id\":%d,\"text\":\"%s\"}\n", i, text
        }
    }'
}

refused() {
    printf '{"id":%s,"status":"%s","verdict":null,"text":null,"findings":[],"position":{"record":%s,"byte":%s}}' "$@"
}

@test "every record has its line, with the id as it stands" {
    printf '%s\n' '{"id":7,"text":"電話は080-0000-0000"}' '{"text":"あ","id":"x-1"}' '{"text":"あ"}' '{"text":"あ","id":null}' > "$T/in"
    run filterctl scan --policy sakura "$T/in"
    is 0 "$status"
    is 4 "${#lines[@]}"
    is '{"id":7,"status":"OK","verdict":"redact","text":"電話は【電話番号】","findings":[{"start":3,"end":16,"info_type":"PHONE","category":null,"subject":"UNKNOWN","likelihood":97,"severity":null,"rule":"pii.phone.mobile","clauses":["10-1"],"action":"redact"}],"grounds":["10-1"],"review":false,"escalate":false,"notice_id":null,"policy":"sakura","ruleset":"-"}' \
        "$(hide_hash <<< "${lines[0]}")"
    is '{"id":"x-1","status":"OK","verdict":"allow","text":"あ","findings":[],"grounds":[],"review":false,"escalate":false,"notice_id":null,"policy":"sakura","ruleset":"-"}' \
        "$(hide_hash <<< "${lines[1]}")"
    contains "${lines[2]}" '{"id":"2","status":"OK"'
    contains "${lines[3]}" '{"id":"3","status":"OK"'
}

@test "check -j and scan print the same line" {
    is "$(filterctl check -j '電話は080-0000-0000')" "$(printf '{"text":"電話は080-0000-0000"}' | filterctl scan)"
}

@test "records that cannot be read have their lines and stop nothing: exit 3" {
    printf '%s\n' 'no json' '{"id":5,"other":"x"}' '{"id":6,"text":7}' '' '{"text":"a","text":"b"}' '{"text":"あ"}' '' > "$T/in"
    run filterctl scan "$T/in"
    is 3 "$status"
    is 6 "${#lines[@]}"
    is "$(refused '"0"' INVALID_ARGUMENT 0 0)" "${lines[0]}"
    is "$(refused 5 INVALID_ARGUMENT 1 8)" "${lines[1]}"
    is "$(refused 6 INVALID_ARGUMENT 2 29)" "${lines[2]}"
    is "$(refused '"3"' INVALID_ARGUMENT 3 47)" "${lines[3]}"
    is "$(refused '"4"' INVALID_ARGUMENT 4 48)" "${lines[4]}"
    contains "${lines[5]}" '{"id":"5","status":"OK"'
}

@test "a text that is too long and a line that is longer still are refused" {
    {
        printf '{"id":1,"text":"%s"}\n' "$(head -c 65537 /dev/zero | tr '\0' a)"
        printf '{"id":2,"text":"%s"}\n' "$(head -c 3000000 /dev/zero | tr '\0' a)"
        printf '{"id":3,"text":"%s"}\n' "$(head -c 65536 /dev/zero | tr '\0' a)"
    } > "$T/in"
    filterctl scan "$T/in" > "$T/out" && code=0 || code=$?
    is 3 "$code"
    is "$(refused 1 TOO_LARGE 0 0)" "$(sed -n 1p "$T/out")"
    is "$(refused '"1"' TOO_LARGE 1 65556)" "$(sed -n 2p "$T/out")"
    contains "$(sed -n 3p "$T/out" | head -c 40)" '{"id":3,"status":"OK"'
    is 3 "$(wc -l < "$T/out")"
}

@test "the order is that of the input, whatever the number of workers" {
    make_archive 30000 > "$T/in"
    filterctl scan --workers 1 "$T/in" > "$T/one"
    is 30000 "$(wc -l < "$T/one")"
    sed -E 's/^\{"id":([0-9]+),.*/\1/' "$T/one" > "$T/ids"
    seq 0 29999 | cmp - "$T/ids"
    for workers in 2 7; do
        filterctl scan --workers $workers "$T/in" | cmp - "$T/one"
    done
    cat "$T/in" | filterctl scan --workers 3 - | cmp - "$T/one"
}

@test "several inputs are one archive" {
    printf '{"text":"a"}' > "$T/1"
    printf '{"text":"b"}\n{"text":"c"}\n\n' > "$T/2"
    run filterctl scan "$T/1" "$T/2" - <<< '{"text":"d"}'
    is 0 "$status"
    is 4 "${#lines[@]}"
    contains "${lines[3]}" '{"id":"3","status":"OK","verdict":"allow","text":"d"'
}

@test "fields inside objects and arrays" {
    printf '{"message":{"parts":[{"t":"電話は080-0000-0000"}],"key":"k"},"a.b":1}\n' > "$T/in"
    run filterctl scan --field message.parts.0.t --id-field message.key "$T/in"
    is 0 "$status"
    contains "$output" '{"id":"k","status":"OK","verdict":"redact"'
    run filterctl scan --field message.parts.0.t --id-field 'a\.b' "$T/in"
    contains "$output" '{"id":1,"status":"OK","verdict":"redact"'
}

@test "lines of text: every line is a record, empty ones too" {
    printf '電話は080-0000-0000\r\n\nx\n\n' > "$T/in"
    run filterctl scan --format text "$T/in"
    is 0 "$status"
    is 4 "${#lines[@]}"
    contains "${lines[0]}" '"text":"電話は【電話番号】"'
    contains "${lines[1]}" '{"id":"1","status":"OK","verdict":"allow","text":""'
    contains "${lines[3]}" '{"id":"3","status":"OK","verdict":"allow","text":""'
}

@test "escapes, halves of surrogate pairs, U+0000 and bad bytes do not hide anything" {
    printf '{"text":"\\u306c\\u3079\\u3079"}\n{"text":"a\\u0000\\u306c\\u3079\\u3079"}\n{"text":"\\ud83dぬべべ"}\n{"text":"\xffぬべべ"}\n' > "$T/in"
    run filterctl scan "$T/in"
    is 0 "$status"
    for line in "${lines[@]}"; do
        contains "$line" '"verdict":"block"'
    done
    contains "${lines[1]}" '"text":"a\u0000ぬべべ"'
    contains "${lines[2]}" '"text":"�ぬべべ"'
    contains "${lines[3]}" '"text":"�ぬべべ"'
}

@test "output with a name appears when it is complete" {
    make_archive 100 > "$T/in"
    run filterctl scan -o "$T/out" "$T/in"
    is 0 "$status"
    is '' "$output"
    is 100 "$(wc -l < "$T/out")"
    [ ! -e "$T/out.part" ]
}

@test "a run that fails leaves the old output and no part: exit 2" {
    echo old > "$T/out"
    make_archive 10 > "$T/in"
    run filterctl scan -o "$T/out" "$T/in" "$T/missing"
    is 2 "$status"
    contains "$output" "$T/missing: No such file or directory"
    run filterctl scan -o "$T/out" --policy atlantis "$T/in"
    is 2 "$status"
    is old "$(cat "$T/out")"
    [ ! -e "$T/out.part" ]
    run filterctl scan -o "$T/none/out" "$T/in"
    is 2 "$status"
    contains "$output" 'No such file or directory'
}

@test "a device is written to, not replaced" {
    make_archive 10 > "$T/in"
    run filterctl scan -o /dev/null "$T/in"
    is 0 "$status"
    [ -c /dev/null ]
    run filterctl scan -o /dev/full "$T/in"
    is 2 "$status"
    is 'filterctl scan: /dev/full: No space left on device' "$output"
    run bash -c '"$0" scan "$1" > /dev/full' "$FILTERCTL" "$T/in"
    is 2 "$status"
    is 'filterctl scan: standard output: No space left on device' "$output"
    run bash -c 'LC_ALL=ja_JP.UTF-8 "$0" scan "$1" > /dev/full' "$FILTERCTL" "$T/in"
    is 2 "$status"
    is 'filterctl scan: 標準出力: 空き容量がありません' "$output"
}

@test "descriptors that the caller closed are nobody's: nothing is lost in silence" {
    make_archive 3 > "$T/in"
    run bash -c '"$0" scan "$1" >&-' "$FILTERCTL" "$T/in"
    is 2 "$status"
    is 'filterctl scan: standard output: Bad file descriptor' "$output"
    run bash -c '"$0" scan <&-' "$FILTERCTL"
    is 2 "$status"
    is 'filterctl scan: -: Bad file descriptor' "$output"
    run bash -c '"$0" scan -o "$1/out" "$1/in" <&- >&- 2>&-' "$FILTERCTL" "$T"
    is 0 "$status"
    is 3 "$(wc -l < "$T/out")"
    [ ! -e "$T/out.part" ]
}

@test "a reader that went away: exit 2, quietly" {
    make_archive 20000 > "$T/in"
    (
        filterctl scan "$T/in" 2> "$T/errors" && code=0 || code=$?
        echo $code > "$T/code"
    ) | head -n 1 > "$T/first"
    is 2 "$(cat "$T/code")"
    is '' "$(cat "$T/errors")"
    is 1 "$(wc -l < "$T/first")"
}

@test "--fail-on: exit 1 when it applies, refused records go before it" {
    printf '{"text":"電話は080-0000-0000"}\n' > "$T/redact"
    printf '{"text":"ぬべべ"}\n' > "$T/block"
    printf 'x\n' > "$T/bad"
    run filterctl scan --fail-on redact "$T/redact"
    is 1 "$status"
    run filterctl scan --fail-on block "$T/redact"
    is 0 "$status"
    run filterctl scan --fail-on block "$T/block"
    is 1 "$status"
    run filterctl scan --fail-on redact "$T/block" "$T/bad"
    is 3 "$status"
    run filterctl scan "$T/block"
    is 0 "$status"
}

@test "standard output has the lines, -v puts the counts on standard error" {
    printf '{"text":"a"}\n{"text":"ぬべべ"}\nx\n' > "$T/in"
    filterctl scan -v "$T/in" > "$T/out" 2> "$T/errors" || true
    is 3 "$(wc -l < "$T/out")"
    contains "$(cat "$T/errors")" '3 records: 1 allowed, 0 redacted, 1 blocked, 1 refused;'
    filterctl scan "$T/in" > "$T/out" 2> "$T/errors" || true
    is '' "$(cat "$T/errors")"
}

@test "lines of a slow pipe are answered before it ends" {
    mkfifo "$T/pipe" "$T/lines"
    filterctl scan < "$T/pipe" > "$T/lines" 3>&- &
    exec 8> "$T/pipe" 9< "$T/lines"
    printf '{"text":"first"}\n' >&8
    IFS= read -r -t 20 line <&9
    contains "$line" '"text":"first"'
    printf '{"text":"second"}\n' >&8
    IFS= read -r -t 20 line <&9
    contains "$line" '"text":"second"'
    exec 8>&-
    wait $!
    exec 9<&-
}

@test "no input, no lines" {
    run filterctl scan - < /dev/null
    is 0 "$status"
    is '' "$output"
}

@test "options without sense are refused: exit 2" {
    for bad in '--format xls' '--format text --field x' '--field a..b' '--field a[]b' '--output-format pdf' '--workers 0' \
        '--workers 3x' '--workers 257' '--fail-on allow' '--id-field .'; do
        # shellcheck disable=SC2086
        run filterctl scan $bad /dev/null
        is 2 "$status"
        contains "$output" 'Help: filterctl help scan'
    done
    run filterctl scan --format xls /dev/null
    contains "$output" "'xls' is none of jsonl, csv, tsv, text"
}

# How many lines of two say, for each child of $1, that it is filtered and cannot gain privileges.
sandboxed_children() {
    for child in $(cat "/proc/$1/task/$1/children"); do
        cat "/proc/$child/status"
    done | grep -cE '^(Seccomp:.2|NoNewPrivs:.1)$'
}

@test "the workers of a scan are in the sandbox of the service" {
    mkfifo "$T/in"
    "$FILTERCTL" scan --format text --workers 2 -o "$T/out" - < "$T/in" 3>&- &
    scan=$!
    limit=$((SECONDS + 120))
    exec 9> "$T/in" # the scan waits for its input; its workers are there
    until [ "$(sandboxed_children "$scan")" = 4 ]; do
        kill -0 "$scan"
        [ "$SECONDS" -lt "$limit" ]
    done
    echo 'こんにちは' >&9
    exec 9>&-
    wait "$scan"
    grep -q '"status":"OK"' "$T/out"
}
