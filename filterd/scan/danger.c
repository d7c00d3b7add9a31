#include "scan/danger.h"

enum { TERM_SURE = 80 /* likelihood of a term that stands for itself */ };

static bool
has_word_of_danger(const struct state *state)
{
    for (size_t i = 0; i < state->cue_count; i++)
        if (state->cues[i].role == USE_DANGER)
            return true;
    return false;
}

/* 電車に飛び込むなら何時がいいか: what the model takes for a threat, but nobody is addressed, is done to oneself. */
static bool
is_threat_to_others(const struct state *state)
{
    return state->threat_told && !state->danger_told && (state_saw(state, USE_MENACE) || !has_word_of_danger(state));
}

enum danger
danger_of(const struct state *state)
{
    if (!state_saw(state, USE_DANGER) || is_threat_to_others(state))
        return DANGER_NONE;
    return state->danger_sure || has_word_of_danger(state) ? DANGER_TOLD : DANGER_FELT;
}

bool
danger_is_outweighed(const struct state *state, const struct finding *finding)
{
    bool is_needy = state_saw(state, USE_SELF) || state_saw(state, USE_FAMILY) || state_saw(state, USE_NEED) ||
                    state_saw(state, USE_REPORT) || state_saw(state, USE_OPENING);
    bool is_term = strncmp(finding->rule, "topic.", 6) != 0;
    bool is_felt = danger_of(state) == DANGER_FELT;
    return is_term && finding->severity >= (is_felt ? SEVERITY_MEDIUM : SEVERITY_HIGH) &&
           finding->likelihood >= TERM_SURE && !is_needy && (state->outweighing >> finding->category & 1 || is_felt);
}

static bool
is_whereabouts(enum info_type type)
{
    return type == INFO_ADDRESS || type == INFO_PHONE || type == INFO_POSTAL_CODE || type == INFO_GEO;
}

/* By itself, or by a reading that lost: the number of a house or telephone may look like many things. */
static bool
may_tell_whereabouts(const struct finding *finding)
{
    bool tells = is_whereabouts(finding->info_type);
    for (size_t i = 0; i < finding->alternative_count; i++)
        tells |= is_whereabouts(finding->alternatives[i].info_type);
    return tells;
}

/* Or what it covers is partly one. Findings are sorted by start; in danger they are few. */
static bool
touches_whereabouts(const struct finding *findings, size_t count, size_t index)
{
    bool touches = may_tell_whereabouts(&findings[index]);
    for (size_t i = 0; i < count && findings[i].span.start < findings[index].span.end && !touches; i++)
        touches = span_overlaps(findings[i].span, findings[index].span) && may_tell_whereabouts(&findings[i]);
    return touches;
}

/* Whoever helps must know where to go, whom to call and what is done to whom, also when a neighbour reports it. */
static bool
is_of_rescue(const struct finding *finding)
{
    return finding->subject != SUBJECT_OTHER || finding->info_type == INFO_AGE ||
           finding->info_type == INFO_SPECIAL_CARE || finding->info_type == INFO_COMPOSITE;
}

bool
danger_keeps(enum danger danger, const struct finding *findings, size_t count, size_t index)
{
    const struct finding *finding = &findings[index];
    if (danger == DANGER_NONE || finding->info_type == INFO_NONE)
        return false;
    if (info_type_is_identifier(finding->info_type))
        return !(finding->evidence & (EVIDENCE_LABEL | EVIDENCE_CHECK_DIGIT)) && may_tell_whereabouts(finding);
    return touches_whereabouts(findings, count, index) || (danger == DANGER_TOLD && is_of_rescue(finding));
}
