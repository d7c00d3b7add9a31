#include "rules/patterns.h"

#include <stdio.h>
#include <stdlib.h>

#include "rules/requires.h"
#include "rules/vocabulary.h"
#include "rules/yaml.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define MAX_PATTERNS 1024
#define MAX_EXPRESSION_BYTES 4000
#define MAX_EXAMPLE_BYTES 1024

static const struct word guards[] = {[GUARD_NONE] = {"none"},
                                     [GUARD_DIGITS] = {"digits"},
                                     [GUARD_LATIN] = {"latin"},
                                     [GUARD_CODE] = {"code"},
                                     [GUARD_NO_AT] = {"no_at"}};
static const struct word checks[CHECK_COUNT] = {
    [CHECK_NONE] = {"none"},
    [CHECK_MY_NUMBER] = {"my_number"},
    [CHECK_LUHN] = {"luhn"},
    [CHECK_DATE] = {"date"},
    [CHECK_PHONE] = {"phone"},
    [CHECK_CORPORATE] = {"corporate"},
    [CHECK_LICENSE] = {"license"},
    [CHECK_RESIDENT] = {"resident"},
    [CHECK_ADDRESS] = {"address"},
    [CHECK_ADDRESS_SINGLE] = {"address_single"},
    [CHECK_ADDRESS_KANA] = {"address_kana"},
    [CHECK_FAMILY_DATE] = {"family_date"},
    [CHECK_ERA_SIGN] = {"era_sign"},
};
static const struct vocabulary vocabulary_guard = {"guard", guards, COUNT(guards)};
static const struct vocabulary vocabulary_check = {"check", checks, COUNT(checks)};

/* What stands around an expression so that no longer number or word is cut into. */
static const struct {
    const char *before;
    const char *behind;
} guard_texts[] = {
    [GUARD_NONE] = {"", ""},
    [GUARD_DIGITS] = {"(?<![0-9])(?<![0-9]-)(?:", ")(?!-?[0-9])"},
    [GUARD_LATIN] = {"(?<![0-9a-z])(?:", ")(?![0-9a-z])"},
    [GUARD_CODE] = {"(?<![0-9a-z])(?<![0-9a-z]-)(?:", ")(?!-?[0-9a-z])"},
    [GUARD_NO_AT] = {"(?<![0-9a-z])(?:", ")(?![0-9a-z]|[._%+-][0-9a-z._%+-]{0,64}@| ?@)"},
};

struct pattern_nodes {
    int id, info_type, category, excludes, pattern, after_label, at_start, guard, group, check, severity, likelihood;
    int hits, misses;
};

/* The file being read; `nodes` says where each pattern's expression stands, in the order of `patterns`. */
struct reader {
    const char *file;
    struct build *build;
    struct yaml *yaml;
    struct pattern *patterns;
    int *nodes;
    size_t count;
};

/* --- one entry --------------------------------------------------------------------------------------------------- */

static void
map_pattern(struct yaml *yaml, int node, struct pattern_nodes *at)
{
    const struct yaml_key keys[] = {
        {"id", YAML_REQUIRED, &at->id},
        {"info_type", YAML_OPTIONAL, &at->info_type},
        {"category", YAML_OPTIONAL, &at->category},
        {"excludes", YAML_OPTIONAL, &at->excludes},
        {"pattern", YAML_REQUIRED, &at->pattern},
        {"after_label", YAML_OPTIONAL, &at->after_label},
        {"at_start", YAML_OPTIONAL, &at->at_start},
        {"guard", YAML_OPTIONAL, &at->guard},
        {"group", YAML_OPTIONAL, &at->group},
        {"check", YAML_OPTIONAL, &at->check},
        {"severity", YAML_OPTIONAL, &at->severity},
        {"likelihood", YAML_OPTIONAL, &at->likelihood},
        {"hits", YAML_REQUIRED, &at->hits},
        {"misses", YAML_OPTIONAL, &at->misses},
    };
    yaml_mapping(yaml, node, "pattern", keys, COUNT(keys));
}

static void
read_kind(struct yaml *yaml, int node, const struct pattern_nodes *at, struct pattern *pattern)
{
    bool excludes = yaml_bool(yaml, at->excludes, "excludes", false);
    pattern->info = yaml_word(yaml, at->info_type, "info_type", &vocabulary_info_type, INFO_NONE);
    pattern->category = yaml_word(yaml, at->category, "category", &vocabulary_category, CATEGORY_NONE);
    if ((pattern->info != INFO_NONE) + (pattern->category != CATEGORY_NONE) + excludes != 1) {
        yaml_fault(yaml, node, pattern->rule, "needs one of info_type, category or excludes: true",
                   "write one of them");
    }
    pattern->severity = yaml_word(yaml, at->severity, "severity", &vocabulary_severity,
                                  pattern->category != CATEGORY_NONE ? SEVERITY_MEDIUM : SEVERITY_NONE);
    if (at->severity != 0 && pattern->category == CATEGORY_NONE)
        yaml_fault(yaml, at->severity, pattern->rule, "only a category has a severity", "delete it");
    pattern->after_label = yaml_bool(yaml, at->after_label, "after_label", false);
    pattern->at_start = yaml_bool(yaml, at->at_start, "at_start", false);
    if ((pattern->after_label || pattern->at_start) && pattern->info == INFO_NONE)
        yaml_fault(yaml, node, pattern->rule, "after_label and at_start need an info_type", "write info_type");
}

