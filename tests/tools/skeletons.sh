#!/bin/sh
# Skeletons: the solutions without the answers. In a solution an answer stands between
#     /* answer: STUB */   and   /* end of answer */
# and the skeleton has the stub instead. tests/tools/skeletons.sha256 says what each skeleton is
# when nobody has worked on it.
# usage: skeletons.sh write [--force] TOPIC...
#                                       cuts them, e.g. 03-pool/pool.c; leaves changed files alone,
#                                       unless it is forced
#        skeletons.sh cut TOPIC FILE    cuts one into a file
#        skeletons.sh reset TOPIC...    puts skeletons back, and keeps each changed file beside it
#        skeletons.sh check [--strict] TOPIC...
#                                       exit status 1 if the manifest is not what is cut today; if
#                                       strict, also if a file in labs/ is not
set -u
# shellcheck source=common/scripts/words.sh
. common/scripts/words.sh
manifest=tests/tools/skeletons.sha256
what=$1
shift

cut_one() {
    # A student's tree has no solutions; it has the skeletons a second time.
    if [ ! -e "solutions/$1" ] || [ -e reference/skeletons ]; then
        cp "reference/skeletons/$1" "$2" || exit 1
        return
    fi
    awk '
        function complain(what) {
            printf "%s:%d: %s\n", FILENAME, FNR, what >"/dev/stderr"
            wrong = 1
        }
        /^ *\/\* *(end of )?answer([^a-z]|$)/ && !/^ *\/\* (answer:|end of answer \*\/$)/ {
            complain("not a mark, which is \"/* answer: STUB */\" or \"/* end of answer */\"")
        }
        /^ *\/\* answer:/ {
            if (cutting) complain("an answer begins before the last one has ended")
            cutting = 1
            stub = 1
            sub(/^ *\/\* answer: */, "")
            if ($0 == "") next
            $0 = "    " $0
        }
        stub {
            last = sub(/ *\*\/$/, "")
            if ($0 ~ /[^ ]/) print
            if (last) stub = 0
            next
        }
        /^ *\/\* end of answer \*\/$/ {
            if (!cutting) complain("an answer ends that has not begun")
            cutting = 0
            next
        }
        !cutting
        END {
            if (cutting) complain("the last answer does not end")
            exit wrong
        }
    ' "solutions/$1" >"$2"
}

hash_of() {
    sha256sum "$1" 2>/dev/null | cut -d ' ' -f 1
}

expected() {
    awk -v file="labs/$1" '$2 == file {print $1}' "$manifest" 2>/dev/null
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/lockstep.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
failed=0

case $what in
write)
    force=
    if [ "${1:-}" = --force ]; then
        force=yes
        shift
    fi
    for topic; do
        cut_one "$topic" "$scratch/cut" || exit 1
        now=$(hash_of "labs/$topic")
        new=$(hash_of "$scratch/cut")
        if [ -z "$now" ] || [ "$now" = "$(expected "$topic")" ] || [ -n "$force" ]; then
            [ "$now" = "$new" ] || { cp "$scratch/cut" "labs/$topic" && echo "  cut labs/$topic"; }
        elif [ "$now" != "$new" ]; then
            echo "  labs/$topic has been worked on and is left as it is (FORCE=1 overwrites it)"
        fi
        echo "$new  labs/$topic" >>"$scratch/manifest"
    done
    cp "$scratch/manifest" "$manifest"
    ;;
cut)
    cut_one "$1" "$2" || failed=1
    ;;
reset)
    for topic; do
        number=1
        while [ -e "labs/$topic.$number" ]; do number=$((number + 1)); done
        cut_one "$topic" "$scratch/cut"
        if cmp -s "$scratch/cut" "labs/$topic"; then
            say '%s is as it was at the beginning; nothing to do.' "labs/$topic"
            continue
        fi
        if [ -e "labs/$topic" ]; then
            mv "labs/$topic" "labs/$topic.$number" || exit 1
            say 'Your file is kept. To go back to it: %s' "cp labs/$topic.$number labs/$topic"
        fi
        cp "$scratch/cut" "labs/$topic" || exit 1
        say '%s is as it was at the beginning.' "labs/$topic"
    done
    ;;
check)
    strict=
    [ "${1:-}" != --strict ] || { strict=1 && shift; }
    for topic; do
        cut_one "$topic" "$scratch/cut" || failed=1
        if [ "$(hash_of "$scratch/cut")" != "$(expected "$topic")" ]; then
            echo "  solutions/$topic and $manifest differ: make skeletons, and commit both"
            failed=1
        elif [ "$(hash_of "labs/$topic")" != "$(expected "$topic")" ]; then
            echo "  labs/$topic has been worked on"
            [ -z "$strict" ] || failed=1
        fi
    done
    ;;
esac
exit "$failed"
