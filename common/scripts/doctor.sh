#!/bin/sh
# Looks at this machine and says what is well and what is not, each with the command that mends it.
# usage: doctor.sh COMPILER JUDGE MAKE    what to compile with; the judge, and how it is made
# Exit status 0 if everything is there that a student needs, 1 if not.
set -u
usage='usage: doctor.sh COMPILER JUDGE MAKE'
CC=${1:?$usage}
judge=${2:?$usage}
make=${3:?$usage}

# shellcheck source=common/scripts/words.sh
. "$(dirname "$0")/words.sh"

fail() {
    printf 'doctor: ' >&2
    say "$@" >&2
    exit 1
}

# shellcheck source=common/scripts/probe.sh
. "$(dirname "$0")/probe.sh"

healthy=yes

# row MARK WHAT FORMAT VALUE...
row() {
    printf '  %-8s %-12s ' "$1" "$2"
    shift 2
    say "$@"
}

# ok WHAT FORMAT VALUE...
ok() {
    row ok "$@"
}

# missing WHAT FORMAT VALUE...: nothing works without it
missing() {
    row MISSING "$@"
    healthy=
}

# extra WHAT FORMAT VALUE...: some doors stay shut without it
extra() {
    row -- "$@"
}

# note WHAT FORMAT VALUE...: works, but is worth knowing
note() {
    row note "$@"
}

# check WHAT TEXT TEST...: TEXT is shown if the test succeeds
check() {
    what=$1 text=$2
    shift 2
    if "$@" >/dev/null 2>&1; then ok "$what" %s "$text"; else missing "$what" 'make setup'; fi
}

first_line() {
    "$@" 2>/dev/null | head -n 1
}

say 'What a student needs:'
# shellcheck disable=SC2046,SC2086  # words
check compiler "$(first_line $CC --version)" has $(without_cache "$CC")
check OpenMP "$CC: $(words 'it builds and runs a program with OpenMP')" runs_openmp
check make "$(first_line make --version)" has make
check binutils 'objcopy, ld' binutils
check pkg-config "$(first_line pkg-config --version)" has pkg-config
check Check "$(pkg-config --modversion check 2>/dev/null)" pkg-config --exists check
check Jansson "$(pkg-config --modversion jansson 2>/dev/null)" \
    pkg-config --exists jansson

say 'This machine:'
cpus=$(nproc)
if [ "$cpus" -ge 2 ]; then
    ok CPUs '%d may be used' "$cpus"
else
    note CPUs 'only one may be used: everything works, but nothing gets faster (see: taskset -p $$)'
fi
quota=$(cpu_quota)
if [ -z "$quota" ]; then
    ok quota 'no limit on CPU time found'
else
    note quota 'a container gives the time of %s CPUs; speedups stop there' "$quota"
fi

say 'The judge:'
# make grade begins with the same trial, so it refuses with the same words.
try_judge() {
    if [ -z "$healthy" ]; then
        extra judge 'to be tried once nothing is missing above'
        return
    fi
    if ! sh "$(dirname "$0")/room.sh" build 2>"$scratch/said"; then
        missing build %s "$(cat "$scratch/said")"
        mends=$(words 'make room for build/')
        return
    fi
    if ! $make "$judge" >"$scratch/made" 2>&1; then
        missing judge 'it does not build: %s' "$(grep -m1 -E 'error|Error' "$scratch/made")"
        mends=$(words 'look at what is said of the judge')
        return
    fi
    if ! LOCKSTEP_LANG=en "$judge" --ready --build "${judge%/tests/judge/judge}/build" \
        --out build/doctor 2>"$scratch/said"; then
        missing judge %s "$(sed 's/^judge: //' "$scratch/said")"
        mends=$(words 'look at what the judge says')
        return
    fi
    ok judge 'it tried this machine as a test would find it, and can grade here'
    grep -q 'without namespaces' "$scratch/said" ||
        ok namespaces 'each test is graded in its own namespaces'
    grep '^Note: ' "$scratch/said" | while read -r _ text; do note judge %s "$text"; done
    if grep -q 'without namespaces' "$scratch/said" &&
        [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ]; then
        note namespaces 'refused by AppArmor. To allow them:'
        printf '%24ssudo sysctl kernel.apparmor_restrict_unprivileged_userns=0\n' ''
    fi
}
mends=$(words 'make setup installs it')
try_judge

say 'For maintainers, and for some doors (make setup DEV=1 brings what is missing):'
# tools WHAT-BRINGS-THEM TOOL...
tools() {
    bring=$1
    shift
    for tool; do
        if has "$tool" >/dev/null; then
            ok "$tool" %s "$(first_line "$tool" --version)"
        else
            extra "$tool" %s "$bring"
        fi
    done
}
tools "$(words 'make setup   (for make check)')" patch python3
tools 'make setup DEV=1' clang gdb valgrind gnuplot clang-format clang-tidy shellcheck pandoc
if has clang >/dev/null && builds clang 2>/dev/null; then
    ok libomp 'clang builds programs with OpenMP'
else
    extra libomp 'make setup DEV=1   (for make CC=clang ...)'
fi
if has clang >/dev/null && archer clang 2>/dev/null; then
    ok Archer 'real races can be told (make race)'
else
    extra Archer 'make setup DEV=1   (for make race)'
fi

say 'For the bonus lab on several machines (make setup MPI=1):'
if ! pkg-config --exists mpich 2>/dev/null || ! mpiexec_name >/dev/null; then
    extra MPICH 'make setup MPI=1   (without it that lab is left out)'
    ! pkg-config --exists ompi-c 2>/dev/null ||
        note 'Open MPI' 'it is here: make run and make cluster work with it, the tests do not'
elif runs_mpi >/dev/null 2>&1; then
    ok MPICH '%s: two ranks found each other' "$(pkg-config --modversion mpich)"
else
    extra MPICH 'it is installed, and two ranks do not find each other: mpiexec.mpich -n 2 hostname'
fi
if has smpicc >/dev/null; then
    ok SimGrid 'smpicc is there'
else
    extra SimGrid 'make setup MPI=1'
fi

if [ -z "$healthy" ]; then
    say 'Something is missing: %s.' "$mends"
    exit 1
fi
say 'All is well: make demo, then make grade.'
