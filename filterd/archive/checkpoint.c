#include "archive/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/output.h"
#include "base/file.h"

#define HEADING "filterd scan 1\n"
#define MAX_BYTES 4096
#define MAX_KEY_BYTES (1u << 20)

static const struct {
    const char *name;
    size_t offset;
} numbers[] = {
#define ROW(name, member)                         \
    {                                             \
        name, offsetof(struct checkpoint, member) \
    }
    ROW("shard", shard),
    ROW("shards", shards),
    ROW("complete", complete),
    ROW("records", result.tally.records),
    ROW("allowed", result.tally.allowed),
    ROW("redacted", result.tally.redacted),
    ROW("blocked", result.tally.blocked),
    ROW("refused", result.tally.refused),
    ROW("textless", result.tally.textless),
    ROW("input_bytes", result.input_bytes),
    ROW("output_bytes", result.output_bytes),
    ROW("place", result.place),
    ROW("end_input", result.end.input),
    ROW("end_member", result.end.member),
    ROW("end_part_byte", result.end.part_byte),
    ROW("end_record", result.end.record),
    ROW("end_byte", result.end.byte),
    ROW("end_first_head", result.end.first_head),
    ROW("end_charset", result.end.charset),
    ROW("end_has_part", result.end.has_part),
    ROW("end_file_is_done", result.end.file_is_done),
    ROW("end_is_skipping", result.end.is_skipping),
#undef ROW
};
#define COUNT (sizeof numbers / sizeof numbers[0])

static bool
path_of(const char *output, char path[OUTPUT_PATH_BYTES])
{
    int bytes = snprintf(path, OUTPUT_PATH_BYTES, "%s.scan", output);

    return bytes > 0 && bytes < OUTPUT_PATH_BYTES;
}

enum status
checkpoint_write(const char *output, const struct checkpoint *checkpoint)
{
    char path[OUTPUT_PATH_BYTES];
    struct buffer text;
    enum status status;

    if (!path_of(output, path))
        return STATUS_TOO_LARGE;
    buffer_init(&text);
    buffer_appendf(&text, HEADING "settings %s\n", checkpoint->settings);
    for (size_t i = 0; i < COUNT; i++)
        buffer_appendf(&text, "%s %" PRIu64 "\n", numbers[i].name,
                       *(const uint64_t *)((const char *)checkpoint + numbers[i].offset));
    status = text.failed ? STATUS_NO_MEMORY : file_write_atomic(path, 0644, buffer_slice(&text));
    buffer_fini(&text);
    return status;
}

/* Every row must be there, in order: the file is ours or it is not. */
static bool
parse(const char *text, struct checkpoint *checkpoint)
{
    int used = 0;

    if (sscanf(text, HEADING "settings %64[0-9a-f]%n", checkpoint->settings, &used) != 1 || used == 0)
        return false;
    for (size_t i = 0; i < COUNT; i++) {
        char name[32];
        uint64_t number;

        text += used;
        if (sscanf(text, " %31[a-z_] %" SCNu64 "%n", name, &number, &used) != 2 || strcmp(name, numbers[i].name) != 0)
            return false;
        *(uint64_t *)((char *)checkpoint + numbers[i].offset) = number;
    }
    return true;
}

enum status
checkpoint_read(const char *output, struct checkpoint *checkpoint_out)
{
    char path[OUTPUT_PATH_BYTES];
    struct checkpoint read = {0};
    struct buffer text;
    enum status status;

    if (!path_of(output, path))
        return STATUS_TOO_LARGE;
    buffer_init(&text);
    status = file_read(path, MAX_BYTES, &text);
    buffer_append_byte(&text, 0);
    if (status == STATUS_OK && text.failed)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK && !parse((const char *)text.data, &read))
        status = STATUS_INVALID;
    if (status == STATUS_OK)
        *checkpoint_out = read;
    buffer_fini(&text);
    return status;
}

enum status
checkpoint_remove(const char *output)
{
    char path[OUTPUT_PATH_BYTES];

    if (!path_of(output, path))
        return STATUS_TOO_LARGE;
    return unlink(path) == 0 || errno == ENOENT ? STATUS_OK : STATUS_IO;
}

static void
add_number(struct hasher *hasher, uint64_t number)
{
    hasher_add(hasher, (struct slice){(const uint8_t *)&number, sizeof number});
}

/* Keys make tokens: with other keys the rest of an output would not fit. */
static enum status
add_keys(struct hasher *hasher, const char *keys)
{
    struct buffer content;
    enum status status;

    if (keys == NULL)
        return STATUS_OK;
    buffer_init(&content);
    status = file_read(keys, MAX_KEY_BYTES, &content);
    if (status == STATUS_INVALID) { /* a directory of keys: the one in use counts, which its path names */
        hasher_add_text(hasher, keys);
        status = STATUS_OK;
    }
    if (status == STATUS_OK)
        hasher_add(hasher, buffer_slice(&content));
    buffer_fini(&content);
    return status;
}

enum status
checkpoint_settings(const struct archive_options *options, const char *keys, char hex_out[HASH_HEX_BYTES])
{
    const struct handler_options *handler = &options->handler;
    const struct reading *reading = &handler->reading;
    struct hasher hasher;
    struct hash hash;
    enum status status;

    hasher_init(&hasher);
    hasher_add_text(&hasher, reading->ruleset->hash_hex);
    for (size_t i = 0; i < reading->fields.count; i++)
        hasher_add_text(&hasher, reading->fields.list[i].name);
    hasher_add_text(&hasher, reading->id_field.name);
    hasher_add_text(&hasher, reading->purpose ? reading->purpose->name : "");
    add_number(&hasher, reading->fields.is_default);
    add_number(&hasher, reading->surface);
    add_number(&hasher, reading->direction);
    add_number(&hasher, reading->short_tokens);
    add_number(&hasher, handler->output);
    add_number(&hasher, options->format);
    add_number(&hasher, options->separator);
    add_number(&hasher, options->no_header);
    add_number(&hasher, options->max_text_bytes);
    inputs_hash(options->inputs, &hasher);
    status = add_keys(&hasher, keys);
    hasher_finish(&hasher, &hash);
    hash_hex(&hash, hex_out);
    return status;
}
