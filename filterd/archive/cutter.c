#include "archive/cutter.h"

#include <stdlib.h>
#include <string.h>

#include "archive/head.h"
#include "archive/rows.h"
#include "archive/source.h"
#include "base/assert.h"
#include "base/hash.h"

#define MARK "\xef\xbb\xbf"
#define MARK_BYTES 3

struct cutter {
    struct cutter_options options;
    struct source *source;
    struct part part;
    struct record_form form;
    struct buffer header; /* form.header */
    bool has_part, charset_known;
    bool in_head;      /* nothing of this part was handed out */
    bool ended;        /* the part in hand has no more bytes */
    bool skipping;     /* inside a record that is too long */
    bool damaged;      /* what follows of the file cannot be had: a refused record says so */
    bool file_is_done; /* nothing more of this file is read */
    bool is_sample;    /* no record of this part was handed out */
    bool is_first;     /* no head was seen yet */
    uint64_t first_head;
    uint64_t skip_bytes; /* of the part: a run before this one has them */
    uint8_t *data;
    size_t capacity;
    size_t start, end; /* unused bytes in data */
    uint64_t record, byte, part_byte;
};

enum status
cutter_create(const struct cutter_options *options, struct cutter **cutter_out)
{
    struct cutter *cutter = calloc(1, sizeof *cutter);
    enum status status;

    ASSERT(options->block_bytes > 0 && options->max_record_bytes >= options->block_bytes &&
           options->max_block_records > 0);
    if (cutter == NULL)
        return STATUS_NO_MEMORY;
    cutter->options = *options;
    if (cutter->options.to == 0)
        cutter->options.to = UINT64_MAX;
    cutter->is_first = true;
    cutter->capacity = options->max_record_bytes + 2 + SOURCE_READ_BYTES;
    cutter->data = malloc(cutter->capacity);
    buffer_init(&cutter->header);
    status = cutter->data == NULL ? STATUS_NO_MEMORY : source_create(options->inputs, &cutter->source);
    if (status != STATUS_OK) {
        cutter_destroy(&cutter);
        return status;
    }
    if (options->start != NULL && options->start->has_part) {
        source_seek(cutter->source, options->start->input + options->start->file_is_done);
        cutter->record = options->start->record;
        cutter->byte = options->start->byte;
        cutter->is_first = false;
        cutter->first_head = options->start->first_head;
    }
    *cutter_out = cutter;
    return STATUS_OK;
}

void
cutter_destroy(struct cutter **cutter)
{
    if (*cutter == NULL)
        return;
    source_destroy(&(*cutter)->source);
    buffer_fini(&(*cutter)->header);
    if ((*cutter)->data != NULL)
        explicit_bzero((*cutter)->data, (*cutter)->capacity);
    free((*cutter)->data);
    free(*cutter);
    *cutter = NULL;
}

const char *
cutter_file(const struct cutter *cutter)
{
    return source_name(cutter->source);
}

uint64_t
cutter_bytes(const struct cutter *cutter)
{
    return cutter->byte;
}

static size_t
available(const struct cutter *cutter)
{
    return cutter->end - cutter->start;
}

static struct slice
front(const struct cutter *cutter)
{
    return (struct slice){cutter->data + cutter->start, available(cutter)};
}

static void
consume(struct cutter *cutter, size_t bytes)
{
    cutter->start += bytes;
    cutter->byte += bytes;
    cutter->part_byte += bytes;
    if (cutter->start == cutter->end)
        cutter->start = cutter->end = 0;
}

static void
note_damage(const struct cutter *cutter)
{
    if (cutter->options.note != NULL)
        cutter->options.note(cutter->options.context, cutter_file(cutter), source_reason(cutter->source));
}

