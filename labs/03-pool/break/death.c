/* death: a worker is killed, and the parent waits for its post for ever
 *
 * The last worker that has no more tasks posts `done`. This one is killed in
 * the middle of a task, so nobody posts. It is a zombie: the parent could
 * know, but it sleeps in sem_wait and does not look. In a second terminal:
 *
 *     ps --forest -o pid,ppid,stat,wchan:20,args -s SESSION
 *
 * Now wait with sem_timedwait, 50 ms at a time, and ask waitpid with WNOHANG
 * in between.
 *
 * Look for: no post has come
 */
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static void look(int signal)
{
    static const char text[] = "parent: 2 s are over, and no post has come\n";

    (void)signal;
    (void)!write(STDOUT_FILENO, text, sizeof text - 1);
}

int main(void)
{
    sem_t *done =
        mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t worker;

    sem_init(done, 1, 0);
    if ((worker = fork()) == 0) {
        raise(SIGKILL); /* in the middle of a task */
        sem_post(done);
    }
    printf("parent: I wait until worker %d posts\n", worker);
    fflush(stdout);
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = look, .sa_flags = SA_RESTART}, NULL);
    alarm(2);
    sem_wait(done);
    puts("parent: the map is done");
}
