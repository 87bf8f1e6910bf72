/* What a student is shown of what is said of his answers. */
#ifndef LOCKSTEP_JUDGE_SHOWN_H
#define LOCKSTEP_JUDGE_SHOWN_H

/* Returns a copy of the text, which the caller frees, without the paths of whoever grades: files
 * are named from the folder `src` on (03-pool/pool.c), and `out` and the top folder do not appear
 * either. The folders may be NULL. */
char *shown_to_student(const char *text, const char *src, const char *out);

/* Prints, behind a text, one word for a shell, whatever characters it holds. */
void shown_print_word(const char *before, const char *word);

#endif
