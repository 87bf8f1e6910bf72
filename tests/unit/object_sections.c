#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/judge/build/object.h"
#include "tests/unit/support/elf.h"
#include "tests/unit/support/unit.h"

/* What is asked of an object that has one section more. */
static const char *odd_with(const char *name, unsigned type, unsigned flags)
{
    static char answer[64];
    struct object object;
    struct elf elf;
    const char *odd;

    elf_begin(&elf);
    elf_add_section(&elf, name, type)->sh_flags = flags;
    ck_assert_ptr_null(object_read(&object, elf.bytes, elf.size));
    odd = object_odd_section(&object);
    snprintf(answer, sizeof answer, "%s", odd ? odd : "");
    elf_free(&elf);
    return answer;
}

START_TEST(code_and_data_are_allowed)
{
    static const char *const names[] = {
        ".text",   ".text.startup",  ".text.unlikely.x", ".data", ".data.rel.ro.local",
        ".rodata", ".rodata.str1.1", ".rodata.cst16",    ".bss",  ".bss.x",
        ".tdata",  ".tbss.y",        ".ldata",           ".lbss", ".lrodata.z"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_str_eq(odd_with(names[i], SHT_PROGBITS, SHF_ALLOC), "");
        ck_assert_str_eq(odd_with(names[i], SHT_NOBITS, SHF_ALLOC), "");
        ck_assert_str_eq(odd_with(names[i], SHT_INIT_ARRAY, SHF_ALLOC), names[i]);
        ck_assert_str_eq(odd_with(names[i], SHT_DYNAMIC, SHF_ALLOC), names[i]);
        ck_assert_str_eq(odd_with(names[i], SHT_NULL, 0), names[i]);
    }
}
END_TEST

START_TEST(what_describes_them_is_allowed)
{
    ck_assert_str_eq(odd_with(".comment", SHT_PROGBITS, 0), "");
    ck_assert_str_eq(odd_with(".debug_info", SHT_PROGBITS, 0), "");
    ck_assert_str_eq(odd_with(".debug_line_str", SHT_PROGBITS, 0), "");
    ck_assert_str_eq(odd_with(".note.GNU-stack", SHT_PROGBITS, 0), "");
    ck_assert_str_eq(odd_with(".note.gnu.property", SHT_NOTE, SHF_ALLOC), "");
    ck_assert_str_eq(odd_with(".eh_frame", SHT_PROGBITS, SHF_ALLOC), "");
    ck_assert_str_eq(odd_with(".eh_frame", 0x70000001, SHF_ALLOC), "");
    ck_assert_str_eq(odd_with(".gcc_except_table.main", SHT_PROGBITS, SHF_ALLOC), "");
    ck_assert_str_eq(odd_with(".sframe", SHT_PROGBITS, SHF_ALLOC), "");
    ck_assert_str_eq(odd_with(".sframe", 0x6ffffff4, SHF_ALLOC), "");
    ck_assert_str_eq(odd_with(".llvm_addrsig", 0x6fff4c03, SHF_EXCLUDE), "");
    ck_assert_str_eq(odd_with(".llvm.call-graph-profile", 0x6fff4c09, SHF_EXCLUDE), "");
    ck_assert_str_eq(odd_with(".group", SHT_GROUP, 0), "");
    ck_assert_str_eq(odd_with(".ARM.attributes", 0x70000003, 0), "");
    ck_assert_str_eq(odd_with(".riscv.attributes", 0x70000003, 0), "");
}
END_TEST

