#include "archive/handler.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "text/intake.h"
#include "wire/json.h"

struct record {
    uint64_t number;
    uint64_t byte;
    struct slice line; /* without its break */
    struct slice id;   /* JSON value */
    struct slice text;
    char number_id[24]; /* the record number as JSON string: what `id` is without an id field */
};

void
tally_add(struct tally *sum, const struct tally *part)
{
    sum->records += part->records;
    sum->allowed += part->allowed;
    sum->redacted += part->redacted;
    sum->blocked += part->blocked;
    sum->refused += part->refused;
}

static void
set_number_id(struct record *record)
{
    int bytes = snprintf(record->number_id, sizeof record->number_id, "\"%" PRIu64 "\"", record->number);

    record->id = (struct slice){(const uint8_t *)record->number_id, (size_t)bytes};
}

void
handler_refuse(struct buffer *out, enum wire_status status, uint64_t record, uint64_t byte)
{
    struct record unread = {.number = record};

    set_number_id(&unread);
    json_refused(out, unread.id, status, record, byte);
    buffer_append_byte(out, '\n');
}

/* Numbers and strings keep the form they have; anything else, and bytes that are no UTF-8, count as no id. */
static void
take_id(struct record *record, const struct json_value *value)
{
    bool usable = value->kind == JSON_NUMBER || (value->kind == JSON_STRING && utf8_is_valid(value->raw));

    if (usable)
        record->id = value->raw;
    else
        set_number_id(record);
}

static enum status
read_json(const struct handler_options *options, struct record *record)
{
    const struct json_path *paths[] = {&options->field, &options->id_field};
    struct json_value values[2];
    enum status status = json_line_find(record->line, paths, 2, values);

    take_id(record, &values[1]);
    if (status != STATUS_OK)
        return status;
    if (values[0].kind != JSON_STRING)
        return STATUS_INVALID;
    return json_value_text(&values[0], options->scratch, &record->text);
}

static enum status
read_record(const struct handler_options *options, struct record *record)
{
    if (options->format == ARCHIVE_JSONL)
        return read_json(options, record);
    set_number_id(record);
    record->text = record->line;
    return STATUS_OK;
}

static void
count(struct tally *tally, enum action action)
{
    tally->records++;
    tally->allowed += action == ACTION_ALLOW;
    tally->redacted += action == ACTION_REDACT;
    tally->blocked += action == ACTION_BLOCK;
    tally->refused += action == ACTION_NONE;
}

/* Only a complete verdict makes a line with a verdict. */
static void
answer_record(struct worker *worker, const struct handler_options *options, struct record *record, struct buffer *reply,
              struct tally *tally)
{
    const struct verdict *verdict = NULL;
    enum status status = read_record(options, record);

    if (status == STATUS_OK) {
        struct message message = {.text = record->text,
                                  .surface = options->surface,
                                  .direction = options->direction,
                                  .purpose = options->purpose,
                                  .short_tokens = options->short_tokens};

        status = scanner_run(worker->scanner, options->ruleset, &message, &verdict);
    }
    if (status == STATUS_OK && verdict->action != ACTION_NONE) {
        json_verdict(reply, record->id, verdict, options->ruleset);
        count(tally, verdict->action);
    } else {
        enum wire_status word = status == STATUS_OK ? WIRE_INTERNAL : wire_status_of(status);

        json_refused(reply, record->id, word, record->number, record->byte);
        count(tally, ACTION_NONE);
    }
    buffer_append_byte(reply, '\n');
}

/* Takes the next line from `rest`, without its break (\n or \r\n). Returns the bytes it took with the break. */
static size_t
take_line(struct slice *rest, struct slice *line_out)
{
    const uint8_t *found = memchr(rest->data, '\n', rest->bytes);
    size_t bytes = found == NULL ? rest->bytes : (size_t)(found - rest->data);
    size_t taken = found == NULL ? bytes : bytes + 1;

    *line_out = (struct slice){rest->data, bytes};
    if (bytes > 0 && rest->data[bytes - 1] == '\r')
        line_out->bytes--;
    rest->data += taken;
    rest->bytes -= taken;
    return taken;
}

enum status
handler_run(struct worker *worker, const struct item *job, struct buffer *reply)
{
    const struct handler_options *options = worker->handler_options;
    struct tally tally = {0};
    struct block_job block;
    struct slice rest = job->payload;
    struct record record;
    size_t tally_at = reply->bytes;

    if (rest.bytes < sizeof block)
        return STATUS_INVALID;
    memcpy(&block, rest.data, sizeof block);
    rest.data += sizeof block;
    rest.bytes -= sizeof block;
    record.number = block.first_record;
    record.byte = block.first_byte;
    buffer_append(reply, &tally, sizeof tally);
    for (; rest.bytes > 0; record.number++) {
        size_t taken = take_line(&rest, &record.line);

        answer_record(worker, options, &record, reply, &tally);
        record.byte += taken;
    }
    scanner_forget(worker->scanner);
    buffer_clear(options->scratch);
    atomic_fetch_add_explicit(&worker->page->messages, tally.records, memory_order_relaxed);
    if (reply->failed)
        return STATUS_NO_MEMORY;
    if (tally.records != block.records)
        return STATUS_INTERNAL;
    memcpy(reply->data + tally_at, &tally, sizeof tally);
    return STATUS_OK;
}
