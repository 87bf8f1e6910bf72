#!/bin/sh
# Looks at the pages of make site and of make demo in a browser without a window.
# usage: check.sh SITE SCRATCH CONTRAST
#   SITE      the folder that make site made
#   SCRATCH   a folder for the packages, a run of the demo, and pictures of the pages
#   CONTRAST  the demo's program
# Exit status 0 if all is well, 1 if something is wrong, 2 if it cannot look.
set -u
site=$1
scratch=$2
contrast=$3
here=$(dirname "$0")

fail() {
    echo "check-site: $*" >&2
    exit 2
}

for tool in chromium node npm; do
    command -v "$tool" >/dev/null || fail "there is no $tool here: make setup BROWSER=1"
done
mkdir -p "$scratch" || exit 2
# The packages stay as long as the lock file does.
if ! cmp -s "$here/package-lock.json" "$scratch/installed"; then
    rm -f "$scratch/installed"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$scratch" || exit 2
    (cd "$scratch" && npm ci --ignore-scripts >npm.log 2>&1) ||
        fail "npm could not install what is in $here/package-lock.json: see $scratch/npm.log"
    cp "$here/package-lock.json" "$scratch/installed"
fi
# In Korean: the English page is written beside it.
LOCKSTEP_LANG=ko sh handouts/site/demo.sh "$scratch/demo" "$contrast" --quick --rounds 1 \
    >"$scratch/demo.log" 2>&1 ||
    fail "the demo failed: see $scratch/demo.log"
python3 -B "$here/trace_rules.py" "$scratch/demo/trace.json"
rules=$?
rm -rf "$scratch/pictures"
node "$here/look.mjs" "$site" "$scratch/demo/contrast.en.html" "$scratch"
seen=$?
[ "$seen" -gt "$rules" ] && exit "$seen"
exit "$rules"
