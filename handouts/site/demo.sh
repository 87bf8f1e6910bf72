#!/bin/sh
# Runs the contrast, and draws what it measured as a page for a browser.
# usage: demo.sh FOLDER PROGRAM [OPTION...]
# The figures go to FOLDER/contrast.json, who did what and when to FOLDER/trace.json, and the page
# is FOLDER/contrast.html. The exit status is the program's.
set -u
folder=$1
shift
mkdir -p "$folder" || exit 2
begun=$folder/begun
: >"$begun" || exit 2
trap 'rm -f "$begun"' EXIT
"$@" --json "$folder/contrast.json" --trace "$folder/trace.json"
status=$?
# Not after --help or a wrong option, and no other run's figures.
new=$(find "$folder/contrast.json" "$folder/trace.json" -newer "$begun" 2>/dev/null | wc -l)
if [ "$new" -eq 2 ]; then
    if ! command -v python3 >/dev/null; then
        echo 'demo: python3 is not here, so there is no page for a browser' >&2
    elif python3 -B "${0%/*}/demo.py" "$folder"; then
        printf '\nAs a page for a browser: %s/contrast.html\n' "$folder"
    fi
fi
exit "$status"
