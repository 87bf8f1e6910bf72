#include <stdio.h>
#include <string.h>

#include "tests/harness/interleave_parts.h"

enum { MOST_NAMES = 32, MOST_NOTED = 1024 };

static struct {
    const volatile char *at;
    size_t size;
    const char *name;
} names[MOST_NAMES];
static int names_used;

/* What has been done, in order. */
static struct interleave_step noted[MOST_NOTED];
static int noted_count;
static const char *labels[INTERLEAVE_MOST_THREADS];

void words_reset(void)
{
    names_used = 0;
    noted_count = 0;
    for (int thread = 0; thread < INTERLEAVE_MOST_THREADS; thread++)
        labels[thread] = "";
}

void interleave_label(const char *name)
{
    if (threads_me() >= 0)
        labels[threads_me()] = name;
}

bool interleave_step(int back, struct interleave_step *step)
{
    if (back >= noted_count)
        return false;
    *step = noted[noted_count - 1 - back];
    return true;
}

void interleave_name(const void *at, size_t size, const char *name)
{
    if (names_used == MOST_NAMES)
        return;
    names[names_used].at = at;
    names[names_used].size = size;
    names[names_used++].name = name;
}

const char *words_place(const volatile void *at)
{
    const volatile char *byte = at;

    for (int i = 0; i < names_used; i++)
        if (byte >= names[i].at && byte < names[i].at + names[i].size)
            return names[i].name;
    return NULL;
}

/* What a thread does, for whoever looks for a cause, and as it is told. */
struct deed {
    const char *verb, *told;
};

static struct deed deed_of(const struct step *step)
{
    static const struct deed accesses[] = {
        [ACCESS_READ] = {"reads", "reads %s"},       [ACCESS_WRITE] = {"writes", "writes %s"},
        [ACCESS_LOAD] = {"loads", "loads %s"},       [ACCESS_STORE] = {"stores", "stores %s"},
        [ACCESS_CHANGE] = {"changes", "changes %s"},
    };

    switch (step->kind) {
    case STEP_ACCESS:
        return accesses[step->access];
    case STEP_TAKE:
        return (struct deed){"takes", "takes %s"};
    case STEP_TRY:
        return (struct deed){"tries to take", "tries to take %s"};
    case STEP_DROP:
        return (struct deed){"drops", "drops %s"};
    case STEP_FORBID:
        return (struct deed){"destroys", "destroys %s"};
    default:
        return (struct deed){NULL, NULL};
    }
}

void words_note(int thread, const struct step *step)
{
    const char *place = words_place(step->at), *verb = deed_of(step).verb;

    if (!verb || !place || noted_count == MOST_NOTED)
        return;
    if (noted_count > 0 && noted[noted_count - 1].thread == thread &&
        noted[noted_count - 1].verb == verb && noted[noted_count - 1].place == place)
        return;
    noted[noted_count++] = (struct interleave_step){
        .thread = thread,
        .label = labels[thread],
        .verb = verb,
        .told = deed_of(step).told,
        .place = step->kind == STEP_FORBID ? "the object" : place,
    };
}

/* Writes what was done from the step `from` on. Returns how long that is. */
static size_t write_from(int from, char *text, size_t size)
{
    size_t length = 0;

    text[0] = '\0';
    for (int i = from; i < noted_count && length < size; i++) {
        const struct interleave_step *step = &noted[i], *before = i > from ? step - 1 : NULL;
        char told[64];

        snprintf(told, sizeof told, step->told, step->place);
        length += (size_t)snprintf(text + length, size - length, "%s", before ? "; " : "");
        if (length >= size)
            break;
        if (before && before->thread == step->thread && before->label == step->label)
            length += (size_t)snprintf(text + length, size - length, "%s", told);
        else if (*step->label)
            length += (size_t)snprintf(text + length, size - length, "thread %d in %s %s",
                                       step->thread + 1, step->label, told);
        else
            length += (size_t)snprintf(text + length, size - length, "thread %d %s",
                                       step->thread + 1, told);
    }
    return length;
}

const char *words_order(void)
{
    static char text[480], rest[sizeof text - 6];
    int from = 0;

    while (write_from(from, rest, sizeof rest) >= sizeof rest)
        from++;
    snprintf(text, sizeof text, "%s%s", from > 0 ? "...; " : "", rest);
    return text;
}
