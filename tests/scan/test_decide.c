#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "scan/decide.h"

static const char head[] = "format: 1\nid: test\nname: 試験市\n";

/* One finding under a policy of the given clauses. */
struct bench {
    struct policy *policy;
    struct ruleset ruleset;
    struct message message;
    struct state state;
    struct finding finding;
    struct decision decision;
};

static void
open_policy(struct bench *bench, const char *body)
{
    char yaml[4096];
    struct fault fault = {0};
    char text[1024];
    snprintf(yaml, sizeof yaml, "%s%s", head, body);
    *bench = (struct bench){0};
    if (policy_parse(slice_of(yaml), "policy.yaml", NULL, &bench->policy, &fault) != STATUS_OK)
        fail_msg("%s", fault_text(&fault, text, sizeof text));
    bench->ruleset.policy = bench->policy;
    bench->state.ruleset = &bench->ruleset;
    bench->state.message = &bench->message;
    bench->finding = (struct finding){.rule = "test", .likelihood = 90, .subject = SUBJECT_UNKNOWN};
}

static void
run(struct bench *bench, enum danger danger)
{
    bench->finding.clause_count = 0;
    bench->finding.action = ACTION_NONE;
    decide(&bench->state, &bench->finding, 1, danger, &bench->decision);
}

static const char two_clauses[] =
    "clauses:\n"
    "  - {id: '6-2', cite: '6(2)', heading: h, direction: inbound, covers: [DEFAMATION], action: block, "
    "min_likelihood: 80, min_severity: medium}\n"
    "  - {id: '10-1', cite: '10(1)', heading: h, covers: [personal_data], action: redact, surfaces: [MESSAGE_TEXT]}\n";

static void
a_block_names_its_clause(void **state)
{
    (void)state;
    struct bench bench;
    open_policy(&bench, two_clauses);
    bench.finding.category = CATEGORY_DEFAMATION;
    bench.finding.severity = SEVERITY_MEDIUM;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_BLOCK);
    assert_int_equal(bench.decision.ground_count, 1);
    assert_string_equal(bench.decision.grounds[0]->id, "6-2");
    policy_destroy(&bench.policy);
}

static void
without_a_clause_a_finding_is_allowed(void **state)
{
    (void)state;
    struct bench bench;
    open_policy(&bench, two_clauses);
    bench.finding.category = CATEGORY_OBSCENE;
    bench.finding.severity = SEVERITY_HIGH;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    assert_int_equal(bench.decision.ground_count, 0);
    policy_destroy(&bench.policy);
}

static void
floors_directions_and_surfaces_hold(void **state)
{
    (void)state;
    struct bench bench;
    open_policy(&bench, two_clauses);
    bench.finding.category = CATEGORY_DEFAMATION;
    bench.finding.severity = SEVERITY_LOW;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    bench.finding.severity = SEVERITY_HIGH;
    bench.finding.likelihood = 79;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    bench.finding.likelihood = 80;
    bench.message.direction = DIRECTION_OUTBOUND;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    bench.finding = (struct finding){.rule = "test", .likelihood = 90, .info_type = INFO_PHONE};
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_REDACT);
    bench.message.surface = SURFACE_DISPLAY_NAME;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    policy_destroy(&bench.policy);
}

static void
a_purpose_keeps_what_its_form_asked_for_but_no_identifier(void **state)
{
    (void)state;
    struct bench bench;
    char yaml[2048];
    snprintf(yaml, sizeof yaml, "%s%s", "purposes:\n  application: {keep: [PHONE, PASSPORT], clause: '10-1'}\n",
             two_clauses);
    open_policy(&bench, yaml);
    assert_true(policy_purpose(bench.policy, slice_of("application"), &bench.message.purpose));
    bench.finding.info_type = INFO_PHONE;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    bench.finding.info_type = INFO_EMAIL;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_REDACT);
    bench.finding.info_type = INFO_PASSPORT;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_REDACT);
    policy_destroy(&bench.policy);
}

static void
danger_caps_the_verdict_and_keeps_data(void **state)
{
    (void)state;
    struct bench bench;
    open_policy(&bench, two_clauses);
    bench.finding.category = CATEGORY_DEFAMATION;
    bench.finding.severity = SEVERITY_HIGH;
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    assert_true(bench.decision.escalate);
    bench.finding =
        (struct finding){.rule = "test", .likelihood = 90, .info_type = INFO_ADDRESS, .subject = SUBJECT_SELF};
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    bench.finding.info_type = INFO_MY_NUMBER;
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_REDACT);
    policy_destroy(&bench.policy);
}

