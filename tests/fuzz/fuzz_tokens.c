/* MeCab, held as text/tokens.h holds it: tokens in order and inside, and every byte that is not white space in one. */
#include <string.h>

#include "base/assert.h"
#include "text/intake.h"
#include "text/tokens.h"

#define MAX_BYTES ((size_t)4096)
#define ARENA_BYTES ((size_t)8 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct token_model *model;
static struct tokenizer *tokenizer;
static struct arena *arena;

static bool
is_white(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == '\0';
}

static void
check_gap(struct slice text, uint32_t from, uint32_t to)
{
    for (uint32_t at = from; at < to; at++)
        ASSERT(is_white(text.data[at]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intake intake;
    struct tokens tokens;
    uint32_t end = 0;

    if (arena == NULL) {
        ASSERT(arena_create(ARENA_BYTES, &arena) == STATUS_OK);
        ASSERT(token_model_create(NULL, &model) == STATUS_OK);
        ASSERT(tokenizer_create(model, &tokenizer) == STATUS_OK);
    }
    if (size > MAX_BYTES)
        return 0;
    ASSERT(intake_run(arena, (struct slice){data, size}, MAX_BYTES, &intake) == STATUS_OK);
    ASSERT(tokenizer_run(tokenizer, arena, intake.text, &tokens) == STATUS_OK);
    for (size_t i = 0; i < tokens.count; i++) {
        const struct span span = tokens.items[i].span;
        ASSERT(span.start >= end && span.start < span.end && span.end <= intake.text.bytes);
        check_gap(intake.text, end, span.start);
        ASSERT(tokens.items[i].feature != NULL && strlen(tokens.items[i].feature) > 0);
        ASSERT(tokens_boundary_at(&tokens, span.start) && tokens_boundary_at(&tokens, span.end));
        end = span.end;
    }
    check_gap(intake.text, end, (uint32_t)intake.text.bytes);
    arena_reset(arena);
    return 0;
}
