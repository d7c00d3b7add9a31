load helper

@test "the stages, what they saw and the verdict are shown" {
    run filterctl explain --policy sakura '電話は080-0000-0000、ぽぬぽぬ'
    is 0 "$status"
    contains "$output" '「電話は080-0000-0000、ぽぬぽぬ」'
    contains "$output" 'skeleton'
    [[ $output =~ pattern\ +3-16\ +[0-9]+\ +pii.phone.mobile ]]
    [[ $output =~ literal\ +17-21\ +-\ +term.sakura.2bf7250a ]]
    [[ $output =~ finding\ +17-21\ +90\ +term.sakura.2bf7250a ]]
    contains "$output" 'verdict  block  桜町'
}

@test "with JSON every line is an object and the last one the verdict" {
    filterctl explain -j --policy sakura '電話は080-0000-0000' > "$T/lines"
    is 'object' "$(/usr/bin/python3 -c '
import json, sys
print(*{type(json.loads(line)).__name__.replace("dict", "object") for line in sys.stdin})' < "$T/lines")"
    is "$(filterctl check -j --policy sakura '電話は080-0000-0000')" "$(tail -n 1 "$T/lines")"
    grep -q '^{"stage":"view","start":null,"end":null,"shown":"電話は080-0000-0000","rule":"plain","likelihood":null,"note":null}$' "$T/lines"
}

@test "the exit code does not depend on the verdict" {
    run filterctl explain 'こんにちは'
    is 0 "$status"
    run filterctl explain --policy atlantis x
    is 2 "$status"
}

@test "control characters are shown by their numbers" {
    run filterctl explain "$(printf 'a\033b')"
    contains "$output" 'a<U+001B>b'
}

@test "a word that is reported but not acted on says why" {
    unset FILTERD_DICTIONARIES
    [[ $(filterctl explain --policy kashiwa 'これはカスではない') =~ drop\ +3-5\ +30\ +term.common.[0-9a-f]+\ +「カス」\ aims\ at\ nobody ]]
}
