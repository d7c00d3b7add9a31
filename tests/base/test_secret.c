#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/secret.h"

static const struct secret_key key = {{1, 2, 3}}, other_key = {{3, 2, 1}};

static void
a_name_depends_on_key_domain_and_value(void **state)
{
    (void)state;
    uint8_t name[SECRET_NAME_BYTES], other[SECRET_NAME_BYTES];
    secret_name(&key, SLICE_LITERAL("PHONE"), SLICE_LITERAL("090"), name);
    secret_name(&key, SLICE_LITERAL("PHONE"), SLICE_LITERAL("090"), other);
    assert_memory_equal(name, other, sizeof name);
    secret_name(&other_key, SLICE_LITERAL("PHONE"), SLICE_LITERAL("090"), other);
    assert_memory_not_equal(name, other, sizeof name);
    secret_name(&key, SLICE_LITERAL("PHONE0"), SLICE_LITERAL("90"), other); /* parts do not run together */
    assert_memory_not_equal(name, other, sizeof name);
}

static void
owners_have_keys_of_their_own(void **state)
{
    (void)state;
    struct secret_key one, two, three;
    secret_derive(&key, "token", SLICE_LITERAL("moka"), &one);
    secret_derive(&key, "token", SLICE_LITERAL("kashiwa"), &two);
    secret_derive(&key, "seal", SLICE_LITERAL("moka"), &three);
    assert_memory_not_equal(one.bytes, two.bytes, sizeof one.bytes);
    assert_memory_not_equal(one.bytes, three.bytes, sizeof one.bytes);
    assert_memory_not_equal(one.bytes, key.bytes, sizeof one.bytes);
}

static void
what_is_sealed_is_opened_by_the_same_key_and_domain(void **state)
{
    (void)state;
    static const char value[] = "value";
    uint8_t sealed[sizeof value - 1 + SECRET_SEAL_BYTES], again[sizeof sealed], opened[sizeof value];
    secret_seal(&key, SLICE_LITERAL("PHONE"), SLICE_LITERAL("value"), sealed);
    secret_seal(&key, SLICE_LITERAL("PHONE"), SLICE_LITERAL("value"), again);
    assert_memory_equal(sealed, again, sizeof sealed);
    assert_true(secret_open(&key, SLICE_LITERAL("PHONE"), (struct slice){sealed, sizeof sealed}, opened));
    assert_memory_equal(opened, value, sizeof value - 1);
    assert_false(secret_open(&other_key, SLICE_LITERAL("PHONE"), (struct slice){sealed, sizeof sealed}, opened));
    assert_false(secret_open(&key, SLICE_LITERAL("EMAIL"), (struct slice){sealed, sizeof sealed}, opened));
    assert_false(secret_open(&key, SLICE_LITERAL("PHONE"), (struct slice){sealed, 8}, opened));
    sealed[sizeof sealed - 1] ^= 1;
    assert_false(secret_open(&key, SLICE_LITERAL("PHONE"), (struct slice){sealed, sizeof sealed}, opened));
}

/* RFC 4648, section 10, in small letters and without padding. */
static void
letters_are_those_of_the_standard(void **state)
{
    (void)state;
    char out[32] = {0};
    secret_base32(SLICE_LITERAL("foobar"), out);
    assert_string_equal(out, "mzxw6ytboi");
    memset(out, 0, sizeof out);
    secret_base32(SLICE_LITERAL("f"), out);
    assert_string_equal(out, "my");
    secret_base64((struct slice){(const uint8_t *)"\xfb\xff", 2}, out);
    assert_string_equal(out, "-_8");
    uint8_t bytes[8];
    size_t count;
    assert_true(secret_from_base64(SLICE_LITERAL("-_8"), bytes, sizeof bytes, &count));
    assert_int_equal(count, 2);
    assert_false(secret_from_base64(SLICE_LITERAL("-_8="), bytes, sizeof bytes, &count));
    assert_false(secret_from_base64(SLICE_LITERAL("a b"), bytes, sizeof bytes, &count));
    assert_false(secret_from_base64(SLICE_LITERAL("AAAAAAAAAAAAAAAA"), bytes, sizeof bytes, &count));
}

static void
a_key_is_64_hexadecimal_digits(void **state)
{
    (void)state;
    struct secret_key read;
    char hex[2 * SECRET_KEY_BYTES + 1];
    secret_key_hex(&key, hex);
    assert_true(secret_key_from_hex(slice_of(hex), &read));
    assert_memory_equal(read.bytes, key.bytes, sizeof key.bytes);
    assert_false(secret_key_from_hex(SLICE_LITERAL("00"), &read));
    hex[5] = 'g';
    assert_false(secret_key_from_hex(slice_of(hex), &read));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a name depends on key, domain and value", a_name_depends_on_key_domain_and_value, NULL, NULL, NULL},
        {"owners have keys of their own", owners_have_keys_of_their_own, NULL, NULL, NULL},
        {"what is sealed is opened by the same key and domain", what_is_sealed_is_opened_by_the_same_key_and_domain,
         NULL, NULL, NULL},
        {"letters are those of the standard", letters_are_those_of_the_standard, NULL, NULL, NULL},
        {"a key is 64 hexadecimal digits", a_key_is_64_hexadecimal_digits, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
