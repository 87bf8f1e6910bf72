/* What a file that was handed in looks like, before a compiler reads it. */
#ifndef LOCKSTEP_BUILD_SOURCE_H
#define LOCKSTEP_BUILD_SOURCE_H

#include "tests/judge/build/steps.h"

/* Refuses what is no file of C, and says what it is instead. */
enum result source_check(const char *source);

/* What a text is, as its first bytes tell: a phrase to put after "is"; NULL: it may be C. */
const char *source_kind(const char *text, size_t length);

/* Adds a line for the student if it is plain why a file did not compile. */
void source_guess(const char *source);

/* Is the text in C++? */
bool source_is_cpp(const char *text);

#endif
