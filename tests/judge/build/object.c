#include "tests/judge/build/object.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/judge/build/mapping.h"

/* This program's own header: that of the machine that it was made for. The linker defines it. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static const char cut_off[] = "cut off, or points outside of itself";
static const char damaged[] = "damaged";

static bool inside(const struct object *object, uint64_t offset, uint64_t size)
{
    return offset <= object->size && size <= object->size - offset;
}

/* Is there a whole number of such items, in a place where they can be read? */
static const char *check_table(const struct object *object, const ElfW(Shdr) * section, size_t item)
{
    if (section->sh_entsize != item || section->sh_size % item != 0 ||
        section->sh_offset % _Alignof(ElfW(Addr)) != 0)
        return damaged;
    return inside(object, section->sh_offset, section->sh_size) ? NULL : cut_off;
}

static const char *read_header(struct object *object)
{
    const ElfW(Ehdr) *header = (const void *)object->bytes;

    if (object->size < sizeof *header || (uintptr_t)header % _Alignof(ElfW(Addr)) != 0)
        return "too short for an object";
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return "not an object (ELF)";
    if (memcmp(header->e_ident, __ehdr_start.e_ident, EI_OSABI) != 0 ||
        header->e_machine != __ehdr_start.e_machine || header->e_version != EV_CURRENT)
        return "made for another kind of machine";
    /* Zero sections would mean that their number stands somewhere else, as it is too large. */
    if (header->e_ehsize != sizeof *header || header->e_shentsize != sizeof(ElfW(Shdr)) ||
        header->e_shnum == 0 || header->e_shnum >= SHN_LORESERVE)
        return "without sections, or with too many";
    if (header->e_shoff % _Alignof(ElfW(Addr)) != 0 ||
        !inside(object, header->e_shoff, (uint64_t)header->e_shnum * sizeof(ElfW(Shdr))))
        return cut_off;
    object->header = header;
    object->sections = (const void *)(object->bytes + header->e_shoff);
    object->section_count = header->e_shnum;
    return NULL;
}

/* Finds the strings of a section. Without a '\0' at their end, one of them would have none. */
static const char *read_strings(const struct object *object, size_t index, const char **strings,
                                size_t *size)
{
    const ElfW(Shdr) * section;

    if (index >= object->section_count)
        return damaged;
    section = &object->sections[index];
    if (section->sh_type != SHT_STRTAB || section->sh_size == 0)
        return damaged;
    if (!inside(object, section->sh_offset, section->sh_size))
        return cut_off;
    *strings = (const char *)object->bytes + section->sh_offset;
    *size = section->sh_size;
    return (*strings)[*size - 1] == '\0' ? NULL : damaged;
}

static const char *read_symbols(struct object *object, const ElfW(Shdr) * section)
{
    const char *wrong = check_table(object, section, sizeof(ElfW(Sym)));

    if (object->symbols)
        return "with two tables of symbols";
    if (!wrong)
        wrong = read_strings(object, section->sh_link, &object->strings, &object->strings_size);
    if (wrong)
        return wrong;
    object->symbols = (const void *)(object->bytes + section->sh_offset);
    object->symbol_count = section->sh_size / sizeof(ElfW(Sym));
    for (size_t i = 0; i < object->symbol_count; i++) {
        const ElfW(Sym) *symbol = &object->symbols[i];

        if (symbol->st_name >= object->strings_size)
            return cut_off;
        /* From SHN_LORESERVE on they are no sections but, for instance, absolute numbers. */
        if (symbol->st_shndx == SHN_XINDEX ||
            (symbol->st_shndx >= object->section_count && symbol->st_shndx < SHN_LORESERVE))
            return damaged;
    }
    return NULL;
}

static const char *read_sections(struct object *object)
{
    const char *wrong = NULL;

    for (size_t i = 0; i < object->section_count && !wrong; i++) {
        const ElfW(Shdr) *section = &object->sections[i];

        if (section->sh_name >= object->section_names_size)
            wrong = cut_off;
        else if (section->sh_type == SHT_SYMTAB)
            wrong = read_symbols(object, section);
        else if (section->sh_type != SHT_NOBITS && section->sh_type != SHT_NULL &&
                 !inside(object, section->sh_offset, section->sh_size))
            wrong = cut_off;
    }
    return wrong;
}

/* Of a relocation, as both kinds of table begin with it. */
static const ElfW(Rel) *
    relocation_at(const struct object *object, const ElfW(Shdr) * section, size_t index)
{
    return (const void *)(object->bytes + section->sh_offset + index * section->sh_entsize);
}

static size_t relocation_symbol(const ElfW(Rel) * relocation)
{
    return sizeof(ElfW(Addr)) == 8 ? (size_t)ELF64_R_SYM(relocation->r_info)
                                   : (size_t)ELF32_R_SYM(relocation->r_info);
}

