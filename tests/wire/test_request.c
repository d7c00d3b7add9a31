/* tests/wire/test_request.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filter.pb-c.h"

#include "wire/request.h"

#define ARENA_BYTES (8u << 20)
#define BYTES(literal) ((ProtobufCBinaryData){sizeof(literal) - 1, (uint8_t *)(literal)})

struct fixture {
    struct arena *arena;
    Filterd__V1__CheckRequest wire;
    Filterd__V1__Message messages[REQUEST_MAX_MESSAGES + 1];
    Filterd__V1__Message *message_list[REQUEST_MAX_MESSAGES + 1];
    Filterd__V1__Hint hints[REQUEST_MAX_HINTS + 1];
    Filterd__V1__Hint *hint_list[REQUEST_MAX_HINTS + 1];
    ProtobufCBinaryData values[REQUEST_MAX_RULES + 1];
    Filterd__V1__RequestTerm terms[REQUEST_MAX_RULES + 1];
    Filterd__V1__RequestTerm *term_list[REQUEST_MAX_RULES + 1];
    struct request request;
    const char *detail;
};

/* A sound request with one message, which each test spoils in its own way. */
static int
setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture || arena_create(ARENA_BYTES, &fixture->arena) != STATUS_OK)
        return -1;
    filterd__v1__check_request__init(&fixture->wire);
    for (size_t i = 0; i <= REQUEST_MAX_MESSAGES; i++) {
        filterd__v1__message__init(&fixture->messages[i]);
        fixture->message_list[i] = &fixture->messages[i];
    }
    for (size_t i = 0; i <= REQUEST_MAX_HINTS; i++) {
        filterd__v1__hint__init(&fixture->hints[i]);
        fixture->hints[i].kind = FILTERD__V1__HINT_KIND__HINT_KIND_OPAQUE;
        fixture->hints[i].length_utf16 = 1;
        fixture->hint_list[i] = &fixture->hints[i];
    }
    for (size_t i = 0; i <= REQUEST_MAX_RULES; i++) {
        fixture->values[i] = BYTES("value");
        filterd__v1__request_term__init(&fixture->terms[i]);
        fixture->terms[i].term = BYTES("term");
        fixture->terms[i].category = FILTERD__V1__CATEGORY__CATEGORY_COMMERCIAL;
        fixture->term_list[i] = &fixture->terms[i];
    }
    fixture->wire.request_id = BYTES("r1");
    fixture->wire.policy_id = BYTES("city");
    fixture->wire.messages = fixture->message_list;
    fixture->wire.n_messages = 1;
    fixture->messages[0].hints = fixture->hint_list;
    fixture->messages[0].message_id = BYTES("m1");
    fixture->messages[0].text = BYTES("こんにちは");
    fixture->wire.allow_values = fixture->values;
    fixture->wire.terms = fixture->term_list;
    *state = fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_destroy(&fixture->arena);
    free(fixture);
    return 0;
}

static enum status
decode(struct fixture *fixture)
{
    size_t bytes = filterd__v1__check_request__get_packed_size(&fixture->wire);
    uint8_t *payload = malloc(bytes ? bytes : 1);
    assert_non_null(payload);
    filterd__v1__check_request__pack(&fixture->wire, payload);
    /* the four ids of the result may point into the payload, so it lives in the arena */
    uint8_t *kept = arena_alloc(fixture->arena, bytes);
    assert_non_null(kept);
    memcpy(kept, payload, bytes);
    free(payload);
    fixture->detail = NULL;
    return request_decode(fixture->arena, (struct slice){kept, bytes}, &fixture->request, &fixture->detail);
}

static void
refuses(struct fixture *fixture, const char *detail)
{
    assert_int_equal(decode(fixture), STATUS_INVALID);
    assert_string_equal(fixture->detail, detail);
}

