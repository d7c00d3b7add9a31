#include "scan/match.h"

#include <stdlib.h>

#include "scan/triggers.h"
#include "scan/verify.h"

enum {
    LITERAL_HITS_PER_BYTE = 4,
    MORE_HITS = 64,  /* also of the shortest text */
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

/* newline names no LINE. */
static bool
is_part_of_latin_word(const struct state *state, struct span plain)
{
    uint32_t first = state_char_at(state, plain.start), last = state_char_before(state, plain.end);
    return (letter_is_latin(first) && letter_is_latin(state_char_before(state, plain.start))) ||
           (letter_is_latin(last) && letter_is_latin(state_char_at(state, plain.end)));
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
        } else if (!is_part_of_latin_word(state, plain)) {
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
        [USE_TERM] = "term",           [USE_LABEL] = "label",      [USE_NEGATIVE] = "negative",
        [USE_HONORIFIC] = "honorific", [USE_TITLE] = "title",      [USE_EXPOSURE] = "exposure",
        [USE_OTHER] = "other",         [USE_FAMILY] = "family",    [USE_SELF] = "self",
        [USE_NEED] = "need",           [USE_DANGER] = "danger",    [USE_PLIGHT] = "plight",
        [USE_MENACE] = "menace",       [USE_PUBLIC] = "public",    [USE_CONTACT] = "contact",
        [USE_START] = "start",         [USE_SPECIAL] = "special",  [USE_REPORT] = "report",
        [USE_RESUME] = "resume",       [USE_OPENING] = "opening",  [USE_WRITING] = "writing",
        [USE_READING] = "reading",     [USE_IMPOSTOR] = "impostor"};
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
    size_t fired = triggers_fired(state, hits);
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
