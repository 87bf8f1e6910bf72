#include "tests/judge/grade.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/clock.h"
#include "tests/judge/run.h"
#include "tests/judge/surroundings.h"

enum { MOST_AT_ONCE = 64, MOST_ENDED = 2 };

/* A signal handler has no other way to tell. */
static volatile sig_atomic_t stop_asked;

void grade_stop(void)
{
    stop_asked = 1;
}

static bool must_stop(const struct grading *grading)
{
    return stop_asked || grading->failed;
}

static void lab_is_done(struct grading *grading, struct lab *lab)
{
    lab->stage = LAB_DONE;
    lab_choose_shown(lab);
    if (grading->lab_done && grading->lab_done(grading->context))
        grading->failed = true;
}

static void finish(struct grading *grading, struct run *run)
{
    struct lab *lab = run->lab;

    if (run->job.end == JOB_RUNNING)
        job_finish(&run->job);
    if (run->job.end == JOB_NO_START && !must_stop(grading)) {
        fprintf(stderr, "\njudge: cannot start what is to be judged: %s\n",
                strerror(run->job.status));
        grading->failed = true;
    }
    if (run->job.end == JOB_UNSEEN && !must_stop(grading)) {
        fprintf(stderr, "\njudge: /proc does not show what is to be judged\n");
        grading->failed = true;
    }
    if (run->test)
        run_finish_test(run, grading);
    else if (must_stop(grading))
        run->lab = NULL; /* ended by us: its end says nothing */
    else if (run_finish_build(run, grading))
        grading->failed = true;
    else if (lab->stage == LAB_DONE)
        lab_is_done(grading, lab);
}

static bool is_running(const struct grading *grading, const struct test *test)
{
    for (size_t i = 0; i < grading->places; i++)
        if (grading->runs[i].lab && grading->runs[i].test == test)
            return true;
    return false;
}

static size_t how_many_running(const struct grading *grading, const struct lab *lab)
{
    size_t count = 0;

    for (size_t i = 0; i < grading->places; i++)
        count += grading->runs[i].lab == lab;
    return count;
}

/* How many tests of a lab may run at once. After a first one that had to be ended it is one, as
 * each may hang. Ranks of MPI do not sleep while they wait, and a test has several of them: if all
 * that could run at once waited for ever, it would take minutes to find that out. */
static size_t most_at_once(const struct grading *grading, const struct lab *lab)
{
    enum { RANKS = 4 };

    if (lab->ended == 1)
        return 1;
    if (lab->mpi)
        return grading->at_once > RANKS ? (size_t)grading->at_once / RANKS : 1;
    return grading->places;
}

/* Finds the next test of a lab to run. There is none after too many had to be ended. */
static struct test *next_test(const struct grading *grading, struct lab *lab)
{
    if (how_many_running(grading, lab) >= most_at_once(grading, lab))
        return NULL;
    for (size_t i = 0; i < lab->count; i++) {
        struct test *test = &lab->tests[i];

        if (test->outcome != OUTCOME_PENDING || is_running(grading, test))
            continue;
        if (lab->ended < MOST_ENDED)
            return test;
        test_decide(test, OUTCOME_NOT_RUN,
                    "not run, as %d tests of this lab had to be ended already", MOST_ENDED);
    }
    return NULL;
}

/* Finds what to start next: a build (*test is NULL then) or a test, of the lab that has the fewest
 * programs under way. So tests that hang are spread over the labs: they hang at the same time, and
 * of each lab only few do before they are counted. Returns NULL if nothing is to be started
 * now. */
static struct lab *choose_next(struct grading *grading, struct test **test)
{
    struct lab *chosen = NULL;
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < grading->count; i++) {
        struct lab *lab = &grading->labs[i];
        size_t running = how_many_running(grading, lab);
        struct test *next = lab->stage == LAB_TESTING ? next_test(grading, lab) : NULL;

        if (lab->stage == LAB_TESTING && !next && running == 0)
            lab_is_done(grading, lab);
        if ((lab->stage == LAB_TO_BUILD || lab->stage == LAB_TO_DOUBT || next) && running < least) {
            least = running;
            chosen = lab;
            *test = next;
        }
    }
    return chosen;
}

