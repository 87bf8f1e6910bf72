#include "tests/unit/support/elf.h"

#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

enum { ROOM_STRINGS = 512, ROOM_NAMES = 512 };

/* Appends a text and returns where it begins. */
static unsigned append(char *texts, ElfW(Shdr) * section, const char *text, size_t room)
{
    size_t at = section->sh_size;

    ck_assert_uint_lt(at + strlen(text) + 1, room);
    strcpy(texts + at, text);
    section->sh_size += strlen(text) + 1;
    return (unsigned)at;
}

ElfW(Shdr) * elf_add_section(struct elf *elf, const char *name, unsigned type)
{
    ElfW(Shdr) * section;

    ck_assert_uint_lt(elf->section_count, ELF_MOST_SECTIONS);
    /* The table grows to the front: its end is the object's. */
    memmove(elf->sections - 1, elf->sections, elf->section_count * sizeof *elf->sections);
    elf->sections--;
    section = &elf->sections[elf->section_count++];
    *section = (ElfW(Shdr)){.sh_type = type};
    if (elf->section_count > ELF_MORE) /* the names' own place is known */
        section->sh_name = append(elf->names, &elf->sections[ELF_NAMES], name, ROOM_NAMES);
    elf->header->e_shnum = (ElfW(Half))elf->section_count;
    elf->header->e_shoff = (ElfW(Off))((unsigned char *)elf->sections - elf->bytes);
    return section;
}

ElfW(Sym) * elf_add_symbol(struct elf *elf, const char *name, unsigned binding, unsigned type)
{
    ElfW(Shdr) *strings = &elf->sections[ELF_STRINGS];
    ElfW(Sym) *symbol = &elf->symbols[elf->symbol_count++];

    ck_assert_uint_le(elf->symbol_count, ELF_MOST_SYMBOLS);
    *symbol = (ElfW(Sym)){.st_info = (unsigned char)ELF64_ST_INFO(binding, type),
                          .st_shndx = ELF_TEXT,
                          .st_name = append(elf->strings, strings, name, ROOM_STRINGS)};
    elf->sections[ELF_SYMBOLS].sh_size = elf->symbol_count * sizeof *symbol;
    return symbol;
}

static void place(struct elf *elf, size_t section, const void *at, size_t size, size_t item)
{
    elf->sections[section].sh_offset = (ElfW(Off))((const unsigned char *)at - elf->bytes);
    elf->sections[section].sh_size = size;
    elf->sections[section].sh_entsize = item;
}

/* The pages of which the second one cannot be touched; the object is at the end of the first. */
static void map_pages(struct elf *elf)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *pages =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(pages, MAP_FAILED);
    ck_assert_uint_ge(page, ELF_SIZE);
    ck_assert_int_eq(mprotect(pages + page, page, PROT_NONE), 0);
    *elf = (struct elf){.bytes = pages + page - ELF_SIZE, .size = ELF_SIZE};
    elf->header = (void *)elf->bytes;
    elf->sections = (void *)(elf->bytes + ELF_SIZE);
    elf->relocations = (void *)(elf->header + 1);
    elf->symbols = (void *)(elf->relocations + 1);
    elf->strings = (char *)(elf->symbols + ELF_MOST_SYMBOLS);
    elf->names = elf->strings + ROOM_STRINGS;
}

static void add_tables(struct elf *elf)
{
    static const struct {
        const char *name;
        unsigned type;
    } tables[ELF_MORE] = {{"", SHT_NULL},           {".text", SHT_PROGBITS},
                          {".rela.text", SHT_RELA}, {".symtab", SHT_SYMTAB},
                          {".strtab", SHT_STRTAB},  {".shstrtab", SHT_STRTAB}};

    for (int i = 0; i < ELF_MORE; i++)
        elf_add_section(elf, tables[i].name, tables[i].type);
    place(elf, ELF_NAMES, elf->names, 1, 0);
    for (int i = 1; i < ELF_MORE; i++)
        elf->sections[i].sh_name =
            append(elf->names, &elf->sections[ELF_NAMES], tables[i].name, ROOM_NAMES);
    place(elf, ELF_RELOCATIONS, elf->relocations, sizeof *elf->relocations,
          sizeof *elf->relocations);
    elf->sections[ELF_RELOCATIONS].sh_link = ELF_SYMBOLS;
    elf->sections[ELF_RELOCATIONS].sh_info = ELF_TEXT;
    place(elf, ELF_SYMBOLS, elf->symbols, sizeof *elf->symbols, sizeof *elf->symbols);
    elf->sections[ELF_SYMBOLS].sh_link = ELF_STRINGS;
    place(elf, ELF_STRINGS, elf->strings, 1, 0);
}

void elf_begin(struct elf *elf)
{
    map_pages(elf);
    *elf->header = (ElfW(Ehdr)){.e_type = ET_REL,
                                .e_machine = __ehdr_start.e_machine,
                                .e_version = EV_CURRENT,
                                .e_ehsize = sizeof *elf->header,
                                .e_shentsize = sizeof *elf->sections,
                                .e_shstrndx = ELF_NAMES};
    memcpy(elf->header->e_ident, __ehdr_start.e_ident, EI_NIDENT);
    add_tables(elf);
    elf->symbol_count = 1;
    elf_add_symbol(elf, "first", STB_GLOBAL, STT_FUNC);
    elf->relocations->r_info = sizeof(ElfW(Addr)) == 8 ? (ElfW(Xword))ELF64_R_INFO(1ul, 1)
                                                       : (ElfW(Xword))ELF32_R_INFO(1, 1);
}

void elf_free(struct elf *elf)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    munmap(elf->bytes + ELF_SIZE - page, 2 * page);
}
