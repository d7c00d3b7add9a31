#include "rules/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/table.h"

#define STORE_PATH_BYTES 4096
#define SUFFIX ".hsdb"
#define STORE_MAX_BLOB_BYTES (256u << 20)

struct blob {
    struct buffer bytes;
    size_t skip; /* where the blob begins: behind its MAC, when it came from a file */
};

struct store {
    char dir[STORE_PATH_BYTES - 128]; /* "" = memory only */
    struct hash mac_key;
    struct table *index; /* key -> place in blobs, the newest one */
    struct buffer blobs; /* struct blob * */
};

static size_t
blob_count(const struct store *store)
{
    return store->blobs.bytes / sizeof(struct blob *);
}

static struct blob *
blob_at(const struct store *store, size_t index)
{
    return ((struct blob **)(void *)store->blobs.data)[index];
}

static void
blob_destroy(struct blob *blob)
{
    buffer_fini(&blob->bytes);
    free(blob);
}

static struct blob *
blob_create(void)
{
    struct blob *blob = calloc(1, sizeof(*blob));
    if (blob)
        buffer_init(&blob->bytes);
    return blob;
}

/* --- the directory ----------------------------------------------------------------------------------------------- */

static bool
blob_path(const struct store *store, const struct hash *key, char path[STORE_PATH_BYTES])
{
    char hex[HASH_HEX_BYTES];
    hash_hex(key, hex);
    return store->dir[0] != '\0' &&
           snprintf(path, STORE_PATH_BYTES, "%s/%s" SUFFIX, store->dir, hex) < STORE_PATH_BYTES;
}

/* Binds the blob to its key too: a file under another's name does not verify. */
static void
blob_mac(const struct store *store, const struct hash *key, struct slice blob, struct hash *mac_out)
{
    struct hasher hasher;
    hasher_init_keyed(&hasher, &store->mac_key);
    hasher_add(&hasher, (struct slice){key->bytes, HASH_BYTES});
    hasher_add(&hasher, blob);
    hasher_finish(&hasher, mac_out);
}

static enum status
check_directory(const char *dir)
{
    struct stat facts;
    if (mkdir(dir, 0700) != 0 && stat(dir, &facts) != 0)
        return STATUS_IO;
    if (stat(dir, &facts) != 0)
        return STATUS_IO;
    bool is_private = S_ISDIR(facts.st_mode) && facts.st_uid == geteuid() && (facts.st_mode & 077) == 0;
    return is_private ? STATUS_OK : STATUS_INVALID;
}

/* Whoever could write a key or a database could have written what it says. */
static bool
is_private_file(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_uid == geteuid() &&
           (facts.st_mode & 077) == 0;
}

static enum status
read_key(const char *path, struct hash *key_out)
{
    struct buffer content;
    if (!is_private_file(path))
        return STATUS_NOT_FOUND;
    buffer_init(&content);
    enum status status = file_read(path, HASH_BYTES, &content);
    if (status == STATUS_OK && content.bytes != HASH_BYTES)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        memcpy(key_out->bytes, content.data, HASH_BYTES);
    buffer_fini(&content);
    return status == STATUS_TOO_LARGE ? STATUS_NOT_FOUND : status;
}

/* Two processes may both make a key at first: the last one stays, what the other signed is recompiled once. */
static enum status
load_key(struct store *store)
{
    char path[STORE_PATH_BYTES];
    snprintf(path, sizeof(path), "%s/key", store->dir);
    enum status status = read_key(path, &store->mac_key);
    if (status != STATUS_NOT_FOUND)
        return status;
    struct hash fresh;
    hash_random_key(&fresh);
    status = file_write_atomic(path, 0600, (struct slice){fresh.bytes, HASH_BYTES});
    return status == STATUS_OK ? read_key(path, &store->mac_key) : status;
}

/* --- the store --------------------------------------------------------------------------------------------------- */

enum status
store_create(const char *dir, struct store **store_out)
{
    struct store *store = calloc(1, sizeof(*store));
    if (!store)
        return STATUS_NO_MEMORY;
    buffer_init(&store->blobs);
    enum status status = table_create(64, &store->index);
    if (status == STATUS_OK && dir) {
        if (strlen(dir) >= sizeof(store->dir)) {
            status = STATUS_TOO_LARGE;
        } else {
            memcpy(store->dir, dir, strlen(dir) + 1);
            status = check_directory(dir);
        }
    }
    if (status == STATUS_OK && dir)
        status = load_key(store);
    if (status != STATUS_OK) {
        store_destroy(&store);
        return status;
    }
    *store_out = store;
    return STATUS_OK;
}

void
store_destroy(struct store **store)
{
    if (!*store)
        return;
    for (size_t i = 0; i < blob_count(*store); i++)
        blob_destroy(blob_at(*store, i));
    buffer_fini(&(*store)->blobs);
    table_destroy(&(*store)->index);
    free(*store);
    *store = NULL;
}

/* Takes the blob, also on failure. The first one under a key stays: readers may hold it. */
static enum status
remember(struct store *store, const struct hash *key, struct blob *blob)
{
    enum status status = STATUS_NO_MEMORY;
    if (!blob->bytes.failed)
        status = table_put(store->index, (struct slice){key->bytes, HASH_BYTES}, (uint32_t)blob_count(store));
    if (status == STATUS_OK) {
        buffer_append(&store->blobs, &blob, sizeof(blob));
        status = store->blobs.failed ? STATUS_NO_MEMORY : STATUS_OK;
    }
    if (status != STATUS_OK)
        blob_destroy(blob);
    return status;
}

