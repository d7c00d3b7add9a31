# A Slurm cluster of one node, without root's services: munged, slurmctld, slurmd, an array, a merge.

load helper

start_cluster() {
    local host
    host=$(hostname -s)
    mkdir -p "$T/slurm/state" "$T/slurm/spool"
    dd if=/dev/urandom of="$T/slurm/key" bs=1024 count=1 2> /dev/null
    chmod 400 "$T/slurm/key"
    chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$T" "$T/slurm" 2> /dev/null || true
    munged --force --foreground --socket="$T/slurm/munge" --key-file="$T/slurm/key" --log-file="$T/slurm/munged.log" \
        --pid-file="$T/slurm/munged.pid" --seed-file="$T/slurm/seed" 3>&- &
    PIDS=$!
    cat > "$T/slurm/slurm.conf" <<CONF
ClusterName=batch
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$T/slurm/munge
CredType=cred/munge
SlurmctldPort=$PORT
SlurmdPort=$((PORT + 1))
StateSaveLocation=$T/slurm/state
SlurmdSpoolDir=$T/slurm/spool
SlurmctldPidFile=$T/slurm/slurmctld.pid
SlurmdPidFile=$T/slurm/slurmd.pid
SlurmctldLogFile=$T/slurm/slurmctld.log
SlurmdLogFile=$T/slurm/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=batch Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
    export SLURM_CONF=$T/slurm/slurm.conf
    slurmctld -D 3>&- > /dev/null 2>&1 &
    PIDS="$PIDS $!"
    slurmd -D 3>&- > /dev/null 2>&1 &
    PIDS="$PIDS $!"
    for _ in $(seq 100); do
        [ "$(sinfo -h -o %T 2> /dev/null)" = idle ] && return
        sleep 0.2
    done
    tail -n 20 "$T"/slurm/*.log >&2
    return 1
}

teardown() {
    # shellcheck disable=SC2086
    [ -z "${PIDS:-}" ] || { kill $PIDS; wait $PIDS 2> /dev/null; } || true
}

@test "an array of eight tasks, two at a time, one of them requeued, makes what one scan makes" {
    make_archive 4000
    PORT=$((20000 + RANDOM % 10000))
    start_cluster
    export POLICY=sakura FIELD=コメント OUT=$T/out
    sed 's/--field/--id-field 番号 --field/' deploy/slurm/scan.sbatch > "$T/scan.sbatch"
    job=$(sbatch --parsable --array=0-7%2 --export=ALL --output="$T/task.%a.log" "$T/scan.sbatch" "$T/in")
    scontrol requeue "${job}_1" 2> /dev/null || true
    for _ in $(seq 300); do
        [ -z "$(squeue -h -j "$job" 2> /dev/null)" ] && break
        sleep 0.3
    done
    cat "$T"/task.*.log >&2
    "$FILTERCTL" merge -o "$T/merged" "$T"/out/shard.?
    cmp "$T/whole" "$T/merged"
}
