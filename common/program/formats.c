#include "common/program/formats.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/program/language.h"

enum { FEWEST_LETTERS = 2, BEGINNING = 12 };

/* A catalogue as msgfmt makes it begins so. Then, at `texts`, comes for each text its length and
 * its place in the file. */
struct head {
    uint32_t magic, revision, count, texts;
};
static const uint32_t magic = 0x950412de;

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

/* The whole file with a '\0' behind it, or NULL. It is kept: the formats are texts in it. */
static char *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "re");
    struct stat about;
    char *content = NULL;

    if (file && fstat(fileno(file), &about) == 0 && about.st_size > (off_t)sizeof(struct head))
        content = calloc((size_t)about.st_size + 1, 1);
    if (content && fread(content, 1, (size_t)about.st_size, file) != (size_t)about.st_size) {
        free(content);
        content = NULL;
    }
    if (file)
        fclose(file);
    *size = content ? (size_t)about.st_size : 0;
    return content;
}

/* Notes the texts of the catalogue that have conversions. */
static void list(const char *content, size_t size, const struct head *head)
{
    size_t count = 0;

    for (size_t i = 0; i < head->count; i++) {
        uint32_t entry[2]; /* length, place */
        size_t at = head->texts + i * sizeof entry;

        if (at + sizeof entry > size)
            break;
        memcpy(entry, content + at, sizeof entry);
        if (entry[1] < size && strchr(content + entry[1], '%') &&
            format_letters(content + entry[1]) >= FEWEST_LETTERS)
            formats[count++] = content + entry[1];
    }
    qsort(formats, count, sizeof *formats, by_weight);
}

static void read_catalogue(void)
{
    static const char *nothing[] = {NULL};
    struct head head = {0};
    size_t size = 0;
    char *content = language_catalogue() ? read_whole(language_catalogue(), &size) : NULL;

    if (content)
        memcpy(&head, content, sizeof head);
    if (head.magic == magic && head.count < size)
        formats = calloc(head.count + 1, sizeof *formats);
    if (formats) {
        list(content, size, &head);
    } else {
        formats = nothing;
        free(content);
    }
}

const char *format_known(size_t number)
{
    if (!formats)
        read_catalogue();
    return formats[number];
}
