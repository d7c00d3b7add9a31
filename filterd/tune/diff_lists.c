/* diff_terms, diff_names, diff_cases: lists of rows, compared by what a row is about. */
#include "tune/diff_parts.h"

#include "scan/cases.h"

static const struct phrase whole = {"", ""};

/* --- two lists ---------------------------------------------------------------------------------------------------- */

/* A row of either list: what it is about, and what it says. All are ranges of the list's text. */
struct entry {
    struct span key;   /* of rows with one key the first counts */
    struct span shown; /* what people call it */
    struct span says;
};

struct list {
    struct buffer entries; /* struct entry */
    struct buffer text;
    struct table *by_key; /* once all rows are in */
};

static void
list_init(struct list *list)
{
    *list = (struct list){0};
    buffer_init(&list->entries);
    buffer_init(&list->text);
}

static void
list_fini(struct list *list)
{
    buffer_fini(&list->entries);
    buffer_fini(&list->text);
    table_destroy(&list->by_key);
}

static const struct entry *
list_items(const struct list *list)
{
    return (const struct entry *)(const void *)list->entries.data;
}

static size_t
list_count(const struct list *list)
{
    return list->entries.bytes / sizeof(struct entry);
}

/* What was appended to the text since `start`. */
static struct span
span_since(const struct list *list, size_t start)
{
    return (struct span){(uint32_t)start, (uint32_t)list->text.bytes};
}

static struct slice
text_of(const struct list *list, struct span span)
{
    return slice_sub(buffer_slice(&list->text), span);
}

static enum status
list_index(struct list *list)
{
    enum status status = STATUS_NO_MEMORY;

    if (!list->entries.failed && !list->text.failed)
        status = table_create(list_count(list) + 1, &list->by_key);
    for (size_t i = 0; i < list_count(list) && status == STATUS_OK; i++) {
        status = table_put(list->by_key, text_of(list, list_items(list)[i].key), (uint32_t)i);
        if (status == STATUS_INVALID)
            status = STATUS_OK;
    }
    return status;
}

static void
tell_gone(struct diff *diff, enum change_part part, const struct list *before, const struct list *after)
{
    for (size_t i = 0; i < list_count(before); i++) {
        const struct entry *entry = &list_items(before)[i];

        if (table_get(after->by_key, text_of(before, entry->key)) == TABLE_NONE)
            diff_tell(diff, part, text_of(before, entry->shown), whole, text_of(before, entry->says), slice_of(""));
    }
}

static void
tell_new_and_changed(struct diff *diff, enum change_part part, const struct list *before, const struct list *after)
{
    for (size_t i = 0; i < list_count(after); i++) {
        const struct entry *entry = &list_items(after)[i];
        struct slice key = text_of(after, entry->key), said = {0};
        uint32_t old = table_get(before->by_key, key);

        if (table_get(after->by_key, key) != i)
            continue;
        if (old != TABLE_NONE)
            said = text_of(before, list_items(before)[old].says);
        diff_tell(diff, part, text_of(after, entry->shown), whole, said, text_of(after, entry->says));
    }
}

static enum status
diff_lists(struct diff *diff, enum change_part part, struct list *before, struct list *after)
{
    enum status status = list_index(before);

    if (status == STATUS_OK)
        status = list_index(after);
    if (status == STATUS_OK) {
        tell_gone(diff, part, before, after);
        tell_new_and_changed(diff, part, before, after);
    }
    return status;
}

/* --- terms -------------------------------------------------------------------------------------------------------- */

static void
list_term(const struct diff *diff, struct list *list, const struct term *term)
{
    struct buffer *text = &list->text;
    struct entry entry;
    size_t start = text->bytes;

    buffer_append(text, term->plain.data, term->plain.bytes);
    entry.shown = span_since(list, start);
    buffer_appendf(text, "\n%u", term->category);
    entry.key = span_since(list, start);
    start = text->bytes;
    diff_word(diff, text, &vocabulary_category, term->category);
    diff_phrase(diff, text, (struct phrase){"・", ", "});
    diff_word(diff, text, &vocabulary_match_mode, term->match);
    diff_phrase(diff, text, (struct phrase){"・", ", "});
    diff_word(diff, text, &vocabulary_severity, term->severity);
    for (size_t i = 0; i < term->exception_count; i++) {
        diff_phrase(diff, text, i == 0 ? (struct phrase){"・例外 ", ", except "} : (struct phrase){" ", " "});
        buffer_append(text, term->exceptions[i].data, term->exceptions[i].bytes);
    }
    entry.says = span_since(list, start);
    buffer_append(&list->entries, &entry, sizeof entry);
}