static uint8_t
read_percent(struct yaml *yaml, int node, const char *item, uint8_t fallback)
{
    return (uint8_t)yaml_uint(yaml, node, item, 0, 100, fallback);
}

static void
read_likelihood(struct yaml *yaml, int node, const struct pattern_nodes *at, struct pattern *pattern)
{
    int plain, label, check, both, negative;
    const struct yaml_key keys[] = {{"plain", YAML_REQUIRED, &plain},
                                    {"label", YAML_OPTIONAL, &label},
                                    {"check", YAML_OPTIONAL, &check},
                                    {"both", YAML_OPTIONAL, &both},
                                    {"negative", YAML_OPTIONAL, &negative}};
    bool excludes = pattern->info == INFO_NONE && pattern->category == CATEGORY_NONE;
    if (!excludes && at->likelihood == 0)
        yaml_fault(yaml, node, pattern->rule, "the key 'likelihood' is missing", "write likelihood: {plain: 90}");
    yaml_mapping(yaml, at->likelihood, "likelihood", keys, COUNT(keys));
    pattern->plain = read_percent(yaml, plain, "plain", 0);
    pattern->with_label = read_percent(yaml, label, "label", pattern->plain);
    pattern->with_check = read_percent(yaml, check, "check", pattern->plain);
    uint8_t better = pattern->with_label > pattern->with_check ? pattern->with_label : pattern->with_check;
    pattern->with_both = read_percent(yaml, both, "both", better);
    pattern->with_negative = read_percent(yaml, negative, "negative", 0);
}

static void
read_examples(struct yaml *yaml, int list, const char *item, const struct slice **examples_out, size_t *count_out)
{
    size_t count = yaml_list_count(yaml, list, item);
    struct slice *examples = yaml_alloc(yaml, count, sizeof(*examples));
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++)
        examples[i] = slice_of(yaml_text(yaml, yaml_list_node(yaml, list, i), item, MAX_EXAMPLE_BYTES, ""));
    *examples_out = examples;
    *count_out = count;
}

/* Capturing groups of an expression that compiles. */
static unsigned
count_groups(const char *expression)
{
    unsigned count = 0;
    bool in_class = false;
    for (const char *at = expression; *at; at++) {
        if (*at == '\\' && at[1]) {
            at++;
        } else if (in_class) {
            in_class = *at != ']';
        } else if (*at == '[') {
            in_class = true;
            at += at[1] == '^';
            at += at[1] == ']';
        } else if (*at == '(') {
            bool named = at[1] == '?' && (at[2] == 'P' || (at[2] == '<' && at[3] != '=' && at[3] != '!'));
            count += at[1] != '?' || named;
        }
    }
    return count;
}

static void
check_unique(struct reader *reader, int node, const char *rule)
{
    for (size_t i = 0; i < reader->count; i++) {
        if (strcmp(reader->patterns[i].rule, rule) == 0) {
            char reason[96];
            snprintf(reason, sizeof(reason), "the pattern of line %u has this id",
                     yaml_line(reader->yaml, reader->nodes[i]));
            yaml_fault(reader->yaml, node, "id", reason, "ids must be unique");
        }
    }
}

static void
compile_text(struct reader *reader, int node, const char *rule, const char *text, struct regex **regex_out)
{
    char reason[256], words[320];
    unsigned column = 0;
    enum status status = regex_compile(text, regex_out, &column, reason);
    if (status == STATUS_INVALID) {
        snprintf(words, sizeof(words), "character %u: %s", column, reason);
        yaml_fault(reader->yaml, node, rule, words, "mend the expression");
    } else if (status != STATUS_OK) {
        yaml_fault(reader->yaml, node, rule, status_word(status), "simplify the expression");
    }
}

/* First bare: an open bracket must not swallow the guard, and faults must count characters of the file. */
static void
compile_regex(struct reader *reader, int node, struct pattern *pattern)
{
    char guarded[MAX_EXPRESSION_BYTES + 64];
    struct regex *bare = NULL;
    int required;
    snprintf(guarded, sizeof(guarded), "%s%s%s", guard_texts[pattern->guard].before, pattern->expression,
             guard_texts[pattern->guard].behind);
    compile_text(reader, node, pattern->rule, pattern->expression, &bare);
    if (bare)
        regex_requires(bare, pattern->first, &required);
    regex_destroy(&bare);
    if (yaml_status(reader->yaml) == STATUS_OK)
        compile_text(reader, node, pattern->rule, guarded, &pattern->regex);
}

