/* ruleset_build: common + one city. */
#include "rules/ruleset.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/pages.h"
#include "rules/build.h"
#include "rules/disguises.h"
#include "rules/keys.h"
#include "rules/literals.h"
#include "rules/names.h"
#include "rules/terms.h"
#include "rules/writings.h"

#define MAX_PATH_BYTES 600
#define SCRATCH_BYTES (1u << 20)
#define MEMORY_BYTES 8192   /* two pages side by side: room for the fronts of some 300 literals */
#define PREFETCHED_LINES 32 /* to the end of the front of a lexicon so large; fewer were slower */
#define FRONTS_AT PAGES_LINES(sizeof(struct ruleset) + sizeof(struct policy) + 2 * sizeof(void *))

/* What each message reads of a city lies together, the rest in arenas. One of many cities is in no cache when its turn
 * comes, and to find a page takes longer than to read from it. */
struct ruleset_memory {
    struct ruleset ruleset;
    struct policy policy;  /* a copy … */
    struct policy *parsed; /* … of this, whose rows it uses */
    struct arena *arena;
    alignas(PAGES_LINE_BYTES) uint8_t fronts[MEMORY_BYTES - FRONTS_AT]; /* of the literals */
};
_Static_assert(sizeof(struct ruleset_memory) == MEMORY_BYTES, "no line more than said");

static const char *
path_in(const struct city_files *files, const char *name, char path[MAX_PATH_BYTES])
{
    snprintf(path, MAX_PATH_BYTES, "%s/%s", files->folder, name);
    return path;
}

static enum status
read_terms(const struct city_files *files, struct build *build, struct literals_builder *literals,
           struct ruleset *ruleset)
{
    char path[MAX_PATH_BYTES];
    struct terms_builder terms;
    if (files->terms.bytes == 0)
        return STATUS_OK;
    enum status status = terms_begin(&terms, files->id);
    if (status == STATUS_OK)
        status = terms_read(&terms, build, buffer_slice(&files->terms), path_in(files, "terms.csv", path), literals);
    if (status == STATUS_OK) {
        status = terms_finish(&terms, build, &ruleset->terms, &ruleset->term_count, &ruleset->writings,
                              &ruleset->writing_count);
    }
    terms_abandon(&terms);
    return status;
}

static enum status
read_names(const struct city_files *files, struct build *build, struct literals_builder *literals,
           struct ruleset *ruleset)
{
    char path[MAX_PATH_BYTES];
    if (files->names.bytes == 0)
        return STATUS_OK;
    return names_read(build, buffer_slice(&files->names), path_in(files, "names.csv", path), literals,
                      &ruleset->public_names, &ruleset->public_name_count);
}

/* A contact whose value is all separators or very long is compared by the scan itself, without a literal. */
static enum status
add_contacts(struct build *build, struct literals_builder *literals, const struct policy *policy)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < policy->contact_count && status == STATUS_OK; i++) {
        struct slice plain, skeleton;
        status = build_fold(build, slice_of(policy->contacts[i].value), &plain, &skeleton);
        if (status == STATUS_TOO_LARGE) {
            status = STATUS_OK;
            continue;
        }
        if (status == STATUS_OK && skeleton.bytes > 0) {
            struct use use = {.role = USE_CONTACT, .info = policy->contacts[i].type, .index = (uint32_t)i};
            status = literals_add(literals, build, skeleton, use);
        }
    }
    return status;
}

/* 柏巿役所: of the account's name and of the city's with 役所 behind it. */
static enum status
add_impostors(struct build *build, struct literals_builder *literals, struct ruleset *ruleset)
{
    const struct policy *policy = ruleset->policy;
    struct buffer impostors;
    char office[MAX_PATH_BYTES];
    const void *kept = NULL;
    enum status status = STATUS_OK;
    buffer_init(&impostors);
    snprintf(office, sizeof(office), "%s役所", policy->name);
    if (policy->account_name)
        status = writings_add_impostors(build, slice_of(policy->account_name), &impostors, literals);
    if (policy->account_name && status == STATUS_OK && strcmp(office, policy->account_name) != 0)
        status = writings_add_impostors(build, slice_of(office), &impostors, literals);
    if (status == STATUS_OK)
        status = build_keep_array(build, &impostors, &kept);
    if (status == STATUS_OK) {
        ruleset->impostors = kept;
        ruleset->impostor_count = impostors.bytes / sizeof(struct slice);
    }
    buffer_fini(&impostors);
    return status;
}

static enum status
read_literals(const struct city_files *files, struct build *build, struct ruleset *ruleset)
{
    struct literals_builder literals;
    enum status status = literals_begin(&literals);
    if (status != STATUS_OK)
        return status;
    status = read_terms(files, build, &literals, ruleset);
    if (status == STATUS_OK)
        status = read_names(files, build, &literals, ruleset);
    if (status == STATUS_OK)
        status = add_contacts(build, &literals, ruleset->policy);
    if (status == STATUS_OK)
        status = add_impostors(build, &literals, ruleset);
    if (status == STATUS_OK)
        status = literals_finish(&literals, build, &ruleset->literals);
    literals_abandon(&literals);
    return status;
}

