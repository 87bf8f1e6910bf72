# What works on this machine? Sourced by setup.sh and doctor.sh, which define fail().
# shellcheck shell=sh
# CC is the compiler that will be used: whoever sources this sets it.

# What tools say is looked at, and letters are compared.
export LC_ALL=C

# Programs are run there, which not every system allows in its folder for temporary files.
scratch=$(mkdir -p build && mktemp -d build/probe.XXXXXX) 2>/dev/null || scratch=$(mktemp -d) ||
    fail 'there is no room for temporary files'
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

cat >"$scratch/probe.c" <<'END'
#include <stdlib.h>
#include <omp.h>
int main(void) { return omp_get_max_threads() < 1 ? EXIT_FAILURE : EXIT_SUCCESS; }
END

# ---- what works -----------------------------------------------------------------------------

# A compiler may be several words. This is it without a cache before it, as in "ccache gcc".
without_cache() {
    case ${1%% *} in
    ccache | */ccache) echo "${1#* }" ;;
    *) echo "$1" ;;
    esac
}

has() {
    command -v "${1%% *}"
}

binutils() {
    has objcopy && has ld
}

# builds COMPILER [FLAG...]: a small program with OpenMP in it
builds() {
    words=$1
    shift
    # shellcheck disable=SC2086
    $words "$@" -fopenmp "$scratch/probe.c" -o "$scratch/probe"
}

c_headers() {
    [ -e /usr/include/stdlib.h ] || builds "$CC"
}

# Without the headers no compiler works, and it is not the compiler's fault.
gcc_works() {
    has "$1" && { builds "$1" || ! c_headers; }
}

# libomp COMPILER PACKAGE
libomp() {
    if has "$1"; then builds "$1"; else dpkg -s "$2"; fi
}

# Archer lets TSan understand OpenMP. It lives beside the libomp that it belongs to.
archer() {
    builds "$1" || return
    libomp=$(ldd "$scratch/probe" | awk '$1 ~ /^libomp/ {print $3}')
    [ -e "$(dirname "$(readlink -f "$libomp")")/libarcher.so" ]
}

# library NAME PACKAGE
library() {
    if has pkg-config; then pkg-config --exists "$1"; else dpkg -s "$2"; fi
}

# MPICH's starter of ranks: the plain name may be another MPI's.
mpiexec_name() {
    command -v mpiexec.mpich || command -v mpiexec.hydra
}

# Two ranks that find each other
runs_mpi() {
    cat >"$scratch/ranks.c" <<'END'
#include <mpi.h>
int main(void)
{
    int rank, sum = 0;

    MPI_Init(0, 0);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Finalize();
    return sum != 1;
}
END
    # shellcheck disable=SC2046 # words
    ${CC:?} $(pkg-config --cflags mpich) "$scratch/ranks.c" -o "$scratch/ranks" \
        $(pkg-config --libs mpich) &&
        "$(mpiexec_name)" -launcher fork -n 2 "$scratch/ranks"
}

runs_openmp() {
    builds "$CC" && "$scratch/probe"
}

# How many CPUs' worth of time a cgroup gives, with one decimal; nothing if there is no limit.
cpu_quota() {
    if [ -r /sys/fs/cgroup/cpu.max ]; then
        read -r quota period </sys/fs/cgroup/cpu.max
    elif [ -r /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]; then
        quota=$(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us)
        period=$(cat /sys/fs/cgroup/cpu/cpu.cfs_period_us)
    else
        return
    fi
    case $quota in
    max | -1) ;;
    *) awk -v q="$quota" -v p="$period" 'BEGIN {printf "%.1f", q / p}' ;;
    esac
}
