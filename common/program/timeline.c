#include "common/program/timeline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/workers.h"

/* One character of a row. */
struct cell {
    int64_t spent[TRACE_BLOCKED + 1]; /* nanoseconds in each state but TRACE_IDLE */
    bool begins;                      /* a worker that follows another begins here */
};

/* How a cell looks. */
struct look {
    const char *ascii, *utf8, *sgr, *meaning;
};

static const struct look looks[] = {
    [TRACE_IDLE] = {" ", " ", "0", NULL},
    [TRACE_COMPUTING] = {"#", "▇", "32", TR_LATER("computing")},
    [TRACE_LOCK] = {".", "░", "31", TR_LATER("waiting for the lock")},
    [TRACE_BLOCKED] = {"-", "─", "36", TR_LATER("blocked")},
};
static const struct look mark = {"|", "│", "0", TR_LATER("next worker")};

const char *timeline_meaning(enum trace_state state)
{
    return looks[state].meaning;
}

static void print_look(const struct timeline *timeline, const struct look *look)
{
    fprintf(timeline->stream, "%s%s", terminal_sgr(timeline->terminal, look->sgr),
            timeline->terminal->utf8 ? look->utf8 : look->ascii);
}

static void print_meaning(const struct timeline *timeline, const struct look *look)
{
    print_look(timeline, look);
    fprintf(timeline->stream, "%s %s", terminal_sgr(timeline->terminal, "0"), tr(look->meaning));
}

void timeline_legend(const struct timeline *timeline)
{
    fputs("  ", timeline->stream);
    for (int state = TRACE_COMPUTING; state <= TRACE_BLOCKED; state++) {
        print_meaning(timeline, &looks[state]);
        fputs("  ", timeline->stream);
    }
    print_meaning(timeline, &mark);
    fputs(tr("  x3 three alike\n"), timeline->stream);
}

/* Adds one event to the cells of its row. */
static void paint(const struct timeline *timeline, struct cell row[], int64_t begin,
                  const struct trace_event *event)
{
    for (int i = 0; i < timeline->columns; i++) {
        int64_t from = begin + timeline->length * i / timeline->columns;
        int64_t to = begin + timeline->length * (i + 1) / timeline->columns;

        if (from < event->begin)
            from = event->begin;
        if (to > event->end)
            to = event->end;
        if (from < to)
            row[i].spent[event->state] += to - from;
    }
}

/* Marks the cell in which a worker takes over a row. */
static void paint_mark(const struct timeline *timeline, struct cell row[], int64_t begin,
                       const struct worker *worker)
{
    int64_t column = (worker->begin - begin) * timeline->columns / timeline->length;

    if (worker->follows && column >= 0 && column < timeline->columns)
        row[column].begins = true;
}

/* What the worker did for the longest time of this cell. */
static enum trace_state longest(const struct cell *cell, int64_t cell_length)
{
    enum trace_state state = TRACE_IDLE;
    int64_t most = cell_length;

    for (int s = TRACE_COMPUTING; s <= TRACE_BLOCKED; s++)
        most -= cell->spent[s];
    for (int s = TRACE_COMPUTING; s <= TRACE_BLOCKED; s++) {
        if (cell->spent[s] > most) {
            most = cell->spent[s];
            state = (enum trace_state)s;
        }
    }
    return state;
}

static const struct look *look_of(const struct timeline *timeline, const struct cell *cell)
{
    if (cell->begins)
        return &mark;
    return &looks[longest(cell, timeline->length / timeline->columns)];
}

/* True if each cell of a row has its like in the other row, at most two columns away. */
static bool found_in(const struct timeline *timeline, const struct cell row[],
                     const struct cell other[])
{
    const int away = 2;

    for (int i = 0; i < timeline->columns; i++) {
        bool found = false;

        for (int j = i - away; j <= i + away && !found; j++)
            found = j >= 0 && j < timeline->columns &&
                    look_of(timeline, &row[i]) == look_of(timeline, &other[j]);
        if (!found)
            return false;
    }
    return true;
}

/* How many rows from the first of cells[] on look alike. Two are not worth a word: 1 then. */
static size_t rows_alike(const struct timeline *timeline, const struct cell cells[], size_t rows)
{
    size_t columns = (size_t)timeline->columns, alike = 1;

    while (alike < rows && found_in(timeline, cells, &cells[alike * columns]) &&
           found_in(timeline, &cells[alike * columns], cells))
        alike++;
    return alike > 2 ? alike : 1;
}

