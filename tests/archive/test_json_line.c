/* JSON lines: what is taken, what is refused, and that json-c sees the same values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "archive/json_line.h"

/* --- helpers ------------------------------------------------------------------------------------------------------ */

static enum status
find_one(struct slice line, const char *where, struct json_value *value)
{
    static struct json_path path;
    const struct json_path *paths[] = {&path};

    assert_int_equal(json_path_parse(where, &path), STATUS_OK);
    return json_line_find(line, paths, 1, value);
}

static void
assert_text(const char *line, const char *where, struct slice expected)
{
    struct json_value value;
    struct buffer scratch;
    struct slice text;

    assert_int_equal(find_one(slice_of(line), where, &value), STATUS_OK);
    assert_int_equal(value.kind, JSON_STRING);
    buffer_init(&scratch);
    assert_int_equal(json_value_text(&value, &scratch, &text), STATUS_OK);
    assert_int_equal(text.bytes, expected.bytes);
    assert_memory_equal(text.data, expected.data, expected.bytes);
    buffer_fini(&scratch);
}

static void
assert_raw(const char *line, const char *where, enum json_kind kind, const char *raw)
{
    struct json_value value;

    assert_int_equal(find_one(slice_of(line), where, &value), STATUS_OK);
    assert_int_equal(value.kind, kind);
    assert_true(slice_equal(value.raw, slice_of(raw)));
}

static void
assert_refused(const char *line)
{
    struct json_value value;

    assert_int_equal(find_one(slice_of(line), "text", &value), STATUS_INVALID);
    assert_int_equal(value.kind, JSON_ABSENT);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static void
test_plain_values(void **state)
{
    (void)state;
    assert_text("{\"text\":\"おはよう\"}", "text", slice_of("おはよう"));
    assert_text(" { \"a\" : [1, {}], \"text\" : \"x\" , \"z\" : null } ", "text", slice_of("x"));
    assert_raw("{\"id\":12345678901234567890123,\"text\":\"x\"}", "id", JSON_NUMBER, "12345678901234567890123");
    assert_raw("{\"id\":-0.50e+03}", "id", JSON_NUMBER, "-0.50e+03");
    assert_raw("{\"id\":\"7\"}", "id", JSON_STRING, "\"7\"");
    assert_raw("{\"id\":true}", "id", JSON_BOOL, "true");
    assert_raw("{\"id\":null}", "id", JSON_NULL, "null");
    assert_raw("{\"id\":[1, 2]}", "id", JSON_ARRAY, "[1, 2]");
}

static void
test_absent_values(void **state)
{
    struct json_value value;

    (void)state;
    assert_int_equal(find_one(slice_of("{\"other\":1}"), "text", &value), STATUS_OK);
    assert_int_equal(value.kind, JSON_ABSENT);
    assert_int_equal(find_one(slice_of("{}"), "text", &value), STATUS_OK);
    assert_int_equal(value.kind, JSON_ABSENT);
    assert_int_equal(find_one(slice_of("7"), "text", &value), STATUS_OK);
    assert_int_equal(value.kind, JSON_ABSENT);
    assert_int_equal(find_one(slice_of("{\"a\":1}"), "a.b", &value), STATUS_OK);
    assert_int_equal(value.kind, JSON_ABSENT);
    assert_int_equal(find_one(slice_of("{\"a\":[1]}"), "a.1", &value), STATUS_OK);
    assert_int_equal(value.kind, JSON_ABSENT);
}

static void
test_paths(void **state)
{
    const char *line = "{\"a\":{\"b\":[\"zero\",{\"c\":\"deep\"}],\"b.x\":\"dot\"},\"0\":\"named\",\"a.b\":\"flat\"}";

    (void)state;
    assert_text(line, "a.b.0", slice_of("zero"));
    assert_text(line, "a.b.1.c", slice_of("deep"));
    assert_text(line, "a.b\\.x", slice_of("dot"));
    assert_text(line, "a\\.b", slice_of("flat"));
    assert_text(line, "0", slice_of("named"));
    assert_text("[\"first\",\"second\"]", "1", slice_of("second"));
}

static void
test_bad_paths(void **state)
{
    static const char *const bad[] = {"", ".", "a.", ".a", "a..b", "a\\", "a\\x", "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7"};
    struct json_path path;
    char longest[JSON_PATH_MAX_BYTES + 2];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(json_path_parse(bad[i], &path), STATUS_INVALID);
    memset(longest, 'a', sizeof longest);
    longest[JSON_PATH_MAX_BYTES] = '\0';
    assert_int_equal(json_path_parse(longest, &path), STATUS_OK);
    longest[JSON_PATH_MAX_BYTES] = 'a';
    longest[JSON_PATH_MAX_BYTES + 1] = '\0';
    assert_int_equal(json_path_parse(longest, &path), STATUS_INVALID);
}

static void
test_escapes(void **state)
{
    (void)state;
    assert_text("{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "text", slice_of("\"\\/\b\f\n\r\t"));
    assert_text("{\"text\":\"\\u3042\\uD83D\\ude00!\"}", "text", slice_of("あ😀!"));
    assert_text("{\"text\":\"a\\u0000b\"}", "text", (struct slice){(const uint8_t *)"a\0b", 3});
    assert_text("{\"text\":\"\\ud83d\"}", "text", slice_of("\xef\xbf\xbd"));
    assert_text("{\"text\":\"\\ude00\\ud83dx\"}", "text", slice_of("\xef\xbf\xbd\xef\xbf\xbdx"));
    assert_text("{\"text\":\"\\ud83d\\ud83d\\ude00\"}", "text", slice_of("\xef\xbf\xbd😀"));
    assert_text("{\"text\":\"\\ud83d\\u0041\"}", "text",
                slice_of("\xef\xbf\xbd"
                         "A"));
}

