/* share_count_work and share_work: what workers do with a block. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/share_record.h"
#include "archive/writer.h"
#include "wire/json.h"

#define MAX_COLUMNS (FIELDS_MAX + 2)

/* One block in work. */
struct work {
    struct worker *worker;
    const struct share *share;
    struct share_record *record;
    struct record_form form;
    struct buffer *reply;
    struct tally tally;
};

static void
note_written(struct tally *tally, enum status status, bool is_written)
{
    tally->records++;
    tally->refused += status != STATUS_OK;
    tally->allowed += status == STATUS_OK && is_written;
}

/* Calls `answer` for every record of a block. */
static enum status
for_each_record(struct worker *worker, const struct item *job, struct buffer *reply,
                enum status (*answer)(struct work *work, struct slice line), enum status (*head)(struct work *work))
{
    const struct handler_options *options = worker->handler_options;
    struct work work = {.worker = worker, .share = options->share, .reply = reply};
    size_t tally_at = reply->bytes;
    struct block_job header;
    struct slice rest, line;
    enum status status = STATUS_OK;

    if (worker->handler_state == NULL)
        status = share_record_create(worker, (struct share_record **)&worker->handler_state);
    if (status != STATUS_OK)
        return status;
    work.record = worker->handler_state;
    if (!handler_open_job(job->payload, &header, &work.form, &rest))
        return STATUS_INVALID;
    buffer_append(reply, &work.tally, sizeof work.tally);
    if (header.flags & JOB_HEAD) {
        status = head(&work);
        rest.bytes = 0;
    }
    while (status == STATUS_OK && record_next(&work.form, &rest, &line))
        status = answer(&work, line);
    scanner_forget(worker->scanner);
    share_record_forget(work.record);
    atomic_fetch_add_explicit(&worker->page->messages, work.tally.records, memory_order_relaxed);
    if (reply->failed)
        return STATUS_NO_MEMORY;
    memcpy(reply->data + tally_at, &work.tally, sizeof work.tally);
    return status;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static enum status
no_head(struct work *work)
{
    (void)work;
    return STATUS_OK;
}

static enum status
count_record(struct work *work, struct slice line)
{
    struct share_record *record = work->record;
    enum status status = share_record_take(record, work->worker, &work->form, row_content(line));

    note_written(&work->tally, status, true);
    if (status != STATUS_OK || record->combination == 0 || record->is_blocked)
        return STATUS_OK;
    buffer_appendf(work->reply, "%016" PRIx64 " %016" PRIx64, record->combination, record->sender);
    for (size_t i = 0; i < record->singular_count; i++)
        buffer_appendf(work->reply, " %016" PRIx64, record->singular[i]);
    buffer_append_byte(work->reply, '\n');
    return STATUS_OK;
}

enum status
share_count_work(struct worker *worker, const struct item *job, struct buffer *reply)
{
    return for_each_record(worker, job, reply, count_record, no_head);
}

/* --- what is still about too few ---------------------------------------------------------------------------------- */

static bool
has_rare(const struct share_record *record, const struct share *share)
{
    for (size_t i = 0; i < record->singular_count; i++)
        if (share_count(share, record->singular[i]) < share->k)
            return true;
    return false;
}

/* SHARE_RISK_COUNT: none. */
static enum share_risk
risk_of(const struct share_record *record, const struct share *share)
{
    if (record->is_blocked)
        return SHARE_BLOCKED;
    if (record->has_special_care && record->fact_count > 0)
        return SHARE_SPECIAL_CARE;
    if (has_rare(record, share))
        return SHARE_RARE;
    if (record->has_too_many || (record->combination != 0 && share_count(share, record->combination) < share->k))
        return SHARE_UNIQUE;
    if (share->links && record->combination != 0 && share_is_described(share, record->sender))
        return SHARE_LINKED;
    return SHARE_RISK_COUNT;
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

/* The columns of the copy, in the order of the input: texts, the time, the sender. */
static size_t
columns_of(const struct work *work, unsigned out[MAX_COLUMNS])
{
    const struct columns *columns = &work->record->reader->columns;
    size_t count = 0;

    for (size_t i = 0; i < columns->count; i++)
        if (!columns->list[i].is_display_name)
            out[count++] = columns->list[i].index;
    for (unsigned i = 0; i < 2; i++) {
        unsigned index = i == 0 ? columns->time : work->share->links ? columns->id : COLUMNS_NONE;
        size_t at = count;
        bool is_there = index == COLUMNS_NONE;

        for (size_t c = 0; c < count; c++)
            is_there = is_there || out[c] == index;
        if (is_there)
            continue;
        for (; at > 0 && out[at - 1] > index; at--)
            out[at] = out[at - 1];
        out[at] = index;
        count++;
    }
    return count;
}

static void
put_break(struct work *work, struct slice line)
{
    struct slice content = row_content(line);

    if (content.bytes < line.bytes)
        buffer_append(work->reply, content.data + content.bytes, line.bytes - content.bytes);
    else
        buffer_append_byte(work->reply, '\n');
}

static enum status
write_head(struct work *work)
{
    struct row_field fields[ROWS_MAX_FIELDS];
    struct slice header = work->form.header;
    size_t start = work->reply->bytes, total;
    unsigned columns[MAX_COLUMNS];
    enum status status;

    charset_append_mark(work->form.charset, work->reply);
    if (work->form.format != ARCHIVE_TABLE || header.bytes == 0)
        return STATUS_OK;
    status = reader_use(work->record->reader, &work->form);
    if (status != STATUS_OK)
        return status;
    start = work->reply->bytes;
    total = row_fields(row_content(header), work->form.separator, fields);
    for (size_t i = 0, count = columns_of(work, columns); i < count; i++) {
        if (i > 0)
            buffer_append_byte(work->reply, work->form.separator);
        if (columns[i] < total)
            buffer_append(work->reply, fields[columns[i]].raw.data, fields[columns[i]].raw.bytes);
    }
    put_break(work, header);
    return writer_encode(work->reply, start, work->record->reader, &work->form);
}

/* The next text that may stand in a copy; `at` is behind it then. */
static const struct text *
next_text(const struct share_record *record, size_t *at)
{
    const struct reader *reader = record->reader;

    while (*at < reader->text_count && !share_record_has(&reader->texts[*at]))
        ++*at;
    return *at < reader->text_count ? &reader->texts[(*at)++] : NULL;
}

static enum status
write_row(struct work *work, struct slice line)
{
    struct share_record *record = work->record;
    unsigned columns[MAX_COLUMNS];
    size_t count = columns_of(work, columns), at = 0, start = work->reply->bytes;
    char month[MONTH_TEXT_BYTES];
    enum status status = STATUS_OK;

    month_text(record->month, month);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct text plain = {0}, *text = &plain;
        struct slice value = slice_of(record->sender_name);

        if (i > 0)
            buffer_append_byte(work->reply, work->form.separator);
        if (columns[i] == record->reader->columns.time)
            value = slice_of(record->month == MONTH_UNKNOWN ? "" : month);
        else if (columns[i] != record->reader->columns.id && (text = next_text(record, &at)) != NULL)
            value = share_record_text(record, at - 1);
        if (text == NULL)
            return STATUS_INTERNAL;
        status = writer_text(work->reply, record->reader, &work->form, text, value, true);
    }
    put_break(work, line);
    return status == STATUS_OK ? writer_encode(work->reply, start, record->reader, &work->form) : status;
}

/* --- JSON and lines ----------------------------------------------------------------------------------------------- */

static void
put_member(struct buffer *out, bool *is_first, struct slice name, struct slice value)
{
    buffer_append_byte(out, *is_first ? '{' : ',');
    *is_first = false;
    json_string(out, name);
    buffer_append_byte(out, ':');
    json_string(out, value);
}

/* One flat object: each text by its name. */
static void
write_object(struct work *work, struct slice line)
{
    struct share_record *record = work->record;
    const char *only = record->reader->reading->fields.list[0].name;
    struct buffer *out = work->reply;
    char month[MONTH_TEXT_BYTES];
    bool is_first = true;

    for (size_t i = 0; i < record->reader->text_count; i++) {
        struct slice name = record->reader->texts[i].name;

        put_member(out, &is_first, name.bytes > 0 ? name : slice_of(only), share_record_text(record, i));
    }
    month_text(record->month, month);
    if (record->month != MONTH_UNKNOWN)
        put_member(out, &is_first, SLICE_LITERAL(SHARE_MONTH_NAME), slice_of(month));
    if (record->sender_name[0] != '\0')
        put_member(out, &is_first, SLICE_LITERAL(SHARE_SENDER_NAME), slice_of(record->sender_name));
    buffer_append_text(out, is_first ? "{}" : "}");
    put_break(work, line);
}

static enum status
write_line(struct work *work, struct slice line)
{
    struct share_record *record = work->record;
    size_t start = work->reply->bytes;
    const struct text plain = {0};
    enum status status =
        writer_text(work->reply, record->reader, &work->form, &plain, share_record_text(record, 0), true);

    put_break(work, line);
    return status == STATUS_OK ? writer_encode(work->reply, start, record->reader, &work->form) : status;
}

static enum status
write_record(struct work *work, struct slice line)
{
    struct share_record *record = work->record;
    enum status status = share_record_take(record, work->worker, &work->form, row_content(line));
    enum share_risk risk = status == STATUS_OK ? risk_of(record, work->share) : SHARE_RISK_COUNT;
    size_t start = work->reply->bytes;

    note_written(&work->tally, status, risk == SHARE_RISK_COUNT);
    if (risk != SHARE_RISK_COUNT)
        work->tally.risks[risk]++;
    if (status != STATUS_OK || risk != SHARE_RISK_COUNT)
        return STATUS_OK;
    if (work->form.format == ARCHIVE_TABLE)
        status = write_row(work, line);
    else if (work->form.format == ARCHIVE_TEXT)
        status = write_line(work, line);
    else
        write_object(work, line);
    if (status != STATUS_OK) {
        work->reply->bytes = start;
        work->tally.allowed--;
        work->tally.refused++;
    }
    return STATUS_OK;
}

enum status
share_work(struct worker *worker, const struct item *job, struct buffer *reply)
{
    return for_each_record(worker, job, reply, write_record, write_head);
}