static void
a_sound_request_is_decoded(void **state)
{
    struct fixture *fixture = *state;
    fixture->wire.deadline_ms = 250;
    fixture->wire.purpose = BYTES("application");
    fixture->wire.include_evidence = 1;
    fixture->messages[0].surface = FILTERD__V1__SURFACE__SURFACE_FILE_NAME;
    fixture->messages[0].direction = FILTERD__V1__DIRECTION__DIRECTION_OUTBOUND;
    fixture->messages[0].conversation_id = BYTES("c9");
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_true(slice_equal(fixture->request.request_id, SLICE_LITERAL("r1")));
    assert_true(slice_equal(fixture->request.policy_id, SLICE_LITERAL("city")));
    assert_true(slice_equal(fixture->request.purpose, SLICE_LITERAL("application")));
    assert_int_equal(fixture->request.deadline_ms, 250);
    assert_true(fixture->request.include_evidence);
    assert_int_equal(fixture->request.message_count, 1);
    const struct request_message *item = &fixture->request.messages[0];
    assert_int_equal(item->status, STATUS_OK);
    assert_true(slice_equal(item->message_id, SLICE_LITERAL("m1")));
    assert_true(slice_equal(item->conversation_id, SLICE_LITERAL("c9")));
    assert_true(slice_equal(item->message.text, SLICE_LITERAL("こんにちは")));
    assert_int_equal(item->message.surface, SURFACE_FILE_NAME);
    assert_int_equal(item->message.direction, DIRECTION_OUTBOUND);
    assert_null(item->message.purpose);
    assert_int_equal(item->message.hint_count, 0);
}

static void
a_nul_hides_nothing(void **state)
{
    struct fixture *fixture = *state;
    fixture->wire.request_id = BYTES("r\0x");
    fixture->wire.policy_id = BYTES("city\0x");
    fixture->wire.purpose = BYTES("\0");
    fixture->messages[0].message_id = BYTES("m\0x");
    fixture->messages[0].conversation_id = BYTES("c\0x");
    fixture->messages[0].text = BYTES("safe\0hidden");
    fixture->values[0] = BYTES("v\0x");
    fixture->wire.n_allow_values = 1;
    fixture->terms[0].term = BYTES("t\0x");
    fixture->wire.n_terms = 1;
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_true(slice_equal(fixture->request.request_id, SLICE_LITERAL("r\0x")));
    assert_true(slice_equal(fixture->request.policy_id, SLICE_LITERAL("city\0x")));
    assert_true(slice_equal(fixture->request.purpose, SLICE_LITERAL("\0")));
    assert_true(slice_equal(fixture->request.messages[0].message_id, SLICE_LITERAL("m\0x")));
    assert_true(slice_equal(fixture->request.messages[0].conversation_id, SLICE_LITERAL("c\0x")));
    assert_true(slice_equal(fixture->request.messages[0].message.text, SLICE_LITERAL("safe\0hidden")));
    assert_true(slice_equal(fixture->request.rules.allow_values[0], SLICE_LITERAL("v\0x")));
    assert_true(slice_equal(fixture->request.rules.terms[0].term, SLICE_LITERAL("t\0x")));
}

static void
text_may_be_any_bytes(void **state)
{
    struct fixture *fixture = *state;
    fixture->messages[0].text = BYTES("\xFF\xC0\xAF\xED\xA0\x80");
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_int_equal(fixture->request.messages[0].status, STATUS_OK);
    assert_int_equal(fixture->request.messages[0].message.text.bytes, 6);
}

static void
one_to_64_messages_are_taken(void **state)
{
    struct fixture *fixture = *state;
    fixture->wire.n_messages = 64;
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_int_equal(fixture->request.message_count, 64);
    fixture->wire.n_messages = 65;
    refuses(fixture, "messages: more than 64");
    fixture->wire.n_messages = 0;
    refuses(fixture, "messages: 0, at least 1 is needed");
}

static void
ids_have_64_bytes_at_most(void **state)
{
    static uint8_t id[65];
    struct fixture *fixture = *state;
    ProtobufCBinaryData *const ids[] = {&fixture->wire.request_id, &fixture->wire.policy_id, &fixture->wire.purpose,
                                        &fixture->messages[0].message_id, &fixture->messages[0].conversation_id};
    static const char *const details[] = {"request_id: longer than 64 bytes", "policy_id: longer than 64 bytes",
                                          "purpose: longer than 64 bytes", "messages.message_id: longer than 64 bytes",
                                          "messages.conversation_id: longer than 64 bytes"};
    memset(id, 'i', sizeof id);
    for (size_t i = 0; i < 5; i++) {
        ProtobufCBinaryData before = *ids[i];
        *ids[i] = (ProtobufCBinaryData){64, id};
        assert_int_equal(decode(fixture), STATUS_OK);
        *ids[i] = (ProtobufCBinaryData){65, id};
        refuses(fixture, details[i]);
        *ids[i] = before;
    }
}

