#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "rules/policy.h"

#define FILE_NAME "cities/test/policy.yaml"

/* Two lines that every policy needs and one clause: the broken ones change one thing each. */
#define HEAD "format: 1\nid: test\nname: 試験市\n"
#define CLAUSES                   \
    "clauses:\n"                  \
    "  - id: \"6-2\"\n"           \
    "    cite: \"6(2)\"\n"        \
    "    heading: 誹謗中傷\n" \
    "    covers: [DEFAMATION]\n"  \
    "    action: block\n"

/* --- what is refused --------------------------------------------------------------------------------------------- */

struct broken {
    const char *name;
    const char *text;
    unsigned line, column;
    const char *item;
    const char *reason;
    const char *mend; /* part of it */
};

static const struct broken brokens[] = {
    {"an empty file", "", 1, 1, "", "the file is empty", "format: 1"},
    {"a file of comments", "# nothing\n", 1, 1, "", "the file is empty", "format: 1"},
    {"a list instead of a mapping", "- a\n", 1, 1, "policy", "must be a mapping (key: value)", "key: value"},
    {"a missing format", "id: test\nname: 試験市\n" CLAUSES, 1, 1, "policy", "the key 'format' is missing", "add it"},
    {"a foreign format", "format: 2\nid: test\nname: 試験市\n" CLAUSES, 1, 9, "format", "is out of range", "1 to 1"},
    {"a format that is no number", "format: one\nid: test\nname: a\n" CLAUSES, 1, 9, "format", "is no whole number",
     "whole number"},
    {"a key written wrong", HEAD "purpose: {}\n" CLAUSES, 4, 1, "", "unknown key", "did you mean purposes?"},
    {"a key that nobody knows", HEAD "colour: blue\n" CLAUSES, 4, 1, "", "unknown key", "known keys: format, id"},
    {"a key twice", HEAD "mode: enforce\nmode: observe\n" CLAUSES, 5, 1, "mode", "stands twice", "keep one"},
    {"a clause's key twice", HEAD CLAUSES "    action: allow\n", 10, 5, "action", "stands twice", "keep one"},
    {"no clauses", HEAD, 1, 1, "policy", "the key 'clauses' is missing", "add it"},
    {"an empty list of clauses", HEAD "clauses: []\n", 4, 10, "clauses", "is empty", "at least one"},
    {"clauses that are no list", HEAD "clauses: {a: b}\n", 4, 10, "clauses", "must be a list", "- "},
    {"an unknown mode", HEAD "mode: strict\n" CLAUSES, 4, 7, "mode", "unknown mode", "write one of enforce, observe"},
    {"a Boolean that is none", HEAD "composite: maybe\n" CLAUSES, 4, 12, "composite", "must be true or false", "true"},
    {"a value that is missing", HEAD "mode:\n" CLAUSES, 4, 6, "mode", "has no value", "delete the line"},
    {"a list for a value", HEAD "mode: [enforce]\n" CLAUSES, 4, 7, "mode",
     "must be a single value, not a list or mapping", "behind"},
    {"an id that is not the folder's", "format: 1\nid: other\nname: 試験市\n" CLAUSES, 2, 5, "id",
     "differs from the folder's name", "write id: test"},
    {"an id with Japanese letters", "format: 1\nid: 試験\nname: 試験市\n" CLAUSES, 2, 5, "id",
     "must be ASCII letters, digits, '-', '.' or '_'", "6-2"},
    {"a municipality code with a wrong check digit", HEAD "municipality_code: \"122174\"\n" CLAUSES, 4, 20,
     "municipality_code", "is no municipality code (check digit)", "6 digits"},
    {"a municipality code without its check digit", HEAD "municipality_code: \"12217\"\n" CLAUSES, 4, 20,
     "municipality_code", "is no municipality code (check digit)", "6 digits"},
    {"a day that no calendar has", HEAD "source: {title: 方針, in_force: 2023-02-29}\n" CLAUSES, 4, 31, "in_force",
     "is no date", "2023-03-17"},
    {"a date that is none", HEAD "source: {title: 方針, in_force: 令和5年}\n" CLAUSES, 4, 31, "in_force", "is no date",
     "2023-03-17"},
    {"a clause without an id", HEAD "clauses:\n  - cite: a\n    heading: b\n    covers: [AGE]\n    action: redact\n", 5,
     5, "clause", "the key 'id' is missing", "add it"},
    {"a clause without a cite", HEAD "clauses:\n  - {id: a, heading: b, covers: [AGE], action: redact}\n", 5, 5,
     "clause", "the key 'cite' is missing", "add it"},
    {"a clause without a heading", HEAD "clauses:\n  - {id: a, cite: b, covers: [AGE], action: redact}\n", 5, 5,
     "clause", "the key 'heading' is missing", "add it"},
    {"a clause that covers nothing", HEAD "clauses:\n  - {id: a, cite: b, heading: c, action: block}\n", 5, 5, "a",
     "the key 'covers' is missing", "judged_by: human"},
    {"a clause with an empty covers", HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [], action: block}\n", 5,
     42, "covers", "is empty", "judged_by: human"},
    {"a clause without an action", HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [AGE]}\n", 5, 5, "a",
     "the key 'action' is missing", "allow, redact or block"},
    {"an unknown action", HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [AGE], action: deny}\n", 5, 57,
     "action", "unknown action", "write one of allow, redact, block"},
    {"an action written wrong", HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [AGE], action: bloc}\n", 5, 57,
     "action", "unknown action", "did you mean block?"},
    {"an unknown word in covers", HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [FOO], action: block}\n", 5,
     43, "covers", "unknown info type or category", "personal_data"},
    {"a word in covers written wrong",
     HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [DEFAMATON], action: block}\n", 5, 43, "covers",
     "unknown info type or category", "did you mean DEFAMATION?"},
    {"a word in covers twice", HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [AGE, AGE], action: block}\n",
     5, 48, "covers", "is covered already", "delete it"},
    {"a likelihood above 100", HEAD CLAUSES "    min_likelihood: 101\n", 10, 21, "min_likelihood", "is out of range",
     "0 to 100"},
    {"a negative likelihood", HEAD CLAUSES "    min_likelihood: -1\n", 10, 21, "min_likelihood", "is no whole number",
     "0 to 100"},
    {"an unknown severity", HEAD CLAUSES "    min_severity: extreme\n", 10, 19, "min_severity", "unknown severity",
     "write one of LOW, MEDIUM, HIGH"},
    {"an unknown surface", HEAD CLAUSES "    surfaces: [MESSAGE_TEXT, TEXT]\n", 10, 30, "surfaces", "unknown surface",
     "MESSAGE_TEXT"},
    {"an unknown direction", HEAD CLAUSES "    direction: both\n", 10, 16, "direction", "unknown direction",
     "inbound, outbound"},
    {"a clause's key written wrong", HEAD CLAUSES "    min_liklihood: 50\n", 10, 5, "", "unknown key",
     "did you mean min_likelihood?"},
    {"a transform in a clause that blocks", HEAD CLAUSES "    transform: mask\n", 10, 16, "6-2",
     "only a clause with action: redact transforms", "delete it"},
    {"a clause id with Japanese letters", HEAD "clauses:\n  - {id: 六, cite: b, heading: c, judged_by: human}\n", 5, 10,
     "id", "must be ASCII letters, digits, '-', '.' or '_'", "6-2"},
    {"a clause id twice", HEAD CLAUSES "  - {id: \"6-2\", cite: b, heading: c, judged_by: human}\n", 10, 10, "id",
     "the clause of line 5 has this id", "unique"},
    {"an unknown judge", HEAD "clauses:\n  - {id: a, cite: b, heading: c, judged_by: robot}\n", 5, 45, "judged_by",
     "unknown judge", "write one of human"},
    {"an action in a clause that people judge",
     HEAD "clauses:\n  - {id: a, cite: b, heading: c, judged_by: human, action: block}\n", 5, 60, "a",
     "has no meaning in a clause that people judge", "delete"},
    {"a purpose whose clause does not exist", HEAD "purposes: {application: {keep: [PHONE], clause: \"9\"}}\n" CLAUSES,
     4, 49, "clause", "no clause has this id", "id of one of the clauses"},
    {"a purpose that keeps MY_NUMBER",
     HEAD "purposes: {application: {keep: [PHONE, MY_NUMBER], clause: \"6-2\"}}\n" CLAUSES, 4, 32, "keep",
     "MY_NUMBER can not be kept (番号法2条8項)", "take MY_NUMBER out"},
    {"a purpose named chat", HEAD "purposes: {chat: {keep: [PHONE], clause: \"6-2\"}}\n" CLAUSES, 4, 12, "purposes",
     "chat is the purpose of every other message", "another name"},
    {"a purpose twice",
     HEAD "purposes:\n  a: {keep: [AGE], clause: \"6-2\"}\n  a: {keep: [AGE], clause: \"6-2\"}\n" CLAUSES, 6, 3, "a",
     "stands twice", "keep one"},
    {"a mask for MY_NUMBER", HEAD "transforms: {MY_NUMBER: mask}\n" CLAUSES, 4, 25, "transforms",
     "an individual number may only be labelled or removed (番号法2条8項)", "label or remove"},
    {"a token for MY_NUMBER", HEAD "transforms: {MY_NUMBER: token}\n" CLAUSES, 4, 25, "transforms",
     "an individual number may only be labelled or removed (番号法2条8項)", "label or remove"},
    {"a clause that encrypts MY_NUMBER",
     HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [MY_NUMBER], action: redact, transform: encrypt}\n", 5,
     82, "a", "an individual number may only be labelled or removed (番号法2条8項)", "MY_NUMBER: label"},
    {"a clause that masks MY_NUMBER",
     HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [personal_data], action: redact, transform: mask}\n", 5,
     86, "a", "an individual number may only be labelled or removed (番号法2条8項)", "MY_NUMBER: label"},
    {"a mask for a type that is not masked", HEAD "masks: {PHONE: {keep_last: 4}}\n" CLAUSES, 4, 9, "masks",
     "`transforms` does not mask this type", "write it there"},
    {"a clause with a mask that labels",
     HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [PHONE], action: redact, mask: {keep_last: 4}}\n", 5, 73,
     "a", "the clause does not mask", "transform: mask"},
    {"a mask that keeps nearly all", HEAD "transforms: {PHONE: mask}\nmasks: {PHONE: {keep_first: 17}}\n" CLAUSES, 5,
     29, "keep_first", "is out of range", "write"},
    {"a clause that allows MY_NUMBER",
     HEAD "clauses:\n  - {id: a, cite: b, heading: c, covers: [MY_NUMBER], action: allow}\n", 5, 63, "a",
     "MY_NUMBER can not be allowed (番号法2条8項)", "redact"},
    {"a link list of another name", HEAD "links: {block: [example.jp]}\n" CLAUSES, 4, 9, "", "unknown key", "allow"},
    {"an address where a name is asked for", HEAD "links: {deny: [\"https://example.jp/\"]}\n" CLAUSES, 4, 16, "links",
     "is no domain name", "the name alone"},
    {"a name with an asterisk", HEAD "links: {deny: [\"*.example.jp\"]}\n" CLAUSES, 4, 16, "links", "is no domain name",
     "no *"},
    {"a name that is everybody's", HEAD "links:\n  allow:\n    - example.jp\n    - co.jp\n" CLAUSES, 7, 7, "links",
     "anybody can register a name below this one", "example.co.jp"},
    {"a name twice", HEAD "links: {deny: [例え.jp, EXAMPLE.jp, xn--r8jz45g.jp]}\n" CLAUSES, 4, 35, "links",
     "stands in the list already", "delete it"},
    {"a name in both lists", HEAD "links: {allow: [example.jp], deny: [example.jp]}\n" CLAUSES, 4, 37, "links",
     "stands in the list allow too", "one of the two"},
    {"an unknown type of contact", HEAD "official_contacts: [{type: TEL, value: 0}]\n" CLAUSES, 4, 28, "type",
     "unknown info type", "PHONE"},
    {"a contact without a value", HEAD "official_contacts: [{type: PHONE}]\n" CLAUSES, 4, 21, "official_contacts",
     "the key 'value' is missing", "add it"},
    {"a notice that is empty", HEAD "notices: {danger: \"\"}\n" CLAUSES, 4, 19, "danger", "has no value", "write one"},
    {"a tab in the indentation", HEAD "account:\n\tname: 試験市役所\n" CLAUSES, 5, 1, "",
     "a tab stands in the indentation", "indent with spaces"},
    {"a full-width space in the indentation", HEAD "account:\n　name: 試験市役所\n" CLAUSES, 5, 1, "",
     "a full-width space stands in the indentation", "half-width"},
    {"a full-width space before a clause", HEAD "clauses:\n　- id: a\n", 5, 1, "",
     "a full-width space stands in the indentation", "half-width"},
    {"a full-width colon", HEAD "mode： enforce\n" CLAUSES, 4, 5, "", "a full-width colon stands where ':' belongs",
     "half-width"},
    {"a quote that is never closed", HEAD "mode: 'enforce\n" CLAUSES, 4, 7, "",
     "not YAML: found unexpected end of stream, while scanning a quoted scalar", "quotes"},
    {"an anchor", HEAD "account: &a {name: b}\n" CLAUSES, 4, 10, "",
     "anchors (&), aliases (*) and tags (!) are not allowed", "quotes"},
    {"an alias", HEAD "account: *a\n" CLAUSES, 4, 10, "", "anchors (&), aliases (*) and tags (!) are not allowed",
     "quotes"},
    {"a tag", HEAD "mode: !!str enforce\n" CLAUSES, 4, 7, "", "anchors (&), aliases (*) and tags (!) are not allowed",
     "quotes"},
    {"a second document", HEAD CLAUSES "---\na: b\n", 10, 1, "", "a second document begins here", "'---'"},
    {"nesting without end", HEAD "account: [[[[[[[[[[a]]]]]]]]]]\n" CLAUSES, 4, 17, "", "nested too deep", "8 levels"},
    {"a control character", HEAD "account: {name: a\001b}\n" CLAUSES, 4, 18, "", "a control character stands here",
     "delete it"},
    {"an escaped NUL", HEAD "account: {name: \"a\\0b\"}\n" CLAUSES, 4, 17, "name", "holds a control character",
     "delete it"},
    {"Shift_JIS", "format: 1\nid: test\nname: \x8E\x8E\x8C\xB1\x8E\x73\n" CLAUSES, 3, 0, "",
     "the file is not UTF-8 (Shift_JIS/CP932?)", "UTF-8"},
    {"UTF-16",
     "\xFF\xFE"
     "f",
     1, 0, "", "the file is UTF-16, not UTF-8", "UTF-8"},
};

