/* A catalogue of texts in another language, as msgfmt(1) writes it for gettext ("The Format of GNU
 * MO Files" in its manual). It is read here because gettext(3) translates nothing in the locale C,
 * and since glibc 2.41 nothing in C.UTF-8 either: many containers have no other. */
#ifndef LOCKSTEP_CATALOGUE_H
#define LOCKSTEP_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

/* Reads it whole, and keeps it: the texts below are in it. Returns false if there is none, or it is
 * no catalogue. Call it before there are threads. */
bool catalogue_read(const char *path);

/* How many texts it has; 0 before it is read. */
size_t catalogue_count(void);

/* The English text of that number, from 0 on, or NULL. */
const char *catalogue_english(size_t number);

/* What stands there for an English text, or NULL. */
const char *catalogue_find(const char *english);

#endif
