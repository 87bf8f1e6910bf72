/* Runs a suite: all of it through Check, a process for each test; or, with --test, one test in
 * this very process, for a debugger and for whoever judges it from outside. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program/options.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/watch/protocol.h"
#include "tests/watch/quiet.h"

/* No verdict hangs on time: this only keeps a suite that hangs from hanging for ever. */
enum { BACKSTOP_S = 120 };

extern char **environ;

/* The body of every test: _i is its place in the suite. */
START_TEST(run_graded)
{
    pid_t original = getpid();

    /* Check handles these by killing the process group. That is no business of a test's children,
     * which inherit it, nor of a debugger's Ctrl-C. */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    quiet_watch_this_process();
    forced_stop_reset(); /* makes what it needs, before there are workers */
    graded_suite.tests[_i].run();
    if (getpid() != original)
        _exit(EXIT_FAILURE); /* a copy that a fork let loose: not the test */
    grader_end();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create(graded_suite.lab);

    for (size_t i = 0; i < graded_suite.count; i++) {
        TCase *tcase = tcase_create(graded_suite.tests[i].name);

        tcase_add_loop_test(tcase, run_graded, (int)i, (int)i + 1);
        tcase_set_timeout(tcase, BACKSTOP_S);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}

static bool known(const char *name)
{
    for (size_t i = 0; i < graded_suite.count; i++)
        if (strcmp(graded_suite.tests[i].name, name) == 0)
            return true;
    return false;
}

/* Ends the program if a row of the table cannot be meant. */
static void check_row(const struct graded_test *test)
{
    char *after = strdup(test->after ? test->after : ""), *rest = NULL;

    if (test->points < 1) {
        fprintf(stderr, "%s: test '%s' should have 1 point or more\n", graded_suite.lab,
                test->name);
        exit(2);
    }
    for (char *name = after; (name = strtok_r(name, " ", &rest)); name = NULL)
        if (!known(name)) {
            fprintf(stderr, "%s: test '%s' stands on '%s', and there is no such test\n",
                    graded_suite.lab, test->name, name);
            exit(2);
        }
    free(after);
}

static void list_tests(void)
{
    for (size_t i = 0; i < graded_suite.count; i++) {
        const struct graded_test *test = &graded_suite.tests[i];

        check_row(test);
        printf("%s\t%d\t%s\t%s\t%s", test->name, test->points, test->where, test->title,
               test->after ? test->after : "");
        for (int hint = 0; hint < GRADER_HINTS && test->hints[hint]; hint++)
            printf("\t%s", test->hints[hint]);
        putchar('\n');
    }
}

/* Waiting threads of libgomp sleep, so that "everybody is asleep" can be seen. Those of libomp fall
 * asleep by themselves after a fifth of a second. From version 15 on the same word lets them sleep
 * while there may be tasks for them, and tasks that could run at once do not. */
#ifdef __clang__
static const char policy_setting[] = "";
#else
static const char policy_setting[] = "OMP_WAIT_POLICY=passive";
#endif

/* OMP_* settings of whoever calls must not change a verdict, and the runtimes read them before
 * main: clean the environment and start over. */
static void clean_environment(char **argv)
{
    const char *heap = getenv("GLIBC_TUNABLES");
    bool clean = heap && strcmp(heap, PROTOCOL_HEAP) == 0;
    bool policy = *policy_setting == '\0';

    for (char **entry = environ; *entry; entry++)
        if (strcmp(*entry, policy_setting) == 0) {
            policy = true;
        } else if (strncmp(*entry, "OMP_", 4) == 0 || strncmp(*entry, "GOMP_", 5) == 0 ||
                   strncmp(*entry, "KMP_", 4) == 0) {
            char name[64];

            snprintf(name, sizeof name, "%.*s", (int)strcspn(*entry, "="), *entry);
            unsetenv(name);
            clean = false;
            entry = environ - 1;
        }
    if (clean && policy)
        return;
    if (*policy_setting)
        putenv((char *)policy_setting);
    setenv("GLIBC_TUNABLES", PROTOCOL_HEAP, 1);
    execv("/proc/self/exe", argv);
    fprintf(stderr, "%s: cannot start over: %s\n", graded_suite.lab, strerror(errno));
    exit(2);
}

struct options {
    const char *test, *be;
    int list, keep_env, thorough, report, notes;
};

static void read_options(struct options *options, int argc, char **argv)
{
    const struct option_row rows[] = {
        {.name = "test",
         .kind = OPTION_TEXT,
         .target = &options->test,
         .help = "run this one only, in this process"},
        {.name = "be",
         .kind = OPTION_TEXT,
         .target = &options->be,
         .help = "be a part of a test that is several programs (tests start it)"},
        {.name = "list",
         .kind = OPTION_FLAG,
         .target = &options->list,
         .help = "name, points, function, title, tests it stands on, and hints; a line each"},
        {.name = "report",
         .kind = OPTION_INT,
         .target = &options->report,
         .max = 1 << 20,
         .help = "descriptor on which the judge is told what became of --test"},
        {.name = "notes",
         .kind = OPTION_INT,
         .target = &options->notes,
         .max = 1 << 20,
         .help = "descriptor of the page on which --test notes what it does"},
        {.name = "thorough",
         .kind = OPTION_FLAG,
         .target = &options->thorough,
         .help = "try larger sizes, which take longer"},
        {.name = "keep-env",
         .kind = OPTION_FLAG,
         .target = &options->keep_env,
         .help = "leave OMP_* as they are (tests that count threads may fail)"},
    };

    options_parse("Runs the tests of one lab.", rows, sizeof rows / sizeof rows[0], argc, argv);
}

/* Runs the suite, or one test of it, by Check. Returns how many failed. */
static int run(const struct options *options)
{
    SRunner *runner = srunner_create(make_suite());
    int failed;

    srunner_set_fork_status(runner, options->test ? CK_NOFORK : CK_FORK);
    /* A judged test's standard output is the student's alone. */
    srunner_run(runner, NULL, options->test, options->report == -1 ? CK_NORMAL : CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed;
}

#if GRADER_SANITIZED
/* The sanitiser's allocator would end the program if more is asked for than there is. The C
 * library's fails, and so it should here. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
#endif

int main(int argc, char **argv)
{
    struct options options = {.report = -1, .notes = -1};

    read_options(&options, argc, argv);
    if (options.list) {
        list_tests();
        return EXIT_SUCCESS;
    }
    if (options.test && !known(options.test)) {
        fprintf(stderr, "%s has no test '%s' (see --list)\n", graded_suite.lab, options.test);
        return 2;
    }
    grader_thorough = options.thorough;
    if (!options.keep_env)
        clean_environment(argv);
    if (options.be && graded_be)
        graded_be(options.be);
    if (options.report != -1)
        grader_report_to(options.report);
    if (options.notes != -1)
        grader_note_in(options.notes);
    return run(&options) ? EXIT_FAILURE : EXIT_SUCCESS;
}