static void
is_refused(void **state)
{
    const struct broken *broken = *state;
    struct policy *policy = NULL;
    struct fault fault = {0};
    assert_int_equal(policy_parse(slice_of(broken->text), FILE_NAME, "test", &policy, &fault), STATUS_INVALID);
    assert_null(policy);
    assert_string_equal(fault.reason, broken->reason);
    assert_int_equal(fault.line, broken->line);
    assert_int_equal(fault.column, broken->column);
    assert_string_equal(fault.item, broken->item);
    assert_string_equal(fault.file, FILE_NAME);
    if (!strstr(fault.mend, broken->mend))
        fail_msg("the mend is '%s'", fault.mend);
}

static void
a_file_over_1_mib_is_refused(void **state)
{
    (void)state;
    struct policy *policy = NULL;
    struct fault fault = {0};
    size_t bytes = POLICY_MAX_FILE_BYTES + 1;
    char *text = malloc(bytes + 1);
    assert_non_null(text);
    memset(text, '#', bytes);
    text[bytes] = '\0';
    assert_int_equal(policy_parse(slice_of(text), FILE_NAME, NULL, &policy, &fault), STATUS_INVALID);
    assert_string_equal(fault.reason, "the file is larger than 1 MiB");
    free(text);
}

static void
deep_nesting_costs_no_stack(void **state)
{
    (void)state;
    struct policy *policy = NULL;
    struct fault fault = {0};
    size_t bytes = 200000;
    char *text = malloc(bytes + 1);
    assert_non_null(text);
    for (size_t i = 0; i < bytes; i += 2)
        memcpy(text + i, "- ", 2);
    text[bytes] = '\0';
    assert_int_equal(policy_parse(slice_of(text), FILE_NAME, NULL, &policy, &fault), STATUS_INVALID);
    assert_string_equal(fault.reason, "nested too deep");
    free(text);
}

