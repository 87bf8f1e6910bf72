#include "common/program/language.h"

#include <libintl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program/catalogue.h"

/* A Korean locale is often not there to be had (containers, WSL). For who asks gettext(3) any other
 * than C will do: it is LANGUAGE that says which language. */
static locale_t not_c;
static char catalogue[PATH_MAX], spoken[8];

/* The name of a language ("ko") that the environment asks for, or "". */
static const char *asked_for(char name[8])
{
    static const char *const usual[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *value = getenv("LOCKSTEP_LANG");
    bool ours = value && *value;

    for (size_t i = 0; !(value && *value) && i < sizeof usual / sizeof usual[0]; i++)
        value = getenv(usual[i]);
    name[0] = '\0';
    /* The catalogues are UTF-8. A terminal of another encoding could not show it. */
    if (value && (ours || strcasestr(value, ".utf8") || strcasestr(value, ".utf-8")))
        snprintf(name, 8, "%.*s", (int)strcspn(value, "_.@"), value);
    return name;
}

/* Looks for the catalogue above the running program: build/gcc/labs/03-pool/pool, say, has it in
 * build/locale. Cuts `folder` to the folder of all catalogues. */
static bool find(const char *language, char folder[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 8);
    char *slash;

    folder[length > 0 ? length : 0] = '\0';
    while ((slash = strrchr(folder, '/'))) {
        memcpy(slash, "/locale", sizeof "/locale");
        if (snprintf(catalogue, sizeof catalogue, "%s/%s/LC_MESSAGES/" LANGUAGE_DOMAIN ".mo",
                     folder, language) < (int)sizeof catalogue &&
            access(catalogue, R_OK) == 0)
            return true;
        *slash = '\0';
    }
    return false;
}

void language_begin(void)
{
    static const char *const others[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", ""};
    char language[8], folder[PATH_MAX];

    if (*spoken || !*asked_for(language) || strchr(language, '/') || !find(language, folder) ||
        !catalogue_read(catalogue))
        return;
    snprintf(spoken, sizeof spoken, "%s", language);
    for (size_t i = 0; !not_c && i < sizeof others / sizeof others[0]; i++)
        not_c = newlocale(LC_MESSAGES_MASK | LC_CTYPE_MASK, others[i], (locale_t)0);
    if (not_c && (setenv("LANGUAGE", language, 1) || !bindtextdomain(LANGUAGE_DOMAIN, folder) ||
                  !bind_textdomain_codeset(LANGUAGE_DOMAIN, "UTF-8"))) {
        freelocale(not_c);
        not_c = (locale_t)0;
    }
}

locale_t language_lend(void)
{
    return uselocale(not_c); /* (locale_t)0 changes nothing */
}

const char *tr(const char *english)
{
    const char *text =
        *english ? catalogue_find(english) : NULL; /* what stands for "" is its head */

    return text ? text : english;
}

const char *language_page(const char *lab, char path[], size_t size)
{
    snprintf(path, size, "handouts/%s.%s.md", lab, spoken);
    if (!*spoken || access(path, R_OK))
        snprintf(path, size, "handouts/%s.md", lab);
    return path;
}

const char *language_name(void)
{
    return spoken;
}

const char *language_catalogue(void)
{
    return *spoken ? catalogue : NULL;
}
