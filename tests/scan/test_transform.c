#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "fixture.h"
#include "scan/generalise.h"
#include "scan/transform.h"

static struct arena *arena;
static struct scope *scope;
static struct keys *keys;
static const struct hash salt = {{1, 2, 3}};

static const char KEY_FILE[] = "# made for tests\n"
                               "k2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
                               "k1 ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n";

static struct finding
redacting(uint32_t start, uint32_t end, enum info_type type, unsigned likelihood, enum transform transform)
{
    return (struct finding){.span = {start, end},
                            .info_type = type,
                            .likelihood = (uint8_t)likelihood,
                            .action = ACTION_REDACT,
                            .transform = transform,
                            .rule = "test"};
}

static struct transformed
run(const char *text, const struct finding *findings, size_t count)
{
    struct transformed out = {0};
    struct transform_job job = {.arena = arena, .text = slice_of(text), .keys = keys, .scope = scope};
    assert_int_equal(transform_text(&job, findings, count, &out), STATUS_OK);
    return out;
}

static void
assert_redacted(const char *text, const struct finding *findings, size_t count, const char *expected,
                size_t replacements_expected)
{
    struct transformed out = run(text, findings, count);
    assert_int_equal(out.replacement_count, replacements_expected);
    assert_int_equal(out.text.bytes, strlen(expected));
    assert_memory_equal(out.text.data, expected, out.text.bytes);
    for (size_t i = 0; i < out.replacement_count; i++)
        assert_true(out.replacements[i].output.end <= out.text.bytes && out.replacements[i].source.end <= strlen(text));
}

static void
each_transform_writes_its_own(void **state)
{
    (void)state;
    struct finding label = redacting(1, 4, INFO_PHONE, 90, TRANSFORM_LABEL);
    struct finding mask = redacting(1, 4, INFO_PHONE, 90, TRANSFORM_MASK);
    struct finding removed = redacting(1, 4, INFO_PHONE, 90, TRANSFORM_REMOVE);
    assert_redacted("a123b", &label, 1, "a【電話番号】b", 1);
    assert_redacted("a123b", &mask, 1, "a＊＊＊＊b", 1);
    assert_redacted("a123b", &removed, 1, "ab", 1);
}

static void
a_mask_does_not_tell_the_length(void **state)
{
    (void)state;
    struct finding shorter = redacting(0, 1, INFO_PHONE, 90, TRANSFORM_MASK);
    struct finding longer = redacting(0, 9, INFO_PHONE, 90, TRANSFORM_MASK);
    assert_redacted("123456789", &shorter, 1, "＊＊＊＊23456789", 1);
    assert_redacted("123456789", &longer, 1, "＊＊＊＊", 1);
}

static void
overlapping_spans_are_covered_as_one(void **state)
{
    (void)state;
    struct finding findings[] = {redacting(0, 5, INFO_PHONE, 80, TRANSFORM_LABEL),
                                 redacting(3, 8, INFO_EMAIL, 95, TRANSFORM_LABEL)};
    assert_redacted("123456789", findings, 2, "【メールアドレス】9", 1);
}

static void
adjacent_spans_leave_nothing_between(void **state)
{
    (void)state;
    struct finding findings[] = {redacting(0, 3, INFO_PHONE, 80, TRANSFORM_REMOVE),
                                 redacting(3, 6, INFO_EMAIL, 95, TRANSFORM_REMOVE)};
    assert_redacted("123456789", findings, 2, "789", 2);
}

static void
what_is_not_redacted_stays(void **state)
{
    (void)state;
    struct finding allowed = redacting(0, 3, INFO_PHONE, 80, TRANSFORM_LABEL);
    allowed.action = ACTION_ALLOW;
    assert_redacted("123", &allowed, 1, "123", 0);
    assert_redacted("", NULL, 0, "", 0);
}

static void
a_mask_keeps_what_the_policy_says(void **state)
{
    (void)state;
    struct finding phone = redacting(0, 13, INFO_PHONE, 90, TRANSFORM_MASK);
    phone.mask = (struct mask_options){.keep_last = 4};
    assert_redacted("090-0000-1234", &phone, 1, "＊＊＊＊1234", 1);
    phone.mask = (struct mask_options){.keep_first = 3, .keep_separators = true};
    assert_redacted("090-0000-1234", &phone, 1, "090-＊＊＊＊-＊＊＊＊", 1);
    struct finding name = redacting(0, 6, INFO_PERSON, 90, TRANSFORM_MASK);
    name.mask = (struct mask_options){.keep_first = 1};
    assert_redacted("甲乙", &name, 1, "＊＊＊＊", 1); /* too short to keep any of it */
}

