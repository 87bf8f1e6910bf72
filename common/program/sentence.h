/* Translates what is written already: a finished English sentence, whose format and figures nobody
 * knows any more, as when a test has reported it. The catalogue holds the formats (language.h); the
 * one that says the most of the sentence is taken, and what stands in its gaps is translated in
 * turn. */
#ifndef LOCKSTEP_SENTENCE_H
#define LOCKSTEP_SENTENCE_H

/* Returns the text in the language chosen; what has no translation stays English. free(3) it. If
 * there is no memory, it ends the program. */
char *sentence_translated(const char *english);

#endif
