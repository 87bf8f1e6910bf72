/* lost: a signal that comes before the wait is lost
 *
 * pthread_cond_signal wakes who waits now. Here nobody waits yet: the waiter
 * is late. It sleeps for ever, although the lock has been free all the time.
 * In a second terminal:
 *
 *     ps -L -o pid,tid,stat,wchan:20,args -s SESSION
 *
 * Now let the releasing thread set `locked` to false with the mutex held, and
 * let the waiter wait only `while (locked)`.
 *
 * Look for: the waiter still sleeps
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *release(void *unused)
{
    pthread_cond_signal(&cond);
    puts("the lock is free: signalled");
    fflush(stdout);
    return unused;
}

static void look(int signal)
{
    static const char text[] = "2 s are over: the waiter still sleeps\n";

    (void)signal;
    (void)!write(STDOUT_FILENO, text, sizeof text - 1);
}

int main(void)
{
    pthread_t releaser;

    signal(SIGALRM, look);
    pthread_create(&releaser, NULL, release, NULL);
    pthread_join(releaser, NULL); /* the waiter is late: it was signalled before it waits */
    alarm(2);
    pthread_mutex_lock(&mutex);
    pthread_cond_wait(&cond, &mutex);
    pthread_mutex_unlock(&mutex);
    puts("the waiter has the lock");
}