static struct slice
blob_slice(const struct blob *blob)
{
    return (struct slice){blob->bytes.data + blob->skip, blob->bytes.bytes - blob->skip};
}

static enum status
read_blob(struct store *store, const struct hash *key, struct blob *blob)
{
    char path[STORE_PATH_BYTES];
    struct hash mac;
    if (!blob_path(store, key, path))
        return STATUS_NOT_FOUND;
    bool is_private = is_private_file(path);
    if (is_private && file_read(path, STORE_MAX_BLOB_BYTES, &blob->bytes) != STATUS_OK)
        return STATUS_NOT_FOUND;
    blob->skip = HASH_BYTES;
    bool verifies = is_private && blob->bytes.bytes >= HASH_BYTES;
    if (verifies) {
        blob_mac(store, key, blob_slice(blob), &mac);
        verifies = memcmp(mac.bytes, blob->bytes.data, HASH_BYTES) == 0;
    }
    if (!verifies) {
        unlink(path);
        return STATUS_NOT_FOUND;
    }
    return STATUS_OK;
}

enum status
store_get(struct store *store, const struct hash *key, struct slice *blob_out)
{
    uint32_t index = table_get(store->index, (struct slice){key->bytes, HASH_BYTES});
    if (index == TABLE_NONE) {
        struct blob *blob = blob_create();
        if (!blob)
            return STATUS_NO_MEMORY;
        enum status status = read_blob(store, key, blob);
        if (status != STATUS_OK) {
            blob_destroy(blob);
            return status;
        }
        index = (uint32_t)blob_count(store);
        status = remember(store, key, blob);
        if (status != STATUS_OK)
            return status;
    }
    *blob_out = blob_slice(blob_at(store, index));
    return STATUS_OK;
}

enum status
store_put(struct store *store, const struct hash *key, struct slice blob)
{
    char path[STORE_PATH_BYTES];
    struct hash mac;
    struct blob *copy = blob_create();
    if (!copy)
        return STATUS_NO_MEMORY;
    blob_mac(store, key, blob, &mac);
    buffer_append(&copy->bytes, mac.bytes, HASH_BYTES);
    buffer_append(&copy->bytes, blob.data, blob.bytes);
    copy->skip = HASH_BYTES;
    enum status written = STATUS_OK;
    if (!copy->bytes.failed && blob_path(store, key, path))
        written = file_write_atomic(path, 0600, buffer_slice(&copy->bytes)) == STATUS_OK ? STATUS_OK : STATUS_IO;
    enum status status = remember(store, key, copy);
    if (status == STATUS_INVALID) /* known already: what a key names never changes */
        status = STATUS_OK;
    return status == STATUS_OK ? written : status;
}

/* --- what nobody asked for --------------------------------------------------------------------------------------- */

struct unused {
    struct timespec written;
    char name[2 * HASH_BYTES + sizeof(SUFFIX)];
};

static int
newest_first(const void *a, const void *b)
{
    const struct timespec *one = &((const struct unused *)a)->written, *two = &((const struct unused *)b)->written;
    if (one->tv_sec != two->tv_sec)
        return one->tv_sec < two->tv_sec ? 1 : -1;
    return one->tv_nsec < two->tv_nsec ? 1 : one->tv_nsec > two->tv_nsec ? -1 : 0;
}

static bool
is_in_use(const struct store *store, const char *name)
{
    struct hash key;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        unsigned byte;
        if (sscanf(name + 2 * i, "%2x", &byte) != 1)
            return false;
        key.bytes[i] = (uint8_t)byte;
    }
    return table_get(store->index, (struct slice){key.bytes, HASH_BYTES}) != TABLE_NONE;
}

static size_t
list_unused(const struct store *store, const struct buffer *names, size_t count, struct buffer *unused)
{
    const char *name = (const char *)names->data;
    size_t listed = 0;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1) {
        char path[STORE_PATH_BYTES];
        struct unused one = {0};
        struct stat facts;
        snprintf(path, sizeof(path), "%s/%s", store->dir, name);
        if (strlen(name) >= sizeof(one.name) || is_in_use(store, name) || lstat(path, &facts) != 0)
            continue;
        one.written = facts.st_mtim;
        memcpy(one.name, name, strlen(name));
        buffer_append(unused, &one, sizeof(one));
        listed++;
    }
    return unused->failed ? 0 : listed;
}

void
store_prune(const struct store *store, size_t max_unused)
{
    struct buffer names, unused;
    size_t count = 0;
    buffer_init(&names);
    buffer_init(&unused);
    if (store->dir[0] != '\0' && file_list(store->dir, SUFFIX, &names, &count) == STATUS_OK) {
        count = list_unused(store, &names, count, &unused);
        struct unused *list = (struct unused *)(void *)unused.data;
        if (count > 1)
            qsort(list, count, sizeof(*list), newest_first);
        for (size_t i = max_unused; i < count; i++) {
            char path[STORE_PATH_BYTES];
            snprintf(path, sizeof(path), "%s/%s", store->dir, list[i].name);
            unlink(path);
        }
    }
    buffer_fini(&names);
    buffer_fini(&unused);
}
