/* Sums of more terms than an int can count, in a process that does not wait for their end. The
 * terms are worked out in the threads of a team there; all else runs in the test's own process. */
#include "tests/suites/07-threads.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

/* How the process of a far sum ends. */
enum { FAR_FINE = 10, FAR_NEGATIVE, FAR_RETURNED };
static const long far_terms = (1L << 32) + 3; /* as an int: 3 */
static struct meeting *far_meeting;           /* made in that process */
static atomic_int far_calls;

/* Nobody waits for all of them: once all threads are at work, and more terms than 3 have been asked
 * for, it is known that n is not taken for an int. */
static long term_far(long i)
{
    static _Thread_local bool been;

    if (i < 0)
        _exit(FAR_NEGATIVE);
    if (!been)
        meeting_join(far_meeting);
    been = true;
    if (atomic_fetch_add(&far_calls, 1) > 1000)
        _exit(FAR_FINE);
    return 0;
}

struct far_sum terms_start_far(sum_fn *sum_of, int threads)
{
    int ends[2];
    pid_t process;

    if (pipe(ends) || (process = fork()) == -1)
        grader_fail("The test itself went wrong: no process to add up in.");
    if (process == 0) {
        long sum;
        char go;

        close(ends[1]);
        if (read(ends[0], &go, 1) != 1)
            _exit(0); /* the test has ended before */
        far_meeting = meeting_create(threads);
        sum_of(term_far, far_terms, threads, &sum);
        _exit(FAR_RETURNED);
    }
    close(ends[0]);
    return (struct far_sum){threads, process, ends[1]};
}

void terms_expect_far(const char *name, struct far_sum far_sum)
{
    const char *call = terms_call(name, far_terms, far_sum.threads);
    int status = 0;

    grader_doing(name, "%s, in a process of its own", call);
    if (write(far_sum.start, "g", 1) != 1)
        grader_fail("The test itself went wrong: the process to add up in has ended.");
    while (waitpid(far_sum.process, &status, 0) == -1 && errno == EINTR)
        ;
    close(far_sum.start);
    grader_did();
    expect(!WIFEXITED(status) || WEXITSTATUS(status) != FAR_NEGATIVE,
           "%s worked out a term with a negative index. Is every index and every bound a long?",
           call);
    expect(!WIFEXITED(status) || WEXITSTATUS(status) != FAR_RETURNED,
           "%s returned after %s. Is every index and every bound a long, and not an int?", call,
           "no more than 1000 terms");
    expect(WIFEXITED(status) && WEXITSTATUS(status) == FAR_FINE, "%s crashed.", call);
}
