#!/bin/sh
# Looks for data races in one lab's topic.c: builds the lab's suite around it with clang's
# ThreadSanitizer and with Archer, which tells that about OpenMP; runs every test; and says in plain
# words which places race (race.awk). A race is seen even where the results come out right.
# usage: race.sh        from `make race`, which sets LAB, SOURCE and what build.sh needs
# Exit status: 0 no race seen, or nothing that could race; 1 a race; 2 could not look.
set -u
topic=${SOURCE:?}

fail() {
    printf '%s\n' "$*" >&2
    exit 2
}

if ! grep -qE 'pragma omp|pthread_create|thrd_create' "solutions/$LAB"/*.c; then
    echo "Lab $LAB has no threads, and so no data races."
    exit 0
fi

# shellcheck source=common/scripts/probe.sh
. common/scripts/probe.sh
fix='make setup DEV=1'
clang=${COMPILE%% *}
case ${clang##*/} in clang*) ;; *) clang=clang ;; esac
has "$clang" >/dev/null || fail "make race needs clang: $fix"
{ archer "$clang" && builds "$clang" -fsanitize=thread; } >/dev/null 2>&1 ||
    fail "make race needs clang's libomp with Archer, and its sanitisers: $fix"
# Some kernels place memory where the sanitiser cannot have it.
fixed_addresses=
if ! "$scratch/probe" >/dev/null 2>&1; then
    fixed_addresses="setarch $(uname -m) -R"
    $fixed_addresses "$scratch/probe" >/dev/null 2>&1 ||
        fail "A program built with clang's ThreadSanitizer does not run here: $("$scratch/probe" 2>&1)"
fi

# Everything that a suite is linked from, built for it.
COMPILE="$clang ${COMPILE#* } -O1 -fsanitize=thread"
LINK="$clang ${LINK#* } -fsanitize=thread"
OBJECTS=build/${clang##*/}-thread
SAN=thread
export COMPILE LINK OBJECTS SAN
[ -e "$OBJECTS/libgrader.a" ] || echo 'Building everything for ThreadSanitizer; only this once ...'
env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make CC="$clang" SAN=thread CFLAGS='-O1 -g' \
    "$OBJECTS/solutions/$LAB/suite" >"$scratch/make" 2>&1 || fail "$(cat "$scratch/make")"
out=$OBJECTS/race/$LAB
sh tests/judge/build.sh "$LAB" "$topic" "$out" || exit 2

# Each test by itself, in an environment of its own, with an end to it.
cat >"$scratch/one" <<ONE
name=\$1
env -i PATH="\$PATH" HOME=/ OMP_WAIT_POLICY=passive OMP_TOOL_LIBRARIES=$(dirname "$(readlink -f "$libomp")")/libarcher.so \\
    TSAN_OPTIONS="ignore_noninstrumented_modules=1 history_size=7 exitcode=0 color=never \\
die_after_fork=0 report_thread_leaks=0 log_path=$scratch/\$name.log" \\
    timeout -k 5 ${RACE_SECONDS:-120} $fixed_addresses "$out/suite" --test "\$name" >"$scratch/\$name.out" 2>&1 </dev/null
echo "\$name \$?" >>"$scratch/ended"
ONE
: >"$scratch/ended"
"$out/suite" --list | cut -f 1 >"$scratch/tests"
xargs -P "$(nproc)" -n 1 sh "$scratch/one" <"$scratch/tests" 2>/dev/null
# libomp leaves a file for each process that does not end by exit(3): take away those of the dead.
for file in /dev/shm/__KMP_REGISTERED_LIB_*_"$(id -u)"; do
    pid=${file#*LIB_}
    [ ! -e "$file" ] || kill -0 "${pid%_*}" 2>/dev/null || rm -f "$file"
done

if [ "$(grep -l 'not started' "$scratch"/*.out | wc -l)" -eq "$(wc -l <"$scratch/tests")" ]; then
    echo "Nothing of $topic is written yet: there is nothing to look at."
    exit 0
fi
cat "$scratch"/*.log.* 2>/dev/null | awk -v topic="$topic" -f tests/tools/race.awk
races=$?
broken=$(awk '$2 != 0 {printf "%s ", $1}' "$scratch/ended")
[ -z "$broken" ] || echo "(These tests did not come to a good end, and looked only so far: $broken)"
exit "$races"
