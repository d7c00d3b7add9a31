#include "text/tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mecab.h>

#include "base/assert.h"
#include "base/hash.h"
#include "text/borders.h"
#include "text/utf8.h"

#define CHUNK_BYTES 512
#define LONG_RUN_BYTES 64 /* ASCII without a space: a URL, a key, noise. MeCab is quadratic in it and adds nothing. */
#define LONG_RUN_FEATURE "名詞,一般,*,*,*,*,*"
#define VERSION_BYTES (HASH_HEX_BYTES + 32)
/* The lattice keeps the memory of the worst sentence it saw; now and then it is made anew. */
#define LATTICE_RUNS 4096

struct token_model {
    mecab_model_t *mecab;
    mecab_t *tagger; /* mecab_parse_lattice() does not change it */
    struct borders *borders;
    char version[VERSION_BYTES];
};

struct tokenizer {
    const struct token_model *model;
    mecab_lattice_t *lattice;
    unsigned runs;
    struct token *items; /* grows; holds no text */
    size_t count;
    size_t capacity;
    int64_t cost;                /* of the chunks so far */
    char chunk[CHUNK_BYTES + 1]; /* MeCab must own what it reads: it looks beyond the end of a slice */
};

/* --- model ---------------------------------------------------------------------------------------------------------
 */

static enum status
hash_open_file(struct hasher *hasher, int fd)
{
    struct stat facts;

    if (fstat(fd, &facts) != 0)
        return STATUS_IO;
    if (!S_ISREG(facts.st_mode) || facts.st_size <= 0)
        return STATUS_INVALID;
    size_t bytes = (size_t)facts.st_size;
    void *content = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0); /* 50 MB: not worth a copy */
    if (content == MAP_FAILED)
        return STATUS_IO;
    hasher_add(hasher, (struct slice){content, bytes});
    (void)munmap(content, bytes);
    return STATUS_OK;
}

static enum status
hash_file(struct hasher *hasher, const char *dir, const char *name)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
        return STATUS_INVALID;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO;
    hasher_add_text(hasher, name);
    enum status status = hash_open_file(hasher, fd);
    (void)close(fd);
    return status;
}

const char *const tokens_files[TOKENS_FILES] = {"sys.dic", "matrix.bin", "char.bin", "unk.dic", "dicrc"};

enum status
tokens_hash(const char *dictionary_dir, char hex_out[HASH_HEX_BYTES])
{
    struct hasher hasher;
    struct hash hash;
    enum status status = STATUS_OK;

    hasher_init(&hasher);
    for (size_t i = 0; status == STATUS_OK && i < TOKENS_FILES; i++)
        status = hash_file(&hasher, dictionary_dir, tokens_files[i]);
    hasher_finish(&hasher, &hash);
    hash_hex(&hash, hex_out);
    return status;
}

void
tokens_stamp(const char *dictionary_dir, struct hash *stamp_out)
{
    char path[PATH_MAX];
    struct hasher hasher;
    struct stat facts;

    hasher_init(&hasher);
    for (size_t i = 0; i < TOKENS_FILES; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", dictionary_dir, tokens_files[i]);
        if (stat(path, &facts) != 0)
            continue; /* a hash over fewer: another one */
        const int64_t parts[] = {(int64_t)i,           (int64_t)facts.st_dev, (int64_t)facts.st_ino,
                                 facts.st_size,        facts.st_mtim.tv_sec,  facts.st_mtim.tv_nsec,
                                 facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec};
        hasher_add(&hasher, (struct slice){(const uint8_t *)parts, sizeof(parts)});
    }
    hasher_finish(&hasher, stamp_out);
}

