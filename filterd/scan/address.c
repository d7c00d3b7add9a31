#include "scan/address.h"

#include "scan/around.h"
#include "text/intake.h"

enum { TOWN_MAX_CHARACTERS = 12, MUNICIPALITY_MAX_CHARACTERS = 10, KEY_BYTES = 64 };
enum { FREE_TOWN_MAX_CHARACTERS = 6, AZA_MAX_CHARACTERS = 14, STREETS_MAX_CHARACTERS = 26 };

/* Back over the spaces before `at`: addresses are written with spaces between their parts. */
static uint32_t
skip_spaces_back(const struct state *state, uint32_t at)
{
    while (at > 0 && state->plain.text.data[at - 1] == ' ')
        at--;
    return at;
}

/* The same, and over the end of one line: forms and letters break an address between its parts. */
static uint32_t
skip_break_back(const struct state *state, uint32_t at)
{
    uint32_t before = skip_spaces_back(state, at);
    return before > 0 && state->plain.text.data[before - 1] == '\n' ? skip_spaces_back(state, before - 1) : before;
}

static uint32_t
step_back(const struct state *state, uint32_t at, uint32_t *character)
{
    *character = utf8_previous(state->plain.text, &at);
    return at;
}

static bool
is_place_character(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= u'ぁ' && c <= u'ゖ') || (c >= u'ァ' && c <= u'ヺ') || c == u'ー' ||
           c == u'々' || (c >= 0x20000 && c <= 0x3FFFF);
}

/* The spelling under which towns.tsv keeps a name: ヶ as ケ, ノ and 之 as の, small and katakana ツ as つ. */
static uint32_t
town_spelling(uint32_t c)
{
    switch (c) {
    case u'ヶ':
        return u'ケ';
    case u'ノ':
    case u'之':
        return u'の';
    case u'ツ':
    case u'ッ':
    case u'っ':
        return u'つ';
    default:
        return c;
    }
}

static bool
is_town(const struct state *state, struct span span)
{
    uint8_t key[KEY_BYTES];
    uint32_t bytes = 0;
    for (uint32_t at = span.start; at < span.end;) {
        uint32_t c = town_spelling(utf8_next(state->plain.text, &at));
        if (bytes + 4 > KEY_BYTES)
            return false;
        bytes += utf8_put(c, key + bytes);
    }
    return table_get(state->common->facts.towns, (struct slice){key, bytes}) != TABLE_NONE;
}

/* Start of the longest known town that ends at `end`; `end` when there is none. 大字 and 字 before it belong to it. */
static uint32_t
town_start(const struct state *state, uint32_t end, unsigned *characters_out)
{
    uint32_t found = end, at = end, c;
    *characters_out = 0;
    for (unsigned count = 1; count <= TOWN_MAX_CHARACTERS && at > 0; count++) {
        at = step_back(state, at, &c);
        if (!is_place_character(c))
            break;
        if (is_town(state, (struct span){at, end})) {
            found = at;
            *characters_out = count;
        }
    }
    if (found > 0 && found < end && state_char_before(state, found) == u'字') {
        found = step_back(state, found, &c);
        if (found > 0 && state_char_before(state, found) == u'大')
            found = step_back(state, found, &c);
    }
    return found;
}

/* Start of the longest municipality or prefecture that ends at `end`; `end` when there is none. */
static uint32_t
municipality_start(const struct state *state, uint32_t end)
{
    uint32_t found = end, at = end, c;
    for (unsigned count = 1; count <= MUNICIPALITY_MAX_CHARACTERS && at > 0; count++) {
        at = step_back(state, at, &c);
        if (!is_place_character(c))
            break;
        if (table_get(state->common->facts.municipalities, slice_sub(state->plain.text, (struct span){at, end})) !=
            TABLE_NONE)
            found = at;
    }
    return state_char_before(state, found) == u'字' ? end : found; /* 大字市川町 is a part of a city */
}

/* 比企郡, 八丈島: one to four kanji before 郡 or, behind a prefecture, 島. */
static uint32_t
county_start(const struct state *state, uint32_t end)
{
    uint32_t c = 0, at = end > 0 ? step_back(state, end, &c) : end;
    bool island = c == u'島';
    if (at == end || (c != u'郡' && !island))
        return end;
    uint32_t start = at;
    for (unsigned count = 0; count < 4 && start > 0 && municipality_start(state, start) == start; count++) {
        uint32_t before = step_back(state, start, &c);
        if (c < 0x3400 || c > 0x9FFF)
            break;
        start = before;
    }
    return start < at && (!island || municipality_start(state, start) != start) ? start : end;
}

