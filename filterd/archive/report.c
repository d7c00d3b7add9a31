#include "archive/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

#define ARENA_BYTES (4u << 20)
#define MAX_COUNTS 65536 /* more than there are rules and months: an answer with others is none */

enum status
report_begin(struct report *report)
{
    enum status status;

    *report = (struct report){0};
    buffer_init(&report->counts);
    status = arena_create(ARENA_BYTES, &report->arena);
    return status == STATUS_OK ? table_create(1024, &report->by_key) : status;
}

void
report_fini(struct report *report)
{
    buffer_fini(&report->counts);
    table_destroy(&report->by_key);
    arena_destroy(&report->arena);
}

static struct report_count *
items(const struct report *report)
{
    return (struct report_count *)(void *)report->counts.data;
}

/* Cuts what stands before `end` from the front of `rest`; all when there is none. */
static struct slice
cut(struct slice *rest, char end)
{
    const uint8_t *at = memchr(rest->data, end, rest->bytes);
    struct slice part = {rest->data, at == NULL ? rest->bytes : (size_t)(at - rest->data)};
    size_t taken = part.bytes + (at != NULL);

    *rest = (struct slice){rest->data + taken, rest->bytes - taken};
    return part;
}

static bool
read_number(struct slice digits, uint64_t *number_out)
{
    *number_out = 0;
    for (size_t i = 0; i < digits.bytes; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        *number_out = *number_out * 10 + (digits.data[i] - '0');
    }
    return digits.bytes > 0 && digits.bytes < 18;
}

static struct slice
whole_key(enum report_kind kind, struct slice key, char room[REPORT_KEY_BYTES + 4])
{
    int bytes = snprintf(room, REPORT_KEY_BYTES + 4, "%d %.*s", kind, (int)key.bytes, (const char *)key.data);

    return (struct slice){(const uint8_t *)room, (size_t)bytes};
}

static enum status
find(struct report *report, enum report_kind kind, struct slice key, struct report_count **count_out)
{
    struct report_count fresh = {.kind = kind};
    char room[REPORT_KEY_BYTES + 4];
    struct slice whole = whole_key(kind, key, room);
    uint32_t index = table_get(report->by_key, whole);
    enum status status = STATUS_OK;

    if (index == TABLE_NONE) {
        index = (uint32_t)(report->counts.bytes / sizeof fresh);
        snprintf(fresh.key, sizeof fresh.key, "%.*s", (int)key.bytes, (const char *)key.data);
        buffer_append(&report->counts, &fresh, sizeof fresh);
        status = index == MAX_COUNTS ? STATUS_INVALID : table_put(report->by_key, whole, index);
    }
    if (status == STATUS_OK && report->counts.failed)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        *count_out = &items(report)[index];
    return status;
}

static void
keep_sample(struct report *report, struct report_count *count, struct slice sample)
{
    for (unsigned i = 0; i < REPORT_SAMPLES; i++) {
        uint8_t *copy;

        if (slice_equal(count->samples[i], sample))
            return;
        if (count->samples[i].bytes > 0)
            continue;
        copy = arena_alloc(report->arena, sample.bytes);
        if (copy == NULL)
            return; /* one sample less */
        memcpy(copy, sample.data, sample.bytes);
        count->samples[i] = (struct slice){copy, sample.bytes};
        return;
    }
}

static enum status
add_line(struct report *report, struct slice line)
{
    struct report_count *count;
    struct slice key;
    uint64_t kind, number;
    enum status status;

    if (line.bytes > 0 && line.data[0] == '{')
        return STATUS_OK; /* a record that nobody could look into: the run counts it */
    if (!read_number(cut(&line, '\t'), &kind) || !read_number(cut(&line, '\t'), &number) || kind >= REPORT_KIND_COUNT)
        return STATUS_INVALID;
    key = cut(&line, '\t');
    if (key.bytes == 0 || key.bytes >= REPORT_KEY_BYTES)
        return STATUS_INVALID;
    status = find(report, (enum report_kind)kind, key, &count);
    if (status != STATUS_OK)
        return status;
    count->count += number;
    while (line.bytes > 0)
        keep_sample(report, count, cut(&line, '\t'));
    return STATUS_OK;
}

enum status
report_add(struct report *report, struct slice lines)
{
    enum status status = STATUS_OK;

    while (lines.bytes > 0 && status == STATUS_OK)
        status = add_line(report, cut(&lines, '\n'));
    return status;
}

static int
compare(const void *a, const void *b)
{
    const struct report_count *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->kind != REPORT_MONTH && x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->key, y->key);
}

const struct report_count *
report_sort(struct report *report, size_t *count_out)
{
    *count_out = report->counts.bytes / sizeof(struct report_count);
    if (*count_out > 0)
        qsort(items(report), *count_out, sizeof(struct report_count), compare);
    return items(report);
}
