/* The plain view. One pass over the characters with a table made from ICU; only where a mark may join or overtake what
 * stands before it (a segment), ICU does the work. Then digits, see numbers.c. */
#include <string.h>

#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include "base/assert.h"
#include "text/numbers.h"
#include "text/view_four.h"

/* UAX #15 "stream-safe": ICU is quadratic in marks. A segment is cut in front of a starter that joins backwards when it
 * has SEGMENT_CODE_POINTS; nothing joins across that many. */
#define SEGMENT_MARKS 30
#define SEGMENT_CODE_POINTS 64
#define SEGMENT_UNITS 512
#define MAPPED_UNITS 1024

struct plain_maker {
    const struct view_tables *tables;
    struct slice text;
    const struct view_gap *gaps;
    size_t gap_count;
    struct view_writer writer;
    uint32_t segment_source;  /* where the newest character that began a segment stands, */
    uint32_t segment_written; /* and where its bytes begin in the view */
    unsigned seen;            /* bit per numeric_class */
    unsigned kanji_digits;
};

/* Does a character of class `second` behind one of `first` need a closer look? Bit set per first class. */
static const uint8_t numeric_pairs[NUMERIC_COUNT] = {
    [NUMERIC_NONE] = 0,
    [NUMERIC_DIGIT] = 1 << NUMERIC_KANJI | 1 << NUMERIC_DASH,
    [NUMERIC_KANJI] = 1 << NUMERIC_DIGIT | 1 << NUMERIC_KANJI | 1 << NUMERIC_HYPHEN | 1 << NUMERIC_DASH,
    [NUMERIC_HYPHEN] = 1 << NUMERIC_KANJI,
    [NUMERIC_DASH] = 1 << NUMERIC_DIGIT | 1 << NUMERIC_KANJI,
};

/* Whether `text` is its own plain view. May say no where it is. */
static bool
is_plain(const struct fold_table *table, struct slice text)
{
    unsigned before = NUMERIC_NONE;

    for (size_t at = 0; at < text.bytes;) {
        struct view_four four;
        if (view_four_at(table, text.data + at, &four) && four.any == 0) {
            before = NUMERIC_NONE;
            at += UTF8_FOUR_BYTES;
            continue;
        }
        unsigned length = utf8_length(text.data[at]);
        uint32_t entry = fold_entry(table, text.data + at, length);
        at += length;
        if (entry == 0) {
            before = NUMERIC_NONE;
            continue;
        }
        unsigned class = fold_numeric(entry);
        if (fold_kind(entry) != FOLD_KEEP || (numeric_pairs[before] >> class & 1) != 0)
            return false;
        before = class;
    }
    return true;
}

static void
note_numeric(struct plain_maker *maker, enum numeric_class class)
{
    maker->seen |= 1u << class;
    maker->kanji_digits += class == NUMERIC_KANJI;
}

/* --- segments ------------------------------------------------------------------------------------------------------
 */

/* The characters from a segment's beginning to the next character that begins one. */
struct segment {
    UChar units[SEGMENT_UNITS];
    int32_t unit_count;
    unsigned code_points;
    unsigned marks; /* since the last starter */
    uint32_t end;   /* behind the last character that belongs to it */
};

static bool
is_at_border(const struct plain_maker *maker, uint32_t at, size_t gap)
{
    return gap < maker->gap_count && maker->gaps[gap].start <= at && maker->gaps[gap].is_border;
}

/* Where reading goes on at `at`: behind the gap that begins here, or at a border. */
static uint32_t
skip_gaps(const struct plain_maker *maker, uint32_t at, size_t *gap)
{
    while (*gap < maker->gap_count && maker->gaps[*gap].start <= at && !maker->gaps[*gap].is_border) {
        uint32_t end = maker->gaps[*gap].end;
        at = end > at ? end : at;
        (*gap)++;
    }
    at = at < maker->text.bytes ? at : (uint32_t)maker->text.bytes;
    while (at < maker->text.bytes && utf8_is_inside(maker->text.data[at]))
        at++; /* a span that ends inside a character takes all of it */
    return at;
}