static void
ids_that_come_back_are_valid_utf8(void **state)
{
    struct fixture *fixture = *state;
    fixture->messages[0].message_id = BYTES("\xFF");
    refuses(fixture, "messages.message_id: not valid UTF-8");
    fixture->wire.purpose = BYTES("\xFF");
    refuses(fixture, "purpose: not valid UTF-8");
    fixture->wire.policy_id = BYTES("\xC3");
    refuses(fixture, "policy_id: not valid UTF-8");
    fixture->wire.request_id = BYTES("\xED\xA0\x80");
    refuses(fixture, "request_id: not valid UTF-8");
}

static void
a_deadline_of_any_length_is_taken_as_it_came(void **state)
{
    struct fixture *fixture = *state;
    fixture->wire.deadline_ms = UINT32_MAX;
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_int_equal(fixture->request.deadline_ms, UINT32_MAX);
}

static void
an_unknown_enum_spoils_its_message_alone(void **state)
{
    struct fixture *fixture = *state;
    fixture->wire.n_messages = 5;
    fixture->messages[0].surface = (Filterd__V1__Surface)8;
    fixture->messages[1].direction = (Filterd__V1__Direction)3;
    fixture->messages[2].surface = (Filterd__V1__Surface)-1;
    fixture->messages[3].hints = fixture->hint_list;
    fixture->messages[3].n_hints = 1;
    fixture->hints[0].kind = FILTERD__V1__HINT_KIND__HINT_KIND_UNSPECIFIED;
    assert_int_equal(decode(fixture), STATUS_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(fixture->request.messages[i].status, STATUS_INVALID);
    assert_int_equal(fixture->request.messages[4].status, STATUS_OK);
    fixture->hints[0].kind = (Filterd__V1__HintKind)3;
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_int_equal(fixture->request.messages[3].status, STATUS_INVALID);
}

static void
hints_are_sorted_by_start(void **state)
{
    static const uint32_t starts[] = {7, 3, 9, 3, 0};
    static const uint32_t sorted_starts[] = {0, 3, 3, 7, 9}, sorted_lengths[] = {5, 2, 4, 1, 3};
    struct fixture *fixture = *state;
    fixture->messages[0].n_hints = 5;
    for (uint32_t i = 0; i < 5; i++) {
        fixture->hints[i].start_utf16 = starts[i];
        fixture->hints[i].length_utf16 = i + 1;
    }
    fixture->hints[4].kind = FILTERD__V1__HINT_KIND__HINT_KIND_PERSON;
    assert_int_equal(decode(fixture), STATUS_OK);
    const struct message *message = &fixture->request.messages[0].message;
    assert_int_equal(message->hint_count, 5);
    assert_int_equal(message->hints[0].kind, HINT_PERSON);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(message->hints[i].start_utf16, sorted_starts[i]);
        assert_int_equal(message->hints[i].length_utf16, sorted_lengths[i]);
    }
}

static void
bad_hints_spoil_their_message_alone(void **state)
{
    struct fixture *fixture = *state;
    fixture->messages[0].n_hints = 64;
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_int_equal(fixture->request.messages[0].status, STATUS_OK);
    fixture->messages[0].n_hints = 65;
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_int_equal(fixture->request.messages[0].status, STATUS_INVALID);
    fixture->messages[0].n_hints = 1;
    fixture->hints[0].start_utf16 = UINT32_MAX;
    fixture->hints[0].length_utf16 = 1;
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_int_equal(fixture->request.messages[0].status, STATUS_INVALID);
}

static void
rules_of_a_request_are_carried(void **state)
{
    struct fixture *fixture = *state;
    fixture->wire.n_allow_values = 32;
    fixture->wire.n_terms = 32;
    fixture->terms[1].severity = FILTERD__V1__SEVERITY__SEVERITY_HIGH;
    assert_int_equal(decode(fixture), STATUS_OK);
    assert_int_equal(fixture->request.rules.allow_value_count, 32);
    assert_int_equal(fixture->request.rules.term_count, 32);
    assert_true(slice_equal(fixture->request.rules.allow_values[31], SLICE_LITERAL("value")));
    assert_true(slice_equal(fixture->request.rules.terms[0].term, SLICE_LITERAL("term")));
    assert_int_equal(fixture->request.rules.terms[0].category, CATEGORY_COMMERCIAL);
    assert_int_equal(fixture->request.rules.terms[0].severity, SEVERITY_MEDIUM);
    assert_int_equal(fixture->request.rules.terms[1].severity, SEVERITY_HIGH);
}

