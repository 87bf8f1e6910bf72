/* Which sections an answer's object may have. */
#include <stdint.h>
#include <string.h>

#include "tests/judge/build/object.h"

/* Types of sections that older versions of elf.h do not name. */
enum {
    TYPE_LLVM_FIRST = 0x6fff4c00, /* clang's tables of addresses and the like */
    TYPE_LLVM_LAST = 0x6fff4cff,
    TYPE_SFRAME = 0x6ffffff4,
};

/* Is the name `base`, or does it go on after that with a point? */
static bool is_part_of(const char *name, const char *base)
{
    size_t length = strlen(base);

    return strncmp(name, base, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

static bool begins_with(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

static bool has_only(const char *text, const char *letters)
{
    return *text && text[strspn(text, letters)] == '\0';
}

static bool is_program(const char *name, uint32_t type)
{
    static const char *const bases[] = {".text", ".data", ".ldata", ".rodata", ".lrodata",
                                        ".bss",  ".lbss", ".tdata", ".tbss"};

    if (type != SHT_PROGBITS && type != SHT_NOBITS)
        return false;
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++)
        if (is_part_of(name, bases[i]))
            return true;
    return false;
}

/* What compilers write for debuggers, for unwinding, and as notes. */
static bool is_description(const char *name, uint32_t type)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz_";
    bool of_processor = type >= SHT_LOPROC && type <= SHT_HIPROC;

    if (begins_with(name, ".ARM.") || begins_with(name, ".riscv."))
        return (type == SHT_PROGBITS || of_processor) &&
               has_only(strchr(name + 1, '.') + 1, "abcdefghijklmnopqrstuvwxyz.");
    if (strcmp(name, ".eh_frame") == 0)
        return type == SHT_PROGBITS || of_processor;
    if (begins_with(name, ".llvm"))
        return type == SHT_PROGBITS || (type >= TYPE_LLVM_FIRST && type <= TYPE_LLVM_LAST);
    if (begins_with(name, ".note."))
        return type == SHT_PROGBITS || type == SHT_NOTE;
    if (strcmp(name, ".sframe") == 0)
        return type == SHT_PROGBITS || type == TYPE_SFRAME;
    return type == SHT_PROGBITS &&
           (strcmp(name, ".comment") == 0 || begins_with(name, ".gcc_except_table") ||
            (begins_with(name, ".debug_") && has_only(name + strlen(".debug_"), small)));
}

/* What objects are held together by. */
static bool is_table(const struct object *object, const char *name, const ElfW(Shdr) * section)
{
    switch (section->sh_type) {
    case SHT_NULL:
        return section == object->sections && *name == '\0';
    case SHT_SYMTAB:
        return strcmp(name, ".symtab") == 0;
    case SHT_STRTAB:
        return strcmp(name, ".strtab") == 0 || strcmp(name, ".shstrtab") == 0;
    case SHT_GROUP:
        return strcmp(name, ".group") == 0;
    default:
        return false;
    }
}

/* As the assembler writes them they are named after the section that they apply to, use the
 * object's symbols, and are not loaded. A table put together by hand under a name such as
 * .rela.ifunc would be the loader's. */
static bool is_relocation(const struct object *object, const char *name, const ElfW(Shdr) * section)
{
    const char *start = section->sh_type == SHT_RELA ? ".rela" : ".rel";
    const ElfW(Shdr) *target = &object->sections[section->sh_info];

    return (section->sh_type == SHT_RELA || section->sh_type == SHT_REL) && section->sh_info > 0 &&
           !(section->sh_flags & SHF_ALLOC) &&
           object->sections[section->sh_link].sh_type == SHT_SYMTAB && begins_with(name, start) &&
           strcmp(name + strlen(start), object->section_names + target->sh_name) == 0;
}

const char *object_odd_section(const struct object *object)
{
    for (size_t i = 0; i < object->section_count; i++) {
        const ElfW(Shdr) *section = &object->sections[i];
        const char *name = object->section_names + section->sh_name;

        if (!is_program(name, section->sh_type) && !is_description(name, section->sh_type) &&
            !is_table(object, name, section) && !is_relocation(object, name, section))
            return *name ? name : "(without a name)";
    }
    return NULL;
}
