#include "archive/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/cutter.h"
#include "base/assert.h"
#include "pool/pool.h"

#define BLOCK_BYTES (60u << 10) /* with its headers one packet of the channel */
#define MAX_BLOCK_LINES 4096    /* bounds the answer when lines are short */
#define RECYCLE_RECORDS 1000000 /* then a worker is replaced */
#define SLOTS_PER_WORKER 8      /* blocks that may wait for an earlier one */

/* Where a block is. An answered one waits until all before it are written. */
enum slot_state { SLOT_TO_SUBMIT, SLOT_SUBMITTED, SLOT_ANSWERED };

struct slot {
    enum slot_state state;
    bool alone;              /* its lines are given one by one, because the block did not come through */
    struct buffer job;       /* struct block_job and lines */
    struct buffer reply;     /* lines to write */
    struct block_job header; /* what the job says; alone: of the line under way */
    size_t line_at;          /* alone: where that line stands in `job` */
    size_t line_bytes;
    struct tally tally;
};

struct run {
    struct archive_options *options;
    struct pool *pool;
    struct cutter *cutter;
    struct slot *slots; /* ring: block number modulo slot_count */
    size_t slot_count;
    uint64_t next_block, next_written;
    bool ended; /* the input */
    enum status status;
    int error; /* errno of STATUS_IO */
    const char *failed_file;
    struct archive_result *result;
};

size_t
archive_max_line_bytes(size_t max_text_bytes)
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

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void
write_lines(struct run *run, struct slice lines, const struct tally *tally)
{
    while (lines.bytes > 0 && run->status == STATUS_OK) {
        ssize_t bytes = write(run->options->out_fd, lines.data, lines.bytes);

        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0) {
            fail(run, errno == EPIPE ? STATUS_UNAVAILABLE : STATUS_IO, NULL);
            return;
        }
        lines.data += bytes;
        lines.bytes -= (size_t)bytes;
    }
    if (run->status == STATUS_OK)
        tally_add(&run->result->tally, tally);
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
            write_lines(run, buffer_slice(&slot->reply), &slot->tally);
        run->next_written++;
    }
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* Makes the next line of a block that goes line by line its job; true when there is none. */
static bool
next_alone(struct slot *slot)
{
    const uint8_t *found;
    size_t left;

    slot->line_at += slot->line_bytes;
    slot->header.first_record++;
    slot->header.first_byte += slot->line_bytes;
    left = slot->job.bytes - slot->line_at;
    found = memchr(slot->job.data + slot->line_at, '\n', left);
    slot->line_bytes = found ? (size_t)(found - slot->job.data) + 1 - slot->line_at : left;
    slot->state = left == 0 ? SLOT_ANSWERED : SLOT_TO_SUBMIT;
    return left == 0;
}

static void
begin_alone(struct slot *slot)
{
    slot->alone = true;
    slot->line_at = sizeof slot->header;
    slot->line_bytes = 0;
    slot->header.records = 1;
    slot->header.first_record--; /* next_alone() counts it up again */
    (void)next_alone(slot);
}