/* False when the character does not belong to the segment any more. */
static bool
take_character(struct segment *segment, uint32_t entry, uint32_t code_point)
{
    bool is_first = segment->code_points == 0;
    bool is_mark = fold_kind(entry) == FOLD_MARK;
    bool is_nonstarter = is_mark && (fold_payload(entry) & MARK_NONSTARTER) != 0;

    if (!is_first && (!is_mark || (!is_nonstarter && segment->code_points >= SEGMENT_CODE_POINTS)))
        return false;
    segment->marks = is_nonstarter ? segment->marks + 1 : 0;
    if (segment->marks <= SEGMENT_MARKS) {
        U16_APPEND_UNSAFE(segment->units, segment->unit_count, code_point);
        segment->code_points++;
    }
    return true;
}

static void
collect(const struct plain_maker *maker, size_t gap, struct segment *segment)
{
    uint32_t at = maker->segment_source;

    while (gap > 0 && maker->gaps[gap - 1].start >= at)
        gap--; /* passed already, but inside the segment */
    segment->unit_count = 0;
    segment->code_points = 0;
    segment->marks = 0;
    for (;;) {
        at = skip_gaps(maker, at, &gap);
        if (at >= maker->text.bytes || is_at_border(maker, at, gap))
            return;
        unsigned length = utf8_length(maker->text.data[at]);
        uint32_t entry = fold_entry(&maker->tables->plain, maker->text.data + at, length);
        if (fold_kind(entry) != FOLD_DROP) {
            if (!take_character(segment, entry, utf8_decode(maker->text.data + at, length)))
                return;
            segment->end = at + length;
        } else if ((fold_payload(entry) & DROP_EXTENDS) != 0 && segment->end == at) {
            segment->end = at + length;
        }
        at += length;
    }
}

/* Writes what ICU made of a segment. Marks beyond the limit are left out here too: one character may become several
 * marks, and plain of plain must be plain. */
static enum status
write_segment(struct plain_maker *maker, const struct segment *segment, const UChar *units, int32_t count)
{
    unsigned marks = 0;

    for (int32_t i = 0; i < count;) {
        uint32_t code_point;
        uint8_t bytes[4] = {0};
        U16_NEXT_UNSAFE(units, i, code_point);
        unsigned length = utf8_encode(code_point, bytes);
        uint32_t entry = fold_entry(&maker->tables->plain, bytes, length);
        bool is_nonstarter = fold_kind(entry) == FOLD_MARK && (fold_payload(entry) & MARK_NONSTARTER) != 0;
        marks = is_nonstarter ? marks + 1 : 0;
        if (marks > SEGMENT_MARKS || fold_kind(entry) == FOLD_DROP)
            continue;
        if (!view_writer_has_room(&maker->writer))
            return STATUS_BUDGET;
        note_numeric(maker, fold_kind(entry) == FOLD_KEEP ? fold_numeric(entry) : NUMERIC_NONE);
        view_writer_put(&maker->writer, view_load(bytes, length), length, maker->segment_source, segment->end);
    }
    return STATUS_OK;
}

/* A mark stands at `*at`: the segment around it goes through ICU. Moves `*at` behind the segment. */
static enum status
normalize_segment(struct plain_maker *maker, size_t gap, uint32_t *at)
{
    struct segment segment;
    UChar mapped[MAPPED_UNITS];
    UErrorCode error = U_ZERO_ERROR;

    segment.end = *at;
    collect(maker, gap, &segment);
    ASSERT(segment.end > *at);
    int32_t count =
        unorm2_normalize(maker->tables->normalizer, segment.units, segment.unit_count, mapped, MAPPED_UNITS, &error);
    if (U_FAILURE(error))
        return STATUS_INTERNAL;
    maker->writer.at = maker->segment_written;
    enum status status = write_segment(maker, &segment, mapped, count);
    *at = segment.end;
    maker->segment_source = segment.end;
    maker->segment_written = maker->writer.at;
    return status;
}

