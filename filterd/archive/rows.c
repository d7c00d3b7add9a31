#include "archive/rows.h"

#include <emmintrin.h>

/* Stops at the first of two bytes. */
static const uint8_t *
find_either(const uint8_t *at, const uint8_t *end, uint8_t one, uint8_t other)
{
    const __m128i first = _mm_set1_epi8((char)one), second = _mm_set1_epi8((char)other);

    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, first), _mm_cmpeq_epi8(bytes, second));
        unsigned mask = (unsigned)_mm_movemask_epi8(hits);

        if (mask != 0)
            return at + __builtin_ctz(mask);
    }
    while (at < end && *at != one && *at != other)
        at++;
    return at;
}

/* Behind the field at `at`: on its separator, its line feed or the end. */
static const uint8_t *
skip_field(const uint8_t *at, const uint8_t *end, uint8_t separator, bool *open)
{
    *open = false;
    if (at < end && *at == '"') {
        for (at++;; at += 2) {
            at = memchr(at, '"', (size_t)(end - at));
            if (at == NULL) {
                *open = true;
                return end;
            }
            if (at + 1 == end || at[1] != '"')
                break;
        }
        at++;
    }
    return find_either(at, end, separator, '\n');
}

size_t
row_length(struct slice data, uint8_t separator, bool *open_out)
{
    const uint8_t *at = data.data, *end = data.data + data.bytes;

    *open_out = false;
    while (at < end) {
        at = skip_field(at, end, separator, open_out);
        if (at == end)
            return 0;
        if (*at++ == '\n')
            return (size_t)(at - data.data);
    }
    return 0;
}

struct slice
row_content(struct slice row)
{
    if (row.bytes > 0 && row.data[row.bytes - 1] == '\n')
        row.bytes--;
    if (row.bytes > 0 && row.data[row.bytes - 1] == '\r')
        row.bytes--;
    return row;
}

size_t
row_fields(struct slice row, uint8_t separator, struct row_field fields[ROWS_MAX_FIELDS])
{
    const uint8_t *at = row.data, *end = row.data + row.bytes;
    size_t count = 0;

    while (count < ROWS_MAX_FIELDS) {
        const uint8_t *start = at;
        struct row_field *field = &fields[count++];

        /* A line feed outside of marks can only come from a row that is none. */
        while ((at = skip_field(at, end, separator, &field->open)) < end && *at == '\n')
            at++;
        field->raw = (struct slice){start, (size_t)(at - start)};
        field->quoted = start < end && *start == '"';
        if (at == end)
            break;
        at++;
    }
    return count;
}

void
row_field_value(const struct row_field *field, struct buffer *out)
{
    const uint8_t *at = field->raw.data, *end = at + field->raw.bytes;

    if (!field->quoted) {
        buffer_append(out, at, field->raw.bytes);
        return;
    }
    for (at++; at < end;) {
        const uint8_t *mark = memchr(at, '"', (size_t)(end - at));

        buffer_append(out, at, (size_t)((mark ? mark : end) - at));
        if (mark == NULL)
            return;
        at = mark + 1;
        if (at == end || *at != '"') { /* closed; what stands behind the mark belongs to the field */
            buffer_append(out, at, (size_t)(end - at));
            return;
        }
        buffer_append_byte(out, *at++);
    }
}

static bool
needs_marks(struct slice value, uint8_t separator)
{
    for (size_t i = 0; i < value.bytes; i++)
        if (value.data[i] == separator || value.data[i] == '"' || value.data[i] == '\n' || value.data[i] == '\r')
            return true;
    return false;
}

void
row_append_field(struct buffer *out, struct slice value, uint8_t separator, bool quoted)
{
    if (!quoted && !needs_marks(value, separator)) {
        buffer_append(out, value.data, value.bytes);
        return;
    }
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < value.bytes; i++) {
        if (value.data[i] == '"')
            buffer_append_byte(out, '"');
        buffer_append_byte(out, value.data[i]);
    }
    buffer_append_byte(out, '"');
}
