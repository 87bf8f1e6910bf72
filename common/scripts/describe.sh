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
# shellcheck disable=SC2086  # a compiler may be two words
defines=$($compiler -dM -E -x c /dev/null 2>&1) || missing "A compiler that works, '$compiler',"
family=gcc
case $defines in *__clang__*) family=clang ;; esac

echo "compiler $compiler"
echo "family $family"
echo "check $check"
echo "jansson $jansson"
echo "mpi -"
while [ $# -ge 2 ]; do
    echo "$1 $2"
    shift 2
done
