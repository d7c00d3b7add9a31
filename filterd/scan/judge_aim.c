#include "scan/judge_aim.h"

#include "scan/around.h"
#include "text/intake.h"
#include "text/letter.h"

enum { REACH_BEFORE_BYTES = 120, REACH_AFTER_BYTES = 60, FIRST_KATAKANA = u'ァ' };

/* --- around the word ---------------------------------------------------------------------------------------------- */

/* w is a laugh, ー a cry drawn out. */
static bool
is_letter(uint32_t c)
{
    return letter_is_one(c) && c != 'w' && c != u'ー';
}

static bool
has_letters(const struct state *state, struct span span)
{
    for (uint32_t at = span.start; at < span.end;)
        if (is_letter(utf8_next(state->plain.text, &at)))
            return true;
    return false;
}

/* The word and what an exclamation adds to it (アホか, バカめ, カスどもが). */
static uint32_t
end_of_call(const struct state *state, uint32_t end)
{
    for (unsigned i = 0; i < 2; i++)
        end += (uint32_t)around_at(state, end, PHRASES_AIM_TAIL);
    return end;
}

/* Nothing else is said. */
static bool
is_all(const struct state *state, struct span plain)
{
    struct span before = {0, plain.start}, after = {end_of_call(state, plain.end), (uint32_t)state->plain.text.bytes};
    before.end -= (uint32_t)around_before(state, before.end, PHRASES_AIM_LEAD);
    return !has_letters(state, before) && !has_letters(state, after);
}

/* 弟がアホ; but 早う出せやカス. */
static bool
is_said_of_something(const struct state *state, uint32_t start)
{
    return around_before(state, start, PHRASES_AIM_SAID_OF) && !around_before(state, start, PHRASES_AIM_ORDERED);
}

/* At the end of a sentence, and not what something is: 早くしろボケ, but not 雨でクソ, 弟がアホ, 眠くてうざい. */
static bool
is_called_out(const struct state *state, struct span plain, struct span sentence)
{
    uint32_t end = end_of_call(state, plain.end);
    bool is_like = around_text_before(state, plain.end, "い"); /* says what something is like */
    return !is_like && !has_letters(state, (struct span){end, sentence.end}) &&
           !is_said_of_something(state, plain.start) && !around_at(state, plain.start, PHRASES_AIM_CURSE);
}

/* ハゲは黙れ, デブ、引っ込め: nothing else is said of them in the sentence; not チビは帰れない. */
static bool
is_ordered_about(const struct state *state, struct span plain, struct span sentence)
{
    static const char *const links[] = {"は", "、"};
    uint32_t at = plain.end;
    for (size_t i = 0; i < sizeof links / sizeof *links && at == plain.end; i++)
        at += around_text_at(state, at, links[i]) ? (uint32_t)strlen(links[i]) : 0;
    size_t order = around_at(state, at, PHRASES_AIM_ORDER);
    uint32_t end = end_of_call(state, at + (uint32_t)order);
    return order > 0 && !has_letters(state, (struct span){end, sentence.end});
}

bool
judge_aim_is_of_staff(const struct state *state, struct span plain)
{
    static const char of[] = "の";
    return around_text_before(state, plain.start, of) &&
           around_before(state, plain.start - (uint32_t)strlen(of), PHRASES_AIM_STAFF) &&
           around_at(state, end_of_call(state, plain.end), PHRASES_AIM_DOER);
}

/* 書類をなくしたまぬけ、…: whoever did that. Not 落としたアホは私です, nor the matter itself: 残ったカスを捨て. */
static bool
is_doer(const struct state *state, struct span plain, struct span near)
{
    uint32_t end = end_of_call(state, plain.end);
    size_t link = around_at(state, end, PHRASES_AIM_DOER);
    uint32_t behind = end + (uint32_t)link;
    return link && (around_before(state, plain.start, PHRASES_AIM_DID) || judge_aim_is_of_staff(state, plain)) &&
           !around_at(state, behind, PHRASES_AIM_SELF) &&
           !around_in(state, (struct span){behind, near.end}, PHRASES_AIM_MATTER) &&
           !around_in(state, near, PHRASES_AIM_BREAKDOWN);
}

static bool
is_about_oneself(const struct state *state, struct span plain)
{
    uint32_t start = plain.start - (uint32_t)around_before(state, plain.start, PHRASES_AIM_SELF_LINK);
    uint32_t end = plain.end + (around_text_at(state, plain.end, "な") ? (uint32_t)strlen("な") : 0);
    return around_before(state, start, PHRASES_AIM_SELF) || around_at(state, end, PHRASES_AIM_SELF);
}

