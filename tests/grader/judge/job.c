#include "tests/grader/judge/job.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/grader/judge/files.h"
#include "tests/grader/quiet.h"

/* Asleep for good: nobody awake at any look for so many looks, and next to no CPU time used. */
enum { ASLEEP_LOOKS = 2000 / JOB_LOOK_MS, ASLEEP_CPU_MS = 60 };
/* Or hardly ever awake over a longer time: it wakes up by a timer, looks, and sleeps again. */
enum { WINDOW_LOOKS = 10000 / JOB_LOOK_MS, WINDOW_AWAKE = WINDOW_LOOKS / 5 };

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
    if (job->why == JOB_RUNNING)
        job->why = why;
    job_kill(job);
}

void job_look(struct job *job)
{
    struct quiet_look look;

    if (job->end != JOB_RUNNING)
        return;
    look = quiet_look_at(job->supervisor);
    if (look.cpu_ms > job->cpu_ms)
        job->cpu_ms = look.cpu_ms;

    job->asleep = look.awake == 0 ? job->asleep + 1 : 0;
    if (job->asleep <= 1)
        job->cpu_mark = look.cpu_ms;
    if (look.cpu_ms - job->cpu_mark > ASLEEP_CPU_MS)
        job->asleep = 0;
    job->awake += look.awake > 0;
    if (++job->looks == WINDOW_LOOKS) {
        if (job->awake < WINDOW_AWAKE)
            end_it(job, JOB_ASLEEP);
        job->looks = job->awake = 0;
    }
    if (job->asleep > ASLEEP_LOOKS)
        end_it(job, JOB_ASLEEP);
    if (job->cpu_limit_ms && job->cpu_ms > job->cpu_limit_ms)
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
    /* A namespace ends with its supervisor. Without one the supervisor has to live and to sweep: it
     * does so when the program is dead. */
    if (job->isolated || files_signal_descendants(job->supervisor, SIGKILL) == 0)
        kill(job->supervisor, SIGKILL);
}

void job_finish(struct job *job)
{
    struct sandbox_end message;
    ssize_t length;

    do
        length = read(job->ending, &message, sizeof message);
    while (length == -1 && errno == EINTR);
    close(job->ending);
    while (waitpid(job->supervisor, NULL, 0) == -1 && errno == EINTR)
        ;
    job->supervisor = 0;
    if (job->why != JOB_RUNNING)
        job->end = job->why;
    else if (length != (ssize_t)sizeof message)
        job->end = JOB_LOST;
    else if (message.error)
        job->end = JOB_NO_START;
    else
        job->end = JOB_EXITED;
    if (job->end == JOB_EXITED || job->end == JOB_NO_START)
        job->status = message.error ? message.error : message.status;
}
