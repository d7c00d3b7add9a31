# Kubernetes, Spark, memory, and many kills.

load helper

@test "the Kubernetes manifest is an Indexed Job whose pods know how many they are" {
    python3 - <<'PY'
import yaml
job, = yaml.safe_load_all(open("deploy/kubernetes/scan.yaml", encoding="utf-8"))
spec = job["spec"]
assert (job["apiVersion"], job["kind"], spec["completionMode"]) == ("batch/v1", "Job", "Indexed")
known = {"completionMode", "completions", "parallelism", "backoffLimitPerIndex", "podFailurePolicy", "template"}
assert set(spec) == known, set(spec) ^ known
pod = spec["template"]["spec"]
assert pod["restartPolicy"] == "Never"  # backoffLimitPerIndex and podFailurePolicy ask for it
container, = pod["containers"]
assert {v["name"] for v in container["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
assert spec["podFailurePolicy"]["rules"][0]["onExitCodes"]["containerName"] == container["name"]
env = {e["name"]: e["value"] for e in container["env"]}
assert env["JOB_COMPLETION_COUNT"] == str(spec["completions"])
open("/dev/stdout", "w").write(container["args"][0])
PY
}

@test "the manifest's command, run for every index, makes what one scan makes" {
    make_archive 1000
    mkdir "$T/out"
    command=$(python3 -c 'import yaml; print(yaml.safe_load(open("deploy/kubernetes/scan.yaml"))["spec"]["template"]["spec"]["containers"][0]["args"][0])')
    command=${command//kashiwa/sakura --id-field 番号}
    for i in 0 1 2; do
        JOB_COMPLETION_INDEX=$i JOB_COMPLETION_COUNT=3 PATH=$PWD/build:$PATH sh -c "${command//\/archive/$T}"
    done
    "$FILTERCTL" merge -o "$T/merged" "$T"/out/shard.?
    cmp "$T/whole" "$T/merged"
}

@test "Spark's pipe(): each partition through a program of its own, line by line" {
    seq -f '{"id":%.0f,"text":"電話は080-0000-0000"}' 0 9999 > "$T/in"
    "$FILTERCTL" scan --policy sakura "$T/in" > "$T/whole"
    python3 - "$FILTERCTL" "$T" <<'PY'
import subprocess, sys
program, top = sys.argv[1:]
lines = open(f"{top}/in", encoding="utf-8").read().splitlines(True)
out = []  # rdd.pipe() feeds a partition's elements as lines, and takes the lines of standard output
for partition in (lines[:3333], [], lines[3333:6000], lines[6000:]):
    done = subprocess.run([program, "scan", "--policy", "sakura", "--workers", "1", "-"], input="".join(partition).encode(), stdout=subprocess.PIPE, check=True)
    out.append(done.stdout)
open(f"{top}/piped", "wb").write(b"".join(out))
PY
    cmp "$T/whole" "$T/piped"
}

@test "memory does not grow with the input: 100 MB through a pipe" {
    python3 - "$FILTERCTL" <<'PY'
import resource, subprocess, sys
peaks = []
for megabytes in (2, 100):
    scan = subprocess.Popen([sys.argv[1], "scan", "--policy", "sakura", "--format", "text", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    block = "きょうはよい天気です、また明日もよい天気でしょう。\n".encode() * 14000
    for _ in range(megabytes):
        scan.stdin.write(block)
    scan.stdin.close()
    assert scan.wait() == 0
    peaks.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(f"# {peaks[0]} KiB, {peaks[1]} KiB")
assert peaks[1] < peaks[0] * 1.1 + 4096, peaks
PY
}

@test "two hundred kills, at any write, sync or rename" {
    FILTERD_RUNS=60 FILTERD_KILLS=5 FILTERD_LEAST=200 bats -f 'killed at any' tests/cmd/scan_resume.bats >&2
}
