/* The patterns of all cities over any text: Hyperscan loses nothing that PCRE2 finds, reports no pattern that PCRE2
 * does not find, and does not care what stands behind the text.
 */
#include <sanitizer/lsan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "engine/multi.h"
#include "engine/regex.h"
#include "rules/ruleset.h"
#include "text/intake.h"

#define PADDING_BYTES 64
#define MAX_HITS 65536
#define MAX_PATTERNS 1024

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct common *common;
static struct multi_scratch *multi_scratch;
static struct regex_scratch *regex_scratch;
static struct regex *regexes[MAX_PATTERNS]; /* without the guard that the scanner sets before */
static struct multi_hit hits[MAX_HITS];

/* Takes seconds, which are no fault of an input. What an arena points to looks lost to the search for leaks. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    __lsan_disable();
    struct fault fault = {0};
    char reason[256];
    unsigned column;

    ASSERT(common_build("dictionaries/common", NULL, &common, &fault) == STATUS_OK);
    ASSERT(multi_scratch_create(&multi_scratch) == STATUS_OK);
    ASSERT(multi_scratch_grow(multi_scratch, common->pattern_multi) == STATUS_OK);
    ASSERT(regex_scratch_create(&regex_scratch) == STATUS_OK);
    ASSERT(common->searched_count <= MAX_PATTERNS);
    for (size_t i = 0; i < common->searched_count; i++)
        ASSERT(regex_compile(common->patterns[i].expression, &regexes[i], &column, reason) == STATUS_OK);
    __lsan_enable();
    return 0;
}

static int
hit_order(const void *a, const void *b)
{
    const struct multi_hit *one = a, *other = b;

    if (one->id != other->id)
        return one->id < other->id ? -1 : 1;
    return one->end < other->end ? -1 : one->end > other->end;
}

/* The hits in order, in a copy of the text alone on the heap. */
static size_t
scan(struct slice text, uint8_t behind, struct multi_hit *out)
{
    uint8_t *copy = malloc(text.bytes + PADDING_BYTES);
    size_t count = 0;

    ASSERT(copy != NULL);
    memcpy(copy, text.data, text.bytes);
    memset(copy + text.bytes, behind, PADDING_BYTES);
    ASSERT(multi_scan(common->pattern_multi, multi_scratch, (struct slice){copy, text.bytes}, out, MAX_HITS, &count) ==
           STATUS_OK);
    qsort(out, count, sizeof *out, hit_order);
    free(copy);
    return count;
}

static void
check_pattern(size_t pattern, struct slice text, const struct multi_hit *first, size_t count)
{
    struct regex_match match;
    const enum status status = regex_find(regexes[pattern], regex_scratch, text, 0, false, &match);

    if (status == STATUS_BUDGET) /* unsure: counts as a hit in the scanner */
        return;
    ASSERT((status == STATUS_OK) == (count > 0));
    if (status != STATUS_OK)
        return;
    bool is_end = false;
    for (size_t i = 0; i < count; i++)
        is_end = is_end || first[i].end == match.groups[0].end;
    ASSERT(is_end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct multi_hit again[MAX_HITS];
    struct slice text = {data, size};
    size_t at = 0;

    if (size > REGEX_WINDOW_BYTES || !utf8_is_valid(text))
        return 0;
    const size_t count = scan(text, 0, hits);
    ASSERT(scan(text, '1', again) == count && memcmp(hits, again, count * sizeof *hits) == 0);
    for (size_t pattern = 0; pattern < common->searched_count; pattern++) {
        const size_t first = at;
        while (at < count && hits[at].id == pattern)
            at++;
        check_pattern(pattern, text, hits + first, at - first);
    }
    ASSERT(at == count);
    return 0;
}
