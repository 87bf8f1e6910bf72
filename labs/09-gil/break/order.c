/* order: two threads take two locks, each in its own order
 *
 * A has `mutex` and wants `switch_mutex`; B has `switch_mutex` and wants
 * `mutex`. Each waits for what the other one will not give back. (The barrier
 * makes it happen each time. Without it, it would happen some day.) In a
 * second terminal:
 *
 *     ps -L -o pid,tid,stat,wchan:20,args -s SESSION
 *
 * Now let both take `mutex` first. (And take the barrier away: do you see
 * why?)
 *
 * Look for: nobody has both
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t switch_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t each_has_one;
static _Atomic int have_both;

static void take_two(const char *who, pthread_mutex_t *first, pthread_mutex_t *second)
{
    pthread_mutex_lock(first);
    pthread_barrier_wait(&each_has_one);
    printf("%s has one lock, and wants the other one\n", who);
    fflush(stdout);
    pthread_mutex_lock(second);
    have_both++;
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}

static void *be_b(void *unused)
{
    take_two("B", &switch_mutex, &mutex);
    return unused;
}

static void *watch(void *unused)
{
    sleep(2);
    printf("2 s are over: %s\n", have_both ? "somebody had both" : "nobody has both");
    fflush(stdout);
    return unused;
}

int main(void)
{
    pthread_t b, watcher;

    pthread_barrier_init(&each_has_one, NULL, 2);
    pthread_create(&watcher, NULL, watch, NULL);
    pthread_create(&b, NULL, be_b, NULL);
    take_two("A", &mutex, &switch_mutex);
    pthread_join(b, NULL);
    pthread_join(watcher, NULL);
}
