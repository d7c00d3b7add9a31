#include "scan/around.h"

#include "text/find.h"
#include "text/utf8.h"

enum { SENTENCE_MAX_BYTES = 360 };

/* --- lists -------------------------------------------------------------------------------------------------------- */

static struct phrase_group
group_of(const struct state *state, enum phrase_list list, enum phrase_end end, uint32_t c)
{
    return phrases_with(&state->common->phrases[list].ends[end], c);
}

static bool
stands_at(const struct state *state, uint32_t at, struct slice phrase)
{
    return find_stands_at(state->plain.text.data + at, (const char *)phrase.data);
}

size_t
around_at(const struct state *state, uint32_t at, enum phrase_list list)
{
    struct phrase_group group = group_of(state, list, PHRASE_FIRST, state_char_at(state, at));
    for (size_t i = 0; i < group.count; i++)
        if (stands_at(state, at, group.items[i]))
            return group.items[i].bytes;
    return 0;
}

size_t
around_before(const struct state *state, uint32_t end, enum phrase_list list)
{
    struct phrase_group group = group_of(state, list, PHRASE_LAST, state_char_before(state, end));
    for (size_t i = 0; i < group.count; i++)
        if (group.items[i].bytes <= end && stands_at(state, end - (uint32_t)group.items[i].bytes, group.items[i]))
            return group.items[i].bytes;
    return 0;
}

bool
around_find(const struct state *state, struct span span, enum phrase_list list, struct span *found_out)
{
    uint32_t at = span.start;
    while (at < span.end && utf8_is_inside(state->plain.text.data[at]))
        at++;
    while (at < span.end) {
        uint32_t start = at;
        struct phrase_group group = group_of(state, list, PHRASE_FIRST, utf8_next(state->plain.text, &at));
        for (size_t i = 0; i < group.count; i++)
            if (group.items[i].bytes <= span.end - start && stands_at(state, start, group.items[i])) {
                *found_out = (struct span){start, start + (uint32_t)group.items[i].bytes};
                return true;
            }
    }
    return false;
}

bool
around_in(const struct state *state, struct span span, enum phrase_list list)
{
    struct span found;
    return around_find(state, span, list, &found);
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
    return at <= state->plain.text.bytes && find_stands_at(state->plain.text.data + at, text);
}

bool
around_text_before(const struct state *state, uint32_t end, const char *text)
{
    size_t bytes = strlen(text);
    return bytes <= end && find_stands_at(state->plain.text.data + end - bytes, text);
}

bool
around_text_in(const struct state *state, struct span span, const char *text)
{
    return find_word(slice_sub(state->plain.text, span), slice_of(text));
}

/* --- the sentence ------------------------------------------------------------------------------------------------- */

struct span
around_sentence(const struct state *state, uint32_t at)
{
    struct span sentence = {at, at};
    while (sentence.start > 0 && at - sentence.start < SENTENCE_MAX_BYTES) {
        uint32_t before = sentence.start;
        if (around_ends_sentence(utf8_previous(state->plain.text, &before)))
            break;
        sentence.start = before;
    }
    while (sentence.end < state->plain.text.bytes && sentence.end - at < SENTENCE_MAX_BYTES) {
        uint32_t next = sentence.end;
        if (around_ends_sentence(utf8_next(state->plain.text, &next)))
            break;
        sentence.end = next;
    }
    return sentence;
}

struct span
around_context(const struct state *state, struct span plain, uint32_t bytes)
{
    struct slice text = state->plain.text;
    struct span context = {plain.start > bytes ? plain.start - bytes : 0,
                           plain.end + bytes < text.bytes ? plain.end + bytes : (uint32_t)text.bytes};
    while (context.start < plain.start && utf8_is_inside(text.data[context.start]))
        context.start++;
    while (context.end > plain.end && context.end < text.bytes && utf8_is_inside(text.data[context.end]))
        context.end--;
    return context;
}
