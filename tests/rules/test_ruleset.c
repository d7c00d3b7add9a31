#include "rules/sample.h"

#include <sys/stat.h>
#include <unistd.h>

/* --- the common part --------------------------------------------------------------------------------------------- */

static void
common_holds_terms_cues_tables_and_patterns(void **state)
{
    (void)state;
    struct common *common = sample_common(SAMPLE_COMMON, NULL);
    assert_int_equal(common->term_count, 3);
    assert_string_not_equal(common->terms[0].rule, common->terms[1].rule);
    assert_memory_equal(common->terms[0].rule, "term.common.", 12);
    for (size_t i = 0; i < common->term_count; i++)
        assert_int_equal(common->terms[i].needs_aim, slice_equal(common->terms[i].plain, slice_of("あやしい商品")));
    assert_int_equal(sample_use(&common->literals, "電話番号", USE_LABEL)->info, INFO_PHONE);
    assert_int_equal(sample_use(&common->literals, "tel", USE_LABEL)->info, INFO_PHONE);
    assert_int_equal(sample_use(&common->literals, "注文番号", USE_NEGATIVE)->info, INFO_NONE);
    assert_int_equal(sample_use(&common->literals, "昭和", USE_START)->info, INFO_BIRTH_DATE);
    assert_int_equal(sample_use(&common->literals, "様", USE_HONORIFIC)->info, INFO_NONE);
    assert_int_equal(common->pattern_count, 5);
    common_destroy(&common);
    assert_null(common);
}

static void
tables_answer_by_plain_form(void **state)
{
    (void)state;
    struct common *common = sample_common(SAMPLE_COMMON, NULL);
    const struct facts *facts = &common->facts;
    assert_int_equal(table_get(facts->surnames, slice_of("試田")), 0);
    assert_int_equal(table_get(facts->surnames, slice_of("例山")), 1);
    assert_int_equal(table_count(facts->surnames), 2);
    assert_int_equal(facts->surname_max_bytes, strlen("試田"));
    assert_int_equal(table_get(facts->given_names, slice_of("例子")), 0);
    assert_int_equal(table_get(facts->municipalities, slice_of("柏市")), 122173);
    assert_int_equal(table_get(facts->municipalities, slice_of("府中市")), 132063);
    assert_int_equal(table_get(facts->municipalities, slice_of("東京都")), 130000);
    assert_int_equal(table_get(facts->municipalities, slice_of("柏")), TABLE_NONE);
    assert_int_equal(table_get(facts->towns, slice_of("例の山")), 1);
    assert_int_equal(facts->town_max_bytes, strlen("試験町"));
    assert_int_equal(table_get(facts->towns, slice_of("試験町")), 0);
    common_destroy(&common);
}

static void
searched_patterns_stand_first_and_have_triggers(void **state)
{
    (void)state;
    struct common *common = sample_common(SAMPLE_COMMON, NULL);
    assert_int_equal(common->searched_count, 3);
    assert_string_equal(common->patterns[0].rule, "pii.test.mobile");
    assert_string_equal(common->patterns[3].rule, "pii.test.local");
    assert_true(common->patterns[3].after_label);
    assert_true(common->patterns[4].at_start);
    const struct pattern *mobile = &common->patterns[0];
    assert_int_equal(mobile->plain, 60);
    assert_int_equal(mobile->with_label, 95);
    assert_int_equal(mobile->with_check, 70);
    assert_int_equal(mobile->with_both, 95);
    assert_int_equal(mobile->with_negative, 0);
    assert_int_equal(common->patterns[2].severity, SEVERITY_MEDIUM);
    assert_int_equal(common->searched_count, 3);
    for (size_t i = 0; i < common->searched_count; i++) {
        bool fires = false;
        for (size_t t = 0; t < common->searched_count; t++) {
            bool first = false, required = common->triggers[t].required < 0;
            for (size_t b = 0; b < common->patterns[i].hits[0].bytes; b++) {
                uint8_t byte = common->patterns[i].hits[0].data[b];
                first |= common->triggers[t].first[byte / 8] >> (byte % 8) & 1;
                required |= byte == common->triggers[t].required;
            }
            fires |= first && required;
        }
        assert_true(fires);
    }
    common_destroy(&common);
}

