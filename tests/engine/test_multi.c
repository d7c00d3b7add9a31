/* tests/engine/test_multi.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/multi.h"

#define MAX_HITS 512
#define PADDING_BYTES 64

struct found {
    struct multi_hit hits[MAX_HITS];
    size_t count;
    enum status status;
};

static int
by_end_then_id(const void *left, const void *right)
{
    const struct multi_hit *a = left, *b = right;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static struct found
scan(const struct multi *multi, struct slice text, size_t max)
{
    struct found found = {.count = 0};
    struct multi_scratch *scratch = NULL;
    uint8_t *copy = calloc(1, text.bytes + PADDING_BYTES);

    assert_non_null(copy);
    if (text.bytes > 0)
        memcpy(copy, text.data, text.bytes);
    assert_int_equal(multi_scratch_create(&scratch), STATUS_OK);
    assert_int_equal(multi_scratch_grow(scratch, multi), STATUS_OK);
    found.status = multi_scan(multi, scratch, (struct slice){copy, text.bytes}, found.hits, max, &found.count);
    qsort(found.hits, found.count, sizeof *found.hits, by_end_then_id);
    multi_scratch_destroy(&scratch);
    free(copy);
    return found;
}

static struct multi *
patterns(const char *const *expressions, size_t count)
{
    struct multi *multi = NULL;
    size_t bad = 0;
    char reason[256] = "";
    assert_int_equal(multi_compile_patterns(expressions, count, &multi, &bad, reason), STATUS_OK);
    return multi;
}

static struct multi *
pattern(const char *expression)
{
    return patterns(&expression, 1);
}

static void
an_empty_set_never_matches(void **state)
{
    struct multi *multi = patterns(NULL, 0);
    struct found found = scan(multi, SLICE_LITERAL("anything"), MAX_HITS);
    (void)state;
    assert_int_equal(found.status, STATUS_OK);
    assert_int_equal(found.count, 0);
    assert_int_equal(multi_database_bytes(multi), 0);
    multi_destroy(&multi);
    assert_null(multi);
    multi_destroy(&multi);
}

static void
an_empty_text_has_no_hits(void **state)
{
    const char *const items[] = {"a"};
    struct multi *multi = patterns(items, 1);
    struct found found = scan(multi, (struct slice){NULL, 0}, MAX_HITS);
    (void)state;
    assert_int_equal(found.status, STATUS_OK);
    assert_int_equal(found.count, 0);
    multi_destroy(&multi);
}

static void
every_pattern_is_found_at_every_place(void **state)
{
    const char *const items[] = {"x", "さくら", "0123456789abcdefghij"};
    struct multi *multi = patterns(items, 3);
    char text[256];

    (void)state;
    for (size_t item = 0; item < 3; item++)
        for (size_t place = 0; place <= 130; place++) {
            memset(text, '.', place);
            memcpy(text + place, items[item], strlen(items[item]));
            struct found found = scan(multi, (struct slice){(uint8_t *)text, place + strlen(items[item])}, MAX_HITS);
            assert_int_equal(found.count, 1);
            assert_int_equal(found.hits[0].id, item);
            assert_int_equal(found.hits[0].end, place + strlen(items[item]));
        }
    multi_destroy(&multi);
}

static void
bytes_behind_the_text_change_nothing(void **state)
{
    const char *const items[] = {"ab", "abc", "bcd"};
    struct multi *multi = patterns(items, 3);
    struct multi_scratch *scratch = NULL;
    struct multi_hit hits[MAX_HITS];
    size_t count = 0;

    (void)state;
    assert_int_equal(multi_scratch_create(&scratch), STATUS_OK);
    assert_int_equal(multi_scratch_grow(scratch, multi), STATUS_OK);
    for (uint32_t bytes = 0; bytes <= 130; bytes++) {
        char text[256];
        memset(text, 'a', sizeof text);
        memcpy(text + bytes, "bcd", 3);
        assert_int_equal(multi_scan(multi, scratch, (struct slice){(uint8_t *)text, bytes}, hits, MAX_HITS, &count),
                         STATUS_OK);
        assert_int_equal(count, 0);
    }
    multi_scratch_destroy(&scratch);
    multi_destroy(&multi);
}

static void
four_bytes_of_padding_are_enough_at_the_end_of_a_page(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct multi *multi = pattern("[ぁ-ん]{1,5}|[a-z]{1,9}@");
    struct multi_scratch *scratch = NULL;
    struct multi_hit hits[MAX_HITS];
    size_t count = 0;

    (void)state;
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    assert_int_equal(multi_scratch_create(&scratch), STATUS_OK);
    assert_int_equal(multi_scratch_grow(scratch, multi), STATUS_OK);
    memset(pages, 'a', page);
    for (size_t bytes = 1; bytes <= 130; bytes++)
        assert_int_equal(
            multi_scan(multi, scratch, (struct slice){pages + page - 4 - bytes, bytes}, hits, MAX_HITS, &count),
            STATUS_OK);
    multi_scratch_destroy(&scratch);
    multi_destroy(&multi);
    munmap(pages, 2 * page);
}

static void
a_match_at_each_place_is_reported_each_time(void **state)
{
    const char *const items[] = {"aa"};
    struct multi *multi = patterns(items, 1);
    char text[300];

    (void)state;
    memset(text, 'a', sizeof text);
    struct found found = scan(multi, (struct slice){(uint8_t *)text, sizeof text}, MAX_HITS);
    assert_int_equal(found.status, STATUS_OK);
    assert_int_equal(found.count, sizeof text - 1);
    for (uint32_t i = 0; i < found.count; i++)
        assert_int_equal(found.hits[i].end, i + 2);
    multi_destroy(&multi);
}

static void
one_hit_too_many_is_never_clean(void **state)
{
    const char *const items[] = {"a"};
    struct multi *multi = patterns(items, 1);

    (void)state;
    struct found exact = scan(multi, SLICE_LITERAL("aaaa"), 4);
    assert_int_equal(exact.status, STATUS_OK);
    assert_int_equal(exact.count, 4);
    struct found more = scan(multi, SLICE_LITERAL("aaaaa"), 4);
    assert_int_equal(more.status, STATUS_BUDGET);
    assert_int_equal(more.count, 4);
    struct found none = scan(multi, SLICE_LITERAL("a"), 0);
    assert_int_equal(none.status, STATUS_BUDGET);
    multi_destroy(&multi);
}

static void
patterns_count_characters_and_not_bytes(void **state)
{
    struct multi *multi = pattern("電話.{0,3}番号");
    (void)state;
    assert_int_equal(scan(multi, SLICE_LITERAL("電話のあの番号"), MAX_HITS).count, 1);
    assert_int_equal(scan(multi, SLICE_LITERAL("電話のあれこれ番号"), MAX_HITS).count, 0);
    multi_destroy(&multi);
}

static void
refuses(const char *expression, const char *words)
{
    const char *set[] = {"fine", expression};
    struct multi *multi = NULL;
    size_t bad = 99;
    char reason[256] = "";
    assert_int_equal(multi_compile_patterns(set, 2, &multi, &bad, reason), STATUS_INVALID);
    assert_int_equal(bad, 1);
    assert_non_null(strstr(reason, words));
    assert_null(multi);
}

static void
bad_patterns_are_refused_with_index_and_reason(void **state)
{
    char *huge = malloc(16002);
    (void)state;
    assert_non_null(huge);
    memset(huge, 'h', 16001);
    huge[16001] = '\0';
    refuses("a*", "empty string");
    refuses("(a|b)?", "empty string");
    refuses("(a", "arenthes");
    refuses("(a)\\1", "ack-reference");
    refuses("a\x7f", "DEL");
    refuses(huge, "16,000");
    free(huge);
}

static void
a_saved_database_finds_the_same(void **state)
{
    const char *const items[] = {"さくら", "らいむ"};
    struct multi *multi = patterns(items, 2), *loaded = NULL;
    struct buffer saved;

    (void)state;
    buffer_init(&saved);
    buffer_append_byte(&saved, 'x'); /* the loader gets an odd address */
    assert_int_equal(multi_save(multi, &saved), STATUS_OK);
    assert_int_equal(multi_load((struct slice){saved.data + 1, saved.bytes - 1}, &loaded), STATUS_OK);
    assert_int_equal(multi_database_bytes(loaded), multi_database_bytes(multi));
    struct found found = scan(loaded, SLICE_LITERAL("さくらいむ"), MAX_HITS);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.hits[0].end, 9);
    assert_int_equal(found.hits[1].end, 15);
    multi_destroy(&loaded);
    multi_destroy(&multi);
    buffer_fini(&saved);
}

