/* sample.h - verdicts made by hand, for what is packed and printed. */
#ifndef TESTS_WIRE_SAMPLE_H
#define TESTS_WIRE_SAMPLE_H

#include "rules/ruleset.h"
#include "scan/verdict.h"

static struct clause sample_privacy = {.id = "10-1", .cite = "10(1)", .heading = "個人情報の管理"};
static struct clause sample_insult = {.id = "6-2", .cite = "6(2)", .heading = "誹謗中傷"};

/* "😀 " is 5 bytes, 2 code points, 3 UTF-16 units; the number 13 bytes; "へ" 3 bytes. */
#define SAMPLE_TEXT "😀 090-0000-1234へ"
#define SAMPLE_REDACTED "😀 【電話番号】へ"

static struct finding sample_findings[] = {
    {.span = {0, 21},
     .category = CATEGORY_DEFAMATION,
     .rule = "term.common.00000001",
     .likelihood = 80,
     .severity = SEVERITY_MEDIUM,
     .action = ACTION_ALLOW,
     .clauses = {&sample_insult, &sample_privacy},
     .clause_count = 2},
    {.span = {5, 18},
     .info_type = INFO_PHONE,
     .rule = "pii.phone.mobile",
     .likelihood = 97,
     .subject = SUBJECT_UNKNOWN,
     .action = ACTION_REDACT,
     .transform = TRANSFORM_LABEL,
     .clauses = {&sample_privacy},
     .clause_count = 1,
     .group = 4,
     .evidence = EVIDENCE_LABEL | EVIDENCE_SPACED,
     .alternative_count = 1,
     .alternatives = {{.info_type = INFO_BANK_ACCOUNT, .rule = "pii.bank", .likelihood = 30}}},
};
static const struct replacement sample_replacements[] = {{{5, 18}, {5, 23}, INFO_PHONE}};

static inline struct verdict
sample_redacted(void)
{
    return (struct verdict){.action = ACTION_REDACT,
                            .text = SLICE_LITERAL(SAMPLE_TEXT),
                            .redacted = SLICE_LITERAL(SAMPLE_REDACTED),
                            .findings = sample_findings,
                            .finding_count = 2,
                            .replacements = sample_replacements,
                            .replacement_count = 1,
                            .grounds = {&sample_privacy, &sample_insult},
                            .ground_count = 2,
                            .review = true,
                            .notice_id = "blocked"};
}

static inline struct verdict
sample_allowed(struct slice text)
{
    return (struct verdict){.action = ACTION_ALLOW, .text = text, .notice_id = ""};
}

#endif
