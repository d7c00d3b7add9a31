/* report_work: what a worker does with a block. */
#include <stdio.h>
#include <stdlib.h>

#include "archive/month.h"
#include "archive/report.h"
#include "text/intake.h"

#define MAX_RECORD_COUNTS 512 /* of a record */
#define MANY_DIGITS 4         /* in a row: a number of somebody, perhaps */

struct state {
    struct reader *reader;
    struct block_counts counts;
    struct block_count *seen[MAX_RECORD_COUNTS]; /* what the record in hand has already */
    size_t seen_count;
    enum action worst;
    bool review, escalate;
};

/* --- samples ------------------------------------------------------------------------------------------------------ */

/* Whether what is personal in it is gone, as far as anybody found it. */
static bool
is_replaced(const struct finding *finding)
{
    bool keeps = finding->transform == TRANSFORM_KEEP || finding->transform == TRANSFORM_GENERALISE ||
                 finding->transform == TRANSFORM_TOKEN || finding->transform == TRANSFORM_ENCRYPT ||
                 finding->mask.keep_first > 0 || finding->mask.keep_last > 0;

    return finding->info_type == INFO_NONE || (finding->action == ACTION_REDACT && !keeps);
}

/* What hints at something personal that nobody found: a row of digits, a sign of addresses, a word of respect. */
static bool
has_hint(struct slice text)
{
    static const char *const hints[] = {"@",      "＠",   "://", "さん", "様",   "氏",   "くん",
                                        "ちゃん", "さま", "君",  "先生", "の妻", "の夫", "号室"};
    unsigned digits = 0;
    uint32_t at = 0;

    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (memmem(text.data, text.bytes, hints[i], strlen(hints[i])) != NULL)
            return true;
    while (at < text.bytes) {
        uint32_t c = utf8_next(text, &at);

        digits = (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19) ? digits + 1 : 0;
        if (digits == MANY_DIGITS)
            return true;
    }
    return false;
}

/* The text that may be shown, empty when none may. */
static struct slice
sample_of(const struct text *text, const struct verdict *verdict)
{
    struct slice kept = verdict->redacted.bytes > 0 ? verdict->redacted : verdict->text;
    bool is_said = text->surface == SURFACE_NONE || text->surface == SURFACE_MESSAGE_TEXT;
    bool is_good = is_said && !verdict->escalate && !verdict->review && !verdict->findings_truncated &&
                   !verdict->text_repaired && !has_hint(kept);

    for (size_t i = 0; is_good && i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];

        is_good = is_replaced(finding) && finding->info_type != INFO_SPECIAL_CARE &&
                  finding->info_type != INFO_COMPOSITE && finding->category != CATEGORY_PRIVACY;
    }
    return is_good ? kept : (struct slice){0};
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

/* Once per record. */
static void
note(struct state *state, enum report_kind kind, const char *key, struct slice sample)
{
    struct block_count *count = block_counts_of(&state->counts, kind, key);
    bool is_seen = false;

    for (size_t i = 0; i < state->seen_count && !is_seen; i++)
        is_seen = state->seen[i] == count;
    if (!is_seen && state->seen_count < MAX_RECORD_COUNTS) {
        state->seen[state->seen_count++] = count;
        count->count++;
    }
    block_count_sample(count, sample);
}

static void
note_finding(struct state *state, const struct finding *finding, struct slice sample)
{
    bool is_personal = finding->info_type != INFO_NONE;
    const char *what = is_personal ? info_type_word(finding->info_type) : category_word(finding->category);
    char key[COUNT_KEY_BYTES];

    if (!is_personal && finding->action < ACTION_REDACT)
        return; /* a hint that no clause acts on */
    snprintf(key, sizeof key, "%s %s", what, finding->rule);
    note(state, is_personal ? REPORT_INFO_TYPE : REPORT_CATEGORY, what, sample);
    note(state, REPORT_RULE, key, (struct slice){0});
}

static void
note_verdict(struct state *state, const struct text *text, const struct verdict *verdict)
{
    enum action action = verdict->observed != ACTION_NONE ? verdict->observed : verdict->action;
    struct slice sample = sample_of(text, verdict);

    if (action > state->worst)
        state->worst = action;
    state->review |= verdict->review;
    state->escalate |= verdict->escalate;
    for (size_t i = 0; i < verdict->finding_count; i++)
        note_finding(state, &verdict->findings[i], sample);
    for (size_t i = 0; i < verdict->ground_count; i++)
        note(state, REPORT_CLAUSE, verdict->grounds[i]->id, (struct slice){0});
}

static void
note_record(struct state *state)
{
    struct reader *reader = state->reader;
    unsigned month = month_of(reader->time);
    const char *word = action_word(state->worst);
    char key[32], text[MONTH_TEXT_BYTES];

    for (size_t i = 0; month == MONTH_UNKNOWN && i < reader->text_count; i++)
        month = month_of(reader->texts[i].time);
    month_text(month, text);
    snprintf(key, sizeof key, "%s %s", text, word);
    note(state, REPORT_VERDICT, word, (struct slice){0});
    note(state, REPORT_MONTH, key, (struct slice){0});
    if (state->review)
        note(state, REPORT_FLAG, "review", (struct slice){0});
    if (state->escalate)
        note(state, REPORT_FLAG, "escalate", (struct slice){0});
}

/* Takes back what a record has added that could not be looked at to its end. */
static void
forget_record(struct state *state)
{
    for (size_t i = 0; i < state->seen_count; i++)
        state->seen[i]->count--;
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static void
count_record(struct worker *worker, const struct record_form *form, struct slice record, struct tally *tally)
{
    struct state *state = worker->handler_state;
    struct reader *reader = state->reader;
    enum status status = reader_take(reader, form, row_content(record));

    state->seen_count = 0;
    state->worst = ACTION_NONE;
    state->review = state->escalate = false;
    tally->records++;
    if (status == STATUS_OK && reader->text_count == 0) {
        tally->textless++;
        return;
    }
    for (size_t i = 0; status == STATUS_OK && i < reader->text_count; i++) {
        const struct verdict *verdict;

        status = reader_judge(reader, worker->scanner, &reader->texts[i], &verdict);
        if (status == STATUS_OK && verdict->action == ACTION_NONE)
            status = STATUS_INTERNAL;
        if (status == STATUS_OK)
            note_verdict(state, &reader->texts[i], verdict);
    }
    if (status == STATUS_OK)
        note_record(state);
    else
        forget_record(state);
    tally->refused += status != STATUS_OK;
    tally->allowed += status == STATUS_OK && state->worst == ACTION_ALLOW;
    tally->redacted += status == STATUS_OK && state->worst == ACTION_REDACT;
    tally->blocked += status == STATUS_OK && state->worst == ACTION_BLOCK;
}

static enum status
create_state(struct worker *worker, struct state **state_out)
{
    const struct handler_options *options = worker->handler_options;
    struct state *state = calloc(1, sizeof *state);
    enum status status = state == NULL ? STATUS_NO_MEMORY : reader_create(&options->reading, &state->reader);

    if (status == STATUS_OK)
        *state_out = state;
    else
        free(state);
    return status;
}

enum status
report_work(struct worker *worker, const struct item *job, struct buffer *reply)
{
    struct state *state;
    enum status status = STATUS_OK;

    if (worker->handler_state == NULL)
        status = create_state(worker, (struct state **)&worker->handler_state);
    if (status != STATUS_OK)
        return status;
    state = worker->handler_state;
    status = block_counts_answer(&state->counts, count_record, worker, job, reply);
    reader_forget(state->reader);
    return status;
}
