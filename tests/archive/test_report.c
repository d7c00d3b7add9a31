/* Statistics that identify nobody: what is hidden, and months out of whatever a time field says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "archive/month.h"
#include "archive/report.h"
#include "archive/report_cells.h"

#define K 5
#define PARTS 3
#define MOST 12

/* --- parts -------------------------------------------------------------------------------------------------------- */

/* Whether a reader can believe that `guess` are the parts. */
static bool
is_believable(const struct cell parts[PARTS], const struct cell *total, const unsigned guess[PARTS])
{
    unsigned sum = 0;

    for (size_t i = 0; i < PARTS; i++) {
        if (parts[i].state == CELL_SHOWN && guess[i] != parts[i].count)
            return false;
        if (parts[i].state == CELL_SMALL && (guess[i] == 0 || guess[i] >= K))
            return false;
        if (parts[i].state == CELL_HIDDEN && guess[i] < K)
            return false;
        sum += guess[i];
    }
    return total->state != CELL_SHOWN || sum == total->count;
}

static bool
can_be(const struct cell parts[PARTS], const struct cell *total, size_t which, unsigned value)
{
    unsigned guess[PARTS];

    for (guess[0] = 0; guess[0] <= 3 * MOST; guess[0]++)
        for (guess[1] = 0; guess[1] <= 3 * MOST; guess[1]++)
            for (guess[2] = 0; guess[2] <= 3 * MOST; guess[2]++)
                if (guess[which] == value && is_believable(parts, total, guess))
                    return true;
    return false;
}

static void
check_parts(const unsigned counts[PARTS])
{
    struct cell parts[PARTS], total = {0};

    for (size_t i = 0; i < PARTS; i++) {
        parts[i] = (struct cell){counts[i], CELL_SHOWN};
        total.count += counts[i];
    }
    cells_of_parts(parts, PARTS, &total, K);
    assert_true(total.state != CELL_SHOWN || total.count == 0 || total.count >= K);
    for (size_t i = 0; i < PARTS; i++) {
        assert_int_equal(parts[i].state == CELL_SMALL, counts[i] > 0 && counts[i] < K);
        for (unsigned value = 1; value < K && parts[i].state == CELL_SMALL; value++)
            assert_true(can_be(parts, &total, i, value));
    }
}

static void
every_small_part_can_be_anything_below_k(void **state)
{
    unsigned counts[PARTS];

    (void)state;
    for (counts[0] = 0; counts[0] <= MOST; counts[0]++)
        for (counts[1] = 0; counts[1] <= counts[0]; counts[1]++)
            for (counts[2] = 0; counts[2] <= counts[1]; counts[2]++)
                check_parts(counts);
}

static void
no_more_is_hidden_than_needed(void **state)
{
    struct cell parts[] = {{900, CELL_SHOWN}, {40, CELL_SHOWN}, {3, CELL_SHOWN}}, total = {943, CELL_SHOWN};
    struct cell enough[] = {{900, CELL_SHOWN}, {40, CELL_SHOWN}, {5, CELL_SHOWN}}, other = {945, CELL_SHOWN};

    (void)state;
    cells_of_parts(parts, 3, &total, K);
    assert_int_equal(parts[0].state, CELL_SHOWN);
    assert_int_equal(parts[1].state, CELL_HIDDEN);
    assert_int_equal(parts[2].state, CELL_SMALL);
    assert_int_equal(total.state, CELL_SHOWN);
    cells_of_parts(enough, 3, &other, K);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(enough[i].state, CELL_SHOWN);
}

