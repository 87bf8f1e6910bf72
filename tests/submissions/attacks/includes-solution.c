/* Attack: includes the solution.
 * Labs: 02
 * Isolated: no
 * Builds: no */
#include "solutions/02-process/process_map.c"

static void attack(void)
{
}

#define process_map unused
