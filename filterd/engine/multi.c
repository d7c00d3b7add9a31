/* engine/multi.c - the only file that knows Hyperscan. */
#include "engine/multi.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <hs/hs.h>

#include "base/table.h"

#define PATTERN_MAX_CHARS 16000 /* Hyperscan's own limit, met by our words */
#define ESCAPED_BYTE_CHARS 4    /* \xNN */

/* A saved database starts with this, so that the database of an empty set has a form too. Each part follows its length
 * of 8 bytes, least significant first. */
#define SAVED_MAGIC "filterd-multi-2\n"
#define SAVED_MAGIC_BYTES (sizeof(SAVED_MAGIC) - 1)
#define SAVED_LENGTH_BYTES 8

/* Up to so many literals Hyperscan matches with masks in a few cache lines (Teddy), above with a table of 80 KiB and
 * more (FDR). One table is faster while it stays in the cache; a city's is cold whenever its turn comes. With 100
 * literals each of 1,741 cities, a message cost 950 ns of a table and 190 ns of two parts. */
#define PART_LITERALS 64
#define MAX_PARTS 8

struct multi {
    hs_database_t *parts[MAX_PARTS];
    unsigned part_count; /* 0: the empty set, which never matches */
};

struct multi_scratch {
    hs_scratch_t *scratch; /* NULL until the first grow */
};

/* What hs_compile_multi takes, as parallel arrays: the expressions from `first` on. */
struct set {
    const char *const *expressions;
    unsigned *flags;
    unsigned *ids;
    size_t first;
    size_t count;
};

static enum status
status_of(hs_error_t error)
{
    if (error == HS_SUCCESS)
        return STATUS_OK;
    return error == HS_NOMEM ? STATUS_NO_MEMORY : STATUS_INTERNAL;
}

static enum status
multi_create(struct multi **multi_out)
{
    *multi_out = calloc(1, sizeof **multi_out);
    return *multi_out ? STATUS_OK : STATUS_NO_MEMORY;
}

void
multi_destroy(struct multi **multi)
{
    if (!*multi)
        return;
    for (unsigned i = 0; i < (*multi)->part_count; i++)
        hs_free_database((*multi)->parts[i]);
    free(*multi);
    *multi = NULL;
}

/* Hands out what was built, or destroys it. */
static enum status
multi_finish(enum status status, struct multi *multi, struct multi **multi_out)
{
    if (status == STATUS_OK)
        *multi_out = multi;
    else
        multi_destroy(&multi);
    return status;
}

/* --- compiling -------------------------------------------------------------------------------------------------- */

static void
set_reason(char reason[256], const char *words)
{
    if (reason)
        snprintf(reason, 256, "%s", words);
}

static enum status
compile_set(const struct set *set, struct multi *multi, size_t *bad_out, char reason[256])
{
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;

    if (set->first + set->count > UINT32_MAX)
        return STATUS_TOO_LARGE;
    if (hs_valid_platform() != HS_SUCCESS)
        return STATUS_INTERNAL;
    hs_error_t answer = hs_compile_multi(set->expressions + set->first, set->flags, set->ids, (unsigned)set->count,
                                         HS_MODE_BLOCK, NULL, &database, &error);
    if (answer == HS_SUCCESS) {
        multi->parts[multi->part_count++] = database;
        return STATUS_OK;
    }
    if (answer != HS_COMPILER_ERROR)
        return status_of(answer);
    *bad_out = set->first + (error && error->expression >= 0 ? (size_t)error->expression : set->count);
    set_reason(reason, error ? error->message : "does not compile");
    hs_free_compile_error(error);
    return STATUS_INVALID;
}

/* Compiles the expressions from `first` to before `end` as one more part. */
static enum status
compile_part(const char *const *expressions, size_t first, size_t end, unsigned flag, struct multi *multi,
             size_t *bad_out, char reason[256])
{
    enum status status = STATUS_NO_MEMORY;
    size_t count = end - first;
    struct set set = {expressions, calloc(count, sizeof *set.flags), calloc(count, sizeof *set.ids), first, count};

    if (set.flags && set.ids) {
        for (size_t i = 0; i < count; i++) {
            set.flags[i] = flag;
            set.ids[i] = (unsigned)(first + i);
        }
        status = compile_set(&set, multi, bad_out, reason);
    }
    free(set.flags);
    free(set.ids);
    return status;
}

static enum status
check_literals(const struct slice *literals, size_t count, size_t *bad_out)
{
    struct table *seen = NULL;
    enum status status = table_create(count, &seen);

    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        bool fits = literals[i].bytes > 0 && literals[i].bytes * ESCAPED_BYTE_CHARS <= PATTERN_MAX_CHARS;
        status = fits ? table_put(seen, literals[i], (uint32_t)i) : STATUS_INVALID;
        if (status == STATUS_INVALID)
            *bad_out = i;
    }
    table_destroy(&seen);
    return status;
}

