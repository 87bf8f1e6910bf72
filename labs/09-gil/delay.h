/* What the lock costs a thread that mostly blocks, beside threads that compute: after each blocking
 * call it has to wait for the lock (the convoy effect). Given, not graded. */
#ifndef LOCKSTEP_LABS_DELAY_H
#define LOCKSTEP_LABS_DELAY_H

#include <stdint.h>

#include "09-gil/gil.h"

/* A thread sleeps for 1 ms, `sleeps` times over, while `computing` other threads compute without a
 * pause, all under `gil`. Stores by how much its sleeps took longer than 1 ms, the lock in hand again:
 * the median, in nanoseconds. Returns 0, or -1 with errno: EINVAL (a NULL, computing < 0, sleeps < 1),
 * EAGAIN (the runtime grants fewer threads), ENOMEM, or the lock's. */
int wakeup_delay(struct gil *gil, int computing, int sleeps, int64_t *median);

#endif
