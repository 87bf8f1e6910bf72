/* Attack: threads that make threads.
 * Labs: 07
 * Isolated: yes */
#include <pthread.h>
#include <unistd.h>

static void *multiply(void *unused)
{
    pthread_t other;

    for (int i = 0; i < 10; i++)
        pthread_create(&other, NULL, multiply, NULL);
    pause();
    return NULL;
}

static void attack(void)
{
    multiply(NULL);
}
