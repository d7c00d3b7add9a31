#include <inttypes.h>
#include <string.h>

#include <xlsxwriter.h>

#include "cmd/filterctl_report.h"
#include "wire/json.h"

/* --- JSON --------------------------------------------------------------------------------------------------------- */

/* A number; "<5"; null where it is hidden. */
static void
put_cell(const struct report_paper *paper, struct buffer *out, const char *name, const struct cell *cell)
{
    buffer_appendf(out, "\"%s\":", name);
    if (cell->state == CELL_SHOWN)
        buffer_append_uint(out, cell->count);
    else if (cell->state == CELL_SMALL)
        buffer_appendf(out, "\"<%u\"", paper->page->k);
    else
        buffer_append_text(out, "null");
}

static void
put_member(struct buffer *out, const char *name, const char *text)
{
    buffer_appendf(out, "\"%s\":", name);
    if (text == NULL)
        buffer_append_text(out, "null");
    else
        json_string(out, slice_of(text));
}

static void
put_verdicts(const struct report_paper *paper, struct buffer *out, const struct cell *cells, const struct cell *total)
{
    for (size_t i = 0; i < CELLS_COLUMNS; i++) {
        put_cell(paper, out, action_word(page_actions[i]), &cells[i]);
        buffer_append_byte(out, ',');
    }
    put_cell(paper, out, "total", total);
}

static void
put_samples(struct buffer *out, const struct slice *samples)
{
    buffer_append_text(out, ",\"samples\":[");
    for (size_t i = 0; samples != NULL && i < COUNT_SAMPLES && samples[i].bytes > 0; i++) {
        buffer_append_text(out, i == 0 ? "" : ",");
        json_string(out, samples[i]);
    }
    buffer_append_byte(out, ']');
}

static void
put_lines(const struct report_paper *paper, struct buffer *out, const char *name, const struct page_lines *lines)
{
    buffer_appendf(out, ",\n\"%s\":[", name);
    for (size_t i = 0; i < lines->count; i++) {
        const struct page_line *line = &lines->list[i];

        buffer_append_text(out, i == 0 ? "{" : ",\n{");
        put_member(out, "id", line->id);
        buffer_append_byte(out, ',');
        if (line->of != NULL)
            put_member(out, "of", line->of);
        else if (line->clause != NULL)
            put_member(out, "cite", line->clause->cite);
        else
            put_member(out, "label", page_label(line->id));
        buffer_append_byte(out, ',');
        if (line->clause != NULL) {
            put_member(out, "heading", line->clause->heading);
            buffer_append_byte(out, ',');
        }
        put_cell(paper, out, "records", &line->cell);
        if (line->of == NULL && line->clause == NULL)
            put_samples(out, line->samples);
        buffer_append_byte(out, '}');
    }
    buffer_append_byte(out, ']');
}

static void
put_months(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;

    buffer_append_text(out, ",\n\"months\":[");
    for (size_t i = 0; i < page->month_count && page->has_months; i++) {
        buffer_append_text(out, i == 0 ? "{" : ",\n{");
        put_member(out, "month", page->months[i].name[0] == '-' ? NULL : page->months[i].name);
        buffer_append_byte(out, ',');
        put_verdicts(paper, out, page->months[i].row.cells, &page->months[i].row.total);
        buffer_append_byte(out, '}');
    }
    buffer_append_byte(out, ']');
}

void
report_write_json(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;

    buffer_append_byte(out, '{');
    put_member(out, "policy", paper->ruleset->policy->id);
    buffer_append_byte(out, ',');
    put_member(out, "name", paper->ruleset->policy->name);
    buffer_append_byte(out, ',');
    put_member(out, "ruleset", paper->ruleset->hash_hex);
    buffer_append_byte(out, ',');
    put_member(out, "made", paper->made);
    buffer_append_text(out, ",\n\"inputs\":[");
    for (size_t i = 0; i < paper->input_count; i++) {
        buffer_append_text(out, i == 0 ? "" : ",");
        json_string(out, slice_of(report_input_name(paper->inputs[i])));
    }
    buffer_appendf(out, "],\n\"k\":%u,\"observe\":%s,\"refused\":%" PRIu64 ",\"textless\":%" PRIu64 ",\n\"verdicts\":{",
                   page->k, paper->ruleset->policy->mode == POLICY_OBSERVE ? "true" : "false", page->refused,
                   page->textless);
    put_verdicts(paper, out, page->verdicts, &page->total);
    buffer_append_text(out, "},\n");
    put_cell(paper, out, "review", &page->review);
    buffer_append_byte(out, ',');
    put_cell(paper, out, "escalate", &page->escalate);
    put_months(paper, out);
    put_lines(paper, out, "categories", &page->categories);
    put_lines(paper, out, "clauses", &page->clauses);
    put_lines(paper, out, "info_types", &page->info_types);
    put_lines(paper, out, "rules", &page->rules);
    buffer_append_text(out, "}\n");
}

/* --- a workbook --------------------------------------------------------------------------------------------------- */

struct book {
    const struct report_paper *paper;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *head, *number, *few, *text;
    lxw_row_t row;
};

static const char *
say(const struct book *book, const char *en, const char *ja)
{
    return words_for(book->paper->call, en, ja);
}