static void
the_hash_is_of_the_content(void **state)
{
    (void)state;
    struct common *one = sample_common(SAMPLE_COMMON, NULL);
    struct common *two = sample_common(SAMPLE_COMMON "/../common", NULL);
    assert_memory_equal(one->hash.bytes, two->hash.bytes, HASH_BYTES);
    common_destroy(&one);
    common_destroy(&two);
}

/* A copy of the sample in which one file has another content (NULL = removed). */
static char copy[] = "/tmp/test_ruleset.XXXXXX";

static int
make_copy(void **state)
{
    char command[256];
    (void)state;
    strcpy(copy + strlen(copy) - 6, "XXXXXX");
    if (!mkdtemp(copy))
        return -1;
    snprintf(command, sizeof(command), "cp -rL %s/. %s", SAMPLE_COMMON, copy);
    return system(command);
}

static int
remove_copy(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", copy);
    return system(command);
}

static void
write_copy(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", copy, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void
assert_common_fault(const char *file, unsigned line, unsigned column, const char *reason)
{
    struct common *common = NULL;
    struct fault fault = {0};
    char path[128];
    assert_int_equal(common_build(copy, NULL, &common, &fault), STATUS_INVALID);
    assert_null(common);
    snprintf(path, sizeof(path), "%s/%s", copy, file);
    assert_string_equal(fault.reason, reason);
    assert_string_equal(fault.file, path);
    assert_int_equal(fault.line, line);
    assert_int_equal(fault.column, column);
}

/* `content` in place of the file: refused at that place. */
static void
assert_refused(const char *file, const char *content, unsigned line, unsigned column, const char *reason)
{
    write_copy(file, content);
    assert_common_fault(file, line, column, reason);
}

static void
a_missing_table_is_a_fault(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof(path), "%s/surnames.tsv", copy);
    assert_int_equal(unlink(path), 0);
    assert_common_fault("surnames.tsv", 0, 0, "the file is missing");
}

static void
a_missing_model_is_a_fault(void **state)
{
    (void)state;
    static const char *const models[] = {"models/topics/topics.model", "models/names.model", "models/names.words"};
    char path[128];
    for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++) {
        snprintf(path, sizeof(path), "%s/%s", copy, models[i]);
        assert_int_equal(unlink(path), 0);
        assert_common_fault(models[i], 0, 0,
                            i == 0 ? "the model is missing: prohibited content would be missed"
                                   : "the model is missing: names would be missed");
    }
}

static void
a_broken_table_names_its_line(void **state)
{
    (void)state;
    assert_refused("surnames.tsv", "# comment\n試田\tしでん\n例山\t1\t2\n", 3, 0, "more than two fields");
    write_copy("surnames.tsv", "試田\tしでん\n");
    assert_refused("municipalities.tsv", "12217\t千葉県\t柏市\n", 1, 1, "is no code of six digits");
}

static void
a_place_without_a_name_names_its_field(void **state)
{
    (void)state;
    static const char *const empty[] = {"", " ", "・", "\xE2\x80\x8B"};
    char line[64];
    for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++) {
        snprintf(line, sizeof(line), "122173\t千葉県\t%s\n", empty[i]);
        assert_refused("municipalities.tsv", line, 1, 3, "a name is empty or longer than 256 bytes");
        snprintf(line, sizeof(line), "122173\t%s\t柏市\n", empty[i]);
        assert_refused("municipalities.tsv", line, 1, 2, "a name is empty or longer than 256 bytes");
    }
}

static void
a_broken_phrase_names_its_cell(void **state)
{
    (void)state;
    assert_refused("phrases.csv", "phrase,list,note\nお前,aim.targets,\n", 2, 2, "unknown list");
    assert_refused("phrases.csv", "phrase,list,note\n,aim.target,\n", 2, 1, "the row has no phrase");
    assert_refused("phrases.csv", "phrase,list,note\njk,aim.target,\nＪＫ,aim.self,\nＪＫ,aim.target,\n", 4, 1,
                   "line 2 says the same");
}

static void
a_broken_cue_names_its_cell(void **state)
{
    (void)state;
    assert_refused("cues.csv", "cue,role,info_type,note\n電話番号,label,,\n", 2, 3, "the row has no info type");
    assert_refused("cues.csv", "cue,role,info_type,note\n様,honorific,PERSON,\n", 2, 3,
                   "only a label, resume, negative, start or public has an info type");
    assert_refused("cues.csv", "cue,role,info_type,note\n様,term,,\n", 2, 2, "unknown role");
    assert_refused("cues.csv", "cue,role,info_type,note\nTEL,label,PHONE,\nＴＥＬ,label,PHONE,\n", 3, 1,
                   "line 2 says the same");
}

