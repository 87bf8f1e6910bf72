#include "tests/judge/job.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/judge/sleepers.h"
#include "tests/watch/processes.h"
#include "tests/watch/quiet.h"

/* Asleep for good: so many looks in a row saw nobody awake, and next to no CPU time was used. A
 * test that finds this out itself (quiet_wait_hopeless) can say more about it, and needs less than
 * half as long. */
enum { ASLEEP_LOOKS = 4000 / JOB_LOOK_MS, ASLEEP_CPU_MS = 60 };
/* Or hardly ever awake over a longer time: a timer wakes it up, it looks, and sleeps again. If it
 * uses some CPU time all the same it may be at work, and nap in between, as a parent does that
 * looks for its children now and then: that may go on for longer, but not for ever. */
enum { WINDOW_LOOKS = 10000 / JOB_LOOK_MS, WINDOW_AWAKE = WINDOW_LOOKS / 5 };
enum { AT_WORK_MS = 100, MOST_DROWSY = 6 };
/* A parent that naps between its children may use less. As long as children begin or end it is at
 * work; one that goes on so without end is ended, too. */
enum { MOST_NAPPING = 20 };
/* Or seemingly awake (as if it waited for a disk), but no CPU time used at all. */
enum { IDLE_LOOKS = 20000 / JOB_LOOK_MS };
/* Or awake for many times as long as the CPU time it may use: it has found a way to hide its use.
 */
enum { AWAKE_FACTOR = 5 };
/* Or out of sight, after it was seen at first: it hides itself. */
enum { UNSEEN_LOOKS = 120000 / JOB_LOOK_MS };

void job_start(struct job *job, const struct sandbox *sandbox)
{
    *job = (struct job){.cpu_limit_ms = (int64_t)sandbox->cpu_s * 1000 * JOB_CPU_FACTOR,
                        .isolated = sandbox->isolate && !sandbox->trusted};
    job->supervisor = sandbox_start(sandbox, &job->ending);
    if (job->supervisor == -1)
        *job = (struct job){.end = JOB_NO_START, .status = errno, .ending = -1};
}

static void end_it(struct job *job, enum job_end why)
{
    if (job->why == JOB_RUNNING && why == JOB_ASLEEP) /* supervisor, init, the test's process */
        sleepers_describe(job->supervisor, job->isolated ? 2 : 1, job->sleepers,
                          sizeof job->sleepers);
    if (job->why == JOB_RUNNING)
        job->why = why;
    job_kill(job);
}

/* The CPU time seen can shrink: children that end while their parent ignores SIGCHLD are gone, and
 * nobody is told what they used. It is added here. A single look may miss somebody, so the larger
 * of two looks counts. */
static void count_cpu(struct job *job, int64_t now_ms)
{
    int64_t seen_ms = now_ms > job->seen_ms[0] ? now_ms : job->seen_ms[0];

    if (seen_ms < job->seen_ms[1])
        job->lost_ms += job->seen_ms[1] - seen_ms;
    job->seen_ms[0] = now_ms;
    job->seen_ms[1] = seen_ms;
    if (seen_ms + job->lost_ms > job->cpu_ms)
        job->cpu_ms = seen_ms + job->lost_ms;
}

/* How much CPU time it may have used since the last look, seen or unseen. Where the same threads
 * are there as then, it is what they have used: on a machine that gives them little they may be
 * awake for long and use next to nothing. Who is new, or gone, may have used all the time. */
static int64_t possible_use(const struct job *job, const struct quiet_look *look, int64_t used_ms)
{
    if (look->awake == 0)
        return 0;
    return look->who == job->who && used_ms < JOB_LOOK_MS ? used_ms : JOB_LOOK_MS;
}

/* Who cannot be seen is not asleep, nor idle. But even that must have an end. */
static void note_sight(struct job *job, bool all_seen)
{
    job->seen |= all_seen;
    job->unseen = all_seen ? 0 : job->unseen + 1;
    if (job->unseen > UNSEEN_LOOKS)
        end_it(job, job->seen ? JOB_HIDDEN : JOB_UNSEEN);
}

