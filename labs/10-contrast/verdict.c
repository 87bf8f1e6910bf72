#include "10-contrast/verdict.h"

#include <stdio.h>
#include <string.h>

/* Where "no faster" ends and where "faster" begins, in times serial's speed. Between them, and
 * wherever figures contradict what a lock can do, the run shows nothing. */
#define NO_FASTER 1.15
#define FASTER    1.3

/* Of the speedup without a lock, the share that waiting threads must reach under it. */
#define AS_GOOD 0.8

const char *const verdict_go_on[] = {
    "How far threads pay off under the lock, with real I/O: make run LAB=11",
    "Why there is a lock, and what it costs to do without: make run LAB=12",
    NULL,
};

/* If an engine failed or disagrees: says which, in place of a verdict, and returns true. */
static bool spoilt(const struct workload *work, char sentence[VERDICT_SIZE])
{
    char which[VERDICT_SIZE - 64] = "";

    for (int i = 0; i < ENGINES; i++) {
        const char *problem = engine_problem(work->rows, i);
        size_t length = strlen(which);

        if (problem)
            snprintf(which + length, sizeof which - length, "%s%s: %s", length > 0 ? "; " : "",
                     engines[i].name, problem);
    }
    if (which[0])
        snprintf(sentence, VERDICT_SIZE, "%s: no verdict on this run (%s).", work->subject, which);
    return which[0];
}

void verdict_computing(const struct workload *work, int cpus, char sentence[VERDICT_SIZE])
{
    const struct contrast_row *rows = work->rows;
    double locked = rows[ENGINE_LOCKED].speedup;
    double threads = rows[ENGINE_THREADS].speedup;
    double pool = rows[ENGINE_POOL].speedup;
    char figures[128];

    if (spoilt(work, sentence))
        return;
    snprintf(figures, sizeof figures,
             "threads+lock ran at %.2f times serial's speed, threads at %.2f, pool at %.2f", locked,
             threads, pool);
    if (locked <= NO_FASTER && threads >= FASTER && threads >= locked * FASTER)
        snprintf(sentence, VERDICT_SIZE,
                 "Computing: under the lock, which changed hands %lu times, %d threads were no "
                 "faster than one (%.2f times serial's speed); without it they ran at %.2f times, "
                 "a pool of processes at %.2f times serial's speed.",
                 rows[ENGINE_LOCKED].counted, work->workers, locked, threads, pool);
    else if (work->workers == 1)
        snprintf(sentence, VERDICT_SIZE,
                 "Computing: %s; with one worker there is nobody to wait for, so this run says "
                 "nothing about the lock.",
                 figures);
    else if (locked <= NO_FASTER && cpus == 1)
        snprintf(sentence, VERDICT_SIZE,
                 "Computing: %s; there is one usable CPU, so nothing can compute at the same time, "
                 "and what the lock takes away cannot be seen.",
                 figures);
    else if (locked <= NO_FASTER)
        snprintf(sentence, VERDICT_SIZE,
                 "Computing: %s; even without the lock there was little to gain, so this run does "
                 "not show what the lock takes away (is the machine busy, or its quota small?).",
                 figures);
    else
        snprintf(sentence, VERDICT_SIZE,
                 "Computing: %s; threads that compute one at a time cannot beat serial, so serial "
                 "was disturbed and this run shows nothing: try again.",
                 figures);
}

void verdict_waiting(const struct workload *work, char sentence[VERDICT_SIZE])
{
    const struct contrast_row *rows = work->rows;
    double locked = rows[ENGINE_LOCKED].speedup;
    double threads = rows[ENGINE_THREADS].speedup;

    if (spoilt(work, sentence))
        return;
    if (threads < FASTER)
        snprintf(sentence, VERDICT_SIZE,
                 "%s: threads ran at %.2f times serial's speed and threads+lock at %.2f; even "
                 "without the lock waits hardly overlapped, so this run says nothing about it.",
                 work->subject, threads, locked);
    else if (locked >= AS_GOOD * threads)
        snprintf(sentence, VERDICT_SIZE,
                 "%s: whoever blocks lets go of the lock, so %d threads under it ran at %.2f "
                 "times serial's speed, and without it at %.2f times.",
                 work->subject, work->workers, locked, threads);
    else
        snprintf(sentence, VERDICT_SIZE,
                 "%s: %d threads ran at %.2f times serial's speed, but under the lock only at "
                 "%.2f times: on this run it kept threads from waiting at the same time.",
                 work->subject, work->workers, threads, locked);
}
