/* Attack: ends the main thread alone, and with it, as the last one, the process: with status 0.
 * Labs: 08
 * Isolated: no */
#include <pthread.h>
#include <stddef.h>

static void attack(void)
{
    pthread_exit(NULL);
}
