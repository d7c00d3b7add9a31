/* The tables of filterctl bench. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/filterctl_bench.h"
#include "text/intake.h"

enum {
    NAME_COLUMNS = 34,
    CELL_COLUMNS = 22,
    RULE_COLUMNS = 34,
    SHOWN_TERM = 12,
    RULE_NAME_BYTES = 256,
    SIDE_NAME_BYTES = 19
};

/* --- columns ------------------------------------------------------------------------------------------------------ */

static unsigned
columns_of(const char *text)
{
    struct slice rest = slice_of(text);
    unsigned columns = 0;

    for (uint32_t at = 0; at < rest.bytes;)
        columns += utf8_next(rest, &at) >= 0x1100 ? 2 : 1;
    return columns;
}

static void
put_left(const char *text, unsigned columns)
{
    unsigned used = columns_of(text);

    printf("%s%*s", text, used < columns ? (int)(columns - used) : 1, "");
}

__attribute__((format(printf, 1, 2))) static void
put_cell(const char *format, ...)
{
    char text[128];
    va_list arguments;
    unsigned used;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    used = columns_of(text);
    printf("%*s%s", used < CELL_COLUMNS ? (int)(CELL_COLUMNS - used) : 1, "", text);
}

static void
put_title(const struct bench *bench, const char *en, const char *ja)
{
    printf("\n%s\n", words_for(bench->call, en, ja));
}

/* --- figures ------------------------------------------------------------------------------------------------------ */

/* One row of the first table: a figure of each side. */
static void
put_figure(const struct bench *bench, const char *en, const char *ja, const char *format,
           double (*figure)(const struct bench_entry *entry))
{
    char text[64];

    put_left(words_for(bench->call, en, ja), NAME_COLUMNS);
    for (size_t i = 0; i < bench->count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, format, figure(&bench->entries[i]));
#pragma GCC diagnostic pop
        put_cell("%s", text);
    }
    putchar('\n');
}

static double
speed_of(const struct bench_entry *entry)
{
    return entry->speed.messages_per_second;
}

static double
ns_of(const struct bench_entry *entry)
{
    return entry->speed.ns / 1000;
}

static double
spread_of(const struct bench_entry *entry)
{
    return entry->speed.spread_ns / 1000;
}

static double
p50_of(const struct bench_entry *entry)
{
    return entry->speed.p50_ns / 1000;
}

static double
p99_of(const struct bench_entry *entry)
{
    return entry->speed.p99_ns / 1000;
}

static double
city_ms_of(const struct bench_entry *entry)
{
    return entry->build.city_ms;
}

static double
common_ms_of(const struct bench_entry *entry)
{
    return entry->build.common_ms;
}

static double
patterns_of(const struct bench_entry *entry)
{
    return (double)entry->build.patterns_bytes / 1024;
}

static double
common_words_of(const struct bench_entry *entry)
{
    return (double)entry->build.common_words_bytes / 1024;
}

static double
city_words_of(const struct bench_entry *entry)
{
    return (double)entry->build.city_words_bytes / 1024;
}

static double
common_rss_of(const struct bench_entry *entry)
{
    return (double)entry->build.common_rss_bytes / 1024;
}

static double
city_rss_of(const struct bench_entry *entry)
{
    return (double)entry->build.city_rss_bytes / 1024;
}

static void
print_figures(const struct bench *bench)
{
    put_left("", NAME_COLUMNS);
    for (size_t i = 0; i < bench->count; i++)
        put_cell("%s: %s", bench_sides[i],
                 strlen(bench->entries[i].operand) < SIDE_NAME_BYTES ? bench->entries[i].operand
                                                                     : bench->entries[i].city.files.id);
    putchar('\n');
    put_figure(bench, "messages/s on one processor", "1コアでの件数/秒", "%.0f", speed_of);
    put_figure(bench, "processor time per message, us", "1件の処理時間 µs", "%.2f", ns_of);
    put_figure(bench, "  spread of the rounds, ± us", "  計測ごとのばらつき ± µs", "%.2f", spread_of);
    put_figure(bench, "p50 per message, us", "1件の時間 p50 µs", "%.2f", p50_of);
    put_figure(bench, "p99 per message, us", "1件の時間 p99 µs", "%.2f", p99_of);
    put_figure(bench, "build of the common part, ms", "共通部の構築 ms", "%.0f", common_ms_of);
    put_figure(bench, "build of the city, ms", "市の構築 ms", "%.1f", city_ms_of);
    put_figure(bench, "database of patterns, KiB", "パターンのデータ KiB", "%.0f", patterns_of);
    put_figure(bench, "words of the common part, KiB", "共通部の語の表 KiB", "%.0f", common_words_of);
    put_figure(bench, "words of the city, KiB", "市の語の表 KiB", "%.0f", city_words_of);
    put_figure(bench, "RSS gained by the common part, KiB", "共通部での常駐メモリ増 KiB", "%.0f", common_rss_of);
    put_figure(bench, "RSS gained by the city, KiB", "市での常駐メモリ増 KiB", "%.0f", city_rss_of);
    if (bench->count == 2 && bench->entries[1].build.shares_common)
        puts(words_for(bench->call, "(A and B share one common part)", "(共通部はAとBで同じもの)"));
}

