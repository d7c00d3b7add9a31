/* sample.h - the small dictionaries of tests/rules/data, and cities made of strings. */
#ifndef TESTS_RULES_SAMPLE_H
#define TESTS_RULES_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/ruleset.h"
#include "rules/store.h"

#define SAMPLE_COMMON "tests/rules/data/common"
#define SAMPLE_CITIES "tests/rules/data/cities"

#define SAMPLE_POLICY                                    \
    "format: 1\nid: sample\nname: 試験市\nclauses:\n" \
    "  - {id: a, cite: a, heading: a, covers: [DEFAMATION], action: block}\n"

static inline struct common *
sample_common(const char *dir, struct store *store)
{
    struct common *common = NULL;
    struct fault fault = {0};
    char words[1024];
    if (common_build(dir, store, &common, &fault) != STATUS_OK)
        fail_msg("%s", fault_text(&fault, words, sizeof(words)));
    return common;
}

/* A city whose files are `terms` and `names` ("" = absent). */
static inline enum status
sample_city(const struct common *common, struct slice terms, struct slice names, struct ruleset **ruleset_out,
            struct fault *fault)
{
    struct city_files files = {.id = "sample", .folder = "sample"};
    buffer_init(&files.policy);
    buffer_init(&files.terms);
    buffer_init(&files.names);
    buffer_init(&files.cases);
    buffer_append_text(&files.policy, SAMPLE_POLICY);
    buffer_append(&files.terms, terms.data, terms.bytes);
    buffer_append(&files.names, names.data, names.bytes);
    enum status status = ruleset_build(common, &files, ruleset_out, fault);
    city_files_fini(&files);
    return status;
}

/* The literal with this skeleton; fails the test when there is none. */
static inline const struct literal *
sample_literal(const struct literals *literals, const char *skeleton)
{
    for (size_t i = 0; i < literals->count; i++)
        if (slice_equal(literals->items[i].skeleton, slice_of(skeleton)))
            return &literals->items[i];
    fail_msg("no literal %s", skeleton);
    return NULL;
}

static inline const struct use *
sample_use(const struct literals *literals, const char *skeleton, enum use_role role)
{
    const struct literal *literal = sample_literal(literals, skeleton);
    for (uint32_t i = 0; i < literal->use_count; i++)
        if (literals->uses[literal->first_use + i].role == role)
            return &literals->uses[literal->first_use + i];
    fail_msg("%s is not used so", skeleton);
    return NULL;
}

#endif
