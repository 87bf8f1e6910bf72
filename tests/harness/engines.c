#include "tests/harness/engines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "02-process/process_map.h"
#include "03-pool/pool.h"
#include "07-threads/thread_map.h"
#include "08-serial/serial.h"
#include "09-gil/gil.h"

/* In a suite, the engine of its own lab is the graded one; all others are the references. */
const struct engine engine_table[ENGINE_COUNT] = {
    {"process_map", process_map, WORKER_PROCESS, "02-process", 520, 5000},
    {"pool_once", pool_once, WORKER_PROCESS, "03-pool", 100000, 100000},
    {"thread_map", thread_map, WORKER_THREAD, "07-threads", 100000, 100000},
    {"serial_map", serial_map, WORKER_CALLER, "08-serial", 100000, 100000},
    {"gil_map", gil_map, WORKER_THREAD, "09-gil", 100000, 100000},
};

const struct engine *engine_find(const char *name)
{
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        if (strcmp(engine_table[i].name, name) == 0)
            return &engine_table[i];
    fprintf(stderr, "tests/harness/engines.c has no engine '%s'\n", name);
    abort();
}

const char *worker_kind_name(enum worker_kind kind)
{
    static const char *const names[] = {
        [WORKER_CALLER] = "caller", [WORKER_PROCESS] = "process", [WORKER_THREAD] = "thread"};

    return names[kind];
}
