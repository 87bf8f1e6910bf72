#!/bin/sh
# Does the judge always say the same? Grades the references, the untouched skeletons and a mixed
# submission (some labs right, some wrong) again and again, each time under other circumstances: busy
# CPUs beside it, one CPU or all, odd OMP_* values, another user. Prints every verdict that differed
# from the first round's; none may.
# usage: soak.sh JUDGE TIMES LAB...
# From the environment: what tests/judge/build.sh needs. Exit status 1 if a verdict differed.
set -u
judge=$1 times=$2
shift 2
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lockstep.XXXXXX") || exit 1
busy=
# shellcheck disable=SC2086  # a word for each process
stop_load() {
    [ -z "$busy" ] || kill $busy 2>/dev/null
    busy=
}
trap 'stop_load; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
case $times in '' | *[!0-9]* | 0*) echo "soak: N wants a whole number, not '$times'" >&2 && exit 2 ;; esac

# Lab by lab: the reference, the skeleton, and in turn another right way and a wrong one (of those
# whose failing tests are certain).
prepare() {
    turn=0
    for lab; do
        stem=$(basename "solutions/$lab"/*.c .c)
        mkdir -p "$scratch/references/$lab" "$scratch/skeletons/$lab" "$scratch/mixed/$lab"
        cp "solutions/$lab/$stem.c" "$scratch/references/$lab/"
        sh tests/tools/skeletons.sh cut "$lab/$stem.c" "$scratch/skeletons/$lab/$stem.c"
        turn=$((1 - turn))
        wrong=$(grep -L '^May:' "tests/submissions/$lab"/wrong/*.patch | head -n 1)
        if [ $turn -eq 0 ]; then
            find "tests/submissions/$lab/right" -name '*.c' | sort | head -n 1 |
                xargs -I{} cp {} "$scratch/mixed/$lab/$stem.c"
        else
            patch -p1 -s -r - -o "$scratch/mixed/$lab/$stem.c" "solutions/$lab/$stem.c" <"$wrong"
        fi
        labs=${labs:+$labs,}$lab
    done
}

start_load() { # PROCESSES
    for _ in $(seq "$1"); do
        sh -c 'while :; do :; done' &
        busy="$busy $!"
    done
}

# Runs a command on one CPU, or with an odd environment, or as nobody, as the round has it.
surroundings() { # ROUND COMMAND...
    round=$1
    shift
    case $((round % 4)) in
    1) set -- env OMP_NUM_THREADS=1 OMP_DYNAMIC=true "$@" ;;
    2) set -- env OMP_THREAD_LIMIT=1 OMP_WAIT_POLICY=active OMP_SCHEDULE=static LC_ALL=C "$@" ;;
    3) set -- env OMP_NUM_THREADS=64 OMP_PROC_BIND=true TZ=Asia/Seoul "$@" ;;
    esac
    [ $((round % 3)) -ne 1 ] || set -- taskset -c "$one_cpu" "$@"
    [ $((round % 5)) -ne 2 ] || [ "$(id -u)" -ne 0 ] ||
        set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    "$@"
}

one_cpu=$(taskset -cp $$ | sed 's/.*: *//; s/[-,].*//')
labs=
prepare "$@"
chmod -R a+rX "$scratch"
differed=0
for round in $(seq 0 $((times - 1))); do
    load=$((round % 3 * $(nproc)))
    for kind in references skeletons mixed; do
        # A folder that another user can write to.
        out=$scratch/out.$kind
        mkdir -p "$out" && chmod 777 "$out"
        start_load "$load"
        surroundings "$round" "$judge" --build "$OBJECTS/build" --src "$scratch/$kind" --out "$out/judge.$round" \
            --labs "$labs" --brief >"$scratch/now" 2>"$scratch/errors"
        status=$?
        stop_load
        rm -rf "$out/judge.$round"
        { echo "exit status $status" && sort "$scratch/now"; } >"$scratch/$kind.now"
        [ "$round" -gt 0 ] || cp "$scratch/$kind.now" "$scratch/$kind.first"
        if ! diff "$scratch/$kind.first" "$scratch/$kind.now" >"$scratch/diff"; then
            echo "round $((round + 1)), $kind, beside $load busy processes:"
            sed -n 's/^[<>]/    &/p' "$scratch/diff"
            cat "$scratch/errors"
            differed=$((differed + 1))
        fi
    done
    if [ -t 2 ]; then printf '\r  round %s of %s\033[K' "$((round + 1))" "$times" >&2; else
        echo "  round $((round + 1)) of $times" >&2
    fi
done
[ ! -t 2 ] || printf '\r\033[K' >&2
echo "$times rounds of 3 gradings: $differed differed from the first"
echo "references: $(grep -c ' passed' "$scratch/references.first") passed; skeletons:" \
    "$(grep -c ' not-started' "$scratch/skeletons.first") not started; mixed:" \
    "$(grep -c ' passed' "$scratch/mixed.first") passed, $(grep -c ' failed' "$scratch/mixed.first") failed"
[ "$differed" -eq 0 ]
