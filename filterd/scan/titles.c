#include "scan/titles.h"

#include "scan/around.h"
#include "text/intake.h"
#include "text/letter.h"

enum {
    NAMED_LIKELIHOOD = 90,
    TOLD_LIKELIHOOD = 84,
    BARE_LIKELIHOOD = 70,
    OFFICE_REACH_BYTES = 30,
    NAME_CHARACTERS = 6,
    MAX_CANDIDATES = 256, /* each title looks at all of them for its name: so many are a list, which describes nobody */
    MAX_HITS = 1024
};

static bool
is_title(const struct special_hit *hit)
{
    return hit->word->kind == SPECIAL_TITLE || hit->word->kind == SPECIAL_OFFICE;
}

static const struct candidate *
name_starting_at(const struct state *state, uint32_t at)
{
    for (size_t i = 0; i < state->candidate_count; i++)
        if (state->candidates[i].finding.info_type == INFO_PERSON && state->candidates[i].plain.start == at)
            return &state->candidates[i];
    return NULL;
}

static const struct candidate *
name_ending_at(const struct state *state, uint32_t at)
{
    for (size_t i = 0; i < state->candidate_count; i++)
        if (state->candidates[i].finding.info_type == INFO_PERSON && state->candidates[i].plain.end == at)
            return &state->candidates[i];
    return NULL;
}

/* 稲葉さん, ソウマ氏: a name that the stages before did not have to know. *end_out: behind the name. */
static bool
is_named_at(const struct state *state, uint32_t at, uint32_t *end_out)
{
    const struct candidate *name = name_starting_at(state, at);
    if (name) {
        *end_out = name->plain.end;
        return true;
    }
    uint32_t end = at;
    for (unsigned i = 0; i < NAME_CHARACTERS && end < state->plain.text.bytes; i++) {
        if (end > at && around_at(state, end, PHRASES_TITLE_HONORIFIC)) {
            *end_out = end;
            return true;
        }
        if (!letter_is_of_noun(utf8_next(state->plain.text, &end)))
            return false;
    }
    return false;
}

/* 遠山院長: a surname alone between other kinds of characters and the title. */
static bool
surname_ends_at(const struct state *state, uint32_t end)
{
    uint32_t start = end;
    while (start > 0) {
        uint32_t before = start, c = utf8_previous(state->plain.text, &before);
        if (!(c >= 0x3400 && c <= 0x9FFF) && c != u'々')
            break;
        start = before;
    }
    struct slice run = {state->plain.text.data + start, end - start};
    return run.bytes >= 6 && run.bytes <= state->common->facts.surname_max_bytes &&
           table_get(state->common->facts.surnames, run) != TABLE_NONE;
}

/* The town hall's, or somebody's who serves a municipality. */
static bool
is_municipal(const struct state *state, const struct special_hit *hit)
{
    uint32_t from = hit->plain.start > OFFICE_REACH_BYTES ? hit->plain.start - OFFICE_REACH_BYTES : 0;
    struct span before = {from, hit->plain.start};
    return hit->word->kind == SPECIAL_OFFICE || around_in(state, before, PHRASES_TITLE_BODY);
}

static enum subject
subject_of_named(const struct state *state, const struct special_hit *hit, uint32_t name_end)
{
    if (around_at(state, name_end, PHRASES_TITLE_INTRODUCED))
        return SUBJECT_SELF;
    return is_municipal(state, hit) ? SUBJECT_OFFICIAL : SUBJECT_OTHER;
}

static enum subject
subject_before(const struct state *state, const struct special_persons *persons, const struct special_hit *hit)
{
    struct span sentence = around_sentence(state, hit->plain.start), where;
    enum subject subject = special_person_in(persons, (struct span){sentence.start, hit->plain.start}, &where);
    if (subject != SUBJECT_NONE)
        return subject;
    for (size_t i = 0; i < state->candidate_count; i++)
        if (state->candidates[i].finding.info_type == INFO_PERSON &&
            state->candidates[i].plain.start >= sentence.start && state->candidates[i].plain.end <= hit->plain.start)
            return SUBJECT_OTHER;
    return SUBJECT_NONE;
}

