#include "scan/subject.h"

#include "text/intake.h"

enum { SUBJECT_REACH_BYTES = 90 };

static bool
same_sentence(const struct state *state, uint32_t from, uint32_t to)
{
    for (uint32_t at = from; at < to;) {
        uint32_t c = utf8_next(state->plain.text, &at);
        if (c == 0x3002 || c == '\n' || c == '!' || c == '?')
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

/* The nearest cue before `plain` in its sentence. A title counts only where it touches. */
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
        if (subject == SUBJECT_OFFICIAL && plain.start - cue->plain.end > 3)
            continue;
        if (same_sentence(state, cue->plain.end, plain.start))
            return subject;
    }
    return SUBJECT_NONE;
}

/* 山田太郎と申します: who introduces themselves stands before the cue. */
static bool
introduces_self(const struct state *state, struct span plain)
{
    for (size_t i = state_first_cue(state, plain.end);
         i < state->cue_count && state->cues[i].plain.start <= plain.end + 6; i++)
        if (state->cues[i].role == USE_SELF)
            return true;
    return false;
}

/* Where others are exposed and nobody speaks of themselves, their family or a need, data without an owner is the
 * other's: 騒音主の住所を晒す。西町5-… */
static bool
belongs_to_the_exposed(const struct state *state, const struct finding *finding)
{
    uint32_t spared = 1u << USE_SELF | 1u << USE_FAMILY | 1u << USE_NEED | 1u << USE_DANGER;
    if (!(state->roles_seen & 1u << USE_EXPOSURE) || state->roles_seen & spared)
        return false;
    bool named = finding->info_type == INFO_PERSON && finding->evidence & EVIDENCE_HONORIFIC;
    return named || state->roles_seen & 1u << USE_OTHER;
}

void
subject_assign(struct state *state)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct finding *finding = &state->candidates[i].finding;
        if (finding->info_type == INFO_NONE || finding->subject != SUBJECT_NONE)
            continue;
        struct span plain = state->candidates[i].plain;
        finding->subject = introduces_self(state, plain) ? SUBJECT_SELF : subject_before(state, plain);
        if (finding->subject == SUBJECT_NONE)
            finding->subject = belongs_to_the_exposed(state, finding) ? SUBJECT_OTHER : SUBJECT_UNKNOWN;
    }
}

enum status
subject_find_exposure(struct state *state)
{
    if (!(state->roles_seen & 1u << USE_EXPOSURE) || state->roles_seen & (1u << USE_NEED | 1u << USE_DANGER))
        return STATUS_OK;
    size_t count = state->candidate_count; /* what is added below is not looked at */
    for (size_t i = 0; i < count; i++) {
        const struct candidate *data = &state->candidates[i];
        if (data->is_dropped || data->finding.info_type == INFO_NONE || data->finding.subject != SUBJECT_OTHER)
            continue;
        struct candidate *exposure = state_candidate(state, data->plain, "privacy.exposure", 85);
        if (!exposure)
            return STATUS_TOO_LARGE;
        exposure->finding.category = CATEGORY_PRIVACY;
        exposure->finding.severity = SEVERITY_HIGH;
        exposure->finding.evidence = EVIDENCE_EXPOSURE;
    }
    return STATUS_OK;
}

bool
subject_is_in_danger(const struct state *state)
{
    return state->roles_seen & 1u << USE_DANGER;
}
