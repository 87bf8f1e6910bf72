#!/bin/sh
# Runs a program of MPI on several machines that this one makes: each has a network, a host name and
# processes of its own (namespaces), and a cable to a switch (a bridge). All of them are in one
# namespace more, whose end, on whatever way, is theirs, too. No file is made.
# usage: cluster.sh NODES DELAY-MS PROGRAM [OPTION...]    DELAY-MS: for each message; 0: none
#
# Exit status: the program's; 2 for bad arguments, or if there is no mpiexec.
set -u
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
MOST_NODES=64

complain() {
    echo "cluster: $*" >&2
    exit 2
}

# number NAME VALUE LEAST MOST
number() {
    case $2 in
    '' | *[!0-9]* | ?????*) complain "$1 wants a number from $3 to $4, not '$2'" ;;
    esac
    if [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
        complain "$1 wants a number from $3 to $4, not '$2'"
    fi
}

# A program runs with the mpiexec of the library of MPI that it is linked with.
is_open_mpi() {
    ldd "$1" 2>/dev/null | grep -q '^[[:space:]]*libmpi\.so'
}

# As in common/program/ranks.c, which says why.
settle_open_mpi() {
    export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_plm=isolated \
        OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_pml=ob1 OMPI_MCA_btl=^tcp \
        OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
        PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe \
        PRTE_MCA_hwloc_default_binding_policy=none \
        PRTE_ALLOW_RUN_AS_ROOT=1 PRTE_ALLOW_RUN_AS_ROOT_CONFIRM=1
}

# ---- on the machine of the switch ---------------------------------------------------------------

