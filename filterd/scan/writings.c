#include "scan/writings.h"

#include "scan/around.h"
#include "scan/judge.h"
#include "scan/judge_aim.h"
#include "scan/judge_frame.h"
#include "scan/judge_reading.h"
#include "scan/terms.h"
#include "text/intake.h"
#include "text/letter.h"

enum { ROMAJI_LETTERS_WITH_A_GAP = 8, HIRAGANA_REVERSED_BYTES = 12 /* four kana: shorter rows meet by chance */ };

/* --- what stands around ------------------------------------------------------------------------------------------- */

static bool
is_latin_or_digit(uint32_t c)
{
    return letter_is_latin(c) || (c >= '0' && c <= '9');
}

/* --- the writing itself ------------------------------------------------------------------------------------------- */

/* Whether the row takes hiragana for katakana. */
static bool
is_any_kana(const struct term *term)
{
    return term->match == MATCH_ANYWHERE || term->match == MATCH_READING;
}

/* ō for o, ᴋ for k: the skeleton has the plain letter. */
static bool
is_variant_of(uint32_t own, uint32_t c)
{
    bool is_other_latin = letter_is_latin(own) || (own >= 0x250 && own < 0x530) || (own >= 0x1D00 && own < 0x1D80);
    return (letter_is_kanji(own) && letter_is_kanji(c)) || (own > 0x7F && is_other_latin && c >= 'a' && c <= 'z');
}

/* Holds the text letter by letter against the writing: the skeleton also forgot kana kinds and what stood between.
 * False: other letters. `*gaps_out`: places where something stands between two letters. */
static bool
is_written(struct slice text, struct slice wanted, bool any_kana, unsigned *gaps_out)
{
    uint32_t at = 0, wanted_at = 0;
    unsigned gaps = 0;
    while (wanted_at < wanted.bytes) {
        uint32_t c = utf8_next(wanted, &wanted_at);
        bool is_gap = false;
        for (;;) {
            if (at >= text.bytes)
                return false;
            uint32_t own = utf8_next(text, &at);
            if (own == c || is_variant_of(own, c) || (any_kana && letter_kana(own) == letter_kana(c)))
                break;
            if (letter_script(own) != SCRIPT_OTHER || is_latin_or_digit(own))
                return false;
            is_gap = true;
        }
        gaps += is_gap;
    }
    *gaps_out = gaps;
    return at == text.bytes;
}

/* --- tricks ------------------------------------------------------------------------------------------------------- */

/* Not in an address (manuke@example.jp, /manuke-kun) and not in a word of another language. */
static const char *
refuse_romaji(const struct state *state, struct span plain, unsigned gaps, size_t letters)
{
    uint32_t before = state_char_before(state, plain.start), after = state_char_at(state, plain.end);
    uint32_t next = after == '.' ? state_char_at(state, plain.end + 1) : 0;
    if (is_latin_or_digit(before) || is_latin_or_digit(after) || is_latin_or_digit(next))
        return "inside another word";
    if (utf8_is_among(before, "@./-_:#&=%'") || utf8_is_among(after, "@/-_:&=%'"))
        return "in an address";
    if (gaps > 1 && gaps + 1 < letters)
        return "two words";
    return gaps == 1 && letters < ROMAJI_LETTERS_WITH_A_GAP ? "two words" : NULL;
}

static enum status
refuse_reversed(struct state *state, struct span plain, const char **refused_out)
{
    enum script first = letter_script(state_char_at(state, plain.start));
    enum script last = letter_script(state_char_before(state, plain.end));
    if (first == SCRIPT_HIRAGANA && plain.end - plain.start < HIRAGANA_REVERSED_BYTES) {
        *refused_out = "by chance";
        return STATUS_OK;
    }
    if (letter_script(state_char_before(state, plain.start)) == first ||
        letter_script(state_char_at(state, plain.end)) == last) {
        *refused_out = "inside another word";
        return STATUS_OK;
    }
    if (around_at(state, plain.end, PHRASES_WRITING_HONORIFIC)) {
        *refused_out = "a name";
        return STATUS_OK;
    }
    bool begins, ends;
    enum status status = state_is_border(state, plain.start, &begins);
    if (status == STATUS_OK)
        status = state_is_border(state, plain.end, &ends);
    if (status == STATUS_OK && !(begins && ends))
        *refused_out = "inside another word";
    return status;
}

