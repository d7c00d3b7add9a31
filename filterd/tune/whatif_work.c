/* whatif_work: what a worker does with a block. */
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "tune/whatif.h"

/* What has to be remembered of the first verdict while the second is made. */
struct memory {
    enum action action;
    struct buffer kept; /* the text as it may be kept */
    bool has_kept;      /* what is personal is replaced in it, or nothing is */
    struct finding findings[VERDICT_MAX_FINDINGS];
    size_t finding_count;
    const struct clause *ground;
};

struct state {
    struct reading after_reading;
    struct reader *before, *after;
    struct memory old;
    struct block_counts groups;
};

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

static enum action
action_of(const struct verdict *verdict)
{
    return verdict->observed != ACTION_NONE ? verdict->observed : verdict->action;
}

static bool
has_personal_data(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].info_type != INFO_NONE)
            return true;
    return false;
}

static void
remember(struct memory *memory, const struct verdict *verdict)
{
    struct slice kept = verdict->redacted.bytes > 0 ? verdict->redacted : verdict->text;

    memory->action = action_of(verdict);
    buffer_clear(&memory->kept);
    buffer_append(&memory->kept, kept.data, kept.bytes);
    memory->has_kept = verdict->replacement_count > 0 || !has_personal_data(verdict);
    memory->finding_count = verdict->finding_count;
    memcpy(memory->findings, verdict->findings, verdict->finding_count * sizeof *verdict->findings);
    memory->ground = verdict->ground_count > 0 ? verdict->grounds[0] : NULL;
}

static bool
has_finding(const struct finding *findings, size_t count, const struct finding *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(findings[i].rule, wanted->rule) == 0 && findings[i].span.start == wanted->span.start &&
            findings[i].span.end == wanted->span.end)
            return true;
    return false;
}

/* The first rule that acts here and did not find this there. */
static const char *
rule_only_in(const struct finding *here, size_t here_count, const struct finding *there, size_t there_count,
             enum action at_least)
{
    for (size_t i = 0; i < here_count; i++)
        if (here[i].action >= at_least && !has_finding(there, there_count, &here[i]))
            return here[i].rule;
    return NULL;
}

static void
name_clause(char cause[COUNT_KEY_BYTES], const struct clause *clause)
{
    snprintf(cause, COUNT_KEY_BYTES, "clause %.100s", clause == NULL ? "?" : clause->id);
}

/* What is there in the stricter version and not in the other; else the clause that decides otherwise. */
static void
find_cause(const struct memory *old, const struct verdict *verdict, enum whatif_kind kind, char cause[COUNT_KEY_BYTES])
{
    enum action at_least = kind == WHATIF_BLOCKED || kind == WHATIF_ALLOWED ? ACTION_BLOCK : ACTION_REDACT;
    bool is_new = kind == WHATIF_BLOCKED || kind == WHATIF_REDACTED;
    const char *in_new =
        rule_only_in(verdict->findings, verdict->finding_count, old->findings, old->finding_count, at_least);
    const char *in_old =
        rule_only_in(old->findings, old->finding_count, verdict->findings, verdict->finding_count, at_least);
    const char *rule = is_new ? in_new : in_old;

    if (kind == WHATIF_REPLACED && rule == NULL)
        rule = in_new;
    if (rule != NULL)
        snprintf(cause, COUNT_KEY_BYTES, "%s", rule);
    else if (is_new)
        name_clause(cause, verdict->ground_count > 0 ? verdict->grounds[0] : NULL);
    else
        name_clause(cause, old->ground);
}

