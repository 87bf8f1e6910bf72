/* Given, not graded: what the lock costs a thread that mostly blocks, while other threads compute.
 * After each blocking call it must wait for the lock (the convoy effect). */
#ifndef LOCKSTEP_LABS_DELAY_H
#define LOCKSTEP_LABS_DELAY_H

#include <stdint.h>

#include "09-gil/gil.h"

/* A thread sleeps for 1 ms, `sleeps` times, while `computing` other threads compute without a
 * pause, all under `gil`. Stores in *median how much longer than 1 ms it takes until the thread has
 * the lock again, in nanoseconds. Returns 0, or -1 with errno: EINVAL (gil or median is NULL,
 * computing < 0, sleeps < 1), EAGAIN (the runtime grants fewer threads), ENOMEM, or the lock's
 * error. */
int wakeup_delay(struct gil *gil, int computing, int sleeps, int64_t *median);

#endif
