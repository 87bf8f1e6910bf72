#!/bin/sh
# Makes the archive that students get: everything they need, and no answer in any form. The
# references that later labs stand on are in it as objects.
# usage: dist.sh BUILD OUT      BUILD is the build's description; OUT the folder for the archive
# Exit status 0: made, and looked through; 1: an answer is in it, and it was taken away; 2: could
# not be made.
set -u
build=$1 out=$2

fail() {
    echo "dist: $*" >&2
    exit 2
}

# shellcheck source=tests/tools/description.sh
. tests/tools/description.sh
# libomp also provides what gcc calls in libgomp, so objects of gcc's serve both. Not the other way
# round.
[ "$(described family)" = gcc ] || fail 'the references are built by gcc: leave CC=clang out'
[ -z "$(described sanitize)" ] || fail 'leave SAN out'

version=$(sh common/scripts/version.sh)
name=lockstep-student-$version
mkdir -p "$out" || fail "cannot make $out"
scratch=$(mktemp -d "$out/.new.XXXXXX") || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
tree=$scratch/$name

# ---- what students need ----------------------------------------------------------------------

# What is noted in git, if there is git: a folder in use also holds drafts and kept answers.
files() {
    if [ -e .git ] && git ls-files -z -- "$@" 2>/dev/null >"$scratch/list" && [ -s "$scratch/list" ]
    then
        cat "$scratch/list"
    else
        find "$@" -type f ! -name '*.c.[0-9]*' ! -name '.*' ! -name '*~' ! -name '*.orig' \
            ! -name '*.rej' -print0
    fi
}

mkdir "$tree" || exit 2
files common handouts labs tests/harness tests/judge tests/suites tests/tools tests/watch \
    tests/peers tests/bench tests/README.md Makefile LICENSE compile_flags.txt \
    .clang-format .editorconfig .gitattributes .gitignore .devcontainer .vscode |
    tar -cf - --null -T - | tar -xf - -C "$tree" || fail 'cannot copy the tree'
echo "$version" >"$tree/VERSION"
cp tests/dist/README.md "$tree/README.md" || exit 2
rm -rf "$tree/tests/tools/skeletons.sha256" "$tree"/handouts/po/*/
# What only teachers read, exam questions with their answers among it; nothing leads there then.
rm -f "$tree/handouts/teaching.md"
# Pages in other languages are made of what this tree knows: students have no po4a.
python3 -B tests/check/translate.py --beside "$tree" || exit 2
for page in "$tree"/handouts/README*.md; do
    awk '/^## (<a id="if-you-teach">|If you teach)/ {teachers = 1; next} /^## / {teachers = 0}
         !teachers' "$page" >"$scratch/page" && cp "$scratch/page" "$page" || exit 2
done
# Students need no msgfmt to be spoken to in their language.
for words in "$tree"/handouts/po/*.po; do
    if command -v msgfmt >/dev/null && ! msgfmt -o "${words%.po}.mo" "$words"; then
        fail "msgfmt cannot read $words"
    fi
done
# What a link leads to may be for teachers only: its name stays.
for page in "$tree"/handouts/*.md; do
    grep -o '](\.\./[^)#]*' "$page" | cut -c 3- | sort -u >"$scratch/links"
    while read -r link; do
        [ -e "$tree/handouts/$link" ] ||
            sed -i "s|\[\([^]]*\)\]($link)|\1|g" "$page" || exit 2
    done <"$scratch/links"
done
# A student's engine goes among the references without their sources: what is not in SRC is theirs.
copied='mkdir -p build/mine && cp -r solutions/. build/mine'
for page in "$tree"/handouts/[0-9]*.md; do
    lab=$(basename "$page")
    lab=${lab%%.*}
    sed -i "s|^\( *\)$copied\$|\\1mkdir -p build/mine/$lab|" "$page" || exit 2
done

# ---- skeletons and references ----------------------------------------------------------------

# A lab that wants MPI is in it if it could be built here.
[ -n "$(described mpi-flags)" ] || awk '/^#/ || $1 == "lab" || !index("," $5 ",", ",mpi,")' \
    labs/table >"$tree/labs/table"

topics() {
    awk '!/^#/ && NF && $1 != "lab" {
        count = split($3, file, ",")
        for (i = 1; i <= count; i++) print $1 "/" file[i]
    }' "$tree/labs/table"
}

# compile_reference COMPILER OBJCOPY NM MACHINE TOPIC FLAGS...
compile_reference() {
    compiler=$1 objcopy=$2 nm=$3 object=$tree/reference/$4/${5%.c}.o topic=$5
    shift 5
    # MPICH's headers serve both kinds of machine: its numbers are the same on all with 64 bits.
    # shellcheck disable=SC2046  # words
    flagged "${topic%%/*}" mpi && set -- "$@" $(described mpi-flags)
    mkdir -p "${object%/*}"
    flags=$(described compile)
    flags=${flags#"$(described compiler)"}
    # shellcheck disable=SC2086  # words
    $compiler $flags -g0 -fPIC -w "$@" \
        -c "solutions/$topic" -o "$object" 2>"$scratch/said" || return
    # What stays global is what the references call of each other: the contracts.
    "$nm" -g --defined-only "$object" | awk '{print $NF}' >"$scratch/contract" &&
        "$objcopy" --strip-unneeded --discard-all --remove-section=.comment \
            --keep-global-symbols="$scratch/contract" "$object"
}

own=$(uname -m)
printf '  %-24s' "references for $own"
for topic in $(topics); do
    mkdir -p "$tree/reference/skeletons/${topic%/*}"
    sh tests/tools/skeletons.sh cut "$topic" "$tree/labs/$topic" || exit 2
    cp "$tree/labs/$topic" "$tree/reference/skeletons/$topic"
    compile_reference "$(described compiler)" objcopy nm "$own" "$topic" ||
        fail "solutions/$topic does not compile: $(cat "$scratch/said")"
    printf .
done
echo

# The other kind of machine that students have, where there is a compiler for it.
for other in aarch64 x86_64; do
    [ "$other" != "$own" ] || continue
    cross=$other-linux-gnu
    if ! command -v "$cross-gcc" >/dev/null; then
        echo "  no references for $other: there is no $cross-gcc here (Debian: gcc-$(
            echo $cross | tr _ -))"
        continue
    fi
    printf '  %-24s' "references for $other"
    for topic in $(topics); do
        if compile_reference "$cross-gcc" "$cross-objcopy" "$cross-nm" "$other" "$topic"; then
            printf .
        else
            rm -rf "$tree/reference/$other"
            printf '\n  no references for %s: %s does not compile there: %s\n' "$other" "$topic" \
                "$(head -n 1 "$scratch/said")"
            break
        fi
    done
    echo
done

# ---- the archive -----------------------------------------------------------------------------

python3 -B tests/dist/leaks.py "$tree" || exit
archive=$out/$name.tar.gz
date=$(git log -1 --format=@%ct 2>/dev/null) || date=@$(date +%s)
# Of one version there is one archive, byte for byte.
tar -C "$scratch" --sort=name --owner=0 --group=0 --numeric-owner --mtime="$date" \
    --mode=u+rw,go+r,go-w -cf "$scratch/tar" "$name" || fail "cannot write $archive"
gzip -n <"$scratch/tar" >"$scratch/tar.gz" || fail "cannot write $archive"
mv "$scratch/tar.gz" "$archive" || fail "cannot write $archive"
echo "$archive: $(($(wc -c <"$archive") / 1024)) KiB, no answer in it"
