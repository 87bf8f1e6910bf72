#!/bin/sh
# Is what README and the handouts say still true? Prints a line for each thing that is not:
#   links lead to files that exist; paths in backticks exist;
#   `make ...` names targets, labs and tests that exist;
#   a lab's handout explains every TODO of its skeleton, and names tests that its suite has;
#   a block of output under "<!-- shows: COMMAND -->" has the form that COMMAND prints today.
# The form is what is left when figures, bars and timelines are taken out; "..." in a block stands
# for any lines. A program may be shown with other parameters than COMMAND's, to save time here.
# usage: handouts.sh PROGRAMS SCRATCH        (PROGRAMS holds NN-topic/suite for each lab)
set -u
programs=$1
scratch=$2

# The text of all code: spans in backticks and blocks, a line each.
code() {
    awk '/^ *```/ {inside = !inside; next}
        inside {print; next}
        {n = split($0, part, "`"); for (i = 2; i <= n; i += 2) print part[i]}' "$1"
}

links() {
    grep -oE '\]\([^)]+\)' "$1" | sed -e 's/^](//' -e 's/)$//' -e 's/#.*//' |
        grep -v -e '^$' -e '^https\{0,1\}://' | while read -r link; do
        [ -e "$(dirname "$1")/$link" ] || echo "$1: there is no file $link"
    done
}

paths() {
    code "$1" | tr -s ' "' '\n' | grep -E '^(labs|common|solutions|tests|handouts)/' |
        grep -v -e NN -e '[*<]' | sort -u | while read -r path; do
        [ -e "$path" ] || echo "$1: there is no $path"
    done
}

targets=$(sed -n 's/^\.PHONY: *//p' Makefile)

commands() {
    code "$1" | grep -oE '(^|[ (&])make( +[A-Za-z_]+=("[^"]*"|[^ ;&)]*)| +[a-z_.]+)*' |
        sed -e 's/^[^m]*make//' | sort -u | while read -r words; do
        lab=$(expr "$words" : '.*LAB="\{0,1\}\([a-z0-9]*\)')
        test=$(expr "$words" : '.*TEST=\([a-z0-9-]*\)')
        for word in $(echo "$words" | sed -e 's/[A-Z_]*="[^"]*"//g' -e 's/[A-Z_]*=[^ ]*//g'); do
            case " $targets " in *" $word "*) ;; *) echo "$1: there is no make $word" ;; esac
        done
        [ -z "$lab" ] || suite=$(find "$programs"/*"$lab"*/suite 2>/dev/null | head -n 1)
        if [ -n "$lab" ] && [ -z "$suite" ]; then
            echo "$1: there is no lab $lab"
        elif [ -n "$test" ] && [ "$test" != name ]; then
            "$suite" --list | cut -f 1 | grep -qx "$test" || echo "$1: $lab has no test $test"
        fi
    done
}

# The TODOs and tests of a lab, in its handout.
lab() {
    grep -oE 'TODO\([0-9]+\)' labs/"$1"/*.c -h | sort -u | while read -r todo; do
        grep -qF "$todo" "handouts/$1.md" || echo "handouts/$1.md: says nothing about $todo"
    done
    "$programs/$1/suite" --list | cut -f 1 >"$scratch/known"
    sed -n '/^| test |/,/^$/s/^| \(`[^|]*\) |.*/\1/p' "handouts/$1.md" | grep -oE '[a-z0-9-]+' |
        while read -r test; do
            grep -qx -e "$test" "$scratch/known" || echo "handouts/$1.md: there is no test $test"
        done
}

# Of what a program prints, the form: no figures, no bars, and equal lines only once.
form() {
    sed -e '/^ON THIS RUN/,$d' -e '/usable CPU/d' -e '/more workers than CPUs/d' \
        -e '/Not all rounds/,/^$/d' -e 's/no limit/0/' \
        -e 's/^\.\.\.$/ANYTHING/' -e 's/-\{0,1\}[0-9][0-9.,:]*/0/g' -e 's/[-+#.|~ ][-+#.|~ ]*/ /g' \
        -e 's/0 [mun]\{0,1\}s\>/0/g' -e 's/^ //' -e 's/ $//' -e '/^$/d' | uniq
}

# Prints the blocks that are no longer what the command prints.
shows() {
    awk -v out="$scratch/shows." '
        /^<!-- shows: / {n++; sub(/^<!-- shows: /, ""); sub(/ -->$/, ""); print > (out n ".command")}
        /^```/ && inside {inside = 0; next}
        inside {print > (out n ".text")}
        /^```text/ && n > shown {inside = 1; shown = n}' "$1"
    for command in "$scratch"/shows.*.command; do
        [ -f "$command" ] || continue
        text=${command%.command}.text
        # A machine may forbid its first CPU.
        if ! grep -q taskset "$command" || taskset -c 0 true 2>/dev/null; then
            MAKEFLAGS='' MAKELEVEL='' NO_COLOR=1 sh "$command" 2>"$scratch/errors" |
                grep -v '^  [A-Z][A-Z]  *[^ ]*$' | form >"$scratch/now"
            form <"$text" | compare "$1" "$(cat "$command")"
        fi
        rm -f "$command" "$text"
    done
}

compare() { # FILE COMMAND; what is shown on standard input
    awk -v now="$scratch/now" -v where="$1: $2" '
        BEGIN {while ((getline line < now) > 0) today[++n] = line}
        $0 == "ANYTHING" {skip = 1; next}
        {
            at++
            while (skip && at <= n && today[at] != $0) at++
            skip = 0
            if (at <= n && today[at] == $0) next
            print where " does not print today, where it is shown: " $0
            failed = 1
            exit
        }
        END {if (!failed && !skip && at < n) print where " prints more today: " today[at + 1]}'
}

for file in README.md tests/README.md handouts/*.md; do
    links "$file"
    paths "$file"
    commands "$file"
    shows "$file"
done
for suite in "$programs"/*/suite; do
    lab "$(basename "$(dirname "$suite")")"
done
