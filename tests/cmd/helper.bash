# What every file of tests/cmd shares. Tests run from the top of the repository, with dictionaries of their own.

DICTIONARIES=tests/cmd/dictionaries
FILTERCTL=${FILTERCTL:-build/filterctl}

setup() {
    cd "$BATS_TEST_DIRNAME/../.." || return 1
    export LC_ALL=C.UTF-8
    export FILTERD_DICTIONARIES=$DICTIONARIES
    unset FILTERD_CONTROL
    T=$BATS_TEST_TMPDIR
}

# The program; the hash of the ruleset depends on library versions and is hidden.
filterctl() {
    "$FILTERCTL" "$@"
}

hide_hash() {
    sed -E 's/"ruleset":"[0-9a-f]{64}"/"ruleset":"-"/'
}

# is EXPECTED ACTUAL
is() {
    [ "$1" = "$2" ] && return
    printf 'expected: %s\n     got: %s\n' "$1" "$2" >&2
    return 1
}

# contains TEXT PART
contains() {
    case $1 in
    *"$2"*) return ;;
    esac
    printf 'no: %s\nin: %s\n' "$2" "$1" >&2
    return 1
}
