/* What the tests of lab 06 share. All of it runs in the test's own process. */
#ifndef LOCKSTEP_SUITES_SQUARES_SUPPORT_H
#define LOCKSTEP_SUITES_SQUARES_SUPPORT_H

#include "06-squares/squares.h"

/* squares_one_by_one or squares_together. */
struct squares_way {
    const char *name;
    int (*run)(const long values[], long squares[], size_t n, int output, delay_fn *delay);
};

extern const struct squares_way squares_ways[2]; /* one by one is the first */

/* None is equal to its place: so nobody can print or store the one for the other. */
enum { SQUARES_N = 5, SQUARES_MEDIUM = 46341 };
#define SQUARES_LARGEST 3037000499           /* its square is the largest that fits in a long */
extern const long squares_values[SQUARES_N]; /* a medium one, -7, 3, 0, and the largest */

/* What a call is given. */
struct squares_job {
    const long *values;
    long *squares;
    size_t n;
    int output;
    delay_fn *delay;
};

/* Makes the call and notes it; a failure of it, or of an expect after it, leads to `look_at` (NULL:
 * to the function itself). Returns what it returned, with its errno. Fails the test if a child
 * returned from it, too. */
int squares_run(const struct squares_way *way, const char *look_at, const struct squares_job *job);

/* The same for a call that must succeed, and bring all squares back. */
void squares_expect(const struct squares_way *way, const char *look_at,
                    const struct squares_job *job);

/* From now on failures lead there. */
void squares_lead_to(const char *function);

/* A file that children write to and the test reads afterwards. squares_read_output closes it. */
int squares_open_output(void);
void squares_read_output(int output, char text[], size_t size);

/* In the test's own process, before calls whose children use the two below. */
void squares_note_caller(void);

/* In a child. How many children the caller has, also those that have ended and are not reaped. */
int squares_count_children(void);

/* In a child: waits until its caller waits, or naps again and again: so it starts no child now. */
void squares_wait_for_caller(void);

/* In a child: the same, and until all other children of the caller have ended. */
void squares_wait_for_others(void);

/* Begins a test: squares one value. */
void squares_begin(const struct squares_way *way);

/* Squares two values in the way chosen last, and returns what that returned: for helpers that call
 * a function without arguments. Fails the test if it claims to have succeeded, and has not. */
void squares_choose(const struct squares_way *way);
int squares_of_two(void);

#endif
