/* Attack: includes the solution and says that this is a header of the system, of which compilers do
 * not speak.
 * Labs: 02
 * Isolated: no
 * Builds: no */
# 1 "/usr/include/stdio.h" 3
#include "solutions/02-process/process_map.c"
# 11 "process_map.c"

static void attack(void)
{
}

#define process_map unused