/* Moves the unused bytes to the front when there is no room behind them, and reads once. */
static enum status
read_more(struct cutter *cutter)
{
    size_t bytes;
    enum status status;

    if (cutter->capacity - cutter->end < SOURCE_READ_BYTES) {
        memmove(cutter->data, cutter->data + cutter->start, available(cutter));
        cutter->end -= cutter->start;
        cutter->start = 0;
    }
    status = source_read(cutter->source, cutter->data + cutter->end, &bytes);
    if (status == STATUS_INVALID) {
        cutter->damaged = cutter->ended = true;
        note_damage(cutter);
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    cutter->ended = bytes == 0;
    cutter->end += bytes;
    return STATUS_OK;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

/* Leaves out an empty last line of the `bytes` at the front, where it may end the part. */
static size_t
without_last_blank(const struct cutter *cutter, size_t bytes, uint32_t *count)
{
    const uint8_t *data = cutter->data + cutter->start;
    const uint8_t *before = bytes < 2 ? NULL : memrchr(data, '\n', bytes - 1);
    size_t from = before == NULL ? 0 : (size_t)(before - data) + 1;

    if (cutter->form.format == ARCHIVE_TEXT || bytes == 0 ||
        !record_is_blank((struct slice){data + from, bytes - from}))
        return bytes;
    --*count;
    return from;
}

static bool
is_divisible(const struct cutter *cutter)
{
    return cutter->part.is_plain && cutter->form.charset != CHARSET_UTF16LE && cutter->form.charset != CHARSET_UTF16BE;
}

/* Where the record at the front begins. All of a compressed or UTF-16 file is at its beginning. */
uint64_t
cutter_place(const struct cutter *cutter)
{
    return cutter->part.place + (is_divisible(cutter) ? cutter->part_byte : 0);
}

/* Shortens the records at the front to those that begin before `place`. */
static size_t
up_to(const struct cutter *cutter, uint64_t place, size_t bytes, uint32_t *count)
{
    uint64_t here = cutter_place(cutter);

    if (!is_divisible(cutter) || here >= place || place - here >= bytes)
        return bytes;
    return records_until(&cutter->form, (struct slice){cutter->data + cutter->start, bytes}, (size_t)(place - here),
                         count);
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static struct cut_place
place_now(const struct cutter *cutter)
{
    return (struct cut_place){.input = cutter->part.input,
                              .member = cutter->part.member,
                              .part_byte = cutter->part_byte,
                              .record = cutter->record,
                              .byte = cutter->byte,
                              .first_head = cutter->first_head,
                              .charset = cutter->charset_known ? (uint64_t)cutter->form.charset + 1 : 0,
                              .has_part = 1,
                              .file_is_done = cutter->file_is_done};
}

static void
learn_charset(struct cutter *cutter, struct slice sample)
{
    if (!cutter->charset_known && cutter->form.format != ARCHIVE_JSONL)
        cutter->charset_known = charset_guess(sample, &cutter->form.charset);
}

/* Hands out `bytes` of whole records, or counts them when they are another shard's. */
static enum status
give(struct cutter *cutter, size_t bytes, uint32_t count, struct block *block)
{
    bool is_before;

    bytes = up_to(cutter, cutter->options.from, bytes, &count);
    bytes = up_to(cutter, cutter->options.to, bytes, &count);
    is_before = cutter_place(cutter) < cutter->options.from;
    if (cutter_place(cutter) >= cutter->options.to)
        return STATUS_NOT_FOUND;
    learn_charset(cutter, (struct slice){cutter->data + cutter->start, bytes});
    *block = (struct block){.form = cutter->form,
                            .first_record = cutter->record,
                            .first_byte = cutter->byte,
                            .records = count,
                            .is_sample = cutter->is_sample,
                            .bytes = {cutter->data + cutter->start, bytes}};
    block->form.header = buffer_slice(&cutter->header);
    cutter->is_sample = false;
    cutter->record += count;
    consume(cutter, bytes);
    block->end = place_now(cutter);
    return is_before ? STATUS_BUDGET : STATUS_OK;
}

/* One record that cannot be had. */
static enum status
give_refused(struct cutter *cutter, enum status refused, struct block *block)
{
    enum status status = give(cutter, 0, 1, block);

    block->refused = refused;
    block->end.is_skipping = refused == STATUS_TOO_LARGE && !cutter->damaged;
    return status;
}

/* Leaves out what is there of a record that is too long. */
static void
skip_record(struct cutter *cutter)
{
    struct slice all = front(cutter);
    const uint8_t *found = memchr(all.data, '\n', all.bytes);

    cutter->skipping = found == NULL;
    consume(cutter, found == NULL ? all.bytes : (size_t)(found - all.data) + 1);
}

/* The record at the front does not end in what there is. An open quotation mark costs only the line it stands in. */
static enum status
give_endless(struct cutter *cutter, bool open, struct block *block)
{
    struct slice all = front(cutter);
    const uint8_t *found = memchr(all.data, '\n', all.bytes);
    enum status status;

    if (open && found != NULL) {
        status = give_refused(cutter, STATUS_INVALID, block);
        if (status != STATUS_NOT_FOUND) {
            consume(cutter, (size_t)(found - all.data) + 1);
            block->end = place_now(cutter);
        }
        return status;
    }
    if (all.bytes > cutter->options.max_record_bytes + 2) {
        cutter->skipping = true;
        return give_refused(cutter, STATUS_TOO_LARGE, block);
    }
    return give(cutter, all.bytes, 1, block);
}

/* The `bytes` at the front with the last record of the part, where that has no break and room beside them. */
static size_t
with_last(const struct cutter *cutter, size_t bytes, uint32_t *count)
{
    struct slice rest = front(cutter);
    bool open;

    if (!cutter->ended || bytes == 0 || bytes == rest.bytes || rest.bytes > cutter->options.block_bytes ||
        *count >= cutter->options.max_block_records)
        return bytes;
    rest.data += bytes;
    rest.bytes -= bytes;
    if (record_length(&cutter->form, rest, &open) > 0 || open || row_content(rest).bytes == 0)
        return bytes;
    ++*count;
    return bytes + rest.bytes;
}

/* STATUS_OK: a block; STATUS_BUDGET: look again; STATUS_UNAVAILABLE: more has to be read first. */
static enum status
cut(struct cutter *cutter, struct block *block)
{
    uint32_t count = 0;
    size_t bytes = records_whole(&cutter->form, front(cutter), cutter->options.block_bytes,
                                 cutter->options.max_block_records, &count);
    size_t most = cutter->options.max_record_bytes + 2;
    bool open = false;

    if (bytes == 0 && (cutter->ended ? available(cutter) > 0 : available(cutter) > most)) {
        (void)record_length(&cutter->form, front(cutter), &open);
        if (cutter->ended && record_is_blank(front(cutter)) && cutter->form.format != ARCHIVE_TEXT) {
            consume(cutter, available(cutter));
            return STATUS_BUDGET;
        }
        return give_endless(cutter, open, block);
    }
    if (bytes > most && count == 1) {
        enum status status = give_refused(cutter, STATUS_TOO_LARGE, block);

        cutter->skipping = status != STATUS_NOT_FOUND;
        return status;
    }
    bytes = with_last(cutter, bytes, &count);
    if (bytes > 0 && bytes == available(cutter))
        bytes = without_last_blank(cutter, bytes, &count);
    if (bytes > 0)
        return give(cutter, bytes, count, block);
    if (!cutter->ended)
        return STATUS_UNAVAILABLE;
    consume(cutter, available(cutter)); /* the empty last line */
    return STATUS_BUDGET;
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

static bool
is_wanted(const struct cutter *cutter, enum archive_format by_name)
{
    return cutter->options.format != ARCHIVE_BY_NAME || by_name != ARCHIVE_BY_NAME || !cutter->part.is_found;
}

static bool
is_resumed(const struct cutter *cutter)
{
    const struct cut_place *start = cutter->options.start;

    return start != NULL && start->has_part && cutter->part.input == start->input &&
           cutter->part.member == start->member;
}

static enum status
begin_part(struct cutter *cutter, bool may_block)
{
    const struct cut_place *start = cutter->options.start;
    enum archive_format by_name;
    enum status status = source_next(cutter->source, may_block, &cutter->part);

    cutter->file_is_done = false;
    if (status == STATUS_INVALID) {
        note_damage(cutter);
        cutter->part_byte = 0;
        cutter->in_head = false;
        cutter->has_part = cutter->damaged = cutter->ended = true;
        return STATUS_BUDGET;
    }
    if (status != STATUS_OK)
        return status;
    by_name = format_of_name(cutter->part.name, &cutter->form.separator);
    if (start != NULL && start->has_part && cutter->part.input == start->input && cutter->part.member < start->member)
        return STATUS_BUDGET;
    if (!is_wanted(cutter, by_name)) {
        if (cutter->options.note != NULL)
            cutter->options.note(cutter->options.context, cutter_file(cutter), NULL);
        return STATUS_BUDGET;
    }
    cutter->form.format = cutter->options.format != ARCHIVE_BY_NAME ? cutter->options.format
                          : by_name != ARCHIVE_BY_NAME              ? by_name
                                                                    : ARCHIVE_JSONL;
    cutter->form.charset = CHARSET_UTF8;
    buffer_clear(&cutter->header);
    cutter->has_part = cutter->in_head = cutter->is_sample = true;
    cutter->charset_known = cutter->ended = cutter->skipping = cutter->damaged = false;
    cutter->part_byte = cutter->skip_bytes = 0;
    if (is_resumed(cutter))
        cutter->skip_bytes = start->part_byte;
    return STATUS_BUDGET;
}

static void
choose_separator(struct cutter *cutter)
{
    struct slice all = front(cutter);
    const uint8_t *end = memchr(all.data, '\n', all.bytes);
    size_t bytes = end != NULL ? (size_t)(end - all.data) : all.bytes;
    bool is_tabbed = memchr(all.data, '\t', bytes) != NULL && memchr(all.data, ',', bytes) == NULL;

    if (cutter->options.separator != 0)
        cutter->form.separator = cutter->options.separator;
    else if (cutter->form.separator == 0)
        cutter->form.separator = is_tabbed ? '\t' : ',';
}

static uint64_t
head_hash(const struct cutter *cutter, struct slice head)
{
    return hash_fast(head) ^
           ((uint64_t)cutter->form.format << 32 | (uint64_t)cutter->form.charset << 8 | cutter->form.separator);
}

/* What was said before about the part that an earlier run left. */
static void
resume_part(struct cutter *cutter)
{
    const struct cut_place *start = cutter->options.start;

    if (start->charset > 0) {
        cutter->form.charset = (enum charset)(start->charset - 1);
        cutter->charset_known = true;
    }
    cutter->byte = start->byte - start->part_byte + cutter->part_byte;
    cutter->skipping = start->is_skipping;
}

/* The head of the part: a block when it has one that is wanted, else STATUS_BUDGET. */
static enum status
give_head(struct cutter *cutter, size_t header_from, size_t bytes, struct block *block)
{
    struct slice head = {cutter->data + cutter->start, bytes};
    uint64_t hash;
    bool was_first = cutter->is_first;

    if (cutter->form.format == ARCHIVE_TABLE && !cutter->options.no_header)
        buffer_append(&cutter->header, head.data + header_from, bytes - header_from);
    hash = head_hash(cutter, head);
    cutter->in_head = cutter->is_first = false;
    if (was_first)
        cutter->first_head = hash;
    if (cutter->options.one_head && cutter->first_head != hash)
        return STATUS_INVALID;
    *block = (struct block){.form = cutter->form,
                            .first_record = cutter->record,
                            .first_byte = cutter->byte,
                            .is_head = true,
                            .bytes = head};
    block->form.header = buffer_slice(&cutter->header);
    consume(cutter, bytes);
    if (is_resumed(cutter))
        resume_part(cutter);
    block->end = place_now(cutter);
    if ((bytes == 0 && !(was_first && cutter->form.charset > CHARSET_UTF8)) || !was_first ||
        cutter->part.place < cutter->options.from || cutter->part.place >= cutter->options.to)
        return STATUS_BUDGET;
    return cutter->header.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status
cut_head(struct cutter *cutter, struct block *block)
{
    size_t mark = 0, from = 0, to = 0;
    bool is_table = cutter->form.format == ARCHIVE_TABLE;
    bool is_last = cutter->ended || available(cutter) > cutter->options.max_record_bytes;

    if (!cutter->ended && available(cutter) < MARK_BYTES &&
        (available(cutter) == 0 || memcmp(front(cutter).data, MARK, available(cutter)) == 0))
        return STATUS_UNAVAILABLE;
    if (available(cutter) >= MARK_BYTES && memcmp(front(cutter).data, MARK, MARK_BYTES) == 0)
        mark = MARK_BYTES;
    if (is_table)
        choose_separator(cutter);
    to = mark;
    if (is_table && !cutter->options.no_header && !head_find(&cutter->form, front(cutter), mark, is_last, &from, &to))
        return STATUS_UNAVAILABLE;
    cutter->form.charset = source_charset(cutter->source);
    cutter->charset_known = cutter->form.charset != CHARSET_UTF8;
    if (mark > 0) {
        cutter->form.charset = CHARSET_UTF8_BOM;
        cutter->charset_known = true;
    }
    learn_charset(cutter, front(cutter));
    return give_head(cutter, from, to < mark ? mark : to, block);
}

static enum status
end_part(struct cutter *cutter, struct block *block)
{
    if (cutter->damaged) {
        cutter->damaged = false;
        cutter->file_is_done = true;
        return give_refused(cutter, STATUS_INVALID, block);
    }
    cutter->has_part = cutter->skipping = false;
    return STATUS_BUDGET;
}

/* Leaves out what an earlier run has given. */
static bool
skip_given(struct cutter *cutter)
{
    uint64_t left = cutter->skip_bytes > cutter->part_byte ? cutter->skip_bytes - cutter->part_byte : 0;

    if (left == 0 || cutter->in_head)
        return false;
    consume(cutter, left < available(cutter) ? (size_t)left : available(cutter));
    return left > 0 && available(cutter) == 0;
}

/* --- the next block ----------------------------------------------------------------------------------------------- */

/* STATUS_OK: a block. STATUS_BUDGET: something was read or closed, look again. */
static enum status
step(struct cutter *cutter, bool may_block, struct block *block)
{
    enum status status = STATUS_UNAVAILABLE;

    if (!cutter->has_part)
        return begin_part(cutter, may_block);
    if (cutter->in_head && !cutter->damaged) {
        if (available(cutter) > 0 || cutter->ended)
            status = cut_head(cutter, block);
    } else if (!skip_given(cutter)) {
        if (cutter->skipping && available(cutter) > 0)
            skip_record(cutter);
        if (available(cutter) == 0 && cutter->ended)
            return end_part(cutter, block);
        if (!cutter->skipping &&
            (cutter->ended || available(cutter) >= cutter->options.block_bytes || !source_is_ready(cutter->source)))
            status = cut(cutter, block);
    } else if (cutter->ended) {
        return end_part(cutter, block);
    }
    if (status != STATUS_UNAVAILABLE)
        return status;
    if (!may_block && !source_is_ready(cutter->source))
        return STATUS_UNAVAILABLE;
    status = read_more(cutter);
    return status == STATUS_OK ? STATUS_BUDGET : status;
}

enum status
cutter_next(struct cutter *cutter, bool may_block, struct block *block_out)
{
    enum status status;

    do
        status = step(cutter, may_block, block_out);
    while (status == STATUS_BUDGET);
    return status;
}
