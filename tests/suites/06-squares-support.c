#include "tests/suites/06-squares-support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

const long squares_values[SQUARES_N] = {1, 2, 3, 4, 5};

static squares_fn *chosen;

int squares_open_output(void)
{
    FILE *file = tmpfile();
    int output;

    if (!file || (output = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0)) == -1)
        grader_fail("The test itself went wrong: no temporary file (%s).", error_name(errno));
    fclose(file);
    fcntl(output, F_SETFL, O_APPEND);
    return output;
}

void squares_read_output(int output, char text[], size_t size)
{
    ssize_t length = pread(output, text, size - 1, 0);

    text[length > 0 ? length : 0] = '\0';
    close(output);
}

void squares_begin(const char *name, squares_fn *squares_of)
{
    int output = squares_open_output();
    long squares[1] = {0};

    grader_begin(name, squares_of(squares_values, squares, 1, output, NULL) == 0);
    close(output);
}

void squares_choose(squares_fn *squares_of)
{
    chosen = squares_of;
}

int squares_of_two(void)
{
    long squares[2] = {0};
    int output = squares_open_output();
    int failed = chosen(squares_values, squares, 2, output, NULL);

    close(output);
    expect(failed || (squares[0] == 1 && squares[1] == 4),
           "A call claims to have squared 1 and 2, but its squares are %ld and %ld.", squares[0],
           squares[1]);
    return failed;
}
