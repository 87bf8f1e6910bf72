/* Attack: loops for ever with every signal blocked that can be, SIGXCPU among them.
 * Labs: 02
 * Tests: results
 * Isolated: no */
#include <signal.h>
#include <stddef.h>

static void attack(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (volatile int i = 0;; i++)
        ;
}