static void
what_nearly_all_have_is_hidden_too(void **state)
{
    struct cell some[] = {{97, CELL_SHOWN}, {4, CELL_SHOWN}, {60, CELL_SHOWN}, {100, CELL_SHOWN}, {0, CELL_SHOWN}};
    const struct cell total = {100, CELL_SHOWN};

    (void)state;
    cells_of_some(some, 5, &total, K);
    assert_int_equal(some[0].state, CELL_HIDDEN);
    assert_int_equal(some[1].state, CELL_SMALL);
    assert_int_equal(some[2].state, CELL_SHOWN);
    assert_int_equal(some[3].state, CELL_SHOWN);
    assert_int_equal(some[4].state, CELL_SHOWN);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

#define ROWS 4

static void
check_table(struct cell_row rows[ROWS])
{
    struct cell columns[CELLS_COLUMNS] = {0}, total = {0};
    uint64_t rest[CELLS_COLUMNS] = {0};
    size_t hidden = 0, all = 0;

    for (size_t i = 0; i < ROWS; i++) {
        rows[i].total = (struct cell){0};
        for (size_t c = 0; c < CELLS_COLUMNS; c++) {
            rows[i].total.count += rows[i].cells[c].count;
            columns[c].count += rows[i].cells[c].count;
            total.count += rows[i].cells[c].count;
        }
        all += rows[i].total.count > 0;
    }
    cells_of_parts(columns, CELLS_COLUMNS, &total, K);
    if (!cells_of_table(rows, ROWS, columns, &total, K))
        return; /* nothing of it is shown */
    for (size_t i = 0; i < ROWS; i++)
        for (size_t c = 0; c < CELLS_COLUMNS; c++) {
            const struct cell *cell = &rows[i].cells[c];

            assert_true(cell->state != CELL_SHOWN || cell->count == 0 || cell->count >= K);
            rest[c] += cell->state == CELL_SHOWN ? 0 : cell->count;
            hidden += c == 0 && cell->state != CELL_SHOWN && rows[i].total.count > 0;
        }
    assert_true(hidden == 0 || hidden == all || hidden >= 2);
    for (size_t c = 0; c < CELLS_COLUMNS; c++)
        assert_true(hidden == all || columns[c].state != CELL_SHOWN || rest[c] == 0 || rest[c] >= K);
}

static void
no_table_shows_or_leaves_few(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        struct cell_row rows[ROWS] = {0};

        for (size_t i = 0; i < ROWS; i++)
            for (size_t c = 0; c < CELLS_COLUMNS; c++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                rows[i].cells[c].count = (seed >> 33) % (c == 0 ? 40 : round % 9 + 2);
            }
        check_table(rows);
    }
}

/* --- months ------------------------------------------------------------------------------------------------------- */

static void
times_of_all_kinds_have_their_month(void **state)
{
    static const struct {
        const char *time, *month;
    } known[] = {{"2024-03-01T09:00:00+09:00", "2024-03"},
                 {"2024-02-29T20:00:00Z", "2024-03"},
                 {"\"2023-12-31T15:00:00.000Z\"", "2024-01"},
                 {"2024-03-01T00:30:00+10:00", "2024-02"},
                 {"2024-03-31 23:59", "2024-03"},
                 {"2024/3/1", "2024-03"},
                 {"2024/3/1 9:00", "2024-03"},
                 {"2024.12", "2024-12"},
                 {"2024年3月1日", "2024-03"},
                 {"2024\x94\x4E"
                  "3\x8C\x8E"
                  "1\x93\xFA",
                  "2024-03"},
                 {"20240301", "2024-03"},
                 {"20240301093000", "2024-03"},
                 {"令和6年3月1日", "2024-03"},
                 {"令和元年5月1日", "2019-05"},
                 {"R6.3.1", "2024-03"},
                 {"H31/4/30", "2019-04"},
                 {"1462629479859", "2016-05"},
                 {"1709218800", "2024-03"},
                 {"1709218799", "2024-02"},
                 {"", "-"},
                 {"きのう", "-"},
                 {"2024-13-01", "-"},
                 {"0024-03-01", "-"},
                 {"12345", "-"},
                 {"99999999999999999999", "-"}};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char text[MONTH_TEXT_BYTES];

        month_text(month_of(slice_of(known[i].time)), text);
        assert_string_equal(text, known[i].month);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_part_can_be_anything_below_k), cmocka_unit_test(no_more_is_hidden_than_needed),
        cmocka_unit_test(what_nearly_all_have_is_hidden_too),       cmocka_unit_test(no_table_shows_or_leaves_few),
        cmocka_unit_test(times_of_all_kinds_have_their_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