/* --- what is read ------------------------------------------------------------------------------------------------ */

static struct policy *
parse(const char *text)
{
    struct policy *policy = NULL;
    struct fault fault = {0};
    char words[1024];
    if (policy_parse(slice_of(text), FILE_NAME, "test", &policy, &fault) != STATUS_OK)
        fail_msg("%s", fault_text(&fault, words, sizeof(words)));
    return policy;
}

static void
absent_keys_have_their_defaults(void **state)
{
    (void)state;
    struct policy *policy = parse(HEAD CLAUSES);
    const struct clause *clause = policy_clause(policy, "6-2");
    assert_string_equal(policy->id, "test");
    assert_string_equal(policy->municipality_code, "");
    assert_null(policy->account_name);
    assert_int_equal(policy->mode, POLICY_ENFORCE);
    assert_int_equal(policy->names, NAMES_THOROUGH);
    assert_false(policy->composite);
    assert_false(policy->request_rules);
    assert_int_equal(policy->contact_count, 0);
    assert_int_equal(policy->clause_count, 1);
    assert_string_equal(clause->cite, "6(2)");
    assert_string_equal(clause->heading, "誹謗中傷");
    assert_null(clause->text);
    assert_int_equal(clause->direction, DIRECTION_NONE);
    assert_int_equal(clause->info_types, 0);
    assert_int_equal(clause->categories, 1u << CATEGORY_DEFAMATION);
    assert_int_equal(clause->surfaces, 0);
    assert_int_equal(clause->action, ACTION_BLOCK);
    assert_int_equal(clause->min_likelihood, 60);
    assert_int_equal(clause->min_severity, SEVERITY_LOW);
    assert_int_equal(clause->transform, TRANSFORM_LABEL);
    assert_false(clause->review || clause->observe || clause->judged_by_human);
    policy_destroy(&policy);
    assert_null(policy);
}

