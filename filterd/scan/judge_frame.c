#include "scan/judge_frame.h"

#include "scan/around.h"
#include "scan/judge_aim.h"
#include "text/intake.h"
#include "text/letter.h"

enum { MAX_CRIES = 8 };

enum aim { AIM_NONE, AIM_INSULT, AIM_LURE, AIM_OFFER };

/* How well what stands on one side of the word fits. */
enum fit { FITS_NOT, FITS_NOTHING /* nothing stands there that means anything */, FITS };

static enum aim
aim_of(enum category category)
{
    switch (category) {
    case CATEGORY_DEFAMATION:
    case CATEGORY_DISCRIMINATION:
    case CATEGORY_PUBLIC_ORDER:
    case CATEGORY_DISRESPECT:
        return AIM_INSULT;
    case CATEGORY_OBSCENE:
    case CATEGORY_ILLEGAL:
        return AIM_LURE;
    case CATEGORY_COMMERCIAL:
        return AIM_OFFER;
    default:
        return AIM_NONE;
    }
}

/* Whether what is said begins at `at`: the message does, a line, or a sentence. Without spaces before it, too. */
static bool
begins(const struct state *state, uint32_t at)
{
    uint32_t before = state_char_before(state, at);
    return before == 0 || around_ends_sentence(before) || before == u'「';
}

static enum fit
fit_before(const struct state *state, uint32_t start, enum aim aim)
{
    const uint8_t *bytes = state->plain.text.data;
    while (start > 0 && (bytes[start - 1] == ' ' || bytes[start - 1] == '\n'))
        start--;
    if (begins(state, start))
        return FITS_NOTHING;
    if (aim != AIM_INSULT)
        return around_before(state, start, PHRASES_FRAME_LURED) ? FITS : FITS_NOT;
    size_t particle = around_before(state, start, PHRASES_FRAME_PARTICLE); /* 市長は, お前って, 課長の */
    return around_before(state, start, PHRASES_FRAME_INSULTED) ||
                   (particle && around_before(state, start - (uint32_t)particle, PHRASES_FRAME_INSULTED))
               ? FITS
               : FITS_NOT;
}

/* Nothing but an outcry follows: が, だよ, !, www. */
static bool
dies_away(const struct state *state, uint32_t at)
{
    struct slice text = state->plain.text;
    for (unsigned steps = 0; steps < MAX_CRIES; steps++) {
        while (at < text.bytes && (text.data[at] == ' ' || text.data[at] == '\n'))
            at++;
        if (at == text.bytes)
            return true;
        uint32_t start = at, c = utf8_next(text, &at);
        if (c == '?' || (letter_is_one(c) && !around_at(state, start, PHRASES_FRAME_CRY)))
            return false;
    }
    return false;
}

/* Asked for, told of others, or only felt: ありますか, やろうぜと誘われた, したい人が多い, したい衝動. */
static bool
is_told(const struct state *state, uint32_t at)
{
    for (uint32_t c = state_char_at(state, at); c == '!' || c == '?' || c == u'ぜ' || c == u'よ';
         c = state_char_at(state, at))
        utf8_next(state->plain.text, &at);
    return around_at(state, at, PHRASES_FRAME_TOLD) > 0;
}

static bool
goes_on_with(const struct state *state, uint32_t at, enum phrase_list list)
{
    size_t bytes = around_at(state, at, list);
    return bytes && !is_told(state, at + (uint32_t)bytes);
}

static bool
ends_with(const struct state *state, uint32_t at, enum phrase_list list)
{
    size_t bytes = around_at(state, at, list);
    uint32_t c = bytes ? state_char_at(state, at + (uint32_t)bytes) : 0;
    return bytes && (c == 0 || c == '?' || c == '!' || c == ' ');
}

static enum fit
fit_behind(const struct state *state, uint32_t end, enum aim aim)
{
    if (dies_away(state, end))
        return FITS_NOTHING;
    while (state_char_at(state, end) == ' ')
        end++;
    if (aim == AIM_INSULT)
        return around_at(state, end, PHRASES_FRAME_INSULT_ORDER)  ? FITS
               : around_at(state, end, PHRASES_FRAME_INSULT_MORE) ? FITS_NOTHING
                                                                  : FITS_NOT;
    end += (uint32_t)around_at(state, end, PHRASES_FRAME_KIND);
    bool offers = goes_on_with(state, end, PHRASES_FRAME_OFFER) || ends_with(state, end, PHRASES_FRAME_OFFER_END);
    bool wishes = aim == AIM_LURE &&
                  (goes_on_with(state, end, PHRASES_FRAME_WISH) || ends_with(state, end, PHRASES_FRAME_WISH_END));
    return offers || wishes ? FITS : FITS_NOT;
}

bool
judge_frame_fits(const struct state *state, struct span word, enum category category, bool bare)
{
    enum aim aim = aim_of(category);
    enum fit before = aim ? fit_before(state, word.start, aim) : FITS_NOT;
    enum fit behind = before ? fit_behind(state, word.end, aim) : FITS_NOT;
    return behind && (bare || before == FITS || behind == FITS);
}
