#include "scan/disguise_check.h"

#include "rules/disguises.h"
#include "scan/around.h"
#include "scan/judge_frame.h"
#include "scan/judge_reading.h"
#include "scan/terms.h"
#include "text/intake.h"

const char disguise_is_none[] = "no disguise";

enum {
    CONTEXT_BYTES = 60,   /* on each side, shown to MeCab */
    LONG_ENOUGH = 4,      /* letters: chance makes no such word */
    SAVED_CLEARLY = 1001, /* of MeCab's cost: so much better the text must read with the word */
    KNOWN_WORD_BYTES = 9  /* three letters that MeCab knows are no disguise */
};

/* How the letters of the message differ from the row's writing. */
struct comparison {
    struct letters wanted;
    unsigned masks;     /* signs that stand for a letter … */
    bool masks_an_end;  /* … the first or the last one, */
    bool masks_faintly; /* … as punctuation does too, */
    unsigned pairs;     /* masks right behind another */
    bool masks_neighbours;
    bool masks_the_head;            /* … 市のX: what is left says nothing */
    unsigned looks;                 /* letters that only look like the row's … */
    unsigned twins, kanji;          /* … of these: katakana that are read for each other; kanji */
    unsigned folded;                /* letters that are the row's in the other kana, or small for large */
    unsigned kana, katakana;        /* of the letters that are the row's, folded or not */
    unsigned stretched, extra;      /* letters drawn out where the row's are not; how much all of them are */
    bool stretches_the_end;         /* the last letter is drawn out */
    unsigned strokes;               /* 一 or ― for ー */
    unsigned gaps;                  /* letters with something left out before them … */
    unsigned breaks, wedges, stops; /* … a line break, laughter and the like, a mark that parts sentences */
    unsigned apart;                 /* voiced marks that stand apart */
};

/* What stands around a word: 0 where something else than a letter does. */
struct ends {
    uint32_t before, first, last, after;
};

/* ソ ン シ ツ: each is read for its twin. ヌ ユ ワ for ス コ ク, which are read for nothing else. */
static bool
is_twin(const struct letter *letter)
{
    return utf8_is_among(letter->own, "ソンシツヌユワ");
}

/* False when this letter cannot stand for that of the row. */
static bool
compare_letter(const struct letter *letter, const struct letter *wanted, struct comparison *found)
{
    if (letter->code == LETTER_ANY && wanted->code != LETTER_ANY) {
        found->masks++;
        return letter_script(wanted->own) != SCRIPT_OTHER;
    }
    if (letter->code != wanted->code || (wanted->traits & LETTER_LONG && !(letter->traits & LETTER_LONG)))
        return false;
    found->strokes += letter->traits & LETTER_STROKE && wanted->traits & LETTER_LONG;
    if (letter->traits & LETTER_LONG && !(wanted->traits & LETTER_LONG)) {
        found->stretched++;
        found->extra += letter->extra;
    }
    found->apart += (letter->traits & LETTER_APART) != 0;
    found->stretches_the_end = letter->traits & LETTER_LONG; /* of the last one asked */
    bool is_variant = letter->code == wanted->own && letter_is_kanji(letter->own) && letter_is_kanji(wanted->own);
    if (letter->own == wanted->own || letter_kana(letter->own) == letter_kana(wanted->own) || is_variant) {
        found->folded += letter->own != wanted->own && !letter_looks_same_in_both_kana(letter->own);
        found->katakana += letter_script(letter->own) == SCRIPT_KATAKANA;
        found->kana += letter_script(letter->own) == SCRIPT_KATAKANA || letter_script(letter->own) == SCRIPT_HIRAGANA;
        return true;
    }
    bool twin = is_twin(letter) && letter_script(wanted->own) != SCRIPT_KANJI;
    found->looks++;
    found->twins += twin;
    found->kanji += letter_script(letter->own) == SCRIPT_KANJI;
    return twin || (letter->traits & LETTER_LIKE && letter_script(wanted->own) != SCRIPT_KANJI);
}

/* The script of all letters of the row; SCRIPT_OTHER when they are mixed. */
static enum script
script_of_all(const struct letters *letters)
{
    enum script script = letter_script(letters->items[0].own);
    for (size_t i = 1; i < letters->count; i++)
        if (letter_script(letters->items[i].own) != script)
            return SCRIPT_OTHER;
    return script;
}

