#include "tune/harmless.h"

#include <stdio.h>

#include "base/arena.h"
#include "scan/cases.h"

#define ARENA_BYTES (256u << 20) /* address space; pages are taken as they are used */

enum status
harmless_begin(struct harmless_set *set)
{
    *set = (struct harmless_set){0};
    buffer_init(&set->items);
    buffer_init(&set->wordlist.text);
    return arena_create(ARENA_BYTES, &set->arena);
}

void
harmless_fini(struct harmless_set *set)
{
    buffer_fini(&set->items);
    wordlist_fini(&set->wordlist);
    arena_destroy(&set->arena);
}

static void
add(struct harmless_set *set, struct slice text, const char *origin)
{
    struct harmless harmless = {text, origin};

    buffer_append(&set->items, &harmless, sizeof harmless);
}

static enum status
add_copy(struct harmless_set *set, struct slice text, const char *file, unsigned line)
{
    uint8_t *copy = arena_alloc(set->arena, text.bytes);
    size_t origin_bytes = strlen(file) + 16;
    char *origin = arena_alloc(set->arena, origin_bytes);

    if (copy == NULL || origin == NULL)
        return STATUS_NO_MEMORY;
    memcpy(copy, text.data, text.bytes);
    snprintf(origin, origin_bytes, "%s:%u", file, line);
    add(set, (struct slice){copy, text.bytes}, origin);
    return set->items.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status
harmless_add_words(struct harmless_set *set, const char *dir)
{
    enum status status;

    wordlist_fini(&set->wordlist);
    status = wordlist_read(dir, &set->wordlist);
    for (size_t i = 0; i < set->wordlist.count && status == STATUS_OK; i++)
        add(set, set->wordlist.words[i], NULL);
    return status == STATUS_OK && set->items.failed ? STATUS_NO_MEMORY : status;
}

/* --- cases -------------------------------------------------------------------------------------------------------- */

struct gathering {
    struct harmless_set *set;
    const char *file;
    enum status status;
};

static void
on_row(void *context, const struct case_row *row)
{
    struct gathering *gathering = context;

    if (row->expect == ACTION_ALLOW && gathering->status == STATUS_OK)
        gathering->status = add_copy(gathering->set, row->text, gathering->file, row->line);
}

enum status
harmless_add_cases(struct harmless_set *set, const struct city_files *files, struct fault *fault)
{
    char file[sizeof files->id + 16];
    struct gathering gathering = {set, file, STATUS_OK};
    enum status status;

    snprintf(file, sizeof file, "%s/cases.csv", files->id);
    status = cases_each(buffer_slice(&files->cases), file, on_row, &gathering, fault);
    return status == STATUS_OK ? gathering.status : status;
}

enum status
harmless_add_lines(struct harmless_set *set, struct slice content, const char *file)
{
    enum status status = STATUS_OK;

    for (unsigned line = 1; content.bytes > 0 && status == STATUS_OK; line++) {
        struct slice text = slice_cut(&content, '\n');

        if (text.bytes > 0)
            status = add_copy(set, text, file, line);
    }
    return status;
}
