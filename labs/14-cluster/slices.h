/* Lab 14, given: what the ranks say to each other, and who adds up what. */
#ifndef LOCKSTEP_LABS_SLICES_H
#define LOCKSTEP_LABS_SLICES_H

#include "14-cluster/cluster.h"

/* What a message is about: its tag. */
enum { TAG_CHUNK = 1, TAG_ANSWER, TAG_STOP };

/* A message with this tag holds longs (MPI_LONG): its head, and then a value for each task. */
enum {
    CHUNK_JOB,   /* the task's number (jobs.h) */
    CHUNK_FIRST, /* the index of the chunk's first task */
    CHUNK_HEAD,
    ANSWER_FIRST = 0, /* the same index */
    ANSWER_BAD,       /* which task of the chunk failed, the first one; -1: none */
    ANSWER_ERROR,     /* and its error */
    ANSWER_HEAD,
    MESSAGE_MOST = ANSWER_HEAD + CLUSTER_MOST_CHUNK,
};

/* Of n numbers for `ranks` ranks, the first of this rank's slice. The slice ends where that of the
 * next rank begins; that of the last one ends at n. */
static inline long slice_begin(long n, int rank, int ranks)
{
    long rest = n % ranks;

    return n / ranks * rank + (rank < rest ? rank : rest);
}

#endif
