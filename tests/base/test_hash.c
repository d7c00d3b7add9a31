#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

static struct hash
hash_of_two(const char *a, const char *b)
{
    struct hasher hasher;
    struct hash hash;
    hasher_init(&hasher);
    hasher_add_text(&hasher, a);
    hasher_add(&hasher, slice_of(b));
    hasher_finish(&hasher, &hash);
    return hash;
}

static void
it_is_blake2b_of_the_parts_with_their_lengths(void **state)
{
    (void)state;
    char hex[HASH_HEX_BYTES];
    struct hash hash = hash_of_two("ab", "c");
    hash_hex(&hash, hex);
    /* b2sum -l 256 of 02 00*7 "ab" 01 00*7 "c" */
    assert_string_equal(hex, "20263e794775e4edf2b306c0f306af9e50175c831c857604b481e847f790bf95");
}

static void
parts_do_not_run_together(void **state)
{
    (void)state;
    struct hash one = hash_of_two("ab", "c");
    struct hash other = hash_of_two("a", "bc");
    struct hash again = hash_of_two("ab", "c");
    assert_memory_not_equal(one.bytes, other.bytes, HASH_BYTES);
    assert_memory_equal(one.bytes, again.bytes, HASH_BYTES);
}

static void
the_keyed_hash_depends_on_the_key(void **state)
{
    (void)state;
    struct hash key;
    struct hash other;
    hash_random_key(&key);
    hash_random_key(&other);
    assert_memory_not_equal(key.bytes, other.bytes, HASH_BYTES);
    assert_true(hash_keyed(&key, slice_of("text")) == hash_keyed(&key, slice_of("text")));
    assert_true(hash_keyed(&key, slice_of("text")) != hash_keyed(&other, slice_of("text")));
    assert_true(hash_keyed(&key, slice_of("text")) != hash_keyed(&key, slice_of("texu")));
    assert_true(hash_keyed(&key, (struct slice){NULL, 0}) == hash_keyed(&key, slice_of("")));
}

static void
the_fast_hash_sees_every_byte(void **state)
{
    (void)state;
    uint8_t data[40] = {0};
    for (size_t bytes = 0; bytes <= sizeof(data); bytes++) {
        uint64_t before = hash_fast((struct slice){data, bytes});
        assert_true(bytes == 0 || before != hash_fast((struct slice){data, bytes - 1}));
        for (size_t i = 0; i < bytes; i++) {
            data[i] = 1;
            assert_true(hash_fast((struct slice){data, bytes}) != before);
            data[i] = 0;
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"it is BLAKE2b of the parts with their lengths", it_is_blake2b_of_the_parts_with_their_lengths, NULL, NULL,
         NULL},
        {"parts do not run together", parts_do_not_run_together, NULL, NULL, NULL},
        {"the keyed hash depends on the key", the_keyed_hash_depends_on_the_key, NULL, NULL, NULL},
        {"the fast hash sees every byte", the_fast_hash_sees_every_byte, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
