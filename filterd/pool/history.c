#include "pool/history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/file.h"
#include "rules/versions.h"
#include "text/tokens.h"

#define FRESH ".new" /* being written; no id and no hash begins with a dot */
#define MADE "made"
#define MAX_MADE_BYTES 4096
#define MAX_COPY_BYTES (64u << 20)

/* --- files and folders -------------------------------------------------------------------------------------------- */

/* Folders are at most PLACES_PATH_BYTES long, and what we add are names and hashes. */
__attribute__((format(printf, 2, 3))) static void
path_of(char out[PATH_MAX], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    const int bytes = vsnprintf(out, PATH_MAX, format, arguments);
    va_end(arguments);
    ASSERT(bytes > 0 && bytes < PATH_MAX);
}

static bool
make_dir(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool
is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void
remove_tree(const char *path)
{
    char inner[PATH_MAX];
    const struct dirent *entry;
    DIR *dir = opendir(path);

    while (dir && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) < PATH_MAX && unlink(inner) != 0)
            remove_tree(inner);
    if (dir)
        closedir(dir);
    rmdir(path);
}

/* Not synced: what a power cut spoils does not come out under its name, and is then not used. */
static enum status
write_file(const char *path, struct slice content)
{
    return file_write_new(path, 0600, content);
}

struct aged {
    struct timespec time;
    char name[NAME_MAX + 1];
};

static int
newest_first(const void *a, const void *b)
{
    const struct timespec *one = &((const struct aged *)a)->time, *two = &((const struct aged *)b)->time;

    if (one->tv_sec != two->tv_sec)
        return one->tv_sec < two->tv_sec ? 1 : -1;
    return one->tv_nsec < two->tv_nsec ? 1 : one->tv_nsec > two->tv_nsec ? -1 : 0;
}

/* The folders in `dir`, the one used last first: the caller frees them. */
static size_t
list_by_age(const char *dir, struct aged **list_out)
{
    struct buffer names, list;
    size_t count = 0, listed = 0;

    buffer_init(&names);
    buffer_init(&list);
    if (file_list(dir, "", &names, &count) != STATUS_OK)
        count = 0;
    const char *name = (const char *)names.data;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1) {
        char path[PATH_MAX];
        struct stat about;
        struct aged aged = {0};
        path_of(path, "%s/%s", dir, name);
        if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
            continue;
        aged.time = about.st_mtim;
        snprintf(aged.name, sizeof aged.name, "%s", name);
        buffer_append(&list, &aged, sizeof aged);
        listed++;
    }
    buffer_fini(&names);
    if (list.failed) {
        buffer_fini(&list);
        listed = 0;
    }
    *list_out = (struct aged *)(void *)list.data;
    if (listed > 1)
        qsort(*list_out, listed, sizeof **list_out, newest_first);
    return listed;
}

static void
prune(const char *dir, size_t max)
{
    struct aged *list;
    char path[PATH_MAX];
    const size_t count = list_by_age(dir, &list);

    for (size_t i = max; i < count; i++) {
        path_of(path, "%s/%s", dir, list[i].name);
        remove_tree(path);
    }
    free(list);
}

/* Used now: it goes last. */
static void
touch(const char *path)
{
    (void)!utimensat(AT_FDCWD, path, NULL, 0);
}

/* --- commons ------------------------------------------------------------------------------------------------------ */

enum status
history_common(const char *dir, const char *hex, char path_out[PLACES_PATH_BYTES])
{
    char path[PATH_MAX];

    if (strspn(hex, "0123456789abcdef") != HASH_HEX_BYTES - 1 || hex[HASH_HEX_BYTES - 1] != '\0')
        return STATUS_NOT_FOUND;
    path_of(path, "%s/commons/%s", dir, hex);
    if (strlen(path) >= PLACES_PATH_BYTES)
        return STATUS_TOO_LARGE;
    if (!is_there(path))
        return STATUS_NOT_FOUND;
    memcpy(path_out, path, strlen(path) + 1);
    return STATUS_OK;
}

static bool
is_as_listed(struct slice content, const struct common_file *file)
{
    struct hasher hasher;
    struct hash hash;

    hasher_init(&hasher);
    hasher_add(&hasher, content);
    hasher_finish(&hasher, &hash);
    return memcmp(hash.bytes, file->hash.bytes, HASH_BYTES) == 0;
}