/* アホ○○ラ: two neighbours of a longer word. */
static bool
masks_a_pair(const struct disguise *disguise, const struct comparison *found)
{
    enum script script = script_of_all(&found->wanted);
    return found->pairs == 1 && found->masks == 2 && !found->masks_an_end && disguise->count >= DISGUISE_MIN_PAIR &&
           (script == SCRIPT_KATAKANA || script == SCRIPT_KANJI);
}

static bool
compare(const struct disguise *disguise, struct comparison *found)
{
    const struct letter *letters = &disguise->text->items[disguise->first];
    for (size_t i = 0; i < disguise->count; i++) {
        if (!compare_letter(&letters[i], &found->wanted.items[i], found))
            return false;
        bool gap_is_written = found->wanted.items[i].traits & LETTER_GAP;
        found->gaps += i > 0 && letters[i].traits & LETTER_GAP && !gap_is_written;
        found->breaks += i > 0 && letters[i].traits & LETTER_BREAK;
        found->wedges += i > 0 && letters[i].traits & LETTER_WEDGE;
        found->stops += i > 0 && letters[i].traits & LETTER_STOP;
        if (letters[i].code != LETTER_ANY)
            continue;
        found->masks_faintly |= letters[i].traits & LETTER_FAINT;
        found->masks_an_end |= i == 0 || i + 1 == disguise->count;
        found->masks_the_head |= i > 0 && i + 1 == disguise->count && letters[i - 1].own == u'の';
        size_t at = disguise->first + i;
        bool hides_before = at > 0 && disguise->text->items[at - 1].code == LETTER_ANY;
        bool hides_behind = at + 1 < disguise->text->count && disguise->text->items[at + 1].code == LETTER_ANY;
        found->pairs += i > 0 && hides_before;
        found->masks_neighbours |= hides_before || hides_behind;
    }
    found->masks_neighbours &= !masks_a_pair(disguise, found);
    return true;
}

/* ナ ン バ ー カ ー ド: each letter from `from` to `to` stands alone. */
static bool
is_spaced_out(const struct letters *text, size_t from, size_t to)
{
    for (size_t i = from > 0 ? from : 1; i <= to && i < text->count; i++)
        if (!(text->items[i].traits & LETTER_GAP))
            return false;
    return true;
}

static struct ends
ends_of(const struct disguise *disguise)
{
    const struct letters *text = disguise->text;
    size_t begin = disguise->first, end = begin + disguise->count;
    const struct letter *first = &text->items[begin], *last = &text->items[end - 1];
    bool joins_before = begin > 0 && (!(first->traits & LETTER_GAP) || is_spaced_out(text, begin - 1, end - 1));
    bool joins_after = end < text->count && (!(last[1].traits & LETTER_GAP) || is_spaced_out(text, begin + 1, end + 1));
    return (struct ends){.before = joins_before ? first[-1].own : 0,
                         .first = first->own,
                         .last = last->own,
                         .after = joins_after ? last[1].own : 0};
}

/* Of a row in katakana; or of few letters, all of them katakana in the text: キッチンコーナー. */
static bool
katakana_goes_on(const struct state *state, const struct disguise *disguise, const struct ends *ends,
                 const struct comparison *found)
{
    const struct letter *wanted = found->wanted.items;
    size_t count = found->wanted.count;
    bool is_short = count <= LONG_ENOUGH && found->katakana == count;
    return ((is_short || letter_is_katakana(wanted[0].own)) && letter_is_katakana(ends->before) &&
            !terms_have_emphasis_before(state, disguise->text->items[disguise->first].start)) ||
           ((is_short || letter_is_katakana(wanted[count - 1].own)) && letter_is_katakana(ends->after));
}

/* ク*: nothing but one letter is left. A katakana alone within a sentence is no word, and ア○ イ× are answers. */
static bool
is_masked_pair(const struct disguise *disguise, const struct comparison *found, const struct ends *ends)
{
    bool is_heavy = utf8_is_among(ends->last, "*●■⚫◼⬛");
    enum script before = letter_script(ends->before);
    return script_of_all(&found->wanted) == SCRIPT_KATAKANA && letter_is_katakana(ends->first) &&
           disguise->match == MATCH_WORD && found->gaps == 0 && found->folded == 0 &&
           (before == SCRIPT_HIRAGANA || before == SCRIPT_KANJI || (is_heavy && ends->before == 0)) &&
           (ends->after == 0 || letter_script(ends->after) == SCRIPT_HIRAGANA ||
            letter_script(ends->after) == SCRIPT_KANJI);
}

