#include "scan/judge_reading.h"

#include "scan/around.h"
#include "scan/terms.h"
#include "text/intake.h"
#include "text/letters.h"

/* Twelve characters, as long as exceptions are: words farther off cost both readings the same. */
enum { CONTEXT_BYTES = 36 };

/* A passage of the message with the suspected word in it, in one of its forms. */
struct passage {
    uint8_t *bytes;
    uint32_t count;
    struct span word;
};

enum gaps { GAPS_CLOSED, GAPS_SPACED };
enum { HIRAGANA_TO_KATAKANA = 0x60 };

static bool
has_gaps(struct slice word)
{
    for (uint32_t at = 0; at < word.bytes;)
        if (!letter_is_one(utf8_next(word, &at)))
            return true;
    return false;
}

static bool
has_latin(struct slice word)
{
    for (size_t i = 0; i < word.bytes; i++)
        if ((word.data[i] >= 'a' && word.data[i] <= 'z') || (word.data[i] >= '0' && word.data[i] <= '9'))
            return true;
    return false;
}

/* The word as it stands with spaces for what is wedged between its letters: w, (笑), a keycap's digit. */
static struct slice
without_wedges(struct arena *arena, struct slice word)
{
    uint8_t *bytes = arena_alloc(arena, word.bytes);
    bool is_enclosed = false;
    for (size_t i = 0; bytes && i < word.bytes; i++) {
        is_enclosed = word.data[i] == '(' || (is_enclosed && word.data[i] != ')');
        bool is_wedge = is_enclosed || word.data[i] < 0x80;
        bytes[i] = is_wedge ? ' ' : word.data[i];
    }
    return (struct slice){bytes, bytes ? word.bytes : 0};
}

/* ぉまぇらむのぅ as おまえらむのう: MeCab takes a row of hiragana with small vowels for one word that it does not know,
 * which says nothing. */
static uint32_t
without_small_vowel(uint32_t c)
{
    return c >= 0x3041 && c <= 0x3049 && c % 2 == 1 ? c + 1 : c;
}

/* What stands around the word; a spaced word may stand in a text spaced throughout, which then says nothing. */
static void
put_context(struct passage *passage, struct slice text, bool is_gapped)
{
    for (uint32_t at = 0; at < text.bytes;) {
        uint32_t c = without_small_vowel(utf8_next(text, &at));
        if (!is_gapped || (c != ' ' && c != '\n'))
            passage->count += utf8_put(c, passage->bytes + passage->count);
    }
}

/* Katakana alone: MeCab takes any row of it for a name, which says nothing. */
static bool
is_katakana(struct slice word)
{
    for (uint32_t at = 0; at < word.bytes;) {
        uint32_t c = utf8_next(word, &at);
        if (letter_is_one(c) && !letter_is_katakana(c))
            return false;
    }
    return true;
}

static void
put_letters(struct passage *passage, struct slice word, enum gaps gaps, bool in_hiragana)
{
    bool is_open = false;
    for (uint32_t at = 0; at < word.bytes;) {
        uint32_t c = utf8_next(word, &at);
        c -= in_hiragana && letter_is_katakana(c) && c != 0x30FC ? HIRAGANA_TO_KATAKANA : 0;
        c = without_small_vowel(c);
        if (letter_is_one(c)) {
            passage->count += utf8_put(c, passage->bytes + passage->count);
            is_open = true;
        } else if (gaps == GAPS_SPACED && is_open) {
            passage->bytes[passage->count++] = ' ';
            is_open = false;
        }
    }
}