#define PATTERN(rest) \
    "format: 1\npatterns:\n  - id: a\n    info_type: PHONE\n    likelihood: {plain: 1}\n    hits: [a]\n" rest

static void
a_broken_pattern_names_its_line_and_reason(void **state)
{
    (void)state;
    assert_refused("patterns.yaml", PATTERN("    guard: digits\n    pattern: 'ab[c'\n"), 8, 14,
                   "character 5: missing terminating ] for character class");
    assert_refused("patterns.yaml", PATTERN("    pattern: '(?<=a)b'\n"), 7, 14,
                   "can not be searched: Zero-width assertions are not supported.");
    assert_refused("patterns.yaml", PATTERN("    pattern: 'b'\n    category: MALWARE\n"), 3, 5,
                   "needs one of info_type, category or excludes: true");
    assert_refused("patterns.yaml", PATTERN("    pattern: '(b)[()]\\('\n    group: 2\n"), 8, 12,
                   "the expression has fewer groups");
    assert_refused("patterns.yaml", PATTERN("    pattern: b\n    check: sum\n"), 8, 12, "unknown check");
}

static void
a_term_twice_in_two_files_names_both(void **state)
{
    (void)state;
    assert_refused("terms/z.csv", "term,category,match\nカス,DEFAMATION,word\n", 2, 1,
                   "line 4 of base.csv has the same term, category and match");
}

/* --- a city ------------------------------------------------------------------------------------------------------ */

static struct common *shared;

static int
build_shared(void **state)
{
    (void)state;
    shared = sample_common(SAMPLE_COMMON, NULL);
    return 0;
}

static int
destroy_shared(void **state)
{
    (void)state;
    common_destroy(&shared);
    return 0;
}

static struct ruleset *
build_sample(const struct common *common)
{
    struct city_files files;
    struct ruleset *ruleset = NULL;
    struct fault fault = {0};
    char words[1024];
    if (city_files_read(SAMPLE_CITIES, "sample", &files, &fault) != STATUS_OK ||
        ruleset_build(common, &files, &ruleset, &fault) != STATUS_OK) {
        fail_msg("%s", fault_text(&fault, words, sizeof(words)));
    }
    city_files_fini(&files);
    return ruleset;
}

static void
a_city_has_its_terms_names_and_contacts(void **state)
{
    (void)state;
    struct ruleset *ruleset = build_sample(shared);
    assert_ptr_equal(ruleset->common, shared);
    assert_string_equal(ruleset->policy->id, "sample");
    assert_int_equal(ruleset->term_count, 2);
    assert_true(slice_equal(ruleset->terms[0].plain, slice_of("だめ職員")));
    assert_int_equal(ruleset->public_name_count, 2);
    assert_int_equal(ruleset->public_names[1].kind, PUBLIC_ROAD);
    assert_true(slice_equal(ruleset->public_names[0].plain, slice_of("試験記念館")));
    assert_int_equal(sample_use(&ruleset->literals, "例山通り", USE_PUBLIC)->index, 1);
    assert_int_equal(sample_use(&ruleset->literals, "しけんきねんかん", USE_PUBLIC)->index, 0);
    assert_int_equal(sample_use(&ruleset->literals, "試験市役所", USE_CONTACT)->index, 1);
    ruleset_destroy(&ruleset);
}

static bool
finds(const struct ruleset *ruleset, const char *text)
{
    struct lexicon_hit hit;
    size_t count = 0;
    char *padded = calloc(1, strlen(text) + LEXICON_PADDING_BYTES);
    assert_non_null(padded);
    memcpy(padded, text, strlen(text));
    assert_int_equal(lexicon_scan(ruleset->literals.lexicon, slice_of(padded), &hit, 1, &count), STATUS_OK);
    free(padded);
    return count == 1;
}

/* Whether it lies on the pages that begin with the ruleset. */
static bool
is_beside(const struct ruleset *ruleset, const void *part)
{
    return (uintptr_t)part - (uintptr_t)ruleset < 8192;
}

