#include "scan/subject.h"

#include "scan/around.h"
#include "scan/office.h"
#include "scan/special_hits.h"
#include "text/intake.h"
#include "text/letter.h"
#include "text/utf8.h"

enum {
    SUBJECT_REACH_BYTES = 90, /* back to a cue in the same sentence */
    TITLE_REACH_BYTES = 3,    /* a title counts only where it touches, a particle between */
    PERSON_REACH_BYTES = 12,
    LABEL_GAP_BYTES = 6,
    INTRODUCED_BYTES = 6, /* 山田太郎|と申します */
    EXPOSURE_LIKELIHOOD = 85
};

static bool
same_sentence(const struct state *state, uint32_t from, uint32_t to)
{
    for (uint32_t at = from; at < to;) {
        if (around_ends_sentence(utf8_next(state->plain.text, &at)))
            return false;
    }
    return true;
}

static enum subject
subject_of_role(uint8_t role)
{
    switch (role) {
    case USE_SELF:
        return SUBJECT_SELF;
    case USE_FAMILY:
        return SUBJECT_FAMILY;
    case USE_OTHER:
        return SUBJECT_OTHER;
    case USE_TITLE:
        return SUBJECT_OFFICIAL;
    default:
        return SUBJECT_NONE;
    }
}

/* 元夫の: 夫の is the nearer cue, but only the end of a longer one. */
static enum subject
subject_of_longest(const struct state *state, size_t index, enum subject subject)
{
    const struct cue *cue = &state->cues[index];
    for (size_t i = index; i > 0 && state->cues[i - 1].plain.start + CUE_MAX_BYTES > cue->plain.start; i--) {
        const struct cue *longer = &state->cues[i - 1];
        enum subject other = subject_of_role(longer->role);
        if (other != SUBJECT_NONE && longer->plain.start < cue->plain.start && longer->plain.end > cue->plain.start)
            subject = other;
    }
    return subject;
}

/* The nearest cue before `plain` in its sentence. */
static enum subject
subject_before(const struct state *state, struct span plain)
{
    for (size_t i = state_first_cue(state, plain.start); i > 0; i--) {
        const struct cue *cue = &state->cues[i - 1];
        enum subject subject = subject_of_role(cue->role);
        if (subject == SUBJECT_NONE || cue->plain.end > plain.start)
            continue;
        if (plain.start - cue->plain.end > SUBJECT_REACH_BYTES)
            return SUBJECT_NONE;
        if (subject == SUBJECT_OFFICIAL && plain.start - cue->plain.end > TITLE_REACH_BYTES)
            continue;
        if (same_sentence(state, cue->plain.end, plain.start))
            return subject_of_longest(state, i - 1, subject);
    }
    return SUBJECT_NONE;
}

/* 山田太郎と申します: who introduces themselves stands before the cue. */
static bool
introduces_self(const struct state *state, struct span plain)
{
    for (size_t i = state_first_cue(state, plain.end);
         i < state->cue_count && state->cues[i].plain.start <= plain.end + INTRODUCED_BYTES; i++)
        if (state->cues[i].role == USE_SELF)
            return true;
    return false;
}

/* Where others are exposed and nobody speaks of themselves, their family or a need, data without an owner is the
 * other's: 騒音主の住所を晒す。西町5-… */
static bool
belongs_to_the_exposed(const struct state *state, const struct finding *finding)
{
    bool is_spared = state_saw(state, USE_SELF) || state_saw(state, USE_FAMILY) || state_saw(state, USE_NEED) ||
                     state_saw(state, USE_DANGER);
    if (!state_saw(state, USE_EXPOSURE) || is_spared)
        return false;
    bool named = finding->info_type == INFO_PERSON && finding->evidence & EVIDENCE_HONORIFIC;
    return named || state_saw(state, USE_OTHER);
}

/* --- who else the sentence shows --- */

/* 大谷選手, 歌手の…: whoever is known to all is named by what they do. */
static bool
is_public(const struct state *state, const struct finding *finding, struct span plain)
{
    return finding->info_type == INFO_PERSON && (around_before(state, plain.start, PHRASES_SUBJECT_PUBLIC_BEFORE) ||
                                                 around_at(state, plain.end, PHRASES_SUBJECT_PUBLIC_BEHIND));
}

/* 大家の柿沼さん, 母トメ, 夫(隆之): the person named directly before. */
static enum subject
person_before(const struct state *state, const struct special_persons *persons, struct span plain)
{
    struct span where;
    uint32_t from = plain.start > PERSON_REACH_BYTES ? plain.start - PERSON_REACH_BYTES : 0;
    while (from > 0 && utf8_is_inside(state->plain.text.data[from]))
        from--;
    enum subject subject = special_person_in(persons, (struct span){from, plain.start}, &where);
    if (subject == SUBJECT_NONE || !same_sentence(state, where.end, plain.start) ||
        around_text_at(state, where.start, "さん") || around_text_at(state, where.start, "くん"))
        return SUBJECT_NONE;
    return subject;
}