static bool
masks_too_much(const struct disguise *disguise, const struct comparison *found, const struct ends *ends)
{
    enum script script = script_of_all(&found->wanted);
    if (found->masks == 0)
        return false;
    if (found->masks_the_head)
        return true;
    bool is_faint = found->masks_faintly && (disguise->count < LONG_ENOUGH || found->masks_an_end);
    if (found->masks_neighbours || is_faint || found->gaps)
        return true;
    if (disguise->count == 2)
        return !is_masked_pair(disguise, found, ends);
    if (2 * found->masks > disguise->count)
        return true;
    if (script == SCRIPT_OTHER)
        return found->masks_an_end || disguise->count < LONG_ENOUGH;
    if (script == SCRIPT_HIRAGANA && disguise->match == MATCH_PHRASE)
        return true;
    bool is_heedless = ends->first == 'x' || ends->first == 'o' || ends->last == 'x' || ends->last == 'o';
    return found->masks_an_end && ((is_heedless && disguise->count < LONG_ENOUGH) ||
                                   (script != SCRIPT_KATAKANA && disguise->count < LONG_ENOUGH));
}

/* 入口 and 協力 end in 口 and 力, not in ロ and カ; すれば力に is no ばか. */
static bool
looks_by_chance(const struct disguise *disguise, const struct comparison *found, const struct ends *ends)
{
    if (found->looks == 0)
        return false;
    bool has_kana = found->kana > 0 && (found->kanji == 0 || found->katakana > 0);
    bool has_kanji = found->looks >= 2 && disguise->count >= found->looks + 2; /* 工口動画 */
    if ((!has_kana && !has_kanji) || (found->looks == found->twins && (disguise->count < 3 || found->stretched)))
        return true;
    bool begins = letter_script(ends->first) == SCRIPT_KANJI && letter_script(ends->before) == SCRIPT_KANJI;
    bool goes_on = letter_script(ends->last) == SCRIPT_KANJI && letter_script(ends->after) == SCRIPT_KANJI;
    return (disguise->count < LONG_ENOUGH || !has_kana) && (begins || goes_on);
}

/* ブース, あーほんと. */
static bool
stretches_by_chance(const struct disguise *disguise, const struct comparison *found, const struct ends *ends)
{
    if (found->stretched == 0 || disguise->count > 2)
        return false;
    if (found->folded && (found->extra < 2 || (found->stretched == 1 && found->stretches_the_end)))
        return true;
    return found->extra < 2 && (letter_is_katakana(ends->first) || letter_is_hiragana(ends->after));
}

/* やリーマン: other kana than the row's, and of both kinds. */
static bool
mixes_kana(const struct disguise *disguise, const struct comparison *found)
{
    return found->folded > 0 && found->looks == 0 && found->katakana > 0 && found->katakana < found->kana &&
           disguise->match != MATCH_ANYWHERE;
}

/* Stops part sentences. One letter a line; two letters with a break are a word only where nothing of their kind goes
 * on. */
static bool
breaks_by_chance(const struct disguise *disguise, const struct comparison *found, const struct ends *ends)
{
    if (found->gaps == 0)
        return false;
    if (found->stops || (found->wedges && disguise->count == 2))
        return true;
    if (disguise->count == 2 && found->breaks)
        return letter_script(ends->first) == letter_script(ends->before) ||
               letter_script(ends->last) == letter_script(ends->after) ||
               (letter_is_hiragana(ends->first) && letter_is_hiragana(ends->last));
    bool is_spread = found->gaps + 1 == disguise->count;
    return !is_spread &&
           (disguise->count < LONG_ENOUGH || found->breaks || script_of_all(&found->wanted) == SCRIPT_HIRAGANA);
}

/* Whether one of the row's exceptions stands here, as far as its letters can be seen. */
static bool
covers(const struct disguise *disguise, const struct letters *exception, size_t before)
{
    const struct letters *text = disguise->text;
    if (before > disguise->first || disguise->first - before + exception->count > text->count)
        return false;
    const struct letter *letters = &text->items[disguise->first - before];
    for (size_t i = 0; i < exception->count; i++) {
        const struct letter *wanted = &exception->items[i];
        bool is_drawn_out = letters[i].traits & LETTER_LONG, must_be = wanted->traits & LETTER_LONG; /* エロゲー */
        if ((letters[i].code != wanted->code && letters[i].code != LETTER_ANY) || (must_be && !is_drawn_out))
            return false;
    }
    return true;
}