static void
print_comparison(const struct bench *bench)
{
    double share = 100 * bench->slower.share, noise = 100 * bench->slower.noise;

    if (share > noise || -share > noise)
        printf(
            words_for(bench->call, "B against A: %+.1f %% of time (± %.1f)\n", "Aと比べたBの時間: %+.1f %%(± %.1f)\n"),
            share, noise);
    else
        printf(words_for(bench->call, "A and B take the same time, as far as can be measured (± %.1f %%)\n",
                         "AとBの時間に、測れるほどの差はない(± %.1f %%)\n"),
               noise + (share > 0 ? share : -share));
}

static void
print_stages(const struct bench *bench)
{
    static const struct {
        struct words words;
        size_t at;
    } stages[] = {
        {{"not in normal form", "正規形でない"}, offsetof(struct scanner_counts, not_inert)},
        {{"a word was hit", "語に当たった"}, offsetof(struct scanner_counts, literal_hit)},
        {{"patterns were searched", "パターンを探した"}, offsetof(struct scanner_counts, patterns)},
        {{"values confirmed, per message", "確かめた値(1件あたり)"}, offsetof(struct scanner_counts, confirmed)},
        {{"cut into words (MeCab)", "形態素に分けた"}, offsetof(struct scanner_counts, tokens)},
        {{"names were looked for", "名前を探した"}, offsetof(struct scanner_counts, names)},
        {{"redacted or blocked", "伏せ字・遮断"}, offsetof(struct scanner_counts, acted)},
    };

    put_title(bench, "Share of messages that reach a stage", "各段階に届いた文の割合");
    for (size_t s = 0; s < sizeof stages / sizeof *stages; s++) {
        put_left(words_for(bench->call, stages[s].words.en, stages[s].words.ja), NAME_COLUMNS);
        for (size_t i = 0; i < bench->count; i++) {
            const struct scanner_counts *reached = &bench->entries[i].observation.reached;
            uint64_t count = *(const uint64_t *)(const void *)((const char *)reached + stages[s].at);

            put_cell(stages[s].at == offsetof(struct scanner_counts, confirmed) ? "%.2f" : "%.1f %%",
                     (stages[s].at == offsetof(struct scanner_counts, confirmed) ? 1.0 : 100.0) * (double)count /
                         (double)bench->corpus.count);
        }
        putchar('\n');
    }
}

/* --- costs -------------------------------------------------------------------------------------------------------- */

static void
put_cost(const struct bench_rule *rule)
{
    if (rule == NULL || rule->cost_state == BENCH_COST_NONE)
        put_cell("-");
    else if (rule->cost_state == BENCH_COST_BELOW)
        put_cell("< %.0f", rule->noise_ns);
    else if (rule->cost_state == BENCH_COST_GROUP)
        put_cell("%.0f / %u", rule->cost_ns, rule->group_size);
    else
        put_cell("%.0f ± %.0f", rule->cost_ns, rule->noise_ns);
}

static const struct bench_rule *
rule_in(const struct bench_entry *entry, const char *id)
{
    uint32_t index = table_get(entry->observation.rules.by_id, slice_of(id));

    return index == TABLE_NONE ? NULL : &bench_rules_items(&entry->observation.rules)[index];
}

