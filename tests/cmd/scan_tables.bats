# Tables, chat exports, compressed files and directories through filterctl scan.

load helper

COMMENTS='番号,コメント,備考\r\n1,電話は080-0000-0000,\r\n2,"一行目\r\n""二""行目",x\r\n3,ぬべべ,"a,b"\r\n'
KEPT='番号,コメント,備考\r\n1,電話は【電話番号】,\r\n2,"一行目\r\n""二""行目",x\r\n3,ぬべべ,"a,b"\r\n'
JUDGED='番号,コメント,備考,判定\r\n1,電話は【電話番号】,,伏せ字\r\n2,"一行目\r\n""二""行目",x,許可\r\n3,ぬべべ,"a,b",遮断\r\n'

scan() {
    filterctl scan --policy sakura "$@"
}

# same FILE: what FILE becomes, and stderr is empty
kept() {
    scan --field コメント --output-format same "$@" 2> "$T/errors"
    is '' "$(cat "$T/errors")"
}

@test "a column by its name or its number; quoted fields may have line breaks" {
    printf "$COMMENTS" > "$T/in.csv"
    scan --field コメント --id-field 番号 "$T/in.csv" > "$T/name"
    scan --field 2 --id-field 番号 "$T/in.csv" | cmp - "$T/name"
    is 3 "$(wc -l < "$T/name")"
    contains "$(sed -n 1p "$T/name")" '{"id":"1","status":"OK","verdict":"redact","text":"電話は【電話番号】","findings":[{"start":3,"end":16,'
    contains "$(sed -n 2p "$T/name")" '{"id":"2","status":"OK","verdict":"allow","text":"一行目\u000d\u000a\"二\"行目"'
    printf "$COMMENTS" | scan --format csv --field コメント --id-field 番号 - | cmp - "$T/name"
}

@test "the output has the input's encoding, marks, quotes and breaks" {
    printf "$KEPT" > "$T/kept"
    printf "$COMMENTS" > "$T/utf8.csv"
    kept "$T/utf8.csv" | cmp - "$T/kept"
    { printf '\xef\xbb\xbf'; printf "$COMMENTS"; } > "$T/mark.csv"
    { printf '\xef\xbb\xbf'; cat "$T/kept"; } > "$T/mark.kept"
    kept "$T/mark.csv" | cmp - "$T/mark.kept"
    iconv -f UTF-8 -t CP932 "$T/utf8.csv" > "$T/cp932.csv"
    kept --field 2 "$T/cp932.csv" > "$T/cp932.out"
    iconv -f UTF-8 -t CP932 "$T/kept" | cmp - "$T/cp932.out"
    for order in LE BE; do
        { [ $order = LE ] && printf '\xff\xfe' || printf '\xfe\xff'; iconv -t "UTF-16$order" "$T/utf8.csv"; } > "$T/$order.csv"
        { [ $order = LE ] && printf '\xff\xfe' || printf '\xfe\xff'; iconv -t "UTF-16$order" "$T/kept"; } > "$T/$order.kept"
        kept "$T/$order.csv" | cmp - "$T/$order.kept"
    done
    tr , '\t' < "$T/utf8.csv" > "$T/in.tsv"
    tr , '\t' < "$T/kept" | cmp - <(kept "$T/in.tsv")
}

@test "a verdict column" {
    printf "$COMMENTS" > "$T/in.csv"
    printf "$JUDGED" > "$T/judged"
    scan --field コメント --output-format column "$T/in.csv" | cmp - "$T/judged"
    iconv -t CP932 "$T/in.csv" > "$T/cp932.csv"
    iconv -t CP932 "$T/judged" | cmp - <(scan --field コメント --output-format column "$T/cp932.csv")
    printf 'text,n\nあ,1\nあ\n' | is $'text,n,判定\nあ,1,許可\nあ,,許可' "$(scan --format csv --output-format column -)"
    printf '{"a":[1, 2] , "text":"ぬべべ"} \n' | is '{"a":[1, 2] , "text":"ぬべべ","filterd":{"verdict":"block"}} ' \
        "$(scan --output-format column)"
    printf '電話は080-0000-0000\r\nあ' | is $'redact\t電話は【電話番号】\r\nallow\tあ' "$(scan --format text --output-format column)"
}

