#include "10-contrast/json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/machine.h"
#include "common/program/outfile.h"
#include "common/program/sentence.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "GCC " __VERSION__
#endif

/* null for an engine that failed, and for a speedup over a serial that failed: JSON has no NAN. */
static json_t *figure(const struct contrast_row *row, double number)
{
    return row->error || !isfinite(number) ? json_null() : json_real(number);
}

static json_t *machine_object(void)
{
    char model[128];
    struct utsname kernel;

    machine_model(model, sizeof model);
    if (uname(&kernel))
        strcpy(kernel.release, "unknown");
    return json_pack("{s:s, s:i, s:s, s:s}", "processor", model, "usable_cpus", machine_cpus(),
                     "compiler", COMPILER, "kernel", kernel.release);
}

static json_t *row_object(const struct workload *work, int i)
{
    const struct contrast_row *row = &work->rows[i];
    const char *problem = engine_problem(work->rows, i);
    json_t *object = json_pack(
        "{s:s, s:s, s:i, s:o, s:o, s:b, s:o, s:o, s:o}", "workload", work->name, "engine",
        engines[i].name, "workers", i == ENGINE_SERIAL ? 1 : work->workers, "seconds",
        figure(row, (double)row->best / NS_PER_S), "speedup", figure(row, row->speedup), "agrees",
        problem == NULL, "slowest_seconds", figure(row, (double)row->worst / NS_PER_S),
        "cpu_seconds", figure(row, (double)row->cpu / NS_PER_S), "lock_switches",
        engines[i].counter && !row->error ? json_integer((json_int_t)row->counted) : json_null());

    if (object && problem)
        json_object_set_new(object, "error", json_string(problem));
    return object;
}

static void add_sentence(json_t *sentences, const char *english)
{
    char *translated = sentence_translated(english);

    json_object_set_new(sentences, english, json_string(translated));
    free(translated);
}

/* What pages in the language that is spoken show besides figures. */
static json_t *spoken_object(const struct workload works[], char says[][VERDICT_SIZE], size_t count)
{
    json_t *sentences = json_object();

    for (size_t w = 0; w < count; w++) {
        add_sentence(sentences, works[w].title);
        add_sentence(sentences, says[w]);
        for (int i = 0; i < ENGINES; i++)
            if (engine_problem(works[w].rows, i))
                add_sentence(sentences, engine_problem(works[w].rows, i));
    }
    for (const char *const *line = verdict_go_on; *line; line++)
        add_sentence(sentences, *line);
    return json_pack("{s:s, s:o}", "language", language_name(), "sentences", sentences);
}

int json_write(int file, const struct workload works[], char says[][VERDICT_SIZE], size_t count,
               int rounds)
{
    json_t *rows = json_array(), *list = json_array(), *go_on = json_array();
    json_t *root = json_pack("{s:o, s:o, s:i, s:o, s:o}", "machine", machine_object(), "rows", rows,
                             "rounds", rounds, "workloads", list, "go_on", go_on);
    char *text = NULL;
    int failed;

    for (size_t w = 0; root && w < count; w++) {
        for (int i = 0; i < ENGINES; i++)
            json_array_append_new(rows, row_object(&works[w], i));
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:s}", "name", works[w].name,
                                              "title", works[w].title, "window_ms",
                                              (json_int_t)works[w].window_ms, "says", says[w]));
    }
    for (const char *const *line = verdict_go_on; root && *line; line++)
        json_array_append_new(go_on, json_string(*line));
    if (root && *language_name())
        json_object_set_new(root, "spoken", spoken_object(works, says, count));
    if (root)
        text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    if (text) {
        failed = outfile_replace(file, text);
    } else {
        close(file);
        errno = ENOMEM;
        failed = -1;
    }
    free(text);
    json_decref(root);
    return failed;
}
