load helper

@test "each clause has its rules and cases; those that people judge need none" {
    run filterctl coverage sakura
    is 0 "$status"
    contains "$output" $'4-2  4(2)  申請での利用\n    judged by people'
    contains "$output" $'    finds: DEFAMATION\n    rules: 2 terms, 0 patterns, 1 topics, 0 built in\n    cases: 1 positive, 0 negative'
    is '3 clauses: 2 covered, 0 uncovered, 1 judged by people' "${lines[-1]}"
}

@test "a clause without a case is named: exit 1" {
    cp -rL "$DICTIONARIES" "$T/dictionaries"
    sed -i '/^ぽぬぽぬ/d' "$T/dictionaries/cities/sakura/cases.csv"
    run filterctl coverage -d "$T/dictionaries" sakura
    is 1 "$status"
    contains "$output" $'    cases: 0 positive, 0 negative\n    UNCOVERED: no case'
    is '3 clauses: 1 covered, 1 uncovered, 1 judged by people' "${lines[-1]}"
}

@test "a clause that no rule reaches is named: exit 1" {
    cp -rL "$DICTIONARIES" "$T/dictionaries"
    sed -i 's/^    covers: \[DEFAMATION\]$/&\n    min_likelihood: 99/' "$T/dictionaries/cities/sakura/policy.yaml"
    run filterctl coverage -d "$T/dictionaries" sakura
    is 1 "$status"
    contains "$output" $'    no rule finds: DEFAMATION\n'
    contains "$output" 'UNCOVERED: no rule'
}

@test "a text that a rule looked at and left is a negative case" {
    cp -rL "$DICTIONARIES" "$T/dictionaries"
    printf 'ぽぬぽぬと言われました,,,,許可,,,\n注文番号は090-1234-567,,,,許可,,,\n' >> "$T/dictionaries/cities/sakura/cases.csv"
    sed -i 's/^ぽぬぽぬ,誹謗中傷,語句,強,,/ぽぬぽぬ,誹謗中傷,語句,強,ぽぬぽぬと,/' "$T/dictionaries/cities/sakura/terms.csv"
    run filterctl coverage -d "$T/dictionaries" sakura
    is 0 "$status"
    contains "$output" 'cases: 1 positive, 1 negative'
}

@test "programs read an object per clause, and the counts" {
    run filterctl coverage -j sakura
    is 0 "$status"
    is '{"city":"sakura","clause":"4-2","cite":"4(2)","heading":"申請での利用","judged_by":"human"}' "${lines[0]}"
    is '{"city":"sakura","clause":"6-2","cite":"6(2)","heading":"誹謗中傷","judged_by":"machine","finds":["DEFAMATION"],"without_rule":[],"rules":{"terms":2,"patterns":0,"topics":1,"built_in":0},"cases":{"positive":1,"negative":0},"covered":true}' "${lines[1]}"
    is '{"clauses":3,"covered":2,"uncovered":0,"human":1}' "${lines[-1]}"
}

@test "people read Japanese by locale" {
    LC_ALL=ja_JP.UTF-8 run filterctl coverage sakura
    contains "$output" '人が判断する'
    is '条項 3: 対応 2、未対応 0、人が判断 1' "${lines[-1]}"
}

@test "a city at fault, an unknown one and none at all: exit 2" {
    cp -rL "$DICTIONARIES" "$T/dictionaries"
    sed -i 's/遮断,6-2/遮断,6-9/' "$T/dictionaries/cities/sakura/cases.csv"
    run filterctl coverage -d "$T/dictionaries" sakura
    is 2 "$status"
    contains "$output" 'sakura/cases.csv:3:'
    run filterctl coverage atlantis
    is 2 "$status"
    run filterctl coverage
    is 2 "$status"
}