enum status
token_model_create(const char *dictionary_dir, struct token_model **model_out)
{
    const char *dir = dictionary_dir != NULL ? dictionary_dir : TOKENS_DICTIONARY;
    /* Named explicitly: the system's default dictionary changes when another package is installed. */
    char *arguments[] = {"filterd", "-r", "/dev/null", "-d", (char *)(uintptr_t)dir};
    struct token_model *model = calloc(1, sizeof(*model));

    if (model == NULL)
        return STATUS_NO_MEMORY;
    char hex[HASH_HEX_BYTES];
    enum status status = tokens_hash(dir, hex); /* first: MeCab does not tell a missing file from a bad one */
    if (status == STATUS_OK) {
        (void)snprintf(model->version, sizeof(model->version), "mecab %s dictionary %s", mecab_version(), hex);
        model->mecab = mecab_model_new(5, arguments);
        model->tagger = model->mecab != NULL ? mecab_model_new_tagger(model->mecab) : NULL;
        status = model->tagger != NULL ? STATUS_OK : STATUS_INVALID;
    }
    if (status == STATUS_OK)
        status = borders_create(dir, &model->borders);
    if (status != STATUS_OK) {
        token_model_destroy(&model);
        return status;
    }
    *model_out = model;
    return STATUS_OK;
}

void
token_model_destroy(struct token_model **model)
{
    if (model == NULL || *model == NULL)
        return;
    borders_destroy(&(*model)->borders);
    if ((*model)->tagger != NULL)
        mecab_destroy((*model)->tagger);
    if ((*model)->mecab != NULL)
        mecab_model_destroy((*model)->mecab);
    free(*model);
    *model = NULL;
}

const char *
token_model_version(const struct token_model *model)
{
    return model->version;
}

enum status
tokenizer_create(const struct token_model *model, struct tokenizer **tokenizer_out)
{
    struct tokenizer *tokenizer = calloc(1, sizeof(*tokenizer));

    if (tokenizer == NULL)
        return STATUS_NO_MEMORY;
    tokenizer->model = model;
    tokenizer->lattice = mecab_model_new_lattice(model->mecab);
    if (tokenizer->lattice == NULL) {
        tokenizer_destroy(&tokenizer);
        return STATUS_NO_MEMORY;
    }
    *tokenizer_out = tokenizer;
    return STATUS_OK;
}

void
tokenizer_destroy(struct tokenizer **tokenizer)
{
    if (tokenizer == NULL || *tokenizer == NULL)
        return;
    if ((*tokenizer)->lattice != NULL)
        mecab_lattice_destroy((*tokenizer)->lattice);
    explicit_bzero((*tokenizer)->chunk, sizeof((*tokenizer)->chunk));
    free((*tokenizer)->items);
    free(*tokenizer);
    *tokenizer = NULL;
}

/* --- chunks --------------------------------------------------------------------------------------------------------
 */

enum script { SCRIPT_OTHER, SCRIPT_ASCII, SCRIPT_HIRAGANA, SCRIPT_KATAKANA, SCRIPT_KANJI };

static enum script
script_of(uint32_t code_point)
{
    if (code_point < 0x80)
        return SCRIPT_ASCII;
    if (code_point >= 0x3041 && code_point <= 0x309F)
        return SCRIPT_HIRAGANA;
    if (code_point >= 0x30A0 && code_point <= 0x30FF)
        return SCRIPT_KATAKANA;
    return code_point >= 0x3400 && code_point <= 0x9FFF ? SCRIPT_KANJI : SCRIPT_OTHER;
}

/* What MeCab skips. */
static bool
is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\v';
}

static bool
is_sentence_end(uint32_t code_point)
{
    return code_point == 0x3002 || code_point == 0xFF01 || code_point == 0xFF1F || code_point == '!' ||
           code_point == '?' || code_point == '\n';
}

/* Where the run of ASCII characters that are no space ends. */
static uint32_t
ascii_run_end(struct slice text, uint32_t at)
{
    while (at < text.bytes && text.data[at] < 0x80 && !is_space(text.data[at]))
        at++;
    return at;
}

