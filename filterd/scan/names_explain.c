#include "scan/names_explain.h"

enum { SHOWN = 4 };

struct explaining {
    const struct name_model *model;
    struct name_span span;
    int32_t sums[NAMES_FEATURE_KINDS];
};

static enum name_label
label_at(struct name_span span, uint32_t at)
{
    if (span.end - span.start == 1)
        return NAME_S;
    return at == span.start ? NAME_B : at + 1 == span.end ? NAME_E : NAME_I;
}

/* What each feature adds to the name's labels over none. */
static void
weigh(void *context, const struct feature *items, unsigned count)
{
    struct explaining *explaining = context;
    for (unsigned i = 0; i < count; i++) {
        uint32_t block = weight_block(explaining->model, items[i].key);
        if (block == 0)
            continue;
        for (int32_t row = 0; row < NAME_ROWS; row++) {
            int32_t at = items[i].at + row;
            if (at < (int32_t)explaining->span.start || at >= (int32_t)explaining->span.end)
                continue;
            const int8_t *weights =
                explaining->model->weights + (size_t)block * NAME_BLOCK + (size_t)row * NAME_WEIGHTS;
            explaining->sums[items[i].kind] += weights[label_at(explaining->span, (uint32_t)at) - 1];
        }
    }
}

void
names_explain(const struct state *state, const struct name_model *model, const struct names_text *text,
              struct name_span span)
{
    if (!state_is_traced(state))
        return;
    uint8_t *scratch = arena_alloc(state->arena, names_scratch_bytes(text->count));
    if (!scratch)
        return; /* the trace is poorer, the verdict the same */
    struct explaining explaining = {.model = model, .span = span};
    struct feature_batch batch;
    batch.flush = weigh;
    batch.context = &explaining;
    names_features(model, text, scratch, &batch);
    struct span plain = {text->offsets[span.start], text->offsets[span.end]};
    for (unsigned shown = 0; shown < SHOWN; shown++) {
        unsigned best = 0;
        for (unsigned kind = 1; kind < NAMES_FEATURE_KINDS; kind++)
            best = explaining.sums[kind] > explaining.sums[best] ? kind : best;
        if (explaining.sums[best] <= 0)
            break;
        state_trace(state, TRACE_NAME, plain, names_feature_word((uint8_t)best), "speaks for a name", -1);
        explaining.sums[best] = 0;
    }
    unsigned worst = 0;
    for (unsigned kind = 1; kind < NAMES_FEATURE_KINDS; kind++)
        worst = explaining.sums[kind] < explaining.sums[worst] ? kind : worst;
    if (explaining.sums[worst] < 0)
        state_trace(state, TRACE_NAME, plain, names_feature_word((uint8_t)worst), "speaks against", -1);
}
