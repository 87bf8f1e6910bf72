/* Commands: words that are run as they are, by no shell. Without memory the program ends with exit
 * status 2. */
#ifndef LOCKSTEP_BUILD_COMMAND_H
#define LOCKSTEP_BUILD_COMMAND_H

#include <stddef.h>

/* {0} is an empty one. The words are owned; NULL stands after the last one. */
struct command {
    size_t count;
    char **words;
};

void command_add(struct command *command, const char *word);

/* Adds the words of a text, with blanks between; there are no quotes in it. */
void command_add_words(struct command *command, const char *text);

/* Adds a path in such a form that no program takes it for an option. */
void command_add_path(struct command *command, const char *path);
void command_free(struct command *command);

/* What commands said: of all they wrote, the first part. Holds no '\0' but at its end. */
enum { OUTPUT_MOST = 1000000 };
struct output {
    size_t length;
    char text[OUTPUT_MOST + 1];
};

/* Runs the command, found in PATH, with nothing to read, and waits for it. Adds what it writes to
 * standard error to `output`. Returns how it ended, as waitpid(2) says; or -1 with errno if it
 * could not be started. Frees the command. */
int command_run(struct command *command, struct output *output);

#endif
