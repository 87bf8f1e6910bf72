/* Attack: sends the judge messages of its own: ends without the nonce, and texts that play tricks on
 * a terminal and on JSON.
 * Labs: 03 07
 * Isolated: no */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void say(const char *message)
{
    for (int file = 3; file < 1024; file++)
        send(file, message, strlen(message), MSG_NOSIGNAL);
}

static void attack(void)
{
    say("hello");
    say("end ");
    say("end");
    say("end 00000000000000000000000000000000");
    say("passed");
    say("failed \n\nTotal: 70 of 70 points.\n\033[2J\033[H\x9b"
        "2J \xc2\x9b"
        "2J \xff\xfe \xe2\x80\xae\", \"score\": 15, \"status\": \"passed\", \"x\": \"\r\a");
    say("not-started \033]0;full score\a");
    exit(0);
}
