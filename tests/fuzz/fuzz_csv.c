/* What Excel saves, and what somebody made of it by hand: decoded or refused with a line; rows in order, within their
 * header. */
#include <string.h>

#include "base/assert.h"
#include "text/charset.h"
#include "text/csv.h"
#include "text/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TERM, CATEGORY, NOTE, COLUMNS };

static const struct csv_column columns[COLUMNS] = {
    [TERM] = {"term", "語句", CSV_REQUIRED},
    [CATEGORY] = {"category", "分類", CSV_OPTIONAL},
    [NOTE] = {"note", NULL, CSV_OPTIONAL},
};

static void
check_row(const struct csv_row *row, unsigned *last_line)
{
    ASSERT(row->line > *last_line);
    *last_line = row->line;
    ASSERT(row->positions[TERM] > 0);
    for (size_t i = 0; i < COLUMNS; i++) {
        ASSERT(row->positions[i] > 0 || row->fields[i].bytes == 0);
        ASSERT(utf8_is_valid(row->fields[i]));
    }
}

static void
check_fault(const struct fault *fault)
{
    char text[1024];

    ASSERT(fault->reason[0] != '\0');
    ASSERT(strlen(fault_text(fault, text, sizeof(text))) < sizeof(text));
    ASSERT(strchr(text, '\n') == NULL);
}

static void
read_rows(struct slice text)
{
    struct csv *csv = NULL;
    struct csv_row row;
    struct fault fault;
    unsigned last_line = 1;
    enum status status = csv_create("file", text, columns, COLUMNS, &csv, &fault);

    if (status != STATUS_OK) {
        ASSERT(status == STATUS_INVALID && csv == NULL);
        check_fault(&fault);
        return;
    }
    while ((status = csv_next(csv, &row, &fault)) != STATUS_NOT_FOUND) {
        if (status == STATUS_OK) {
            check_row(&row, &last_line);
        } else {
            ASSERT(status == STATUS_INVALID);
            check_fault(&fault);
        }
    }
    csv_destroy(&csv);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer text;
    enum charset charset;
    unsigned line = 0;

    buffer_init(&text);
    enum status status = charset_decode((struct slice){data, size}, &text, &charset, &line);
    if (status == STATUS_OK) {
        ASSERT(utf8_is_valid(buffer_slice(&text)));
        read_rows(buffer_slice(&text));
    } else {
        ASSERT(status == STATUS_INVALID && line > 0 && text.bytes == 0);
    }
    buffer_fini(&text);
    return 0;
}
