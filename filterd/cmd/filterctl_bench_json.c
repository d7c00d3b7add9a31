/* filterctl bench -j: one object per line, told apart by "kind". The members are those of docs/rule-bench.md. */
#include <inttypes.h>

#include "cmd/filterctl_bench.h"
#include "wire/json.h"

static void
begin_line(struct buffer *line, const char *kind, const char *side)
{
    buffer_init(line);
    buffer_appendf(line, "{\"kind\":\"%s\"", kind);
    if (side != NULL)
        buffer_appendf(line, ",\"side\":\"%s\"", side);
}

static void
end_line(struct buffer *line)
{
    buffer_append_byte(line, '}');
    print_json_line(line);
}

static void
print_corpus(const struct bench *bench)
{
    char hex[HASH_HEX_BYTES];
    struct buffer line;

    hash_hex(&bench->entries[0].observation.fed, hex);
    begin_line(&line, "corpus", NULL);
    buffer_appendf(
        &line,
        ",\"texts\":%zu,\"records\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"labelled\":%zu,\"rounds\":%u,\"hash\":\"%s\"",
        bench->corpus.count, bench->corpus.records, bench->corpus.refused, bench->corpus.labelled, bench->rounds, hex);
    end_line(&line);
}

static void
add_reached(struct buffer *line, const struct bench *bench, const struct scanner_counts *reached)
{
    double texts = (double)bench->corpus.count;

    buffer_appendf(line,
                   ",\"reached\":{\"not_inert\":%.4f,\"literal_hit\":%.4f,\"patterns\":%.4f,\"confirmed\":%.4f,"
                   "\"tokens\":%.4f,\"names\":%.4f,\"acted\":%.4f}",
                   (double)reached->not_inert / texts, (double)reached->literal_hit / texts,
                   (double)reached->patterns / texts, (double)reached->confirmed / texts,
                   (double)reached->tokens / texts, (double)reached->names / texts, (double)reached->acted / texts);
}

static void
add_part(struct buffer *line, const char *name, const struct bench_part_cost *part)
{
    bool is_measured = part->all_ns > part->noise_ns;

    buffer_appendf(line, "\"%s\":{", name);
    if (is_measured)
        buffer_appendf(line, "\"ns\":%.1f,\"noise_ns\":%.1f", part->all_ns, part->noise_ns);
    else
        buffer_appendf(line, "\"below_ns\":%.1f", part->noise_ns + (part->all_ns > 0 ? part->all_ns : 0));
    buffer_appendf(line, ",\"control_ns\":%.1f,\"explained_ns\":%.1f,\"measured\":%u,\"below\":%u,\"grouped\":%u}",
                   part->control_ns, part->explained_ns, part->measured, part->below, part->grouped);
}

static void
print_side(const struct bench *bench, size_t at)
{
    const struct bench_entry *entry = &bench->entries[at];
    const struct bench_build *build = &entry->build;
    const struct bench_observation *observation = &entry->observation;
    struct buffer line;

    begin_line(&line, "side", bench_sides[at]);
    buffer_append_text(&line, ",\"rules\":");
    json_string(&line, slice_of(entry->operand));
    buffer_appendf(&line, ",\"policy\":\"%s\",\"ruleset\":\"%s\"", entry->city.files.id, entry->city.ruleset->hash_hex);
    buffer_appendf(&line,
                   ",\"messages_per_second\":%.0f,\"cpu_us\":%.3f,\"spread_us\":%.3f,\"p50_us\":%.3f,\"p99_us\":%.3f",
                   entry->speed.messages_per_second, entry->speed.ns / 1000, entry->speed.spread_ns / 1000,
                   entry->speed.p50_ns / 1000, entry->speed.p99_ns / 1000);
    buffer_appendf(&line,
                   ",\"common_build_ms\":%.1f,\"city_build_ms\":%.2f,\"shares_common\":%s,\"patterns_bytes\":%zu,"
                   "\"common_words_bytes\":%zu,\"city_words_bytes\":%zu,\"common_rss_delta_bytes\":%" PRId64
                   ",\"city_rss_delta_bytes\":%" PRId64,
                   build->common_ms, build->city_ms, build->shares_common ? "true" : "false", build->patterns_bytes,
                   build->common_words_bytes, build->city_words_bytes, build->common_rss_bytes, build->city_rss_bytes);
    buffer_appendf(&line,
                   ",\"judged\":%" PRIu64 ",\"unjudged\":%" PRIu64 ",\"allow\":%" PRIu64 ",\"redact\":%" PRIu64
                   ",\"block\":%" PRIu64,
                   observation->judged, observation->unjudged, observation->verdicts[ACTION_ALLOW],
                   observation->verdicts[ACTION_REDACT], observation->verdicts[ACTION_BLOCK]);
    buffer_appendf(&line, ",\"changed_without_shadowed\":%" PRIu64, entry->unshadowed);
    add_reached(&line, bench, &observation->reached);
    if (entry->cost.timings > 0) {
        buffer_appendf(&line, ",\"timings\":%u,\"sample\":%zu,\"complete\":%s,\"term_hit_ns\":%.1f,\"cost\":{",
                       entry->cost.timings, entry->cost.sample.count, entry->cost.is_complete ? "true" : "false",
                       entry->cost.term_hit_ns);
        for (unsigned part = 0; part < BENCH_PART_COUNT; part++) {
            buffer_append_text(&line, part == 0 ? "" : ",");
            add_part(&line, bench_part_ids[part], &entry->cost.parts[part]);
        }
        buffer_append_byte(&line, '}');
    }
    end_line(&line);
}

