#!/bin/sh
# The tour: the labs' programs in the document's order, with the document's parameters, each with
# what to look for. A lab's stops stand in labs/NN-topic/tour, with an empty line between two:
#
#     PLACE OPTION...          the options of the lab's program; all stops of the tour are sorted by
#                              the number PLACE (ten, twenty ...: a later stop may come between)
#     what it is, and lines of what to look for
#
# In both {ms} is how long a task lasts, in milliseconds, and {11*ms} that times 11.
#
#   tour.sh FOLDER TASK-MS [--pause] LAB...    the folder holds NN-topic/program for each lab of
#                                              labs/table; the labs whose stops are shown
#
# At the end stands where to go on: a line for each of these labs that is no part of the course.
#
# With --pause it waits for Enter before each program runs: time to say what will come.
# Exit status: 0; 1 if a program failed (the others still run); 2 for bad arguments.

# shellcheck source=common/scripts/words.sh
. common/scripts/words.sh

complain() {
    printf 'tour: ' >&2
    say "$@" >&2
    exit 2
}

[ $# -ge 3 ] || complain 'wants a folder of programs, the length of a task in ms, and labs'
programs=$1
ms=$2
shift 2
pause=
if [ "$1" = --pause ]; then
    pause=yes
    shift
fi
chosen=" $* "
case $ms in
'' | *[!0-9]* | 0?* | ????????*) wrong=yes ;;
*) [ "$ms" -le 3600000 ] || wrong=yes ;;
esac
[ -z "${wrong:-}" ] || complain "TASK_MS wants a whole number from 0 to 3600000, not '%s'" "$ms"
[ -d "$programs" ] || complain "there is no folder '%s'" "$programs"

# A line for each stop: its place, lab, program, options, and its text with \n for ends of lines.
stops() {
    awk '!/^#/ && NF && $1 != "lab" {sub(/\.c.*/, "", $3); print $1, $3}' labs/table |
        while read -r lab program; do
            case $chosen in *" $lab "*) ;; *) continue ;; esac
            [ ! -f "labs/$lab/tour" ] ||
                awk -v lab="$lab" -v program="$program" -v ms="$ms" -f common/scripts/words.awk \
                    -f labs/tour.awk "labs/$lab/tour"
        done | sort -n
}

say 'Each task lasts %s ms. Watch when it ran, and in which process (PID).' "$ms"
stop_of=$(words 'lab %s:')
what_now=$(words '    What will it print? (Enter: run it)')
failures=0
tab=$(printf '\t')
while IFS= read -r stop <&3; do
    # Read field by field: "read" would take two tabs with nothing between for one.
    rest=${stop#*"$tab"}
    lab=${rest%%"$tab"*} rest=${rest#*"$tab"}
    program=${rest%%"$tab"*} rest=${rest#*"$tab"}
    options=${rest%%"$tab"*} text=${rest#*"$tab"}
    # shellcheck disable=SC2059  # it has one %s
    printf "\n--- $stop_of %b" "$lab" "$text"
    if [ -n "$pause" ]; then
        printf '%s ' "$what_now"
        read -r _ || echo
    fi
    # shellcheck disable=SC2086  # options are words
    if ! "$programs/$lab/$program" $options </dev/null; then
        { printf 'tour: ' && say 'lab %s failed' "$lab"; } >&2
        failures=$((failures + 1))
    fi
done 3<<STOPS
$(stops)
STOPS

# Of labs/table: a line for each bonus lab that is chosen.
beyond=$(awk -v chosen="$chosen" '!/^#/ && $9 == "bonus" && index(chosen, " " $1 " ") {
    lab = $1
    subject = $0
    for (i = 1; i < 10; i++)
        sub(/^[^ ]+ +/, "", subject)
    sub(/^none: */, "", subject)
    printf "    %-22s handouts/%s.md\n", subject, lab
}' labs/table)
[ -z "$beyond" ] || say '\nGo on, beyond the course:\n%s' "$beyond"
[ "$failures" -eq 0 ]