static void
equal_values_have_one_number(void **state)
{
    (void)state;
    struct finding findings[] = {redacting(0, 13, INFO_PHONE, 90, TRANSFORM_NUMBERED_LABEL),
                                 redacting(14, 27, INFO_PHONE, 90, TRANSFORM_NUMBERED_LABEL),
                                 redacting(28, 39, INFO_PHONE, 90, TRANSFORM_NUMBERED_LABEL)};
    assert_redacted("090-0000-0001 090-0000-0002 09000000001", findings, 3, "【電話番号1】 【電話番号2】 【電話番号1】",
                    3);
    assert_redacted("090-0000-0002", findings, 1, "【電話番号2】", 1); /* the next message of the conversation */
    struct finding name = redacting(0, 3, INFO_PERSON, 90, TRANSFORM_NUMBERED_LABEL);
    assert_redacted("甲", &name, 1, "【氏名1】", 1); /* each type counts for itself */
}

static struct keys *
keys_of(const char *city, const char *file)
{
    struct keys *made = NULL;
    struct fault fault = {0};
    assert_int_equal(keys_parse(slice_of(file), "test.key", city, &made, &fault), STATUS_OK);
    return made;
}

static struct slice
written_with(const struct keys *ring, enum transform transform, const char *text, bool short_tokens)
{
    struct finding finding = redacting(0, (uint32_t)strlen(text), INFO_PERSON, 90, transform);
    struct transformed out;
    struct transform_job job = {.arena = arena, .text = slice_of(text), .keys = ring, .short_tokens = short_tokens};
    assert_int_equal(transform_text(&job, &finding, 1, &out), STATUS_OK);
    return out.text;
}

static void
a_token_stands_for_one_value_of_one_city_under_one_key(void **state)
{
    (void)state;
    struct keys *other_city = keys_of("kashiwa", KEY_FILE);
    struct keys *other_key = keys_of("moka", strchr(KEY_FILE, '\n') + 1 + 68);
    struct slice token = written_with(keys, TRANSFORM_TOKEN, "甲 乙", false);
    assert_int_equal(token.bytes, strlen("【氏名:k2:】") + 26);
    assert_memory_equal(token.data, "【氏名:k2:", strlen("【氏名:k2:"));
    assert_true(slice_equal(token, written_with(keys, TRANSFORM_TOKEN, "甲乙", false)));
    assert_false(slice_equal(token, written_with(keys, TRANSFORM_TOKEN, "甲丙", false)));
    assert_false(slice_equal(token, written_with(other_city, TRANSFORM_TOKEN, "甲乙", false)));
    assert_false(slice_equal(token, written_with(other_key, TRANSFORM_TOKEN, "甲乙", false)));
    assert_int_equal(written_with(keys, TRANSFORM_TOKEN, "甲乙", true).bytes, strlen("【氏名:k7q2】"));
    assert_int_equal(transform_written_type(keys, arena, token), INFO_PERSON);
    assert_int_equal(transform_written_type(keys, arena, slice_of("【電話番号:k2:09000000000】")), INFO_NONE);
    assert_int_equal(transform_written_type(keys, arena, slice_of("【電話番号:k9:aaaaaaaaaaaaaaaaaaaaaaaaaa】")),
                     INFO_NONE);
    keys_destroy(&other_city);
    keys_destroy(&other_key);
}

static void
a_sealed_value_is_revealed_by_its_key_alone(void **state)
{
    (void)state;
    struct keys *other_city = keys_of("kashiwa", KEY_FILE);
    struct slice sealed = written_with(keys, TRANSFORM_ENCRYPT, "甲野　乙子", false);
    const struct key *key = NULL;
    struct slice value;
    assert_true(slice_equal(sealed, written_with(keys, TRANSFORM_ENCRYPT, "甲野　乙子", false)));
    assert_int_equal(transform_reveal(keys, arena, sealed, &key, &value), STATUS_OK);
    assert_true(slice_equal(value, slice_of("甲野　乙子")));
    assert_string_equal(key->id, "k2");
    assert_int_equal(transform_reveal(other_city, arena, sealed, &key, &value), STATUS_NOT_FOUND);
    uint8_t changed[256];
    memcpy(changed, sealed.data, sealed.bytes);
    changed[30] ^= 1;
    assert_int_equal(transform_reveal(keys, arena, (struct slice){changed, sealed.bytes}, &key, &value),
                     STATUS_NOT_FOUND);
    assert_int_equal(transform_reveal(keys, arena, written_with(keys, TRANSFORM_TOKEN, "甲", false), &key, &value),
                     STATUS_NOT_FOUND);
    keys_destroy(&other_city);
}

