/* A world of the test's own, in which contrast_run runs: three engines, and clocks that move only
 * when an engine runs, by what the script says for that engine's next run, and by much more when
 * something is done that is not to be timed. All of it runs in the test's own thread. */
#ifndef LOCKSTEP_SUITES_CONTRAST_WORLD_H
#define LOCKSTEP_SUITES_CONTRAST_WORLD_H

#include "10-contrast/contrast.h"

enum { WORLD_ENGINES = 3, WORLD_ROUNDS = 3, WORLD_TASKS = 4, WORLD_WORKERS = 6 };

/* What a time or a count in a row is before the call. */
#define WORLD_RUBBISH 0x7777777777777777

/* How long it takes to read a counter, in ns of wall time and of CPU time. */
enum { WORLD_READ_WALL = 20000, WORLD_READ_CPU = 40000 };

/* The script of one run. */
struct world_run {
    int64_t wall, cpu; /* ns that it takes */
    unsigned long count;
    int error;    /* the run fails with this errno */
    long wrong;   /* added to one result, */
    int where;    /* which is this one */
    bool lazy;    /* stores no results */
    int forgets;  /* does not store the result of this task, counted from 1; 0: stores all */
    bool swapped; /* stores the first two results at each other's places */
};

struct world {
    struct world_run runs[WORLD_ENGINES][WORLD_ROUNDS];
    int done[WORLD_ENGINES]; /* runs so far, also those that are too many */
    int workers;             /* what the last run was given */
    int leaves;              /* what a run that goes well leaves in errno, as any call may */
    size_t other_n;          /* a number of tasks that a run was given, if not WORLD_TASKS */
    bool failed;             /* a run has failed */
    const char *what;        /* what is odd in this world: "one of which ..." */
    int64_t wall, cpu;
    unsigned long counts[WORLD_ENGINES]; /* what the engines' counters show */
    char log[64];                        /* a letter for each run, in order */
    char announced[64];                  /* engine and round of each call of progress */
    bool astray;                         /* it was called with another context than the plan's */
    bool late;                           /* one of them came after its run */
    int walls;          /* how often the wall clock has been read since the last run */
    bool untimed;       /* one call of run_once made two runs */
    const char *filled; /* which clock was read before the results were filled; NULL: none */
};

extern struct world world;
extern const struct contrast_engine world_engines[WORLD_ENGINES];
extern const struct contrast_plan world_plan;
extern struct contrast_row world_rows[WORLD_ENGINES];

/* A new world, in which every run takes 100 ns and goes well. */
void world_begin(void);

/* Runs the contrast in it, which must succeed; the rows are in world_rows. */
void world_run(void);

/* Checks that progress was called so: a letter and a number for each run. The first is how it is
 * called where nothing fails. */
#define WORLD_ANNOUNCED "A0B0C0A1B1C1A2B2C2"
void world_expect_announced(const char *wanted);

#endif
