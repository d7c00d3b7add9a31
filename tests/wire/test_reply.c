/* tests/wire/test_reply.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filter.pb-c.h"

#include "wire/reply.h"

#include "sample.h"

#define MAX_BYTES (1u << 20)

struct fixture {
    struct reply reply;
    struct buffer out;
    Filterd__V1__CheckReply *wire;
};

static int
setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    buffer_init(&fixture->out);
    *state = fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *fixture = *state;
    if (fixture->wire)
        filterd__v1__check_reply__free_unpacked(fixture->wire, NULL);
    buffer_fini(&fixture->out);
    free(fixture);
    return 0;
}

static struct reply *
begin(struct fixture *fixture)
{
    reply_begin(&fixture->reply, SLICE_LITERAL("r1"), MAX_BYTES, &fixture->out);
    return &fixture->reply;
}

/* Every reply must be, byte for byte, what protobuf's own packer makes of it. */
static void
unpack(struct fixture *fixture)
{
    assert_false(fixture->out.failed);
    fixture->wire = filterd__v1__check_reply__unpack(NULL, fixture->out.bytes, fixture->out.data);
    assert_non_null(fixture->wire);
    assert_int_equal(filterd__v1__check_reply__get_packed_size(fixture->wire), fixture->out.bytes);
    uint8_t *packed = malloc(fixture->out.bytes);
    assert_non_null(packed);
    filterd__v1__check_reply__pack(fixture->wire, packed);
    assert_memory_equal(packed, fixture->out.data, fixture->out.bytes);
    free(packed);
}

static void
finish(struct fixture *fixture)
{
    assert_int_equal(reply_finish(&fixture->reply, "abcd"), STATUS_OK);
    unpack(fixture);
    assert_int_equal(fixture->wire->status, WIRE_OK);
}

static Filterd__V1__Result *
only_result(struct fixture *fixture, const struct verdict *verdict, bool with_evidence)
{
    reply_add(begin(fixture), SLICE_LITERAL("m1"), WIRE_OK, verdict, with_evidence);
    finish(fixture);
    assert_int_equal(fixture->wire->n_results, 1);
    return fixture->wire->results[0];
}

static void
is_text(ProtobufCBinaryData got, const char *expected)
{
    assert_true(slice_equal((struct slice){got.data, got.len}, slice_of(expected)));
}

static void
is_span(const Filterd__V1__Span *span, const uint32_t expected[6])
{
    assert_int_equal(span->start_byte, expected[0]);
    assert_int_equal(span->end_byte, expected[1]);
    assert_int_equal(span->start_code_point, expected[2]);
    assert_int_equal(span->end_code_point, expected[3]);
    assert_int_equal(span->start_utf16, expected[4]);
    assert_int_equal(span->end_utf16, expected[5]);
}

static void
a_verdict_is_packed_whole(void **state)
{
    struct verdict verdict = sample_redacted();
    verdict.escalate = true;
    verdict.text_repaired = true;
    verdict.findings_truncated = true;
    verdict.observed = ACTION_BLOCK;
    Filterd__V1__Result *result = only_result(*state, &verdict, false);
    is_text(result->message_id, "m1");
    assert_int_equal(result->status, WIRE_OK);
    assert_int_equal(result->verdict, FILTERD__V1__VERDICT__VERDICT_REDACT);
    assert_int_equal(result->observed_verdict, FILTERD__V1__VERDICT__VERDICT_BLOCK);
    is_text(result->redacted_text, SAMPLE_REDACTED);
    is_text(result->notice_id, "blocked");
    assert_true(result->review && result->escalate && result->text_repaired && result->findings_truncated);
    assert_int_equal(result->n_grounds, 2);
    is_text(result->grounds[0]->id, "10-1");
    is_text(result->grounds[0]->cite, "10(1)");
    is_text(result->grounds[0]->heading, "個人情報の管理");
    is_text(result->grounds[1]->id, "6-2");
}