/* タヒ of タヒチ: a word of one kind of letters does not go on in the same kind. */
static const char *
refuse_split(const struct state *state, struct span plain, const struct term *term)
{
    if (term->match != MATCH_WORD && term->match != MATCH_READING)
        return NULL;
    enum script first = letter_script(state_char_at(state, plain.start));
    enum script last = letter_script(state_char_before(state, plain.end));
    bool joins = letter_script(state_char_before(state, plain.start)) == first ||
                 letter_script(state_char_at(state, plain.end)) == last;
    return joins ? "inside another word" : NULL;
}

/* Whom one speaks to or of may stand beside: お前市ね, 基地外市長. Every other kanji makes another word of it: 柏市ね,
 * 基地外周. */
static bool
is_addressed_before(const struct state *state, struct span word)
{
    return around_before(state, word.start, PHRASES_WRITING_ADDRESSED) > 0;
}

static bool
is_addressed_behind(const struct state *state, struct span word)
{
    return around_at(state, word.end, PHRASES_WRITING_ADDRESSED) > 0;
}

/* この市ね、 is said of a city: the shortest writings end what is said, or go on as an order does. */
static bool
ends_an_order(const struct state *state, uint32_t at)
{
    uint32_t after = state_char_at(state, at);
    return after == 0 || utf8_is_among(after, "!。wよやカとばっ\n」』)…〜ー") ||
           (letter_script(after) == SCRIPT_OTHER && !is_latin_or_digit(after) && !utf8_is_among(after, "、,.・"));
}

/* 4ね of 24ね, 中4ね: the digit counts something. */
static bool
is_of_number(uint32_t before)
{
    return is_latin_or_digit(before) || letter_script(before) == SCRIPT_KANJI || utf8_is_among(before, "第小中高年月.");
}

static const char *
refuse_homophone(const struct state *state, struct span plain, struct slice writing)
{
    uint32_t before = state_char_before(state, plain.start), at = 0;
    uint32_t first = utf8_next(writing, &at);
    bool is_short = utf8_count(writing) <= 2;
    if (first >= '0' && first <= '9')
        return is_of_number(before) || (is_short && !ends_an_order(state, plain.end)) ? "a number" : NULL;
    bool joins_before = letter_is_kanji(first) && letter_script(before) == SCRIPT_KANJI;
    bool joins_after = letter_is_kanji(state_char_before(state, plain.end)) &&
                       letter_script(state_char_at(state, plain.end)) == SCRIPT_KANJI;
    if ((joins_before && !is_addressed_before(state, plain)) || (joins_after && !is_addressed_behind(state, plain)))
        return "inside another word";
    if (is_short && (before == u'の' || !ends_an_order(state, plain.end)))
        return "another word";
    return NULL;
}

/* アレバ of アレバトマト. */
static bool
katakana_runs_on(const struct state *state, struct span plain)
{
    return (letter_is_katakana(state_char_at(state, plain.start)) &&
            letter_is_katakana(state_char_before(state, plain.start)) &&
            !terms_have_emphasis_before(state, plain.start)) ||
           (letter_is_katakana(state_char_before(state, plain.end)) &&
            letter_is_katakana(state_char_at(state, plain.end)));
}

/* にちじょう, けとしゃ: a letter that begins no word goes on with the word that the reading is part of. */
static bool
syllable_goes_on(const struct state *state, uint32_t end)
{
    static const char drawn_out[] = "うくぐすずつづぬふぶぷむゆるゅおこごそぞとどのほぼぽもよょろ";
    uint32_t last = state_char_before(state, end), next = state_char_at(state, end);
    return next == u'ん' || letter_is_contracted(last, next) || (next == u'う' && utf8_is_among(last, drawn_out));
}

