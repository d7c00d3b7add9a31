#include "scan/labels.h"

#include "text/find.h"

enum {
    REACH_BYTES = 36,       /* about 12 kana between a label and its value */
    REACH_BEHIND_BYTES = 12 /* 090-…（携帯） */
};

/* --- before the value --------------------------------------------------------------------------------------------- */

/* 個人番号（12桁）: bytes of what says how long the value is, between label and value. 0: no such words at `at`. */
static uint32_t
length_words(struct slice text, uint32_t at)
{
    uint32_t end = at;
    while (end < text.bytes && end < at + 2 && text.data[end] >= '0' && text.data[end] <= '9')
        end++;
    return end > at && find_stands_at(text.data + end, "桁") ? end - at + (uint32_t)strlen("桁") : 0;
}

/* Whether only little stands in [from, to): no end of a sentence, no border, at most one line break, no other digits.
 */
static bool
gap_is_short(const struct state *state, uint32_t from, uint32_t to)
{
    if (to - from > REACH_BYTES)
        return false;
    unsigned breaks = 0;
    for (uint32_t at = from; at < to;) {
        uint32_t words = length_words(state->plain.text, at);
        at += words;
        if (words > 0)
            continue;
        uint32_t c = utf8_next(state->plain.text, &at);
        breaks += c == '\n';
        bool ends = c == u'。' || c == '!' || c == '?';
        if (ends || c == VIEW_BORDER || breaks > 1 || (c >= '0' && c <= '9'))
            return false;
    }
    return true;
}

/* Whether `label`, or another meaning of the same words (被保険者番号 is written on several cards), names `info`. */
static bool
label_names(const struct state *state, const struct cue *label, enum info_type info)
{
    for (size_t i = state_first_cue(state, label->plain.start);
         i < state->cue_count && state->cues[i].plain.start == label->plain.start; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->role == label->role && cue->plain.end == label->plain.end && cue->info == info)
            return true;
    }
    return false;
}

const struct cue *
labels_nearest(const struct state *state, struct span plain)
{
    const struct cue *nearest = NULL;
    size_t first = state_first_cue(state, plain.start > CUE_MAX_BYTES ? plain.start - CUE_MAX_BYTES : 0);
    for (size_t i = first; i < state->cue_count && state->cues[i].plain.start < plain.start; i++) {
        const struct cue *cue = &state->cues[i];
        if ((cue->role != USE_LABEL && cue->role != USE_NEGATIVE) || cue->plain.end > plain.start)
            continue;
        if (nearest && cue->plain.end <= nearest->plain.end)
            continue; /* equal ends: the longer one came first */
        if (gap_is_short(state, cue->plain.end, plain.start))
            nearest = cue;
    }
    return nearest;
}

/* 〒 ☎ ✉: signs are labels, but the skeleton drops them. */
static enum info_type
info_of_sign(uint32_t c)
{
    switch (c) {
    case u'〒':
    case u'〶':
        return INFO_POSTAL_CODE;
    case u'☎':
    case u'☏':
    case u'✆':
    case U'📞':
    case U'📱':
        return INFO_PHONE;
    case u'✉':
    case U'📧':
        return INFO_EMAIL;
    default:
        return INFO_NONE;
    }
}

static bool
has_sign(const struct state *state, struct span value, enum info_type info)
{
    uint32_t at = value.start;
    while (at > 0 && state->plain.text.data[at - 1] == ' ')
        at--;
    return info != INFO_NONE && info_of_sign(state_char_before(state, at)) == info;
}

/* --- behind it ---------------------------------------------------------------------------------------------------- */

/* A label right behind the value, in brackets: 090-1234-5678（携帯）. */
static bool
label_follows(const struct state *state, struct span plain, enum info_type info)
{
    uint32_t open = state_char_at(state, plain.end);
    if (open != '(' && open != '[')
        return false;
    size_t first = state_first_cue(state, plain.end + 1);
    for (size_t i = first; i < state->cue_count && state->cues[i].plain.start <= plain.end + REACH_BEHIND_BYTES; i++)
        if (state->cues[i].role == USE_LABEL && state->cues[i].info == info)
            return true;
    return false;
}

/* --- both --------------------------------------------------------------------------------------------------------- */

bool
labels_name(const struct state *state, const struct cue *nearest, struct span value, enum info_type info)
{
    return has_sign(state, value, info) || label_follows(state, value, info) ||
           (nearest && nearest->role == USE_LABEL && label_names(state, nearest, info));
}

bool
labels_exist(const struct state *state)
{
    if (state->roles_seen & 1u << USE_LABEL)
        return true;
    for (uint32_t at = 0; at < state->plain.text.bytes;)
        if (info_of_sign(utf8_next(state->plain.text, &at)) != INFO_NONE)
            return true;
    return false;
}

/* --- where the value begins and ends ------------------------------------------------------------------------------ */

uint32_t
labels_value_start(const struct state *state, const struct cue *label)
{
    enum { MAX_WEIGHTLESS = 6 };
    uint32_t at = label->plain.end;
    for (unsigned i = 0; i < MAX_WEIGHTLESS && at < state->plain.text.bytes; i++) {
        uint32_t next = at, c = utf8_next(state->plain.text, &next);
        if (!utf8_is_among(c, " \n:=()[]-.,\"「」『】、はが→・を“"))
            break;
        at = next;
    }
    return at;
}

bool
labels_begin_at(const struct state *state, uint32_t at)
{
    for (size_t i = state_first_cue(state, at); i < state->cue_count && state->cues[i].plain.start == at; i++)
        if (state->cues[i].role == USE_LABEL)
            return true;
    return false;
}

struct span
labels_clip(const struct state *state, struct span value)
{
    for (size_t i = state_first_cue(state, value.start + 1);
         i < state->cue_count && state->cues[i].plain.start < value.end; i++) {
        uint32_t before = state_char_before(state, state->cues[i].plain.start);
        if (state->cues[i].role == USE_LABEL && (before == ' ' || before == '\n'))
            value.end = state->cues[i].plain.start;
    }
    while (value.end > value.start &&
           (state->plain.text.data[value.end - 1] == ' ' || state->plain.text.data[value.end - 1] == '\n'))
        value.end--;
    return value;
}
