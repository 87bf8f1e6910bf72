#include "10-contrast/json.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/program/machine.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "GCC " __VERSION__
#endif

int json_open(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
}

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

/* Puts the text into the file in place of what was there, and closes it. Returns 0, or -1 with
 * errno. */
static int replace(int file, const char *text)
{
    FILE *stream = fdopen(file, "w"); /* which, unlike fopen, does not empty the file */
    struct stat about;
    int failed;

    if (!stream) {
        close(file);
        return -1;
    }
    failed = fputs(text, stream) == EOF || fflush(stream);
    /* A terminal or a pipe has no rest to cut off. */
    if (!failed && fstat(file, &about) == 0 && S_ISREG(about.st_mode))
        failed = ftruncate(file, (off_t)strlen(text));
    return fclose(stream) || failed ? -1 : 0;
}

int json_write(int file, const struct workload works[], size_t count)
{
    json_t *list = json_array();
    json_t *root = json_pack("{s:o, s:o}", "machine", machine_object(), "rows", list);
    char *text = NULL;
    int failed;

    for (size_t w = 0; root && w < count; w++)
        for (int i = 0; i < ENGINES; i++)
            json_array_append_new(list, row_object(&works[w], i));
    if (root)
        text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    if (text) {
        failed = replace(file, text);
    } else {
        close(file);
        errno = ENOMEM;
        failed = -1;
    }
    free(text);
    json_decref(root);
    return failed;
}