@test "a field that a spreadsheet takes for a formula is made harmless, once" {
    printf 'text\n=1+1\n"+81 3"\n@a\n＝1\nあ=1\n' > "$T/in.csv"
    scan --output-format same "$T/in.csv" > "$T/out.csv"
    is $'text\n\'=1+1\n"\'+81 3"\n\'@a\n\'＝1\nあ=1' "$(cat "$T/out.csv")"
    scan --output-format same "$T/out.csv" | cmp - "$T/out.csv"
}

@test "several columns: every text has its line, its field said" {
    printf '題名,本文\n電話は080-0000-0000,ぬべべ\n' > "$T/in.csv"
    run scan --field 本文 --field 題名 "$T/in.csv"
    is 2 "${#lines[@]}"
    contains "${lines[0]}" '{"id":"0","field":"題名","status":"OK","verdict":"redact"'
    contains "${lines[1]}" '{"id":"0","field":"本文","status":"OK","verdict":"block"'
    is $'題名,本文,判定\n電話は【電話番号】,ぬべべ,遮断' "$(scan --field 本文 --field 題名 --output-format column "$T/in.csv")"
}

@test "every event of a webhook body is a record" {
    printf '%s\n' '{"destination":"U0","events":[{"type":"message","message":{"id":"1","text":"電話は080-0000-0000"}},{"type":"follow"},{"message":{"id":"2","text":"\u306cべべ"}}]}' \
        '{"destination":"U0","events":[]}' > "$T/in"
    run scan --field 'events[].message.text' --id-field 'events[].message.id' "$T/in"
    is 0 "$status"
    is 2 "${#lines[@]}"
    contains "${lines[0]}" '{"id":"1","field":"events[0].message.text","status":"OK","verdict":"redact"'
    contains "${lines[1]}" '{"id":"2","field":"events[2].message.text","status":"OK","verdict":"block"'
    is "$(sed 's/080-0000-0000/【電話番号】/' "$T/in")" "$(scan --field 'events[].message.text' --output-format same "$T/in")"
    printf '[{"text":"ぬべべ"},{"text":"あ"}]\n' > "$T/in"
    is 2 "$(scan --field '[].text' "$T/in" | wc -l)"
}

@test "the name of a column is a label of its values" {
    printf '電話,x\n080-0000-0000,080-0000-0000\n' > "$T/in.csv"
    contains "$(scan --field 電話 "$T/in.csv")" '"text":"【電話番号】","findings":[{"start":0,"end":13,"info_type":"PHONE","category":null,"subject":"UNKNOWN","likelihood":97,'
    contains "$(scan --field x "$T/in.csv")" '"likelihood":90,'
    printf '電話\n080-0000-0000。こちら https://evil.example.com/login を見て\n' > "$T/topic.csv"
    scan --field 電話 "$T/topic.csv" > "$T/topic"
    contains "$(cat "$T/topic")" '{"start":0,"end":52,"info_type":null,"category":"HARMFUL_LINK"' # of the label, too
    contains "$(cat "$T/topic")" '"info_type":"PHONE","category":null,"subject":"SELF","likelihood":97,'
}

