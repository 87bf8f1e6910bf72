#include "common/program/columns.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Hangul, and what else of East Asia is wide. */
static bool wide(uint32_t code)
{
    static const uint32_t ranges[][2] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},
                                         {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60},
                                         {0xffe0, 0xffe6}};

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1])
            return true;
    return false;
}

int columns_of(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    int columns = 0;

    while (at < end) {
        uint32_t code = *at < 0x80 ? *at : *at & (*at < 0xe0 ? 0x1fu : *at < 0xf0 ? 0x0fu : 0x07u);

        while (++at < end && (*at & 0xc0) == 0x80)
            code = code << 6 | (*at & 0x3fu);
        columns += wide(code) ? 2 : 1;
    }
    return columns;
}

int columns_field(int width, const char *text)
{
    size_t length = strlen(text);
    int field = width < 0 ? -width : width;

    field += (int)length - columns_of(text, length);
    return width < 0 ? -field : field;
}
