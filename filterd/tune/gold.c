#include "tune/gold.h"

#include <string.h>

#include "archive/json_line.h"
#include "rules/vocabulary.h"
#include "text/intake.h"

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool
is_true(const struct json_value *value)
{
    return value->kind == JSON_BOOL && value->raw.data[0] == 't';
}

static bool
is_word(const struct json_value *value, const char *word)
{
    size_t bytes = strlen(word);

    return value->kind == JSON_STRING && value->raw.bytes == bytes + 2 && memcmp(value->raw.data + 1, word, bytes) == 0;
}

static uint32_t
number_of(const struct json_value *value)
{
    uint32_t number = 0;

    for (size_t i = 0; i < value->raw.bytes && value->kind == JSON_NUMBER; i++)
        number = number * 10 + (uint32_t)(value->raw.data[i] - '0') % 10;
    return number;
}

/* [first, second] */
static void
take_pair(const struct json_value *pair, uint32_t *first, uint32_t *second)
{
    struct json_items items;
    struct json_value key, value;

    json_items_init(&items, pair);
    for (unsigned i = 0; json_items_next(&items, &key, &value); i++)
        *(i == 0 ? first : second) = number_of(&value);
}

/* The info type in quotes; false for a word that names none (OPTIONAL). */
static bool
take_type(const struct json_value *value, unsigned *info_out)
{
    struct slice word = value->raw;

    if (value->kind != JSON_STRING || word.bytes < 2)
        return false;
    return vocabulary_parse(&vocabulary_info_type, (struct slice){word.data + 1, word.bytes - 2}, info_out);
}

static enum status
take_span(struct gold *gold, const struct json_value *object, bool is_trap)
{
    struct json_items members;
    struct json_value key, value;
    struct gold_span span = {.info = INFO_PERSON, .is_trap = is_trap};

    json_items_init(&members, object);
    while (json_items_next(&members, &key, &value))
        if (is_word(&key, "start"))
            span.start = number_of(&value);
        else if (is_word(&key, "end"))
            span.end = number_of(&value);
        else if (is_word(&key, "outer") && value.kind == JSON_ARRAY)
            take_pair(&value, &span.outer_start, &span.outer_end);
        else if (is_word(&key, "type"))
            span.ignored |= !take_type(&value, &span.info);
        else if (is_word(&key, "public") || is_word(&key, "soft"))
            span.ignored |= is_true(&value);
    if (span.outer_end == 0)
        span.outer_start = span.start, span.outer_end = span.end;
    if (gold->count == GOLD_MAX)
        return STATUS_TOO_LARGE;
    gold->spans[gold->count++] = span;
    return STATUS_OK;
}

static enum status
take_spans(struct gold *gold, const struct json_value *list, bool are_traps)
{
    struct json_items items;
    struct json_value key, span;
    enum status status = STATUS_OK;

    if (list->kind != JSON_ARRAY)
        return STATUS_OK;
    json_items_init(&items, list);
    while (status == STATUS_OK && json_items_next(&items, &key, &span))
        if (span.kind == JSON_OBJECT)
            status = take_span(gold, &span, are_traps);
    return status;
}

/* A word that is no category of ours says nothing. */
static void
take_category(struct gold *gold, const struct json_value *value)
{
    enum category category;

    if (value->kind == JSON_STRING && value->raw.bytes > 2 &&
        category_parse((struct slice){value->raw.data + 1, value->raw.bytes - 2}, &category))
        gold->categories |= 1u << category;
}

static void
take_categories(struct gold *gold, const struct json_value *list)
{
    struct json_items items;
    struct json_value key, value;

    if (list->kind != JSON_ARRAY)
        return;
    json_items_init(&items, list);
    while (json_items_next(&items, &key, &value))
        take_category(gold, &value);
}

enum status
gold_read(struct slice line, struct gold *gold_out)
{
    enum { SPANS, NEG, LABEL, LABELS, CATEGORY, MEMBERS };
    static const char *const names[MEMBERS] = {"spans", "neg", "label", "labels", "category"};
    static struct json_path paths[MEMBERS];
    const struct json_path *wanted[MEMBERS];
    struct json_value values[MEMBERS];
    enum status status;

    for (unsigned i = 0; i < MEMBERS; i++) {
        wanted[i] = &paths[i];
        if (json_path_parse(names[i], &paths[i]) != STATUS_OK)
            return STATUS_INVALID;
    }
    if (json_line_find(line, wanted, MEMBERS, values) != STATUS_OK)
        return STATUS_INVALID;
    *gold_out = (struct gold){.has_spans = values[SPANS].kind == JSON_ARRAY};
    if (is_word(&values[LABEL], "block"))
        gold_out->label = ACTION_BLOCK;
    else if (is_word(&values[LABEL], "allow"))
        gold_out->label = ACTION_ALLOW;
    take_categories(gold_out, &values[LABELS]);
    take_category(gold_out, &values[CATEGORY]);
    status = take_spans(gold_out, &values[SPANS], false);
    return status == STATUS_OK ? take_spans(gold_out, &values[NEG], true) : status;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

uint32_t
gold_characters_before(struct slice text, uint32_t byte)
{
    return (uint32_t)utf8_count(slice_sub(text, (struct span){0, byte}));
}

int
gold_judge(const struct gold *gold, unsigned info, uint32_t start, uint32_t end)
{
    int verdict = 0;

    for (size_t i = 0; i < gold->count; i++) {
        const struct gold_span *span = &gold->spans[i];
        bool meets = span->start < end && start < span->end,
             misses = info == INFO_PERSON && (start != span->start || end != span->end);

        if (span->is_trap)
            continue;
        if (!span->ignored && span->info == info && meets && !misses && span->outer_start <= start &&
            end <= span->outer_end)
            return 1;
        if (span->ignored && meets)
            verdict = -1;
    }
    return verdict;
}

bool
gold_is_unlabelled(enum info_type info)
{
    return info == INFO_NONE || info == INFO_JOB_TITLE || info == INFO_SPECIAL_CARE || info == INFO_COMPOSITE;
}

bool
gold_is_met(const struct gold_span *span, const struct verdict *verdict)
{
    uint32_t covered = span->start;

    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        uint32_t start = gold_characters_before(verdict->text, finding->span.start),
                 end = gold_characters_before(verdict->text, finding->span.end);

        if (gold_is_unlabelled(finding->info_type))
            continue;
        if (span->is_trap && start < span->end && span->start < end)
            return true;
        if (!span->is_trap && finding->info_type == span->info && start >= span->outer_start &&
            end <= span->outer_end && end > covered &&
            (start <= covered || span->outer_end - span->outer_start > span->end - span->start))
            covered = end; /* what stands between the parts of an `outer` is no value */
    }
    return !span->is_trap && covered >= span->end;
}
