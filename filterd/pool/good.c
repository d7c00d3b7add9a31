#include "pool/good.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/file.h"

#define STAMP "stamp"
#define COMMON ".common" /* no id begins with a dot */

static const char *const parts[] = {"policy.yaml", "terms.csv", "names.csv", "cases.csv", STAMP};
#define PART_COUNT (sizeof parts / sizeof *parts)

#define SYNC_EACH_MAX 8 /* sets */

void
good_stamp(const struct common *common, const struct city_files *files, struct hash *stamp_out)
{
    struct hasher hasher;

    hasher_init(&hasher);
    hasher_add(&hasher, (struct slice){common->hash.bytes, HASH_BYTES});
    hasher_add(&hasher, (struct slice){files->hash.bytes, HASH_BYTES});
    hasher_finish(&hasher, stamp_out);
}

/* The state directory's path is far shorter than what fits. */
static const char *
join(char out[PATH_MAX], const char *dir, const char *name, const char *part)
{
    const int bytes = snprintf(out, PATH_MAX, "%s/%s%s%s", dir, name, part[0] ? "/" : "", part);

    ASSERT(bytes > 0 && bytes < PATH_MAX);
    return out;
}

bool
good_has(const char *dir, const char *id, const struct hash *stamp)
{
    char path[PATH_MAX], hex[HASH_HEX_BYTES];
    struct buffer kept;

    buffer_init(&kept);
    hash_hex(stamp, hex);
    const bool same = file_read(join(path, dir, id, STAMP), HASH_HEX_BYTES, &kept) == STATUS_OK &&
                      slice_equal(buffer_slice(&kept), slice_of(hex));
    buffer_fini(&kept);
    return same;
}

static void
remove_set(const char *dir, const char *name)
{
    char path[PATH_MAX];

    for (unsigned i = 0; i < PART_COUNT; i++)
        unlink(join(path, dir, name, parts[i]));
    rmdir(join(path, dir, name, ""));
}

static enum status
write_set(const char *dir, const char *name, const struct good_set *set)
{
    const struct city_files *files = set->files;
    char path[PATH_MAX], hex[HASH_HEX_BYTES];

    hash_hex(&set->stamp, hex);
    const struct slice contents[PART_COUNT] = {buffer_slice(&files->policy), buffer_slice(&files->terms),
                                               buffer_slice(&files->names), buffer_slice(&files->cases), slice_of(hex)};
    if (mkdir(join(path, dir, name, ""), 0700) != 0)
        return STATUS_IO;
    for (unsigned i = 0; i < PART_COUNT; i++) {
        if (contents[i].bytes == 0)
            continue;
        const enum status status = file_write_new(join(path, dir, name, parts[i]), 0600, contents[i]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static bool
sync_path(const char *path, int (*sync)(int fd))
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT; /* a part that the city does not have */
    const bool synced = sync(fd) == 0;
    close(fd);
    return synced;
}

static bool
sync_set(const char *dir, const char *name)
{
    char path[PATH_MAX];
    bool synced = true;

    for (unsigned i = 0; i < PART_COUNT; i++)
        synced &= sync_path(join(path, dir, name, parts[i]), fsync);
    return synced & sync_path(join(path, dir, name, ""), fsync);
}

/* Exchanged where a set stands already: at no moment is there none. */
static enum status
put_in_place(const char *dir, const char *name, const char *id)
{
    char from[PATH_MAX], to[PATH_MAX];

    join(from, dir, name, "");
    join(to, dir, id, "");
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) != 0 && (errno != ENOENT || rename(from, to) != 0))
        return STATUS_IO;
    return STATUS_OK;
}

static const char *
fresh_name(const struct good_set *set, char name[NAME_MAX])
{
    snprintf(name, NAME_MAX, ".%s.new", set->files->id);
    return name;
}

/* Each sync waits for the disk. A few wait for what they wrote alone; many would wait thousands of times. */
static bool
sync_sets(const char *dir, struct good_set *sets, size_t count)
{
    char name[NAME_MAX];

    if (count > SYNC_EACH_MAX)
        return sync_path(dir, syncfs);
    for (size_t i = 0; i < count; i++)
        if (sets[i].status == STATUS_OK && !sync_set(dir, fresh_name(&sets[i], name)))
            sets[i].status = STATUS_IO;
    return true;
}

void
good_save(const char *dir, struct good_set *sets, size_t count)
{
    char name[NAME_MAX];

    for (size_t i = 0; i < count; i++) {
        remove_set(dir, fresh_name(&sets[i], name));
        sets[i].status = write_set(dir, name, &sets[i]);
    }
    const bool synced = sync_sets(dir, sets, count);
    for (size_t i = 0; i < count; i++) {
        if (sets[i].status == STATUS_OK)
            sets[i].status = synced ? put_in_place(dir, fresh_name(&sets[i], name), sets[i].files->id) : STATUS_IO;
        remove_set(dir, fresh_name(&sets[i], name));
    }
}

enum status
good_load(const char *dir, const char *id, struct city_files *files_out, struct fault *fault)
{
    char path[PATH_MAX];

    if (access(join(path, dir, id, "policy.yaml"), R_OK) != 0)
        return STATUS_NOT_FOUND;
    return city_files_read(dir, id, files_out, fault);
}

enum status
good_save_common(const char *dir, const struct hash *hash)
{
    char path[PATH_MAX], hex[HASH_HEX_BYTES];

    hash_hex(hash, hex);
    return file_write_atomic(join(path, dir, COMMON, ""), 0600, slice_of(hex));
}

enum status
good_load_common(const char *dir, char hex_out[HASH_HEX_BYTES])
{
    char path[PATH_MAX];
    struct buffer hex;

    buffer_init(&hex);
    enum status status = file_read(join(path, dir, COMMON, ""), HASH_HEX_BYTES - 1, &hex);
    if (status == STATUS_OK && hex.bytes != HASH_HEX_BYTES - 1)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        snprintf(hex_out, HASH_HEX_BYTES, "%.*s", (int)hex.bytes, (const char *)hex.data);
    buffer_fini(&hex);
    return status;
}
