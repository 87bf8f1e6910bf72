#!/bin/sh
# What the judge says of files that are none: a lab each, none of which may cost another its points,
# and of a warning. Prints what is not as it should be.
# usage: odd-files.sh JUDGE SCRATCH        (see check.sh, which calls it; OBJECTS from the environment)
set -u
judge=$1 folder=$2/odd out=$2/odd.out

place() { # LAB: prints where its topic.c goes
    mkdir -p "$folder/$1"
    echo "$folder/$1/$(basename "solutions/$1"/*.c)"
}

labs=
for lab in 02-process 03-pool 07-threads 08-serial 09-gil 10-contrast; do
    file=$(place "$lab")
    labs=$labs,$lab
    case $lab in
    02-*) : >"$file" ;;
    03-*) mkdir "$file" ;;
    07-*) ;;
    08-*) head -c 2000000 /dev/zero | tr '\0' ' ' >"$file" ;;
    09-*) printf 'int x\0y;\033[2J\n' | cat "solutions/$lab/${file##*/}" - >"$file" ;;
    10-*)
        sed 's/$/\r/' "solutions/$lab/${file##*/}" >"$file"
        printf '#warning look-here\r\n' >>"$file"
        ;;
    esac
done
NO_COLOR=1 "$judge" --build "$OBJECTS/build" --src "$folder" --out "$out" --labs "${labs#,}" >"$out.report" 2>&1
status=$?

expect() { # TEXT: a line of the report that holds it
    grep -qF -e "$1" "$out.report" || echo "The report should say: $1"
}

[ $status -eq 1 ] || echo "The judge's exit status should be 1, but it is $status."
expect 'process_map.c does not define: process_map'
expect "There is no $folder/03-pool/pool.c."
expect "There is no $folder/07-threads/thread_map.c."
expect 'serial.c is larger than 1 MB.'
expect 'gil.c does not compile.'
expect 'look-here'
expect 'Total: 5 of '
! grep -q "$(printf '\033')" "$out.report" || echo 'The report holds an escape sequence.'