START_TEST(what_the_loader_would_obey_is_odd)
{
    static const char *const names[] = {".init_array",
                                        ".init_array.00001",
                                        ".preinit_array",
                                        ".fini_array",
                                        ".ctors",
                                        ".dtors",
                                        ".init",
                                        ".fini",
                                        ".dynamic",
                                        ".dynsym",
                                        ".interp",
                                        ".got",
                                        ".got.plt",
                                        ".plt",
                                        ".iplt",
                                        ".gnu.version",
                                        ".gnu.warning.x",
                                        ".gnu.hash",
                                        ".tm_clone_table",
                                        ".textual",
                                        ".data1",
                                        "text",
                                        "mine",
                                        ".debug",
                                        ".debug_INFO",
                                        ".debug_",
                                        ".commentary",
                                        ".eh_frame_hdr",
                                        ".eh_frames",
                                        ".note",
                                        ".ARM.",
                                        ".ARM.Attributes",
                                        ".rela.text.x",
                                        ".rel.text",
                                        ".relatives"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_str_eq(odd_with(names[i], SHT_PROGBITS, SHF_ALLOC), names[i]);
    ck_assert_str_eq(odd_with("", SHT_PROGBITS, SHF_ALLOC), "(without a name)");
    ck_assert_str_eq(odd_with("", SHT_NULL, 0), "(without a name)"); /* but the first one */
    ck_assert_str_eq(odd_with(".init_array", SHT_INIT_ARRAY, SHF_ALLOC), ".init_array");
    ck_assert_str_eq(odd_with(".preinit_array", SHT_PREINIT_ARRAY, SHF_ALLOC), ".preinit_array");
}
END_TEST

START_TEST(tables_are_where_their_names_say)
{
    ck_assert_str_eq(odd_with(".symtab", SHT_PROGBITS, 0), ".symtab");
    ck_assert_str_eq(odd_with(".symtab_shndx", SHT_SYMTAB_SHNDX, 0), ".symtab_shndx");
    ck_assert_str_eq(odd_with(".strtab", SHT_PROGBITS, 0), ".strtab");
    ck_assert_str_eq(odd_with(".mine", SHT_STRTAB, 0), ".mine");
    ck_assert_str_eq(odd_with(".group", SHT_PROGBITS, 0), ".group");
    ck_assert_str_eq(odd_with(".mine", SHT_GROUP, 0), ".mine");
    ck_assert_str_eq(odd_with(".dynsym", SHT_DYNSYM, 0), ".dynsym");
    ck_assert_str_eq(odd_with(".note.x", SHT_HASH, 0), ".note.x");
}
END_TEST

/* Adds a table of relocations without any in it, for .text by .symtab. */
static ElfW(Shdr) * add_relocations(struct elf *elf, const char *name, unsigned type)
{
    ElfW(Shdr) *section = elf_add_section(elf, name, type);

    section->sh_entsize = type == SHT_RELA ? sizeof(ElfW(Rela)) : sizeof(ElfW(Rel));
    section->sh_link = ELF_SYMBOLS;
    section->sh_info = ELF_TEXT;
    return section;
}

static bool odd(const struct elf *elf)
{
    struct object object;

    ck_assert_ptr_null(object_read(&object, elf->bytes, elf->size));
    return object_odd_section(&object);
}

START_TEST(relocations_are_as_the_assembler_writes_them)
{
    struct elf elf;

    elf_begin(&elf);
    add_relocations(&elf, ".rel.text", SHT_REL);
    ck_assert(!odd(&elf));
    elf.sections[ELF_MORE].sh_flags = SHF_INFO_LINK;
    ck_assert(!odd(&elf));
    elf.sections[ELF_MORE].sh_flags = SHF_ALLOC;
    ck_assert(odd(&elf));
    elf.sections[ELF_MORE].sh_flags = 0;
    elf.sections[ELF_MORE].sh_info = 0;
    ck_assert(odd(&elf));
    elf.sections[ELF_MORE].sh_info = ELF_SYMBOLS; /* another section than its name says */
    ck_assert(odd(&elf));
    elf.sections[ELF_MORE].sh_info = ELF_TEXT;
    elf.sections[ELF_MORE].sh_link = ELF_STRINGS;
    ck_assert(odd(&elf));
    elf.sections[ELF_MORE].sh_link = ELF_SYMBOLS;
    ck_assert(!odd(&elf));
    elf_free(&elf);
}
END_TEST

START_TEST(tables_for_the_loader_are_odd_whatever_they_say)
{
    static const char *const names[] = {".rela.ifunc", ".rela.iplt", ".rela.plt", ".rela.dyn",
                                        ".rel.text",   ".relr.dyn",  ".rela",     ".mine"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct elf elf;

        elf_begin(&elf);
        add_relocations(&elf, names[i], SHT_RELA);
        ck_assert_msg(odd(&elf), "%s", names[i]);
        elf.sections[ELF_MORE].sh_info = 0; /* of no section, which has no name */
        ck_assert_msg(odd(&elf), "%s", names[i]);
        elf_free(&elf);
    }
}
END_TEST

static bool indirect(const struct elf *elf)
{
    struct object object;

    ck_assert_ptr_null(object_read(&object, elf->bytes, elf->size));
    return object_has_indirect(&object);
}

START_TEST(indirect_functions_are_seen)
{
    struct elf elf;

    elf_begin(&elf);
    ck_assert(!indirect(&elf));
    elf_add_symbol(&elf, "second", STB_LOCAL, STT_FUNC);
    ck_assert(!indirect(&elf));
    elf_add_symbol(&elf, "third", STB_LOCAL, STT_GNU_IFUNC);
    ck_assert(indirect(&elf));
    elf_free(&elf);
}
END_TEST

START_TEST(relocations_that_call_are_seen)
{
#if defined __x86_64__
    struct elf elf;

    elf_begin(&elf);
    elf.header->e_type = ET_DYN;
    for (unsigned type = 0; type < 64; type++) {
        elf.relocations->r_info = ELF64_R_INFO(0ul, type);
        ck_assert_msg(indirect(&elf) == (type == R_X86_64_IRELATIVE), "%u", type);
    }
    elf_free(&elf);
#elif defined __aarch64__
    struct elf elf;

    elf_begin(&elf);
    elf.relocations->r_info = ELF64_R_INFO(0ul, R_AARCH64_IRELATIVE);
    ck_assert(indirect(&elf));
    elf_free(&elf);
#endif
}
END_TEST

START_TEST(names_are_told_apart)
{
    struct object object;
    struct elf elf;
    struct names defined = {0}, used = {0};

    elf_begin(&elf);
    elf_add_symbol(&elf, "weak_1", STB_WEAK, STT_FUNC);
    elf_add_symbol(&elf, "unique", STB_GNU_UNIQUE, STT_OBJECT);
    elf_add_symbol(&elf, "local", STB_LOCAL, STT_FUNC);
    elf_add_symbol(&elf, "common", STB_GLOBAL, STT_OBJECT)->st_shndx = SHN_COMMON;
    elf_add_symbol(&elf, "number", STB_GLOBAL, STT_NOTYPE)->st_shndx = SHN_ABS;
    elf_add_symbol(&elf, "used", STB_GLOBAL, STT_NOTYPE)->st_shndx = SHN_UNDEF;
    elf_add_symbol(&elf, "perhaps", STB_WEAK, STT_NOTYPE)->st_shndx = SHN_UNDEF;
    elf_add_symbol(&elf, "odd.name", STB_GLOBAL, STT_FUNC);
    elf_add_symbol(&elf, "", STB_GLOBAL, STT_FUNC);
    ck_assert_ptr_null(object_read(&object, elf.bytes, elf.size));
    object_add_defined(&object, &defined);
    object_add_used(&object, &used);
    names_sort(&defined);
    names_sort(&used);
    ck_assert_uint_eq(defined.count, 3);
    ck_assert(names_have(&defined, "first") && names_have(&defined, "weak_1") &&
              names_have(&defined, "unique"));
    ck_assert_uint_eq(used.count, 2);
    ck_assert(names_have(&used, "used") && names_have(&used, "perhaps"));
    names_free(&defined);
    names_free(&used);
    elf_free(&elf);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        code_and_data_are_allowed,
        what_describes_them_is_allowed,
        what_the_loader_would_obey_is_odd,
        tables_are_where_their_names_say,
        relocations_are_as_the_assembler_writes_them,
        tables_for_the_loader_are_odd_whatever_they_say,
        indirect_functions_are_seen,
        relocations_that_call_are_seen,
        names_are_told_apart,
    };

    return unit_main("object_sections", tests, sizeof tests / sizeof tests[0]);
}
