#include "tests/judge/shown.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* May a path begin before this character? A folder "b" is not meant in "a/b/c.c". */
static bool begins_path(const char *text, const char *at)
{
    return at == text ||
           !strchr("/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", at[-1]);
}

/* Takes "FOLDER/" out wherever a path begins with it. */
static void take_out(char *text, const char *folder)
{
    size_t length = folder ? strlen(folder) : 0;
    char *to = text;

    while (length > 0 && folder[length - 1] == '/')
        length--;
    if (length == 0)
        return;
    for (const char *from = text; *from;) {
        if (strncmp(from, folder, length) == 0 && from[length] == '/' && begins_path(text, to)) {
            from += length;
            from += strspn(from, "/");
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

char *shown_to_student(const char *text, const char *src, const char *out)
{
    char *shown = strdup(text), top[PATH_MAX], whole[PATH_MAX];

    if (!shown) {
        perror("judge");
        exit(2);
    }
    take_out(shown, src);
    if (src && realpath(src, whole))
        take_out(shown, whole);
    take_out(shown, out);
    if (realpath(".", top))
        take_out(shown, top);
    return shown;
}

void shown_print_word(const char *before, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%";

    fputs(before, stdout);
    if (*word && word[strspn(word, plain)] == '\0') {
        fputs(word, stdout);
        return;
    }
    putchar('\'');
    for (; *word; word++)
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, stdout);
    putchar('\'');
}
