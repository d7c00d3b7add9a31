/* filterctl bench: what rules cost, rule by rule, and what they change. */
#include "cmd/filterctl_bench.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/filterctl_scan.h"

enum { DEFAULT_TIMINGS = 48, MAX_TIMINGS = 10000, DEFAULT_TOP = 15, MAX_TOP = 100000, MAX_ROUNDS = 1000 };
#define PASS_NS 20000000u /* of processor time for one pass when a cost is measured */

const char *const bench_sides[BENCH_MAX_SIDES] = {"A", "B"};

/* --- building ----------------------------------------------------------------------------------------------------- */

/* Resident memory now; 0 when the system does not say. */
static int64_t
resident_bytes(void)
{
    struct buffer content;
    int64_t pages = 0;

    buffer_init(&content);
    if (file_read("/proc/self/statm", 4096, &content) == STATUS_OK) {
        buffer_append_byte(&content, '\0');
        if (!content.failed)
            sscanf((const char *)content.data, "%*s %" SCNd64, &pages);
    }
    buffer_fini(&content);
    return pages * sysconf(_SC_PAGESIZE);
}

static bool
is_tree(const char *operand)
{
    static const char *const parts[] = {"common", "cities"};
    char path[PLACES_PATH_BYTES];
    struct stat what;

    for (unsigned i = 0; i < 2; i++) {
        int bytes = snprintf(path, sizeof path, "%s/%s", operand, parts[i]);

        if (bytes >= (int)sizeof path || stat(path, &what) != 0 || !S_ISDIR(what.st_mode))
            return false;
    }
    return true;
}

/* What all cities share, from `dir` (NULL = where dictionaries lie), timed. */
static bool
build_common(const struct call *call, const char *dir, struct places *places, struct load **load_out, double *ms_out,
             int64_t *rss_out)
{
    int64_t before = resident_bytes();
    struct fault fault = {0};
    enum status status = places_find(dir, places, &fault);
    uint64_t started;

    if (status == STATUS_OK)
        status = places_set_keys(places, call->values[OPTION_KEYS], &fault);
    started = bench_processor_ns();
    if (status == STATUS_OK)
        status = load_create(places, NULL, load_out, &fault);
    *ms_out = (double)(bench_processor_ns() - started) / 1e6;
    *rss_out = resident_bytes() - before;
    if (status == STATUS_OK)
        return true;
    if (fault.reason[0] != '\0')
        complain_fault(call, &fault);
    else
        session_complain(call, status);
    return false;
}

static int
double_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The city again and again: the first build has what the processor had not seen yet. */
static bool
time_city(const struct call *call, struct bench_entry *entry, const struct common *common)
{
    char keys_path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 8];
    double ms[BENCH_BUILDS];
    enum status status = STATUS_OK;

    entry->city.files.keys_path = places_keys(&entry->places, entry->city.files.id, keys_path, sizeof keys_path);
    for (unsigned i = 0; i < BENCH_BUILDS && status == STATUS_OK; i++) {
        uint64_t started = bench_processor_ns();
        struct ruleset *ruleset = NULL;

        status = ruleset_build(common, &entry->city.files, &ruleset, NULL);
        ms[i] = (double)(bench_processor_ns() - started) / 1e6;
        ruleset_destroy(&ruleset);
    }
    entry->city.files.keys_path = NULL;
    if (status != STATUS_OK) {
        complain_why(call, entry->operand, status);
        return false;
    }
    qsort(ms, BENCH_BUILDS, sizeof *ms, double_order);
    entry->build.city_ms = ms[BENCH_BUILDS / 2];
    return true;
}

static void
note_sizes(struct bench_entry *entry)
{
    const struct ruleset *ruleset = entry->city.ruleset;
    const struct common *common = ruleset->common;

    entry->build.patterns_bytes = multi_database_bytes(common->pattern_multi);
    entry->build.common_words_bytes = lexicon_bytes(common->literals.lexicon);
    entry->build.city_words_bytes = lexicon_bytes(ruleset->literals.lexicon);
}

/* The load that the operand's city is built on. */
static struct load *
load_for(struct bench *bench, struct bench_entry *entry)
{
    struct bench_build *build = &entry->build;

    if (is_tree(entry->operand)) {
        if (!build_common(bench->call, entry->operand, &entry->places, &entry->load, &build->common_ms,
                          &build->common_rss_bytes))
            return NULL;
        return entry->load;
    }
    build->shares_common = bench->load != NULL;
    if (bench->load == NULL && !build_common(bench->call, bench->call->values[OPTION_DICTIONARIES], &bench->places,
                                             &bench->load, &bench->common_ms, &bench->common_rss_bytes))
        return NULL;
    entry->places = bench->places;
    build->common_ms = bench->common_ms;
    build->common_rss_bytes = bench->common_rss_bytes;
    return bench->load;
}

