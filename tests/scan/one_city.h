/* One city for all tests of a program, and what most of them ask about a text. */
#ifndef TESTS_SCAN_ONE_CITY_H
#define TESTS_SCAN_ONE_CITY_H

#include "fixture.h"

static struct fixture fixture;
static struct ruleset *ruleset;

static inline int
open_city_with(const char *id, const char *policy_lines)
{
    fixture_open(&fixture);
    ruleset = fixture_ruleset_with(&fixture, id, policy_lines);
    return 0;
}

static inline int
open_city(const char *id)
{
    return open_city_with(id, "");
}

/* cmocka's group fixtures */
static inline int
open_default(void **state)
{
    (void)state;
    return open_city("default");
}

static inline int
close_city(void **state)
{
    (void)state;
    ruleset_destroy(&ruleset);
    fixture_close(&fixture);
    return 0;
}

static inline const struct verdict *
scan_slice(struct slice text)
{
    const struct verdict *verdict = NULL;
    struct message message = {.text = text};
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    return verdict;
}

static inline const struct verdict *
scan(const char *text)
{
    return scan_slice(slice_of(text));
}

/* The finding of `type` that touches `meant`, a part of `text`; NULL = none. */
static inline const struct finding *
touching(const struct verdict *verdict, const char *text, const char *meant, enum info_type type)
{
    const char *at = strstr(text, meant);
    assert_non_null(at);
    struct span span = {(uint32_t)(at - text), (uint32_t)(at - text + (ptrdiff_t)strlen(meant))};
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].info_type == type && span_overlaps(verdict->findings[i].span, span))
            return &verdict->findings[i];
    return NULL;
}

static inline size_t
count_of(const struct verdict *verdict, enum info_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < verdict->finding_count; i++)
        count += verdict->findings[i].info_type == type;
    return count;
}

/* One test per sample, of `bytes` each; a sample begins with its name. */
static inline void
tests_of_samples(const void *samples, size_t count, size_t bytes, CMUnitTestFunction test, struct CMUnitTest *tests_out)
{
    for (size_t i = 0; i < count; i++) {
        const void *sample = (const char *)samples + i * bytes;
        tests_out[i] = (struct CMUnitTest){
            .name = *(const char *const *)sample, .test_func = test, .initial_state = (void *)(uintptr_t)sample};
    }
}

/* `meant` is a part of the text that a finding must touch. */
struct meant {
    const char *text;
    const char *meant;
    enum subject subject;
};

static inline void
assert_none(const char *const *texts, size_t count, enum info_type type)
{
    for (size_t i = 0; i < count; i++)
        if (count_of(scan(texts[i]), type))
            fail_msg("found in: %s", texts[i]);
}

#endif
