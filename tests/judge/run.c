#include "tests/judge/run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/judge/files.h"
#include "tests/judge/paths.h"
#include "tests/judge/verdict.h"
#include "tests/watch/protocol.h"

/* How many bytes are kept of what a test prints. */
enum { MOST_OUTPUT = 1 << 20 };

static char heap_setting[] = "GLIBC_TUNABLES=" PROTOCOL_HEAP;

/* What a program under judgement finds in its environment: nothing of the caller's. What else a
 * suite wants there it sets itself, and starts over (tests/harness/suite.c). Of the last two it
 * wants both with libgomp, so there it need not. */
static char *const clean_environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
                                          "LC_ALL=C.UTF-8",
                                          "HOME=/tmp",
                                          heap_setting,
                                          "OMP_WAIT_POLICY=passive",
                                          NULL};

static void cannot_start(struct run *run)
{
    run->job = (struct job){.end = JOB_NO_START, .status = errno, .ending = -1};
}

void run_start_build(struct run *run, const struct grading *grading, struct lab *lab, bool doubt)
{
    extern char **environ;
    char output[PATH_MAX], folder[PATH_MAX], builder[PATH_MAX];
    char *argv[] = {"builder",
                    "--build",
                    (char *)grading->build_file,
                    "--lab",
                    lab->name,
                    "--src",
                    (char *)(doubt ? grading->sure : grading->src),
                    "--out",
                    folder,
                    NULL};
    struct sandbox sandbox = {.program = builder,
                              .argv = argv,
                              .envp = environ,
                              .output = output,
                              .report = -1,
                              .notes = -1,
                              .trusted = true,
                              .cpu_s = 6,
                              .address_space = (int64_t)4 << 30,
                              .file_size = (int64_t)64 << 20};

    *run = (struct run){.lab = lab, .evidence = {.socket = -1, .notes_file = -1}};
    run->doubt = doubt;
    if (description_value(grading->build, "sanitize")[0])
        sandbox.address_space = 0; /* the builder is sanitised, too */
    path_of_builder(builder, description_value(grading->build, "objects"));
    path_of_folder(folder, grading->out, lab, doubt);
    path_of_build_output(output, grading->out, lab, doubt);
    if (files_make_folder(folder))
        cannot_start(run);
    else
        job_start(&run->job, &sandbox);
}

/* Threads of libomp spin while they wait: for a lock, at critical, for tasks. */
static bool waiting_spins(const struct description *build)
{
    return strcmp(description_value(build, "family"), "clang") == 0;
}

/* Most of a test is sleep. Who spins uses the more CPU time the longer he waits for a CPU. */
int run_at_once(const struct description *build)
{
    return waiting_spins(build) ? 2 : 6;
}

void run_set_limits(struct sandbox *sandbox, const struct grading *grading)
{
    sandbox->envp = clean_environment;
    sandbox->cpu_s = 4;
    sandbox->address_space = (int64_t)4 << 30;
    sandbox->file_size = (int64_t)64 << 20;
    sandbox->processes = 160;
    if (waiting_spins(grading->build))
        sandbox->cpu_s = 20;
    if (description_value(grading->build, "sanitize")[0]) {
        sandbox->address_space = 0; /* the sanitisers map terabytes */
        sandbox->cpu_s = 60;        /* and are slower */
    }
}

const char *const run_hidden[] = {"solutions", "reference", "tests/submissions", NULL};

void run_start_test(struct run *run, const struct grading *grading, struct lab *lab,
                    struct test *test)
{
    char output[PATH_MAX], report[16], notes[16];
    char *argv[] = {lab->name, "--test",  test->name, "--report",
                    report,    "--notes", notes,      grading->thorough ? "--thorough" : NULL,
                    NULL};
    /* Ranks of MPI find each other in /proc, by the numbers that they have themselves. */
    const bool lost = lab->mpi && grading->outer_proc;
    struct sandbox sandbox = {.program = lab->suite,
                              .argv = argv,
                              .output = output,
                              .hidden = run_hidden,
                              .isolate = grading->isolate && !lost,
                              .network = lab->network};

    *run = (struct run){.lab = lab, .test = test, .evidence = {.socket = -1, .notes_file = -1}};
    run_set_limits(&sandbox, grading);
    path_of_test_output(output, grading->out, lab, test);
    snprintf(report, sizeof report, "%d", SANDBOX_REPORT);
    snprintf(notes, sizeof notes, "%d", SANDBOX_NOTES);
    if (evidence_open(&run->evidence, &sandbox.report)) {
        cannot_start(run);
        return;
    }
    sandbox.notes = run->evidence.notes_file;
    job_start(&run->job, &sandbox);
    close(sandbox.report);
}

static void keep_output_small(const struct grading *grading, const struct run *run)
{
    char path[PATH_MAX];
    struct stat file;

    path_of_test_output(path, grading->out, run->lab, run->test);
    if (stat(path, &file) == 0 && file.st_size > MOST_OUTPUT && truncate(path, MOST_OUTPUT))
        perror(path);
}

/* What surely builds has been built, or not. */
static int finish_doubt(struct lab *lab, enum build_verdict verdict, char *said)
{
    if (verdict == VERDICT_BUILT) {
        lab_not_built(lab, lab->trouble, false);
        return 0;
    }
    fprintf(
        stderr,
        "\njudge: nothing of %s can be built on this machine, not even its own files, so nobody "
        "is to blame for it. make doctor may say why.\n%s",
        lab->name, make_printable(said));
    return -1;
}

int run_finish_build(struct run *run, const struct grading *grading)
{
    struct lab *lab = run->lab;
    char path[PATH_MAX], said[4096];
    enum build_verdict verdict;

    run->lab = NULL;
    path_of_build_output(path, grading->out, lab, run->doubt);
    files_read(path, said, sizeof said);
    verdict = verdict_on_build(&run->job, said, sizeof said);
    if (run->doubt)
        return finish_doubt(lab, verdict, said);
    switch (verdict) {
    case VERDICT_BUILT:
        path_of_suite(path, grading->out, lab->name);
        lab_built(lab, path, said);
        return 0;
    case VERDICT_MISSING:
        lab_not_built(lab, said, true);
        return 0;
    case VERDICT_NOT_BUILT:
        lab_doubt(lab, said);
        return 0;
    default:
        fprintf(stderr, "\njudge: cannot build %s: %s", lab->name, make_printable(said));
        return -1;
    }
}

void run_finish_test(struct run *run, const struct grading *grading)
{
    struct lab *lab = run->lab;

    evidence_read(&run->evidence);
    keep_output_small(grading, run);
    lab->ended += verdict_on_test(run->test, &run->job, &run->evidence);
    evidence_close(&run->evidence);
    run->lab = NULL;
}
