#include "tests/unit/support/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int unit_main(const char *name, const TTest *const tests[], size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner;
    int failed;

    tcase_set_timeout(tcase, UNIT_TIMEOUT_S);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A file descriptor of -1 leaves the stream where it is. */
static int run_child(void (*work)(void *argument), void *argument, int out, int err)
{
    int status = -1;
    pid_t child;

    fflush(NULL);
    child = fork();
    ck_assert_int_ne(child, -1);
    if (child == 0) {
        if (out >= 0)
            dup2(out, STDOUT_FILENO);
        if (err >= 0)
            dup2(err, STDERR_FILENO);
        work(argument);
        fflush(NULL);
        _exit(0);
    }
    while (waitpid(child, &status, 0) == -1 && errno == EINTR)
        ;
    return status;
}

int unit_in_child(void (*work)(void *argument), void *argument)
{
    return run_child(work, argument, -1, -1);
}

static void read_back(int file, char *text, size_t size)
{
    ssize_t length = pread(file, text, size - 1, 0);

    text[length > 0 ? length : 0] = '\0';
    close(file);
}

void unit_capture(void (*work)(void *argument), void *argument, struct unit_output *output)
{
    int out = memfd_create("stdout", MFD_CLOEXEC);
    int err = memfd_create("stderr", MFD_CLOEXEC);

    ck_assert_int_ge(out, 0);
    ck_assert_int_ge(err, 0);
    output->status = run_child(work, argument, out, err);
    read_back(out, output->out, sizeof output->out);
    read_back(err, output->err, sizeof output->err);
}

void unit_allow_descriptors(bool allowed)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = allowed ? limit.rlim_max : 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

pid_t unit_sleeper(void)
{
    pid_t child = fork();

    ck_assert_int_ne(child, -1);
    if (child == 0)
        for (;;)
            pause();
    return child;
}

void unit_bury(pid_t child)
{
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
