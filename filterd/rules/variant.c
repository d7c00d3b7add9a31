#include "rules/variant.h"

#include <stdlib.h>

#include "rules/disguises.h"
#include "rules/patterns.h"

#define SCRATCH_BYTES (1u << 20)

struct variant {
    struct common common;
    struct ruleset ruleset;
    struct arena *arena;
    struct multi *multi; /* NULL: the whole ruleset's */
    struct lexicon *lexicons[2];
};

/* --- patterns ----------------------------------------------------------------------------------------------------- */

/* The order stays: searched ones first. */
static enum status
select_patterns(struct variant *variant, const bool *left_out)
{
    const struct common *whole = variant->ruleset.common;
    struct common *common = &variant->common;
    struct pattern *kept = arena_alloc_array(variant->arena, whole->pattern_count, sizeof(*kept));
    if (!kept)
        return STATUS_NO_MEMORY;
    common->patterns = kept;
    common->pattern_count = common->searched_count = 0;
    for (size_t i = 0; i < whole->pattern_count; i++) {
        if (!left_out[i]) {
            common->searched_count += i < whole->searched_count;
            kept[common->pattern_count++] = whole->patterns[i];
        }
    }
    return STATUS_OK;
}

static enum status
remake_patterns(struct variant *variant, const bool *left_out)
{
    struct common *common = &variant->common;
    const char **expressions;
    char reason[256];
    size_t bad = 0;
    enum status status = select_patterns(variant, left_out);
    if (status != STATUS_OK)
        return status;
    expressions = arena_alloc_array(variant->arena, common->searched_count + 1, sizeof(*expressions));
    if (!expressions)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < common->searched_count; i++)
        expressions[i] = common->patterns[i].expression;
    status = multi_compile_patterns(expressions, common->searched_count, &variant->multi, &bad, reason);
    if (status != STATUS_OK)
        return status == STATUS_INVALID ? STATUS_INTERNAL : status; /* they compiled with the others */
    common->pattern_multi = variant->multi;
    return patterns_make_triggers(variant->arena, common);
}

/* --- literals ----------------------------------------------------------------------------------------------------- */

static bool
is_left_out(const struct use *use, const bool *left_out, const struct term_writing *writings)
{
    return (use->role == USE_TERM && left_out[use->index]) ||
           ((use->role == USE_WRITING || use->role == USE_READING) && left_out[writings[use->index].term]);
}

/* Literals that keep a use, with the uses they keep. */
static enum status
select_literals(struct arena *arena, const struct literals *whole, const bool *left_out,
                const struct term_writing *writings, struct literals *out)
{
    struct literal *items = arena_alloc_array(arena, whole->count + 1, sizeof(*items));
    struct use *uses = arena_alloc_array(arena, whole->use_count + 1, sizeof(*uses));
    if (!items || !uses)
        return STATUS_NO_MEMORY;
    *out = (struct literals){.items = items, .uses = uses};
    for (size_t i = 0; i < whole->count; i++) {
        struct literal kept = {.skeleton = whole->items[i].skeleton, .first_use = (uint32_t)out->use_count};
        for (uint32_t u = 0; u < whole->items[i].use_count; u++) {
            const struct use *use = &whole->uses[whole->items[i].first_use + u];
            if (!is_left_out(use, left_out, writings)) {
                uses[out->use_count++] = *use;
                kept.use_count++;
            }
        }
        if (kept.use_count > 0)
            items[out->count++] = kept;
    }
    return STATUS_OK;
}

static enum status
remake_literals(struct variant *variant, const struct literals *whole, const bool *left_out,
                const struct term_writing *writings, struct literals *out, struct lexicon **lexicon_out)
{
    struct build build = {.views = variant->common.views, .arena = variant->arena};
    size_t bad = 0;
    enum status status = select_literals(variant->arena, whole, left_out, writings, out);
    struct slice *skeletons = arena_alloc_array(variant->arena, out->count + 1, sizeof(*skeletons));
    if (status != STATUS_OK || !skeletons)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < out->count; i++)
        skeletons[i] = out->items[i].skeleton;
    status = arena_create(SCRATCH_BYTES, &build.scratch);
    if (status == STATUS_OK)
        status = disguises_build(&build, out);
    if (status == STATUS_OK)
        status = lexicon_create(skeletons, out->count, lexicon_out, &bad);
    arena_destroy(&build.scratch);
    out->lexicon = *lexicon_out;
    return status == STATUS_INVALID ? STATUS_INTERNAL : status; /* they were words with the others */
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* Literals and uses as they are, and room for the tables of disguises: as generous as the ruleset's own arena. */
static size_t
arena_bytes(const struct ruleset *whole)
{
    const struct literals *sets[] = {&whole->common->literals, &whole->literals};
    size_t bytes = (4u << 20) + 2 * whole->common->pattern_count * (sizeof(struct pattern) + sizeof(struct trigger));
    for (unsigned i = 0; i < 2; i++)
        bytes += sets[i]->count * (sizeof(struct literal) + 2048) + sets[i]->use_count * sizeof(struct use);
    return bytes;
}

enum status
variant_create(const struct ruleset *whole, const struct left_out *left_out, struct variant **variant_out)
{
    struct variant *variant = calloc(1, sizeof(*variant));
    if (!variant)
        return STATUS_NO_MEMORY;
    variant->common = *whole->common;
    variant->ruleset = *whole;
    if (left_out->names)
        variant->common.names = NULL;
    enum status status = arena_create(arena_bytes(whole), &variant->arena);
    if (status == STATUS_OK && left_out->patterns)
        status = remake_patterns(variant, left_out->patterns);
    if (status == STATUS_OK && left_out->common_terms) {
        status = remake_literals(variant, &whole->common->literals, left_out->common_terms, whole->common->writings,
                                 &variant->common.literals, &variant->lexicons[0]);
    }
    if (status == STATUS_OK && left_out->city_terms) {
        status = remake_literals(variant, &whole->literals, left_out->city_terms, whole->writings,
                                 &variant->ruleset.literals, &variant->lexicons[1]);
    }
    if (status != STATUS_OK) {
        variant_destroy(&variant);
        return status;
    }
    variant->ruleset.common = &variant->common;
    *variant_out = variant;
    return STATUS_OK;
}

void
variant_destroy(struct variant **variant)
{
    if (!*variant)
        return;
    multi_destroy(&(*variant)->multi);
    lexicon_destroy(&(*variant)->lexicons[0]);
    lexicon_destroy(&(*variant)->lexicons[1]);
    arena_destroy(&(*variant)->arena);
    free(*variant);
    *variant = NULL;
}

const struct ruleset *
variant_ruleset(const struct variant *variant)
{
    return &variant->ruleset;
}