/* Fails closed: a policy that wants tokens is not run with labels. */
static enum status
read_keys(const struct city_files *files, struct build *build, struct ruleset *ruleset)
{
    char path[MAX_PATH_BYTES];
    if (!policy_needs_keys(ruleset->policy))
        return STATUS_OK;
    if (!files->keys_path) {
        fault_set(build->fault, path_in(files, "policy.yaml", path), 0, 0, "transform", NULL,
                  "the policy asks for token or encrypt, and no key file is configured",
                  "make one with filterctl keygen and name it (--keys FILE, keys_dir), or choose another transform");
        return STATUS_INVALID;
    }
    return keys_read(files->keys_path, files->id, &ruleset->keys, build->fault);
}

static void
hash_parts(const struct common *common, const struct city_files *files, const struct keys *keys, struct hash *hash_out)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_add(&hasher, (struct slice){common->hash.bytes, HASH_BYTES});
    hasher_add(&hasher, (struct slice){files->hash.bytes, HASH_BYTES});
    for (size_t i = 0; keys && i < keys->count; i++) {
        const struct key *key = &keys->items[i];
        struct secret_key mark; /* of a key of 256 bits: it tells keys apart, and leads back to none */
        hasher_add_text(&hasher, key->id);
        secret_derive(&key->token, "ruleset", slice_of(key->id), &mark);
        hasher_add(&hasher, (struct slice){mark.bytes, sizeof(mark.bytes)});
        secret_wipe(&mark, sizeof(mark));
    }
    hasher_finish(&hasher, hash_out);
}

bool
ruleset_is_of(const struct ruleset *ruleset, const struct city_files *files)
{
    struct keys *keys = NULL;
    struct hash hash;
    if (ruleset->keys && (!files->keys_path || keys_read(files->keys_path, files->id, &keys, NULL) != STATUS_OK))
        return false;
    hash_parts(ruleset->common, files, keys, &hash);
    keys_destroy(&keys);
    return memcmp(hash.bytes, ruleset->hash.bytes, HASH_BYTES) == 0;
}

static enum status
build_parts(const struct city_files *files, struct build *build, struct ruleset *ruleset)
{
    char path[MAX_PATH_BYTES];
    struct ruleset_memory *memory = ruleset->memory;
    enum status status = policy_parse(buffer_slice(&files->policy), path_in(files, "policy.yaml", path), files->id,
                                      &memory->parsed, build->fault);
    if (status != STATUS_OK)
        return status;
    memory->policy = *memory->parsed;
    ruleset->policy = &memory->policy;
    status = read_keys(files, build, ruleset);
    if (status == STATUS_OK)
        status = arena_create(SCRATCH_BYTES, &build->scratch);
    if (status == STATUS_OK)
        status = tokenizer_create(ruleset->common->tokens, &build->tokenizer);
    if (status == STATUS_OK)
        status = read_literals(files, build, ruleset);
    tokenizer_destroy(&build->tokenizer);
    arena_destroy(&build->scratch);
    return status;
}

/* Of a city with so many terms that they do not fit, they stay where they are. */
static void
gather_fronts(struct ruleset_memory *memory)
{
    struct literals *literals = &memory->ruleset.literals;
    size_t lexicon_bytes = lexicon_front_bytes(literals->lexicon), left = sizeof memory->fronts;
    if (lexicon_bytes > left)
        return;
    lexicon_move_front(&literals->lexicon, memory->fronts);
    if (literals->disguises && disguises_front_bytes(literals->disguises) <= left - lexicon_bytes)
        disguises_move_front(&literals->disguises, memory->fronts + lexicon_bytes);
}

void
ruleset_prefetch(const struct ruleset *ruleset)
{
    for (size_t i = 0; i < PREFETCHED_LINES; i++)
        __builtin_prefetch((const uint8_t *)ruleset + i * PAGES_LINE_BYTES);
}

enum status
ruleset_build(const struct common *common, const struct city_files *files, struct ruleset **ruleset_out,
              struct fault *fault)
{
    struct arena *arena = NULL;
    enum status status =
        arena_create(65536 + 128 * (files->terms.bytes + files->names.bytes + files->policy.bytes), &arena);
    if (status != STATUS_OK)
        return status;
    struct ruleset_memory *memory = aligned_alloc(MEMORY_BYTES, sizeof(*memory));
    if (!memory) {
        arena_destroy(&arena);
        return STATUS_NO_MEMORY;
    }
    *memory = (struct ruleset_memory){.arena = arena};
    struct ruleset *ruleset = &memory->ruleset;
    *ruleset = (struct ruleset){.common = common, .memory = memory};
    struct build build = {
        .views = common->views, .arena = arena, .fault = fault, .writing_table = common->writing_table};
    status = build_parts(files, &build, ruleset);
    if (status != STATUS_OK) {
        ruleset_destroy(&ruleset);
        return status;
    }
    gather_fronts(memory);
    hash_parts(common, files, ruleset->keys, &ruleset->hash);
    hash_hex(&ruleset->hash, ruleset->hash_hex);
    *ruleset_out = ruleset;
    return STATUS_OK;
}

void
ruleset_destroy(struct ruleset **ruleset)
{
    if (!*ruleset)
        return;
    struct ruleset_memory *memory = (*ruleset)->memory;
    lexicon_destroy(&memory->ruleset.literals.lexicon);
    policy_destroy(&memory->parsed);
    keys_destroy(&memory->ruleset.keys);
    arena_destroy(&memory->arena);
    free(memory);
    *ruleset = NULL;
}
