load helper

setup_draft() {
    mkdir -p "$T/draft"
    cp -r "$DICTIONARIES/cities/sakura" "$T/draft/"
    draft=$T/draft/sakura
}

@test "a city without anything to say of: exit 0" {
    run filterctl lint sakura
    is 0 "$status"
    is '0 errors, 0 warnings, 0 hints' "${lines[-1]}"
}

@test "a term inside everyday words is told with the words" {
    setup_draft
    echo 'バイ,誹謗中傷,部分,中,,,' >> "$draft/terms.csv"
    run filterctl lint "$draft"
    is 1 "$status"
    contains "$output" 'warning hidden-in-words 「バイ」'
    contains "$output" 'バイク'
    LC_ALL=ja_JP.UTF-8 run filterctl lint "$draft"
    contains "$output" '普通の言葉の中に隠れていて'
}

@test "a word that matches on word boundaries is not held against the words around it" {
    setup_draft
    echo 'バイ,誹謗中傷,単語,中,,,' >> "$draft/terms.csv"
    run filterctl lint -j "$draft"
    is 0 "$status"
}

@test "every row at fault is told, and what only the built city shows is left for later" {
    setup_draft
    printf '%s\n' 'x,誹謗中傷,部分,中,,,' 'ぷにぷに,誹謗,部分,中,,,' >> "$draft/terms.csv"
    first=$(($(wc -l < "$draft/terms.csv") - 1))
    run filterctl lint -j "$draft"
    is 1 "$status"
    contains "${lines[0]}" "\"file\":\"terms.csv\",\"line\":$first,\"level\":\"error\",\"check\":\"fault\""
    contains "${lines[1]}" "\"line\":$((first + 1)),"
    is '{"errors":2,"warnings":0,"hints":0}' "${lines[2]}"
}

@test "contradictions, rows that do nothing, failing cases and harmless texts are told" {
    setup_draft
    printf '%s\n' 'もけもけ野郎,誹謗中傷,語句,弱,,,' 'もけもけ,誹謗中傷,語句,中,,,' 'もけもけ,わいせつ,語句,中,,,' >> "$draft/terms.csv"
    echo 'もけもけ日和,,,,許可,,,' >> "$draft/cases.csv"
    echo 'きょうはもけもけした天気' > "$T/harmless"
    run filterctl lint "$draft" --harmless "$T/harmless"
    is 1 "$status"
    contains "$output" 'shadowed 「もけもけ野郎」'
    contains "$output" 'contradicts 「もけもけ」'
    contains "$output" "hits-harmless 「もけもけ」"
    contains "$output" "$T/harmless:1"
    contains "$output" 'case-failed 「もけもけ日和」'
}

@test "the charset and the lack of cases are told" {
    setup_draft
    iconv -f UTF-8 -t CP932 "$draft/terms.csv" > "$T/terms" && mv "$T/terms" "$draft/terms.csv"
    rm "$draft/cases.csv"
    run filterctl lint "$draft"
    contains "$output" 'hint charset'
    contains "$output" 'warning no-cases'
}

@test "a city that is not there: exit 2" {
    run filterctl lint atlantis
    is 2 "$status"
    run filterctl lint
    is 2 "$status"
}
