#include "scan/topic_margins.h"

#include "text/utf8_four.h"

enum { CHUNK_CHARACTERS = 32 };

struct scores {
    int32_t sum[TOPIC_LANES];
    uint32_t grams;
};

const int8_t *
topic_weights(const struct topic_model *model, uint64_t hash)
{
    uint32_t slot = topic_slot(hash, model->numbers.slots);
    return model->checks[slot] == topic_check(hash) ? model->weights + (size_t)slot * TOPIC_LANES : NULL;
}

/* The rows of characters that begin with the next few. What is known of them lies anywhere in tables larger than the
 * cache: all are asked for before the first is looked at; the weights, once it is known which rows have some. */
struct grams {
    uint32_t slots[CHUNK_CHARACTERS * TOPIC_GRAM_MAX];
    uint16_t checks[CHUNK_CHARACTERS * TOPIC_GRAM_MAX];
    unsigned count;
};

/* What topic_next() reads from a passage, each character once. The last few begin rows too, but only short ones. */
struct reading {
    uint32_t characters[CHUNK_CHARACTERS + TOPIC_GRAM_MAX - 1];
    unsigned count;
    bool has_opaque; /* one so far: rows may end before it */
};

static void
read_on(struct slice text, uint32_t *at, uint32_t passage_end, struct reading *reading)
{
    const unsigned room = sizeof reading->characters / sizeof *reading->characters;
    while (reading->count < room && *at < passage_end) {
        __m128i four;
        if (reading->count + UTF8_FOUR <= room && *at + UTF8_FOUR_BYTES <= passage_end &&
            utf8_four(text.data + *at, &four)) {
            _mm_storeu_si128((__m128i *)(void *)(reading->characters + reading->count), four);
            reading->count += UTF8_FOUR;
            *at += UTF8_FOUR_BYTES;
        } else {
            uint32_t character = topic_next(text.data, at);
            reading->has_opaque |= character == TOPIC_OPAQUE;
            reading->characters[reading->count++] = character;
        }
    }
}

/* The row at `hash` grown by `character`; returns its hash. */
static inline uint64_t
add_gram(const struct topic_model *model, uint64_t hash, uint32_t character, struct grams *grams)
{
    hash = topic_hash(hash, character);
    uint32_t slot = topic_slot(hash, model->numbers.slots);
    __builtin_prefetch(&model->checks[slot]);
    grams->slots[grams->count] = slot;
    grams->checks[grams->count++] = topic_check(hash);
    return hash;
}

/* The rows that begin with the first CHUNK_CHARACTERS, which are done with then. */
static void
hash_grams(const struct topic_model *model, struct reading *reading, struct grams *grams)
{
    unsigned begins = reading->count < CHUNK_CHARACTERS ? reading->count : CHUNK_CHARACTERS, begun = 0;
    grams->count = 0;
    if (!reading->has_opaque)
        for (; begun < begins && begun + TOPIC_GRAM_MAX <= reading->count; begun++) {
            uint64_t hash = TOPIC_HASH_START;
#pragma GCC unroll 4
            for (unsigned n = 0; n < TOPIC_GRAM_MAX; n++)
                hash = add_gram(model, hash, reading->characters[begun + n], grams);
        }
    for (; begun < begins; begun++) {
        unsigned left = reading->count - begun, end = begun + (left < TOPIC_GRAM_MAX ? left : TOPIC_GRAM_MAX);
        uint64_t hash = TOPIC_HASH_START;
        for (unsigned i = begun; i < end && reading->characters[i] != TOPIC_OPAQUE; i++)
            hash = add_gram(model, hash, reading->characters[i], grams);
    }
    reading->count -= begins;
    memmove(reading->characters, reading->characters + begins, reading->count * sizeof *reading->characters);
}

/* The slots of rows with weights come first, and their weights are asked for; returns how many. Without a branch on
 * what is known: the processor could not guess it. */
static unsigned
keep_known(const struct topic_model *model, struct grams *grams)
{
    const uint16_t *checks = model->checks;
    unsigned known = 0;
#pragma GCC unroll 4
    for (unsigned i = 0; i < grams->count; i++) {
        uint32_t slot = grams->slots[i];
        grams->slots[known] = slot;
        known += checks[slot] == grams->checks[i];
    }
    for (unsigned i = 0; i < known; i++)
        __builtin_prefetch(model->weights + (size_t)grams->slots[i] * TOPIC_LANES);
    return known;
}

static void
add_weights(const struct topic_model *model, struct grams *grams, struct scores *scores)
{
    int16_t sums[TOPIC_LANES] = {0}; /* of a few weights: they hold them */
    unsigned known = keep_known(model, grams);
#pragma GCC unroll 4
    for (unsigned i = 0; i < known; i++) {
        const int8_t *weights = model->weights + (size_t)grams->slots[i] * TOPIC_LANES;
        for (unsigned lane = 0; lane < TOPIC_LANES; lane++)
            sums[lane] = (int16_t)(sums[lane] + weights[lane]);
    }
    for (unsigned lane = 0; lane < TOPIC_LANES; lane++)
        scores->sum[lane] += sums[lane];
    scores->grams += grams->count;
}

static void
score_passage(const struct topic_model *model, struct slice text, struct span passage, struct scores *scores)
{
    struct grams grams;     /* they need no zeroes … */
    struct reading reading; /* … nor do its characters */
    uint32_t at = passage.start;
    reading.count = 0;
    reading.has_opaque = false;
    *scores = (struct scores){0};
    for (read_on(text, &at, passage.end, &reading); reading.count; read_on(text, &at, passage.end, &reading)) {
        hash_grams(model, &reading, &grams);
        add_weights(model, &grams, scores);
    }
}

struct topic_margins
topic_margins_of(const struct topic_model *model, struct slice text, struct span passage)
{
    struct topic_margins margins;
    struct scores scores;
    score_passage(model, text, passage, &scores);
    uint32_t norm = topic_root((uint64_t)scores.grams * TOPIC_NORM * TOPIC_NORM);
    for (unsigned lane = 0; lane < TOPIC_LANES; lane++)
        margins.of[lane] = topic_margin(&model->numbers, lane, scores.sum[lane], norm);
    return margins;
}
