#include "archive/share_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "scan/generalise.h"

/* What a span of a text becomes. */
struct patch {
    struct span span;
    enum info_type type;
    const struct finding *stays; /* NULL = a label */
};

enum status
share_record_create(struct worker *worker, struct share_record **record_out)
{
    const struct handler_options *options = worker->handler_options;
    struct share_record *record = calloc(1, sizeof *record);
    enum status status = record == NULL ? STATUS_NO_MEMORY : reader_create(&options->reading, &record->reader);

    ASSERT(worker->cities->count == 2 && options->share != NULL);
    if (status == STATUS_OK) {
        record->strict_reading = options->reading;
        record->strict_reading.ruleset = worker->cities->rulesets[1];
        record->strict_reading.purpose = NULL;
        buffer_init(&record->texts);
        status = reader_create(&record->strict_reading, &record->strict);
    }
    if (status == STATUS_OK) {
        *record_out = record;
        return STATUS_OK;
    }
    if (record != NULL)
        reader_destroy(&record->reader);
    free(record);
    return status;
}

void
share_record_forget(struct share_record *record)
{
    buffer_clear(&record->texts);
    reader_forget(record->reader);
    reader_forget(record->strict);
}

struct slice
share_record_text(const struct share_record *record, size_t index)
{
    uint32_t start = index == 0 ? 0 : record->ends[index - 1];

    return slice_sub(buffer_slice(&record->texts), (struct span){start, record->ends[index]});
}

bool
share_record_has(const struct text *text)
{
    return text->surface != SURFACE_DISPLAY_NAME;
}

/* --- facts -------------------------------------------------------------------------------------------------------- */

static uint64_t
hash_of(const struct share *share, const char *kind, struct slice value)
{
    struct buffer both;
    uint64_t hash;

    buffer_init(&both);
    buffer_append_text(&both, kind);
    buffer_append_byte(&both, 0);
    buffer_append(&both, value.data, value.bytes);
    hash = hash_keyed(&share->key, buffer_slice(&both));
    buffer_clear(&both);
    buffer_fini(&both);
    return hash > 1 ? hash : 2; /* 0 and 1 mean something else */
}

static void
add_to(uint64_t list[SHARE_MAX_FACTS], size_t *count, uint64_t hash, bool *has_too_many)
{
    size_t at = *count;

    for (size_t i = 0; i < *count; i++)
        if (list[i] == hash)
            return;
    if (*count == SHARE_MAX_FACTS) {
        *has_too_many = true;
        return;
    }
    for (; at > 0 && list[at - 1] > hash; at--)
        list[at] = list[at - 1];
    list[at] = hash;
    ++*count;
}

static void
add_fact(struct share_record *record, const struct share *share, const char *kind, struct slice value, bool is_singular)
{
    uint64_t hash = hash_of(share, kind, value);

    add_to(record->facts, &record->fact_count, hash, &record->has_too_many);
    if (is_singular)
        add_to(record->singular, &record->singular_count, hash, &record->has_too_many);
}

