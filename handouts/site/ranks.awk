# Says how ranks of MPI did beside the contrast's pool, and why. tr is that of
# common/scripts/words.awk.
#
#   ... | awk -v workers=2 -v cpus=2 -v pool=1.65 -v lab=14 -f words.awk -f ranks.awk
#
# pool is the speedup of its workers, or null. A line is one run: how many ranks there were, and what
# their program printed of one process alone and of the speedup. Of each, the best run counts.

BEGIN {
    print ""
    print tr("  Ranks of MPI, which share no memory and send messages, add up 0 .. 99,999,999:")
    fflush()
}

# 3 One process alone takes 300 ms: the speedup is 1.25.
match($0, / takes [0-9]+ ms: the speedup is [0-9.]+[0-9]\.$/) {
    split(substr($0, RSTART), words_of)
    serial = words_of[2] + 0
    speedup = words_of[7] + 0
    if (speedup <= 0) next
    if (alone == 0 || serial < alone) alone = serial
    if (!($1 in best) || serial / speedup < best[$1]) best[$1] = serial / speedup
}

function say_row(computing,    times) {
    times = alone / best[computing + 1]
    if (computing == 1)
        printf tr("    2 ranks, of which 1 computes: %.2f times the speed of one process\n"), times
    else
        printf tr("    %d ranks, of which %d compute: %.2f times the speed of one process\n"),
            computing + 1, computing, times
}

function say_why() {
    print tr("  Rank 0 does not compute. It hands out work, and asks without a pause whether an\n  answer has come: that keeps a CPU busy.")
    if (workers + 1 <= cpus)
        print tr("  Each rank can have a CPU for itself here.")
    else if (cpus == 1)
        printf tr("  %d ranks share one CPU: if nothing else runs, %.2f of it are left for computing.\n"),
            workers + 1, workers / (workers + 1)
    else
        printf tr("  %d ranks share %d CPUs: if nothing else runs, %.2f are left for computing.\n"),
            workers + 1, cpus, cpus * workers / (workers + 1)
}

END {
    if (!(workers + 1 in best)) {
        printf tr("  There is no figure here; make run LAB=%s says why.\n"), lab
        exit
    }
    if (workers in best) say_row(workers - 1)
    say_row(workers)
    if (pool + 0 > 0)
        printf tr("  With as many that compute, the pool above had %.2f times.\n"), pool
    say_why()
    printf tr("  Who computed what, and when: make run LAB=%s ARGS=--picture\n"), lab
}
