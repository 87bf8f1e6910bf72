/* Attack: includes a file without an end.
 * Labs: 02
 * Slow: yes
 * Isolated: no
 * Builds: no */
#include "/dev/zero"

static void attack(void)
{
}
