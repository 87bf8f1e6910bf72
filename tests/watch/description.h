/* How everything here is built: a file that make writes (build/gcc/build) and that programs and
 * tools read. Each of its lines is a key, blanks, and a value, which is the rest of the line:
 *
 *   compiler    the compiler's name or path
 *   family      gcc or clang: whose runtime of OpenMP there is, libgomp or libomp
 *   compile     the command that compiles a file of C, without files
 *   unfinished  further flags for code that students are still writing
 *   link        the command that links a program, without files
 *   check       the linker's words for the library of that name; so are `jansson` and `mpich`
 *   system      the folders of the system's headers, with colons between
 *   mpi-flags   further flags to compile labs that use MPI
 *   sanitize    what -fsanitize is given
 *   objects     the folder of all objects, a path from the top folder
 *
 * A value of "-" stands for none. */
#ifndef LOCKSTEP_WATCH_DESCRIPTION_H
#define LOCKSTEP_WATCH_DESCRIPTION_H

#include <stddef.h>

enum { DESCRIPTION_MOST_LINES = 32 };

struct description {
    size_t count;
    struct {
        char *key; /* owned; `value` points into the same memory */
        const char *value;
    } lines[DESCRIPTION_MOST_LINES];
};

/* Reads the file. Returns 0: the keys above, except libraries, are all there. Returns -1 and prints
 * one line that says why; nothing is to be freed then. */
int description_read(struct description *description, const char *path);
void description_free(struct description *description);

/* Returns the value, "" if it is none, NULL if the file has no such key. It lives as long as the
 * description. */
const char *description_value(const struct description *description, const char *key);

#endif
