/* Attack: stops its parent, with the bare system call.
 * Labs: 03
 * Isolated: yes */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void attack(void)
{
    syscall(SYS_kill, getppid(), SIGSTOP);
}
