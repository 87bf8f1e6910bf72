/* Attack: kills its process group, in each way there is.
 * Labs: 03
 * Isolated: yes */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void attack(void)
{
    kill(0, SIGKILL);
    kill(-getpgrp(), SIGKILL);
    killpg(getpgrp(), SIGKILL);
    syscall(SYS_kill, 0, SIGKILL);
}
