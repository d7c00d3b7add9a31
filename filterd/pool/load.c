#include "pool/load.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/file.h"
#include "rules/store.h"

#define STORE_MAX_UNUSED 32
#define ETC_DIR "/etc/filterd"
#define SHARE_DIR "/usr/share/filterd"

/* --- places ------------------------------------------------------------------------------------------------------- */

static bool
is_directory(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool
join(char out[PLACES_PATH_BYTES], const char *dir, const char *name)
{
    int bytes = snprintf(out, PLACES_PATH_BYTES, "%s/%s", dir, name);

    return bytes > 0 && bytes < PLACES_PATH_BYTES;
}

/* DIR/common and DIR/cities, when both are there. */
static bool
take_tree(struct places *places, const char *dir)
{
    if (!join(places->common, dir, "common") || !join(places->cities[0], dir, "cities"))
        return false;
    places->count = 1;
    return is_directory(places->common) && is_directory(places->cities[0]);
}

/* The tree beside the program, as it lies in a source checkout: build/filterctl and dictionaries/. */
static bool
take_beside_program(struct places *places)
{
    char path[PLACES_PATH_BYTES];
    char dir[PLACES_PATH_BYTES];
    ssize_t bytes = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;

    if (bytes <= 0)
        return false;
    path[bytes] = '\0';
    slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return join(dir, path, "../dictionaries") && take_tree(places, dir);
}

static bool
take_installed(struct places *places)
{
    const char *common = is_directory(ETC_DIR "/common") ? ETC_DIR "/common" : SHARE_DIR "/common";

    if (!is_directory(common))
        return false;
    snprintf(places->common, sizeof places->common, "%s", common);
    snprintf(places->cities[0], sizeof places->cities[0], "%s", ETC_DIR "/cities");
    snprintf(places->cities[1], sizeof places->cities[1], "%s", SHARE_DIR "/cities");
    places->count = 2;
    return true;
}

enum status
places_find(const char *dir, struct places *places_out, struct fault *fault)
{
    struct places places = {.count = 0};

    if (dir == NULL || dir[0] == '\0')
        dir = getenv("FILTERD_DICTIONARIES");
    if (dir != NULL && dir[0] != '\0') {
        if (!take_tree(&places, dir)) {
            fault_set(fault, dir, 0, 0, NULL, NULL, "no dictionaries here",
                      "the directory must hold common/ and cities/");
            return STATUS_NOT_FOUND;
        }
    } else if (!take_beside_program(&places) && !take_installed(&places)) {
        fault_set(fault, SHARE_DIR, 0, 0, NULL, NULL, "no dictionaries found",
                  "name their directory with --dictionaries or FILTERD_DICTIONARIES");
        return STATUS_NOT_FOUND;
    }
    *places_out = places;
    return STATUS_OK;
}

enum status
places_set_keys(struct places *places, const char *path, struct fault *fault)
{
    size_t bytes = path == NULL ? 0 : strlen(path);

    if (bytes >= sizeof places->keys) {
        fault_set(fault, "", 0, 0, NULL, NULL, "the path of the keys is too long", "name a shorter one");
        return STATUS_INVALID;
    }
    memcpy(places->keys, bytes == 0 ? "" : path, bytes + 1);
    return STATUS_OK;
}

static bool
id_is_possible(const char *id)
{
    size_t bytes = strlen(id);

    return bytes > 0 && bytes < PLACES_ID_BYTES && id[0] != '.' && strchr(id, '/') == NULL;
}

/* The cities directory that holds `id`, or NULL. A link that leads nowhere is there: the city is faulty, not gone. */
static const char *
place_of(const struct places *places, const char *id)
{
    char path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 16];
    struct stat about;

    if (!id_is_possible(id))
        return NULL;
    for (unsigned i = 0; i < places->count; i++) {
        snprintf(path, sizeof path, "%s/%s/policy.yaml", places->cities[i], id);
        if (lstat(path, &about) == 0)
            return places->cities[i];
    }
    return NULL;
}

