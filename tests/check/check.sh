#!/bin/sh
# Does the grader judge as it should? Lets it judge, for each lab: the reference (full score), the
# untouched skeleton (nothing started), and what lies in tests/submissions: other right ways, wrong
# ones, and attacks. tests/README.md says what each of these files declares.
# usage: check.sh JUDGE LAB...
# Of the wrong ones, as many are judged as it takes to fail every test, and six at least; of the
# attacks, each on one lab, but not those that take long. ALL=1 judges every one, on every lab.
# From the environment: what tests/judge/build.sh needs; ALL; ONLY=WORD judges only submissions
# with WORD in their names; V=1 prints the slowest ones. Sanitised (SAN), only right ones are judged.
# Exit status 0 if all is as it should be, 1 if not.
set -u
judge=$1
shift
# A test that no wrong submission fails proves nothing: is that an error (1) or only said (0)?
uncaught_is_failure=1
at_once=$((3 * $(nproc)))
all=${ALL:-}${ONLY:-}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/lockstep.XXXXXX") || exit 1
trap 'rm -rf "$scratch"; remove_leftovers' EXIT
trap 'exit 1' INT TERM HUP
mkdir "$scratch/results"
: >"$scratch/chosen"

if ! command -v patch >/dev/null; then
    echo 'make check needs patch(1): install the package "patch" (make setup DEV=1 does).' >&2
    exit 1
fi

stem_of() {
    basename "solutions/$1"/*.c .c
}

# libomp makes a file of shared memory in every child that is forked beside it, and `_exit` leaves it
# there: more than a thousand by the end, for a build with clang.
remove_leftovers() {
    for file in /dev/shm/__KMP_REGISTERED_LIB_*; do
        pid=${file#*LIB_}
        [ ! -f "$file" ] || [ -d "/proc/${pid%_*}" ] || rm -f "$file" 2>/dev/null
    done
}

# Are tests run in namespaces here? There is nothing to build in an empty folder: the judge says so
# at once, unless it refuses to work at all.
namespaces() {
    "$judge" --isolated --build "$OBJECTS/build" --src "$scratch" --out "$scratch/probe" \
        --labs "$1" --brief >/dev/null 2>&1
    [ $? -eq 1 ]
}

# A line "LAB KIND FILE" for each submission of a lab, those that take long first.
submissions_of() {
    lab=$1 folder=tests/submissions/$1
    if [ -z "$SAN" ]; then
        for file in tests/submissions/attacks/*.c; do
            [ -f "$file" ] && [ -f "$folder/hostile.c" ] && attacks_this "$file" "$lab" &&
                echo "$lab hostile $file"
        done
        wrong_ones "$folder" | sed "s|^|$lab wrong |"
    fi
    for file in "$folder"/right/*.c; do
        [ -f "$file" ] && echo "$lab right $file"
    done
    echo "$lab reference solutions/$lab/$(stem_of "$lab").c"
    echo "$lab skeleton solutions/$lab/$(stem_of "$lab").c"
}

# The wrong submissions of a lab; unless all are wanted, few that fail every test between them: again
# and again the one that fails the most tests that none before it did.
wrong_ones() {
    [ -d "$1/wrong" ] || return
    grep -H '^Catches:' "$1"/wrong/*.patch | possible_here | awk -F ':Catches:' -v all="$all" '
        { file[NR] = $1; catches[NR] = $2; n = split($2, test, " ") }
        { for (j = 1; j <= n; j++) if (!(test[j] in known)) { known[test[j]]; tests++ } }
        END {
            for (chosen = 0; chosen < NR; chosen++) {
                most = -1
                for (i = 1; i <= NR; i++) {
                    if (i in done) continue
                    count = split(catches[i], test, " ")
                    fresh = 0
                    for (j = 1; j <= count && count < tests; j++) fresh += !(test[j] in caught)
                    if (fresh > most) { most = fresh; best = i }
                }
                if (most == 0 && chosen >= 6 && !all) break
                done[best]
                count = split(catches[best], test, " ")
                for (j = 1; j <= count && count < tests; j++) caught[test[j]]
                print file[best]
            }
        }'
}

# Leaves out what takes two CPUs to be seen, where there is one: then the tests that it catches need
# nobody else to catch them. Lines FILE:Catches: TEST...
possible_here() {
    while IFS= read -r line; do
        file=${line%%:*}
        if [ "$(getconf _NPROCESSORS_ONLN)" -gt 1 ] || ! grep -q '^Needs: 2 CPUs' "$file"; then
            printf '%s\n' "$line"
        else
            lab=$(basename "${file%/wrong/*}")
            printf '%s\n' "${line#*Catches: }" | tr ' ' '\n' >>"$scratch/results/$lab.wrong.left-out.caught"
        fi
    done
}

# True if the attack is meant for the lab, and can be let loose on this machine.
attacks_this() {
    labs=$(sed -n 's/^.*Labs: *//p' "$1" | head -n 1)
    case " ${labs:-03} " in
    *" all "* | *" ${2%%-*} "*) ;;
    *) return 1 ;;
    esac
    if [ -z "$all" ]; then
        grep -qxF "$1" "$scratch/chosen" && return 1
        grep -q 'Slow: *yes' "$1" && return 1
    fi
    if [ -z "$isolated" ] && grep -q 'Isolated: *yes' "$1"; then
        echo "$1" >>"$scratch/skipped"
        return 1
    fi
    echo "$1" >>"$scratch/chosen"
}

