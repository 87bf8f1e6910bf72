#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/judge/evidence.h"
#include "tests/unit/support/unit.h"
#include "tests/watch/protocol.h"

/* Evidence, the test's end of its socket, and the nonce that came through it. */
struct channel {
    struct evidence evidence;
    int test;
    char nonce[64];
};

static void channel_open(struct channel *channel)
{
    ssize_t length;

    ck_assert_int_eq(evidence_open(&channel->evidence, &channel->test), 0);
    length = recv(channel->test, channel->nonce, sizeof channel->nonce - 1, MSG_DONTWAIT);
    ck_assert_int_gt(length, 0);
    channel->nonce[length] = '\0';
}

static void channel_close(struct channel *channel)
{
    evidence_close(&channel->evidence);
    close(channel->test);
}

static void say(int test, const char *word, const char *text)
{
    char message[2 * PROTOCOL_MESSAGE_SIZE];
    int length =
        snprintf(message, sizeof message, "%s%s%s", word, text ? " " : "", text ? text : "");

    ck_assert_int_eq(send(test, message, (size_t)length, MSG_DONTWAIT), length);
}

/* What another process says. */
struct saying {
    int test;
    const char *word, *text;
};

static void say_it(void *argument)
{
    const struct saying *saying = argument;

    say(saying->test, saying->word, saying->text);
}

static void say_in_child(int test, const char *word, const char *text)
{
    struct saying saying = {test, word, text};

    ck_assert_int_eq(unit_in_child(say_it, &saying), 0);
}

START_TEST(each_test_gets_a_nonce_of_its_own)
{
    struct channel first, second;

    channel_open(&first);
    channel_open(&second);
    ck_assert_uint_eq(strlen(first.nonce), 32);
    ck_assert_str_eq(first.nonce, first.evidence.nonce);
    ck_assert_str_ne(first.nonce, second.nonce);
    channel_close(&first);
    channel_close(&second);
}
END_TEST

START_TEST(the_end_counts_with_nonce_from_who_said_hello)
{
    struct channel channel;

    channel_open(&channel);
    evidence_read(&channel.evidence);
    ck_assert(!channel.evidence.ended);
    say(channel.test, PROTOCOL_HELLO, NULL);
    evidence_read(&channel.evidence);
    ck_assert_int_eq(channel.evidence.original, getpid());
    ck_assert(!channel.evidence.ended);
    say(channel.test, PROTOCOL_END, channel.nonce);
    evidence_read(&channel.evidence);
    ck_assert(channel.evidence.ended);
    ck_assert_str_eq(channel.evidence.text, "");
    channel_close(&channel);
}
END_TEST

START_TEST(the_end_does_not_count_otherwise)
{
    struct channel channel;
    char longer[80];

    channel_open(&channel);
    say(channel.test, PROTOCOL_END, channel.nonce); /* before hello */
    say(channel.test, PROTOCOL_HELLO, NULL);
    say(channel.test, PROTOCOL_END, NULL);
    say(channel.test, PROTOCOL_END, "");
    say(channel.test, PROTOCOL_END, "0123456789abcdef0123456789abcdef");
    snprintf(longer, sizeof longer, "%s0", channel.nonce);
    say(channel.test, PROTOCOL_END, longer);
    say(channel.test, "END", channel.nonce);
    say_in_child(channel.test, PROTOCOL_END, channel.nonce);
    evidence_read(&channel.evidence);
    ck_assert(!channel.evidence.ended);
    channel_close(&channel);
}
END_TEST

START_TEST(only_the_first_hello_counts)
{
    struct channel channel;

    channel_open(&channel);
    say(channel.test, PROTOCOL_HELLO, NULL);
    say_in_child(channel.test, PROTOCOL_HELLO, NULL);
    say_in_child(channel.test, PROTOCOL_END, channel.nonce);
    evidence_read(&channel.evidence);
    ck_assert_int_eq(channel.evidence.original, getpid());
    ck_assert(!channel.evidence.ended);
    channel_close(&channel);
}
END_TEST