static void
findings_carry_all_parts(void **state)
{
    struct verdict verdict = sample_redacted();
    Filterd__V1__Result *result = only_result(*state, &verdict, false);
    assert_int_equal(result->n_findings, 2);
    const Filterd__V1__Finding *insult = result->findings[0], *phone = result->findings[1];
    assert_int_equal(insult->category, CATEGORY_DEFAMATION);
    assert_int_equal(insult->info_type, INFO_NONE);
    assert_int_equal(insult->severity, SEVERITY_MEDIUM);
    assert_int_equal(insult->action, ACTION_ALLOW);
    assert_int_equal(insult->n_clauses, 2);
    is_text(insult->clauses[1], "10-1");
    assert_int_equal(phone->info_type, INFO_PHONE);
    assert_int_equal(phone->likelihood, 97);
    assert_int_equal(phone->subject, SUBJECT_UNKNOWN);
    assert_int_equal(phone->action, ACTION_REDACT);
    assert_int_equal(phone->group, 4);
    is_text(phone->rule, "pii.phone.mobile");
    assert_int_equal(phone->n_alternatives, 1);
    assert_int_equal(phone->alternatives[0]->info_type, INFO_BANK_ACCOUNT);
    assert_int_equal(phone->alternatives[0]->likelihood, 30);
    is_text(phone->alternatives[0]->rule, "pii.bank");
    assert_int_equal(phone->n_evidence, 0);
}

static void
spans_count_in_three_units(void **state)
{
    struct verdict verdict = sample_redacted();
    Filterd__V1__Result *result = only_result(*state, &verdict, false);
    is_span(result->findings[0]->span, (uint32_t[]){0, 21, 0, 16, 0, 17});
    is_span(result->findings[1]->span, (uint32_t[]){5, 18, 2, 15, 3, 16});
    assert_int_equal(result->n_replacements, 1);
    is_span(result->replacements[0]->source, (uint32_t[]){5, 18, 2, 15, 3, 16});
    is_span(result->replacements[0]->output, (uint32_t[]){5, 23, 2, 8, 3, 9});
    assert_int_equal(result->replacements[0]->info_type, INFO_PHONE);
}

static void
evidence_is_named_when_asked_for(void **state)
{
    struct verdict verdict = sample_redacted();
    Filterd__V1__Result *result = only_result(*state, &verdict, true);
    assert_int_equal(result->findings[0]->n_evidence, 0);
    assert_int_equal(result->findings[1]->n_evidence, 2);
    is_text(result->findings[1]->evidence[0], evidence_word(EVIDENCE_LABEL));
    is_text(result->findings[1]->evidence[1], evidence_word(EVIDENCE_SPACED));
}

static void
an_allowed_text_does_not_come_back(void **state)
{
    struct verdict verdict = sample_allowed(SLICE_LITERAL("こんにちは"));
    verdict.redacted = SLICE_LITERAL("こんにちは");
    Filterd__V1__Result *result = only_result(*state, &verdict, false);
    assert_int_equal(result->verdict, FILTERD__V1__VERDICT__VERDICT_ALLOW);
    assert_int_equal(result->redacted_text.len, 0);
    assert_int_equal(result->n_findings, 0);
    assert_int_equal(result->n_grounds, 0);
}

static void
a_blocked_text_comes_back_redacted(void **state)
{
    struct verdict verdict = sample_redacted();
    verdict.action = ACTION_BLOCK;
    Filterd__V1__Result *result = only_result(*state, &verdict, false);
    assert_int_equal(result->verdict, FILTERD__V1__VERDICT__VERDICT_BLOCK);
    is_text(result->redacted_text, SAMPLE_REDACTED);
    assert_int_equal(result->n_replacements, 1);
}

static void
a_verdict_may_die_after_it_was_added(void **state)
{
    struct fixture *fixture = *state;
    char text[] = "あい", redacted[] = "【氏名】", rule[] = "rule.x", notice[] = "danger";
    struct finding finding = {.span = {0, 6}, .info_type = INFO_PERSON, .rule = rule, .action = ACTION_REDACT};
    struct replacement replacement = {{0, 6}, {0, 12}, INFO_PERSON};
    struct verdict verdict = {.action = ACTION_REDACT,
                              .text = slice_of(text),
                              .redacted = slice_of(redacted),
                              .findings = &finding,
                              .finding_count = 1,
                              .replacements = &replacement,
                              .replacement_count = 1,
                              .notice_id = notice};
    reply_add(begin(fixture), SLICE_LITERAL("m"), WIRE_OK, &verdict, false);
    memset(text, 'x', 6);
    memset(redacted, 'x', 12);
    memset(rule, 'x', 6);
    memset(notice, 'x', 6);
    memset(&finding, 0, sizeof finding);
    memset(&verdict, 0, sizeof verdict);
    finish(fixture);
    is_text(fixture->wire->results[0]->redacted_text, "【氏名】");
    is_text(fixture->wire->results[0]->findings[0]->rule, "rule.x");
    is_text(fixture->wire->results[0]->notice_id, "danger");
}

