/* policy_parse on arbitrary bytes: no crash, every refusal says why and in which line, and none costs more than 2 s or
 * 256 MiB. */
#include <stdlib.h>

#include "base/assert.h"
#include "fuzz/bounds.h"
#include "rules/policy.h"

#define MAX_US 2000000
#define MAX_HEAP_BYTES ((size_t)256 << 20)

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

/* As an editor counts them. (The end of a file may lie one line behind them.) */
static unsigned
lines_of(const uint8_t *data, size_t bytes)
{
    unsigned lines = 1;

    for (size_t i = 0; i < bytes; i++)
        lines += data[i] == '\n' || data[i] == '\r' || data[i] == 0xC2 || data[i] == 0xE2; /* YAML's NEL, LS and PS */
    return lines;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct policy *policy = NULL;
    struct fault fault = {.line = ~0u};
    char words[1024];

    bounds_begin();
    enum status status = policy_parse((struct slice){data, bytes}, "policy.yaml", NULL, &policy, &fault);
    bounds_end(MAX_US, MAX_HEAP_BYTES);
    if (status == STATUS_OK) {
        check_policy(policy);
    } else {
        ASSERT(status == STATUS_INVALID && policy == NULL);
        ASSERT(fault.line >= 1 && fault.line <= lines_of(data, bytes) + 1 && fault.reason[0] != '\0' &&
               fault.mend[0] != '\0');
        ASSERT(fault_text(&fault, words, sizeof(words)) == words);
    }
    policy_destroy(&policy);
    return 0;
}
