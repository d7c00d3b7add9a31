/* models/topics/corpus.h - the training lines of generate.py as numbers: rows of characters, gate cells, labels. */
#ifndef MODELS_TOPICS_CORPUS_H
#define MODELS_TOPICS_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HARMLESS = -1, NEAR = -2 /* of a category; may be a report of danger */, CALM = -3 /* near danger */ };
enum { SLOTS = 160000 };
enum { GATE_BYTES = 36 /* up to here the gate asks the same of every text */ };
enum { JUDGED_BYTES = 36 /* of the skeleton; shorter texts are reported, not judged (scan/topics.c) */ };

struct text {
    uint32_t *grams; /* slots, one per known gram; ends at gram_count */
    uint32_t gram_count;
    uint16_t *cells; /* of the gate */
    uint32_t cell_count;
    float gate_length; /* root of the length: how many times GATE_FLOOR this text needs to pass */
    uint32_t norm;
    int8_t label; /* a lane of the model, HARMLESS, NEAR or CALM */
    int8_t fold;
    bool is_measured; /* calibrates trainings that have not seen it */
    bool is_held;     /* only for the report */
    bool is_short;
};

struct corpus {
    struct text *texts;
    size_t count, capacity;
};

extern const char *const topic_words[];

/* The lane of a category's name; HARMLESS, NEAR or CALM for a sign of generate.py. */
int topic_of(const char *word);

/* Exits when memory is short, as all of this program does. */
void *need(void *memory);

void corpus_read(const char *path, struct corpus *corpus);

/* Which gram owns which of the SLOTS `checks`, and the grams of every text. Once, after reading. */
void corpus_choose_grams(struct corpus *corpus, uint16_t *checks);

#endif
