#include "scan/inquiry.h"

#include "scan/around.h"

enum {
    /* How far behind a doubt its question may end (本物|の市のサイトですか): what is nearer to another word asks of
     * that. */
    DOUBT_REACH_BYTES = 39,
    /* Of a sentence that is read: no question ends farther behind, and each doubt of a long text begins one. */
    SENTENCE_MAX_BYTES = 120,
};

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* What is left of the sentence from `at` on: it ends at 。, !, a line break, a link and behind ?. */
static struct span
sentence_from(const struct state *state, uint32_t at)
{
    struct slice text = state->plain.text;
    uint32_t end = at;
    while (end < text.bytes && end - at < SENTENCE_MAX_BYTES && text.data[end] != '!' && text.data[end] != '\n' &&
           !around_text_at(state, end, "。") && !around_text_at(state, end, "://"))
        if (text.data[end++] == '?')
            break;
    return (struct span){at, end};
}

static struct span
near_begin(struct span span)
{
    return (struct span){span.start,
                         span.end - span.start < DOUBT_REACH_BYTES ? span.end : span.start + DOUBT_REACH_BYTES};
}

/* Without the scheme of a link, spaces and dots at its end. */
static struct span
without_tail(const struct state *state, struct span span)
{
    static const char *const schemes[] = {"http", "https", "hxxp", "hxxps"};
    const uint8_t *bytes = state->plain.text.data;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (span.end - span.start >= strlen(schemes[i]) && around_text_before(state, span.end, schemes[i])) {
            span.end -= (uint32_t)strlen(schemes[i]);
            break;
        }
    while (span.end > span.start && (bytes[span.end - 1] <= ' ' || bytes[span.end - 1] == '.'))
        span.end--;
    return span;
}

/* Whether a question ends early in `rest`, which follows a doubt. */
static bool
is_asked(const struct state *state, struct span rest)
{
    struct span near = near_begin(rest);
    if (memchr(state->plain.text.data + near.start, '?', near.end - near.start) ||
        around_in(state, near, PHRASES_INQUIRY_ASKED_INSIDE))
        return true;
    rest = without_tail(state, rest);
    if (rest.end - rest.start > DOUBT_REACH_BYTES)
        return false;
    size_t end = around_before(state, rest.end, PHRASES_INQUIRY_QUESTION_END);
    return end > 0 && end <= rest.end - rest.start;
}

/* 本物ですか, 詐欺なのかな, 怪しくない?: a question behind a word of the list. */
static bool
asks_of(const struct state *state, enum phrase_list doubts)
{
    struct span rest = {0, (uint32_t)state->plain.text.bytes}, doubt;
    for (; around_find(state, rest, doubts, &doubt); rest.start = doubt.end)
        if (is_asked(state, sentence_from(state, doubt.end)))
            return true;
    return false;
}

/* 市のものですか, 役所から来たんでしょうか. */
static bool
asks_of_owner(const struct state *state)
{
    struct span rest = {0, (uint32_t)state->plain.text.bytes}, owned;
    for (; around_find(state, rest, PHRASES_INQUIRY_OWNED, &owned); rest.start = owned.end)
        if (around_before(state, owned.start, PHRASES_INQUIRY_OWNER) &&
            is_asked(state, sentence_from(state, owned.start)))
            return true;
    return false;
}

/* 詐欺サイトではありません, 偽物じゃない: the swindler's own word, unless it is asked. */
static bool
is_denied(const struct state *state, struct span behind)
{
    return around_in(state, near_begin(behind), PHRASES_INQUIRY_DENIAL) && !is_asked(state, behind);
}

static bool
reports_it(const struct state *state)
{
    struct span rest = {0, (uint32_t)state->plain.text.bytes}, report;
    if (around_anywhere(state, PHRASES_INQUIRY_ALARM))
        return false;
    for (; around_find(state, rest, PHRASES_INQUIRY_REPORT, &report); rest.start = report.end)
        if (!is_denied(state, sentence_from(state, report.start)))
            return true;
    return false;
}

/* --- sparing ------------------------------------------------------------------------------------------------------ */

enum inquiry { INQUIRY_NONE, INQUIRY_LINK /* about the link alone */, INQUIRY_MESSAGE };

static enum inquiry
inquiry_of(const struct state *state)
{
    if (asks_of(state, PHRASES_INQUIRY_DOUBT) || asks_of_owner(state) ||
        around_anywhere(state, PHRASES_INQUIRY_MISHAP) || reports_it(state))
        return INQUIRY_MESSAGE;
    return around_anywhere(state, PHRASES_INQUIRY_TROUBLE) || around_anywhere(state, PHRASES_INQUIRY_LEAVE)
               ? INQUIRY_LINK
               : INQUIRY_NONE;
}

/* それって本当?, デマを信じてしまって: no more than a question or a complaint. Who hands a rumour on asks too (本当?
 * 拡散して). */
static bool
asks_of_rumour(const struct state *state)
{
    return !around_anywhere(state, PHRASES_INQUIRY_SPREAD) &&
           (asks_of(state, PHRASES_INQUIRY_TRUTH) || around_anywhere(state, PHRASES_INQUIRY_MISLED));
}

static bool
is_of_link(const struct finding *finding)
{
    return strncmp(finding->rule, "link.", 5) == 0;
}

static bool
may_be_asked_about(const struct candidate *candidate)
{
    enum category category = candidate->finding.category;
    return !candidate->is_dropped && candidate->finding.likelihood > INQUIRY_LIKELIHOOD &&
           strcmp(candidate->finding.rule, "link.denied") != 0 &&
           (category == CATEGORY_HARMFUL_LINK || category == CATEGORY_MALWARE || category == CATEGORY_IMPERSONATION ||
            category == CATEGORY_COMMERCIAL || category == CATEGORY_FALSE_RUMOR);
}

/* What was asked, read when the first finding needs it. */
struct inquiries {
    bool is_read, is_rumour_read;
    enum inquiry message;
    bool rumour;
};

static bool
is_asked_about(const struct state *state, struct inquiries *inquiries, const struct finding *finding)
{
    if (finding->category == CATEGORY_FALSE_RUMOR) {
        if (!inquiries->is_rumour_read)
            inquiries->rumour = asks_of_rumour(state);
        inquiries->is_rumour_read = true;
        return inquiries->rumour;
    }
    if (!inquiries->is_read)
        inquiries->message = inquiry_of(state);
    inquiries->is_read = true;
    return inquiries->message == INQUIRY_MESSAGE || (inquiries->message == INQUIRY_LINK && is_of_link(finding));
}

void
inquiry_spare(struct state *state)
{
    struct inquiries inquiries = {0};
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        if (!may_be_asked_about(candidate) || !is_asked_about(state, &inquiries, &candidate->finding))
            continue;
        candidate->finding.likelihood = INQUIRY_LIKELIHOOD;
        state_trace(state, TRACE_DROP, candidate->plain, candidate->finding.rule, "asked about", INQUIRY_LIKELIHOOD);
    }
}
