#include "archive/report_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const enum action page_actions[CELLS_COLUMNS] = {ACTION_ALLOW, ACTION_REDACT, ACTION_BLOCK};

const char *
page_label(const char *id)
{
    enum info_type type;
    enum category category;

    if (info_type_parse(slice_of(id), &type))
        return info_type_label(type);
    if (category_parse(slice_of(id), &category))
        return category_label(category);
    return id;
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

static struct page_line *
add_line(struct page_lines *lines, const char *id, uint64_t count)
{
    struct page_line *line;

    if (lines->count == PAGE_MAX_LINES)
        return NULL;
    line = &lines->list[lines->count++];
    *line = (struct page_line){.id = id, .cell.count = count};
    return line;
}

static void
treat_lines(struct page_lines *lines, const struct report_page *page)
{
    for (size_t i = 0; i < lines->count; i++) {
        struct page_line *line = &lines->list[i];

        cells_of_some(&line->cell, 1, &page->total, page->k);
        if (line->cell.state != CELL_SHOWN)
            line->samples = NULL;
    }
}

static void
fill_lists(struct report_page *page, const struct count *counts, size_t count, const struct policy *policy)
{
    for (size_t i = 0; i < count; i++) {
        const struct count *one = &counts[i];
        struct page_line *line = NULL;

        if (one->kind == REPORT_INFO_TYPE)
            line = add_line(&page->info_types, one->key, one->count);
        else if (one->kind == REPORT_CATEGORY)
            line = add_line(&page->categories, one->key, one->count);
        else if (one->kind == REPORT_CLAUSE)
            line = add_line(&page->clauses, one->key, one->count);
        if (line != NULL && one->kind == REPORT_CLAUSE)
            line->clause = policy_clause(policy, one->key);
        else if (line != NULL && one->samples[0].bytes > 0)
            line->samples = one->samples;
    }
    treat_lines(&page->info_types, page);
    treat_lines(&page->categories, page);
    treat_lines(&page->clauses, page);
}

/* --- rules -------------------------------------------------------------------------------------------------------- */

static const struct page_line *
find_line(const struct page_lines *lines, const char *key, size_t bytes)
{
    for (size_t i = 0; i < lines->count; i++)
        if (strncmp(lines->list[i].id, key, bytes) == 0 && lines->list[i].id[bytes] == '\0')
            return &lines->list[i];
    return NULL;
}

static void
list_rule(struct report_page *page, const struct count *one)
{
    const char *space = strchr(one->key, ' ');
    size_t bytes = space == NULL ? 0 : (size_t)(space - one->key);
    const struct page_line *of = find_line(&page->categories, one->key, bytes);
    struct page_line *line;

    if (of == NULL)
        of = find_line(&page->info_types, one->key, bytes);
    if (space == NULL || of == NULL || of->cell.state != CELL_SHOWN || one->count < page->k ||
        page->rules.count == PAGE_MAX_RULES)
        return;
    line = add_line(&page->rules, space + 1, one->count);
    line->of = of->id;
}

/* The listed rules of one thing must not leave a rest of it that is about few. */
static void
drop_telling_rule(struct report_page *page, const struct page_line *of, bool *changed)
{
    struct page_lines *rules = &page->rules;
    uint64_t sum = 0;
    size_t last = PAGE_MAX_LINES;

    for (size_t i = 0; i < rules->count; i++)
        if (strcmp(rules->list[i].of, of->id) == 0) {
            sum += rules->list[i].cell.count;
            last = i;
        }
    if (last == PAGE_MAX_LINES || sum >= of->cell.count || of->cell.count - sum >= page->k)
        return;
    memmove(&rules->list[last], &rules->list[last + 1], (rules->count - last - 1) * sizeof rules->list[0]);
    rules->count--;
    *changed = true;
}

static void
fill_rules(struct report_page *page, const struct count *counts, size_t count)
{
    bool changed = true;

    for (size_t i = 0; i < count; i++)
        if (counts[i].kind == REPORT_RULE)
            list_rule(page, &counts[i]);
    while (changed) {
        changed = false;
        for (size_t i = 0; i < page->categories.count; i++)
            drop_telling_rule(page, &page->categories.list[i], &changed);
        for (size_t i = 0; i < page->info_types.count; i++)
            drop_telling_rule(page, &page->info_types.list[i], &changed);
    }
}

/* --- months ------------------------------------------------------------------------------------------------------- */

static size_t
action_index(const char *word)
{
    size_t i = 0;

    while (i < CELLS_COLUMNS && strcmp(action_word(page_actions[i]), word) != 0)
        i++;
    return i;
}

static void
add_month(struct report_page *page, const struct count *one)
{
    const char *space = strchr(one->key, ' ');
    size_t column = space == NULL ? CELLS_COLUMNS : action_index(space + 1);
    char name[MONTH_TEXT_BYTES];
    struct page_month *month = page->month_count == 0 ? NULL : &page->months[page->month_count - 1];

    if (column == CELLS_COLUMNS)
        return;
    snprintf(name, sizeof name, "%.*s", page->by_year ? 4 : MONTH_TEXT_BYTES - 1, one->key);
    name[strcspn(name, " ")] = '\0';
    if (month == NULL || strcmp(month->name, name) != 0) {
        if (page->month_count == CELLS_MAX_ROWS)
            return;
        month = &page->months[page->month_count++];
        memcpy(month->name, name, sizeof name);
    }
    month->row.cells[column].count += one->count;
    month->row.total.count += one->count;
    page->has_months |= name[0] != '-';
}

static enum status
fill_months(struct report_page *page, const struct count *counts, size_t count)
{
    struct cell_row *rows;

    for (unsigned pass = 0; pass < 2; pass++) {
        page->month_count = 0;
        memset(page->months, 0, sizeof page->months);
        for (size_t i = 0; i < count; i++)
            if (counts[i].kind == REPORT_MONTH)
                add_month(page, &counts[i]);
        if (page->month_count <= PAGE_MAX_MONTHS)
            break;
        page->by_year = true;
    }
    if (page->month_count > 1 && page->months[0].name[0] == '-') { /* what nobody knows stands last */
        struct page_month unknown = page->months[0];

        memmove(&page->months[0], &page->months[1], (page->month_count - 1) * sizeof unknown);
        page->months[page->month_count - 1] = unknown;
    }
    rows = calloc(page->month_count + 1, sizeof *rows);
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < page->month_count; i++)
        rows[i] = page->months[i].row;
    if (!cells_of_table(rows, page->month_count, page->verdicts, &page->total, page->k))
        page->has_months = false;
    for (size_t i = 0; i < page->month_count; i++)
        page->months[i].row = rows[i];
    free(rows);
    return STATUS_OK;
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static uint64_t
count_of(const struct count *counts, size_t count, enum report_kind kind, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (counts[i].kind == kind && strcmp(counts[i].key, key) == 0)
            return counts[i].count;
    return 0;
}

enum status
report_page_create(const struct count *counts, size_t count, const struct tally *tally, const struct policy *policy,
                   unsigned k, struct report_page **page_out)
{
    struct report_page *page = calloc(1, sizeof *page);
    enum status status;

    if (page == NULL)
        return STATUS_NO_MEMORY;
    page->k = k;
    page->refused = tally->refused;
    page->textless = tally->textless;
    for (size_t i = 0; i < CELLS_COLUMNS; i++) {
        page->verdicts[i].count = count_of(counts, count, REPORT_VERDICT, action_word(page_actions[i]));
        page->total.count += page->verdicts[i].count;
    }
    cells_of_parts(page->verdicts, CELLS_COLUMNS, &page->total, k);
    page->review.count = count_of(counts, count, REPORT_FLAG, "review");
    page->escalate.count = count_of(counts, count, REPORT_FLAG, "escalate");
    cells_of_some(&page->review, 1, &page->total, k);
    cells_of_some(&page->escalate, 1, &page->total, k);
    fill_lists(page, counts, count, policy);
    fill_rules(page, counts, count);
    status = fill_months(page, counts, count);
    if (status == STATUS_OK)
        *page_out = page;
    else
        free(page);
    return status;
}

void
report_page_destroy(struct report_page **page)
{
    free(*page);
    *page = NULL;
}
