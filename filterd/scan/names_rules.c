#include "scan/names_rules.h"

#include "text/intake.h"
#include "text/letter.h"

enum {
    NAME_MAX_CHARACTERS = 7,
    SURNAME_MAX_CHARACTERS = 4,
    KANJI_BYTES = 3,
    /* how likely what stands before an honorific or title is a name */
    FULL_LIKELIHOOD = 97,        /* surname and given name */
    SURNAME_LIKELIHOOD = 92,     /* nothing but a surname */
    SHORT_GIVEN_LIKELIHOOD = 80, /* a surname, and one or two characters that may be a given name */
    ONE_LETTER_LIKELIHOOD = 75,  /* a surname of one character: 森さん */
    TAIL_LIKELIHOOD = 72,        /* a surname of two or more kanji behind other kanji (担当佐藤様) */
    PUBLIC_LIKELIHOOD = 99
};

const char names_public_rule[] = "pii.person.public";

static bool
is_name_kanji(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9FFF) || c == u'々' || c == u'ヶ' || c == u'ケ' || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

/* Bytes of the longest known surname that `name` begins with; 0 = none. */
static uint32_t
surname_bytes_of(const struct facts *facts, struct slice name)
{
    uint32_t at = 0, longest = 0;
    for (unsigned i = 0; i < SURNAME_MAX_CHARACTERS && at < name.bytes; i++) {
        utf8_next(name, &at);
        if (at <= facts->surname_max_bytes && table_get(facts->surnames, (struct slice){name.data, at}) != TABLE_NONE)
            longest = at;
    }
    return longest;
}

/* How sure we are that `run` is a whole name: surname alone, or surname and given name; 0 = not. */
static unsigned
likelihood_of_run(const struct state *state, struct slice run)
{
    const struct facts *facts = &state->common->facts;
    uint32_t surname_bytes = surname_bytes_of(facts, run);
    if (surname_bytes == 0)
        return 0;
    struct slice given = {run.data + surname_bytes, run.bytes - surname_bytes};
    while (given.bytes && given.data[0] == ' ')
        given.data++, given.bytes--;
    if (given.bytes == 0)
        return utf8_count(run) == 1 ? ONE_LETTER_LIKELIHOOD : SURNAME_LIKELIHOOD;
    if (table_get(facts->given_names, given) != TABLE_NONE)
        return FULL_LIKELIHOOD;
    return utf8_count(given) <= 2 ? SHORT_GIVEN_LIKELIHOOD : 0;
}

/* Where the run of kanji (one space may stand inside), or of katakana, that ends at `end` begins. */
static uint32_t
run_start(const struct state *state, uint32_t end)
{
    uint32_t start = end;
    bool katakana = letter_is_katakana(state_char_before(state, end)), space = false;
    for (unsigned i = 0; i < NAME_MAX_CHARACTERS && start > 0; i++) {
        uint32_t before = start, c = utf8_previous(state->plain.text, &before);
        if (c == ' ' && !space && start != end && is_name_kanji(state_char_before(state, before))) {
            space = true;
            start = before;
            continue;
        }
        if (katakana ? !letter_is_katakana(c) : !is_name_kanji(c))
            break;
        start = before;
    }
    return start;
}

/* The best name among the suffixes of the run before an honorific: the whole run first, then shorter ones (担当佐藤様).
 */
static bool
name_before(const struct state *state, uint32_t end, struct span *name_out, unsigned *likelihood_out)
{
    uint32_t whole = run_start(state, end);
    for (uint32_t start = whole; start < end;) {
        struct span span = {start, end};
        unsigned likelihood = likelihood_of_run(state, slice_sub(state->plain.text, span));
        if (start != whole) /* behind other kanji a short name is often the tail of a word */
            likelihood = end - start >= 2 * KANJI_BYTES && likelihood >= SURNAME_LIKELIHOOD ? TAIL_LIKELIHOOD : 0;
        if (likelihood) {
            *name_out = span;
            *likelihood_out = likelihood;
            return true;
        }
        utf8_next(state->plain.text, &start);
    }
    return false;
}

