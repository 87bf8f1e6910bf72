#include "tests/watch/quiet.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "common/clock.h"
#include "tests/watch/proc.h"

enum { MOST_PROCESSES = 4096 };

/* The process under test. Set before the test begins; its children inherit it. */
static int root;
/* A thread that watches, and is nobody's business; 0: none. */
static atomic_int watcher;

void quiet_leave_out_this_thread(void)
{
    atomic_store(&watcher, proc_self_thread());
}

void quiet_watch_this_process(void)
{
    int process = proc_self();

    if (process != -1)
        root = process;
}

/* A look while it is under way. */
struct around {
    struct quiet_look look;
    int process;  /* whose threads are looked at now */
    int left_out; /* the thread that does not count; -1: none */
    int *waiting; /* all processes found so far; the first ones have been looked at */
    size_t count;
};

static uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * 0x100000001b3u + 1;
}

/* What a thread had done when it was first looked at, and at the last look. */
struct seen {
    int id, looks;
    uint64_t first_sleeps, sleeps;
    int64_t first_ran, ran;
};

enum { MOST_SEEN = 1024 };

/* How the calling thread waits for all others to settle. */
static _Thread_local struct {
    bool active;
    int restless; /* threads that had no chance yet, at this look */
    size_t count;
    struct seen seen[MOST_SEEN];
} settling;

static struct seen *find_seen(int id)
{
    for (size_t i = 0; i < settling.count; i++)
        if (settling.seen[i].id == id)
            return &settling.seen[i];
    return NULL;
}

/* A thread is settled if it sleeps and has not run since the last look, or has had its chance. */
static void settle(int id, const struct proc_thread *thread, bool awake)
{
    const int64_t chance_ns = 10 * NS_PER_MS;
    const uint64_t chance_sleeps = 20;
    const int looks_at_unknown = 100; /* where nobody says how long it has run */
    struct seen *seen = find_seen(id);

    if (!seen) {
        settling.restless++;
        if (settling.count < MOST_SEEN)
            settling.seen[settling.count++] = (struct seen){
                id, 0, thread->voluntary, thread->voluntary, thread->ran_ns, thread->ran_ns};
        return;
    }
    if (thread->ran_ns == -1 && ++seen->looks > looks_at_unknown)
        return;
    if (thread->ran_ns - seen->first_ran < chance_ns &&
        thread->voluntary - seen->first_sleeps < chance_sleeps &&
        (awake || thread->voluntary != seen->sleeps || thread->ran_ns != seen->ran))
        settling.restless++;
    seen->sleeps = thread->voluntary;
    seen->ran = thread->ran_ns;
}

static bool is_awake(const struct proc_thread *thread)
{
    return strchr("SZXT", thread->state) == NULL;
}

static void add_thread(struct quiet_look *look, int id, const struct proc_thread *thread)
{
    look->threads++;
    look->awake += is_awake(thread);
    look->who = mix(look->who, (uint64_t)id);
    look->sleeps += thread->voluntary;
    look->switches = mix(look->switches, (uint64_t)id);
    look->switches = mix(look->switches, thread->voluntary);
    look->switches = mix(look->switches, thread->involuntary);
    /* A thread that calls waitpid with WNOHANG over and over is asleep for a large part of each
     * call, and while nobody else wants its CPU it is not switched. But its time on a CPU grows. */
    if (thread->ran_ns != -1)
        look->switches = mix(look->switches, (uint64_t)thread->ran_ns);
}

/* Adds children of a process or thread to the processes still to be looked at. `count` is how many
 * there are, or -1 with errno. */
static void add_children(struct around *around, ssize_t count, size_t room)
{
    if (count > 0)
        around->count += (size_t)count < room ? (size_t)count : room;
    else if (count == -1 && errno != ESRCH)
        around->look.unknown++;
}

/* Adds a thread to the look, and its children to the processes still to be looked at. */
static void look_at_thread(int id, void *context)
{
    struct around *around = context;
    size_t room = MOST_PROCESSES - around->count;
    struct proc_thread thread;

    if (id != around->left_out && id != atomic_load(&watcher)) {
        if (proc_read_thread(around->process, id, &thread) == 0) {
            add_thread(&around->look, id, &thread);
            if (settling.active)
                settle(id, &thread, is_awake(&thread));
        } else if (errno != ESRCH) {
            around->look.unknown++;
        }
    }
    add_children(around,
                 proc_read_children(around->process, id, around->waiting + around->count, room),
                 room);
}

/* If /proc is mounted with hidepid, it hides processes that made themselves undumpable, as some of
 * the judge's supervisors do. Their children it shows. */
static void look_behind(struct around *around)
{
    size_t before = around->count, room = MOST_PROCESSES - before;

    add_children(around, proc_scan_children(around->process, around->waiting + before, room), room);
    around->look.unknown += around->count == before;
}

/* Looks at a process and its descendants, except for one thread. */
static struct quiet_look look_around(int process, int left_out)
{
    static _Thread_local int waiting[MOST_PROCESSES];
    const int error = errno;
    struct around around = {.left_out = left_out, .waiting = waiting, .count = 1};

    waiting[0] = process;
    for (size_t i = 0; i < around.count; i++) {
        struct proc_usage usage;

        around.process = waiting[i];
        if (proc_each_thread(around.process, look_at_thread, &around)) {
            if (i == 0)
                look_behind(&around);
            else /* it is hidden; or it has ended meanwhile, and the next look knows more */
                around.look.unknown++;
        }
        if (proc_read_usage(around.process, &usage))
            continue;
        around.look.processes++;
        around.look.reaped += usage.reaped;
        around.look.cpu_ms += usage.cpu_ms;
        around.look.memory_kb += usage.memory_kb;
    }
    errno = error; /* a thread that ended meanwhile is no failure */
    return around.look;
}

struct quiet_look quiet_look(void)
{
    struct quiet_look look = look_around(root, proc_self_thread());
    struct timespec own;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    look.cpu_ms -= (own.tv_sec * NS_PER_S + own.tv_nsec) / NS_PER_MS;
    return look;
}

struct quiet_look quiet_look_at(int process)
{
    return look_around(process, -1);
}

void quiet_wait_briefly(const volatile _Atomic int *stop)
{
    const int looks_wanted = 3, pause_ms = 1;

    settling.count = 0;
    settling.active = true;
    quiet_look();
    for (int alike = 0; alike < looks_wanted && !(stop && *stop);) {
        clock_sleep(pause_ms * NS_PER_MS);
        settling.restless = 0;
        quiet_look();
        alike = settling.restless == 0 ? alike + 1 : 0;
    }
    settling.active = false;
}
