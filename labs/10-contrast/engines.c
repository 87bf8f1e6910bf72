#include "10-contrast/engines.h"

#include <errno.h>
#include <string.h>

#include "02-process/process_map.h"
#include "03-pool/pool.h"
#include "07-threads/thread_map.h"
#include "08-serial/serial.h"
#include "09-gil/gil.h"

/* Made by the first use; one lock for all runs, because it counts its switches since it was
 * made. */
static struct gil *gil;

static int locked_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    if (!gil)
        gil = gil_create(GIL_INTERVAL_US);
    return gil ? gil_map_with(gil, task, in, out, n, workers) : -1;
}

static unsigned long lock_switches(void)
{
    struct gil_counts counts;

    gil_read_counts(gil, &counts);
    return counts.switches;
}

const struct contrast_engine engines[ENGINES] = {
    [ENGINE_SERIAL] = {"serial", serial_map, NULL},
    [ENGINE_LOCKED] = {"threads+lock", locked_map, lock_switches},
    [ENGINE_THREADS] = {"threads", thread_map, NULL},
    [ENGINE_PROCESS] = {"process", process_map, NULL},
    [ENGINE_POOL] = {"pool", pool_once, NULL},
};

const char *engine_error(int error)
{
    return error == ENOSYS ? "not written yet" : strerror(error);
}

const char *engine_problem(const struct contrast_row rows[ENGINES], int i)
{
    if (rows[i].error)
        return engine_error(rows[i].error);
    if (rows[i].agrees)
        return NULL;
    if (rows[ENGINE_SERIAL].error)
        return "serial failed: nothing to compare with";
    return i == ENGINE_SERIAL ? "its rounds differ" : "results differ from serial's";
}
