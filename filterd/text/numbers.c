#include "text/numbers.h"

#include "text/view_tables.h"

#define GROUP_KANJI 3 /* that many make a number */

struct group {
    uint32_t end;
    unsigned kanji;
    bool has_other_than_zero;
};

static enum numeric_class
class_at(const struct view_tables *tables, const struct view_writer *writer, uint32_t at, uint32_t *end_out)
{
    unsigned length = utf8_length(writer->text[at]);
    uint32_t entry = fold_entry(&tables->plain, writer->text + at, length);

    *end_out = at + length;
    return fold_kind(entry) == FOLD_KEEP ? fold_numeric(entry) : NUMERIC_NONE;
}

static bool is_digit(enum numeric_class class)
{
    return class == NUMERIC_DIGIT || class == NUMERIC_KANJI;
}

/* 3007 -> 0, 4E00 -> 1 ...; the class says that it is one of the ten. */
static uint32_t
kanji_value(const uint8_t *at)
{
    switch (utf8_decode(at, 3)) {
    case 0x3007:
        return 0;
    case 0x4E00:
        return 1;
    case 0x4E8C:
        return 2;
    case 0x4E09:
        return 3;
    case 0x56DB:
        return 4;
    case 0x4E94:
        return 5;
    case 0x516D:
        return 6;
    case 0x4E03:
        return 7;
    case 0x516B:
        return 8;
    default:
        return 9;
    }
}

/* Digits from `at` on, with single hyphens or dashes between. */
static struct group
measure_group(const struct view_tables *tables, const struct view_writer *writer, uint32_t at, uint32_t total)
{
    struct group group = {.end = at};
    bool was_hyphen = false;

    while (at < total) {
        uint32_t end;
        enum numeric_class class = class_at(tables, writer, at, &end);
        if (is_digit(class)) {
            group.end = end;
            group.kanji += class == NUMERIC_KANJI;
            group.has_other_than_zero |= class == NUMERIC_KANJI && kanji_value(writer->text + at) != 0;
            was_hyphen = false;
        } else if ((class == NUMERIC_HYPHEN || class == NUMERIC_DASH) && !was_hyphen) {
            was_hyphen = true;
        } else {
            break;
        }
        at = end;
    }
    return group;
}

/* Moves the character [start, end) to the end of what is kept. */
static void
keep(struct view_writer *writer, uint32_t start, uint32_t end)
{
    for (uint32_t at = start; at < end; at++, writer->at++) {
        writer->text[writer->at] = writer->text[at];
        writer->from[writer->at] = writer->from[at];
        writer->to[writer->at] = writer->to[at];
    }
}

static void
replace(struct view_writer *writer, uint32_t start, uint8_t byte)
{
    keep(writer, start, start + 1);
    writer->text[writer->at - 1] = byte;
}

static bool
is_ideograph(const struct view_writer *writer, uint32_t at, uint32_t total)
{
    if (at >= total || utf8_length(writer->text[at]) != 3)
        return false;
    uint32_t code_point = utf8_decode(writer->text + at, 3);
    return code_point >= 0x3400 && code_point <= 0x9FFF;
}

/* 丁 番 号: behind them a number ends, and no name begins. */
static bool
is_block(const struct view_writer *writer, uint32_t at)
{
    uint32_t code_point = utf8_decode(writer->text + at, 3);
    return code_point == 0x4E01 || code_point == 0x756A || code_point == 0x53F7;
}

/* Where the kanji at the end of the run [first, end) begin a name (〒031-8686八戸市, ②三鷹市) rather than end the
 * number before them; `end` when they do not. */
static uint32_t
name_start(const struct view_tables *tables, const struct view_writer *writer, uint32_t first, uint32_t end,
           uint32_t total)
{
    uint32_t start = end, next;
    unsigned kanji = 0;

    if (!is_ideograph(writer, end, total) || is_block(writer, end))
        return end;
    for (uint32_t at = first; at < end; at = next) {
        bool is_kanji = class_at(tables, writer, at, &next) == NUMERIC_KANJI;
        if (is_kanji && kanji_value(writer->text + at) == 0)
            return end;
        if (is_kanji && kanji++ == 0)
            start = at;
        if (!is_kanji && kanji > 0)
            return end;
    }
    return start > first && kanji < GROUP_KANJI ? start : end;
}

/* A run of digits without hyphens, from `at` on: folded when the group says so or an ASCII digit is among them.
 * Returns where it ends. */
static uint32_t
fold_run(const struct view_tables *tables, struct view_writer *writer, uint32_t at, uint32_t group_end, uint32_t total,
         bool is_number)
{
    uint32_t end = at, name;
    uint32_t next;

    while (end < group_end) {
        enum numeric_class class = class_at(tables, writer, end, &next);
        if (!is_digit(class))
            break;
        is_number |= class == NUMERIC_DIGIT;
        end = next;
    }
    name = is_number ? name_start(tables, writer, at, end, total) : end;
    while (at < end) {
        if (class_at(tables, writer, at, &next) == NUMERIC_KANJI && is_number && at < name)
            replace(writer, at, (uint8_t)('0' + kanji_value(writer->text + at)));
        else
            keep(writer, at, next);
        at = next;
    }
    return end;
}

