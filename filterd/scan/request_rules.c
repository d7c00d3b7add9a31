#include "scan/request_rules.h"

#include "scan/state.h"

enum { REQUEST_TERM_LIKELIHOOD = 85 };

static enum status
add_hit(struct state *state, const struct request_term *term, struct span skeleton)
{
    struct span plain = view_to_parent(&state->skeleton, skeleton);
    struct candidate *candidate = state_candidate(state, plain, "term.request", REQUEST_TERM_LIKELIHOOD);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.category = term->category;
    candidate->finding.severity = term->severity ? term->severity : SEVERITY_MEDIUM;
    candidate->finding.evidence = EVIDENCE_DICTIONARY;
    return STATUS_OK;
}

static enum status
find_term(struct state *state, const struct request_term *term)
{
    struct slice plain, wanted, text = state->skeleton.text;
    enum status status = view_fold_literal(state->common->views, state->arena, term->term, &plain, &wanted);
    size_t at = 0;
    while (status == STATUS_OK && wanted.bytes > 0 && at < text.bytes) {
        const uint8_t *hit = memmem(text.data + at, text.bytes - at, wanted.data, wanted.bytes);
        if (!hit)
            break;
        uint32_t start = (uint32_t)(hit - text.data);
        status = add_hit(state, term, (struct span){start, start + (uint32_t)wanted.bytes});
        at = start + wanted.bytes;
    }
    return status;
}

enum status
request_rules_find(struct state *state)
{
    const struct request_rules *rules = state->message->rules;
    enum status status = STATUS_OK;
    for (size_t i = 0; rules && i < rules->term_count && status == STATUS_OK; i++)
        status = find_term(state, &rules->terms[i]);
    return status;
}

static void
allow_value(struct state *state, struct slice plain)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        if (candidate->finding.info_type == INFO_NONE || candidate->is_dropped ||
            !slice_equal(slice_sub(state->plain.text, candidate->plain), plain))
            continue;
        candidate->is_dropped = true;
        state_trace(state, TRACE_DROP, candidate->plain, candidate->finding.rule, "allowed by the request",
                    candidate->finding.likelihood);
    }
}

enum status
request_rules_allow(struct state *state)
{
    const struct request_rules *rules = state->message->rules;
    for (size_t i = 0; rules && i < rules->allow_value_count; i++) {
        struct slice plain, skeleton;
        enum status status =
            view_fold_literal(state->common->views, state->arena, rules->allow_values[i], &plain, &skeleton);
        if (status != STATUS_OK)
            return status;
        allow_value(state, plain);
    }
    return STATUS_OK;
}
