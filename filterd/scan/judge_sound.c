#include "scan/judge_sound.h"

#include "rules/topics.h"
#include "scan/around.h"
#include "scan/topic_margins.h"
#include "text/intake.h"
#include "text/utf8.h"

/* Far around the word, and near it, lest an insult be padded with courtesies. At floors lower by .3 three of 2,295
 * look-alikes more are blocked, and one of 6,260 texts of other authors that must be. */
static const struct reach {
    unsigned characters; /* on both sides, in its sentence */
    int64_t floor;       /* no category has so much */
} reaches[] = {{30, -8 * TOPIC_MARGIN_ONE / 10}, {12, -4 * TOPIC_MARGIN_ONE / 10}};

enum { ENOUGH_CHARACTERS = 15 };

/* `span` with so many characters more on both sides, inside `limits`. */
static struct span
widened(struct slice text, struct span span, unsigned characters, struct span limits)
{
    for (unsigned i = 0; i < characters && span.start > limits.start; i++)
        while (--span.start > limits.start && utf8_is_inside(text.data[span.start]))
            ;
    for (unsigned i = 0; i < characters && span.end < limits.end; i++)
        while (++span.end < limits.end && utf8_is_inside(text.data[span.end]))
            ;
    return span;
}

static bool
speaks_for_nothing(const struct topic_margins *margins, int64_t floor)
{
    for (unsigned topic = 0; topic < TOPIC_COUNT; topic++)
        if (margins->of[topic] >= floor)
            return false;
    return true;
}

static struct span
skeleton_span(const struct view *skeleton, struct span plain)
{
    return (struct span){view_from_parent(skeleton, plain.start), view_from_parent(skeleton, plain.end)};
}

bool
judge_sound_is_harmless(const struct state *state, const struct term *term, struct span plain)
{
    const struct view *skeleton = &state->skeleton;
    if (!term->yields || term->category == CATEGORY_PUBLIC_ORDER || term->category - CATEGORY_ILLEGAL >= TOPIC_COUNT)
        return false;
    struct span word = skeleton_span(skeleton, plain),
                sentence = skeleton_span(skeleton, around_sentence(state, plain.start));
    for (unsigned i = 0; i < sizeof reaches / sizeof *reaches; i++) {
        struct span around = widened(skeleton->text, word, reaches[i].characters, sentence);
        if (i == 0 && utf8_count(slice_sub(skeleton->text, around)) < ENOUGH_CHARACTERS)
            return false;
        struct topic_margins margins = topic_margins_of(state->common->topics, skeleton->text, around);
        if (!speaks_for_nothing(&margins, reaches[i].floor))
            return false;
    }
    return true;
}
