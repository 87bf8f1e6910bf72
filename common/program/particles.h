/* Korean particles have two forms, one behind a consonant and one behind a vowel. Where a
 * translation does not know what will stand before, it has both: "%s은(는)". */
#ifndef LOCKSTEP_PARTICLES_H
#define LOCKSTEP_PARTICLES_H

/* Keeps, in a text of UTF-8, the one that fits what has come to stand before it; both where the
 * last sound is not known. */
void particles_choose(char *text);

#endif