static const char full_text[] =
    "\xEF\xBB\xBF"
    "format: 1\r\nid: test\r\nmunicipality_code: \"122173\"\r\nname: 試験市\r\n"
    "account: {name: 試験市役所, line_id: \"@test_shi\"}\n"
    "source: {title: 試験の方針, in_force: 2023-03-17}\n"
    "legal_basis: {as_published: 旧条例, in_force: 新しい法律}\n"
    "mode: observe\nnames: fast\ncomposite: on\nrequest_rules: true\n"
    "transforms: {PHONE: mask, MY_NUMBER: remove}\n"
    "masks: {PHONE: {keep_first: 1, keep_last: 4, keep_separators: on}}\n"
    "special_care: off\n"
    "purposes:\n  application: {keep: [PERSON, PHONE], clause: h}\n"
    "notices: {danger: 一一〇番へ, blocked: 受け付けません}\n"
    "official_contacts: [{type: PHONE, value: 00-0000-0000}]\n"
    "clauses:\n"
    "  - id: p\n    cite: \"1\"\n    heading: 個人情報\n    covers: [personal_data, PRIVACY]\n    action: redact\n"
    "    transform: mask\n    surfaces: [MESSAGE_TEXT, LOCATION]\n    review: true\n    mode: observe\n"
    "    min_likelihood: 0\n    min_severity: high\n    direction: outbound\n    text: |\n      　第一条\n      "
    "二行目\n"
    "  - {id: h, cite: \"1\", heading: 肖像, judged_by: human}\n";

