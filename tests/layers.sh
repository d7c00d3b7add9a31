#!/bin/sh
# tests/layers.sh - proves the architecture from the text of the sources; one TAP line per rule.
#
# Each function below prints the violations of one rule; no output means the rule holds.
set -u
cd "$(dirname "$0")/.."

layers="base text engine rules scan wire pool serve archive tune cmd"
ours=$(find filterd -name '*.[ch]' | sort)
all_c=$(find filterd bench tests -name '*.[ch]' | sort)
system='(assert|byteswap|ctype|dirent|endian|err|errno|fcntl|fnmatch|fts|getopt|glob|grp|iconv|immintrin|inttypes|langinfo|limits'
system="$system|locale|malloc|math|poll|pthread|pwd|sched|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint"
system="$system|stdio|stdlib|stdnoreturn|string|strings|termios|time|unistd|wchar|(arpa|linux|net|netinet|sys)/.*)[.]h"

include_direction() {
    awk -v layers="$layers" '
        BEGIN { n = split(layers, name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i }
        { split(FILENAME, path, "/"); own = path[2] }
        !(own in rank) { print FILENAME ": no such layer: " own; nextfile }
        match($0, /^#include "[a-z]+\//) {
            other = substr($0, 11, RLENGTH - 11)
            if (!(other in rank) || rank[other] > rank[own] || (other == "serve" && (own == "archive" || own == "tune")))
                print FILENAME ":" FNR ": " own " includes " other
        }' $ours
}

one_owner() {
    grep -nE '^#include (<|"filter\.pb-c)' $ours | grep -vE "<$system>" | awk -F: '{
        split($1, path, "/")
        library = $3
        sub(/^#include [<"]/, "", library); sub(/[>"].*/, "", library); sub(/\/.*/, "", library)
        if ($1 ~ /\.h$/) print $1 ":" $2 ": " library " in a header"
        if (library in owner && owner[library] != path[2]) print $1 ":" $2 ": " library " belongs to " owner[library]
        else owner[library] = path[2]
    }'
}

purity() {
    impure='printf|fprintf|puts|exit|_exit|abort|getenv|setenv|setlocale|time|clock_gettime|gettimeofday|pthread_mutex_lock|syslog'
    find filterd/base filterd/text filterd/engine filterd/rules filterd/scan -name '*.c' | grep -vE 'base/(log|assert)\.c' |
        xargs -r grep -nE "^[^*\"]*\b($impure|log_(error|warning|info|debug|write))\("
}

endings() {
    echo "$ours" | grep -v '^filterd/cmd/' | xargs grep -nE '^[^*"]*\b(main|exit)\('
}

function_lines() {
    awk 'FNR == 1 { start = 0 } /^[a-z_0-9]+\(/ { name = $0 } /^\{/ { start = FNR }
         /^\}/ && start { if (FNR - start > 81) print FILENAME ":" start ": " FNR - start - 1 " lines: " name; start = 0 }' $all_c
}

file_lines() {
    wc -l $all_c | awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines" }'
}

first_lines() {
    for header in $(find filterd -name '*.h'); do
        head -n 1 "$header" | grep -q "^/\* ${header#filterd/} - " || echo "$header"
    done
}

left_over() {
    grep -rnIE '\b(TODO|FIXME|XXX)\b' filterd bench clients dictionaries proto tests --include='*.[ch]' --include='*.py' \
        --include='*.proto' --include='*.yaml' --include='*.bats'
}

number=0
failures=0
rule() {
    number=$((number + 1))
    violations=$($2)
    if [ -z "$violations" ]; then
        echo "ok $number - $1"
        return
    fi
    failures=$((failures + 1))
    echo "not ok $number - $1"
    printf '%s\n' "$violations" | sed 's/^/# /'
}

echo "1..8"
rule "a layer includes only what is left of it" include_direction
rule "a third-party header appears in the .c files of one layer" one_owner
rule "base to scan neither log, exit nor lock, and read no clock, locale or environment" purity
rule "main() and exit() stand in cmd alone" endings
rule "a function has at most 80 lines" function_lines
rule "a file has at most 600 lines" file_lines
rule "a header begins with its name and what it is" first_lines
rule "nothing is left to do in the code" left_over
[ "$failures" -eq 0 ]