static enum status
find_exception(struct state *state, const struct disguise *disguise, bool *found_out)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < disguise->term->exception_count && status == STATUS_OK && !*found_out; i++) {
        struct letters exception;
        status = letters_make(state->common->views, state->arena, disguise->term->exceptions[i], &exception);
        if (status != STATUS_OK || exception.count < disguise->count)
            continue;
        for (size_t before = 0; before + disguise->count <= exception.count; before++)
            *found_out |= covers(disguise, &exception, before);
    }
    return status;
}

/* The text, without spaces and line breaks when the word has them: then the text around it may have them too. */
static uint32_t
copy_closed(uint8_t *bytes, struct slice text, bool is_gapped)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.bytes; i++)
        if (!is_gapped || (text.data[i] != ' ' && text.data[i] != '\n'))
            bytes[count++] = text.data[i];
    return count;
}

/* The message around the word, with the word undisguised in the message's kind of kana. */
static enum status
rewrite(struct state *state, const struct disguise *disguise, const struct comparison *found, struct slice *text_out,
        struct span *word_out)
{
    struct slice plain = state->plain.text;
    const struct letter *first = &disguise->text->items[disguise->first];
    struct span place = disguise_place(disguise), context = around_context(state, place, CONTEXT_BYTES);
    uint8_t *bytes = arena_alloc(state->arena, 2 * CONTEXT_BYTES + 4 * disguise->count + INTAKE_PADDING_BYTES);
    if (!bytes)
        return STATUS_TOO_LARGE;
    uint32_t at = copy_closed(bytes, slice_sub(plain, (struct span){context.start, place.start}), found->gaps > 0);
    word_out->start = at;
    for (size_t i = 0; i < disguise->count; i++) {
        bool is_own = letter_kana(first[i].own) == letter_kana(found->wanted.items[i].own);
        at += utf8_put(is_own ? first[i].own : found->wanted.items[i].own, bytes + at);
    }
    word_out->end = at;
    at += copy_closed(bytes + at, slice_sub(plain, (struct span){place.end, context.end}), found->gaps > 0);
    memset(bytes + at, 0, INTAKE_PADDING_BYTES);
    *text_out = (struct slice){bytes, at};
    return STATUS_OK;
}

static enum status
check_boundaries(struct state *state, const struct disguise *disguise, const struct comparison *found,
                 const char **refused_out)
{
    struct slice text;
    struct span word;
    struct tokens tokens;
    enum status status = rewrite(state, disguise, found, &text, &word);
    if (status == STATUS_OK)
        status = tokenizer_run(state->tokenizer, state->arena, text, &tokens);
    if (status == STATUS_OK && !(tokens_boundary_at(&tokens, word.start) && tokens_boundary_at(&tokens, word.end)))
        *refused_out = "inside another word";
    return status;
}

static uint16_t
evidence_of(const struct comparison *found)
{
    return (uint16_t)((found->masks ? EVIDENCE_MASKED : 0) | (found->looks + found->strokes ? EVIDENCE_LOOKALIKE : 0) |
                      (found->stretched ? EVIDENCE_REPEATED : 0) | (found->gaps || found->apart ? EVIDENCE_SPACED : 0) |
                      (found->folded ? EVIDENCE_FOLDED : 0));
}

static const char *
chance(const struct state *state, const struct disguise *disguise, const struct comparison *found)
{
    struct ends ends = ends_of(disguise);
    if (katakana_goes_on(state, disguise, &ends, found))
        return "inside another word";
    if (mixes_kana(disguise, found))
        return "two words";
    if (masks_too_much(disguise, found, &ends))
        return "too much is masked";
    if (looks_by_chance(disguise, found, &ends))
        return "looks like it by chance";
    if (stretches_by_chance(disguise, found, &ends))
        return "drawn out by chance";
    return breaks_by_chance(disguise, found, &ends) ? "two words" : NULL;
}

/* この×ね、 担当者はバ○: what is left of the word, and what stands around it, tell together. */
static bool
is_clear_from_context(const struct state *state, const struct disguise *disguise, const struct comparison *found)
{
    struct ends ends = ends_of(disguise);
    bool is_spread = found->gaps == 0 || found->gaps + 1 == disguise->count;
    bool is_own = found->twins < disguise->count; /* ワン is no クソ */
    return is_spread && is_own && 2 * found->masks <= disguise->count && !found->masks_neighbours &&
           !found->masks_the_head && !(found->masks && found->gaps) &&
           !katakana_goes_on(state, disguise, &ends, found) &&
           judge_frame_fits(state, disguise_place(disguise), disguise->term->category, true);
}

