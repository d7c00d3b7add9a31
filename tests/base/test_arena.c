#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

static struct arena *
must_create(size_t bytes)
{
    struct arena *arena = NULL;
    assert_int_equal(arena_create(bytes, &arena), STATUS_OK);
    return arena;
}

static void
allocations_are_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = must_create(65536);
    uint8_t *before = NULL;
    for (size_t bytes = 0; bytes < 100; bytes++) {
        uint8_t *at = arena_alloc(arena, bytes);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % ARENA_ALIGN_BYTES, 0);
        assert_true(before == NULL || at > before);
        memset(at, 0xAB, bytes);
        before = at;
    }
    arena_destroy(&arena);
    assert_null(arena);
}

static void
a_full_arena_gives_null(void **state)
{
    (void)state;
    struct arena *arena = must_create(4096);
    assert_null(arena_alloc(arena, 100000));
    assert_non_null(arena_alloc(arena, 2048));
    assert_null(arena_alloc(arena, 4096));
    assert_null(arena_alloc(arena, SIZE_MAX));
    arena_reset(arena);
    assert_non_null(arena_alloc(arena, 4000));
    arena_destroy(&arena);
}

static void
an_overflowing_product_gives_null(void **state)
{
    (void)state;
    struct arena *arena = must_create(4096);
    assert_null(arena_alloc_array(arena, SIZE_MAX / 2, 3));
    assert_non_null(arena_alloc_array(arena, 10, 8));
    assert_non_null(arena_alloc_array(arena, 0, 8));
    arena_destroy(&arena);
}

static void
reset_wipes_what_was_used(void **state)
{
    (void)state;
    struct arena *arena = must_create(65536);
    uint8_t *text = arena_alloc(arena, 5000);
    memset(text, 0x55, 5000);
    assert_true(arena_used_bytes(arena) >= 5000);
    arena_reset(arena);
    assert_int_equal(arena_used_bytes(arena), 0);
    uint8_t *again = arena_alloc(arena, 5000);
    assert_ptr_equal(again, text);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(again[i], 0);
    arena_destroy(&arena);
}

static void
trim_gives_back_the_tail(void **state)
{
    (void)state;
    struct arena *arena = must_create(65536);
    uint8_t *first = arena_alloc(arena, 10000);
    memset(first, 1, 10);
    arena_trim(arena, first, 10);
    assert_true(arena_used_bytes(arena) < 100);
    uint8_t *second = arena_alloc(arena, 10);
    assert_true(second >= first + 10 && second < first + 100);
    assert_int_equal(first[9], 1);
    arena_destroy(&arena);
}

static void
trim_of_an_older_allocation_is_a_bug(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct arena *arena = NULL;
        (void)close(STDERR_FILENO);
        if (arena_create(4096, &arena) == STATUS_OK) {
            void *older = arena_alloc(arena, 64);
            (void)arena_alloc(arena, 64);
            arena_trim(arena, older, 8);
        }
        _exit(0);
    }
    int end = 0;
    assert_int_equal(waitpid(child, &end, 0), child);
    assert_true(WIFSIGNALED(end));
}

static void
an_impossible_capacity_is_refused(void **state)
{
    (void)state;
    struct arena *arena = NULL;
    assert_int_equal(arena_create(0, &arena), STATUS_TOO_LARGE);
    assert_int_equal(arena_create(SIZE_MAX, &arena), STATUS_TOO_LARGE);
    assert_null(arena);
    arena_destroy(&arena);
    arena_destroy(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"allocations are aligned and apart", allocations_are_aligned_and_apart, NULL, NULL, NULL},
        {"a full arena gives NULL", a_full_arena_gives_null, NULL, NULL, NULL},
        {"an overflowing product gives NULL", an_overflowing_product_gives_null, NULL, NULL, NULL},
        {"reset wipes what was used", reset_wipes_what_was_used, NULL, NULL, NULL},
        {"trim gives back the tail", trim_gives_back_the_tail, NULL, NULL, NULL},
        {"trim of an older allocation is a bug", trim_of_an_older_allocation_is_a_bug, NULL, NULL, NULL},
        {"an impossible capacity is refused", an_impossible_capacity_is_refused, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
