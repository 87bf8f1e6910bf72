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

# shellcheck source=common/scripts/words.sh
. common/scripts/words.sh
# shellcheck source=tests/tools/description.sh
. tests/tools/description.sh

# complain FORMAT VALUE...
complain() {
    printf 'handin: ' >&2
    say "$@" >&2
}

fail() {
    complain "$@"
    exit 2
}

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
            say '  missing       %s: there is no %s' "$lab/$file" "$from"
            continue
        fi
        mkdir -p "$packed/$lab"
        cp "$from" "$packed/$lab/$file" || fail '%s cannot be read; nothing was packed' "$from"
        chmod 644 "$packed/$lab/$file"
        labs="$labs${labs:+,}$lab"
        sh tests/tools/skeletons.sh cut "$lab/$file" "$scratch/skeleton" || exit 2
        if cmp -s "$scratch/skeleton" "$from"; then
            say '  not started   %s' "$lab/$file"
        else
            written=$((written + 1))
        fi
    done
done
if [ "$written" -eq 0 ]; then
    complain 'nothing of %s is written yet, so there is nothing to hand in.' "$src"
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
    [ $? -lt 2 ] ||
        say '  not graded    the judge could not work here; it is packed all the same'
    states >"$scratch/states"
fi
while read -r lab state points most _; do
    case $state in
    graded) printf '  %-12s  %s\n' "$points / $most" "$lab" ;;
    not-built) say '  NOT BUILT     %s: make grade LAB=%s says why' "$lab" "${lab%%-*}" ;;
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
    fail 'cannot write %s' "$archive"
mv "$scratch/made" "$archive" || fail 'cannot write %s' "$archive"
say 'Hand in this file: %s' "$archive"
say 'Answers in it: %d' "$(wc -l <"$scratch/sums")"
# sum_of BONUS: the points and the most points of the labs that are bonus (1), or of the others (0)
sum_of() {
    awk -v bonus="$1" '$5 == bonus {points += $3; most += $4}
                       END {if (most) print points + 0, most}' "$scratch/states"
}
# shellcheck disable=SC2046  # two words, or none
[ -z "$(sum_of 0)" ] || say 'Total: %d of %d points.' $(sum_of 0)
# shellcheck disable=SC2046
[ -z "$(sum_of 1)" ] || say 'Bonus: %d of %d points.' $(sum_of 1)
