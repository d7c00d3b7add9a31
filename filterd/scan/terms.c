#include "scan/terms.h"

#include "scan/around.h"
#include "scan/judge.h"
#include "scan/judge_aim.h"
#include "scan/judge_frame.h"
#include "scan/judge_reading.h"
#include "text/find.h"
#include "text/letter.h"

/* Where the plain bytes of a hit and the row's writing part. */
struct writing {
    bool is_exact; /* the writing of the row, once separators are left out */
    unsigned gaps; /* places between two letters where something was left out */
    unsigned letters;
    bool is_soft;     /* one of the gaps is only spaces, ・ or a line break, which part words too */
    bool is_hiragana; /* all of it */
    bool is_altered;  /* small kana for large, り for リ, old kanji */
    bool is_repeated; /* a letter stands several times in its place */
    bool is_apart;    /* a voiced mark stands by itself behind its letter */
};

/* Small kana for large of the same kind (ァホ), kana that look the same in both kinds (パイズり), and old kanji that
 * the skeleton writes as the row does (雜魚). */
static bool
is_altered(uint32_t found, struct slice folded, struct slice letter)
{
    uint32_t at = 0, wanted = utf8_next(letter, &at);
    if (wanted >= 0x3400 && folded.bytes == letter.bytes && memcmp(folded.data, letter.data, letter.bytes) == 0)
        return true;
    if (letter_kana(found) != letter_kana(wanted))
        return false;
    return wanted == found + 1 || letter_looks_same_in_both_kana(found);
}

static bool
is_soft_gap(struct slice gap)
{
    for (uint32_t at = 0; at < gap.bytes;) {
        if (!utf8_is_among(utf8_next(gap, &at), " ・\n\r\t"))
            return false;
    }
    return true;
}

/* What a row of Latin letters has between them and the skeleton has not: I'll kill you. */
static bool
is_written_gap(uint8_t byte)
{
    return byte == ' ' || byte == '\'';
}

static const char other_writing[] = "other writing", two_words[] = "two words", within_word[] = "inside another word";

/* Compares the hit's letters in the plain view with the term's plain form. Bytes that the skeleton dropped are gaps. */
static struct writing
compare_writing(const struct state *state, const struct term_hit *hit)
{
    const struct view *skeleton = &state->skeleton;
    struct slice wanted = hit->term->plain;
    struct writing writing = {.is_exact = true, .is_hiragana = true};
    uint32_t last_end = hit->plain.start, at = 0;
    for (uint32_t i = hit->skeleton.start; i < hit->skeleton.end;) {
        uint32_t start = i; /* one look per character: an identity view maps bytes as they are */
        utf8_next(skeleton->text, &i);
        struct span letter = view_to_parent(skeleton, (struct span){start, i});
        size_t bytes = letter.end - letter.start;
        bool gap_is_written = at > 0 && at < wanted.bytes && is_written_gap(wanted.data[at]);
        at += gap_is_written;
        writing.letters++;
        writing.is_hiragana &= letter_is_hiragana(state_char_at(state, letter.start));
        writing.is_apart |= state_char_before(state, letter.end) - 0x3099 < 2;
        writing.is_repeated |= bytes >= 3 * (size_t)(i - start);
        writing.gaps += letter.start > last_end && !gap_is_written;
        if (letter.start > last_end)
            writing.is_soft |= is_soft_gap(slice_sub(state->plain.text, (struct span){last_end, letter.start}));
        if (at + bytes > wanted.bytes || memcmp(wanted.data + at, state->plain.text.data + letter.start, bytes) != 0) {
            bool altered =
                bytes == 3 && at + 3 <= wanted.bytes &&
                is_altered(state_char_at(state, letter.start), slice_sub(skeleton->text, (struct span){start, i}),
                           slice_sub(wanted, (struct span){at, at + 3}));
            writing.is_altered |= altered;
            writing.is_exact &= altered;
        }
        at += (uint32_t)bytes;
        last_end = letter.end;
    }
    writing.is_exact &= at == wanted.bytes;
    return writing;
}

bool
terms_covers(struct slice text, struct span word, struct slice exception)
{
    size_t bytes = word.end - word.start;
    if (exception.bytes < bytes)
        return false;
    size_t slack = exception.bytes - bytes;
    struct span around = {word.start > slack ? word.start - (uint32_t)slack : 0,
                          word.start + (uint32_t)exception.bytes};
    if (around.end > text.bytes)
        around.end = (uint32_t)text.bytes;
    return find_word(slice_sub(text, around), exception);
}

