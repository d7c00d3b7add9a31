#include "rules/policy.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "rules/links.h"
#include "rules/vocabulary.h"
#include "rules/yaml.h"

#define FORMAT_NUMBER 1
#define MAX_CLAUSES 512
#define MAX_ID_BYTES 32
#define MAX_PURPOSE_BYTES 64
#define MAX_SHORT_BYTES 512
#define MAX_TEXT_BYTES 16384
#define MAX_KEPT_CHARACTERS 16
#define DEFAULT_MIN_LIKELIHOOD 60
#define ALL_INFO_TYPES ((UINT64_C(1) << INFO_COUNT) - 2)
#define BIT(number) (UINT64_C(1) << (number))
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A policy lives in its own arena. */
struct policy_memory {
    struct policy policy; /* first: the pointer handed out */
    struct arena *arena;
};

static const struct word policy_modes[] = {[POLICY_ENFORCE] = {"enforce"}, [POLICY_OBSERVE] = {"observe"}};
static const struct word names_modes[] = {[NAMES_THOROUGH] = {"thorough"}, [NAMES_FAST] = {"fast"}};
static const struct word judges[] = {{"human"}};
static const struct vocabulary vocabulary_policy_mode = {"mode", policy_modes, COUNT(policy_modes)};
static const struct vocabulary vocabulary_names_mode = {"names", names_modes, COUNT(names_modes)};
static const struct vocabulary vocabulary_judge = {"judge", judges, COUNT(judges)};

static const char MY_NUMBER_REASON[] = "an individual number may only be labelled or removed (番号法2条8項)";

/* --- clauses ----------------------------------------------------------------------------------------------------- */

/* One word of `covers`, as bits. False: unknown. */
static bool
cover_bits(struct slice word, uint64_t *info_types, uint32_t *categories)
{
    unsigned number;
    if (slice_equal(word, slice_of("personal_data")))
        *info_types |= ALL_INFO_TYPES;
    else if (vocabulary_parse(&vocabulary_info_type, word, &number))
        *info_types |= BIT(number);
    else if (vocabulary_parse(&vocabulary_category, word, &number))
        *categories |= (uint32_t)BIT(number);
    else
        return false;
    return true;
}

static void
unknown_cover(struct yaml *yaml, int node)
{
    struct slice word = yaml_scalar(yaml, node);
    char mend[256], other[512];
    vocabulary_mend(&vocabulary_info_type, word, mend, sizeof(mend));
    vocabulary_mend(&vocabulary_category, word, other, sizeof(other));
    const char *best = strncmp(mend, "did", 3) == 0    ? mend
                       : strncmp(other, "did", 3) == 0 ? other
                                                       : "write personal_data, info types (PHONE, ADDRESS, ...) or "
                                                         "categories (DEFAMATION, OBSCENE, ...)";
    yaml_fault(yaml, node, "covers", "unknown info type or category", best);
}

static void
read_covers(struct yaml *yaml, int list, struct clause *clause)
{
    size_t count = yaml_list_count(yaml, list, "covers");
    if (list != 0 && count == 0)
        yaml_fault(yaml, list, "covers", "is empty", "say what the clause covers, or write judged_by: human");
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        int node = yaml_list_node(yaml, list, i);
        uint64_t info_types = clause->info_types;
        uint32_t categories = clause->categories;
        if (!cover_bits(yaml_scalar(yaml, node), &info_types, &categories))
            unknown_cover(yaml, node);
        else if (info_types == clause->info_types && categories == clause->categories)
            yaml_fault(yaml, node, "covers", "is covered already", "delete it");
        clause->info_types = info_types;
        clause->categories = categories;
    }
}

/* A list of words as bits (bit = number). */
static uint64_t
read_word_bits(struct yaml *yaml, int list, const char *item, const struct vocabulary *vocabulary)
{
    uint64_t bits = 0;
    size_t count = yaml_list_count(yaml, list, item);
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++)
        bits |= BIT(yaml_word(yaml, yaml_list_node(yaml, list, i), item, vocabulary, 0));
    return bits;
}

struct clause_nodes {
    int id, cite, heading, text, direction, judged_by;
    int covers, surfaces, action, review, mode, min_likelihood, min_severity, transform, mask;
};

