#include "common/program/paragraph.h"

#include <string.h>

#include "common/program/columns.h"

void paragraph_print(FILE *stream, const char *text, int indent, int width)
{
    int column = indent;

    for (;;) {
        int word = (int)strcspn(text, " ");
        int wide = columns_of(text, (size_t)word);

        if (column > indent && column + 1 + wide > width) {
            fprintf(stream, "\n%*s", indent, "");
            column = indent;
        }
        fprintf(stream, "%s%.*s", column > indent ? " " : "", word, text);
        column += wide + (column > indent);
        if (!text[word])
            break;
        text += word + 1;
    }
    fputc('\n', stream);
}