static void
name_rule(const struct bench_rule *rule, char name[RULE_NAME_BYTES])
{
    uint32_t at = 0;

    if (rule->plain.bytes == 0) {
        snprintf(name, RULE_NAME_BYTES, "%s", rule->id);
        return;
    }
    for (unsigned i = 0; i < SHOWN_TERM && at < rule->plain.bytes; i++)
        utf8_next(rule->plain, &at);
    snprintf(name, RULE_NAME_BYTES, "%s 「%.*s%s」", rule->id, (int)at, (const char *)rule->plain.data,
             at < rule->plain.bytes ? "…" : "");
}

static void
put_rule(const struct bench_rule *rule)
{
    char name[RULE_NAME_BYTES];

    name_rule(rule, name);
    put_left(name, RULE_COLUMNS);
}

static void
print_parts(const struct bench *bench)
{
    static const struct words parts[BENCH_PART_COUNT] = {
        [BENCH_PART_PATTERNS] = {"all patterns", "パターン全体"},
        [BENCH_PART_TERMS] = {"all terms", "語句全体"},
        [BENCH_PART_NAMES] = {"the tagger of names", "名前の判定"},
    };

    for (unsigned p = 0; p < BENCH_PART_COUNT; p++) {
        put_left(words_for(bench->call, parts[p].en, parts[p].ja), RULE_COLUMNS);
        for (size_t i = 0; i < bench->count; i++) {
            const struct bench_part_cost *part = &bench->entries[i].cost.parts[p];

            if (part->all_ns > part->noise_ns)
                put_cell("%.0f ± %.0f", part->all_ns, part->noise_ns);
            else
                put_cell("< %.0f", part->noise_ns + (part->all_ns > 0 ? part->all_ns : 0));
        }
        putchar('\n');
        if (p == BENCH_PART_NAMES)
            return;
        put_left(words_for(bench->call, "  of it explained by rules", "  うち規則ごとに説明できる分"), RULE_COLUMNS);
        for (size_t i = 0; i < bench->count; i++)
            put_cell("%.0f", bench->entries[i].cost.parts[p].explained_ns);
        putchar('\n');
    }
}

/* A group that time was too short for: told once, by its size. */
static void
print_remainder(const struct bench *bench)
{
    for (size_t i = 0; i < bench->count; i++) {
        const struct bench_cost *cost = &bench->entries[i].cost;
        unsigned below = cost->parts[0].below + cost->parts[1].below,
                 grouped = cost->parts[0].grouped + cost->parts[1].grouped;

        printf(words_for(bench->call, "%s: %u rules below the noise; %u timings of %zu messages each\n",
                         "%s: 雑音以下の規則 %u、計測 %u回(1回 %zu件)\n"),
               bench_sides[i], below, cost->timings, cost->sample.count);
        if (grouped > 0)
            printf(words_for(bench->call,
                             "%s: %u rules only measured in groups (--timings has more; \"x / n\": n rules together)\n",
                             "%s: 組でしか測れていない規則 %u(--timings を増やす。「x / n」はn個の規則の合計)\n"),
                   bench_sides[i], grouped);
        if (cost->term_hit_ns > 0)
            printf(
                words_for(bench->call, "%s: terms cost %.0f ns per hit\n", "%s: 語句が1回当たるごとの費用 %.0f ns\n"),
                bench_sides[i], cost->term_hit_ns);
    }
}

static void
print_costs(const struct bench *bench, uint32_t *order)
{
    const struct bench_entry *a = &bench->entries[0];
    size_t count = bench_costly_rules(a, order);

    if (bench->timings == 0)
        return;
    put_title(bench, "Cost per message, ns: what leaving it out saves", "1件あたりの費用 ns(外すと減る分)");
    print_parts(bench);
    for (size_t i = 0; i < count && i < bench->top; i++) {
        const struct bench_rule *rule = &bench_rules_items(&a->observation.rules)[order[i]];

        put_rule(rule);
        put_cost(rule);
        if (bench->count == 2)
            put_cost(rule_in(&bench->entries[1], rule->id));
        putchar('\n');
    }
    for (size_t i = 0, shown = 0, more = bench->count == 2 ? bench_costly_rules(&bench->entries[1], order) : 0;
         i < more && shown < bench->top; i++) {
        const struct bench_rule *rule = &bench_rules_items(&bench->entries[1].observation.rules)[order[i]],
                                *other = rule_in(a, rule->id);

        if (other != NULL && other->cost_state == BENCH_COST_MEASURED)
            continue; /* told above */
        put_rule(rule);
        put_cost(other);
        put_cost(rule);
        putchar('\n');
        shown++;
    }
    print_remainder(bench);
}

