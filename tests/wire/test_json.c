/* tests/wire/test_json.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "wire/json.h"

#include "sample.h"

static struct policy sample_policy = {.id = "kashiwa"};
static struct ruleset sample_ruleset = {.policy = &sample_policy, .hash_hex = "00ff"};

static void
is_output(struct buffer *out, const char *expected)
{
    buffer_append_byte(out, '\0');
    assert_false(out->failed);
    assert_string_equal((const char *)out->data, expected);
    buffer_fini(out);
}

static void
prints(const struct verdict *verdict, const char *expected)
{
    struct buffer out;
    buffer_init(&out);
    json_verdict(&out, SLICE_LITERAL("\"7\""), verdict, &sample_ruleset);
    is_output(&out, expected);
}

static void
an_allowed_text_stands_as_it_is(void **state)
{
    struct verdict verdict = sample_allowed(SLICE_LITERAL("ゴミの日は\nいつ？"));
    (void)state;
    prints(&verdict,
           "{\"id\":\"7\",\"status\":\"OK\",\"verdict\":\"allow\",\"text\":\"ゴミの日は\\u000aいつ？\",\"findings\":[],"
           "\"grounds\":[],\"review\":false,\"escalate\":false,\"notice_id\":null,\"policy\":\"kashiwa\","
           "\"ruleset\":\"00ff\"}");
}

#define SAMPLE_TAIL                                                                                                    \
    "\"findings\":[{\"start\":0,\"end\":16,\"info_type\":null,\"category\":\"DEFAMATION\",\"subject\":null,"           \
    "\"likelihood\":80,\"severity\":\"MEDIUM\",\"rule\":\"term.common.00000001\",\"clauses\":[\"6-2\",\"10-1\"],"      \
    "\"action\":\"allow\"},{\"start\":2,\"end\":15,\"info_type\":\"PHONE\",\"category\":null,\"subject\":\"UNKNOWN\"," \
    "\"likelihood\":97,\"severity\":null,\"rule\":\"pii.phone.mobile\",\"clauses\":[\"10-1\"],\"action\":\"redact\"}]" \
    ","                                                                                                                \
    "\"grounds\":[\"10-1\",\"6-2\"],\"review\":true,\"escalate\":false,\"notice_id\":\"blocked\","                     \
    "\"policy\":\"kashiwa\",\"ruleset\":\"00ff\"}"

static void
a_redacted_text_comes_with_its_findings(void **state)
{
    struct verdict verdict = sample_redacted();
    (void)state;
    prints(&verdict,
           "{\"id\":\"7\",\"status\":\"OK\",\"verdict\":\"redact\",\"text\":\"" SAMPLE_REDACTED "\"," SAMPLE_TAIL);
}

static void
a_blocked_text_is_redacted_too(void **state)
{
    struct verdict verdict = sample_redacted();
    (void)state;
    verdict.action = ACTION_BLOCK;
    prints(&verdict,
           "{\"id\":\"7\",\"status\":\"OK\",\"verdict\":\"block\",\"text\":\"" SAMPLE_REDACTED "\"," SAMPLE_TAIL);
}

static void
an_unfinished_verdict_is_a_fault(void **state)
{
    struct verdict verdict = sample_redacted();
    (void)state;
    verdict.action = ACTION_NONE;
    prints(&verdict, "{\"id\":\"7\",\"status\":\"INTERNAL\",\"verdict\":null,\"text\":null,\"findings\":[]}");
}

static void
a_refused_record_says_where(void **state)
{
    struct buffer out;
    (void)state;
    buffer_init(&out);
    json_refused(&out, SLICE_LITERAL("7"), WIRE_TOO_LARGE, 12, 18446744073709551615u);
    is_output(&out, "{\"id\":7,\"status\":\"TOO_LARGE\",\"verdict\":null,\"text\":null,\"findings\":[],"
                    "\"position\":{\"record\":12,\"byte\":18446744073709551615}}");
}

static void
quotes(struct slice text, const char *expected)
{
    struct buffer out;
    buffer_init(&out);
    json_string(&out, text);
    is_output(&out, expected);
}

static void
what_json_forbids_is_escaped(void **state)
{
    (void)state;
    quotes(SLICE_LITERAL(""), "\"\"");
    quotes((struct slice){NULL, 0}, "\"\"");
    quotes(SLICE_LITERAL("\"\\/"), "\"\\\"\\\\/\"");
    quotes(SLICE_LITERAL("a\0b\x1F\x20\x7F"), "\"a\\u0000b\\u001f \x7F\"");
    quotes(SLICE_LITERAL("\t\r\n"), "\"\\u0009\\u000d\\u000a\"");
    quotes(SLICE_LITERAL("\xE2\x80\xA8\xE2\x80\xA9"), "\"\xE2\x80\xA8\xE2\x80\xA9\"");
}

/* Whatever stands at whatever place comes back from a parser. */
static void
round_trip(struct slice text)
{
    struct buffer out;
    buffer_init(&out);
    json_string(&out, text);
    json_tokener *tokener = json_tokener_new();
    json_object *object = json_tokener_parse_ex(tokener, (const char *)out.data, (int)out.bytes);
    assert_non_null(object);
    assert_int_equal(json_object_get_string_len(object), text.bytes);
    assert_memory_equal(json_object_get_string(object), text.data, text.bytes);
    json_object_put(object);
    json_tokener_free(tokener);
    buffer_fini(&out);
}

static void
every_byte_at_every_place_comes_back(void **state)
{
    uint8_t text[40];
    (void)state;
    for (unsigned byte = 0; byte < 0x80; byte++)
        for (size_t place = 0; place < sizeof text; place++) {
            memset(text, 'x', sizeof text);
            text[place] = (uint8_t)byte;
            text[(place + 9) % sizeof text] = (uint8_t)byte;
            round_trip((struct slice){text, sizeof text});
        }
    for (size_t place = 0; place + 3 <= sizeof text; place++) {
        memset(text, '\x01', sizeof text);
        memcpy(text + place, "\xE3\x81\x82", 3);
        round_trip((struct slice){text, sizeof text});
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"an allowed text stands as it is", an_allowed_text_stands_as_it_is},
        {"a redacted text comes with its findings", a_redacted_text_comes_with_its_findings},
        {"a blocked text is redacted too", a_blocked_text_is_redacted_too},
        {"an unfinished verdict is a fault", an_unfinished_verdict_is_a_fault},
        {"a refused record says where", a_refused_record_says_where},
        {"what JSON forbids is escaped", what_json_forbids_is_escaped},
        {"every byte at every place comes back", every_byte_at_every_place_comes_back},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
