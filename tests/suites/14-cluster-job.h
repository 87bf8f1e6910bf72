/* Suite 14: starts jobs of several ranks, and watches them. No clock decides: a job that hangs is
 * known by this, that every rank waits and has asked in vain so often that what was under way must
 * have come. */
#ifndef LOCKSTEP_SUITES_CLUSTER_JOB_H
#define LOCKSTEP_SUITES_CLUSTER_JOB_H

/* What the ranks of a job do: the same function on each. */
struct scene {
    const char *name;
    void (*run)(int rank, int ranks);
};

/* All of them, up to one without a name. */
extern const struct scene scenes[];

/* In the test: starts so many ranks that play a scene, and waits for their end. Fails the test if
 * one of them says so, or ends too early, or hangs, or leaves a message that nobody has received.
 * Afterwards the ledger shows what they did. */
void job_run(const char *scene, int ranks);

#endif
