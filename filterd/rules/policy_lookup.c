/* What is asked of a policy once it is read. */
#include "rules/policy.h"

bool
policy_uses(const struct policy *policy, enum transform transform)
{
    for (size_t i = 0; i < policy->clause_count; i++)
        if (policy->clauses[i].transform == transform)
            return true;
    for (unsigned type = 0; type < INFO_COUNT; type++)
        if (policy->transforms[type] == transform)
            return true;
    return false;
}

bool
policy_needs_keys(const struct policy *policy)
{
    return policy_uses(policy, TRANSFORM_TOKEN) || policy_uses(policy, TRANSFORM_ENCRYPT);
}

const struct clause *
policy_clause(const struct policy *policy, const char *id)
{
    for (size_t i = 0; i < policy->clause_count; i++)
        if (strcmp(policy->clauses[i].id, id) == 0)
            return &policy->clauses[i];
    return NULL;
}

bool
policy_purpose(const struct policy *policy, struct slice name, const struct purpose **purpose_out)
{
    if (name.bytes == 0 || slice_equal(name, SLICE_LITERAL("chat"))) {
        *purpose_out = NULL;
        return true;
    }
    for (size_t i = 0; i < policy->purpose_count; i++) {
        if (slice_equal(name, slice_of(policy->purposes[i].name))) {
            *purpose_out = &policy->purposes[i];
            return true;
        }
    }
    return false;
}
