/* lint_terms: what can be seen from the rows of terms.csv alone. */
#include <stdio.h>

#include "text/intake.h"
#include "tune/lint_parts.h"

#define SHORT_KANA_CHARACTERS 2

static void
on_fault(void *context, const struct fault *fault)
{
    lint_tell_fault(context, "terms.csv", fault);
}

static struct remark
remark_of(enum remark_check check, const struct row *row, const char *detail)
{
    return (struct remark){
        .check = check, .file = "terms.csv", .line = row->line, .value = row->term->plain, .detail = detail};
}

static bool
finds_anywhere(const struct term *term)
{
    return term->match == MATCH_PHRASE || term->match == MATCH_ANYWHERE;
}

static bool
is_kana(struct slice text)
{
    for (uint32_t at = 0; at < text.bytes;) {
        uint32_t c = utf8_next(text, &at);

        if (c < 0x3041 || c > 0x30FF)
            return false;
    }
    return true;
}

static bool
is_short(const struct term *term)
{
    size_t characters = utf8_count(term->plain);

    return finds_anywhere(term) && (characters <= 1 || (characters <= SHORT_KANA_CHARACTERS && is_kana(term->plain)));
}

/* A text with `longer` in it is always found by `shorter` too, and judged at least as gravely. */
static bool
is_shadowed_by(const struct term *longer, const struct term *shorter)
{
    return finds_anywhere(shorter) && shorter->exception_count == 0 && shorter->category == longer->category &&
           shorter->severity >= longer->severity && shorter->plain.bytes < longer->plain.bytes &&
           memmem(longer->plain.data, longer->plain.bytes, shorter->plain.data, shorter->plain.bytes) != NULL;
}

static void
lint_shadow(struct lint *lint, const struct rows *rows, const struct row *row)
{
    char detail[320];

    for (size_t i = 0; i < rows->count; i++) {
        const struct term *other = rows->items[i].term;

        if (!is_shadowed_by(row->term, other))
            continue;
        snprintf(detail, sizeof detail, "terms.csv:%u %.*s", rows->items[i].line, (int)other->plain.bytes,
                 (const char *)other->plain.data);
        lint_tell(lint, remark_of(REMARK_SHADOWED, row, detail));
        return;
    }
    for (size_t i = 0; i < lint->common->term_count; i++) {
        const struct term *other = &lint->common->terms[i];

        if (!is_shadowed_by(row->term, other))
            continue;
        snprintf(detail, sizeof detail, "common %.*s", (int)other->plain.bytes, (const char *)other->plain.data);
        lint_tell(lint, remark_of(REMARK_SHADOWED, row, detail));
        return;
    }
}

static bool
is_in_common(const struct lint *lint, const struct term *term)
{
    for (size_t i = 0; i < lint->common->term_count; i++) {
        const struct term *other = &lint->common->terms[i];

        if (slice_equal(other->plain, term->plain) && other->category == term->category &&
            other->match == term->match && other->severity >= term->severity)
            return true;
    }
    return false;
}

static void
lint_row(struct lint *lint, const struct rows *rows, const struct row *row)
{
    uint8_t first = row->term->plain.data[0];

    if (is_short(row->term))
        lint_tell(lint, remark_of(REMARK_SHORT, row, NULL));
    if (first == '=' || first == '+' || first == '-')
        lint_tell(lint, remark_of(REMARK_FORMULA, row, NULL));
    if (is_in_common(lint, row->term))
        lint_tell(lint, remark_of(REMARK_IN_COMMON, row, NULL));
    else
        lint_shadow(lint, rows, row);
}

/* Rows of one writing: the first is remembered, each other is told of with it. */
static enum status
lint_contradictions(struct lint *lint, const struct rows *rows)
{
    struct table *first_of = NULL;
    char detail[32];
    enum status status = table_create(rows->count + 1, &first_of);

    for (size_t i = 0; i < rows->count && status == STATUS_OK; i++) {
        uint32_t first = table_get(first_of, rows->items[i].term->plain);

        if (first == TABLE_NONE) {
            status = table_put(first_of, rows->items[i].term->plain, (uint32_t)i);
            continue;
        }
        snprintf(detail, sizeof detail, "terms.csv:%u", rows->items[first].line);
        lint_tell(lint, remark_of(REMARK_CONTRADICTS, &rows->items[i], detail));
    }
    table_destroy(&first_of);
    return status;
}

enum status
lint_terms(struct lint *lint, const struct city_files *files, struct rows *rows_out)
{
    struct fault fault = {0};
    enum status status = rows_read(lint->common, files, on_fault, lint, rows_out, &fault);

    if (status == STATUS_INVALID) {
        lint_tell_fault(lint, "terms.csv", &fault); /* the file as a whole */
        return STATUS_OK;
    }
    for (size_t i = 0; i < rows_out->count && status == STATUS_OK; i++)
        lint_row(lint, rows_out, &rows_out->items[i]);
    return status == STATUS_OK ? lint_contradictions(lint, rows_out) : status;
}
