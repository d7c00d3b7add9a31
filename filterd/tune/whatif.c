#include "tune/whatif.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

#define ARENA_BYTES (64u << 20) /* address space; pages are taken as they are used */

enum status
whatif_begin(struct whatif *whatif)
{
    enum status status;

    *whatif = (struct whatif){0};
    buffer_init(&whatif->groups);
    status = arena_create(ARENA_BYTES, &whatif->arena);
    return status == STATUS_OK ? table_create(1024, &whatif->by_key) : status;
}

void
whatif_fini(struct whatif *whatif)
{
    buffer_fini(&whatif->groups);
    table_destroy(&whatif->by_key);
    arena_destroy(&whatif->arena);
}

static struct whatif_group *
items(struct whatif *whatif)
{
    return (struct whatif_group *)(void *)whatif->groups.data;
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

static uint64_t
number_of(struct slice digits)
{
    uint64_t number = 0;

    for (size_t i = 0; i < digits.bytes; i++)
        number = number * 10 + (digits.data[i] - '0');
    return number;
}

static enum status
find_group(struct whatif *whatif, enum whatif_kind kind, struct slice cause, struct whatif_group **group_out)
{
    struct whatif_group fresh = {.kind = kind};
    char key[136];
    int bytes = snprintf(key, sizeof key, "%d %.*s", kind, (int)cause.bytes, (const char *)cause.data);
    uint32_t index = table_get(whatif->by_key, (struct slice){(const uint8_t *)key, (size_t)bytes});
    enum status status = STATUS_OK;

    if (index == TABLE_NONE) {
        index = (uint32_t)(whatif->groups.bytes / sizeof fresh);
        snprintf(fresh.cause, sizeof fresh.cause, "%.*s", (int)cause.bytes, (const char *)cause.data);
        buffer_append(&whatif->groups, &fresh, sizeof fresh);
        status = table_put(whatif->by_key, (struct slice){(const uint8_t *)key, (size_t)bytes}, index);
    }
    if (status == STATUS_OK && whatif->groups.failed)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        *group_out = &items(whatif)[index];
    return status;
}

static void
keep_sample(struct whatif *whatif, struct whatif_group *group, struct slice sample)
{
    for (unsigned i = 0; i < WHATIF_SAMPLES; i++) {
        uint8_t *copy;

        if (slice_equal(group->samples[i], sample))
            return;
        if (group->samples[i].bytes > 0)
            continue;
        copy = arena_alloc(whatif->arena, sample.bytes);
        if (copy == NULL)
            return; /* one sample less */
        memcpy(copy, sample.data, sample.bytes);
        group->samples[i] = (struct slice){copy, sample.bytes};
        return;
    }
}

static enum status
add_line(struct whatif *whatif, struct slice line)
{
    if (line.bytes > 0 && line.data[0] == '{')
        return STATUS_OK; /* a record that nobody could look into: the run counts it */

    uint64_t kind = number_of(cut(&line, '\t')), count = number_of(cut(&line, '\t'));
    struct slice cause = cut(&line, '\t');
    struct whatif_group *group;
    enum status status;

    if (kind == WHATIF_KIND_COUNT) {
        whatif->texts += count;
        return STATUS_OK;
    }
    if (kind > WHATIF_KIND_COUNT || cause.bytes == 0 || cause.bytes >= sizeof group->cause)
        return STATUS_INVALID;
    status = find_group(whatif, (enum whatif_kind)kind, cause, &group);
    if (status != STATUS_OK)
        return status;
    group->count += count;
    whatif->counts[kind] += count;
    while (line.bytes > 0)
        keep_sample(whatif, group, cut(&line, '\t'));
    return STATUS_OK;
}

enum status
whatif_add(struct whatif *whatif, struct slice lines)
{
    enum status status = STATUS_OK;

    while (lines.bytes > 0 && status == STATUS_OK)
        status = add_line(whatif, cut(&lines, '\n'));
    return status;
}

static int
compare_groups(const void *a, const void *b)
{
    const struct whatif_group *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->cause, y->cause);
}

const struct whatif_group *
whatif_sort(struct whatif *whatif, size_t *count_out)
{
    *count_out = whatif->groups.bytes / sizeof(struct whatif_group);
    if (*count_out > 0)
        qsort(items(whatif), *count_out, sizeof(struct whatif_group), compare_groups);
    return items(whatif);
}
