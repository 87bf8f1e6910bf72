#!/bin/sh
# Starts gdb on one graded test, with no limits and no namespaces around it.
# usage: make debug LAB=03 TEST=results      (LAB, TEST, SOURCE and what build.sh needs: from make)
set -u
out=$OBJECTS/debug/$LAB
lab=${LAB%%-*}

if ! command -v gdb >/dev/null; then
    echo 'debug: gdb is not installed: make setup DEV=1' >&2
    exit 2
fi
mkdir -p "$out"
COMPILE="$COMPILE -O0 -g3" sh tests/judge/build.sh "$LAB" "$SOURCE" "$out" || exit 1
if ! "$out/suite" --list | cut -f 1 | grep -qxF -e "$TEST"; then
    [ -z "$TEST" ] || echo "debug: lab $LAB has no test '$TEST'." >&2
    echo "Which test? make debug LAB=$lab TEST=..., one of:" >&2
    "$out/suite" --list | awk -F '\t' '{printf "  %-16s %s\n", $1, $4}' >&2
    exit 2
fi
echo "The test stops in gdb before it begins. Set breakpoints (break FUNCTION), then: continue"
# As the judge would start it: with nothing of the caller's OMP_* settings.
exec env -i PATH="$PATH" TERM="${TERM:-dumb}" HOME="${HOME:-/}" OMP_WAIT_POLICY=passive \
    gdb -q -ex 'set follow-fork-mode parent' -ex 'set detach-on-fork on' -ex 'set breakpoint pending on' \
    -ex start --args "$out/suite" --test "$TEST"
