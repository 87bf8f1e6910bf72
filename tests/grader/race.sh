#!/bin/sh
# Runs a lab's graded tests under ThreadSanitizer, with clang, libomp and Archer (which tells the
# sanitiser what OpenMP's own synchronisation means), and says in plain words what it found.
# usage: make race LAB=07      (LAB, SOURCE and what build.sh needs: from make, with SAN=thread)
#        race.sh check         only looks whether everything is there
# Exit status 0: no race seen; 1: there is one; 2: could not look.
set -u

if [ "${1-}" = check ]; then
    fail() {
        echo "race: $*" >&2
        exit 2
    }
    # shellcheck source=common/scripts/probe.sh
    . common/scripts/probe.sh
    archer clang >/dev/null 2>&1 ||
        fail 'this needs clang, libomp and Archer: make setup DEV=1'
    builds clang -fsanitize=thread >/dev/null 2>&1 ||
        fail "clang cannot build with ThreadSanitizer: make setup DEV=1"
    exit 0
fi

out=$OBJECTS/race/$LAB
mkdir -p "$out"
case $LAB in
01-* | 05-* | 07-* | 09-*) ;;
*)
    echo "Lab $LAB has no threads of yours: there is nothing to race."
    exit 0
    ;;
esac
sh tests/grader/build.sh "$LAB" "$SOURCE" "$out" || exit 2

# Some kernels lay out memory in a way that ThreadSanitizer does not understand.
steady=
"$out/suite" --list >/dev/null 2>&1 || steady='setarch -R'
tests=$($steady "$out/suite" --list | cut -f 1) || exit 2
: >"$out/reports"
for test in $tests; do
    [ ! -t 2 ] || printf '\r%-60s' "Looking for races: $test" >&2
    # shellcheck disable=SC2086  # empty, or two words
    env -i PATH="$PATH" OMP_WAIT_POLICY=passive OMP_TOOL=enabled \
        TSAN_OPTIONS='ignore_noninstrumented_modules=1 exitcode=0 report_signal_unsafe=0 atexit_sleep_ms=0' \
        $steady timeout 120 "$out/suite" --test "$test" >>"$out/reports" 2>&1 </dev/null
done
[ ! -t 2 ] || printf '\r%-60s\r' '' >&2

# Of each report: what each of the two accesses is, and its first frame in the student's file.
awk -v file="$(basename "$SOURCE")" '
    /WARNING: ThreadSanitizer: data race/ { inside = 1; n = 0; place[1] = place[2] = ""; where = "" }
    inside && /^  (Atomic |Previous )?(atomic )?([Rr]ead|[Ww]rite) of size/ {
        n++
        kind[n] = /[Ww]rite/ ? "writes" : "reads"
    }
    inside && /^  Location is global/ { split($0, part, "\047"); where = part[2] == "??" ? "" : part[2] }
    inside && n >= 1 && n <= 2 && place[n] == "" && index($0, "/" file ":") {
        rest = substr($0, index($0, "/" file ":") + length(file) + 2)
        split(rest, part, ":")
        place[n] = part[1]
    }
    inside && /^SUMMARY/ {
        inside = 0
        if (place[1] == "" && place[2] == "") next
        for (i = 1; i <= 2; i++) if (place[i] == "") place[i] = 0
        print place[1], kind[1], place[2], kind[2], where
    }
' "$out/reports" | sort -u >"$out/races"

if [ ! -s "$out/races" ]; then
    echo "No data race seen in $SOURCE."
    exit 0
fi
line() { # NUMBER KIND
    if [ "$1" = 0 ]; then
        echo "    somewhere else (a task or a term of the test) $2"
    else
        printf '    line %s %s:   %s\n' "$1" "$2" "$(sed -n "$1s/^ *//p" "$SOURCE")"
    fi
}
echo "Data races in $SOURCE: two threads use the same memory at the same time, and at least one of"
echo "them writes. Nothing says who comes first, so a change may be lost."
while read -r first one second two variable; do
    echo
    [ -z "$variable" ] || echo "  the variable $variable"
    line "$first" "$one"
    line "$second" "$two"
done <"$out/races"
printf '\nKeep them apart: critical, atomic, a reduction, or a variable of each thread'\''s own.\n'
exit 1
