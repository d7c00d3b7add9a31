#include "scan/special_hits.h"

#include <stdlib.h>

#include "scan/around.h"
#include "scan/terms.h"
#include "text/intake.h"
#include "text/letter.h"

enum { SUFFIX_MAX_CHARACTERS = 8, PREFIX_MAX_CHARACTERS = 8, CLAUSE_MAX_CHARACTERS = 10 };

/* --- characters --------------------------------------------------------------------------------------------------- */

static bool
is_han(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9FFF) || c == u'々' || c == u'〆' || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

static bool
is_latin_or_digit(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* What a compound noun is made of. */
static bool
is_noun_character(uint32_t c)
{
    return is_han(c) || letter_is_katakana(c) || is_latin_or_digit(c);
}

static bool
joins(uint32_t a, uint32_t b)
{
    return (letter_is_katakana(a) && letter_is_katakana(b)) || (is_latin_or_digit(a) && is_latin_or_digit(b));
}

/* --- one word at its place ---------------------------------------------------------------------------------------- */

static bool
is_exception(struct slice text, struct span hit, const struct special_word *word)
{
    for (size_t i = 0; i < word->exception_count; i++)
        if (terms_covers(text, hit, word->exceptions[i]))
            return true;
    return false;
}

/* Takes in the compound noun before a suffix. False: there is none, or the noun goes on behind it. */
static bool
extend_left(const struct state *state, struct span *span, enum special_kind kind)
{
    uint32_t start = span->start, after = state_char_at(state, span->end);
    bool may_go_on = kind == SPECIAL_SCHOOL || kind < SPECIAL_STATE;
    if (!may_go_on && (is_han(after) || letter_is_katakana(after)))
        return false;
    for (unsigned i = 0; i < SUFFIX_MAX_CHARACTERS && start > 0; i++) {
        uint32_t before = start;
        if (!is_noun_character(utf8_previous(state->plain.text, &before)))
            break;
        start = before;
    }
    bool extended = start < span->start;
    span->start = start;
    return extended;
}

static bool
extend_right(const struct state *state, struct span *span)
{
    uint32_t end = span->end;
    for (unsigned i = 0; i < PREFIX_MAX_CHARACTERS && end < state->plain.text.bytes; i++) {
        uint32_t next = end;
        if (!is_noun_character(utf8_next(state->plain.text, &next)))
            break;
        end = next;
    }
    bool extended = end > span->end && !is_noun_character(state_char_before(state, span->start));
    span->end = end;
    return extended;
}

static bool
clause_ends(const struct state *state, uint32_t at)
{
    uint32_t c = state_char_at(state, at);
    return c == 0 || c == '\n' || c == '!' || c == '?' || c == ' ' || around_at(state, at, PHRASES_CARE_HIT_END);
}

static void
extend_to_clause(const struct state *state, struct span *span)
{
    for (unsigned i = 0; i < CLAUSE_MAX_CHARACTERS && !clause_ends(state, span->end); i++)
        utf8_next(state->plain.text, &span->end);
}

static bool
stands_alone(const struct state *state, struct span span)
{
    return !joins(state_char_before(state, span.start), state_char_at(state, span.start)) &&
           !joins(state_char_before(state, span.end), state_char_at(state, span.end));
}

static bool
verify(const struct state *state, const struct cue *cue, struct special_hit *hit_out)
{
    const struct special_word *word = &state->common->special.words[cue->index];
    struct span span = cue->plain;
    if (!slice_equal(slice_sub(state->plain.text, span), word->plain) || is_exception(state->plain.text, span, word))
        return false;
    bool holds = true;
    if (word->match == SPECIAL_SUFFIX)
        holds = extend_left(state, &span, word->kind);
    else if (word->match == SPECIAL_PREFIX)
        holds = extend_right(state, &span);
    else if (word->match == SPECIAL_CLAUSE)
        extend_to_clause(state, &span);
    else
        holds = stands_alone(state, span);
    *hit_out = (struct special_hit){.plain = span, .term = cue->plain, .word = word};
    return holds;
}

static int
hit_order(const void *a, const void *b)
{
    const struct special_hit *x = a, *y = b;
    if (x->plain.start != y->plain.start)
        return x->plain.start < y->plain.start ? -1 : 1;
    if (x->plain.end != y->plain.end)
        return x->plain.end > y->plain.end ? -1 : 1;
    return (int)x->word->kind - (int)y->word->kind;
}

/* What this city's policy looks for. */
static bool
is_wanted(const struct state *state, const struct cue *cue)
{
    const struct policy *policy = state->ruleset->policy;
    enum special_kind kind = state->common->special.words[cue->index].kind;
    if (kind <= SPECIAL_ORIGIN)
        return policy->special_care;
    return kind >= SPECIAL_TITLE ? policy->info_types >> INFO_JOB_TITLE & 1 : policy->composite;
}

enum status
special_hits(struct state *state, struct special_hit **hits_out, size_t *count_out)
{
    size_t count = 0;
    struct special_hit *hits = arena_alloc_array(state->arena, state->cue_count + 1, sizeof *hits);
    if (!hits)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < state->cue_count; i++)
        if (state->cues[i].role == USE_SPECIAL && is_wanted(state, &state->cues[i]) &&
            verify(state, &state->cues[i], &hits[count]))
            count++;
    if (count > 1)
        qsort(hits, count, sizeof *hits, hit_order);
    *hits_out = hits;
    *count_out = count;
    return STATUS_OK;
}