static void
an_empty_set_can_be_saved(void **state)
{
    struct multi *multi = patterns(NULL, 0), *loaded = NULL;
    struct buffer saved;

    (void)state;
    buffer_init(&saved);
    assert_int_equal(multi_save(multi, &saved), STATUS_OK);
    assert_int_equal(multi_load(buffer_slice(&saved), &loaded), STATUS_OK);
    assert_int_equal(scan(loaded, SLICE_LITERAL("a"), MAX_HITS).count, 0);
    multi_destroy(&loaded);
    multi_destroy(&multi);
    buffer_fini(&saved);
}

static void
a_damaged_database_is_not_loaded(void **state)
{
    const char *const items[] = {"さくら"};
    struct multi *multi = patterns(items, 1), *loaded = NULL;
    struct buffer saved;

    (void)state;
    buffer_init(&saved);
    assert_int_equal(multi_save(multi, &saved), STATUS_OK);
    for (size_t bytes = 0; bytes < saved.bytes; bytes++) {
        if (bytes == 16)
            continue; /* the header alone is the empty set: the store's MAC tells them apart */
        assert_int_equal(multi_load((struct slice){saved.data, bytes}, &loaded), STATUS_INVALID);
    }
    saved.data[saved.bytes - 1] ^= 0xFF;
    saved.data[0] ^= 1;
    assert_int_equal(multi_load(buffer_slice(&saved), &loaded), STATUS_INVALID);
    assert_null(loaded);
    multi_destroy(&multi);
    buffer_fini(&saved);
}

