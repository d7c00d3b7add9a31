/* models/train/corpus.h - labelled texts, read for training: TSV lines "group<TAB>weight<TAB>spans<TAB>text".
 *
 * spans are "start-end" in code points, separated by commas; the text has \n, \t and \\ escaped. Words of the group say
 * what a line is for: "train" learns, "held" calibrates.
 */
#ifndef TRAIN_CORPUS_H
#define TRAIN_CORPUS_H

#include "scan/names_features.h"

enum { HELD_TEXT = 1, HELD_MESSAGE = 2 };

struct sentence {
    uint8_t held; /* 0, HELD_TEXT or HELD_MESSAGE */
    float weight;
    uint32_t count; /* characters */
    uint32_t *ids;  /* features: number, and position */
    int16_t *at;    /* of the first row */
    uint32_t feature_count;
    uint8_t *labels;
    struct names_text text; /* owned memory behind it */
};

struct corpus {
    struct sentence *sentences;
    size_t count, capacity;
};

/* Exits with a message when a line is malformed: this is a tool. */
void corpus_read(const char *path, const struct view_tables *views, struct corpus *corpus);

void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
