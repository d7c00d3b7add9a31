#include "scan/triggers.h"

#include "scan/address.h"
#include "scan/labels.h"
#include "text/find.h"

/* The bytes of a text, bit per value. */
struct bytes {
    uint64_t present[4];
    uint32_t ascii_count, digit_count; /* few texts hold many */
    bool are_all;                      /* false: only the ASCII ones are there */
};

/* The highest bit of each byte that is ASCII, of eight from `at` on. Reads up to 7 bytes of the padding. */
static inline uint64_t
ascii_of_eight(struct slice text, size_t at)
{
    uint64_t eight;
    memcpy(&eight, text.data + at, sizeof eight);
    uint64_t ascii = ~eight & 0x8080808080808080u;
    return text.bytes - at < 8 ? ascii & ((1ull << 8 * (text.bytes - at)) - 1) : ascii;
}

static void
find_ascii(struct slice text, struct bytes *bytes)
{
    for (size_t at = 0; at < text.bytes; at += 8) {
        for (uint64_t ascii = ascii_of_eight(text, at); ascii; ascii &= ascii - 1) {
            uint8_t c = text.data[at + (size_t)__builtin_ctzll(ascii) / 8];
            bytes->present[c / 64] |= 1ull << c % 64;
            bytes->ascii_count++;
            bytes->digit_count += c - (unsigned)'0' < 10;
        }
    }
}

/* All of them: asked for only where a trigger finds its ASCII. */
static void
find_all(struct slice text, struct bytes *bytes)
{
    for (size_t at = 0; at < text.bytes; at++)
        bytes->present[text.data[at] / 64] |= 1ull << text.data[at] % 64;
    bytes->are_all = true;
}

static bool
has_byte(const struct bytes *bytes, uint8_t c)
{
    return bytes->present[c / 64] >> c % 64 & 1;
}

/* Whether one of the characters or words stands at `at`; behind the text none does. */
static bool
stands_at(const struct requires *holds, const uint8_t *at)
{
    if (*at < 0x80 && holds->ascii[*at / 64] >> *at % 64 & 1)
        return true;
    for (uint32_t i = 0; i < holds->word_count; i++)
        if (find_stands_at(at, holds->words[i]))
            return true;
    return false;
}

/* Whether one of them stands behind one of the signs that it must stand behind. */
static bool
has_behind(const struct requires *holds, struct slice text)
{
    for (size_t at = 0; at < text.bytes; at += 8) {
        for (uint64_t ascii = ascii_of_eight(text, at); ascii; ascii &= ascii - 1) {
            const uint8_t *before = text.data + at + (size_t)__builtin_ctzll(ascii) / 8;
            if (holds->before[*before / 64] >> *before % 64 & 1 && stands_at(holds, before + 1))
                return true;
        }
    }
    return false;
}

/* Most words have a byte that the text has not. */
static bool
has_word(const struct requires *holds, struct slice text, const struct bytes *bytes)
{
    for (uint32_t i = 0; i < holds->word_count; i++) {
        const char *word = holds->words[i];
        size_t length = 0;
        while (word[length] && has_byte(bytes, (uint8_t)word[length]))
            length++;
        if (!word[length] && find_word(text, (struct slice){(const uint8_t *)word, length}))
            return true;
    }
    return false;
}

/* What the triggers ask of a message beside its bytes; looked for when the first asks. */
struct needs {
    bool is_known[NEEDS_COUNT], is_met[NEEDS_COUNT];
};

static bool
is_met(const struct state *state, struct needs *needs, enum trigger_need need)
{
    if (!needs->is_known[need]) {
        needs->is_known[need] = true;
        needs->is_met[need] =
            need == NEEDS_NOTHING || (need == NEEDS_LABEL ? labels_exist(state) : address_may_be_single(state));
    }
    return needs->is_met[need];
}

static bool
trigger_fires(const struct state *state, const struct trigger *trigger, struct bytes *bytes, struct needs *needs)
{
    const struct requires *holds = &trigger->holds;
    const uint64_t *present = bytes->present;
    uint64_t first[4];
    memcpy(first, trigger->first, sizeof first);
    /* a text is taken to have every byte beyond ASCII, until find_all() has looked */
    bool begins = (first[0] & present[0]) || (first[1] & present[1]) || first[2] || first[3];
    if (!begins || holds->digits > bytes->digit_count || !is_met(state, needs, trigger->need))
        return false;
    bool has_character = (holds->ascii[0] & present[0]) || (holds->ascii[1] & present[1]);
    if (holds->is_behind && !((has_character || holds->word_count) && has_behind(holds, state->plain.text)))
        return false;
    if (!bytes->are_all)
        find_all(state->plain.text, bytes);
    if (trigger->required >= 0 && !has_byte(bytes, (uint8_t)trigger->required))
        return false;
    return !holds->one_of || holds->is_behind || has_character || has_word(holds, state->plain.text, bytes);
}

size_t
triggers_fired(const struct state *state, struct multi_hit *hits)
{
    const struct trigger *triggers = state->common->triggers;
    struct bytes bytes = {0};
    struct needs needs = {0};
    size_t count = 0;
    find_ascii(state->plain.text, &bytes);
    for (size_t i = 0; i < state->common->searched_count && triggers[i].holds.ascii_bytes <= bytes.ascii_count; i++)
        if (trigger_fires(state, &triggers[i], &bytes, &needs))
            hits[count++] = (struct multi_hit){triggers[i].pattern, (uint32_t)state->plain.text.bytes};
    return count;
}
