#!/bin/sh
# tests/setup.sh run|test|bench|batch|coverage ... - installs the Debian packages that are missing; asks nothing, says nothing when none is.
#
# Recommended packages are left out, so everything needed is named. Exit: 0 all there, 1 could not install.
set -eu

run="gcc libc6-dev pkg-config libhyperscan-dev libpcre2-dev libicu-dev libpsl-dev publicsuffix libmecab-dev mecab-ipadic-utf8 libprotobuf-c-dev
     protobuf-c-compiler protobuf-compiler libzmq3-dev libsodium-dev libseccomp-dev libyaml-dev libcsv-dev libarchive-dev
     libjson-c-dev libsystemd-dev libxlsxwriter-dev
     python3 python3-zmq python3-protobuf"
test="libcmocka-dev clang libclang-rt-14-dev clang-format bats bzip2 xz-utils"
bench="mecab ripgrep"
coverage="llvm"
batch="slurmctld slurmd slurm-client munge postgresql postgresql-client python3-yaml"

wanted=
for set in "$@"; do
    case $set in
    run) wanted="$wanted $run" ;;
    test) wanted="$wanted $test" ;;
    bench) wanted="$wanted $bench" ;;
    batch) wanted="$wanted $batch" ;;
    coverage) wanted="$wanted $coverage" ;;
    *) echo "usage: tests/setup.sh run|test|bench|batch|coverage ..." >&2; exit 1 ;;
    esac
done

missing_of() {
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true) in
        ii*) ;;
        *) printf ' %s' "$package" ;;
        esac
    done
}

by_hand() {
    echo "setup: $1" >&2
    echo "setup: on Debian 12, install these as root:$missing" >&2
    exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    missing=" $(echo $wanted)"
    by_hand "no apt-get here, so nothing can be installed."
fi
missing=$(missing_of $wanted)
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || by_hand "neither root nor sudo."
    as_root=sudo
fi
echo "setup: installing$missing"
apt() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" </dev/null; }
apt update || echo "setup: apt-get update reported errors, trying to install all the same" >&2
apt install --no-install-recommends $missing >/dev/null || by_hand "apt-get install failed."