static void
scratch_that_was_not_grown_is_an_error_and_not_clean(void **state)
{
    const char *const items[] = {"a"};
    struct multi *multi = patterns(items, 1);
    struct multi_scratch *scratch = NULL;
    struct multi_hit hits[4];
    size_t count = 77;
    uint8_t text[PADDING_BYTES] = "a";

    (void)state;
    assert_int_equal(multi_scratch_create(&scratch), STATUS_OK);
    assert_int_equal(multi_scan(multi, scratch, (struct slice){text, 1}, hits, 4, &count), STATUS_INTERNAL);
    assert_int_equal(count, 77);
    multi_scratch_destroy(&scratch);
    multi_destroy(&multi);
}

static void
one_scratch_serves_all_databases_it_was_grown_for(void **state)
{
    const char *const items[] = {"a"};
    struct multi *small = patterns(items, 1), *large = pattern("[a-z]{2,40}@(?:x|yy|zzz){1,9}");
    struct multi_scratch *scratch = NULL;
    struct multi_hit hits[64];
    size_t count = 0;
    uint8_t text[PADDING_BYTES] = "aa@x";

    (void)state;
    assert_int_equal(multi_scratch_create(&scratch), STATUS_OK);
    assert_int_equal(multi_scratch_grow(scratch, small), STATUS_OK);
    assert_int_equal(multi_scratch_grow(scratch, large), STATUS_OK);
    assert_int_equal(multi_scan(small, scratch, (struct slice){text, 4}, hits, 64, &count), STATUS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(multi_scan(large, scratch, (struct slice){text, 4}, hits, 64, &count), STATUS_OK);
    assert_int_equal(count, 1);
    multi_scratch_destroy(&scratch);
    multi_destroy(&small);
    multi_destroy(&large);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"an empty set never matches", an_empty_set_never_matches},
        {"an empty text has no hits", an_empty_text_has_no_hits},
        {"every pattern is found at every place", every_pattern_is_found_at_every_place},
        {"bytes behind the text change nothing", bytes_behind_the_text_change_nothing},
        {"four bytes of padding are enough at the end of a page",
         four_bytes_of_padding_are_enough_at_the_end_of_a_page},
        {"a match at each place is reported each time", a_match_at_each_place_is_reported_each_time},
        {"one hit too many is never clean", one_hit_too_many_is_never_clean},
        {"patterns count characters and not bytes", patterns_count_characters_and_not_bytes},
        {"bad patterns are refused with index and reason", bad_patterns_are_refused_with_index_and_reason},
        {"a saved database finds the same", a_saved_database_finds_the_same},
        {"an empty set can be saved", an_empty_set_can_be_saved},
        {"a damaged database is not loaded", a_damaged_database_is_not_loaded},
        {"scratch that was not grown is an error and not clean", scratch_that_was_not_grown_is_an_error_and_not_clean},
        {"one scratch serves all databases it was grown for", one_scratch_serves_all_databases_it_was_grown_for},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
