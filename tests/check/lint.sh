#!/bin/sh
# What every file here must keep to. One line for each finding; exit status 1 if there is one.
# Run from the top folder: make lint.
# shellcheck disable=SC2016,SC2046,SC2086 # lists of files whose names hold no spaces
set -u

findings=$(mktemp) || exit 1
trap 'rm -f "$findings"' EXIT
trap 'exit 130' INT TERM

# Every file that is, or could be, committed.
files() {
    git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
        [ -e "$file" ] && printf '%s\n' "$file"
    done
}

have() {
    command -v "$1" >/dev/null 2>&1 && return
    echo "lint: $1 is not installed: left out (make setup DEV=1 brings it)" >&2
    false
}

too_long() { # LINES FILE...
    limit=$1
    shift
    for file; do
        lines=$(wc -l <"$file")
        [ "$lines" -le "$limit" ] || echo "$file: $lines lines, and $limit are allowed"
    done
}

# forbid WHY PATTERN FILE...
forbid() {
    why=$1 pattern=$2
    shift 2
    [ $# -eq 0 ] || grep -nHE -e "$pattern" "$@" | sed "s|\$|   <- $why|"
}

formatting() {
    have clang-format || return
    clang-format --dry-run -Werror $sources 2>&1 | grep ': error: ' |
        awk -F: '!seen[$1]++ {print $1 ":" $2 ": clang-format has it otherwise (make format)"}'
}

sizes() {
    too_long 300 $sources $scripts $(files 'handouts/*.md')
    too_long 150 Makefile
}

syntax() {
    for script in $scripts; do
        case $(head -n 1 "$script") in
        *bash*) bash -n "$script" 2>&1 ;;
        *) sh -n "$script" 2>&1 ;;
        esac
    done
    have shellcheck && shellcheck -x --format=gcc $scripts
}

# Arrows run one way: common <- contracts <- implementations <- programs and tests.
arrows() {
    include='#[[:space:]]*include[[:space:]]*["<]'
    forbid 'common knows no lab' "$include(\.\./)*(labs/|solutions/|tests/|[0-9][0-9]-)" \
        $(files 'common/*.[ch]')
    forbid 'labs know no solution and no test' "$include(\.\./)*(solutions/|tests/)" \
        $(files 'labs/*.[ch]' 'solutions/*.[ch]')
}

# Paths of somebody's machine. In brackets, so that these lines are not findings themselves.
paths() {
    forbid 'a path of one machine' '(^|[^[:alnum:]_./-])/(wor[k]|roo[t]|hom[e])/' $(files)
    forbid 'a path for scripts only' '(^|[^[:alnum:]_./-])/tm[p]/' $(files '*.[ch]' '*.md' Makefile)
}

tidy() {
    have clang-tidy || return
    # Skeletons are the solutions, unfinished; submissions are meant to be odd.
    files '*.c' | grep -vxF "$(cut -c 67- tests/tools/skeletons.sha256)" | grep -v '^tests/submissions/' |
        xargs -P "$(nproc)" -n 4 sh -c 'clang-tidy --quiet "$@" -- $(cat compile_flags.txt) 2>&1' sh |
        grep -E ': (warning|error): ' | sed "s|^$PWD/||; s|^\./||" | sort -u
}

git rev-parse >/dev/null || exit 1
sources=$(files '*.[ch]')
scripts=$(files '*.sh' .ci/run)
for check in formatting sizes syntax arrows paths tidy; do
    $check
done >"$findings"

cat "$findings"
if [ -s "$findings" ]; then
    echo "lint: $(wc -l <"$findings") findings" >&2
    exit 1
fi
echo "lint: nothing found in $(files | wc -l) files"
