#include "common/program/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program/language.h"

struct terminal terminal_look(FILE *stream)
{
    const char *name = getenv("TERM");
    const char *no_colour = getenv("NO_COLOR");
    struct terminal terminal = {.watched = isatty(fileno(stream))};

    setlocale(LC_CTYPE, "");
    terminal.utf8 = terminal.watched && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    terminal.colour = terminal.watched && name && *name && strcmp(name, "dumb") != 0 &&
                      !(no_colour && *no_colour);
    return terminal;
}

const char *terminal_sgr(const struct terminal *terminal, const char *sgr)
{
    static const struct {
        const char *sgr, *escape;
    } known[] = {
        {"0", "\033[0m"},   {"1", "\033[1m"},   {"2", "\033[2m"},   {"31", "\033[31m"},
        {"32", "\033[32m"}, {"33", "\033[33m"}, {"34", "\033[34m"}, {"36", "\033[36m"},
    };

    for (size_t i = 0; terminal->colour && i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].sgr, sgr) == 0)
            return known[i].escape;
    return "";
}

void terminal_wait_for_enter(const struct terminal *terminal)
{
    int character;

    if (!terminal->watched)
        return;
    printf(tr("\n  %s(Enter: go on)%s "), terminal_sgr(terminal, "2"), terminal_sgr(terminal, "0"));
    fflush(stdout);
    do
        character = getchar();
    while (character != '\n' && character != EOF);
}
