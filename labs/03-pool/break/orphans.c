/* orphans: a pool's parent is killed, and its workers wait for ever
 *
 * Each worker sleeps until the parent posts the next map. The parent is
 * killed, so it can neither post nor kill its workers: nothing wakes them up
 * any more. In a second terminal:
 *
 *     ps --forest -o pid,ppid,stat,wchan:20,args -s SESSION
 *
 * Now wait with sem_timedwait, and leave when getppid() is not what it was at
 * the fork.
 *
 * Look for: 3 workers wait for a dead parent
 */
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 3 };

static struct board { /* shared */
    sem_t start;
    pid_t workers[WORKERS];
} * board;

static void be_the_parent(void)
{
    for (int i = 0; i < WORKERS; i++) {
        pid_t worker = fork();

        while (worker == 0)
            sem_wait(&board->start); /* and then a map, if there ever is one */
        board->workers[i] = worker;
    }
    kill(getpid(), SIGKILL);
}

int main(void)
{
    pid_t parent;
    int left = 0;

    board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(&board->start, 1, 0);
    if ((parent = fork()) == 0)
        be_the_parent();
    waitpid(parent, NULL, 0);
    sleep(1); /* time enough to notice */
    for (int i = 0; i < WORKERS; i++)
        left += kill(board->workers[i], 0) == 0;
    printf("process %d was killed a second ago; %d workers wait for a dead parent\n", parent, left);
    fflush(stdout);
    sleep(60);
}
