#include <inttypes.h>
#include <string.h>

#include "cmd/filterctl_report.h"

#define MAX_INPUTS 12

static const char style[] =
    "@page{size:A4;margin:15mm 14mm 16mm}"
    "*{box-sizing:border-box}"
    "html{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
    "body{margin:0 auto;max-width:182mm;padding:8mm 0;color:#1b2430;background:#fff;font:10.5pt/1.65 \"Hiragino Sans\","
    "\"Yu Gothic UI\",\"Yu Gothic\",Meiryo,\"Noto Sans CJK JP\",\"Noto Sans JP\",IPAGothic,sans-serif;"
    "font-feature-settings:\"palt\"}"
    "header{border-bottom:3px solid #22314f;padding-bottom:4mm;margin-bottom:6mm}"
    "header p{margin:0;color:#4d5968;font-size:9.5pt}"
    "h1{margin:1mm 0 2mm;font-size:20pt;line-height:1.3;letter-spacing:.02em}"
    "h2{margin:9mm 0 2.5mm;padding-left:3mm;border-left:5px solid #22314f;font-size:13pt;line-height:1.3;"
    "break-after:avoid}"
    ".lead{margin:0;padding:4mm 5mm;background:#f2f5f9;border-radius:2mm;font-size:12pt;line-height:1.8}"
    ".lead b{white-space:nowrap}"
    ".figures{display:grid;grid-template-columns:repeat(4,1fr);gap:3mm;margin:5mm 0}"
    ".figures div{border:1px solid #c5ccd6;border-radius:2mm;padding:3mm 3.5mm;break-inside:avoid}"
    ".figures span{display:block;color:#4d5968;font-size:9pt;line-height:1.4}"
    ".figures b{font-size:19pt;line-height:1.25;font-variant-numeric:tabular-nums}"
    ".figures small{margin-left:1mm;color:#4d5968;font-size:9.5pt}"
    "table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:9.8pt}"
    "caption{text-align:left;color:#4d5968;font-size:9pt;padding-bottom:1.5mm}"
    "th{text-align:left;font-weight:600;color:#34404f;border-bottom:1.5px solid #22314f;padding:1.2mm 2mm}"
    "td{padding:1.3mm 2mm;border-bottom:1px solid #dde2e9;vertical-align:top}"
    "tr{break-inside:avoid}thead{display:table-header-group}"
    ".n{text-align:right;white-space:nowrap;width:20mm}.few{color:#5b6673}"
    ".b{width:52mm;padding-right:0}.b svg{display:block;margin-top:1mm}"
    ".cite{white-space:nowrap;width:18mm}.code{font-family:ui-monospace,Consolas,monospace;font-size:8.6pt;"
    "overflow-wrap:anywhere}"
    ".chart{display:block;width:100%;height:auto;overflow:visible}"
    ".chart .bar,.legend .bar{stroke:#22314f;stroke-width:.8}.chart .chip{rx:9}"
    ".chart text{font-size:11px;fill:#34404f}.chart .inside{text-anchor:middle;font-size:13px;font-weight:600}"
    ".chart .light{fill:#fff}.chart .tick{text-anchor:end;font-size:10px}.chart .name{text-anchor:middle}"
    ".chart .year{font-size:10px;fill:#5b6673}.chart .grid{stroke:#e3e7ed}.chart .axis{stroke:#22314f}"
    ".legend{margin:1mm 0 0;font-size:9pt;color:#34404f}.legend span{margin-right:6mm;white-space:nowrap}"
    ".legend svg{vertical-align:-1px;margin-right:1.5mm}"
    "figure{margin:0 0 3mm;break-inside:avoid}"
    ".samples{margin:0;padding:0;list-style:none}"
    ".samples li{padding:1.6mm 3mm;border-left:3px solid #c6dbec;margin-bottom:1.5mm;background:#f8fafc;"
    "break-inside:avoid;overflow-wrap:anywhere}.samples b{margin-right:2mm;font-size:9pt;color:#34404f}"
    ".note{color:#4d5968;font-size:9pt;margin:1.5mm 0}"
    "footer{margin-top:10mm;border-top:1px solid #c5ccd6;padding-top:3mm;font-size:8.8pt;color:#4d5968;"
    "break-inside:avoid}footer dl{display:grid;grid-template-columns:34mm 1fr;gap:.8mm 3mm;margin:0}"
    "footer dt{font-weight:600}footer dd{margin:0;overflow-wrap:anywhere}"
    "@media print{body{padding:0;max-width:none}.page{break-before:page}}";

