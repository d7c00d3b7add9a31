#include "archive/format.h"

#include <string.h>
#include <strings.h>

#include "archive/rows.h"

enum archive_format
format_of_name(const char *name, uint8_t *separator_out)
{
    static const struct {
        const char *suffix;
        enum archive_format format;
        uint8_t separator;
    } known[] = {{".jsonl", ARCHIVE_JSONL, 0},
                 {".ndjson", ARCHIVE_JSONL, 0},
                 {".csv", ARCHIVE_TABLE, 0},
                 {".tsv", ARCHIVE_TABLE, '\t'},
                 {".txt", ARCHIVE_TEXT, 0}};
    size_t bytes = strlen(name);

    *separator_out = 0;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t suffix = strlen(known[i].suffix);

        if (bytes >= suffix && strcasecmp(name + bytes - suffix, known[i].suffix) == 0) {
            *separator_out = known[i].separator;
            return known[i].format;
        }
    }
    return ARCHIVE_BY_NAME;
}

size_t
record_length(const struct record_form *form, struct slice data, bool *open_out)
{
    const uint8_t *found;

    if (form->format == ARCHIVE_TABLE)
        return row_length(data, form->separator, open_out);
    *open_out = false;
    found = data.bytes == 0 ? NULL : memchr(data.data, '\n', data.bytes);
    return found == NULL ? 0 : (size_t)(found - data.data) + 1;
}

bool
record_next(const struct record_form *form, struct slice *rest, struct slice *record_out)
{
    bool open;
    size_t bytes = record_length(form, *rest, &open);

    *record_out = (struct slice){rest->data, bytes == 0 ? rest->bytes : bytes};
    *rest = (struct slice){rest->data + record_out->bytes, rest->bytes - record_out->bytes};
    return record_out->bytes > 0;
}

bool
record_is_blank(struct slice record)
{
    return record.bytes > 0 && row_content(record).bytes == 0;
}

__attribute__((target_clones("avx2", "default"), optimize("O3"))) static size_t
count_breaks(const uint8_t *data, size_t bytes)
{
    size_t count = 0;

    for (size_t i = 0; i < bytes; i++)
        count += data[i] == '\n';
    return count;
}

static size_t
whole_lines(struct slice data, size_t most_bytes, uint32_t most_records, uint32_t *count)
{
    size_t part = data.bytes < most_bytes ? data.bytes : most_bytes, bytes;
    const uint8_t *found = memrchr(data.data, '\n', part), *at = data.data;

    if (found == NULL && data.bytes > part)
        found = memchr(data.data + part, '\n', data.bytes - part);
    if (found == NULL)
        return 0;
    bytes = (size_t)(found - data.data) + 1;
    *count = (uint32_t)count_breaks(data.data, bytes);
    if (*count <= most_records)
        return bytes;
    *count = most_records;
    for (uint32_t i = 0; i < *count; i++)
        at = (const uint8_t *)memchr(at, '\n', bytes - (size_t)(at - data.data)) + 1;
    return (size_t)(at - data.data);
}

static size_t
whole_rows(uint8_t separator, struct slice rest, size_t most_bytes, uint32_t most_records, uint32_t *count)
{
    size_t bytes = 0;
    bool open;

    for (*count = 0; *count < most_records; ++*count) {
        size_t row = row_length(rest, separator, &open);

        if (row == 0 || (*count > 0 && bytes + row > most_bytes))
            break;
        bytes += row;
        rest.data += row;
        rest.bytes -= row;
    }
    return bytes;
}

size_t
records_whole(const struct record_form *form, struct slice data, size_t most_bytes, uint32_t most_records,
              uint32_t *count_out)
{
    if (data.bytes == 0)
        return 0;
    if (form->format == ARCHIVE_TABLE)
        return whole_rows(form->separator, data, most_bytes, most_records, count_out);
    return whole_lines(data, most_bytes, most_records, count_out);
}

size_t
records_until(const struct record_form *form, struct slice data, size_t place, uint32_t *count_out)
{
    struct slice rest = data, record;

    *count_out = 0;
    while (data.bytes - rest.bytes < place && record_next(form, &rest, &record))
        ++*count_out;
    return data.bytes - rest.bytes;
}
