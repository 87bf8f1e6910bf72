/* Attack: each process forks its successor and leaves; nobody lives long enough to be signalled.
 * Labs: 02
 * Slow: yes
 * Isolated: yes */
#include <signal.h>
#include <unistd.h>

static void attack(void)
{
    signal(SIGCHLD, SIG_IGN);
    for (int twins = 0; twins < 4; twins++)
        if (fork() == 0)
            for (;;) {
                if (fork() > 0)
                    _exit(0);
                setsid();
            }
    for (;;)
        pause();
}