/* 不動産屋の益子さん: who is polite about somebody from somewhere speaks of another. */
static enum subject
named_by_place(const struct state *state, const struct finding *finding, struct span plain)
{
    if (finding->info_type != INFO_PERSON || !around_text_before(state, plain.start, "の"))
        return SUBJECT_NONE;
    uint32_t noun = plain.start - 3;
    if (office_ends(state, noun))
        return SUBJECT_OFFICIAL;
    bool is_noun = letter_is_of_noun(state_char_before(state, noun));
    return is_noun && finding->evidence & EVIDENCE_HONORIFIC ? SUBJECT_OTHER : SUBJECT_NONE;
}

static bool
begins_sentence(const struct state *state, uint32_t at)
{
    uint32_t before = state_char_before(state, at);
    return at == 0 || around_ends_sentence(before) || before == ' ' ||
           around_before(state, at, PHRASES_SUBJECT_OPENING);
}

/* 連絡先は…: a label of the value right before it that says no 誰々の. */
static bool
has_own_label(const struct state *state, struct span plain)
{
    for (size_t i = state_first_cue(state, plain.start); i > 0; i--) {
        const struct cue *cue = &state->cues[i - 1];
        if (plain.start > cue->plain.end + LABEL_GAP_BYTES + CUE_MAX_BYTES)
            return false;
        if (cue->role != USE_LABEL || cue->plain.end > plain.start || plain.start - cue->plain.end > LABEL_GAP_BYTES)
            continue;
        return !around_text_before(state, cue->plain.start, "の") &&
               !around_at(state, cue->plain.start, PHRASES_SUBJECT_PLACE);
    }
    return false;
}

/* 細野です。 連絡先は…です, 柏市…に住んでいます: nobody else is named, so the writer speaks of themselves. */
static bool
speaks_of_self(const struct state *state, const struct finding *finding, struct span plain)
{
    bool is_stated = around_at(state, plain.end, PHRASES_SUBJECT_STATED);
    if (finding->info_type == INFO_PERSON)
        return is_stated && (begins_sentence(state, plain.start) || has_own_label(state, plain));
    if (finding->info_type == INFO_ADDRESS && around_at(state, plain.end, PHRASES_SUBJECT_HOME))
        return true;
    if (finding->info_type == INFO_AGE)
        return begins_sentence(state, plain.start) && around_at(state, plain.end, PHRASES_SUBJECT_LIFE);
    return (is_stated || around_at(state, plain.end, PHRASES_SUBJECT_REACH)) && has_own_label(state, plain);
}

/* …動けません。コーポ緑8号室、小野: who ends the message with a bare name has signed it. */
static bool
signs_off(const struct state *state, const struct finding *finding, struct span plain)
{
    uint32_t before = state_char_before(state, plain.start);
    bool is_apart = utf8_is_among(before, "、。 \n!");
    return finding->info_type == INFO_PERSON && !(finding->evidence & EVIDENCE_HONORIFIC) && is_apart &&
           plain.start > 0 && plain.end == state->plain.text.bytes;
}

static enum subject
subject_of(const struct state *state, const struct special_persons *persons, const struct finding *finding,
           struct span plain)
{
    if (introduces_self(state, plain) || signs_off(state, finding, plain))
        return SUBJECT_SELF;
    enum subject subject = subject_before(state, plain);
    if (subject == SUBJECT_NONE)
        subject = person_before(state, persons, plain);
    if (subject == SUBJECT_NONE && is_public(state, finding, plain))
        subject = SUBJECT_PUBLIC;
    if (subject == SUBJECT_NONE)
        subject = named_by_place(state, finding, plain);
    if (subject == SUBJECT_NONE && speaks_of_self(state, finding, plain))
        subject = SUBJECT_SELF;
    if (subject == SUBJECT_NONE)
        subject = belongs_to_the_exposed(state, finding) ? SUBJECT_OTHER : SUBJECT_UNKNOWN;
    return subject;
}

enum status
subject_assign(struct state *state)
{
    struct special_persons persons = {0};
    bool has_persons = false;
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct finding *finding = &state->candidates[i].finding;
        if (finding->info_type == INFO_NONE || finding->subject != SUBJECT_NONE)
            continue;
        if (!has_persons) {
            enum status status = special_persons(state, &persons);
            if (status != STATUS_OK)
                return status;
            has_persons = true;
        }
        finding->subject = subject_of(state, &persons, finding, state->candidates[i].plain);
    }
    return STATUS_OK;
}

enum status
subject_find_exposure(struct state *state)
{
    if (!state_saw(state, USE_EXPOSURE) || state_saw(state, USE_NEED) || state_saw(state, USE_DANGER))
        return STATUS_OK;
    size_t count = state->candidate_count; /* what is added below is not looked at */
    for (size_t i = 0; i < count; i++) {
        const struct candidate *data = &state->candidates[i];
        if (data->is_dropped || data->finding.info_type == INFO_NONE || data->finding.subject != SUBJECT_OTHER)
            continue;
        struct candidate *exposure = state_candidate(state, data->plain, "privacy.exposure", EXPOSURE_LIKELIHOOD);
        if (!exposure)
            return STATUS_TOO_LARGE;
        exposure->finding.category = CATEGORY_PRIVACY;
        exposure->finding.severity = SEVERITY_HIGH;
        exposure->finding.evidence = EVIDENCE_EXPOSURE;
    }
    return STATUS_OK;
}