static void
read_pattern(struct reader *reader, int node, struct pattern *pattern)
{
    struct yaml *yaml = reader->yaml;
    struct pattern_nodes at;
    map_pattern(yaml, node, &at);
    if (yaml_status(yaml) != STATUS_OK)
        return;
    reader->nodes[reader->count] = at.pattern;
    pattern->rule = yaml_name(yaml, at.id, "id", 64, "");
    check_unique(reader, at.id, pattern->rule);
    pattern->expression = yaml_text(yaml, at.pattern, "pattern", MAX_EXPRESSION_BYTES, "");
    pattern->guard = yaml_word(yaml, at.guard, "guard", &vocabulary_guard, GUARD_NONE);
    pattern->check = yaml_word(yaml, at.check, "check", &vocabulary_check, CHECK_NONE);
    pattern->group = (uint8_t)yaml_uint(yaml, at.group, "group", 0, REGEX_MAX_GROUPS, 0);
    read_kind(yaml, node, &at, pattern);
    read_likelihood(yaml, node, &at, pattern);
    read_examples(yaml, at.hits, "hits", &pattern->hits, &pattern->hit_count);
    read_examples(yaml, at.misses, "misses", &pattern->misses, &pattern->miss_count);
    if (yaml_status(yaml) == STATUS_OK)
        compile_regex(reader, at.pattern, pattern);
    if (yaml_status(yaml) == STATUS_OK && pattern->group > count_groups(pattern->expression))
        yaml_fault(yaml, at.group, pattern->rule, "the expression has fewer groups", "count its capturing brackets");
}

/* --- all of them ------------------------------------------------------------------------------------------------- */

static void
read_patterns(struct reader *reader, struct common *common)
{
    struct yaml *yaml = reader->yaml;
    int format, list;
    const struct yaml_key keys[] = {{"format", YAML_REQUIRED, &format}, {"patterns", YAML_REQUIRED, &list}};
    yaml_mapping(yaml, yaml_root(yaml), "patterns.yaml", keys, COUNT(keys));
    yaml_uint(yaml, format, "format", 1, 1, 0);
    size_t count = yaml_list_count(yaml, list, "patterns");
    if (count > MAX_PATTERNS) {
        yaml_fault(yaml, list, "patterns", "has too many patterns", "at most 1024 are allowed");
        return;
    }
    reader->patterns = yaml_alloc(yaml, count, sizeof(*reader->patterns));
    reader->nodes = yaml_alloc(yaml, count, sizeof(*reader->nodes));
    common->patterns = reader->patterns;
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        common->pattern_count = i + 1; /* before: a half-read one may hold a regex already */
        read_pattern(reader, yaml_list_node(yaml, list, i), &reader->patterns[i]);
        reader->count = i + 1;
    }
}

static bool
is_searched(const struct pattern *pattern)
{
    return !pattern->after_label && !pattern->at_start;
}

/* Searched patterns first, else as written; the nodes follow. */
static enum status
order_patterns(struct reader *reader, struct common *common)
{
    struct pattern *patterns = arena_alloc_array(reader->build->arena, reader->count, sizeof(*patterns));
    int *nodes = arena_alloc_array(reader->build->arena, reader->count, sizeof(*nodes));
    size_t used = 0;
    if (!patterns || !nodes)
        return STATUS_NO_MEMORY;
    for (int searched = 1; searched >= 0; searched--) {
        for (size_t i = 0; i < reader->count; i++) {
            if (is_searched(&reader->patterns[i]) == searched) {
                nodes[used] = reader->nodes[i];
                patterns[used++] = reader->patterns[i];
            }
        }
        common->searched_count = searched ? used : common->searched_count;
    }
    common->patterns = patterns;
    reader->patterns = patterns;
    reader->nodes = nodes;
    return STATUS_OK;
}

static enum status
compile_multi(struct reader *reader, const char *const *expressions, struct common *common)
{
    char reason[256] = "", words[320];
    size_t bad = 0;
    enum status status =
        multi_compile_patterns(expressions, common->searched_count, &common->pattern_multi, &bad, reason);
    if (status != STATUS_INVALID)
        return status;
    bool known = bad < common->searched_count;
    snprintf(words, sizeof(words), "can not be searched: %s", reason);
    yaml_fault(reader->yaml, known ? reader->nodes[bad] : 0, known ? reader->patterns[bad].rule : "patterns", words,
               "use no look-around, and bound every repetition");
    return STATUS_INVALID;
}

