load helper

setup_draft() {
    mkdir -p "$T/draft"
    cp -r "$DICTIONARIES/cities/sakura" "$T/draft/"
    draft=$T/draft/sakura
}

@test "new makes a city whose own cases pass under the real dictionaries" {
    run filterctl new "$T/nagareyama" --name 流山市 -d dictionaries
    is 0 "$status"
    contains "$(cat "$T/nagareyama/policy.yaml")" 'municipality_code: "122203"'
    ! grep -r '@[A-Z]*@' "$T/nagareyama"
    run filterctl lint "$T/nagareyama" -d dictionaries
    is '0 errors, 0 warnings, 0 hints' "${lines[-1]}"
    run filterctl coverage "$T/nagareyama" -d dictionaries
    is 0 "$status"
}

@test "new tells what is missing: exit 2" {
    run filterctl new "$T/x" --name 存在しない市
    is 2 "$status"
    contains "$output" 'no municipality is called so'
    [ ! -e "$T/x" ]
    run filterctl new "$T/fuchu" --name 府中市 -d dictionaries
    is 2 "$status"
    contains "$output" 'two municipalities'
    run filterctl new "$T/fuchu" --name 東京都府中市 -d dictionaries
    is 0 "$status"
    run filterctl new "$T/fuchu" --name 東京都府中市 -d dictionaries
    is 2 "$status"
    run filterctl new x --name 流山市
    is 2 "$status"
}

@test "export writes what Excel opens, import takes it back unchanged" {
    setup_draft
    printf '%s\n' '=ぬるぽ,誹謗中傷,語句,強,,"数式, ではない",' '"もけ""もけ",わいせつ,部分,弱,"もけ""もけ会
もけ""もけ館",,' >> "$draft/terms.csv"
    filterctl export "$draft" -o "$T/excel.csv"
    is 'efbbbf' "$(head -c 3 "$T/excel.csv" | od -An -tx1 | tr -d ' ')"
    contains "$(cat "$T/excel.csv")" "'=ぬるぽ,"
    is $'\r' "$(head -n 1 "$T/excel.csv" | tail -c 2 | head -c 1)"
    run filterctl import "$draft" "$T/excel.csv"
    is 0 "$status"
    contains "$output" '3 rows'
    cmp "$draft/terms.csv" "$draft/terms.csv.old"
}

@test "import reads what Excel saves: CP932, and tabs in UTF-16" {
    setup_draft
    iconv -f UTF-8 -t CP932 "$draft/terms.csv" > "$T/cp932.csv"
    tr , '\t' < "$draft/terms.csv" | iconv -f UTF-8 -t UTF-16 > "$T/utf16.txt"
    for file in cp932.csv utf16.txt; do
        run filterctl import "$draft" "$T/$file"
        is 0 "$status"
        cmp "$draft/terms.csv" "$DICTIONARIES/cities/sakura/terms.csv"
    done
}

@test "a row at fault is named and nothing changes: exit 2" {
    setup_draft
    (cat "$draft/terms.csv"; echo 'もけもけ,ひぼう,語句,強,,,') > "$T/bad.csv"
    run filterctl import "$draft" "$T/bad.csv"
    is 2 "$status"
    contains "$output" 'terms.csv:3:2: category'
    cmp "$draft/terms.csv" "$DICTIONARIES/cities/sakura/terms.csv"
    [ ! -e "$draft/terms.csv.old" ]
    run filterctl import "$draft" "$T/none.csv"
    is 2 "$status"
    printf 'ID,内容\n' > "$T/other.csv"
    LC_ALL=ja_JP.UTF-8 run filterctl import "$draft" "$T/other.csv"
    is 2 "$status"
    contains "$output" "見出し: 'ID': 知らない列です (使える列: term (語句) category (分類)"
    run filterctl import sakura "$T/bad.csv"
    is 2 "$status"
    run filterctl export sakura things
    is 2 "$status"
}

@test "the sixth city of docs/ has nothing to mend and leaves no clause uncovered" {
    run filterctl lint docs/sixth-city/nagareyama -d dictionaries
    is '0 errors, 0 warnings, 0 hints' "${lines[-1]}"
    run filterctl coverage docs/sixth-city/nagareyama -d dictionaries
    is 0 "$status"
}
