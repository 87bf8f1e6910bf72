/* The builder's steps. Each looks at what a student has written, or at what was made of it; the
 * first one that refuses it ends the build.
 *
 * The code is not trusted: it was written to be graded, and perhaps to trick the judge. The
 * compiler, its assembler, objcopy and the linker are trusted, and so is everything else in the
 * objects' folder. */
#ifndef LOCKSTEP_BUILD_STEPS_H
#define LOCKSTEP_BUILD_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/judge/build/command.h"
#include "tests/judge/build/names.h"
#include "tests/watch/description.h"
#include "tests/watch/table.h"

/* The builder's exit status. */
enum result {
    BUILD_DONE = 0,
    BUILD_REFUSED = 1, /* a student was told why, on standard output */
    BUILD_MISSING = 3, /* the same, and it is that a file is not there */
    BUILD_CANNOT = 2,  /* it is not the student's fault; standard error says what it is */
};

/* A file of the student's. */
struct answer {
    char *source;    /* "labs/03-pool/pool.c" */
    char *stem;      /* "pool" */
    char *object;    /* made by step_compile */
    char *includes;  /* the list of included files, made by step_compile */
    char *assembled; /* the same of what the assembler read */
};

struct build {
    struct description description;
    struct table table;
    const struct table_lab *lab;
    const char *out;   /* the folder where the suite is made, and all on the way to it */
    const char *flags; /* further ones for the compiler */
    bool sanitized;    /* for our own use: a sanitiser needs what else is refused */
    const char *objects;
    char *contract; /* a file: the names of the functions that the answers are to define */
    char *suite;
    struct answer answers[TABLE_MOST_WORDS];
    size_t count;
    struct names suites;    /* the objects of the lab's suite */
    struct output compiler; /* what it said; the same of objcopy and the linker */
    struct output linker;
};

typedef enum result step_fn(struct build *build);

/* Compiles each file by itself. */
step_fn step_compile;

/* Files may include what is in their own folder, in common/, in labs/ and in the system, and so may
 * what the assembler is told to read. */
step_fn step_includes;

/* All functions of the contract must be defined. Used may be common/, what is given in labs/ and
 * what comes earlier in the course; not the harness, nor a later lab. */
step_fn step_symbols;

/* Takes out of the objects what would run before main or after it, hides all names that are not
 * the contract's, and lets the harness stand between the answer and the system
 * (tests/harness/redirected). No other odd sections may be there. */
step_fn step_sections;

/* Links the suite. No function in it may be one that is chosen by code before main. */
step_fn step_link;

/* Prints the first of the compiler's warnings: they cost nothing, but often name the very
 * mistake. */
void compile_print_warnings(const struct build *build);

/* Prints a line for the student. Returns BUILD_REFUSED. */
__attribute__((format(printf, 1, 2))) enum result build_refuse(const char *format, ...);

/* Prints a line on standard error. Returns BUILD_CANNOT. */
__attribute__((format(printf, 1, 2))) enum result build_cannot(const char *format, ...);

/* Runs objcopy on an object: takes out sections, and renames functions; and, where `hide` is set,
 * hides all names that are not the contract's. */
enum result sections_change(struct build *build, const char *source, const char *object, bool hide);

/* Runs a command that must be there. Returns false, and has said so, if it could not be started;
 * stores how it ended, as waitpid(2) says. Frees the command. */
bool build_run(struct command *command, struct output *output, int *status);

#endif