static char *
escape_literal(char *out, struct slice literal)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < literal.bytes; i++) {
        *out++ = '\\';
        *out++ = 'x';
        *out++ = digits[literal.data[i] >> 4];
        *out++ = digits[literal.data[i] & 15];
    }
    *out++ = '\0';
    return out;
}

/* Escapes all into `*text_out`; both results are the caller's to free. */
static const char **
escape_literals(const struct slice *literals, size_t count, char **text_out)
{
    size_t chars = 0;
    for (size_t i = 0; i < count; i++)
        chars += literals[i].bytes * ESCAPED_BYTE_CHARS + 1;

    const char **expressions = calloc(count, sizeof *expressions);
    char *text = malloc(chars);
    *text_out = text;
    if (!expressions || !text) {
        free(expressions);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        expressions[i] = text;
        text = escape_literal(text, literals[i]);
    }
    return expressions;
}

static enum status
compile_literal_parts(const char *const *expressions, size_t count, struct multi *multi, size_t *bad_out)
{
    size_t parts = count <= PART_LITERALS * MAX_PARTS ? (count + PART_LITERALS - 1) / PART_LITERALS : 1;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < parts && status == STATUS_OK; i++)
        status = compile_part(expressions, count * i / parts, count * (i + 1) / parts, 0, multi, bad_out, NULL);
    return status;
}

enum status
multi_compile_literals(const struct slice *literals, size_t count, struct multi **multi_out, size_t *bad_out)
{
    struct multi *multi = NULL;
    enum status status = check_literals(literals, count, bad_out);
    if (status == STATUS_OK)
        status = multi_create(&multi);
    if (status == STATUS_OK && count > 0) {
        char *text = NULL;
        const char **expressions = escape_literals(literals, count, &text);
        status = expressions ? compile_literal_parts(expressions, count, multi, bad_out) : STATUS_NO_MEMORY;
        free(expressions);
        free(text);
    }
    return multi_finish(status, multi, multi_out);
}

/* Our words for what Hyperscan refuses with confusing ones, or accepts and must not. NULL = fine. */
static const char *
pattern_objection(const char *pattern)
{
    if (strlen(pattern) > PATTERN_MAX_CHARS)
        return "the pattern is longer than 16,000 bytes";
    if (strchr(pattern, 0x7f))
        return "write the character DEL as \\x7f";
    return NULL;
}

static enum status
check_pattern(const char *pattern, char reason[256])
{
    const char *objection = pattern_objection(pattern);
    if (objection) {
        set_reason(reason, objection);
        return STATUS_INVALID;
    }

    hs_expr_info_t *info = NULL;
    hs_compile_error_t *error = NULL;
    enum status status = STATUS_OK;
    hs_error_t answer = hs_expression_info(pattern, HS_FLAG_UTF8, &info, &error);
    if (answer == HS_COMPILER_ERROR) {
        status = STATUS_INVALID;
        set_reason(reason, error ? error->message : "does not compile");
    } else if (answer != HS_SUCCESS) {
        status = status_of(answer);
    } else if (info->min_width == 0) {
        status = STATUS_INVALID;
        set_reason(reason, "the pattern matches the empty string");
    }
    hs_free_compile_error(error);
    free(info);
    return status;
}

static enum status
check_patterns(const char *const *patterns, size_t count, size_t *bad_out, char reason[256])
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = check_pattern(patterns[i], reason);
        if (status == STATUS_INVALID)
            *bad_out = i;
    }
    return status;
}

enum status
multi_compile_patterns(const char *const *patterns, size_t count, struct multi **multi_out, size_t *bad_out,
                       char reason[256])
{
    struct multi *multi = NULL;
    enum status status = check_patterns(patterns, count, bad_out, reason);
    if (status == STATUS_OK)
        status = multi_create(&multi);
    if (status == STATUS_OK && count > 0)
        status = compile_part(patterns, 0, count, HS_FLAG_UTF8, multi, bad_out, reason);
    return multi_finish(status, multi, multi_out);
}

/* --- saving ----------------------------------------------------------------------------------------------------- */

static enum status
save_part(const hs_database_t *database, struct buffer *out)
{
    char *bytes = NULL;
    size_t length = 0;
    enum status status = status_of(hs_serialize_database(database, &bytes, &length));

    if (status != STATUS_OK)
        return status;
    for (unsigned i = 0; i < SAVED_LENGTH_BYTES; i++)
        buffer_append_byte(out, (uint8_t)((uint64_t)length >> (8 * i)));
    buffer_append(out, bytes, length);
    free(bytes);
    return STATUS_OK;
}

