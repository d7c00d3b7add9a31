# Runs that are killed and gone on with, shards, and putting them together.

load helper

scan() {
    filterctl scan --policy sakura "$@"
}

# Records with and without findings, over several files, formats and encodings that fit together.
make_table() {
    awk -v from="$1" -v to="$2" 'BEGIN {
        printf "番号,text\r\n"
        for (i = from; i < to; i++) {
            text = i % 7 == 0 ? "電話は080-0000-" sprintf("%04d", i % 10000) : "きょうは\n\"\"よい\"\"天気です"
            if (i % 1000 == 999) printf "%d,\"open\r\n", i
            else printf "%d,\"%s\"\r\n", i, text
        }
    }'
}

make_inputs() {
    make_table 0 2000 > "$T/1.csv"
    make_table 2000 4000 | gzip -1 > "$T/2.csv.gz"
    make_table 4000 "${1:-6000}" > "$T/3.csv"
    INPUTS=("$T/1.csv" "$T/2.csv.gz" "$T/3.csv")
}

# Kills a run $1 times, each time a little later than it takes to begin, and goes on until it is through.
kill_and_resume() {
    local kills=0 code=137
    rm -f "$T/out" "$T/out.part" "$T/out.scan"
    while [ $code -eq 137 ]; do
        if [ $kills -lt "$1" ]; then
            # Dies at a write of the output, of the checkpoint or a rename, chosen by chance.
            FILTERD_KILL=$((RANDOM % 20 + 1)) LD_PRELOAD=$KILLER "$FILTERCTL" scan --policy sakura --checkpoint 20000 \
                --output-format same -o "$T/out" --resume "${INPUTS[@]}" 2>> "$T/errors" && code=0 || code=$?
            kills=$((kills + 1))
            [ $code -eq 137 ] && KILLED=$((KILLED + 1))
        else
            scan --checkpoint 20000 --output-format same -o "$T/out" --resume "${INPUTS[@]}" 2>> "$T/errors" && code=0 || code=$?
        fi
    done
    is 3 "$code"
    cmp "$T/whole" "$T/out"
    [ ! -e "$T/out.part" ]
    [ ! -e "$T/out.scan" ]
}

setup_file() {
    cd "$BATS_TEST_DIRNAME/../.." || return 1
    export KILLER=$BATS_FILE_TMPDIR/kill.so
    cc -shared -fPIC -O1 -o "$KILLER" tests/cmd/kill.c -ldl
}

@test "a run that is killed at any write, sync or rename goes on to the same bytes" {
    make_inputs
    scan --output-format same "${INPUTS[@]}" > "$T/whole" || is 3 $?
    KILLED=0
    for _ in $(seq "${FILTERD_RUNS:-2}"); do
        kill_and_resume "${FILTERD_KILLS:-4}"
    done
    [ "$KILLED" -ge "${FILTERD_LEAST:-4}" ]
}

@test "going on is refused when rules, options or input are others" {
    make_inputs
    FILTERD_KILL=12 LD_PRELOAD=$KILLER "$FILTERCTL" scan --policy sakura --checkpoint 20000 -o "$T/out" "${INPUTS[@]}" || is 137 $?
    [ -e "$T/out.scan" ]
    for change in '--policy default' '--field 番号' '--output-format same' '--shard 0/2'; do
        # shellcheck disable=SC2086
        run scan $change -o "$T/out" --resume "${INPUTS[@]}"
        is 2 "$status"
        contains "$output" 'rules, options or input are not those it was begun with'
    done
    touch "$T/1.csv"
    run scan -o "$T/out" --resume "${INPUTS[@]}"
    is 2 "$status"
    run scan -o "$T/out" "${INPUTS[@]}"
    is 3 "$status"
    [ ! -e "$T/out.scan" ]
}

@test "going on without an earlier run begins; standard input cannot be gone on with" {
    make_inputs 4100
    run scan -o "$T/out" --resume "${INPUTS[@]}"
    is 3 "$status"
    run scan --resume "${INPUTS[@]}"
    is 2 "$status"
    run scan --resume -o "$T/out" -
    is 2 "$status"
    contains "$output" 'need -o OUT and input from files'
}

@test "a part holds nothing but what may be kept" {
    make_inputs
    FILTERD_KILL=12 LD_PRELOAD=$KILLER "$FILTERCTL" scan --policy sakura --checkpoint 20000 -o "$T/out" "${INPUTS[@]}" || is 137 $?
    [ -s "$T/out.part" ]
    is 0 "$(grep -c '080-0000' "$T/out.part")"
    is 0 "$(grep -c '080-0000' "$T/out.scan")"
}

