/* The half of archive/counts.h that runs in workers. */
#include <inttypes.h>
#include <stdio.h>

#include "archive/counts.h"
#include "base/assert.h"
#include "text/intake.h"

#define KEPT_FOR_RESTS 16 /* places of a block for "-", one for each kind */

struct block_count *
block_counts_of(struct block_counts *counts, unsigned kind, const char *key)
{
    struct block_count *fresh;

    for (size_t i = 0; i < counts->count; i++)
        if (counts->list[i].kind == kind && strcmp(counts->list[i].key, key) == 0)
            return &counts->list[i];
    if (counts->count >= BLOCK_MAX_COUNTS - KEPT_FOR_RESTS && strcmp(key, "-") != 0)
        return block_counts_of(counts, kind, "-");
    ASSERT(counts->count < BLOCK_MAX_COUNTS);
    fresh = &counts->list[counts->count++];
    *fresh = (struct block_count){.kind = kind};
    snprintf(fresh->key, sizeof fresh->key, "%s", key);
    buffer_init(&fresh->samples);
    return fresh;
}

/* Control characters would end the line or its fields. */
void
block_count_sample(struct block_count *count, struct slice text)
{
    struct buffer *out = &count->samples;
    unsigned characters = 0;
    uint32_t at = 0;

    if (text.bytes == 0 || count->sample_count == COUNT_SAMPLES)
        return;
    count->sample_count++;
    buffer_append_byte(out, '\t');
    while (at < text.bytes && characters++ < COUNT_SAMPLE_CHARACTERS) {
        uint32_t start = at;
        uint32_t c = utf8_next(text, &at);

        if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            buffer_append_byte(out, ' ');
        else
            buffer_append(out, text.data + start, at - start);
    }
    if (at < text.bytes)
        buffer_append_text(out, "…");
}

static void
write_counts(struct block_counts *counts, struct buffer *reply)
{
    for (size_t i = 0; i < counts->count; i++) {
        struct block_count *count = &counts->list[i];

        if (count->count > 0) {
            buffer_appendf(reply, "%u\t%" PRIu64 "\t%s", count->kind, count->count, count->key);
            buffer_append(reply, count->samples.data, count->samples.bytes);
            buffer_append_byte(reply, '\n');
        }
        reply->failed |= count->samples.failed;
        buffer_fini(&count->samples);
    }
    counts->count = 0;
}

enum status
block_counts_answer(struct block_counts *counts, block_look *look, struct worker *worker, const struct item *job,
                    struct buffer *reply)
{
    struct tally tally = {0};
    struct record_form form;
    struct block_job header;
    struct slice rest, record;

    if (!handler_open_job(job->payload, &header, &form, &rest))
        return STATUS_INVALID;
    while (!(header.flags & JOB_HEAD) && record_next(&form, &rest, &record))
        look(worker, &form, record, &tally);
    buffer_append(reply, &tally, sizeof tally);
    write_counts(counts, reply);
    scanner_forget(worker->scanner);
    atomic_fetch_add_explicit(&worker->page->messages, tally.records, memory_order_relaxed);
    return reply->failed ? STATUS_NO_MEMORY : STATUS_OK;
}