static void
bad_allow_values_are_refused(void **state)
{
    static uint8_t text[129];
    struct fixture *fixture = *state;
    memset(text, 'v', sizeof text);
    fixture->wire.n_allow_values = 33;
    refuses(fixture, "allow_values: more than 32");
    fixture->wire.n_allow_values = 2;
    fixture->values[1] = (ProtobufCBinaryData){129, text};
    refuses(fixture, "allow_values: 1 to 128 bytes of UTF-8 are needed");
    fixture->values[1] = BYTES("");
    refuses(fixture, "allow_values: 1 to 128 bytes of UTF-8 are needed");
    fixture->values[1] = BYTES("\xFF");
    refuses(fixture, "allow_values: 1 to 128 bytes of UTF-8 are needed");
}

static void
bad_terms_are_refused(void **state)
{
    static uint8_t text[129];
    struct fixture *fixture = *state;
    memset(text, 't', sizeof text);
    fixture->wire.n_terms = 33;
    refuses(fixture, "terms: more than 32");
    fixture->wire.n_terms = 1;
    fixture->terms[0].severity = (Filterd__V1__Severity)4;
    refuses(fixture, "terms.severity: unknown");
    fixture->terms[0].category = FILTERD__V1__CATEGORY__CATEGORY_UNSPECIFIED;
    refuses(fixture, "terms.category: unknown or missing");
    fixture->terms[0].category = (Filterd__V1__Category)20;
    refuses(fixture, "terms.category: unknown or missing");
    fixture->terms[0].term = (ProtobufCBinaryData){129, text};
    refuses(fixture, "terms.term: 1 to 128 bytes of UTF-8 are needed");
    fixture->terms[0].term = BYTES("");
    refuses(fixture, "terms.term: 1 to 128 bytes of UTF-8 are needed");
}

static void
every_truncation_is_refused_or_a_shorter_request(void **state)
{
    struct fixture *fixture = *state;
    fixture->wire.n_messages = 2;
    fixture->messages[0].n_hints = 2;
    size_t bytes = filterd__v1__check_request__get_packed_size(&fixture->wire);
    uint8_t *payload = malloc(bytes);
    assert_non_null(payload);
    filterd__v1__check_request__pack(&fixture->wire, payload);
    for (size_t cut = 0; cut < bytes; cut++) {
        uint8_t *copy = malloc(cut ? cut : 1);
        assert_non_null(copy);
        memcpy(copy, payload, cut);
        struct request request;
        const char *detail = NULL;
        enum status status = request_decode(fixture->arena, (struct slice){copy, cut}, &request, &detail);
        assert_true(status == STATUS_INVALID || (status == STATUS_OK && request.message_count == 1));
        assert_true(status == STATUS_OK || detail != NULL);
        free(copy);
    }
    free(payload);
}

static void
refuses_bytes(struct fixture *fixture, struct slice payload, const char *detail)
{
    struct request request;
    const char *said = NULL;
    assert_int_equal(request_decode(fixture->arena, payload, &request, &said), STATUS_INVALID);
    assert_string_equal(said, detail);
}

static void
repeated_and_mistyped_fields_are_refused(void **state)
{
    refuses_bytes(*state,
                  SLICE_LITERAL("\x12\x01"
                                "a\x12\x01"
                                "b\x2A\x00"),
                  "not a CheckRequest, or a field is there twice");
    refuses_bytes(*state, SLICE_LITERAL("\x10\x01\x2A\x00"), "not a CheckRequest, or a field is there twice");
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x02\x0A\x09"), "not a CheckRequest");
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x02\x10\x09"), "not a CheckRequest");
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x02\x1A\x00"), "not a CheckRequest");         /* surface */
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x02\x30\x01"), "not a CheckRequest");         /* hints */
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x04\x32\x02\x12\x00"), "not a CheckRequest"); /* hints.start_utf16 */
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x03\x32\x02\x10"), "not a CheckRequest");     /* hints, cut off */
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x00\x32\x00"), "not a CheckRequest");         /* include_evidence */
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x00\x38\x01"), "not a CheckRequest");         /* allow_values */
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x00\x40\x01"), "not a CheckRequest");         /* terms */
    refuses_bytes(*state, SLICE_LITERAL("\x2A\x00\x42\x02\x08\x01"), "not a CheckRequest"); /* terms.term */
}

