/* The builder: makes the suite of a lab around a student's answers, and refuses those that could
 * cheat before a test begins. steps.h says how. */
#include <errno.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program/options.h"
#include "tests/judge/build/steps.h"
#include "tests/judge/build/text.h"
#include "tests/judge/files.h"

static void set_answers(struct build *build, const char *src)
{
    const struct table_words *files = &build->lab->files;

    build->count = files->count;
    for (size_t i = 0; i < files->count; i++) {
        struct answer *answer = &build->answers[i];

        answer->source = text_format("%s/%s/%s", src, build->lab->lab, files->words[i]);
        answer->stem = text_format("%s", files->words[i]);
        *strrchr(answer->stem, '.') = '\0';
        answer->object = text_format("%s/answer/%s.o", build->out, answer->stem);
        answer->includes = text_format("%s/answer/%s.includes", build->out, answer->stem);
        answer->assembled = text_format("%s/answer/%s.assembled", build->out, answer->stem);
    }
}

/* Finds the objects of the lab's suite, by their sources: there may be objects left of sources that
 * are gone. */
static enum result find_suites(struct build *build)
{
    char *pattern = text_format("tests/suites/%s{,-*}.c", build->lab->lab);
    glob_t found = {0};

    glob(pattern, GLOB_BRACE, NULL, &found);
    free(pattern);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int stem = (int)(strlen(found.gl_pathv[i]) - strlen(".c"));
        char *path = text_format("%s/%.*s.o", build->objects, stem, found.gl_pathv[i]);

        names_add(&build->suites, path);
        free(path);
    }
    globfree(&found);
    if (build->suites.count == 0)
        return build_cannot("there is no suite of lab %s in tests/suites", build->lab->lab);
    return BUILD_DONE;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Makes the folders, and takes away what an earlier build left there. */
static enum result prepare_folders(const struct build *build, const char *scratch)
{
    char *answer = text_format("%s/answer", build->out);
    enum result result = BUILD_DONE;

    remove_tree(scratch);
    remove_tree(answer);
    if ((unlink(build->suite) && errno != ENOENT && errno != ENOTDIR) ||
        files_make_folder(scratch) || files_make_folder(answer))
        result = build_cannot("cannot build in %s: %s", build->out, strerror(errno));
    free(answer);
    return result;
}

static enum result run_steps(struct build *build)
{
    static step_fn *const steps[] = {step_compile, step_includes, step_symbols, step_sections,
                                     step_link};
    char *scratch = text_format("%s/scratch", build->out);
    enum result result = prepare_folders(build, scratch);

    setenv("TMPDIR", scratch, 1);     /* a compiler that is killed leaves its files behind */
    setenv("LC_ALL", "C", 1);         /* its words are looked for */
    setenv("CCACHE_DISABLE", "1", 1); /* a cache has no list of what the assembler read */
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && !result; i++)
        result = steps[i](build);
    remove_tree(scratch);
    if (result)
        unlink(build->suite);
    else
        compile_print_warnings(build);
    free(scratch);
    return result;
}

static enum result build_lab(struct build *build, const char *lab, const char *src)
{
    enum result result;

    build->lab = table_find(&build->table, lab);
    if (!build->lab)
        return build_cannot("there is no lab %s in labs/table", lab);
    build->sanitized = *description_value(&build->description, "sanitize") != '\0';
    build->objects = description_value(&build->description, "objects");
    build->contract = text_format("%s/contract", build->out);
    build->suite = text_format("%s/suite", build->out);
    set_answers(build, src);
    result = find_suites(build);
    if (!result)
        result = run_steps(build);
    for (size_t i = 0; i < build->count; i++) {
        free(build->answers[i].source);
        free(build->answers[i].stem);
        free(build->answers[i].object);
        free(build->answers[i].includes);
        free(build->answers[i].assembled);
    }
    names_free(&build->suites);
    free(build->contract);
    free(build->suite);
    return result;
}

struct options {
    const char *build, *lab, *src, *out, *flags;
};

#define TEXT(word, variable, text)                                                                 \
    {                                                                                              \
        .name = word, .help = text, .kind = OPTION_TEXT, .target = (variable)                      \
    }

static void read_options(struct options *options, int argc, char **argv)
{
    const struct option_row rows[] = {
        TEXT("build", &options->build, "how things are built, build/gcc/build"),
        TEXT("lab", &options->lab, "the lab, as labs/table calls it"),
        TEXT("src", &options->src, "the folder of the labs' folders, with the answers"),
        TEXT("out", &options->out, "where to make the suite"),
        TEXT("flags", &options->flags, "further ones for the compiler"),
    };

    options_parse("Builds the suite of a lab around a student's answers.", rows,
                  sizeof rows / sizeof rows[0], argc, argv);
}

int main(int argc, char **argv)
{
    static struct build build; /* with what compilers say: too large for the stack */
    struct options options = {.flags = ""};
    enum result result;

    read_options(&options, argc, argv);
    if (!options.build || !options.lab || !options.src || !options.out)
        return build_cannot("--build, --lab, --src and --out must be given");
    build.out = options.out;
    build.flags = options.flags;
    if (description_read(&build.description, options.build))
        return BUILD_CANNOT;
    if (table_read(&build.table, "labs/table"))
        result = BUILD_CANNOT;
    else
        result = build_lab(&build, options.lab, options.src);
    table_free(&build.table);
    description_free(&build.description);
    if (fflush(stdout) || ferror(stdout))
        result = build_cannot("cannot print: %s", strerror(errno));
    return result;
}
