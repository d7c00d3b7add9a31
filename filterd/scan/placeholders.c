#include "scan/placeholders.h"

#include "scan/transform.h"
#include "text/find.h"
#include "text/letter.h"

#define OPEN "【"
#define CLOSE "】"
enum { BRACKET_BYTES = sizeof OPEN - 1 };

/* --- finding them ------------------------------------------------------------------------------------------------- */

/* Where the last 【 of `text` begins; false for none. */
static bool
last_open(struct slice text, size_t *start_out)
{
    for (size_t start = text.bytes; start-- > 0;)
        if (text.data[start] == (uint8_t)OPEN[0] && start + BRACKET_BYTES <= text.bytes &&
            memcmp(text.data + start, OPEN, BRACKET_BYTES) == 0) {
            *start_out = start;
            return true;
        }
    return false;
}

/* The next placeholder from *at on, which moves behind it. Every byte is looked at once. */
static bool
next_placeholder(const struct state *state, size_t *at, struct placeholder *placeholder_out)
{
    struct slice text = state->text;
    const uint8_t *close;
    while ((close = memmem(text.data + *at, text.bytes - *at, CLOSE, BRACKET_BYTES)) != NULL) {
        size_t before = *at, start;
        *at = (size_t)(close - text.data) + BRACKET_BYTES;
        if (!last_open((struct slice){text.data + before, *at - before}, &start))
            continue;
        struct span span = {(uint32_t)(before + start), (uint32_t)*at};
        enum info_type type = transform_written_type(state->ruleset->keys, state->arena, slice_sub(text, span));
        if (type == INFO_NONE)
            continue;
        *placeholder_out = (struct placeholder){.span = span, .type = type};
        return true;
    }
    return false;
}

/* --- headings ------------------------------------------------------------------------------------------------------
 *
 * 【氏名】山田太郎 at the begin of a line, or further on in a line that began so, is a form's heading: a label.
 */

static bool
is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= u'ぁ' && c <= u'ヿ' && c != u'・') ||
           (c >= 0x3400 && c <= 0x9FFF) || c == u'々' || (c >= u'Ａ' && c <= u'ｚ') || (c >= 0xFF66 && c <= 0xFF9F);
}

/* Whether nothing but signs and numbers (■ ・ 1.) stands before `at` in its line. */
static bool
begins_line(struct slice text, uint32_t at)
{
    while (at > 0) {
        uint32_t c = utf8_previous(text, &at);
        if (c == '\n')
            return true;
        if (is_letter(c) || c == u'】')
            return false;
    }
    return true;
}

/* やまだ はなこ, and nothing else in the line: no particle stands in front. */
static bool
is_name_of_hiragana(struct slice text, uint32_t at)
{
    static const char *const particles[] = {"は", "が", "を", "に", "の", "と", "も",
                                            "で", "へ", "や", "か", "よ", "だ"};
    enum { MOST_CHARACTERS = 12 };
    bool parted = false;
    for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
        parted |= find_stands_at(text.data + at, particles[i]);
    parted = !parted; /* a space says it too: はやし はなこ */
    for (unsigned i = 0; at < text.bytes; i++) {
        uint32_t c = utf8_next(text, &at);
        if (c == '\n' || c == u'【')
            return parted;
        parted |= c == ' ' || c == 0x3000;
        if (i == MOST_CHARACTERS || (!letter_is_hiragana(c) && c != ' ' && c != 0x3000))
            return false;
    }
    return parted;
}

/* Whether a value stands right behind a heading that ends at `at`: no particle, and no 様 of a name that is gone. */
static bool
value_follows(struct slice text, uint32_t at)
{
    static const char *const honorifics[] = {"様", "さま", "さん", "氏", "殿", "君", "くん", "ちゃん", "先生"};
    uint32_t start = at;
    for (unsigned breaks = 0; at < text.bytes;) {
        uint32_t next = at, c = utf8_next(text, &next);
        breaks += c == '\n';
        if (breaks > 1 || (c != ' ' && c != 0x3000 && c != '\t' && c != '\n' && c != ':' && c != u'：'))
            break;
        at = next;
    }
    for (size_t i = 0; i < sizeof honorifics / sizeof *honorifics; i++)
        if (find_stands_at(text.data + at, honorifics[i]))
            return false;
    if (at >= text.bytes)
        return false;
    uint32_t behind = at, c = utf8_next(text, &behind);
    if (letter_is_hiragana(c))
        return at > start || is_name_of_hiragana(text, at);
    return is_letter(c) || (c >= '0' && c <= '9') || (c >= u'０' && c <= u'９') || c == '+' || c == '@' || c == u'〒' ||
           c == '(' || c == u'（';
}