enum status
diff_terms(struct diff *diff, const struct ruleset *before, const struct ruleset *after)
{
    struct list was, is;
    enum status status;

    list_init(&was);
    list_init(&is);
    for (size_t i = 0; i < before->term_count; i++)
        list_term(diff, &was, &before->terms[i]);
    for (size_t i = 0; i < after->term_count; i++)
        list_term(diff, &is, &after->terms[i]);
    status = diff_lists(diff, CHANGE_TERM, &was, &is);
    list_fini(&was);
    list_fini(&is);
    return status;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static const struct phrase kind_words[PUBLIC_KIND_COUNT] = {
    [PUBLIC_FACILITY] = {"施設", "facility"},
    [PUBLIC_ROAD] = {"道路", "road"},
    [PUBLIC_STAFF] = {"職員", "staff"},
    [PUBLIC_BODY] = {"団体", "body"},
};

static void
list_name(const struct diff *diff, struct list *list, const struct public_name *name)
{
    struct entry entry;
    size_t start = list->text.bytes;

    buffer_append(&list->text, name->plain.data, name->plain.bytes);
    entry.shown = entry.key = span_since(list, start);
    start = list->text.bytes;
    diff_phrase(diff, &list->text, kind_words[name->kind]);
    entry.says = span_since(list, start);
    buffer_append(&list->entries, &entry, sizeof entry);
}

enum status
diff_names(struct diff *diff, const struct ruleset *before, const struct ruleset *after)
{
    struct list was, is;
    enum status status;

    list_init(&was);
    list_init(&is);
    for (size_t i = 0; i < before->public_name_count; i++)
        list_name(diff, &was, &before->public_names[i]);
    for (size_t i = 0; i < after->public_name_count; i++)
        list_name(diff, &is, &after->public_names[i]);
    status = diff_lists(diff, CHANGE_NAME, &was, &is);
    list_fini(&was);
    list_fini(&is);
    return status;
}

/* --- cases -------------------------------------------------------------------------------------------------------- */

struct case_list {
    const struct diff *diff;
    struct list list;
};

static void
on_case(void *context, const struct case_row *row)
{
    struct case_list *cases = context;
    struct buffer *text = &cases->list.text;
    struct entry entry;
    size_t start = text->bytes;

    buffer_append(text, row->text.data, row->text.bytes);
    entry.shown = span_since(&cases->list, start);
    buffer_append_byte(text, '\n');
    buffer_append(text, row->setting.data, row->setting.bytes);
    entry.key = span_since(&cases->list, start);
    start = text->bytes;
    diff_word(cases->diff, text, &vocabulary_action, row->expect);
    buffer_append_byte(text, ' ');
    buffer_append(text, row->clause.data, row->clause.bytes);
    entry.says = span_since(&cases->list, start);
    buffer_append(&cases->list.entries, &entry, sizeof entry);
}

enum status
diff_cases(struct diff *diff, const struct city_files *before, const struct city_files *after, struct fault *fault)
{
    struct case_list was = {.diff = diff}, is = {.diff = diff};
    enum status status;

    list_init(&was.list);
    list_init(&is.list);
    status = cases_each(buffer_slice(&before->cases), "cases.csv", on_case, &was, fault);
    if (status == STATUS_OK)
        status = cases_each(buffer_slice(&after->cases), "cases.csv", on_case, &is, fault);
    if (status == STATUS_OK)
        status = diff_lists(diff, CHANGE_CASE, &was.list, &is.list);
    list_fini(&was.list);
    list_fini(&is.list);
    return status;
}
