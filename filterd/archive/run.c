#include "archive/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/writer.h"
#include "base/assert.h"
#include "base/file.h"
#include "pool/pool.h"

#define BLOCK_BYTES (60u << 10) /* with its headers one packet of the channel */
#define MAX_BLOCK_RECORDS 4096  /* bounds the answer when lines are short */
#define RECYCLE_RECORDS 1000000 /* then a worker is replaced */
#define SLOTS_PER_WORKER 8      /* blocks that may wait for an earlier one */

/* Where a block is. An answered one waits until all before it are written. */
enum slot_state { SLOT_TO_SUBMIT, SLOT_SUBMITTED, SLOT_ANSWERED };

struct slot {
    enum slot_state state;
    bool alone;              /* its records are given one by one, because the block did not come through */
    struct buffer job;       /* archive/handler.h */
    struct buffer reply;     /* what to write */
    struct block_job header; /* what the job says; alone: of the record under way */
    size_t record_at;        /* alone: where that record stands in `job` */
    size_t record_bytes;
    struct tally tally;
    struct cut_place end;
    uint64_t place;
};

struct run {
    struct archive_options *options;
    struct pool *pool;
    struct cutter *cutter;
    struct reader *reader; /* for headers, and records that no worker can look into */
    struct slot *slots;    /* ring: block number modulo slot_count */
    size_t slot_count;
    uint64_t next_block, next_written;
    uint64_t safe_bytes; /* of input, at the last checkpoint */
    bool ended;          /* the input */
    enum status status;
    int error; /* errno of STATUS_IO */
    const char *failed_file;
    struct fault *fault; /* filled already where its reason is not empty */
    struct archive_result *result;
};

size_t
archive_max_record_bytes(size_t max_text_bytes)
{
    return max_text_bytes * 6 + (64u << 10); /* every byte escaped as \u00XX, and the other fields */
}

static struct slot *
slot_of(struct run *run, uint64_t block)
{
    return &run->slots[block % run->slot_count];
}

static void
fail(struct run *run, enum status status, const char *file)
{
    if (run->status != STATUS_OK)
        return;
    run->status = status;
    run->error = errno;
    run->failed_file = file;
}

