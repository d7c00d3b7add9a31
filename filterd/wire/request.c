/* wire/request.c */
#include "wire/request.h"

#include "filter.pb-c.h"

#include "text/intake.h"
#include "wire/envelope.h"

/* --- memory ----------------------------------------------------------------------------------------------------- */

struct arena_source {
    struct arena *arena;
    bool exhausted;
};

static void *
take(void *context, size_t bytes)
{
    struct arena_source *source = context;
    void *memory = arena_alloc(source->arena, bytes);
    if (!memory)
        source->exhausted = true;
    return memory;
}

static void
give_back(void *context, void *memory)
{
    (void)context; /* the arena gives all back at once */
    (void)memory;
}

/* --- checking --------------------------------------------------------------------------------------------------- */

static struct slice
slice_from(ProtobufCBinaryData bytes)
{
    return (struct slice){bytes.data, bytes.len};
}

static bool
is_between(int value, int low, int high)
{
    return value >= low && value <= high;
}

/* A check of the whole request: NULL, or what is wrong in words for `detail`. */
static const char *
ids_objection(const struct request *request)
{
    if (request->request_id.bytes > REQUEST_MAX_ID_BYTES)
        return "request_id: longer than 64 bytes";
    if (!utf8_is_valid(request->request_id))
        return "request_id: not valid UTF-8";
    if (request->policy_id.bytes > REQUEST_MAX_ID_BYTES)
        return "policy_id: longer than 64 bytes";
    if (!utf8_is_valid(request->policy_id))
        return "policy_id: not valid UTF-8";
    if (request->purpose.bytes > REQUEST_MAX_ID_BYTES)
        return "purpose: longer than 64 bytes";
    if (!utf8_is_valid(request->purpose))
        return "purpose: not valid UTF-8";
    return NULL;
}

static const char *
counts_objection(const Filterd__V1__CheckRequest *wire)
{
    if (wire->n_messages == 0)
        return "messages: 0, at least 1 is needed";
    if (wire->n_messages > REQUEST_MAX_MESSAGES)
        return "messages: more than 64";
    if (wire->n_allow_values > REQUEST_MAX_RULES)
        return "allow_values: more than 32";
    return wire->n_terms > REQUEST_MAX_RULES ? "terms: more than 32" : NULL;
}

static const char *
message_ids_objection(const Filterd__V1__Message *wire)
{
    if (wire->message_id.len > REQUEST_MAX_ID_BYTES)
        return "messages.message_id: longer than 64 bytes";
    if (!utf8_is_valid(slice_from(wire->message_id)))
        return "messages.message_id: not valid UTF-8";
    return wire->conversation_id.len > REQUEST_MAX_ID_BYTES ? "messages.conversation_id: longer than 64 bytes" : NULL;
}

static bool
is_rule_text(struct slice text)
{
    return text.bytes > 0 && text.bytes <= REQUEST_MAX_RULE_BYTES && utf8_is_valid(text);
}

static const char *
term_objection(const Filterd__V1__RequestTerm *wire)
{
    if (!is_rule_text(slice_from(wire->term)))
        return "terms.term: 1 to 128 bytes of UTF-8 are needed";
    if (!is_between((int)wire->category, CATEGORY_NONE + 1, CATEGORY_COUNT - 1))
        return "terms.category: unknown or missing";
    return is_between((int)wire->severity, SEVERITY_NONE, SEVERITY_COUNT - 1) ? NULL : "terms.severity: unknown";
}

static bool
hint_is_sound(const Filterd__V1__Hint *wire)
{
    return is_between((int)wire->kind, HINT_OPAQUE, HINT_PERSON) &&
           wire->start_utf16 <= UINT32_MAX - wire->length_utf16;
}

/* What concerns this message alone. */
static bool
message_is_sound(const Filterd__V1__Message *wire)
{
    if (!is_between((int)wire->surface, SURFACE_NONE, SURFACE_COUNT - 1) ||
        !is_between((int)wire->direction, DIRECTION_NONE, DIRECTION_COUNT - 1) || wire->n_hints > REQUEST_MAX_HINTS)
        return false;
    for (size_t i = 0; i < wire->n_hints; i++)
        if (!hint_is_sound(wire->hints[i]))
            return false;
    return true;
}

/* --- filling ---------------------------------------------------------------------------------------------------- */

/* A copy sorted by start; hints of one start stay in their order. */
static bool
fill_hints(struct arena *arena, const Filterd__V1__Message *wire, struct message *message)
{
    if (wire->n_hints == 0)
        return true;
    struct hint *hints = arena_alloc_array(arena, wire->n_hints, sizeof *hints);
    if (!hints)
        return false;
    for (size_t i = 0; i < wire->n_hints; i++) {
        const Filterd__V1__Hint *hint = wire->hints[i];
        size_t place = i;
        for (; place > 0 && hints[place - 1].start_utf16 > hint->start_utf16; place--)
            hints[place] = hints[place - 1];
        hints[place] = (struct hint){(enum hint_kind)hint->kind, hint->start_utf16, hint->length_utf16};
    }
    message->hints = hints;
    message->hint_count = wire->n_hints;
    return true;
}