/* `headed`: where the last heading ended; becomes 0 when that was in another line. */
static bool
is_heading(const struct state *state, const struct placeholder *placeholder, uint32_t *headed)
{
    struct slice text = state->text, shown = slice_sub(text, placeholder->span);
    const char *label = info_type_label(placeholder->type);
    if (shown.bytes != strlen(label) + 2 * BRACKET_BYTES || !value_follows(text, placeholder->span.end))
        return false;
    if (*headed && memchr(text.data + *headed, '\n', placeholder->span.start - *headed))
        *headed = 0;
    return *headed || begins_line(text, placeholder->span.start);
}

enum status
placeholders_find(struct state *state)
{
    if (!find_word(state->text, slice_of(CLOSE)))
        return STATUS_OK;
    size_t most = state->gap_count + state->text.bytes / (2 * BRACKET_BYTES), count = 0, at = 0, hint = 0;
    uint32_t headed = 0;
    struct view_gap *gaps = arena_alloc_array(state->arena, most + 1, sizeof *gaps);
    struct placeholder *all = arena_alloc_array(state->arena, most + 1, sizeof *all), *one = all;
    if (!gaps || !all)
        return STATUS_TOO_LARGE;
    for (; next_placeholder(state, &at, one); one++) {
        if (is_heading(state, one, &headed)) {
            headed = one->span.end;
            continue;
        }
        state->names_redacted |= one->type == INFO_PERSON;
        for (; hint < state->gap_count && state->gaps[hint].start < one->span.end; hint++)
            gaps[count++] = state->gaps[hint];
        if (count == 0 || gaps[count - 1].end <= one->span.start)
            gaps[count++] = (struct view_gap){one->span.start, one->span.end, .is_border = true};
    }
    for (; hint < state->gap_count; hint++)
        gaps[count++] = state->gaps[hint];
    state->gaps = gaps;
    state->gap_count = count;
    state->placeholders = all;
    state->placeholder_count = (size_t)(one - all);
    return STATUS_OK;
}

/* --- using them --------------------------------------------------------------------------------------------------- */

#define SURE 70

/* A text without the data that it gave away exposes nobody any more, and a mere suspicion rests on its labels. */
static bool
is_about_data(const struct candidate *candidate)
{
    return strncmp(candidate->finding.rule, "topic.", strlen("topic.")) == 0 &&
           (candidate->finding.category == CATEGORY_PRIVACY || candidate->finding.category == CATEGORY_IMPERSONATION ||
            candidate->finding.likelihood < SURE);
}

/* What begins or ends with ＊＊ is what a redaction left: ＊＊＊＊--0. */
static bool
is_masked(struct slice value)
{
    const size_t edge = 2 * (sizeof TRANSFORM_MASK_TEXT / 4);
    return value.bytes >= edge && (memcmp(value.data, TRANSFORM_MASK_TEXT, edge) == 0 ||
                                   memcmp(value.data + value.bytes - edge, TRANSFORM_MASK_TEXT, edge) == 0);
}

/* The first that ends behind `at`. */
static size_t
first_placeholder(const struct state *state, uint32_t at)
{
    size_t low = 0, high = state->placeholder_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->placeholders[middle].span.end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool
placeholders_name_somebody(const struct state *state, struct span plain)
{
    struct span source = state_source(state, plain);
    for (size_t i = first_placeholder(state, source.start);
         i < state->placeholder_count && state->placeholders[i].span.start < source.end; i++)
        if (state->placeholders[i].type == INFO_PERSON)
            return true;
    return false;
}

static bool
is_spared(const struct state *state, const struct candidate *candidate)
{
    struct span source = state_source(state, candidate->plain);
    if (candidate->finding.info_type != INFO_NONE && is_masked(slice_sub(state->text, source)))
        return true;
    for (size_t i = first_placeholder(state, source.start); i < state->placeholder_count; i++) {
        struct span placeholder = state->placeholders[i].span;
        if (placeholder.start >= source.end)
            return false;
        if (span_contains(placeholder, source) || is_about_data(candidate))
            return true;
    }
    return false;
}

void
placeholders_spare(struct state *state)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        if (candidate->is_dropped || !is_spared(state, candidate))
            continue;
        candidate->is_dropped = true;
        state_trace(state, TRACE_DROP, candidate->plain, candidate->finding.rule, "in what a redaction wrote",
                    candidate->finding.likelihood);
    }
}
