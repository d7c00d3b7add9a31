#include "archive/counts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

#define ARENA_BYTES (64u << 20) /* address space; pages are taken as they are used */
#define MAX_COUNTS 65536        /* more than there are rules and months: an answer with others is none */
#define MOST_DIGITS 18          /* of a number: no sum of them overflows */
#define WHOLE_KEY_BYTES (COUNT_KEY_BYTES + 12)

enum status
counts_begin(struct counts *counts, unsigned kinds)
{
    enum status status;

    *counts = (struct counts){.kinds = kinds};
    buffer_init(&counts->counts);
    status = arena_create(ARENA_BYTES, &counts->arena);
    return status == STATUS_OK ? table_create(1024, &counts->by_key) : status;
}

void
counts_fini(struct counts *counts)
{
    buffer_fini(&counts->counts);
    table_destroy(&counts->by_key);
    arena_destroy(&counts->arena);
}

static struct count *
items(const struct counts *counts)
{
    return (struct count *)(void *)counts->counts.data;
}

static bool
read_number(struct slice digits, uint64_t *number_out)
{
    *number_out = 0;
    if (digits.bytes == 0 || digits.bytes > MOST_DIGITS)
        return false;
    for (size_t i = 0; i < digits.bytes; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        *number_out = *number_out * 10 + (digits.data[i] - '0');
    }
    return true;
}

static struct slice
whole_key(unsigned kind, struct slice key, char room[WHOLE_KEY_BYTES])
{
    int bytes = snprintf(room, WHOLE_KEY_BYTES, "%u %.*s", kind, (int)key.bytes, (const char *)key.data);

    return (struct slice){(const uint8_t *)room, (size_t)bytes};
}

static enum status
find(struct counts *counts, unsigned kind, struct slice key, struct count **count_out)
{
    struct count fresh = {.kind = kind};
    char room[WHOLE_KEY_BYTES];
    struct slice whole = whole_key(kind, key, room);
    uint32_t index = table_get(counts->by_key, whole);
    enum status status = STATUS_OK;

    if (index == TABLE_NONE) {
        index = (uint32_t)(counts->counts.bytes / sizeof fresh);
        memcpy(fresh.key, key.data, key.bytes);
        buffer_append(&counts->counts, &fresh, sizeof fresh);
        status = index == MAX_COUNTS ? STATUS_INVALID : table_put(counts->by_key, whole, index);
    }
    if (status == STATUS_OK && counts->counts.failed)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        *count_out = &items(counts)[index];
    return status;
}

static void
keep_sample(struct counts *counts, struct count *count, struct slice sample)
{
    for (unsigned i = 0; i < COUNT_SAMPLES; i++) {
        uint8_t *copy;

        if (slice_equal(count->samples[i], sample))
            return;
        if (count->samples[i].bytes > 0)
            continue;
        copy = arena_alloc(counts->arena, sample.bytes);
        if (copy == NULL)
            return; /* one sample less */
        memcpy(copy, sample.data, sample.bytes);
        count->samples[i] = (struct slice){copy, sample.bytes};
        return;
    }
}

static enum status
add_line(struct counts *counts, struct slice line)
{
    struct count *count;
    struct slice key;
    uint64_t kind, number;
    enum status status;

    if (line.bytes > 0 && line.data[0] == '{')
        return STATUS_OK; /* a record that nobody could look into: the run counts it */
    if (!read_number(slice_cut(&line, '\t'), &kind) || !read_number(slice_cut(&line, '\t'), &number) ||
        kind >= counts->kinds)
        return STATUS_INVALID;
    key = slice_cut(&line, '\t');
    if (key.bytes == 0 || key.bytes >= COUNT_KEY_BYTES || memchr(key.data, 0, key.bytes) != NULL)
        return STATUS_INVALID;
    status = find(counts, (unsigned)kind, key, &count);
    if (status != STATUS_OK)
        return status;
    count->count += number;
    while (line.bytes > 0)
        keep_sample(counts, count, slice_cut(&line, '\t'));
    return STATUS_OK;
}

enum status
counts_add(struct counts *counts, struct slice lines)
{
    enum status status = STATUS_OK;

    while (lines.bytes > 0 && status == STATUS_OK)
        status = add_line(counts, slice_cut(&lines, '\n'));
    return status;
}

const struct count *
counts_sort(struct counts *counts, int (*compare)(const void *, const void *), size_t *count_out)
{
    *count_out = counts->counts.bytes / sizeof(struct count);
    if (*count_out > 0)
        qsort(items(counts), *count_out, sizeof(struct count), compare);
    return items(counts);
}
