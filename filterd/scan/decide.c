#include "scan/decide.h"

#include "scan/names_rules.h"

static bool
clause_covers(const struct clause *clause, const struct finding *finding)
{
    return finding->info_type != INFO_NONE ? clause->info_types >> finding->info_type & 1
                                           : clause->categories >> finding->category & 1;
}

/* The number, address or postal code of an office is no personal data (scan/office.h). A name is one, whoever bears it,
 * unless a list says that the public knows them. */
static bool
is_of_office(const struct finding *finding)
{
    return finding->subject == SUBJECT_OFFICIAL && finding->evidence & EVIDENCE_NEGATIVE &&
           (finding->info_type == INFO_PHONE || finding->info_type == INFO_ADDRESS ||
            finding->info_type == INFO_POSTAL_CODE);
}

static bool
clause_applies(const struct clause *clause, const struct message *message, const struct finding *finding)
{
    enum direction direction = message->direction ? message->direction : DIRECTION_INBOUND;
    enum surface surface = message->surface ? message->surface : SURFACE_MESSAGE_TEXT;
    if (clause->judged_by_human || !clause_covers(clause, finding))
        return false;
    bool is_directed = !(message->purpose && message->purpose->both_directions);
    if (is_directed && clause->direction != DIRECTION_NONE && clause->direction != direction)
        return false;
    if (clause->surfaces && !(clause->surfaces >> surface & 1))
        return false;
    return finding->likelihood >= clause->min_likelihood &&
           (finding->category == CATEGORY_NONE || finding->severity >= clause->min_severity);
}

bool
decide_acts_on(const struct state *state, const struct finding *finding)
{
    const struct policy *policy = state->ruleset->policy;
    for (size_t i = 0; i < policy->clause_count; i++)
        if (clause_applies(&policy->clauses[i], state->message, finding))
            return true;
    return false;
}

/* Keeps the clauses of a finding in order of gravity, printed order within. */
static void
add_clause(struct finding *finding, const struct clause *clause)
{
    size_t at = finding->clause_count;
    while (at > 0 && finding->clauses[at - 1]->action < clause->action)
        at--;
    if (at == FINDING_MAX_CLAUSES)
        return;
    if (finding->clause_count == FINDING_MAX_CLAUSES)
        finding->clause_count--;
    memmove(&finding->clauses[at + 1], &finding->clauses[at], (finding->clause_count - at) * sizeof *finding->clauses);
    finding->clauses[at] = clause;
    finding->clause_count++;
}

/* A purpose keeps data that a clause would redact; the clause that permits it is named instead. */
static bool
is_kept(const struct message *message, struct finding *finding)
{
    if (finding->info_type == INFO_NONE || info_type_is_identifier(finding->info_type))
        return false;
    const struct purpose *purpose = message->purpose;
    if (!purpose || !(purpose->keep >> finding->info_type & 1))
        return false;
    if (purpose->clause) {
        finding->clauses[0] = purpose->clause;
        finding->clause_count = 1;
    }
    return true;
}

static void
choose_transform(const struct policy *policy, const struct clause *clause, struct finding *finding)
{
    enum transform transform = policy->transforms[finding->info_type];
    finding->mask = transform == TRANSFORM_NONE ? clause->mask : policy->masks[finding->info_type];
    if (transform == TRANSFORM_NONE)
        transform = clause->transform;
    finding->transform = transform == TRANSFORM_NONE ? TRANSFORM_LABEL : transform;
}

/* False: a clause that only observes, or whose block is capped, leaves the finding to the next: what redacts, redacts
 * still. */
static bool
clause_settles(const struct policy *policy, const struct clause *clause, struct finding *finding,
               struct decision *decision)
{
    enum action action = clause->action;
    if (action == ACTION_REDACT) {
        choose_transform(policy, clause, finding);
        if (finding->transform == TRANSFORM_KEEP)
            return true;
    }
    if (decision->escalate && action == ACTION_BLOCK)
        action = ACTION_ALLOW; /* escalate caps the verdict: a person must see this */
    if (clause->observe || policy->mode == POLICY_OBSERVE) {
        if (action > decision->observed)
            decision->observed = action;
        return false;
    }
    finding->action = action;
    if (action > decision->action)
        decision->action = action;
    return action != ACTION_ALLOW;
}

