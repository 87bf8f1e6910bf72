#!/bin/sh
# Runs a lab's graded tests under valgrind.
# usage: memcheck.sh BUILD LAB SRC [TEST]      e.g. build/gcc/build 03-pool labs; see make memcheck
# BUILD is the build's description, SRC the folder of the answers' folders.
# A line for each test; below it what valgrind found (memcheck.awk): errors, and lost memory.
# Exit status 0 if valgrind found nothing, 1 if it did, 2 if it could not be asked.
set -u
build=$1 lab=$2 src=$3 wanted=${4:-}

# shellcheck source=common/scripts/words.sh
. common/scripts/words.sh
# shellcheck source=tests/tools/description.sh
. tests/tools/description.sh
objects=$(described objects)
out=$objects/memcheck/$lab
files=$(files_of "$lab")
found=0

refuse_ranks "$lab" memcheck 'valgrind -q'
if ! command -v valgrind >/dev/null; then
    say 'memcheck: %s is not installed: make setup DEV=1' valgrind >&2
    exit 2
fi
if [ -n "$(described sanitize)" ]; then
    say 'memcheck: valgrind and SAN do not go together; leave SAN out' >&2
    exit 2
fi
"$objects/tests/judge/build/builder" --build "$build" --lab "$lab" --src "$src" --out "$out" ||
    exit 2
tests=$("$out/suite" --list | cut -f 1)
if [ -n "$wanted" ]; then
    if ! echo "$tests" | grep -qxF -e "$wanted"; then
        say "memcheck: lab %s has no test '%s'; it has: %s" "$lab" "$wanted" \
            "$(echo "$tests" | tr "\n" " ")" >&2
        exit 2
    fi
    tests=$wanted
fi

for test in $tests; do
    log=$out/$test.log
    # The children of a fork are silent: each would report what it inherited and did not free.
    # --keep-env: under valgrind a suite cannot start over, to have an environment of its own.
    # setpriv: timeout has a group of its own, so nothing else ends it if somebody ends this script.
    env -i PATH="$PATH" OMP_WAIT_POLICY=passive setpriv --pdeathsig TERM timeout -k 5 600 \
        valgrind --quiet --error-exitcode=9 --fair-sched=yes \
        --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
        --child-silent-after-fork=yes --log-file="$log" \
        "$out/suite" --keep-env --test "$test" >"$out/$test.txt" 2>&1 </dev/null
    status=$?
    if ! awk -v files="$files" -f common/scripts/words.awk -f tests/tools/memcheck.awk "$log" \
        >"$out/$test.found"; then
        printf '  x     %s\n' "$test"
        cat "$out/$test.found"
        found=1
    elif [ "$status" -eq 0 ]; then
        printf '  ok    %s\n' "$test"
    elif grep -q 'not started' "$out/$test.txt"; then
        say '  --    %s: not started' "$test"
    elif [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
        say '  --    %s: no memory error seen, but it did not come to an end' "$test"
    else
        say '  --    %s: no memory error, but the test fails (make grade LAB=%s says why)' \
            "$test" "${lab%%-*}"
    fi
done
[ "$found" -eq 0 ] || say 'All that valgrind said is in %s.' "$out/*.log"
exit "$found"
