#!/bin/sh
# Grades one submission, or with --class a whole class, as make class does. Unpacks the grader and
# builds it, if that is not done.
# usage: grade.sh FORMAT FOLDER RESULT [KEY=VALUE...]
#        grade.sh --class HAND-INS OUT [OPTION...]
#        grade.sh --prepare
# LOCKSTEP_PLACE is where the grader is unpacked (beside this script, if it is not set). A RESULT
# that is there already may be the student's, and is removed before anything can fail; else it is
# written whatever happens. Exit status: 0 there is a score, 2 the grader failed and there is none
# (of a class 1: it failed for some).
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 2
place=${LOCKSTEP_PLACE:-$here/lockstep}

prepare() {
    [ ! -e "$place/ready" ] || return 0
    mkdir -p "$place" && chmod 700 "$place" && tar -xzf "$here/lockstep.tar.gz" -C "$place" &&
        make -C "$place" -s setup && make -C "$place" -s ready LAB="@NUMBERS@" &&
        touch "$place/ready"
}

if [ "$1" = --prepare ]; then
    prepare || exit 2
    exit 0
fi
format=$1
case $3 in
/*) result=$3 ;;
*) result=$PWD/$3 ;;
esac
if [ "$format" = --class ]; then
    folder=$(cd "$2" && pwd) || exit 2
    shift 3
    prepare >&2 && cd "$place" || exit 2
    exec python3 -B tests/class/classroom.py --build build/gcc/build --src "$folder" \
        --out "$result" "$@" @LABS@
fi
rm -rf "$result" || exit 2
folder=$(cd "$2" && pwd) || exit 2
shift 3
for more; do
    set -- "$@" --more "$more"
    shift
done
prepare >&2 && cd "$place" && python3 -B tests/class/one.py --build build/gcc/build \
    --from "$folder" --format "$format" --to "$result" "$@" @LABS@
status=$?
[ -e "$result" ] || cp "$here/failed" "$result"
[ "$status" = 0 ] || exit 2
