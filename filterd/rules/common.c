/* common_build: what all cities share, from dictionaries/common. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "rules/build.h"
#include "rules/cues.h"
#include "rules/literals.h"
#include "rules/model.h"
#include "rules/patterns.h"
#include "rules/phrases.h"
#include "rules/ruleset.h"
#include "rules/special.h"
#include "rules/tables.h"
#include "rules/terms.h"
#include "rules/topics.h"
#include "rules/versions.h"
#include "rules/writings.h"
#include "text/domain.h"

#define MAX_COMMON_FILE_BYTES (64u << 20)
#define MAX_PATH_BYTES 1024
#define SCRATCH_BYTES (1u << 20)

/* A common lives in its own arena. */
struct common_memory {
    struct common common; /* first: the pointer handed out */
    struct arena *arena;
};

struct source {
    char path[MAX_PATH_BYTES];
    struct buffer content;
};

enum {
    CUES,
    STARTS,
    PHRASES,
    PATTERNS,
    SURNAMES,
    GIVEN_NAMES,
    MUNICIPALITIES,
    TOWNS,
    SPECIAL,
    WRITINGS,
    FIXED_SOURCES
};

static const char *const fixed_names[FIXED_SOURCES] = {
    "cues.csv",        "starts.csv",         "phrases.csv", "patterns.yaml", "surnames.tsv",
    "given_names.tsv", "municipalities.tsv", "towns.tsv",   "special.csv",   "writings.csv"};

/* All files as bytes: the fixed ones first, then those of terms/, by name. */
struct sources {
    struct source *items;
    size_t count;
};

/* --- reading ----------------------------------------------------------------------------------------------------- */

static void
sources_fini(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        buffer_fini(&sources->items[i].content);
    free(sources->items);
}

static enum status
read_source(struct source *source, struct fault *fault)
{
    enum status status = file_read(source->path, MAX_COMMON_FILE_BYTES, &source->content);
    const char *reason = status == STATUS_NOT_FOUND   ? "the file is missing"
                         : status == STATUS_TOO_LARGE ? "the file is larger than 64 MiB"
                         : status == STATUS_INVALID   ? "this is no regular file"
                                                      : NULL;
    if (reason) {
        fault_set(fault, source->path, 0, 0, "", "", reason, "restore it from the package");
        return STATUS_INVALID;
    }
    return status;
}

static enum status
add_source(struct sources *sources, const char *dir, const char *name, struct fault *fault)
{
    struct source *source = &sources->items[sources->count];
    buffer_init(&source->content);
    if (snprintf(source->path, sizeof(source->path), "%s/%s", dir, name) >= (int)sizeof(source->path)) {
        fault_set(fault, dir, 0, 0, "", "", "the path is too long", "move the dictionaries");
        return STATUS_INVALID;
    }
    sources->count++;
    return read_source(source, fault);
}

static enum status
list_terms(const char *dir, struct buffer *names, size_t *count_out, struct fault *fault)
{
    enum status status = file_list(dir, ".csv", names, count_out);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && *count_out == 0)) {
        fault_set(fault, dir, 0, 0, "", "", "no file of terms is here", "restore it from the package");
        status = STATUS_INVALID;
    }
    return status;
}

static enum status
sources_read(const char *dir, struct sources *sources, struct fault *fault)
{
    char terms_dir[MAX_PATH_BYTES];
    struct buffer names;
    size_t count = 0;
    buffer_init(&names);
    snprintf(terms_dir, sizeof(terms_dir), "%s/terms", dir);
    enum status status = list_terms(terms_dir, &names, &count, fault);
    if (status == STATUS_OK) {
        sources->items = calloc(FIXED_SOURCES + count, sizeof(*sources->items));
        status = sources->items ? STATUS_OK : STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < FIXED_SOURCES && status == STATUS_OK; i++)
        status = add_source(sources, dir, fixed_names[i], fault);
    const char *name = (const char *)names.data;
    for (size_t i = 0; i < count && status == STATUS_OK; i++, name += strlen(name) + 1)
        status = add_source(sources, terms_dir, name, fault);
    buffer_fini(&names);
    return status;
}

static size_t
sources_bytes(const struct sources *sources)
{
    size_t bytes = 0;
    for (size_t i = 0; i < sources->count; i++)
        bytes += sources->items[i].content.bytes;
    return bytes;
}

/* --- building ---------------------------------------------------------------------------------------------------- */

static struct slice
content_of(const struct sources *sources, size_t index)
{
    return buffer_slice(&sources->items[index].content);
}

static enum status
read_all_terms(const struct sources *sources, struct build *build, struct literals_builder *literals,
               struct common *common)
{
    struct terms_builder terms;
    struct writing_table *table = NULL;
    enum status status = writings_read(build, content_of(sources, WRITINGS), sources->items[WRITINGS].path, &table);
    if (status == STATUS_OK) {
        build->writing_table = common->writing_table = table;
        status = terms_begin(&terms, "common");
    }
    if (status != STATUS_OK)
        return status;
    for (size_t i = FIXED_SOURCES; i < sources->count && status == STATUS_OK; i++)
        status = terms_read(&terms, build, content_of(sources, i), sources->items[i].path, literals);
    if (status == STATUS_OK) {
        status =
            terms_finish(&terms, build, &common->terms, &common->term_count, &common->writings, &common->writing_count);
    }
    terms_abandon(&terms);
    return status;
}

