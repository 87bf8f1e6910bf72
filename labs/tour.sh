#!/bin/sh
# The tour: the labs' programs in the document's order, with the document's parameters.
#
#   tour.sh <folder of programs> <task ms>
#
# The folder holds NN-topic/program for each lab; a task of the document lasts 1000 ms.
# Exit status: 0, 1 if a program failed (the others still run), 2 for bad arguments.

complain() {
    echo "tour: $1" >&2
    exit 2
}

[ $# -eq 2 ] || complain 'wants a folder of programs and the length of a task in ms, and no more'
programs=$1
ms=$2
wanted="TASK_MS wants a whole number from 0 to 3600000, not '$ms'"
case $ms in
'' | *[!0-9]* | 0?* | ????????*) complain "$wanted" ;;
esac
[ "$ms" -le 3600000 ] || complain "$wanted"
[ -d "$programs" ] || complain "there is no folder '$programs'"

failures=0

# visit NN-topic/program options...: says what to look for (standard input), then runs the program.
visit() {
    lab=${1%%/*}
    program=$programs/$1
    shift
    printf '\n--- lab %s: ' "$lab"
    cat
    if ! "$program" "$@" </dev/null; then
        echo "tour: lab $lab failed" >&2
        failures=$((failures + 1))
    fi
}

echo "Each task lasts $ms ms. Watch when it ran, and in which process (PID)."

visit 01-processes-and-threads/sharing <<END
who is a program, a process, a thread
    Look for: a thread's writes are all seen; a child process's only where memory is shared, and it
    weighs what it has copied.
END

visit 02-process/process_map --task-ms "$ms" <<END
11 tasks, each in a new process
    Look for: 11 different PIDs, all begin at once, and all together take little more than
    one task: $ms ms.
END

visit 08-serial/serial --what values --task-ms "$ms" <<END
the same 11 tasks in a loop
    Look for: one PID, one task after the other, 11 x $ms = $((11 * ms)) ms.
END

visit 03-pool/pool --task-ms "$ms" <<END
99 tasks on a pool of 6 processes
    Look for: the values that come first (1, 6, 11, 16, 21, 26: each worker takes 5 in a row), the
    same 6 PIDs again and again, and 4 rounds of 5 tasks: 4 x 5 x $ms = $((20 * ms)) ms.
END

visit 04-fifth-powers/powers --how single --task-ms "$ms" <<END
12 fifth powers in one process
    Look for: one PID, 12 x $ms = $((12 * ms)) ms, and the list in order.
END

visit 04-fifth-powers/powers --how multi --task-ms "$ms" <<END
12 fifth powers on a pool of 6 processes
    Look for: 6 PIDs, twice each: 2 x $ms = $((2 * ms)) ms. The list is in order all the same.
END

visit 05-cpus/cpus <<END
how many CPUs there are
    Look for: who says how many, and whether they agree here.
END

visit 06-squares/squares --how one-by-one --task-ms "$ms" <<END
5 named processes, each waited for before the next one starts
    Look for: 5 processes, and still 5 x $ms = $((5 * ms)) ms, as in a loop.
END

visit 06-squares/squares --how together --task-ms "$ms" <<END
5 named processes, all started, then all waited for
    Look for: $ms ms in all, and three lines a process that never mix.
END

visit 08-serial/serial --what sum <<END
the sum of 0 .. 99,999,999 on one thread
    Look for: the run time that the next two are held against.
END

visit 07-threads/thread_map <<END
the same sum on as many threads as there are CPUs
    Look for: the same result, in a fraction of the time if there are CPUs to spare.
END

visit 09-gil/gil <<END
the same sum on as many threads, but only who holds the lock computes
    Look for: no quicker than one thread; the lock went round about every 5 ms.
END

[ "$failures" -eq 0 ]
