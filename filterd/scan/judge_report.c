#include "scan/judge_report.h"

#include "scan/around.h"
#include "text/intake.h"
#include "text/letter.h"

enum { REPORT_TAIL_BYTES = 12, REPORT_QUOTE_BYTES = 120, REPORT_SPEAKER_BYTES = 36 };

static bool
has_report_at(const struct state *state, uint32_t at)
{
    for (size_t i = state_first_cue(state, at); i < state->cue_count && state->cues[i].plain.start == at; i++)
        if (state->cues[i].role == USE_REPORT)
            return true;
    return false;
}

static bool
ends_a_clause(uint32_t c)
{
    return around_ends_sentence(c) || utf8_is_among(c, "、「」『』");
}

/* Who said it, or where, stands between と or って and a cue that begins with に or で (死ねって昔の上司に言われ), or
 * が, も or で and a word for speaking, where the writer tells of their family (死ねと孫が言います): else it is
 * hearsay, which insults as well (クズだとみんなが言ってるぞ). */
static bool
has_speaker_and_report_at(const struct state *state, uint32_t at)
{
    struct slice text = state->plain.text, rest = slice_sub(text, (struct span){at, (uint32_t)text.bytes});
    if (!slice_begins(rest, slice_of("と")) && !slice_begins(rest, slice_of("って")))
        return false;
    bool tells_of_family = state_saw(state, USE_FAMILY);
    for (uint32_t end = at + REPORT_SPEAKER_BYTES; at < end && at < text.bytes;) {
        uint32_t start = at, c = utf8_next(text, &at);
        bool is_at = c == u'に' || c == u'で', is_who = tells_of_family && utf8_is_among(c, "がもで");
        if ((is_at && has_report_at(state, start)) || (is_who && around_at(state, at, PHRASES_REPORT_SPEAKS)))
            return true;
        if (ends_a_clause(c))
            return false;
    }
    return false;
}

static bool
is_report_at(const struct state *state, uint32_t at)
{
    return has_report_at(state, at) || has_speaker_and_report_at(state, at);
}

/* Whose words name an act, a thing or an offer, not a person: whoever warns of it or asks about it says the same. */
static bool
is_of_a_matter(enum category category)
{
    static const uint32_t matters = 1u << CATEGORY_ILLEGAL | 1u << CATEGORY_COMMERCIAL | 1u << CATEGORY_PUBLIC_ORDER |
                                    1u << CATEGORY_OBSCENE | 1u << CATEGORY_ABETMENT | 1u << CATEGORY_IP_RIGHTS |
                                    1u << CATEGORY_MALWARE | 1u << CATEGORY_IMPERSONATION;
    return matters >> category & 1;
}

/* Behind the word, the end of what was said (死ねよ！」), then what tells of it. */
static bool
is_followed_by_report(const struct state *state, uint32_t end, enum category category)
{
    bool is_matter = is_of_a_matter(category);
    uint32_t at = end;
    while (at <= end + REPORT_TAIL_BYTES && at < state->plain.text.bytes) {
        if (is_report_at(state, at) || (is_matter && around_at(state, at, PHRASES_REPORT_ABOUT)))
            return true;
        bool is_gap = state_char_at(state, at) == ' ' || state_char_at(state, at) == '\n';
        size_t bytes = is_gap ? 1 : around_at(state, at, PHRASES_REPORT_TAIL);
        if (bytes == 0)
            return false;
        at += (uint32_t)bytes;
    }
    return false;
}

static bool
opens_quotation(uint32_t c)
{
    return c == u'「' || c == u'『';
}

static bool
closes_quotation(uint32_t c)
{
    return c == u'」' || c == u'』';
}

/* 「死ね」「殺すぞ」を: behind the last of them, all within REPORT_QUOTE_BYTES. */
static uint32_t
behind_quotations(const struct state *state, uint32_t at)
{
    uint32_t limit = at + REPORT_QUOTE_BYTES, bytes = (uint32_t)state->plain.text.bytes;
    limit = limit < bytes ? limit : bytes;
    while (opens_quotation(state_char_at(state, at))) {
        while (at < limit && !closes_quotation(utf8_next(state->plain.text, &at)))
            ;
        if (at >= limit)
            break;
    }
    return at;
}

/* In a quotation that a cue follows (「死ね、バカ」と言われ), or what speaks of words as words (「死ね」を口にする). */
static bool
is_quoted_in_report(const struct state *state, uint32_t end)
{
    uint32_t at = end;
    while (at < end + REPORT_QUOTE_BYTES && at < state->plain.text.bytes) {
        uint32_t c = utf8_next(state->plain.text, &at);
        if (c == '\n' || opens_quotation(c))
            return false;
        if (closes_quotation(c)) {
            at = behind_quotations(state, at);
            return is_report_at(state, at) || around_at(state, at, PHRASES_REPORT_MENTION);
        }
    }
    return false;
}

/* A quotation mark that ends what `open` began; between letters it is an apostrophe. */
static bool
ends_quotation(const struct state *state, uint32_t open, uint32_t c, uint32_t behind)
{
    switch (open) {
    case u'「':
        return c == u'」';
    case u'‘':
        return c == u'’' && !letter_is_latin(state_char_at(state, behind));
    case u'“':
        return c == u'”';
    default:
        return c == open && !letter_is_latin(state_char_at(state, behind));
    }
}

/* He told me to wait and I …: from here on the writer speaks. */
static bool
begins_anew(const struct state *state, uint32_t at)
{
    static const char *const words[] = {" but ", " and i ", " and i'", " so i ", " so i'", " now i ", " now i'"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (around_text_at(state, at, words[i]))
            return true;
    return false;
}

/* Whether `word` belongs to what `opening` opens: all in one clause (is it illegal to …), or in the quotation behind
 * it; not when either ends between them: your clerk told me to wait, you … */
static bool
is_told_from(const struct state *state, uint32_t opening, uint32_t word)
{
    uint32_t at = opening;
    while (at < word && utf8_is_among(state_char_at(state, at), " ,:"))
        at++;
    uint32_t open = state_char_at(state, at);
    bool is_quoted = at < word && utf8_is_among(open, "'\"‘“「");
    if (is_quoted)
        utf8_next(state->plain.text, &at);
    while (at < word) {
        uint32_t start = at, c = utf8_next(state->plain.text, &at);
        if (is_quoted ? ends_quotation(state, open, c, at) : utf8_is_among(c, ",;.:") || begins_anew(state, start))
            return false;
    }
    return true;
}

/* He said "I will kill you", what does "retard" mean: languages that tell who speaks before what is said. */
static bool
is_opened_by_report(const struct state *state, uint32_t start)
{
    if (!state_saw(state, USE_OPENING))
        return false;
    uint32_t from = around_sentence(state, start).start;
    if (start - from > REPORT_QUOTE_BYTES)
        from = start - REPORT_QUOTE_BYTES;
    for (size_t i = state_first_cue(state, from); i < state->cue_count && state->cues[i].plain.start < start; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->role == USE_OPENING && cue->plain.end <= start && is_told_from(state, cue->plain.end, start))
            return true;
    }
    return false;
}

bool
judge_is_reported(const struct state *state, struct span plain, enum category category)
{
    return is_followed_by_report(state, plain.end, category) || is_quoted_in_report(state, plain.end) ||
           is_opened_by_report(state, plain.start);
}
