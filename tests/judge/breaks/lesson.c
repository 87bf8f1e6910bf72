#include "tests/judge/breaks/lesson.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/program/language.h"

static const char placeholder[] = "SESSION";

/* The lines of the first comment, without its marks. NULL with errno if there is no memory. */
static char *read_head(FILE *file)
{
    enum { MARK = 3 }; /* of a line: the slash and star, or the star alone */
    char *head = NULL, *line = NULL;
    size_t length, room = 0;
    FILE *to = open_memstream(&head, &length);
    bool ended = false;

    while (to && !ended && getline(&line, &room, file) > 0) {
        char *end = strstr(line, "*/");

        ended = end != NULL;
        line[ended ? (size_t)(end - line) : strcspn(line, "\n")] = '\0';
        if (!ended || strlen(line) > MARK) /* the mark may have a line of its own */
            fprintf(to, "%s\n", strlen(line) > MARK ? line + MARK : "");
    }
    free(line);
    if (to && fclose(to)) {
        free(head);
        head = NULL;
    }
    return head;
}

/* The last two folders and the name, of labs/NN-topic/break/NAME.c. */
static bool take_names(struct lesson *lesson, const char *source)
{
    char end;

    return sscanf(source, "labs/%63[^/]/break/%63[^./].%c", lesson->lab, lesson->name, &end) == 3 &&
           end == 'c';
}

int lesson_read(struct lesson *lesson, const char *source, const char *objects)
{
    FILE *file = fopen(source, "re");

    *lesson = (struct lesson){0};
    if (!file || !take_names(lesson, source)) {
        fprintf(stderr, "break: %s: %s\n", source,
                file ? "not a path of the form labs/NN-topic/break/NAME.c" : strerror(errno));
        if (file)
            fclose(file);
        return -1;
    }
    lesson->head = read_head(file);
    fclose(file);
    if (!lesson->head) {
        fprintf(stderr, "break: %s: %s\n", source, strerror(errno));
        return -1;
    }
    snprintf(lesson->program, sizeof lesson->program, "%s/labs/%s/break/%s", objects, lesson->lab,
             lesson->name);
    return 0;
}

void lesson_free(struct lesson *lesson)
{
    free(lesson->head);
    lesson->head = NULL;
}

void lesson_print_title(const struct lesson *lesson)
{
    const char *head = tr(lesson->head);

    printf("  %.*s  %.*s\n", (int)strcspn(lesson->lab, "-"), lesson->lab, (int)strcspn(head, "\n"),
           head);
}

void lesson_print(const struct lesson *lesson, pid_t session)
{
    const char *line = tr(lesson->head);

    for (bool first = true; *line; first = false) {
        int length = (int)strcspn(line, "\n");
        const char *place = strstr(line, placeholder);

        fputs(first ? "--- " : length ? "    " : "", stdout);
        if (session && place && place < line + length)
            printf("%.*s%d%.*s\n", (int)(place - line), line, session,
                   (int)(line + length - place - (int)strlen(placeholder)),
                   place + strlen(placeholder));
        else
            printf("%.*s\n", length, line);
        line += length + (line[length] == '\n');
    }
}
