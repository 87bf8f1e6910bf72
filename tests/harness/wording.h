/* Words for messages. Each text lives until the calling thread has made sixteen more: long enough
 * for the arguments of one message. Keep errno. */
#ifndef LOCKSTEP_HARNESS_WORDING_H
#define LOCKSTEP_HARNESS_WORDING_H

/* A number and what it counts: "1 task", "3 tasks", "2 processes". `thing` is a noun whose plural
 * ends in -s or, after another s, in -es. */
const char *plural(long n, const char *thing);

/* An errno value by its name and its meaning: "ECHILD (No child processes)". */
const char *error_name(int error);

/* A text in the form of printf, cut off if it is long. */
__attribute__((format(printf, 1, 2))) const char *wording(const char *format, ...);

#endif
