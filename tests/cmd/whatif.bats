load helper

setup_draft() {
    mkdir -p "$T/draft"
    cp -r "$DICTIONARIES/cities/sakura" "$T/draft/"
    draft=$T/draft/sakura
    printf '%s\n' '{"text":"ぷにぷにした餅"}' '{"text":"ぽぬぽぬ"}' '{"text":"ぷにぷに、電話は080-0000-0000"}' \
        '{"text":"080-0000-0000"}' 'broken' '{"text":"こんにちは"}' > "$T/archive.jsonl"
}

@test "nothing changes: exit 0, and 3 when not every record could be read" {
    setup_draft
    run filterctl whatif --old sakura --new "$draft" --archive "$T/archive.jsonl"
    is 3 "$status"
    is '5 texts, 1 records refused' "$output"
    run filterctl whatif --old sakura --new "$draft" - < <(grep -v broken "$T/archive.jsonl")
    is 0 "$status"
    is '5 texts, 0 records refused' "$output"
}

@test "what a new row blocks is told with the row, and samples keep nobody's number" {
    setup_draft
    echo 'ぷにぷに,誹謗中傷,語句,強,,,' >> "$draft/terms.csv"
    run filterctl whatif --old sakura --new "$draft" "$T/archive.jsonl"
    is 1 "$status"
    contains "$output" 'newly blocked: 2'
    contains "$output" 'terms.csv:3 「ぷにぷに」: 2'
    contains "$output" 'ぷにぷに、電話は【電話番号】'
    case $output in *080-0000*) false ;; esac
}

@test "what is no longer stopped or redacted is told with the row or clause that did it" {
    setup_draft
    sed -i '/^ぽぬぽぬ/d' "$draft/terms.csv"
    sed -i '/^ぽぬぽぬ/d; /080-/d' "$draft/cases.csv"
    sed -i 's/action: redact/action: allow/' "$draft/policy.yaml"
    run filterctl whatif -j --old sakura --new "$draft" "$T/archive.jsonl"
    is 1 "$status"
    contains "$output" '{"change":"unblocked","cause":"term.sakura.'
    contains "$output" '{"change":"unredacted","cause":"clause 10-1","line":0,"count":2,"samples":["ぷにぷに、電話は【電話番号】","【電話番号】"]}'
    is '{"texts":5,"refused":1,"blocked":0,"unblocked":1,"redacted":0,"unredacted":2,"changed":0}' "${lines[-1]}"
}

@test "tables are read like scan reads them" {
    setup_draft
    echo 'ぷにぷに,誹謗中傷,語句,強,,,' >> "$draft/terms.csv"
    printf '番号,本文\r\n1,"ぷにぷに\n二行目"\r\n2,はい\r\n' > "$T/archive.csv"
    run filterctl whatif --old sakura --new "$draft" --field 本文 "$T/archive.csv"
    is 1 "$status"
    contains "$output" 'newly blocked: 1'
    contains "$output" '2 texts, 0 records refused'
}

@test "publish shows it too" {
    setup_draft
    cp -rL "$DICTIONARIES" "$T/tree"
    echo 'ぷにぷに,誹謗中傷,語句,強,,,' >> "$draft/terms.csv"
    FILTERD_DICTIONARIES=$T/tree run filterctl publish --dry-run "$draft" --archive "$T/archive.jsonl"
    is 0 "$status"
    contains "$output" 'newly blocked: 2'
}

@test "both versions and an archive that is there are needed: exit 2" {
    setup_draft
    run filterctl whatif --new "$draft" "$T/archive.jsonl"
    is 2 "$status"
    run filterctl whatif --old sakura --new "$draft" "$T/none.jsonl"
    is 2 "$status"
}

@test "inside an array job it still looks at the whole archive" {
    setup_draft
    SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=4 run filterctl whatif --old sakura --new "$draft" "$T/archive.jsonl"
    is 3 "$status"
    is '5 texts, 1 records refused' "$output"
}
