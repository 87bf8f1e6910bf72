# What the build's description says (tests/watch/description.h). Sourced by tools, with `build` set to
# its path.
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

# files_of LAB: prints the names of the lab's files, a line each
files_of() {
    awk -v lab="$1" '$1 == lab {gsub(",", "\n", $3); print $3}' labs/table
}
