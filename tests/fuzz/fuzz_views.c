/* Views: the maps lead back in order to whole characters and lose nothing that counts; plain is what ICU says, digits
 * aside; twice is once. What comes of a text has bounds in length and time. */
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/assert.h"
#include "fuzz/bounds.h"
#include "text/intake.h"
#include "text/view.h"

#define MAX_BYTES ((size_t)16384)
#define ARENA_BYTES ((size_t)64 << 20)
#define MAX_OPAQUE 8
#define MAX_GROWTH 11       /* bytes that come of one: U+FDFA gives 33 of 3 */
#define MAX_US_PER_KIB 1000 /* plain and skeleton together */
#define FLOOR_US 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *arena;
static struct view_tables *tables;

static bool
is_boundary(struct slice text, uint32_t at)
{
    return at == text.bytes || (at < text.bytes && (text.data[at] & 0xC0) != 0x80);
}

static void
check_map(const struct view *view, struct slice parent)
{
    uint32_t from = 0;
    uint32_t to = 0;

    ASSERT(view->parent_bytes == parent.bytes);
    ASSERT(utf8_is_valid(view->text) && view->text.bytes <= MAX_GROWTH * parent.bytes);
    for (size_t i = 0; i < INTAKE_PADDING_BYTES; i++)
        ASSERT(view->text.data[view->text.bytes + i] == 0);
    if (view->from == NULL) {
        ASSERT(view->to == NULL && slice_equal(view->text, parent));
        return;
    }
    for (size_t i = 0; i < view->text.bytes; i++) {
        ASSERT(view->from[i] >= from && view->to[i] >= to && view->from[i] < view->to[i]);
        ASSERT(view->to[i] <= parent.bytes);
        ASSERT(is_boundary(parent, view->from[i]) && is_boundary(parent, view->to[i]));
        from = view->from[i];
        to = view->to[i];
    }
}

static struct view
make_plain(struct slice text, const struct view_gap *gaps, size_t count)
{
    struct view view;

    ASSERT(view_make_plain(tables, arena, text, gaps, count, &view) == STATUS_OK);
    return view;
}

static struct view
make_skeleton(const struct view *plain)
{
    struct view view;

    ASSERT(view_make_skeleton(tables, arena, plain, &view) == STATUS_OK);
    return view;
}

/* A stretch of the parent to which nothing leads back must be such that nothing comes of it. */
static void
check_gap(struct slice parent, uint32_t start, uint32_t end)
{
    struct intake gap;

    if (start >= end)
        return;
    ASSERT(intake_run(arena, slice_sub(parent, (struct span){start, end}), MAX_BYTES, &gap) == STATUS_OK);
    struct view view = make_plain(gap.text, NULL, 0);
    ASSERT(view.text.bytes == 0);
}

/* Without opaque spans: every character is in a range or leaves nothing. */
static void
check_coverage(const struct view *plain, struct slice text)
{
    uint32_t covered = 0;

    for (size_t i = 0; plain->from != NULL && i < plain->text.bytes; i++) {
        check_gap(text, covered, plain->from[i]);
        covered = plain->to[i];
    }
    if (plain->from != NULL)
        check_gap(text, covered, (uint32_t)text.bytes);
}

static bool
is_one_of(UChar unit, const UChar *set)
{
    while (*set != 0 && *set != unit)
        set++;
    return *set != 0;
}

/* Makes what the digit folds tell apart equal. Returns false for more marks in a row than the view keeps, and
 * for signs that are digits to us alone. */
static bool
blur(UChar *units, int32_t count)
{
    unsigned marks = 0;

    for (int32_t i = 0; i < count; i++) {
        bool is_mark = u_getCombiningClass(units[i]) != 0 || U16_IS_SURROGATE(units[i]);
        marks = is_mark ? marks + 1 : 0;
        if (marks > 25 || u_getIntPropertyValue(units[i], UCHAR_NUMERIC_TYPE) == U_NT_DIGIT)
            return false; /* ❶ is a digit for us, and for ICU a sign of its own */
        if ((units[i] >= '0' && units[i] <= '9') || is_one_of(units[i], u"〇一二三四五六七八九")) {
            units[i] = '0';
        } else if (is_one_of(units[i],
                             u"-\u02D7\u2010\u2012\u2013\u2014\u2015\u2043\u2212\u23AF\u23E4\u2500\u2501\u2796ー")) {
            units[i] = '-';
        }
    }
    return true;
}