enum status
places_read(const struct places *places, const char *id, struct city_files *files_out, struct fault *fault)
{
    const char *dir = place_of(places, id);

    if (dir == NULL) {
        fault_set(fault, places->cities[0], 0, 0, NULL, id, "no such city",
                  "a city is a folder with a policy.yaml in it");
        return STATUS_NOT_FOUND;
    }
    return city_files_read(dir, id, files_out, fault);
}

/* --- the list of cities ------------------------------------------------------------------------------------------- */

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the NUL-terminated names of `found`, drops repeats and what is no city, and appends the rest to `ids`. */
static enum status
append_sorted(const struct places *places, const struct buffer *found, size_t found_count, struct buffer *ids,
              size_t *count_out)
{
    const char **names = calloc(found_count + 1, sizeof *names);
    const char *name = (const char *)found->data;
    size_t count = 0;

    if (names == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < found_count; i++, name += strlen(name) + 1)
        names[i] = name;
    qsort(names, found_count, sizeof *names, compare_names);
    for (size_t i = 0; i < found_count; i++) {
        bool repeated = i > 0 && strcmp(names[i], names[i - 1]) == 0;

        if (repeated || place_of(places, names[i]) == NULL)
            continue;
        buffer_append(ids, names[i], strlen(names[i]) + 1);
        count++;
    }
    free(names);
    *count_out = count;
    return ids->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status
places_list(const struct places *places, struct buffer *ids, size_t *count_out)
{
    struct buffer found;
    size_t found_count = 0;
    enum status status = STATUS_OK;

    buffer_init(&found);
    for (unsigned i = 0; i < places->count && status == STATUS_OK; i++) {
        size_t count = 0;

        if (!is_directory(places->cities[i]))
            continue;
        status = file_list(places->cities[i], "", &found, &count);
        found_count += count;
    }
    if (status == STATUS_OK)
        status = append_sorted(places, &found, found_count, ids, count_out);
    buffer_fini(&found);
    return status;
}

/* --- rulesets ----------------------------------------------------------------------------------------------------- */

struct load {
    struct places places;
    struct store *store;
    struct common *common;
    struct cities cities;
    size_t capacity;
    struct cities before; /* between load_begin_again and load_finish; what is taken over is NULL there */
};

enum status
load_create(const struct places *places, const char *store_dir, struct load **load_out, struct fault *fault)
{
    struct load *load = calloc(1, sizeof *load);
    enum status status = load ? STATUS_OK : STATUS_NO_MEMORY;

    if (status == STATUS_OK) {
        load->places = *places;
        status = table_create(64, &load->cities.by_id);
    }
    if (status == STATUS_OK && store_dir != NULL) {
        status = store_create(store_dir, &load->store);
        if (status != STATUS_OK)
            fault_set(fault, store_dir, 0, 0, NULL, NULL, "the store cannot be used",
                      "name a directory that belongs to you, mode 0700");
    }
    if (status == STATUS_OK)
        status = common_build(places->common, load->store, &load->common, fault);
    if (status != STATUS_OK) {
        load_destroy(&load);
        return status;
    }
    load->cities.common = load->common;
    *load_out = load;
    return STATUS_OK;
}

static void
cities_fini(struct cities *cities)
{
    for (size_t i = 0; i < cities->count; i++)
        ruleset_destroy(&cities->rulesets[i]);
    free(cities->rulesets);
    table_destroy(&cities->by_id);
    *cities = (struct cities){0};
}

void
load_destroy(struct load **load)
{
    struct load *old = *load;

    if (old == NULL)
        return;
    cities_fini(&old->before);
    cities_fini(&old->cities);
    common_destroy(&old->common);
    store_destroy(&old->store);
    free(old);
    *load = NULL;
}

static enum status
make_room(struct load *load)
{
    size_t capacity = load->capacity == 0 ? 16 : 2 * load->capacity;
    struct ruleset **grown;

    if (load->cities.count < load->capacity)
        return STATUS_OK;
    grown = reallocarray(load->cities.rulesets, capacity, sizeof *grown);
    if (grown == NULL)
        return STATUS_NO_MEMORY;
    load->cities.rulesets = grown;
    load->capacity = capacity;
    return STATUS_OK;
}

const char *
places_keys(const struct places *places, const char *id, char *path, size_t bytes)
{
    if (places->keys[0] == '\0')
        return NULL;
    if (is_directory(places->keys))
        snprintf(path, bytes, "%s/%s.key", places->keys, id);
    else
        snprintf(path, bytes, "%s", places->keys);
    return path;
}

/* `path` is room for the result. */
static struct city_files
with_keys(const struct load *load, const struct city_files *files, char *path, size_t bytes)
{
    struct city_files full = *files;

    if (full.keys_path == NULL)
        full.keys_path = places_keys(&load->places, files->id, path, bytes);
    return full;
}

enum status
load_trial(const struct load *load, const struct city_files *files, struct ruleset **ruleset_out, struct fault *fault)
{
    char path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 8];
    const struct city_files full = with_keys(load, files, path, sizeof path);

    return ruleset_build(load->common, &full, ruleset_out, fault);
}

