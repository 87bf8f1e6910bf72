#include "common/program/tracefile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/program/handovers.h"
#include "common/program/outfile.h"
#include "common/program/timeline.h"
#include "common/program/workers.h"

struct tracefile {
    int file;
    FILE *stream; /* writes `text` */
    char *text;
    size_t size;
    int runs;
    unsigned long arrows; /* of all runs: an arrow's number */
};

struct tracefile *tracefile_open(const char *path)
{
    struct tracefile *file = calloc(1, sizeof *file);

    if (!file)
        return NULL;
    file->file = outfile_open(path);
    if (file->file == -1) {
        free(file);
        return NULL;
    }
    file->stream = open_memstream(&file->text, &file->size);
    if (!file->stream) {
        close(file->file);
        free(file);
        errno = ENOMEM;
        return NULL;
    }
    fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[", file->stream);
    return file;
}

/* Begins an event of kind `ph`; tid 0: of the whole run. Chrome's times are microseconds, and the
 * fraction keeps nanoseconds. */
static void begin_event(struct tracefile *file, char ph, size_t tid, int64_t ns)
{
    fprintf(file->stream, "\n{\"ph\":\"%c\",\"pid\":%d,\"ts\":%lld.%03d,", ph, file->runs,
            (long long)(ns / 1000), (int)(ns % 1000));
    if (tid > 0)
        fprintf(file->stream, "\"tid\":%zu,", tid);
}

static void add_names(struct tracefile *file, const char *name, const struct workers *workers)
{
    if (file->runs > 1)
        fputc(',', file->stream);
    fprintf(file->stream,
            "\n{\"ph\":\"M\",\"pid\":%d,\"name\":\"process_name\",\"args\":{\"name\":"
            "\"%s\"}},\n{\"ph\":\"M\",\"pid\":%d,\"name\":\"process_sort_index\","
            "\"args\":{\"sort_index\":%d}}",
            file->runs, name, file->runs, file->runs);
    for (size_t i = 0; i < workers->count; i++) {
        pid_t pid = workers->all[i].pid;

        fprintf(file->stream,
                ",\n{\"ph\":\"M\",\"pid\":%d,\"tid\":%zu,\"name\":\"thread_name\","
                "\"args\":{\"name\":\"",
                file->runs, i + 1);
        if (pid == getpid())
            fprintf(file->stream, "thread %zu\"}}", i + 1);
        else
            fprintf(file->stream, "process %zu (PID %d)\"}}", i + 1, (int)pid);
    }
}

/* What happened to the lock, as arrows and as a counter. An arrow begins and ends in a slice, in
 * its last nanosecond. */
static void add_handovers(struct tracefile *file, int64_t begin, const struct handover handovers[],
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct handover *handover = &handovers[i];

        fputc(',', file->stream);
        begin_event(file, 'C', 0, handover->at - begin);
        fprintf(file->stream, "\"name\":\"who has the lock\",\"args\":{\"worker\":%zu}}",
                handover->to);
        if (handover->from == 0)
            continue;
        file->arrows++;
        fputc(',', file->stream);
        begin_event(file, 's', handover->from, handover->given - 1 - begin);
        fprintf(file->stream, "\"cat\":\"lock\",\"name\":\"hand-over\",\"id\":%lu},", file->arrows);
        begin_event(file, 'f', handover->to, handover->at - 1 - begin);
        fprintf(file->stream, "\"cat\":\"lock\",\"name\":\"hand-over\",\"id\":%lu,\"bp\":\"e\"}",
                file->arrows);
    }
}

int tracefile_add(struct tracefile *file, const char *name, int64_t begin,
                  const struct trace_event events[], size_t count)
{
    struct handover *handovers;
    struct workers workers;
    size_t changes;

    if (!file)
        return 0;
    if (workers_find(&workers, events, count))
        return -1;
    handovers = handovers_find(&workers, events, count, &changes);
    if (handovers) {
        file->runs++;
        add_names(file, name, &workers);
        for (size_t i = 0; i < count; i++) {
            int64_t length = events[i].end - events[i].begin;

            fputc(',', file->stream);
            begin_event(file, 'X', (size_t)(workers_of(&workers, &events[i]) - workers.all) + 1,
                        events[i].begin - begin);
            fprintf(file->stream, "\"dur\":%lld.%03d,\"name\":\"%s\"}", (long long)(length / 1000),
                    (int)(length % 1000), timeline_meaning(events[i].state));
        }
        add_handovers(file, begin, handovers, changes);
    }
    free(handovers);
    workers_free(&workers);
    return handovers ? 0 : -1;
}

int tracefile_close(struct tracefile *file)
{
    int failed;

    if (!file)
        return 0;
    fputs("\n]}\n", file->stream);
    if (fclose(file->stream)) {
        close(file->file);
        errno = ENOMEM;
        failed = -1;
    } else {
        failed = outfile_replace(file->file, file->text);
    }
    free(file->text);
    free(file);
    return failed;
}