/* Whether one of the row's exceptions stands in the plain view so that it covers the hit. */
static bool
is_exception(const struct state *state, const struct term_hit *hit)
{
    for (size_t i = 0; i < hit->term->exception_count; i++)
        if (terms_covers(state->plain.text, hit->plain, hit->term->exceptions[i]))
            return true;
    return false;
}

enum { MAX_EMPHASIS = 3 };

bool
terms_have_emphasis_before(const struct state *state, uint32_t at)
{
    for (unsigned words = 0; words < MAX_EMPHASIS; words++) {
        size_t bytes = around_before(state, at, PHRASES_TERM_EMPHASIS);
        if (bytes == 0)
            return false;
        at -= (uint32_t)bytes;
        if (!letter_is_katakana(state_char_before(state, at)))
            return true;
    }
    return false;
}

static bool
joins(uint32_t a, uint32_t b)
{
    return (letter_is_katakana(a) && letter_is_katakana(b)) || (letter_is_latin(a) && letter_is_latin(b));
}

static bool
goes_on_before(const struct state *state, struct span plain)
{
    uint32_t first = state_char_at(state, plain.start);
    return joins(state_char_before(state, plain.start), first) &&
           !(letter_is_katakana(first) && terms_have_emphasis_before(state, plain.start));
}

/* A cheap no before MeCab is asked: a katakana or Latin word that goes on at both or one end is part of a longer one.
 */
static bool
runs_on(const struct state *state, struct span plain)
{
    return goes_on_before(state, plain) || joins(state_char_before(state, plain.end), state_char_at(state, plain.end));
}

enum { LONG_ENOUGH = 4 /* letters that do not meet by chance, unless they are all hiragana */ };

/* Separators inside a short word are a trick only where they stand between all its letters; elsewhere two words met. */
static bool
is_spread(struct writing writing)
{
    if (writing.gaps == 0 || writing.gaps + 1 == writing.letters)
        return true;
    return writing.letters + !writing.is_soft >= LONG_ENOUGH && !writing.is_hiragana;
}

static enum status
stands_alone(struct state *state, const struct term_hit *hit, struct writing writing, bool *alone_out)
{
    *alone_out = false;
    if (runs_on(state, hit->plain))
        return STATUS_OK;
    bool begins, ends = true;
    enum status status = state_is_border(state, hit->plain.start, &begins);
    if (status == STATUS_OK && writing.gaps == 0) /* a spread word is no word to MeCab */
        status = state_is_border(state, hit->plain.end, &ends);
    if (status == STATUS_OK)
        *alone_out = (begins || terms_have_emphasis_before(state, hit->plain.start)) && ends;
    return status;
}

/* MeCab makes words of what its dictionary has not, too: ょうはもけもけした. */
static bool
is_known(const struct token *token)
{
    return token_reading(token->feature) != NULL;
}

/* Whether known words read what stands there otherwise: one that begins before `plain` holds its begin, it or the next
 * the rest. */
static bool
is_read_otherwise(const struct tokens *tokens, struct span plain)
{
    size_t index = tokens_first_behind(tokens, plain.start);
    const struct token *token = index < tokens->count ? &tokens->items[index] : NULL;
    if (!token || token->span.start >= plain.start || !is_known(token))
        return false;
    if (token->span.end >= plain.end)
        return true;
    return ++index < tokens->count && is_known(token + 1) && token[1].span.end >= plain.end;
}

/* 天気違い, 音痴女子, じきちがい: letters of one kind in which the term begins within another word. */
static enum status
begins_within_word(struct state *state, struct span plain, bool *within_out)
{
    enum script first = letter_script(state_char_at(state, plain.start));
    bool begins = true;
    enum status status = STATUS_OK;
    if ((first == SCRIPT_KANJI || first == SCRIPT_HIRAGANA) &&
        letter_script(state_char_before(state, plain.start)) == first)
        status = state_is_border(state, plain.start, &begins);
    *within_out = !begins && is_read_otherwise(&state->tokens, plain);
    return status;
}

/* --- texts spaced throughout --- */

enum { SPACED_CONTEXT_BYTES = 96 };

static bool
is_gap(uint32_t c)
{
    return !letter_is_one(c) && !utf8_is_among(c, "、。,.!?()「」『』[]…");
}