/* The same bytes in an earlier copy need no second place on disk. */
static bool
link_earlier(const char *earlier, const char *to, struct slice content)
{
    struct buffer there;

    buffer_init(&there);
    const bool linked = file_read(earlier, MAX_COPY_BYTES, &there) == STATUS_OK &&
                        slice_equal(buffer_slice(&there), content) && link(earlier, to) == 0;
    buffer_fini(&there);
    return linked;
}

static enum status
copy_file(const char *from, const char *earlier, const char *to, const struct common_file *file)
{
    char source[PATH_MAX], before[PATH_MAX], target[PATH_MAX];
    struct buffer content;

    path_of(source, "%s/%s", from, file->name);
    path_of(target, "%s/%s", to, file->name);
    path_of(before, "%s/%s", earlier, file->name);
    buffer_init(&content);
    enum status status = file_read(source, MAX_COPY_BYTES, &content);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !is_as_listed(buffer_slice(&content), file)))
        status = STATUS_INVALID;
    if (status == STATUS_OK && (!earlier[0] || !link_earlier(before, target, buffer_slice(&content))))
        status = write_file(target, buffer_slice(&content));
    buffer_fini(&content);
    return status;
}

static enum status
copy_common(const char *commons, const char *from, const char *fresh, const struct common *common)
{
    static const char *const folders[] = {"", "/terms", "/models", "/models/topics"};
    char path[PATH_MAX], earlier[PATH_MAX] = "";
    struct aged *list;

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        path_of(path, "%s%s", fresh, folders[i]);
        if (!make_dir(path))
            return STATUS_IO;
    }
    if (list_by_age(commons, &list) > 0)
        path_of(earlier, "%s/%s", commons, list[0].name);
    free(list);
    for (size_t i = 0; i < common->file_count; i++) {
        const enum status status = copy_file(from, earlier, fresh, &common->files[i]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status
copy_tokens(const char *fresh, const char *hex)
{
    char from[PATH_MAX], to[PATH_MAX], copied[HASH_HEX_BYTES];
    struct buffer content;
    enum status status = make_dir(fresh) ? STATUS_OK : STATUS_IO;

    buffer_init(&content);
    for (size_t i = 0; status == STATUS_OK && i < TOKENS_FILES; i++) {
        buffer_clear(&content);
        path_of(from, TOKENS_DICTIONARY "/%s", tokens_files[i]);
        path_of(to, "%s/%s", fresh, tokens_files[i]);
        status = file_read(from, MAX_COPY_BYTES, &content);
        if (status == STATUS_OK)
            status = write_file(to, buffer_slice(&content));
    }
    buffer_fini(&content);
    if (status == STATUS_OK)
        status = tokens_hash(fresh, copied);
    return status == STATUS_OK && strcmp(copied, hex) != 0 ? STATUS_INVALID : status;
}

static const char *
hash_of_tokens(const struct common *common)
{
    return strrchr(token_model_version(common->tokens), ' ') + 1;
}

/* Undamaged. */
static bool
has_tokens(const char *path, const struct common *common)
{
    char hex[HASH_HEX_BYTES];

    return tokens_hash(path, hex) == STATUS_OK && strcmp(hex, hash_of_tokens(common)) == 0;
}

/* Copied once, and linked to: no two of its versions have a file in common. */
static enum status
keep_tokens(const char *dir, const struct common *common, const char *tree)
{
    const char *hex = hash_of_tokens(common);
    char tokens[PATH_MAX], path[PATH_MAX], fresh[PATH_MAX], target[PATH_MAX], link_path[PATH_MAX];
    enum status status = STATUS_OK;

    path_of(tokens, "%s/tokens", dir);
    path_of(path, "%s/%s", tokens, hex);
    path_of(fresh, "%s/" FRESH, tokens);
    path_of(target, "../../tokens/%s", hex);
    path_of(link_path, "%s/" COMMON_TOKENS, tree);
    if (!has_tokens(path, common)) {
        remove_tree(path);
        remove_tree(fresh);
        status = make_dir(tokens) ? copy_tokens(fresh, hex) : STATUS_IO;
        if (status == STATUS_OK && rename(fresh, path) != 0)
            status = STATUS_IO;
        remove_tree(fresh);
        prune(tokens, HISTORY_TOKENS);
    }
    touch(path);
    return status == STATUS_OK && symlink(target, link_path) != 0 ? STATUS_IO : status;
}

/* Whole, with the dictionary of MeCab. */
static bool
has_common(const char *path, const struct common *common)
{
    char tokens[PATH_MAX];

    path_of(tokens, "%s/" COMMON_TOKENS, path);
    return has_tokens(tokens, common) && common_is_of(common, path);
}

enum status
history_keep_common(const char *dir, const char *from, const struct common *common)
{
    char commons[PATH_MAX], path[PATH_MAX], fresh[PATH_MAX], hex[HASH_HEX_BYTES];

    hash_hex(&common->hash, hex);
    path_of(commons, "%s/commons", dir);
    path_of(path, "%s/%s", commons, hex);
    path_of(fresh, "%s/" FRESH, commons);
    if (has_common(path, common)) {
        touch(path);
        return STATUS_OK;
    }
    remove_tree(path); /* damaged: it would be loaded in place of the operator's */
    if (!make_dir(dir) || !make_dir(commons))
        return STATUS_IO;
    remove_tree(fresh);
    enum status status = copy_common(commons, from, fresh, common);
    if (status == STATUS_OK)
        status = keep_tokens(dir, common, fresh);
    if (status == STATUS_OK && rename(fresh, path) != 0)
        status = STATUS_IO;
    remove_tree(fresh);
    prune(commons, HISTORY_COMMONS);
    return status;
}

/* --- cities ------------------------------------------------------------------------------------------------------- */

static enum status
write_made(const char *folder, const struct common *common)
{
    char path[PATH_MAX], hex[HASH_HEX_BYTES];
    struct version versions[VERSIONS];
    struct buffer text;

    buffer_init(&text);
    hash_hex(&common->hash, hex);
    buffer_appendf(&text, "common %s\n", hex);
    versions_of(common->tokens, versions);
    for (size_t i = 0; i < VERSIONS; i++)
        buffer_appendf(&text, "%s %s\n", versions[i].part, versions[i].text);
    path_of(path, "%s/" MADE, folder);
    const enum status status = text.failed ? STATUS_NO_MEMORY : write_file(path, buffer_slice(&text));
    buffer_fini(&text);
    return status;
}

static enum status
write_city(const char *folder, const struct city_files *files, const struct common *common)
{
    const struct {
        const char *name;
        struct slice content;
    } parts[] = {{"policy.yaml", buffer_slice(&files->policy)},
                 {"terms.csv", buffer_slice(&files->terms)},
                 {"names.csv", buffer_slice(&files->names)},
                 {"cases.csv", buffer_slice(&files->cases)}};
    char path[PATH_MAX];

    path_of(path, "%s/%s", folder, files->id);
    if (!make_dir(folder) || !make_dir(path))
        return STATUS_IO;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].content.bytes == 0)
            continue;
        path_of(path, "%s/%s/%s", folder, files->id, parts[i].name);
        const enum status status = write_file(path, parts[i].content);
        if (status != STATUS_OK)
            return status;
    }
    return write_made(folder, common);
}