/* A wrong escalation by the model alone leaves no more than place and number. */
static void
danger_felt_keeps_place_and_number_alone(void **state)
{
    (void)state;
    static const struct {
        enum info_type type;
        enum action felt, told;
    } kept[] = {
        {INFO_ADDRESS, ACTION_ALLOW, ACTION_ALLOW},       {INFO_PHONE, ACTION_ALLOW, ACTION_ALLOW},
        {INFO_POSTAL_CODE, ACTION_ALLOW, ACTION_ALLOW},   {INFO_GEO, ACTION_ALLOW, ACTION_ALLOW},
        {INFO_EMAIL, ACTION_REDACT, ACTION_ALLOW},        {INFO_PERSON, ACTION_REDACT, ACTION_ALLOW},
        {INFO_BANK_ACCOUNT, ACTION_REDACT, ACTION_ALLOW}, {INFO_PENSION_NUMBER, ACTION_REDACT, ACTION_REDACT},
    };
    struct bench bench;
    open_policy(&bench, two_clauses);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        bench.finding.info_type = kept[i].type;
        run(&bench, DANGER_FELT);
        assert_int_equal(bench.decision.action, kept[i].felt);
        run(&bench, DANGER_TOLD);
        assert_int_equal(bench.decision.action, kept[i].told);
    }
    policy_destroy(&bench.policy);
}

/* A place or number that lost against another reading, or lies under one, must not go with it. */
static void
danger_keeps_what_may_be_a_place_or_number(void **state)
{
    (void)state;
    struct bench bench;
    open_policy(&bench, two_clauses);
    bench.finding.subject = SUBJECT_OTHER;
    bench.finding.info_type = INFO_PENSION_NUMBER;
    bench.finding.alternatives[0].info_type = INFO_PHONE;
    bench.finding.alternative_count = 1;
    run(&bench, DANGER_FELT);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    bench.finding.evidence = EVIDENCE_LABEL; /* 年金番号 … it is one */
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_REDACT);

    struct finding findings[] = {
        {.rule = "test", .likelihood = 90, .info_type = INFO_PERSON, .subject = SUBJECT_OTHER, .span = {0, 9}},
        {.rule = "test", .likelihood = 90, .info_type = INFO_ADDRESS, .subject = SUBJECT_OTHER, .span = {6, 20}},
        {.rule = "test", .likelihood = 90, .info_type = INFO_PERSON, .subject = SUBJECT_OTHER, .span = {30, 36}},
    };
    decide(&bench.state, findings, 3, DANGER_TOLD, &bench.decision);
    assert_int_equal(findings[0].action, ACTION_ALLOW);
    assert_int_equal(findings[1].action, ACTION_ALLOW);
    assert_int_equal(findings[2].action, ACTION_REDACT);
    policy_destroy(&bench.policy);
}

static void
abuse_that_mentions_danger_blocks_where_two_witnesses_agree(void **state)
{
    (void)state;
    struct bench bench;
    open_policy(&bench, two_clauses);
    bench.finding.category = CATEGORY_DEFAMATION;
    bench.finding.severity = SEVERITY_HIGH;
    bench.state.outweighing = 1u << CATEGORY_DEFAMATION;
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_BLOCK);
    assert_false(bench.decision.escalate);
    assert_true(bench.decision.review);
    bench.state.roles_seen = 1u << USE_FAMILY; /* 父に「死ね」と … */
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    assert_true(bench.decision.escalate);
    bench.state.roles_seen = 0;
    bench.finding.severity = SEVERITY_MEDIUM;
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    bench.finding.severity = SEVERITY_HIGH;
    bench.state.outweighing = 0;
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    policy_destroy(&bench.policy);
}

/* このブタ面が: the model alone, and not surely, feels danger where there is only abuse. */
static void
danger_that_is_only_felt_does_not_cover_a_plain_insult(void **state)
{
    (void)state;
    struct bench bench;
    open_policy(&bench, two_clauses);
    bench.finding.category = CATEGORY_DEFAMATION;
    bench.finding.severity = SEVERITY_MEDIUM;
    bench.state.roles_seen = 1u << USE_DANGER;
    bench.state.danger_told = true;
    run(&bench, DANGER_FELT);
    assert_int_equal(bench.decision.action, ACTION_BLOCK);
    assert_true(bench.decision.review);
    bench.finding.severity = SEVERITY_LOW;
    run(&bench, DANGER_FELT);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    bench.finding.severity = SEVERITY_MEDIUM;
    bench.state.roles_seen |= 1u << USE_SELF;
    run(&bench, DANGER_FELT);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    assert_true(bench.decision.escalate);
    bench.state.roles_seen = 1u << USE_DANGER;
    bench.state.danger_sure = true;
    run(&bench, DANGER_TOLD);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    assert_true(bench.decision.escalate);
    policy_destroy(&bench.policy);
}