enum status
load_begin_again(struct load *load, const struct places *places)
{
    struct table *by_id;
    const enum status status = table_create(64, &by_id);

    if (status != STATUS_OK)
        return status;
    load->places = *places;
    load->before = load->cities;
    load->cities = (struct cities){.common = load->common, .by_id = by_id};
    load->capacity = 0;
    return STATUS_OK;
}

void
load_finish(struct load *load)
{
    cities_fini(&load->before);
}

/* Where the ruleset stands that these files would give again; NULL: nowhere. */
static struct ruleset **
find_before(const struct load *load, const struct city_files *files)
{
    char path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 8];
    const uint32_t index = load->before.by_id ? table_get(load->before.by_id, slice_of(files->id)) : TABLE_NONE;

    if (index == TABLE_NONE || load->before.rulesets[index] == NULL)
        return NULL;
    const struct city_files full = with_keys(load, files, path, sizeof path);
    return ruleset_is_of(load->before.rulesets[index], &full) ? &load->before.rulesets[index] : NULL;
}

bool
load_has(const struct load *load, const struct city_files *files)
{
    return find_before(load, files) != NULL;
}

enum status
load_files(struct load *load, const struct city_files *files, const struct ruleset **ruleset_out, struct fault *fault)
{
    struct ruleset **before = find_before(load, files);
    struct ruleset *ruleset = before ? *before : NULL;
    enum status status = make_room(load);

    ASSERT(table_get(load->cities.by_id, slice_of(files->id)) == TABLE_NONE);
    if (before)
        *before = NULL;
    else if (status == STATUS_OK)
        status = load_trial(load, files, &ruleset, fault);
    if (status == STATUS_OK)
        status = table_put(load->cities.by_id, slice_of(files->id), (uint32_t)load->cities.count);
    if (status != STATUS_OK) {
        ruleset_destroy(&ruleset);
        return status;
    }
    load->cities.rulesets[load->cities.count++] = ruleset;
    *ruleset_out = ruleset;
    return STATUS_OK;
}

enum status
load_city(struct load *load, const char *id, const struct ruleset **ruleset_out, struct fault *fault)
{
    struct city_files files;
    enum status status = places_read(&load->places, id, &files, fault);

    if (status != STATUS_OK)
        return status;
    status = load_files(load, &files, ruleset_out, fault);
    city_files_fini(&files);
    return status;
}

void
load_prune_store(struct load *load)
{
    if (load->store)
        store_prune(load->store, STORE_MAX_UNUSED);
}

const struct cities *
load_cities(const struct load *load)
{
    return &load->cities;
}
