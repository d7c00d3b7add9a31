#include "scan/state.h"

#include "base/assert.h"
#include "text/intake.h"

struct candidate *
state_candidate(struct state *state, struct span plain, const char *rule, unsigned likelihood)
{
    if (state->candidate_count == state->candidate_capacity) {
        size_t capacity = state->candidate_capacity ? 2 * state->candidate_capacity : 16;
        struct candidate *grown = arena_alloc_array(state->arena, capacity, sizeof *grown);
        if (!grown)
            return NULL;
        if (state->candidate_count)
            memcpy(grown, state->candidates, state->candidate_count * sizeof *grown);
        state->candidates = grown;
        state->candidate_capacity = capacity;
    }
    struct candidate *candidate = &state->candidates[state->candidate_count++];
    *candidate = (struct candidate){
        .plain = plain, .finding = {.rule = rule, .likelihood = (uint8_t)(likelihood > 100 ? 100 : likelihood)}};
    return candidate;
}

struct span
state_source(const struct state *state, struct span plain)
{
    return view_to_parent(&state->plain, plain);
}

size_t
state_first_cue(const struct state *state, uint32_t start)
{
    size_t low = 0, high = state->cue_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->cues[middle].plain.start < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum status
make_tokens(struct state *state)
{
    enum status status = tokenizer_run(state->tokenizer, state->arena, state->plain.text, &state->tokens);
    if (status != STATUS_OK)
        return status;
    state->has_tokens = true;
    state->counts->tokens++;
    if (state_is_traced(state))
        for (size_t i = 0; i < state->tokens.count; i++)
            state_trace(state, TRACE_TOKEN, state->tokens.items[i].span, NULL, state->tokens.items[i].feature, -1);
    return STATUS_OK;
}

enum status
state_is_border(struct state *state, uint32_t at, bool *border_out)
{
    if (!state->has_tokens && !state_is_traced(state)) { /* people want to see the tokens */
        uint32_t from = state->sure_border <= at ? state->sure_border : 0;
        if (tokenizer_is_border(state->tokenizer, state->plain.text, from, at)) {
            state->sure_border = at;
            *border_out = true;
            return STATUS_OK;
        }
    }
    enum status status = state->has_tokens ? STATUS_OK : make_tokens(state);
    if (status == STATUS_OK)
        *border_out = tokens_boundary_at(&state->tokens, at);
    return status;
}

void
state_trace(const struct state *state, enum trace_stage stage, struct span plain, const char *rule, const char *note,
            int likelihood)
{
    const struct trace *trace = state->message->trace;
    if (!trace)
        return;
    ASSERT(plain.start <= plain.end && plain.end <= state->plain.text.bytes);
    struct trace_event event = {.stage = stage,
                                .span = state_source(state, plain),
                                .shown = slice_sub(state->plain.text, plain),
                                .rule = rule,
                                .note = note,
                                .likelihood = likelihood};
    trace->event(trace->context, &event);
}

uint32_t
state_char_at(const struct state *state, uint32_t at)
{
    return at < state->plain.text.bytes ? utf8_next(state->plain.text, &at) : 0;
}

uint32_t
state_char_before(const struct state *state, uint32_t at)
{
    return at > 0 ? utf8_previous(state->plain.text, &at) : 0;
}
