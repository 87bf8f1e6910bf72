#include <stdlib.h>

#include "tests/judge/build/object.h"
#include "tests/judge/build/steps.h"
#include "tests/judge/build/text.h"

/* Code in these, or code whose address is in these, runs before main or after it. */
static const char *const cut_out[] = {".init_array", ".preinit_array", ".fini_array", ".ctors",
                                      ".dtors",      ".init",          ".fini"};

static void add_option(struct command *command, const char *option, const char *value,
                       const char *end)
{
    char *word = text_format("%s=%s%s", option, value, end);

    command_add(command, word);
    free(word);
}

enum result sections_change(struct build *build, const char *source, const char *object, bool hide)
{
    struct command command = {0};
    int status;

    command_add_words(&command, "objcopy --redefine-syms=tests/harness/redirected");
    if (hide)
        add_option(&command, "--keep-global-symbols", build->contract, "");
    for (size_t i = 0; i < sizeof cut_out / sizeof cut_out[0] && !build->sanitized; i++)
        add_option(&command, "--remove-section", cut_out[i], "*");
    command_add_path(&command, object);
    if (!build_run(&command, &build->linker, &status))
        return BUILD_CANNOT;
    if (status != 0)
        return build_refuse("%s has sections for code that runs before or after main, which it "
                            "may not.",
                            source);
    return BUILD_DONE;
}

static enum result check(const struct answer *answer)
{
    struct object object;
    const char *wrong = object_open(&object, answer->object), *odd;
    enum result result = BUILD_DONE;

    if (wrong)
        return build_refuse("%s became an object that cannot be checked: it is %s.", answer->source,
                            wrong);
    odd = object_odd_section(&object);
    if (odd)
        result = build_refuse("%s has a section %s, which it may not.", answer->source, odd);
    else if (object_has_indirect(&object))
        result =
            build_refuse("%s has an indirect function (ifunc), which it may not.", answer->source);
    object_close(&object);
    return result;
}

enum result step_sections(struct build *build)
{
    enum result result = BUILD_DONE;

    for (size_t i = 0; i < build->count && !result; i++) {
        const struct answer *answer = &build->answers[i];

        /* What several files share is hidden once they are one object: see step_link. */
        result = sections_change(build, answer->source, answer->object,
                                 build->count == 1 && !build->sanitized);
        if (!result && !build->sanitized)
            result = check(answer);
    }
    return result;
}
