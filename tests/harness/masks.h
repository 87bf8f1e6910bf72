/* Machines with thousands of CPUs, of which a process may run on a few. Nobody has one at hand, so
 * the harness plays it: sched_getaffinity and pthread_getaffinity_np of the graded code come here.
 */
#ifndef LOCKSTEP_HARNESS_MASKS_H
#define LOCKSTEP_HARNESS_MASKS_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct masks_machine {
    size_t bits;        /* of its kernel's mask: for fewer the call fails with EINVAL */
    const int *allowed; /* the CPUs by number */
    int count;          /* how many they are */
    bool asked;         /* somebody has got the mask by one of these functions */
};

/* What the graded code has asked for by these functions since masks_forget_asked. */
struct masks_asked {
    int calls;
    size_t size; /* of the mask in the last one, in bytes */
};
struct masks_asked masks_asked(void);
void masks_forget_asked(void);

/* From now on, in this process, the graded code is on that machine; NULL: on the real one. The
 * machine stays the caller's. */
void masks_play(struct masks_machine *machine);

int graded_sched_getaffinity(pid_t thread, size_t size, cpu_set_t *mask);
int graded_pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *mask);

#endif
