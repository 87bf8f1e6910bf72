/* barrier: a thread waits for the others, and has the lock that they need
 *
 * A `for` construct ends with a barrier. The thread that has the lock waits
 * there for the others, and they wait for the lock, before the loop. Nobody
 * moves again: a deadlock. In a second terminal (futex is the call in which
 * threads sleep):
 *
 *     ps -L -o pid,tid,stat,wchan:20,args -s SESSION
 *
 * Now write `nowait` behind `for`.
 *
 * Look for: 1 of 2 threads has come to the loop
 */
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t came; /* changed with the lock held */

static void look(int signal)
{
    static const char *const texts[] = {"2 s are over: 0 of 2 threads have come to the loop\n",
                                        "2 s are over: 1 of 2 threads has come to the loop\n",
                                        "2 s are over: 2 of 2 threads have come to the loop\n"};

    (void)signal;
    (void)!write(STDOUT_FILENO, texts[came], strlen(texts[came]));
}

int main(void)
{
    omp_lock_t lock;

    omp_init_lock(&lock);
    signal(SIGALRM, look);
    alarm(2);
#pragma omp parallel num_threads(2)
    {
        omp_set_lock(&lock);
        came++;
#pragma omp for
        for (int i = 0; i < 2; i++)
            ;
        omp_unset_lock(&lock);
    }
    puts("both threads have left the loop");
}
