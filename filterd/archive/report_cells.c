#include "archive/report_cells.h"

#include "base/assert.h"

static bool
is_small(uint64_t count, unsigned k)
{
    return count > 0 && count < k;
}

/* --- parts of a total --------------------------------------------------------------------------------------------- */

struct unknown {
    uint64_t sum;
    uint64_t small, hidden; /* how many of each */
};

static struct unknown
unknown_of(const struct cell *parts, size_t count)
{
    struct unknown unknown = {0};

    for (size_t i = 0; i < count; i++) {
        unknown.small += parts[i].state == CELL_SMALL;
        unknown.hidden += parts[i].state == CELL_HIDDEN;
        unknown.sum += parts[i].state == CELL_SHOWN ? 0 : parts[i].count;
    }
    return unknown;
}

/* Whether each small one can be anything from 1 to k-1, by whoever knows the sum of what is not shown, that small ones
 * are below k and hidden ones are not. */
static bool
is_open(struct unknown unknown, unsigned k)
{
    uint64_t least_others = unknown.small - 1 + unknown.hidden * k;
    uint64_t most_others = (unknown.small - 1) * (k - 1);

    if (unknown.small == 0)
        return true;
    return unknown.sum >= k - 1 + least_others && (unknown.hidden > 0 || unknown.sum <= 1 + most_others);
}

/* The smallest shown part that opens the rest when hidden; else the largest. NULL: none is left. */
static struct cell *
next_to_hide(struct cell *parts, size_t count, unsigned k)
{
    struct cell *best = NULL, *largest = NULL;

    for (size_t i = 0; i < count; i++) {
        struct unknown unknown = unknown_of(parts, count);

        if (parts[i].state != CELL_SHOWN || parts[i].count == 0)
            continue;
        unknown.sum += parts[i].count;
        unknown.hidden++;
        if (is_open(unknown, k) && (best == NULL || parts[i].count < best->count))
            best = &parts[i];
        if (largest == NULL || parts[i].count > largest->count)
            largest = &parts[i];
    }
    return best != NULL ? best : largest;
}

void
cells_of_parts(struct cell *parts, size_t count, struct cell *total, unsigned k)
{
    if (is_small(total->count, k))
        total->state = CELL_SMALL;
    for (size_t i = 0; i < count; i++)
        parts[i].state = is_small(parts[i].count, k) ? CELL_SMALL : CELL_SHOWN;
    while (total->state == CELL_SHOWN && !is_open(unknown_of(parts, count), k)) {
        struct cell *next = next_to_hide(parts, count, k);

        if (next == NULL)
            total->state = CELL_HIDDEN;
        else
            next->state = CELL_HIDDEN;
    }
}

void
cells_of_some(struct cell *some, size_t count, const struct cell *total, unsigned k)
{
    for (size_t i = 0; i < count; i++) {
        bool is_nearly_all = some[i].count < total->count && total->count - some[i].count < k;

        some[i].state = is_small(some[i].count, k)                    ? CELL_SMALL
                        : is_nearly_all && total->state == CELL_SHOWN ? CELL_HIDDEN
                                                                      : CELL_SHOWN;
        if (some[i].state == CELL_SHOWN && some[i].count == total->count && total->state != CELL_SHOWN)
            some[i].state = CELL_HIDDEN; /* it would say the total */
    }
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static bool
has_small(const struct cell_row *row, unsigned k)
{
    for (size_t i = 0; i < CELLS_COLUMNS; i++)
        if (is_small(row->cells[i].count, k))
            return true;
    return row->total.state != CELL_SHOWN;
}

static void
hide(struct cell_row *row)
{
    for (size_t i = 0; i < CELLS_COLUMNS; i++)
        row->cells[i].state = CELL_HIDDEN;
}

static bool
is_hidden(const struct cell_row *row)
{
    return row->cells[0].state != CELL_SHOWN;
}

/* Rows whose totals are not shown are as one, and so are columns: only their sums can be known. */
static bool
table_is_open(const struct cell_row *rows, size_t count, const struct cell columns[CELLS_COLUMNS], unsigned k)
{
    uint64_t nameless = 0, sums[CELLS_COLUMNS] = {0}, nameless_sum = 0;
    size_t hidden = 0;

    for (size_t i = 0; i < count; i++) {
        if (!is_hidden(&rows[i]))
            continue;
        if (rows[i].total.state == CELL_SHOWN)
            hidden++;
        else
            nameless += rows[i].total.count;
        for (size_t c = 0; c < CELLS_COLUMNS; c++)
            sums[c] += rows[i].cells[c].count;
    }
    if (hidden == 0 && nameless == 0)
        return true;
    for (size_t c = 0; c < CELLS_COLUMNS; c++) {
        if (columns[c].state == CELL_SHOWN && is_small(sums[c], k))
            return false;
        nameless_sum += columns[c].state == CELL_SHOWN ? 0 : sums[c];
    }
    return !is_small(nameless, k) && !is_small(nameless_sum, k) && hidden + (nameless > 0) >= 2;
}

static struct cell_row *
smallest_shown(struct cell_row *rows, size_t count)
{
    struct cell_row *best = NULL;

    for (size_t i = 0; i < count; i++)
        if (!is_hidden(&rows[i]) && rows[i].total.count > 0 &&
            (best == NULL || rows[i].total.count < best->total.count))
            best = &rows[i];
    return best;
}

/* The rows' totals, which add up to `total` as the columns' do. */
static bool
treat_totals(struct cell_row *rows, size_t count, const struct cell *total, unsigned k)
{
    struct cell parts[CELLS_MAX_ROWS], sum = *total;

    ASSERT(count <= CELLS_MAX_ROWS);
    for (size_t i = 0; i < count; i++)
        parts[i] = rows[i].total;
    cells_of_parts(parts, count, &sum, k);
    for (size_t i = 0; i < count; i++)
        rows[i].total = parts[i];
    return total->state == CELL_SHOWN && sum.state == CELL_SHOWN;
}

bool
cells_of_table(struct cell_row *rows, size_t count, const struct cell columns[CELLS_COLUMNS], const struct cell *total,
               unsigned k)
{
    bool may_be_shown = treat_totals(rows, count, total, k);

    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < CELLS_COLUMNS; c++)
            rows[i].cells[c].state = CELL_SHOWN;
        if (has_small(&rows[i], k))
            hide(&rows[i]);
    }
    while (!table_is_open(rows, count, columns, k)) {
        struct cell_row *next = smallest_shown(rows, count);

        if (next == NULL)
            break; /* no breakdown at all: nothing beyond the totals is known */
        hide(next);
    }
    return may_be_shown;
}
