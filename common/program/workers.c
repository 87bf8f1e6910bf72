#include "common/program/workers.h"

#include <errno.h>
#include <stdlib.h>

/* The latest worker is the likeliest, so the search begins at the end. */
static struct worker *search(const struct workers *workers, const struct trace_event *event)
{
    for (struct worker *worker = workers->all + workers->count; worker-- > workers->all;)
        if (worker->pid == event->pid && worker->tid == event->tid)
            return worker;
    return NULL;
}

int workers_find(struct workers *workers, const struct trace_event events[], size_t count)
{
    *workers = (struct workers){.all = calloc(count + 1, sizeof *workers->all)};
    if (!workers->all) {
        errno = ENOMEM;
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        struct worker *worker = search(workers, &events[i]);

        if (!worker) {
            worker = &workers->all[workers->count];
            *worker = (struct worker){events[i].pid, events[i].tid,  events[i].begin,
                                      events[i].end, workers->count, false};
            workers->count++;
        }
        if (worker->end < events[i].end)
            worker->end = events[i].end;
    }
    return 0;
}

void workers_free(struct workers *workers)
{
    free(workers->all);
    *workers = (struct workers){0};
}

struct worker *workers_of(const struct workers *workers, const struct trace_event *event)
{
    return search(workers, event);
}

size_t workers_share_rows(struct workers *workers)
{
    int64_t *row_end = calloc(workers->count + 1, sizeof *row_end);
    size_t rows = 0;

    if (!row_end) {
        errno = ENOMEM;
        return 0;
    }
    for (size_t i = 0; i < workers->count; i++) {
        struct worker *worker = &workers->all[i];
        size_t row = 0;

        while (row < rows && row_end[row] > worker->begin)
            row++;
        worker->row = row;
        worker->follows = row < rows;
        row_end[row] = worker->end;
        if (row == rows)
            rows++;
    }
    free(row_end);
    return rows;
}
