/* bomb: children that fork as well, until a limit stops them
 *
 * The children stay in the loop, instead of leaving with _exit. So all of
 * them fork, and each round has twice as many processes: a fork bomb. In the
 * sandbox a user may have 40 processes (RLIMIT_NPROC); then fork fails with
 * EAGAIN. NEVER run this outside of it: it would take your machine. In a
 * second terminal:
 *
 *     ps --forest -o pid,ppid,stat,args -s SESSION
 *
 * Count: 1, 2, 4, 8, 16, 32, and then not 64. Without any limit the 20th
 * round would have a million.
 *
 * Look for: fork: Resource temporarily unavailable
 */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    const pid_t first = getpid();

    for (int round = 1; round <= 7; round++) {
        if (getpid() == first)
            printf("round %d: up to %d processes, and each forks\n", round, 1 << (round - 1));
        fflush(stdout);
        if (fork() == -1) {
            if (getpid() == first)
                perror("fork");
            break;
        }
        usleep(500000); /* so that one can watch */
    }
    sleep(60);
}
