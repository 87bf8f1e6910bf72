#include "common/program/paragraph.h"

#include <string.h>

void paragraph_print(FILE *stream, const char *text, int indent, int width)
{
    int column = indent;

    for (;;) {
        int word = (int)strcspn(text, " ");

        if (column > indent && column + 1 + word > width) {
            fprintf(stream, "\n%*s", indent, "");
            column = indent;
        }
        fprintf(stream, "%s%.*s", column > indent ? " " : "", word, text);
        column += word + (column > indent);
        if (!text[word])
            break;
        text += word + 1;
    }
    fputc('\n', stream);
}
