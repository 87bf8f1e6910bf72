/* The judge behind `make grade`: see tests/README.md for what it trusts and what it does not. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/program/machine.h"
#include "common/program/options.h"
#include "common/program/progress.h"
#include "tests/judge/files.h"
#include "tests/judge/grade.h"
#include "tests/judge/paths.h"
#include "tests/judge/report.h"
#include "tests/judge/results.h"
#include "tests/judge/sandbox.h"

enum { FULL = 0, NOT_FULL = 1, NO_VERDICT = 2, MOST_LABS = 64 };

/* What the callbacks of a grading need. */
struct session {
    struct grading grading;
    int64_t began_ns;
};

static void stop(int signal)
{
    (void)signal;
    grade_stop();
}

static void show(size_t done, size_t all, void *context)
{
    (void)context;
    progress_show("Grading", "%zu of %zu", done, all);
}

/* Writes the results so far. Returns 0; or -1, and then there are none. */
static int save(void *context)
{
    const struct session *session = context;

    if (results_write(&session->grading, (double)(clock_wall() - session->began_ns) / NS_PER_S) ==
        0)
        return 0;
    results_remove(&session->grading);
    return -1;
}

/* Reads "02-process/process_map.c,03-pool/pool.c" into labs. */
static size_t read_labs(struct lab labs[], const char *list, const char *src, const char *objects)
{
    char *copy = strdup(list), *rest = copy, *item;
    size_t count = 0;

    while (copy && (item = strsep(&rest, ",")) && count < MOST_LABS) {
        char references[PATH_MAX], suite[PATH_MAX], source[PATH_MAX];

        snprintf(source, sizeof source, "%s/%s", src, item);
        item[strcspn(item, "/")] = '\0';
        snprintf(references, sizeof references, "%s/solutions", objects);
        path_of_suite(suite, references, item);
        if (lab_read(&labs[count], item, source, suite))
            exit(NO_VERDICT);
        count++;
    }
    free(copy);
    return count;
}

/* Whatever the caller has left open, closed, ignored or blocked. */
static void start_afresh(void)
{
    static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    struct sigaction old;
    sigset_t none;
    int file;

    while ((file = open("/dev/null", O_RDONLY)) >= 0 && file <= STDERR_FILENO)
        ; /* standard output that is closed stays one that cannot be written */
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0))
        for (file = STDERR_FILENO + 1; file < 4096; file++)
            close(file);
    umask(022);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_IGN); /* a report that cannot be printed is no reason to leave a mess */
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        sigaction(ends[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) /* as nohup has it */
            sigaction(ends[i], &(struct sigaction){.sa_handler = stop}, NULL);
    }
}

/* What tests/judge/build.sh needs, lest a student be told that the program does not compile. */
static bool ready_to_build(void)
{
    static const char *const needed[] = {"COMPILE", "LINK", "NEEDS",
                                         "OBJECTS", "SAN",  "UNFINISHED"};

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!getenv(needed[i])) {
            fprintf(stderr, "judge: %s is not set: call it by make grade\n", needed[i]);
            return false;
        }
    if (access("tests/judge/build.sh", R_OK) == 0)
        return true;
    fprintf(stderr, "judge: there is no tests/judge/build.sh here: call it from the top folder\n");
    return false;
}

/* Limits of the caller's that no test could live with. */
static bool limits_suffice(void)
{
    static const struct {
        int resource;
        rlim_t least;
        char letter;
    } needs[] = {{RLIMIT_NOFILE, 512, 'n'}, {RLIMIT_NPROC, 300, 'u'}, {RLIMIT_CPU, 10, 't'}};

    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        struct rlimit limit;

        if (getrlimit(needs[i].resource, &limit) || limit.rlim_max >= needs[i].least)
            continue;
        fprintf(stderr, "judge: the limit of 'ulimit -H%c' is %llu; tests need %llu\n",
                needs[i].letter, (unsigned long long)limit.rlim_max,
                (unsigned long long)needs[i].least);
        return false;
    }
    return true;
}

/* On a full disk a good program would not compile. */
static bool room_suffices(const char *out)
{
    const int64_t least = (int64_t)64 << 20;
    struct statvfs disk;

    if (statvfs(out, &disk) || (int64_t)disk.f_bavail * (int64_t)disk.f_frsize >= least)
        return true;
    fprintf(stderr, "judge: less than 64 MB are free in %s\n", out);
    return false;
}

/* Two judges must not build into the same folder: the second waits. The lock lasts as long as the
 * process and those it has started. */