static void
every_key_is_read(void **state)
{
    (void)state;
    struct policy *policy = parse(full_text);
    const struct clause *clause = policy_clause(policy, "p");
    assert_string_equal(policy->municipality_code, "122173");
    assert_string_equal(policy->account_name, "試験市役所");
    assert_string_equal(policy->line_id, "@test_shi");
    assert_string_equal(policy->source_title, "試験の方針");
    assert_string_equal(policy->in_force, "2023-03-17");
    assert_string_equal(policy->legal_as_published, "旧条例");
    assert_string_equal(policy->legal_in_force, "新しい法律");
    assert_int_equal(policy->mode, POLICY_OBSERVE);
    assert_int_equal(policy->names, NAMES_FAST);
    assert_true(policy->composite);
    assert_true(policy->request_rules);
    assert_int_equal(policy->transforms[INFO_PHONE], TRANSFORM_MASK);
    assert_int_equal(policy->transforms[INFO_MY_NUMBER], TRANSFORM_REMOVE);
    assert_int_equal(policy->transforms[INFO_PERSON], TRANSFORM_NONE);
    assert_int_equal(policy->masks[INFO_PHONE].keep_first, 1);
    assert_int_equal(policy->masks[INFO_PHONE].keep_last, 4);
    assert_true(policy->masks[INFO_PHONE].keep_separators);
    assert_false(policy->special_care);
    assert_false(policy_needs_keys(policy));
    assert_int_equal(policy->notice_count, 2);
    assert_string_equal(policy->notices[1].id, "blocked");
    assert_string_equal(clause->text, "　第一条\n二行目\n");
    assert_int_equal(clause->info_types, (UINT64_C(1) << INFO_COUNT) - 2);
    assert_int_equal(clause->categories, 1u << CATEGORY_PRIVACY);
    assert_int_equal(clause->surfaces, 1u << SURFACE_MESSAGE_TEXT | 1u << SURFACE_LOCATION);
    assert_int_equal(clause->transform, TRANSFORM_MASK);
    assert_int_equal(clause->direction, DIRECTION_OUTBOUND);
    assert_int_equal(clause->min_likelihood, 0);
    assert_int_equal(clause->min_severity, SEVERITY_HIGH);
    assert_true(clause->review && clause->observe);
    assert_true(policy_clause(policy, "h")->judged_by_human);
    assert_null(policy_clause(policy, "1"));
    policy_destroy(&policy);
}

