#include "tests/suites/06-squares-support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/proc.h"

const struct squares_way squares_ways[2] = {{"squares_one_by_one", squares_one_by_one},
                                            {"squares_together", squares_together}};

const long squares_values[SQUARES_N] = {SQUARES_MEDIUM, -7, 3, 0, SQUARES_LARGEST};

static const struct squares_way *chosen;

int squares_open_output(void)
{
    FILE *file = tmpfile();
    int output;

    if (!file || (output = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0)) == -1)
        grader_fail("The test itself went wrong: no temporary file (%s).", error_name(errno));
    fclose(file);
    fcntl(output, F_SETFL, O_APPEND);
    return output;
}

void squares_read_output(int output, char text[], size_t size)
{
    ssize_t length = pread(output, text, size - 1, 0);

    text[length > 0 ? length : 0] = '\0';
    close(output);
}

void squares_lead_to(const char *function)
{
    grader_doing(function, "%s", function);
    grader_did();
}

int squares_run(const struct squares_way *way, const char *look_at, const struct squares_job *job)
{
    pid_t caller = conform_caller();
    int returned = grader_call(way->run(job->values, job->squares, job->n, job->output, job->delay),
                               look_at ? look_at : way->name, "%s of %s%s, %s", way->name,
                               plural((long)job->n, "value"),
                               job->n > 0 && !job->values    ? " that is not there (NULL)"
                               : job->n > 0 && !job->squares ? " with nowhere to store (NULL)"
                                                             : "",
                               job->delay ? "with a delay" : "without a delay (NULL)");

    conform_one_returns(way->name, "run_child", caller);
    return returned;
}

/* The function that a wrong squares[wrong] leads to: it did not come, it is another's, or it is
 * none that was asked for. */
static const char *where_it_was_lost(const struct squares_way *way, const struct squares_job *job,
                                     size_t wrong)
{
    if (job->squares[wrong] == -1)
        return "finish";
    if (job->squares[wrong] == 0)
        return "run_child";
    for (size_t i = 0; i < job->n; i++)
        if (job->squares[wrong] == job->values[i] * job->values[i])
            return way->name;
    return "run_child";
}

void squares_expect(const struct squares_way *way, const char *look_at,
                    const struct squares_job *job)
{
    const long *values = job->values, *squares = job->squares;
    int failed;

    for (size_t i = 0; i < job->n; i++)
        job->squares[i] = -1;
    failed = squares_run(way, look_at, job);
    expect_at(
        "run_child", !failed || errno != ERANGE,
        "Each square of %s fits in a long, but %s failed with errno %s. Which numbers does the "
        "child refuse?",
        plural((long)job->n, "value"), way->name, error_name(ERANGE));
    expect(!failed, "%s of %s should succeed, but it failed with errno %s.", way->name,
           plural((long)job->n, "value"), error_name(errno));
    for (size_t i = 0; i < job->n; i++)
        expect_at(where_it_was_lost(way, job, i), squares[i] == values[i] * values[i],
                  "%s: squares[%zu] should be the square of %ld, which is %ld, but it is %ld%s.",
                  way->name, i, values[i], values[i] * values[i], squares[i],
                  squares[i] == -1 ? ", as before the call" : "");
}

void squares_begin(const struct squares_way *way)
{
    int output = squares_open_output();
    long squares[1] = {0};
    const struct squares_job job = {squares_values, squares, 1, output, NULL};

    int failed = squares_run(way, NULL, &job);

    if (failed && errno == ECHILD)
        grader_fail_at("run_child",
                       "%s of 1 value, without a delay (NULL), failed with errno %s: its child did "
                       "not deliver. Does it crash, or leave too early?",
                       way->name, error_name(ECHILD));
    grader_begin(way->name, failed == 0);
    close(output);
}

static int caller; /* its number in /proc */

void squares_note_caller(void)
{
    caller = proc_self();
}

int squares_count_children(void)
{
    return (int)proc_read_children(caller, caller, NULL, 0);
}

/* No stopwatch: the caller is seen asleep some times without having run in between, or it has gone
 * to sleep some times. */
void squares_wait_for_caller(void)
{
    enum { ENOUGH = 5, PAUSE_MS = 2 };
    struct proc_thread first, before, now;
    int asleep = 0;

    if (proc_read_thread(caller, caller, &first))
        return;
    for (before = first; asleep < ENOUGH; before = now) {
        clock_sleep(PAUSE_MS * NS_PER_MS);
        if (proc_read_thread(caller, caller, &now) || now.voluntary >= first.voluntary + ENOUGH)
            return;
        asleep = now.state == 'S' && now.voluntary == before.voluntary ? asleep + 1 : 0;
    }
}

void squares_wait_for_others(void)
{
    enum { MOST = 100 };
    int children[MOST], alive;

    squares_wait_for_caller();
    do {
        ssize_t count = proc_read_children(caller, caller, children, MOST);

        alive = 0;
        for (ssize_t i = 0; i < count && i < MOST; i++) {
            struct proc_process child;

            if (children[i] != proc_self() && proc_read_process(children[i], &child) == 0)
                alive += child.state != 'Z';
        }
        clock_sleep(NS_PER_MS);
    } while (alive > 0);
}

void squares_choose(const struct squares_way *way)
{
    chosen = way;
}

int squares_of_two(void)
{
    long squares[2] = {0};
    int output = squares_open_output();
    const struct squares_job job = {squares_values, squares, 2, output, NULL};
    int failed = squares_run(chosen, NULL, &job), error = errno;

    close(output);
    expect(failed || (squares[0] == (long)SQUARES_MEDIUM * SQUARES_MEDIUM && squares[1] == 49),
           "%s claims to have squared %d and -7, but its squares are %ld and %ld.", chosen->name,
           SQUARES_MEDIUM, squares[0], squares[1]);
    errno = error;
    return failed;
}
