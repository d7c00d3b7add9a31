/* wire/request.c */
#include "wire/request.h"

#include "text/intake.h"
#include "wire/envelope.h"
#include "wire/fields.h"

/* Numbers of fields in filterd.v1; 1 to 4 of a request are the envelope's. */
enum { REQUEST_MESSAGES = 5, REQUEST_INCLUDE_EVIDENCE, REQUEST_ALLOW_VALUES, REQUEST_TERMS };
enum { MESSAGE_ID = 1, MESSAGE_TEXT, MESSAGE_SURFACE, MESSAGE_DIRECTION, MESSAGE_CONVERSATION_ID, MESSAGE_HINTS };
enum { HINT_KIND = 1, HINT_START_UTF16, HINT_LENGTH_UTF16 };
enum { TERM_TERM = 1, TERM_CATEGORY, TERM_SEVERITY };

/* What is being decoded, until it is known to be sound. */
struct decoding {
    struct arena *arena;
    bool include_evidence;
    struct request_message *messages; /* room for as many as there are */
    struct slice *allow_values;       /* room for the most there may be; NULL before the first */
    struct request_term *terms;       /* likewise */
    size_t message_count, allow_value_count, term_count;
    const char *detail; /* NULL = the status says all */
};

/* --- fields ----------------------------------------------------------------------------------------------------- */

/* Of a field that stands twice the last one counts, as in every decoder of protobuf. False: it has another type. */
static bool
take_bytes(const struct field *field, struct slice *bytes_out)
{
    *bytes_out = field->bytes;
    return field->type == TYPE_LENGTH;
}

static bool
take_number(const struct field *field, uint32_t *number_out)
{
    *number_out = (uint32_t)field->value; /* what is wider is cut off, as in every decoder */
    return field->type == TYPE_VARINT;
}

static bool
is_between(uint32_t value, int low, int high)
{
    return value >= (uint32_t)low && value <= (uint32_t)high;
}

/* --- ids and rules ---------------------------------------------------------------------------------------------- */

/* Of the whole request: NULL, or what is wrong in words for `detail`. */
static const char *
ids_objection(const struct envelope *envelope)
{
    if (envelope->request_id.bytes > REQUEST_MAX_ID_BYTES)
        return "request_id: longer than 64 bytes";
    if (!utf8_is_valid(envelope->request_id))
        return "request_id: not valid UTF-8";
    if (envelope->policy_id.bytes > REQUEST_MAX_ID_BYTES)
        return "policy_id: longer than 64 bytes";
    if (!utf8_is_valid(envelope->policy_id))
        return "policy_id: not valid UTF-8";
    if (envelope->purpose.bytes > REQUEST_MAX_ID_BYTES)
        return "purpose: longer than 64 bytes";
    if (envelope->purpose.bytes > 0 && !utf8_is_valid(envelope->purpose))
        return "purpose: not valid UTF-8";
    if (envelope->message_count == 0)
        return "messages: 0, at least 1 is needed";
    return envelope->message_count > REQUEST_MAX_MESSAGES ? "messages: more than 64" : NULL;
}

static const char *
message_ids_objection(const struct request_message *message)
{
    if (message->message_id.bytes > REQUEST_MAX_ID_BYTES)
        return "messages.message_id: longer than 64 bytes";
    if (message->message_id.bytes > 0 && !utf8_is_valid(message->message_id))
        return "messages.message_id: not valid UTF-8";
    return message->conversation_id.bytes > REQUEST_MAX_ID_BYTES ? "messages.conversation_id: longer than 64 bytes"
                                                                 : NULL;
}

static bool
is_rule_text(struct slice text)
{
    return text.bytes > 0 && text.bytes <= REQUEST_MAX_RULE_BYTES && utf8_is_valid(text);
}

/* --- messages --------------------------------------------------------------------------------------------------- */

/* One message under way. */
struct draft {
    uint32_t surface, direction;
    struct hint *hints; /* room for the most there may be; NULL before the first */
    size_t hint_count;
    bool has_bad_hint;
};

/* False: malformed. */
static bool
read_hint(struct slice bytes, struct hint *hint_out)
{
    uint32_t kind = 0;
    struct hint hint = {0};
    struct fields fields;
    struct field field;
    bool is_typed = true;

    fields_begin(&fields, bytes);
    while (is_typed && fields_next(&fields, &field)) {
        if (field.number == HINT_KIND)
            is_typed = take_number(&field, &kind);
        else if (field.number == HINT_START_UTF16)
            is_typed = take_number(&field, &hint.start_utf16);
        else if (field.number == HINT_LENGTH_UTF16)
            is_typed = take_number(&field, &hint.length_utf16);
    }
    hint.kind = (enum hint_kind)kind;
    *hint_out = hint;
    return is_typed && !fields.is_broken;
}

