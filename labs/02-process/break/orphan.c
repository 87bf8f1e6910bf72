/* orphan: a child that outlives its parent
 *
 * The parent ends without waiting. Its child runs on, and gets another
 * parent: the first process, or one that has asked for orphans. Outside of
 * this sandbox it would run on in your session for as long as it likes. In a
 * second terminal:
 *
 *     ps --forest -o pid,ppid,stat,args -s SESSION
 *
 * Here the sandbox would end the orphan with its parent; so a process stays,
 * to let you see it.
 *
 * Look for: and now it is 1
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void live_on(void)
{
    const pid_t first = getppid();

    printf("child %d: my parent is %d\n", getpid(), first);
    fflush(stdout);
    while (getppid() == first)
        usleep(100000);
    printf("child %d: my parent was %d, and now it is %d\n", getpid(), first, getppid());
    fflush(stdout);
    sleep(60);
}

int main(void)
{
    pid_t parent = fork();

    if (parent == 0) {
        if (fork() == 0)
            live_on();
        sleep(1);
        _exit(0); /* and nobody has waited for the child */
    }
    waitpid(parent, NULL, 0);
    sleep(60);
}
