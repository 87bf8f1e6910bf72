/* Suite 14: is it known that the ranks of a job can never go on? */
#ifndef LOCKSTEP_SUITES_CLUSTER_HANG_H
#define LOCKSTEP_SUITES_CLUSTER_HANG_H

#include <stdbool.h>

#include "tests/suites/14-cluster-ledger.h"

enum { HANG_LOOK_MS = 2 }; /* between two looks */

/* What was seen so far; zero at the beginning. */
struct hang {
    unsigned long events[LEDGER_RANKS], polls[LEDGER_RANKS];
    int asleep[LEDGER_RANKS];
    unsigned long switches[LEDGER_RANKS]; /* of all threads of a rank, and */
    int still[LEDGER_RANKS];              /* for how many looks nobody of it has moved */
    char said[1024];                      /* once it hangs: who waits for what */
    const char *look_at;
};

/* To be called again and again. Opens the room of tasks, if there are any in it and nobody can
 * come any more. Returns true if nobody can ever go on. */
bool hang_look(struct hang *hang);

#endif