static void
a_key_that_is_missing_gives_no_text(void **state)
{
    (void)state;
    struct transform_job job = {.arena = arena, .text = slice_of("123")};
    const enum transform transforms[] = {TRANSFORM_TOKEN, TRANSFORM_ENCRYPT, TRANSFORM_NUMBERED_LABEL};
    for (size_t i = 0; i < sizeof transforms / sizeof *transforms; i++) {
        struct finding finding = redacting(0, 3, INFO_PHONE, 90, transforms[i]);
        struct transformed out;
        assert_int_equal(transform_text(&job, &finding, 1, &out), STATUS_INTERNAL);
    }
}

static void
what_may_be_an_individual_number_is_labelled_or_removed(void **state)
{
    (void)state;
    struct finding finding = redacting(0, 12, INFO_DRIVERS_LICENSE, 90, TRANSFORM_TOKEN);
    finding.alternatives[0] = (struct alternative){.info_type = INFO_MY_NUMBER, .rule = "test", .likelihood = 50};
    finding.alternative_count = 1;
    assert_redacted("123456789018", &finding, 1, "【マイナンバー】", 1);
    finding.transform = TRANSFORM_REMOVE;
    assert_redacted("123456789018", &finding, 1, "", 1);
    struct finding union_of[] = {redacting(0, 12, INFO_MY_NUMBER, 80, TRANSFORM_LABEL),
                                 redacting(4, 14, INFO_PHONE, 90, TRANSFORM_ENCRYPT)};
    assert_redacted("12345678901800", union_of, 2, "【マイナンバー】", 1);
}

static void
values_become_coarser(void **state)
{
    (void)state;
    static const struct {
        enum info_type type;
        const char *text, *expected;
    } rows[] = {
        {INFO_AGE, "34歳", "30代"},
        {INFO_AGE, "7歳", "10歳未満"},
        {INFO_AGE, "101歳", "90歳以上"},
        {INFO_AGE, "三十四歳", "【年齢】"},
        {INFO_BIRTH_DATE, "昭和63年5月1日", "昭和63年"},
        {INFO_BIRTH_DATE, "1988/05/01", "1988年"},
        {INFO_BIRTH_DATE, "19880501", "1988年"},
        {INFO_GEO, "35.86213,139.97123", "35.86,139.97"},
        {INFO_GEO, "北緯35度", "【位置情報】"},
        {INFO_POSTAL_CODE, "277-8505", "277-＊＊＊＊"},
        {INFO_PHONE, "090-0000-0000", "【電話番号】"},
        {INFO_ADDRESS, "柏市柏1-2-3", "【住所】"}, /* without the table of municipalities */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct finding finding = redacting(0, (uint32_t)strlen(rows[i].text), rows[i].type, 90, TRANSFORM_GENERALISE);
        assert_redacted(rows[i].text, &finding, 1, rows[i].expected, 1);
    }
}

/* --- the whole scanner, under a policy of its own ------------------------------------------------------------------
 */

static struct fixture fixture;
static char key_path[] = "build-test-transform.key";

static void
policy_with(const char *transform, char *policy, size_t bytes)
{
    snprintf(policy, bytes,
             "format: 1\nid: sample\nname: 見本市\nclauses:\n  - id: \"1\"\n    cite: \"1\"\n    heading: 個人情報\n"
             "    covers: [personal_data]\n    action: redact\n    transform: %s\ntransforms: {MY_NUMBER: label}\n",
             transform);
}

static enum status
build_with(const char *transform, const char *keys_path, struct ruleset **ruleset_out, struct fault *fault)
{
    char policy[1024];
    struct city_files files = {.keys_path = keys_path, .id = "sample", .folder = "sample"};
    policy_with(transform, policy, sizeof policy);
    buffer_init(&files.policy);
    buffer_append_text(&files.policy, policy);
    enum status status = ruleset_build(fixture.common, &files, ruleset_out, fault);
    city_files_fini(&files);
    return status;
}

static void
a_policy_that_needs_keys_is_refused_without_them(void **state)
{
    (void)state;
    struct ruleset *ruleset = NULL;
    struct fault fault = {0};
    assert_int_equal(build_with("token", NULL, &ruleset, &fault), STATUS_INVALID);
    assert_string_equal(fault.reason, "the policy asks for token or encrypt, and no key file is configured");
    assert_int_equal(build_with("encrypt", "tests/no-such.key", &ruleset, &fault), STATUS_INVALID);
    assert_string_equal(fault.reason, "there is no such key file");
    assert_int_equal(build_with("label", NULL, &ruleset, &fault), STATUS_OK);
    ruleset_destroy(&ruleset);
}

