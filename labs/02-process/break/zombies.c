/* zombies: children that have ended, and that nobody reaps
 *
 * Each child ends at once, but its parent never calls waitpid. So each keeps
 * its PID and its entry in the kernel's table: its state is Z. Below, /proc
 * is asked from inside, where the processes of this program are alone and
 * have numbers of their own. In a second terminal you see the same processes
 * with their numbers outside:
 *
 *     ps --forest -o pid,ppid,stat,args -s SESSION
 *
 * When their parent ends, another process inherits and reaps them. Now make
 * main call waitpid.
 *
 * Look for: Z (zombie)
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    for (int i = 0; i < 8; i++) {
        siginfo_t end;
        pid_t child = fork();

        if (child == 0)
            _exit(0);
        waitid(P_PID, (id_t)child, &end, WEXITED | WNOWAIT); /* waits, and does not reap */
        printf("child %d has ended, and nobody asks how\n", child);
    }
    fflush(stdout);
    system("grep State: /proc/[0-9]*/status");
    sleep(60);
}