/* Kana for kanji: most of it is what a text of other words has by chance. */
static enum status
refuse_reading(struct state *state, struct span plain, const struct term *term, uint32_t *tricks,
               const char **refused_out)
{
    struct reading reading;
    if (katakana_runs_on(state, plain) || syllable_goes_on(state, plain.end)) {
        *refused_out = "inside another word";
        return STATUS_OK;
    }
    enum status status = judge_reading(state, plain, term, 0, &reading);
    if (status != STATUS_OK)
        return status;
    bool is_overruled =
        reading.refused && !reading.is_exception &&
        (judge_frame_fits(state, plain, term->category, false) || judge_aim_is_outcry(state, term, plain));
    *refused_out = is_overruled ? NULL : reading.refused;
    *tricks |= reading.is_gapped ? EVIDENCE_SPACED : 0;
    return STATUS_OK;
}

/* The pause is small, and the word stands for itself. */
static enum status
refuse_emphasis(struct state *state, struct span plain, const char **refused_out)
{
    bool begins, ends = false;
    enum status status = state_is_border(state, plain.start, &begins);
    if (status == STATUS_OK)
        status = state_is_border(state, plain.end, &ends);
    if (status == STATUS_OK && (!begins || !ends))
        *refused_out = "inside another word";
    return status;
}

/* Adds to `tricks` what else is seen of them. */
static enum status
refuse(struct state *state, struct span plain, const struct term_writing *writing, const struct term *term,
       uint32_t *tricks, const char **refused_out)
{
    unsigned gaps = 0;
    if (writing->trick == WRITING_READING)
        return refuse_reading(state, plain, term, tricks, refused_out);
    bool any_kana = is_any_kana(term) && writing->trick != WRITING_EMPHASIS; /* うつせろ is 写せろ */
    if (!is_written(slice_sub(state->plain.text, plain), writing->plain, any_kana, &gaps)) {
        *refused_out = "other writing";
        return STATUS_OK;
    }
    switch ((enum writing_trick)writing->trick) {
    case WRITING_ROMAJI:
        *refused_out = refuse_romaji(state, plain, gaps, writing->plain.bytes);
        return STATUS_OK;
    case WRITING_REVERSED:
        return refuse_reversed(state, plain, refused_out);
    case WRITING_SPLIT:
        *refused_out = refuse_split(state, plain, term);
        return STATUS_OK;
    case WRITING_HOMOPHONE:
    case WRITING_GLYPH:
        *refused_out = refuse_homophone(state, plain, writing->plain);
        return STATUS_OK;
    case WRITING_EMPHASIS:
        return refuse_emphasis(state, plain, refused_out);
    case WRITING_READING:
        break;
    }
    return STATUS_INTERNAL;
}

static enum status
verify_writing(struct state *state, const struct cue *cue)
{
    static const uint32_t tricks[] = {[WRITING_ROMAJI] = EVIDENCE_ROMAJI,    [WRITING_REVERSED] = EVIDENCE_REVERSED,
                                      [WRITING_SPLIT] = EVIDENCE_SPLIT,      [WRITING_HOMOPHONE] = EVIDENCE_HOMOPHONE,
                                      [WRITING_READING] = EVIDENCE_FOLDED,   [WRITING_GLYPH] = EVIDENCE_LOOKALIKE,
                                      [WRITING_EMPHASIS] = EVIDENCE_REPEATED};
    const struct term_writing *writing =
        cue->city ? &state->ruleset->writings[cue->index] : &state->common->writings[cue->index];
    const struct term *term = cue->city ? &state->ruleset->terms[writing->term] : &state->common->terms[writing->term];
    const char *refused = NULL;
    uint32_t evidence = tricks[writing->trick];
    enum status status = refuse(state, cue->plain, writing, term, &evidence, &refused);
    if (status != STATUS_OK)
        return status;
    if (!refused)
        return judge_hit(state, cue->plain, term, evidence);
    state_trace(state, TRACE_DROP, cue->plain, term->rule, refused, -1);
    return STATUS_OK;
}

enum status
writings_verify(struct state *state)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < state->cue_count && status == STATUS_OK; i++)
        if (state->cues[i].role == USE_WRITING || state->cues[i].role == USE_READING)
            status = verify_writing(state, &state->cues[i]);
    return status;
}