static void
note(const struct run *run, enum archive_note what, const char *file, const char *name)
{
    if (run->options->note != NULL)
        run->options->note(run->options->context, what, file, name);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void
write_bytes(struct run *run, struct slice bytes)
{
    if (file_write_all(run->options->out_fd, bytes) == STATUS_OK)
        run->result->output_bytes += bytes.bytes;
    else
        fail(run, errno == EPIPE ? STATUS_UNAVAILABLE : STATUS_IO, NULL);
}

static void
note_suspects(const struct run *run, const struct slot *slot, const struct tally *tally)
{
    struct block_job job;
    struct record_form form;
    struct slice ignored;

    if (!handler_open_job(buffer_slice(&slot->job), &job, &form, &ignored) ||
        reader_use(run->reader, &form) == STATUS_NO_MEMORY)
        return;
    for (size_t i = 0; i < run->reader->columns.total; i++) {
        struct slice name = columns_name(&run->reader->columns, i);
        char text[128];

        snprintf(text, sizeof text, "%.*s", (int)name.bytes, (const char *)name.data);
        if (tally->suspects[i / 64] >> i % 64 & 1)
            note(run, NOTE_OTHER_COLUMN, "", text);
    }
}

/* A block is complete in the output. */
static void
finish_slot(struct run *run, struct slot *slot, struct slice bytes, const struct tally *tally)
{
    struct archive_result *result = run->result;
    enum status status;

    if (run->options->take == NULL)
        write_bytes(run, bytes);
    else if ((status = run->options->take(run->options->take_context, bytes)) != STATUS_OK)
        fail(run, status, NULL);
    if (run->status != STATUS_OK)
        return;
    tally_add(&result->tally, tally);
    result->end = slot->end;
    result->place = slot->place;
    run->next_written++;
    if (slot->header.flags & JOB_SAMPLE)
        note_suspects(run, slot, tally);
    if (run->options->progress != NULL)
        run->options->progress(run->options->context, result);
    if (run->options->checkpoint == NULL || result->end.byte - run->safe_bytes < run->options->checkpoint_bytes)
        return;
    run->safe_bytes = result->end.byte;
    if (run->options->checkpoint(run->options->context, result) != STATUS_OK)
        fail(run, STATUS_IO, NULL);
}

/* Writes what is answered, up to the first block that is not. */
static void
write_answered(struct run *run)
{
    while (run->next_written < run->next_block && run->status == STATUS_OK) {
        struct slot *slot = slot_of(run, run->next_written);

        if (slot->state != SLOT_ANSWERED)
            return;
        if (slot->reply.failed)
            fail(run, STATUS_NO_MEMORY, NULL);
        else
            finish_slot(run, slot, buffer_slice(&slot->reply), &slot->tally);
    }
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* Makes the next record of a block that goes record by record its job; done when there is none. */
static void
next_alone(struct slot *slot)
{
    struct block_job job;
    struct record_form form;
    struct slice records, rest;
    bool open;

    slot->record_at += slot->record_bytes;
    slot->header.first_record++;
    slot->header.first_byte += slot->record_bytes;
    ASSERT(handler_open_job(buffer_slice(&slot->job), &job, &form, &records));
    rest = (struct slice){slot->job.data + slot->record_at, slot->job.bytes - slot->record_at};
    slot->record_bytes = record_length(&form, rest, &open);
    if (slot->record_bytes == 0)
        slot->record_bytes = rest.bytes;
    slot->state = rest.bytes == 0 ? SLOT_ANSWERED : SLOT_TO_SUBMIT;
}

static void
begin_alone(struct slot *slot)
{
    slot->alone = true;
    slot->record_at = sizeof slot->header + slot->header.header_bytes;
    slot->record_bytes = 0;
    slot->header.records = 1;
    slot->header.first_record--; /* next_alone() counts it up again */
    next_alone(slot);
}

static void
refuse_alone(struct run *run, struct slot *slot, enum status status)
{
    struct tally one = {.records = 1, .refused = 1};
    struct block_job job;
    struct record_form form;
    struct slice records;
    size_t start = slot->reply.bytes;

    ASSERT(handler_open_job(buffer_slice(&slot->job), &job, &form, &records));
    handler_refuse(&slot->reply, &run->options->handler, run->reader, &form,
                   wire_status_of(status == STATUS_OK ? STATUS_INTERNAL : status), slot->header.first_record,
                   slot->header.first_byte);
    if (run->options->handler.output != OUTPUT_FINDINGS &&
        writer_encode(&slot->reply, start, run->reader, &form) != STATUS_OK)
        slot->reply.failed = true;
    tally_add(&slot->tally, &one);
}

/* The lines of an answer, or false when it is none for `slot`. */
static bool
read_answer(const struct slot *slot, enum status status, struct slice reply, struct tally *tally, struct slice *lines)
{
    if (status != STATUS_OK || reply.bytes < sizeof *tally)
        return false;
    memcpy(tally, reply.data, sizeof *tally);
    *lines = (struct slice){reply.data + sizeof *tally, reply.bytes - sizeof *tally};
    return tally->records == slot->header.records;
}

/* An answer for one record of a block that goes record by record. */
static void
take_alone(struct run *run, struct slot *slot, enum status status, bool good, struct slice lines,
           const struct tally *tally)
{
    if (good) {
        buffer_append(&slot->reply, lines.data, lines.bytes);
        tally_add(&slot->tally, tally);
    } else {
        refuse_alone(run, slot, status);
    }
    next_alone(slot);
}

static void
take_answer(void *context, uint64_t ticket, enum status status, struct slice reply)
{
    struct run *run = context;
    struct slot *slot = slot_of(run, ticket - 1);
    struct slice lines = {0};
    struct tally tally;
    bool good = read_answer(slot, status, reply, &tally, &lines);

    if (status == STATUS_UNAVAILABLE) {
        fail(run, status, "worker");
    } else if (slot->alone) {
        take_alone(run, slot, status, good, lines, &tally);
    } else if (good && ticket - 1 == run->next_written) {
        finish_slot(run, slot, lines, &tally);
    } else if (good) {
        buffer_append(&slot->reply, lines.data, lines.bytes);
        slot->tally = tally;
        slot->state = SLOT_ANSWERED;
    } else if (slot->header.flags & JOB_HEAD) {
        fail(run, status == STATUS_OK ? STATUS_INTERNAL : status, cutter_file(run->cutter));
    } else {
        begin_alone(slot);
    }
    write_answered(run);
}

/* --- jobs --------------------------------------------------------------------------------------------------------- */

static enum status
submit_record(struct run *run, const struct slot *slot, uint64_t ticket)
{
    struct buffer one;
    struct block_job job;
    struct record_form form;
    struct slice records;
    enum status status;

    ASSERT(handler_open_job(buffer_slice(&slot->job), &job, &form, &records));
    buffer_init(&one);
    handler_append_job(&one, &slot->header, &form,
                       (struct slice){slot->job.data + slot->record_at, slot->record_bytes});
    status = one.failed ? STATUS_NO_MEMORY : pool_submit(run->pool, ticket, buffer_slice(&one));
    buffer_fini(&one);
    return status;
}

/* Hands the pool what waits, oldest first. False when the pool has enough. */
static bool
submit_waiting(struct run *run)
{
    for (uint64_t block = run->next_written; block < run->next_block; block++) {
        struct slot *slot = slot_of(run, block);
        enum status status;

        if (slot->state != SLOT_TO_SUBMIT)
            continue;
        if (slot->alone)
            status = submit_record(run, slot, block + 1);
        else
            status = pool_submit(run->pool, block + 1, buffer_slice(&slot->job));
        if (status == STATUS_BUDGET)
            return false;
        if (status != STATUS_OK)
            fail(run, status, NULL);
        slot->state = SLOT_SUBMITTED;
    }
    return true;
}

/* The columns that a table has not, before anything is written: the rest of the archive would go the same way. */
static void
explain_columns(struct run *run, const char *field)
{
    reader_explain_columns(run->reader, cutter_file(run->cutter), field, run->fault);
    fail(run, STATUS_INVALID, cutter_file(run->cutter));
}

static void
check_columns(struct run *run, const struct block *block)
{
    bool is_new = !run->reader->has_columns || !slice_equal(block->form.header, buffer_slice(&run->reader->header));
    const char *field;

    if (block->form.format != ARCHIVE_TABLE || !is_new || reader_use(run->reader, &block->form) != STATUS_NOT_FOUND)
        return;
    field = run->options->handler.reading.fields.list[run->reader->missing].name;
    if (run->result->tally.records == 0)
        explain_columns(run, field);
    else
        note(run, NOTE_NO_COLUMN, cutter_file(run->cutter), field);
}

static void
fill_slot(struct run *run, const struct block *block)
{
    struct slot *slot = slot_of(run, run->next_block++);

    buffer_clear(&slot->job);
    buffer_clear(&slot->reply);
    slot->alone = false;
    slot->tally = (struct tally){0};
    slot->end = block->end;
    slot->place = cutter_place(run->cutter);
    slot->header = (struct block_job){.first_record = block->first_record,
                                      .first_byte = block->first_byte,
                                      .records = block->records,
                                      .header_bytes = (uint32_t)block->form.header.bytes,
                                      .flags = block->is_head     ? JOB_HEAD
                                               : block->is_sample ? JOB_SAMPLE
                                                                  : 0};
    handler_append_job(&slot->job, &slot->header, &block->form, block->bytes);
    slot->state = SLOT_TO_SUBMIT;
    if (slot->job.failed) {
        fail(run, STATUS_NO_MEMORY, NULL);
    } else if (block->refused != STATUS_OK) {
        refuse_alone(run, slot, block->refused);
        slot->state = SLOT_ANSWERED;
    }
}

static void
explain_head(struct run *run)
{
    fault_set(run->fault, cutter_file(run->cutter), 0, 0, NULL, NULL,
              "its format, encoding or header is not that of the first file",
              "write it to an output of its own, or use --output-format findings");
    fail(run, STATUS_INVALID, cutter_file(run->cutter));
}

/* Reads blocks while there is room for them and the pool takes them. */
static void
feed(struct run *run)
{
    while (submit_waiting(run) && !run->ended && run->status == STATUS_OK &&
           run->next_block - run->next_written < run->slot_count) {
        struct block block;
        enum status status = cutter_next(run->cutter, pool_under_way(run->pool) == 0, &block);

        if (status == STATUS_UNAVAILABLE)
            return;
        if (status == STATUS_OK)
            check_columns(run, &block);
        if (status == STATUS_OK)
            fill_slot(run, &block);
        else if (status == STATUS_NOT_FOUND)
            run->ended = true;
        else if (status == STATUS_INVALID)
            explain_head(run);
        else
            fail(run, status, cutter_file(run->cutter));
        write_answered(run);
    }
}

static void
run_all(struct run *run)
{
    while (run->status == STATUS_OK) {
        feed(run);
        if (run->status != STATUS_OK || (run->ended && run->next_written == run->next_block))
            return;
        if (pool_wait(run->pool, -1, take_answer, run) != STATUS_OK)
            fail(run, STATUS_INTERNAL, NULL);
    }
}

/* --- the run ------------------------------------------------------------------------------------------------------ */

static void
note_file(void *context, const char *file, const char *reason)
{
    note(context, reason == NULL ? NOTE_SKIPPED : NOTE_DAMAGED, file, reason);
}

static enum status
begin(struct run *run)
{
    const struct archive_options *options = run->options;
    struct cutter_options cutting = {.inputs = options->inputs,
                                     .format = options->format,
                                     .separator = options->separator,
                                     .no_header = options->no_header,
                                     .one_head = options->handler.output != OUTPUT_FINDINGS,
                                     .block_bytes = BLOCK_BYTES,
                                     .max_record_bytes = archive_max_record_bytes(options->max_text_bytes),
                                     .max_block_records = MAX_BLOCK_RECORDS,
                                     .from = options->from,
                                     .to = options->to,
                                     .start = options->start ? &options->start->end : NULL,
                                     .note = note_file,
                                     .context = run};
    struct worker_options workers = {.cities = options->cities,
                                     .handler = options->work ? options->work : handler_run,
                                     .handler_options = &options->handler,
                                     .max_text_bytes = options->max_text_bytes,
                                     .recycle_messages = RECYCLE_RECORDS};
    enum status status;

    run->slot_count = (size_t)options->workers * SLOTS_PER_WORKER;
    run->slots = calloc(run->slot_count, sizeof *run->slots);
    if (run->slots == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < run->slot_count; i++) {
        buffer_init(&run->slots[i].job);
        buffer_init(&run->slots[i].reply);
    }
    status = reader_create(&options->handler.reading, &run->reader);
    if (status == STATUS_OK)
        status = cutter_create(&cutting, &run->cutter);
    return status == STATUS_OK ? pool_create(&workers, options->workers, &run->pool) : status;
}

static void
end(struct run *run)
{
    pool_destroy(&run->pool);
    if (run->cutter != NULL)
        run->result->input_bytes = cutter_bytes(run->cutter);
    cutter_destroy(&run->cutter);
    reader_destroy(&run->reader);
    for (size_t i = 0; run->slots != NULL && i < run->slot_count; i++) {
        buffer_fini(&run->slots[i].job);
        buffer_fini(&run->slots[i].reply);
    }
    free(run->slots);
}

static void
explain_failure(const struct run *run)
{
    const char *reason = run->status == STATUS_IO ? strerror(run->error) : status_word(run->status);

    if (run->fault->reason[0] == '\0')
        fault_set(run->fault, run->failed_file ? run->failed_file : "", 0, 0, NULL, NULL, reason, NULL);
}

enum status
archive_run(struct archive_options *options, struct archive_result *result_out, struct fault *fault)
{
    struct run run = {.options = options, .result = result_out, .status = STATUS_OK, .fault = fault};
    enum status status;

    ASSERT(options->workers > 0);
    *fault = (struct fault){0};
    *result_out = options->start ? *options->start : (struct archive_result){0};
    run.safe_bytes = result_out->end.byte;
    status = begin(&run);
    if (status == STATUS_OK && !options->is_empty)
        run_all(&run);
    else if (status != STATUS_OK)
        fail(&run, status, NULL);
    if (run.status != STATUS_OK)
        explain_failure(&run);
    end(&run);
    return run.status;
}