# Every file that nobody has a reason to change meanwhile, with its hash.
tree() {
    find Makefile README.md common labs solutions tests "$OBJECTS" -type f \
        -exec sha256sum {} + | sort -k 2
}

count() { # KIND LAB: how many were judged as declared, of how many
    awk -v kind="$1" -v lab="$2" '
        $2 == lab && $3 == kind {all++; good += $1 == "passed"}
        END {printf "%d/%d", good, all}' "$scratch/verdicts"
}

# Prints a lab's line, and the tests that no wrong submission fails. One that fails every test (it
# does not even get through a plain call) says nothing about any of them.
report_lab() {
    lab=$1
    "$OBJECTS/solutions/$lab/suite" --list | cut -f 1 | sort >"$scratch/tests"
    cat "$scratch"/results/"$lab".wrong.*.caught 2>/dev/null | sort -u >"$scratch/caught"
    comm -23 "$scratch/tests" "$scratch/caught" >"$scratch/uncaught"
    line="${lab%%-*} ${lab#*-}  right $(count right "$lab")"
    if [ -z "$SAN" ]; then
        line="$line  wrong $(count wrong "$lab")  hostile $(count hostile "$lab")"
        line="$line  tests caught out $(comm -12 "$scratch/tests" "$scratch/caught" | wc -l)"
        line="$line/$(wc -l <"$scratch/tests")"
    fi
    echo "$line"
    if [ -s "$scratch/uncaught" ] && [ -z "$SAN${ONLY:-}" ]; then
        echo "  no wrong submission fails: $(tr '\n' ' ' <"$scratch/uncaught")"
        [ "$uncaught_is_failure" -eq 0 ] || failed=$((failed + 1))
    fi
}

# Runs a command without the caller's settings of OpenMP: with fewer threads programs print less.
plain() {
    # shellcheck disable=SC2046  # words
    env $(env | sed -n 's/^\(OMP_[A-Z_]*\)=.*/-u \1/p') "$@"
}

# A check beside the submissions: what it is called, and whether its output is empty.
expect_nothing() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n%s\n' "$1" "$2"
    fi
}

isolated=
namespaces "$1" && isolated=1
for lab; do
    submissions_of "$lab"
