/* archive/reader.h - the texts of one record, each with its verdict. What a process keeps to read records.
 *
 * Threads: one owner. Errors: STATUS_INVALID = the record is not what its form says, or a text is no text;
 * STATUS_TOO_LARGE; those of scanner_run(). Privacy: reader_forget() wipes what it holds of records.
 */
#ifndef ARCHIVE_READER_H
#define ARCHIVE_READER_H

#include "archive/columns.h"
#include "archive/fields.h"
#include "archive/format.h"
#include "base/fault.h"
#include "scan/scanner.h"

#define READER_MAX_TEXTS 512 /* of one record */

/* How records are read and texts looked at: the same for the whole archive. */
struct reading {
    struct fields fields;
    struct field id_field;
    struct field time_field; /* name NULL: nobody asks when */
    bool time_is_default;    /* nobody named one: where the time stands by custom (archive/month.h) */
    const struct ruleset *ruleset;
    enum surface surface;
    enum direction direction;
    const struct purpose *purpose; /* NULL = chat */
    bool short_tokens;
};

/* A text of a record. Slices live until the next record. */
struct text {
    struct slice raw;   /* as it stands in the record, with its quotes */
    struct slice value; /* UTF-8, maybe with bad bytes */
    struct slice label; /* "電話番号: ", or empty */
    struct slice id;    /* JSON value; empty = the record's */
    struct slice name;  /* of the field: events[0].message.text */
    struct slice time;  /* JSON value as it stands; empty = the record's */
    enum surface surface;
    enum direction direction;
    bool quoted; /* a field of a table in marks */
    /* The bytes of value, id and name, until all texts of the record are known. */
    uint32_t value_at, value_bytes, id_at, id_bytes, name_at, name_bytes;
};

struct reader {
    const struct reading *reading;
    struct charset_codec *codec;
    struct buffer header; /* that `columns` are of */
    struct columns columns;
    enum status columns_status; /* NOT_FOUND: a column is not there */
    size_t missing;             /* which field */
    bool has_columns;
    struct buffer scratch; /* values, ids and names of the record in hand */
    struct buffer joined;  /* label and value */
    struct slice id;       /* of the record, JSON value; empty = none */
    struct slice time;     /* of the record: a JSON value, or a field as it stands; empty = none */
    struct text texts[READER_MAX_TEXTS];
    size_t width;      /* fields of the row in hand */
    size_t text_count; /* in the order in which they stand */
    struct verdict verdict;
    struct finding findings[VERDICT_MAX_FINDINGS];
};

STATUS_CHECKED enum status reader_create(const struct reading *reading, struct reader **reader_out);
void reader_destroy(struct reader **reader);
void reader_forget(struct reader *reader);

/* Makes sure that `columns` are those of a table with this header. STATUS_NOT_FOUND: a column is missing. */
STATUS_CHECKED enum status reader_use(struct reader *reader, const struct record_form *form);

/* Says that a table has no column `field`, and which it has. After reader_use() of its header. */
void reader_explain_columns(const struct reader *reader, const char *file, const char *field, struct fault *fault);

/* Fills `texts` and `id`. `record` has no break. */
STATUS_CHECKED enum status reader_take(struct reader *reader, const struct record_form *form, struct slice record);
/* The same for JSON (archive/reader_json.c). */
STATUS_CHECKED enum status reader_take_json(struct reader *reader, struct slice record);
/* Adds a text where it stands by `raw`; NULL when there are too many. */
struct text *reader_add(struct reader *reader, struct slice raw);
/* Decodes a field of a table into the scratch. */
STATUS_CHECKED enum status reader_decode(struct reader *reader, const struct record_form *form,
                                         const struct row_field *field, uint32_t *at, uint32_t *bytes);

/* Looks at a text. Findings are counted without the label. The verdict lives until the next one. */
STATUS_CHECKED enum status reader_judge(struct reader *reader, struct scanner *scanner, const struct text *text,
                                        const struct verdict **verdict_out);

#endif
