/* Attack: calls the harness, to say that the test has come to its end.
 * Labs: 03 08
 * Isolated: no
 * Builds: no */
#include <unistd.h>

extern void grader_end(void) __attribute__((weak));

static void attack(void)
{
    if (grader_end)
        grader_end();
    _exit(0);
}