static void
what_each_message_reads_of_a_city_lies_together_where_it_fits(void **state)
{
    struct ruleset *few = build_sample(shared), *many = NULL;
    struct buffer terms;
    struct fault fault;
    (void)state;
    buffer_init(&terms);
    buffer_append_text(&terms, "term,category,match\n");
    for (unsigned i = 0; i < 2000; i++) {
        char row[64];
        snprintf(row, sizeof row, "だめな%u番の人,DEFAMATION,phrase\n", 1000 + i);
        buffer_append_text(&terms, row);
    }
    assert_int_equal(sample_city(shared, buffer_slice(&terms), SLICE_LITERAL(""), &many, &fault), STATUS_OK);
    assert_true(is_beside(few, few->policy) && is_beside(few, few->literals.lexicon));
    assert_true(is_beside(few, few->literals.disguises));
    assert_true(is_beside(many, many->policy) && !is_beside(many, many->literals.disguises));
    assert_true(finds(few, "だめ職員") && !finds(few, "だめな1999番の人"));
    assert_true(finds(many, "だめな1999番の人"));
    buffer_fini(&terms);
    ruleset_destroy(&few);
    ruleset_destroy(&many);
}

static void
contacts_are_literals_in_skeleton_form(void **state)
{
    (void)state;
    struct ruleset *ruleset = build_sample(shared);
    unsigned contacts = 0;
    for (size_t i = 0; i < ruleset->literals.use_count; i++) {
        if (ruleset->literals.uses[i].role == USE_CONTACT) {
            assert_true(ruleset->literals.uses[i].index < ruleset->policy->contact_count);
            contacts++;
        }
    }
    assert_int_equal(contacts, 3);
    ruleset_destroy(&ruleset);
}

static void
the_hash_changes_with_any_file_of_the_city(void **state)
{
    (void)state;
    struct ruleset *one = NULL, *two = NULL, *three = NULL;
    const char terms[] = "term,category,match\nカス,DEFAMATION,word\n";
    const char names[] = "name,kind\n試験館,facility\n";
    assert_int_equal(sample_city(shared, slice_of(terms), slice_of(""), &one, NULL), STATUS_OK);
    assert_int_equal(sample_city(shared, slice_of(terms), slice_of(""), &two, NULL), STATUS_OK);
    assert_int_equal(sample_city(shared, slice_of(terms), slice_of(names), &three, NULL), STATUS_OK);
    assert_int_equal(strlen(one->hash_hex), 64);
    ruleset_destroy(&one);
    ruleset_destroy(&two);
    ruleset_destroy(&three);
    struct city_files files, changed;
    struct fault fault = {0};
    assert_int_equal(city_files_read(SAMPLE_CITIES, "sample", &files, &fault), STATUS_OK);
    assert_int_equal(city_files_read(SAMPLE_CITIES, "sample", &changed, &fault), STATUS_OK);
    assert_memory_equal(files.hash.bytes, changed.hash.bytes, HASH_BYTES);
    changed.hash.bytes[0] ^= 1;
    assert_int_equal(ruleset_build(shared, &files, &one, &fault), STATUS_OK);
    assert_int_equal(ruleset_build(shared, &changed, &two, &fault), STATUS_OK);
    assert_string_not_equal(one->hash_hex, two->hash_hex);
    ruleset_destroy(&one);
    ruleset_destroy(&two);
    city_files_fini(&files);
    city_files_fini(&changed);
}

static void
a_broken_name_names_its_cell(void **state)
{
    (void)state;
    struct ruleset *ruleset = NULL;
    struct fault fault = {0};
    const char names[] = "名称,種類\n試験館,山\n";
    assert_int_equal(sample_city(shared, slice_of(""), slice_of(names), &ruleset, &fault), STATUS_INVALID);
    assert_string_equal(fault.file, "sample/names.csv");
    assert_string_equal(fault.reason, "unknown kind");
    assert_int_equal(fault.line, 2);
    assert_int_equal(fault.column, 2);
}

static void
a_city_without_a_policy_is_not_found(void **state)
{
    (void)state;
    struct city_files files;
    struct fault fault = {0};
    assert_int_equal(city_files_read(SAMPLE_CITIES, "nowhere", &files, &fault), STATUS_NOT_FOUND);
    assert_string_equal(fault.reason, "the city has no policy.yaml");
    assert_int_equal(city_files_read(SAMPLE_CITIES, "../cities/sample", &files, &fault), STATUS_INVALID);
    assert_string_equal(fault.reason, "this can not be a city's folder");
}

