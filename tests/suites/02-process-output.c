/* What is printed by tasks and by the caller, and what fork copies of it. */
#include "tests/suites/02-process.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/shared.h"
#include "tests/harness/capture.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* A stream of the caller's besides stdout, with text in its buffer. Copied to the children. */
static FILE *letter;

/* In a child. Task 3 fails. */
static int task_print(long in, long *out)
{
    printf("[task %ld]", in);
    fprintf(letter, "[letter %ld]", in);
    *out = in;
    return in == 3 ? EDOM : 0;
}

static const struct engine *engine;

static int map_printing_tasks(void)
{
    long in[4] = {0, 1, 2, 3}, out[4];

    return conform_map(engine, "start_next", task_print, in, out, 4, 2);
}

static int times_in(const char *text, const char *word)
{
    int times = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        times++;
    return times;
}

static atomic_int *goodbyes; /* shared: how often the handler has run; NULL before and after */

/* A handler of the test's own process, which every child has a copy of. */
static void count_goodbye(void)
{
    if (goodbyes)
        atomic_fetch_add(goodbyes, 1);
}

/* What the caller wrote is doubled where a child has a copy of it; what a task wrote is lost, or
 * doubled, where the child leaves. */
static void expect_once(const char *text, const char *word, const char *stream)
{
    int times = times_in(text, word);
    bool callers = strcmp(word, "[before]") == 0 || strcmp(word, "[dear]") == 0;

    expect_at(callers ? "start_next" : "run_child", times == 1,
              "%s was written to %s once, but it came out %s. All that came out is: %s", word,
              stream, times == 0 ? "never" : wording("%d times", times), text);
}

static void expect_letter(void)
{
    char text[512];

    rewind(letter); /* which writes out what is left in the buffer */
    text[fread(text, 1, sizeof text - 1, letter)] = '\0';
    fclose(letter);
    expect_once(text, "[dear]", "a file (fprintf)");
    for (int i = 0; i < 4; i++)
        expect_once(text, wording("[letter %d]", i), "a file (fprintf)");
}

void test_process_output_once(void)
{
    static const char *const words[] = {"[before]", "[task 0]", "[task 1]",
                                        "[task 2]", "[task 3]", "[after]"};
    struct grader_answer answer;
    char text[512];

    engine = process_begin(false);
    letter = tmpfile();
    fputs("[dear]", letter);
    answer = grader_answer(capture_output(map_printing_tasks, text, sizeof text));
    conform_checks_lead_to(engine, NULL);
    grader_expect_refused("The last task prints a word and fails with EDOM: process_map", answer,
                          EDOM);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        expect_once(text, words[i], "stdout");
    expect_letter();
    goodbyes = grader_share(1, sizeof *goodbyes);
    atexit(count_goodbye);
    at_quick_exit(count_goodbye);
    process_begin(false);
    expect_at("run_child", atomic_load(goodbyes) == 0,
              "A handler that the caller has registered with atexit or at_quick_exit ran in %d of "
              "the children: a child leaves with _exit, not exit.",
              atomic_load(goodbyes));
    shared_free(goodbyes);
    goodbyes = NULL;
}
