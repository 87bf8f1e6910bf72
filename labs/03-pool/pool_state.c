#include "03-pool/pool_state.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"

void pool_free(struct pool *pool)
{
    int kept = errno;

    shared_free(pool->board);
    shared_free(pool->in);
    shared_free(pool->out);
    shared_free(pool->error);
    free(pool);
    errno = kept;
}

struct pool *pool_allocate(int workers, size_t capacity)
{
    size_t places = (size_t)workers;
    struct pool *pool = calloc(1, sizeof *pool + places * sizeof pool->children[0]);

    if (!pool)
        return NULL;
    pool->capacity = capacity;
    pool->board = shared_alloc(1, sizeof *pool->board + places * sizeof pool->board->start[0]);
    pool->in = shared_alloc(capacity, sizeof *pool->in);
    pool->out = shared_alloc(capacity, sizeof *pool->out);
    pool->error = shared_alloc(capacity, sizeof *pool->error);
    if (!pool->board || !pool->in || !pool->out || !pool->error) {
        pool_free(pool);
        errno = ENOMEM;
        return NULL;
    }
    pool->board->owner = getpid();
    sem_init(&pool->board->done, 1, 0);
    for (int i = 0; i < workers; i++)
        sem_init(&pool->board->start[i], 1, 0);
    return pool;
}

bool semaphore_wait(sem_t *semaphore, long ms)
{
    struct timespec until = clock_timespec(clock_wall() + ms * NS_PER_MS);

    return sem_clockwait(semaphore, CLOCK_MONOTONIC, &until) == 0;
}

void board_note_failure(struct board *board, size_t i)
{
    size_t lowest = atomic_load(&board->first_bad);

    while (i < lowest && !atomic_compare_exchange_weak(&board->first_bad, &lowest, i))
        ;
}
