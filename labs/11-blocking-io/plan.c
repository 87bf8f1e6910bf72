#include "11-blocking-io/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/interp.h"
#include "common/trace.h"

/* Set before any worker is made. */
static struct fetch_plan current;

void fetch_set_plan(struct fetch_plan plan)
{
    current = plan;
}

struct fetch_plan fetch_get_plan(void)
{
    return current;
}

long fetch_compute(long value, long rounds)
{
    const enum trace_state before = trace_enter(TRACE_COMPUTING);
    unsigned long mixed = (unsigned long)value;

    for (long i = 0; i < rounds; i++) {
        mixed = mixed * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
        interp_tick();
    }
    trace_enter(before);
    return (long)mixed;
}

int fetch_use_answer(const char *answer, size_t length, long *out)
{
    size_t minus = *answer == '-', digits = strspn(answer + minus, "0123456789");
    int kept = errno, overflow;
    long number;

    errno = 0;
    number = strtol(answer, NULL, 10);
    overflow = errno;
    errno = kept;
    if (overflow || digits == 0 || minus + digits != length)
        return EBADMSG;
    *out = fetch_compute(number, current.rounds);
    return 0;
}
