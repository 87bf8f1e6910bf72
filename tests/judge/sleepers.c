#include "tests/judge/sleepers.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "tests/watch/proc.h"

enum { MOST_CHILDREN = 64, MOST_KINDS = 8, DEEPEST = 8 };

enum role { THE_PROCESS, ITS_THREADS, CHILDREN, ROLES };

/* In the present tense, for one and for several. */
static const struct wait {
    const char *one, *several;
} futex = {"waits for a lock, a semaphore or a condition variable",
           "wait for a lock, a semaphore or a condition variable"},
  child = {"waits for a child process to end", "wait for a child process to end"},
  reading = {"waits in read, for something to be written", "wait in read, for something to be "
                                                           "written"},
  writing = {"waits in write, for room", "wait in write, for room"},
  polling = {"waits in poll or select, for a descriptor to be ready",
             "wait in poll or select, for a descriptor to be ready"},
  sleeping = {"sleeps for a while (nanosleep)", "sleep for a while (nanosleep)"},
  signalled = {"waits for a signal", "wait for a signal"},
  elsewhere = {"sleeps in another call", "sleep in other calls"};

static const struct wait *wait_of(long call)
{
    switch (call) {
    case SYS_futex:
        return &futex;
    case SYS_wait4:
    case SYS_waitid:
        return &child;
    case SYS_read:
    case SYS_readv:
    case SYS_recvfrom:
    case SYS_recvmsg:
        return &reading;
    case SYS_write:
    case SYS_writev:
    case SYS_sendto:
    case SYS_sendmsg:
        return &writing;
#ifdef SYS_poll
    case SYS_poll:
    case SYS_select:
    case SYS_epoll_wait:
#endif
    case SYS_ppoll:
    case SYS_pselect6:
    case SYS_epoll_pwait:
        return &polling;
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
        return &sleeping;
#ifdef SYS_pause
    case SYS_pause:
#endif
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait:
        return &signalled;
    default:
        return &elsewhere;
    }
}

/* How many sleep in what. */
struct sleepers {
    const struct wait *waits[ROLES][MOST_KINDS];
    int counts[ROLES][MOST_KINDS];
};

static void count(struct sleepers *sleepers, enum role role, const struct wait *wait)
{
    for (int kind = 0; kind < MOST_KINDS; kind++) {
        if (!sleepers->waits[role][kind])
            sleepers->waits[role][kind] = wait;
        if (sleepers->waits[role][kind] == wait) {
            sleepers->counts[role][kind]++;
            return;
        }
    }
}

struct visit {
    struct sleepers *sleepers;
    int process, generation; /* 0: the test's process; less: above it */
};

static void visit_process(struct sleepers *sleepers, int process, int generation);

static void visit_thread(int thread, void *context)
{
    const struct visit *visit = context;
    int children[MOST_CHILDREN];
    ssize_t known = proc_read_children(visit->process, thread, children, MOST_CHILDREN);
    long call = proc_read_call(visit->process, thread);

    if (visit->generation >= 0 && call >= 0)
        count(visit->sleepers,
              visit->generation > 0      ? CHILDREN
              : thread != visit->process ? ITS_THREADS
                                         : THE_PROCESS,
              wait_of(call));
    for (ssize_t i = 0; i < known && i < MOST_CHILDREN; i++)
        visit_process(visit->sleepers, children[i], visit->generation + 1);
}

static void visit_process(struct sleepers *sleepers, int process, int generation)
{
    struct visit visit = {sleepers, process, generation};

    if (generation < DEEPEST)
        proc_each_thread(process, visit_thread, &visit);
}

void sleepers_describe(int ancestor, int depth, char text[], size_t size)
{
    static const char *const one[] = {"The test's process %s.", "Another thread of it %s.",
                                      "A child process %s."};
    static const char *const several[] = {"", "%d other threads of it %s.",
                                          "%d child processes %s."};
    struct sleepers sleepers = {0};
    size_t length = 0;

    text[0] = '\0';
    visit_process(&sleepers, ancestor, -depth);
    for (int role = 0; role < ROLES; role++)
        for (int kind = 0; kind < MOST_KINDS && sleepers.waits[role][kind]; kind++) {
            const struct wait *wait = sleepers.waits[role][kind];
            int many = sleepers.counts[role][kind];

            if (length + 1 >= size)
                return;
            text[length++] = ' ';
            if (many == 1)
                length += (size_t)snprintf(text + length, size - length, one[role], wait->one);
            else
                length += (size_t)snprintf(text + length, size - length, several[role], many,
                                           wait->several);
        }
}
