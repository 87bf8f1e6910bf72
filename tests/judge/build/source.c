#include "tests/judge/build/source.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/judge/build/text.h"
#include "tests/judge/files.h"

enum { MOST_SOURCE = 1000000 };

/* So many of a thousand bytes may be none of a text. A stray one is the compiler's to tell. */
enum { MOST_ODD = 20 };

/* The first bytes of files that people hand in by mistake. */
static const struct {
    const char *start;
    size_t length;
    const char *kind;
} kinds[] = {
    {"\177ELF", 4, "a compiled program, not its source"},
    {"PK\003\004", 4, "a zip archive; hand in what is in it"},
    {"\037\213", 2, "a compressed archive; hand in what is in it"},
    {"%PDF", 4, "a PDF, not a text"},
    {"{\\rtf", 5, "a document of a word processor; save it as plain text"},
    {"\377\376", 2, "UTF-16, as some editors write it; save it as UTF-8"},
    {"\376\377", 2, "UTF-16, as some editors write it; save it as UTF-8"},
};

const char *source_kind(const char *text, size_t length)
{
    size_t odd = 0, zeros = 0;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (length >= kinds[i].length && memcmp(text, kinds[i].start, kinds[i].length) == 0)
            return kinds[i].kind;
    for (size_t i = 0; i < length; i++) {
        zeros += text[i] == '\0';
        odd += (unsigned char)text[i] < ' ' && !strchr("\t\n\v\f\r\032", text[i]);
    }
    if (zeros * 3 > length)
        return "UTF-16, as some editors write it; save it as UTF-8";
    return (odd + zeros) * 1000 > length * MOST_ODD ? "no text, and so not C" : NULL;
}

/* Is the path, or a folder of the hand-in on its way, a link? It may lead to anybody's file. The
 * path ends with the lab's folder and the file's name. */
static bool is_link(const char *source)
{
    char *path = text_format("%s", source), *slash = strrchr(path, '/');
    struct stat file, folder;
    bool link = lstat(path, &file) == 0 && S_ISLNK(file.st_mode);

    if (slash) {
        *slash = '\0';
        link |= lstat(path, &folder) == 0 && S_ISLNK(folder.st_mode);
    }
    free(path);
    return link;
}

static enum result check_text(const char *source)
{
    char *text = malloc(MOST_SOURCE + 1);
    const char *kind;

    if (!text)
        return build_cannot("no memory for %s", source);
    kind = source_kind(text, files_read(source, text, MOST_SOURCE + 1));
    free(text);
    return kind ? build_refuse("%s is %s.", source, kind) : BUILD_DONE;
}

enum result source_check(const char *source)
{
    struct stat file;

    if (is_link(source))
        return build_refuse("%s is a link, or in a folder that is one. Hand in the file itself.",
                            source);
    if (stat(source, &file)) {
        build_refuse("There is no %s.", source);
        return BUILD_MISSING;
    }
    if (!S_ISREG(file.st_mode))
        return build_refuse("%s is %s, not a file.", source,
                            S_ISDIR(file.st_mode) ? "a folder" : "something special");
    if (access(source, R_OK))
        return build_refuse("%s cannot be read.", source);
    if (file.st_size > MOST_SOURCE)
        return build_refuse("%s is larger than 1 MB.", source);
    return check_text(source);
}

/* Does a line of the text begin with the words, whatever blanks there are? */
static bool has_line(const char *text, const char *words)
{
    struct text_line line;

    while (text_next_line(&text, &line)) {
        const char *word = words, *at = line.start, *end = line.start + line.length;

        for (; at < end && *word; at++)
            if (*at == *word)
                word++;
            else if (*at != ' ' && *at != '\t')
                break;
        if (!*word)
            return true;
    }
    return false;
}

bool source_is_cpp(const char *text)
{
    static const char *const starts[] = {
        "usingnamespace",   "#include<iostream>", "#include<vector>", "#include<string>",
        "#include<thread>", "#include<mutex>",    "#include<atomic>", "template<",
    };

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (has_line(text, starts[i]))
            return true;
    return false;
}

void source_guess(const char *source)
{
    char *text = malloc(MOST_SOURCE + 1);

    if (text && files_read(source, text, MOST_SOURCE + 1) && source_is_cpp(text))
        puts("This looks like C++. The labs are written in C (C11).");
    free(text);
}