/* `alike` rows are printed as one. */
static void print_row(const struct timeline *timeline, const char *label, size_t number,
                      size_t alike, const struct cell row[])
{
    const struct look *before = &looks[TRACE_IDLE];
    int last = timeline->columns;

    while (last > 0 && look_of(timeline, &row[last - 1]) == &looks[TRACE_IDLE])
        last--;
    fprintf(timeline->stream, "  %-*s %s%zu  ", timeline->label_width, label, alike > 1 ? "x" : " ",
            alike > 1 ? alike : number);
    for (int i = 0; i < last; i++) {
        const struct look *look = look_of(timeline, &row[i]);

        if (look == before)
            fputs(timeline->terminal->utf8 ? look->utf8 : look->ascii, timeline->stream);
        else
            print_look(timeline, look);
        before = look;
    }
    fprintf(timeline->stream, "%s\n", terminal_sgr(timeline->terminal, "0"));
}

/* Paints the workers' rows below `shown` into cells[]. */
static void paint_all(const struct timeline *timeline, struct cell cells[], size_t shown,
                      const struct workers *workers, int64_t begin,
                      const struct trace_event events[], size_t count)
{
    size_t columns = (size_t)timeline->columns;

    for (size_t i = 0; i < count; i++) {
        size_t row = workers_of(workers, &events[i])->row;

        if (row < shown)
            paint(timeline, &cells[row * columns], begin, &events[i]);
    }
    for (size_t i = 0; i < workers->count; i++) {
        const struct worker *worker = &workers->all[i];

        if (worker->row < shown)
            paint_mark(timeline, &cells[worker->row * columns], begin, worker);
    }
}

int timeline_rows(const struct timeline *timeline, const char *label, int at_once, int64_t begin,
                  const struct trace_event events[], size_t count)
{
    size_t columns = (size_t)timeline->columns, most = (size_t)timeline->most_rows;
    struct cell *cells = calloc(most * columns, sizeof *cells);
    struct workers workers = {0};
    size_t rows, shown;

    if (!cells || workers_find(&workers, events, count))
        goto no_room;
    rows = workers.count;
    if (workers.count > (size_t)at_once && (rows = workers_share_rows(&workers)) == 0)
        goto no_room;
    shown = rows < most ? rows : most;
    paint_all(timeline, cells, shown, &workers, begin, events, count);

    for (size_t row = 0, alike; row < shown; row += alike) {
        alike = rows_alike(timeline, &cells[row * columns], shown - row);
        print_row(timeline, row == 0 ? label : "", row + 1, alike, &cells[row * columns]);
    }
    if (rows > shown)
        fprintf(timeline->stream, tr("  %-*s  ... and %zu more\n"), timeline->label_width, "",
                rows - shown);
    workers_free(&workers);
    free(cells);
    return 0;

no_room:
    workers_free(&workers);
    free(cells);
    errno = ENOMEM;
    return -1;
}

/* The least of 1, 2, 5, 10, 20, 50, ... milliseconds that is at least 8 columns wide. */
static long tick_ms(const struct timeline *timeline)
{
    static const long steps[] = {1, 2, 5};

    for (long scale = 1;; scale *= 10)
        for (int i = 0; i < 3; i++)
            if (steps[i] * scale * NS_PER_MS * timeline->columns >= 8 * timeline->length)
                return steps[i] * scale;
}

/* The column of a moment; the axis' end counts as its last column. */
static int column_of(const struct timeline *timeline, long ms)
{
    int64_t column = ms * NS_PER_MS * timeline->columns / timeline->length;

    return column < timeline->columns ? (int)column : timeline->columns - 1;
}

void timeline_axis(const struct timeline *timeline)
{
    bool utf8 = timeline->terminal->utf8;
    long step = tick_ms(timeline), last = timeline->length / NS_PER_MS;
    int at = 0;

    fprintf(timeline->stream, "  %*s", timeline->label_width + 5, "");
    for (int column = 0; column < timeline->columns; column++) {
        bool tick = column == column_of(timeline, at * step) && at * step <= last;

        fputs(tick ? (utf8 ? "┴" : "+") : (utf8 ? "─" : "-"), timeline->stream);
        at += tick;
    }
    fprintf(timeline->stream, "\n  %*s  ", timeline->label_width + 3, "ms");
    at = 0;
    for (long ms = 0; ms <= last; ms += step) {
        char text[24];
        int length = snprintf(text, sizeof text, "%ld", ms);
        int column = column_of(timeline, ms);

        if (column > timeline->columns - length)
            column = timeline->columns - length;
        at += fprintf(timeline->stream, "%*s%s", column - at, "", text);
    }
    fputc('\n', timeline->stream);
}