static void
results_come_in_the_order_added(void **state)
{
    struct fixture *fixture = *state;
    struct verdict allowed = sample_allowed(SLICE_LITERAL("a")), redacted = sample_redacted();
    begin(fixture);
    reply_add(&fixture->reply, SLICE_LITERAL("1"), WIRE_OK, &allowed, false);
    reply_add(&fixture->reply, SLICE_LITERAL("2"), WIRE_TOO_LARGE, NULL, false);
    reply_add(&fixture->reply, SLICE_LITERAL("3"), WIRE_OK, &redacted, false);
    finish(fixture);
    assert_int_equal(fixture->wire->n_results, 3);
    is_text(fixture->wire->request_id, "r1");
    is_text(fixture->wire->ruleset, "abcd");
    is_text(fixture->wire->results[0]->message_id, "1");
    is_text(fixture->wire->results[1]->message_id, "2");
    assert_int_equal(fixture->wire->results[1]->status, WIRE_TOO_LARGE);
    assert_int_equal(fixture->wire->results[1]->verdict, FILTERD__V1__VERDICT__VERDICT_UNSPECIFIED);
    assert_int_equal(fixture->wire->results[2]->verdict, FILTERD__V1__VERDICT__VERDICT_REDACT);
}

static void
ok_without_a_verdict_becomes_a_fault(void **state)
{
    struct fixture *fixture = *state;
    struct verdict unfinished = sample_redacted();
    unfinished.action = ACTION_NONE;
    begin(fixture);
    reply_add(&fixture->reply, SLICE_LITERAL("1"), WIRE_OK, NULL, false);
    reply_add(&fixture->reply, SLICE_LITERAL("2"), WIRE_OK, &unfinished, false);
    finish(fixture);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fixture->wire->results[i]->status, WIRE_INTERNAL);
        assert_int_equal(fixture->wire->results[i]->verdict, FILTERD__V1__VERDICT__VERDICT_UNSPECIFIED);
        assert_int_equal(fixture->wire->results[i]->n_findings, 0);
        assert_int_equal(fixture->wire->results[i]->redacted_text.len, 0);
    }
}

static void
a_verdict_beside_an_error_is_left_out(void **state)
{
    struct fixture *fixture = *state;
    struct verdict allowed = sample_allowed(SLICE_LITERAL("a"));
    begin(fixture);
    reply_add(&fixture->reply, SLICE_LITERAL("1"), WIRE_INTERNAL, &allowed, false);
    finish(fixture);
    assert_int_equal(fixture->wire->results[0]->verdict, FILTERD__V1__VERDICT__VERDICT_UNSPECIFIED);
}

static void
a_reply_without_memory_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct verdict verdict = sample_redacted();
    buffer_append_text(&fixture->out, "head");
    reply_add(begin(fixture), SLICE_LITERAL("m"), WIRE_OK, &verdict, true);
    const size_t bytes = fixture->out.bytes;
    fixture->out.failed = true;
    reply_add(&fixture->reply, SLICE_LITERAL("m"), WIRE_OK, &verdict, true);
    assert_int_equal(fixture->out.bytes, bytes);
    assert_int_equal(reply_finish(&fixture->reply, "abcd"), STATUS_NO_MEMORY);
    assert_int_equal(fixture->out.bytes, 4);
    assert_memory_equal(fixture->out.data, "head", 4);
    for (size_t i = 4; i < bytes; i++)
        assert_int_equal(fixture->out.data[i], 0);
    reply_error(SLICE_LITERAL("r"), WIRE_INTERNAL, "", 0, &fixture->out);
    assert_int_equal(fixture->out.bytes, 9);
}

/* Nor is more written than one result behind the bound. */
static void
a_reply_that_is_too_large_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct verdict verdict = sample_redacted();
    reply_begin(&fixture->reply, SLICE_LITERAL("r1"), 1000, &fixture->out);
    for (size_t i = 0; i < 64; i++)
        reply_add(&fixture->reply, SLICE_LITERAL("m"), WIRE_OK, &verdict, true);
    assert_true(fixture->out.bytes > 1000 && fixture->out.bytes < 2000);
    assert_int_equal(reply_finish(&fixture->reply, "abcd"), STATUS_TOO_LARGE);
    assert_int_equal(fixture->out.bytes, 0);
}