/* Only in a process that is watched: what it dies of has a name then. The result is thrown away. */
static void
compile_each_alone(struct reader *reader, const char *const *expressions, struct common *common)
{
    for (size_t i = 0; build_notes() && i < common->searched_count; i++) {
        struct multi *alone = NULL;
        size_t bad;
        fault_set(build_notes(), reader->file, yaml_line(reader->yaml, reader->nodes[i]), 0, reader->patterns[i].rule,
                  "", "", "");
        (void)!multi_compile_patterns(&expressions[i], 1, &alone, &bad, NULL); /* a refusal comes again, with all */
        multi_destroy(&alone);
    }
    if (build_notes())
        fault_set(build_notes(), reader->file, 0, 0, "patterns", "", "", "");
}

static enum status
make_multi(struct reader *reader, struct common *common)
{
    struct hasher hasher;
    struct hash key;
    const char **expressions = calloc(common->searched_count + 1, sizeof(*expressions));
    if (!expressions)
        return STATUS_NO_MEMORY;
    hasher_init(&hasher);
    hasher_add_text(&hasher, multi_version());
    hasher_add_text(&hasher, "patterns");
    for (size_t i = 0; i < common->searched_count; i++) {
        expressions[i] = common->patterns[i].expression;
        hasher_add_text(&hasher, expressions[i]);
    }
    hasher_finish(&hasher, &key);
    enum status status = build_recall(reader->build, &key, &common->pattern_multi);
    if (status == STATUS_NOT_FOUND) {
        compile_each_alone(reader, expressions, common);
        status = compile_multi(reader, expressions, common);
        if (status == STATUS_OK)
            status = build_remember(reader->build, &key, common->pattern_multi);
    }
    free(expressions);
    return status;
}

/* --- triggers ---------------------------------------------------------------------------------------------------- */

static bool
begins_with_digit(const struct trigger *trigger)
{
    for (unsigned c = 0; c < 256; c++)
        if (trigger->first[c / 8] >> c % 8 & 1 && (c < '0' || c > '9'))
            return false;
    return true;
}

static enum trigger_need
need_of(const struct pattern *pattern, const struct trigger *trigger)
{
    bool is_exclusion = pattern->info == INFO_NONE && pattern->category == CATEGORY_NONE;
    if (is_exclusion || pattern->plain > 0)
        return NEEDS_NOTHING;
    if (pattern->check == CHECK_NONE && pattern->with_negative == 0)
        return NEEDS_LABEL;
    bool is_single = pattern->check == CHECK_ADDRESS_SINGLE && pattern->with_label == 0;
    return is_single && begins_with_digit(trigger) ? NEEDS_MUNICIPALITY : NEEDS_NOTHING;
}

static int
trigger_order(const void *a, const void *b)
{
    const struct trigger *x = a, *y = b;
    return (x->holds.ascii_bytes > y->holds.ascii_bytes) - (x->holds.ascii_bytes < y->holds.ascii_bytes);
}

/* From the bare expression: the guard's look-behinds say nothing about the bytes of a match. */
enum status
patterns_make_triggers(struct arena *arena, struct common *common)
{
    common->triggers = arena_alloc_array(arena, common->searched_count + 1, sizeof(*common->triggers));
    if (!common->triggers)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < common->searched_count; i++) {
        struct regex *bare = NULL;
        struct trigger *trigger = &common->triggers[i];
        unsigned column;
        char reason[256];
        enum status status = regex_compile(common->patterns[i].expression, &bare, &column, reason);
        if (status != STATUS_OK)
            return status == STATUS_INVALID ? STATUS_INTERNAL : status; /* it compiled behind its guard */
        trigger->pattern = (uint32_t)i;
        regex_requires(bare, trigger->first, &trigger->required);
        requires_read(common->patterns[i].expression, &trigger->holds);
        trigger->need = need_of(&common->patterns[i], trigger);
        regex_destroy(&bare);
    }
    qsort(common->triggers, common->searched_count, sizeof(*common->triggers), trigger_order);
    return STATUS_OK;
}

enum status
patterns_read(struct build *build, struct slice text, const char *file, struct common *common)
{
    struct reader reader = {.build = build, .file = file};
    enum status status = yaml_open(text, file, build->arena, build->fault, &reader.yaml);
    if (status != STATUS_OK)
        return status;
    read_patterns(&reader, common);
    status = yaml_status(reader.yaml);
    if (status == STATUS_OK)
        status = order_patterns(&reader, common);
    if (status == STATUS_OK)
        status = make_multi(&reader, common);
    if (status == STATUS_OK)
        status = patterns_make_triggers(build->arena, common);
    yaml_close(&reader.yaml);
    return status;
}

void
patterns_release(struct common *common)
{
    for (size_t i = 0; i < common->pattern_count; i++)
        regex_destroy(&common->patterns[i].regex);
    multi_destroy(&common->pattern_multi);
}
