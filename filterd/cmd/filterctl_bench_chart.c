/* The chart of filterctl bench: bars in two greys, so that it can be printed and copied; nothing is loaded. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cmd/filterctl_bench.h"

enum { WIDTH = 960, LABEL = 380, BAR = 14, GAP = 10, MARGIN = 24, SCALE = WIDTH - LABEL - 160 };

/* Dark with a light edge, light with a dark one: apart also where grey is lost. */
static const char *const fills[BENCH_MAX_SIDES] = {"fill=\"#333\"", "fill=\"#ddd\" stroke=\"#333\""};

static void
put_escaped(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        uint8_t c = text.data[i];

        if (c == '<')
            buffer_append_text(out, "&lt;");
        else if (c == '&')
            buffer_append_text(out, "&amp;");
        else if (c == '"')
            buffer_append_text(out, "&quot;");
        else
            buffer_append_byte(out, c < 0x20 ? ' ' : c);
    }
}

static void
put_text(struct buffer *out, double x, double y, const char *style, struct slice text)
{
    buffer_appendf(out, "<text x=\"%.0f\" y=\"%.0f\"%s>", x, y, style);
    put_escaped(out, text);
    buffer_append_text(out, "</text>\n");
}

/* One bar with its figure; `noise` as a whisker, 0 = none. */
static void
put_bar(struct buffer *out, double y, size_t side, double value, double noise, double most, const char *unit)
{
    double width = most > 0 && value > 0 ? value / most * SCALE : 0, reach = most > 0 ? noise / most * SCALE : 0;
    char figure[64];

    buffer_appendf(out, "<rect x=\"%d\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" %s/>\n", LABEL, y, width, BAR - 2,
                   fills[side]);
    if (noise > 0)
        buffer_appendf(out, "<path d=\"M%.1f %.0fH%.1f\" stroke=\"#888\" stroke-width=\"2\"/>\n",
                       width > reach ? LABEL + width - reach : LABEL, y + BAR / 2.0 - 1, LABEL + width + reach);
    if (noise > 0)
        snprintf(figure, sizeof figure, "%s %.0f ± %.0f %s", bench_sides[side], value, noise, unit);
    else
        snprintf(figure, sizeof figure, "%s %.0f %s", bench_sides[side], value, unit);
    put_text(out, LABEL + width + reach + 6, y + BAR - 4, "", slice_of(figure));
}

static const struct bench_rule *
measured_in(const struct bench_entry *entry, const char *id)
{
    uint32_t index = table_get(entry->observation.rules.by_id, slice_of(id));
    const struct bench_rule *rule = index == TABLE_NONE ? NULL : &bench_rules_items(&entry->observation.rules)[index];

    return rule != NULL && rule->cost_state == BENCH_COST_MEASURED ? rule : NULL;
}

struct chart {
    const struct bench *bench;
    struct buffer out;
    double y, most;
};

static void
put_rule_label(struct chart *chart, const struct bench_rule *rule)
{
    struct buffer label;

    buffer_init(&label);
    buffer_append_text(&label, rule->id);
    if (rule->plain.bytes > 0) {
        buffer_append_text(&label, " ");
        buffer_append(&label, rule->plain.data, rule->plain.bytes);
    }
    put_text(&chart->out, LABEL - 8, chart->y + BAR - 4, " text-anchor=\"end\"", buffer_slice(&label));
    buffer_fini(&label);
}

static void
put_rule(struct chart *chart, const struct bench_rule *rule)
{
    put_rule_label(chart, rule);
    for (size_t i = 0; i < chart->bench->count; i++) {
        const struct bench_rule *own = measured_in(&chart->bench->entries[i], rule->id);

        if (own != NULL)
            put_bar(&chart->out, chart->y, i, own->cost_ns, own->noise_ns, chart->most, "ns");
        chart->y += BAR;
    }
    chart->y += GAP;
}