static bool
fill_message(struct arena *arena, const Filterd__V1__Message *wire, struct request_message *out)
{
    *out = (struct request_message){.message_id = slice_from(wire->message_id),
                                    .conversation_id = slice_from(wire->conversation_id),
                                    .message = {.text = slice_from(wire->text)},
                                    .status = STATUS_INVALID};
    if (!message_is_sound(wire))
        return true;
    out->message.surface = (enum surface)wire->surface;
    out->message.direction = (enum direction)wire->direction;
    out->status = STATUS_OK;
    return fill_hints(arena, wire, &out->message);
}

static enum status
fill_messages(struct arena *arena, const Filterd__V1__CheckRequest *wire, struct request *request, const char **detail)
{
    struct request_message *messages = arena_alloc_array(arena, wire->n_messages, sizeof *messages);
    if (!messages)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < wire->n_messages; i++) {
        *detail = message_ids_objection(wire->messages[i]);
        if (*detail)
            return STATUS_INVALID;
        if (!fill_message(arena, wire->messages[i], &messages[i]))
            return STATUS_TOO_LARGE;
    }
    request->messages = messages;
    request->message_count = wire->n_messages;
    return STATUS_OK;
}

static enum status
fill_allow_values(struct arena *arena, const Filterd__V1__CheckRequest *wire, struct request *request,
                  const char **detail)
{
    struct slice *values = arena_alloc_array(arena, wire->n_allow_values, sizeof *values);
    if (!values)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < wire->n_allow_values; i++) {
        values[i] = slice_from(wire->allow_values[i]);
        if (!is_rule_text(values[i])) {
            *detail = "allow_values: 1 to 128 bytes of UTF-8 are needed";
            return STATUS_INVALID;
        }
    }
    request->rules.allow_values = values;
    request->rules.allow_value_count = wire->n_allow_values;
    return STATUS_OK;
}

static enum status
fill_terms(struct arena *arena, const Filterd__V1__CheckRequest *wire, struct request *request, const char **detail)
{
    struct request_term *terms = arena_alloc_array(arena, wire->n_terms, sizeof *terms);
    if (!terms)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < wire->n_terms; i++) {
        const Filterd__V1__RequestTerm *term = wire->terms[i];
        *detail = term_objection(term);
        if (*detail)
            return STATUS_INVALID;
        terms[i] = (struct request_term){slice_from(term->term), (enum category)term->category,
                                         term->severity ? (enum severity)term->severity : SEVERITY_MEDIUM};
    }
    request->rules.terms = terms;
    request->rules.term_count = wire->n_terms;
    return STATUS_OK;
}

static enum status
fill(struct arena *arena, const Filterd__V1__CheckRequest *wire, struct request *request, const char **detail)
{
    *request = (struct request){.request_id = slice_from(wire->request_id),
                                .policy_id = slice_from(wire->policy_id),
                                .purpose = slice_from(wire->purpose),
                                .deadline_ms = wire->deadline_ms,
                                .include_evidence = wire->include_evidence != 0};
    *detail = ids_objection(request);
    if (!*detail)
        *detail = counts_objection(wire);
    if (*detail)
        return STATUS_INVALID;

    enum status status = fill_messages(arena, wire, request, detail);
    if (status == STATUS_OK)
        status = fill_allow_values(arena, wire, request, detail);
    if (status == STATUS_OK)
        status = fill_terms(arena, wire, request, detail);
    return status;
}

enum status
request_decode(struct arena *arena, struct slice payload, struct request *request_out, const char **detail_out)
{
    struct arena_source source = {arena, false};
    ProtobufCAllocator allocator = {take, give_back, &source};
    struct envelope envelope;
    struct request request;
    const char *detail = NULL;

    if (envelope_scan(payload, &envelope) != STATUS_OK) {
        *detail_out = "not a CheckRequest, or a field is there twice";
        return STATUS_INVALID;
    }
    const Filterd__V1__CheckRequest *wire = filterd__v1__check_request__unpack(&allocator, payload.bytes, payload.data);
    enum status status = STATUS_OK;
    if (!wire)
        status = source.exhausted ? STATUS_TOO_LARGE : STATUS_INVALID;
    else
        status = fill(arena, wire, &request, &detail);
    if (status == STATUS_OK) {
        *request_out = request;
        return STATUS_OK;
    }
    if (!detail)
        detail = status == STATUS_TOO_LARGE ? "the request needs too much memory" : "not a CheckRequest";
    *detail_out = detail;
    return status;
}
