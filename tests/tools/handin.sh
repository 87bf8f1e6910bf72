#!/bin/sh
# Packs a student's answers into one archive, and says what is not as it should be. It is the packed
# copies that are graded: what is seen here is what whoever grades will see.
# usage: handin.sh BUILD OUT SRC QUICK LAB...   see make handin
# BUILD is the build's description, OUT the folder of the archives, SRC that of the answers. QUICK,
# if it is not empty, leaves the grading out. Nothing is changed in SRC, and no archive replaced.
# Exit status 0: packed; 1: there is nothing to hand in; 2: could not pack.
set -u
build=$1 out=$2 src=$3 quick=$4
shift 4

fail() {
    echo "handin: $*" >&2
    exit 2
}

# shellcheck source=tests/tools/description.sh
. tests/tools/description.sh

mkdir -p "$out" || exit 2
scratch=$(mktemp -d "$out/.new.XXXXXX") || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
packed=$scratch/packed
mkdir "$packed" || exit 2

# ---- copies ----------------------------------------------------------------------------------

labs=
written=0
for lab; do
    for file in $(files_of "$lab"); do
        from=$src/$lab/$file
        if [ ! -f "$from" ]; then
            echo "  missing       $lab/$file: there is no $from"
            continue
        fi
        mkdir -p "$packed/$lab"
        cp "$from" "$packed/$lab/$file" || fail "$from cannot be read; nothing was packed"
        chmod 644 "$packed/$lab/$file"
        labs="$labs${labs:+,}$lab"
        sh tests/tools/skeletons.sh cut "$lab/$file" "$scratch/skeleton" || exit 2
        if cmp -s "$scratch/skeleton" "$from"; then
            echo "  not started   $lab/$file"
        else
            written=$((written + 1))
        fi
    done
done
if [ "$written" -eq 0 ]; then
    echo "handin: nothing of $src is written yet, so there is nothing to hand in." >&2
    exit 1
fi

# ---- grading ---------------------------------------------------------------------------------

# "LAB STATE POINTS MAX_POINTS BONUS" a line, as the judge noted them, each key in a line of its
# own; BONUS is 1 or 0.
states() {
    [ ! -e "$scratch/graded/results.json" ] || awk -F '"' '
        $2 == "labs" {inside = 1}
        inside && $2 == "lab" {lab = $4}
        inside && $2 == "state" {state = $4}
        inside && $2 == "points" {points = $3; gsub(/[^0-9]/, "", points)}
        inside && $2 == "max_points" {most = $3; gsub(/[^0-9]/, "", most)}
        inside && $2 == "bonus" {print lab, state, points, most, $3 ~ /true/}
    ' "$scratch/graded/results.json"
}

: >"$scratch/states"
if [ -z "$quick" ]; then
    "$(described objects)/tests/judge/judge" --build "$build" --src "$packed" \
        --out "$scratch/graded" --labs "$labs" >"$scratch/report"
    [ $? -lt 2 ] || echo '  not graded    the judge could not work here; it is packed all the same'
    states >"$scratch/states"
fi
while read -r lab state points most _; do
    case $state in
    graded) printf '  %-12s  %s\n' "$points of $most" "$lab" ;;
    not-built) printf '  NOT BUILT     %s: make grade LAB=%s says why\n' "$lab" "${lab%%-*}" ;;
    esac
done <"$scratch/states"

# ---- manifest and archive --------------------------------------------------------------------

date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
(cd "$packed" && find . -type f | sed 's|^\./||' | sort | while read -r file; do
    echo "$(sha256sum "$file" | cut -d ' ' -f 1) $file"
done) >"$scratch/sums"
awk -v version="$(sh common/scripts/version.sh)" -v date="$date" '
    FILENAME == ARGV[1] {state[$1] = $2; points[$1] = $3; most[$1] = $4; next}
    FNR == 1 {
        printf "{\n \"format\": \"lockstep-handin 1\",\n \"version\": \"%s\",\n", version
        printf " \"date\": \"%s\",\n \"files\": [", date
    }
    {
        lab = substr($2, 1, index($2, "/") - 1)
        printf "%s\n  {\"file\": \"%s\", \"sha256\": \"%s\"", (FNR > 1 ? "," : ""), $2, $1
        if (lab in state)
            printf ", \"state\": \"%s\", \"points\": %d, \"max_points\": %d", state[lab],
                   points[lab], most[lab]
        printf "}"
    }
    END {print "\n ]\n}"}' "$scratch/states" "$scratch/sums" >"$packed/manifest.json" || exit 2

stem=$out/lockstep-handin-$(echo "$date" | tr -d :)
archive=$stem.tar.gz
number=1
while [ -e "$archive" ]; do
    number=$((number + 1))
    archive=$stem-$number.tar.gz
done
tar -C "$packed" --owner=0 --group=0 --numeric-owner -czf "$scratch/made" . ||
    fail "cannot write $archive"
mv "$scratch/made" "$archive" || fail "cannot write $archive"
echo "Hand in this file: $archive ($(wc -l <"$scratch/sums") answers$(
    awk '$5 {bonus += $3; most_bonus += $4; next} {points += $3; most += $4}
         END {
             if (most) printf ", %d of %d points", points, most
             if (most_bonus) printf ", bonus: %d of %d", bonus, most_bonus
         }' "$scratch/states"))"
