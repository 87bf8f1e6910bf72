#!/bin/sh
# Builds the suite of one lab around one topic.c.
# usage: build.sh LAB SOURCE FOLDER      (the suite becomes FOLDER/suite)
# From the environment, as the Makefile sets them: CC and COMPILE, LINK, NEEDS (commands with their
# flags), OBJECTS (a folder: the build's objects and libraries), SAN (not empty: sanitised).
# Exit status: 0; 1 and what to tell a student on standard output.
set -u
lab=$1 source=$2 out=$3
stem=$(basename "$source" .c)

fail() {
    printf '%s\n' "$*"
    exit 1
}

[ -f "$source" ] || fail "There is no $source."
[ "$(wc -c <"$source")" -le 1000000 ] || fail "$source is larger than 1 MB."
mkdir -p "$out" || exit 1

# Lab 07's races are forced: see tests/grader/races.c.
forced=
[ -z "$SAN" ] && [ "$lab" = 07-threads ] && forced=-fsanitize=thread
# shellcheck disable=SC2086  # the flags are words
if ! $COMPILE $UNFINISHED -U_FORTIFY_SOURCE $forced -MMD -MF "$out/includes" -c "$source" -o "$out/graded.o" \
    2>"$out/compiler"; then
    echo "$source does not compile. The compiler's first errors:"
    grep -E -A 4 'error:' "$out/compiler" | head -n 20
    exit 1
fi

# What a topic.c includes may come from its own folder, common/, labs/ and the system.
root=$(pwd -P)
own=$(cd "$(dirname "$source")" && pwd -P)
sed -e 's/^[^:]*://' -e 's/\\$//' "$out/includes" | tr ' ' '\n' | while read -r file; do
    [ -n "$file" ] || continue
    case $(readlink -f "$file") in
    "$own"/*) ;;
    "$root"/solutions/* | "$root"/tests/* | "$root"/build/*) echo "$file" ;;
    esac
done >"$out/forbidden"
[ -s "$out/forbidden" ] && fail "$source includes $(head -n 1 "$out/forbidden"), which it may not."

# The contract is what the reference exports: only that is linked, and all of it must be there.
functions() {
    nm -g --defined-only "$1" | awk '$3 ~ /^[A-Za-z_0-9]+$/ {print $3}' | sort
}
functions "$OBJECTS/solutions/$lab/$stem.o" >"$out/contract"
functions "$out/graded.o" >"$out/defined"
missing=$(comm -23 "$out/contract" "$out/defined" | tr '\n' ' ')
[ -z "$missing" ] || fail "$source does not define: $missing(see the contract, labs/$lab/$stem.h)."
set -- --redefine-syms=tests/grader/redirected
if [ -z "$SAN" ]; then # a sanitiser needs its constructors
    set -- "$@" "--keep-global-symbols=$out/contract"
    for section in .init_array .preinit_array .fini_array .ctors .dtors .init .fini; do
        set -- "$@" "--remove-section=$section*"
    done
fi
objcopy "$@" "$out/graded.o" || exit 1

tests=$(ls "$OBJECTS/tests/$lab.o" "$OBJECTS/tests/$lab"-*.o 2>/dev/null)
# shellcheck disable=SC2086
if ! $LINK $tests "$out/graded.o" "$OBJECTS/libgrader.a" "$OBJECTS/libreference.a" \
    "$OBJECTS/libcommon.a" -lm $NEEDS -o "$out/suite" 2>"$out/linker"; then
    echo "$source cannot be linked:"
    grep -v 'warning' "$out/linker" | grep -oE '(undefined reference|multiple definition).*' |
        sort -u | head -n 5
    exit 1
fi
