#include "corpus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/file.h"
#include "rules/topics.h"
#include "text/intake.h"
#include "text/view.h"

const char *const topic_words[TOPIC_LANES] = {"ILLEGAL",       "DEFAMATION", "POLITICS",       "RELIGION",
                                              "IP_RIGHTS",     "COMMERCIAL", "DISCRIMINATION", "PUBLIC_ORDER",
                                              "FALSE_RUMOR",   "PRIVACY",    "MALWARE",        "OBSCENE",
                                              "IMPERSONATION", "ABETMENT",   "HARMFUL_LINK",   "DANGER"};

int
topic_of(const char *word)
{
    for (int i = 0; i < TOPIC_LANES; i++)
        if (strcmp(word, topic_words[i]) == 0)
            return i;
    return word[0] == '~' ? NEAR : word[0] == '=' ? CALM : HARMLESS;
}

void *
need(void *memory)
{
    if (!memory) {
        fputs("no memory\n", stderr);
        exit(1);
    }
    return memory;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static size_t
characters_of(struct slice text, uint32_t *out)
{
    size_t count = 0;
    for (uint32_t at = 0; at < text.bytes;)
        out[count++] = topic_next(text.data, &at);
    return count;
}

/* Hashes of all grams, longest last at each position; returns how many. */
static size_t
hash_grams(const uint32_t *characters, size_t count, uint64_t *out)
{
    size_t grams = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = TOPIC_HASH_START;
        for (size_t n = 0; n < TOPIC_GRAM_MAX && i + n < count && characters[i + n] != TOPIC_OPAQUE; n++) {
            hash = topic_hash(hash, characters[i + n]);
            out[grams++] = hash;
        }
    }
    return grams;
}

struct raw {
    uint64_t *hashes;
    size_t count;
};

static struct raw *raws;

static float
gate_length(size_t bytes)
{
    size_t length = bytes < GATE_BYTES ? GATE_BYTES : bytes < TOPIC_GATE_MOST_BYTES ? bytes : TOPIC_GATE_MOST_BYTES;
    return sqrtf((float)length / GATE_BYTES);
}

static void
add_line(struct corpus *corpus, const struct view_tables *tables, struct arena *arena, char *line)
{
    char *fields[4] = {line};
    for (int i = 1; i < 4; i++) {
        fields[i] = strchr(fields[i - 1], '\t');
        *fields[i]++ = 0;
    }
    struct slice plain, skeleton;
    arena_reset(arena);
    if (view_fold_literal(tables, arena, slice_of(fields[3]), &plain, &skeleton) != STATUS_OK)
        return;
    if (corpus->count == corpus->capacity) {
        corpus->capacity = corpus->capacity ? corpus->capacity * 2 : 1 << 16;
        corpus->texts = need(realloc(corpus->texts, corpus->capacity * sizeof *corpus->texts));
        raws = need(realloc(raws, corpus->capacity * sizeof *raws));
    }
    uint32_t *characters = need(malloc((skeleton.bytes + 1) * sizeof *characters));
    uint64_t *hashes = need(malloc((skeleton.bytes + 1) * TOPIC_GRAM_MAX * sizeof *hashes));
    size_t count = characters_of(skeleton, characters), grams = hash_grams(characters, count, hashes);
    struct text text = {
        .label = (int8_t)topic_of(fields[0]),
        .fold = (int8_t)(fields[2][0] - '0'),
        .is_measured = fields[1][0] == 'm',
        .is_held = fields[1][0] == 'h',
        .is_short = skeleton.bytes < JUDGED_BYTES,
        .norm = topic_root((uint64_t)grams * TOPIC_NORM * TOPIC_NORM),
        .cell_count = count ? (uint32_t)count - 1 : 0,
        .gate_length = gate_length(skeleton.bytes),
    };
    text.cells = need(malloc((count + 1) * sizeof *text.cells));
    for (size_t i = 0; i + 1 < count; i++)
        text.cells[i] = (uint16_t)topic_gate_cell(characters[i], characters[i + 1]);
    free(characters);
    raws[corpus->count] = (struct raw){hashes, grams};
    corpus->texts[corpus->count++] = text;
}

void
corpus_read(const char *path, struct corpus *corpus)
{
    struct buffer file;
    struct arena *arena;
    struct view_tables *tables;
    buffer_init(&file);
    if (file_read(path, 1u << 30, &file) != STATUS_OK || arena_create(64 << 20, &arena) != STATUS_OK ||
        view_tables_create(&tables) != STATUS_OK)
        exit(1);
    buffer_append_byte(&file, 0);
    for (char *line = (char *)file.data, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        add_line(corpus, tables, arena, line);
    }
    buffer_fini(&file);
    arena_destroy(&arena);
    view_tables_destroy(&tables);
}

/* --- which grams are known ---------------------------------------------------------------------------------------- */

struct count {
    uint64_t hash;
    uint32_t positive, all;
};

enum { COUNT_BITS = 25 };

static struct count *
counted(struct count *table, uint64_t hash)
{
    size_t at = (size_t)(hash * 0x9E3779B97F4A7C15u >> (64 - COUNT_BITS));
    while (table[at].all && table[at].hash != hash)
        at = (at + 1) & (((size_t)1 << COUNT_BITS) - 1);
    table[at].hash = hash;
    return &table[at];
}

/* A slot keeps the gram that occurs most among texts of a category (ties: the smaller hash). */
void
corpus_choose_grams(struct corpus *corpus, uint16_t *checks)
{
    struct count *table = need(calloc((size_t)1 << COUNT_BITS, sizeof *table));
    static uint32_t best[SLOTS];
    static uint64_t owner[SLOTS];
    for (size_t i = 0; i < corpus->count; i++)
        for (size_t j = 0; j < raws[i].count && !corpus->texts[i].is_measured && !corpus->texts[i].is_held; j++) {
            struct count *count = counted(table, raws[i].hashes[j]);
            count->all++;
            count->positive += corpus->texts[i].label != HARMLESS;
        }
    for (size_t i = 0; i < (size_t)1 << COUNT_BITS; i++) {
        uint32_t rank = table[i].positive * 4 + (table[i].all > 400 ? 400 : table[i].all) / 8;
        if (table[i].positive < 3 && table[i].all < 40)
            continue;
        uint32_t slot = topic_slot(table[i].hash, SLOTS);
        if (rank > best[slot] || (rank == best[slot] && table[i].hash < owner[slot])) {
            best[slot] = rank;
            owner[slot] = table[i].hash;
            checks[slot] = topic_check(table[i].hash);
        }
    }
    free(table);
    for (size_t i = 0; i < corpus->count; i++) {
        struct text *text = &corpus->texts[i];
        text->grams = need(malloc((raws[i].count + 1) * sizeof *text->grams));
        for (size_t j = 0; j < raws[i].count; j++) {
            uint32_t slot = topic_slot(raws[i].hashes[j], SLOTS);
            if (checks[slot] == topic_check(raws[i].hashes[j]))
                text->grams[text->gram_count++] = slot;
        }
        free(raws[i].hashes);
    }
}
