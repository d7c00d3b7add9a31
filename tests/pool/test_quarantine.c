#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pool/quarantine.h"

static int
set_up(void **state)
{
    *state = malloc(sizeof(struct quarantine));
    quarantine_init(*state);
    return 0;
}

static int
tear_down(void **state)
{
    free(*state);
    return 0;
}

static void
strikes_add_up(void **state)
{
    struct quarantine *quarantine = *state;

    assert_true(quarantine_is_empty(quarantine));
    assert_int_equal(quarantine_strikes(quarantine, 7, 100), 0);
    assert_int_equal(quarantine_strike(quarantine, 7, 100), 1);
    assert_int_equal(quarantine_strikes(quarantine, 7, 200), 1);
    assert_int_equal(quarantine_strikes(quarantine, 8, 200), 0);
    assert_int_equal(quarantine_strike(quarantine, 7, 200), QUARANTINE_STRIKES);
    assert_false(quarantine_is_empty(quarantine));
}

static void
strikes_are_forgotten_in_time(void **state)
{
    struct quarantine *quarantine = *state;

    quarantine_strike(quarantine, 7, 100);
    assert_int_equal(quarantine_strikes(quarantine, 7, 99 + QUARANTINE_NS), 1);
    assert_int_equal(quarantine_strikes(quarantine, 7, 100 + QUARANTINE_NS), 0);
    assert_true(quarantine_is_empty(quarantine));
}

static void
who_is_forgiven_starts_anew(void **state)
{
    struct quarantine *quarantine = *state;

    quarantine_strike(quarantine, 7, 100);
    quarantine_strike(quarantine, 8, 100);
    quarantine_forgive(quarantine, 7);
    quarantine_forgive(quarantine, 9);
    assert_int_equal(quarantine_strike(quarantine, 7, 100), 1);
    assert_int_equal(quarantine_strike(quarantine, 8, 100), 2);
}

static void
new_rulesets_forgive(void **state)
{
    struct quarantine *quarantine = *state;

    quarantine_strike(quarantine, 7, 100);
    quarantine_clear(quarantine);
    assert_int_equal(quarantine_strikes(quarantine, 7, 100), 0);
}

static void
a_full_table_forgets_the_oldest(void **state)
{
    struct quarantine *quarantine = *state;

    for (unsigned i = 0; i <= QUARANTINE_ENTRIES; i++)
        quarantine_strike(quarantine, 1000 + i, 100 + i);
    assert_int_equal(quarantine->count, QUARANTINE_ENTRIES);
    assert_int_equal(quarantine_strikes(quarantine, 1000, 200), 0);
    assert_int_equal(quarantine_strikes(quarantine, 1001, 200), 1);
    assert_int_equal(quarantine_strikes(quarantine, 1000 + QUARANTINE_ENTRIES, 200), 1);
}

static uint64_t
hash_without(const struct quarantine *quarantine, struct slice text, struct slice id, struct slice time)
{
    return quarantine_hash(quarantine, text, &(struct quarantine_left_out){id, time});
}

static void
the_left_out_parts_do_not_count(void **state)
{
    const struct quarantine *quarantine = *state;
    const struct slice none = {0};
    const struct slice a = SLICE_LITERAL("id-1 the same text 5000 left"),
                       b = SLICE_LITERAL("id-22 the same text 90 left");
    const struct slice other = SLICE_LITERAL("id-1 another text 5000 left");
    const struct slice a_id = {a.data + 3, 1}, a_time = {a.data + 19, 4};

    const uint64_t hash = hash_without(quarantine, a, a_id, a_time);
    assert_true(hash == hash_without(quarantine, b, (struct slice){b.data + 3, 2}, (struct slice){b.data + 20, 2}));
    assert_true(hash == hash_without(quarantine, a, a_time, a_id));
    assert_false(
        hash == hash_without(quarantine, other, (struct slice){other.data + 3, 1}, (struct slice){other.data + 18, 4}));
    assert_false(hash == hash_without(quarantine, a, a_id, none));
    assert_false(hash == hash_without(quarantine, a, none, none));
}

static void
hashes_of_two_processes_differ(void **state)
{
    struct quarantine *other = malloc(sizeof *other);
    const struct slice text = SLICE_LITERAL("text"), none = {0};

    quarantine_init(other);
    assert_false(hash_without(*state, text, none, none) == hash_without(other, text, none, none));
    free(other);
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("strikes add up", strikes_add_up),
        CASE("strikes are forgotten in time", strikes_are_forgotten_in_time),
        CASE("who is forgiven starts anew", who_is_forgiven_starts_anew),
        CASE("new rulesets forgive", new_rulesets_forgive),
        CASE("a full table forgets the oldest", a_full_table_forgets_the_oldest),
        CASE("the left out parts do not count", the_left_out_parts_do_not_count),
        CASE("hashes of two processes differ", hashes_of_two_processes_differ),
    };
    return cmocka_run_group_tests_name("quarantine", tests, NULL, NULL);
}