static void
test_names_with_escapes(void **state)
{
    struct json_value value;

    (void)state;
    assert_text("{\"te\\u0078t\":\"x\"}", "text", slice_of("x"));
    assert_int_equal(find_one(slice_of("{\"text\\u0000\":\"x\"}"), "text", &value), STATUS_OK);
    assert_int_equal(value.kind, JSON_ABSENT);
    assert_int_equal(find_one(slice_of("{\"tex\\u0000\":\"x\"}"), "text", &value), STATUS_OK);
    assert_int_equal(value.kind, JSON_ABSENT);
}

/* --- what is no JSON ---------------------------------------------------------------------------------------------- */

static void
test_refused_lines(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "{\"text\":\"x\"",
                                      "{\"text\":\"x\"}}",
                                      "{\"text\":\"x\"} x",
                                      "{\"text\":\"x\",}",
                                      "{,\"text\":\"x\"}",
                                      "{\"text\" \"x\"}",
                                      "{text:\"x\"}",
                                      "{'text':'x'}",
                                      "{\"text\":x}",
                                      "{\"text\":\"x}",
                                      "{\"text\":\"\\x\"}",
                                      "{\"text\":\"\\u12g4\"}",
                                      "{\"text\":\"\\u12\"}",
                                      "{\"text\":\"a\tb\"}",
                                      "{\"text\":\"x\",\"n\":01}",
                                      "{\"text\":\"x\",\"n\":1.}",
                                      "{\"text\":\"x\",\"n\":.5}",
                                      "{\"text\":\"x\",\"n\":+1}",
                                      "{\"text\":\"x\",\"n\":1e}",
                                      "{\"text\":\"x\",\"n\":-}",
                                      "{\"text\":\"x\",\"n\":NaN}",
                                      "{\"text\":\"x\",\"n\":True}",
                                      "{\"text\":\"x\",\"n\":tru}",
                                      "{\"text\":\"x\",\"n\":[1,]}",
                                      "{\"text\":\"x\",\"n\":[1 2]}",
                                      "{\"text\":\"x\"/**/}",
                                      "\xef\xbb\xbf{\"text\":\"x\"}"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(bad[i]);
}