/* い い 天 気: not the word is spaced but the text, seen by the letter before the word or behind it. */
bool
terms_are_spaced_throughout(const struct state *state, struct span plain)
{
    uint32_t before = plain.start, after = plain.end;
    struct slice text = state->plain.text;
    bool is_before = before > 0 && is_gap(utf8_previous(text, &before)) && before > 0 &&
                     !is_gap(utf8_previous(text, &before)) && (before == 0 || is_gap(state_char_before(state, before)));
    bool is_after = after < text.bytes && is_gap(utf8_next(text, &after)) && after < text.bytes &&
                    !is_gap(utf8_next(text, &after)) && (after == text.bytes || is_gap(state_char_at(state, after)));
    return is_before || is_after;
}

/* The plain text around a hit without its gaps, and where the hit is there. */
static enum status
close_gaps(const struct state *state, struct span plain, struct slice *text_out, struct span *hit_out)
{
    struct slice text = state->plain.text;
    struct span context = around_context(state, plain, SPACED_CONTEXT_BYTES);
    uint8_t *bytes = arena_alloc(state->arena, context.end - context.start + INTAKE_PADDING_BYTES);
    uint32_t count = 0;
    if (!bytes)
        return STATUS_TOO_LARGE;
    *hit_out = (struct span){0, 0};
    for (uint32_t at = context.start; at < context.end;) {
        hit_out->start = at <= plain.start ? count : hit_out->start;
        uint32_t c = utf8_next(text, &at);
        if (!is_gap(c))
            count += utf8_put(c, bytes + count);
        hit_out->end = at <= plain.end ? count : hit_out->end;
    }
    memset(bytes + count, 0, INTAKE_PADDING_BYTES);
    *text_out = (struct slice){bytes, count};
    return STATUS_OK;
}

/* Whether the hit is the term also once the gaps of the whole text are closed. */
static enum status
stands_without_gaps(struct state *state, const struct term_hit *hit, const char **refused_out)
{
    struct slice text;
    struct span word;
    struct tokens tokens;
    enum status status = close_gaps(state, hit->plain, &text, &word);
    for (size_t i = 0; i < hit->term->exception_count && status == STATUS_OK; i++)
        if (terms_covers(text, word, hit->term->exceptions[i]))
            *refused_out = "exception";
    if (status != STATUS_OK || *refused_out || (hit->term->match != MATCH_WORD && hit->term->match != MATCH_READING))
        return status;
    status = tokenizer_run(state->tokenizer, state->arena, text, &tokens);
    if (status == STATUS_OK && !(tokens_boundary_at(&tokens, word.start) && tokens_boundary_at(&tokens, word.end)))
        *refused_out = within_word;
    return status;
}

/* カイガイジジョウ, キッチンコーナー: so few letters stand by chance in the midst of a longer word of katakana. At its
 * beginning and end they seldom do. */
static bool
is_short_part(const struct state *state, const struct term_hit *hit, struct writing writing)
{
    uint32_t first = state_char_at(state, hit->plain.start), last = state_char_before(state, hit->plain.end);
    bool is_within = goes_on_before(state, hit->plain) && joins(last, state_char_at(state, hit->plain.end));
    return letter_is_katakana(first) && is_within && writing.letters <= LONG_ENOUGH && writing.gaps == 0;
}

/* can't read, PDFs created, skill you: letters of Latin words that go on before or behind them. */
static bool
is_cut_from_words(const struct state *state, const struct term_hit *hit, struct writing writing)
{
    uint32_t first = state_char_at(state, hit->plain.start), last = state_char_before(state, hit->plain.end);
    return (writing.gaps || hit->term->match == MATCH_PHRASE) &&
           ((letter_is_latin(first) && letter_is_latin(state_char_before(state, hit->plain.start))) ||
            (letter_is_latin(last) && letter_is_latin(state_char_at(state, hit->plain.end))));
}

static const char *
refusal(const struct state *state, const struct term_hit *hit, struct writing writing)
{
    enum match_mode match = hit->term->match;
    if (is_exception(state, hit))
        return "exception";
    if (letter_is_contracted(state_char_before(state, hit->plain.end), state_char_at(state, hit->plain.end)))
        return within_word; /* ガイジュウ */
    if (!writing.is_exact && (match == MATCH_WORD || match == MATCH_PHRASE))
        return other_writing;
    if (is_short_part(state, hit, writing) || is_cut_from_words(state, hit, writing))
        return within_word;
    return is_spread(writing) ? NULL : two_words;
}