/* --- rules -------------------------------------------------------------------------------------------------------- */

static int
hit_order(const void *a, const void *b, void *context)
{
    const struct bench_rule *items = context, *x = &items[*(const uint32_t *)a], *y = &items[*(const uint32_t *)b];

    if (x->hits != y->hits)
        return x->hits > y->hits ? -1 : 1;
    return strcmp(x->id, y->id);
}

static void
print_drops(const struct bench *bench, const struct bench_rule *rule)
{
    static const struct words words[BENCH_DROP_COUNT] = {
        [BENCH_DROP_EXCEPTION] = {"exception", "例外"},
        [BENCH_DROP_EXCLUSION] = {"another number", "別の番号"},
        [BENCH_DROP_CONTEXT] = {"context", "文脈"},
        [BENCH_DROP_WORD] = {"inside a word", "語の一部"},
        [BENCH_DROP_OVERLAP] = {"overlap lost", "重なりで負け"},
        [BENCH_DROP_FLOOR] = {"below the floor", "下限未満"},
        [BENCH_DROP_OTHER] = {"other", "その他"},
    };

    for (unsigned i = 0; i < BENCH_DROP_COUNT; i++)
        if (rule->drops[i] > 0)
            printf(" %s %" PRIu64, words_for(bench->call, words[i].en, words[i].ja), rule->drops[i]);
    if (rule->over_budget > 0)
        printf(words_for(bench->call, " OVER BUDGET %" PRIu64, " 時間切れ %" PRIu64), rule->over_budget);
}

static void
print_rules(const struct bench *bench, const struct bench_entry *entry, const char *side, uint32_t *order)
{
    const struct bench_rule *items = bench_rules_items(&entry->observation.rules);
    size_t count = bench_rules_count(&entry->observation.rules);

    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, count, sizeof *order, hit_order, (void *)items);
    printf(words_for(bench->call,
                     "\n%s: what rules did       (tried, hits, confirmed, decided; dropped because of …)\n",
                     "\n%s: 規則の働き            (候補、当たり、確認、判断に使用。落ちた理由)\n"),
           side);
    for (size_t i = 0; i < count && i < bench->top && items[order[i]].hits > 0; i++) {
        const struct bench_rule *rule = &items[order[i]];

        put_rule(rule);
        printf(" %8" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64, rule->tried, rule->hits, rule->confirmed,
               rule->decided);
        print_drops(bench, rule);
        putchar('\n');
    }
}

/* The city's own first: they are what the author of its rules can change. */
static void
print_named(const struct bench *bench, const struct bench_entry *entry, const char *side, struct words title,
            bool (*is_one)(const struct bench_rule *rule))
{
    static const enum bench_rule_kind kinds[] = {BENCH_CITY_TERM, BENCH_PATTERN, BENCH_COMMON_TERM};
    const struct bench_rule *items = bench_rules_items(&entry->observation.rules);
    size_t count = 0;

    for (size_t i = 0; i < bench_rules_count(&entry->observation.rules); i++)
        count += is_one(&items[i]);
    printf("\n%s: %s: %zu\n", side, words_for(bench->call, title.en, title.ja), count);
    for (size_t k = 0, shown = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < bench_rules_count(&entry->observation.rules) && shown < bench->top; i++) {
            char name[RULE_NAME_BYTES];

            if (items[i].kind != kinds[k] || !is_one(&items[i]))
                continue;
            name_rule(&items[i], name);
            printf("  %s\n", name);
            shown++;
        }
}

/* --- quality ------------------------------------------------------------------------------------------------------ */

static void
put_score(const struct bench *bench, const char *name, size_t at)
{
    bool is_there = false;

    for (size_t i = 0; i < bench->count; i++) {
        const struct bench_score *score = (const void *)((const char *)&bench->entries[i].observation.quality + at);

        is_there |= score->wanted + score->wrong > 0;
    }
    if (!is_there)
        return;
    put_left(name, NAME_COLUMNS);
    for (size_t i = 0; i < bench->count; i++) {
        const struct bench_score *score = (const void *)((const char *)&bench->entries[i].observation.quality + at);

        put_cell("%.3f %.3f %.3f", bench_precision(score), bench_recall(score), bench_f1(score));
    }
    putchar('\n');
}

