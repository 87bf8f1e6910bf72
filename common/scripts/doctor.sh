#!/bin/sh
# Looks at this machine and says what is well and what is not, each with the command that mends it.
# usage: doctor.sh COMPILER JUDGE MAKE    what to compile with; the judge, and how it is made
# Exit status 0 if everything is there that a student needs, 1 if not.
set -u
usage='usage: doctor.sh COMPILER JUDGE MAKE'
CC=${1:?$usage}
judge=${2:?$usage}
make=${3:?$usage}

fail() {
    echo "doctor: $*" >&2
    exit 1
}

# shellcheck source=common/scripts/probe.sh
. "$(dirname "$0")/probe.sh"

healthy=yes

# ok WHAT TEXT
ok() {
    printf '  ok       %-12s %s\n' "$1" "$2"
}

# missing WHAT FIX: nothing works without it
missing() {
    printf '  MISSING  %-12s %s\n' "$1" "$2"
    healthy=
}

# extra WHAT TEXT: some doors stay shut without it
extra() {
    printf '  --       %-12s %s\n' "$1" "$2"
}

# note WHAT TEXT: works, but is worth knowing
note() {
    printf '  note     %-12s %s\n' "$1" "$2"
}

# check WHAT FIX TEXT TEST...: TEXT is shown if the test succeeds
check() {
    what=$1 fix=$2 text=$3
    shift 3
    if "$@" >/dev/null 2>&1; then ok "$what" "$text"; else missing "$what" "$fix"; fi
}

first_line() {
    "$@" 2>/dev/null | head -n 1
}

echo 'What a student needs:'
# shellcheck disable=SC2046,SC2086  # words
check compiler 'make setup' "$(first_line $CC --version)" has $(without_cache "$CC")
check OpenMP 'make setup' "$CC builds and runs a program with OpenMP" runs_openmp
check make 'make setup' "$(first_line make --version)" has make
check binutils 'make setup' 'objcopy and ld' binutils
check pkg-config 'make setup' "$(first_line pkg-config --version)" has pkg-config
check Check 'make setup' "$(pkg-config --modversion check 2>/dev/null)" pkg-config --exists check
check Jansson 'make setup' "$(pkg-config --modversion jansson 2>/dev/null)" \
    pkg-config --exists jansson

echo 'This machine:'
cpus=$(nproc)
if [ "$cpus" -ge 2 ]; then
    ok CPUs "$cpus may be used"
else
    note CPUs 'only one may be used: everything works, but nothing gets faster (see: taskset -p $$)'
fi
quota=$(cpu_quota)
if [ -z "$quota" ]; then
    ok quota 'no limit on CPU time found'
else
    note quota "a container gives $quota CPUs' worth of time; speedups stop there"
fi

echo 'The judge:'
# make grade begins with the same trial, so it refuses with the same words.
try_judge() {
    if [ -z "$healthy" ]; then
        extra judge 'to be tried once nothing is missing above'
        return
    fi
    if ! sh "$(dirname "$0")/room.sh" build 2>"$scratch/said"; then
        missing build "$(cat "$scratch/said")"
        mends='make room for build/'
        return
    fi
    if ! $make "$judge" >"$scratch/made" 2>&1; then
        missing judge "it does not build: $(grep -m1 -E 'error|Error' "$scratch/made")"
        mends='look at what is said of the judge'
        return
    fi
    if ! "$judge" --ready --build "${judge%/tests/judge/judge}/build" --out build/doctor \
        2>"$scratch/said"; then
        missing judge "$(sed 's/^judge: //' "$scratch/said")"
        mends='look at what the judge says'
        return
    fi
    ok judge 'it tried this machine as a test would find it, and can grade here'
    grep -q 'without namespaces' "$scratch/said" ||
        ok namespaces 'each test is graded in its own namespaces'
    grep '^Note: ' "$scratch/said" | while read -r _ text; do note judge "$text"; done
    if grep -q 'without namespaces' "$scratch/said" &&
        [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ]; then
        note namespaces 'refused by AppArmor. To allow them:'
        printf '%24ssudo sysctl kernel.apparmor_restrict_unprivileged_userns=0\n' ''
    fi
}
mends='make setup installs it'
try_judge

echo 'For maintainers, and for some doors (make setup DEV=1 brings what is missing):'
# tools WHAT-BRINGS-THEM TOOL...
tools() {
    bring=$1
    shift
    for tool; do
        if has "$tool" >/dev/null; then
            ok "$tool" "$(first_line "$tool" --version)"
        else
            extra "$tool" "$bring"
        fi
    done
}
tools 'make setup   (for make check)' patch python3
tools 'make setup DEV=1' clang gdb valgrind gnuplot clang-format clang-tidy shellcheck pandoc
if has clang >/dev/null && builds clang 2>/dev/null; then
    ok libomp 'clang builds programs with OpenMP'
else
    extra libomp 'make setup DEV=1   (for make CC=clang ...)'
fi
if has clang >/dev/null && archer clang 2>/dev/null; then
    ok Archer 'make race can tell real races'
else
    extra Archer 'make setup DEV=1   (for make race)'
fi

echo 'For the bonus lab on several machines (make setup MPI=1):'
if ! pkg-config --exists mpich 2>/dev/null || ! mpiexec_name >/dev/null; then
    extra MPICH 'make setup MPI=1   (without it that lab is left out)'
    ! pkg-config --exists ompi-c 2>/dev/null ||
        note 'Open MPI' 'it is here: make run and make cluster work with it, the tests do not'
elif runs_mpi >/dev/null 2>&1; then
    ok MPICH "$(pkg-config --modversion mpich): two ranks found each other"
else
    extra MPICH 'it is installed, and two ranks do not find each other: mpiexec.mpich -n 2 hostname'
fi
if has smpicc >/dev/null; then
    ok SimGrid 'smpicc is there'
else
    extra SimGrid 'make setup MPI=1'
fi

if [ -z "$healthy" ]; then
    echo "Something is missing: $mends."
    exit 1
fi
echo 'All is well: make demo, then make grade.'
