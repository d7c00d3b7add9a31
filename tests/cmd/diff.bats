load helper

setup_draft() {
    mkdir -p "$T/draft"
    cp -r "$DICTIONARIES/cities/sakura" "$T/draft/"
    draft=$T/draft/sakura
}

@test "a copy, its rows sorted and noted otherwise, is no difference: exit 0" {
    setup_draft
    sed -i 's/造語/別のメモ/' "$draft/terms.csv"
    (head -n 1 "$draft/cases.csv" && tail -n +2 "$draft/cases.csv" | sort -r) > "$T/cases"
    mv "$T/cases" "$draft/cases.csv"
    run filterctl diff sakura "$draft"
    is 0 "$status"
    is 'no difference' "$output"
}

@test "what changed in a clause is told in words" {
    setup_draft
    sed -i '0,/action: block/s//action: allow/' "$draft/policy.yaml"
    LC_ALL=ja_JP.UTF-8 run filterctl diff sakura "$draft"
    is 1 "$status"
    contains "$output" '/ 扱い: 遮断 → 許可'
    is '違い 1件' "${lines[-1]}"
}

@test "terms, names and cases that come, go and change" {
    setup_draft
    sed -i 's/ぽぬぽぬ,誹謗中傷,語句,強,,/ぽぬぽぬ,誹謗中傷,単語,強,ぽぬぽぬ会,/' "$draft/terms.csv"
    echo 'ぷにぷに,わいせつ,部分,弱,,,' >> "$draft/terms.csv"
    printf '%s\n' '名称,読み,種類,メモ' '桜会館,,施設,' > "$draft/names.csv"
    sed -i '/^こんにちは/d; s/^ぽぬぽぬ,,,,遮断,6-2/ぽぬぽぬ,,,,許可,/' "$draft/cases.csv"
    run filterctl diff -j sakura "$draft"
    is 1 "$status"
    contains "$output" '{"part":"term","item":"ぽぬぽぬ","aspect":"","before":"DEFAMATION, phrase, HIGH","after":"DEFAMATION, word, HIGH, except ぽぬぽぬ会"}'
    contains "$output" '{"part":"term","item":"ぷにぷに","aspect":"","before":"","after":"OBSCENE, anywhere, LOW"}'
    contains "$output" '{"part":"name","item":"桜会館","aspect":"","before":"","after":"facility"}'
    contains "$output" '{"part":"case","item":"こんにちは","aspect":"","before":"allow ","after":""}'
    contains "$output" '{"part":"case","item":"ぽぬぽぬ","aspect":"","before":"block 6-2","after":"allow "}'
    is '{"changes":5}' "${lines[-1]}"
}

@test "a version at fault is named: exit 2" {
    setup_draft
    echo 'surprise: true' >> "$draft/policy.yaml"
    run filterctl diff sakura "$draft"
    is 2 "$status"
    contains "$output" 'surprise'
    run filterctl diff sakura
    is 2 "$status"
}
