#!/bin/sh
# Lets the judge judge one submission and compares its verdict with what was declared.
# usage: submission.sh JUDGE SCRATCH LAB KIND FILE          (see check.sh, which calls it)
# The result becomes SCRATCH/results/LAB.KIND.NAME: "passed" or "failed" and how long it took, then
# what is wrong. For a wrong submission that is judged as declared, the tests that it fails are
# listed in LAB.wrong.NAME.caught.
set -u
judge=$1 scratch=$2 lab=$3 kind=$4 file=$5
name=$(basename "${file%.*}")
id=$lab.$kind.$name
stem=$(basename "solutions/$lab"/*.c .c)
folder=$scratch/$id
source=$folder/$lab/$stem.c
out=$folder/out
problems=$scratch/$id.problems
: >"$problems"

# The words after "KEY:" in the head of the file.
declared() {
    sed -n "s/^[ *\/]*$1: *//p" "$file" | sed -e 's/ *\*\/$//' -e 1q
}

make_source() {
    mkdir -p "$folder/$lab" || exit 1
    case $kind in
    reference | right) cp "$file" "$source" ;;
    skeleton) sh tests/tools/skeletons.sh cut "$lab/$stem.c" "$source" ;;
    hostile) cat "$file" "tests/submissions/$lab/hostile.c" >"$source" ;;
    wrong)
        if ! patch -p1 --fuzz=0 -s -r - -o "$source" "solutions/$lab/$stem.c" <"$file"; then
            echo "The patch does not apply to solutions/$lab/$stem.c any more."
        elif [ -z "$(declared Bug)" ] || [ -z "$(declared Catches)" ]; then
            echo 'The patch does not say "Bug:" or "Catches:".'
        fi >>"$problems" 2>&1
        ;;
    esac
}

# Prints what is not as declared: exit status and verdicts.
compare() {
    builds=yes built=yes
    [ "$kind" = hostile ] && builds=$(declared Builds)
    # If it was not built, no test was run.
    grep -qv ' not-run$' "$out.brief" || built=no
    if [ $built = no ] && [ "${builds:-yes}" = yes ]; then
        echo 'It does not build:'
        cat "$out/$lab.build" "$out.err"
        return
    elif [ $built = yes ] && [ "${builds:-yes}" = no ]; then
        echo 'It builds, and declares that it does not.'
    fi
    case $kind in
    reference | right) wanted=0 ;;
    *) wanted=1 ;;
    esac
    if [ "$status" -ne "$wanted" ]; then
        echo "The judge's exit status should be $wanted, but it is $status."
        cat "$out.err"
    fi
    awk -v kind="$kind" -v catches="$(declared Catches)" -v may="$(declared May)" '
        BEGIN {
            split(catches, words)
            for (i in words) must[words[i]] = 1
            split(may, words)
            for (i in words) could[words[i]] = 1
        }
        {
            sub(/.*\//, "", $1)
            known[$1] = 1
            lost = $2 == "failed" || $2 == "not-run"
            if (kind == "hostile") good = $2 != "passed"
            else if (kind == "skeleton") good = $2 == "not-started"
            else if ($1 in must) good = lost
            else if ($1 in could) good = lost || $2 == "passed"
            else good = $2 == "passed"
            if (!good) print "test", $1, $2
        }
        END {
            for (word in must) if (!(word in known)) print "There is no test", word
            for (word in could) if (!(word in known)) print "There is no test", word
            if (NR == 0) print "The judge gave no verdicts."
        }' "$out.brief" | while read -r word test verdict rest; do
        if [ "$word" != test ]; then
            echo "$word $test $verdict $rest"
            continue
        fi
        echo "$test should not have $verdict. $(reason "$test")"
    done
}

# What the judge says of a test that did not pass.
reason() {
    sed -n -e 's/^ *"name": "[^ ]* \/ \([a-z0-9-]*\):.*/\1/p' -e 's/^ *"output": "\(.*\)",$/\1/p' \
        "$out/results.json" | awk -v test="$1" 'found {print; exit} NR % 2 && $0 == test {found = 1}'
}

# The tests that a wrong submission fails, unless it fails them all.
caught() {
    set -f
    # shellcheck disable=SC2046  # words
    set -- $(declared Catches)
    [ $# -eq "$(wc -l <"$out.brief")" ] || printf '%s\n' "$@"
}

started=$(date +%s%N)
make_source
if [ ! -s "$problems" ]; then
    set -- --build "$OBJECTS/build" --src "$folder" --out "$out" --labs "$lab" --brief --jobs 2
    [ "$kind" = hostile ] && [ "$(declared Isolated)" = yes ] && set -- "$@" --isolated
    [ "$kind" = reference ] && set -- "$@" --thorough
    # No verdict hangs on this time: it only ends a judge that hangs itself.
    timeout --foreground 600 "$judge" "$@" >"$out.brief" 2>"$out.err"
    status=$?
    compare >>"$problems"
fi
verdict=passed
[ ! -s "$problems" ] || verdict=failed
took=$((($(date +%s%N) - started) / 100000000))
if [ "$kind" = wrong ] && [ "$verdict" = passed ]; then
    caught >"$scratch/results/$id.caught"
fi
{
    echo "$verdict $lab $kind $name $((took / 10)).$((took % 10))"
    cat "$problems"
} >"$scratch/$id.result"
mv "$scratch/$id.result" "$scratch/results/$id"
rm -rf "$folder"

# How far all of them are: on one line where somebody watches, now and then elsewhere.
done=$(find "$scratch/results" -type f ! -name '*.caught' | wc -l)
if [ -t 2 ]; then
    printf '\r  judged %s of %s (%s)\033[K' "$done" "$JUDGED_IN_ALL" "$id" >&2
elif [ $((done % 20)) -eq 0 ]; then
    echo "  judged $done of $JUDGED_IN_ALL" >&2
fi