static bool
hint_is_sound(const struct hint *hint)
{
    return is_between((uint32_t)hint->kind, HINT_OPAQUE, HINT_PERSON) &&
           hint->start_utf16 <= UINT32_MAX - hint->length_utf16;
}

/* Keeps them sorted by start; hints of one start stay in their order. */
static enum status
take_hint(struct arena *arena, struct slice bytes, struct draft *draft)
{
    struct hint hint;

    if (!read_hint(bytes, &hint))
        return STATUS_INVALID;
    draft->has_bad_hint |= !hint_is_sound(&hint) || draft->hint_count == REQUEST_MAX_HINTS;
    if (draft->has_bad_hint)
        return STATUS_OK;
    if (!draft->hints)
        draft->hints = arena_alloc_array(arena, REQUEST_MAX_HINTS, sizeof *draft->hints);
    if (!draft->hints)
        return STATUS_TOO_LARGE;
    size_t place = draft->hint_count++;
    for (; place > 0 && draft->hints[place - 1].start_utf16 > hint.start_utf16; place--)
        draft->hints[place] = draft->hints[place - 1];
    draft->hints[place] = hint;
    return STATUS_OK;
}

static enum status
take_message_field(struct arena *arena, const struct field *field, struct draft *draft, struct request_message *message)
{
    bool is_typed = true;

    if (field->number == MESSAGE_ID)
        is_typed = take_bytes(field, &message->message_id);
    else if (field->number == MESSAGE_TEXT)
        is_typed = take_bytes(field, &message->message.text);
    else if (field->number == MESSAGE_SURFACE)
        is_typed = take_number(field, &draft->surface);
    else if (field->number == MESSAGE_DIRECTION)
        is_typed = take_number(field, &draft->direction);
    else if (field->number == MESSAGE_CONVERSATION_ID)
        is_typed = take_bytes(field, &message->conversation_id);
    else if (field->number == MESSAGE_HINTS)
        return field->type == TYPE_LENGTH ? take_hint(arena, field->bytes, draft) : STATUS_INVALID;
    return is_typed ? STATUS_OK : STATUS_INVALID;
}

/* What concerns this message alone spoils it alone. */
static enum status
take_message(struct decoding *decoding, struct slice bytes)
{
    struct request_message *message = &decoding->messages[decoding->message_count++];
    struct draft draft = {0};
    struct fields fields;
    struct field field;
    enum status status = STATUS_OK;

    *message = (struct request_message){.status = STATUS_INVALID};
    fields_begin(&fields, bytes);
    while (status == STATUS_OK && fields_next(&fields, &field))
        status = take_message_field(decoding->arena, &field, &draft, message);
    if (status != STATUS_OK || fields.is_broken)
        return status != STATUS_OK ? status : STATUS_INVALID;
    decoding->detail = message_ids_objection(message);
    if (decoding->detail)
        return STATUS_INVALID;
    if (draft.surface >= SURFACE_COUNT || draft.direction >= DIRECTION_COUNT || draft.has_bad_hint)
        return STATUS_OK;
    message->status = STATUS_OK;
    message->message.surface = (enum surface)draft.surface;
    message->message.direction = (enum direction)draft.direction;
    message->message.hints = draft.hints;
    message->message.hint_count = draft.hint_count;
    return STATUS_OK;
}

/* --- rules of the request --------------------------------------------------------------------------------------- */

static enum status
take_allow_value(struct decoding *decoding, struct slice value)
{
    if (decoding->allow_value_count == REQUEST_MAX_RULES)
        decoding->detail = "allow_values: more than 32";
    else if (!is_rule_text(value))
        decoding->detail = "allow_values: 1 to 128 bytes of UTF-8 are needed";
    if (decoding->detail)
        return STATUS_INVALID;
    if (!decoding->allow_values)
        decoding->allow_values = arena_alloc_array(decoding->arena, REQUEST_MAX_RULES, sizeof(struct slice));
    if (!decoding->allow_values)
        return STATUS_TOO_LARGE;
    decoding->allow_values[decoding->allow_value_count++] = value;
    return STATUS_OK;
}