static void
decide_finding(const struct state *state, struct finding *finding, bool is_saved, struct decision *decision)
{
    const struct policy *policy = state->ruleset->policy;
    finding->action = ACTION_ALLOW;
    if (is_of_office(finding) || finding->rule == names_public_rule)
        return;
    for (size_t i = 0; i < policy->clause_count; i++)
        if (clause_applies(&policy->clauses[i], state->message, finding)) {
            add_clause(finding, &policy->clauses[i]);
            decision->review |= policy->clauses[i].review;
        }
    if (finding->clause_count == 0 || is_saved || is_kept(state->message, finding))
        return;
    size_t i = 0;
    while (i < finding->clause_count && !clause_settles(policy, finding->clauses[i], finding, decision))
        i++;
}

static void
add_ground(struct decision *decision, const struct clause *clause)
{
    for (size_t i = 0; i < decision->ground_count; i++)
        if (decision->grounds[i] == clause)
            return;
    if (decision->ground_count < VERDICT_MAX_GROUNDS)
        decision->grounds[decision->ground_count++] = clause;
}

/* Whether somebody only mentions danger while they abuse others. */
static bool
is_mere_mention(const struct state *state, const struct finding *findings, size_t count)
{
    const struct policy *policy = state->ruleset->policy;
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < policy->clause_count; c++)
            if (findings[i].info_type == INFO_NONE && danger_is_outweighed(state, &findings[i]) &&
                policy->clauses[c].action == ACTION_BLOCK &&
                clause_applies(&policy->clauses[c], state->message, &findings[i]))
                return true;
    return false;
}

/* Decisive clauses first: those that block, then those that redact. */
static void
collect_grounds(const struct finding *findings, size_t count, struct decision *decision)
{
    for (enum action action = ACTION_BLOCK; action >= ACTION_REDACT; action--)
        for (size_t i = 0; i < count; i++)
            if (findings[i].action == action)
                for (size_t c = 0; c < findings[i].clause_count; c++)
                    if (findings[i].clauses[c]->action == action && !findings[i].clauses[c]->observe)
                        add_ground(decision, findings[i].clauses[c]);
}

static const char *
notice(const struct policy *policy, const char *id)
{
    for (size_t i = 0; i < policy->notice_count; i++)
        if (strcmp(policy->notices[i].id, id) == 0)
            return policy->notices[i].id;
    return "";
}

void
decide(const struct state *state, struct finding *findings, size_t count, enum danger danger,
       struct decision *decision_out)
{
    const struct policy *policy = state->ruleset->policy;
    bool is_mention = danger != DANGER_NONE && is_mere_mention(state, findings, count);
    if (is_mention)
        danger = DANGER_NONE;
    *decision_out = (struct decision){.action = ACTION_ALLOW, .escalate = danger != DANGER_NONE, .notice_id = ""};
    if (policy->mode == POLICY_OBSERVE)
        decision_out->observed = ACTION_ALLOW;
    decision_out->review = is_mention || (state->message->purpose && state->message->purpose->review);
    for (size_t i = 0; i < count; i++)
        decide_finding(state, &findings[i], danger_keeps(danger, findings, count, i), decision_out);
    if (decision_out->observed != ACTION_NONE && decision_out->observed < decision_out->action)
        decision_out->observed = decision_out->action;
    collect_grounds(findings, count, decision_out);
    if (decision_out->escalate)
        decision_out->notice_id = notice(policy, "danger");
    else if (decision_out->action == ACTION_BLOCK)
        decision_out->notice_id = notice(policy, "blocked");
    if (state_is_traced(state))
        for (size_t i = 0; i < decision_out->ground_count; i++)
            state_trace(state, TRACE_DECIDE, (struct span){0, 0}, decision_out->grounds[i]->id,
                        action_word(decision_out->grounds[i]->action), -1);
}
