#include "tests/judge/build/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *text_format(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        perror(program_invocation_short_name);
        exit(2);
    }
    return text;
}

bool text_next_line(const char **text, struct text_line *line)
{
    if (**text == '\0')
        return false;
    line->start = *text;
    line->length = strcspn(*text, "\n");
    *text += line->length;
    if (**text == '\n')
        (*text)++;
    return true;
}

bool text_line_has(const struct text_line *line, const char *word, bool any_case)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= line->length; i++)
        if ((any_case ? strncasecmp : strncmp)(line->start + i, word, length) == 0)
            return true;
    return false;
}

int text_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    bool written;

    if (!file)
        return -1;
    written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written ? 0 : -1;
}
