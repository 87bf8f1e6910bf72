/* Makes small objects, to be spoilt. */
#ifndef LOCKSTEP_UNIT_ELF_H
#define LOCKSTEP_UNIT_ELF_H

#include <link.h>
#include <stddef.h>

/* The sections that every object here has. */
enum { ELF_TEXT = 1, ELF_RELOCATIONS, ELF_SYMBOLS, ELF_STRINGS, ELF_NAMES, ELF_MORE };
enum { ELF_MOST_SECTIONS = 12, ELF_MOST_SYMBOLS = 16, ELF_SIZE = 4096 };

/* An object in memory. The section headers are at its very end, and nothing can be read behind them
 * without a crash. All pointers point into its bytes; what they point to may be changed. */
struct elf {
    unsigned char *bytes;
    size_t size;
    ElfW(Ehdr) * header;
    ElfW(Shdr) * sections;
    size_t section_count;
    ElfW(Sym) * symbols; /* the first one is empty */
    size_t symbol_count;
    ElfW(Rela) * relocations; /* one, of .text, for the first symbol after the empty one */
    char *strings, *names;
};

/* Begins an object of this machine, with .text and the tables above. The caller unmaps it with
 * elf_free. */
void elf_begin(struct elf *elf);
void elf_free(struct elf *elf);

/* Adds a section without contents and returns its header; its place is section_count - 1. */
ElfW(Shdr) * elf_add_section(struct elf *elf, const char *name, unsigned type);

/* Adds a symbol that is defined in .text, and returns it. */
ElfW(Sym) * elf_add_symbol(struct elf *elf, const char *name, unsigned binding, unsigned type);

#endif
