/* A trial of the machine, before anything is judged: a program of the judge's own, in the sandbox
 * in which tests will run, tries what tests need. Whatever a test then lacks is not the machine's
 * doing. */
#ifndef LOCKSTEP_JUDGE_TRIAL_H
#define LOCKSTEP_JUDGE_TRIAL_H

#include <stdbool.h>

#include "tests/judge/grade.h"

/* What a trial found. */
struct trial {
    bool isolated;   /* namespaces are given */
    bool is_root;    /* root cannot become another user */
    bool can_write;  /* tests can write what their user can */
    bool outer_proc; /* tests have namespaces, but no /proc of their own */
    bool can_cheat;  /* tests can read the answers that they should not see */
    char lacks[400]; /* what is missing and what mends it, a sentence; "": nothing */
};

/* Tries it, with namespaces if that is wanted and they are given. Returns 0; or -1 if the judge
 * cannot work here, and `lacks` says why. Uses the folder grading->out. */
int trial_run(struct trial *trial, const struct grading *grading, bool want_isolation);

/* Do namespaces hold all that an answer may try? */
bool trial_held(const struct trial *trial);

/* Says on standard error what is not bounded here, a line each. `asked`: it was asked to do without
 * namespaces. */
void trial_print_notes(const struct trial *trial, bool asked);

/* The program that does it is the judge itself, started with this word first. Returns main's exit
 * status. */
#define TRIAL_WORD "--trial-inside"
int trial_inside(int argc, char **argv);

#endif
