#include "tests/judge/lab.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    char *mine = strdup(text ? text : "");

    if (!mine) {
        perror("judge");
        exit(2);
    }
    return mine;
}

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[] = {"pending", "passed", "failed", "not-started", "not-run"};

    return names[outcome];
}

/* name, points, function, title, tests that it stands on, and hints, with tabs between. */
static int read_line(struct test *test, char *line)
{
    enum { FIXED = 5 };
    char *fields[FIXED + LAB_HINTS] = {0};

    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        fields[i] = strsep(&line, "\t");
    if (!fields[FIXED - 1] || atoi(fields[1]) < 1)
        return -1;
    *test = (struct test){.name = copy(fields[0]),
                          .points = atoi(fields[1]),
                          .where = copy(fields[2]),
                          .title = copy(fields[3]),
                          .after = copy(fields[4]),
                          .look_at = copy(fields[2]),
                          .text = copy("")};
    for (int i = 0; i < LAB_HINTS; i++)
        test->hints[i] = copy(fields[FIXED + i]);
    return 0;
}

int lab_read(struct lab *lab, const char *name, const char *source, const char *suite)
{
    char command[4096], line[4096];
    FILE *list;
    int failed = 0;

    *lab = (struct lab){.name = copy(name), .source = copy(source)};
    snprintf(command, sizeof command, "exec '%s' --list", suite);
    list = popen(command, "re");
    while (list && !failed && fgets(line, sizeof line, list)) {
        lab->tests = realloc(lab->tests, (lab->count + 1) * sizeof *lab->tests);
        failed = !lab->tests || read_line(&lab->tests[lab->count], line);
        lab->count += !failed;
    }
    if (!list || pclose(list) || failed || lab->count == 0) {
        fprintf(stderr, "judge: cannot read the list of tests from %s\n", suite);
        return -1;
    }
    return 0;
}

void lab_free(struct lab *lab)
{
    for (size_t i = 0; i < lab->count; i++) {
        struct test *test = &lab->tests[i];

        free(test->name);
        free(test->where);
        free(test->title);
        free(test->after);
        free(test->look_at);
        free(test->text);
        for (int hint = 0; hint < LAB_HINTS; hint++)
            free(test->hints[hint]);
    }
    free(lab->tests);
    free(lab->name);
    free(lab->source);
    free(lab->suite);
    free(lab->warnings);
    free(lab->trouble);
}

/* What the compiler says may quote the graded program. */
static char *copy_printable(const char *text)
{
    return make_printable(copy(text));
}

void lab_built(struct lab *lab, const char *suite, const char *warnings)
{
    lab->suite = copy(suite);
    lab->warnings = copy_printable(warnings);
    lab->stage = LAB_TESTING;
}

void lab_doubt(struct lab *lab, const char *trouble)
{
    char *mine = copy_printable(trouble);

    free(lab->trouble); /* `trouble` may be it */
    lab->trouble = mine;
    lab->stage = LAB_TO_DOUBT;
}

void lab_not_built(struct lab *lab, const char *trouble, bool missing)
{
    lab_doubt(lab, trouble);
    lab->missing = missing;
    for (size_t i = 0; i < lab->count; i++)
        test_decide(&lab->tests[i], OUTCOME_NOT_RUN, "%s %s", lab->source,
                    missing ? "was not handed in" : "could not be built");
    lab->stage = LAB_DONE;
}

const char *lab_state(const struct lab *lab)
{
    if (lab->stage != LAB_DONE)
        return "pending";
    if (lab->trouble)
        return lab->missing ? "not-handed-in" : "not-built";
    return lab_begun(lab) ? "graded" : "not-started";
}

int test_points(const struct test *test)
{
    return test->outcome == OUTCOME_PASSED ? test->points : 0;
}

int lab_points(const struct lab *lab)
{
    int points = 0;

    for (size_t i = 0; i < lab->count; i++)
        points += test_points(&lab->tests[i]);
    return points;
}

