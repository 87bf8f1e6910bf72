/* Attack: kills its parent, and whoever is that after the parent's death, with the bare system call.
 * Labs: 03
 * Isolated: yes */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void attack(void)
{
    for (int i = 0; i < 100; i++) {
        syscall(SYS_kill, getppid(), SIGKILL);
        usleep(1000);
    }
}
