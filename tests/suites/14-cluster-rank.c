/* A process that mpiexec has started: it plays its part in a scene. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/suites/14-cluster-calls.h"
#include "tests/suites/14-cluster-job.h"
#include "tests/suites/14-cluster-ledger.h"
#include "tests/watch/quiet.h"

/* The rank's number, which MPI itself tells only once it has begun. */
static int number_of_rank(void)
{
    const char *text = getenv("PMI_RANK");

    return text ? atoi(text) : -1;
}

void graded_be(const char *role)
{
    size_t length = strcspn(role, ":");
    const struct scene *scene = scenes;

    ledger_join(role[length] ? atoi(role + length + 1) : -1, number_of_rank());
    while (scene->name &&
           (strlen(scene->name) != length || strncmp(scene->name, role, length) != 0))
        scene++;
    if (!scene->name)
        exit(2);
    quiet_watch_this_process();
    forced_stop_reset(); /* makes what it needs */
    scene->run(ledger_me, ledger->ranks);
    calls_end();
    atomic_store(&ledger_mine()->ended, 1);
    /* Not MPI_Finalize: how MPI ends is no part of a test, which ends all ranks. */
    for (;;)
        pause();
}