@test "a column that is not there is refused before anything is written" {
    printf "$COMMENTS" > "$T/in.csv"
    run scan --field 本文 -o "$T/out" "$T/in.csv"
    is 2 "$status"
    contains "$output" "in.csv: --field: '本文': the table has no such column (name the column of the texts with --field; there are: 番号 コメント 備考)"
    [ ! -e "$T/out" ]
    [ ! -e "$T/out.part" ]
    printf '山田,090-1234-5678,yamada@example.jp,長い文がここにある表には見出しがなく、人の書いた文で始まる\n' > "$T/bare.csv"
    run scan "$T/bare.csv"
    is 2 "$status"
    contains "$output" 'there are: 山田 … … …)'
    printf '\n' > "$T/blank.csv"
    run scan "$T/blank.csv"
    is 2 "$status"
    contains "$output" 'blank.csv:1: the table has no columns'
}

@test "a column that was not named is warned about, without its content" {
    printf 'text,メモ,n\nあ,電話は080-0000-0000,1\nあ,x,2\n' > "$T/in.csv"
    run scan --output-format same "$T/in.csv"
    is 0 "$status"
    contains "$output" "column 'メモ' was not named"
    case $output in *"'n'"* | *"'text'"*) return 1 ;; esac
}

@test "rows that cannot be read have a row of their own, with status and position, and no text" {
    { printf 'id,text\r\n1,あ\r\n2,"open\r\n3,'; head -c 70000 /dev/zero | tr '\0' a; printf '\r\n4,ぬべべ\r\n'; } > "$T/in.csv"
    run scan --output-format same "$T/in.csv"
    is 3 "$status"
    is $'id,text\r\n1,あ\r\n,【判定不能:INVALID_ARGUMENT 記録:1 バイト:16】\r\n,【判定不能:TOO_LARGE 記録:2 バイト:25】\r\n4,ぬべべ\r' "$output"
    run scan "$T/in.csv"
    is 3 "$status"
    is 4 "${#lines[@]}"
    contains "${lines[1]}" '"status":"INVALID_ARGUMENT","verdict":null,"text":null,"findings":[],"position":{"record":1,"byte":16}}'
    printf '\x82\xa0\x82\xa2\x82\xa4,text\n1,\x82\xa0\n1,\x82\xa0\xff\xff\n' > "$T/in.csv"
    run scan --output-format same "$T/in.csv"
    is 3 "$status"
}

@test "a chat export of LINE Official Account Manager: who wrote decides what is looked at" {
    printf '%s\r\n' 'アカウント名,さくら市' "タイムゾーン,'+09:00" 'ダウンロード日時,2026/04/01 09:00' '送信者タイプ,送信者名,送信日,送信時刻,内容' \
        'User,ぬべべ,2026/04/01,08:00:00,電話は080-0000-0000' 'Account,ぬべべ,2026/04/01,08:01:00,"ありがとうございます' 'さくら市"' > "$T/in.csv"
    run scan "$T/in.csv"
    is 0 "$status"
    is 3 "${#lines[@]}"
    contains "${lines[0]}" '"field":"送信者名","status":"OK","verdict":"block"'
    contains "${lines[1]}" '"field":"内容","status":"OK","verdict":"redact"'
    contains "${lines[2]}" '{"id":"1","field":"内容","status":"OK","verdict":"allow"'
    sed 's/080-0000-0000/【電話番号】/' "$T/in.csv" | cmp - <(scan --output-format same "$T/in.csv")
}

@test "compressed files, members of archives and directories are read like the plain file" {
    mkdir -p "$T/dir/sub"
    printf "$COMMENTS" > "$T/dir/a.csv"
    printf "$COMMENTS" > "$T/dir/sub/b.csv"
    echo '%PDF' > "$T/dir/sub/c.pdf"
    scan --field コメント "$T/dir/a.csv" "$T/dir/sub/b.csv" > "$T/plain"
    is 6 "$(wc -l < "$T/plain")"
    scan --field コメント "$T/dir" 2> "$T/errors" | cmp - "$T/plain"
    contains "$(cat "$T/errors")" 'c.pdf: left out'
    (cd "$T/dir" && tar cf ../t.tar a.csv sub && tar czf ../t.tar.gz a.csv sub && python3 -m zipfile -c ../t.zip a.csv sub/)
    for archive in t.tar t.tar.gz t.zip; do
        scan --field コメント "$T/$archive" 2> "$T/errors" | cmp - "$T/plain"
        contains "$(cat "$T/errors")" "$archive:sub/c.pdf: left out"
    done
    gzip -k "$T/dir/a.csv"
    xz -k "$T/dir/sub/b.csv"
    scan --field コメント "$T/dir/a.csv.gz" "$T/dir/sub/b.csv.xz" | cmp - "$T/plain"
    scan --field コメント --format csv - < "$T/dir/a.csv.gz" | cmp - <(head -n 3 "$T/plain")
}