/* Where each clause's id stands, for the fault that names both. */
struct clause_lines {
    unsigned lines[MAX_CLAUSES];
};

static void
map_clause(struct yaml *yaml, int node, struct clause_nodes *at)
{
    const struct yaml_key keys[] = {
        {"id", YAML_REQUIRED, &at->id},
        {"cite", YAML_REQUIRED, &at->cite},
        {"heading", YAML_REQUIRED, &at->heading},
        {"text", YAML_OPTIONAL, &at->text},
        {"direction", YAML_OPTIONAL, &at->direction},
        {"judged_by", YAML_OPTIONAL, &at->judged_by},
        {"covers", YAML_OPTIONAL, &at->covers},
        {"surfaces", YAML_OPTIONAL, &at->surfaces},
        {"action", YAML_OPTIONAL, &at->action},
        {"review", YAML_OPTIONAL, &at->review},
        {"mode", YAML_OPTIONAL, &at->mode},
        {"min_likelihood", YAML_OPTIONAL, &at->min_likelihood},
        {"min_severity", YAML_OPTIONAL, &at->min_severity},
        {"transform", YAML_OPTIONAL, &at->transform},
        {"mask", YAML_OPTIONAL, &at->mask},
    };
    yaml_mapping(yaml, node, "clause", keys, COUNT(keys));
}

static void
read_human_clause(struct yaml *yaml, const struct clause_nodes *at, struct clause *clause)
{
    yaml_word(yaml, at->judged_by, "judged_by", &vocabulary_judge, 0);
    clause->judged_by_human = true;
    const int machine[] = {at->covers,         at->surfaces,     at->action,    at->review, at->mode,
                           at->min_likelihood, at->min_severity, at->transform, at->mask};
    for (size_t i = 0; i < COUNT(machine); i++) {
        if (machine[i] != 0) {
            yaml_fault(yaml, machine[i], clause->id, "has no meaning in a clause that people judge",
                       "delete it, or delete judged_by");
        }
    }
}

static void
read_mask(struct yaml *yaml, int node, struct mask_options *mask)
{
    int first, last, separators;
    const struct yaml_key keys[] = {{"keep_first", YAML_OPTIONAL, &first},
                                    {"keep_last", YAML_OPTIONAL, &last},
                                    {"keep_separators", YAML_OPTIONAL, &separators}};
    if (node == 0)
        return;
    yaml_mapping(yaml, node, "mask", keys, COUNT(keys));
    mask->keep_first = (uint8_t)yaml_uint(yaml, first, "keep_first", 0, MAX_KEPT_CHARACTERS, 0);
    mask->keep_last = (uint8_t)yaml_uint(yaml, last, "keep_last", 0, MAX_KEPT_CHARACTERS, 0);
    mask->keep_separators = yaml_bool(yaml, separators, "keep_separators", false);
}

static void
read_clause_transform(struct yaml *yaml, const struct clause_nodes *at, struct clause *clause)
{
    clause->transform = yaml_word(yaml, at->transform, "transform", &vocabulary_transform, TRANSFORM_LABEL);
    if (at->transform != 0 && clause->action != ACTION_REDACT)
        yaml_fault(yaml, at->transform, clause->id, "only a clause with action: redact transforms", "delete it");
    if (at->mask != 0 && clause->transform != TRANSFORM_MASK)
        yaml_fault(yaml, at->mask, clause->id, "the clause does not mask", "write transform: mask, or delete it");
    read_mask(yaml, at->mask, &clause->mask);
}

static void
read_machine_clause(struct yaml *yaml, int node, const struct clause_nodes *at, struct clause *clause)
{
    if (at->action == 0) {
        yaml_fault(yaml, node, clause->id, "the key 'action' is missing",
                   "write action: allow, redact or block, or judged_by: human");
    }
    if (at->covers == 0) {
        yaml_fault(yaml, node, clause->id, "the key 'covers' is missing",
                   "say what the clause covers, or write judged_by: human");
    }
    read_covers(yaml, at->covers, clause);
    clause->action = yaml_word(yaml, at->action, "action", &vocabulary_action, ACTION_ALLOW);
    clause->surfaces = (uint32_t)read_word_bits(yaml, at->surfaces, "surfaces", &vocabulary_surface);
    clause->review = yaml_bool(yaml, at->review, "review", false);
    clause->observe = yaml_word(yaml, at->mode, "mode", &vocabulary_policy_mode, POLICY_ENFORCE) == POLICY_OBSERVE;
    clause->min_likelihood =
        (uint8_t)yaml_uint(yaml, at->min_likelihood, "min_likelihood", 0, 100, DEFAULT_MIN_LIKELIHOOD);
    clause->min_severity = yaml_word(yaml, at->min_severity, "min_severity", &vocabulary_severity, SEVERITY_LOW);
    read_clause_transform(yaml, at, clause);
}

