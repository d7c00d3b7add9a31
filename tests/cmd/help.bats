load helper
bats_require_minimum_version 1.5.0

OPTION='^ {7}(-., )?--[a-z-]+( [A-Z]+)?$'
VERBS='check explain scan merge report share new export import lint test coverage diff whatif suggest bench publish rollback status reload stats'

@test "help lists every verb" {
    run filterctl help
    is 0 "$status"
    for verb in $VERBS; do
        [[ $output =~ $'\n'"  $verb " ]]
    done
    is "$output" "$(filterctl --help)"
}

@test "every verb has a page with all its parts, from both sides" {
    for verb in $VERBS; do
        page=$(filterctl help "$verb")
        for part in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES; do
            grep -qx "$part" <<< "$page"
        done
        contains "$page" "filterctl $verb - "
        is "$page" "$(filterctl "$verb" --help)"
        is "$page" "$(filterctl "$verb" -h)"
    done
}

@test "the pages are in Japanese too, with the same options and codes" {
    for verb in $VERBS; do
        english=$(filterctl help "$verb")
        japanese=$(env LC_ALL=ja_JP.UTF-8 "$FILTERCTL" help "$verb")
        grep -qx '説明' <<< "$japanese"
        is "$(grep -E "$OPTION" <<< "$english")" "$(grep -E "$OPTION" <<< "$japanese")"
        is "$(grep -oE '^ {7}[0-9]  ' <<< "$english")" "$(grep -oE '^ {7}[0-9]  ' <<< "$japanese")"
        is "$(grep -E '^ {11}[$] ' <<< "$english")" "$(grep -E '^ {11}[$] ' <<< "$japanese")"
    done
}

@test "no line of a page is wider than 80 columns" {
    for verb in $VERBS; do
        for locale in C.UTF-8 ja_JP.UTF-8; do
            env LC_ALL=$locale "$FILTERCTL" help "$verb" > "$T/page"
            [ "$(wc -L < "$T/page")" -le 80 ]
        done
    done
}

@test "the language: LC_ALL before LC_MESSAGES before LANG" {
    LC_ALL='' LC_MESSAGES=ja_JP.UTF-8 LANG=C run filterctl help
    contains "$output" '使い方'
    LC_ALL='' LC_MESSAGES='' LANG=ja_JP.UTF-8 run filterctl help
    contains "$output" '使い方'
    LC_ALL=C LANG=ja_JP.UTF-8 run filterctl help
    contains "$output" 'Usage:'
}

@test "without a verb: the list on standard error, exit 2" {
    run --separate-stderr filterctl
    is 2 "$status"
    is '' "$output"
    contains "$stderr" 'Usage: filterctl VERB'
}

@test "unknown verbs and options are refused with a hint: exit 2" {
    run filterctl scna
    is 2 "$status"
    contains "$output" "unknown verb 'scna'; did you mean 'scan'?"
    run filterctl help chek
    is 2 "$status"
    contains "$output" "did you mean 'check'?"
    run filterctl check --polcy x
    is 2 "$status"
    contains "$output" "unknown option '--polcy'; did you mean '--policy'?"
    contains "$output" 'Help: filterctl help check'
    run filterctl check -z
    is 2 "$status"
    contains "$output" "unknown option '-z'"
    run filterctl check --policy
    is 2 "$status"
    contains "$output" "option '--policy' needs a value"
    run filterctl check --json=yes x
    is 2 "$status"
    contains "$output" "option '--json' takes no value"
}

@test "what cannot be written is an error" {
    run bash -c '"$0" help scan > /dev/full' "$FILTERCTL"
    is 2 "$status"
    contains "$output" 'No space left on device'
    run bash -c '"$0" check x > /dev/full' "$FILTERCTL"
    is 2 "$status"
}