/* 鍵をなくした馬鹿です: who names nobody else and says です, means oneself. */
static bool
is_confessed(const struct state *state, struct span plain, struct span sentence)
{
    struct span before = {sentence.start, plain.start};
    return around_before(state, plain.start, PHRASES_AIM_DID) && around_text_at(state, plain.end, "です") &&
           !judge_aim_has_target(state, before);
}

/* Of somebody one likes: アホで好き, バカだな(褒めてる). */
static bool
is_fond(const struct state *state, struct span plain)
{
    struct span behind = around_context(state, plain, REACH_AFTER_BYTES);
    behind.start = plain.end;
    return around_in(state, behind, PHRASES_AIM_FOND);
}

/* --- the sentence ------------------------------------------------------------------------------------------------- */

/* Where a target would stand. A word called out before the sentence that says why (クソ！二度と来るな) belongs to it.
 */
static struct span
reach(const struct state *state, struct span plain, struct span sentence)
{
    if (!has_letters(state, (struct span){end_of_call(state, plain.end), sentence.end}) &&
        !has_letters(state, (struct span){sentence.start, plain.start}) && sentence.end < state->plain.text.bytes)
        sentence.end = around_sentence(state, sentence.end + 1).end;
    struct span near = around_context(state, plain, REACH_BEFORE_BYTES);
    if (sentence.start < near.start)
        sentence.start = near.start;
    if (sentence.end > plain.end + REACH_AFTER_BYTES)
        sentence.end = plain.end + REACH_AFTER_BYTES;
    return sentence;
}

/* 田中さん, タロウくん; not たくさん, お客さん, 母さん, 赤ちゃん. */
static bool
has_named(const struct state *state, struct span span)
{
    for (uint32_t at = span.start; at < span.end; utf8_next(state->plain.text, &at)) {
        uint32_t c = around_at(state, at, PHRASES_AIM_HONORIFIC) ? state_char_before(state, at) : 0;
        if (c >= FIRST_KATAKANA && !around_before(state, at, PHRASES_AIM_NO_NAME))
            return true;
    }
    return false;
}

/* 区議, 教育長: offices that cues.csv knows. */
static bool
has_person_cue(const struct state *state, struct span span)
{
    for (size_t i = state_first_cue(state, span.start); i < state->cue_count; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->plain.start >= span.end)
            break;
        if (cue->role == USE_TITLE)
            return true;
    }
    return false;
}

bool
judge_aim_has_target(const struct state *state, struct span span)
{
    return around_in(state, span, PHRASES_AIM_TARGET) || has_person_cue(state, span) || has_named(state, span);
}

/* 監督「バカもん！」: a line of somebody else. */
static bool
is_line_of_another(const struct state *state, uint32_t start)
{
    enum { OPENING = u'「', CLOSING = u'」' };
    for (uint32_t at = start; at > 0 && start - at < REACH_BEFORE_BYTES;) {
        uint32_t c = utf8_previous(state->plain.text, &at);
        if (c == CLOSING || c == '\n')
            return false;
        if (c == OPENING)
            return is_letter(state_char_before(state, at));
    }
    return false;
}

bool
judge_aim_is_outcry(const struct state *state, const struct term *term, struct span plain)
{
    return term->needs_aim && is_all(state, plain);
}

bool
judge_aim_is_doer(const struct state *state, struct span plain)
{
    struct span sentence = around_sentence(state, plain.start);
    return !is_about_oneself(state, plain) && !is_confessed(state, plain, sentence) &&
           is_doer(state, plain, reach(state, plain, sentence));
}

bool
judge_aim_is_missing(const struct state *state, const struct term *term, struct span plain)
{
    if (!term->needs_aim || is_all(state, plain))
        return false;
    if (is_about_oneself(state, plain) || is_fond(state, plain) || around_at(state, plain.end, PHRASES_AIM_MEASURE) ||
        is_line_of_another(state, plain.start))
        return true;
    struct span sentence = around_sentence(state, plain.start), near = reach(state, plain, sentence);
    if (is_confessed(state, plain, sentence))
        return true;
    bool is_lust = term->category != CATEGORY_DEFAMATION; /* or gore */
    bool is_at_machine = around_in(state, near, PHRASES_AIM_BREAKDOWN);
    if (!is_lust && !is_at_machine &&
        (around_before(state, plain.start, PHRASES_AIM_POINTER) || is_called_out(state, plain, sentence) ||
         is_ordered_about(state, plain, sentence) || is_doer(state, plain, near)))
        return false;
    return !judge_aim_has_target(state, near) && !(is_lust && around_in(state, near, PHRASES_AIM_WISH));
}
