#include <stdint.h>
#include <string.h>

#include "tests/judge/build/object.h"
#include "tests/unit/support/elf.h"
#include "tests/unit/support/unit.h"

static void assert_good(const struct elf *elf)
{
    struct object object;
    const char *wrong = object_read(&object, elf->bytes, elf->size);

    ck_assert_msg(!wrong, "should be read, but is %s", wrong);
}

/* It must be refused, for this reason; frees it. */
static void assert_refused(struct elf *elf, const char *reason)
{
    struct object object;
    const char *wrong = object_read(&object, elf->bytes, elf->size);

    ck_assert_msg(wrong && strstr(wrong, reason), "should be %s, but is %s", reason,
                  wrong ? wrong : "good");
    elf_free(elf);
}

/* Makes an object, spoils one field of it, and wants it refused. */
#define assert_spoilt(field, value, reason)                                                        \
    do {                                                                                           \
        struct elf elf;                                                                            \
        elf_begin(&elf);                                                                           \
        elf.field = (value);                                                                       \
        assert_refused(&elf, reason);                                                              \
    } while (0)

START_TEST(a_small_object_is_read)
{
    struct elf elf;
    struct object object;

    elf_begin(&elf);
    assert_good(&elf);
    object_read(&object, elf.bytes, elf.size);
    ck_assert_uint_eq(object.section_count, ELF_MORE);
    ck_assert_uint_eq(object.symbol_count, 2);
    ck_assert_ptr_null(object_odd_section(&object));
    ck_assert(!object_has_indirect(&object));
    elf_free(&elf);
}
END_TEST

START_TEST(every_shorter_one_is_refused)
{
    struct object object;
    struct elf elf;

    elf_begin(&elf);
    for (size_t size = 0; size < elf.size; size++)
        ck_assert_msg(object_read(&object, elf.bytes, size), "%zu bytes of it were read", size);
    elf_free(&elf);
}
END_TEST

START_TEST(what_is_not_of_this_machine_is_refused)
{
    assert_spoilt(header->e_ident[1], 'e', "not an object (ELF)");
    assert_spoilt(header->e_ident[EI_MAG0], 0, "not an object (ELF)");
    assert_spoilt(header->e_ident[EI_CLASS], sizeof(ElfW(Addr)) == 8 ? ELFCLASS32 : ELFCLASS64,
                  "another kind of machine");
    assert_spoilt(header->e_ident[EI_DATA], ELFDATANONE, "another kind of machine");
    assert_spoilt(header->e_ident[EI_VERSION], 2, "another kind of machine");
    assert_spoilt(header->e_version, 2, "another kind of machine");
    assert_spoilt(header->e_machine, EM_SPARC, "another kind of machine");
    assert_spoilt(header->e_machine, EM_NONE, "another kind of machine");
}
END_TEST

START_TEST(a_table_of_sections_outside_of_the_file_is_refused)
{
    assert_spoilt(header->e_shoff, ELF_SIZE, "cut off");
    assert_spoilt(header->e_shoff, ELF_SIZE - 64, "cut off");
    assert_spoilt(header->e_shoff, (ElfW(Off)) - 64, "cut off");
    assert_spoilt(header->e_shoff, (ElfW(Off)) - 8, "cut off");
    assert_spoilt(header->e_shoff, elf.header->e_shoff - 4, "cut off"); /* not aligned */
    assert_spoilt(header->e_shnum, 0, "without sections, or with too many");
    assert_spoilt(header->e_shnum, SHN_LORESERVE, "without sections, or with too many");
    assert_spoilt(header->e_shnum, SHN_XINDEX, "without sections, or with too many");
    assert_spoilt(header->e_shnum, SHN_LORESERVE - 1, "cut off");
    assert_spoilt(header->e_shnum, ELF_MORE + 1, "cut off");
    assert_spoilt(header->e_shentsize, sizeof(ElfW(Shdr)) - 1, "without sections");
    assert_spoilt(header->e_shentsize, 0, "without sections");
    assert_spoilt(header->e_ehsize, 0, "without sections");
}
END_TEST

START_TEST(names_of_sections_that_have_no_end_are_refused)
{
    assert_spoilt(header->e_shstrndx, ELF_MORE, "damaged");
    assert_spoilt(header->e_shstrndx, SHN_XINDEX, "damaged");
    assert_spoilt(header->e_shstrndx, SHN_UNDEF, "damaged");
    assert_spoilt(header->e_shstrndx, ELF_TEXT, "damaged");
    assert_spoilt(sections[ELF_NAMES].sh_size, 0, "damaged");
    assert_spoilt(sections[ELF_NAMES].sh_size, elf.sections[ELF_NAMES].sh_size - 1, "damaged");
    assert_spoilt(sections[ELF_NAMES].sh_size, ELF_SIZE, "cut off");
    assert_spoilt(sections[ELF_NAMES].sh_size, UINTPTR_MAX, "cut off");
    assert_spoilt(sections[ELF_NAMES].sh_offset, UINTPTR_MAX, "cut off");
    assert_spoilt(names[elf.sections[ELF_NAMES].sh_size - 1], 'x', "damaged");
    assert_spoilt(sections[ELF_TEXT].sh_name, (unsigned)elf.sections[ELF_NAMES].sh_size, "cut off");
    assert_spoilt(sections[ELF_TEXT].sh_name, UINT32_MAX, "cut off");
}
END_TEST

START_TEST(a_section_outside_of_the_file_is_refused)
{
    assert_spoilt(sections[ELF_TEXT].sh_offset, ELF_SIZE + 1, "cut off");
    assert_spoilt(sections[ELF_TEXT].sh_size, ELF_SIZE + 1, "cut off");
    assert_spoilt(sections[ELF_TEXT].sh_size, UINTPTR_MAX, "cut off");
    assert_spoilt(sections[ELF_TEXT].sh_offset, UINTPTR_MAX, "cut off");
}
END_TEST