static enum status
read_facts(const struct sources *sources, struct build *build, struct facts *facts)
{
    enum status status = tables_read_names(build, content_of(sources, SURNAMES), sources->items[SURNAMES].path,
                                           &facts->surnames, &facts->surname_max_bytes);
    if (status == STATUS_OK) {
        status = tables_read_names(build, content_of(sources, GIVEN_NAMES), sources->items[GIVEN_NAMES].path,
                                   &facts->given_names, &facts->given_max_bytes);
    }
    if (status == STATUS_OK) {
        status = tables_read_municipalities(build, content_of(sources, MUNICIPALITIES),
                                            sources->items[MUNICIPALITIES].path, facts);
    }
    if (status == STATUS_OK) {
        status = tables_read_names(build, content_of(sources, TOWNS), sources->items[TOWNS].path, &facts->towns,
                                   &facts->town_max_bytes);
    }
    return status;
}

static enum status
read_literals(const struct sources *sources, struct build *build, struct common *common)
{
    struct literals_builder literals;
    enum status status = literals_begin(&literals);
    if (status != STATUS_OK)
        return status;
    status = read_all_terms(sources, build, &literals, common);
    if (status == STATUS_OK)
        status = cues_read(build, content_of(sources, CUES), sources->items[CUES].path, &literals);
    if (status == STATUS_OK)
        status = cues_read(build, content_of(sources, STARTS), sources->items[STARTS].path, &literals);
    if (status == STATUS_OK)
        status = read_facts(sources, build, &common->facts);
    if (status == STATUS_OK) {
        status = special_read(build, content_of(sources, SPECIAL), sources->items[SPECIAL].path, &literals,
                              &common->special);
    }
    if (status == STATUS_OK)
        status = literals_finish(&literals, build, &common->literals);
    literals_abandon(&literals);
    return status;
}

static void
hash_common(struct common *common)
{
    struct version versions[VERSIONS];
    struct hasher hasher;
    struct hash domains;
    hasher_init(&hasher);
    versions_of(common->tokens, versions);
    for (size_t i = 0; i < VERSIONS; i++)
        hasher_add_text(&hasher, versions[i].text);
    domain_list_hash(common->domains, &domains);
    hasher_add(&hasher, (struct slice){domains.bytes, HASH_BYTES});
    for (size_t i = 0; i < common->file_count; i++) {
        hasher_add_text(&hasher, common->files[i].name); /* where the folder lies does not matter */
        hasher_add(&hasher, (struct slice){common->files[i].hash.bytes, HASH_BYTES});
    }
    hasher_finish(&hasher, &common->hash);
}

static enum status
list_file(struct build *build, struct common *common, const char *name, struct slice content)
{
    struct common_file *file = &common->files[common->file_count++];
    struct hasher hasher;
    struct slice kept;
    hasher_init(&hasher);
    hasher_add(&hasher, content);
    hasher_finish(&hasher, &file->hash);
    enum status status = build_keep(build, slice_of(name), &kept);
    file->name = (const char *)kept.data;
    return status;
}

/* Every file that went in, by its path below the folder: what a copy needs to be the same. */
static enum status
list_files(const struct sources *sources, const char *dir, struct build *build, struct common *common)
{
    static const char *const models[] = {"models/names.words", "models/names.model"};
    common->files = arena_alloc_array(build->arena, sources->count + 3, sizeof(*common->files));
    enum status status = common->files ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; i < sources->count && status == STATUS_OK; i++)
        status = list_file(build, common, sources->items[i].path + strlen(dir) + 1, content_of(sources, i));
    for (unsigned i = 0; i < 2 && status == STATUS_OK; i++)
        status = list_file(build, common, models[i], name_model_bytes(common->names, i));
    if (status == STATUS_OK)
        status = list_file(build, common, "models/topics/topics.model", common->topics->file);
    return status;
}

/* dir/models holds the name tagger and, in topics/, the topic model. */
static enum status
read_models(const char *dir, struct common *common, struct fault *fault)
{
    char path[MAX_PATH_BYTES];
    snprintf(path, sizeof(path), "%s/models", dir);
    enum status status = name_model_read(path, &common->names, fault);
    if (status != STATUS_OK)
        return status;
    snprintf(path, sizeof(path), "%s/models/topics", dir);
    return topic_model_read(path, &common->topics, fault);
}

const char *
common_tokens(const char *dir, char *path, size_t bytes)
{
    const int used = snprintf(path, bytes, "%s/" COMMON_TOKENS, dir);
    return used > 0 && (size_t)used < bytes && access(path, F_OK) == 0 ? path : TOKENS_DICTIONARY;
}