/* 特異な記述: what may be rare by itself. */
static bool
is_singular(const struct finding *finding, struct slice value)
{
    return strcmp(finding->rule, "composite.event") == 0 || strcmp(finding->rule, "composite.trait") == 0 ||
           strcmp(finding->rule, "composite.origin") == 0 || slice_equal(value, SLICE_LITERAL("90歳以上"));
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

/* What tells little alone, and is told of somebody who holds no office. */
static bool
may_stay(const struct finding *finding)
{
    enum info_type type = finding->info_type;

    return type == INFO_AGE || type == INFO_JOB_TITLE || type == INFO_POSTAL_CODE || type == INFO_ADDRESS ||
           type == INFO_BIRTH_DATE || type == INFO_COMPOSITE;
}

/* Puts a span among the others; overlapping ones become one label. */
static void
add_patch(struct patch *patches, size_t *count, struct patch fresh)
{
    size_t at = 0;

    for (size_t i = 0; i < *count;) {
        if (!span_overlaps(patches[i].span, fresh.span)) {
            i++;
            continue;
        }
        if (patches[i].stays != NULL && fresh.stays == NULL)
            ; /* the label's type is what the label says */
        else
            fresh.type = patches[i].type;
        fresh.stays = NULL;
        if (patches[i].span.start < fresh.span.start)
            fresh.span.start = patches[i].span.start;
        if (patches[i].span.end > fresh.span.end)
            fresh.span.end = patches[i].span.end;
        memmove(&patches[i], &patches[i + 1], (--*count - i) * sizeof *patches);
        i = 0;
    }
    while (at < *count && patches[at].span.start < fresh.span.start)
        at++;
    memmove(&patches[at + 1], &patches[at], (*count - at) * sizeof *patches);
    patches[at] = fresh;
    ++*count;
}

static size_t
collect(struct share_record *record, const struct verdict *strict, struct patch patches[2 * VERDICT_MAX_FINDINGS])
{
    size_t count = 0;

    for (size_t i = 0; i < record->own_count; i++) {
        const struct finding *finding = &record->own[i];

        if (finding->info_type != INFO_NONE && finding->action >= ACTION_REDACT)
            add_patch(patches, &count, (struct patch){finding->span, finding->info_type, NULL});
    }
    for (size_t i = 0; i < strict->finding_count; i++) {
        const struct finding *finding = &strict->findings[i];

        record->has_special_care |= finding->info_type == INFO_SPECIAL_CARE;
        if (finding->info_type != INFO_NONE)
            add_patch(patches, &count,
                      (struct patch){finding->span, finding->info_type, may_stay(finding) ? finding : NULL});
    }
    return count;
}

static void
put_label(struct buffer *out, enum info_type type)
{
    buffer_append_text(out, "【");
    buffer_append_text(out, info_type_label(type));
    buffer_append_text(out, "】");
}

/* What stays, as coarse as it can be, and counts. */
static void
put_fact(struct share_record *record, const struct share *share, const struct finding *finding, struct slice value)
{
    const struct facts *facts = &record->reader->reading->ruleset->common->facts;
    bool as_written = finding->info_type == INFO_JOB_TITLE || finding->info_type == INFO_COMPOSITE;
    bool is_private = finding->subject != SUBJECT_OFFICIAL && finding->subject != SUBJECT_PUBLIC;
    char coarse[GENERALISED_MAX_BYTES];
    size_t bytes;

    if (!as_written) {
        if (generalise(finding->info_type, value, facts, coarse, &bytes) != STATUS_OK) {
            put_label(&record->texts, finding->info_type);
            return;
        }
        value = (struct slice){(const uint8_t *)coarse, bytes};
    }
    buffer_append(&record->texts, value.data, value.bytes);
    if (is_private)
        add_fact(record, share,
                 finding->info_type == INFO_COMPOSITE ? finding->rule : info_type_word(finding->info_type), value,
                 is_singular(finding, value));
}

static void
write_text(struct share_record *record, const struct share *share, const struct verdict *strict)
{
    struct patch patches[2 * VERDICT_MAX_FINDINGS + 1];
    size_t count = collect(record, strict, patches);
    uint32_t at = 0;

    for (size_t i = 0; i < count; i++) {
        const struct patch *patch = &patches[i];

        buffer_append(&record->texts, strict->text.data + at, patch->span.start - at);
        if (patch->stays == NULL)
            put_label(&record->texts, patch->type);
        else
            put_fact(record, share, patch->stays, slice_sub(strict->text, patch->span));
        at = patch->span.end;
    }
    buffer_append(&record->texts, strict->text.data + at, strict->text.bytes - at);
}

static bool
is_kept_column(const struct share *share, const struct text *text)
{
    for (size_t i = 0; i < share->keep_count; i++)
        if (slice_equal(text->name, slice_of(share->keep[i])))
            return true;
    return false;
}

static enum status
take_text(struct share_record *record, struct worker *worker, const struct share *share, size_t index)
{
    const struct text *text = &record->reader->texts[index];
    const struct verdict *verdict;
    size_t start = record->texts.bytes;
    enum status status = reader_judge(record->reader, worker->scanner, text, &verdict);

    if (status == STATUS_OK && (verdict->action == ACTION_NONE || verdict->findings_truncated))
        status = STATUS_INTERNAL;
    if (status != STATUS_OK)
        return status;
    record->is_blocked |= verdict->action == ACTION_BLOCK || verdict->observed == ACTION_BLOCK;
    record->own_count = verdict->finding_count;
    memcpy(record->own, verdict->findings, verdict->finding_count * sizeof *verdict->findings);
    status = reader_judge(record->strict, worker->scanner, text, &verdict);
    if (status == STATUS_OK && (verdict->action == ACTION_NONE || verdict->findings_truncated))
        status = STATUS_INTERNAL;
    if (status != STATUS_OK)
        return status;
    if (share_record_has(text))
        write_text(record, share, verdict);
    if (is_kept_column(share, text) && record->texts.bytes > start) {
        char name[64];

        snprintf(name, sizeof name, "column %.*s", (int)text->name.bytes, (const char *)text->name.data);
        add_fact(record, share, name, (struct slice){record->texts.data + start, record->texts.bytes - start}, true);
    }
    record->ends[index] = (uint32_t)record->texts.bytes;
    return record->texts.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static void
name_sender(struct share_record *record, const struct share *share)
{
    const struct reader *reader = record->reader;
    struct slice id = reader->id;
    uint8_t name[SECRET_NAME_BYTES];

    record->sender = 1;
    record->sender_name[0] = '\0';
    for (size_t i = 0; id.bytes == 0 && i < reader->text_count; i++)
        id = reader->texts[i].id;
    if (!share->links || id.bytes == 0)
        return;
    record->sender = hash_of(share, "sender", id);
    secret_name(&share->link_key, SLICE_LITERAL("sender"), id, name);
    secret_base32((struct slice){name, 10}, record->sender_name);
    record->sender_name[SHARE_SENDER_BYTES - 1] = '\0';
}

/* One fact alone tells nobody, unless it has to be common by itself. Those of linked records add up, in whatever month
 * each was made. */
static void
combine(struct share_record *record, const struct share *share)
{
    char month[MONTH_TEXT_BYTES];
    struct buffer all;

    record->combination = 0;
    if (record->fact_count < (share->links ? 1 : 2) && record->singular_count == 0)
        return;
    buffer_init(&all);
    month_text(share->links ? MONTH_UNKNOWN : record->month, month);
    buffer_append_text(&all, month);
    buffer_append(&all, record->facts, record->fact_count * sizeof record->facts[0]);
    record->combination = hash_of(share, "combination", buffer_slice(&all));
    buffer_fini(&all);
}

enum status
share_record_take(struct share_record *record, struct worker *worker, const struct record_form *form, struct slice line)
{
    const struct handler_options *options = worker->handler_options;
    const struct share *share = options->share;
    enum status status = reader_take(record->reader, form, line);

    record->texts.bytes = 0;
    record->fact_count = record->singular_count = 0;
    record->is_blocked = record->has_special_care = record->has_too_many = false;
    for (size_t i = 0; status == STATUS_OK && i < record->reader->text_count; i++)
        status = take_text(record, worker, share, i);
    if (status != STATUS_OK)
        return status;
    record->month = month_of(record->reader->time);
    for (size_t i = 0; record->month == MONTH_UNKNOWN && i < record->reader->text_count; i++)
        record->month = month_of(record->reader->texts[i].time);
    name_sender(record, share);
    combine(record, share);
    return STATUS_OK;
}
