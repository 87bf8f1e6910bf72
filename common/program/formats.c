#include "common/program/formats.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/program/catalogue.h"

enum { FEWEST_LETTERS = 2, BEGINNING = 12 };

static const char **formats; /* ends with NULL */

size_t format_conversion(const char *at, char *letter)
{
    size_t length = 1;

    if (*at != '%')
        return 0;
    length += strspn(at + length, "-+ #0123456789.$*hlzjt");
    *letter = at[length];
    return isalpha((unsigned char)*letter) || *letter == '%' ? length + 1 : 0;
}

size_t format_letters(const char *format)
{
    size_t count = 0;
    char letter;

    while (*format) {
        size_t length = format_conversion(format, &letter);

        count += length == 0 && isalpha((unsigned char)*format);
        format += length ? length : 1;
    }
    return count;
}

/* A beginning of its own says more of a format than letters in its middle. */
static size_t weight(const char *format)
{
    return format_letters(format) + (*format == '%' ? 0 : BEGINNING);
}

static int by_weight(const void *a, const void *b)
{
    size_t left = weight(*(const char *const *)a), right = weight(*(const char *const *)b);

    return left > right ? -1 : left < right;
}

/* Notes the texts of the catalogue that have conversions. */
static void list(void)
{
    size_t count = 0;

    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *text = catalogue_english(i);

        if (text && strchr(text, '%') && format_letters(text) >= FEWEST_LETTERS)
            formats[count++] = text;
    }
    qsort(formats, count, sizeof *formats, by_weight);
}

const char *format_known(size_t number)
{
    static const char *nothing[] = {NULL};

    if (!formats) {
        formats = calloc(catalogue_count() + 1, sizeof *formats);
        if (formats)
            list();
        else
            formats = nothing;
    }
    return formats[number];
}
