/* Sets of names. */
#ifndef LOCKSTEP_BUILD_NAMES_H
#define LOCKSTEP_BUILD_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* {0} is an empty one. */
struct names {
    size_t count, room;
    char **names; /* owned */
};

/* Adds a copy of the name. Without memory for it, the program ends with exit status 2. */
void names_add(struct names *names, const char *name);

/* Puts them in order, each of them once. names_have may be asked from then until names_add. */
void names_sort(struct names *names);
bool names_have(const struct names *names, const char *name);

void names_free(struct names *names);

#endif
