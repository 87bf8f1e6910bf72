/* The command line of every program: rows that say what an option is and where its value goes,
 * read with glibc's argp (so --help and --usage are there). */
#ifndef LOCKSTEP_PROGRAM_OPTIONS_H
#define LOCKSTEP_PROGRAM_OPTIONS_H

#include <stddef.h>

/* A program's exit status after a bad command line. */
enum { BAD_USAGE = 2 };

enum option_kind {
    OPTION_INT,    /* target: int *, a whole number from min to max */
    OPTION_LONG,   /* target: long *, a whole number from min to max */
    OPTION_CHOICE, /* target: int *, the place in `choices` of the word given */
    OPTION_TEXT,   /* target: const char **, points into argv */
    OPTION_FLAG,   /* target: int *, set to 1 */
};

struct option_row {
    const char *name; /* without the dashes */
    const char *help;
    enum option_kind kind;
    void *target; /* holds the default, which --help does not show: say it in `help` */
    long min, max;
    const char *const *choices; /* ends with NULL */
};

/* The options that several programs offer. */
#define OPTIONS_MAX_WORKERS 1024
#define OPTION_ROW_WORKERS(variable, text)                                                         \
    {                                                                                              \
        .name = "workers", .help = text, .kind = OPTION_INT, .target = (variable), .min = 1,       \
        .max = OPTIONS_MAX_WORKERS                                                                 \
    }
#define OPTION_ROW_TASK_MS(variable)                                                               \
    {                                                                                              \
        .name = "task-ms", .help = "how long each task lasts, in milliseconds (1000)",             \
        .kind = OPTION_LONG, .target = (variable), .min = 0, .max = 3600000                        \
    }
#define OPTION_ROW_N(variable, text, most)                                                         \
    {                                                                                              \
        .name = "n", .help = text, .kind = OPTION_LONG, .target = (variable), .min = 0,            \
        .max = (most)                                                                              \
    }

/* Reads the command line into the rows' targets. `doc` is one sentence for --help. It and
 * each `help` are translated here (language.h), which begins with the language. Does not
 * return from --help (exit status 0) or from a bad command line (one clear line on stderr, exit
 * status 2). At most 16 rows. */
void options_parse(const char *doc, const struct option_row rows[], size_t count, int argc,
                   char **argv);

#endif
