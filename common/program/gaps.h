/* What a format of printf was given, found again in what it has written. */
#ifndef LOCKSTEP_GAPS_H
#define LOCKSTEP_GAPS_H

#include <stdbool.h>
#include <stddef.h>

enum { GAPS_MOST = 16 };

/* What a conversion has written. */
struct gap {
    const char *text;
    size_t length;
    char kind; /* the letter of the conversion */
};

/* Does anybody know what stands in the gap of a "%s"? */
typedef bool gap_known_fn(const struct gap *gap, void *context);

/* True if the format can have written the whole text; stores what stands in its gaps: where there
 * are several ways, gaps that are known (known(gap, context), unless it is NULL), and short ones.
 * With `apart` no gap reaches from one sentence into the next, unless a colon stands before it.
 * Gives up when *steps are used up: a text may be made to be hard. */
bool gaps_find(const char *format, const char *text, bool apart, gap_known_fn *known, void *context,
               struct gap gaps[GAPS_MOST], long *steps);

#endif
