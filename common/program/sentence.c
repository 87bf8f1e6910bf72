#include "common/program/sentence.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/program/formats.h"
#include "common/program/gaps.h"
#include "common/program/language.h"
#include "common/program/particles.h"

enum { FEW_LETTERS = 6, MOST_DEPTH = 16, MOST_STEPS = 20000000 };

/* One translation. A sentence may be made to be hard to match: `steps` keeps it short. */
struct work {
    long steps; /* that are left */
    int depth;
};

/* What a format may be: the text's better half, or one that goes on after sentences ("%s So ...");
 * one that says enough of it; any. */
enum fit { HALF, ENOUGH, ANY };

static void translate(struct work *work, const char *english, FILE *into);

/* Writes a translated format with what stands in the gaps of the English one. */
static void fill(struct work *work, const char *format, const struct gap gaps[], FILE *into)
{
    int next = 0;

    while (*format) {
        char kind;
        size_t length = format_conversion(format, &kind);
        int place = length > 2 && isdigit((unsigned char)format[1]) &&
                            format[strspn(format + 1, "0123456789") + 1] == '$'
                        ? atoi(format + 1) - 1
                        : next;

        if (length == 0 || kind == '%' || place < 0 || place >= GAPS_MOST || !gaps[place].text) {
            fputc(*format, into);
        } else if (kind == 's' && format[length - 2] == '0') {
            ; /* "%2$.0s": not wanted in this language, which has another plural */
        } else if (kind == 's') {
            char *text = strndup(gaps[place].text, gaps[place].length);

            translate(work, text ? text : "", into);
            free(text);
        } else {
            fwrite(gaps[place].text, 1, gaps[place].length, into);
        }
        next += length > 0 && kind != '%';
        format += length ? length : 1;
    }
}

/* The format that can have written the text and says the most of it; NULL if there is none. What
 * says little could take several sentences for a word of its own, and one of a few letters
 * nearly anything: only if ANY is good enough, they may. */
static const char *find_format(struct work *work, const char *english, enum fit fit,
                               gap_known_fn *known, struct gap gaps[GAPS_MOST])
{
    const char *format;

    for (size_t i = 0; (format = format_known(i)); i++) {
        bool half = strlen(format) * 2 >= strlen(english) ||
                    (strncmp(format, "%s ", 3) == 0 && isupper((unsigned char)format[3]));

        memset(gaps, 0, GAPS_MOST * sizeof *gaps);
        if ((fit == HALF && !half) || (fit == ENOUGH && strncmp(format, "%s", 2) == 0 &&
                                       format_letters(format) < FEW_LETTERS))
            continue;
        if (gaps_find(format, english, fit != ANY && !half, known, work, gaps, &work->steps))
            return format;
    }
    return NULL;
}

/* One word may be a name; of several, the catalogue must know something. */
static bool gap_known(const struct gap *gap, void *context)
{
    char *text = strndup(gap->text, gap->length);
    size_t length = text ? strlen(text) : 0;
    struct gap gaps[GAPS_MOST];
    bool known = !text || !strchr(text, ' ') || tr(text) != text ||
                 find_format(context, text, ENOUGH, NULL, gaps);

    if (!known && text[length - 1] == 's') { /* "3 times" */
        text[length - 1] = '\0';
        known = find_format(context, text, ENOUGH, NULL, gaps);
    }
    free(text);
    return known;
}

/* A sentence, or a part of one, that the catalogue knows: writes it and returns true. */
static bool write_known(struct work *work, const char *english, enum fit fit, FILE *into)
{
    const char *whole = tr(english), *format;
    struct gap gaps[GAPS_MOST];

    if (whole != english) {
        fputs(whole, into);
        return true;
    }
    format = find_format(work, english, fit, gap_known, gaps);
    if (format && tr(format) == format) /* it stays as it is */
        fputs(english, into);
    else if (format)
        fill(work, tr(format), gaps, into);
    return format;
}

/* "3 times" stands in the catalogue as "%ld time". */
static bool write_counted(struct work *work, const char *english, FILE *into)
{
    size_t length = strlen(english), figures = strspn(english, "-0123456789");
    bool known = false;

    for (size_t ending = 1; ending <= 2 && !known; ending++) {
        char *one =
            figures > 0 && length > figures && english[figures] == ' ' && english[length - 1] == 's'
                ? strndup(english, length - ending)
                : NULL;

        known = one && write_known(work, one, ENOUGH, into);
        free(one);
    }
    return known;
}

/* Writes the first `length` bytes, if the catalogue knows them. */
static bool write_known_part(struct work *work, const char *english, size_t length, FILE *into)
{
    char *part = strndup(english, length);
    bool known = part && write_known(work, part, ENOUGH, into);

    free(part);
    return known;
}