static void
put_heading(struct chart *chart, const char *en, const char *ja)
{
    chart->y += GAP;
    put_text(&chart->out, MARGIN, chart->y + BAR, " font-weight=\"bold\"",
             slice_of(words_for(chart->bench->call, en, ja)));
    chart->y += 2 * BAR;
}

static void
put_speeds(struct chart *chart)
{
    const struct bench *bench = chart->bench;
    double most = 0;

    put_heading(chart, "Messages per second on one processor", "1コアでの件数/秒");
    for (size_t i = 0; i < bench->count; i++)
        most = bench->entries[i].speed.messages_per_second > most ? bench->entries[i].speed.messages_per_second : most;
    for (size_t i = 0; i < bench->count; i++) {
        put_text(&chart->out, LABEL - 8, chart->y + BAR - 4, " text-anchor=\"end\"",
                 slice_of(bench->entries[i].operand));
        put_bar(&chart->out, chart->y, i, bench->entries[i].speed.messages_per_second, 0, most, "/s");
        chart->y += BAR + GAP / 2;
    }
}

/* The rules of A, then those that cost something in B alone. */
static void
put_rules(struct chart *chart, uint32_t *orders[BENCH_MAX_SIDES])
{
    const struct bench *bench = chart->bench;
    size_t counts[BENCH_MAX_SIDES] = {0};

    put_heading(chart, "Cost per message of the costliest rules, ns", "費用の大きい規則(1件あたり ns)");
    for (size_t i = 0; i < bench->count; i++) {
        const struct bench_rule *items = bench_rules_items(&bench->entries[i].observation.rules);

        counts[i] = bench_costly_rules(&bench->entries[i], orders[i]);
        if (counts[i] > 0 && items[orders[i][0]].cost_ns > chart->most)
            chart->most = items[orders[i][0]].cost_ns;
    }
    for (size_t i = 0; i < bench->count; i++)
        for (size_t r = 0; r < counts[i] && r < bench->top; r++) {
            const struct bench_rule *rule = &bench_rules_items(&bench->entries[i].observation.rules)[orders[i][r]];

            if (i == 0 || measured_in(&bench->entries[0], rule->id) == NULL)
                put_rule(chart, rule);
        }
    if (counts[0] + counts[1] == 0)
        put_text(&chart->out, MARGIN, chart->y + BAR, "",
                 slice_of(words_for(bench->call, "No rule costs more than the noise.",
                                    "雑音より大きい費用の規則はありません。")));
    chart->y += BAR + GAP;
}

static bool
write_chart(const struct chart *chart, const char *path)
{
    struct buffer file;
    enum status status;

    buffer_init(&file);
    buffer_appendf(&file,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\" "
                   "font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>filterctl bench</title>\n"
                   "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                   WIDTH, chart->y + MARGIN, WIDTH, chart->y + MARGIN);
    buffer_append(&file, chart->out.data, chart->out.bytes);
    buffer_append_text(&file, "</svg>\n");
    status = file.failed || chart->out.failed ? STATUS_NO_MEMORY : file_write_output(path, 0644, buffer_slice(&file));
    buffer_fini(&file);
    if (status != STATUS_OK)
        complain_why(chart->bench->call, path, status);
    return status == STATUS_OK;
}

bool
bench_draw(const struct bench *bench, const char *path)
{
    struct chart chart = {.bench = bench, .y = MARGIN};
    uint32_t *orders[BENCH_MAX_SIDES] = {NULL};
    bool is_good = true;

    buffer_init(&chart.out);
    for (size_t i = 0; i < bench->count; i++) {
        orders[i] = calloc(bench_rules_count(&bench->entries[i].observation.rules) + 1, sizeof *orders[i]);
        is_good &= orders[i] != NULL;
    }
    if (is_good) {
        put_speeds(&chart);
        put_rules(&chart, orders);
        is_good = write_chart(&chart, path);
    } else {
        session_complain(bench->call, STATUS_NO_MEMORY);
    }
    for (size_t i = 0; i < bench->count; i++)
        free(orders[i]);
    buffer_fini(&chart.out);
    return is_good;
}
