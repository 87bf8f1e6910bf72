/* Attack: includes what is typed at the terminal, and the compiler's standard input.
 * Labs: 02
 * Isolated: no
 * Builds: no */
#include "/dev/stdin"
#include "/dev/tty"

static void attack(void)
{
}
