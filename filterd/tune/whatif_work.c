/* whatif_work: what a worker does with a block. One line per group: kind, count, texts looked at (in the first line of
 * a block alone, whose kind is WHATIF_KIND_COUNT), cause, samples; a tab between. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "text/intake.h"
#include "tune/whatif.h"

#define MAX_BLOCK_GROUPS 512 /* the rest of a block is counted under its kind alone */

/* What has to be remembered of the first verdict while the second is made. */
struct memory {
    enum action action;
    struct buffer kept; /* the text as it may be kept */
    bool has_kept;      /* what is personal is replaced in it, or nothing is */
    struct finding findings[VERDICT_MAX_FINDINGS];
    size_t finding_count;
    const struct clause *ground;
};

struct block_group {
    enum whatif_kind kind;
    char cause[128];
    uint64_t count;
    struct buffer samples; /* each behind a tab */
    unsigned sample_count;
};

struct state {
    struct reading after_reading;
    struct reader *before, *after;
    struct memory old;
    struct block_group groups[MAX_BLOCK_GROUPS];
    size_t group_count;
    uint64_t texts;
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
name_clause(char cause[128], const struct clause *clause)
{
    snprintf(cause, 128, "clause %.100s", clause == NULL ? "?" : clause->id);
}

/* What is there in the stricter version and not in the other; else the clause that decides otherwise. */
static void
find_cause(const struct memory *old, const struct verdict *verdict, enum whatif_kind kind, char cause[128])
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
        snprintf(cause, 128, "%s", rule);
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

static struct block_group *
group_of(struct state *state, enum whatif_kind kind, const char *cause)
{
    struct block_group *group;

    for (size_t i = 0; i < state->group_count; i++)
        if (state->groups[i].kind == kind && strcmp(state->groups[i].cause, cause) == 0)
            return &state->groups[i];
    if (state->group_count == MAX_BLOCK_GROUPS - WHATIF_KIND_COUNT && strcmp(cause, "-") != 0)
        return group_of(state, kind, "-");
    group = &state->groups[state->group_count++];
    *group = (struct block_group){.kind = kind};
    snprintf(group->cause, sizeof group->cause, "%s", cause);
    buffer_init(&group->samples);
    return group;
}

/* Cut short; control characters would end the line or its fields. */
static void
append_sample(struct buffer *out, struct slice text)
{
    unsigned characters = 0;
    uint32_t at = 0;

    buffer_append_byte(out, '\t');
    while (at < text.bytes && characters++ < WHATIF_SAMPLE_CHARACTERS) {
        uint32_t start = at;
        uint32_t c = utf8_next(text, &at);

        if (c < 0x20 || c == 0x7F)
            buffer_append_byte(out, ' ');
        else
            buffer_append(out, text.data + start, at - start);
    }
    if (at < text.bytes)
        buffer_append_text(out, "…");
}

static void
note_change(struct state *state, enum whatif_kind kind, const struct verdict *verdict)
{
    const struct memory *old = &state->old;
    bool new_has_kept = verdict->replacement_count > 0 || !has_personal_data(verdict);
    struct block_group *group;
    char cause[128];

    find_cause(old, verdict, kind, cause);
    group = group_of(state, kind, cause);
    group->count++;
    if (group->sample_count == WHATIF_SAMPLES || (!old->has_kept && !new_has_kept))
        return;
    group->sample_count++;
    /* replaced in the new version, or nothing to replace in either: the new one; else as the old one kept it */
    if (verdict->replacement_count > 0 || !old->has_kept)
        append_sample(&group->samples, verdict->redacted.bytes > 0 ? verdict->redacted : verdict->text);
    else
        append_sample(&group->samples, buffer_slice(&old->kept));
}

static void
write_groups(struct state *state, struct buffer *reply)
{
    buffer_appendf(reply, "%d\t%" PRIu64 "\t-\n", WHATIF_KIND_COUNT, state->texts);
    for (size_t i = 0; i < state->group_count; i++) {
        struct block_group *group = &state->groups[i];

        buffer_appendf(reply, "%d\t%" PRIu64 "\t%s", group->kind, group->count, group->cause);
        buffer_append(reply, group->samples.data, group->samples.bytes);
        buffer_append_byte(reply, '\n');
        buffer_fini(&group->samples);
    }
    state->group_count = 0;
    state->texts = 0;
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
    state->texts++;
    if (find_kind(&state->old, verdict, &kind))
        note_change(state, kind, verdict);
    return STATUS_OK;
}

/* A record that cannot be read, or a text that cannot be judged, changes nothing: it is refused by both. */
static void
compare_record(struct worker *worker, struct state *state, const struct record_form *form, struct slice record,
               struct tally *tally)
{
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
    struct tally tally = {0};
    struct record_form form;
    struct block_job header;
    struct slice rest;
    struct state *state;
    enum status status = STATUS_OK;

    if (worker->handler_state == NULL)
        status = create_state(worker, (struct state **)&worker->handler_state);
    if (status != STATUS_OK)
        return status;
    state = worker->handler_state;
    if (!handler_open_job(job->payload, &header, &form, &rest))
        return STATUS_INVALID;
    while (rest.bytes > 0 && !(header.flags & JOB_HEAD)) {
        bool open;
        size_t bytes = record_length(&form, rest, &open);
        struct slice record = {rest.data, bytes == 0 ? rest.bytes : bytes};

        compare_record(worker, state, &form, record, &tally);
        rest = (struct slice){rest.data + record.bytes, rest.bytes - record.bytes};
    }
    buffer_append(reply, &tally, sizeof tally);
    write_groups(state, reply);
    buffer_clear(&state->old.kept);
    scanner_forget(worker->scanner);
    reader_forget(state->before);
    reader_forget(state->after);
    atomic_fetch_add_explicit(&worker->page->messages, tally.records, memory_order_relaxed);
    return reply->failed ? STATUS_NO_MEMORY : STATUS_OK;
}