/* The message around `plain`, with `word` there, its gaps as `gaps` says. */
static enum status
write_passage(const struct state *state, struct span plain, struct slice word, enum gaps gaps, bool in_hiragana,
              struct passage *passage_out)
{
    struct slice text = state->plain.text;
    bool is_gapped = has_gaps(slice_sub(text, plain));
    struct span context = around_context(state, plain, CONTEXT_BYTES);
    *passage_out = (struct passage){
        .bytes = arena_alloc(state->arena, context.end - context.start + word.bytes + INTAKE_PADDING_BYTES)};
    if (!passage_out->bytes)
        return STATUS_TOO_LARGE;
    put_context(passage_out, slice_sub(text, (struct span){context.start, plain.start}), is_gapped);
    passage_out->word.start = passage_out->count;
    put_letters(passage_out, word, gaps, in_hiragana);
    passage_out->word.end = passage_out->count;
    put_context(passage_out, slice_sub(text, (struct span){plain.end, context.end}), is_gapped);
    memset(passage_out->bytes + passage_out->count, 0, INTAKE_PADDING_BYTES);
    return STATUS_OK;
}

static enum status
read_passage(struct state *state, const struct passage *passage, struct tokens *tokens_out)
{
    return tokenizer_run(state->tokenizer, state->arena, (struct slice){passage->bytes, passage->count}, tokens_out);
}

/* What the passage costs as it is written. Terms of one sound ask for the same one after another (気狂い, 気違い). */
static enum status
cost_as_written(struct state *state, const struct passage *passage, int64_t *cost_out)
{
    struct slice text = {passage->bytes, passage->count};
    struct tokens tokens = {.cost = state->read_cost};
    enum status status = STATUS_OK;
    if (!slice_equal(text, state->read))
        status = read_passage(state, passage, &tokens);
    if (status != STATUS_OK)
        return status;
    state->read = text;
    *cost_out = state->read_cost = tokens.cost;
    return STATUS_OK;
}

static bool
has_exception(const struct passage *passage, const struct term *term)
{
    for (size_t i = 0; i < term->exception_count; i++)
        if (terms_covers((struct slice){passage->bytes, passage->count}, passage->word, term->exceptions[i]))
            return true;
    return false;
}

static bool
stands_as_word(const struct tokens *tokens, struct span word, enum match_mode match)
{
    return tokens_boundary_at(tokens, word.start) &&
           (match == MATCH_PHRASE || match == MATCH_ANYWHERE || tokens_boundary_at(tokens, word.end));
}

/* What MeCab says to the term in the place of what is written; the cheaper look comes first. */
static enum status
refuse(struct state *state, const struct passage *as_written, const struct passage *with_term, const struct term *term,
       int64_t least, const char **refused_out)
{
    struct tokens meant;
    int64_t written = 0;
    enum status status = read_passage(state, with_term, &meant);
    if (status != STATUS_OK)
        return status;
    if (!stands_as_word(&meant, with_term->word, term->match)) {
        *refused_out = "inside another word";
        return STATUS_OK;
    }
    status = cost_as_written(state, as_written, &written);
    if (status == STATUS_OK)
        *refused_out = written - meant.cost < least ? "by chance" : NULL;
    return status;
}

enum status
judge_reading(struct state *state, struct span plain, const struct term *term, int64_t least,
              struct reading *reading_out)
{
    struct passage as_written, with_term;
    struct slice word = slice_sub(state->plain.text, plain);
    if (!has_latin(term->plain))
        word = without_wedges(state->arena, word);
    bool is_gapped = has_gaps(word);
    enum gaps gaps = is_gapped && !terms_are_spaced_throughout(state, plain) ? GAPS_SPACED : GAPS_CLOSED;
    enum status status = word.bytes ? STATUS_OK : STATUS_TOO_LARGE;
    if (status == STATUS_OK)
        status = write_passage(state, plain, word, gaps, is_katakana(word), &as_written);
    if (status == STATUS_OK)
        status = write_passage(state, plain, term->plain, GAPS_CLOSED, false, &with_term);
    if (status != STATUS_OK)
        return status;
    bool is_exception = has_exception(&with_term, term);
    struct reading reading = {is_exception ? "exception" : NULL, is_exception, is_gapped};
    if (!is_exception)
        status = refuse(state, &as_written, &with_term, term, least, &reading.refused);
    if (status == STATUS_OK)
        *reading_out = reading;
    return status;
}
