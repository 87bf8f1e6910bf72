#include "11-blocking-io/exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "common/clock.h"

void exchange_init(struct exchange *x, size_t index, long number, int file)
{
    int error = errno;

    *x = (struct exchange){.index = index,
                           .file = file,
                           .deadline = clock_wall() + fetch_get_plan().limit_ms * NS_PER_MS};
    snprintf(x->request, sizeof x->request, "%ld\n", number);
    errno = error;
}

short exchange_events(const struct exchange *x)
{
    return x->request[x->sent] ? POLLOUT : POLLIN;
}

void first_error_note(struct first_error *first, size_t index, int error)
{
    if (error && index < first->index)
        *first = (struct first_error){index, error};
}