/* The most sentences that are known together, then the rest. */
static bool write_sentences(struct work *work, const char *english, FILE *into)
{
    for (size_t end = strlen(english); end-- > 1;) {
        bool colon = english[end - 1] == ':';

        if (english[end] != ' ' || !strchr(".?!:", english[end - 1]) ||
            !write_known_part(work, english, end - colon, into))
            continue;
        fputs(colon ? ": " : " ", into);
        translate(work, english + end + 1, into);
        return true;
    }
    return false;
}

/* A beginning that stands in the catalogue word for word: a sentence, or what is put before other
 * texts and ends with a blank ("Two pools are open. "). */
static bool write_behind(struct work *work, const char *english, FILE *into)
{
    for (size_t end = strlen(english); end > 1; end--) {
        char *first = english[end - 1] == ' ' ? strndup(english, end) : NULL;
        bool known = first && tr(first) != first;

        if (first && !known && strchr(".?!", english[end - 2])) {
            first[end - 1] = '\0';
            known = tr(first) != first;
        }
        if (known) {
            fprintf(into, "%s%s", tr(first), first[end - 1] ? "" : " ");
            translate(work, english + end, into);
        }
        free(first);
        if (known)
            return true;
    }
    return false;
}

/* An end that is put behind other texts (", also for one task"). */
static bool write_before(struct work *work, const char *english, FILE *into)
{
    for (const char *last = english + 1; *english && *last; last++) {
        char *first;

        if (!strchr(" ,", *last) || tr(last) == last)
            continue;
        first = strndup(english, (size_t)(last - english));
        translate(work, first ? first : "", into);
        fputs(tr(last), into);
        free(first);
        return true;
    }
    return false;
}

/* A part of a sentence at the end of another one, with its full stop. */
static bool write_stopped(struct work *work, const char *english, FILE *into)
{
    size_t length = strlen(english);
    bool known = length > 1 && english[length - 1] == '.' &&
                 write_known_part(work, english, length - 1, into);

    fputs(known ? "." : "", into);
    return known;
}

/* A list, whose parts are known: "thread 1 takes queue; thread 2 loads owner". */
static bool write_list(struct work *work, const char *english, FILE *into)
{
    for (int writing = 0; writing < 2; writing++) {
        const char *end;

        for (const char *part = english; part; part = end ? end + 2 : NULL) {
            struct gap gap = {.text = part, .length = strlen(part)};
            char *text;

            end = strstr(part, "; ");
            gap.length = end ? (size_t)(end - part) : gap.length;
            if (!writing && (!strstr(english, "; ") || !gap_known(&gap, work)))
                return false;
            text = writing ? strndup(part, gap.length) : NULL;
            translate(work, text ? text : "", into);
            fputs(writing && end ? "; " : "", into);
            free(text);
        }
    }
    return true;
}

/* What nobody knows as a whole. */
static void write_parts(struct work *work, const char *english, FILE *into)
{
    const char *end;

    if (write_sentences(work, english, into) || write_stopped(work, english, into) ||
        write_known(work, english, ANY, into) || write_before(work, english, into))
        return;
    /* The first sentence has no translation. */
    end = strpbrk(english, ".?!");
    while (end && end[1] && end[1] != ' ')
        end = strpbrk(end + 1, ".?!");
    if (!end || !end[1]) {
        fputs(english, into);
        return;
    }
    fwrite(english, 1, (size_t)(end + 2 - english), into);
    translate(work, end + 2, into);
}

/* " with errno %s" is put behind a figure, and has a blank of its own. */
static bool has_own_blank(struct work *work, const char *english)
{
    struct gap gaps[GAPS_MOST];
    const char *format = find_format(work, english, ENOUGH, NULL, gaps);

    return tr(english) != english || (format && *format == ' ');
}

static void translate(struct work *work, const char *english, FILE *into)
{
    work->depth++;
    if (*english == ' ' && !has_own_blank(work, english)) /* it stands behind another sentence */
        fputc(*english++, into);
    if (work->depth > MOST_DEPTH || work->steps <= 0 ||
        (!strchr(english, ' ') && !english[strcspn(english, "abcdefghijklmnopqrstuvwxyz")]))
        fputs(english, into);
    else if (!write_known(work, english, HALF, into) && !write_behind(work, english, into) &&
             !write_list(work, english, into) && !write_known(work, english, ENOUGH, into) &&
             !write_counted(work, english, into))
        write_parts(work, english, into);
    work->depth--;
}

char *sentence_translated(const char *english)
{
    struct work work = {.steps = MOST_STEPS};
    char *text = NULL;
    size_t length;
    FILE *into = open_memstream(&text, &length);

    if (into && language_catalogue())
        translate(&work, english, into);
    else if (into)
        fputs(english, into);
    if (!into || fclose(into) || !text) {
        perror("sentence");
        exit(2);
    }
    particles_choose(text);
    return text;
}