static bool lock(const char *out)
{
    char path[PATH_MAX];
    int file;

    snprintf(path, sizeof path, "%s/lock", out);
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file != -1 && flock(file, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (file != -1 && errno == EWOULDBLOCK) {
        fprintf(stderr, "Another grading is under way in %s; this one begins after it.\n", out);
        if (flock(file, LOCK_EX) == 0)
            return true;
    }
    fprintf(stderr, "judge: cannot lock %s: %s\n", path, strerror(errno));
    return false;
}

static bool can_isolate(bool wanted, bool required)
{
    if (wanted && sandbox_can_isolate())
        return true;
    if (required) {
        fprintf(stderr, "judge: this system gives no namespaces; nothing was run\n");
        exit(NO_VERDICT);
    }
    fprintf(stderr, "Note: tests run without namespaces%s; the judge still bounds and cleans up.\n",
            wanted ? ", which this system does not give" : "");
    return false;
}

int main(int argc, char **argv)
{
    static struct lab labs[MOST_LABS];
    const char *list = NULL, *src = "labs", *objects = "build/gcc";
    int at_once = 2 * machine_cpus(), hint = 0, brief = 0, no_isolation = 0, isolated = 0,
        thorough = 0, points = 0, most = 0;
    struct session session = {
        .grading = {.labs = labs, .out = "build/grade", .lab_done = save, .context = &session}};
    struct grading *grading = &session.grading;
    const struct option_row rows[] = {
        {.name = "labs",
         .kind = OPTION_TEXT,
         .target = &list,
         .help = "what to grade: 02-process/process_map.c,..."},
        {.name = "src",
         .kind = OPTION_TEXT,
         .target = &src,
         .help = "the folder of the labs' folders (labs)"},
        {.name = "out",
         .kind = OPTION_TEXT,
         .target = &session.grading.out,
         .help = "where results go (build/grade)"},
        {.name = "objects",
         .kind = OPTION_TEXT,
         .target = &objects,
         .help = "the build's folder (build/gcc)"},
        {.name = "jobs",
         .kind = OPTION_INT,
         .target = &at_once,
         .min = 1,
         .max = 64,
         .help = "programs at once (two for each CPU)"},
        {.name = "hint",
         .kind = OPTION_FLAG,
         .target = &hint,
         .help = "print the next hint instead of a report"},
        {.name = "brief",
         .kind = OPTION_FLAG,
         .target = &brief,
         .help = "print a line for each test instead of a report"},
        {.name = "thorough",
         .kind = OPTION_FLAG,
         .target = &thorough,
         .help = "let tests try larger sizes, which take longer"},
        {.name = "no-isolation",
         .kind = OPTION_FLAG,
         .target = &no_isolation,
         .help = "do without namespaces"},
        {.name = "isolated",
         .kind = OPTION_FLAG,
         .target = &isolated,
         .help = "refuse to work without namespaces"},
    };

    options_parse("Grades labs.", rows, sizeof rows / sizeof rows[0], argc, argv);
    start_afresh();
    session.began_ns = clock_wall();
    if (!list) {
        fprintf(stderr, "judge: --labs is missing\n");
        return NO_VERDICT;
    }
    if (files_make_folder(grading->out)) {
        fprintf(stderr, "judge: cannot make %s: %s\n", grading->out, strerror(errno));
        return NO_VERDICT;
    }
    if (!ready_to_build() || !limits_suffice() || !room_suffices(grading->out) ||
        !lock(grading->out) || results_remove(grading))
        return NO_VERDICT;
    grading->count = read_labs(labs, list, src, objects);
    grading->at_once = at_once;
    grading->thorough = thorough;
    grading->isolate = can_isolate(!no_isolation, isolated);
    grading->progress = brief ? NULL : show;
    if (grade(grading)) {
        progress_clear();
        results_remove(grading);
        fprintf(stderr, "judge: stopped; there is no result\n");
        return NO_VERDICT;
    }
    progress_clear();
    if (save(&session) || (hint && hint_print(grading, &labs[0])))
        return NO_VERDICT;
    if (brief)
        report_brief(grading);
    else if (!hint)
        report_print(grading);
    for (size_t i = 0; i < grading->count; i++) {
        points += lab_points(&labs[i]);
        most += lab_most(&labs[i]);
        lab_free(&labs[i]);
    }
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "judge: cannot print the report: %s\n", strerror(errno));
        return NO_VERDICT;
    }
    return hint || points == most ? FULL : NOT_FULL;
}
