/* archive/head.h - where the header of a table stands.
 *
 * Threads: no state.
 */
#ifndef ARCHIVE_HEAD_H
#define ARCHIVE_HEAD_H

#include "archive/format.h"

/* The header row in `data`, which begins with `mark` bytes of byte order mark. A chat export (archive/columns.h) has
 * rows before it. `is_last`: no more data can come. False: more has to be read. */
bool head_find(const struct record_form *form, struct slice data, size_t mark, bool is_last, size_t *from_out,
               size_t *to_out);

#endif
