/* The tables of a city as anybody may have saved them: a ruleset whose terms are words, or a fault that names the row,
 * for at most 2 s and 256 MiB.
 *
 * Two files, cut at the first byte 0: terms.csv and names.csv.
 */
#include <sanitizer/lsan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "fuzz/bounds.h"
#include "rules/ruleset.h"
#include "text/intake.h"

#define MAX_BYTES ((size_t)4096)
#define MAX_US 2000000
#define MAX_HEAP_BYTES ((size_t)256 << 20)
#define POLICY                                           \
    "format: 1\nid: sample\nname: 試験市\nclauses:\n" \
    "  - {id: a, cite: a, heading: a, covers: [DEFAMATION], action: block}\n"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct common *common;

/* What an arena points to looks lost to the search for leaks. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct fault fault = {0};

    (void)argc;
    (void)argv;
    __lsan_disable();
    ASSERT(common_build("tests/rules/data/common", NULL, &common, &fault) == STATUS_OK);
    __lsan_enable();
    return 0;
}

static void
check_ruleset(const struct ruleset *ruleset)
{
    for (size_t i = 0; i < ruleset->term_count; i++) {
        const struct term *term = &ruleset->terms[i];
        ASSERT(strncmp(term->rule, "term.sample.", 12) == 0 && term->plain.bytes > 0 && utf8_is_valid(term->plain));
        ASSERT(term->category > CATEGORY_NONE && term->category < CATEGORY_COUNT && term->likelihood <= 100);
        for (size_t e = 0; e < term->exception_count; e++)
            ASSERT(term->exceptions[e].bytes > 0 && utf8_is_valid(term->exceptions[e]));
    }
    for (size_t i = 0; i < ruleset->literals.count; i++) {
        const struct literal *literal = &ruleset->literals.items[i];
        ASSERT(literal->skeleton.bytes > 0 && utf8_is_valid(literal->skeleton) && literal->use_count > 0);
        ASSERT(literal->first_use + literal->use_count <= ruleset->literals.use_count);
    }
    for (size_t i = 0; i < ruleset->public_name_count; i++)
        ASSERT(ruleset->public_names[i].plain.bytes > 0 && ruleset->public_names[i].line > 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct city_files files = {.id = "sample", .folder = "sample"};
    struct ruleset *ruleset = NULL;
    struct fault fault = {0};
    char words[FAULT_TEXT_BYTES];

    if (size > MAX_BYTES)
        return 0;
    const uint8_t *cut = memchr(data, 0, size);
    const size_t terms = cut ? (size_t)(cut - data) : size;
    buffer_append_text(&files.policy, POLICY);
    buffer_append(&files.terms, data, terms);
    if (cut)
        buffer_append(&files.names, cut + 1, size - terms - 1);
    bounds_begin();
    const enum status status = ruleset_build(common, &files, &ruleset, &fault);
    bounds_end(MAX_US, MAX_HEAP_BYTES);
    if (status == STATUS_OK) {
        check_ruleset(ruleset);
    } else {
        ASSERT(status == STATUS_INVALID && ruleset == NULL && fault.reason[0] != '\0');
        ASSERT(strstr(fault.file, "sample") != NULL);
        ASSERT(strpbrk(fault_text(&fault, words, sizeof words), "\n\r\033") == NULL);
    }
    ruleset_destroy(&ruleset);
    city_files_fini(&files);
    return 0;
}
