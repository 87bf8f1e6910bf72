/* What the calling process has: to see whether a function leaves something behind. */
#ifndef LOCKSTEP_GRADER_CENSUS_H
#define LOCKSTEP_GRADER_CENSUS_H

struct census {
    int children; /* also those that have ended and are not reaped */
    int descriptors;
    int mappings; /* shared ones */
};

struct census census_take(void);

/* Fails the test if `after` has more of anything than `before`, and says of what. `what` names the
 * function: "process_map". `calls` is how many calls lie between. */
void census_expect_same(struct census before, struct census after, const char *what, int calls);

#endif
