#!/bin/sh
# Runs the unit tests side by side, as many as there are CPUs, and says how many passed.
# usage: unit.sh PROGRAM...
# Exit status 0 if all passed, 1 if not.
set -u
[ $# -gt 0 ] || exit 0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lockstep.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

# A line for each program that passed, everything it printed for one that did not.
cat >"$scratch/one" <<'ONE'
out=$2/$(echo "$1" | tr / _).out
if "$1" >"$out" 2>&1; then
    echo "  ok    $1  $(grep '^100%' "$out" | tail -n 1)"
else
    echo "  FAIL  $1 (exit status $?)"
    sed 's/^/        /' "$out"
    touch "$2/failed.$$"
fi
ONE
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} sh "$scratch/one" {} "$scratch"
failed=$(find "$scratch" -name 'failed.*' | wc -l)
echo "unit tests: $(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
