/* report_work: what a worker does with a block. One line per count: kind, number, key, samples; a tab between. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive/month.h"
#include "archive/report.h"
#include "text/intake.h"

#define MAX_BLOCK_COUNTS 1024 /* of a block; what comes then is counted under "-" of its kind */
#define MAX_RECORD_COUNTS 512 /* of a record */
#define MANY_DIGITS 4         /* in a row: a number of somebody, perhaps */

struct block_count {
    enum report_kind kind;
    char key[REPORT_KEY_BYTES];
    uint64_t count;
    struct buffer samples; /* each behind a tab */
    unsigned sample_count;
};

struct state {
    struct reader *reader;
    struct block_count counts[MAX_BLOCK_COUNTS];
    size_t count;
    size_t seen[MAX_RECORD_COUNTS]; /* indices of what the record in hand has already */
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

/* Cut short; control characters would end the line or its fields. */
static void
append_sample(struct buffer *out, struct slice text)
{
    unsigned characters = 0;
    uint32_t at = 0;

    buffer_append_byte(out, '\t');
    while (at < text.bytes && characters++ < REPORT_SAMPLE_CHARACTERS) {
        uint32_t start = at;
        uint32_t c = utf8_next(text, &at);

        if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            buffer_append_byte(out, ' ');
        else
            buffer_append(out, text.data + start, at - start);
    }
    if (at < text.bytes)
        buffer_append_text(out, "…");
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static size_t
index_of(struct state *state, enum report_kind kind, const char *key)
{
    struct block_count *fresh;

    for (size_t i = 0; i < state->count; i++)
        if (state->counts[i].kind == kind && strcmp(state->counts[i].key, key) == 0)
            return i;
    if (state->count >= MAX_BLOCK_COUNTS - REPORT_KIND_COUNT && strcmp(key, "-") != 0)
        return index_of(state, kind, "-");
    fresh = &state->counts[state->count];
    *fresh = (struct block_count){.kind = kind};
    snprintf(fresh->key, sizeof fresh->key, "%s", key);
    buffer_init(&fresh->samples);
    return state->count++;
}

/* Once per record. */
static void
note(struct state *state, enum report_kind kind, const char *key, struct slice sample)
{
    size_t index = index_of(state, kind, key);
    struct block_count *count = &state->counts[index];
    bool is_seen = false;

    for (size_t i = 0; i < state->seen_count && !is_seen; i++)
        is_seen = state->seen[i] == index;
    if (!is_seen && state->seen_count < MAX_RECORD_COUNTS) {
        state->seen[state->seen_count++] = index;
        count->count++;
    }
    if (sample.bytes > 0 && count->sample_count < REPORT_SAMPLES) {
        count->sample_count++;
        append_sample(&count->samples, sample);
    }
}

static void
note_finding(struct state *state, const struct finding *finding, struct slice sample)
{
    bool is_personal = finding->info_type != INFO_NONE;
    const char *what = is_personal ? info_type_word(finding->info_type) : category_word(finding->category);
    char key[REPORT_KEY_BYTES];

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
        state->counts[state->seen[i]].count--;
}

static void
write_counts(struct state *state, struct buffer *reply)
{
    for (size_t i = 0; i < state->count; i++) {
        struct block_count *count = &state->counts[i];

        if (count->count > 0) {
            buffer_appendf(reply, "%d\t%" PRIu64 "\t%s", count->kind, count->count, count->key);
            buffer_append(reply, count->samples.data, count->samples.bytes);
            buffer_append_byte(reply, '\n');
        }
        buffer_fini(&count->samples);
    }
    state->count = 0;
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static void
count_record(struct worker *worker, struct state *state, const struct record_form *form, struct slice record,
             struct tally *tally)
{
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

        count_record(worker, state, &form, record, &tally);
        rest = (struct slice){rest.data + record.bytes, rest.bytes - record.bytes};
    }
    buffer_append(reply, &tally, sizeof tally);
    write_counts(state, reply);
    scanner_forget(worker->scanner);
    reader_forget(state->reader);
    atomic_fetch_add_explicit(&worker->page->messages, tally.records, memory_order_relaxed);
    return reply->failed ? STATUS_NO_MEMORY : STATUS_OK;
}
