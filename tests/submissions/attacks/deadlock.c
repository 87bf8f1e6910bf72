/* Attack: every function waits for a lock that it holds already.
 * Labs: all
 * Isolated: no */
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void attack(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
}
