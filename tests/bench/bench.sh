#!/bin/sh
# Makes every table of bench(.c), build/bench/NAME.csv, prints it, and draws it, where gnuplot is:
# build/bench/NAME.svg, and as text.
# usage: bench.sh [--ranks RANKS] PROGRAM OUT [quick|tiny]
#   OUT    the folder for tables and pictures
#   RANKS  ranks/ranks(.c), where MPI is: it adds its own table
set -u
ranks=
if [ "$1" = --ranks ]; then
    ranks=$2
    shift 2
fi
program=$1 out=$2 size=${3:-}
mkdir -p "$out"
failed=0

# table NAME TITLE X-AXIS Y-AXIS [what gnuplot is to do besides]
table() {
    echo "bench: $1 ..." >&2
    if ! "$program" "$1" ${size:+"$size"} </dev/null >"$out/$1.csv.new"; then
        echo "bench: $1 failed" >&2
        failed=1
        return
    fi
    mv "$out/$1.csv.new" "$out/$1.csv"
    printf '\n%s (%s)\n\n' "$2" "$4"
    sed -e 's/nan/-/g' "$out/$1.csv" |
        awk -F , '{for (i = 1; i <= NF; i++) printf "%14s", $i; print ""}'
    command -v gnuplot >/dev/null || return 0
    gnuplot -e "name = '$out/$1'; what = '$2'; across = '$3'; up = '$4'; ${5:-}" \
        tests/bench/picture.gp || failed=1
}

table chunks 'Tasks that do nothing, 2 workers' 'tasks in a chunk' 'tasks per second' \
    'set logscale xy 10'
table workers 'A map of one task for each worker' 'workers' 'microseconds' 'set logscale xy 10'
table tasks 'A map of tasks that do nothing, 2 workers' 'tasks' 'seconds' 'set logscale xy 10'
table lock 'Threads that compute under the lock' 'threads' 'switches per second; CPUs busy' \
    'set logscale x 2; second = 3'
table memory 'What one worker weighs' 'workers' 'KiB' 'set logscale x 2; set yrange [0:*]'
table speedup 'Speedup of the sum' 'workers' 'times one loop' 'set yrange [0:*]; amdahl = 1'
table sums 'A sum kept right' 'threads' 'nanoseconds for each addition' \
    'set logscale x 2; set logscale y 10'
table fetch 'Requests with some computing, 16 at once' 'milliseconds of computing' \
    'requests per second' 'set yrange [0:*]'
table references 'Taking and dropping a reference' 'threads' 'nanoseconds in each thread' \
    'set logscale x 2; set logscale y 10'
if [ -n "$ranks" ]; then
    program=$ranks
    table messages 'A map by messages and in a pool, tasks that do nothing' 'tasks in a chunk' \
        'microseconds for each task' 'set logscale xy 10; columns = 3'
fi
command -v gnuplot >/dev/null ||
    echo 'No pictures: there is no gnuplot (make setup DEV=1 brings it).'
printf '\nTables and pictures are in %s/.\n' "$out"
echo 'While other programs run, threads take turns on the CPUs, and more workers bring nothing: a'
echo 'table whose columns do not change says little then. Measure again when nothing else runs.'
[ -z "$ranks" ] || cat <<'END'
Ranks of MPI ask without a pause whether a message has come: one that has no CPU for itself waits
for whole turns of whoever else computes, and a message costs milliseconds then.
END
exit "$failed"
