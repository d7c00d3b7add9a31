/* archive/report_cells.h - counts that may be shown: none below k, and none that others give away.
 *
 * A statistic that somebody can be read from is personal data. A count from 1 to k-1 is SMALL: shown is only that it is
 * below k. Where counts add up to a total that is shown, more of them are HIDDEN until every small one can still be
 * anything from 1 to k-1; where no choice does it, the total is hidden too. Nought is no secret.
 *
 * Threads: no state. Errors: none.
 */
#ifndef ARCHIVE_REPORT_CELLS_H
#define ARCHIVE_REPORT_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CELLS_DEFAULT_K 5

enum cell_state { CELL_SHOWN, CELL_SMALL, CELL_HIDDEN };

struct cell {
    uint64_t count;
    enum cell_state state;
};

/* Counts that exclude each other and add up to `total`. */
void cells_of_parts(struct cell *parts, size_t count, struct cell *total, unsigned k);
/* Counts of which each is a part of `total` and that may overlap: also hidden where few are left outside. */
void cells_of_some(struct cell *some, size_t count, const struct cell *total, unsigned k);

#define CELLS_COLUMNS 3
#define CELLS_MAX_ROWS 1400 /* months from 1990 to 2099, and unknown */

/* A row of a table whose cells add up to the row's total, and, over the rows, to the columns' totals. */
struct cell_row {
    struct cell total;
    struct cell cells[CELLS_COLUMNS];
};

/* `columns` and `total` were treated by cells_of_parts(). Shown or hidden is a row's whole breakdown. What is hidden
 * then is hidden in at least two rows, of whose sums none is below k: every hidden number can be off by k and more.
 * False: not even the rows' totals may be shown. */
bool cells_of_table(struct cell_row *rows, size_t count, const struct cell columns[CELLS_COLUMNS],
                    const struct cell *total, unsigned k);

#endif
