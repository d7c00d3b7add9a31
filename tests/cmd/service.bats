load helper

# A service that is none: answers what it is told, once, and keeps the request.
pretend() {
    printf '%s\n' "$1" > "$T/answer"
    /usr/bin/python3 - "$T" 3>&- <<'END' &
import os, socket, sys
place = sys.argv[1]
listener = socket.socket(socket.AF_UNIX)
listener.bind(place + "/control.new")
listener.listen(1)
listener.settimeout(30)
os.rename(place + "/control.new", place + "/control.sock")
peer, _ = listener.accept()
with open(place + "/request", "wb") as request:
    request.write(peer.makefile("rb").readline())
with open(place + "/answer", "rb") as answer:
    peer.sendall(answer.read())
END
    server=$!
    until [ -S "$T/control.sock" ]; do kill -0 $server && sleep 0.05; done
    export FILTERD_CONTROL=$T/control.sock
}

HASH=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
STATUS='{"status":"ok","pid":41,"uptime_s":5,"generation":2,"listen":["tcp://127.0.0.1:5550"],"front":{"pid":42,"restarts":0},"workers":[{"pid":43,"generation":2,"busy_ms":0,"jobs":17}],"cities":[{"id":"kashiwa","state":"live","ruleset":"'$HASH'","fault":""},{"id":"moka","state":"kept","ruleset":"'$HASH'","fault":"moka/policy.yaml:3:1: id: \"x\""}]}'

@test "status: running, exit 0" {
    pretend "$STATUS"
    run filterctl status
    is 0 "$status"
    contains "$output" 'state      ok'
    contains "$output" 'listen     tcp://127.0.0.1:5550'
    contains "$output" '  43  17  0'
    contains "$output" '  kashiwa  live  001122334455…'
    contains "$output" '  moka  kept  001122334455…  moka/policy.yaml:3:1: id: "x"'
    is '{"command":"status"}' "$(cat "$T/request")"
}

@test "status -j: the answer as it came" {
    pretend "$STATUS"
    run filterctl status -j --control "$T/control.sock"
    is 0 "$status"
    is "$STATUS" "$output"
}

@test "status: not running, exit 3; for the others exit 2" {
    run filterctl status --control "$T/none"
    is 3 "$status"
    is "filterctl status: $T/none: filterd is not running here" "$output"
    for verb in reload stats; do
        run filterctl $verb --control "$T/none"
        is 2 "$status"
    done
}

@test "an answer that is none: exit 1 for status, 2 for the others" {
    pretend 'what?'
    run filterctl status
    is 1 "$status"
    contains "$output" 'the answer cannot be read'
    rm "$T/control.sock"
    pretend '{"error":"unknown command"}'
    run filterctl stats
    is 2 "$status"
    contains "$output" 'unknown command'
}

@test "stats: every counter with its name" {
    pretend '{"front":{"requests":12,"replies":{"ok":11}},"workers":{"jobs":3},"reloads":{"ok":1,"failed":0}}'
    run filterctl stats
    is 0 "$status"
    [[ $output =~ front.requests\ +12 ]]
    [[ $output =~ front.replies.ok\ +11 ]]
    [[ $output =~ reloads.failed\ +0 ]]
    is '{"command":"stats"}' "$(cat "$T/request")"
}

@test "reload: everything live, exit 0" {
    pretend '{"ok":true,"generation":3,"fault":"","cities":[{"id":"kashiwa","result":"live","ruleset":"'$HASH'","fault":""}]}'
    run filterctl reload
    is 0 "$status"
    contains "$output" 'generation 3'
    contains "$output" '  kashiwa  live  001122334455…'
    is '{"command":"reload"}' "$(cat "$T/request")"
}

@test "reload: a city was kept, exit 1 and its fault" {
    pretend '{"ok":false,"generation":3,"fault":"","cities":[{"id":"kashiwa","result":"kept","ruleset":"'$HASH'","fault":"kashiwa/terms.csv:2:1: bad"}]}'
    run filterctl reload
    is 1 "$status"
    contains "$output" '  kashiwa  kept  001122334455…  kashiwa/terms.csv:2:1: bad'
    rm "$T/control.sock"
    pretend '{"ok":false,"generation":2,"fault":"common/cues.csv: no","cities":[]}'
    run filterctl reload
    is 1 "$status"
    contains "$output" 'nothing changed: common/cues.csv: no'
}
