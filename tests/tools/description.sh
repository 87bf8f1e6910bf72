# What the build's description says (tests/watch/description.h), and labs/table. Sourced by tools,
# which set `build` to the description's path, and have sourced words.sh.
# shellcheck shell=sh

# described KEY: prints the value; nothing if it is none
described() {
    awk -v key="$1" '$1 == key {sub(/^[^ \t]+[ \t]+/, ""); if ($0 != "-") print}' "${build:?}"
}

# flagged LAB FLAG: does labs/table give the lab this flag?
flagged() {
    awk -v lab="$1" -v flag="$2" '
        $1 == lab && index("," $5 ",", "," flag ",") {found = 1}
        END {exit !found}' labs/table
}

# refuse_ranks LAB TOOL COMMAND: ends with status 2 if the lab's tests start ranks of MPI, which the
# tool would not follow; COMMAND is put before each rank of the lab's program instead
refuse_ranks() {
    flagged "$1" mpi || return 0
    program=$(files_of "$1" | sed 's/\.c$//;q')
    say '%s: the tests of lab %s start ranks of MPI, which it does not follow.' "$2" "$1" >&2
    say 'But it can be put before each rank of the program:' >&2
    echo "  make run LAB=${1%%-*}; mpiexec.mpich -n 3 $3 $(described objects)/labs/$1/$program" >&2
    exit 2
}

# files_of LAB: prints the names of the lab's files, a line each
files_of() {
    awk -v lab="$1" '$1 == lab {gsub(",", "\n", $3); print $3}' labs/table
}