/* --- parts -------------------------------------------------------------------------------------------------------- */

static void
put_text(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        uint8_t byte = text.data[i];

        if (byte == '&')
            buffer_append_text(out, "&amp;");
        else if (byte == '<')
            buffer_append_text(out, "&lt;");
        else if (byte == '>')
            buffer_append_text(out, "&gt;");
        else if (byte == '"')
            buffer_append_text(out, "&quot;");
        else
            buffer_append_byte(out, byte < 0x20 ? ' ' : byte);
    }
}

static void
put_string(struct buffer *out, const char *text)
{
    put_text(out, slice_of(text));
}

static void
put(const struct report_paper *paper, struct buffer *out, const char *en, const char *ja)
{
    buffer_append_text(out, words_for(paper->call, en, ja));
}

static void
put_heading(const struct report_paper *paper, struct buffer *out, const char *en, const char *ja)
{
    buffer_append_text(out, "<h2>");
    put(paper, out, en, ja);
    buffer_append_text(out, "</h2>");
}

static void
put_cell(const struct report_paper *paper, struct buffer *out, const struct cell *cell)
{
    char text[CELL_TEXT_BYTES];

    buffer_append_text(out, cell->state == CELL_SHOWN ? "<td class=\"n\">" : "<td class=\"n few\">");
    put_string(out, report_cell_text(paper, cell, text));
    buffer_append_text(out, "</td>");
}

/* A bar in a cell of a table; none where the count is not shown. */
static void
put_row_bar(struct buffer *out, const struct cell *cell, uint64_t most)
{
    double width = most == 0 ? 0 : (double)cell->count / (double)most * 100;

    buffer_append_text(out, "<td class=\"b\">");
    if (cell->state == CELL_SHOWN && cell->count > 0)
        buffer_appendf(out,
                       "<svg width=\"100%%\" height=\"11\" aria-hidden=\"true\"><rect width=\"%.1f%%\" height=\"11\" "
                       "fill=\"#5c7fa8\"/></svg>",
                       width < 1 ? 1 : width);
    buffer_append_text(out, "</td></tr>");
}

static uint64_t
most_of(const struct page_lines *lines)
{
    uint64_t most = 0;

    for (size_t i = 0; i < lines->count; i++)
        if (lines->list[i].cell.state == CELL_SHOWN && lines->list[i].cell.count > most)
            most = lines->list[i].cell.count;
    return most;
}

/* --- the beginning ------------------------------------------------------------------------------------------------ */

/* "2024年1月から2024年3月まで"; nothing when no month is known. */
static void
put_period(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;
    size_t last = page->month_count;
    char from[CELL_TEXT_BYTES], to[CELL_TEXT_BYTES];

    while (last > 0 && page->months[last - 1].name[0] == '-')
        last--;
    if (!page->has_months || last == 0)
        return;
    report_month_text(paper, &page->months[0], from);
    report_month_text(paper, &page->months[last - 1], to);
    if (last == 1)
        buffer_append_text(out, from);
    else
        buffer_appendf(out, words_for(paper->call, "%s to %s", "%sから%sまで"), from, to);
}

static const char *
city_name(const struct report_paper *paper)
{
    const struct policy *policy = paper->ruleset->policy;

    return policy->name != NULL && policy->name[0] != '\0' ? policy->name : policy->id;
}