/* Back over ward, city, county and prefecture, spaces or the end of a line between them. */
static uint32_t
municipalities_start(const struct state *state, uint32_t end)
{
    uint32_t start = end;
    for (unsigned part = 0; part < 4; part++) {
        uint32_t before = skip_break_back(state, start);
        uint32_t found = municipality_start(state, before);
        if (found == before)
            found = county_start(state, before);
        if (found == before)
            break;
        start = found;
    }
    return start;
}

/* Whether a municipality, or a town behind one, ends at `end`: its start in *start_out. */
static bool
place_ends(const struct state *state, uint32_t end, uint32_t *start_out)
{
    unsigned characters;
    *start_out = end;
    if (municipality_start(state, end) != end)
        return true;
    uint32_t town = town_start(state, end, &characters);
    *start_out = town;
    return town != end && municipalities_start(state, town) != town;
}

/* The run of place characters before a number, as far as it was walked back. */
struct run {
    unsigned characters;
    bool has_aza;    /* 字: a named part of a village, in no table */
    bool has_street; /* 上る 下る 入る 東入 西入: Kyoto says how to walk there */
    bool has_kana;
};

static bool
is_hiragana(uint32_t c)
{
    return c >= u'ぁ' && c <= u'ゖ';
}

/* 上 下 入 before る or ル, and 東入 西入 without it. */
static bool
leads_the_way(const struct state *state, uint32_t start, uint32_t c)
{
    uint32_t next = start + 3, after = state_char_at(state, next);
    bool turns = after == u'る' || after == u'ル';
    return ((c == u'上' || c == u'下' || c == u'入') && turns) || ((c == u'東' || c == u'西') && after == u'入');
}

static void
run_take(struct run *run, const struct state *state, uint32_t start, uint32_t c)
{
    run->characters++;
    run->has_aza |= c == u'字';
    run->has_street |= leads_the_way(state, start, c);
    run->has_kana |= is_hiragana(c);
}

/* Hiragana would be a particle (那覇市内で一番), but a part of a village may be written with it. */
static bool
run_is_place(const struct run *run)
{
    return run->has_street || (run->has_aza && run->characters <= AZA_MAX_CHARACTERS) ||
           (!run->has_kana && run->characters <= FREE_TOWN_MAX_CHARACTERS);
}

/* What no table knows: a short run of kanji and kana right behind a municipality or a known town of one, a longer one
 * with 字 in it or with Kyoto's way to it. Where it begins, `end` when there is none; `run_out` says what it held. */
static uint32_t
unknown_town_start(const struct state *state, uint32_t end, struct run *run_out)
{
    uint32_t at = end, c, start;
    *run_out = (struct run){0};
    for (unsigned count = 0; count <= STREETS_MAX_CHARACTERS && at > 0; count++) {
        uint32_t before = skip_spaces_back(state, at);
        if (run_is_place(run_out) && place_ends(state, before, &start))
            return start;
        if (before == 0)
            break;
        at = step_back(state, before, &c);
        if (!is_place_character(c) || (is_hiragana(c) && before == end))
            break;
        run_take(run_out, state, at, c);
    }
    return end;
}

static unsigned
count_numbers(struct slice value)
{
    unsigned count = 0;
    for (size_t i = 0; i < value.bytes; i++)
        count += value.data[i] >= '0' && value.data[i] <= '9' &&
                 (i == 0 || value.data[i - 1] < '0' || value.data[i - 1] > '9');
    return count;
}

static bool
holds(struct slice value, const char *text)
{
    return value.data && memmem(value.data, value.bytes, text, strlen(text));
}

/* What follows a number that counts something: hours, places, people, results; not 2-33-14時代 or 5-10-1名義. */
static bool
counts_something(const struct state *state, uint32_t end)
{
    while (state_char_at(state, end) == ' ')
        end++;
    return around_at(state, end, PHRASES_ADDRESS_UNIT) > around_at(state, end, PHRASES_ADDRESS_NO_UNIT);
}

/* A town alone can be a common word: the shorter it is, the more the numbers must look like a block. */
static bool
town_suffices(unsigned characters, struct slice number)
{
    bool named = holds(number, "丁目") || holds(number, "番") || holds(number, "号");
    unsigned numbers = count_numbers(number);
    return characters >= 3 || (characters == 2 && (numbers >= 3 || (named && numbers >= 2) || holds(number, "丁目"))) ||
           (characters == 1 && named && numbers >= 3);
}

static bool
is_kanji_numeral(uint32_t c)
{
    return utf8_is_among(c, "〇一二三四五六七八九十百");
}

/* A literal such as 六番 may have met the middle of 三十六番. */
static uint32_t
numeral_start(const struct state *state, uint32_t start)
{
    uint32_t c;
    if (!is_kanji_numeral(state_char_at(state, start)))
        return start;
    while (start > 0 && is_kanji_numeral(state_char_before(state, start)))
        start = step_back(state, start, &c);
    return start;
}

