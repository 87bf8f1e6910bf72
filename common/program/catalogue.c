#include "common/program/catalogue.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* It begins so. Then, at `english`, comes for each text its length and its place in the file; at
 * `other`, the same for each translation. The English texts are in the order of strcmp(3). */
struct head {
    uint32_t magic, revision, count, english, other;
};
static const uint32_t magic = 0x950412de;

static struct head head;
static char *content; /* the whole file with a '\0' behind it */
static size_t size;

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "re");
    struct stat about;
    char *bytes = NULL;

    if (file && fstat(fileno(file), &about) == 0 && about.st_size > (off_t)sizeof head)
        bytes = calloc((size_t)about.st_size + 1, 1);
    if (bytes && fread(bytes, 1, (size_t)about.st_size, file) != (size_t)about.st_size) {
        free(bytes);
        bytes = NULL;
    }
    if (file)
        fclose(file);
    size = bytes ? (size_t)about.st_size : 0;
    return bytes;
}

bool catalogue_read(const char *path)
{
    content = read_whole(path);
    if (content)
        memcpy(&head, content, sizeof head);
    if (head.magic == magic && head.count < size)
        return true;
    free(content);
    content = NULL;
    head = (struct head){0};
    return false;
}

size_t catalogue_count(void)
{
    return head.count;
}

/* The text of that number in the table at that place. A file may be cut off. */
static const char *text_in(size_t table, size_t number)
{
    uint32_t entry[2]; /* length, place */
    size_t at = table + number * sizeof entry;

    if (number >= head.count || at + sizeof entry > size)
        return NULL;
    memcpy(entry, content + at, sizeof entry);
    return entry[1] < size ? content + entry[1] : NULL;
}

const char *catalogue_english(size_t number)
{
    return text_in(head.english, number);
}

const char *catalogue_find(const char *english)
{
    size_t from = 0, to = head.count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const char *text = catalogue_english(middle);
        int order = text ? strcmp(english, text) : -1;

        if (order == 0)
            return text_in(head.other, middle);
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}
