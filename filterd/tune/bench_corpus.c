#include "tune/bench_corpus.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive/rows.h"
#include "archive/run.h"
#include "tune/gold.h"

#define BLOCK_BYTES (60u << 10)
#define MAX_BLOCK_RECORDS 4096

/* What the slices of a text are made of, until all bytes have their place. */
struct place {
    size_t at, text_bytes, id_bytes, marks_bytes;
    enum surface surface;
    enum direction direction;
};

struct filling {
    struct bench_corpus *corpus;
    struct reader *reader;
    const struct cutter *cutter;
    struct fault *fault;
};

/* --- texts -------------------------------------------------------------------------------------------------------- */

/* A record with one text that says what people think of it. */
static bool
has_marks(const struct reader *reader, const struct record_form *form, struct slice record)
{
    struct gold gold;

    return form->format == ARCHIVE_JSONL && reader->text_count == 1 && gold_read(record, &gold) == STATUS_OK &&
           (gold.has_spans || gold.label != ACTION_NONE);
}

static void
keep_text(struct filling *filling, const struct text *text, struct slice marks)
{
    struct bench_corpus *corpus = filling->corpus;
    struct buffer *bytes = &corpus->bytes;
    struct slice id = text->id.bytes > 0 ? text->id : filling->reader->id;
    struct place place = {.at = bytes->bytes, .surface = text->surface, .direction = text->direction};

    buffer_append(bytes, text->label.data, text->label.bytes);
    buffer_append(bytes, text->value.data, text->value.bytes);
    place.text_bytes = bytes->bytes - place.at;
    if (id.bytes > 0)
        buffer_append(bytes, id.data, id.bytes);
    else
        buffer_appendf(bytes, "\"%" PRIu64 "\"", corpus->records - 1);
    place.id_bytes = bytes->bytes - place.at - place.text_bytes;
    buffer_append(bytes, marks.data, marks.bytes);
    place.marks_bytes = marks.bytes;
    corpus->labelled += marks.bytes > 0;
    buffer_append(&corpus->list, &place, sizeof place);
}

static void
take_record(struct filling *filling, const struct record_form *form, struct slice record)
{
    struct reader *reader = filling->reader;
    struct slice marks = {0};

    filling->corpus->records++;
    if (reader_take(reader, form, record) != STATUS_OK) {
        filling->corpus->refused++;
        return;
    }
    if (has_marks(reader, form, record))
        marks = record;
    for (size_t i = 0; i < reader->text_count; i++)
        if (reader->texts[i].value.bytes > 0)
            keep_text(filling, &reader->texts[i], marks);
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static enum status
take_block(struct filling *filling, const struct block *block)
{
    struct slice rest = block->bytes, record;

    if (block->form.format == ARCHIVE_TABLE && reader_use(filling->reader, &block->form) == STATUS_NOT_FOUND) {
        const struct fields *fields = &filling->reader->reading->fields;

        reader_explain_columns(filling->reader, cutter_file(filling->cutter),
                               fields->list[filling->reader->missing].name, filling->fault);
        return STATUS_INVALID;
    }
    if (block->refused != STATUS_OK)
        filling->corpus->records++, filling->corpus->refused++;
    while (!block->is_head && record_next(&block->form, &rest, &record))
        take_record(filling, &block->form, row_content(record));
    return filling->corpus->bytes.failed || filling->corpus->list.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status
place_texts(struct bench_corpus *corpus)
{
    const struct place *places = (const void *)corpus->list.data;

    corpus->count = corpus->list.bytes / sizeof *places;
    corpus->items = calloc(corpus->count + 1, sizeof *corpus->items);
    if (corpus->items == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < corpus->count; i++) {
        const struct place *place = &places[i];
        const uint8_t *at = corpus->bytes.data + place->at;

        corpus->items[i] = (struct bench_text){
            .text = {at, place->text_bytes},
            .id = {at + place->text_bytes, place->id_bytes},
            .marks = {at + place->text_bytes + place->id_bytes, place->marks_bytes},
            .surface = place->surface,
            .direction = place->direction,
        };
    }
    return STATUS_OK;
}

enum status
bench_corpus_read(const struct bench_reading *how, struct bench_corpus *corpus_out, struct fault *fault)
{
    struct cutter_options cutting = {.inputs = how->inputs,
                                     .format = how->format,
                                     .separator = how->separator,
                                     .no_header = how->no_header,
                                     .block_bytes = BLOCK_BYTES,
                                     .max_record_bytes = archive_max_record_bytes(SCANNER_DEFAULT_MAX_TEXT_BYTES),
                                     .max_block_records = MAX_BLOCK_RECORDS};
    struct filling filling = {.corpus = corpus_out, .fault = fault};
    struct cutter *cutter = NULL;
    struct block block;
    enum status status;

    *corpus_out = (struct bench_corpus){0};
    buffer_init(&corpus_out->list);
    buffer_init(&corpus_out->bytes);
    status = reader_create(how->reading, &filling.reader);
    if (status == STATUS_OK)
        status = cutter_create(&cutting, &cutter);
    filling.cutter = cutter;
    while (status == STATUS_OK && (status = cutter_next(cutter, true, &block)) == STATUS_OK)
        status = take_block(&filling, &block);
    if (status == STATUS_IO)
        fault_set(fault, cutter_file(cutter), 0, 0, NULL, NULL, strerror(errno), NULL);
    if (status == STATUS_NOT_FOUND)
        status = place_texts(corpus_out);
    cutter_destroy(&cutter);
    reader_destroy(&filling.reader);
    return status;
}

void
bench_corpus_fini(struct bench_corpus *corpus)
{
    free(corpus->items);
    buffer_fini(&corpus->list);
    buffer_fini(&corpus->bytes);
    *corpus = (struct bench_corpus){0};
}

void
bench_text_hash(struct hasher *hasher, const struct bench_text *text)
{
    const uint8_t place[] = {(uint8_t)text->surface, (uint8_t)text->direction};

    hasher_add(hasher, text->text);
    hasher_add(hasher, (struct slice){place, sizeof place});
}
