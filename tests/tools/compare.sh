#!/bin/sh
# Shows a reference and a student's file: side by side where the terminal has room for both, and one
# below the other where it has not. Neither with its TODO comments, which only the reference or only
# the student may have kept.
# usage: compare.sh REFERENCE FILE
#        compare.sh --there REFERENCE     is it there? A student's tree gets it after the deadline
set -u
# shellcheck source=common/scripts/words.sh
. common/scripts/words.sh
if [ "$1" = --there ]; then
    [ ! -e "$2" ] || exit 0
    say 'The reference, %s, is not in this tree yet.' "$2" >&2
    say 'After the deadline your teacher can give you an archive with it. Unpack that here.' >&2
    exit 1
fi
reference=$1 file=$2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
# Side by side from here on: two files of 80 columns, nearly.
wide_enough=140

# Takes out the marks from which skeletons are cut, and comments that begin with a TODO.
plain() {
    sed -e '/\/\* answer:.*\*\//d' -e '/\/\* answer:/,/\*\//d' \
        -e '/\/\* end of answer \*\//d' "$1" |
        awk '/\/\* TODO\(/ {todo = 1} !todo {print} /\*\// {todo = 0}'
}

columns() {
    if [ -t 1 ] && size=$(stty size 2>/dev/null </dev/tty); then
        echo "${size#* }"
    else
        echo 80
    fi
}

mkdir "$scratch/reference" "$scratch/yours" || exit 2
name=$(basename "$file")
plain "$reference" >"$scratch/reference/$name"
plain "$file" >"$scratch/yours/$name"
colour=never
[ ! -t 1 ] || [ -n "${NO_COLOR:-}" ] || colour=always
width=$(columns)
cd "$scratch" || exit 2
if cmp -s "reference/$name" "yours/$name"; then
    say 'Your %s is the reference.' "$name"
elif [ "$width" -ge "$wide_enough" ]; then
    say 'Left: the reference. Right: yours.'
    diff --color=$colour -t -y -W "$width" "reference/$name" "yours/$name"
else
    say 'Lines with - are the reference; lines with + are yours.'
    diff --color=$colour -U 1000 "reference/$name" "yours/$name" | sed 1,3d
fi
exit 0
