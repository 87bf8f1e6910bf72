#!/bin/sh
# How far does one rank that hands out reach? The same cluster_map, built for simulated machines
# (SimGrid), on 4 to 4,000 of them. Prints a table; writes OUT/scale.csv and, where gnuplot is,
# OUT/scale.svg. What a message costs is measured first, between two machines of make cluster; the
# smallest sizes are compared with real runs.
# usage: scale.sh PROGRAM ANSWERS OUT [quick]
#   PROGRAM  tests/scale/scale.c, built for this machine with the answers
#   ANSWERS  the folder of the answers, to build them for SimGrid, too
# Exit status: 0; 1 if a run failed; 2 if something is missing here.
set -u
export LC_ALL=C
program=$1 answers=$2 out=$3 quick=${4:-}
task_us=10000 per_worker=20
sizes='4 16 64 250 1000 4000'
[ -z "$quick" ] || sizes='4 16 64 250'

complain() {
    echo "scale: $1" >&2
    exit 2
}
command -v smpicc >/dev/null || complain 'there is no SimGrid here: make setup MPI=1'
mpiexec=$(command -v mpiexec.mpich || command -v mpiexec.hydra) ||
    complain 'there is no mpiexec here: make setup MPI=1'
mkdir -p "$out" || complain "cannot make $out"

say() {
    echo "scale: $*" >&2
}

most=$(echo "$sizes" | awk '{print $NF + 1 + int($NF / 100) + 1}')
simulated=$out/simulated
# shellcheck disable=SC2046 # names without blanks
smpicc -std=gnu11 -D_GNU_SOURCE -O2 -DSIMULATED -I. -Ilabs tests/scale/*.c \
    $(ls labs/*/jobs.c) "$answers" -o "$simulated" >"$out/build.log" 2>&1 ||
    complain "smpicc cannot build it: see $out/build.log"
seq -f 'm%g' 0 "$most" >"$out/hosts"

# write_platform LATENCY-NS: machines that differ in nothing, on one switch of 1 Gbit/s
write_platform() {
    cat >"$out/platform.xml" <<END
<?xml version="1.0"?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
<zone id="all" routing="Full">
<cluster id="machines" prefix="m" suffix="" radical="0-$most" speed="1Gf" bw="125MBps" lat="$1ns"/>
</zone>
</platform>
END
}

# simulate RANKS OPTION...: what rank 0 prints
simulate() {
    ranks=$1
    shift
    smpirun -np "$ranks" -platform "$out/platform.xml" -hostfile "$out/hosts" \
        --cfg=smpi/host-speed:1Gf --cfg=smpi/simulate-computation:no \
        --cfg=smpi/privatization:no --log=root.thres:critical "$simulated" "$@" 2>"$out/said" |
        tail -n 1
}

# What a message costs, in ns. The simulated latency is set so that a simulated one costs the same.
measure_message() {
    sh common/scripts/cluster.sh 2 0 "$program" ping 100 | grep -E '^[0-9]+$' | head -n 1
}
say 'what does a message cost?'
message=$(measure_message)
[ -n "$message" ] || complain 'a message could not be measured: make cluster NODES=2'
write_platform 10000
one=$(simulate 2 ping 5)
write_platform 20000
two=$(simulate 2 ping 5)
[ -n "$one$two" ] || complain "SimGrid does not run: see $out/said"
write_platform "$(awk -v m="$message" -v a="$one" -v b="$two" 'BEGIN {
    latency = 10000 + (m - a) / (b - a) * 10000
    printf "%d", latency < 1 ? 1 : latency
}')"
message=$(simulate 2 ping 5)

failed=0
# row WORKERS HOW NUMBER RANKS: a line of the table of all
row() {
    said=$(simulate "$4" "$2" "$3" "$per_worker" "$task_us")
    [ -n "$said" ] || {
        say "$1 workers: the run failed"
        failed=1
        echo nan
        return
    }
    echo "${said##* }"
}

begin=$(date +%s)
echo 'workers,chunks of 1,chunks of lab 03,tree,one master at most' >"$out/scale.csv.new"
for workers in $sizes; do
    say "$workers machines ($(($(date +%s) - begin)) s so far)"
    masters=$(((workers + 99) / 100))
    ones=$(row "$workers" map 1 $((workers + 1)))
    rule=$(row "$workers" map 0 $((workers + 1)))
    tree=$(row "$workers" tree "$masters" $((workers + 1 + masters)))
    awk -v w="$workers" -v n="$per_worker" -v t="$task_us" -v m="$message" \
        -v times="$ones $rule $tree" 'BEGIN {
            count = split(times, seconds, " ")
            printf "%d", w
            for (i = 1; i <= count; i++)
                printf seconds[i] == "nan" ? ",nan" : ",%.0f", w * n / seconds[i]
            printf ",%.0f\n", 1e9 / m
        }'
done >>"$out/scale.csv.new"
mv "$out/scale.csv.new" "$out/scale.csv"

awk -v m="$message" 'BEGIN {
    printf "Tasks of 10 ms, 20 for each worker; a message costs %.1f us (as measured here).\n", \
        m / 1e3
    printf "One rank that hands out single tasks can feed 10 ms / %.1f us = %.0f workers.\n\n", \
        m / 1e3, 1e7 / m
}'
echo 'tasks per second (and how much of the machines that is), on simulated machines:'
awk -F , 'NR == 1 {
    printf "%8s %18s %18s %18s\n", "workers", $2, $3, $4
    next
}
{
    printf "%8d", $1
    for (i = 2; i <= 4; i++) printf " %11.0f (%3.0f%%)", $i, $i / ($1 * 100) * 100
    print ""
}' "$out/scale.csv"

printf '\nSmall jobs, simulated and real, in ms:\n'
printf '%8s %10s %10s\n' workers simulated real
for workers in 1 2 3; do
    there=$(simulate $((workers + 1)) map 1 "$per_worker" "$task_us")
    here=$("$mpiexec" -launcher fork -n $((workers + 1)) "$program" map 1 "$per_worker" "$task_us" \
        </dev/null | tail -n 1)
    awk -v w="$workers" -v s="${there##* }" -v r="${here##* }" 'BEGIN {
        off = s > 0 ? r / s - 1 : 0
        printf "%8d %10.0f %10.0f%s\n", w, s * 1e3, r * 1e3, \
            (off > 0.2 || off < -0.2) ? sprintf("   differs by %.0f %%", off * 100) : ""
    }'
done
if command -v gnuplot >/dev/null; then
    gnuplot >/dev/null 2>"$out/gnuplot.log" <<END || say "no picture: see $out/gnuplot.log"
set datafile separator ','
set datafile missing 'nan'
set terminal svg size 800,500
set output '$out/scale.svg'
set logscale xy 10
set key top left autotitle columnhead
set xlabel 'workers'
set ylabel 'tasks per second'
set grid
plot for [i = 2:4] '$out/scale.csv' using 1:i with linespoints, \
    '$out/scale.csv' using 1:5 with lines dashtype 2, x * 100 with lines dashtype 3 title 'ideal'
END
else
    echo 'No picture: there is no gnuplot (make setup DEV=1 brings it).'
fi
printf '\nThe table is in %s/scale.csv, the picture in %s/scale.svg.\n' "$out" "$out"
exit "$failed"