static size_t relocation_type(const ElfW(Rel) * relocation)
{
    return sizeof(ElfW(Addr)) == 8 ? (size_t)ELF64_R_TYPE(relocation->r_info)
                                   : (size_t)ELF32_R_TYPE(relocation->r_info);
}

static bool is_relocations(const ElfW(Shdr) * section)
{
    return section->sh_type == SHT_RELA || section->sh_type == SHT_REL;
}

static const char *check_relocations(const struct object *object, const ElfW(Shdr) * section)
{
    size_t item = section->sh_type == SHT_RELA ? sizeof(ElfW(Rela)) : sizeof(ElfW(Rel));
    const char *wrong = check_table(object, section, item);
    const ElfW(Shdr) * linked;
    size_t symbols = 1; /* the first one of each table stands for none */

    if (wrong)
        return wrong;
    if (section->sh_link >= object->section_count || section->sh_info >= object->section_count)
        return damaged;
    linked = &object->sections[section->sh_link];
    if (linked->sh_type == SHT_SYMTAB || linked->sh_type == SHT_DYNSYM)
        symbols = linked->sh_size / sizeof(ElfW(Sym));
    for (size_t i = 0; i < section->sh_size / item; i++)
        if (relocation_symbol(relocation_at(object, section, i)) >= symbols)
            return damaged;
    return NULL;
}

const char *object_read(struct object *object, const void *bytes, size_t size)
{
    const char *wrong;

    *object = (struct object){.bytes = bytes, .size = size};
    wrong = read_header(object);
    if (!wrong)
        wrong = read_strings(object, object->header->e_shstrndx, &object->section_names,
                             &object->section_names_size);
    if (!wrong)
        wrong = read_sections(object);
    for (size_t i = 0; !wrong && i < object->section_count; i++)
        if (is_relocations(&object->sections[i]))
            wrong = check_relocations(object, &object->sections[i]);
    return wrong;
}

const char *object_open(struct object *object, const char *path)
{
    size_t size;
    void *bytes;
    const char *wrong = mapping_open(&bytes, &size, path);

    if (wrong)
        return wrong;
    wrong = object_read(object, bytes, size);
    if (wrong)
        munmap(bytes, size);
    return wrong;
}

void object_close(struct object *object)
{
    munmap((void *)object->bytes, object->size);
}

/* The names of C. Others the assembler and the linker make up. */
static bool is_identifier(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    return *name && name[strspn(name, letters)] == '\0';
}

/* A mere number (SHN_ABS) and memory that the linker has yet to find (SHN_COMMON) are no function,
 * and the linker may take another object's definition for the latter. */
static bool is_exported(const ElfW(Sym) * symbol)
{
    unsigned binding = ELF64_ST_BIND(symbol->st_info); /* the same in both sizes */

    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx < SHN_LORESERVE &&
           (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE);
}

void object_add_defined(const struct object *object, struct names *names)
{
    for (size_t i = 0; i < object->symbol_count; i++) {
        const char *name = object->strings + object->symbols[i].st_name;

        if (is_exported(&object->symbols[i]) && is_identifier(name))
            names_add(names, name);
    }
}

void object_add_used(const struct object *object, struct names *names)
{
    for (size_t i = 1; i < object->symbol_count; i++)
        if (object->symbols[i].st_shndx == SHN_UNDEF)
            names_add(names, object->strings + object->symbols[i].st_name);
}

/* The relocation that calls a function when the program is loaded; 0: not known. */
static size_t indirect_type(void)
{
    switch (__ehdr_start.e_machine) {
    case EM_X86_64:
        return R_X86_64_IRELATIVE;
    case EM_386:
        return R_386_IRELATIVE;
    case EM_AARCH64:
        return R_AARCH64_IRELATIVE;
    case EM_ARM:
        return R_ARM_IRELATIVE;
    case EM_PPC64:
        return R_PPC64_IRELATIVE;
    case EM_S390:
        return R_390_IRELATIVE;
    case EM_RISCV:
        return 58; /* R_RISCV_IRELATIVE, which is newer than many an elf.h */
    default:
        return 0;
    }
}

bool object_has_indirect(const struct object *object)
{
    size_t indirect = indirect_type();

    for (size_t i = 0; i < object->symbol_count; i++)
        if (ELF64_ST_TYPE(object->symbols[i].st_info) == STT_GNU_IFUNC)
            return true;
    for (size_t i = 0; i < object->section_count && indirect; i++) {
        const ElfW(Shdr) *section = &object->sections[i];

        if (!is_relocations(section))
            continue;
        for (size_t j = 0; j < section->sh_size / section->sh_entsize; j++)
            if (relocation_type(relocation_at(object, section, j)) == indirect)
                return true;
    }
    return false;
}
