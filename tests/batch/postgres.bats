# A column of a real PostgreSQL through psql's \copy, there and back. The cluster is a temporary one, of a plain user.

load helper

as_user() {
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi
}

setup_cluster() {
    BIN=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
    PG=$(mktemp -d /tmp/filterd-postgres-XXXXXX)
    [ "$(id -u)" -ne 0 ] || chown nobody:nogroup "$PG"
    cd "$PG"
    as_user "$BIN/initdb" -D "$PG/data" -A trust -U postgres -E UTF8 --no-sync > /dev/null
    as_user "$BIN/pg_ctl" -D "$PG/data" -w -l "$PG/log" -o "-k $PG -c listen_addresses= -c fsync=off" start > /dev/null 3>&-
    cd "$OLDPWD"
}

teardown() {
    [ -z "${PG:-}" ] || { (cd "$PG" && as_user "$BIN/pg_ctl" -D "$PG/data" -m immediate stop > /dev/null); rm -rf "$PG"; }
}

sql() {
    "$BIN/psql" -h "$PG" -U postgres -v ON_ERROR_STOP=1 -qAt "$@"
}

@test "a table goes out through the scan and comes back, nothing else changed" {
    setup_cluster
    sql -c 'create table comments (id int primary key, body text, note text)' \
        -c "insert into comments select i, case when i % 3 = 0 then E'電話は\n080-0000-0000' when i % 3 = 1 then null else '\"よい\", 天気' end, 'x' from generate_series(1, 3000) i"
    sql -c "\\copy (select id, body from comments order by id) to program '\"$FILTERCTL\" scan --policy sakura --format csv --field body --output-format column - > \"$T/kept.csv\"' csv header"
    sql -c 'create table kept (id int, body text, verdict text)'
    sql -c "\\copy kept from '$T/kept.csv' csv header"
    [ "$(sql -c 'select count(*) from kept')" = 3000 ]
    [ "$(sql -c "select count(*) from kept where verdict = '伏せ字' and body = E'電話は\n【電話番号】'")" = 1000 ]
    [ "$(sql -c "select count(*) from kept join comments using (id) where kept.verdict = '許可' and kept.body is not distinct from comments.body")" = 2000 ]
}