static bool
open_entry(struct bench *bench, struct bench_entry *entry)
{
    const char *policy = bench->call->values[OPTION_POLICY];
    struct load *load = load_for(bench, entry);
    struct session session = {0};
    int64_t before = resident_bytes();

    if (load == NULL || !city_open(bench->call, load, &entry->places,
                                   entry->load == NULL ? entry->operand
                                   : policy != NULL    ? policy
                                                       : "default",
                                   &entry->city))
        return false;
    entry->build.city_rss_bytes = resident_bytes() - before;
    note_sizes(entry);
    session.ruleset = entry->city.ruleset;
    if (!time_city(bench->call, entry, entry->city.ruleset->common) || !session_read_message(bench->call, &session))
        return false;
    if (bench_side_init(entry->city.ruleset, session.message.purpose, &entry->side) == STATUS_OK)
        return true;
    session_complain(bench->call, STATUS_NO_MEMORY);
    return false;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool
read_number(const struct call *call, enum option_id id, unsigned least, unsigned most, unsigned fallback, bool or_none,
            unsigned *number_out)
{
    const char *text = call->values[id];
    char *end = NULL;
    unsigned long number = fallback;

    if (text != NULL) {
        errno = 0;
        number = strtoul(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
            number = (unsigned long)most + 1;
    }
    *number_out = (unsigned)number;
    if ((number >= least && number <= most) || (or_none && number == 0))
        return true;
    usage_error(call, words_for(call, "--%s: '%s' is no number from %u to %u", "--%s: '%s' は%u〜%uの数ではありません"),
                option_rows[id].name, text, least, most);
    return false;
}

static bool
read_settings(struct bench *bench)
{
    const struct call *call = bench->call;

    if (call->values[OPTION_BENCH_RULES] == NULL || call->values[OPTION_CORPUS] == NULL) {
        usage_error(call, "%s",
                    words_for(call, "name the rules and the texts: --rules CITY --corpus FILE",
                              "規則と文を書いてください: --rules 市 --corpus ファイル"));
        return false;
    }
    bench->entries[0].operand = call->values[OPTION_BENCH_RULES];
    bench->entries[1].operand = call->values[OPTION_AGAINST];
    bench->count = call->values[OPTION_AGAINST] != NULL ? 2 : 1;
    return read_number(call, OPTION_ROUNDS, BENCH_MIN_ROUNDS, MAX_ROUNDS, BENCH_MIN_ROUNDS, false, &bench->rounds) &&
           read_number(call, OPTION_TIMINGS, BENCH_MIN_TIMINGS, MAX_TIMINGS, DEFAULT_TIMINGS, true, &bench->timings) &&
           read_number(call, OPTION_TOP, 1, MAX_TOP, DEFAULT_TOP, false, &bench->top);
}

static bool
read_corpus(struct bench *bench)
{
    static struct scan scan;
    struct call call = *bench->call;
    struct reading *reading = &scan.options.handler.reading;
    struct bench_reading how = {.reading = reading, .inputs = &scan.inputs};
    struct session words = {.ruleset = bench->entries[0].city.ruleset};
    struct fault fault = {0};
    enum status status = STATUS_OK;
    bool is_read;

    call.values[OPTION_ARCHIVE] = bench->call->values[OPTION_CORPUS];
    inputs_init(&scan.inputs);
    is_read = scan_read_options(&call, &scan) && session_read_message(&call, &words);
    if (is_read) {
        reading->surface = words.message.surface;
        reading->direction = words.message.direction;
        how.format = scan.options.format;
        how.separator = scan.options.separator;
        how.no_header = scan.options.no_header;
        status = bench_corpus_read(&how, &bench->corpus, &fault);
    }
    inputs_fini(&scan.inputs);
    if (status != STATUS_OK && fault.reason[0] != '\0')
        complain_fault(bench->call, &fault);
    else if (status != STATUS_OK)
        session_complain(bench->call, status);
    else if (is_read && bench->corpus.count == 0)
        complain(bench->call, words_for(bench->call, "%s: no text in it", "%s: 文がありません"),
                 call.values[OPTION_CORPUS]);
    return is_read && status == STATUS_OK && bench->corpus.count > 0;
}

/* --- measuring ---------------------------------------------------------------------------------------------------- */

bool
bench_differs(const struct bench *bench, size_t text)
{
    return bench->count == 2 && !bench_decided_alike(&bench->entries[0].observation.decisions[text],
                                                     &bench->entries[1].observation.decisions[text]);
}

/* The id of the first text on which only one of the two has a verdict. */
static struct slice
first_unequal(const struct bench *bench)
{
    for (size_t i = 0; i < bench->corpus.count; i++)
        if (bench->entries[0].observation.decisions[i].is_judged !=
            bench->entries[1].observation.decisions[i].is_judged)
            return bench->corpus.items[i].id;
    return (struct slice){0};
}

/* Two figures over different texts are no comparison. */
static bool
saw_the_same(const struct bench *bench)
{
    const struct bench_observation *a = &bench->entries[0].observation, *b = &bench->entries[1].observation;
    struct slice id;

    if (bench->count < 2 || memcmp(&a->fed, &b->fed, sizeof a->fed) == 0)
        return true;
    id = first_unequal(bench);
    complain(bench->call,
             words_for(bench->call,
                       "nothing is compared: A and B saw different texts (of %zu, A has no verdict on %" PRIu64
                       ", B on %" PRIu64 "; the first: %.*s)",
                       "比べられません。AとBが見た文が違います(%zu件のうち判定できないもの A %" PRIu64 "件、B %" PRIu64
                       "件。最初のもの: %.*s)"),
             bench->corpus.count, a->unjudged, b->unjudged, (int)id.bytes, (const char *)id.data);
    return false;
}

static void
show_progress(void *context, unsigned spent, unsigned at_most)
{
    const struct bench *bench = context;

    fprintf(stderr,
            words_for(bench->call, "\rfilterctl bench: timing %u of at most %u ", "\rfilterctl bench: 計測 %u/最大%u "),
            spent, at_most);
}

static enum status
measure_costs(struct bench *bench)
{
    bool is_shown = isatty(STDERR_FILENO);
    struct bench_cost_options options = {.rounds = bench->rounds,
                                         .timings = bench->timings,
                                         .pass_ns = PASS_NS,
                                         .progress = is_shown ? show_progress : NULL,
                                         .context = bench};
    enum status status = STATUS_OK;

    for (size_t i = 0; i < bench->count && status == STATUS_OK; i++) {
        options.message_ns = bench->entries[i].speed.ns;
        status = bench_cost_measure(&bench->entries[i].side, &bench->corpus, &options,
                                    &bench->entries[i].observation.rules, &bench->entries[i].cost);
    }
    if (is_shown)
        fputs("\r\033[K", stderr);
    return status;
}

/* Both in turn, as a rule and its absence are: finer than two medians beside each other. */
static enum status
compare_speeds(struct bench *bench)
{
    const struct bench_side *a = &bench->entries[0].side, *b = &bench->entries[1].side;
    const struct bench_sample sample = bench_sample_for(&bench->corpus, a, PASS_NS);
    enum status status = bench_difference_measure(a, b, &sample, bench->rounds, &bench->slower);

    bench->slower.share = -bench->slower.share;
    return status;
}

static void
hash_corpus(const struct bench *bench, struct hash *hash_out)
{
    struct hasher hasher;

    hasher_init(&hasher);
    for (size_t i = 0; i < bench->corpus.count; i++)
        bench_text_hash(&hasher, &bench->corpus.items[i]);
    hasher_finish(&hasher, hash_out);
}

/* False: told the user. */
static bool
measure(struct bench *bench)
{
    const struct bench_side *sides[BENCH_MAX_SIDES] = {&bench->entries[0].side, &bench->entries[1].side};
    struct bench_speed speeds[BENCH_MAX_SIDES];
    struct hash before, after;
    enum status status = STATUS_OK;

    hash_corpus(bench, &before);
    for (size_t i = 0; i < bench->count && status == STATUS_OK; i++)
        status = bench_observe(sides[i], &bench->corpus, &bench->entries[i].observation);
    if (status == STATUS_OK && !saw_the_same(bench))
        return false;
    for (size_t i = 0; i < bench->count && status == STATUS_OK; i++)
        status = bench_count_changes(sides[i], &bench->corpus, &bench->entries[i].observation, bench_rule_is_shadowed,
                                     &bench->entries[i].unshadowed);
    if (status == STATUS_OK)
        status = bench_speed_measure(sides, bench->count, &bench->corpus, bench->rounds, speeds);
    for (size_t i = 0; i < bench->count && status == STATUS_OK; i++)
        bench->entries[i].speed = speeds[i];
    if (status == STATUS_OK && bench->count == 2)
        status = compare_speeds(bench);
    if (status == STATUS_OK)
        status = measure_costs(bench);
    hash_corpus(bench, &after);
    if (status == STATUS_OK && memcmp(&before, &after, sizeof before) != 0)
        status = STATUS_INTERNAL;
    if (status != STATUS_OK)
        session_complain(bench->call, status);
    return status == STATUS_OK;
}

static int
cost_order(const void *a, const void *b, void *context)
{
    const struct bench_rule *items = context, *x = &items[*(const uint32_t *)a], *y = &items[*(const uint32_t *)b];

    if (x->cost_ns != y->cost_ns)
        return x->cost_ns > y->cost_ns ? -1 : 1;
    return strcmp(x->id, y->id);
}

size_t
bench_costly_rules(const struct bench_entry *entry, uint32_t *order)
{
    const struct bench_rule *items = bench_rules_items(&entry->observation.rules);
    size_t count = 0;

    for (size_t i = 0; i < bench_rules_count(&entry->observation.rules); i++)
        if (items[i].cost_state == BENCH_COST_MEASURED)
            order[count++] = (uint32_t)i;
    qsort_r(order, count, sizeof *order, cost_order, (void *)items);
    return count;
}

/* --- the verb ----------------------------------------------------------------------------------------------------- */

static bool
run(struct bench *bench)
{
    const char *chart = bench->call->values[OPTION_CHART];

    if (!read_settings(bench))
        return false;
    for (size_t i = 0; i < bench->count; i++)
        if (!open_entry(bench, &bench->entries[i]))
            return false;
    if (!read_corpus(bench) || !measure(bench))
        return false;
    if (chart != NULL && !bench_draw(bench, chart))
        return false;
    if (bench->call->counts[OPTION_JSON] > 0)
        bench_print_json(bench);
    else
        bench_print(bench);
    return true;
}

static int
run_bench(const struct call *call)
{
    static struct bench bench;
    bool is_good;

    bench = (struct bench){.call = call};
    is_good = run(&bench);
    for (size_t i = 0; i < bench.count; i++) {
        bench_observation_fini(&bench.entries[i].observation);
        bench_side_fini(&bench.entries[i].side);
        city_close(&bench.entries[i].city);
        load_destroy(&bench.entries[i].load);
    }
    bench_corpus_fini(&bench.corpus);
    load_destroy(&bench.load);
    return is_good ? EXIT_GOOD : EXIT_TROUBLE;
}

const struct verb verb_bench = {
    .name = "bench",
    .operands = "[FILE...]",
    .max_operands = 1 << 20,
    .options = {OPTION_BENCH_RULES, OPTION_AGAINST, OPTION_CORPUS, OPTION_POLICY, OPTION_ROUNDS, OPTION_TIMINGS,
                OPTION_TOP, OPTION_CHART, OPTION_DIRECTION, OPTION_SURFACE, OPTION_PURPOSE, OPTION_FORMAT, OPTION_FIELD,
                OPTION_ID_FIELD, OPTION_NO_HEADER, OPTION_JSON, OPTION_DICTIONARIES, OPTION_KEYS, OPTION_COUNT},
    .summary = {"what rules cost, rule by rule, and what they change", "規則ごとの費用と、規則による違いを測る"},
    .description =
        {"Reads the texts once, looks at all of them with the rules of A (and, in turn, of B), and says\n"
         "how fast that is, what was built for it, what each rule did, which never fires, which only\n"
         "others' hits shadow, and, where the texts are labelled (as for test --labelled, or with\n"
         "\"label\":\"block\" or \"allow\"), how well each side does and on which texts the two differ.\n"
         "\n"
         "What a rule costs is measured by leaving it out, alone or with others. A cost below the noise\n"
         "is printed as \"< x\", never as a number. Two sides that could not look at the same texts are\n"
         "not compared.",
         "文を1度だけ読み、Aの規則(とBの規則を交互に)で調べて、速さ、構築したものの大きさ、規則ごとの働き、\n"
         "一度も当たらない規則、ほかの規則の陰に隠れる規則を示す。正解付きの文(test --labelled の形、または\n"
         "\"label\":\"block\"・\"allow\")では、AとBの出来ばえと、判断が違う文の id も示す。\n"
         "\n"
         "規則の費用は、その規則を(単独または組で)外して測る。雑音より小さい費用は数字にせず「< x」と示す。\n"
         "AとBが同じ文を見られなかったときは比べない。"},
    .exits = {{EXIT_GOOD, {"measured", "測り終えた"}},
              {EXIT_TROUBLE,
               {"could not run, or the two saw different texts", "実行できない、またはAとBが見た文が違う"}}},
    .examples = {{"filterctl bench --rules kashiwa --corpus chat.jsonl",
                  {"What one city's rules cost:", "1つの市の規則の費用:"}},
                 {"filterctl bench --rules kashiwa --against ./draft/kashiwa \\\n"
                  "      --corpus labelled.jsonl --chart bench.svg",
                  {"A draft beside the version in use:", "下書きを今の版と並べて:"}}},
    .run = run_bench,
};