/* Lengths of one, two and three bytes, of what they hold and of what holds them. */
static void
messages_of_any_length_are_packed(void **state)
{
    static uint8_t text[65536];
    struct fixture *fixture = *state;
    memset(text, 'a', sizeof text);
    for (size_t bytes = 1; bytes < sizeof text; bytes = bytes * 5 / 4 + 1) {
        struct verdict verdict = sample_redacted();
        verdict.redacted = (struct slice){text, bytes};
        verdict.replacement_count = 0;
        Filterd__V1__Result *result = only_result(fixture, &verdict, false);
        assert_int_equal(result->redacted_text.len, bytes);
        filterd__v1__check_reply__free_unpacked(fixture->wire, NULL);
        fixture->wire = NULL;
        buffer_clear(&fixture->out);
    }
}

static void
an_error_has_no_results(void **state)
{
    struct fixture *fixture = *state;
    reply_error(SLICE_LITERAL("r9"), WIRE_RESOURCE_EXHAUSTED, "queue", 40, &fixture->out);
    unpack(fixture);
    is_text(fixture->wire->request_id, "r9");
    assert_int_equal(fixture->wire->status, WIRE_RESOURCE_EXHAUSTED);
    is_text(fixture->wire->detail, "queue");
    assert_int_equal(fixture->wire->retry_after_ms, 40);
    assert_int_equal(fixture->wire->n_results, 0);
}

static void
ids_that_are_none_are_left_out(void **state)
{
    struct fixture *fixture = *state;
    uint8_t long_id[65];
    memset(long_id, 'i', sizeof long_id);
    reply_error(SLICE_LITERAL("\xFF"), WIRE_INVALID_ARGUMENT, NULL, 0, &fixture->out);
    unpack(fixture);
    assert_int_equal(fixture->wire->request_id.len, 0);
    filterd__v1__check_reply__free_unpacked(fixture->wire, NULL);
    buffer_clear(&fixture->out);
    reply_error((struct slice){long_id, 65}, WIRE_INVALID_ARGUMENT, NULL, 0, &fixture->out);
    unpack(fixture);
    assert_int_equal(fixture->wire->request_id.len, 0);
}

static void
a_nul_in_an_id_comes_back(void **state)
{
    struct fixture *fixture = *state;
    reply_begin(&fixture->reply, SLICE_LITERAL("r\0s"), MAX_BYTES, &fixture->out);
    reply_add(&fixture->reply, SLICE_LITERAL("m\0n"), WIRE_TOO_LARGE, NULL, false);
    assert_int_equal(reply_finish(&fixture->reply, ""), STATUS_OK);
    unpack(fixture);
    assert_int_equal(fixture->wire->request_id.len, 3);
    assert_int_equal(fixture->wire->results[0]->message_id.len, 3);
}

static void
a_reply_is_appended(void **state)
{
    struct fixture *fixture = *state;
    buffer_append_text(&fixture->out, "head");
    reply_error(SLICE_LITERAL("r"), WIRE_NOT_FOUND, "", 0, &fixture->out);
    assert_memory_equal(fixture->out.data, "head\x0A\x01r\x10\x03", 9);
    assert_int_equal(fixture->out.bytes, 9);
}

static void
statuses_map_to_the_wire(void **state)
{
    (void)state;
    assert_int_equal(wire_status_of(STATUS_OK), WIRE_OK);
    assert_int_equal(wire_status_of(STATUS_TOO_LARGE), WIRE_TOO_LARGE);
    assert_int_equal(wire_status_of(STATUS_INVALID), WIRE_INVALID_ARGUMENT);
    assert_int_equal(wire_status_of(STATUS_NOT_FOUND), WIRE_NOT_FOUND);
    assert_int_equal(wire_status_of(STATUS_UNAVAILABLE), WIRE_UNAVAILABLE);
    assert_int_equal(wire_status_of(STATUS_NO_MEMORY), WIRE_INTERNAL);
    assert_int_equal(wire_status_of(STATUS_BUDGET), WIRE_INTERNAL);
    assert_int_equal(wire_status_of(STATUS_IO), WIRE_INTERNAL);
    assert_int_equal(wire_status_of(STATUS_INTERNAL), WIRE_INTERNAL);
    assert_int_equal(wire_status_of((enum status)999), WIRE_INTERNAL);
}