/* ﾀﾞ and か + U+3099, where nothing else takes part. */
static bool
compose_kana(struct plain_maker *maker, uint32_t mark_flags, uint32_t end)
{
    uint32_t base_at = maker->segment_written;

    if (maker->writer.at - base_at != 3 || maker->writer.text[base_at] < 0xE0 ||
        (mark_flags & (MARK_VOICED | MARK_HALF_VOICED)) == 0) {
        return false;
    }
    uint32_t composed = kana_compose(utf8_decode(maker->writer.text + base_at, 3), mark_flags);
    if (composed == 0)
        return false;
    (void)utf8_encode(composed, maker->writer.text + base_at);
    view_writer_extend(&maker->writer, base_at, end);
    return true;
}

/* --- characters ----------------------------------------------------------------------------------------------------
 */

static void
write_several(struct plain_maker *maker, uint32_t entry, uint32_t start, uint32_t end)
{
    const uint8_t *string = maker->tables->strings + fold_payload(entry);

    for (unsigned i = 0; i < string[0]; i++)
        view_writer_put(&maker->writer, string[1 + i], 1, start, end);
    if (fold_numeric(entry) != NUMERIC_NONE) {
        maker->seen = ~0u;
        maker->kanji_digits += 3; /* perhaps: enough to look closer */
    }
}

static void
drop(struct plain_maker *maker, uint32_t entry, uint32_t start, uint32_t end)
{
    uint32_t written = maker->writer.at;

    /* Not across a gap: only what stands directly before is extended. */
    if ((fold_payload(entry) & DROP_EXTENDS) != 0 && written > 0 && maker->writer.to[written - 1] == start) {
        uint32_t first = written;
        while (first > 0 && maker->writer.from[first - 1] == maker->writer.from[written - 1])
            first--;
        view_writer_extend(&maker->writer, first, end);
    }
}

/* One character at `*at` with an entry that is not 0. */
static enum status
fold_character(struct plain_maker *maker, uint32_t entry, unsigned length, size_t gap, uint32_t *at)
{
    uint32_t start = *at;
    uint32_t end = start + length;

    if (fold_kind(entry) == FOLD_DROP) {
        drop(maker, entry, start, end);
        *at = end;
        return STATUS_OK;
    }
    if (fold_kind(entry) == FOLD_MARK) {
        if (compose_kana(maker, fold_payload(entry), end)) {
            *at = end;
            return STATUS_OK;
        }
        return normalize_segment(maker, gap, at);
    }
    maker->segment_source = start;
    maker->segment_written = maker->writer.at;
    if (fold_kind(entry) == FOLD_SEVERAL) {
        write_several(maker, entry, start, end);
    } else {
        bool is_one = fold_is_one(entry);
        unsigned new_length = is_one ? fold_length(entry) : length;
        uint32_t bytes = is_one ? fold_payload(entry) : view_load(maker->text.data + start, length);
        note_numeric(maker, fold_numeric(entry));
        view_writer_put(&maker->writer, bytes, new_length, start, end);
    }
    *at = end;
    return STATUS_OK;
}

/* Four characters at `at` that stay as they are, at once. */
static inline bool
fold_four(struct plain_maker *maker, uint32_t at, uint32_t gap_at)
{
    struct view_four four;

    if (at + UTF8_FOUR_BYTES > gap_at || !view_four_at(&maker->tables->plain, maker->text.data + at, &four) || four.any)
        return false;
    view_writer_put_four(&maker->writer, four.characters, at);
    maker->segment_source = at + UTF8_FOUR_BYTES - 3;
    maker->segment_written = maker->writer.at - 3;
    return true;
}