@test "a compressed file that is damaged has its line, and the run goes on" {
    seq -f '{"text":"%.0f"}' 1 20000 > "$T/in"
    gzip -k "$T/in"
    head -c 30000 "$T/in.gz" > "$T/cut.gz"
    echo '{"text":"after"}' > "$T/after"
    scan "$T/cut.gz" "$T/after" > "$T/out" 2> "$T/errors" && code=0 || code=$?
    is 3 "$code"
    contains "$(cat "$T/errors")" 'cut.gz: cannot be read to its end'
    contains "$(tail -n 2 "$T/out" | head -n 1)" '"status":"INVALID_ARGUMENT"'
    contains "$(tail -n 1 "$T/out")" '"text":"after"'
}

@test "what is behind a compressed file is not lost in silence" {
    seq -f '{"text":"%.0f"}' 1 20 > "$T/in"
    for pack in gzip bzip2; do
        "$pack" -c "$T/in" > "$T/member"
        cat "$T/member" "$T/member" > "$T/two"
        is 40 "$(scan "$T/two" | wc -l)"
        cat "$T/member" <(head -c 200000 /dev/zero) > "$T/padded"
        is 20 "$(scan "$T/padded" | wc -l)"
        cat "$T/member" <(head -c 2 "$T/member"; tail -c +6 "$T/member") > "$T/damaged"
        run scan "$T/damaged"
        is 3 "$status"
        contains "$output" 'damaged: cannot be read to its end: what follows is not compressed, or damaged'
    done
}

@test "a workbook is no table: it has its line, and what to do is told" {
    printf 'PK\3\4%26s[Content_Types].xml' '' > "$T/book.xlsx"
    printf '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 1997' > "$T/book.xls"
    for book in book.xlsx book.xls; do
        run scan "$T/$book"
        is 3 "$status"
        contains "$output" "$book: cannot be read to its end: this is a workbook; save its sheet as CSV UTF-8"
        contains "$output" '"status":"INVALID_ARGUMENT"'
    done
    LC_ALL=ja_JP.UTF-8 run filterctl scan "$T/book.xls"
    contains "$output" 'シートを「CSV UTF-8」で保存'
}

@test "a text may begin like a compressed file" {
    printf 'BZhは好きですか\n' > "$T/in"
    contains "$(scan --format text "$T/in")" '"text":"BZhは好きですか"'
}

@test "a small file that grows without end is given up" {
    head -c 120000000 /dev/zero | tr '\0' a | xz -0 > "$T/bomb.xz"
    run scan "$T/bomb.xz"
    is 3 "$status"
    contains "$output" 'it grows to more than 1000 times its size'
}

@test "files of one output must fit together" {
    printf 'text\nあ\n' > "$T/a.csv"
    printf 'n,text\n1,あ\n' > "$T/b.csv"
    is 2 "$(scan "$T/a.csv" "$T/b.csv" | wc -l)"
    run scan --output-format same -o "$T/out" "$T/a.csv" "$T/b.csv"
    is 2 "$status"
    contains "$output" 'b.csv: its format, encoding or header is not that of the first file'
    is $'text\nあ\nあ' "$(scan --output-format same "$T/a.csv" "$T/a.csv")"
}