int lab_most(const struct lab *lab)
{
    int points = 0;

    for (size_t i = 0; i < lab->count; i++)
        points += lab->tests[i].points;
    return points;
}

bool lab_begun(const struct lab *lab)
{
    if (lab->trouble)
        return true;
    for (size_t i = 0; i < lab->count; i++)
        if (lab->tests[i].outcome == OUTCOME_PASSED || lab->tests[i].outcome == OUTCOME_FAILED)
            return true;
    return false;
}

const struct lab *lab_next(const struct lab labs[], size_t count)
{
    const struct lab *next = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct lab *lab = &labs[i];

        if (lab_points(lab) == lab_most(lab))
            continue;
        if (!next || lab_begun(lab) > lab_begun(next) ||
            (lab_begun(lab) == lab_begun(next) && lab->place < next->place))
            next = lab;
    }
    return next;
}

/* The length of the character of UTF-8 that begins at `at`, which is not ASCII. 0 if there is none,
 * or one that a terminal obeys and does not show: C1, and those that change the direction of
 * writing. */
static size_t utf8_length(const unsigned char *at)
{
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    uint32_t code = at[0] & (0xffu >> (length + 1));
    static const uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};

    if (at[0] < 0xc2 || at[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ||
        (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
        (code >= 0x2066 && code <= 0x2069))
        return 0;
    return length;
}

char *make_printable(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at;) {
        size_t length = *at < 128 ? 1 : utf8_length(at);

        if (length == 0 || (*at < ' ' && *at != '\n' && *at != '\t') || *at == 127)
            *at = '?';
        at += length ? length : 1;
    }
    return text;
}

void test_decide(struct test *test, enum outcome outcome, const char *format, ...)
{
    va_list arguments;
    char text[4096];

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    make_printable(text);
    free(test->text);
    test->text = copy(text);
    test->outcome = outcome;
}

const struct test *lab_test(const struct lab *lab, const char *name)
{
    for (size_t i = 0; i < lab->count; i++)
        if (strcmp(lab->tests[i].name, name) == 0)
            return &lab->tests[i];
    return NULL;
}

/* True if a test that this one stands on failed. */
static bool stands_on_failed(const struct lab *lab, const struct test *test)
{
    char names[512], *rest = names, *name;

    snprintf(names, sizeof names, "%s", test->after);
    while ((name = strsep(&rest, " "))) {
        const struct test *below = lab_test(lab, name);

        if (below && below != test && below->outcome == OUTCOME_FAILED)
            return true;
    }
    return false;
}

static bool same_failure(const struct test *one, const struct test *other)
{
    return strcmp(one->text, other->text) == 0 && strcmp(one->look_at, other->look_at) == 0;
}

void lab_choose_shown(struct lab *lab)
{
    enum { MOST_SHOWN = 3 };
    int shown = 0;

    for (size_t i = 0; i < lab->count; i++) {
        struct test *test = &lab->tests[i];
        bool known = false;

        for (size_t j = 0; j < i; j++)
            known |= lab->tests[j].shown && same_failure(&lab->tests[j], test);
        test->shown = test->outcome == OUTCOME_FAILED && shown < MOST_SHOWN && !known &&
                      !stands_on_failed(lab, test);
        shown += test->shown;
    }
    /* Tests that stand on each other in a circle: then the first that failed. */
    for (size_t i = 0; shown == 0 && i < lab->count; i++) {
        lab->tests[i].shown = lab->tests[i].outcome == OUTCOME_FAILED;
        shown += lab->tests[i].shown;
    }
}

void test_look_at(struct test *test, const char *function)
{
    char *name = copy(function && *function ? function : test->where);

    free(test->look_at);
    test->look_at = make_printable(name);
}

bool lab_failed(const struct lab *lab)
{
    for (size_t i = 0; i < lab->count; i++)
        if (lab->tests[i].outcome == OUTCOME_FAILED)
            return true;
    return false;
}