enum status
history_keep_city(const char *dir, const struct city_files *files, const struct ruleset *ruleset)
{
    char cities[PATH_MAX], city[PATH_MAX], path[PATH_MAX], fresh[PATH_MAX];

    path_of(cities, "%s/cities", dir);
    path_of(city, "%s/%s", cities, files->id);
    path_of(path, "%s/%s", city, ruleset->hash_hex);
    path_of(fresh, "%s/" FRESH, city);
    if (is_there(path)) {
        touch(path);
        return STATUS_OK;
    }
    if (!make_dir(dir) || !make_dir(cities) || !make_dir(city))
        return STATUS_IO;
    remove_tree(fresh);
    enum status status = write_city(fresh, files, ruleset->common);
    if (status == STATUS_OK && rename(fresh, path) != 0)
        status = STATUS_IO;
    remove_tree(fresh);
    prune(city, HISTORY_PER_CITY);
    return status;
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

static enum status
not_found(struct fault *fault, const char *dir, const char *prefix, const char *reason)
{
    fault_set(fault, dir, 0, 0, "ruleset", prefix, reason,
              "filterd keeps the last 64 of each city in history/ of its state directory");
    return STATUS_NOT_FOUND;
}

/* Counts the rulesets of `id` that begin with `prefix`, and takes the last of them. */
static unsigned
match_city(const char *dir, const char *id, const char *prefix, struct history_entry *entry)
{
    char path[PATH_MAX];
    struct buffer names;
    size_t count = 0;
    unsigned matches = 0;

    buffer_init(&names);
    path_of(path, "%s/cities/%s", dir, id);
    if (file_list(path, "", &names, &count) != STATUS_OK)
        count = 0;
    const char *name = (const char *)names.data;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1) {
        if (strncmp(name, prefix, strlen(prefix)) != 0 || strlen(name) != HASH_HEX_BYTES - 1 ||
            snprintf(entry->places.cities[0], PLACES_PATH_BYTES, "%s/%s", path, name) >= PLACES_PATH_BYTES)
            continue;
        snprintf(entry->id, sizeof entry->id, "%s", id);
        memcpy(entry->ruleset, name, HASH_HEX_BYTES);
        matches++;
    }
    buffer_fini(&names);
    return matches;
}

