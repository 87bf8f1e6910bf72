#!/bin/sh
# Prints the build description: how things are built here, for the judge and the scripts. A key, a
# blank and its value a line; "-" stands for none.
# usage: describe.sh COMPILER KEY VALUE...       from the Makefile, with what make knows
set -u
compiler=$1
shift

missing() {
    echo "$1 is missing: make setup" >&2
    exit 1
}

command -v pkg-config >/dev/null || missing pkg-config
check=$(pkg-config --libs check) || missing 'Check (package check)'
jansson=$(pkg-config --libs jansson) || missing 'Jansson (package libjansson-dev)'
refuse() {
    echo "Nothing can be built like this: $1" >&2
    exit 1
}

# value KEY KEY VALUE...: what make says of the first one
value() {
    wanted=$1
    shift
    while [ $# -ge 2 ] && [ "$1" != "$wanted" ]; do shift 2; done
    echo "${2-}"
}
compile=$(value compile "$@")
# shellcheck disable=SC2086  # words
defines=$(${compile:-$compiler} -dM -E -x c /dev/null 2>&1) ||
    missing "A compiler that works, '$compiler',"
family=gcc
case $defines in *__clang__*) family=clang ;; esac
case $defines in
*'__SIZEOF_POINTER__ 8'*) ;;
*) refuse 'the labs count in 64 bits. Leave out -m32, and use a 64-bit system.' ;;
esac
case " $(value link "$@") " in
*' -static '*) refuse 'the judge cannot look into static programs. Leave -static out of LDFLAGS.' ;;
esac

# Where the compiler finds the system's headers, with colons between; not what is in this tree.
# shellcheck disable=SC2086  # words
system=$(LC_ALL=C ${compile:-$compiler} -E -v -x c /dev/null 2>&1 >/dev/null | awk -v top="$PWD/" '
    /search starts here/ {listed = 1}
    /^End of search list/ {exit}
    listed && /^ \// && index($1 "/", top) != 1 {printf "%s%s", found++ ? ":" : "", substr($0, 2)}')

echo "compiler $compiler"
echo "family $family"
echo "check $check"
echo "jansson $jansson"
echo "system ${system:--}"
# For labs with the flag mpi (labs/table): the linker's words, and further flags for compiling.
echo "mpich $(pkg-config --libs mpich 2>/dev/null || echo -)"
flags=$(pkg-config --cflags mpich 2>/dev/null | sed 's/-I/-isystem /g')
echo "mpi-flags ${flags:--}"
while [ $# -ge 2 ]; do
    echo "$1 $2"
    shift 2
done