/* タイマー is no タイマ, えっ？ no えっち, and ソ for ン alone proves nothing; ラソユウ does. */
static bool
may_be_restored(const struct state *state, const struct disguise *disguise, const struct comparison *found)
{
    struct ends ends = ends_of(disguise);
    if (found->masks_the_head || (found->masks_faintly && (found->masks_an_end || found->stretched)))
        return false;
    bool is_hidden = found->masks || found->apart || found->wedges || found->looks > found->twins ||
                     (found->twins > 1 && disguise->count >= LONG_ENOUGH);
    return 3 * found->masks <= disguise->count && !found->masks_neighbours &&
           !katakana_goes_on(state, disguise, &ends, found) &&
           (is_hidden ? disguise->count >= 3 : disguise->count >= LONG_ENOUGH && found->looks == 0);
}

/* ごき×り以下: a longer word with little of it hidden, where MeCab reads the text much better with the word. */
static enum status
give_another_look(struct state *state, const struct disguise *disguise, const char **refused_out)
{
    struct reading reading;
    enum status status = judge_reading(state, disguise_place(disguise), disguise->term, SAVED_CLEARLY, &reading);
    if (status == STATUS_OK && !reading.refused)
        *refused_out = NULL;
    return status;
}

/* オタワ, サワラ: what only a twin makes of a word that MeCab knows as it stands. */
static enum status
find_known_word(struct state *state, const struct disguise *disguise, const struct comparison *found, bool *known_out)
{
    struct slice text = slice_sub(state->plain.text, disguise_place(disguise));
    struct tokens tokens;
    if (found->twins == 0 || found->looks > found->twins || found->masks || found->gaps)
        return STATUS_OK;
    enum status status = tokenizer_run(state->tokenizer, state->arena, text, &tokens);
    for (size_t i = 0; status == STATUS_OK && i < tokens.count; i++) {
        struct span token = tokens.items[i].span;
        bool is_long = token.end - token.start >= KNOWN_WORD_BYTES || tokens.count == 1;
        *known_out |= is_long && token_reading(tokens.items[i].feature);
    }
    return status;
}

/* Whether the word must begin and end where MeCab sees words do so. A word of katakana among others needs no
 * dictionary for that. */
static bool
must_stand_alone(const struct disguise *disguise, const struct comparison *found)
{
    bool is_apart = (found->masks && disguise->count == 2) || found->katakana == disguise->count;
    return !is_apart && (disguise->match == MATCH_WORD || disguise->match == MATCH_READING ||
                         (disguise->match == MATCH_PHRASE && found->folded));
}

/* Why letters that may be the word are not; NULL = they are. *is_other_out: another word stands there, and what stands
 * around does not tell otherwise. */
static enum status
refuse(struct state *state, const struct disguise *disguise, const struct comparison *found, bool *is_other_out,
       const char **refused_out)
{
    *is_other_out = false;
    *refused_out = chance(state, disguise, found);
    enum status status = *refused_out ? STATUS_OK : find_exception(state, disguise, is_other_out);
    if (*is_other_out)
        *refused_out = "exception";
    else if (status == STATUS_OK)
        status = find_known_word(state, disguise, found, is_other_out);
    if (*is_other_out && !*refused_out)
        *refused_out = "a word of its own";
    if (status == STATUS_OK && !*refused_out && must_stand_alone(disguise, found))
        status = check_boundaries(state, disguise, found, refused_out);
    return status;
}

/* Whether anything but a gap or the kind of kana is other than in the row. */
static bool
has_trick(const struct comparison *found)
{
    return found->masks || found->looks || found->strokes || found->stretched || found->breaks || found->wedges ||
           found->apart;
}

enum status
disguise_check(struct state *state, struct disguise *disguise, const char **refused_out)
{
    struct comparison found = {0};
    bool is_other;
    enum status status = letters_make(state->common->views, state->arena, disguise->wanted, &found.wanted);
    if (status != STATUS_OK)
        return status;
    *refused_out = disguise_is_none;
    if (found.wanted.count != disguise->count || !compare(disguise, &found) || !has_trick(&found))
        return STATUS_OK;
    disguise->evidence = evidence_of(&found);
    status = refuse(state, disguise, &found, &is_other, refused_out);
    if (status != STATUS_OK || is_other)
        return status;
    if (!*refused_out && disguise->match == MATCH_FRAMED)
        *refused_out = "no frame";
    if (*refused_out && is_clear_from_context(state, disguise, &found))
        *refused_out = NULL;
    if (*refused_out && may_be_restored(state, disguise, &found))
        status = give_another_look(state, disguise, refused_out);
    return status;
}