struct told {
    unsigned likelihood; /* 0 = the title describes nobody */
    enum subject subject;
};

/* …をしている鈴木さん, …をしていた方: whom the verb describes. */
static enum subject
described_behind(const struct state *state, uint32_t at, struct span sentence)
{
    return around_in(state, (struct span){at, sentence.end}, PHRASES_TITLE_OTHER) ? SUBJECT_OTHER : SUBJECT_SELF;
}

static bool
asks(const struct state *state, struct span rest)
{
    return around_in(state, rest, PHRASES_TITLE_QUESTION) || state_char_at(state, rest.end) == '?';
}

/* 班長をしています, 父は会長です. */
static struct told
told_by_verb(const struct state *state, const struct special_persons *persons, const struct special_hit *hit)
{
    struct span sentence = around_sentence(state, hit->plain.start);
    struct span rest = {hit->plain.end, sentence.end};
    enum subject before = subject_before(state, persons, hit);
    bool verb = around_at(state, hit->plain.end, PHRASES_TITLE_VERB) > 0;
    bool copula = around_at(state, hit->plain.end, PHRASES_TITLE_COPULA) > 0;
    if ((!verb && !copula) || around_text_at(state, hit->plain.end, "ですか") ||
        around_text_at(state, hit->plain.end, "でしょうか"))
        return (struct told){0};
    if (before == SUBJECT_OTHER && is_municipal(state, hit))
        before = SUBJECT_OFFICIAL;
    if (before != SUBJECT_NONE)
        return (struct told){TOLD_LIKELIHOOD, before};
    if (asks(state, rest) && around_text_in(state, rest, "方"))
        return (struct told){0}; /* 会長をしている方は…ですか */
    enum subject behind = described_behind(state, hit->plain.end, sentence);
    if (verb)
        return (struct told){asks(state, rest) ? BARE_LIKELIHOOD : TOLD_LIKELIHOOD, behind};
    return (struct told){
        around_text_before(state, hit->plain.start, "の") || hit->plain.start == sentence.start ? BARE_LIKELIHOOD : 0,
        behind};
}

static struct told
told_of(const struct state *state, const struct special_persons *persons, const struct special_hit *hit)
{
    uint32_t end = hit->plain.end, name_end;
    const struct candidate *before = name_ending_at(state, hit->plain.start);
    if (before && before->plain.end > before->plain.start)
        return (struct told){NAMED_LIKELIHOOD, subject_of_named(state, hit, end)};
    if (surname_ends_at(state, hit->plain.start))
        return (struct told){NAMED_LIKELIHOOD, subject_of_named(state, hit, end)};
    size_t link = state_char_at(state, end) == ' ' ? 1 : around_at(state, end, PHRASES_TITLE_LINK);
    if (link && is_named_at(state, end + (uint32_t)link, &name_end))
        return (struct told){NAMED_LIKELIHOOD, subject_of_named(state, hit, name_end)};
    return told_by_verb(state, persons, hit);
}

/* 部長会議, 会計年度: the word goes on. */
static bool
goes_on(const struct state *state, const struct special_hit *hit)
{
    uint32_t c = state_char_at(state, hit->plain.end);
    return letter_is_of_noun(c) && !name_starting_at(state, hit->plain.end);
}

enum status
titles_find(struct state *state, const struct special_persons *persons, const struct special_hit *hits, size_t count)
{
    uint32_t reached = 0;
    if (state->candidate_count > MAX_CANDIDATES || count > MAX_HITS)
        return STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        const struct special_hit *hit = &hits[i];
        if (!is_title(hit) || hit->plain.start < reached || goes_on(state, hit))
            continue;
        struct told told = told_of(state, persons, hit);
        reached = hit->plain.end;
        if (!told.likelihood)
            continue;
        struct candidate *candidate = state_candidate(state, hit->plain, "pii.title.described", told.likelihood);
        if (!candidate)
            return STATUS_TOO_LARGE;
        candidate->finding.info_type = INFO_JOB_TITLE;
        candidate->finding.evidence = EVIDENCE_DICTIONARY;
        candidate->finding.subject = told.subject;
    }
    return STATUS_OK;
}
