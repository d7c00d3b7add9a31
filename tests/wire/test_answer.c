/* tests/wire/test_answer.c - requests in, replies out, with a small rule set of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filter.pb-c.h"

#include "wire/answer.h"
#include "wire/reply.h"
#include "wire/request.h"

#define BYTES(literal) ((ProtobufCBinaryData){sizeof(literal) - 1, (uint8_t *)(literal)})
#define MAX_TEXT_BYTES 4096
#define MAX_REQUEST_BYTES (1u << 20)
#define MAX_REPLY_BYTES (1u << 20)

static const char policy_yaml[] =
    "format: 1\n"
    "id: sample\n"
    "name: 試験市\n"
    "names: fast\n"
    "request_rules: %s\n"
    "%s"
    "purposes:\n"
    "  application: {keep: [PHONE], clause: \"2\"}\n"
    "clauses:\n"
    "  - {id: \"1\", cite: \"1\", heading: 誹謗中傷, covers: [DEFAMATION], action: block}\n"
    "  - {id: \"2\", cite: \"2\", heading: 個人情報, covers: [personal_data], action: redact}\n";

/* Made once: what every case reads. */
static struct common *common;
static struct ruleset *ruleset;           /* request_rules: false */
static struct ruleset *liberal_ruleset;   /* request_rules: true */
static struct ruleset *numbering_ruleset; /* phones get numbers */
static struct scanner *scanner;
static struct arena *arena;

static struct ruleset *
make_ruleset(const char *request_rules, const char *more)
{
    struct city_files files = {.id = "sample"};
    struct fault fault = {0};
    struct ruleset *made = NULL;
    char text[1024];

    buffer_init(&files.policy);
    buffer_init(&files.terms);
    buffer_init(&files.names);
    buffer_init(&files.cases);
    snprintf(text, sizeof text, policy_yaml, request_rules, more);
    buffer_append_text(&files.policy, text);
    if (ruleset_build(common, &files, &made, &fault) != STATUS_OK)
        fail_msg("%s", fault_text(&fault, text, sizeof text));
    city_files_fini(&files);
    return made;
}

static int
open_all(void **state)
{
    struct fault fault = {0};
    char text[1024];

    (void)state;
    if (common_build("tests/wire/data/common", NULL, &common, &fault) != STATUS_OK)
        fail_msg("%s", fault_text(&fault, text, sizeof text));
    assert_int_equal(scanner_create(common, MAX_TEXT_BYTES, &scanner), STATUS_OK);
    assert_int_equal(arena_create(ANSWER_ARENA_BYTES, &arena), STATUS_OK);
    ruleset = make_ruleset("false", "");
    liberal_ruleset = make_ruleset("true", "");
    numbering_ruleset = make_ruleset("false", "transforms: {PHONE: numbered_label}\n");
    return 0;
}

static int
close_all(void **state)
{
    (void)state;
    arena_destroy(&arena);
    scanner_destroy(&scanner);
    ruleset_destroy(&ruleset);
    ruleset_destroy(&liberal_ruleset);
    ruleset_destroy(&numbering_ruleset);
    common_destroy(&common);
    return 0;
}

/* --- one exchange ------------------------------------------------------------------------------------------------ */

struct exchange {
    Filterd__V1__CheckRequest request;
    Filterd__V1__Message messages[REQUEST_MAX_MESSAGES + 1];
    Filterd__V1__Message *list[REQUEST_MAX_MESSAGES + 1];
    struct answer_counts counts;
    Filterd__V1__CheckReply *reply;
};

static int
setup(void **state)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange)
        return -1;
    filterd__v1__check_request__init(&exchange->request);
    for (size_t i = 0; i <= REQUEST_MAX_MESSAGES; i++) {
        filterd__v1__message__init(&exchange->messages[i]);
        exchange->messages[i].message_id = BYTES("m");
        exchange->messages[i].text = BYTES("ごみの日はいつですか");
        exchange->list[i] = &exchange->messages[i];
    }
    exchange->request.request_id = BYTES("r1");
    exchange->request.policy_id = BYTES("sample");
    exchange->request.messages = exchange->list;
    exchange->request.n_messages = 1;
    *state = exchange;
    return 0;
}

static int
teardown(void **state)
{
    struct exchange *exchange = *state;
    if (exchange->reply)
        filterd__v1__check_reply__free_unpacked(exchange->reply, NULL);
    free(exchange);
    return 0;
}