static void
refuse_alone(struct slot *slot, enum status status)
{
    struct tally one = {.records = 1, .refused = 1};

    handler_refuse(&slot->reply, wire_status_of(status == STATUS_OK ? STATUS_INTERNAL : status),
                   slot->header.first_record, slot->header.first_byte);
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

static void
take_answer(void *context, uint64_t ticket, enum status status, struct slice reply)
{
    struct run *run = context;
    struct slot *slot = slot_of(run, ticket - 1);
    struct slice lines;
    struct tally tally;
    bool good = read_answer(slot, status, reply, &tally, &lines);

    if (status == STATUS_UNAVAILABLE) {
        fail(run, status, "worker");
    } else if (good && !slot->alone && ticket - 1 == run->next_written) {
        write_lines(run, lines, &tally);
        run->next_written++;
    } else if (!good && !slot->alone) {
        begin_alone(slot);
    } else {
        if (good) {
            buffer_append(&slot->reply, lines.data, lines.bytes);
            tally_add(&slot->tally, &tally);
        } else {
            refuse_alone(slot, status);
        }
        if (!slot->alone)
            slot->state = SLOT_ANSWERED;
        else
            (void)next_alone(slot);
    }
    write_answered(run);
}

/* --- jobs --------------------------------------------------------------------------------------------------------- */

static enum status
submit_line(struct run *run, const struct slot *slot, uint64_t ticket)
{
    struct buffer job;
    enum status status;

    buffer_init(&job);
    buffer_append(&job, &slot->header, sizeof slot->header);
    buffer_append(&job, slot->job.data + slot->line_at, slot->line_bytes);
    status = job.failed ? STATUS_NO_MEMORY : pool_submit(run->pool, ticket, buffer_slice(&job));
    buffer_fini(&job);
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
            status = submit_line(run, slot, block + 1);
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

static void
fill_slot(struct run *run, const struct block *block)
{
    struct slot *slot = slot_of(run, run->next_block++);

    buffer_clear(&slot->job);
    buffer_clear(&slot->reply);
    slot->alone = false;
    slot->tally = (struct tally){0};
    slot->header = (struct block_job){block->first_record, block->first_byte, block->records, 0};
    if (block->overlong) {
        refuse_alone(slot, STATUS_TOO_LARGE);
        slot->state = SLOT_ANSWERED;
        return;
    }
    buffer_append(&slot->job, &slot->header, sizeof slot->header);
    buffer_append(&slot->job, block->bytes.data, block->bytes.bytes);
    slot->state = SLOT_TO_SUBMIT;
    if (slot->job.failed)
        fail(run, STATUS_NO_MEMORY, NULL);
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
            fill_slot(run, &block);
        else if (status == STATUS_NOT_FOUND)
            run->ended = true;
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

static enum status
begin(struct run *run, struct buffer *scratch)
{
    const struct archive_options *options = run->options;
    struct cutter_options cutting = {.files = options->files,
                                     .file_count = options->file_count,
                                     .block_bytes = BLOCK_BYTES,
                                     .max_line_bytes = archive_max_line_bytes(options->max_text_bytes),
                                     .max_block_lines = MAX_BLOCK_LINES,
                                     .drop_last_blank = options->handler.format == ARCHIVE_JSONL};
    struct worker_options workers = {.cities = options->cities,
                                     .handler = options->work ? options->work : handler_run,
                                     .handler_options = &options->handler,
                                     .max_text_bytes = options->max_text_bytes,
                                     .recycle_messages = RECYCLE_RECORDS};
    enum status status;

    run->options->handler.scratch = scratch;
    run->slot_count = (size_t)options->workers * SLOTS_PER_WORKER;
    run->slots = calloc(run->slot_count, sizeof *run->slots);
    if (run->slots == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < run->slot_count; i++) {
        buffer_init(&run->slots[i].job);
        buffer_init(&run->slots[i].reply);
    }
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
    for (size_t i = 0; run->slots != NULL && i < run->slot_count; i++) {
        buffer_fini(&run->slots[i].job);
        buffer_fini(&run->slots[i].reply);
    }
    free(run->slots);
}

static void
explain_failure(const struct run *run, struct fault *fault)
{
    const char *reason = run->status == STATUS_IO ? strerror(run->error) : status_word(run->status);

    fault_set(fault, run->failed_file ? run->failed_file : "", 0, 0, NULL, NULL, reason, NULL);
}

enum status
archive_run(struct archive_options *options, struct archive_result *result_out, struct fault *fault)
{
    struct run run = {.options = options, .result = result_out, .status = STATUS_OK};
    struct buffer scratch;
    enum status status;

    ASSERT(options->workers > 0);
    *result_out = (struct archive_result){0};
    buffer_init(&scratch);
    status = begin(&run, &scratch);
    if (status == STATUS_OK)
        run_all(&run);
    else
        fail(&run, status, NULL);
    if (run.status != STATUS_OK)
        explain_failure(&run, fault);
    end(&run);
    buffer_fini(&scratch);
    return run.status;
}
