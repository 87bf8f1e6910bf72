/* A program of labs/NN-topic/break/: something that goes wrong, to be looked at. The comment at its
 * head is what a student reads before it runs:
 *
 *     Its name: what it is.
 *                                 (an empty line)
 *     What it shows, and what to type in a second terminal: SESSION there is the number of the
 *     session in which it runs.
 *
 *     Look for: words of the line that shows it
 */
#ifndef LOCKSTEP_JUDGE_LESSON_H
#define LOCKSTEP_JUDGE_LESSON_H

#include <limits.h>
#include <sys/types.h>

struct lesson {
    char name[64];          /* of the program: "zombies" */
    char lab[64];           /* the folder of its lab */
    char program[PATH_MAX]; /* what was built of it */
    char *head;             /* its lines, each with its end, without the marks of the comment */
};

/* Reads labs/NN-topic/break/NAME.c, whose program is OBJECTS/labs/NN-topic/break/NAME. Returns 0;
 * or -1 and prints why. lesson_free frees what it holds. */
int lesson_read(struct lesson *lesson, const char *source, const char *objects);
void lesson_free(struct lesson *lesson);

/* Prints one line for the list: lab, name, and the first line of the head. */
void lesson_print_title(const struct lesson *lesson);

/* Prints the whole head; `session` stands where SESSION does, if it is known (not 0). */
void lesson_print(const struct lesson *lesson, pid_t session);

#endif
