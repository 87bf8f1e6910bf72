/* Attack: lets the reference of a later lab do the work.
 * Labs: 02
 * Isolated: no
 * Builds: no */
#include "common/map.h"

extern map_fn thread_map;
static void attack(void)
{
}

#include "02-process/process_map.h"
int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return thread_map(task, in, out, n, workers);
}
#define process_map unused
