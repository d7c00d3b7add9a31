#include "scan/placeholders.h"

#include "scan/transform.h"

#define OPEN "【"
#define CLOSE "】"

#define SURE 60

/* A text without the data that it gave away exposes nobody any more, and a mere suspicion rests on its labels. */
static bool
is_about_data(const struct candidate *candidate)
{
    return strncmp(candidate->finding.rule, "topic.", strlen("topic.")) == 0 &&
           (candidate->finding.category == CATEGORY_PRIVACY || candidate->finding.category == CATEGORY_IMPERSONATION ||
            candidate->finding.likelihood < SURE);
}

static void
spare(struct state *state, struct span placeholder)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        struct span source = state_source(state, candidate->plain);
        bool is_spared =
            span_contains(placeholder, source) || (span_overlaps(source, placeholder) && is_about_data(candidate));
        if (candidate->is_dropped || !is_spared)
            continue;
        candidate->is_dropped = true;
        state_trace(state, TRACE_DROP, candidate->plain, candidate->finding.rule, "in what a redaction wrote",
                    candidate->finding.likelihood);
    }
}

static bool
is_mask(struct slice value)
{
    size_t star = sizeof TRANSFORM_MASK_TEXT / 4;
    if (value.bytes == 0 || value.bytes % star)
        return false;
    for (size_t i = 0; i < value.bytes; i += star)
        if (memcmp(value.data + i, TRANSFORM_MASK_TEXT, star) != 0)
            return false;
    return true;
}

static void
spare_masks(struct state *state)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        if (candidate->finding.info_type != INFO_NONE &&
            is_mask(slice_sub(state->text, state_source(state, candidate->plain))))
            candidate->is_dropped = true;
    }
}

/* Where the last 【 of `text` begins; false for none. */
static bool
last_open(struct slice text, size_t *start_out)
{
    for (size_t start = text.bytes; start-- > 0;)
        if (text.data[start] == (uint8_t)OPEN[0] && start + sizeof OPEN - 1 <= text.bytes &&
            memcmp(text.data + start, OPEN, sizeof OPEN - 1) == 0) {
            *start_out = start;
            return true;
        }
    return false;
}

/* From closing bracket to closing bracket: every byte is looked at once. */
void
placeholders_spare(struct state *state)
{
    struct slice text = state->text;
    size_t at = 0;
    spare_masks(state);
    while (at < text.bytes) {
        const uint8_t *close = memmem(text.data + at, text.bytes - at, CLOSE, sizeof CLOSE - 1);
        size_t start, before = at;
        if (!close)
            return;
        at = (size_t)(close - text.data) + sizeof CLOSE - 1;
        if (!last_open((struct slice){text.data + before, at - before}, &start))
            continue;
        struct span span = {(uint32_t)(before + start), (uint32_t)at};
        if (transform_is_ours(state->ruleset->keys, state->arena, slice_sub(text, span)))
            spare(state, span);
    }
}
