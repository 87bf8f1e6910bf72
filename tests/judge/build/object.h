/* Objects and programs in the form of this machine (ELF), read with suspicion: nothing in one is
 * followed before it is known to lie inside the file.
 *
 * Of another machine, byte order or word size than that of this program none is read. */
#ifndef LOCKSTEP_BUILD_OBJECT_H
#define LOCKSTEP_BUILD_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/judge/build/names.h"

/* All pointers point into the file's bytes. */
struct object {
    const unsigned char *bytes;
    size_t size;
    const ElfW(Ehdr) * header;
    const ElfW(Shdr) * sections;
    size_t section_count;
    const char *section_names; /* ends with '\0', as `strings` does */
    size_t section_names_size;
    const ElfW(Sym) * symbols; /* NULL if there are none */
    size_t symbol_count;
    const char *strings;
    size_t strings_size;
};

/* Takes `bytes` for an object. Returns NULL; or in a few words what is wrong with them. */
const char *object_read(struct object *object, const void *bytes, size_t size);

/* The same for a file, which is closed with object_close if it could be read. */
const char *object_open(struct object *object, const char *path);
void object_close(struct object *object);

/* Add the names that the object exports, and those that it uses and does not define. */
void object_add_defined(const struct object *object, struct names *names);
void object_add_used(const struct object *object, struct names *names);

/* Returns the name of a section that is neither code nor data nor a description of these nor a
 * relocation of them as the assembler writes it; NULL if there is none. Such a section could be
 * obeyed by the loader before main begins. */
const char *object_odd_section(const struct object *object);

/* Does it hold an indirect function (ifunc), or a relocation that calls one when a program is
 * loaded? */
bool object_has_indirect(const struct object *object);

#endif
