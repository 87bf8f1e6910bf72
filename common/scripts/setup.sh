#!/bin/sh
# Installs what is missing, with apt, and says what. With --dev: what maintainers need, too. With
# --site: what makes the course into pages; with --browser: what looks at them. With --mpi: MPICH
# and SimGrid, which one bonus lab wants.
# usage: setup.sh COMPILER [--dev] [--site] [--browser] [--mpi]
#
# A thing is missing if it does not do its job, whatever the list of installed packages says. Some
# can only be tried once others are there, so this looks, installs, and looks again.
set -u

usage() {
    echo 'usage: setup.sh COMPILER [--dev] [--site] [--browser] [--mpi]' >&2
    exit 2
}
[ $# -gt 0 ] || usage
CC=$1
shift
dev=''
site=''
browser=''
mpi=''
for option; do
    case $option in
    --dev) dev=yes ;;
    --site) site=yes ;;
    --browser) site=yes browser=yes ;;
    --mpi) mpi=yes ;;
    *) usage ;;
    esac
done

# shellcheck source=common/scripts/words.sh
. "$(dirname "$0")/words.sh"

tell() {
    printf 'setup: '
    say "$@"
}

fail() {
    tell "$@" >&2
    exit 1
}

# shellcheck source=common/scripts/probe.sh
. "$(dirname "$0")/probe.sh"

# ---- what is needed -------------------------------------------------------------------------

# need PACKAGE PURPOSE TEST...: adds to $missing a line if the test fails
need() {
    package=$1
    purpose=$2
    shift 2
    "$@" >/dev/null 2>&1 && return
    case "
$missing" in
    *"
$package|"*) ;; # CC is among the maintainers' compilers
    *) missing="$missing$package|$(words "$purpose")
" ;;
    esac
}

# clang-16 needs libomp-16-dev; clang, libomp-dev.
need_clang() {
    version=${1##*clang}
    need "${1##*/}" "the compiler $1" has "$1"
    need "libomp$version-dev" "OpenMP for $1" libomp "$1" "libomp$version-dev"
}

look() {
    missing=
    need make 'make' has make
    own=$(without_cache "$CC")
    [ "$own" = "$CC" ] || need ccache 'ccache, as CC says' has "$CC"
    case ${own##*/} in
    clang*) need_clang "$own" ;;
    cc) need gcc 'a C compiler with OpenMP' gcc_works "$own" ;;
    *) need "${own##*/}" 'a C compiler with OpenMP' gcc_works "$own" ;;
    esac
    need libc6-dev "the C library's headers" c_headers
    need binutils 'objcopy and ld' binutils
    need pkg-config 'pkg-config' has pkg-config
    need check 'Check, which runs the tests' library check check
    need libjansson-dev 'Jansson, which writes JSON' library jansson libjansson-dev
    need patch 'patch, which makes wrong submissions for make check' has patch
    need python3 'python3, in which make check is written' has python3
    [ -z "$dev" ] || look_dev
    [ -z "$dev$site" ] || look_site
    [ -z "$browser" ] || look_browser
    [ -z "$mpi" ] || look_mpi
}

look_mpi() {
    need libmpich-dev 'MPICH, to build with' library mpich libmpich-dev
    need mpich "MPICH's mpiexec" mpiexec_name
    need libsimgrid-dev 'SimGrid, for make scale' has smpicc
    need iproute2 'ip, for make cluster' in_sbin ip
}

look_browser() {
    need chromium 'chromium, for make check-site' has chromium
    need nodejs 'node, for make check-site' has node
    need npm 'npm, for make check-site' has npm
}

look_site() {
    need pandoc 'pandoc, for make site' has pandoc
    need gettext 'msgfmt, for other languages' has msgfmt
    need weasyprint 'WeasyPrint, for make site PDF=1' has weasyprint
}

# An ordinary user may not have sbin among his paths.
in_sbin() {
    has "$1" || [ -x "/usr/sbin/$1" ]
}

libseccomp() {
    ls /usr/lib/*/libseccomp.so.2 || ls /lib/*/libseccomp.so.2
}

look_dev() {
    need git 'git' has git
    need gcc 'a C compiler with OpenMP' gcc_works gcc
    need_clang clang
    if has clang >/dev/null && builds clang 2>/dev/null; then
        need libclang-rt-dev "clang's sanitisers" builds clang -fsanitize=thread
        need libomp-dev "Archer, clang's eyes for races" archer clang
    fi
    need gdb 'gdb' has gdb
    need valgrind 'valgrind' has valgrind
    need gnuplot-nox 'gnuplot' has gnuplot
    need clang-format 'clang-format' has clang-format
    need clang-tidy 'clang-tidy' has clang-tidy
    need shellcheck 'shellcheck' has shellcheck
    need bear 'bear, for compile_commands.json' has bear
    # No cross compiler of this kind is made for ARM's own machines.
    [ "$(uname -m)" = aarch64 ] ||
        need gcc-aarch64-linux-gnu 'a cross compiler, for make dist' has aarch64-linux-gnu-gcc
    need debootstrap 'debootstrap, for make machines' in_sbin debootstrap
    need debian-archive-keyring "the keys of Debian's packages" \
        [ -e /usr/share/keyrings/debian-archive-keyring.gpg ]
    need libseccomp2 'libseccomp, for make machines' libseccomp
    need qemu-user-static 'qemu, for arm64 in make machines' has qemu-aarch64-static
    need locales 'locales, for make machines' has localedef
    need po4a 'po4a, for make translations' has po4a-updatepo
    need gettext 'gettext, for other languages' has msgmerge
}

# ---- installing -----------------------------------------------------------------------------

as_root=
apt() {
    # shellcheck disable=SC2086 # empty, or sudo
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >>"$scratch/log" 2>&1 </dev/null
}

apt_install() {
    apt install -y --no-install-recommends "$@"
}

have_lists() {
    ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1
}

# The lists of packages may be missing, or so old that what they name is gone.
install_packages() {
    by_hand="apt-get update && apt-get install -y $*"
    if [ "$(id -u)" != 0 ]; then
        has sudo >/dev/null || fail 'there is no sudo here; run as root: %s' "$by_hand"
        as_root=sudo
        sudo env true || fail 'sudo says no; run as root: %s' "$by_hand"
    fi
    have_lists && apt_install "$@" && return
    apt update && apt_install "$@" && return
    grep -E '^[EW]: ' "$scratch/log" | awk '!seen[$0]++' | tail -n 3 >&2
    fail 'apt failed; look at the network and the package sources, or run as root: %s' "$by_hand"
}

tried=
while look && [ -n "$missing" ]; do
    packages=
    for package in $(printf '%s' "$missing" | cut -d'|' -f1 | sort -u); do
        case " $tried " in
        *" $package "*) ;;
        *) packages="$packages $package" ;;
        esac
    done
    if [ -z "$packages" ]; then
        left=$(printf '%s' "$missing" | cut -d'|' -f2 | paste -sd, -)
        fail 'still missing after apt installed what should bring it: %s' "$left"
    fi

    tell 'missing here (and the Debian package that brings it):'
    printf '%s' "$missing" | awk -F'|' '{printf "  %-34s %s\n", $2, $1}'
    has apt-get >/dev/null || fail 'there is no apt-get here; please install these by other means'
    tell 'installing %s' "${packages# }"
    # shellcheck disable=SC2086 # words
    install_packages $packages
    tried="$tried$packages"
done
if [ -n "$tried" ]; then tell 'all of it is installed'; else tell 'nothing is missing'; fi
