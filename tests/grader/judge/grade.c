#include "tests/grader/judge/grade.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/grader/judge/files.h"
#include "tests/grader/judge/job.h"
#include "tests/grader/judge/verdict.h"

enum { MOST_AT_ONCE = 64, HANGS_ALLOWED = 2 };

/* A program that runs: a lab's build, or one of its tests. */
struct run {
    struct lab *lab;   /* NULL: the place is free */
    struct test *test; /* NULL: the build */
    struct job job;
    struct evidence evidence;
    int socket; /* what the test reports on; -1 for a build */
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

static void start_build(const struct grading *grading, struct run *run)
{
    extern char **environ;
    char output[PATH_MAX + 8], folder[PATH_MAX];
    char *argv[] = {"sh", "tests/grader/build.sh", run->lab->name, run->lab->source, folder, NULL};
    struct sandbox sandbox = {.program = "/bin/sh",
                              .argv = argv,
                              .envp = environ,
                              .output = output,
                              .report = -1,
                              .trusted = true,
                              .cpu_s = 20,
                              .address_space = (int64_t)4 << 30,
                              .file_size = (int64_t)256 << 20};

    snprintf(folder, sizeof folder, "%s/%s", grading->out, run->lab->name);
    snprintf(output, sizeof output, "%s.build", folder);
    if (files_make_folder(folder)) {
        perror(folder);
        exit(2);
    }
    job_start(&run->job, &sandbox);
}

static void make_nonce(struct evidence *evidence)
{
    uint64_t random[2];

    if (getrandom(random, sizeof random, 0) != sizeof random) {
        perror("judge: getrandom");
        exit(2);
    }
    snprintf(evidence->nonce, sizeof evidence->nonce, "%016llx%016llx",
             (unsigned long long)random[0], (unsigned long long)random[1]);
}

static void start_test(const struct grading *grading, struct run *run)
{
    char output[PATH_MAX], number[16];
    char *argv[] = {run->lab->name, "--test", run->test->name, "--report", number, NULL};
    struct sandbox sandbox = {.program = run->lab->suite,
                              .argv = argv,
                              .envp = clean_environment,
                              .output = output,
                              .isolate = grading->isolate,
                              .cpu_s = 6,
                              .address_space = (int64_t)4 << 30,
                              .file_size = (int64_t)64 << 20,
                              .processes = 300};
    int pair[2], on = 1;

    if (getenv("SAN") && *getenv("SAN")) /* the sanitisers map terabytes, and are slower */
        sandbox.address_space = 0, sandbox.cpu_s = 60;
    snprintf(output, sizeof output, "%s/%s/%s.txt", grading->out, run->lab->name, run->test->name);
    snprintf(number, sizeof number, "%d", SANDBOX_REPORT);
    make_nonce(&run->evidence);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) ||
        setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on)) {
        perror("judge: socketpair");
        exit(2);
    }
    send(pair[0], run->evidence.nonce, strlen(run->evidence.nonce), MSG_NOSIGNAL);
    sandbox.report = pair[1];
    job_start(&run->job, &sandbox);
    close(pair[1]);
    run->socket = pair[0];
}

/* Stores what the test reports, one message after the other, until there is none. */
static void read_report(struct run *run)
{
    for (;;) {
        char text[1024 * 3], control[CMSG_SPACE(sizeof(struct ucred))];
        struct iovec part = {text, sizeof text - 1};
        struct msghdr message = {.msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t length = recvmsg(run->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
        struct ucred sender = {0};

        if (length <= 0)
            return;
        text[length] = '\0';
        if (header && header->cmsg_type == SCM_CREDENTIALS)
            memcpy(&sender, CMSG_DATA(header), sizeof sender);
        evidence_add(&run->evidence, sender.pid, text);
    }
}

static void finish(struct grading *grading, struct run *run)
{
    size_t lab = (size_t)(run->lab - grading->labs);

    if (run->job.end == JOB_RUNNING)
        job_finish(&run->job);
    if (run->test) {
        read_report(run);
        close(run->socket);
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

static bool any_running(const struct lab *lab)
{
    for (size_t i = 0; i < MOST_AT_ONCE; i++)
        if (runs[i].lab == lab)
            return true;
    return false;
}

/* Finds the next test of a lab to run. After too many hangs there is none. */
static struct test *next_test(struct lab *lab)
{
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

/* Puts the next thing to do into a free place. Returns false if there is nothing to start now. */
static bool start_next(struct grading *grading, struct run *run)
{
    for (size_t i = 0; i < grading->count; i++) {
        struct lab *lab = &grading->labs[i];
        struct test *test = NULL;

        if (stages[i] == TESTING)
            test = next_test(lab);
        if (stages[i] == TESTING && !test && !any_running(lab)) {
            stages[i] = DONE;
            if (grading->lab_done)
                grading->lab_done(grading, lab);
        }
        if (stages[i] != TO_BUILD && !test)
            continue;
        *run = (struct run){.lab = lab, .test = test, .socket = -1};
        if (test) {
            start_test(grading, run);
        } else {
            stages[i] = BUILDING;
            start_build(grading, run);
        }
        return true;
    }
    return false;
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
        polls[count++] = (struct pollfd){.fd = runs[i].socket, .events = POLLIN};
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
            read_report(of[i]);
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
