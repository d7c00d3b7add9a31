/* wire/envelope.c */
#include "wire/envelope.h"

#include <stdbool.h>

#include "wire/fields.h"

#define MAX_FIELDS 256

enum field_number {
    FIELD_REQUEST_ID = 1,
    FIELD_POLICY_ID = 2,
    FIELD_DEADLINE_MS = 3,
    FIELD_PURPOSE = 4,
    FIELD_MESSAGES = 5
};

/* `whole`: from its tag to its end. */
static bool
take_field(const struct field *field, struct slice whole, struct envelope *envelope)
{
    const bool has_length = field->type == TYPE_LENGTH;

    switch (field->number) {
    case FIELD_REQUEST_ID:
        envelope->request_id = field->bytes;
        envelope->id_field = whole;
        return has_length;
    case FIELD_POLICY_ID:
        envelope->policy_id = field->bytes;
        return has_length;
    case FIELD_DEADLINE_MS:
        envelope->deadline_ms = (uint32_t)field->value;
        envelope->deadline_field = whole;
        return field->type == TYPE_VARINT && field->value <= UINT32_MAX;
    case FIELD_PURPOSE:
        envelope->purpose = field->bytes;
        return has_length;
    case FIELD_MESSAGES:
        envelope->message_count++;
        return has_length;
    default:
        return true;
    }
}

enum status
envelope_scan(struct slice payload, struct envelope *envelope_out)
{
    struct envelope envelope = {0};
    struct fields fields;
    struct field field;
    unsigned seen = 0; /* bit per field 1–4 */

    fields_begin(&fields, payload);
    for (unsigned count = 0;; count++) {
        const uint8_t *begin = fields.at;
        if (!fields_next(&fields, &field))
            break;
        const struct slice whole = {begin, (size_t)(fields.at - begin)};
        const unsigned bit = field.number <= FIELD_PURPOSE ? 1u << field.number : 0;
        if (count == MAX_FIELDS || (seen & bit) || !take_field(&field, whole, &envelope))
            return STATUS_INVALID;
        seen |= bit;
    }
    if (fields.is_broken)
        return STATUS_INVALID;
    *envelope_out = envelope;
    return STATUS_OK;
}