static void
test_repeated_fields(void **state)
{
    struct json_value value;

    (void)state;
    assert_refused("{\"text\":\"a\",\"text\":\"b\"}");
    assert_refused("{\"text\":\"a\",\"te\\u0078t\":\"b\"}");
    assert_int_equal(find_one(slice_of("{\"a\":{\"b\":1,\"b\":2}}"), "a.b", &value), STATUS_INVALID);
    assert_int_equal(value.kind, JSON_ABSENT);
    assert_text("{\"x\":1,\"x\":2,\"text\":\"a\"}", "text", slice_of("a")); /* nobody asked for x */
}

static void
test_depth(void **state)
{
    char line[4 * JSON_MAX_DEPTH];
    struct json_value value;

    (void)state;
    for (unsigned depth = JSON_MAX_DEPTH; depth <= JSON_MAX_DEPTH + 1; depth++) {
        memset(line, '[', depth);
        memset(line + depth, ']', depth);
        assert_int_equal(find_one((struct slice){(const uint8_t *)line, 2 * depth}, "text", &value),
                         depth == JSON_MAX_DEPTH ? STATUS_OK : STATUS_INVALID);
    }
}

static void
test_every_cut(void **state)
{
    static const char line[] = "{\"id\":-1.5e3,\"text\":\"\\u3042\\n\",\"a\":[true,{\"b\":null}]}";
    struct json_value value;

    (void)state;
    for (size_t bytes = 0; bytes < sizeof line - 1; bytes++) {
        uint8_t *copy = malloc(bytes + 1); /* of its own, so that a sanitizer sees a read behind it */

        memcpy(copy, line, bytes);
        copy = realloc(copy, bytes ? bytes : 1);
        assert_int_equal(find_one((struct slice){copy, bytes}, "text", &value), STATUS_INVALID);
        free(copy);
    }
    assert_int_equal(find_one(SLICE_LITERAL(line), "text", &value), STATUS_OK);
}

/* --- walking ------------------------------------------------------------------------------------------------------ */

static void
test_items(void **state)
{
    struct json_value list, key, item;
    struct json_items items;

    (void)state;
    assert_int_equal(find_one(slice_of("{\"l\":[ 1 ,\"b\", {\"c\":[ ]} ],\"e\":[ ]}"), "l", &list), STATUS_OK);
    json_items_init(&items, &list);
    assert_true(json_items_next(&items, &key, &item));
    assert_int_equal(key.kind, JSON_ABSENT);
    assert_true(slice_equal(item.raw, slice_of("1")));
    assert_true(json_items_next(&items, &key, &item));
    assert_true(slice_equal(item.raw, slice_of("\"b\"")));
    assert_true(json_items_next(&items, &key, &item));
    json_items_init(&items, &item);
    assert_true(json_items_next(&items, &key, &item));
    assert_true(slice_equal(key.raw, slice_of("\"c\"")));
    json_items_init(&items, &item);
    assert_false(json_items_next(&items, &key, &item));
}

/* --- against json-c ----------------------------------------------------------------------------------------------- */

