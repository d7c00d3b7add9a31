load helper

setup_draft() {
    mkdir -p "$T/draft"
    cp -r "$DICTIONARIES/cities/sakura" "$T/draft/"
    draft=$T/draft/sakura
    echo '文,方向,場所,用途,期待,条項,伏せ字後,メモ' > "$T/reviewed.csv"
}

@test "an exception or a narrower match for what was stopped wrongly, with its effect" {
    setup_draft
    echo 'カス,誹謗中傷,語句,中,,,' >> "$draft/terms.csv"
    printf '%s\n' 'カスタードが好き,,,,許可,,,' 'カスタードの店,,,,許可,,,' 'このカス,,,,遮断,6-2,,' >> "$T/reviewed.csv"
    run filterctl suggest -j "$draft" "$T/reviewed.csv"
    is 1 "$status"
    contains "${lines[0]}" '"line":3,"term":"カス"'
    contains "${lines[0]}" '"mends":2,"breaks":0}'
    is '{"wrong":2,"mended":2}' "${lines[-1]}"
}

@test "a new term for what got through, never an everyday word or one of an allowed case" {
    setup_draft
    printf '%s\n' 'ペケポムゾの窓口,,,,遮断,6-2,,' 'ペケポムゾの市長,,,,遮断,6-2,,' 'こんにちは,,,,遮断,6-2,,' >> "$T/reviewed.csv"
    run filterctl suggest "$draft" "$T/reviewed.csv"
    is 1 "$status"
    contains "$output" 'terms.csv: add 「ペケポムゾ」 (DEFAMATION)'
    contains "$output" 'mends 2, breaks 0'
    contains "$output" "$T/reviewed.csv:4: nothing small mends this one"
    contains "$output" '3 of the reviewed texts come out wrong; with all of this 2 are mended'
}

@test "nothing wrong: exit 0; files at fault: exit 2" {
    setup_draft
    echo 'こんにちは,,,,許可,,,' >> "$T/reviewed.csv"
    run filterctl suggest "$draft" "$T/reviewed.csv"
    is 0 "$status"
    run filterctl suggest "$draft" "$T/none.csv"
    is 2 "$status"
    echo 'こんにちは,,,,たぶん,,,' >> "$T/reviewed.csv"
    run filterctl suggest "$draft" "$T/reviewed.csv"
    is 2 "$status"
    contains "$output" 'reviewed.csv:3'
}
