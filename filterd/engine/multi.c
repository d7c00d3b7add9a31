/* engine/multi.c - the only file that knows Hyperscan. */
#include "engine/multi.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <hs/hs.h>

#define PATTERN_MAX_CHARS 16000 /* Hyperscan's own limit, met by our words */

/* A saved database starts with this, so that the database of an empty set has a form too. */
#define SAVED_MAGIC "filterd-multi-3\n"
#define SAVED_MAGIC_BYTES (sizeof(SAVED_MAGIC) - 1)

struct multi {
    hs_database_t *database; /* NULL: the empty set, which never matches */
};

struct multi_scratch {
    hs_scratch_t *scratch; /* NULL until the first grow */
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
    hs_free_database((*multi)->database);
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
compile_set(const char *const *expressions, size_t count, const unsigned *flags, const unsigned *ids,
            struct multi *multi, size_t *bad_out, char reason[256])
{
    hs_compile_error_t *error = NULL;

    if (count > UINT32_MAX)
        return STATUS_TOO_LARGE;
    if (hs_valid_platform() != HS_SUCCESS)
        return STATUS_INTERNAL;
    hs_error_t answer =
        hs_compile_multi(expressions, flags, ids, (unsigned)count, HS_MODE_BLOCK, NULL, &multi->database, &error);
    if (answer != HS_COMPILER_ERROR)
        return status_of(answer);
    *bad_out = error && error->expression >= 0 ? (size_t)error->expression : count;
    set_reason(reason, error ? error->message : "does not compile");
    hs_free_compile_error(error);
    return STATUS_INVALID;
}

static enum status
compile(const char *const *expressions, size_t count, struct multi *multi, size_t *bad_out, char reason[256])
{
    unsigned *flags = calloc(count, sizeof *flags), *ids = calloc(count, sizeof *ids);
    enum status status = STATUS_NO_MEMORY;

    if (flags && ids) {
        for (size_t i = 0; i < count; i++) {
            flags[i] = HS_FLAG_UTF8;
            ids[i] = (unsigned)i;
        }
        status = compile_set(expressions, count, flags, ids, multi, bad_out, reason);
    }
    free(flags);
    free(ids);
    return status;
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
        status = compile(patterns, count, multi, bad_out, reason);
    return multi_finish(status, multi, multi_out);
}

/* --- saving ----------------------------------------------------------------------------------------------------- */

enum status
multi_save(const struct multi *multi, struct buffer *out)
{
    char *bytes = NULL;
    size_t length = 0;
    enum status status = STATUS_OK;

    buffer_append(out, SAVED_MAGIC, SAVED_MAGIC_BYTES);
    if (multi->database)
        status = status_of(hs_serialize_database(multi->database, &bytes, &length));
    if (status == STATUS_OK)
        buffer_append(out, bytes, length);
    free(bytes);
    return status == STATUS_OK && out->failed ? STATUS_NO_MEMORY : status;
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
    if (status == STATUS_OK && saved.bytes > 0) {
        /* Hyperscan copies into memory of its own, aligned as it needs; the source may lie anywhere. */
        hs_error_t answer = hs_deserialize_database((const char *)saved.data, saved.bytes, &multi->database);
        if (answer != HS_SUCCESS)
            status = answer == HS_NOMEM ? STATUS_NO_MEMORY : STATUS_INVALID;
    }
    return multi_finish(status, multi, multi_out);
}

size_t
multi_database_bytes(const struct multi *multi)
{
    size_t bytes = 0;
    return multi->database && hs_database_size(multi->database, &bytes) == HS_SUCCESS ? bytes : 0;
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
    return multi->database ? status_of(hs_alloc_scratch(multi->database, &scratch->scratch)) : STATUS_OK;
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
    hs_error_t answer = HS_SUCCESS;
    if (multi->database && text.bytes > 0)
        answer = hs_scan(multi->database, (const char *)text.data, (unsigned)text.bytes, 0, scratch->scratch, collect,
                         &collection);
    if (answer != HS_SUCCESS && answer != HS_SCAN_TERMINATED)
        return STATUS_INTERNAL;
    *count_out = collection.count;
    return answer == HS_SCAN_TERMINATED ? STATUS_BUDGET : STATUS_OK;
}

const char *
multi_version(void)
{
    return hs_version();
}
