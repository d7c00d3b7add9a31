/* tune/bench_corpus.h - the texts of a bench: read once, kept in memory, the same for every ruleset.
 *
 * Threads: one owner. Errors: STATUS_IO (errno kept), STATUS_INVALID = no such column; both fill `fault`.
 * Privacy: bench_corpus_fini wipes what was kept.
 */
#ifndef TUNE_BENCH_CORPUS_H
#define TUNE_BENCH_CORPUS_H

#include "archive/cutter.h"
#include "archive/reader.h"
#include "base/fault.h"
#include "base/hash.h"

struct bench_text {
    struct slice text;  /* with its label, where it has one */
    struct slice id;    /* a JSON value: the record's, or its number in marks */
    struct slice marks; /* the JSON object that says what people think of the text (tune/gold.h); empty = nobody did */
    enum surface surface;
    enum direction direction;
};

struct bench_corpus {
    struct bench_text *items;
    size_t count;
    uint64_t records, refused; /* refused: not what its form says */
    size_t labelled;
    struct buffer list, bytes;
};

/* `format`, `separator` and `no_header` as in archive/run.h. */
struct bench_reading {
    const struct reading *reading;
    const struct inputs *inputs;
    enum archive_format format;
    uint8_t separator;
    bool no_header;
};

/* `corpus_out` is to be released with bench_corpus_fini, also after an error. */
STATUS_CHECKED enum status bench_corpus_read(const struct bench_reading *how, struct bench_corpus *corpus_out,
                                             struct fault *fault);
void bench_corpus_fini(struct bench_corpus *corpus);

/* Adds a text as a scanner is given it. */
void bench_text_hash(struct hasher *hasher, const struct bench_text *text);

#endif
