#include "tests/judge/build/command.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void add(struct command *command, char *word)
{
    char **more = realloc(command->words, (command->count + 2) * sizeof *more);

    if (!more || !word) {
        perror(program_invocation_short_name);
        exit(2);
    }
    more[command->count++] = word;
    more[command->count] = NULL;
    command->words = more;
}

void command_add(struct command *command, const char *word)
{
    add(command, strdup(word));
}

void command_add_words(struct command *command, const char *text)
{
    static const char blanks[] = " \t";

    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        size_t length = strcspn(text, blanks);

        add(command, strndup(text, length));
        text += length;
    }
}

void command_add_path(struct command *command, const char *path)
{
    char *word = NULL;

    /* Compilers take @file for a list of further options. */
    if (asprintf(&word, "%s%s", *path == '-' || *path == '@' ? "./" : "", path) < 0)
        word = NULL;
    add(command, word);
}

void command_free(struct command *command)
{
    for (size_t i = 0; i < command->count; i++)
        free(command->words[i]);
    free(command->words);
    *command = (struct command){0};
}

/* Reads until nobody can write any more, whatever is kept of it. */
static void read_all(int from, struct output *output)
{
    char spill[4096];

    for (;;) {
        size_t room = OUTPUT_MOST - output->length;
        char *to = room > 0 ? output->text + output->length : spill;
        ssize_t count = read(from, to, room > 0 ? room : sizeof spill);

        if (count == -1 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        if (room == 0)
            continue;
        for (ssize_t i = 0; i < count; i++)
            if (to[i] == '\0')
                to[i] = '?';
        output->length += (size_t)count;
    }
    output->text[output->length] = '\0';
}

/* Returns the child's PID, or -1 with errno. */
static pid_t start(const struct command *command, int err)
{
    posix_spawn_file_actions_t actions;
    pid_t child = -1;

    errno = posix_spawn_file_actions_init(&actions);
    if (errno)
        return -1;
    errno = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!errno)
        errno = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!errno)
        errno = posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    if (!errno)
        errno = posix_spawnp(&child, command->words[0], &actions, NULL, command->words, environ);
    posix_spawn_file_actions_destroy(&actions);
    return errno ? -1 : child;
}

int command_run(struct command *command, struct output *output)
{
    int ends[2], status = -1, reason;
    pid_t child;

    if (command->count == 0 || pipe2(ends, O_CLOEXEC)) {
        reason = command->count ? errno : ENOENT;
        command_free(command);
        errno = reason;
        return -1;
    }
    child = start(command, ends[1]);
    reason = errno;
    close(ends[1]);
    if (child != -1) {
        read_all(ends[0], output);
        while (waitpid(child, &status, 0) == -1 && errno == EINTR)
            ;
    }
    close(ends[0]);
    command_free(command);
    errno = reason;
    return status;
}