START_TEST(a_section_without_contents_may_be_of_any_size)
{
    struct elf elf;

    elf_begin(&elf);
    elf_add_section(&elf, ".bss", SHT_NOBITS)->sh_size = UINTPTR_MAX;
    elf.sections[ELF_MORE].sh_offset = UINTPTR_MAX;
    assert_good(&elf);
    elf_free(&elf);
}
END_TEST

START_TEST(a_bad_table_of_symbols_is_refused)
{
    struct elf other;

    assert_spoilt(sections[ELF_SYMBOLS].sh_offset, ELF_SIZE, "cut off");
    assert_spoilt(sections[ELF_SYMBOLS].sh_size, 1000 * sizeof(ElfW(Sym)), "cut off");
    assert_spoilt(sections[ELF_SYMBOLS].sh_size, sizeof(ElfW(Sym)) + 1, "damaged");
    assert_spoilt(sections[ELF_SYMBOLS].sh_offset, elf.sections[ELF_SYMBOLS].sh_offset + 1,
                  "damaged"); /* not aligned */
    assert_spoilt(sections[ELF_SYMBOLS].sh_entsize, 0, "damaged");
    assert_spoilt(sections[ELF_SYMBOLS].sh_entsize, 8, "damaged");
    assert_spoilt(sections[ELF_SYMBOLS].sh_link, ELF_MORE, "damaged");
    assert_spoilt(sections[ELF_SYMBOLS].sh_link, UINT32_MAX, "damaged");
    assert_spoilt(sections[ELF_SYMBOLS].sh_link, ELF_TEXT, "damaged");
    assert_spoilt(strings[elf.sections[ELF_STRINGS].sh_size - 1], 'x', "damaged");
    assert_spoilt(sections[ELF_STRINGS].sh_size, 0, "damaged");
    assert_spoilt(symbols[1].st_name, (unsigned)elf.sections[ELF_STRINGS].sh_size, "cut off");
    assert_spoilt(symbols[1].st_name, UINT32_MAX, "cut off");
    assert_spoilt(symbols[1].st_shndx, ELF_MORE, "damaged");
    assert_spoilt(symbols[1].st_shndx, SHN_LORESERVE - 1, "damaged");
    assert_spoilt(symbols[1].st_shndx, SHN_XINDEX, "damaged");

    elf_begin(&other);
    elf_add_section(&other, ".symtab", SHT_SYMTAB);
    other.sections[ELF_MORE] = other.sections[ELF_SYMBOLS];
    assert_refused(&other, "with two tables of symbols");
}
END_TEST

START_TEST(a_bad_table_of_relocations_is_refused)
{
    size_t index = sizeof(ElfW(Addr)) == 8 ? ELF64_R_INFO(2ul, 1) : ELF32_R_INFO(2, 1);
    struct elf other;

    assert_spoilt(relocations->r_info, index, "damaged"); /* the symbols are 0 and 1 */
    assert_spoilt(relocations->r_info, UINTPTR_MAX, "damaged");
    assert_spoilt(sections[ELF_RELOCATIONS].sh_entsize, 0, "damaged");
    assert_spoilt(sections[ELF_RELOCATIONS].sh_size, sizeof(ElfW(Rela)) - 1, "damaged");
    assert_spoilt(sections[ELF_RELOCATIONS].sh_size, 1000 * sizeof(ElfW(Rela)), "cut off");
    assert_spoilt(sections[ELF_RELOCATIONS].sh_offset, 4, "damaged");
    assert_spoilt(sections[ELF_RELOCATIONS].sh_link, ELF_MORE, "damaged");
    assert_spoilt(sections[ELF_RELOCATIONS].sh_info, ELF_MORE, "damaged");
    assert_spoilt(sections[ELF_RELOCATIONS].sh_link, ELF_TEXT, "damaged"); /* no symbols there */

    elf_begin(&other);
    other.relocations->r_info = index;
    elf_add_symbol(&other, "second", STB_GLOBAL, STT_FUNC);
    assert_good(&other);
    elf_free(&other);
}
END_TEST

START_TEST(a_real_program_is_read)
{
    struct object object;
    struct names defined = {0};
    const char *wrong = object_open(&object, "/proc/self/exe");

    ck_assert_msg(!wrong, "%s", wrong);
    object_add_defined(&object, &defined);
    names_sort(&defined);
    ck_assert(names_have(&defined, "main"));
    ck_assert(!object_has_indirect(&object));
    names_free(&defined);
    object_close(&object);
}
END_TEST

START_TEST(files_that_are_no_objects_are_refused)
{
    struct object object;

    ck_assert_str_eq(object_open(&object, "/proc/self/there-is-none"), "No such file or directory");
    ck_assert_ptr_nonnull(object_open(&object, "/proc/self"));
    ck_assert_ptr_nonnull(object_open(&object, "/dev/null"));
    ck_assert_ptr_nonnull(object_open(&object, "labs/table"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_small_object_is_read,
        every_shorter_one_is_refused,
        what_is_not_of_this_machine_is_refused,
        a_table_of_sections_outside_of_the_file_is_refused,
        names_of_sections_that_have_no_end_are_refused,
        a_section_outside_of_the_file_is_refused,
        a_section_without_contents_may_be_of_any_size,
        a_bad_table_of_symbols_is_refused,
        a_bad_table_of_relocations_is_refused,
        a_real_program_is_read,
        files_that_are_no_objects_are_refused,
    };

    return unit_main("object", tests, sizeof tests / sizeof tests[0]);
}
