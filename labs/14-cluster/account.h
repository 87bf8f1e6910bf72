/* What each rank did, told by all to rank 0: for the program's tables. */
#ifndef LOCKSTEP_LABS_ACCOUNT_H
#define LOCKSTEP_LABS_ACCOUNT_H

#include <stdint.h>

#include "14-cluster/jobs.h"

enum { ACCOUNT_TASKS = 4096 }; /* of one rank; more are counted, and not drawn */

struct account {
    char host[64];
    long pid, tasks;
    int64_t busy_ns;
    struct account_task {
        int64_t begin, end; /* clock_wall() of that machine */
        long thread;
    } times[ACCOUNT_TASKS];
};

/* From now on account_task runs this task, and notes that it did. */
void account_start(task_fn *task);
int account_task(long in, long *out);

/* All ranks call it. Returns on rank 0 an array with an account for each rank, to be freed, or NULL
 * with errno ENOMEM; on the others NULL. */
struct account *account_gather(int rank, int ranks);

/* Prints who did what: a line for each rank. */
void account_print(const struct account accounts[], int ranks);

/* Draws when it was: a row for each thread of each rank, from `begin` on, for `length` ns. Returns
 * 0, or -1 with errno. */
int account_draw(const struct account accounts[], int ranks, int threads, int64_t begin,
                 int64_t length);

/* Writes the same to a file that viewers of traces open (common/program/tracefile.h): a process for
 * each rank. Returns 0, or -1 with errno. */
int account_write(const char *path, const struct account accounts[], int ranks, int64_t begin);

#endif