static bool
transform_suits_my_number(enum transform transform)
{
    return transform == TRANSFORM_LABEL || transform == TRANSFORM_REMOVE;
}

/* What no city may decide, whatever its policy says. */
static void
check_my_number(struct yaml *yaml, const struct policy *policy, const struct clause_nodes *at,
                const struct clause *clause)
{
    bool covered = clause->info_types & BIT(INFO_MY_NUMBER);
    if (!covered || clause->judged_by_human)
        return;
    if (clause->action == ACTION_ALLOW && clause->info_types != ALL_INFO_TYPES) {
        yaml_fault(yaml, at->action, clause->id, "MY_NUMBER can not be allowed (番号法2条8項)",
                   "take MY_NUMBER out of covers, or write action: redact");
    }
    /* transforms: {MY_NUMBER: …} overrides the clause's. */
    if (policy->transforms[INFO_MY_NUMBER] == TRANSFORM_NONE && !transform_suits_my_number(clause->transform)) {
        yaml_fault(yaml, at->transform, clause->id, MY_NUMBER_REASON,
                   "write transform: label or remove, or add transforms: {MY_NUMBER: label}");
    }
}

static void
check_clause_id(struct yaml *yaml, const struct policy *policy, int node, const char *id,
                const struct clause_lines *lines)
{
    for (size_t i = 0; i < policy->clause_count; i++) {
        if (strcmp(policy->clauses[i].id, id) == 0) {
            char reason[96];
            snprintf(reason, sizeof(reason), "the clause of line %u has this id", lines->lines[i]);
            yaml_fault(yaml, node, "id", reason, "ids must be unique; cite may repeat");
        }
    }
}

static void
read_clause(struct yaml *yaml, int node, struct policy *policy, struct clause *clause, const struct clause_lines *lines)
{
    struct clause_nodes at;
    map_clause(yaml, node, &at);
    if (yaml_status(yaml) != STATUS_OK)
        return;
    clause->id = yaml_name(yaml, at.id, "id", MAX_ID_BYTES, "");
    check_clause_id(yaml, policy, at.id, clause->id, lines);
    clause->cite = yaml_text(yaml, at.cite, "cite", MAX_SHORT_BYTES, "");
    clause->heading = yaml_text(yaml, at.heading, "heading", MAX_SHORT_BYTES, "");
    clause->text = yaml_text(yaml, at.text, "text", MAX_TEXT_BYTES, NULL);
    clause->direction = yaml_word(yaml, at.direction, "direction", &vocabulary_direction, DIRECTION_NONE);
    clause->min_severity = SEVERITY_LOW;
    clause->transform = TRANSFORM_LABEL;
    if (at.judged_by != 0)
        read_human_clause(yaml, &at, clause);
    else
        read_machine_clause(yaml, node, &at, clause);
    check_my_number(yaml, policy, &at, clause);
}

static void
read_clauses(struct yaml *yaml, int list, struct policy *policy)
{
    size_t count = yaml_list_count(yaml, list, "clauses");
    if (count == 0 || count > MAX_CLAUSES) {
        yaml_fault(yaml, list, "clauses", count ? "has too many clauses" : "is empty",
                   count ? "at most 512 are allowed" : "write at least one clause");
        return;
    }
    struct clause *clauses = yaml_alloc(yaml, count, sizeof(*clauses));
    struct clause_lines *lines = yaml_alloc(yaml, 1, sizeof(*lines));
    policy->clauses = clauses;
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        int node = yaml_list_node(yaml, list, i);
        read_clause(yaml, node, policy, &clauses[i], lines);
        lines->lines[i] = yaml_line(yaml, node);
        policy->info_types |= policy->clauses[policy->clause_count++].info_types;
    }
}

