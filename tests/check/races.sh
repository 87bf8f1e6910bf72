#!/bin/sh
# Does `make race` see the races that there are, and no others? Looks at every reference and right
# submission of a lab that has threads (nothing may be found), and at every wrong or racy one that
# says "Race: yes" in its head (something must be).
# usage: races.sh LAB...        from `make race`; what race.sh needs is in the environment
# Exit status 1 if one was judged otherwise, 2 if race.sh could not look.
set -u
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lockstep.XXXXXX") || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 2' INT TERM HUP
right=0 racy=0 failed=0

# look FILE EXPECTED: what race.sh says of an answer; 0 none, 1 a race.
look() {
    RACE_SECONDS=15 SOURCE=$1 LAB=$lab sh tests/tools/race.sh >"$scratch/said" 2>&1
    status=$?
    if [ "$status" -gt 1 ]; then
        cat "$scratch/said"
        exit 2
    elif [ "$status" -ne "$2" ]; then
        failed=$((failed + 1))
        echo "$lab: $name: $([ "$2" -eq 0 ] && echo 'no race was expected' || echo 'a race was expected')"
        sed 's/^/    /' "$scratch/said"
    fi
}

for lab; do
    solution=$(echo "solutions/$lab"/*.c)
    grep -q 'pragma omp' "$solution" || continue
    echo "  $lab" >&2
    for file in "$solution" "tests/submissions/$lab"/right/*.c; do
        name=$file
        right=$((right + 1))
        look "$file" 0
    done
    for name in "tests/submissions/$lab"/*/*.patch; do
        grep -q '^Race: yes' "$name" || continue
        racy=$((racy + 1))
        mkdir -p "$scratch/$lab"
        patch -p1 -s -r - -o "$scratch/$lab/$(basename "$solution")" "$solution" <"$name" || exit 2
        look "$scratch/$lab/$(basename "$solution")" 1
    done
done
echo "$right right ones and $racy with a race: $failed judged otherwise"
[ "$failed" -eq 0 ]