static bool
is_public_person(const struct state *state, const struct cue *cue)
{
    if (cue->role != USE_PUBLIC)
        return false;
    return cue->city ? state->ruleset->public_names[cue->index].kind == PUBLIC_STAFF : cue->info == INFO_PERSON;
}

/* 吉田茂 is known, 吉田茂子 is not: a public person's name inside a longer one says nothing. */
bool
names_is_public(const struct state *state, struct span plain)
{
    size_t first = state_first_cue(state, plain.start > CUE_MAX_BYTES ? plain.start - CUE_MAX_BYTES : 0);
    for (size_t i = first; i < state->cue_count && state->cues[i].plain.start < plain.end; i++) {
        const struct cue *cue = &state->cues[i];
        bool inside = span_contains(plain, cue->plain) && !span_contains(cue->plain, plain);
        if (cue->role == USE_PUBLIC && span_overlaps(cue->plain, plain) && !(inside && is_public_person(state, cue)))
            return true;
    }
    return false;
}

enum status
names_add(struct state *state, struct span name, const char *rule, unsigned likelihood, uint16_t evidence,
          enum subject subject)
{
    struct candidate *candidate = state_candidate(state, name, rule, likelihood);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.info_type = INFO_PERSON;
    candidate->finding.evidence = evidence;
    candidate->finding.subject = subject;
    return STATUS_OK;
}

/* お母さん, ご主人様: the polite prefix before a run says it is no surname. */
static bool
is_polite_word(const struct state *state, uint32_t start)
{
    uint32_t before = state_char_before(state, start);
    return utf8_is_among(before, "おご御");
}

static enum status
name_before_cue(struct state *state, const struct cue *cue)
{
    uint32_t end = cue->plain.start;
    while (end > 0 && state->plain.text.data[end - 1] == ' ')
        end--;
    struct span name;
    unsigned likelihood;
    if (end == 0 || cue->plain.start - end > 1 || !name_before(state, end, &name, &likelihood))
        return STATUS_OK;
    bool title = cue->role == USE_TITLE;
    struct span with_cue = {name.start, cue->plain.end};
    if (is_polite_word(state, name.start) || names_is_public(state, with_cue) || names_is_public(state, name)) {
        state_trace(state, TRACE_NAME, name, "pii.person.honorific", "a word, or public", (int)likelihood);
        return STATUS_OK;
    }
    state_trace(state, TRACE_NAME, name, title ? "pii.person.title" : "pii.person.honorific", "surname before it",
                (int)likelihood);
    return names_add(state, name, title ? "pii.person.title" : "pii.person.honorific", likelihood,
                     EVIDENCE_HONORIFIC | EVIDENCE_DICTIONARY, title ? SUBJECT_OFFICIAL : SUBJECT_NONE);
}

static enum status
add_public_persons(struct state *state)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < state->cue_count && status == STATUS_OK; i++)
        if (is_public_person(state, &state->cues[i]))
            status = names_add(state, state->cues[i].plain, names_public_rule, PUBLIC_LIKELIHOOD, EVIDENCE_DICTIONARY,
                               SUBJECT_PUBLIC);
    return status;
}

enum status
names_by_rules(struct state *state)
{
    enum status status = state_saw(state, USE_PUBLIC) ? add_public_persons(state) : STATUS_OK;
    if (!state_saw(state, USE_HONORIFIC) && !state_saw(state, USE_TITLE))
        return status;
    for (size_t i = 0; i < state->cue_count && status == STATUS_OK; i++)
        if (state->cues[i].role == USE_HONORIFIC || state->cues[i].role == USE_TITLE)
            status = name_before_cue(state, &state->cues[i]);
    return status;
}