static const struct ruleset *
find(const void *context, struct slice policy_id)
{
    (void)context;
    if (slice_equal(policy_id, SLICE_LITERAL("sample")))
        return ruleset;
    if (slice_equal(policy_id, SLICE_LITERAL("numbering")))
        return numbering_ruleset;
    return slice_equal(policy_id, SLICE_LITERAL("liberal")) ? liberal_ruleset : NULL;
}

static void
answer_bytes(struct exchange *exchange, struct slice payload, const struct envelope *front)
{
    const struct answerer answerer = {scanner, arena, find, NULL, MAX_REQUEST_BYTES, MAX_REPLY_BYTES};
    struct buffer out;

    buffer_init(&out);
    assert_int_equal(answer_request(&answerer, payload, front, &out, &exchange->counts), STATUS_OK);
    if (exchange->reply)
        filterd__v1__check_reply__free_unpacked(exchange->reply, NULL);
    exchange->reply = filterd__v1__check_reply__unpack(NULL, out.bytes, out.data);
    assert_non_null(exchange->reply);
    assert_int_equal(arena_used_bytes(arena), 0);
    buffer_fini(&out);
}

static struct slice
packed(const struct exchange *exchange)
{
    size_t bytes = filterd__v1__check_request__get_packed_size(&exchange->request);
    uint8_t *payload = malloc(bytes + 1);
    assert_non_null(payload);
    filterd__v1__check_request__pack(&exchange->request, payload);
    return (struct slice){payload, bytes};
}

static void
answer(struct exchange *exchange)
{
    struct slice payload = packed(exchange);
    struct envelope front;
    assert_int_equal(envelope_scan(payload, &front), STATUS_OK);
    answer_bytes(exchange, payload, &front);
    free((void *)payload.data);
}

static void
is_text(ProtobufCBinaryData got, const char *expected)
{
    assert_true(slice_equal((struct slice){got.data, got.len}, slice_of(expected)));
}

static void
is_refused(const struct exchange *exchange, enum wire_status status, const char *detail)
{
    assert_int_equal(exchange->reply->status, status);
    is_text(exchange->reply->detail, detail);
    assert_int_equal(exchange->reply->n_results, 0);
    assert_int_equal(exchange->counts.allowed + exchange->counts.redacted + exchange->counts.blocked, 0);
    assert_true(exchange->counts.failed > 0);
}

/* --- cases ------------------------------------------------------------------------------------------------------- */

static void
every_message_gets_its_own_result_in_order(void **state)
{
    struct exchange *exchange = *state;
    exchange->request.n_messages = 3;
    exchange->messages[0].message_id = BYTES("a");
    exchange->messages[1].message_id = BYTES("b");
    exchange->messages[1].text = BYTES("電話番号は090-0000-1234です");
    exchange->messages[2].message_id = BYTES("c");
    exchange->messages[2].text = BYTES("このばか者");
    answer(exchange);
    assert_int_equal(exchange->reply->status, WIRE_OK);
    is_text(exchange->reply->request_id, "r1");
    is_text(exchange->reply->ruleset, ruleset->hash_hex);
    assert_int_equal(exchange->reply->n_results, 3);
    Filterd__V1__Result **results = exchange->reply->results;
    is_text(results[0]->message_id, "a");
    assert_int_equal(results[0]->verdict, FILTERD__V1__VERDICT__VERDICT_ALLOW);
    is_text(results[1]->message_id, "b");
    assert_int_equal(results[1]->verdict, FILTERD__V1__VERDICT__VERDICT_REDACT);
    is_text(results[1]->redacted_text, "電話番号は【電話番号】です");
    assert_int_equal(results[1]->n_grounds, 1);
    is_text(results[1]->grounds[0]->id, "2");
    is_text(results[2]->message_id, "c");
    assert_int_equal(results[2]->verdict, FILTERD__V1__VERDICT__VERDICT_BLOCK);
    is_text(results[2]->grounds[0]->id, "1");
    assert_int_equal(exchange->counts.messages, 3);
    assert_int_equal(exchange->counts.allowed, 1);
    assert_int_equal(exchange->counts.redacted, 1);
    assert_int_equal(exchange->counts.blocked, 1);
    assert_int_equal(exchange->counts.failed, 0);
}

