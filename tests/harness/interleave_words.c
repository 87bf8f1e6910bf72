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

static const char *verb_of(const struct step *step)
{
    static const char *const accesses[] = {
        [ACCESS_READ] = "reads",   [ACCESS_WRITE] = "writes",   [ACCESS_LOAD] = "loads",
        [ACCESS_STORE] = "stores", [ACCESS_CHANGE] = "changes",
    };

    switch (step->kind) {
    case STEP_ACCESS:
        return accesses[step->access];
    case STEP_TAKE:
        return "takes";
    case STEP_TRY:
        return "tries to take";
    case STEP_DROP:
        return "drops";
    case STEP_FORBID:
        return "destroys";
    default:
        return NULL;
    }
}

void words_note(int thread, const struct step *step)
{
    const char *verb = verb_of(step), *place = words_place(step->at);

    if (!verb || !place || noted_count == MOST_NOTED)
        return;
    if (noted_count > 0 && noted[noted_count - 1].thread == thread &&
        noted[noted_count - 1].verb == verb && noted[noted_count - 1].place == place)
        return;
    noted[noted_count++] = (struct interleave_step){
        .thread = thread,
        .label = labels[thread],
        .verb = verb,
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

        if (before && before->thread == step->thread && before->label == step->label)
            length +=
                (size_t)snprintf(text + length, size - length, ", %s %s", step->verb, step->place);
        else
            length += (size_t)snprintf(
                text + length, size - length, "%sthread %d%s%s %s %s", before ? "; " : "",
                step->thread + 1, *step->label ? " in " : "", step->label, step->verb, step->place);
    }
    return length;
}

const char *words_order(void)
{
    static char text[480], rest[sizeof text - 5];
    int from = 0;

    while (write_from(from, rest, sizeof rest) >= sizeof rest)
        from++;
    snprintf(text, sizeof text, "%s%s", from > 0 ? "... " : "", rest);
    return text;
}