/* Whoever reads the same bytes with protobuf must see the same text. */
static void
the_last_of_a_message_counts_and_unknown_fields_do_not(void **state)
{
    static const char payload[] = "\x2A\x1F"
                                  "\x12\x01"
                                  "a"            /* text */
                                  "\x68\x96\x01" /* 13, a number */
                                  "\x71"
                                  "12345678" /* 14, eight bytes */
                                  "\x7D"
                                  "1234"             /* 15, four bytes */
                                  "\x82\x01\x01x"    /* 16, bytes */
                                  "\x18\x09\x18\x01" /* surface */
                                  "\x12\x01"
                                  "b";
    struct fixture *fixture = *state;
    const struct slice bytes = SLICE_LITERAL(payload);
    assert_int_equal(request_decode(fixture->arena, bytes, &fixture->request, &fixture->detail), STATUS_OK);
    assert_int_equal(fixture->request.message_count, 1);
    assert_int_equal(fixture->request.messages[0].status, STATUS_OK);
    assert_true(slice_equal(fixture->request.messages[0].message.text, SLICE_LITERAL("b")));
    assert_int_equal(fixture->request.messages[0].message.surface, SURFACE_MESSAGE_TEXT);
    Filterd__V1__CheckRequest *wire = filterd__v1__check_request__unpack(NULL, bytes.bytes, bytes.data);
    assert_non_null(wire);
    assert_memory_equal(wire->messages[0]->text.data, "b", 1);
    filterd__v1__check_request__free_unpacked(wire, NULL);
}

static void
a_request_that_unfolds_too_far_is_too_large(void **state)
{
    struct fixture *fixture = *state;
    struct arena *small = NULL;
    uint8_t payload[2 * REQUEST_MAX_MESSAGES];
    struct request request;
    const char *detail = NULL;
    for (size_t i = 0; i < REQUEST_MAX_MESSAGES; i++) {
        payload[2 * i] = 0x2A;
        payload[2 * i + 1] = 0;
    }
    (void)fixture;
    assert_int_equal(arena_create(4096, &small), STATUS_OK);
    assert_int_equal(request_decode(small, (struct slice){payload, sizeof payload}, &request, &detail),
                     STATUS_TOO_LARGE);
    assert_string_equal(detail, "the request needs too much memory");
    arena_destroy(&small);
}

#define CASE(name_, function_)                  \
    {                                           \
        name_, function_, setup, teardown, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("a sound request is decoded", a_sound_request_is_decoded),
        CASE("a NUL hides nothing", a_nul_hides_nothing),
        CASE("text may be any bytes", text_may_be_any_bytes),
        CASE("one to 64 messages are taken", one_to_64_messages_are_taken),
        CASE("ids have 64 bytes at most", ids_have_64_bytes_at_most),
        CASE("ids that come back are valid UTF-8", ids_that_come_back_are_valid_utf8),
        CASE("a deadline of any length is taken as it came", a_deadline_of_any_length_is_taken_as_it_came),
        CASE("an unknown enum spoils its message alone", an_unknown_enum_spoils_its_message_alone),
        CASE("hints are sorted by start", hints_are_sorted_by_start),
        CASE("bad hints spoil their message alone", bad_hints_spoil_their_message_alone),
        CASE("rules of a request are carried", rules_of_a_request_are_carried),
        CASE("bad allow values are refused", bad_allow_values_are_refused),
        CASE("bad terms are refused", bad_terms_are_refused),
        CASE("every truncation is refused or a shorter request", every_truncation_is_refused_or_a_shorter_request),
        CASE("repeated and mistyped fields are refused", repeated_and_mistyped_fields_are_refused),
        CASE("the last of a message counts and unknown fields do not",
             the_last_of_a_message_counts_and_unknown_fields_do_not),
        CASE("a request that unfolds too far is too large", a_request_that_unfolds_too_far_is_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
