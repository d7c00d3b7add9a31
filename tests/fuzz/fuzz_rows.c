/* Rows of any bytes: they cover the data, their fields and separators are the row, and what is written is what is read.
 */
#include <stdlib.h>
#include <string.h>

#include "archive/format.h"
#include "archive/rows.h"
#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written again as a field among others, it says the same. */
static void
check_value(struct slice value, uint8_t separator)
{
    struct row_field fields[ROWS_MAX_FIELDS];
    struct buffer row, read;
    bool open;

    buffer_init(&row);
    buffer_init(&read);
    row_append_field(&row, value, separator, false);
    buffer_append_byte(&row, separator);
    row_append_field(&row, value, separator, true);
    buffer_append_text(&row, "\r\n");
    ASSERT(row_length(buffer_slice(&row), separator, &open) == row.bytes);
    ASSERT(row_fields(row_content(buffer_slice(&row)), separator, fields) == 2);
    for (size_t i = 0; i < 2; i++) {
        buffer_clear(&read);
        row_field_value(&fields[i], &read);
        ASSERT(slice_equal(buffer_slice(&read), value));
    }
    buffer_fini(&row);
    buffer_fini(&read);
}

static void
check_row(struct slice content, uint8_t separator)
{
    struct row_field fields[ROWS_MAX_FIELDS];
    const size_t count = row_fields(content, separator, fields);
    const uint8_t *at = content.data;
    struct buffer value;

    ASSERT(count >= 1 && count <= ROWS_MAX_FIELDS);
    buffer_init(&value);
    for (size_t i = 0; i < count; i++) {
        ASSERT(fields[i].raw.data == at && at + fields[i].raw.bytes <= content.data + content.bytes);
        at += fields[i].raw.bytes;
        ASSERT(i + 1 == count || *at == separator);
        at++;
        buffer_clear(&value);
        row_field_value(&fields[i], &value);
        ASSERT(value.bytes <= fields[i].raw.bytes);
        if (i < 4)
            check_value(buffer_slice(&value), separator);
    }
    ASSERT(count == ROWS_MAX_FIELDS || at == content.data + content.bytes + 1);
    buffer_fini(&value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096)
        return 0;
    const uint8_t separator = (uint8_t) ",\t;"[data[0] % 3];
    struct slice rest = {data + 1, size - 1};
    const struct record_form form = {.format = ARCHIVE_TABLE, .separator = separator};
    bool open, same_open;

    while (rest.bytes > 0) {
        const size_t length = row_length(rest, separator, &open);
        ASSERT(length <= rest.bytes && (length == 0 || rest.data[length - 1] == '\n'));
        ASSERT(record_length(&form, rest, &same_open) == length);
        const size_t taken = length == 0 ? rest.bytes : length;
        check_row(row_content((struct slice){rest.data, taken}), separator);
        rest = (struct slice){rest.data + taken, rest.bytes - taken};
    }
    return 0;
}