@test "two runs do not write one output" {
    make_inputs
    : > "$T/out.part"
    (
        flock 9
        run scan -o "$T/out" "${INPUTS[@]}"
        is 2 "$status"
        contains "$output" 'another run is writing it'
    ) 9>> "$T/out.part"
}

@test "shards put together are the whole, whatever their number" {
    make_inputs
    for form in findings same column; do
        scan --output-format $form "${INPUTS[@]}" > "$T/whole" || is 3 $?
        for count in 1 4; do
            rm -f "$T"/shard.*
            for ((i = 0; i < count; i++)); do
                scan --output-format $form --shard $i/$count -o "$T/shard.$i" "${INPUTS[@]}" || is 3 $?
            done
            filterctl merge -o "$T/merged" "$T"/shard.?  || is 3 $?
            cmp "$T/whole" "$T/merged"
        done
    done
}

@test "shards of nearly nothing" {
    printf '{"text":"a"}\n' > "$T/in"
    for i in 0 1 2 3 4; do
        scan --shard $i/5 -o "$T/shard.$i" "$T/in"
    done
    filterctl merge "$T"/shard.? | cmp - <(scan "$T/in")
    run filterctl merge -o /dev/full "$T"/shard.?
    is 2 "$status"
    is 'filterctl merge: /dev/full: No space left on device' "$output"
}

@test "merge refuses shards that are missing, doubled, changed or of another scan" {
    make_inputs 4100
    for i in 0 1 2; do
        scan --shard $i/3 -o "$T/shard.$i" "${INPUTS[@]}" || is 3 $?
    done
    run filterctl merge -o "$T/merged" "$T/shard.0" "$T/shard.2"
    is 2 "$status"
    contains "$output" 'shard 1/3 is missing'
    run filterctl merge -o "$T/merged" "$T/shard.0" "$T/shard.1"
    contains "$output" 'shard 2/3 is missing'
    run filterctl merge -o "$T/merged" "$T/shard.0" "$T/shard.1" "$T/shard.1"
    contains "$output" 'shard 1/3 is there twice'
    scan --policy default --shard 1/3 -o "$T/other" "${INPUTS[@]}" || is 3 $?
    run filterctl merge -o "$T/merged" "$T/shard.0" "$T/other" "$T/shard.2"
    contains "$output" 'are not of one scan'
    echo >> "$T/shard.2"
    run filterctl merge -o "$T/merged" "$T"/shard.?
    is 2 "$status"
    contains "$output" 'bytes, not the'
    rm "$T/shard.2.scan"
    run filterctl merge -o "$T/merged" "$T"/shard.?
    is 2 "$status"
    [ ! -e "$T/merged" ]
}

@test "the shard comes from Slurm or Kubernetes" {
    make_inputs 4100
    scan "${INPUTS[@]}" > "$T/whole" || is 3 $?
    for i in 0 1 2; do
        SLURM_ARRAY_TASK_ID=$((i * 2 + 5)) SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=3 \
            scan -o "$T/slurm.$i" "${INPUTS[@]}" || is 3 $?
        JOB_COMPLETION_INDEX=$i JOB_COMPLETION_COUNT=3 scan -o "$T/job.$i" "${INPUTS[@]}" || is 3 $?
    done
    filterctl merge -o "$T/merged" "$T"/slurm.? || is 3 $?
    cmp "$T/whole" "$T/merged"
    filterctl merge -o "$T/merged" "$T"/job.? || is 3 $?
    cmp "$T/whole" "$T/merged"
    JOB_COMPLETION_INDEX=1 run scan -o "$T/job" "${INPUTS[@]}"
    is 2 "$status"
    contains "$output" 'JOB_COMPLETION_COUNT is not'
}

@test "a shard that is complete is not made again" {
    make_inputs 4100
    scan --shard 1/2 -o "$T/shard" "${INPUTS[@]}" || is 3 $?
    cp "$T/shard" "$T/copy"
    inode=$(stat -c %i "$T/shard")
    run scan --shard 1/2 -o "$T/shard" --resume "${INPUTS[@]}"
    is 3 "$status"
    cmp "$T/shard" "$T/copy"
    is "$inode" "$(stat -c %i "$T/shard")"
}
