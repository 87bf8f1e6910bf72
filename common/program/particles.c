#include "common/program/particles.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum sound { UNKNOWN, VOWEL, CONSONANT, RIEUL };

static const struct particle {
    const char *both, *consonant, *vowel;
} particles[] = {
    {"은(는)", "은", "는"}, {"이(가)", "이", "가"},   {"을(를)", "을", "를"},
    {"과(와)", "과", "와"}, {"이(라)", "이라", "라"}, {"(으)로", "으로", "로"},
};

/* The last sound of an English word, as Korean has it: map, open and block end with a consonant,
 * thread, fork and merge get a vowel. */
static enum sound of_word(const char *text, const char *end)
{
    const char before = (char)(end - text > 1 ? tolower((unsigned char)end[-2]) : ' ');
    const char last = (char)tolower((unsigned char)end[-1]);

    if (last == 'l')
        return RIEUL;
    if (strchr("mnp", last) || (last == 'k' && before == 'c') || (last == 'g' && before == 'n'))
        return CONSONANT;
    return VOWEL;
}

/* The last sound of what ends before `end`; brackets and quotation marks have none. */
static enum sound last_sound(const char *text, const char *end)
{
    static const enum sound of_digit[] = {CONSONANT, RIEUL,     VOWEL, CONSONANT, VOWEL,
                                          VOWEL,     CONSONANT, RIEUL, RIEUL,     VOWEL};
    const unsigned char *at = (const unsigned char *)end;
    uint32_t code;

    while (at > (const unsigned char *)text && strchr(")]}\"'`", at[-1]))
        at--;
    if (at == (const unsigned char *)text)
        return UNKNOWN;
    if (at[-1] >= '0' && at[-1] <= '9')
        return of_digit[at[-1] - '0'];
    if (isalpha(at[-1]))
        return of_word(text, (const char *)at);
    if (at - (const unsigned char *)text < 3 || (at[-3] & 0xf0) != 0xe0)
        return UNKNOWN;
    code = (at[-3] & 0x0fu) << 12 | (at[-2] & 0x3fu) << 6 | (at[-1] & 0x3fu);
    if (code < 0xac00 || code > 0xd7a3)
        return UNKNOWN;
    /* A syllable is a number: its last consonant, of which 0 is none, counts the units. */
    code = (code - 0xac00) % 28;
    return code == 0 ? VOWEL : code == 8 ? RIEUL : CONSONANT;
}

void particles_choose(char *text)
{
    for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++) {
        const struct particle *particle = &particles[i];
        bool to = particle->both[0] == '(';
        char *at = text;

        while ((at = strstr(at, particle->both))) {
            enum sound sound = last_sound(text, at);
            const char *one =
                sound == VOWEL || (to && sound == RIEUL) ? particle->vowel : particle->consonant;
            size_t length = strlen(sound == UNKNOWN ? particle->both : one);

            if (sound != UNKNOWN) {
                memcpy(at, one, length);
                memmove(at + length, at + strlen(particle->both),
                        strlen(at + strlen(particle->both)) + 1);
            }
            at += length;
        }
    }
}
