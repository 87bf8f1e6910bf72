#include "common/program/gaps.h"

#include <ctype.h>
#include <string.h>

#include "common/program/formats.h"

struct search {
    bool apart;
    gap_known_fn *known;
    void *context;
    long *steps;
};

/* The length of the first of several sentences; of all that there is, if it is one. */
static size_t sentence_length(const char *text)
{
    size_t length = 0;

    while (text[length] && !(length > 0 && strchr(".?!", text[length - 1]) && text[length] == ' ' &&
                             (isupper((unsigned char)text[length + 1]) ||
                              isdigit((unsigned char)text[length + 1]))))
        length++;
    return length;
}

/* How far characters of a conversion go: what it may have written. */
static size_t reach(bool apart, char kind, const char *text)
{
    switch (kind) {
    case 's':
        return apart ? sentence_length(text) : strlen(text);
    case 'c':
        return *text ? 1 : 0;
    case 'd':
    case 'i':
    case 'u':
        return strspn(text, "-0123456789");
    default:
        return strspn(text, "+-.0123456789abcdefinxp");
    }
}

/* From gaps[count] on. */
static bool match(struct search *search, const char *format, const char *text, struct gap gaps[],
                  int count)
{
    const char *begin = format;
    bool story;
    size_t most;
    char kind;

    while (*format) {
        size_t length = format_conversion(format, &kind);

        if (length > 0 && kind != '%')
            break;
        if (*text++ != *format)
            return false;
        format += length ? length : 1;
    }
    if (!*format || count == GAPS_MOST)
        return !*format && !*text;
    /* What comes behind a colon may be a story. */
    story = format - begin > 1 && memcmp(format - 2, ": ", 2) == 0;
    format += format_conversion(format, &kind);
    most = reach(search->apart && !story, kind, text);
    for (size_t i = 0; i <= most; i++) {
        size_t length = kind == 's' ? i : most - i; /* words end early, figures late */

        if (--*search->steps < 0)
            return false;
        if ((length == 0 && kind != 's') || (*format != '%' && *format != text[length]))
            continue;
        gaps[count] = (struct gap){text, length, kind};
        if (kind == 's' && search->known && !search->known(&gaps[count], search->context))
            continue;
        if (match(search, format, text + length, gaps, count + 1))
            return true;
    }
    return false;
}

/* Is the format's end the text's, and is it a sentence if that is one? Most are told apart so. */
static bool ends_alike(const char *format, const char *text)
{
    const char *rest = format;
    size_t length, all = strlen(text);
    char kind;

    for (const char *at = format; *at; at += length ? length : 1) {
        length = format_conversion(at, &kind);
        if (length > 0)
            rest = at + length;
    }
    length = strlen(rest);
    if (all > 0 && strchr(".?!", text[all - 1]) && !strpbrk(format, ".?!:"))
        return false;
    return all >= length && strcmp(text + all - length, rest) == 0;
}

bool gaps_find(const char *format, const char *text, bool apart, gap_known_fn *known, void *context,
               struct gap gaps[GAPS_MOST], long *steps)
{
    struct search any = {apart, NULL, NULL, steps}, better = {apart, known, context, steps};

    return ends_alike(format, text) && match(&any, format, text, gaps, 0) &&
           (!known || match(&better, format, text, gaps, 0) || match(&any, format, text, gaps, 0));
}