done | grep -e "${ONLY:-.}" >"$scratch/jobs"
# The long ones of all labs first, so that none is left for the end.
grep -l 'Slow: *yes' tests/submissions/attacks/*.c tests/submissions/*/wrong/*.patch >"$scratch/slow"
{
    grep -F -f "$scratch/slow" "$scratch/jobs"
    for kind in hostile wrong right reference skeleton; do
        grep -v -F -f "$scratch/slow" "$scratch/jobs" | grep " $kind "
    done
} >"$scratch/sorted"
tree >"$scratch/before"
JUDGED_IN_ALL=$(wc -l <"$scratch/sorted")
export JUDGED_IN_ALL
# What else must hold is looked at meanwhile: it sleeps more than it computes.
meanwhile=
[ -n "$SAN${ONLY:-}" ] || [ $# -lt 10 ] || meanwhile=yes
if [ "$meanwhile" ]; then
    plain sh tests/check/measures.sh "$OBJECTS" "$scratch" >"$scratch/measures" 2>&1 &
    mkdir "$scratch/handouts"
    plain sh tests/check/handouts.sh "$OBJECTS/solutions" "$scratch/handouts" >"$scratch/untrue" 2>&1 &
fi
xargs -P "$at_once" -L 1 sh tests/check/submission.sh "$judge" "$scratch" <"$scratch/sorted"
wait
[ ! -t 2 ] || printf '\r\033[K' >&2

# One line for each: passed or failed, lab, kind, name, seconds.
while read -r lab kind file; do
    id=$lab.$kind.$(basename "${file%.*}")
    [ -f "$scratch/results/$id" ] || echo "failed $lab $kind $id 0" >"$scratch/results/$id"
    head -n 1 "$scratch/results/$id"
done <"$scratch/sorted" >"$scratch/verdicts"
passed=$(grep -c '^passed' "$scratch/verdicts")
failed=$(grep -c '^failed' "$scratch/verdicts")

grep '^failed' "$scratch/verdicts" | while read -r _ lab kind name _; do
    echo "FAILED: $lab, $kind: $name"
    sed -e 1d -e 's/^/    /' "$scratch/results/$lab.$kind.$name"
done
for lab; do
    report_lab "$lab"
done
if [ -f "$scratch/skipped" ]; then
    echo "Not run, as there are no namespaces here to hold them:" \
        "$(sort -u "$scratch/skipped" | xargs -n 1 basename | tr '\n' ' ')"
fi
topics=$(for lab; do echo "$lab/$(stem_of "$lab").c"; done)
# shellcheck disable=SC2086  # a word for each topic
if skeletons=$(sh tests/tools/skeletons.sh check $topics); then
    echo "$skeletons" | grep . # whose skeletons have been worked on
    skeletons=
fi
expect_nothing 'the skeletons are those that the solutions give' "$skeletons"
[ -n "$SAN${ONLY:-}" ] || [ $# -lt 6 ] ||
    expect_nothing 'of odd files the judge says what they are' "$(sh tests/check/odd-files.sh "$judge" "$scratch")"
tree >"$scratch/after"
expect_nothing 'no file in the tree has changed meanwhile' \
    "$(diff "$scratch/before" "$scratch/after" | sed -n 's/^[<>] *[^ ]*/   /p' | sort -u)"
expect_nothing 'no process of a submission is left' \
    "$(find /proc/[0-9]*/exe /proc/[0-9]*/cwd /proc/[0-9]*/fd -maxdepth 1 -lname "$scratch/*" \
        -printf '    %p -> %l\n' 2>/dev/null)"
if [ "$meanwhile" ]; then
    expect_nothing 'README and handouts say what is true' "$(cat "$scratch/untrue")"
    expect_nothing 'what measures starts, ends and writes tables' "$(cat "$scratch/measures")"
fi
if [ -n "${V:-}" ]; then
    echo 'The slowest:'
    sort -k 5 -rn "$scratch/verdicts" | head -n 10 |
        awk '{printf "%6.1f s  %s %s %s\n", $5, $2, $3, $4}'
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