/* Letters in circles and boxes, which ICU leaves as they are or writes in brackets, are those letters in plain. */
static UChar32
without_ornament(UChar32 c)
{
    static const UChar32 firsts[] = {0x249C, 0x1F110, 0x1F150, 0x1F170};

    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        if (c >= firsts[i] && c < firsts[i] + 26)
            return 'a' + (c - firsts[i]);
    return c;
}

static int32_t
to_units(struct slice text, UChar *units)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t count = 0;
    int32_t kept = 0;

    u_strFromUTF8(units, (int32_t)MAX_BYTES, &count, (const char *)text.data, (int32_t)text.bytes, &error);
    ASSERT(U_SUCCESS(error));
    for (int32_t i = 0; i < count;) {
        UChar32 c;
        U16_NEXT(units, i, count, c);
        c = without_ornament(c);
        if (c != 0x20E3) /* plain leaves out the box of keycaps, ICU does not */
            U16_APPEND_UNSAFE(units, kept, c);
    }
    return kept;
}

static void
compare_with_icu(const struct view *plain, struct slice text)
{
    static UChar source[MAX_BYTES];
    static UChar expected[12 * MAX_BYTES];
    static UChar actual[12 * MAX_BYTES];
    UErrorCode error = U_ZERO_ERROR;
    int32_t actual_count = 0;

    if (text.bytes > 1024)
        return;
    int32_t source_count = to_units(text, source);
    const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&error);
    int32_t count = unorm2_normalize(normalizer, source, source_count, expected, 12 * MAX_BYTES, &error);
    u_strFromUTF8(actual, 12 * MAX_BYTES, &actual_count, (const char *)plain->text.data, (int32_t)plain->text.bytes,
                  &error);
    ASSERT(U_SUCCESS(error));
    if (blur(expected, count) && blur(source, source_count) && blur(actual, actual_count))
        ASSERT(count == actual_count && memcmp(expected, actual, sizeof(UChar) * (size_t)count) == 0);
}

static void
check_without_opaque(struct slice text)
{
    bounds_begin();
    struct view plain = make_plain(text, NULL, 0);
    struct view skeleton = make_skeleton(&plain);
    bounds_end(FLOOR_US + MAX_US_PER_KIB * text.bytes / 1024, 0);

    check_map(&plain, text);
    check_coverage(&plain, text);
    compare_with_icu(&plain, text);
    struct view again = make_plain(plain.text, NULL, 0);
    ASSERT(slice_equal(again.text, plain.text));
    check_map(&skeleton, plain.text);
    struct view skeleton_again = make_skeleton(&skeleton);
    ASSERT(slice_equal(skeleton_again.text, skeleton.text));
    struct slice literal_plain;
    struct slice literal_skeleton;
    ASSERT(view_fold_literal(tables, arena, text, &literal_plain, &literal_skeleton) == STATUS_OK);
    ASSERT(slice_equal(literal_plain, plain.text) && slice_equal(literal_skeleton, skeleton.text));
}

/* Gaps where U+FFFC stands: the view is that of the text without it; with borders there, that of the text with them. */
static void
check_gaps(struct slice text, bool are_borders)
{
    static const uint8_t border[] = "\uE000";
    struct view_gap gaps[MAX_OPAQUE];
    size_t count = 0;
    uint8_t *rest = arena_alloc(arena, text.bytes + INTAKE_PADDING_BYTES);
    size_t rest_bytes = 0;

    ASSERT(rest != NULL);
    for (uint32_t at = 0; at < text.bytes;) {
        uint32_t start = at;
        if (utf8_next(text, &at) == 0xFFFC && count < MAX_OPAQUE) {
            gaps[count++] = (struct view_gap){start, at, are_borders};
            memcpy(rest + rest_bytes, border, are_borders ? sizeof border - 1 : 0);
            rest_bytes += are_borders ? sizeof border - 1 : 0;
            continue;
        }
        memcpy(rest + rest_bytes, text.data + start, at - start);
        rest_bytes += at - start;
    }
    memset(rest + rest_bytes, 0, INTAKE_PADDING_BYTES);
    struct view plain = make_plain(text, gaps, count);
    struct view expected = make_plain((struct slice){rest, rest_bytes}, NULL, 0);
    check_map(&plain, text);
    ASSERT(slice_equal(plain.text, expected.text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intake intake;

    if (arena == NULL) {
        ASSERT(arena_create(ARENA_BYTES, &arena) == STATUS_OK);
        ASSERT(view_tables_create(&tables) == STATUS_OK);
    }
    if (intake_run(arena, (struct slice){data, size}, MAX_BYTES / 3, &intake) == STATUS_OK) {
        check_without_opaque(intake.text);
        check_gaps(intake.text, false);
        check_gaps(intake.text, true);
    }
    arena_reset(arena);
    return 0;
}
