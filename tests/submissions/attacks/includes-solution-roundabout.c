/* Attack: includes the solution by a path that does not look like it.
 * Labs: 02
 * Isolated: no
 * Builds: no */
#define FROM(file) </proc/self/cwd/labs/../common/../solutions/02-process/file>
#include FROM(process_map.c)

static void attack(void)
{
}

#define process_map unused