# What all machines see, and nobody outside: in the place of a folder that nobody needs meanwhile.
# (Under WSL /mnt has the disks of Windows, and perhaps the tree.)
for shared in /mnt /media /srv /tmp; do
    case $(pwd -P)/ in "$shared"/*) continue ;; esac
    [ ! -d "$shared" ] || break
done
network=10.77.0

# Makes machine number $1. It is a process that sleeps, and its namespaces. It notes the number that
# it has here before it gets a /proc of its own.
make_node() {
    # shellcheck disable=SC2016 # its own variables
    unshare -n -u -p -m -f --kill-child=KILL sh -c '
        read -r pid _ </proc/self/stat
        mount -t proc proc /proc
        hostname "node$1"
        echo "$pid" >"$2/node$1.new" && mv "$2/node$1.new" "$2/node$1"
        exec sleep infinity' sh "$1" "$shared" &
    while [ ! -e "$shared/node$1" ]; do
        kill -0 $! 2>/dev/null || return 1
        sleep 0.01
    done
    read -r pid <"$shared/node$1"
    ip link add "cable$1" type veth peer name eth0 netns "$pid" &&
        ip link set "cable$1" master switch up &&
        nsenter -t "$pid" -n ip addr add "$network.$1/24" dev eth0 &&
        nsenter -t "$pid" -n ip link set eth0 up &&
        nsenter -t "$pid" -n ip link set lo up &&
        echo "$network.$1 node$1" >>"$shared/hosts"
}

# mpiexec calls this instead of ssh: [OPTION...] HOST COMMAND...
write_launcher() {
    cat >"$shared/enter" <<END
#!/bin/sh
while case \$1 in -*) ;; *) false ;; esac; do shift; done
read -r pid <"$shared/\$1" || exit 1
shift
exec nsenter -t "\$pid" -n -u -p -m sh -c "\$*"
END
    chmod +x "$shared/enter"
}

# A small container may have no /etc/hosts over which another one could lie: then all of /etc is a
# copy, with one.
name_machines() {
    [ ! -e /etc/hosts ] || { mount --bind "$shared/hosts" /etc/hosts; return; }
    cp -R /etc "$shared/etc" 2>/dev/null
    ln "$shared/hosts" "$shared/etc/hosts" && mount --bind "$shared/etc" /etc
}

make_network() {
    mount -t tmpfs tmpfs "$shared" &&
        hostname switch &&
        printf '127.0.0.1 localhost\n%s.254 switch\n' "$network" >"$shared/hosts" &&
        name_machines &&
        ip link set lo up &&
        ip link add switch type bridge &&
        ip addr add "$network.254/24" dev switch &&
        ip link set switch up
}

# Each message waits at both ends of a cable for half the time.
add_delay() {
    for node in $1; do
        read -r pid <"$shared/node$node"
        tc qdisc add dev "cable$node" root netem delay "$((delay * 500))us" 2>/dev/null &&
            nsenter -t "$pid" -n tc qdisc add dev eth0 root netem delay "$((delay * 500))us" ||
            return 1
    done
}

# The bytes that came out of each machine, and went in: a line for each.
count_bytes() {
    awk 'sub(/^ *cable/, "") {sub(/:/, " "); print $1, $2, $10}' /proc/net/dev | sort -n
}

print_bytes() {
    count_bytes | awk -v before="$1" '
        BEGIN {
            count = split(before, old)
            for (i = 1; i < count; i += 3) {sent[old[i]] = old[i + 1]; got[old[i]] = old[i + 2]}
            print "cable     bytes sent  received"
        }
        {printf "node%-4s  %10d  %8d\n", $1, $2 - sent[$1], $3 - got[$1]}'
}

# How Open MPI gets to the machines, and what it may use to talk. All files are in memory.
settle_machines() {
    export TMPDIR="$shared" \
        OMPI_MCA_plm=rsh OMPI_MCA_plm_rsh_agent="$shared/enter" \
        OMPI_MCA_plm_rsh_no_tree_spawn=1 OMPI_MCA_oob_tcp_if_include="$network.0/24" \
        PRTE_MCA_plm=ssh PRTE_MCA_plm_ssh_agent="$shared/enter" \
        PRTE_MCA_plm_ssh_no_tree_spawn=1 PRTE_MCA_prte_if_include="$network.0/24" \
        PRTE_MCA_rmaps_default_mapping_policy=node:oversubscribe \
        OMPI_MCA_btl=tcp,self OMPI_MCA_btl_tcp_if_include="$network.0/24"
}

inside() {
    nodes=$1 delay=$2
    shift 2
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    all=$(seq "$nodes")
    make_network && write_launcher || return 99
    for node in $all; do make_node "$node" || return 99; done
    if [ "$nodes" = 1 ]; then
        echo "1 machine, with a network and processes of its own."
    else
        echo "$nodes machines, each with a network and processes of its own, joined by a switch."
    fi
    if [ "$delay" != 0 ] && ! add_delay "$all" 2>/dev/null; then
        echo "This kernel cannot delay what a cable carries (it has no netem): no delay."
    fi
    hosts=$(echo "$all" | sed 's/^/node/' | paste -sd, -)
    before=$(count_bytes)
    if is_open_mpi "$1"; then
        settle_open_mpi
        settle_machines
        "$mpiexec" --host "$hosts" -n "$nodes" "$@" </dev/null &
    else
        "$mpiexec" -launcher ssh -launcher-exec "$shared/enter" -hosts "$hosts" -n "$nodes" \
            -genv UCX_TLS tcp,self -genv UCX_NET_DEVICES eth0 "$@" </dev/null &
    fi
    wait $!
    status=$?
    print_bytes "$before"
    echo 'All machines read one clock, as they are one: so the picture needs no correction.'
    return $status
}

# ---- outside ------------------------------------------------------------------------------------

inside=
if [ "${1-}" = --inside ]; then
    inside=yes
    shift
fi
[ $# -ge 3 ] || complain 'usage: cluster.sh NODES DELAY-MS PROGRAM [OPTION...]'
if is_open_mpi "$3"; then
    mpiexec=$(command -v mpiexec.openmpi || command -v orterun)
else
    mpiexec=$(command -v mpiexec.mpich || command -v mpiexec.hydra)
fi || complain 'there is no mpiexec here: make setup MPI=1'
if [ -n "$inside" ]; then
    inside "$@"
    exit $?
fi
number NODES "$1" 1 $MOST_NODES
number DELAY_MS "$2" 0 1000
nodes=$1

# A machine may refuse any of this; then it is known before anything is printed.
gives_networks() {
    # shellcheck disable=SC2016 # its own variables
    command -v ip >/dev/null && command -v nsenter >/dev/null && command -v unshare >/dev/null &&
        unshare -U --map-root-user -n -m -u -p -f sh -c '
            mount -t tmpfs tmpfs "$1" && ip link add switch type bridge &&
            ip link add one type veth peer name other && mount -t proc proc /proc' \
            sh "$shared" 2>/dev/null
}

if gives_networks; then
    exec unshare -U --map-root-user -n -m -u -i -p -f --mount-proc --kill-child=KILL \
        sh "$0" --inside "$@"
fi
echo 'This machine gives no namespaces with a network: all ranks run here, as they are.'
shift 2
if is_open_mpi "$1"; then
    settle_open_mpi
    exec "$mpiexec" -n "$nodes" "$@" </dev/null
fi
exec "$mpiexec" -launcher fork -n "$nodes" "$@" </dev/null