static void
print_quality(const struct bench *bench)
{
    if (bench->corpus.labelled == 0)
        return;
    put_title(bench, "Quality on labelled texts: precision, recall, F1", "正解付きの文での 適合率・再現率・F1");
    put_score(bench, words_for(bench->call, "blocked", "遮断"), offsetof(struct bench_quality, block));
    for (unsigned i = 0; i < INFO_COUNT; i++)
        put_score(bench, info_type_word(i), offsetof(struct bench_quality, info) + i * sizeof(struct bench_score));
    for (unsigned i = 0; i < CATEGORY_COUNT; i++)
        put_score(bench, category_word(i), offsetof(struct bench_quality, category) + i * sizeof(struct bench_score));
    if (bench->entries[0].observation.quality.traps == 0)
        return;
    put_left(words_for(bench->call, "numbers of nobody that were hit", "誰のものでもない番号に当たった数"),
             NAME_COLUMNS);
    for (size_t i = 0; i < bench->count; i++)
        put_cell("%" PRIu64 " / %" PRIu64, bench->entries[i].observation.quality.traps_hit,
                 bench->entries[i].observation.quality.traps);
    putchar('\n');
}

static void
print_differences(const struct bench *bench)
{
    size_t count = 0, shown = 0;

    if (bench->count < 2)
        return;
    for (size_t i = 0; i < bench->corpus.count; i++)
        count += bench_differs(bench, i);
    printf(words_for(bench->call, "\nDecided otherwise: %zu of %zu texts\n", "\n判断が違う文: %zu件(全%zu件)\n"), count,
           bench->corpus.count);
    for (size_t i = 0; i < bench->corpus.count && shown < bench->top; i++) {
        const struct bench_decision *decisions[] = {&bench->entries[0].observation.decisions[i],
                                                    &bench->entries[1].observation.decisions[i]};

        if (!bench_differs(bench, i))
            continue;
        fputs("  ", stdout);
        print_safely(stdout, bench->corpus.items[i].id, 40);
        for (size_t side = 0; side < 2; side++)
            printf("%s%s", side == 0 ? " " : " → ", print_action(bench->call, decisions[side]->action));
        puts(decisions[0]->action == decisions[1]->action ? words_for(bench->call, " (other findings)", "(検出が違う)")
                                                          : "");
        shown++;
    }
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static size_t
most_rules(const struct bench *bench)
{
    size_t most = 0;

    for (size_t i = 0; i < bench->count; i++)
        if (bench_rules_count(&bench->entries[i].observation.rules) > most)
            most = bench_rules_count(&bench->entries[i].observation.rules);
    return most;
}

void
bench_print(const struct bench *bench)
{
    uint32_t *order = calloc(most_rules(bench) + 1, sizeof *order);

    if (order == NULL) {
        session_complain(bench->call, STATUS_NO_MEMORY);
        return;
    }
    printf(words_for(bench->call, "%zu texts of %" PRIu64 " records (%" PRIu64 " refused), %zu labelled; %u rounds\n\n",
                     "文 %zu件、記録 %" PRIu64 "件(読めないもの %" PRIu64 "件)、正解付き %zu件。%u回ずつ計測\n\n"),
           bench->corpus.count, bench->corpus.records, bench->corpus.refused, bench->corpus.labelled, bench->rounds);
    print_figures(bench);
    if (bench->count == 2)
        print_comparison(bench);
    print_stages(bench);
    print_costs(bench, order);
    for (size_t i = 0; i < bench->count; i++) {
        const struct bench_entry *entry = &bench->entries[i];

        print_rules(bench, entry, bench_sides[i], order);
        print_named(bench, entry, bench_sides[i], (struct words){"never fired", "一度も当たらない規則"},
                    bench_rule_is_silent);
        print_named(bench, entry, bench_sides[i],
                    (struct words){"every hit lies under another rule's that decides the same",
                                   "当たりがすべて、同じ判断をするほかの規則の陰にある規則"},
                    bench_rule_is_shadowed);
        printf(words_for(bench->call, "  left out together, they change what is decided about %" PRIu64 " texts\n",
                         "  まとめて外すと判断が変わる文: %" PRIu64 "件\n"),
               entry->unshadowed);
    }
    print_quality(bench);
    print_differences(bench);
    free(order);
}
