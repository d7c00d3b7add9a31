/* archive/columns.h - the columns of a table that are looked at, found by its header.
 *
 * The name of a column is a label of its values: 電話番号 above ten digits makes them a phone number. Of the chat
 * export of LINE Official Account Manager (one file per user: three lines about the account, then
 * 送信者タイプ,送信者名,送信日,送信時刻,内容) the names and texts are known, and rows of the account are outbound.
 *
 * Threads: one owner. Errors: STATUS_NOT_FOUND = a column is not there (`missing_out` says which field).
 */
#ifndef ARCHIVE_COLUMNS_H
#define ARCHIVE_COLUMNS_H

#include "archive/fields.h"
#include "archive/rows.h"
#include "base/buffer.h"
#include "rules/policy.h"
#include "text/charset.h"

#define COLUMNS_LINE_ACCOUNT "アカウント名" /* begins the first row of a chat export */
#define COLUMNS_LINE_SENDER "送信者タイプ"  /* begins its header */

struct column {
    unsigned index; /* 0-based field of a row */
    bool is_display_name;
    struct slice label; /* "電話番号: "; empty without header */
};

struct columns {
    struct column list[FIELDS_MAX]; /* by index */
    size_t count;
    unsigned id, sender, time; /* index of the column, or COLUMNS_NONE */
    size_t total;              /* columns in the header */
    struct buffer names;       /* all names, UTF-8, each with ": " behind it */
    uint32_t ends[ROWS_MAX_FIELDS];
};
#define COLUMNS_NONE UINT32_MAX

void columns_init(struct columns *columns);
void columns_fini(struct columns *columns);

/* `header`: the row as it stands (without BOM), or empty: then fields are numbers. `missing_out` is an index of
 * `fields`. */
STATUS_CHECKED enum status columns_resolve(struct columns *columns, const struct fields *fields, const char *id_name,
                                           struct slice header, uint8_t separator, enum charset charset,
                                           struct charset_codec *codec, size_t *missing_out);
/* Which column says when, of the last resolve; with `by_custom` by the names such columns usually have. */
void columns_find_time(struct columns *columns, const struct field *field, bool by_custom);
struct slice columns_name(const struct columns *columns, size_t index); /* UTF-8; of the last resolve */
bool columns_has(const struct columns *columns, size_t index);          /* is looked at */

#endif