static enum status
match_all(const char *dir, const char *prefix, struct history_entry *entry, struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer ids;
    size_t count = 0;
    unsigned matches = 0;

    buffer_init(&ids);
    path_of(path, "%s/cities", dir);
    const enum status listed = file_list(path, "", &ids, &count);
    const char *id = (const char *)ids.data;
    for (size_t i = 0; listed == STATUS_OK && i < count; i++, id += strlen(id) + 1)
        matches += match_city(dir, id, prefix, entry);
    buffer_fini(&ids);
    if (listed != STATUS_OK && listed != STATUS_NOT_FOUND)
        return not_found(fault, dir, prefix, strerror(errno));
    if (matches == 0)
        return not_found(fault, dir, prefix, "no such ruleset is kept here");
    return matches == 1 ? STATUS_OK : not_found(fault, dir, prefix, "more than one ruleset begins so");
}

/* Whether the line says of this part what this program says of it. */
static enum status
compare_version(struct slice line, const struct version *ours, const char *file, unsigned number, struct fault *fault)
{
    char text[256], then[256], reason[256];

    snprintf(text, sizeof text, "%s %s", ours->part, ours->text);
    if (slice_equal(line, slice_of(text)))
        return STATUS_OK;
    snprintf(then, sizeof then, "%.*s", (int)line.bytes, (const char *)line.data);
    snprintf(reason, sizeof reason, "made with another version than this program's: %.120s", ours->text);
    fault_set(fault, file, number, 0, ours->part, strchr(then, ' ') ? strchr(then, ' ') + 1 : then, reason,
              "use filterctl and the libraries of that time");
    return STATUS_INVALID;
}

static enum status
compare_versions(struct slice lines, const char *common, const char *file, struct fault *fault)
{
    struct token_model *tokens = NULL;
    struct version versions[VERSIONS];
    char path[PATH_MAX];
    enum status status = token_model_create(common_tokens(common, path, sizeof path), &tokens);

    if (status == STATUS_OK)
        versions_of(tokens, versions);
    for (unsigned i = 0; status == STATUS_OK && i < VERSIONS; i++)
        status = compare_version(slice_cut(&lines, '\n'), &versions[i], file, i + 2, fault);
    token_model_destroy(&tokens);
    return status;
}

static enum status
read_made(const char *dir, struct history_entry *entry, struct fault *fault)
{
    char path[PATH_MAX], common[HASH_HEX_BYTES] = "";
    struct buffer text;

    buffer_init(&text);
    path_of(path, "%s/" MADE, entry->places.cities[0]);
    if (file_read(path, MAX_MADE_BYTES, &text) != STATUS_OK) {
        buffer_fini(&text);
        return not_found(fault, path, entry->ruleset, "it is kept, but cannot be read");
    }
    struct slice rest = buffer_slice(&text);
    const struct slice first = slice_cut(&rest, '\n');
    if (first.bytes == strlen("common ") + HASH_HEX_BYTES - 1)
        memcpy(common, first.data + strlen("common "), HASH_HEX_BYTES - 1);
    enum status status = history_common(dir, common, entry->places.common);
    if (status == STATUS_OK)
        status = compare_versions(rest, entry->places.common, path, fault);
    else
        status = not_found(fault, path, common, "the common dictionaries it was made with are kept no longer");
    buffer_fini(&text);
    return status;
}

enum status
history_find(const char *dir, const char *prefix, struct history_entry *entry_out, struct fault *fault)
{
    struct history_entry *entry = entry_out;

    *entry = (struct history_entry){.places.count = 1};
    if (strlen(dir) >= PLACES_PATH_BYTES)
        return not_found(fault, dir, prefix, "the path of this folder is too long");
    if (strlen(prefix) < HISTORY_MIN_PREFIX)
        return not_found(fault, dir, prefix, "a hash is named by at least 8 of its characters");
    const enum status status = match_all(dir, prefix, entry, fault);
    return status == STATUS_OK ? read_made(dir, entry, fault) : status;
}