static void
a_bad_message_does_not_spoil_its_neighbours(void **state)
{
    static uint8_t huge[MAX_TEXT_BYTES + 1];
    struct exchange *exchange = *state;
    Filterd__V1__Hint outside = FILTERD__V1__HINT__INIT, *hints[] = {&outside};
    outside.kind = FILTERD__V1__HINT_KIND__HINT_KIND_OPAQUE;
    outside.start_utf16 = 100;
    outside.length_utf16 = 1;
    memset(huge, 'h', sizeof huge);
    exchange->request.n_messages = 4;
    exchange->messages[0].text = (ProtobufCBinaryData){sizeof huge, huge};
    exchange->messages[1].surface = (Filterd__V1__Surface)99;
    exchange->messages[2].hints = hints;
    exchange->messages[2].n_hints = 1;
    answer(exchange);
    assert_int_equal(exchange->reply->status, WIRE_OK);
    assert_int_equal(exchange->reply->n_results, 4);
    assert_int_equal(exchange->reply->results[0]->status, WIRE_TOO_LARGE);
    assert_int_equal(exchange->reply->results[1]->status, WIRE_INVALID_ARGUMENT);
    assert_int_equal(exchange->reply->results[2]->status, WIRE_INVALID_ARGUMENT);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(exchange->reply->results[i]->verdict, FILTERD__V1__VERDICT__VERDICT_UNSPECIFIED);
    assert_int_equal(exchange->reply->results[3]->verdict, FILTERD__V1__VERDICT__VERDICT_ALLOW);
    assert_int_equal(exchange->counts.failed, 3);
    assert_int_equal(exchange->counts.allowed, 1);
}

static void
an_embedded_nul_hides_nothing(void **state)
{
    struct exchange *exchange = *state;
    exchange->messages[0].text = BYTES("ok\0 090-0000-1234");
    answer(exchange);
    assert_int_equal(exchange->reply->results[0]->verdict, FILTERD__V1__VERDICT__VERDICT_REDACT);
    exchange->request.policy_id = BYTES("sample\0");
    answer(exchange);
    is_refused(exchange, WIRE_NOT_FOUND, "policy_id: no such policy");
}

static void
text_that_is_not_utf8_is_repaired_and_said_so(void **state)
{
    struct exchange *exchange = *state;
    exchange->messages[0].text = BYTES("\xFF"
                                       "090-0000-1234");
    answer(exchange);
    assert_true(exchange->reply->results[0]->text_repaired);
    is_text(exchange->reply->results[0]->redacted_text, "\uFFFD【電話番号】");
}

static void
a_purpose_is_known_to_the_policy_or_refused(void **state)
{
    struct exchange *exchange = *state;
    exchange->messages[0].text = BYTES("090-0000-1234");
    exchange->request.purpose = BYTES("application");
    answer(exchange);
    assert_int_equal(exchange->reply->results[0]->verdict, FILTERD__V1__VERDICT__VERDICT_ALLOW);
    exchange->request.purpose = BYTES("chat");
    answer(exchange);
    assert_int_equal(exchange->reply->results[0]->verdict, FILTERD__V1__VERDICT__VERDICT_REDACT);
    exchange->request.purpose = BYTES("applications");
    answer(exchange);
    is_refused(exchange, WIRE_INVALID_ARGUMENT, "purpose: the policy names none such");
}

static void
an_unknown_policy_is_not_found(void **state)
{
    struct exchange *exchange = *state;
    exchange->request.policy_id = BYTES("nowhere");
    answer(exchange);
    is_refused(exchange, WIRE_NOT_FOUND, "policy_id: no such policy");
    is_text(exchange->reply->request_id, "r1");
    exchange->request.policy_id = BYTES("");
    answer(exchange);
    is_refused(exchange, WIRE_NOT_FOUND, "policy_id: no such policy");
}

static void
sixty_five_messages_are_refused(void **state)
{
    struct exchange *exchange = *state;
    exchange->request.n_messages = 64;
    answer(exchange);
    assert_int_equal(exchange->reply->n_results, 64);
    assert_int_equal(exchange->counts.allowed, 64);
    exchange->request.n_messages = 65;
    answer(exchange);
    is_refused(exchange, WIRE_INVALID_ARGUMENT, "messages: more than 64");
    assert_int_equal(exchange->counts.messages, 0);
    assert_int_equal(exchange->counts.failed, 1);
}