/* --- the other parts --------------------------------------------------------------------------------------------- */

static void
read_purpose(struct yaml *yaml, int node, const struct policy *policy, struct purpose *purpose)
{
    int keep, clause, review, both;
    const struct yaml_key keys[] = {{"keep", YAML_OPTIONAL, &keep},
                                    {"clause", YAML_REQUIRED, &clause},
                                    {"review", YAML_OPTIONAL, &review},
                                    {"both_directions", YAML_OPTIONAL, &both}};
    yaml_mapping(yaml, node, "purposes", keys, COUNT(keys));
    purpose->keep = read_word_bits(yaml, keep, "keep", &vocabulary_info_type);
    if (purpose->keep & BIT(INFO_MY_NUMBER))
        yaml_fault(yaml, keep, "keep", "MY_NUMBER can not be kept (番号法2条8項)", "take MY_NUMBER out");
    purpose->review = yaml_bool(yaml, review, "review", false);
    purpose->both_directions = yaml_bool(yaml, both, "both_directions", false);
    const char *id = yaml_text(yaml, clause, "clause", MAX_ID_BYTES, "");
    purpose->clause = policy_clause(policy, id);
    if (!purpose->clause)
        yaml_fault(yaml, clause, "clause", "no clause has this id", "write the id of one of the clauses below");
}

static void
read_purposes(struct yaml *yaml, int map, struct policy *policy)
{
    size_t count = yaml_pair_count(yaml, map, "purposes");
    struct purpose *purposes = yaml_alloc(yaml, count, sizeof(*purposes));
    policy->purposes = purposes;
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        int key, value;
        yaml_pair(yaml, map, i, &key, &value);
        purposes[i].name = yaml_name(yaml, key, "purposes", MAX_PURPOSE_BYTES, "");
        if (strcmp(purposes[i].name, "chat") == 0)
            yaml_fault(yaml, key, "purposes", "chat is the purpose of every other message", "choose another name");
        read_purpose(yaml, value, policy, &purposes[i]);
        policy->purpose_count++;
    }
}

static void
read_notices(struct yaml *yaml, int map, struct policy *policy)
{
    size_t count = yaml_pair_count(yaml, map, "notices");
    struct notice *notices = yaml_alloc(yaml, count, sizeof(*notices));
    policy->notices = notices;
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        int key, value;
        yaml_pair(yaml, map, i, &key, &value);
        notices[i].id = yaml_name(yaml, key, "notices", MAX_ID_BYTES, "");
        notices[i].text = yaml_text(yaml, value, notices[i].id, MAX_TEXT_BYTES, "");
        policy->notice_count++;
    }
}

static void
read_transforms(struct yaml *yaml, int map, struct policy *policy)
{
    size_t count = yaml_pair_count(yaml, map, "transforms");
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        int key, value;
        yaml_pair(yaml, map, i, &key, &value);
        unsigned type = yaml_word(yaml, key, "transforms", &vocabulary_info_type, INFO_NONE);
        enum transform transform = yaml_word(yaml, value, "transforms", &vocabulary_transform, TRANSFORM_NONE);
        if (type == INFO_MY_NUMBER && !transform_suits_my_number(transform))
            yaml_fault(yaml, value, "transforms", MY_NUMBER_REASON, "write label or remove");
        policy->transforms[type] = transform;
    }
}

/* masks: {PHONE: {keep_last: 4}}: how transforms: {PHONE: mask} masks. */
static void
read_masks(struct yaml *yaml, int map, struct policy *policy)
{
    size_t count = yaml_pair_count(yaml, map, "masks");
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        int key, value;
        yaml_pair(yaml, map, i, &key, &value);
        unsigned type = yaml_word(yaml, key, "masks", &vocabulary_info_type, INFO_NONE);
        if (yaml_status(yaml) == STATUS_OK && policy->transforms[type] != TRANSFORM_MASK)
            yaml_fault(yaml, key, "masks", "`transforms` does not mask this type", "write it there, or delete it here");
        read_mask(yaml, value, &policy->masks[type]);
    }
}

