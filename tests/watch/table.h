/* The table of labs, labs/table: what each lab is, in one line. Its head says what each column
 * means. */
#ifndef LOCKSTEP_WATCH_TABLE_H
#define LOCKSTEP_WATCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { TABLE_MOST_WORDS = 8 };

/* What a worker of the lab's engine is. */
enum table_kind { TABLE_NO_ENGINE, TABLE_CALLER, TABLE_PROCESS, TABLE_THREAD };

/* The words of a column that holds several; "-" is none. */
struct table_words {
    size_t count;
    const char *words[TABLE_MOST_WORDS];
};

/* All texts live as long as the table. */
struct table_lab {
    const char *lab;                            /* "03-pool" */
    int place;                                  /* from 1; no two labs have the same */
    struct table_words files;                   /* at least one; names without a folder, "pool.c" */
    struct table_words needs;                   /* libraries */
    bool threads, races, engines, network, mpi; /* the flags */
    const char *engine;                         /* the function's name, or NULL */
    enum table_kind kind;
    int hours;
    bool bonus; /* false: its points are part of the course's */
    const char *section;
    char *line; /* owned: what the texts are parts of */
};

struct table {
    size_t count;
    struct table_lab *labs; /* in the file's order, which is that of their names */
};

/* Reads the table. Returns 0; or -1, and prints one line that says why; nothing is to be freed
 * then. */
int table_read(struct table *table, const char *path);
void table_free(struct table *table);

/* Returns the lab of that name, or NULL. */
const struct table_lab *table_find(const struct table *table, const char *lab);

#endif
