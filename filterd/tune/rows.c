#include "tune/rows.h"

#include <stdio.h>

#include "base/arena.h"
#include "rules/build.h"
#include "rules/literals.h"
#include "rules/terms.h"

#define SCRATCH_BYTES (1u << 20)

static enum status
keep_rows(struct build *build, const struct terms_builder *terms, struct rows *rows)
{
    const struct term_origin *origins = (const struct term_origin *)(const void *)terms->origins.data;
    const struct term *kept = NULL;
    struct row *items;
    const void *array = NULL;
    enum status status = build_keep_array(build, &terms->terms, &array);

    kept = array;
    rows->count = terms->terms.bytes / sizeof(struct term);
    items = arena_alloc_array(build->arena, rows->count, sizeof *items);
    if (status == STATUS_OK && items == NULL)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; i < rows->count && status == STATUS_OK; i++) {
        items[i] = (struct row){.term = &kept[i], .line = origins[i].line};
        status = table_put(rows->by_rule, slice_of(kept[i].rule), (uint32_t)i);
        if (status == STATUS_INVALID)
            status = STATUS_OK; /* two rows that share an id: the first stands for both */
    }
    rows->items = items;
    return status;
}

static enum status
read_terms(struct build *build, const struct city_files *files, struct terms_builder *terms, struct rows *rows)
{
    struct literals_builder literals;
    char path[sizeof files->folder + 16];
    enum status status = literals_begin(&literals);

    if (status != STATUS_OK)
        return status;
    snprintf(path, sizeof path, "%s/terms.csv", files->folder);
    if (files->terms.bytes > 0)
        status = terms_read(terms, build, buffer_slice(&files->terms), path, &literals);
    if (status == STATUS_OK)
        status = keep_rows(build, terms, rows);
    literals_abandon(&literals);
    return status;
}

enum status
rows_read(const struct common *common, const struct city_files *files,
          void (*on_fault)(void *context, const struct fault *fault), void *context, struct rows *rows_out,
          struct fault *fault)
{
    struct build build = {.views = common->views, .fault = fault};
    struct terms_builder terms = {0};
    enum status status = arena_create(65536 + 64 * files->terms.bytes, &rows_out->arena);

    build.arena = rows_out->arena;
    if (status == STATUS_OK)
        status = table_create(1024, &rows_out->by_rule);
    if (status == STATUS_OK)
        status = arena_create(SCRATCH_BYTES, &build.scratch);
    if (status == STATUS_OK)
        status = terms_begin(&terms, files->id);
    if (status == STATUS_OK) {
        terms.on_fault = on_fault;
        terms.context = context;
        status = read_terms(&build, files, &terms, rows_out);
    }
    terms_abandon(&terms);
    arena_destroy(&build.scratch);
    return status;
}

void
rows_fini(struct rows *rows)
{
    table_destroy(&rows->by_rule);
    arena_destroy(&rows->arena);
    *rows = (struct rows){0};
}

const struct row *
rows_find(const struct rows *rows, const char *rule)
{
    uint32_t index = table_get(rows->by_rule, slice_of(rule));

    return index == TABLE_NONE ? NULL : &rows->items[index];
}