static void
put_title(const struct report_paper *paper, struct buffer *out)
{
    put_string(out, city_name(paper));
    put(paper, out, ": decisions about messages", " メッセージ判断結果報告書");
}

static void
put_header(const struct report_paper *paper, struct buffer *out)
{
    buffer_append_text(out, "<header><p>");
    put_period(paper, out);
    buffer_append_text(out, "</p><h1>");
    put_title(paper, out);
    buffer_append_text(out, "</h1><p>");
    put(paper, out, "Made on ", "作成日時: ");
    put_string(out, paper->made);
    buffer_append_text(out, "</p></header>");
}

static void
put_bold(const struct report_paper *paper, struct buffer *out, const struct cell *cell)
{
    char text[CELL_TEXT_BYTES];

    buffer_append_text(out, "<b>");
    put_string(out, report_cell_text(paper, cell, text));
    if (cell->state == CELL_SHOWN)
        put(paper, out, "", "件");
    buffer_append_text(out, "</b>");
}

/* The count with its share of all, where both may be shown: 120件(3.4%). */
static void
put_share(const struct report_paper *paper, struct buffer *out, const struct cell *cell)
{
    put_bold(paper, out, cell);
    if (cell->state == CELL_SHOWN && paper->page->total.state == CELL_SHOWN && paper->page->total.count > 0)
        buffer_appendf(out, words_for(paper->call, " (%.1f%%)", "(%.1f%%)"),
                       (double)cell->count / (double)paper->page->total.count * 100);
}

static const struct page_line *
first_shown(const struct page_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        if (lines->list[i].cell.state == CELL_SHOWN && lines->list[i].cell.count > 0)
            return &lines->list[i];
    return NULL;
}

static void
put_most(const struct report_paper *paper, struct buffer *out, const struct page_lines *lines, const char *en,
         const char *ja)
{
    const struct page_line *line = first_shown(lines);
    char number[CELL_TEXT_BYTES];

    if (line == NULL)
        return;
    buffer_appendf(out, words_for(paper->call, en, ja), report_label(paper, line->id),
                   report_number(line->cell.count, number));
}

static void
put_lead(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;
    const bool observes = paper->ruleset->policy->mode == POLICY_OBSERVE;

    buffer_append_text(out, "<p class=\"lead\">");
    put(paper, out, "Of ", "届いたメッセージ");
    put_bold(paper, out, &page->total);
    put(paper, out, " messages, ", "のうち、そのまま受け付けたものは");
    put_share(paper, out, &page->verdicts[0]);
    put(paper, out, " were let through as they are, ", "、個人情報などを伏せ字にしたものは");
    put_share(paper, out, &page->verdicts[1]);
    put(paper, out, " had personal data redacted, and ", "、運用方針に反するため受け付けなかったものは");
    put_share(paper, out, &page->verdicts[2]);
    put(paper, out, " were blocked.", "でした。");
    put_most(paper, out, &page->categories, " Most frequent violation: %s (%s).",
             "方針に反する内容で最も多いのは「%s」(%s件)です。");
    put_most(paper, out, &page->info_types, " Most frequent personal data: %s (%s).",
             "個人情報で最も多いのは「%s」(%s件)です。");
    if (observes)
        put(paper, out, " The policy observes only: nothing was redacted or blocked in fact.",
            "方針は観察モードのため、実際には伏せ字や遮断をしていません。");
    buffer_append_text(out, "</p>");
}

static void
put_figure(const struct report_paper *paper, struct buffer *out, const struct cell *cell, const char *en,
           const char *ja)
{
    char text[CELL_TEXT_BYTES];

    buffer_append_text(out, "<div><span>");
    put(paper, out, en, ja);
    buffer_append_text(out, "</span><b>");
    put_string(out, report_cell_text(paper, cell, text));
    buffer_append_text(out, "</b>");
    if (cell->state == CELL_SHOWN)
        put(paper, out, "", "<small>件</small>");
    buffer_append_text(out, "</div>");
}

