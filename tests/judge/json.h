/* JSON files of the judge's. */
#ifndef LOCKSTEP_JUDGE_JSON_H
#define LOCKSTEP_JUDGE_JSON_H

#include <jansson.h>

/* Writes FOLDER/NAME. A reader sees the old file or the new one, never half of one. Returns 0, or
 * -1 and prints why. */
int json_write(const char *folder, const char *name, const json_t *json);

#endif
