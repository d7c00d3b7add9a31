# What the batch tests share: an archive, and what one scan makes of it.

setup() {
    cd "$BATS_TEST_DIRNAME/../.." || return 1
    export LC_ALL=C.UTF-8
    export FILTERD_DICTIONARIES=$PWD/tests/cmd/dictionaries
    export FILTERCTL=$PWD/build/filterctl
    T=$BATS_TEST_TMPDIR
}

make_archive() {
    mkdir -p "$T/in"
    for part in 0 1 2 3; do
        awk -v part=$part -v rows="$1" 'BEGIN {
            print "番号,コメント"
            for (i = part * rows; i < (part + 1) * rows; i++)
                printf "%d,\"%s\n%d\"\n", i, i % 7 == 0 ? "電話は080-0000-0000" : "きょうはよい天気です", i
        }' > "$T/in/$part.csv"
    done
    gzip -f "$T/in/2.csv"
    "$FILTERCTL" scan --policy sakura --field コメント --id-field 番号 "$T/in" > "$T/whole"
}
