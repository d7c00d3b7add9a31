load helper

# A tree of dictionaries whose city sakura transforms as given.
tree_with() {
    cp -rL "$DICTIONARIES" "$T/tree"
    chmod -R u+w "$T/tree"
    sed -i "s/^clauses:/transforms: {$1}\nclauses:/" "$T/tree/cities/sakura/policy.yaml"
}

@test "a key file is private, and never overwritten" {
    filterctl keygen "$T/a.key"
    is 600 "$(stat -c %a "$T/a.key")"
    before=$(cat "$T/a.key")
    run filterctl keygen "$T/a.key"
    is 2 "$status"
    is "$before" "$(cat "$T/a.key")"
}

@test "a pair for CURVE is private too, and its public key is printed" {
    run filterctl keygen --curve "$T/curve.key"
    is 0 "$status"
    is 40 "${#output}"
    is 600 "$(stat -c %a "$T/curve.key")"
    grep -qxF "public $output" "$T/curve.key"
    is 1 "$(grep -cE '^secret .{40}$' "$T/curve.key")"
    run filterctl keygen --curve "$T/curve.key"
    is 2 "$status"
}

@test "a policy that asks for tokens is not run without keys" {
    tree_with 'PHONE: token'
    run filterctl check -d "$T/tree" -p sakura '電話は080-0000-0000'
    is 2 "$status"
    contains "$output" 'no key file is configured'
    filterctl keygen "$T/a.key"
    chmod 644 "$T/a.key"
    run filterctl check -d "$T/tree" -p sakura --keys "$T/a.key" '電話は080-0000-0000'
    is 2 "$status"
    contains "$output" 'others may read this key file'
}

@test "a token is the same for the same value, under any writing, and another under another key" {
    tree_with 'PHONE: token'
    mkdir "$T/keys"
    filterctl keygen "$T/keys/sakura.key"
    filterctl keygen --key-id k2 "$T/other.key"
    printf '電話は080-0000-0000\n電話は０８０－００００－００００\n' > "$T/in"
    run filterctl scan -d "$T/tree" -p sakura --format text --keys "$T/keys" "$T/in"
    is 0 "$status"
    one=$(grep -o '【電話番号:k1:[a-z2-7]*】' <<< "${lines[0]}")
    is "$one" "$(grep -o '【電話番号:k1:[a-z2-7]*】' <<< "${lines[1]}")"
    run filterctl scan -d "$T/tree" -p sakura --format text --keys "$T/other.key" "$T/in"
    contains "$output" '【電話番号:k2:'
    run filterctl scan -d "$T/tree" -p sakura --format text --keys "$T/keys" --short-tokens "$T/in"
    [[ ${lines[0]} =~ 【電話番号:[a-z2-7]{4}】 ]]
}

@test "an encrypted value is revealed to who has the key, with a line for the audit that does not hold it" {
    tree_with 'PHONE: encrypt'
    filterctl keygen "$T/a.key"
    run filterctl scan -d "$T/tree" -p sakura --format text --keys "$T/a.key" - <<< '電話は080-0000-0000'
    sealed=$(grep -o '【電話番号:k1:[^】]*】' <<< "$output")
    run filterctl reveal -p sakura --keys "$T/a.key" --audit "$T/log" "$sealed"
    is 0 "$status"
    is 080-0000-0000 "$output"
    is 1 "$(wc -l < "$T/log")"
    contains "$(cat "$T/log")" '"key":"k1"'
    contains "$(cat "$T/log")" '"revealed":true'
    ! grep -q 0000-0000 "$T/log"
    run filterctl reveal -p other --keys "$T/a.key" --audit "$T/log" "$sealed"
    is 1 "$status"
    contains "$(tail -1 "$T/log")" '"revealed":false'
}

@test "nothing is revealed without an audit" {
    filterctl keygen "$T/a.key"
    run filterctl reveal -p sakura --keys "$T/a.key" '【電話番号:k1:AAAA】'
    is 2 "$status"
    contains "$output" '--audit'
    run filterctl reveal -p sakura --keys "$T/a.key" --audit "$T/no/such/log" '【電話番号:k1:AAAA】'
    is 2 "$status"
    run filterctl reveal -p "$(printf 'a%.0s' {1..900})" --keys "$T/a.key" --audit "$T/log" '【電話番号:k1:AAAA】'
    is 2 "$status"
    [ ! -e "$T/log" ]
}