static void
a_store_gives_the_same_ruleset_again(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_int_equal(store_create(copy, &store), STATUS_OK);
    struct common *first = sample_common(SAMPLE_COMMON, store);
    struct common *second = sample_common(SAMPLE_COMMON, store);
    assert_memory_equal(first->hash.bytes, second->hash.bytes, HASH_BYTES);
    assert_int_equal(multi_database_bytes(first->pattern_multi), multi_database_bytes(second->pattern_multi));
    struct ruleset *city = build_sample(first), *again = build_sample(second);
    assert_string_equal(city->hash_hex, again->hash_hex);
    ruleset_destroy(&city);
    ruleset_destroy(&again);
    common_destroy(&first);
    common_destroy(&second);
    store_destroy(&store);
}

/* --- the repository's dictionaries ------------------------------------------------------------------------------- */

static void
the_repositorys_dictionaries_build(void **state)
{
    (void)state;
    const char *const cities[] = {"default", "hachinohe", "kadoma", "kashiwa", "meguro", "moka"};
    struct common *common = sample_common("dictionaries/common", NULL);
    assert_true(common->searched_count > 0 && common->term_count > 0);
    for (size_t i = 0; i < sizeof(cities) / sizeof(*cities); i++) {
        struct city_files files;
        struct ruleset *ruleset = NULL;
        struct fault fault = {0};
        char words[1024];
        if (city_files_read("dictionaries/cities", cities[i], &files, &fault) != STATUS_OK ||
            ruleset_build(common, &files, &ruleset, &fault) != STATUS_OK) {
            fail_msg("%s", fault_text(&fault, words, sizeof(words)));
        }
        ruleset_destroy(&ruleset);
        city_files_fini(&files);
    }
    common_destroy(&common);
}

int
main(void)
{
    const struct CMUnitTest commons[] = {
        {"common holds terms, cues, tables and patterns", common_holds_terms_cues_tables_and_patterns, NULL, NULL,
         NULL},
        {"tables answer by plain form", tables_answer_by_plain_form, NULL, NULL, NULL},
        {"searched patterns stand first and have triggers", searched_patterns_stand_first_and_have_triggers, NULL, NULL,
         NULL},
        {"the hash is of the content", the_hash_is_of_the_content, NULL, NULL, NULL},
        {"a missing table is a fault", a_missing_table_is_a_fault, make_copy, remove_copy, NULL},
        {"a missing model is a fault", a_missing_model_is_a_fault, make_copy, remove_copy, NULL},
        {"a broken table names its line", a_broken_table_names_its_line, make_copy, remove_copy, NULL},
        {"a place without a name names its field", a_place_without_a_name_names_its_field, make_copy, remove_copy,
         NULL},
        {"a broken cue names its cell", a_broken_cue_names_its_cell, make_copy, remove_copy, NULL},
        {"a broken phrase names its cell", a_broken_phrase_names_its_cell, make_copy, remove_copy, NULL},
        {"a broken pattern names its line and reason", a_broken_pattern_names_its_line_and_reason, make_copy,
         remove_copy, NULL},
        {"a term twice in two files names both", a_term_twice_in_two_files_names_both, make_copy, remove_copy, NULL},
        {"the repository's dictionaries build", the_repositorys_dictionaries_build, NULL, NULL, NULL},
    };
    const struct CMUnitTest cities[] = {
        {"a city has its terms, names and contacts", a_city_has_its_terms_names_and_contacts, NULL, NULL, NULL},
        {"what each message reads of a city lies together where it fits",
         what_each_message_reads_of_a_city_lies_together_where_it_fits, NULL, NULL, NULL},
        {"contacts are literals in skeleton form", contacts_are_literals_in_skeleton_form, NULL, NULL, NULL},
        {"the hash changes with any file of the city", the_hash_changes_with_any_file_of_the_city, NULL, NULL, NULL},
        {"a broken name names its cell", a_broken_name_names_its_cell, NULL, NULL, NULL},
        {"a city without a policy is not found", a_city_without_a_policy_is_not_found, NULL, NULL, NULL},
        {"a store gives the same ruleset again", a_store_gives_the_same_ruleset_again, make_copy, remove_copy, NULL},
    };
    return cmocka_run_group_tests(commons, NULL, NULL) + cmocka_run_group_tests(cities, build_shared, destroy_shared);
}
