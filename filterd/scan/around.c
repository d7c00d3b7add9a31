#include "scan/around.h"

#include "text/intake.h"

enum { SENTENCE_MAX_BYTES = 360 };

/* --- lists -------------------------------------------------------------------------------------------------------- */

static const struct phrases *
phrases_of(const struct state *state, enum phrase_list list)
{
    return &state->common->phrases[list];
}

/* Bytes of the longest phrase at `at` that ends by `end`. */
static size_t
match_at(struct slice text, uint32_t at, uint32_t end, const struct phrases *phrases)
{
    for (size_t i = 0; i < phrases->count; i++)
        if (phrases->items[i].bytes <= end - at &&
            memcmp(text.data + at, phrases->items[i].data, phrases->items[i].bytes) == 0)
            return phrases->items[i].bytes;
    return 0;
}

size_t
around_at(const struct state *state, uint32_t at, enum phrase_list list)
{
    const struct phrases *phrases = phrases_of(state, list);
    return phrases_may(phrases->firsts, state_char_at(state, at))
               ? match_at(state->plain.text, at, (uint32_t)state->plain.text.bytes, phrases)
               : 0;
}

size_t
around_before(const struct state *state, uint32_t end, enum phrase_list list)
{
    const struct phrases *phrases = phrases_of(state, list);
    if (!phrases_may(phrases->lasts, state_char_before(state, end)))
        return 0;
    for (size_t i = 0; i < phrases->count; i++) {
        struct slice phrase = phrases->items[i];
        if (phrase.bytes <= end && memcmp(state->plain.text.data + end - phrase.bytes, phrase.data, phrase.bytes) == 0)
            return phrase.bytes;
    }
    return 0;
}

bool
around_in(const struct state *state, struct span span, enum phrase_list list)
{
    const struct phrases *phrases = phrases_of(state, list);
    struct slice text = state->plain.text;
    uint32_t at = span.start;
    while (at < span.end && (text.data[at] & 0xC0) == 0x80)
        at++;
    while (at < span.end) {
        uint32_t start = at;
        if (phrases_may(phrases->firsts, utf8_next(text, &at)) && match_at(text, start, span.end, phrases))
            return true;
    }
    return false;
}

bool
around_anywhere(const struct state *state, enum phrase_list list)
{
    return around_in(state, (struct span){0, (uint32_t)state->plain.text.bytes}, list);
}

/* --- single words ------------------------------------------------------------------------------------------------- */

bool
around_text_at(const struct state *state, uint32_t at, const char *text)
{
    size_t bytes = strlen(text);
    return at + bytes <= state->plain.text.bytes && memcmp(state->plain.text.data + at, text, bytes) == 0;
}

bool
around_text_before(const struct state *state, uint32_t end, const char *text)
{
    size_t bytes = strlen(text);
    return bytes <= end && memcmp(state->plain.text.data + end - bytes, text, bytes) == 0;
}

bool
around_text_in(const struct state *state, struct span span, const char *text)
{
    return memmem(state->plain.text.data + span.start, span.end - span.start, text, strlen(text)) != NULL;
}

/* --- the sentence ------------------------------------------------------------------------------------------------- */

static bool
ends_sentence(uint32_t c)
{
    return c == 0x3002 || c == '\n' || c == '!' || c == '?' || c == 0xFF01 || c == 0xFF1F; /* 。 */
}

struct span
around_sentence(const struct state *state, uint32_t at)
{
    struct span sentence = {at, at};
    while (sentence.start > 0 && at - sentence.start < SENTENCE_MAX_BYTES) {
        uint32_t before = sentence.start;
        if (ends_sentence(utf8_previous(state->plain.text, &before)))
            break;
        sentence.start = before;
    }
    while (sentence.end < state->plain.text.bytes && sentence.end - at < SENTENCE_MAX_BYTES) {
        uint32_t next = sentence.end;
        if (ends_sentence(utf8_next(state->plain.text, &next)))
            break;
        sentence.end = next;
    }
    return sentence;
}
