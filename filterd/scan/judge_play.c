#include "scan/judge_play.h"

#include "scan/around.h"
#include "scan/judge_aim.h"

enum { REACH_BYTES = 120 };

bool
judge_play_is_told(const struct state *state, struct span span)
{
    return around_in(state, span, PHRASES_PLAY_SCENE) && !around_in(state, span, PHRASES_PLAY_REAL) &&
           !judge_aim_has_target(state, span);
}

/* 花粉死ね, 残業は滅びろ, 首洗って待ってろ、腹の肉. */
static bool
has_thing_beside(const struct state *state, struct span plain)
{
    uint32_t start = plain.start - (uint32_t)around_before(state, plain.start, PHRASES_PLAY_LINK);
    uint32_t end = plain.end + (uint32_t)around_at(state, plain.end, PHRASES_PLAY_LINK);
    return around_before(state, start, PHRASES_PLAY_THING) || around_at(state, end, PHRASES_PLAY_THING);
}

bool
judge_play_is_meant(const struct state *state, struct span plain, enum category category)
{
    if (category != CATEGORY_PUBLIC_ORDER && category != CATEGORY_DEFAMATION)
        return false;
    struct span near = around_context(state, plain, REACH_BYTES), sentence = around_sentence(state, plain.start);
    near.start = near.start < sentence.start ? sentence.start : near.start;
    near.end = near.end > sentence.end ? sentence.end : near.end;
    return judge_play_is_told(state, near) || (has_thing_beside(state, plain) && !judge_aim_has_target(state, near));
}