/* --- persons ------------------------------------------------------------------------------------------------------ */

/* The first word of a kind that begins with character `first`, or where it would stand. */
static size_t
first_entry(const struct special *special, enum special_kind kind, uint32_t first)
{
    size_t low = 0, high = special->list_counts[kind];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (special->lists[kind][middle].first < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct special_word *
longest_at(const struct state *state, enum special_kind kind, uint32_t at)
{
    const struct special *special = &state->common->special;
    const struct special_entry *list = special->lists[kind];
    const struct special_word *longest = NULL;
    struct slice text = state->plain.text;
    uint32_t first = state_char_at(state, at);
    for (size_t i = first_entry(special, kind, first); i < special->list_counts[kind] && list[i].first == first; i++) {
        const struct special_word *word = &special->words[list[i].word];
        if (at + word->plain.bytes <= text.bytes && (!longest || word->plain.bytes > longest->plain.bytes) &&
            memcmp(text.data + at, word->plain.data, word->plain.bytes) == 0 &&
            !is_exception(text, (struct span){at, at + (uint32_t)word->plain.bytes}, word))
            longest = word;
    }
    return longest;
}

size_t
special_word_at(const struct state *state, enum special_kind kind, uint32_t at)
{
    const struct special_word *word = longest_at(state, kind, at);
    return word ? word->plain.bytes : 0;
}

static const struct {
    enum special_kind kind;
    enum subject subject;
} person_kinds[] = {{SPECIAL_OTHER, SUBJECT_OTHER}, {SPECIAL_FAMILY, SUBJECT_FAMILY}, {SPECIAL_SELF, SUBJECT_SELF}};

enum { PERSON_KINDS = sizeof person_kinds / sizeof *person_kinds };

/* Whether some word for a person may begin at `at`; six bytes may be read, the text is padded. */
static inline bool
may_begin_person(const struct special *special, const uint8_t *at)
{
    unsigned pair = special_start(at, 6), one = special_start(at, SPECIAL_START_SHORT);
    return (special->person_starts[pair / 64] >> pair % 64 | special->person_starts[one / 64] >> one % 64) & 1;
}

/* The longest word of any kind of person that begins at `at`. */
static enum subject
person_at(const struct state *state, uint32_t at, uint32_t *end_out)
{
    const struct special *special = &state->common->special;
    enum subject subject = SUBJECT_NONE;
    size_t longest = 0;
    *end_out = at;
    if (at + 3 > state->plain.text.bytes || !may_begin_person(special, state->plain.text.data + at))
        return SUBJECT_NONE;
    for (size_t i = 0; i < PERSON_KINDS; i++) {
        size_t bytes = special_word_at(state, person_kinds[i].kind, at);
        if (bytes > longest) {
            longest = bytes;
            subject = person_kinds[i].subject;
        }
    }
    *end_out = at + (uint32_t)longest;
    return subject;
}

enum subject
special_person_at(const struct state *state, uint32_t at)
{
    uint32_t end;
    return person_at(state, at, &end);
}

/* 夫から: who did something to somebody, not who it is about. */
static bool
is_agent(const struct state *state, uint32_t end)
{
    return around_text_at(state, end, "から") || around_text_at(state, end, "による");
}

/* 先生に言われた; 母に糖尿病がある is about her. */
static bool
is_spoken_to(const struct state *state, enum subject subject, uint32_t end)
{
    return subject == SUBJECT_OTHER && (around_text_at(state, end, "に") || around_text_at(state, end, "へ"));
}

/* 友人の母, 田中さんの息子: somebody else's family. */
static bool
is_of_other(const struct state *state, const struct special_person *last, uint32_t at)
{
    return last && last->subject == SUBJECT_OTHER && around_text_before(state, at, "の") &&
           at - last->plain.end <= strlen("の");
}

enum status
special_persons(struct state *state, struct special_persons *persons_out)
{
    struct slice text = state->plain.text;
    struct special_person *items = arena_alloc_array(state->arena, text.bytes / 3 + 1, sizeof *items);
    size_t count = 0;
    if (!items)
        return STATUS_TOO_LARGE;
    for (uint32_t at = 0; at < text.bytes;) {
        uint32_t end;
        enum subject subject = person_at(state, at, &end);
        if (subject == SUBJECT_NONE) {
            utf8_next(text, &at);
            continue;
        }
        if (subject == SUBJECT_FAMILY && is_of_other(state, count ? &items[count - 1] : NULL, at))
            subject = SUBJECT_OTHER;
        if (!is_agent(state, end))
            items[count++] = (struct special_person){{at, end}, subject, is_spoken_to(state, subject, end)};
        at = end;
    }
    arena_trim(state->arena, items, count * sizeof *items);
    *persons_out = (struct special_persons){items, count};
    return STATUS_OK;
}

enum subject
special_person_in(const struct special_persons *persons, struct span span, struct span *where_out)
{
    size_t low = 0, high = persons->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (persons->items[middle].plain.end <= span.end)
            low = middle + 1;
        else
            high = middle;
    }
    while (low > 0 && persons->items[low - 1].is_spoken_to &&
           persons->items[low - 1].plain.end + strlen("に") != span.end)
        low--;
    if (low == 0 || persons->items[low - 1].plain.start < span.start)
        return SUBJECT_NONE;
    *where_out = persons->items[low - 1].plain;
    return persons->items[low - 1].subject;
}
