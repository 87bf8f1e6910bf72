/* Attack: children compute one after the other, and since SIGCHLD is ignored the kernel adds their
 * CPU time to nobody's.
 * Labs: 10
 * Slow: yes
 * Isolated: yes */
#include <signal.h>
#include <time.h>
#include <unistd.h>

static void attack(void)
{
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        if (fork() == 0) {
            while (clock() < CLOCKS_PER_SEC / 4)
                ;
            _exit(0);
        }
        usleep(150000);
    }
}