/* Candidates for the end of a chunk, each the last one seen; 0 = none. */
struct cuts {
    uint32_t sentence;
    uint32_t word;   /* behind hiragana: most likely between words */
    uint32_t script; /* where the script changes */
    uint32_t any;
};

static uint32_t
best_cut(const struct cuts *cuts)
{
    if (cuts->sentence != 0)
        return cuts->sentence;
    if (cuts->word != 0)
        return cuts->word;
    return cuts->script != 0 ? cuts->script : cuts->any;
}

/* Where the chunk that begins at `start` (no space) ends: at two or more spaces, in front of a long ASCII run, at the
 * end of the text, or, when that is too far, at the best place before. */
static uint32_t
chunk_end(struct slice text, uint32_t start)
{
    struct cuts cuts = {0};
    enum script before = SCRIPT_OTHER;
    uint32_t at = start;

    while (at < text.bytes) {
        if (is_space(text.data[at]) && at + 1 < text.bytes && is_space(text.data[at + 1]))
            return at;
        unsigned length = utf8_length(text.data[at]);
        uint32_t code_point = utf8_decode(text.data + at, length);
        enum script script = script_of(code_point);
        if (script == SCRIPT_ASCII && before != SCRIPT_ASCII && at > start &&
            ascii_run_end(text, at) - at > LONG_RUN_BYTES) {
            return at;
        }
        if (at > start && script != before) {
            cuts.script = at;
            cuts.word = before == SCRIPT_HIRAGANA ? at : cuts.word;
        }
        if (at + length - start > CHUNK_BYTES)
            return best_cut(&cuts);
        at += length;
        cuts.any = at;
        cuts.sentence = is_sentence_end(code_point) ? at : cuts.sentence;
        before = is_space((uint8_t)code_point) && code_point < 0x80 ? SCRIPT_OTHER : script;
    }
    return at;
}

/* --- tokens --------------------------------------------------------------------------------------------------------
 */

static enum status
add_token(struct tokenizer *tokenizer, uint32_t start, uint32_t end, const char *feature)
{
    if (tokenizer->count == tokenizer->capacity) {
        size_t capacity = tokenizer->capacity > 0 ? 2 * tokenizer->capacity : 64;
        struct token *items = realloc(tokenizer->items, capacity * sizeof(*items));
        if (items == NULL)
            return STATUS_NO_MEMORY;
        tokenizer->items = items;
        tokenizer->capacity = capacity;
    }
    tokenizer->items[tokenizer->count++] = (struct token){{start, end}, feature};
    return STATUS_OK;
}

static bool
is_all_space(struct slice text, uint32_t start, uint32_t end)
{
    while (start < end && is_space(text.data[start]))
        start++;
    return start == end;
}

/* Takes over the best path. Every byte must be in a token or be space: MeCab has ended early and said "success". */
static enum status
take_path(struct tokenizer *tokenizer, struct slice text, uint32_t start, uint32_t end)
{
    uint32_t covered = start;

    for (const mecab_node_t *node = mecab_lattice_get_bos_node(tokenizer->lattice); node != NULL; node = node->next) {
        if (node->stat == MECAB_BOS_NODE || node->stat == MECAB_EOS_NODE) {
            tokenizer->cost += node->cost; /* of the way up to here: nothing yet at the begin */
            continue;
        }
        ASSERT(node->surface >= tokenizer->chunk);
        uint32_t token_start = start + (uint32_t)(node->surface - tokenizer->chunk);
        uint32_t token_end = token_start + node->length;
        if (node->length == 0 || token_start < covered || token_end > end || !is_all_space(text, covered, token_start))
            return STATUS_INTERNAL;
        /* The feature stands in the dictionary, which MeCab has mapped. */
        if (add_token(tokenizer, token_start, token_end, node->feature) != STATUS_OK)
            return STATUS_NO_MEMORY;
        covered = token_end;
    }
    return is_all_space(text, covered, end) ? STATUS_OK : STATUS_INTERNAL;
}

