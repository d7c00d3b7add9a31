#include <inttypes.h>
#include <string.h>

#include "cmd/filterctl_report.h"

#define WIDTH 680
#define HEIGHT 210 /* of the months */
#define LEFT 52    /* where the bars begin */
#define BASE 170   /* where they stand */
#define TOP 14
#define MOST_TICKS 5

/* Light, hatched, dark: told apart without colours, and by eyes that see fewer of them. */
static const char *const fills[CELLS_COLUMNS] = {"#c6dbec", "url(#hatch)", "#22314f"};

static void
put_patterns(struct buffer *out)
{
    buffer_append_text(
        out, "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
             "patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#f0b34a\"/><rect width=\"2\" "
             "height=\"6\" fill=\"#b06f00\"/></pattern><pattern id=\"dots\" width=\"5\" height=\"5\" "
             "patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"5\" fill=\"#fff\"/><circle cx=\"2.5\" "
             "cy=\"2.5\" r=\".9\" fill=\"#77808c\"/></pattern></defs>");
}

static void
put_bar(struct buffer *out, double x, double y, double width, double height, const char *fill, const char *class)
{
    buffer_appendf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" class=\"%s\"/>", x, y,
                   width, height, fill, class);
}

static void
put_words(struct buffer *out, double x, double y, const char *class, const char *words)
{
    buffer_appendf(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>", x, y, class, words);
}

static void
put_legend(const struct report_paper *paper, struct buffer *out, bool has_hidden)
{
    buffer_append_text(out, "<p class=\"legend\">");
    for (size_t i = 0; i < CELLS_COLUMNS; i++)
        buffer_appendf(
            out,
            "<span><svg width=\"22\" height=\"12\" aria-hidden=\"true\"><rect x=\".5\" y=\".5\" width=\"21\" "
            "height=\"11\" fill=\"%s\" class=\"bar\"/></svg>%s</span>",
            fills[i], report_action_text(paper, i));
    if (has_hidden)
        buffer_appendf(
            out,
            "<span><svg width=\"22\" height=\"12\" aria-hidden=\"true\"><rect x=\".5\" y=\".5\" width=\"21\" "
            "height=\"11\" fill=\"url(#dots)\" class=\"bar\"/></svg>%s</span>",
            words_for(paper->call, "not broken down (few)", "内訳は非表示(少数のため)"));
    buffer_append_text(out, "</p>");
}

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

void
report_put_verdict_chart(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;
    double x = 0;

    buffer_append_text(out, "<svg class=\"chart\" viewBox=\"0 0 680 46\" role=\"img\" aria-label=\"");
    buffer_append_text(out, words_for(paper->call, "Shares of the decisions", "判断の割合"));
    buffer_append_text(out, "\">");
    put_patterns(out);
    if (page->total.state != CELL_SHOWN || page->total.count == 0)
        put_bar(out, .5, 6, WIDTH - 1, 30, "url(#dots)", "bar");
    for (size_t i = 0; i < CELLS_COLUMNS && page->total.state == CELL_SHOWN && page->total.count > 0; i++) {
        double width = (double)page->verdicts[i].count / (double)page->total.count * WIDTH;

        if (page->verdicts[i].state != CELL_SHOWN)
            continue; /* hidden ones stand together, so that no length tells one of them */
        put_bar(out, x, 6, width, 30, fills[i], "bar");
        if (width > 60) {
            char share[16];

            snprintf(share, sizeof share, "%.1f%%", width / WIDTH * 100);
            if (i == 1)
                put_bar(out, x + width / 2 - 24, 12, 48, 18, "#fff", "chip");
            put_words(out, x + width / 2, 26, i == 2 ? "inside light" : "inside", share);
        }
        x += width;
    }
    if (page->total.count > 0 && WIDTH - x > 1 && page->total.state == CELL_SHOWN)
        put_bar(out, x, 6, WIDTH - x, 30, "url(#dots)", "bar");
    buffer_append_text(out, "</svg>");
    put_legend(paper, out, page->total.state != CELL_SHOWN || WIDTH - x > 1);
}

/* --- months ------------------------------------------------------------------------------------------------------- */

/* A round number of which at most MOST_TICKS reach `most`. */
static uint64_t
step_of(uint64_t most)
{
    static const unsigned rounds[] = {1, 2, 5};
    uint64_t power = 1;

    for (;; power *= 10)
        for (size_t i = 0; i < sizeof rounds / sizeof rounds[0]; i++)
            if (power * rounds[i] * MOST_TICKS >= most)
                return power * rounds[i];
}

static uint64_t
most_of(const struct report_page *page)
{
    uint64_t most = 1;

    for (size_t i = 0; i < page->month_count; i++)
        if (page->months[i].row.total.state == CELL_SHOWN && page->months[i].row.total.count > most)
            most = page->months[i].row.total.count;
    return most;
}

static void
put_scale(struct buffer *out, uint64_t step, uint64_t ticks, double scale)
{
    for (uint64_t i = 0; i <= ticks; i++) {
        char number[CELL_TEXT_BYTES];
        double y = BASE - (double)(step * i) * scale;

        buffer_appendf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", LEFT, WIDTH, y, y,
                       i == 0 ? "axis" : "grid");
        put_words(out, LEFT - 6, y + 3.5, "tick", report_number(step * i, number));
    }
}