/* Nothing joins what stands before it. */
static void
write_border(struct plain_maker *maker, const struct view_gap *gap)
{
    uint8_t bytes[4] = {0};
    unsigned length = utf8_encode(VIEW_BORDER, bytes);

    view_writer_put(&maker->writer, view_load(bytes, length), length, gap->start, gap->end);
    maker->segment_source = gap->end;
    maker->segment_written = maker->writer.at;
}

/* STATUS_BUDGET: the writer has no room. */
static enum status
fold_text(struct plain_maker *maker)
{
    size_t gap = 0;
    uint32_t gap_at = maker->gap_count > 0 ? maker->gaps[0].start : UINT32_MAX;
    enum status status = STATUS_OK;

    for (uint32_t at = 0; status == STATUS_OK && at < maker->text.bytes;) {
        if (!view_writer_has_room(&maker->writer))
            return STATUS_BUDGET;
        if (at >= gap_at) {
            at = skip_gaps(maker, at, &gap);
            if (is_at_border(maker, at, gap)) {
                write_border(maker, &maker->gaps[gap]);
                at = maker->gaps[gap++].end;
            }
            gap_at = gap < maker->gap_count ? maker->gaps[gap].start : UINT32_MAX;
            continue;
        }
        if (fold_four(maker, at, gap_at)) {
            at += UTF8_FOUR_BYTES;
            continue;
        }
        unsigned length = utf8_length(maker->text.data[at]);
        uint32_t entry = fold_entry(&maker->tables->plain, maker->text.data + at, length);
        if (entry == 0) {
            maker->segment_source = at;
            maker->segment_written = maker->writer.at;
            view_writer_put(&maker->writer, view_load(maker->text.data + at, length), length, at, at + length);
            at += length;
        } else {
            status = fold_character(maker, entry, length, gap, &at);
        }
    }
    return status;
}

static void
fold_numbers(struct plain_maker *maker)
{
    bool has_digits = (maker->seen & 1u << NUMERIC_DIGIT) != 0;

    if (has_digits)
        numbers_part_marks(maker->tables, maker->text, &maker->writer);
    if (maker->kanji_digits >= 3 || (maker->kanji_digits > 0 && has_digits)) {
        numbers_fold_kanji(maker->tables, &maker->writer);
        has_digits = true;
    }
    if (has_digits && (maker->seen & 1u << NUMERIC_DASH) != 0)
        numbers_fold_dashes(maker->tables, &maker->writer);
}

enum status
view_make_plain(const struct view_tables *tables, struct arena *arena, struct slice text, const struct view_gap *gaps,
                size_t gap_count, struct view *plain_out)
{
    /* Text seldom grows; U+FDFA grows elevenfold. */
    const size_t capacities[] = {text.bytes, 2 * text.bytes + 256, 12 * text.bytes + 256};
    enum status status = STATUS_BUDGET;

    if (text.bytes > UINT32_MAX / 16)
        return STATUS_TOO_LARGE;
    if (gap_count == 0 && is_plain(&tables->plain, text)) {
        *plain_out = (struct view){.text = text, .parent_bytes = (uint32_t)text.bytes};
        return STATUS_OK;
    }
    for (size_t i = 0; status == STATUS_BUDGET && i < sizeof(capacities) / sizeof(capacities[0]); i++) {
        struct plain_maker maker = {.tables = tables, .text = text, .gaps = gaps, .gap_count = gap_count};
        status = view_writer_init(&maker.writer, arena, capacities[i]);
        if (status != STATUS_OK)
            return status;
        status = fold_text(&maker);
        if (status == STATUS_OK) {
            fold_numbers(&maker);
            view_writer_finish(&maker.writer, (uint32_t)text.bytes, plain_out);
        } else {
            view_writer_abandon(&maker.writer, arena);
        }
    }
    return status == STATUS_BUDGET ? STATUS_INTERNAL : status;
}