static enum status
parse_chunk(struct tokenizer *tokenizer, struct slice text, uint32_t start, uint32_t end)
{
    size_t bytes = end - start;

    while (bytes > 0 && is_space(text.data[start + bytes - 1]))
        bytes--; /* with space at the end MeCab reads what lies behind */
    ASSERT(bytes > 0 && bytes <= CHUNK_BYTES);
    memcpy(tokenizer->chunk, text.data + start, bytes);
    tokenizer->chunk[bytes] = '\0';
    borders_prefetch(tokenizer->model->borders, (struct slice){text.data + start, bytes});
    mecab_lattice_set_sentence2(tokenizer->lattice, tokenizer->chunk, bytes);
    enum status status = STATUS_INTERNAL;
    if (mecab_parse_lattice(tokenizer->model->tagger, tokenizer->lattice) != 0)
        status = take_path(tokenizer, text, start, start + (uint32_t)bytes);
    mecab_lattice_clear(tokenizer->lattice);
    explicit_bzero(tokenizer->chunk, bytes);
    return status;
}

static enum status
tokenize(struct tokenizer *tokenizer, struct slice text)
{
    enum status status = STATUS_OK;

    for (uint32_t at = 0; status == STATUS_OK && at < text.bytes;) {
        if (is_space(text.data[at])) {
            at++;
            continue;
        }
        uint32_t end = ascii_run_end(text, at);
        if (end - at > LONG_RUN_BYTES) {
            status = add_token(tokenizer, at, end, LONG_RUN_FEATURE);
        } else {
            end = chunk_end(text, at);
            status = parse_chunk(tokenizer, text, at, end);
        }
        at = end;
    }
    return status;
}

static enum status
renew_lattice(struct tokenizer *tokenizer)
{
    if (++tokenizer->runs < LATTICE_RUNS)
        return STATUS_OK;
    mecab_lattice_t *fresh = mecab_model_new_lattice(tokenizer->model->mecab);
    if (fresh == NULL)
        return STATUS_NO_MEMORY;
    mecab_lattice_destroy(tokenizer->lattice);
    tokenizer->lattice = fresh;
    tokenizer->runs = 0;
    return STATUS_OK;
}

enum status
tokenizer_run(struct tokenizer *tokenizer, struct arena *arena, struct slice text, struct tokens *tokens_out)
{
    enum status status = renew_lattice(tokenizer);

    tokenizer->count = 0;
    tokenizer->cost = 0;
    if (status == STATUS_OK)
        status = tokenize(tokenizer, text);
    if (status != STATUS_OK)
        return status;
    struct token *items = arena_alloc_array(arena, tokenizer->count, sizeof(*items));
    if (items == NULL)
        return STATUS_TOO_LARGE;
    if (tokenizer->count > 0)
        memcpy(items, tokenizer->items, tokenizer->count * sizeof(*items));
    *tokens_out = (struct tokens){items, tokenizer->count, tokenizer->cost};
    return STATUS_OK;
}

bool
tokenizer_is_border(const struct tokenizer *tokenizer, struct slice text, uint32_t from, uint32_t at)
{
    return borders_is_sure(tokenizer->model->borders, text, from, at);
}

const char *
token_reading(const char *feature)
{
    for (unsigned field = 0; field < 7; field++) { /* it is the eighth */
        feature = strchr(feature, ',');
        if (!feature)
            return NULL;
        feature++;
    }
    return feature;
}

size_t
tokens_first_behind(const struct tokens *tokens, uint32_t byte)
{
    size_t low = 0;
    size_t high = tokens->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tokens->items[middle].span.end > byte)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool
tokens_boundary_at(const struct tokens *tokens, uint32_t byte)
{
    size_t index = tokens_first_behind(tokens, byte);
    return index == tokens->count || tokens->items[index].span.start >= byte;
}