static void
read_contacts(struct yaml *yaml, int list, struct policy *policy)
{
    enum { FROM_ACCOUNT = 2 };
    size_t count = yaml_list_count(yaml, list, "official_contacts");
    struct contact *contacts = yaml_alloc(yaml, count + FROM_ACCOUNT, sizeof(*contacts));
    size_t used = 0;
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        int type, value;
        const struct yaml_key keys[] = {{"type", YAML_REQUIRED, &type}, {"value", YAML_REQUIRED, &value}};
        yaml_mapping(yaml, yaml_list_node(yaml, list, i), "official_contacts", keys, COUNT(keys));
        contacts[used].type = yaml_word(yaml, type, "type", &vocabulary_info_type, INFO_NONE);
        contacts[used++].value = yaml_text(yaml, value, "value", MAX_SHORT_BYTES, "");
    }
    if (contacts && policy->account_name)
        contacts[used++] = (struct contact){INFO_PERSON, policy->account_name};
    if (contacts && policy->line_id)
        contacts[used++] = (struct contact){INFO_LINE_ID, policy->line_id};
    policy->contacts = contacts;
    policy->contact_count = used;
}

static bool
is_date(const char *text)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year, month, day;
    int end = 0;
    if (sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &end) != 3 || end != 10 || text[10] != '\0' || month < 1 ||
        month > 12) {
        return false;
    }
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day >= 1 && day <= days[month - 1] + (unsigned)(month == 2 && is_leap);
}

static void
read_origin(struct yaml *yaml, int account, int source, int legal_basis, struct policy *policy)
{
    int name, line_id, title, in_force, published, replaced;
    const struct yaml_key account_keys[] = {{"name", YAML_REQUIRED, &name}, {"line_id", YAML_OPTIONAL, &line_id}};
    const struct yaml_key source_keys[] = {{"title", YAML_REQUIRED, &title}, {"in_force", YAML_OPTIONAL, &in_force}};
    const struct yaml_key legal_keys[] = {{"as_published", YAML_REQUIRED, &published},
                                          {"in_force", YAML_REQUIRED, &replaced}};
    yaml_mapping(yaml, account, "account", account_keys, COUNT(account_keys));
    yaml_mapping(yaml, source, "source", source_keys, COUNT(source_keys));
    yaml_mapping(yaml, legal_basis, "legal_basis", legal_keys, COUNT(legal_keys));
    policy->account_name = yaml_text(yaml, name, "name", MAX_SHORT_BYTES, NULL);
    policy->line_id = yaml_text(yaml, line_id, "line_id", MAX_SHORT_BYTES, NULL);
    policy->source_title = yaml_text(yaml, title, "title", MAX_SHORT_BYTES, NULL);
    policy->in_force = yaml_text(yaml, in_force, "in_force", MAX_SHORT_BYTES, NULL);
    policy->legal_as_published = yaml_text(yaml, published, "as_published", MAX_SHORT_BYTES, NULL);
    policy->legal_in_force = yaml_text(yaml, replaced, "in_force", MAX_SHORT_BYTES, NULL);
    if (policy->in_force && !is_date(policy->in_force))
        yaml_fault(yaml, in_force, "in_force", "is no date", "write it like 2023-03-17");
}

/* Check digit of 全国地方公共団体コード: weights 6 5 4 3 2, modulo 11. */
static bool
municipality_code_is_valid(const char *code)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < 6; i++) {
        if (code[i] < '0' || code[i] > '9')
            return false;
        sum += i < 5 ? (6 - i) * (unsigned)(code[i] - '0') : 0;
    }
    return code[6] == '\0' && (11 - sum % 11) % 10 == (unsigned)(code[5] - '0');
}

static void
read_identity(struct yaml *yaml, int id, int code, int name, const char *expected_id, struct policy *policy)
{
    policy->id = yaml_name(yaml, id, "id", 63, "");
    if (expected_id && strcmp(policy->id, expected_id) != 0) {
        char mend[96];
        snprintf(mend, sizeof(mend), "write id: %s, or rename the folder", expected_id);
        yaml_fault(yaml, id, "id", "differs from the folder's name", mend);
    }
    policy->municipality_code = yaml_text(yaml, code, "municipality_code", MAX_SHORT_BYTES, "");
    if (code != 0 && !municipality_code_is_valid(policy->municipality_code)) {
        yaml_fault(yaml, code, "municipality_code", "is no municipality code (check digit)",
                   "write the 6 digits of 全国地方公共団体コード, such as \"122173\"");
    }
    policy->name = yaml_text(yaml, name, "name", MAX_SHORT_BYTES, "");
}

