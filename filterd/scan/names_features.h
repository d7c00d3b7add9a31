/* scan/names_features.h - what the name tagger knows about each character: the same code trains and tags.
 *
 * A feature is a hash and the first of the NAME_ROWS positions it speaks about. Threads: none shared. Errors: none.
 */
#ifndef SCAN_NAMES_FEATURES_H
#define SCAN_NAMES_FEATURES_H

#include "rules/model.h"
#include "scan/names_text.h"

enum { NAMES_BATCH = 512 };

struct feature {
    uint64_t key;
    int32_t at;   /* position of its first row; may be negative */
    uint8_t kind; /* below NAMES_FEATURE_KINDS */
};

struct feature_batch {
    struct feature items[NAMES_BATCH];
    unsigned count;
    void (*flush)(void *context, const struct feature *items, unsigned count);
    void *context;
    const uint32_t *slots; /* where each will be looked up; names_features sets both */
    uint32_t slot_count;
};

enum { NAMES_FEATURE_KINDS = 22 };
const char *names_feature_word(uint8_t kind); /* "surname and given name": for explain */

/* Every feature of the text goes through batch->flush, in order. `scratch`: names_scratch_bytes(). */
void names_features(const struct name_model *model, const struct names_text *text, uint8_t *scratch,
                    struct feature_batch *batch);
static inline size_t
names_scratch_bytes(uint32_t count)
{
    return 3 * ((size_t)count + 2 * NAMES_EDGE);
}

#endif
