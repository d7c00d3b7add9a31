load helper

setup_tree() {
    cp -rL "$DICTIONARIES" "$T/tree"
    export FILTERD_DICTIONARIES=$T/tree FILTERD_CONTROL=$T/no.sock
    mkdir -p "$T/draft"
    cp -r "$DICTIONARIES/cities/sakura" "$T/draft/"
    draft=$T/draft/sakura
    echo 'むにょむにょ,誹謗中傷,語句,中,,造語,' >> "$draft/terms.csv"
}

@test "publish puts the draft in place and keeps what was there; rollback brings it back, and again" {
    setup_tree
    cp "$T/tree/cities/sakura/terms.csv" "$T/before"
    run filterctl publish "$draft"
    is 0 "$status"
    contains "$output" '+ むにょむにょ: DEFAMATION, phrase, MEDIUM (new)'
    contains "$output" 'what was there is version 1'
    contains "$output" 'the service is not running'
    cmp "$draft/terms.csv" "$T/tree/cities/sakura/terms.csv"
    cmp "$T/before" "$T/tree/versions/sakura/0001/terms.csv"
    run filterctl check -p sakura 'むにょむにょ'
    is 1 "$status"

    run filterctl rollback sakura
    is 0 "$status"
    cmp "$T/before" "$T/tree/cities/sakura/terms.csv"
    run filterctl check -p sakura 'むにょむにょ'
    is 0 "$status"

    run filterctl rollback sakura
    is 0 "$status"
    cmp "$draft/terms.csv" "$T/tree/cities/sakura/terms.csv"
    run filterctl rollback sakura --list
    is 3 "${#lines[@]}"
    contains "${lines[0]}" $'\tpublish\t0001\t'
    contains "${lines[1]}" $'\trollback\t0002\t'
    run filterctl rollback sakura 1
    is 0 "$status"
    cmp "$T/before" "$T/tree/cities/sakura/terms.csv"
}

@test "errors are never published, warnings only when accepted" {
    setup_tree
    echo 'むにょむにょ,,,,許可,,,' >> "$draft/cases.csv"
    run filterctl publish "$draft" --accept-warnings
    is 1 "$status"
    contains "$output" 'case-failed'
    contains "$output" 'nothing was published'
    [ ! -e "$T/tree/versions" ]

    sed -i '$d' "$draft/cases.csv"
    echo 'むにょ,誹謗中傷,単語,中,,,' >> "$draft/terms.csv"
    echo 'むにょ,わいせつ,単語,中,,,' >> "$draft/terms.csv"
    run filterctl publish "$draft"
    is 1 "$status"
    contains "$output" 'warning contradicts'
    [ ! -e "$T/tree/versions" ]
    run filterctl publish "$draft" --accept-warnings
    is 0 "$status"
    [ -d "$T/tree/versions/sakura/0001" ]
}

@test "--dry-run changes nothing, and a draft like the city's files is nothing to publish" {
    setup_tree
    run filterctl publish "$draft" --dry-run
    is 0 "$status"
    contains "$output" 'むにょむにょ'
    [ ! -e "$T/tree/versions" ]
    cp "$T/tree/cities/sakura/terms.csv" "$draft/"
    run filterctl publish "$draft"
    is 0 "$status"
    contains "$output" 'nothing to publish'
    [ ! -e "$T/tree/versions" ]
}

@test "a new city is published" {
    setup_tree
    mv "$draft" "$T/draft/momiji"
    sed -i 's/^id: sakura/id: momiji/' "$T/draft/momiji/policy.yaml"
    run filterctl publish "$T/draft/momiji"
    is 0 "$status"
    contains "$output" 'a new city'
    contains "$output" 'published for the first time'
    run filterctl test momiji
    is 0 "$status"
}

@test "what a crash left half done is kept as a version" {
    setup_tree
    mkdir -p "$T/tree/versions/sakura/.0001"
    cp "$T/tree/cities/sakura"/* "$T/tree/versions/sakura/.0001/"
    run filterctl publish "$draft"
    is 0 "$status"
    contains "$output" 'version 2'
    [ -f "$T/tree/versions/sakura/0001/policy.yaml" ]
    [ -f "$T/tree/versions/sakura/0002/policy.yaml" ]
}

@test "what cannot be done is said: exit 2" {
    setup_tree
    run filterctl publish sakura
    is 2 "$status"
    run filterctl rollback sakura
    is 2 "$status"
    run filterctl rollback sakura 7
    is 2 "$status"
}
