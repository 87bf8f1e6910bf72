#!/bin/sh
# Builds the suite of one lab around one topic.c.
# usage: build.sh LAB SOURCE FOLDER      (the suite becomes FOLDER/suite)
# From the environment, as the Makefile sets them: CC and COMPILE, LINK, NEEDS (commands with their
# flags), OBJECTS (a folder: the build's objects and libraries), SAN (not empty: sanitised).
# Exit status 0 or 1; on standard output what to tell a student: why it was not built, or warnings.
set -u
unset CDPATH
LC_ALL=C # the compiler's words are looked for below
export LC_ALL
lab=$1 source=$2 out=$3
stem=$(basename "$source" .c)

fail() {
    printf '%s\n' "$*"
    exit 1
}

[ -f "$source" ] || fail "There is no $source."
[ -r "$source" ] || fail "$source cannot be read."
[ "$(wc -c <"$source")" -le 1000000 ] || fail "$source is larger than 1 MB."
# A compiler that is killed leaves its temporary files behind: here.
TMPDIR=$out/scratch
export TMPDIR
rm -rf "$TMPDIR" "$out/suite"
mkdir -p "$TMPDIR" || exit 1

# Lab 07's races are forced: see tests/harness/tsan.c.
forced=
[ -z "$SAN" ] && [ "$lab" = 07-threads ] && forced=-fsanitize=thread
{
    # shellcheck disable=SC2086  # the flags are words
    $COMPILE $UNFINISHED -Wno-error -U_FORTIFY_SOURCE $forced -MD -MF "$out/includes" -c "$source" \
        -o "$out/graded.o" 2>&1 >/dev/null
    echo $? >"$out/status"
} | {
    head -c 1000000 >"$out/compiler"
    cat >/dev/null
}
grep -q 'limit exceeded' "$out/compiler" && fail "The compiler did not come to an end within its limits."
if [ "$(cat "$out/status")" -ne 0 ]; then
    echo "$source does not compile. The compiler's first errors:"
    { grep -E -i -A 4 'error:' "$out/compiler" || tail -n 3 "$out/compiler"; } | head -n 20 |
        sed -e 's/^/  /' -e 's/^\(.\{150\}\).*/\1.../' # indented: nothing in it looks like a line of the report
    exit 1
fi

# What a topic.c includes may come from its own folder, common/, labs/ and the system. The compiler
# lists it as a rule for make; names may hold blanks.
root=$(pwd -P)
own=$(cd "$(dirname "$source")" && pwd -P)
blank=$(printf '\001')
sed -e 's/^[^:]*: //' -e 's/\\$//' -e "s/\\\\ /$blank/g" -e 's/\\#/#/g' -e 's/\$\$/$/g' "$out/includes" |
    tr " $blank" '\n ' | grep . | xargs -d '\n' readlink -f | while IFS= read -r file; do
    case $file in
    "$own"/*) ;;
    "$root"/solutions/* | "$root"/tests/* | "$root"/build/*) echo "${file#"$root"/}" ;;
    esac
done >"$out/forbidden"
[ -s "$out/forbidden" ] && fail "$source includes $(head -n 1 "$out/forbidden"), which it may not."

# The contract is what the reference exports: only that is linked, and all of it must be there. (nm
# would do, but loads whatever plugins are installed, which takes longer than all the rest.)
defined() {
    awk '$1 ~ /^[0-9]+:$/ && $5 ~ /GLOBAL|WEAK|UNIQUE/ && !/ UND / && $NF ~ /^[A-Za-z_0-9]+$/ {
        print $NF
    }' | sort -u
}
readelf -W -s "$OBJECTS/solutions/$lab/$stem.o" | defined >"$out/contract"
readelf -W -s "$out/graded.o" >"$out/symbols"
defined <"$out/symbols" >"$out/defined"
missing=$(comm -23 "$out/contract" "$out/defined" | tr '\n' ' ')
[ -z "$missing" ] || fail "$source does not define: $missing(see the contract, labs/$lab/$stem.h)."

# It may call common/, what its lab is given and earlier labs; not the harness, nor a later lab.
tests=$(ls "$OBJECTS/tests/suites/$lab.o" "$OBJECTS/tests/suites/$lab"-*.o 2>/dev/null)
later=$(for object in "$OBJECTS"/solutions/*/*.o; do
    number=${object#"$OBJECTS/solutions/"}
    [ "${object##*/}" != graded.o ] && [ "${number%%-*}" -gt "${lab%%-*}" ] && echo "$object"
done)
# shellcheck disable=SC2086  # words
readelf -W -s "$OBJECTS/libgrader.a" $tests $later | defined | grep -v '^__tsan_' >"$out/theirs"
awk '/ UND / {print $NF}' "$out/symbols" | sort -u >"$out/used"
theirs=$(comm -12 "$out/theirs" "$out/used" | head -n 1)
[ -z "$theirs" ] || fail "$source uses $theirs, which belongs to the grader or to a later lab."
set -- --redefine-syms=tests/harness/redirected
if [ -z "$SAN" ]; then # a sanitiser needs its constructors
    set -- "$@" "--keep-global-symbols=$out/contract"
    for section in .init_array .preinit_array .fini_array .ctors .dtors .init .fini; do
        set -- "$@" "--remove-section=$section*"
    done
fi
objcopy "$@" "$out/graded.o" 2>"$out/linker" ||
    fail "$source has sections for code that runs before or after main, which it may not."
# What is left may only be code and data, what describes them, and relocations of these as the
# assembler writes them (they have a section to apply to, field Inf): a table put together by hand
# under a name such as .rela.ifunc would be the loader's, which obeys it before main.
odd=$(readelf -W -S "$out/graded.o" 2>/dev/null | sed -n 's/^ *\[ *[0-9]*\] //p' | awk '
    $1 ~ /^\.(text|l?data|l?rodata|l?bss|tdata|tbss)(\.|$)/ {next}
    $1 ~ /^\.(comment|debug_[a-z_]+|note\..*|eh_frame|gcc_except_table.*|sframe|llvm.*|group)$/ {next}
    $1 ~ /^\.(ARM|riscv)\.[a-z.]+$/ {next}
    $1 ~ /^\.(symtab|symtab_shndx|strtab|shstrtab)$/ || $1 == "NULL" {next}
    $1 ~ /^\.rela?\./ && $2 ~ /^RELA?$/ && $(NF - 1) > 0 {next}
    {print $1; exit}')
[ -z "$odd" ] || [ -n "$SAN" ] || fail "$source has a section $odd, which it may not."
# shellcheck disable=SC2086
if ! $LINK $tests "$out/graded.o" "$OBJECTS/libgrader.a" "$OBJECTS/libreference.a" \
    "$OBJECTS/libcommon.a" -lm $NEEDS -o "$out/suite" 2>"$out/linker"; then
    echo "$source cannot be linked:"
    grep -v 'warning' "$out/linker" | grep -oE '(undefined reference|multiple definition).*' |
        sort -u | head -n 5
    exit 1
fi
# An indirect function is chosen by code that runs before main.
if [ -z "$SAN" ] && readelf -W -r "$out/suite" | grep -q IRELATIV; then
    fail "$source has an indirect function (ifunc), which it may not."
fi
rm -rf "$TMPDIR"

# A warning costs nothing, but often names the very mistake.
warnings=$(grep -ac ' warning: ' "$out/compiler")
grep -a ' warning: ' "$out/compiler" | head -n 3 | cut -c 1-300
[ "$warnings" -le 3 ] || echo "... and $((warnings - 3)) more, in $out/compiler"