static void
begin_sheet(struct book *book, const char *name, const char *const *heads, size_t count, const double *widths)
{
    book->sheet = workbook_add_worksheet(book->workbook, name);
    worksheet_set_paper(book->sheet, 9); /* A4 */
    worksheet_fit_to_pages(book->sheet, 1, 0);
    worksheet_repeat_rows(book->sheet, 0, 0);
    worksheet_freeze_panes(book->sheet, 1, 0);
    for (size_t i = 0; i < count; i++) {
        worksheet_set_column(book->sheet, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
        worksheet_write_string(book->sheet, 0, (lxw_col_t)i, heads[i], book->head);
    }
    book->row = 1;
}

static void
write_text(struct book *book, lxw_col_t column, const char *text)
{
    worksheet_write_string(book->sheet, book->row, column, text, book->text);
}

static void
write_cell(struct book *book, lxw_col_t column, const struct cell *cell)
{
    char text[CELL_TEXT_BYTES];

    if (cell->state == CELL_SHOWN)
        worksheet_write_number(book->sheet, book->row, column, (double)cell->count, book->number);
    else
        worksheet_write_string(book->sheet, book->row, column, report_cell_text(book->paper, cell, text), book->few);
}

static void
write_fact(struct book *book, const char *name, const char *text)
{
    write_text(book, 0, name);
    write_text(book, 1, text);
    book->row++;
}

static void
write_count(struct book *book, const char *name, const struct cell *cell)
{
    write_text(book, 0, name);
    write_cell(book, 1, cell);
    book->row++;
}

static void
write_summary(struct book *book)
{
    const struct report_page *page = book->paper->page;
    const char *heads[] = {say(book, "What", "項目"), say(book, "Value", "値")};
    const struct policy *policy = book->paper->ruleset->policy;

    begin_sheet(book, say(book, "Summary", "概要"), heads, 2, (const double[]){34, 70});
    write_fact(book, say(book, "Policy", "運用方針"), policy->name != NULL ? policy->name : policy->id);
    write_fact(book, say(book, "Rules (hash)", "規則の識別値"), book->paper->ruleset->hash_hex);
    write_fact(book, say(book, "Made on", "作成日時"), book->paper->made);
    for (size_t i = 0; i < book->paper->input_count; i++)
        write_fact(book, i == 0 ? say(book, "Read", "読んだファイル") : "", report_input_name(book->paper->inputs[i]));
    write_count(book, say(book, "Messages decided about", "判断したメッセージ"), &page->total);
    for (size_t i = 0; i < CELLS_COLUMNS; i++)
        write_count(book, report_action_text(book->paper, i), &page->verdicts[i]);
    write_count(book, say(book, "For a person to look at", "職員の確認が必要"), &page->review);
    write_count(book, say(book, "Danger to life", "至急の対応が必要"), &page->escalate);
    write_count(book, say(book, "Could not be read", "読めなかった記録"), &(struct cell){page->refused, CELL_SHOWN});
    write_count(book, say(book, "Without text", "文のない記録"), &(struct cell){page->textless, CELL_SHOWN});
}

static void
write_months(struct book *book)
{
    const struct report_page *page = book->paper->page;
    const char *heads[] = {say(book, "Month", "月"), report_action_text(book->paper, 0),
                           report_action_text(book->paper, 1), report_action_text(book->paper, 2),
                           say(book, "All", "計")};

    if (!page->has_months)
        return;
    begin_sheet(book, say(book, "Months", "月別"), heads, 5, (const double[]){16, 12, 12, 12, 12});
    for (size_t i = 0; i < page->month_count; i++, book->row++) {
        char name[CELL_TEXT_BYTES];

        write_text(book, 0, report_month_text(book->paper, &page->months[i], name));
        for (lxw_col_t c = 0; c < CELLS_COLUMNS; c++)
            write_cell(book, (lxw_col_t)(c + 1), &page->months[i].row.cells[c]);
        write_cell(book, CELLS_COLUMNS + 1, &page->months[i].row.total);
    }
}

static void
write_lines(struct book *book, const char *name, const struct page_lines *lines)
{
    const char *heads[] = {say(book, "Id", "識別名"), say(book, "What", "種類"), say(book, "Messages", "件数")};

    begin_sheet(book, name, heads, 3, (const double[]){34, 44, 12});
    for (size_t i = 0; i < lines->count; i++, book->row++) {
        const struct page_line *line = &lines->list[i];
        char what[256];

        if (line->clause != NULL)
            snprintf(what, sizeof what, "%.30s %.200s", line->clause->cite, line->clause->heading);
        else
            snprintf(what, sizeof what, "%.250s", report_label(book->paper, line->of != NULL ? line->of : line->id));
        write_text(book, 0, line->id);
        write_text(book, 1, what);
        write_cell(book, 2, &line->cell);
    }
}

enum status
report_write_xlsx(const struct report_paper *paper, const char *path)
{
    const struct report_page *page = paper->page;
    struct book book = {.paper = paper, .workbook = workbook_new(path)};

    if (book.workbook == NULL)
        return STATUS_NO_MEMORY;
    book.head = workbook_add_format(book.workbook);
    book.number = workbook_add_format(book.workbook);
    book.few = workbook_add_format(book.workbook);
    book.text = workbook_add_format(book.workbook);
    format_set_bold(book.head);
    format_set_bottom(book.head, LXW_BORDER_MEDIUM);
    format_set_num_format(book.number, "#,##0");
    format_set_align(book.few, LXW_ALIGN_RIGHT);
    format_set_num_format(book.text, "@");
    write_summary(&book);
    write_months(&book);
    write_lines(&book, say(&book, "Violations", "方針に反する内容"), &page->categories);
    write_lines(&book, say(&book, "Clauses", "条項"), &page->clauses);
    write_lines(&book, say(&book, "Personal data", "個人情報"), &page->info_types);
    write_lines(&book, say(&book, "Rules", "規則"), &page->rules);
    return workbook_close(book.workbook) == LXW_NO_ERROR ? STATUS_OK : STATUS_IO;
}