static bool
find_kind(const struct memory *old, const struct verdict *verdict, enum whatif_kind *kind)
{
    enum action before = old->action, after = action_of(verdict);

    if (before != ACTION_BLOCK && after == ACTION_BLOCK)
        *kind = WHATIF_BLOCKED;
    else if (before == ACTION_BLOCK && after != ACTION_BLOCK)
        *kind = WHATIF_ALLOWED;
    else if (before == ACTION_ALLOW && after == ACTION_REDACT)
        *kind = WHATIF_REDACTED;
    else if (before == ACTION_REDACT && after == ACTION_ALLOW)
        *kind = WHATIF_KEPT;
    else if (before != ACTION_ALLOW && !slice_equal(buffer_slice(&old->kept), verdict->redacted))
        *kind = WHATIF_REPLACED;
    else
        return false;
    return true;
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

static void
note_change(struct state *state, enum whatif_kind kind, const struct verdict *verdict)
{
    const struct memory *old = &state->old;
    bool new_has_kept = verdict->replacement_count > 0 || !has_personal_data(verdict);
    struct block_count *group;
    char cause[COUNT_KEY_BYTES];

    find_cause(old, verdict, kind, cause);
    group = block_counts_of(&state->groups, kind, cause);
    group->count++;
    if (!old->has_kept && !new_has_kept)
        return;
    /* replaced in the new version, or nothing to replace in either: the new one; else as the old one kept it */
    if (verdict->replacement_count > 0 || !old->has_kept)
        block_count_sample(group, verdict->redacted.bytes > 0 ? verdict->redacted : verdict->text);
    else
        block_count_sample(group, buffer_slice(&old->kept));
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static enum status
compare_text(struct worker *worker, struct state *state, size_t index)
{
    const struct verdict *verdict;
    enum whatif_kind kind;
    enum status status = reader_judge(state->before, worker->scanner, &state->before->texts[index], &verdict);

    if (status == STATUS_OK) {
        remember(&state->old, verdict);
        status = reader_judge(state->after, worker->scanner, &state->before->texts[index], &verdict);
    }
    if (status != STATUS_OK)
        return status;
    block_counts_of(&state->groups, WHATIF_TEXTS, "-")->count++;
    if (find_kind(&state->old, verdict, &kind))
        note_change(state, kind, verdict);
    return STATUS_OK;
}

/* A record that cannot be read, or a text that cannot be judged, changes nothing: it is refused by both. */
static void
compare_record(struct worker *worker, const struct record_form *form, struct slice record, struct tally *tally)
{
    struct state *state = worker->handler_state;
    enum status status = reader_take(state->before, form, row_content(record));

    for (size_t i = 0; status == STATUS_OK && i < state->before->text_count; i++)
        status = compare_text(worker, state, i);
    tally->records++;
    tally->refused += status != STATUS_OK;
}

static enum status
create_state(struct worker *worker, struct state **state_out)
{
    const struct handler_options *options = worker->handler_options;
    struct state *state = calloc(1, sizeof *state);
    enum status status = state == NULL ? STATUS_NO_MEMORY : reader_create(&options->reading, &state->before);

    ASSERT(worker->cities->count == 2);
    if (status == STATUS_OK) {
        const struct purpose *purpose = options->reading.purpose;

        state->after_reading = options->reading;
        state->after_reading.ruleset = worker->cities->rulesets[1];
        if (purpose != NULL && !policy_purpose(state->after_reading.ruleset->policy, slice_of(purpose->name),
                                               &state->after_reading.purpose))
            state->after_reading.purpose = NULL; /* the new version knows it no more */
        status = reader_create(&state->after_reading, &state->after);
    }
    if (status != STATUS_OK) {
        if (state != NULL) {
            reader_destroy(&state->before);
            reader_destroy(&state->after);
        }
        free(state);
        return status;
    }
    buffer_init(&state->old.kept);
    *state_out = state;
    return STATUS_OK;
}

enum status
whatif_work(struct worker *worker, const struct item *job, struct buffer *reply)
{
    struct state *state;
    enum status status = STATUS_OK;

    if (worker->handler_state == NULL)
        status = create_state(worker, (struct state **)&worker->handler_state);
    if (status != STATUS_OK)
        return status;
    state = worker->handler_state;
    status = block_counts_answer(&state->groups, compare_record, worker, job, reply);
    buffer_clear(&state->old.kept);
    reader_forget(state->before);
    reader_forget(state->after);
    return status;
}
