#include "tests/watch/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 10, MOST_NUMBER = 1000 };
enum { LAB, PLACE, FILES, NEEDS, FLAGS, ENGINE, KIND, HOURS, COUNTS, SECTION };

static const char *const titles[COLUMNS] = {"lab",    "place", "files", "needs",  "flags",
                                            "engine", "kind",  "hours", "counts", "section"};
static const char blanks[] = " \t";
static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

/* Cuts a line into its columns; the last one is the rest of the line. Returns -1 if there are
 * fewer. */
static int cut_columns(char *line, char *columns[COLUMNS])
{
    char *end = line + strlen(line);

    while (end > line && strchr(" \t\n", end[-1]))
        *--end = '\0';
    for (int i = 0; i < COLUMNS; i++) {
        line += strspn(line, blanks);
        if (*line == '\0')
            return -1;
        columns[i] = line;
        if (i == SECTION)
            break;
        line += strcspn(line, blanks);
        if (*line)
            *line++ = '\0';
    }
    return 0;
}

static int cut_words(char *text, struct table_words *words)
{
    char *word;

    if (strcmp(text, "-") == 0)
        return 0;
    while ((word = strsep(&text, ","))) {
        if (*word == '\0' || words->count == TABLE_MOST_WORDS)
            return -1;
        words->words[words->count++] = word;
    }
    return 0;
}

static int read_number(const char *text, int *number)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    if (errno || *end || value < 1 || value > MOST_NUMBER)
        return -1;
    *number = (int)value;
    return 0;
}

/* Names become parts of paths: no folders, and nothing that begins with a point. */
static int read_files(char *text, struct table_words *files)
{
    if (cut_words(text, files) || files->count == 0)
        return -1;
    for (size_t i = 0; i < files->count; i++) {
        size_t stem = strspn(files->words[i], letters);

        if (stem == 0 || strcmp(files->words[i] + stem, ".c") != 0)
            return -1;
    }
    return 0;
}

static int read_flags(char *text, struct table_lab *lab)
{
    struct table_words flags = {0};

    if (cut_words(text, &flags))
        return -1;
    for (size_t i = 0; i < flags.count; i++) {
        if (strcmp(flags.words[i], "threads") == 0)
            lab->threads = true;
        else if (strcmp(flags.words[i], "races") == 0)
            lab->races = true;
        else if (strcmp(flags.words[i], "engines") == 0)
            lab->engines = true;
        else if (strcmp(flags.words[i], "network") == 0)
            lab->network = true;
        else if (strcmp(flags.words[i], "mpi") == 0)
            lab->mpi = true;
        else
            return -1;
    }
    return 0;
}

static int read_kind(const char *text, struct table_lab *lab)
{
    static const char *const kinds[] = {"-", "caller", "process", "thread"};

    for (int i = 0; i < (int)(sizeof kinds / sizeof kinds[0]); i++)
        if (strcmp(text, kinds[i]) == 0) {
            lab->kind = (enum table_kind)i;
            return (lab->kind == TABLE_NO_ENGINE) == !lab->engine ? 0 : -1;
        }
    return -1;
}

static int read_counts(const char *text, struct table_lab *lab)
{
    lab->bonus = strcmp(text, "bonus") == 0;
    return lab->bonus || strcmp(text, "course") == 0 ? 0 : -1;
}

/* Returns COLUMNS, or the first column that is wrong. */
static int read_lab(char *const columns[COLUMNS], struct table_lab *lab)
{
    lab->lab = columns[LAB];
    lab->engine = strcmp(columns[ENGINE], "-") == 0 ? NULL : columns[ENGINE];
    lab->section = columns[SECTION];
    if (lab->lab[strspn(lab->lab, letters)])
        return LAB;
    if (read_number(columns[PLACE], &lab->place))
        return PLACE;
    if (read_files(columns[FILES], &lab->files))
        return FILES;
    if (cut_words(columns[NEEDS], &lab->needs))
        return NEEDS;
    if (read_flags(columns[FLAGS], lab))
        return FLAGS;
    if (read_kind(columns[KIND], lab))
        return KIND;
    if (read_number(columns[HOURS], &lab->hours))
        return HOURS;
    return read_counts(columns[COUNTS], lab) ? COUNTS : COLUMNS;
}

/* Adds a line to the table. Returns NULL, or what is wrong with it. */
static const char *add_lab(struct table *table, const char *text)
{
    static char why[128];
    char *columns[COLUMNS];
    struct table_lab lab = {0}, *more;
    int wrong;

    more = realloc(table->labs, (table->count + 1) * sizeof *table->labs);
    if (!more)
        return "no memory";
    table->labs = more;
    lab.line = strdup(text);
    if (!lab.line)
        return "no memory";
    table->labs[table->count++] = lab; /* from here on table_free frees the line */
    if (cut_columns(lab.line, columns))
        return "too few columns: '-' stands for none";
    wrong = read_lab(columns, &lab);
    table->labs[table->count - 1] = lab;
    if (wrong != COLUMNS) {
        snprintf(why, sizeof why, "bad column '%s': the head of the table says what it may hold",
                 titles[wrong]);
        return why;
    }
    for (size_t i = 0; i + 1 < table->count; i++)
        if (strcmp(table->labs[i].lab, lab.lab) == 0 || table->labs[i].place == lab.place)
            return "a lab or place that was there before";
    return NULL;
}

/* The line of titles shows that the columns are where this module looks for them. */
static const char *check_titles(char *line)
{
    char *columns[COLUMNS];

    if (cut_columns(line, columns))
        return "not the line of titles";
    for (int i = 0; i < COLUMNS; i++)
        if (strcmp(columns[i], titles[i]) != 0)
            return "not the line of titles";
    return NULL;
}

static int read_lines(struct table *table, const char *path, FILE *file)
{
    char *line = NULL;
    const char *wrong = NULL;
    size_t size = 0;
    bool titled = false;
    int number = 0;

    while (!wrong && getline(&line, &size, file) != -1) {
        number++;
        if (line[strspn(line, " \t\n")] == '\0' || *line == '#')
            continue;
        wrong = titled ? add_lab(table, line) : check_titles(line);
        titled = true;
    }
    if (!wrong && ferror(file))
        wrong = strerror(errno);
    if (!wrong && table->count == 0)
        wrong = "no labs";
    if (wrong)
        fprintf(stderr, "%s: %s:%d: %s\n", program_invocation_short_name, path, number, wrong);
    free(line);
    return wrong ? -1 : 0;
}

int table_read(struct table *table, const char *path)
{
    FILE *file = fopen(path, "re");
    int result;

    *table = (struct table){0};
    if (!file) {
        fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, path, strerror(errno));
        return -1;
    }
    result = read_lines(table, path, file);
    fclose(file);
    if (result)
        table_free(table);
    return result;
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->labs[i].line);
    free(table->labs);
    *table = (struct table){0};
}

const struct table_lab *table_find(const struct table *table, const char *lab)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->labs[i].lab, lab) == 0)
            return &table->labs[i];
    return NULL;
}
