#include "tests/judge/grade.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/judge/evidence.h"
#include "tests/judge/files.h"
#include "tests/judge/job.h"
#include "tests/judge/verdict.h"

enum { MOST_AT_ONCE = 64, HANGS_ALLOWED = 2 };
/* What is kept of what a test prints. */
enum { MOST_OUTPUT = 1 << 20 };

/* A program that runs: a lab's build, or one of its tests. */
struct run {
    struct lab *lab;   /* NULL: the place is free */
    struct test *test; /* NULL: the build */
    struct job job;
    struct evidence evidence;
};

/* How far a lab has got. */
enum stage { TO_BUILD, BUILDING, TESTING, DONE };

static struct run runs[MOST_AT_ONCE];
static enum stage *stages; /* of each lab */
static volatile sig_atomic_t stopped;

void grade_stop(void)
{
    stopped = 1;
}

/* What a program under judgement finds in its environment: nothing of the caller's. */
static char *const clean_environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                          "HOME=/tmp", "OMP_WAIT_POLICY=passive", NULL};

static void cannot_start(struct run *run)
{
    run->job = (struct job){.end = JOB_NO_START, .status = errno, .ending = -1};
}

static void start_build(const struct grading *grading, struct run *run)
{
    extern char **environ;
    char output[PATH_MAX + 8], folder[PATH_MAX];
    char *argv[] = {"sh", "tests/judge/build.sh", run->lab->name, run->lab->source, folder, NULL};
    struct sandbox sandbox = {.program = "/bin/sh",
                              .argv = argv,
                              .envp = environ,
                              .output = output,
                              .report = -1,
                              .trusted = true,
                              .cpu_s = 6,
                              .address_space = (int64_t)4 << 30,
                              .file_size = (int64_t)64 << 20};

    snprintf(folder, sizeof folder, "%s/%s", grading->out, run->lab->name);
    snprintf(output, sizeof output, "%s.build", folder);
    if (files_make_folder(folder))
        cannot_start(run);
    else
        job_start(&run->job, &sandbox);
}

static void start_test(const struct grading *grading, struct run *run)
{
    char output[PATH_MAX], number[16];
    char *argv[] = {run->lab->name,
                    "--test",
                    run->test->name,
                    "--report",
                    number,
                    grading->thorough ? "--thorough" : NULL,
                    NULL};
    struct sandbox sandbox = {.program = run->lab->suite,
                              .argv = argv,
                              .envp = clean_environment,
                              .output = output,
                              .isolate = grading->isolate,
                              .cpu_s = 4,
                              .address_space = (int64_t)4 << 30,
                              .file_size = (int64_t)64 << 20,
                              .processes = 160};

    if (getenv("COMPILE") && strstr(getenv("COMPILE"), "clang"))
        sandbox.cpu_s = 20; /* libomp: a thread that waits for a lock or at critical spins */
    if (getenv("SAN") && *getenv("SAN")) /* the sanitisers map terabytes, and are slower */
        sandbox.address_space = 0, sandbox.cpu_s = 60;
    snprintf(output, sizeof output, "%s/%s/%s.txt", grading->out, run->lab->name, run->test->name);
    snprintf(number, sizeof number, "%d", SANDBOX_REPORT);
    if (evidence_open(&run->evidence, &sandbox.report)) {
        cannot_start(run);
        return;
    }
    job_start(&run->job, &sandbox);
    close(sandbox.report);
}

static void keep_output_small(const struct grading *grading, const struct run *run)
{
    char path[PATH_MAX];
    struct stat file;

    snprintf(path, sizeof path, "%s/%s/%s.txt", grading->out, run->lab->name, run->test->name);
    if (stat(path, &file) == 0 && file.st_size > MOST_OUTPUT && truncate(path, MOST_OUTPUT))
        perror(path);
}

static void finish(struct grading *grading, struct run *run)
{
    size_t lab = (size_t)(run->lab - grading->labs);

    if (run->job.end == JOB_RUNNING)
        job_finish(&run->job);
    if (run->job.end == JOB_NO_START && !stopped) {
        fprintf(stderr, "\njudge: cannot start what is to be judged: %s\n",
                strerror(run->job.status));
        stopped = 1;
    }
    if (run->test) {
        evidence_read(&run->evidence);
        evidence_close(&run->evidence);
        keep_output_small(grading, run);
        run->lab->hangs += verdict_on_test(run->test, &run->job, &run->evidence);
    } else if (verdict_on_build(run->lab, &run->job, grading->out) == 0) {
        stages[lab] = TESTING;
    } else {
        stages[lab] = DONE;
        for (size_t i = 0; i < run->lab->count; i++)
            test_decide(&run->lab->tests[i], OUTCOME_NOT_RUN, "%s could not be built",
                        run->lab->source);
        if (grading->lab_done)
            grading->lab_done(grading, run->lab);
    }
    run->lab = NULL;
}

