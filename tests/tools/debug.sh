#!/bin/sh
# Starts gdb on one graded test, with no limits and no namespaces around it.
# usage: debug.sh BUILD LAB SRC TEST      e.g. build/gcc/build 03-pool labs results; see make debug
# BUILD is the build's description, SRC the folder of the answers' folders.
set -u
build=$1 lab=$2 src=$3 test=$4

# shellcheck source=tests/tools/description.sh
. tests/tools/description.sh
objects=$(described objects)
out=$objects/debug/$lab

if ! command -v gdb >/dev/null; then
    echo 'debug: gdb is not installed: make setup DEV=1' >&2
    exit 2
fi
"$objects/tests/judge/build/builder" --build "$build" --lab "$lab" --src "$src" --out "$out" \
    --flags '-O0 -g3' || exit
if ! "$out/suite" --list | cut -f 1 | grep -qxF -e "$test"; then
    [ -z "$test" ] || echo "debug: lab $lab has no test '$test'." >&2
    echo "Which test? make debug LAB=${lab%%-*} TEST=..., one of:" >&2
    "$out/suite" --list | awk -F '\t' '{printf "  %-16s %s\n", $1, $4}' >&2
    exit 2
fi
echo "The test stops in gdb before it begins. Set breakpoints (break FUNCTION), then: continue"
# As the judge would start it: with nothing of the caller's OMP_* settings.
exec env -i PATH="$PATH" TERM="${TERM:-dumb}" HOME="${HOME:-/}" OMP_WAIT_POLICY=passive \
    gdb -q -ex 'set follow-fork-mode parent' -ex 'set detach-on-fork on' \
    -ex 'set breakpoint pending on' -ex start --args "$out/suite" --test "$test"