enum {
    SAVED_BY_SHORT = 2001, /* two letters meet by chance: MeCab must be surer */
    TELLING_LETTERS = 6    /* so many, not all of them the same kana, are no other words: このくず may be */
};

/* Without ー. */
static unsigned
katakana_of(const struct term *term)
{
    unsigned count = 0;
    for (uint32_t at = 0; at < term->plain.bytes;) {
        uint32_t c = utf8_next(term->plain, &at);
        count += letter_is_katakana(c) && c != u'ー';
    }
    return count;
}

/* マン○ without its sign is no word. */
static bool
is_masked_row(const struct term *term)
{
    for (uint32_t at = 0; at < term->plain.bytes;) {
        uint32_t c = utf8_next(term->plain, &at);
        if (!letter_is_one(c) && !letter_is_latin(c))
            return true;
    }
    return false;
}

/* ごみみたいな奴 for ゴミみたいな奴, ば👍か: written otherwise than the row, or with gaps where two words may part.
 * Keeps `*refused` unless MeCab reads the text better with the term. */
static enum status
give_another_look(struct state *state, const struct term_hit *hit, struct writing *writing, const char **refused)
{
    struct reading reading;
    bool is_common = writing->gaps == 0 && writing->letters < TELLING_LETTERS && katakana_of(hit->term) < 3;
    bool is_torn = writing->gaps && runs_on(state, hit->plain); /* エピック・ソニー */
    if (is_common || is_torn || is_masked_row(hit->term))
        return STATUS_OK;
    enum status status =
        judge_reading(state, hit->plain, hit->term, writing->letters > 2 ? 1 : SAVED_BY_SHORT, &reading);
    if (status != STATUS_OK)
        return status;
    *refused = reading.refused ? *refused : NULL;
    writing->gaps += writing->gaps == 0 && reading.is_gapped; /* before a voiced mark */
    return STATUS_OK;
}

/* このはげ、 市長は ク ズ: what the row's writing leaves open, what stands around it does not. */
static bool
is_clear_from_context(const struct state *state, const struct term_hit *hit, struct writing writing)
{
    return (writing.gaps == 0 || writing.gaps + 1 == writing.letters) && !runs_on(state, hit->plain) &&
           !is_exception(state, hit) &&
           (judge_frame_fits(state, hit->plain, hit->term->category, true) ||
            (hit->term->needs_aim && judge_aim_is_of_staff(state, hit->plain)));
}

/* Why the hit is not the term as far as its letters and the words around them tell; NULL = it is. */
static enum status
refuse(struct state *state, const struct term_hit *hit, struct writing *writing, const char **refused_out)
{
    enum match_mode match = hit->term->match;
    bool stands = true, is_within = false;
    enum status status = STATUS_OK;
    *refused_out = refusal(state, hit, *writing);
    if (*refused_out == other_writing || *refused_out == two_words)
        status = give_another_look(state, hit, writing, refused_out);
    else if (*refused_out)
        ;
    else if (match == MATCH_WORD || match == MATCH_READING)
        status = stands_alone(state, hit, *writing, &stands);
    else if (match != MATCH_FRAMED && writing->gaps == 0)
        status = begins_within_word(state, hit->plain, &is_within);
    if (!stands || is_within)
        *refused_out = within_word;
    if (status == STATUS_OK && !*refused_out && writing->gaps && terms_are_spaced_throughout(state, hit->plain))
        status = stands_without_gaps(state, hit, refused_out);
    return status;
}

static uint32_t
tricks_of(struct writing writing)
{
    return (writing.gaps || writing.is_apart ? EVIDENCE_SPACED : 0u) |
           (writing.is_exact && !writing.is_altered ? 0u : EVIDENCE_FOLDED) |
           (writing.is_repeated ? EVIDENCE_REPEATED : 0u);
}

static enum status
verify_hit(struct state *state, const struct term_hit *hit)
{
    struct writing writing = compare_writing(state, hit);
    const char *refused;
    enum status status = refuse(state, hit, &writing, &refused);
    if (status != STATUS_OK)
        return status;
    if (refused && !is_clear_from_context(state, hit, writing)) {
        state_trace(state, TRACE_DROP, hit->plain, hit->term->rule, refused, -1);
        return STATUS_OK;
    }
    return judge_hit(state, hit->plain, hit->term, tricks_of(writing));
}

enum status
terms_verify(struct state *state)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < state->term_hit_count && status == STATUS_OK; i++)
        status = verify_hit(state, &state->term_hits[i]);
    return status;
}