static bool is_running(const struct lab *lab, const struct test *test)
{
    for (size_t i = 0; i < MOST_AT_ONCE; i++)
        if (runs[i].lab == lab && runs[i].test == test)
            return true;
    return false;
}

static size_t how_many_running(const struct lab *lab)
{
    size_t count = 0;

    for (size_t i = 0; i < MOST_AT_ONCE; i++)
        count += runs[i].lab == lab;
    return count;
}

/* Finds the next test of a lab to run. After too many hangs there is none; after a first one, as
 * few are under way at once as might hang yet. */
static struct test *next_test(struct lab *lab)
{
    if (lab->hangs == 1 && how_many_running(lab) > 0)
        return NULL;
    for (size_t i = 0; i < lab->count; i++) {
        struct test *test = &lab->tests[i];

        if (test->outcome != OUTCOME_PENDING || is_running(lab, test))
            continue;
        if (lab->hangs < HANGS_ALLOWED)
            return test;
        test_decide(test, OUTCOME_NOT_RUN,
                    "not run, as %d tests of this lab had to be ended already", HANGS_ALLOWED);
    }
    return NULL;
}

/* Puts the next thing to do into a free place: for the lab of which the least is under way, so that
 * tests that hang hang side by side, and are few. Returns false if there is nothing to start now. */
static bool start_next(struct grading *grading, struct run *run)
{
    size_t least = SIZE_MAX, chosen = 0;
    struct test *chosen_test = NULL;

    for (size_t i = 0; i < grading->count; i++) {
        struct lab *lab = &grading->labs[i];
        size_t running = how_many_running(lab);
        struct test *test = stages[i] == TESTING ? next_test(lab) : NULL;

        if (stages[i] == TESTING && !test && running == 0) {
            stages[i] = DONE;
            if (grading->lab_done)
                grading->lab_done(grading, lab);
        }
        if ((stages[i] == TO_BUILD || test) && running < least) {
            least = running;
            chosen = i;
            chosen_test = test;
        }
    }
    if (least == SIZE_MAX)
        return false;
    *run = (struct run){.lab = &grading->labs[chosen], .test = chosen_test, .evidence.socket = -1};
    if (chosen_test) {
        start_test(grading, run);
    } else {
        stages[chosen] = BUILDING;
        start_build(grading, run);
    }
    return true;
}

static void show_progress(const struct grading *grading)
{
    size_t done = 0, all = 0;

    for (size_t i = 0; i < grading->count; i++) {
        all += 1 + grading->labs[i].count;
        done += stages[i] > BUILDING;
        for (size_t j = 0; j < grading->labs[i].count; j++)
            done += grading->labs[i].tests[j].outcome != OUTCOME_PENDING;
    }
    if (grading->progress)
        grading->progress(done, all);
}

/* Waits for whatever happens first, and deals with it. */
static void wait_for_news(struct grading *grading, int64_t *next_look)
{
    struct pollfd polls[2 * MOST_AT_ONCE];
    struct run *of[2 * MOST_AT_ONCE];
    nfds_t count = 0;
    int64_t left = (*next_look - clock_wall()) / NS_PER_MS;

    for (size_t i = 0; i < MOST_AT_ONCE; i++) {
        if (!runs[i].lab)
            continue;
        of[count] = &runs[i];
        polls[count++] = (struct pollfd){.fd = runs[i].job.ending, .events = POLLIN};
        of[count] = &runs[i];
        polls[count++] = (struct pollfd){.fd = runs[i].evidence.socket, .events = POLLIN};
    }
    poll(polls, count, left > 0 ? (int)left + 1 : 0);
    if (clock_wall() >= *next_look) {
        for (size_t i = 0; i < MOST_AT_ONCE; i++)
            if (runs[i].lab)
                job_look(&runs[i].job);
        *next_look = clock_wall() + JOB_LOOK_MS * NS_PER_MS;
    }
    for (nfds_t i = 0; i < count; i += 2) {
        if (polls[i + 1].revents & POLLIN)
            evidence_read(&of[i]->evidence);
        if (polls[i].revents || of[i]->job.end != JOB_RUNNING)
            finish(grading, of[i]);
    }
}

int grade(struct grading *grading)
{
    size_t places = grading->at_once < MOST_AT_ONCE ? (size_t)grading->at_once : MOST_AT_ONCE;
    int64_t next_look = clock_wall();
    bool busy = true;

    stages = calloc(grading->count, sizeof *stages);
    if (!stages)
        return -1;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    while (busy && !stopped) {
        busy = false;
        for (size_t i = 0; i < places; i++)
            busy |= runs[i].lab != NULL || start_next(grading, &runs[i]);
        show_progress(grading);
        if (busy)
            wait_for_news(grading, &next_look);
    }
    for (size_t i = 0; i < places; i++) {
        if (!runs[i].lab)
            continue;
        job_kill(&runs[i].job);
        finish(grading, &runs[i]);
    }
    sandbox_sweep();
    free(stages);
    return stopped ? -1 : 0;
}
