/* differential.h - both engines must find the same in the same text.
 *
 * differential_check(pattern, texts, count) for texts of one's own, differential_sweep(pattern, sample) for one sample
 * at each place from 0 to 130 (vectorised matchers have borders at 16, 32 and 64). Both fail the running cmocka test.
 *
 * What is compared: the multi engine reports every end of every match; the regex engine one match per start. So each
 * end that the regex finds from some start must be among the multi's, and each of the multi's must be an end of the
 * regex from some start when it is told to end there. The pattern must compile in both engines (no look-around).
 */
#ifndef TESTS_DIFFERENTIAL_H
#define TESTS_DIFFERENTIAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/multi.h"
#include "engine/regex.h"

#define DIFFERENTIAL_MAX_BYTES 1024
#define DIFFERENTIAL_SWEEP 130
#define DIFFERENTIAL_PADDING_BYTES 64

struct differential {
    const char *pattern;
    struct multi *multi;
    struct multi_scratch *multi_scratch;
    struct regex *regex;
    struct regex_scratch *regex_scratch;
    struct regex *ending[DIFFERENTIAL_MAX_BYTES + 1]; /* the pattern with n characters behind it, made when needed */
};

static inline struct regex *
differential_regex(const char *pattern)
{
    struct regex *regex = NULL;
    unsigned column = 0;
    char reason[256] = "";

    if (regex_compile(pattern, &regex, &column, reason) != STATUS_OK)
        fail_msg("%s: column %u: %s", pattern, column, reason);
    return regex;
}

static inline void
differential_init(struct differential *both, const char *pattern)
{
    size_t bad = 0;
    char reason[256] = "";

    memset(both, 0, sizeof *both);
    both->pattern = pattern;
    if (multi_compile_patterns(&pattern, 1, &both->multi, &bad, reason) != STATUS_OK)
        fail_msg("%s: %s", pattern, reason);
    assert_int_equal(multi_scratch_create(&both->multi_scratch), STATUS_OK);
    assert_int_equal(multi_scratch_grow(both->multi_scratch, both->multi), STATUS_OK);
    assert_int_equal(regex_scratch_create(&both->regex_scratch), STATUS_OK);
    both->regex = differential_regex(pattern);
}

static inline void
differential_fini(struct differential *both)
{
    for (size_t i = 0; i <= DIFFERENTIAL_MAX_BYTES; i++)
        regex_destroy(&both->ending[i]);
    regex_destroy(&both->regex);
    regex_scratch_destroy(&both->regex_scratch);
    multi_scratch_destroy(&both->multi_scratch);
    multi_destroy(&both->multi);
}

static inline bool
differential_boundary(struct slice text, size_t at)
{
    return at == text.bytes || (text.data[at] & 0xC0) != 0x80;
}

static inline void
differential_multi_ends(struct differential *both, struct slice text, bool *ends)
{
    static struct multi_hit hits[8 * DIFFERENTIAL_MAX_BYTES];
    size_t count = 0;

    assert_int_equal(multi_scan(both->multi, both->multi_scratch, text, hits, 8 * DIFFERENTIAL_MAX_BYTES, &count),
                     STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(hits[i].end <= text.bytes);
        ends[hits[i].end] = true;
    }
}

/* Whether some match of the pattern ends at `end`, asked of the regex engine. */
static inline bool
differential_ends_at(struct differential *both, struct slice text, size_t end)
{
    size_t behind = 0;
    for (size_t at = end; at < text.bytes; at++)
        behind += differential_boundary(text, at);
    if (!both->ending[behind]) {
        char pattern[4096];
        snprintf(pattern, sizeof pattern, "(?:%s)(?=(?s:.){%zu}\\z)", both->pattern, behind);
        both->ending[behind] = differential_regex(pattern);
    }
    struct regex_match match;
    enum status status = regex_find(both->ending[behind], both->regex_scratch, text, 0, false, &match);
    assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND);
    return status == STATUS_OK;
}

static inline void
differential_compare(struct differential *both, struct slice text)
{
    bool ends[DIFFERENTIAL_MAX_BYTES + 1] = {false};
    struct regex_match match;

    assert_true(text.bytes <= DIFFERENTIAL_MAX_BYTES);
    differential_multi_ends(both, text, ends);
    for (size_t from = 0; from <= text.bytes; from++) {
        if (!differential_boundary(text, from) ||
            regex_find(both->regex, both->regex_scratch, text, (uint32_t)from, true, &match) != STATUS_OK)
            continue;
        if (!ends[match.groups[0].end])
            fail_msg("%s: only the regex engine ends at byte %u of %zu", both->pattern, match.groups[0].end,
                     text.bytes);
    }
    for (size_t end = 0; end <= text.bytes; end++)
        if (ends[end] && !differential_ends_at(both, text, end))
            fail_msg("%s: only the multi engine ends at byte %zu of %zu", both->pattern, end, text.bytes);
}

/* A copy with the padding that the scan needs; free() it. */
static inline uint8_t *
differential_copy(struct slice text)
{
    uint8_t *copy = calloc(1, text.bytes + DIFFERENTIAL_PADDING_BYTES);
    assert_non_null(copy);
    if (text.bytes > 0)
        memcpy(copy, text.data, text.bytes);
    return copy;
}

/* Texts: valid UTF-8, at most DIFFERENTIAL_MAX_BYTES each; padding is not asked for. */
static inline void
differential_check(const char *pattern, const struct slice *texts, size_t count)
{
    struct differential *both = malloc(sizeof *both);

    assert_non_null(both);
    differential_init(both, pattern);
    for (size_t i = 0; i < count; i++) {
        uint8_t *copy = differential_copy(texts[i]);
        differential_compare(both, (struct slice){copy, texts[i].bytes});
        free(copy);
    }
    differential_fini(both);
    free(both);
}

/* `sample` behind 0 to 130 bytes of filler, with and without a tail. The sample must match on its own. */
static inline void
differential_sweep(const char *pattern, const char *sample)
{
    struct differential *both = malloc(sizeof *both);
    uint8_t text[DIFFERENTIAL_MAX_BYTES + DIFFERENTIAL_PADDING_BYTES];
    size_t bytes = strlen(sample);
    struct regex_match match;

    assert_non_null(both);
    assert_true(bytes + DIFFERENTIAL_SWEEP + 4 <= DIFFERENTIAL_MAX_BYTES);
    differential_init(both, pattern);
    if (regex_find(both->regex, both->regex_scratch, slice_of(sample), 0, false, &match) != STATUS_OK)
        fail_msg("%s: the sample does not match", pattern);
    for (size_t place = 0; place <= DIFFERENTIAL_SWEEP; place++) {
        memset(text, 0, sizeof text);
        memset(text, ' ', place);
        memcpy(text + place, sample, bytes);
        differential_compare(both, (struct slice){text, place + bytes});
        memcpy(text + place + bytes, "\xE3\x80\x82 ", 4); /* a full stop and a space */
        differential_compare(both, (struct slice){text, place + bytes + 4});
    }
    differential_fini(both);
    free(both);
}

#endif