static void
an_address_is_cut_behind_its_municipality(void **state)
{
    (void)state;
    struct ruleset *ruleset = NULL;
    const struct verdict *verdict = NULL;
    struct fault fault = {0};
    assert_int_equal(build_with("generalise", NULL, &ruleset, &fault), STATUS_OK);
    struct message message = {.text = slice_of("住所は千葉県柏市柏五丁目10番1号です")};
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    assert_true(slice_equal(verdict->redacted, slice_of("住所は千葉県柏市です")));
    ruleset_destroy(&ruleset);
}

/* However it is written: a month or day is never given for a year. */
static void
a_birth_date_is_cut_to_its_year(void **state)
{
    (void)state;
    static const struct {
        const char *date, *year; /* NULL = it shows none */
    } rows[] = {
        {"昭和63年5月1日", "昭和63年"},
        {"昭和(54)年(3)月(12)日", "昭和(54)年"},
        {"1988/5/1", "1988年"},
        {"19880501", "1988年"},
        {"s63.5.1", "s63年"},
        {"昭和 54・3・12", "昭和 54年"},
        {"90.2.27", "90年"},
        {"27/02/1990", "1990年"},
        {"feb 27, 1990", "1990年"},
        {"27 february 1990", "1990年"},
        {"2月27日", NULL},
        {"五月五日", NULL},
        {"平成元.3.4", NULL},
        {"s540312", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[GENERALISED_MAX_BYTES];
        size_t bytes = 0;
        enum status status = generalise(INFO_BIRTH_DATE, slice_of(rows[i].date), NULL, out, &bytes);
        assert_int_equal(status, rows[i].year ? STATUS_OK : STATUS_NOT_FOUND);
        assert_true(slice_equal((struct slice){(uint8_t *)out, bytes}, slice_of(rows[i].year)));
    }
}

static void
key_files_are_strict(void **state)
{
    (void)state;
    static const struct {
        const char *file, *reason;
    } rows[] = {
        {"", "there is no key in this file"},
        {"k1\n", "a key has an id, a space and 64 hexadecimal digits"},
        {"K1 00\n", "the id of a key is 1 to 8 of a-z and 0-9"},
        {"k1 00\n", "a key has 64 hexadecimal digits"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct keys *made = NULL;
        struct fault fault = {0};
        assert_int_equal(keys_parse(slice_of(rows[i].file), "test.key", "moka", &made, &fault), STATUS_INVALID);
        assert_string_equal(fault.reason, rows[i].reason);
        assert_string_equal(fault.value, "");
    }
}

static int
open_arena(void **state)
{
    (void)state;
    keys = keys_of("moka", KEY_FILE);
    fixture_open(&fixture);
    if (file_write_atomic(key_path, 0600, slice_of(KEY_FILE)) != STATUS_OK || scope_create(&salt, &scope) != STATUS_OK)
        return -1;
    return arena_create(1 << 20, &arena) == STATUS_OK ? 0 : -1;
}

static int
close_arena(void **state)
{
    (void)state;
    remove(key_path);
    fixture_close(&fixture);
    scope_destroy(&scope);
    keys_destroy(&keys);
    arena_destroy(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"each transform writes its own", each_transform_writes_its_own, NULL, NULL, NULL},
        {"a mask does not tell the length", a_mask_does_not_tell_the_length, NULL, NULL, NULL},
        {"overlapping spans are covered as one", overlapping_spans_are_covered_as_one, NULL, NULL, NULL},
        {"adjacent spans leave nothing between", adjacent_spans_leave_nothing_between, NULL, NULL, NULL},
        {"what is not redacted stays", what_is_not_redacted_stays, NULL, NULL, NULL},
        {"a mask keeps what the policy says", a_mask_keeps_what_the_policy_says, NULL, NULL, NULL},
        {"equal values have one number", equal_values_have_one_number, NULL, NULL, NULL},
        {"a token stands for one value of one city under one key",
         a_token_stands_for_one_value_of_one_city_under_one_key, NULL, NULL, NULL},
        {"a sealed value is revealed by its key alone", a_sealed_value_is_revealed_by_its_key_alone, NULL, NULL, NULL},
        {"a key that is missing gives no text", a_key_that_is_missing_gives_no_text, NULL, NULL, NULL},
        {"what may be an individual number is labelled or removed",
         what_may_be_an_individual_number_is_labelled_or_removed, NULL, NULL, NULL},
        {"values become coarser", values_become_coarser, NULL, NULL, NULL},
        {"a policy that needs keys is refused without them", a_policy_that_needs_keys_is_refused_without_them, NULL,
         NULL, NULL},
        {"an address is cut behind its municipality", an_address_is_cut_behind_its_municipality, NULL, NULL, NULL},
        {"a birth date is cut to its year", a_birth_date_is_cut_to_its_year, NULL, NULL, NULL},
        {"key files are strict", key_files_are_strict, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("transform", tests, open_arena, close_arena);
}
