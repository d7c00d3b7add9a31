#include "archive/handler.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/writer.h"
#include "base/assert.h"
#include "text/intake.h"
#include "wire/json.h"

#define SAMPLED_ROWS 100
#define LONG_TEXT_BYTES 45 /* fifteen kanji: a sentence rather than a name */

/* One block in work. */
struct work {
    struct worker *worker;
    const struct handler_options *options;
    struct reader *reader;
    struct record_form form;
    struct buffer *reply;
    struct buffer id; /* of the line in hand */
    struct tally tally;
    uint64_t number, byte; /* of the record in hand */
    enum action worst;     /* of its texts */
    bool is_single;        /* records have one text: its name need not be said */
};

void
tally_add(struct tally *sum, const struct tally *part)
{
    sum->records += part->records;
    sum->allowed += part->allowed;
    sum->redacted += part->redacted;
    sum->blocked += part->blocked;
    sum->refused += part->refused;
    sum->textless += part->textless;
    for (size_t i = 0; i < sizeof sum->risks / sizeof sum->risks[0]; i++)
        sum->risks[i] += part->risks[i];
    for (size_t i = 0; i < sizeof sum->suspects / sizeof sum->suspects[0]; i++)
        sum->suspects[i] |= part->suspects[i];
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

/* --- jobs --------------------------------------------------------------------------------------------------------- */

bool
handler_open_job(struct slice payload, struct block_job *job_out, struct record_form *form_out,
                 struct slice *records_out)
{
    if (payload.bytes < sizeof *job_out)
        return false;
    memcpy(job_out, payload.data, sizeof *job_out);
    payload.data += sizeof *job_out;
    payload.bytes -= sizeof *job_out;
    if (job_out->header_bytes > payload.bytes)
        return false;
    *form_out = (struct record_form){.format = job_out->format,
                                     .charset = job_out->charset,
                                     .separator = job_out->separator,
                                     .header = {payload.data, job_out->header_bytes}};
    *records_out = (struct slice){payload.data + job_out->header_bytes, payload.bytes - job_out->header_bytes};
    return true;
}

void
handler_append_job(struct buffer *out, const struct block_job *job, const struct record_form *form,
                   struct slice records)
{
    struct block_job full = *job;

    full.header_bytes = (uint32_t)form->header.bytes;
    full.format = (uint8_t)form->format;
    full.charset = (uint8_t)form->charset;
    full.separator = form->separator;
    buffer_append(out, &full, sizeof full);
    buffer_append(out, form->header.data, form->header.bytes);
    buffer_append(out, records.data, records.bytes);
}

/* --- lines of findings -------------------------------------------------------------------------------------------- */

/* As JSON, for records that have no id. */
static void
append_number(struct buffer *out, uint64_t number)
{
    buffer_append_byte(out, '"');
    buffer_append_uint(out, number);
    buffer_append_byte(out, '"');
}

/* What begins the line of a text: its record's id, and which field it is where that is not clear. */
static struct slice
begin_line(struct work *work, const struct text *text)
{
    struct slice own = text != NULL && text->id.bytes > 0 ? text->id : work->reader->id;
    struct buffer *id = &work->id;

    id->bytes = 0;
    if (own.bytes > 0)
        buffer_append(id, own.data, own.bytes);
    else
        append_number(id, work->number);
    if (!work->is_single && text != NULL && text->name.bytes > 0) {
        buffer_append_text(id, ",\"field\":");
        if (utf8_is_valid(text->name))
            json_string(id, text->name);
        else
            buffer_append_text(id, "null");
    }
    work->reply->failed |= id->failed;
    return buffer_slice(id);
}

static void
append_refused_line(struct work *work, const struct text *text, enum status status)
{
    json_refused(work->reply, begin_line(work, text), wire_status_of(status), work->number, work->byte);
    buffer_append_byte(work->reply, '\n');
}

static void
append_verdict_line(struct work *work, const struct text *text, const struct verdict *verdict)
{
    json_verdict(work->reply, begin_line(work, text), verdict, work->options->reading.ruleset);
    buffer_append_byte(work->reply, '\n');
}

/* --- records ------------------------------------------------------------------------------------------------------ */

/* Only a complete verdict counts as one. */
static enum status
judge(struct work *work, const struct text *text, const struct verdict **verdict_out)
{
    enum status status = reader_judge(work->reader, work->worker->scanner, text, verdict_out);

    if (status == STATUS_OK && (*verdict_out)->action == ACTION_NONE)
        return STATUS_INTERNAL;
    return status;
}

static void
note_action(struct work *work, enum action action)
{
    if (work->worst == ACTION_NONE || action > work->worst)
        work->worst = action;
}

/* One line per text. A text that cannot be looked at makes the record count as refused. */
static void
answer_lines(struct work *work)
{
    struct reader *reader = work->reader;
    bool refused = false;

    for (size_t i = 0; i < reader->text_count; i++) {
        const struct verdict *verdict;
        enum status status = judge(work, &reader->texts[i], &verdict);

        if (status == STATUS_OK) {
            append_verdict_line(work, &reader->texts[i], verdict);
            note_action(work, verdict->action);
        } else {
            append_refused_line(work, &reader->texts[i], status);
            refused = true;
        }
    }
    if (refused)
        work->worst = ACTION_NONE;
    count(&work->tally, work->worst);
}

static enum status
write_texts(struct work *work, struct slice *rest)
{
    struct reader *reader = work->reader;

    for (size_t i = 0; i < reader->text_count; i++) {
        const struct text *text = &reader->texts[i];
        const struct verdict *verdict;
        enum status status = judge(work, text, &verdict);
        size_t before = (size_t)(text->raw.data - rest->data);
        bool changed;

        if (status != STATUS_OK)
            return status;
        note_action(work, verdict->action);
        changed = verdict->action != ACTION_ALLOW && !slice_equal(verdict->redacted, verdict->text);
        buffer_append(work->reply, rest->data, before);
        status =
            writer_text(work->reply, reader, &work->form, text, changed ? verdict->redacted : text->value, changed);
        if (status != STATUS_OK)
            return status;
        rest->bytes -= before + text->raw.bytes;
        rest->data = text->raw.data + text->raw.bytes;
    }
    return STATUS_OK;
}

/* The record as it came, texts replaced. The verdict of lines of text stands before them, so it is made first. */
static enum status
answer_same(struct work *work, struct slice record)
{
    bool with_verdict = work->options->output == OUTPUT_COLUMN;
    size_t start = work->reply->bytes;
    struct slice rest = record;
    enum status status = write_texts(work, &rest);

    if (status != STATUS_OK)
        return status;
    if (with_verdict && work->form.format == ARCHIVE_TEXT) {
        struct buffer line;

        buffer_init(&line);
        writer_begin(&line, &work->form, work->worst, true);
        buffer_append(&line, work->reply->data + start, work->reply->bytes - start);
        work->reply->bytes = start;
        buffer_append(work->reply, line.data, line.bytes);
        work->reply->failed |= line.failed;
        buffer_fini(&line);
    }
    status = writer_end(work->reply, work->reader, &work->form, rest, work->worst, with_verdict);
    if (status == STATUS_OK && work->reader->text_count > 0)
        count(&work->tally, work->worst);
    return status;
}

static void
refuse(struct work *work, enum status status)
{
    if (work->options->output == OUTPUT_FINDINGS)
        append_refused_line(work, NULL, status);
    else
        handler_refuse(work->reply, work->options, work->reader, &work->form, wire_status_of(status), work->number,
                       work->byte);
    count(&work->tally, ACTION_NONE);
}

static void
answer_record(struct work *work, struct slice record)
{
    enum status status = reader_take(work->reader, &work->form, row_content(record));
    size_t start = work->reply->bytes;

    work->worst = ACTION_NONE;
    if (status == STATUS_OK && work->reader->text_count == 0) {
        work->tally.records++;
        work->tally.textless++;
        if (work->options->output == OUTPUT_FINDINGS)
            return;
    }
    if (status == STATUS_OK && work->options->output == OUTPUT_FINDINGS)
        answer_lines(work);
    else if (status == STATUS_OK)
        status = answer_same(work, record);
    if (status == STATUS_OK)
        return;
    work->reply->bytes = start;
    refuse(work, status);
}

void
handler_refuse(struct buffer *out, const struct handler_options *options, struct reader *reader,
               const struct record_form *form, enum wire_status status, uint64_t record, uint64_t byte)
{
    char number[24];
    int bytes = snprintf(number, sizeof number, "\"%" PRIu64 "\"", record);

    if (options->share != NULL)
        return;
    if (options->output == OUTPUT_FINDINGS || form->format == ARCHIVE_JSONL) {
        json_refused(out, (struct slice){(const uint8_t *)number, (size_t)bytes}, status, record, byte);
        buffer_append_byte(out, '\n');
    } else if (writer_refused(out, reader, form, status, record, byte, options->output == OUTPUT_COLUMN) != STATUS_OK) {
        out->failed = true;
    }
}

/* --- columns that nobody named ------------------------------------------------------------------------------------ */

static bool
is_suspect(struct work *work, const struct row_field *field, struct slice label)
{
    struct text text = {.surface = SURFACE_MESSAGE_TEXT, .direction = work->options->reading.direction, .label = label};
    const struct verdict *verdict;
    bool is_long;

    work->reader->scratch.bytes = 0;
    if (field->raw.bytes == 0 ||
        reader_decode(work->reader, &work->form, field, &text.value_at, &text.value_bytes) != STATUS_OK)
        return false;
    text.value = (struct slice){work->reader->scratch.data + text.value_at, text.value_bytes};
    is_long = text.value.bytes >= LONG_TEXT_BYTES && text.value.data[0] >= 0x80;
    return is_long || (judge(work, &text, &verdict) == STATUS_OK && verdict->action != ACTION_ALLOW);
}

static void
sample_row(struct work *work, struct slice row)
{
    const struct columns *columns = &work->reader->columns;
    struct row_field fields[ROWS_MAX_FIELDS];
    size_t total = row_fields(row_content(row), work->form.separator, fields);

    for (size_t i = 0; i < total && i < columns->total; i++) {
        uint64_t bit = UINT64_C(1) << i % 64;

        if (columns_has(columns, i) || i == columns->sender || work->tally.suspects[i / 64] & bit)
            continue;
        if (is_suspect(work, &fields[i], (struct slice){0}))
            work->tally.suspects[i / 64] |= bit;
    }
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static void
answer_records(struct work *work, struct slice rest, bool is_sample)
{
    unsigned sampled = is_sample && work->form.header.bytes > 0 ? SAMPLED_ROWS : 0;
    struct slice record;

    for (; record_next(&work->form, &rest, &record); work->number++) {
        answer_record(work, record);
        if (sampled > 0 && reader_use(work->reader, &work->form) == STATUS_OK) {
            sample_row(work, record);
            sampled--;
        }
        work->byte += record.bytes;
    }
}

static enum status
answer_head(struct work *work, struct slice head)
{
    if (work->options->output == OUTPUT_FINDINGS)
        return STATUS_OK;
    if (work->form.charset != CHARSET_UTF8_BOM) /* stands in `head` */
        charset_append_mark(work->form.charset, work->reply);
    return writer_head(work->reply, work->reader, &work->form, head, work->options->output == OUTPUT_COLUMN);
}

static enum status
answer_block(struct work *work, const struct block_job *job, struct slice records)
{
    size_t start = work->reply->bytes;

    if (job->flags & JOB_HEAD)
        return answer_head(work, records);
    answer_records(work, records, job->flags & JOB_SAMPLE);
    if (work->tally.records != job->records)
        return STATUS_INTERNAL;
    return work->options->output == OUTPUT_FINDINGS ? STATUS_OK
                                                    : writer_encode(work->reply, start, work->reader, &work->form);
}

enum status
handler_run(struct worker *worker, const struct item *item, struct buffer *reply)
{
    const struct handler_options *options = worker->handler_options;
    struct work work = {.worker = worker, .options = options, .reply = reply};
    struct block_job job;
    struct slice records;
    size_t tally_at = reply->bytes;
    enum status status = STATUS_OK;

    if (worker->handler_state == NULL)
        status = reader_create(&options->reading, (struct reader **)&worker->handler_state);
    if (status != STATUS_OK)
        return status;
    if (!handler_open_job(item->payload, &job, &work.form, &records))
        return STATUS_INVALID;
    work.reader = worker->handler_state;
    work.number = job.first_record;
    work.byte = job.first_byte;
    work.is_single = work.form.format == ARCHIVE_JSONL   ? fields_are_single(&options->reading.fields)
                     : work.form.format == ARCHIVE_TABLE ? options->reading.fields.count == 1
                                                         : true;
    if (work.form.format == ARCHIVE_TABLE && reader_use(work.reader, &work.form) == STATUS_OK)
        work.is_single = work.reader->columns.count == 1;
    buffer_append(reply, &work.tally, sizeof work.tally);
    buffer_init(&work.id);
    status = answer_block(&work, &job, records);
    buffer_fini(&work.id);
    if (worker->scanner != NULL)
        scanner_forget(worker->scanner);
    reader_forget(work.reader);
    atomic_fetch_add_explicit(&worker->page->messages, work.tally.records, memory_order_relaxed);
    if (reply->failed)
        return STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        memcpy(reply->data + tally_at, &work.tally, sizeof work.tally);
    return status;
}