static enum status
load_tokens(const char *dir, struct fault *fault, struct common *common)
{
    char path[MAX_PATH_BYTES];
    enum status status = token_model_create(common_tokens(dir, path, sizeof(path)), &common->tokens);
    const bool is_missing = status == STATUS_NOT_FOUND;

    if (!is_missing && status != STATUS_INVALID)
        return status;
    fault_set(fault, TOKENS_DICTIONARY, 0, 0, "", "",
              is_missing ? "the dictionary of MeCab is missing" : "MeCab cannot read its dictionary",
              is_missing ? "install mecab-ipadic-utf8"
                         : "install mecab-ipadic-utf8 anew; /dev/null must be the device");
    return STATUS_INVALID;
}

static enum status
build_parts(const struct sources *sources, const char *dir, struct build *build, struct common *common)
{
    enum status status = view_tables_create(&common->views);
    if (status == STATUS_OK)
        status = load_tokens(dir, build->fault, common);
    if (status == STATUS_OK)
        status = domain_list_create(&common->domains);
    if (status == STATUS_OK) {
        build->views = common->views;
        status = tokenizer_create(common->tokens, &build->tokenizer);
    }
    if (status == STATUS_OK)
        status = read_literals(sources, build, common);
    if (status == STATUS_OK)
        status = phrases_read(build, content_of(sources, PHRASES), sources->items[PHRASES].path, &common->phrases);
    if (status == STATUS_OK)
        status = patterns_read(build, content_of(sources, PATTERNS), sources->items[PATTERNS].path, common);
    if (status == STATUS_OK)
        status = list_files(sources, dir, build, common);
    if (status == STATUS_OK)
        hash_common(common);
    return status;
}

static enum status
create_memory(size_t source_bytes, struct common_memory **memory_out)
{
    struct arena *arena = NULL;
    enum status status = arena_create((1u << 20) + 64 * source_bytes, &arena);
    if (status != STATUS_OK)
        return status;
    struct common_memory *memory = arena_alloc(arena, sizeof(*memory));
    if (!memory) {
        arena_destroy(&arena);
        return STATUS_NO_MEMORY;
    }
    *memory = (struct common_memory){.arena = arena};
    *memory_out = memory;
    return STATUS_OK;
}

enum status
common_build(const char *dir, struct store *store, struct common **common_out, struct fault *fault)
{
    struct sources sources = {0};
    struct common_memory *memory = NULL;
    struct build build = {.store = store, .fault = fault};
    struct common *common = NULL;
    enum status status = sources_read(dir, &sources, fault);
    if (status == STATUS_OK)
        status = create_memory(sources_bytes(&sources), &memory);
    if (status == STATUS_OK) {
        common = &memory->common;
        build.arena = memory->arena;
        status = read_models(dir, common, fault);
    }
    if (status == STATUS_OK)
        status = arena_create(SCRATCH_BYTES, &build.scratch);
    if (status == STATUS_OK)
        status = build_parts(&sources, dir, &build, common);
    tokenizer_destroy(&build.tokenizer);
    arena_destroy(&build.scratch);
    sources_fini(&sources);
    if (status != STATUS_OK) {
        common_destroy(&common);
        return status;
    }
    *common_out = common;
    return STATUS_OK;
}

static bool
is_as_listed(const char *dir, const struct common_file *file)
{
    char path[MAX_PATH_BYTES];
    struct buffer content;
    struct hasher hasher;
    struct hash hash;
    if (snprintf(path, sizeof(path), "%s/%s", dir, file->name) >= (int)sizeof(path))
        return false;
    buffer_init(&content);
    bool same = file_read(path, MAX_COMMON_FILE_BYTES, &content) == STATUS_OK;
    if (same) {
        hasher_init(&hasher);
        hasher_add(&hasher, buffer_slice(&content));
        hasher_finish(&hasher, &hash);
        same = memcmp(hash.bytes, file->hash.bytes, HASH_BYTES) == 0;
    }
    buffer_fini(&content);
    return same;
}

bool
common_is_of(const struct common *common, const char *dir)
{
    static const char terms[] = "terms/";
    char path[MAX_PATH_BYTES];
    struct buffer names;
    size_t present = 0;
    snprintf(path, sizeof(path), "%s/%s", dir, terms);
    buffer_init(&names);
    bool same = file_list(path, ".csv", &names, &present) == STATUS_OK;
    buffer_fini(&names);
    for (size_t i = 0; i < common->file_count && same; i++) {
        present -= strncmp(common->files[i].name, terms, strlen(terms)) == 0;
        same = is_as_listed(dir, &common->files[i]);
    }
    return same && present == 0;
}

void
common_destroy(struct common **common)
{
    if (!*common)
        return;
    struct arena *arena = ((struct common_memory *)*common)->arena;
    patterns_release(*common);
    name_model_destroy(&(*common)->names);
    topic_model_destroy(&(*common)->topics);
    lexicon_destroy(&(*common)->literals.lexicon);
    table_destroy(&(*common)->facts.surnames);
    table_destroy(&(*common)->facts.given_names);
    table_destroy(&(*common)->facts.municipalities);
    table_destroy(&(*common)->facts.towns);
    domain_list_destroy(&(*common)->domains);
    token_model_destroy(&(*common)->tokens);
    view_tables_destroy(&(*common)->views);
    *common = NULL;
    arena_destroy(&arena);
}