/* Starts the next build or test in a free place. Returns false if there is none to start now. */
static bool start_next(struct grading *grading, struct run *run)
{
    struct test *test = NULL;
    struct lab *lab = choose_next(grading, &test);

    if (!lab)
        return false;
    if (test) {
        run_start_test(run, grading, lab, test);
    } else {
        bool doubt = lab->stage == LAB_TO_DOUBT;

        lab->stage = doubt ? LAB_DOUBTING : LAB_BUILDING;
        run_start_build(run, grading, lab, doubt);
    }
    return true;
}

static void show_progress(const struct grading *grading)
{
    size_t done = 0, all = 0;

    for (size_t i = 0; i < grading->count; i++) {
        const struct lab *lab = &grading->labs[i];

        all += 1 + lab->count;
        done += lab->stage > LAB_DOUBTING;
        for (size_t j = 0; j < lab->count; j++)
            done += lab->tests[j].outcome != OUTCOME_PENDING;
    }
    if (grading->progress)
        grading->progress(done, all, grading->context);
}

/* Waits for whatever happens first, and deals with it. */
static void wait_for_news(struct grading *grading)
{
    struct pollfd polls[2 * MOST_AT_ONCE]; /* for each run: its end, its evidence */
    struct run *of[MOST_AT_ONCE];
    nfds_t count = 0;
    int64_t left = (grading->next_look_ns - clock_wall()) / NS_PER_MS;

    for (size_t i = 0; i < grading->places; i++) {
        struct run *run = &grading->runs[i];

        if (!run->lab)
            continue;
        of[count] = run;
        polls[2 * count] = (struct pollfd){.fd = run->job.ending, .events = POLLIN};
        polls[2 * count + 1] = (struct pollfd){.fd = run->evidence.socket, .events = POLLIN};
        count++;
    }
    poll(polls, 2 * count, left > 0 ? (int)left + 1 : 0);
    if (clock_wall() >= grading->next_look_ns) {
        for (nfds_t i = 0; i < count; i++)
            job_look(&of[i]->job);
        grading->next_look_ns = clock_wall() + JOB_LOOK_MS * NS_PER_MS;
    }
    for (nfds_t i = 0; i < count; i++) {
        if (polls[2 * i + 1].revents & POLLIN)
            evidence_read(&of[i]->evidence);
        if (polls[2 * i].revents || of[i]->job.end != JOB_RUNNING)
            finish(grading, of[i]);
    }
}

static void end_all(struct grading *grading)
{
    for (size_t i = 0; i < grading->places; i++) {
        struct run *run = &grading->runs[i];

        if (!run->lab)
            continue;
        job_kill(&run->job);
        finish(grading, run);
    }
    sandbox_sweep();
    if (!grading->isolate)
        surroundings_clear_shared_folder();
}

struct sum grade_sum(const struct grading *grading, bool bonus)
{
    struct sum sum = {0, 0};

    for (size_t i = 0; i < grading->count; i++)
        if (grading->labs[i].bonus == bonus) {
            sum.points += lab_points(&grading->labs[i]);
            sum.most += lab_most(&grading->labs[i]);
        }
    return sum;
}

bool grade_complete(const struct grading *grading)
{
    for (size_t i = 0; i < grading->count; i++)
        if (grading->labs[i].stage != LAB_DONE)
            return false;
    return true;
}

int grade(struct grading *grading)
{
    bool busy = true;

    grading->places = grading->at_once < MOST_AT_ONCE ? (size_t)grading->at_once : MOST_AT_ONCE;
    grading->runs = calloc(grading->places, sizeof *grading->runs);
    if (!grading->runs) {
        perror("judge");
        return -1;
    }
    grading->failed = false;
    grading->next_look_ns = clock_wall();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    while (busy && !must_stop(grading)) {
        busy = false;
        for (size_t i = 0; i < grading->places; i++)
            busy |= grading->runs[i].lab != NULL || start_next(grading, &grading->runs[i]);
        show_progress(grading);
        if (busy)
            wait_for_news(grading);
    }
    end_all(grading);
    free(grading->runs);
    return must_stop(grading) ? -1 : 0;
}

const struct lab *grade_lab_of_course(const struct grading *grading, size_t count)
{
    for (size_t i = 0; i < grading->count; i++) {
        size_t before = 0;

        for (size_t j = 0; j < grading->count; j++)
            before += grading->labs[j].place < grading->labs[i].place ||
                      (grading->labs[j].place == grading->labs[i].place && j < i);
        if (before == count)
            return &grading->labs[i];
    }
    return NULL; /* there are no more */
}