/* False: malformed. */
static bool
read_term(struct slice bytes, struct slice *term_out, uint32_t *category_out, uint32_t *severity_out)
{
    struct fields fields;
    struct field field;
    bool is_typed = true;

    fields_begin(&fields, bytes);
    while (is_typed && fields_next(&fields, &field)) {
        if (field.number == TERM_TERM)
            is_typed = take_bytes(&field, term_out);
        else if (field.number == TERM_CATEGORY)
            is_typed = take_number(&field, category_out);
        else if (field.number == TERM_SEVERITY)
            is_typed = take_number(&field, severity_out);
    }
    return is_typed && !fields.is_broken;
}

static enum status
take_term(struct decoding *decoding, struct slice bytes)
{
    struct slice term = {0};
    uint32_t category = CATEGORY_NONE, severity = SEVERITY_NONE;

    if (!read_term(bytes, &term, &category, &severity))
        return STATUS_INVALID;
    if (decoding->term_count == REQUEST_MAX_RULES)
        decoding->detail = "terms: more than 32";
    else if (!is_rule_text(term))
        decoding->detail = "terms.term: 1 to 128 bytes of UTF-8 are needed";
    else if (!is_between(category, CATEGORY_NONE + 1, CATEGORY_COUNT - 1))
        decoding->detail = "terms.category: unknown or missing";
    else if (severity >= SEVERITY_COUNT)
        decoding->detail = "terms.severity: unknown";
    if (decoding->detail)
        return STATUS_INVALID;
    if (!decoding->terms)
        decoding->terms = arena_alloc_array(decoding->arena, REQUEST_MAX_RULES, sizeof(struct request_term));
    if (!decoding->terms)
        return STATUS_TOO_LARGE;
    decoding->terms[decoding->term_count++] = (struct request_term){
        term, (enum category)category, severity != SEVERITY_NONE ? (enum severity)severity : SEVERITY_MEDIUM};
    return STATUS_OK;
}

/* --- the request ------------------------------------------------------------------------------------------------ */

static enum status
take_field(struct decoding *decoding, const struct field *field)
{
    uint32_t number;

    if (field->number < REQUEST_MESSAGES || field->number > REQUEST_TERMS)
        return STATUS_OK;
    if (field->number == REQUEST_INCLUDE_EVIDENCE) {
        decoding->include_evidence = field->value != 0;
        return take_number(field, &number) ? STATUS_OK : STATUS_INVALID;
    }
    if (field->type != TYPE_LENGTH)
        return STATUS_INVALID;
    return field->number == REQUEST_MESSAGES       ? take_message(decoding, field->bytes)
           : field->number == REQUEST_ALLOW_VALUES ? take_allow_value(decoding, field->bytes)
                                                   : take_term(decoding, field->bytes);
}

static enum status
decode(struct slice payload, const struct envelope *envelope, struct decoding *decoding)
{
    struct fields fields;
    struct field field;
    enum status status = STATUS_OK;

    decoding->detail = ids_objection(envelope);
    if (decoding->detail)
        return STATUS_INVALID;
    decoding->messages = arena_alloc_array(decoding->arena, envelope->message_count, sizeof *decoding->messages);
    if (!decoding->messages)
        return STATUS_TOO_LARGE;
    fields_begin(&fields, payload);
    while (status == STATUS_OK && fields_next(&fields, &field))
        status = take_field(decoding, &field);
    return status;
}

enum status
request_decode(struct arena *arena, struct slice payload, struct request *request_out, const char **detail_out)
{
    struct decoding decoding = {.arena = arena};
    struct envelope envelope;

    if (envelope_scan(payload, &envelope) != STATUS_OK) {
        *detail_out = "not a CheckRequest, or a field is there twice";
        return STATUS_INVALID;
    }
    const enum status status = decode(payload, &envelope, &decoding);
    if (status != STATUS_OK) {
        *detail_out = decoding.detail              ? decoding.detail
                      : status == STATUS_TOO_LARGE ? "the request needs too much memory"
                                                   : "not a CheckRequest";
        return status;
    }
    *request_out = (struct request){.request_id = envelope.request_id,
                                    .policy_id = envelope.policy_id,
                                    .purpose = envelope.purpose,
                                    .deadline_ms = envelope.deadline_ms,
                                    .include_evidence = decoding.include_evidence,
                                    .messages = decoding.messages,
                                    .message_count = decoding.message_count,
                                    .rules = {.allow_values = decoding.allow_values,
                                              .allow_value_count = decoding.allow_value_count,
                                              .terms = decoding.terms,
                                              .term_count = decoding.term_count}};
    return STATUS_OK;
}