/* イの9450番地: the letter before の is a part of the town that no table knows. */
static uint32_t
skip_part_of_town(const struct state *state, uint32_t end)
{
    uint32_t c;
    if (end < 6 || state_char_before(state, end) != u'の')
        return end;
    uint32_t before = step_back(state, end, &c);
    return utf8_is_among(state_char_before(state, before), "イロハニホヘト甲乙丙丁") ? before : end;
}

/* 第5地割, and 番地イ: what belongs to the number on either side. */
static struct span
whole_number(const struct state *state, struct span value)
{
    static const char parts[] = "イロハニホヘト";
    uint32_t c, next = value.end;
    if (value.start > 0 && state_char_before(state, value.start) == u'第')
        value.start = step_back(state, value.start, &c);
    if (next < state->plain.text.bytes) {
        c = utf8_next(state->plain.text, &next);
        struct slice letter = slice_sub(state->plain.text, (struct span){value.end, next});
        uint32_t behind = state_char_at(state, next);
        bool alone = !is_place_character(behind) || is_hiragana(behind);
        if (letter.bytes == 3 && alone && memmem(parts, sizeof parts - 1, letter.data, letter.bytes))
            value.end = next;
    }
    return value;
}

static bool
is_digit_at(const struct state *state, uint32_t at)
{
    uint32_t c = state_char_at(state, at);
    return c >= '0' && c <= '9';
}

/* 5-10-1 エアコン 2台: where the number of the block ends, when what seemed to be a house behind it counts something.
 */
static uint32_t
block_end(const struct state *state, struct span value)
{
    uint32_t at = value.start;
    while (at < value.end) {
        uint32_t next = at, c = utf8_next(state->plain.text, &next);
        if (!(c >= '0' && c <= '9') && !utf8_is_among(c, "-丁目番地号のノ条通線割左右北南東西甲乙"))
            break;
        at = next;
    }
    return at;
}

