#!/bin/sh
# Starts gdb on one graded test, with no limits and no namespaces around it.
# usage: debug.sh BUILD LAB SRC TEST [hang]      see make debug
# BUILD is the build's description, SRC the folder of the answers' folders. With `hang` no debugger
# is started: the test runs until all of it is asleep, or has computed for 15 seconds, and then the
# stack of each of its threads and of its children's is printed.
set -u
build=$1 lab=$2 src=$3 test=$4 hang=${5:-}

# shellcheck source=common/scripts/words.sh
. common/scripts/words.sh
# shellcheck source=tests/tools/description.sh
. tests/tools/description.sh
objects=$(described objects)
out=$objects/debug/$lab

refuse_ranks "$lab" debug 'gdb -batch -ex run -ex bt --args'
if ! command -v gdb >/dev/null; then
    say 'debug: %s is not installed: make setup DEV=1' gdb >&2
    exit 2
fi
"$objects/tests/judge/build/builder" --build "$build" --lab "$lab" --src "$src" --out "$out" \
    --flags '-O0 -g3' || exit
if ! "$out/suite" --list | cut -f 1 | grep -qxF -e "$test"; then
    [ -z "$test" ] || say "debug: lab %s has no test '%s'." "$lab" "$test" >&2
    say 'Which test? make debug LAB=%s TEST=..., one of:' "${lab%%-*}" >&2
    "$out/suite" --list | cut -f 1,4 | while IFS="$(printf '\t')" read -r name title; do
        printf '  %-16s %s\n' "$name" "$(words "$title")"
    done >&2
    exit 2
fi

# As the judge would start it: with nothing of the caller's OMP_* settings.
as_judged() {
    exec env -i PATH="$PATH" TERM="${TERM:-dumb}" HOME="${HOME:-/}" OMP_WAIT_POLICY=passive "$@"
}

# The process and all its descendants.
family() {
    echo "$1"
    for task in /proc/"$1"/task/*/children; do
        # shellcheck disable=SC2013  # words
        for child in $(cat "$task" 2>/dev/null); do family "$child"; done
    done
}

# True if one of them runs, or waits for a disk.
awake() {
    for process in $(family "$1"); do
        grep -hE '^State:.*\((running|disk sleep)\)' /proc/"$process"/task/*/status 2>/dev/null
    done | grep -q .
}

stacks() {
    for process in $(family "$1"); do
        echo
        if [ "$process" = "$1" ]; then
            say "The test's process (PID %s):" "$process"
        else
            say 'A child (PID %s):' "$process"
        fi
        if grep -q '^State:.*(zombie)' /proc/"$process"/status 2>/dev/null; then
            say 'It has ended, and nobody has waited for it yet (a zombie).'
            continue
        fi
        gdb -q -batch -p "$process" -ex 'thread apply all bt' 2>/dev/null |
            grep -E '^(Thread|#)'
    done
}

if [ -n "$hang" ]; then
    as_judged "$out/suite" --test "$test" &
    pid=$!
    trap 'kill -KILL $(family "$pid") 2>/dev/null' EXIT
    trap 'exit 130' INT TERM
    say 'Waiting until the test hangs (Ctrl-C ends it) ...'
    # Some may wake up for a moment, by a timer: nobody is seen awake in so many looks; or somebody
    # in each of so many.
    asleep=0 awake=0
    while kill -0 "$pid" 2>/dev/null && [ "$asleep" -lt 12 ] && [ "$awake" -lt 60 ]; do
        sleep 0.25
        if awake "$pid"; then asleep=0 awake=$((awake + 1)); else asleep=$((asleep + 1)) awake=0; fi
    done
    if kill -0 "$pid" 2>/dev/null; then
        [ "$awake" -eq 0 ] || say 'It does not sleep: for 15 seconds it has been computing.'
        stacks "$pid"
        exit 0
    fi
    trap - EXIT
    wait "$pid"
    say 'It did not hang: it ended with status %d.' "$?"
    exit 0
fi

where=$("$out/suite" --list | awk -F '\t' -v test="$test" '$1 == test {print $3}')
say 'The test stops in gdb when it first comes to %s. Then: next, step, print x, continue.' "$where"
say 'If it hangs: Ctrl-C, and: thread apply all bt'
as_judged gdb -q -ex 'set follow-fork-mode parent' -ex 'set detach-on-fork on' \
    -ex 'set breakpoint pending on' -ex "tbreak $where" -ex run --args "$out/suite" --test "$test"
