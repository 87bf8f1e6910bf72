/* How long to wait until all are asleep, whatever that is to mean. */
#include <poll.h>
#include <stddef.h>

#include "common/clock.h"
#include "tests/watch/quiet.h"

static bool is_set(const volatile _Atomic int *stop)
{
    return stop && *stop;
}

/* Somebody who naps and looks again and again is switched between any two looks. So it is quiet
 * also if next to all of many looks saw nobody awake, and next to no CPU time was used. */
static bool only_naps(int *asleep, int64_t *cpu_mark, const struct quiet_look *now)
{
    const int looks_wanted = 40, looks_taken_back = 2, cpu_allowed_ms = 60;

    if (quiet_all_asleep(now))
        ++*asleep;
    else
        *asleep = *asleep > looks_taken_back ? *asleep - looks_taken_back : 0;
    if (*asleep == 0 || now->cpu_ms - *cpu_mark > cpu_allowed_ms) {
        *asleep = 0;
        *cpu_mark = now->cpu_ms;
    }
    return *asleep >= looks_wanted;
}

/* CPU time and sleeps are the same on an idle machine and on a busy one. */
static bool has_napped(const struct quiet_look *first, const struct quiet_look *now)
{
    return (int64_t)(now->sleeps - first->sleeps) >= now->cpu_ms - first->cpu_ms;
}

static bool wait_asleep(const volatile _Atomic int *stop, bool may_nap)
{
    const int looks_wanted = 3, pause_ms = 10, cpu_allowed_ms = 1000;
    struct quiet_look first = quiet_look(), before = first;
    int64_t cpu_mark = first.cpu_ms;
    int asleep = 0;

    for (int alike = 0; alike < looks_wanted && !is_set(stop);) {
        struct quiet_look now;

        clock_sleep(pause_ms * NS_PER_MS);
        now = quiet_look();
        alike = quiet_all_asleep(&now) && now.switches == before.switches ? alike + 1 : 0;
        if (now.cpu_ms - first.cpu_ms > cpu_allowed_ms)
            return may_nap && has_napped(&first, &now);
        if (only_naps(&asleep, &cpu_mark, &now))
            return true;
        before = now;
    }
    return true;
}

bool quiet_wait(const volatile _Atomic int *stop)
{
    return wait_asleep(stop, false);
}

bool quiet_wait_or_nap(const volatile _Atomic int *stop)
{
    return wait_asleep(stop, true);
}

/* A parent that sleeps and looks for dead children now and then is seen awake at some looks, and on
 * a busy machine at many, as it waits for a CPU each time. So a look that sees somebody awake does
 * not start the count again: it takes back two of the others. Up to a third of all looks may be
 * such. */
static bool wait_hopeless(const volatile _Atomic int *stop, int file, int looks_wanted)
{
    const int looks_taken_back = 2, pause_ms = 20, cpu_allowed_ms = 60;
    struct quiet_look first = quiet_look(), before = first;

    for (int asleep = 0, looks = 1; asleep < looks_wanted; looks++) {
        struct pollfd news = {.fd = file, .events = POLLIN}; /* poll(2) ignores a file of -1 */
        struct quiet_look now;

        if (is_set(stop) || poll(&news, 1, pause_ms) > 0)
            return false;
        now = quiet_look();
        if (quiet_all_asleep(&now))
            asleep++;
        else
            asleep = asleep > looks_taken_back ? asleep - looks_taken_back : 0;
        if (now.cpu_ms - first.cpu_ms > cpu_allowed_ms || quiet_has_gone_on(&before, &now))
            asleep = 0;
        before = now;
        if (asleep == 0 || looks % looks_wanted == 0)
            first = now;
    }
    return true;
}

bool quiet_wait_hopeless(const volatile _Atomic int *stop)
{
    return wait_hopeless(stop, -1, 75);
}

bool quiet_wait_hopeless_unless(int file)
{
    return wait_hopeless(NULL, file, 75);
}

bool quiet_wait_hung(const volatile _Atomic int *stop)
{
    return wait_hopeless(stop, -1, 150);
}
