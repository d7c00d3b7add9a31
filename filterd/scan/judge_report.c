#include "scan/judge_report.h"

#include "scan/around.h"
#include "text/intake.h"

enum { REPORT_TAIL_BYTES = 12, REPORT_QUOTE_BYTES = 120, REPORT_SPEAKER_BYTES = 24 };

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

/* Who said it, or where, stands between と or って and a cue that begins with に or で: 死ねって昔の上司に言われ. */
static bool
has_speaker_and_report_at(const struct state *state, uint32_t at)
{
    struct slice text = state->plain.text, rest = slice_sub(text, (struct span){at, (uint32_t)text.bytes});
    if (!slice_begins(rest, slice_of("と")) && !slice_begins(rest, slice_of("って")))
        return false;
    for (uint32_t end = at + REPORT_SPEAKER_BYTES; at < end && at < text.bytes;) {
        uint32_t start = at, c = utf8_next(text, &at);
        if ((c == u'に' || c == u'で') && has_report_at(state, start))
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
    bool has_cues = state->roles_seen & 1u << USE_REPORT, is_matter = is_of_a_matter(category);
    uint32_t at = end;
    while (at <= end + REPORT_TAIL_BYTES && at < state->plain.text.bytes) {
        if ((has_cues && is_report_at(state, at)) || (is_matter && around_at(state, at, PHRASES_REPORT_ABOUT)))
            return true;
        bool is_gap = state_char_at(state, at) == ' ' || state_char_at(state, at) == '\n';
        size_t bytes = is_gap ? 1 : around_at(state, at, PHRASES_REPORT_TAIL);
        if (bytes == 0)
            return false;
        at += (uint32_t)bytes;
    }
    return false;
}

/* In a quotation that a cue follows: 「死ね、バカ」と言われ. */
static bool
is_quoted_in_report(const struct state *state, uint32_t end)
{
    uint32_t at = end;
    while (at < end + REPORT_QUOTE_BYTES && at < state->plain.text.bytes) {
        uint32_t c = utf8_next(state->plain.text, &at);
        if (c == '\n' || c == u'「' || c == u'『')
            return false;
        if (c == u'」' || c == u'』')
            return is_report_at(state, at);
    }
    return false;
}

bool
judge_is_reported(const struct state *state, struct span plain, enum category category)
{
    return is_followed_by_report(state, plain.end, category) ||
           (state->roles_seen & 1u << USE_REPORT && is_quoted_in_report(state, plain.end));
}
