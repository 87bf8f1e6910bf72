#include "09-gil/delay.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <omp.h>

#include "08-serial/serial.h"
#include "common/clock.h"
#include "common/interp.h"

/* What stopwatch (lab 08) times. */
static void sleep_1_ms(void *unused)
{
    (void)unused;
    interp_blocking_begin();
    clock_sleep(NS_PER_MS);
    interp_blocking_end();
}

static void compute_until(const atomic_bool *done)
{
    while (!atomic_load_explicit(done, memory_order_relaxed))
        interp_tick();
}

int wakeup_delay(struct gil *gil, int computing, int sleeps, int64_t *median)
{
    struct timing timing = {0};
    atomic_bool done = false;
    atomic_int error = 0;

    if (!gil || computing < 0 || sleeps < 1 || !median) {
        errno = EINVAL;
        return -1;
    }
    if (gil_install(gil))
        return -1;
#pragma omp parallel num_threads(computing + 1)
    {
        if (omp_get_num_threads() <= computing)
            error = EAGAIN;
        else if (interp_attach())
            error = errno;
        else {
            if (omp_get_thread_num() > 0)
                compute_until(&done);
            else if (stopwatch(clock_wall, sleep_1_ms, NULL, 2, sleeps, &timing))
                error = errno;
            done = true;
            interp_detach();
        }
        done = true;
    }
    gil_uninstall(gil);
    *median = timing.median - NS_PER_MS;
    if (error)
        errno = error;
    return error ? -1 : 0;
}