enum status
multi_save(const struct multi *multi, struct buffer *out)
{
    enum status status = STATUS_OK;

    buffer_append(out, SAVED_MAGIC, SAVED_MAGIC_BYTES);
    for (unsigned i = 0; i < multi->part_count && status == STATUS_OK; i++)
        status = save_part(multi->parts[i], out);
    if (status == STATUS_OK && out->failed)
        status = STATUS_NO_MEMORY;
    return status;
}

/* Takes the next part off `saved`. */
static enum status
load_part(struct slice *saved, struct multi *multi)
{
    uint64_t length = 0;

    if (saved->bytes < SAVED_LENGTH_BYTES || multi->part_count == MAX_PARTS)
        return STATUS_INVALID;
    for (unsigned i = 0; i < SAVED_LENGTH_BYTES; i++)
        length |= (uint64_t)saved->data[i] << (8 * i);
    *saved = (struct slice){saved->data + SAVED_LENGTH_BYTES, saved->bytes - SAVED_LENGTH_BYTES};
    if (length > saved->bytes)
        return STATUS_INVALID;

    /* Hyperscan copies into memory of its own, aligned as it needs; the source may lie anywhere. */
    hs_error_t answer =
        hs_deserialize_database((const char *)saved->data, (size_t)length, &multi->parts[multi->part_count]);
    if (answer != HS_SUCCESS)
        return answer == HS_NOMEM ? STATUS_NO_MEMORY : STATUS_INVALID;
    multi->part_count++;
    *saved = (struct slice){saved->data + length, saved->bytes - (size_t)length};
    return STATUS_OK;
}

enum status
multi_load(struct slice saved, struct multi **multi_out)
{
    struct multi *multi = NULL;

    if (saved.bytes < SAVED_MAGIC_BYTES || memcmp(saved.data, SAVED_MAGIC, SAVED_MAGIC_BYTES) != 0)
        return STATUS_INVALID;
    if (hs_valid_platform() != HS_SUCCESS)
        return STATUS_INTERNAL;
    saved = (struct slice){saved.data + SAVED_MAGIC_BYTES, saved.bytes - SAVED_MAGIC_BYTES};
    enum status status = multi_create(&multi);
    while (status == STATUS_OK && saved.bytes > 0)
        status = load_part(&saved, multi);
    return multi_finish(status, multi, multi_out);
}

size_t
multi_database_bytes(const struct multi *multi)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < multi->part_count; i++) {
        size_t part = 0;
        if (hs_database_size(multi->parts[i], &part) == HS_SUCCESS)
            bytes += part;
    }
    return bytes;
}

/* --- scanning --------------------------------------------------------------------------------------------------- */

enum status
multi_scratch_create(struct multi_scratch **scratch_out)
{
    struct multi_scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch)
        return STATUS_NO_MEMORY;
    *scratch_out = scratch;
    return STATUS_OK;
}

enum status
multi_scratch_grow(struct multi_scratch *scratch, const struct multi *multi)
{
    enum status status = STATUS_OK;
    for (unsigned i = 0; i < multi->part_count && status == STATUS_OK; i++)
        status = status_of(hs_alloc_scratch(multi->parts[i], &scratch->scratch));
    return status;
}

void
multi_scratch_destroy(struct multi_scratch **scratch)
{
    if (!*scratch)
        return;
    hs_free_scratch((*scratch)->scratch);
    free(*scratch);
    *scratch = NULL;
}

struct collection {
    struct multi_hit *hits;
    size_t max;
    size_t count;
};

static int
collect(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    struct collection *collection = context;
    (void)from;
    (void)flags;
    if (collection->count == collection->max)
        return 1; /* ends the scan: HS_SCAN_TERMINATED */
    collection->hits[collection->count++] = (struct multi_hit){id, (uint32_t)to};
    return 0;
}

enum status
multi_scan(const struct multi *multi, struct multi_scratch *scratch, struct slice text, struct multi_hit *hits,
           size_t max, size_t *count_out)
{
    struct collection collection = {hits, max, 0};

    if (text.bytes > UINT32_MAX)
        return STATUS_TOO_LARGE;
    for (unsigned i = 0; i < multi->part_count && text.bytes > 0; i++) {
        hs_error_t answer = hs_scan(multi->parts[i], (const char *)text.data, (unsigned)text.bytes, 0, scratch->scratch,
                                    collect, &collection);
        if (answer != HS_SUCCESS && answer != HS_SCAN_TERMINATED)
            return STATUS_INTERNAL;
        if (answer == HS_SCAN_TERMINATED) {
            *count_out = collection.count;
            return STATUS_BUDGET;
        }
    }
    *count_out = collection.count;
    return STATUS_OK;
}

const char *
multi_version(void)
{
    return hs_version();
}