static uint64_t
next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* Builds a text of small parts, mostly valid, never with what json-c takes and RFC 8259 does not. */
static size_t
build_line(char *line, uint64_t *random)
{
    static const char *const parts[] = {"\"text\":\"",
                                        "\"id\":",
                                        "\"a\":",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        ",",
                                        "\"",
                                        "\\u3042",
                                        "\\ud83d",
                                        "\\ude00",
                                        "\\n",
                                        "\\u0041",
                                        "あ😀",
                                        "x",
                                        "\"text\":\"x\"",
                                        "\"b\":12",
                                        "\"c\":[]",
                                        "null",
                                        "true",
                                        "-1.5e3",
                                        "\"k\":{",
                                        " "};
    size_t bytes = 0;
    unsigned count = 1 + (unsigned)(next_random(random) % 9);

    line[bytes++] = '{';
    for (unsigned i = 0; i < count; i++) {
        const char *part = parts[next_random(random) % (sizeof parts / sizeof parts[0])];

        memcpy(line + bytes, part, strlen(part));
        bytes += strlen(part);
        if (next_random(random) % 3 == 0)
            line[bytes++] = ',';
    }
    if (next_random(random) % 2 == 0)
        line[bytes++] = '"';
    line[bytes++] = '}';
    return bytes;
}

static struct json_object *
parse_with_json_c(struct json_tokener *tokener, const char *line, size_t bytes)
{
    struct json_object *root;

    json_tokener_reset(tokener);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    root = json_tokener_parse_ex(tokener, line, (int)bytes);
    if (json_tokener_get_error(tokener) == json_tokener_success && json_tokener_get_parse_end(tokener) == bytes)
        return root;
    json_object_put(root);
    return NULL;
}

static void
assert_same_text(const struct json_value *value, struct json_object *theirs)
{
    struct buffer scratch;
    struct slice text;

    if (!json_object_is_type(theirs, json_type_string)) {
        assert_int_not_equal(value->kind, JSON_STRING);
        return;
    }
    assert_int_equal(value->kind, JSON_STRING);
    buffer_init(&scratch);
    assert_int_equal(json_value_text(value, &scratch, &text), STATUS_OK);
    assert_int_equal(text.bytes, json_object_get_string_len(theirs));
    assert_memory_equal(text.data, json_object_get_string(theirs), text.bytes);
    buffer_fini(&scratch);
}

static void
test_same_as_json_c(void **state)
{
    struct json_tokener *tokener = json_tokener_new_ex(JSON_MAX_DEPTH);
    uint64_t random = 20240229;
    unsigned taken = 0;
    char line[512];

    (void)state;
    for (unsigned i = 0; i < 300000; i++) {
        size_t bytes = build_line(line, &random);
        struct json_object *root = parse_with_json_c(tokener, line, bytes), *theirs = NULL;
        struct json_value value;
        enum status status = find_one((struct slice){(const uint8_t *)line, bytes}, "text", &value);

        if (status == STATUS_OK) {
            assert_non_null(root);
            json_object_object_get_ex(root, "text", &theirs);
            assert_same_text(&value, theirs);
            taken++;
        } else if (root != NULL) { /* the one thing we refuse on purpose */
            line[bytes] = '\0';
            assert_non_null(strstr(strstr(line, "\"text\":") + 1, "\"text\":"));
        }
        json_object_put(root);
    }
    assert_in_range(taken, 1000, 300000);
    json_tokener_free(tokener);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"values are found as they stand", test_plain_values, NULL, NULL, NULL},
        {"what is not there is absent", test_absent_values, NULL, NULL, NULL},
        {"paths lead into objects and arrays", test_paths, NULL, NULL, NULL},
        {"paths without sense are refused", test_bad_paths, NULL, NULL, NULL},
        {"escapes become characters, half surrogates U+FFFD", test_escapes, NULL, NULL, NULL},
        {"names are compared after their escapes, U+0000 ends none", test_names_with_escapes, NULL, NULL, NULL},
        {"what is no JSON text is refused", test_refused_lines, NULL, NULL, NULL},
        {"a wanted field that is repeated is refused", test_repeated_fields, NULL, NULL, NULL},
        {"the deepest nesting is taken, one more refused", test_depth, NULL, NULL, NULL},
        {"a line that is cut anywhere is refused", test_every_cut, NULL, NULL, NULL},
        {"items of containers come in order", test_items, NULL, NULL, NULL},
        {"json-c sees the same texts", test_same_as_json_c, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests_name("archive/json_line", tests, NULL, NULL);
}