static void
the_account_is_an_official_contact(void **state)
{
    (void)state;
    struct policy *policy = parse(full_text);
    assert_int_equal(policy->contact_count, 3);
    assert_int_equal(policy->contacts[0].type, INFO_PHONE);
    assert_string_equal(policy->contacts[0].value, "00-0000-0000");
    assert_int_equal(policy->contacts[1].type, INFO_PERSON);
    assert_string_equal(policy->contacts[1].value, "試験市役所");
    assert_int_equal(policy->contacts[2].type, INFO_LINE_ID);
    assert_string_equal(policy->contacts[2].value, "@test_shi");
    policy_destroy(&policy);
}

static void
purposes_are_found_by_name(void **state)
{
    (void)state;
    struct policy *policy = parse(full_text);
    const struct purpose *purpose = policy->purposes;
    assert_true(policy_purpose(policy, slice_of(""), &purpose));
    assert_null(purpose);
    assert_true(policy_purpose(policy, slice_of("chat"), &purpose));
    assert_null(purpose);
    assert_true(policy_purpose(policy, slice_of("application"), &purpose));
    assert_int_equal(purpose->keep, UINT64_C(1) << INFO_PERSON | UINT64_C(1) << INFO_PHONE);
    assert_ptr_equal(purpose->clause, policy_clause(policy, "h"));
    assert_false(policy_purpose(policy, slice_of("survey"), &purpose));
    policy_destroy(&policy);
}

/* --- the repository's cities ------------------------------------------------------------------------------------- */

static void
the_repositorys_cities_parse(void **state)
{
    (void)state;
    const char *const cities[] = {"default", "hachinohe", "kadoma", "kashiwa", "meguro", "moka"};
    for (size_t i = 0; i < sizeof(cities) / sizeof(*cities); i++) {
        char path[128], words[1024];
        struct buffer text;
        struct fault fault = {0};
        struct policy *policy = NULL;
        snprintf(path, sizeof(path), "dictionaries/cities/%s/policy.yaml", cities[i]);
        buffer_init(&text);
        assert_int_equal(file_read(path, POLICY_MAX_FILE_BYTES, &text), STATUS_OK);
        if (policy_parse(buffer_slice(&text), path, cities[i], &policy, &fault) != STATUS_OK)
            fail_msg("%s", fault_text(&fault, words, sizeof(words)));
        policy_destroy(&policy);
        buffer_fini(&text);
    }
}

int
main(void)
{
    enum { BROKEN = sizeof(brokens) / sizeof(*brokens) };
    const struct CMUnitTest refusals[] = {
        {"a file over 1 MiB is refused", a_file_over_1_mib_is_refused, NULL, NULL, NULL},
        {"deep nesting costs no stack", deep_nesting_costs_no_stack, NULL, NULL, NULL},
    };
    const struct CMUnitTest readings[] = {
        {"absent keys have their defaults", absent_keys_have_their_defaults, NULL, NULL, NULL},
        {"every key is read", every_key_is_read, NULL, NULL, NULL},
        {"the account is an official contact", the_account_is_an_official_contact, NULL, NULL, NULL},
        {"purposes are found by name", purposes_are_found_by_name, NULL, NULL, NULL},
        {"the repository's cities parse", the_repositorys_cities_parse, NULL, NULL, NULL},
    };
    static char names[BROKEN][128];
    struct CMUnitTest tests[BROKEN];
    for (size_t i = 0; i < BROKEN; i++) {
        snprintf(names[i], sizeof(names[i]), "%s is refused", brokens[i].name);
        tests[i] = (struct CMUnitTest){names[i], is_refused, NULL, NULL, (void *)(uintptr_t)&brokens[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL) + cmocka_run_group_tests(refusals, NULL, NULL) +
           cmocka_run_group_tests(readings, NULL, NULL);
}