START_TEST(the_first_failure_is_kept_in_one_line)
{
    struct channel channel;

    channel_open(&channel);
    say(channel.test, "failed", NULL); /* no text */
    say(channel.test, "failedly", "not a word of the protocol");
    evidence_read(&channel.evidence);
    ck_assert_str_eq(channel.evidence.text, "");
    say_in_child(channel.test, PROTOCOL_FAILED, "pool_map\tfirst\nline\r\tof it");
    say(channel.test, PROTOCOL_FAILED, "second");
    say(channel.test, PROTOCOL_NOT_STARTED, "pool_map");
    evidence_read(&channel.evidence);
    ck_assert_str_eq(channel.evidence.text, "first line  of it");
    ck_assert_str_eq(channel.evidence.look_at, "pool_map");
    ck_assert(!channel.evidence.not_started);
    channel_close(&channel);
}
END_TEST

START_TEST(notes_are_read_as_texts_that_end)
{
    struct channel channel;
    struct notes *notes, read;

    channel_open(&channel);
    notes = notes_map(channel.evidence.notes_file);
    ck_assert_ptr_nonnull(notes);
    strcpy(notes->doing, "pool_map of 3 tasks");
    memset(notes->look_at, 'x', sizeof notes->look_at);
    read = evidence_notes(&channel.evidence);
    ck_assert_str_eq(read.doing, "pool_map of 3 tasks");
    ck_assert_uint_eq(strlen(read.look_at), sizeof read.look_at - 1);
    ck_assert_int_eq(ftruncate(channel.evidence.notes_file, 0), 0);
    ck_assert_str_eq(evidence_notes(&channel.evidence).doing, "");
    munmap(notes, sizeof *notes);
    channel_close(&channel);
}
END_TEST

START_TEST(a_function_that_is_not_written_is_noted)
{
    struct channel channel;

    channel_open(&channel);
    say(channel.test, PROTOCOL_NOT_STARTED, "pool_map");
    say(channel.test, PROTOCOL_FAILED, "later");
    evidence_read(&channel.evidence);
    ck_assert_str_eq(channel.evidence.text, "pool_map");
    ck_assert(channel.evidence.not_started);
    channel_close(&channel);
}
END_TEST

START_TEST(a_text_that_is_too_long_is_cut_off)
{
    struct channel channel;
    char text[PROTOCOL_MESSAGE_SIZE + 500];

    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    channel_open(&channel);
    say(channel.test, PROTOCOL_FAILED, text);
    evidence_read(&channel.evidence);
    ck_assert_uint_ge(strlen(channel.evidence.text), 2000);
    ck_assert_uint_lt(strlen(channel.evidence.text), PROTOCOL_MESSAGE_SIZE);
    ck_assert_uint_eq(strspn(channel.evidence.text, "x"), strlen(channel.evidence.text));
    channel_close(&channel);
}
END_TEST

START_TEST(a_flood_is_read_in_parts)
{
    struct channel channel;

    channel_open(&channel);
    for (int i = 0; i < 120; i++)
        say(channel.test, "noise", NULL);
    say(channel.test, PROTOCOL_FAILED, "after the noise");
    evidence_read(&channel.evidence);
    ck_assert_str_eq(channel.evidence.text, "");
    evidence_read(&channel.evidence);
    ck_assert_str_eq(channel.evidence.text, "after the noise");
    channel_close(&channel);
}
END_TEST

START_TEST(a_socket_that_is_shut_down_is_looked_at_no_more)
{
    struct channel channel;

    channel_open(&channel);
    evidence_read(&channel.evidence);
    ck_assert_int_ne(channel.evidence.socket, -1);
    say(channel.test, PROTOCOL_FAILED, "last words");
    ck_assert_int_eq(shutdown(channel.test, SHUT_RDWR), 0);
    evidence_read(&channel.evidence);
    ck_assert_str_eq(channel.evidence.text, "last words");
    ck_assert_int_eq(channel.evidence.socket, -1);
    evidence_read(&channel.evidence);
    channel_close(&channel);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_test_gets_a_nonce_of_its_own,
        the_end_counts_with_nonce_from_who_said_hello,
        the_end_does_not_count_otherwise,
        only_the_first_hello_counts,
        the_first_failure_is_kept_in_one_line,
        notes_are_read_as_texts_that_end,
        a_function_that_is_not_written_is_noted,
        a_text_that_is_too_long_is_cut_off,
        a_flood_is_read_in_parts,
        a_socket_that_is_shut_down_is_looked_at_no_more,
    };

    return unit_main("judge_evidence", tests, sizeof tests / sizeof tests[0]);
}
