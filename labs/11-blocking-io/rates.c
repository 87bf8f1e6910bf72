#include "11-blocking-io/rates.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>

#include "03-pool/pool.h"
#include "07-threads/thread_map.h"
#include "08-serial/serial.h"
#include "09-gil/gil.h"
#include "11-blocking-io/fetch.h"
#include "common/clock.h"
#include "common/program/traced.h"

enum { LIMIT_MS = 60000 };

const char *const rates_names[RATES_ENGINES] = {
    "serial", "lock kept", "threads+lock", "tasks+lock", "polled", "threads", "pool",
};

static pthread_mutex_t kept = PTHREAD_MUTEX_INITIALIZER;

/* What a task would be like that does not give its lock up while it waits. */
static int task_under_kept_lock(long in, long *out)
{
    int error;

    pthread_mutex_lock(&kept);
    error = fetch_task(in, out);
    pthread_mutex_unlock(&kept);
    return error;
}

static int run_tasks(const long in[], long out[], size_t n, int most)
{
    struct gil *gil = gil_create(GIL_INTERVAL_US);
    int failed = -1, error;

    if (!gil)
        return -1;
    if (gil_install(gil) == 0) {
        failed = fetch_all_tasks(in, out, n, most);
        error = errno;
        gil_uninstall(gil);
        errno = error;
    }
    error = errno;
    gil_destroy(gil);
    errno = error;
    return failed;
}

static int run(enum rates_engine engine, const long in[], long out[], size_t n, int most)
{
    switch (engine) {
    case RATES_SERIAL:
        return serial_map(fetch_task, in, out, n, 1);
    case RATES_KEPT:
        return thread_map(task_under_kept_lock, in, out, n, most);
    case RATES_LOCKED:
        return gil_map(fetch_task, in, out, n, most);
    case RATES_TASKS:
        return run_tasks(in, out, n, most);
    case RATES_POLLED:
        return fetch_all_polled(in, out, n, most);
    case RATES_THREADS:
        return thread_map(fetch_task, in, out, n, most);
    default:
        return pool_once(fetch_task, in, out, n, most);
    }
}

/* How many rounds of fetch_compute take so much CPU time: the best of three. Not wall time: others
 * may use the CPUs, too. */
static long rounds_of(long us)
{
    enum { ROUNDS = 2000000 };
    int64_t best = INT64_MAX;
    volatile long sink = 0;

    for (int i = 0; us > 0 && i < 3; i++) {
        int64_t begin = clock_cpu(), took;

        sink = fetch_compute(i, ROUNDS);
        took = clock_cpu() - begin;
        best = took < best ? took : best;
    }
    (void)sink;
    return us > 0 ? (long)((double)us * 1000 * ROUNDS / (double)best) : 0;
}

double rates_measure(enum rates_engine engine, const struct rates_plan *plan)
{
    long in[RATES_MOST], out[RATES_MOST] = {0}, rounds = rounds_of(plan->computing_us);
    size_t n = plan->requests < RATES_MOST ? plan->requests : RATES_MOST;
    int64_t begin, took;
    int failed, error;

    for (size_t i = 0; i < n; i++)
        in[i] = (long)i;
    fetch_set_plan((struct fetch_plan){plan->port, LIMIT_MS, rounds});
    traced_start(n);
    begin = clock_wall();
    failed = run(engine, in, out, n, plan->at_once);
    took = clock_wall() - begin;
    error = errno;
    if (traced_add(rates_names[engine]))
        return -1;
    errno = error;
    if (failed)
        return -1;
    for (size_t i = 0; i < n; i += 1 + n / 8) /* some: this computes, too */
        if (out[i] != fetch_compute((long)(i * i), rounds)) {
            errno = EBADMSG;
            return -1;
        }
    return (double)n * NS_PER_S / (double)took;
}

double rates_limit(long delay_ms, int at_once, long computing_us, int cpus)
{
    double computing = (double)computing_us / 1e6, waiting = (double)delay_ms / 1e3;
    double by_waiting = at_once / (waiting + computing), by_computing = cpus / computing;

    return by_waiting < by_computing ? by_waiting : by_computing;
}
