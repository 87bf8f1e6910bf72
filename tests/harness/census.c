#include "tests/harness/census.h"

#include <malloc.h>

#include "tests/harness/grader.h"
#include "tests/watch/proc.h"
#include "tests/harness/wording.h"

/* What is not known counts as none. */
static int or_none(int count)
{
    return count == -1 ? 0 : count;
}

/* Before glibc 2.33 there was only one that counts in int: enough for what a test allocates. */
size_t census_heap(void)
{
#if __GLIBC_PREREQ(2, 33)
    return mallinfo2().uordblks;
#else
    return (size_t)mallinfo().uordblks;
#endif
}

struct census census_take(void)
{
    return (struct census){.children = or_none(proc_count_children()),
                           .descriptors = or_none(proc_count_descriptors()),
                           .mappings = or_none(proc_count_shared_mappings()),
                           .heap = census_heap()};
}

static void expect_no_more(int before, int after, const char *things, const char *what, int calls)
{
    expect(after <= before,
           "After %s of %s there should be no more %s than before (%d), but now the number is %d.",
           plural(calls, "call"), what, things, before, after);
}

void census_expect_same(struct census before, struct census after, const char *what, int calls)
{
    expect_no_more(before.children, after.children, "child processes (running or not yet reaped)",
                   what, calls);
    expect_no_more(before.descriptors, after.descriptors, "open file descriptors", what, calls);
    expect_no_more(before.mappings, after.mappings, "shared memory mappings", what, calls);
}

bool census_heap_grew(struct census before, struct census after)
{
    return after.heap >= before.heap + 1000;
}

void census_expect_heap(struct census before, struct census after, const char *what, int calls)
{
    expect(!census_heap_grew(before, after),
           "After %s of %s there are %zu more bytes of the heap in use. Is all that was allocated "
           "freed, on every path?",
           plural(calls, "call"), what, after.heap - before.heap);
}
