/* scan/labels.h - what a value is called: 電話：, 〒, …（携帯）; and where the labels around it say that it begins and
 * ends.
 *
 * A label is a cue of role label (cues.csv), or one of the signs 〒 ☎ ✉, which the skeleton drops. A negative cue
 * (受付番号) stands where a label would and says what the value is not.
 *
 * Threads: none shared. Errors: none.
 */
#ifndef SCAN_LABELS_H
#define SCAN_LABELS_H

#include "scan/state.h"

/* Whether the message has a label at all: without, no value is labelled. */
bool labels_exist(const struct state *state);

/* The nearest label or negative cue that ends before `plain` begins, with little between; NULL = none. */
const struct cue *labels_nearest(const struct state *state, struct span plain);

/* The label that a resume cue takes up (免許証を拾いました。*番号*は…) from what was said before; NULL = none. */
const struct cue *labels_resumed(const struct state *state, const struct cue *resume);

/* Whether `nearest` (may be NULL), a sign before `value` or a label behind it calls it `info`; or, where nothing stands
 * nearer, what was said further off or of the value before it. */
bool labels_name(const struct state *state, const struct cue *nearest, struct span value, enum info_type info);

/* Whether values of `info` are long numbers: what stands behind such a label is no other kind's number. */
bool labels_are_of_numbers(enum info_type info);

/* Whether only joining words stand between a value of `info` found by its label and `value`: …と、妻は…. */
bool labels_carry_over(const struct state *state, struct span value, enum info_type info);

/* Where the value behind `label` begins: behind ：, は, →, たしか and the like. */
uint32_t labels_value_start(const struct state *state, const struct cue *label);

/* Whether a label begins right at `at`: 氏名 電話番号 … is an empty form, no name. */
bool labels_begin_at(const struct state *state, uint32_t at);

/* `value` up to the next label in it, without spaces at its end: 氏名：山田太郎 電話 090-…. */
struct span labels_clip(const struct state *state, struct span value);

#endif
