#include "common/clock.h"

#include <errno.h>
#include <sys/resource.h>

struct timespec clock_timespec(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}

int64_t clock_wall(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t timeval_ns(struct timeval t)
{
    return t.tv_sec * NS_PER_S + t.tv_usec * 1000LL;
}

int64_t clock_cpu(void)
{
    struct rusage self, children;

    getrusage(RUSAGE_SELF, &self);
    getrusage(RUSAGE_CHILDREN, &children);
    return timeval_ns(self.ru_utime) + timeval_ns(self.ru_stime) + timeval_ns(children.ru_utime) +
           timeval_ns(children.ru_stime);
}

/* Sleeps until a moment, not for a length: a signal then costs nothing of the sleep. */
void clock_sleep(int64_t ns)
{
    struct timespec until = clock_timespec(clock_wall() + ns);

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}
