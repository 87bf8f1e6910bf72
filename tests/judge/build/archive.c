#include "tests/judge/build/archive.h"

#include <ar.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/judge/build/mapping.h"

/* Numbers in the index begin with their highest byte. */
static uint32_t number_at(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The index: a count, a place for each name, and then the names, each with its '\0'. */
static const char *read_index(const unsigned char *index, size_t size, struct names *names)
{
    static const char damaged[] = "with a damaged index";
    const char *name, *end = (const char *)index + size;
    uint32_t count;

    if (size < 4)
        return damaged;
    count = number_at(index);
    if (count > size / 4 - 1)
        return damaged;
    name = (const char *)index + 4 + 4 * (size_t)count;
    for (uint32_t i = 0; i < count; i++) {
        size_t length = strnlen(name, (size_t)(end - name));

        if (name + length == end)
            return damaged;
        names_add(names, name);
        name += length + 1;
    }
    return NULL;
}

const char *archive_read(const void *bytes, size_t size, struct names *names)
{
    const struct ar_hdr *header = (const void *)((const char *)bytes + SARMAG);
    char digits[sizeof header->ar_size + 1] = "";
    unsigned long long length;

    if (size < SARMAG + sizeof *header || memcmp(bytes, ARMAG, SARMAG) != 0)
        return "not an archive";
    if (memcmp(header->ar_name, "/               ", sizeof header->ar_name) != 0)
        return "without an index";
    memcpy(digits, header->ar_size, sizeof header->ar_size);
    length = strtoull(digits, NULL, 10);
    if (length > size - SARMAG - sizeof *header)
        return "cut off";
    return read_index((const unsigned char *)(header + 1), (size_t)length, names);
}

const char *archive_add_defined(const char *path, struct names *names)
{
    size_t size;
    void *bytes;
    const char *wrong = mapping_open(&bytes, &size, path);

    if (wrong)
        return wrong;
    wrong = archive_read(bytes, size, names);
    munmap(bytes, size);
    return wrong;
}