static void
put_month_bar(struct buffer *out, const struct cell_row *row, double x, double width, double scale)
{
    double y = BASE;

    if (row->total.state != CELL_SHOWN) {
        put_bar(out, x, BASE - 5, width, 5, "url(#dots)", "bar");
        return;
    }
    if (row->cells[0].state != CELL_SHOWN) {
        put_bar(out, x, BASE - (double)row->total.count * scale, width, (double)row->total.count * scale, "url(#dots)",
                "bar");
        return;
    }
    for (size_t i = 0; i < CELLS_COLUMNS; i++) {
        double height = (double)row->cells[i].count * scale;

        y -= height;
        if (height > 0)
            put_bar(out, x, y, width, height, fills[i], "bar");
    }
}

/* The month, and the year under the first month of each. */
static void
put_month_name(const struct report_paper *paper, struct buffer *out, size_t index, double x, bool has_room)
{
    const struct page_month *month = &paper->page->months[index];
    const struct page_month *before = index == 0 ? NULL : &paper->page->months[index - 1];
    bool is_new_year = before == NULL || strncmp(before->name, month->name, 4) != 0;
    char words[CELL_TEXT_BYTES];

    if (month->name[0] == '-' || paper->page->by_year) {
        snprintf(words, sizeof words, "%s", month->name[0] == '-' ? "?" : month->name);
        put_words(out, x, BASE + 15, "name", words);
        return;
    }
    snprintf(words, sizeof words, words_for(paper->call, "%d", "%d月"),
             (month->name[5] - '0') * 10 + month->name[6] - '0');
    if (has_room)
        put_words(out, x, BASE + 15, "name", words);
    snprintf(words, sizeof words, words_for(paper->call, "%.4s", "%.4s年"), month->name);
    if (is_new_year)
        put_words(out, x, BASE + 31, "name year", words);
}

void
report_put_month_chart(const struct report_paper *paper, struct buffer *out)
{
    const struct report_page *page = paper->page;
    uint64_t most = most_of(page), step = step_of(most), ticks = (most + step - 1) / step;
    double scale = (double)(BASE - TOP) / (double)(step * ticks);
    double slot = (double)(WIDTH - LEFT) / (double)page->month_count, width = slot * 0.62;
    size_t every = page->month_count > 24 ? 3 : page->month_count > 14 ? 2 : 1;
    bool has_hidden = false;

    if (width > 46)
        width = 46;
    buffer_appendf(out, "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT,
                   words_for(paper->call, "Records by month", "月ごとの件数"));
    put_scale(out, step, ticks, scale);
    for (size_t i = 0; i < page->month_count; i++) {
        const struct cell_row *row = &page->months[i].row;
        double middle = LEFT + slot * ((double)i + .5);

        put_month_bar(out, row, middle - width / 2, width, scale);
        put_month_name(paper, out, i, middle, i % every == 0);
        has_hidden |= row->total.state != CELL_SHOWN || row->cells[0].state != CELL_SHOWN;
    }
    buffer_append_text(out, "</svg>");
    put_legend(paper, out, has_hidden);
}