static void
observe_reports_and_allows(void **state)
{
    (void)state;
    struct bench bench;
    char yaml[2048];
    snprintf(yaml, sizeof yaml, "mode: observe\n%s", two_clauses);
    open_policy(&bench, yaml);
    bench.finding.category = CATEGORY_DEFAMATION;
    bench.finding.severity = SEVERITY_HIGH;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    assert_int_equal(bench.decision.observed, ACTION_BLOCK);
    policy_destroy(&bench.policy);
}

/* A clause on trial changes nothing, and danger caps a block: the data that another clause redacts is redacted. */
static void
what_does_not_act_hides_no_clause_that_does(void **state)
{
    (void)state;
    static const char clauses[] =
        "clauses:\n"
        "  - {id: '1', cite: '1', heading: h, covers: [PHONE], action: block, mode: observe}\n"
        "  - {id: '2', cite: '2', heading: h, covers: [CREDENTIAL], action: block}\n"
        "  - {id: '3', cite: '3', heading: h, covers: [personal_data], action: redact}\n";
    static const struct {
        enum info_type type;
        enum danger danger;
        enum action action, observed;
    } rows[] = {{INFO_PHONE, DANGER_NONE, ACTION_REDACT, ACTION_BLOCK},
                {INFO_CREDENTIAL, DANGER_NONE, ACTION_BLOCK, ACTION_NONE},
                {INFO_CREDENTIAL, DANGER_FELT, ACTION_REDACT, ACTION_NONE}};
    struct bench bench;
    open_policy(&bench, clauses);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench.finding.info_type = rows[i].type;
        run(&bench, rows[i].danger);
        assert_int_equal(bench.decision.action, rows[i].action);
        assert_int_equal(bench.finding.action, rows[i].action);
        assert_int_equal(bench.decision.observed, rows[i].observed);
        assert_string_equal(bench.decision.grounds[0]->id, rows[i].action == ACTION_BLOCK ? "2" : "3");
        assert_int_equal(bench.decision.ground_count, 1);
    }
    policy_destroy(&bench.policy);
}

static void
review_never_changes_the_verdict(void **state)
{
    (void)state;
    struct bench bench;
    open_policy(
        &bench,
        "clauses:\n  - {id: '6-8', cite: '6(8)', heading: h, covers: [FALSE_RUMOR], action: allow, review: true}\n");
    bench.finding.category = CATEGORY_FALSE_RUMOR;
    bench.finding.severity = SEVERITY_MEDIUM;
    run(&bench, DANGER_NONE);
    assert_int_equal(bench.decision.action, ACTION_ALLOW);
    assert_true(bench.decision.review);
    policy_destroy(&bench.policy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a block names its clause", a_block_names_its_clause, NULL, NULL, NULL},
        {"without a clause a finding is allowed", without_a_clause_a_finding_is_allowed, NULL, NULL, NULL},
        {"floors, directions and surfaces hold", floors_directions_and_surfaces_hold, NULL, NULL, NULL},
        {"a purpose keeps what its form asked for, but no identifier",
         a_purpose_keeps_what_its_form_asked_for_but_no_identifier, NULL, NULL, NULL},
        {"danger caps the verdict and keeps data", danger_caps_the_verdict_and_keeps_data, NULL, NULL, NULL},
        {"danger felt keeps place and number alone", danger_felt_keeps_place_and_number_alone, NULL, NULL, NULL},
        {"danger keeps what may be a place or number", danger_keeps_what_may_be_a_place_or_number, NULL, NULL, NULL},
        {"abuse that mentions danger blocks where two witnesses agree",
         abuse_that_mentions_danger_blocks_where_two_witnesses_agree, NULL, NULL, NULL},
        {"danger that is only felt does not cover a plain insult",
         danger_that_is_only_felt_does_not_cover_a_plain_insult, NULL, NULL, NULL},
        {"observe reports and allows", observe_reports_and_allows, NULL, NULL, NULL},
        {"what does not act hides no clause that does", what_does_not_act_hides_no_clause_that_does, NULL, NULL, NULL},
        {"review never changes the verdict", review_never_changes_the_verdict, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
