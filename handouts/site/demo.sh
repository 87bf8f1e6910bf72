#!/bin/sh
# Runs the contrast, and draws what it measured as a page for a browser.
# usage: demo.sh FOLDER [--ranks PROGRAM] PROGRAM [OPTION...]
# The figures go to FOLDER/contrast.json, who did what and when to FOLDER/trace.json, and the page
# is FOLDER/contrast.html. With --ranks lines at the end say how ranks of MPI on this machine did,
# by that lab's program, and why (ranks.awk). The exit status is that of the program that measures.
set -u
# shellcheck source=common/scripts/words.sh
. common/scripts/words.sh
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

# What the figures say of KEY in the first object after the words FROM.
figure() {
    awk -F '[:,]' -v from="$1" -v key="\"$2\"" 'index($0, from) {found = 1}
        found && index($0, key) {sub(/^ */, "", $2); print $2; exit}' "$folder/contrast.json"
}

# So many that compute as the pool had workers, and one less, as then there is a rank for each of
# them: in turn, so that a disturbance hits all alike. The lab's number is that of its folder.
print_ranks() {
    workers=$(figure '"pool"' workers)
    rounds=$(figure '"rounds"' rounds)
    lab=$(basename "$(dirname "$ranks")")
    [ "$rounds" -le 3 ] || rounds=3
    for _ in $(seq "$rounds"); do
        for count in "$workers" $((workers + 1)); do
            [ "$count" -eq 1 ] || LOCKSTEP_LANG=en timeout 60 "$ranks" --ranks "$count" \
                --n 100000000 --tasks $((16 * workers)) </dev/null 2>/dev/null |
                sed "s/^/$count /"
        done
    done | awk -v workers="$workers" -v cpus="$(figure '"machine"' usable_cpus)" \
        -v pool="$(figure '"pool"' speedup)" -v lab="${lab%%-*}" \
        -f "${0%/*}/../../common/scripts/words.awk" -f "${0%/*}/ranks.awk"
}

"$@" --json "$folder/contrast.json" --trace "$folder/trace.json"
status=$?
# Not after --help or a wrong option, and no other run's figures.
new=$(find "$folder/contrast.json" "$folder/trace.json" -newer "$begun" 2>/dev/null | wc -l)
if [ "$new" -eq 2 ]; then
    [ -z "$ranks" ] || print_ranks
    if ! command -v python3 >/dev/null; then
        say 'demo: python3 is not here, so there is no page for a browser' >&2
    elif python3 -B "${0%/*}/demo.py" "$folder"; then
        say '\nAs a page for a browser: %s' "$folder/contrast.html"
    fi
fi
exit "$status"
