#!/bin/sh
# Runs the contrast, and draws what it measured as a page for a browser.
# usage: demo.sh FOLDER [--ranks PROGRAM] PROGRAM [OPTION...]
# The figures go to FOLDER/contrast.json, who did what and when to FOLDER/trace.json, and the page
# is FOLDER/contrast.html. With --ranks a line at the end says how ranks of MPI on this machine did,
# by that lab's program: with as many that work as the sum had workers. The exit status is that of
# the program that measures.
set -u
folder=$1
shift
ranks=
if [ "$1" = --ranks ]; then
    ranks=$2
    shift 2
fi
mkdir -p "$folder" || exit 2
begun=$folder/begun
: >"$begun" || exit 2
trap 'rm -f "$begun"' EXIT

# A line about ranks: the lab's number is that of its folder.
print_ranks() {
    workers=$(awk -F '[:,]' '/"engine": "pool"/ {found = 1}
        found && /"workers"/ {print $2 + 0; exit}' "$folder/contrast.json")
    lab=$(basename "$(dirname "$ranks")")
    speedup=$(timeout 60 "$ranks" --ranks $((workers + 1)) </dev/null 2>/dev/null |
        sed -n 's/.*speedup is \([0-9.]*[0-9]\)\.$/\1/p')
    if [ -n "$speedup" ]; then
        cat <<END

  Ranks of MPI ($workers that compute, 1 that hands out) added up once, at $speedup times
  the speed of one process: make run LAB=${lab%%-*}
END
    else
        printf '\n  Ranks of MPI: no figure here (make run LAB=%s says why)\n' "${lab%%-*}"
    fi
}

"$@" --json "$folder/contrast.json" --trace "$folder/trace.json"
status=$?
# Not after --help or a wrong option, and no other run's figures.
new=$(find "$folder/contrast.json" "$folder/trace.json" -newer "$begun" 2>/dev/null | wc -l)
if [ "$new" -eq 2 ]; then
    [ -z "$ranks" ] || print_ranks
    if ! command -v python3 >/dev/null; then
        echo 'demo: python3 is not here, so there is no page for a browser' >&2
    elif python3 -B "${0%/*}/demo.py" "$folder"; then
        printf '\nAs a page for a browser: %s/contrast.html\n' "$folder"
    fi
fi
exit "$status"