static void
bytes_that_are_no_request_get_a_reply(void **state)
{
    struct exchange *exchange = *state;
    answer_bytes(exchange, SLICE_LITERAL("\x0B"), NULL);
    is_refused(exchange, WIRE_INVALID_ARGUMENT, "not a CheckRequest, or a field is there twice");
    assert_int_equal(exchange->reply->request_id.len, 0);
    answer_bytes(exchange, (struct slice){NULL, 0}, NULL);
    is_refused(exchange, WIRE_INVALID_ARGUMENT, "messages: 0, at least 1 is needed");
    answer_bytes(exchange, SLICE_LITERAL("\x0A\x02r7\x2A\x01\x0B"), NULL);
    is_refused(exchange, WIRE_INVALID_ARGUMENT, "not a CheckRequest");
    is_text(exchange->reply->request_id, "r7");
}

static void
a_request_over_the_limit_is_too_large(void **state)
{
    static uint8_t payload[MAX_REQUEST_BYTES + 1];
    struct exchange *exchange = *state;
    memcpy(payload, "\x0A\x02r8", 4);
    answer_bytes(exchange, (struct slice){payload, sizeof payload}, NULL);
    is_refused(exchange, WIRE_TOO_LARGE, "the request is larger than max_request_bytes");
}

static void
what_the_front_read_otherwise_is_never_answered(void **state)
{
    struct exchange *exchange = *state;
    exchange->request.deadline_ms = 100;
    struct slice payload = packed(exchange);
    struct envelope front;
    assert_int_equal(envelope_scan(payload, &front), STATUS_OK);
    struct envelope others[] = {front, front, front, front, front};
    others[0].request_id = SLICE_LITERAL("r2");
    others[1].policy_id = SLICE_LITERAL("liberal");
    others[2].purpose = SLICE_LITERAL("chat");
    others[3].deadline_ms = 101;
    others[4].message_count = 2;
    for (size_t i = 0; i < 5; i++) {
        answer_bytes(exchange, payload, &others[i]);
        is_refused(exchange, WIRE_INTERNAL, "two readings of the request differ");
    }
    answer_bytes(exchange, payload, &front);
    assert_int_equal(exchange->reply->status, WIRE_OK);
    free((void *)payload.data);
}

static void
rules_that_the_policy_does_not_take_are_refused(void **state)
{
    struct exchange *exchange = *state;
    ProtobufCBinaryData value = BYTES("090-0000-1234");
    Filterd__V1__RequestTerm term = FILTERD__V1__REQUEST_TERM__INIT, *terms[] = {&term};
    term.term = BYTES("宣伝");
    term.category = FILTERD__V1__CATEGORY__CATEGORY_COMMERCIAL;
    exchange->request.allow_values = &value;
    exchange->request.n_allow_values = 1;
    answer(exchange);
    is_refused(exchange, WIRE_INVALID_ARGUMENT, "terms, allow_values: the policy takes none");
    exchange->request.n_allow_values = 0;
    exchange->request.terms = terms;
    exchange->request.n_terms = 1;
    answer(exchange);
    is_refused(exchange, WIRE_INVALID_ARGUMENT, "terms, allow_values: the policy takes none");
}

static void
rules_of_a_request_hold_for_it_alone(void **state)
{
    struct exchange *exchange = *state;
    char plain_hash[HASH_HEX_BYTES];
    ProtobufCBinaryData value = BYTES("０９０-1234-5678");
    Filterd__V1__RequestTerm term = FILTERD__V1__REQUEST_TERM__INIT, *terms[] = {&term};
    exchange->request.policy_id = BYTES("liberal");
    exchange->messages[0].text = BYTES("電話は090-1234-5678です");
    answer(exchange);
    assert_int_equal(exchange->reply->results[0]->verdict, FILTERD__V1__VERDICT__VERDICT_REDACT);
    memcpy(plain_hash, exchange->reply->ruleset.data, HASH_HEX_BYTES - 1);
    exchange->request.allow_values = &value;
    exchange->request.n_allow_values = 1;
    answer(exchange);
    assert_int_equal(exchange->reply->results[0]->verdict, FILTERD__V1__VERDICT__VERDICT_ALLOW);
    assert_memory_not_equal(plain_hash, exchange->reply->ruleset.data, HASH_HEX_BYTES - 1);
    term.term = BYTES("でんわ");
    term.category = FILTERD__V1__CATEGORY__CATEGORY_DEFAMATION;
    exchange->messages[0].text = BYTES("ここにデ ン ワしろ");
    exchange->request.terms = terms;
    exchange->request.n_terms = 1;
    answer(exchange);
    assert_int_equal(exchange->reply->results[0]->verdict, FILTERD__V1__VERDICT__VERDICT_BLOCK);
}

