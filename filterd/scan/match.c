#include "scan/match.h"

#include <stdlib.h>

#include "scan/address.h"
#include "scan/labels.h"
#include "scan/verify.h"
#include "text/find.h"

enum {
    LITERAL_HITS_PER_BYTE = 4,
    MORE_HITS = 64,  /* room for hits of one scan */
    FEW_PATTERNS = 8 /* of a short text so many are looked for one by one in less time than all at once */
};

/* How many uses these hits have, which are asked for. */
static size_t
uses_of(const struct literals *set, const struct lexicon_hit *hits, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const struct literal *literal = &set->items[hits[i].id];
        __builtin_prefetch(&set->uses[literal->first_use]);
        total += literal->use_count;
    }
    return total;
}

static int
cue_order(const void *a, const void *b)
{
    const struct cue *x = a, *y = b;
    if (x->plain.start != y->plain.start)
        return x->plain.start < y->plain.start ? -1 : 1;
    if (x->plain.end != y->plain.end)
        return x->plain.end > y->plain.end ? -1 : 1; /* the longer first */
    return x->role - y->role;
}

static void
take_hit(struct state *state, const struct literals *set, const struct term *terms, bool city, struct lexicon_hit hit)
{
    const struct literal *literal = &set->items[hit.id];
    struct span plain = view_to_parent(&state->skeleton, hit.span);
    for (uint32_t u = 0; u < literal->use_count; u++) {
        const struct use *use = &set->uses[literal->first_use + u];
        if (use->role == USE_TERM) {
            state->term_hits[state->term_hit_count++] =
                (struct term_hit){.skeleton = hit.span, .plain = plain, .term = &terms[use->index]};
        } else {
            state->cues[state->cue_count++] =
                (struct cue){.plain = plain, .index = use->index, .role = use->role, .info = use->info, .city = city};
            state->roles_seen |= 1u << use->role;
        }
    }
}

/* Grows the arrays by the uses of these hits, each a term or a cue, and files them. */
static enum status
file_hits(struct state *state, const struct literals *set, const struct term *terms, bool city,
          const struct lexicon_hit *hits, size_t count)
{
    size_t uses = uses_of(set, hits, count);
    struct cue *all_cues = arena_alloc_array(state->arena, state->cue_count + uses, sizeof *all_cues);
    struct term_hit *all_terms = arena_alloc_array(state->arena, state->term_hit_count + uses, sizeof *all_terms);
    if (!all_cues || !all_terms)
        return STATUS_TOO_LARGE;
    if (state->cue_count)
        memcpy(all_cues, state->cues, state->cue_count * sizeof *all_cues);
    if (state->term_hit_count)
        memcpy(all_terms, state->term_hits, state->term_hit_count * sizeof *all_terms);
    state->cues = all_cues;
    state->term_hits = all_terms;
    for (size_t i = 0; i < count; i++)
        take_hit(state, set, terms, city, hits[i]);
    arena_trim(state->arena, all_terms, state->term_hit_count * sizeof *all_terms);
    return STATUS_OK;
}

static enum status
scan_set(struct state *state, const struct literals *set, const struct term *terms, bool city)
{
    if (set->count == 0)
        return STATUS_OK;
    size_t max = state->skeleton.text.bytes * LITERAL_HITS_PER_BYTE + MORE_HITS, count = 0;
    struct lexicon_hit *hits = arena_alloc_array(state->arena, max, sizeof *hits);
    if (!hits)
        return STATUS_TOO_LARGE;
    enum status status = lexicon_scan(set->lexicon, state->skeleton.text, hits, max, &count);
    if (status != STATUS_OK)
        return status;
    arena_trim(state->arena, hits, count * sizeof *hits);
    return count ? file_hits(state, set, terms, city, hits, count) : STATUS_OK;
}

static void
trace_cues(const struct state *state)
{
    static const char *const words[USE_ROLE_COUNT] = {
        [USE_TERM] = "term",           [USE_LABEL] = "label",     [USE_NEGATIVE] = "negative",
        [USE_HONORIFIC] = "honorific", [USE_TITLE] = "title",     [USE_EXPOSURE] = "exposure",
        [USE_OTHER] = "other",         [USE_FAMILY] = "family",   [USE_SELF] = "self",
        [USE_NEED] = "need",           [USE_DANGER] = "danger",   [USE_PLIGHT] = "plight",
        [USE_MENACE] = "menace",       [USE_PUBLIC] = "public",   [USE_CONTACT] = "contact",
        [USE_START] = "start",         [USE_SPECIAL] = "special", [USE_REPORT] = "report",
        [USE_WRITING] = "writing",     [USE_READING] = "reading", [USE_IMPOSTOR] = "impostor"};
    for (size_t i = 0; i < state->cue_count; i++)
        state_trace(state, TRACE_LITERAL, state->cues[i].plain, words[state->cues[i].role],
                    state->cues[i].info ? info_type_word(state->cues[i].info) : NULL, -1);
    for (size_t i = 0; i < state->term_hit_count; i++)
        state_trace(state, TRACE_LITERAL, state->term_hits[i].plain, state->term_hits[i].term->rule, "term", -1);
}

enum status
match_literals(struct state *state)
{
    enum status status = scan_set(state, &state->common->literals, state->common->terms, false);
    if (status == STATUS_OK)
        status = scan_set(state, &state->ruleset->literals, state->ruleset->terms, true);
    if (status != STATUS_OK)
        return status;
    if (state->cue_count > 1)
        qsort(state->cues, state->cue_count, sizeof *state->cues, cue_order);
    if (state->cue_count || state->term_hit_count)
        state->counts->literal_hit++;
    if (state_is_traced(state))
        trace_cues(state);
    return STATUS_OK;
}

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

/* The patterns whose trigger fires. A hit of theirs may be anywhere, so each is said to end where the text does. */
static size_t
find_fired(const struct state *state, struct multi_hit *hits)
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

static enum status
search_all(struct state *state)
{
    /* at most one hit per pattern and end */
    size_t max = state->plain.text.bytes * state->common->searched_count + MORE_HITS;
    state->pattern_hits = arena_alloc_array(state->arena, max, sizeof *state->pattern_hits);
    if (!state->pattern_hits)
        return STATUS_TOO_LARGE;
    enum status status = multi_scan(state->common->pattern_multi, state->multi_scratch, state->plain.text,
                                    state->pattern_hits, max, &state->pattern_hit_count);
    if (status == STATUS_OK)
        arena_trim(state->arena, state->pattern_hits, state->pattern_hit_count * sizeof *state->pattern_hits);
    return status;
}

enum status
match_patterns(struct state *state)
{
    struct multi_hit *hits = arena_alloc_array(state->arena, state->common->searched_count, sizeof *hits);
    if (!hits)
        return STATUS_TOO_LARGE;
    size_t fired = find_fired(state, hits);
    arena_trim(state->arena, hits, fired * sizeof *hits);
    if (fired == 0)
        return STATUS_OK;
    state->counts->patterns++;
    if (state->plain.text.bytes > VERIFY_WINDOW_BYTES || fired > FEW_PATTERNS)
        return search_all(state);
    state->pattern_hits = hits;
    state->pattern_hit_count = fired;
    return STATUS_OK;
}
