load helper

share() {
    filterctl share --policy sakura "$@"
}

make_table() {
    echo '番号,日時,送信者,年代,内容'
    echo '1,2024/03/01,U1,30代,こんにちは'
    echo '2,2024/03/02,U2,30代,電話は080-0000-0000です'
    echo '3,2024/03/05,U1,40代,"二行の
文"'
}

@test "texts with labels, times as months, no ids and no other column" {
    make_table > "$T/in.csv"
    run share --field 内容 -o "$T/out.csv" "$T/in.csv"
    is 0 "$status"
    contains "$output" '3 records'
    is '日時,内容
2024-03,こんにちは
2024-03,電話は【電話番号】です
2024-03,"二行の
文"' "$(cat "$T/out.csv")"
}

@test "what the city's policy keeps or lets stand is a label too" {
    for i in 1 2 3 4 5; do echo '{"id":7,"text":"電話は080-0000-0000です","user":"x"}'; done > "$T/in.jsonl"
    share --purpose application -o "$T/out.jsonl" "$T/in.jsonl"
    is '{"text":"電話は【電話番号】です"}' "$(uniq "$T/out.jsonl")"
}

@test "the same encoding and line ends, BOM and all" {
    make_table | sed 's/$/\r/' | iconv -t UTF-16 > "$T/in.csv"
    share --field 内容 -o "$T/out.csv" "$T/in.csv"
    contains "$(iconv -f UTF-16 "$T/out.csv")" $'2024-03,電話は【電話番号】です\r'
    make_table | iconv -t CP932 > "$T/in.csv"
    share --field 内容 -o "$T/out.csv" "$T/in.csv"
    contains "$(iconv -f CP932 "$T/out.csv")" '電話は【電話番号】です'
    printf '080-0000-0000\nこんにちは\n' > "$T/in.txt"
    share -o "$T/out.txt" "$T/in.txt"
    is $'【電話番号】\nこんにちは' "$(cat "$T/out.txt")"
}

@test "a kept column that tells few apart: refused with the reason, exit 1, nothing left behind" {
    make_table > "$T/in.csv"
    run share --field 内容 --keep-column 年代 -o "$T/out.csv" "$T/in.csv"
    is 1 "$status"
    contains "$output" 'no copy was made: people may still be identified from 3 records'
    contains "$output" 'a rare fact (fewer than k records have it) (k = 5): 3'
    is "$T/in.csv" "$(ls "$T"/*)"
}

@test "--drop-risky leaves out what fewer than k share, and says how many" {
    make_table > "$T/in.csv"
    run share --field 内容 --keep-column 年代 --k 2 --drop-risky -o "$T/out.csv" "$T/in.csv"
    is 0 "$status"
    contains "$output" '2 records, 1 left out'
    is '日時,年代,内容
2024-03,30代,こんにちは
2024-03,30代,電話は【電話番号】です' "$(cat "$T/out.csv")"
}

@test "a month of their own makes a combination of two unique" {
    for month in 3 3 4; do echo "{\"text\":\"はい\",\"age\":\"30代\",\"timestamp\":\"2024-0$month-01\"}"; done > "$T/in.jsonl"
    run share --keep-column age --k 2 --drop-risky -o "$T/out.jsonl" "$T/in.jsonl"
    contains "$output" 'a combination of facts that fewer than k records have (k = 2): 1'
    is '{"text":"はい","age":"30代","month":"2024-03"}' "$(uniq "$T/out.jsonl")"
}

@test "a blocked record is not shared" {
    printf '%s\n' '{"text":"ぽぬぽぬ"}' '{"text":"はい"}' > "$T/in.jsonl"
    run share -o "$T/out.jsonl" "$T/in.jsonl"
    is 1 "$status"
    contains "$output" 'blocked by the policy: 1'
    share --drop-risky -o "$T/out.jsonl" "$T/in.jsonl"
    is '{"text":"はい"}' "$(cat "$T/out.jsonl")"
}

@test "--link: one word per sender, another one every time, and no two descriptions of one sender" {
    make_table > "$T/in.csv"
    share --field 内容 --link 送信者 -o "$T/one.csv" "$T/in.csv"
    share --field 内容 --link 送信者 -o "$T/two.csv" "$T/in.csv"
    mapfile -t one < <(grep -oE '^2024-03,[a-z2-7]{16},' "$T/one.csv")
    mapfile -t two < <(grep -oE '^2024-03,[a-z2-7]{16},' "$T/two.csv")
    is "${one[0]}" "${one[2]}"
    [ "${one[0]}" != "${one[1]}" ]
    [ "${one[0]}" != "${two[0]}" ]
    grep -q U1 "$T/one.csv" && false
    { make_table; echo '4,2024/03/06,U3,40代,はい'; } > "$T/in.csv"
    run share --field 内容 --keep-column 年代 --link 送信者 --k 2 -o "$T/out.csv" "$T/in.csv"
    is 1 "$status"
    [ ! -e "$T/out.csv" ]
}

@test "records that cannot be read are left out and counted: exit 3" {
    printf '%s\n' broken '{"text":"はい"}' > "$T/in.jsonl"
    run share -o "$T/out.jsonl" "$T/in.jsonl"
    is 3 "$status"
    contains "$output" '1 records, 1 could not be read'
    is '{"text":"はい"}' "$(cat "$T/out.jsonl")"
}

@test "in Japanese it has the name that the law allows" {
    make_table > "$T/in.csv"
    LC_ALL=ja_JP.UTF-8 run share --field 内容 -o "$T/out.csv" "$T/in.csv"
    contains "$output" '個人が特定できないよう加工した写し 3件'
}

@test "it needs files and an output of its own: exit 2" {
    make_table > "$T/in.csv"
    run share --field 内容 "$T/in.csv"
    is 2 "$status"
    run share --field 内容 -o - "$T/in.csv"
    is 2 "$status"
    run share --field 内容 -o "$T/out.csv" - < "$T/in.csv"
    is 2 "$status"
    run share --field 内容 --k 1 -o "$T/out.csv" "$T/in.csv"
    is 2 "$status"
    run share --field 内容 --keep-column ない -o "$T/out.csv" "$T/in.csv"
    is 2 "$status"
    [ ! -e "$T/out.csv" ]
}

@test "what singles somebody out in one message is counted over the archive" {
    echo '{"text":"西町の畳屋の末っ子が来ていません"}' > "$T/in.jsonl"
    FILTERD_DICTIONARIES=dictionaries run filterctl share --policy meguro -o "$T/out.jsonl" "$T/in.jsonl"
    is 1 "$status"
    contains "$output" 'a combination of facts that fewer than k records have (k = 5): 1'
}
