/* Attack: a child made as by vfork sleeps, so that its parent waits in a state that looks like
 * waiting for a disk.
 * Labs: 10
 * Slow: yes
 * Isolated: yes */
#include <sched.h>
#include <signal.h>
#include <unistd.h>

static char stack[65536] __attribute__((aligned(16)));

static int sleep_for_ever(void *unused)
{
    for (;;)
        pause();
}

static void attack(void)
{
    clone(sleep_for_ever, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
}
