#include "rules/literals.h"

#include <stdlib.h>

#include "base/assert.h"
#include "rules/disguises.h"

struct pending_use {
    uint32_t literal;
    struct use use;
};

enum status
literals_begin(struct literals_builder *builder)
{
    *builder = (struct literals_builder){0};
    buffer_init(&builder->skeletons);
    buffer_init(&builder->uses);
    enum status status = table_create(1024, &builder->by_skeleton);
    if (status == STATUS_OK)
        status = table_create(1024, &builder->by_use);
    if (status != STATUS_OK)
        literals_abandon(builder);
    return status;
}

void
literals_abandon(struct literals_builder *builder)
{
    table_destroy(&builder->by_skeleton);
    table_destroy(&builder->by_use);
    buffer_fini(&builder->skeletons);
    buffer_fini(&builder->uses);
}

static size_t
skeleton_count(const struct literals_builder *builder)
{
    return builder->skeletons.bytes / sizeof(struct slice);
}

static enum status
find_or_add(struct literals_builder *builder, struct build *build, struct slice skeleton, uint32_t *literal_out)
{
    *literal_out = table_get(builder->by_skeleton, skeleton);
    if (*literal_out != TABLE_NONE)
        return STATUS_OK;
    struct slice kept;
    *literal_out = (uint32_t)skeleton_count(builder);
    enum status status = build_keep(build, skeleton, &kept);
    if (status == STATUS_OK) {
        buffer_append(&builder->skeletons, &kept, sizeof(kept));
        status = builder->skeletons.failed ? STATUS_NO_MEMORY : table_put(builder->by_skeleton, kept, *literal_out);
    }
    return status;
}

enum status
literals_add(struct literals_builder *builder, struct build *build, struct slice skeleton, struct use use)
{
    struct pending_use pending = {.use = {.role = use.role, .info = use.info, .index = use.index}};
    ASSERT(skeleton.bytes > 0);
    enum status status = find_or_add(builder, build, skeleton, &pending.literal);
    if (status != STATUS_OK)
        return status;
    const uint32_t parts[] = {pending.literal, use.role, use.info, use.index};
    status = table_put(builder->by_use, (struct slice){(const uint8_t *)parts, sizeof(parts)}, 0);
    if (status == STATUS_OK) {
        buffer_append(&builder->uses, &pending, sizeof(pending));
        status = builder->uses.failed ? STATUS_NO_MEMORY : STATUS_OK;
    }
    return status == STATUS_INVALID ? STATUS_OK : status;
}

/* Sorts the uses by literal (stable: as added) behind their literals. */
static enum status
place_uses(struct literals_builder *builder, struct build *build, struct literals *out)
{
    const struct slice *skeletons = (const void *)builder->skeletons.data;
    const struct pending_use *pending = (const void *)builder->uses.data;
    size_t count = skeleton_count(builder);
    size_t use_count = builder->uses.bytes / sizeof(*pending);
    struct literal *items = arena_alloc_array(build->arena, count, sizeof(*items));
    struct use *uses = arena_alloc_array(build->arena, use_count, sizeof(*uses));
    if (!items || !uses)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        items[i] = (struct literal){.skeleton = skeletons[i]};
    for (size_t i = 0; i < use_count; i++)
        items[pending[i].literal].use_count++;
    for (size_t i = 1; i < count; i++) {
        items[i].first_use = items[i - 1].first_use + items[i - 1].use_count;
        items[i - 1].use_count = 0;
    }
    if (count > 0)
        items[count - 1].use_count = 0;
    for (size_t i = 0; i < use_count; i++) {
        struct literal *literal = &items[pending[i].literal];
        uses[literal->first_use + literal->use_count++] = pending[i].use;
    }
    *out = (struct literals){.items = items, .count = count, .uses = uses, .use_count = use_count};
    return STATUS_OK;
}

enum status
literals_finish(struct literals_builder *builder, struct build *build, struct literals *literals_out)
{
    size_t bad = 0;
    struct literals literals;
    enum status status = place_uses(builder, build, &literals);
    if (status == STATUS_OK)
        status = disguises_build(build, &literals);
    if (status == STATUS_OK)
        status = lexicon_create((const void *)builder->skeletons.data, literals.count, &literals.lexicon, &bad);
    if (status == STATUS_OK)
        *literals_out = literals;
    return status == STATUS_INVALID ? STATUS_INTERNAL : status; /* unique and not empty: the engine must take them */
}
