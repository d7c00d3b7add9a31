/* policy_parse on arbitrary bytes: no crash, and every refusal says why and where. */
#include <stdlib.h>

#include "base/assert.h"
#include "rules/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Everything handed out is a text, and what no city may decide is not decided. */
static void
check_policy(const struct policy *policy)
{
    ASSERT(policy->clause_count > 0);
    for (size_t i = 0; i < policy->clause_count; i++) {
        const struct clause *clause = &policy->clauses[i];
        ASSERT(clause->id[0] != '\0' && clause->cite[0] != '\0' && clause->heading[0] != '\0');
        ASSERT(clause->judged_by_human || clause->info_types != 0 || clause->categories != 0);
        ASSERT(clause->min_likelihood <= 100);
        ASSERT(policy_clause(policy, clause->id) == clause);
    }
    for (size_t i = 0; i < policy->purpose_count; i++) {
        ASSERT(policy->purposes[i].clause != NULL);
        ASSERT((policy->purposes[i].keep & (UINT64_C(1) << INFO_MY_NUMBER)) == 0);
    }
    for (size_t i = 0; i < policy->contact_count; i++)
        ASSERT(policy->contacts[i].value[0] != '\0');
    enum transform transform = policy->transforms[INFO_MY_NUMBER];
    ASSERT(transform == TRANSFORM_NONE || transform == TRANSFORM_LABEL || transform == TRANSFORM_REMOVE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct policy *policy = NULL;
    struct fault fault = {.line = ~0u};
    char words[1024];
    enum status status = policy_parse((struct slice){data, bytes}, "policy.yaml", NULL, &policy, &fault);
    if (status == STATUS_OK) {
        check_policy(policy);
    } else {
        ASSERT(status == STATUS_INVALID && policy == NULL);
        ASSERT(fault.line != ~0u && fault.reason[0] != '\0' && fault.mend[0] != '\0');
        ASSERT(fault_text(&fault, words, sizeof(words)) == words);
    }
    policy_destroy(&policy);
    return 0;
}