static void
evidence_comes_only_when_asked_for(void **state)
{
    struct exchange *exchange = *state;
    exchange->messages[0].text = BYTES("電話番号090-0000-1234");
    answer(exchange);
    assert_int_equal(exchange->reply->results[0]->n_findings, 1);
    assert_int_equal(exchange->reply->results[0]->findings[0]->n_evidence, 0);
    exchange->request.include_evidence = 1;
    answer(exchange);
    assert_true(exchange->reply->results[0]->findings[0]->n_evidence > 0);
}

static void
danger_is_escalated_and_counted(void **state)
{
    struct exchange *exchange = *state;
    exchange->messages[0].text = BYTES("もう死にたい");
    answer(exchange);
    assert_true(exchange->reply->results[0]->escalate);
    assert_int_equal(exchange->counts.escalated, 1);
}

static void
a_reply_that_does_not_fit_is_an_error(void **state)
{
    struct exchange *exchange = *state;
    struct buffer out;
    exchange->request.n_messages = 8;
    for (size_t i = 0; i < 8; i++)
        exchange->messages[i].text = BYTES("090-0000-1234 090-0000-1235 090-0000-1236");
    struct slice payload = packed(exchange);
    buffer_init(&out);
    const struct answerer answerer = {scanner, arena, find, NULL, MAX_REQUEST_BYTES, 2048};
    assert_int_equal(answer_request(&answerer, payload, NULL, &out, &exchange->counts), STATUS_OK);
    exchange->reply = filterd__v1__check_reply__unpack(NULL, out.bytes, out.data);
    assert_non_null(exchange->reply);
    is_refused(exchange, WIRE_INTERNAL, "the reply needs too much memory");
    assert_int_equal(exchange->counts.failed, 8);
    is_text(exchange->reply->request_id, "r1");
    buffer_fini(&out);
    free((void *)payload.data);
}

/* In one conversation the same number has the same label; another conversation, or none, counts for itself. */
static void
numbers_are_shared_within_a_conversation(void **state)
{
    struct exchange *exchange = *state;
    exchange->request.policy_id = BYTES("numbering");
    exchange->request.n_messages = 4;
    exchange->messages[0].conversation_id = BYTES("a");
    exchange->messages[0].text = BYTES("090-0000-0001と090-0000-0002");
    exchange->messages[1].conversation_id = BYTES("b");
    exchange->messages[1].text = BYTES("090-0000-0002です");
    exchange->messages[2].conversation_id = BYTES("a");
    exchange->messages[2].text = BYTES("０９０-0000-0002です");
    exchange->messages[3].text = BYTES("090-0000-0002です");
    answer(exchange);
    assert_int_equal(exchange->reply->status, WIRE_OK);
    is_text(exchange->reply->results[0]->redacted_text, "【電話番号1】と【電話番号2】");
    is_text(exchange->reply->results[1]->redacted_text, "【電話番号1】です");
    is_text(exchange->reply->results[2]->redacted_text, "【電話番号2】です");
    is_text(exchange->reply->results[3]->redacted_text, "【電話番号1】です");
}

#define CASE(name_, function_)                  \
    {                                           \
        name_, function_, setup, teardown, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("every message gets its own result in order", every_message_gets_its_own_result_in_order),
        CASE("a bad message does not spoil its neighbours", a_bad_message_does_not_spoil_its_neighbours),
        CASE("an embedded NUL hides nothing", an_embedded_nul_hides_nothing),
        CASE("text that is not UTF-8 is repaired and said so", text_that_is_not_utf8_is_repaired_and_said_so),
        CASE("a purpose is known to the policy or refused", a_purpose_is_known_to_the_policy_or_refused),
        CASE("numbers are shared within a conversation", numbers_are_shared_within_a_conversation),
        CASE("an unknown policy is not found", an_unknown_policy_is_not_found),
        CASE("65 messages are refused", sixty_five_messages_are_refused),
        CASE("bytes that are no request get a reply", bytes_that_are_no_request_get_a_reply),
        CASE("a request over the limit is too large", a_request_over_the_limit_is_too_large),
        CASE("what the front read otherwise is never answered", what_the_front_read_otherwise_is_never_answered),
        CASE("rules that the policy does not take are refused", rules_that_the_policy_does_not_take_are_refused),
        CASE("rules of a request hold for it alone", rules_of_a_request_hold_for_it_alone),
        CASE("evidence comes only when asked for", evidence_comes_only_when_asked_for),
        CASE("danger is escalated and counted", danger_is_escalated_and_counted),
        CASE("a reply that does not fit is an error", a_reply_that_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
