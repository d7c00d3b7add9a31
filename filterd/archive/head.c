#include "archive/head.h"

#include "archive/columns.h"
#include "archive/rows.h"

#define MAX_HEAD_ROWS 16

/* Where the row that begins at `from` ends; 0 = it is not all there. */
static size_t
row_end(const struct record_form *form, struct slice data, size_t from, bool is_last)
{
    bool open;
    size_t row = record_length(form, (struct slice){data.data + from, data.bytes - from}, &open);

    if (row > 0)
        return from + row;
    return is_last && !open && from < data.bytes ? data.bytes : 0;
}

static bool
row_begins(const struct record_form *form, struct slice row, const char *name)
{
    struct row_field fields[ROWS_MAX_FIELDS];
    struct buffer value;
    bool same;

    row_fields(row_content(row), form->separator, fields);
    buffer_init(&value);
    row_field_value(&fields[0], &value);
    same = slice_equal(buffer_slice(&value), slice_of(name));
    buffer_fini(&value);
    return same;
}

static bool
begins_between(const struct record_form *form, struct slice data, size_t from, size_t to, const char *name)
{
    return row_begins(form, (struct slice){data.data + from, to - from}, name);
}

bool
head_find(const struct record_form *form, struct slice data, size_t mark, bool is_last, size_t *from_out,
          size_t *to_out)
{
    size_t first = row_end(form, data, mark, is_last), from = first;

    *from_out = mark;
    *to_out = first;
    if (first == 0 || !begins_between(form, data, mark, first, COLUMNS_LINE_ACCOUNT))
        return first > 0 || is_last;
    for (unsigned rows = 1; rows < MAX_HEAD_ROWS; rows++) {
        size_t to = row_end(form, data, from, is_last);

        if (to == 0)
            return is_last; /* no export: an ordinary header that begins with the same name */
        if (begins_between(form, data, from, to, COLUMNS_LINE_SENDER)) {
            *from_out = from;
            *to_out = to;
            return true;
        }
        from = to;
    }
    return true;
}