static uint32_t
room_word_bytes(const struct state *state, uint32_t at)
{
    const char *const words[] = {"号室", "号"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (around_text_at(state, at, words[i]))
            return (uint32_t)strlen(words[i]);
    return 0;
}

/* B-203, 203号室 and, behind a space, 203: where the room behind an address ends; `end` when none stands there. */
static uint32_t
room_end(const struct state *state, uint32_t end)
{
    bool is_apart = state_char_at(state, end) == ' ';
    uint32_t at = end + is_apart, c = state_char_at(state, at);
    bool has_letter = c >= 'a' && c <= 'z';
    unsigned digits = 0;
    at += has_letter;
    at += has_letter && state_char_at(state, at) == '-';
    for (; is_digit_at(state, at); at++)
        digits++;
    uint32_t word = room_word_bytes(state, at);
    c = state_char_at(state, at + word);
    bool goes_on = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || utf8_is_among(c, "-./:,番");
    if (digits == 0 || digits > 4 || goes_on || counts_something(state, at + word))
        return end;
    bool is_room =
        is_apart && digits + has_letter >= 3 && (!is_hiragana(c) || utf8_is_among(c, "でにの")); /* 119が … */
    return word > 0 || is_room ? at + word : end;
}

/* 若葉荘, コーポ若葉 behind an address: where the name of the house ends; `end` when none stands there. */
static uint32_t
house_end(const struct state *state, uint32_t end)
{
    enum { MAX_CHARACTERS = 12 };
    if (!utf8_is_among(state_char_at(state, end), " 、"))
        return end;
    uint32_t start = end, at;
    (void)utf8_next(state->plain.text, &start);
    at = start;
    for (unsigned i = 0; i < MAX_CHARACTERS && at < state->plain.text.bytes; i++) {
        uint32_t next = at, c = utf8_next(state->plain.text, &next);
        if (!is_place_character(c) || is_hiragana(c))
            break;
        at = next;
    }
    bool is_house = around_before(state, at, PHRASES_ADDRESS_HOUSE) || around_at(state, start, PHRASES_ADDRESS_HOUSE);
    return at > start && is_house ? at : end;
}

bool
address_extend(const struct state *state, struct span *value)
{
    struct span block = *value;
    if (counts_something(state, block.end))
        block.end = block_end(state, block);
    struct slice number = slice_sub(state->plain.text, block);
    if (block.end == block.start || counts_something(state, block.end) ||
        around_before(state, value->start, PHRASES_ADDRESS_ROAD))
        return false;
    struct span whole = whole_number(state, block);
    uint32_t first = numeral_start(state, whole.start), before = skip_break_back(state, first);
    bool is_broken = before != skip_spaces_back(state, first);
    uint32_t end = skip_part_of_town(state, before);
    unsigned characters;
    struct run run;
    uint32_t town = town_start(state, end, &characters);
    uint32_t start = municipalities_start(state, town);
    if (is_broken && (town == end || start == town)) /* over the end of a line only what tables know */
        return false;
    if (start == town) { /* no municipality: behind what no table knows, or the town must look like one */
        uint32_t behind = unknown_town_start(state, end, &run);
        if (municipalities_start(state, end) != end) /* 旭川市6条通: 市 alone is some town's name */
            start = municipalities_start(state, end);
        else if (behind != end)
            start = municipalities_start(state, behind);
        else if (town == end || !town_suffices(characters, number))
            return false;
    }
    value->start = start;
    value->end = room_end(state, house_end(state, whole.end));
    return true;
}

/* 島根県隠岐郡 …: whoever writes the prefecture writes an address. */
static bool
begins_with_prefecture(const struct state *state, uint32_t start, uint32_t end)
{
    uint32_t at = start, c;
    for (unsigned count = 0; count < 4 && at < end; count++) {
        c = utf8_next(state->plain.text, &at);
        if (count >= 2 && at < end && utf8_is_among(c, "都道府県"))
            return true;
    }
    return false;
}

static bool
may_end_municipality(const struct state *state, uint32_t c)
{
    const uint64_t *ends = state->common->facts.municipality_ends;
    return c == u'郡' || c == u'島' || ends[c % 4096 / 64] >> c % 64 & 1;
}

/* A cheap no before the tables are asked: in the words before `end`, nothing ends as a municipality or county does. */
static bool
may_follow_municipality(const struct state *state, uint32_t end)
{
    for (uint32_t at = end, c; at > 0;) {
        at = step_back(state, at, &c);
        if (may_end_municipality(state, c))
            return true;
        if (!is_place_character(c) && c != ' ' && c != '\n')
            return false;
    }
    return false;
}

bool
address_may_be_single(const struct state *state)
{
    struct slice text = state->plain.text;
    for (uint32_t at = 0; at < text.bytes; at++)
        if (text.data[at] >= '0' && text.data[at] <= '9' && may_follow_municipality(state, skip_spaces_back(state, at)))
            return true;
    return false;
}

bool
address_extend_single(const struct state *state, struct span *value)
{
    unsigned characters;
    struct run run;
    uint32_t end = skip_spaces_back(state, value->start);
    if (!may_follow_municipality(state, end) || counts_something(state, value->end))
        return false;
    uint32_t town = town_start(state, end, &characters);
    uint32_t start = municipalities_start(state, town);
    if (town == end || start == town) {
        uint32_t behind = unknown_town_start(state, end, &run);
        if (behind == end)
            return false;
        start = municipalities_start(state, behind);
        if (!run.has_aza && !run.has_street && !begins_with_prefecture(state, start, behind))
            return false;
    }
    value->start = start;
    return true;
}

/* --- in kana ------------------------------------------------------------------------------------------------------ */

static bool
is_kana(uint32_t c)
{
    return (c >= u'ぁ' && c <= u'ゖ') || (c >= u'ァ' && c <= u'ヺ') || c == u'ー';
}

/* Start of the word of kana that ends at `end`. */
static uint32_t
kana_start(const struct state *state, uint32_t end, unsigned *characters_out)
{
    uint32_t c;
    for (*characters_out = 0; end > 0 && is_kana(state_char_before(state, end)); (*characters_out)++)
        end = step_back(state, end, &c);
    return end;
}

/* かしわし, めぐろく, ちばけん: how the word of a municipality, county or prefecture ends. */
static bool
may_be_municipality(const struct state *state, uint32_t end, unsigned characters)
{
    static const char *const endings[] = {"し", "く", "まち", "ちょう", "むら", "ぐん", "けん", "ふ", "と", "どう",
                                          "シ", "ク", "マチ", "チョウ", "ムラ", "グン", "ケン", "フ", "ト", "ドウ"};
    for (size_t i = 0; characters > 2 && i < sizeof endings / sizeof *endings; i++)
        if (around_text_before(state, end, endings[i]))
            return true;
    return false;
}

bool
address_extend_kana(const struct state *state, struct span *value)
{
    struct slice number = slice_sub(state->plain.text, *value);
    if (count_numbers(number) < 3 && !holds(number, "ちょうめ") && !holds(number, "チョウメ"))
        return false;
    unsigned characters;
    uint32_t start = kana_start(state, skip_spaces_back(state, value->start), &characters), town = start;
    for (unsigned words = 0; characters > 1 && words < 3; words++) {
        uint32_t end = skip_spaces_back(state, start), before = kana_start(state, end, &characters);
        if (end == start || !may_be_municipality(state, end, characters))
            break;
        start = before;
    }
    value->start = start;
    return start < town;
}