static void
status_words_are_those_of_the_wire(void **state)
{
    (void)state;
    for (int value = 0; value <= WIRE_TOO_LARGE; value++) {
        const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(&filterd__v1__status__descriptor, value);
        assert_non_null(known);
        assert_string_equal(known->name + strlen("STATUS_"), wire_status_word((enum wire_status)value));
    }
    assert_null(protobuf_c_enum_descriptor_get_value(&filterd__v1__status__descriptor, WIRE_TOO_LARGE + 1));
    assert_string_equal(wire_status_word((enum wire_status)99), "?");
}

/* Names and numbers of one vocabulary on both sides. */
static void
same_words(const ProtobufCEnumDescriptor *wire, const char *prefix, int count, const char *(*word)(int))
{
    assert_int_equal(wire->n_values, count);
    for (int value = 1; value < count; value++) {
        const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(wire, value);
        assert_non_null(known);
        assert_memory_equal(known->name, prefix, strlen(prefix));
        assert_int_equal(strcasecmp(known->name + strlen(prefix), word(value)), 0);
    }
}

#define WORDS_OF(kind)                        \
    static const char *kind##_of(int value)   \
    {                                         \
        return kind##_word((enum kind)value); \
    }
WORDS_OF(info_type)
WORDS_OF(category)
WORDS_OF(severity)
WORDS_OF(subject)
WORDS_OF(direction)
WORDS_OF(surface)
WORDS_OF(action)

static void
vocabularies_equal_the_wires(void **state)
{
    (void)state;
    same_words(&filterd__v1__info_type__descriptor, "INFO_TYPE_", INFO_COUNT, info_type_of);
    same_words(&filterd__v1__category__descriptor, "CATEGORY_", CATEGORY_COUNT, category_of);
    same_words(&filterd__v1__severity__descriptor, "SEVERITY_", SEVERITY_COUNT, severity_of);
    same_words(&filterd__v1__subject__descriptor, "SUBJECT_", SUBJECT_COUNT, subject_of);
    same_words(&filterd__v1__direction__descriptor, "DIRECTION_", DIRECTION_COUNT, direction_of);
    same_words(&filterd__v1__surface__descriptor, "SURFACE_", SURFACE_COUNT, surface_of);
    same_words(&filterd__v1__action__descriptor, "ACTION_", ACTION_COUNT, action_of);
    same_words(&filterd__v1__verdict__descriptor, "VERDICT_", ACTION_COUNT, action_of);
}

#define CASE(name_, function_)                  \
    {                                           \
        name_, function_, setup, teardown, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("a verdict is packed whole", a_verdict_is_packed_whole),
        CASE("findings carry all parts", findings_carry_all_parts),
        CASE("spans count in three units", spans_count_in_three_units),
        CASE("evidence is named when asked for", evidence_is_named_when_asked_for),
        CASE("an allowed text does not come back", an_allowed_text_does_not_come_back),
        CASE("a blocked text comes back redacted", a_blocked_text_comes_back_redacted),
        CASE("a verdict may die after it was added", a_verdict_may_die_after_it_was_added),
        CASE("results come in the order added", results_come_in_the_order_added),
        CASE("OK without a verdict becomes a fault", ok_without_a_verdict_becomes_a_fault),
        CASE("a verdict beside an error is left out", a_verdict_beside_an_error_is_left_out),
        CASE("a reply without memory leaves nothing", a_reply_without_memory_leaves_nothing),
        CASE("a reply that is too large leaves nothing", a_reply_that_is_too_large_leaves_nothing),
        CASE("messages of any length are packed", messages_of_any_length_are_packed),
        CASE("an error has no results", an_error_has_no_results),
        CASE("ids that are none are left out", ids_that_are_none_are_left_out),
        CASE("a NUL in an id comes back", a_nul_in_an_id_comes_back),
        CASE("a reply is appended", a_reply_is_appended),
        {"statuses map to the wire", statuses_map_to_the_wire, NULL, NULL, NULL},
        {"status words are those of the wire", status_words_are_those_of_the_wire, NULL, NULL, NULL},
        {"vocabularies equal the wire's", vocabularies_equal_the_wires, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
