/* In which language people are spoken to: English, or another of which handouts/po has a catalogue.
 * Chosen by LOCKSTEP_LANG (en, ko), otherwise as usual by LC_ALL, LC_MESSAGES or LANG. Where a text
 * has no translation, or there is no catalogue, the English one is shown.
 *
 * Nothing but these functions, and what language_lend is for, changes its language: the C library's
 * words, and with them what programs write for other programs, stay as they are. */
#ifndef LOCKSTEP_LANGUAGE_H
#define LOCKSTEP_LANGUAGE_H

#include <locale.h>
#include <stddef.h>

/* Chooses. Until then, and in a program that does not call it, everything is English. Call it
 * before there are threads. */
void language_begin(void);

/* A text, or a format of printf, in the language chosen. */
__attribute__((format_arg(1))) const char *tr(const char *english);

/* Marks a text that somebody else translates, later. */
#define TR_LATER(english) english

/* For a library that looks its own texts up (argp, with this domain of gettext): lends the calling
 * thread a locale in which it finds them. Give what it returns to uselocale(3) after that. */
#define LANGUAGE_DOMAIN "lockstep"
locale_t language_lend(void);

/* Writes the path of a lab's handout to `path`: of the one in that language if there is one beside
 * the English one, as in a student's tree. From the top folder. Returns `path`. */
const char *language_page(const char *lab, char path[], size_t size);

/* The language's name ("ko"); "": English is spoken. */
const char *language_name(void);

/* The file of the language's catalogue; NULL: English is spoken. */
const char *language_catalogue(void);

#endif