static void
add_cost(struct buffer *line, const struct bench_rule *rule)
{
    if (rule->cost_state == BENCH_COST_NONE)
        buffer_append_text(line, ",\"cost\":null");
    else if (rule->cost_state == BENCH_COST_BELOW)
        buffer_appendf(line, ",\"cost\":{\"below_ns\":%.1f}", rule->noise_ns);
    else if (rule->cost_state == BENCH_COST_GROUP)
        buffer_appendf(line, ",\"cost\":{\"group_ns\":%.1f,\"group_size\":%u}", rule->cost_ns, rule->group_size);
    else
        buffer_appendf(line, ",\"cost\":{\"ns\":%.1f,\"noise_ns\":%.1f}", rule->cost_ns, rule->noise_ns);
}

static void
print_rule(const char *side, const struct bench_rule *rule)
{
    struct buffer line;
    bool is_first = true;

    begin_line(&line, "rule", side);
    buffer_append_text(&line, ",\"rule\":");
    json_string(&line, slice_of(rule->id));
    buffer_appendf(&line, ",\"type\":\"%s\"", bench_kind_ids[rule->kind]);
    if (rule->plain.bytes > 0) {
        buffer_append_text(&line, ",\"term\":");
        json_string(&line, rule->plain);
    }
    if (rule->kind == BENCH_PATTERN)
        buffer_appendf(&line, ",\"tried\":%" PRIu64 ",\"over_budget\":%" PRIu64, rule->tried, rule->over_budget);
    buffer_appendf(&line, ",\"hits\":%" PRIu64 ",\"confirmed\":%" PRIu64 ",\"decided\":%" PRIu64 ",\"dropped\":{",
                   rule->hits, rule->confirmed, rule->decided);
    for (unsigned i = 0; i < BENCH_DROP_COUNT; i++) {
        if (rule->drops[i] == 0)
            continue;
        buffer_appendf(&line, "%s\"%s\":%" PRIu64, is_first ? "" : ",", bench_drop_ids[i], rule->drops[i]);
        is_first = false;
    }
    buffer_appendf(&line, "},\"silent\":%s,\"shadowed\":%s", bench_rule_is_silent(rule) ? "true" : "false",
                   bench_rule_is_shadowed(rule) ? "true" : "false");
    add_cost(&line, rule);
    end_line(&line);
}

static void
print_score(const char *side, const char *of, const char *name, const struct bench_score *score)
{
    struct buffer line;

    if (score->wanted + score->wrong == 0)
        return;
    begin_line(&line, "quality", side);
    buffer_appendf(&line,
                   ",\"%s\":\"%s\",\"wanted\":%" PRIu64 ",\"found\":%" PRIu64 ",\"right\":%" PRIu64
                   ",\"wrong\":%" PRIu64 ",\"precision\":%.4f,\"recall\":%.4f,\"f1\":%.4f",
                   of, name, score->wanted, score->found, score->right, score->wrong, bench_precision(score),
                   bench_recall(score), bench_f1(score));
    end_line(&line);
}

static void
print_quality(const char *side, const struct bench_quality *quality)
{
    struct buffer line;

    print_score(side, "decision", "block", &quality->block);
    for (unsigned i = 0; i < INFO_COUNT; i++)
        print_score(side, "info_type", info_type_word(i), &quality->info[i]);
    for (unsigned i = 0; i < CATEGORY_COUNT; i++)
        print_score(side, "category", category_word(i), &quality->category[i]);
    begin_line(&line, "traps", side);
    buffer_appendf(&line, ",\"traps\":%" PRIu64 ",\"hit\":%" PRIu64, quality->traps, quality->traps_hit);
    end_line(&line);
}

static void
print_comparison(const struct bench *bench)
{
    const struct bench_difference *slower = &bench->slower;
    double size = slower->share > 0 ? slower->share : -slower->share;
    struct buffer line;

    begin_line(&line, "comparison", NULL);
    if (size > slower->noise)
        buffer_appendf(&line, ",\"slower_share\":%.4f,\"noise_share\":%.4f", slower->share, slower->noise);
    else
        buffer_appendf(&line, ",\"below_share\":%.4f", size + slower->noise);
    end_line(&line);
}

static void
print_difference(const struct bench *bench, size_t text)
{
    struct buffer line;

    begin_line(&line, "differs", NULL);
    buffer_append_text(&line, ",\"id\":");
    buffer_append(&line, bench->corpus.items[text].id.data, bench->corpus.items[text].id.bytes);
    for (size_t side = 0; side < 2; side++)
        buffer_appendf(&line, ",\"%s\":\"%s\"", bench_sides[side],
                       action_word(bench->entries[side].observation.decisions[text].action));
    end_line(&line);
}

void
bench_print_json(const struct bench *bench)
{
    print_corpus(bench);
    for (size_t i = 0; i < bench->count; i++)
        print_side(bench, i);
    for (size_t i = 0; i < bench->count; i++) {
        const struct bench_rules *rules = &bench->entries[i].observation.rules;

        for (size_t r = 0; r < bench_rules_count(rules); r++)
            print_rule(bench_sides[i], &bench_rules_items(rules)[r]);
        if (bench->corpus.labelled > 0)
            print_quality(bench_sides[i], &bench->entries[i].observation.quality);
    }
    if (bench->count == 2)
        print_comparison(bench);
    for (size_t text = 0; text < bench->corpus.count; text++)
        if (bench_differs(bench, text))
            print_difference(bench, text);
}
