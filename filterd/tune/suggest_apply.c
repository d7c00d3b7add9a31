/* candidate_apply: a suggestion written into a copy of terms.csv or names.csv. */
#include <stdio.h>

#include "rules/names.h"
#include "rules/terms.h"
#include "text/charset.h"
#include "tune/exchange.h"
#include "tune/suggest_parts.h"

enum { TERM, CATEGORY, MATCH, SEVERITY, EXCEPTIONS };

static void
change_row(const struct suggestion *suggestion, struct slice cells[TERMS_COLUMNS], struct buffer *joined)
{
    if (suggestion->kind == SUGGEST_MATCH) {
        cells[MATCH] = suggestion->value;
        return;
    }
    buffer_append(joined, cells[EXCEPTIONS].data, cells[EXCEPTIONS].bytes);
    if (cells[EXCEPTIONS].bytes > 0)
        buffer_append_byte(joined, '\n');
    buffer_append(joined, suggestion->value.data, suggestion->value.bytes);
    cells[EXCEPTIONS] = buffer_slice(joined);
}

static enum status
copy_rows(struct csv *csv, size_t count, const struct suggestion *suggestion, struct buffer *out, struct fault *fault)
{
    struct buffer joined;
    struct csv_row row;
    enum status status;

    buffer_init(&joined);
    while ((status = csv_next(csv, &row, fault)) == STATUS_OK) {
        struct slice cells[CSV_MAX_COLUMNS];

        memcpy(cells, row.fields, count * sizeof *cells);
        if (suggestion->line == row.line)
            change_row(suggestion, cells, &joined);
        exchange_put_row(out, cells, count);
    }
    buffer_fini(&joined);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void
put_new_row(const struct suggestion *suggestion, struct buffer *out)
{
    struct slice term[TERMS_COLUMNS] = {suggestion->value, slice_of(category_label(suggestion->category)),
                                        SLICE_LITERAL("語句"), SLICE_LITERAL("中")};
    struct slice name[NAMES_COLUMNS] = {suggestion->value, {0}, SLICE_LITERAL("施設"), {0}};

    if (suggestion->kind == SUGGEST_TERM)
        exchange_put_row(out, term, TERMS_COLUMNS);
    else
        exchange_put_row(out, name, NAMES_COLUMNS);
}

static enum status
rewrite(const struct buffer *raw, const char *file, const struct csv_column *columns, size_t count,
        const struct suggestion *suggestion, struct buffer *out, struct fault *fault)
{
    struct slice header[CSV_MAX_COLUMNS];
    struct buffer utf8;
    struct csv *csv = NULL;
    enum charset charset;
    unsigned line;
    enum status status;

    buffer_init(&utf8);
    for (size_t i = 0; i < count; i++)
        header[i] = slice_of(columns[i].japanese);
    exchange_put_row(out, header, count);
    status = charset_decode(buffer_slice(raw), &utf8, &charset, &line);
    if (status == STATUS_OK && utf8.bytes > 0)
        status = csv_create(file, buffer_slice(&utf8), columns, count, &csv, fault);
    if (status == STATUS_OK && csv != NULL)
        status = copy_rows(csv, count, suggestion, out, fault);
    if (status == STATUS_OK && suggestion->line == 0)
        put_new_row(suggestion, out);
    csv_destroy(&csv);
    buffer_fini(&utf8);
    return status == STATUS_OK && out->failed ? STATUS_NO_MEMORY : status;
}

enum status
candidate_apply(const struct city_files *files, const struct suggestion *suggestion, struct city_files *files_out,
                struct buffer *changed, struct fault *fault)
{
    bool is_name = suggestion->kind == SUGGEST_NAME;
    enum status status;

    *files_out = *files;
    buffer_init(changed);
    if (is_name)
        status = rewrite(&files->names, "names.csv", names_columns, NAMES_COLUMNS, suggestion, changed, fault);
    else
        status = rewrite(&files->terms, "terms.csv", terms_columns, TERMS_COLUMNS, suggestion, changed, fault);
    *(is_name ? &files_out->names : &files_out->terms) = *changed;
    return status;
}