static void
put_figures(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;

    buffer_append_text(out, "<div class=\"figures\">");
    put_figure(paper, out, &page->total, "Messages decided about", "判断したメッセージ");
    put_figure(paper, out, &page->verdicts[2], "Blocked", "遮断");
    put_figure(paper, out, &page->review, "For a person to look at", "職員の確認が必要");
    put_figure(paper, out, &page->escalate, "Danger to life", "至急の対応が必要");
    buffer_append_text(out, "</div>");
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static void
put_month_table(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;
    char name[CELL_TEXT_BYTES];

    if (!page->has_months)
        return;
    put_heading(paper, out, "The same as a table", page->by_year ? "年ごとの件数(表)" : "月ごとの件数(表)");
    buffer_append_text(out, "<table><thead><tr><th>");
    if (page->by_year)
        put(paper, out, "Year", "年");
    else
        put(paper, out, "Month", "月");
    for (size_t i = 0; i < CELLS_COLUMNS; i++)
        buffer_appendf(out, "</th><th class=\"n\">%s", report_action_text(paper, i));
    buffer_appendf(out, "</th><th class=\"n\">%s</th></tr></thead><tbody>", words_for(paper->call, "All", "計"));
    for (size_t i = 0; i < page->month_count; i++) {
        buffer_appendf(out, "<tr><td>%s</td>", report_month_text(paper, &page->months[i], name));
        for (size_t c = 0; c < CELLS_COLUMNS; c++)
            put_cell(paper, out, &page->months[i].row.cells[c]);
        put_cell(paper, out, &page->months[i].row.total);
        buffer_append_text(out, "</tr>");
    }
    buffer_append_text(out, "</tbody></table>");
}

static void
put_months(const struct report_paper *paper, struct buffer *out)
{
    if (!paper->page->has_months)
        return;
    put_heading(paper, out, paper->page->by_year ? "By year" : "By month",
                paper->page->by_year ? "年ごとの件数" : "月ごとの件数");
    buffer_append_text(out, "<figure>");
    report_put_month_chart(paper, out);
    buffer_append_text(out, "</figure>\n");
}

static void
put_lines(const struct report_paper *paper, struct buffer *out, const struct page_lines *lines, const char *en,
          const char *ja)
{
    uint64_t most = most_of(lines);

    put_heading(paper, out, en, ja);
    if (lines->count == 0) {
        put(paper, out, "<p class=\"note\">None.</p>", "<p class=\"note\">該当するものはありませんでした。</p>");
        return;
    }
    buffer_append_text(out, "<table><thead><tr><th>");
    put(paper, out, "What", "種類");
    buffer_appendf(out, "</th><th class=\"n\">%s</th><th class=\"b\"></th></tr></thead><tbody>",
                   words_for(paper->call, "Messages", "件数"));
    for (size_t i = 0; i < lines->count; i++) {
        buffer_append_text(out, "<tr><td>");
        put_string(out, report_label(paper, lines->list[i].id));
        buffer_append_text(out, "</td>");
        put_cell(paper, out, &lines->list[i].cell);
        put_row_bar(out, &lines->list[i].cell, most);
    }
    buffer_append_text(out, "</tbody></table>");
}

static void
put_clauses(const struct report_paper *paper, struct buffer *out)
{
    const struct page_lines *lines = &paper->page->clauses;
    uint64_t most = most_of(lines);

    put_heading(paper, out, "By clause of the policy", "運用方針の条項ごとの件数");
    if (lines->count == 0) {
        put(paper, out, "<p class=\"note\">None.</p>", "<p class=\"note\">該当するものはありませんでした。</p>");
        return;
    }
    buffer_append_text(out, "<table><thead><tr><th class=\"cite\">");
    put(paper, out, "Clause", "条項");
    buffer_append_text(out, "</th><th>");
    put(paper, out, "Heading", "見出し");
    buffer_appendf(out, "</th><th class=\"n\">%s</th><th class=\"b\"></th></tr></thead><tbody>",
                   words_for(paper->call, "Messages", "件数"));
    for (size_t i = 0; i < lines->count; i++) {
        const struct clause *clause = lines->list[i].clause;

        buffer_append_text(out, "<tr><td class=\"cite\">");
        put_string(out, clause != NULL ? clause->cite : lines->list[i].id);
        buffer_append_text(out, "</td><td>");
        put_string(out, clause != NULL ? clause->heading : "");
        buffer_append_text(out, "</td>");
        put_cell(paper, out, &lines->list[i].cell);
        put_row_bar(out, &lines->list[i].cell, most);
    }
    buffer_append_text(out, "</tbody></table>");
}

/* A term's rule is a hash: the word says more. */
static void
put_term_word(const struct report_paper *paper, struct buffer *out, const char *rule)
{
    const struct ruleset *ruleset = paper->ruleset;
    const struct term *lists[] = {ruleset->terms, ruleset->common->terms};
    const size_t counts[] = {ruleset->term_count, ruleset->common->term_count};

    for (size_t list = 0; list < 2; list++)
        for (size_t i = 0; i < counts[list]; i++)
            if (strcmp(lists[list][i].rule, rule) == 0) {
                put(paper, out, " “", "「");
                put_text(out, lists[list][i].plain);
                put(paper, out, "”", "」");
                return;
            }
}

static void
put_rules(const struct report_paper *paper, struct buffer *out)
{
    const struct page_lines *lines = &paper->page->rules;

    if (lines->count == 0)
        return;
    put_heading(paper, out, "The rules that found most", "多く当たった規則");
    buffer_append_text(out, "<table><thead><tr><th>");
    put(paper, out, "What", "種類");
    buffer_appendf(out, "</th><th>%s</th><th class=\"n\">%s</th></tr></thead><tbody>",
                   words_for(paper->call, "Rule", "規則"), words_for(paper->call, "Messages", "件数"));
    for (size_t i = 0; i < lines->count; i++) {
        buffer_append_text(out, "<tr><td>");
        put_string(out, report_label(paper, lines->list[i].of));
        buffer_append_text(out, "</td><td class=\"code\">");
        put_string(out, lines->list[i].id);
        put_term_word(paper, out, lines->list[i].id);
        buffer_append_text(out, "</td>");
        put_cell(paper, out, &lines->list[i].cell);
        buffer_append_text(out, "</tr>");
    }
    buffer_append_text(out, "</tbody></table>");
}

static bool
put_samples_of(const struct report_paper *paper, struct buffer *out, const struct page_lines *lines, bool is_open)
{
    for (size_t i = 0; i < lines->count; i++)
        for (size_t s = 0; lines->list[i].samples != NULL && s < COUNT_SAMPLES; s++) {
            if (lines->list[i].samples[s].bytes == 0)
                continue;
            if (!is_open) {
                put_heading(paper, out, "Samples, redacted", "例(伏せ字にしたもの)");
                buffer_append_text(out, "<ul class=\"samples\">");
            }
            is_open = true;
            buffer_append_text(out, "<li><b>");
            put_string(out, report_label(paper, lines->list[i].id));
            buffer_append_text(out, "</b>");
            put_text(out, lines->list[i].samples[s]);
            buffer_append_text(out, "</li>");
        }
    return is_open;
}

static void
put_samples(const struct report_paper *paper, struct buffer *out)
{
    bool is_open = put_samples_of(paper, out, &paper->page->categories, false);

    if (put_samples_of(paper, out, &paper->page->info_types, is_open))
        buffer_append_text(out, "</ul>");
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

static void
put_term(const struct report_paper *paper, struct buffer *out, const char *en, const char *ja)
{
    buffer_append_text(out, "</dd><dt>");
    put(paper, out, en, ja);
    buffer_append_text(out, "</dt><dd>");
}

static void
put_inputs(const struct report_paper *paper, struct buffer *out)
{
    for (size_t i = 0; i < paper->input_count && i < MAX_INPUTS; i++) {
        buffer_append_text(out, i == 0 ? "" : words_for(paper->call, ", ", "、"));
        put_string(out, report_input_name(paper->inputs[i]));
    }
    if (paper->input_count > MAX_INPUTS)
        buffer_appendf(out, words_for(paper->call, " and %zu more", " ほか%zu件"), paper->input_count - MAX_INPUTS);
}

static void
put_footer(const struct report_paper *paper, struct buffer *out)
{
    const struct policy *policy = paper->ruleset->policy;
    char number[CELL_TEXT_BYTES];

    buffer_appendf(out,
                   words_for(paper->call,
                             "<p class=\"note\">A message counts once in every row that it belongs to: rows overlap. "
                             "Counts below %u are shown as “&lt;%u”; “hidden” are others from which those could be "
                             "worked out. Samples are shown redacted, and only where nothing personal is "
                             "recognised.</p>",
                             "<p class=\"note\">1件のメッセージが複数の種類や条項に当たることがあるため、"
                             "各行の合計は全体と一致しません。個人が特定されないよう、%u件未満は「%u未満」と"
                             "し、差し引きで分かる件数は「非表示」としています。例は伏せ字後の文で、個人情報が残る"
                             "おそれのあるものは載せていません。</p>"),
                   paper->page->k, paper->page->k);
    buffer_append_text(out, "<footer><dl><dt>");
    put(paper, out, "Policy", "運用方針");
    buffer_append_text(out, "</dt><dd>");
    put_string(out, policy->source_title != NULL ? policy->source_title : policy->name);
    buffer_append_text(out, " (");
    put_string(out, policy->id);
    buffer_append_text(out, policy->in_force != NULL ? ", " : "");
    put_string(out, policy->in_force != NULL ? policy->in_force : "");
    buffer_append_text(out, ")");
    put_term(paper, out, "Rules (hash)", "規則の識別値");
    buffer_appendf(out, "<span class=\"code\">%s</span>", paper->ruleset->hash_hex);
    put_term(paper, out, "Read", "読んだファイル");
    put_inputs(paper, out);
    put_term(paper, out, "Could not be read", "読めなかった記録");
    buffer_appendf(out, words_for(paper->call, "%s", "%s件"), report_number(paper->page->refused, number));
    put_term(paper, out, "Without text", "文のない記録");
    buffer_appendf(out, words_for(paper->call, "%s", "%s件"), report_number(paper->page->textless, number));
    put_term(paper, out, "Made on", "作成日時");
    put_string(out, paper->made);
    buffer_append_text(out, "</dd></dl></footer>");
}

void
report_write_html(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;

    buffer_appendf(out,
                   "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
                   "<meta name=\"viewport\" content=\"width=device-width\">"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                   "'unsafe-inline'\"><title>",
                   words_for(paper->call, "en", "ja"));
    put_title(paper, out);
    buffer_appendf(out, "</title><style>%s</style></head><body>\n", style);
    put_header(paper, out);
    put_lead(paper, out);
    put_figures(paper, out);
    put_heading(paper, out, "Decisions", "判断の内訳");
    buffer_append_text(out, "<figure>");
    report_put_verdict_chart(paper, out);
    buffer_append_text(out, "</figure>\n");
    put_months(paper, out);
    buffer_append_text(out, "\n<div class=\"page\"></div>");
    put_month_table(paper, out);
    put_lines(paper, out, &page->categories, "Violations of the policy", "運用方針に反する内容の種類");
    put_clauses(paper, out);
    put_lines(paper, out, &page->info_types, "Personal data", "含まれていた個人情報の種類");
    put_rules(paper, out);
    put_samples(paper, out);
    put_footer(paper, out);
    buffer_append_text(out, "\n</body></html>\n");
}
