#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/judge/build/object.h"
#include "tests/unit/support/elf.h"
#include "tests/unit/support/unit.h"

/* Asks everything there is to ask of an object. Returns whether it could be read. */
static bool use(const void *bytes, size_t size)
{
    struct object object;
    struct names names = {0};

    if (object_read(&object, bytes, size))
        return false;
    object_add_defined(&object, &names);
    object_add_used(&object, &names);
    names_sort(&names);
    object_odd_section(&object);
    object_has_indirect(&object);
    names_free(&names);
    return true;
}

/* Bytes are changed at random, most of them where the tables are. Reading then must not leave the
 * object: behind it is a page that nobody may touch. */
static void spoil_at_random(unsigned char *bytes, size_t size, size_t often)
{
    size_t read = 0, table = sizeof(ElfW(Ehdr)) + 40 * sizeof(ElfW(Shdr));

    srandom(1);
    for (size_t i = 0; i < often; i++) {
        size_t at[8], count = 1 + (size_t)random() % 8;
        unsigned char was[8];

        for (size_t j = 0; j < count; j++) {
            size_t which = (size_t)random() % 3, reach = table < size ? table : size;

            at[j] = which == 0   ? (size_t)random() % size
                    : which == 1 ? (size_t)random() % sizeof(ElfW(Ehdr))
                                 : size - 1 - (size_t)random() % reach;
            was[j] = bytes[at[j]];
            bytes[at[j]] = (unsigned char)random();
        }
        read += use(bytes, size);
        while (count-- > 0)
            bytes[at[count]] = was[count];
    }
    ck_assert(use(bytes, size)); /* all is as it was */
    ck_assert_uint_gt(read, 0);
    ck_assert_uint_lt(read, often);
}

START_TEST(a_small_object_spoilt_at_random_does_no_harm)
{
    struct elf elf;

    elf_begin(&elf);
    elf_add_symbol(&elf, "second", STB_WEAK, STT_OBJECT);
    spoil_at_random(elf.bytes, elf.size, 20000);
    elf_free(&elf);
}
END_TEST

/* This program's own object, as the compiler has made it. */
static const char *own_object(void)
{
    static char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 8);

    ck_assert_int_gt(length, 0);
    strcpy(path + length, ".o");
    return path;
}

START_TEST(a_real_object_spoilt_at_random_does_no_harm)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room;
    struct object object;
    unsigned char *pages, *copy;
    const char *wrong = object_open(&object, own_object());

    ck_assert_msg(!wrong, "%s", wrong);
    room = (object.size + page - 1) / page * page;
    pages = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(pages, MAP_FAILED);
    ck_assert_int_eq(mprotect(pages + room, page, PROT_NONE), 0);
    copy = pages + room - object.size;
    memcpy(copy, object.bytes, object.size);
    spoil_at_random(copy, object.size, 3000);
    munmap(pages, room + page);
    object_close(&object);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_small_object_spoilt_at_random_does_no_harm,
        a_real_object_spoilt_at_random_does_no_harm,
    };

    return unit_main("object_spoilt", tests, sizeof tests / sizeof tests[0]);
}
