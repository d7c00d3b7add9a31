#include "scan/labels.h"

#include "scan/around.h"
#include "text/find.h"
#include "text/intake.h"
#include "text/letter.h"

enum {
    REACH_BYTES = 36,        /* about 12 kana between a label and its value */
    REACH_BEHIND_BYTES = 12, /* 090-…（携帯） */
    RESUMED_BYTES = 150,     /* from a label to the word that takes it up … */
    RESUMED_SENTENCES = 2,   /* … over so many ends of a sentence */
    CARRYING_CANDIDATES = 8, /* how many of the newest are looked at */
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

/* 生年月日を言います。: where the words end that announce the value of a label that ends at `at`. */
static uint32_t
skip_announcement(const struct state *state, uint32_t at)
{
    uint32_t end = at + (uint32_t)around_at(state, at, PHRASES_LABEL_ANNOUNCED), behind = end;
    if (end > at && end < state->plain.text.bytes && around_ends_sentence(utf8_next(state->plain.text, &behind)))
        end = behind;
    return end;
}

/* Whether only little stands in [from, to): no end of a sentence, no border, at most one line break, no other digits.
 */
static bool
gap_is_short(const struct state *state, uint32_t from, uint32_t to)
{
    if (to - from > REACH_BYTES)
        return false;
    unsigned breaks = 0;
    for (uint32_t at = skip_announcement(state, from); at < to;) {
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

/* The nearest cue of the roles, by bit, that ends before `plain` begins, with little between. */
static const struct cue *
nearest_of(const struct state *state, struct span plain, uint32_t roles)
{
    const struct cue *nearest = NULL;
    size_t first = state_first_cue(state, plain.start > CUE_MAX_BYTES ? plain.start - CUE_MAX_BYTES : 0);
    for (size_t i = first; i < state->cue_count && state->cues[i].plain.start < plain.start; i++) {
        const struct cue *cue = &state->cues[i];
        if (!(roles & 1u << cue->role) || cue->plain.end > plain.start)
            continue;
        if (nearest && cue->plain.end <= nearest->plain.end)
            continue; /* equal ends: the longer one came first */
        if (gap_is_short(state, cue->plain.end, plain.start))
            nearest = cue;
    }
    return nearest;
}

const struct cue *
labels_nearest(const struct state *state, struct span plain)
{
    return nearest_of(state, plain, 1u << USE_LABEL | 1u << USE_NEGATIVE);
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

bool
labels_are_of_numbers(enum info_type info)
{
    switch (info) {
    case INFO_PHONE:
    case INFO_MY_NUMBER:
    case INFO_CORPORATE_NUMBER:
    case INFO_CREDIT_CARD:
    case INFO_DRIVERS_LICENSE:
    case INFO_PASSPORT:
    case INFO_RESIDENCE_CARD:
    case INFO_RESIDENT_RECORD_CODE:
    case INFO_PENSION_NUMBER:
    case INFO_EMPLOYMENT_INSURANCE:
    case INFO_HEALTH_INSURANCE:
    case INFO_CARE_INSURANCE:
    case INFO_BANK_ACCOUNT:
        return true;
    default:
        return false;
    }
}

/* --- further off -------------------------------------------------------------------------------------------------- */

/* Whether the word that begins at `at` says no other thing's number, as 整理券の番号 does. */
static bool
stands_alone(const struct state *state, uint32_t at)
{
    uint32_t before = state_char_before(state, at);
    return at == 0 || utf8_is_among(before, " (,:、「・") || around_ends_sentence(before) ||
           around_before(state, at, PHRASES_LABEL_POINTING);
}

/* No more than RESUMED_SENTENCES end in [from, to), and no border stands there. */
static bool
is_same_passage(const struct state *state, uint32_t from, uint32_t to)
{
    unsigned ends = 0;
    for (uint32_t at = from; at < to;) {
        uint32_t c = utf8_next(state->plain.text, &at);
        ends += around_ends_sentence(c);
        if (c == VIEW_BORDER || ends > RESUMED_SENTENCES)
            return false;
    }
    return true;
}

/* ライン alone is also where people talk; what is said of an ID is about the name itself. */
static bool
says_id(const struct state *state, const struct cue *label)
{
    return around_in(state, label->plain, PHRASES_LABEL_ID);
}

static bool
may_be_resumed(const struct state *state, const struct cue *label, enum info_type info)
{
    return label->role == USE_LABEL &&
           (info == INFO_NONE ? labels_are_of_numbers(label->info) : label->info == info && says_id(state, label));
}

/* The nearest cue before byte `before` that may_be_resumed(), and nothing that speaks against it between. */
static const struct cue *
resumable_before(const struct state *state, uint32_t before, enum info_type info)
{
    const struct cue *nearest = NULL;
    size_t first = state_first_cue(state, before > RESUMED_BYTES ? before - RESUMED_BYTES : 0);
    for (size_t i = first; i < state->cue_count && state->cues[i].plain.start < before; i++) {
        const struct cue *cue = &state->cues[i];
        bool counts = cue->role == USE_NEGATIVE || may_be_resumed(state, cue, info);
        if (counts && cue->plain.end <= before && (!nearest || cue->plain.end > nearest->plain.end))
            nearest = cue;
    }
    bool found = nearest && nearest->role == USE_LABEL && is_same_passage(state, nearest->plain.end, before);
    return found ? nearest : NULL;
}

const struct cue *
labels_resumed(const struct state *state, const struct cue *resume)
{
    return stands_alone(state, resume->plain.start) ? resumable_before(state, resume->plain.start, resume->info) : NULL;
}

/* 免許証を拾いました。番号は…: whether what was said before calls the value `info`. */
static bool
label_is_resumed(const struct state *state, struct span plain, enum info_type info)
{
    if (!state_saw(state, USE_RESUME))
        return false;
    const struct cue *resume = nearest_of(state, plain, 1u << USE_RESUME);
    const struct cue *label = resume ? labels_resumed(state, resume) : NULL;
    return label && label_names(state, label, info);
}

/* Numbers that have a form of their own: no house number, sum or date looks so. */
static bool
has_own_form(enum info_type info)
{
    switch (info) {
    case INFO_MY_NUMBER:
    case INFO_DRIVERS_LICENSE:
    case INFO_PASSPORT:
    case INFO_RESIDENT_RECORD_CODE:
    case INFO_PENSION_NUMBER:
    case INFO_EMPLOYMENT_INSURANCE:
        return true;
    default:
        return false;
    }
}

/* …は受付番号です: what stands behind the value calls it something else. */
static bool
is_called_otherwise_behind(const struct state *state, struct span plain)
{
    uint32_t at = plain.end + (uint32_t)around_at(state, plain.end, PHRASES_LABEL_JOINT);
    for (size_t i = state_first_cue(state, plain.end); i < state->cue_count && state->cues[i].plain.start <= at; i++)
        if (state->cues[i].role == USE_NEGATIVE)
            return true;
    return false;
}

/* TR1234567で旅券が切れます: the first label behind the value, little between, names it. */
static bool
label_comes_later(const struct state *state, struct span plain, enum info_type info)
{
    for (size_t i = state_first_cue(state, plain.end); i < state->cue_count; i++) {
        const struct cue *cue = &state->cues[i];
        if (!gap_is_short(state, plain.end, cue->plain.start))
            return false;
        if (cue->role == USE_NEGATIVE || may_be_resumed(state, cue, INFO_NONE))
            return cue->role == USE_LABEL && label_names(state, cue, info);
    }
    return false;
}

static bool
opens_sentence(const struct state *state, uint32_t at)
{
    while (at > 0 && utf8_is_among(state_char_before(state, at), " 「("))
        (void)utf8_previous(state->plain.text, &at);
    return at > 0 && around_ends_sentence(state_char_before(state, at));
}

/* 整理券の番号は…: the number of something else, whatever was spoken of before. */
static bool
is_called_otherwise_before(const struct state *state, struct span plain)
{
    const struct cue *resume = nearest_of(state, plain, 1u << USE_RESUME);
    return resume && state_char_before(state, resume->plain.start) == u'の' &&
           !stands_alone(state, resume->plain.start);
}

/* 年金手帳が二冊出てきました。1234-567890と…: the value opens a sentence and the one before spoke of `info`, or it
 * stands further on in the same sentence: パスポートの切替で印鑑が要りますか、TR1234567です. */
static bool
label_is_of_passage(const struct state *state, struct span plain, enum info_type info)
{
    if (!has_own_form(info))
        return false;
    const struct cue *label = resumable_before(state, plain.start, INFO_NONE);
    if (!label)
        return label_comes_later(state, plain, info);
    if (!label_names(state, label, info) || is_called_otherwise_behind(state, plain) ||
        is_called_otherwise_before(state, plain))
        return false;
    return opens_sentence(state, plain.start) || around_sentence(state, plain.start).start <= label->plain.start;
}

/* Hiragana, commas and the like, and words for whose or which the next value is: …と、妻の…, …、子の分は…, …→新…. */
static bool
only_joins(const struct state *state, uint32_t from, uint32_t to)
{
    const uint32_t owners = 1u << USE_FAMILY | 1u << USE_SELF | 1u << USE_OTHER;
    if (to - from > REACH_BYTES)
        return false;
    for (uint32_t at = from; at < to;) {
        uint32_t start = at, c = utf8_next(state->plain.text, &at), next = at;
        bool joins =
            letter_is_hiragana(c) || utf8_is_among(c, "、・ ,/\n():→⇒分旧新前後元正誤次及又妻夫子娘息父母兄弟姉妹孫");
        for (size_t i = state_first_cue(state, start);
             !joins && i < state->cue_count && state->cues[i].plain.start == start; i++)
            if (owners & 1u << state->cues[i].role && state->cues[i].plain.end <= to)
                at = state->cues[i].plain.end;
        if (!joins && at == next)
            return false;
    }
    return true;
}

bool
labels_carry_over(const struct state *state, struct span value, enum info_type info)
{
    size_t last = state->candidate_count > CARRYING_CANDIDATES ? state->candidate_count - CARRYING_CANDIDATES : 0;
    for (size_t i = state->candidate_count; i > last; i--) {
        const struct candidate *one = &state->candidates[i - 1];
        if (one->finding.info_type == info && one->finding.evidence & EVIDENCE_LABEL && one->plain.end < value.start)
            return only_joins(state, one->plain.end, value.start);
    }
    return false;
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

/* …号の免許, …が私の年金番号です; and …の番号, of what was said before. */
static bool
label_is_joined(const struct state *state, struct span plain, enum info_type info)
{
    size_t joint = around_at(state, plain.end, PHRASES_LABEL_JOINT);
    uint32_t at = plain.end + (uint32_t)joint;
    at += (uint32_t)around_at(state, at, PHRASES_LABEL_POINTING);
    if (joint == 0 || !labels_are_of_numbers(info))
        return false;
    for (size_t i = state_first_cue(state, at); i < state->cue_count && state->cues[i].plain.start == at; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->role == USE_RESUME && cue->info == INFO_NONE)
            cue = resumable_before(state, plain.start, INFO_NONE);
        if (cue && cue->role == USE_LABEL && label_names(state, cue, info))
            return true;
    }
    return false;
}

/* --- both --------------------------------------------------------------------------------------------------------- */

bool
labels_name(const struct state *state, const struct cue *nearest, struct span value, enum info_type info)
{
    if (has_sign(state, value, info) || label_follows(state, value, info) || label_is_joined(state, value, info))
        return true;
    if (nearest)
        return nearest->role == USE_LABEL && label_names(state, nearest, info);
    return labels_are_of_numbers(info) &&
           (label_is_resumed(state, value, info) || labels_carry_over(state, value, info) ||
            label_is_of_passage(state, value, info));
}

bool
labels_exist(const struct state *state)
{
    if (state_saw(state, USE_LABEL))
        return true;
    for (uint32_t at = 0; at < state->plain.text.bytes;)
        if (info_of_sign(utf8_next(state->plain.text, &at)) != INFO_NONE)
            return true;
    return false;
}

/* --- where the value begins and ends ------------------------------------------------------------------------------ */

/* 実家の旭川市東光: the の belongs to neither. */
static bool
joins_place(const struct state *state, const struct cue *label, uint32_t c, uint32_t next)
{
    return c == u'の' && label->info == INFO_ADDRESS && letter_is_kanji(state_char_at(state, next));
}

uint32_t
labels_value_start(const struct state *state, const struct cue *label)
{
    enum { MAX_WEIGHTLESS = 6 };
    uint32_t at = skip_announcement(state, label->plain.end);
    for (unsigned i = 0; i < MAX_WEIGHTLESS && at < state->plain.text.bytes; i++) {
        uint32_t next = at, c = utf8_next(state->plain.text, &next);
        if (!utf8_is_among(c, " \n:=()[]-.,\"「」『】、はが→・を“") && !joins_place(state, label, c, next))
            next = at + (uint32_t)around_at(state, at, PHRASES_LABEL_FILLER);
        if (next == at)
            break;
        at = next;
    }
    return at;
}

/* password123 is a value, no label. */
static bool
goes_on_in_ascii(const struct state *state, struct span label)
{
    uint32_t last = state_char_before(state, label.end), next = state_char_at(state, label.end);
    return last < 0x80 && next < 0x80 && letter_is_one(last) && (letter_is_one(next) || next == '_');
}

bool
labels_begin_at(const struct state *state, uint32_t at)
{
    for (size_t i = state_first_cue(state, at); i < state->cue_count && state->cues[i].plain.start == at; i++)
        if (state->cues[i].role == USE_LABEL && !goes_on_in_ascii(state, state->cues[i].plain))
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
