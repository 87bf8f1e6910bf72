#include "common/trace.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"

/* In shared memory. */
struct trace {
    atomic_size_t claimed;       /* events asked for; may grow past capacity */
    size_t capacity;             /* fixed before the first worker is made */
    struct trace_event events[]; /* each written by the one worker that claimed it */
};

/* Changed only while there are no workers; children copy it. */
static struct trace *current;

/* What the calling thread is doing. A forked child finds a copy of its parent's: see
 * notice_fork. */
static _Thread_local struct {
    pid_t pid, tid;
    int64_t since;
    enum trace_state state;
} me;

int trace_open(size_t capacity)
{
    size_t bytes;

    if (current) {
        errno = EBUSY;
        return -1;
    }
    if (capacity == 0) {
        errno = EINVAL;
        return -1;
    }
    if (__builtin_mul_overflow(capacity, sizeof(struct trace_event), &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct trace), &bytes)) {
        errno = ENOMEM;
        return -1;
    }
    current = shared_alloc(1, bytes);
    if (!current)
        return -1;
    current->capacity = capacity;
    return 0;
}

void trace_close(void)
{
    shared_free(current);
    current = NULL;
}

static void notice_fork(void)
{
    pid_t pid = getpid();

    if (me.pid == pid)
        return;
    me.pid = pid;
    me.tid = gettid();
    me.state = TRACE_IDLE;
}

enum trace_state trace_enter(enum trace_state state)
{
    enum trace_state before;
    int64_t now;

    if (!current)
        return TRACE_IDLE;
    notice_fork();
    now = clock_wall();
    before = me.state;
    if (before != TRACE_IDLE) {
        size_t at = atomic_fetch_add_explicit(&current->claimed, 1, memory_order_relaxed);

        if (at < current->capacity)
            current->events[at] = (struct trace_event){
                .begin = me.since, .end = now, .pid = me.pid, .tid = me.tid, .state = before};
    }
    me.state = state;
    me.since = now;
    return before;
}

void trace_begin(void)
{
    trace_enter(TRACE_COMPUTING);
}

void trace_end(void)
{
    trace_enter(TRACE_IDLE);
}

static int by_begin(const void *a, const void *b)
{
    int64_t left = ((const struct trace_event *)a)->begin;
    int64_t right = ((const struct trace_event *)b)->begin;

    return (left > right) - (left < right);
}

/* A worker killed between claiming an event and writing it leaves one that is all zero. Moves these
 * to the end, where the next look finds them again. */
static size_t drop_unwritten(struct trace_event *events, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (events[i].end > 0)
            events[kept++] = events[i];
    memset(events + kept, 0, (count - kept) * sizeof *events);
    return kept;
}

const struct trace_event *trace_events(size_t *count, size_t *lost)
{
    size_t claimed = current ? atomic_load(&current->claimed) : 0;
    size_t written = current && claimed > current->capacity ? current->capacity : claimed;

    if (lost)
        *lost = claimed - written;
    *count = 0;
    if (!current)
        return NULL;
    *count = drop_unwritten(current->events, written);
    qsort(current->events, *count, sizeof(struct trace_event), by_begin);
    return current->events;
}