/* --- the file ---------------------------------------------------------------------------------------------------- */

static void
read_policy(struct yaml *yaml, const char *expected_id, struct policy *policy)
{
    int format, id, code, name, account, source, legal_basis, mode, names, composite, special_care, request_rules;
    int transforms, masks, purposes, notices, contacts, links, clauses;
    const struct yaml_key keys[] = {
        {"format", YAML_REQUIRED, &format},
        {"id", YAML_REQUIRED, &id},
        {"municipality_code", YAML_OPTIONAL, &code},
        {"name", YAML_REQUIRED, &name},
        {"account", YAML_OPTIONAL, &account},
        {"source", YAML_OPTIONAL, &source},
        {"legal_basis", YAML_OPTIONAL, &legal_basis},
        {"mode", YAML_OPTIONAL, &mode},
        {"names", YAML_OPTIONAL, &names},
        {"composite", YAML_OPTIONAL, &composite},
        {"special_care", YAML_OPTIONAL, &special_care},
        {"request_rules", YAML_OPTIONAL, &request_rules},
        {"transforms", YAML_OPTIONAL, &transforms},
        {"masks", YAML_OPTIONAL, &masks},
        {"purposes", YAML_OPTIONAL, &purposes},
        {"notices", YAML_OPTIONAL, &notices},
        {"official_contacts", YAML_OPTIONAL, &contacts},
        {"links", YAML_OPTIONAL, &links},
        {"clauses", YAML_REQUIRED, &clauses},
    };
    yaml_mapping(yaml, yaml_root(yaml), "policy", keys, COUNT(keys));
    yaml_uint(yaml, format, "format", FORMAT_NUMBER, FORMAT_NUMBER, 0);
    read_identity(yaml, id, code, name, expected_id, policy);
    read_origin(yaml, account, source, legal_basis, policy);
    policy->mode = yaml_word(yaml, mode, "mode", &vocabulary_policy_mode, POLICY_ENFORCE);
    policy->names = yaml_word(yaml, names, "names", &vocabulary_names_mode, NAMES_THOROUGH);
    policy->composite = yaml_bool(yaml, composite, "composite", false);
    policy->special_care = yaml_bool(yaml, special_care, "special_care", true);
    policy->request_rules = yaml_bool(yaml, request_rules, "request_rules", false);
    read_transforms(yaml, transforms, policy);
    read_masks(yaml, masks, policy);
    read_clauses(yaml, clauses, policy); /* before the purposes, which refer to them */
    read_purposes(yaml, purposes, policy);
    read_notices(yaml, notices, policy);
    read_contacts(yaml, contacts, policy);
    links_read(yaml, links, policy);
}

/* No value of the file needs more than this many bytes per byte of text. */
static size_t
arena_bytes_for(struct slice text)
{
    size_t bytes = text.bytes < POLICY_MAX_FILE_BYTES ? text.bytes : POLICY_MAX_FILE_BYTES;
    return 65536 + 48 * bytes;
}

enum status
policy_parse(struct slice text, const char *file, const char *expected_id, struct policy **policy_out,
             struct fault *fault)
{
    struct arena *arena = NULL;
    struct yaml *yaml = NULL;
    enum status status = arena_create(arena_bytes_for(text), &arena);
    if (status != STATUS_OK)
        return status;
    struct policy_memory *memory = arena_alloc(arena, sizeof(*memory));
    if (!memory) {
        status = STATUS_NO_MEMORY;
        goto fail;
    }
    *memory = (struct policy_memory){.arena = arena};
    status = yaml_open(text, file, arena, fault, &yaml);
    if (status != STATUS_OK)
        goto fail;
    read_policy(yaml, expected_id, &memory->policy);
    status = yaml_status(yaml);
    yaml_close(&yaml);
    if (status != STATUS_OK)
        goto fail;
    *policy_out = &memory->policy;
    return STATUS_OK;
fail:
    arena_destroy(&arena);
    return status;
}

void
policy_destroy(struct policy **policy)
{
    if (!*policy)
        return;
    struct arena *arena = ((struct policy_memory *)*policy)->arena;
    *policy = NULL;
    arena_destroy(&arena);
}