/* Whether children or threads have begun or ended since the last look: then nothing hangs. */
static bool has_gone_on(struct job *job, const struct quiet_look *look)
{
    const struct quiet_look before = {.who = job->who, .reaped = job->reaped};

    job->who = look->who;
    job->reaped = look->reaped;
    return quiet_has_gone_on(&before, look);
}

/* At the end of a window: whether hardly anybody was awake in so many, and too little was done. */
static bool is_drowsy(struct job *job)
{
    const bool busy = job->cpu_ms - job->window_ms >= AT_WORK_MS;

    job->drowsy = job->awake < WINDOW_AWAKE ? job->drowsy + 1 : 0;
    if (job->drowsy == 0)
        return false;
    return job->drowsy > (job->went_on ? MOST_NAPPING : busy ? MOST_DROWSY : 0);
}

void job_look(struct job *job)
{
    struct quiet_look look;
    int64_t used_ms;
    bool went_on;

    if (job->end != JOB_RUNNING)
        return;
    look = quiet_look_at(job->supervisor);
    used_ms = job->cpu_ms;
    count_cpu(job, look.cpu_ms);
    used_ms = job->cpu_ms - used_ms;
    note_sight(job, look.unknown == 0);

    job->awake_ms += possible_use(job, &look, used_ms);
    went_on = has_gone_on(job, &look);
    job->went_on |= went_on;
    job->asleep = quiet_all_asleep(&look) && !went_on ? job->asleep + 1 : 0;
    if (job->asleep <= 1)
        job->sleep_mark = job->cpu_ms;
    if (job->cpu_ms - job->sleep_mark > ASLEEP_CPU_MS)
        job->asleep = 0;
    job->idle = job->cpu_ms == job->idle_mark && look.unknown == 0 ? job->idle + 1 : 0;
    job->idle_mark = job->cpu_ms;
    job->awake += !quiet_all_asleep(&look);
    if (++job->looks == WINDOW_LOOKS) {
        if (is_drowsy(job))
            end_it(job, JOB_ASLEEP);
        job->looks = job->awake = 0;
        job->went_on = false;
        job->window_ms = job->cpu_ms;
    }
    if (job->asleep > ASLEEP_LOOKS || job->idle > IDLE_LOOKS)
        end_it(job, JOB_ASLEEP);
    if (job->cpu_limit_ms &&
        (job->cpu_ms > job->cpu_limit_ms || job->awake_ms > AWAKE_FACTOR * job->cpu_limit_ms))
        end_it(job, JOB_CPU);
    if (look.memory_kb > JOB_MEMORY_KB)
        end_it(job, JOB_MEMORY);
    if (look.processes > JOB_PROCESSES_MOST)
        end_it(job, JOB_PROCESSES);
}

void job_kill(struct job *job)
{
    if (job->end != JOB_RUNNING || job->supervisor <= 0)
        return;
    /* A namespace ends with its supervisor. Without a namespace the supervisor must live on, as it
     * sweeps once the program is dead. */
    if (job->isolated || processes_signal_descendants(job->supervisor, SIGKILL) <= 0)
        kill(job->supervisor, SIGKILL);
}

void job_finish(struct job *job)
{
    struct sandbox_end message;
    ssize_t length;
    int status = 0;

    do
        length = read(job->ending, &message, sizeof message);
    while (length == -1 && errno == EINTR);
    close(job->ending);
    while (waitpid(job->supervisor, &status, 0) == -1 && errno == EINTR)
        ;
    job->supervisor = 0;
    if (job->why != JOB_RUNNING)
        job->end = job->why;
    else if (length != (ssize_t)sizeof message)
        job->end = WIFEXITED(status) && WEXITSTATUS(status) ? JOB_NO_START : JOB_LOST;
    else if (message.orphans)
        job->end = JOB_PROCESSES;
    else
        job->end = message.error ? JOB_NO_EXEC : JOB_EXITED;
    if (job->end == JOB_EXITED)
        job->status = message.status;
    else if (job->end == JOB_NO_EXEC)
        job->status = message.error;
    else
        job->status = WEXITSTATUS(status);
}
