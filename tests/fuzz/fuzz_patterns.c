/* The patterns of all cities over any text: Hyperscan loses nothing that PCRE2 finds, reports no pattern that PCRE2
 * does not find, and does not care what stands behind the text or that nothing can be read behind its padding.
 *
 * Some of them alone give the same hits as among all; and of one pattern each end is an end that PCRE2 knows.
 */
#include <sanitizer/lsan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/assert.h"
#include "engine/multi.h"
#include "engine/regex.h"
#include "rules/ruleset.h"
#include "text/intake.h"

#define PADDING_BYTES 64
#define MAX_HITS 65536
#define MAX_PATTERNS 1024
#define SUBSETS 4
#define MAX_SUBSET 24

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct common *common;
static struct multi_scratch *multi_scratch;
static struct regex_scratch *regex_scratch;
static struct regex *regexes[MAX_PATTERNS]; /* without the guard that the scanner sets before */
static struct multi_hit hits[MAX_HITS];
static uint8_t *guarded_end; /* behind it nothing can be read */
static struct subset {
    struct multi *multi;
    size_t patterns[MAX_SUBSET]; /* in order */
    size_t count;
} subsets[SUBSETS];

/* Patterns by chance, the same ones in each run. */
static void
subset_init(struct subset *subset, uint32_t *random)
{
    const char *expressions[MAX_SUBSET];
    char reason[256];
    size_t bad;

    for (size_t i = 0; i < common->searched_count && subset->count < MAX_SUBSET; i++) {
        *random = *random * 1664525u + 1013904223u;
        if ((*random >> 16) % (common->searched_count / MAX_SUBSET + 1) != 0)
            continue;
        expressions[subset->count] = common->patterns[i].expression;
        subset->patterns[subset->count++] = i;
    }
    ASSERT(multi_compile_patterns(expressions, subset->count, &subset->multi, &bad, reason) == STATUS_OK);
    ASSERT(multi_scratch_grow(multi_scratch, subset->multi) == STATUS_OK);
}

static void
guard_init(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ASSERT(pages != MAP_FAILED && REGEX_WINDOW_BYTES + PADDING_BYTES <= page);
    ASSERT(mprotect(pages + page, page, PROT_NONE) == 0);
    guarded_end = pages + page;
}

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
    uint32_t random = 20261122;

    ASSERT(common_build("dictionaries/common", NULL, &common, &fault) == STATUS_OK);
    ASSERT(multi_scratch_create(&multi_scratch) == STATUS_OK);
    ASSERT(multi_scratch_grow(multi_scratch, common->pattern_multi) == STATUS_OK);
    ASSERT(regex_scratch_create(&regex_scratch) == STATUS_OK);
    ASSERT(common->searched_count <= MAX_PATTERNS);
    for (size_t i = 0; i < common->searched_count; i++)
        ASSERT(regex_compile(common->patterns[i].expression, &regexes[i], &column, reason) == STATUS_OK);
    for (size_t i = 0; i < SUBSETS; i++)
        subset_init(&subsets[i], &random);
    guard_init();
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

/* The hits in order, in a copy of the text whose padding ends at the guard. */
static size_t
scan(const struct multi *multi, struct slice text, uint8_t behind, struct multi_hit *out)
{
    uint8_t *copy = guarded_end - PADDING_BYTES - text.bytes;
    size_t count = 0;

    memcpy(copy, text.data, text.bytes);
    memset(copy + text.bytes, behind, PADDING_BYTES);
    ASSERT(multi_scan(multi, multi_scratch, (struct slice){copy, text.bytes}, out, MAX_HITS, &count) == STATUS_OK);
    qsort(out, count, sizeof *out, hit_order);
    return count;
}

/* Of all hits those of the subset are the subset's own. */
static void
check_subset(const struct subset *subset, struct slice text, size_t count)
{
    static struct multi_hit own[MAX_HITS];
    const size_t own_count = scan(subset->multi, text, 0, own);
    size_t at = 0, next = 0;

    for (size_t i = 0; i < count; i++) {
        while (next < subset->count && subset->patterns[next] < hits[i].id)
            next++;
        if (next == subset->count || subset->patterns[next] != hits[i].id)
            continue;
        ASSERT(at < own_count && own[at].id == next && own[at].end == hits[i].end);
        at++;
    }
    ASSERT(at == own_count);
}

/* All ends of all matches as PCRE2's other matcher finds them, which looks at every way to match. */
static void
check_ends(size_t pattern, struct slice text, const struct multi_hit *first, size_t count)
{
    bool is_ours[REGEX_WINDOW_BYTES + 1] = {false}, is_theirs[REGEX_WINDOW_BYTES + 1] = {false};
    static int space[1 << 16];
    int error;
    PCRE2_SIZE at;

    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    ASSERT(context && pcre2_set_newline(context, PCRE2_NEWLINE_LF) == 0);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)common->patterns[pattern].expression, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_ANCHORED | PCRE2_NO_AUTO_POSSESS, &error, &at, context);
    pcre2_match_data *match = pcre2_match_data_create(REGEX_WINDOW_BYTES, NULL);
    ASSERT(code && match);
    for (size_t i = 0; i < count; i++)
        is_ours[first[i].end] = true;
    for (size_t start = 0; start < text.bytes; start++) {
        if ((text.data[start] & 0xC0) == 0x80)
            continue;
        const int ends = pcre2_dfa_match(code, text.data, text.bytes, start, PCRE2_NO_UTF_CHECK, match, NULL, space,
                                         sizeof space / sizeof *space);
        ASSERT(ends > 0 || ends == PCRE2_ERROR_NOMATCH);
        for (int i = 0; i < ends; i++)
            is_theirs[pcre2_get_ovector_pointer(match)[2 * i + 1]] = true;
    }
    ASSERT(memcmp(is_ours, is_theirs, sizeof is_ours) == 0);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    pcre2_compile_context_free(context);
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
    const size_t count = scan(common->pattern_multi, text, 0, hits);
    ASSERT(scan(common->pattern_multi, text, '1', again) == count && memcmp(hits, again, count * sizeof *hits) == 0);
    check_subset(&subsets[size % SUBSETS], text, count);
    const size_t chosen = count > 0 ? hits[size % count].id : size % common->searched_count;
    for (size_t pattern = 0; pattern < common->searched_count; pattern++) {
        const size_t first = at;
        while (at < count && hits[at].id == pattern)
            at++;
        check_pattern(pattern, text, hits + first, at - first);
        if (pattern == chosen)
            check_ends(pattern, text, hits + first, at - first);
    }
    ASSERT(at == count);
    return 0;
}
