#!/bin/sh
# Looks for data races in a student's answers to one lab: builds the lab's suite around them with
# clang's ThreadSanitizer and with Archer, which tells that about OpenMP; runs every test; and says
# in plain words which places race (race.awk). A race is seen even where the results are right.
# usage: race.sh [--seconds N] BUILD LAB SRC     e.g. build/gcc/build 07-threads labs; see make race
# BUILD is the build's description: whose clang to use, if it is one. SRC is the folder of the
# answers' folders. A test that has not ended after N seconds (120) is looked at so far.
# Exit status: 0 no race seen, or nothing that could race; 1 a race; 2 could not look.
set -u
seconds=120
if [ "$1" = --seconds ]; then
    seconds=$2
    shift 2
fi
build=$1 lab=$2 src=$3

fail() {
    printf '%s\n' "$*" >&2
    exit 2
}

# shellcheck source=common/scripts/words.sh
. common/scripts/words.sh
# shellcheck source=tests/tools/description.sh
. tests/tools/description.sh
if ! flagged "$lab" threads; then
    say 'Lab %s has no threads, and so no data races.' "$lab"
    exit 0
fi

CC=clang
[ "$(described family)" = gcc ] || CC=$(described compiler)
# shellcheck source=common/scripts/probe.sh
. common/scripts/probe.sh
has "$CC" >/dev/null || fail "$(words 'make race needs clang: make setup DEV=1')"
{ archer "$CC" && builds "$CC" -fsanitize=thread; } >/dev/null 2>&1 ||
    fail "$(words "make race needs clang's Archer and sanitisers: make setup DEV=1")"
# Some kernels place memory where the sanitiser cannot have it.
fixed_addresses=
if ! "$scratch/probe" >/dev/null 2>&1; then
    fixed_addresses="setarch $(uname -m) -R"
    $fixed_addresses "$scratch/probe" >/dev/null 2>&1 ||
        fail "$(say 'What clang builds with ThreadSanitizer does not run here: %s' \
            "$("$scratch/probe" 2>&1)")"
fi

# Everything that a suite is linked from, built for it, and the builder.
# As the Makefile calls it.
objects=build/$(for word in $CC; do printf '%s-' "${word##*/}"; done)thread
[ -e "$objects/libharness.a" ] || say 'Building everything for ThreadSanitizer; only this once ...'
# shellcheck disable=SC2086  # words
env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS $fixed_addresses make CC="$CC" SAN=thread CFLAGS='-O1 -g' \
    "$objects/solutions/$lab/suite" >"$scratch/make" 2>&1 || fail "$(cat "$scratch/make")"
out=$objects/race/$lab
$fixed_addresses "$objects/tests/judge/build/builder" --build "$objects/build" --lab "$lab" \
    --src "$src" --out "$out" || exit 2

archer=$(dirname "$(readlink -f "$libomp")")/libarcher.so
# Each test by itself, in an environment of its own, with an end to it.
cat >"$scratch/one" <<ONE
name=\$1
env -i PATH="\$PATH" HOME=/ OMP_WAIT_POLICY=passive OMP_TOOL_LIBRARIES=$archer \\
    TSAN_OPTIONS="ignore_noninstrumented_modules=1 history_size=7 exitcode=0 color=never \\
die_after_fork=0 report_thread_leaks=0 log_path=$scratch/\$name.log" \\
    setpriv --pdeathsig TERM timeout -k 5 $seconds $fixed_addresses "$out/suite" --test "\$name" \\
    >"$scratch/\$name.out" 2>&1 </dev/null
echo "\$name \$?" >>"$scratch/ended"
ONE
: >"$scratch/ended"
$fixed_addresses "$out/suite" --list | cut -f 1 >"$scratch/tests"
# Each ends with whoever has started it: timeout has a group of its own, which no Ctrl-C reaches.
setpriv --pdeathsig TERM xargs -P "$(nproc)" -n 1 setpriv --pdeathsig TERM sh "$scratch/one" \
    <"$scratch/tests" 2>/dev/null
# libomp leaves a file for each process that does not end by exit(3): take away those of the dead
# (ours, as surroundings.c does).
for file in /dev/shm/__KMP_REGISTERED_LIB_*_"$(id -u)"; do
    pid=${file#*LIB_}
    [ ! -e "$file" ] || kill -0 "${pid%_*}" 2>/dev/null || rm -f "$file"
done

if [ "$(grep -l 'not started' "$scratch"/*.out | wc -l)" -eq "$(wc -l <"$scratch/tests")" ]; then
    first=$(files_of "$lab" | head -n 1)
    say 'Nothing of %s is written yet: there is nothing to look at.' "$src/$lab/$first"
    exit 0
fi
races=0
for file in $(files_of "$lab"); do
    cat "$scratch"/*.log.* 2>/dev/null | awk -v topic="$src/$lab/$file" \
        -f common/scripts/words.awk -f tests/tools/race.awk || races=1
done
# A test that fails ends there: what it would have called after that was not looked at.
early=
# shellcheck disable=SC2013  # words
for test in $(awk '$2 != 0 {print $1}' "$scratch/ended"); do
    grep -q 'not started' "$scratch/$test.out" || early="$early${early:+, }$test"
done
if [ -n "$early" ]; then
    say 'Under this tool these tests end early: %s.' "$early"
    say 'Only what they did until then was looked at.'
    say 'That alone is no mistake: make grade judges them.'
fi
exit "$races"
