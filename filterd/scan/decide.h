/* scan/decide.h - findings meet the clauses of the policy.
 *
 * Every block and every redact names its clause; what no clause covers is allowed and reported. Personal data is
 * redacted under the handling clause, whoever it belongs to. A clause that only observes, or whose block is capped,
 * leaves a finding to the next that covers it. 個人識別符号 are never kept by a purpose or an emergency. Danger caps
 * the verdict: no block, and the notice `danger` (scan/danger.h).
 */
#ifndef SCAN_DECIDE_H
#define SCAN_DECIDE_H

#include <stdbool.h>

#include "scan/danger.h"

struct decision {
    enum action action;   /* ALLOW, REDACT or BLOCK */
    enum action observed; /* NONE unless something is only observed */
    const struct clause *grounds[VERDICT_MAX_GROUNDS];
    size_t ground_count;
    bool review;
    bool escalate;
    const char *notice_id; /* "" = none */
};

/* Whether a clause asks for something where `finding` is found. */
bool decide_acts_on(const struct state *state, const struct finding *finding);

/* Fills action, transform and clauses of each finding, and the decision. */
void decide(const struct state *state, struct finding *findings, size_t count, enum danger danger,
            struct decision *decision_out);

#endif
