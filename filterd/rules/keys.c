#include "rules/keys.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"

bool
key_id_is_valid(struct slice id)
{
    if (id.bytes == 0 || id.bytes > KEY_ID_MAX_BYTES)
        return false;
    for (size_t i = 0; i < id.bytes; i++)
        if (!(id.data[i] >= 'a' && id.data[i] <= 'z') && !(id.data[i] >= '0' && id.data[i] <= '9'))
            return false;
    return true;
}

const struct key *
keys_find(const struct keys *keys, struct slice id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (slice_equal(slice_of(keys->items[i].id), id))
            return &keys->items[i];
    return NULL;
}

/* The next line without its end; false at the end of the text. */
static bool
next_line(struct slice *rest, struct slice *line_out)
{
    if (rest->bytes == 0)
        return false;
    *line_out = slice_cut(rest, '\n');
    while (line_out->bytes &&
           (line_out->data[line_out->bytes - 1] == '\r' || line_out->data[line_out->bytes - 1] == ' '))
        line_out->bytes--;
    return true;
}

/* What is wrong with the line; NULL when a key was added. */
static const char *
add_line(struct keys *keys, struct slice line, const char *city_id)
{
    const uint8_t *space = memchr(line.data, ' ', line.bytes);
    struct secret_key master;
    if (!space)
        return "a key has an id, a space and 64 hexadecimal digits";
    struct slice id = {line.data, (size_t)(space - line.data)};
    if (!key_id_is_valid(id))
        return "the id of a key is 1 to 8 of a-z and 0-9";
    if (keys_find(keys, id))
        return "this id stands in the file twice";
    if (keys->count == KEYS_MAX_COUNT)
        return "more than 16 keys";
    if (!secret_key_from_hex((struct slice){space + 1, line.bytes - id.bytes - 1}, &master))
        return "a key has 64 hexadecimal digits";
    struct key *key = &keys->items[keys->count++];
    memcpy(key->id, id.data, id.bytes);
    secret_derive(&master, "token", slice_of(city_id), &key->token);
    secret_derive(&master, "seal", slice_of(city_id), &key->seal);
    secret_wipe(&master, sizeof master);
    return NULL;
}

enum status
keys_parse(struct slice text, const char *file, const char *city_id, struct keys **keys_out, struct fault *fault)
{
    struct keys *keys = calloc(1, sizeof *keys);
    struct slice line;
    const char *reason = NULL;
    unsigned number = 0;
    if (!keys)
        return STATUS_NO_MEMORY;
    while (!reason && next_line(&text, &line)) {
        number++;
        if (line.bytes && line.data[0] != '#')
            reason = add_line(keys, line, city_id);
    }
    if (!reason && keys->count == 0) {
        reason = "there is no key in this file";
        number = 0;
    }
    if (reason) {
        fault_set(fault, file, number, 0, "key", NULL, reason, "make a key file with filterctl keygen");
        keys_destroy(&keys);
        return STATUS_INVALID;
    }
    *keys_out = keys;
    return STATUS_OK;
}

static const char *
refusal_of_file(const char *path, enum status status)
{
    struct stat about;
    if (status == STATUS_NOT_FOUND)
        return "there is no such key file";
    if (status == STATUS_TOO_LARGE || status == STATUS_INVALID)
        return "this is no key file";
    if (status == STATUS_OK && (stat(path, &about) != 0 || about.st_mode & (S_IRWXG | S_IRWXO)))
        return "others may read this key file";
    return NULL;
}

enum status
keys_read(const char *path, const char *city_id, struct keys **keys_out, struct fault *fault)
{
    struct buffer content;
    buffer_init(&content);
    enum status status = file_read(path, KEYS_MAX_FILE_BYTES, &content);
    const char *reason = refusal_of_file(path, status);
    if (reason) {
        fault_set(fault, path, 0, 0, "key", NULL, reason, "filterctl keygen makes one with mode 0600");
        status = STATUS_INVALID;
    }
    if (status == STATUS_OK)
        status = keys_parse(buffer_slice(&content), path, city_id, keys_out, fault);
    buffer_fini(&content);
    return status;
}

void
keys_destroy(struct keys **keys)
{
    if (!*keys)
        return;
    secret_wipe(*keys, sizeof **keys);
    free(*keys);
    *keys = NULL;
}