void
numbers_fold_kanji(const struct view_tables *tables, struct view_writer *writer)
{
    uint32_t total = writer->at;
    uint32_t next;

    writer->at = 0;
    for (uint32_t at = 0; at < total;) {
        if (!is_digit(class_at(tables, writer, at, &next))) {
            keep(writer, at, next);
            at = next;
            continue;
        }
        struct group group = measure_group(tables, writer, at, total);
        bool is_number = group.kanji >= GROUP_KANJI && group.has_other_than_zero;
        while (at < group.end) {
            at = fold_run(tables, writer, at, group.end, total, is_number);
            if (at < group.end) { /* the hyphen between two runs */
                (void)class_at(tables, writer, at, &next);
                keep(writer, at, next);
                at = next;
            }
        }
    }
}

/* Hiragana, katakana and ー itself (U+3041 to U+30FF). */
static bool
is_kana(const uint8_t *at, uint32_t length)
{
    uint32_t code_point = length == 3 ? utf8_decode(at, 3) : 0;

    return code_point >= 0x3041 && code_point <= 0x30FF;
}

static bool
is_ascii_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

void
numbers_fold_dashes(const struct view_tables *tables, struct view_writer *writer)
{
    uint32_t total = writer->at;
    uint32_t next;
    bool was_digit = false;
    bool was_kana = false;

    writer->at = 0;
    for (uint32_t at = 0; at < total; at = next) {
        enum numeric_class class = class_at(tables, writer, at, &next);
        bool kana = is_kana(writer->text + at, next - at);
        bool is_beside = was_digit || (next < total && is_ascii_digit(writer->text[next]));
        bool is_in_word = kana && was_kana; /* サーバー2台 */
        was_digit = class == NUMERIC_DIGIT;
        if (class == NUMERIC_DASH && is_beside && !is_in_word) {
            replace(writer, at, '-');
            was_kana = false;
        } else {
            was_kana = kana;
            keep(writer, at, next);
        }
    }
}

/* --- marks of items ----------------------------------------------------------------------------------------------- */

/* 1 to 9 for ① to ⑨ as written in the source, 0 for anything else. */
static unsigned
circled_value(struct slice source, const struct view_writer *writer, uint32_t at)
{
    if (at >= writer->at || writer->from[at] + 3 > source.bytes)
        return 0;
    const uint8_t *bytes = source.data + writer->from[at];
    bool is_circled = bytes[0] == 0xE2 && bytes[1] == 0x91 && bytes[2] >= 0xA0 && bytes[2] <= 0xA8;
    return is_circled ? bytes[2] - 0x9Fu : 0;
}

static bool
is_alone(struct slice source, const struct view_writer *writer, uint32_t at)
{
    return circled_value(source, writer, at + 1) == 0 && (at == 0 || circled_value(source, writer, at - 1) == 0);
}

static bool
touches_number(const struct view_writer *writer, uint32_t at)
{
    return at < writer->at && ((writer->text[at] >= '0' && writer->text[at] <= '9') || writer->text[at] == '-');
}

/* ②三丁目, ①七尾市: a circled digit before a kanji numeral and a word is no digit of it. */
static bool
marks_kanji(const struct view_tables *tables, const struct view_writer *writer, uint32_t at)
{
    uint32_t end = at + 1, next = end;
    unsigned kanji = 0;

    for (; end < writer->at && class_at(tables, writer, end, &next) == NUMERIC_KANJI; end = next)
        kanji++;
    return kanji > 0 && kanji < GROUP_KANJI && is_ideograph(writer, end, writer->at);
}

/* Whether the circled digits that stand alone count 1, 2, …: then they are no part of a number. */
static bool
marks_count(struct slice source, const struct view_writer *writer)
{
    unsigned expected = 1;

    for (uint32_t at = 0; at < writer->at; at++) {
        unsigned value = circled_value(source, writer, at);
        if (value == 0 || !is_alone(source, writer, at))
            continue;
        if (value != expected)
            return false;
        expected++;
    }
    return expected > 2;
}

void
numbers_part_marks(const struct view_tables *tables, struct slice source, struct view_writer *writer)
{
    if (memmem(source.data, source.bytes, "\xE2\x91", 2) == NULL)
        return;
    bool counts = marks_count(source, writer);
    for (uint32_t at = 0; at < writer->at; at++) {
        if (circled_value(source, writer, at) == 0 || !is_alone(source, writer, at))
            continue;
        bool before = at > 0 && touches_number(writer, at - 1), behind = touches_number(writer, at + 1);
        if ((counts && (before || behind)) || (!before && marks_kanji(tables, writer, at)))
            writer->text[at] = ' ';
    }
}
