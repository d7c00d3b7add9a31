/* bench/engine.c - one pass over a corpus in process, as often and in the order that standard input asks.
 *
 *     engine DICTIONARIES CORPUS
 *
 * Words on standard input, one JSON line each on standard output:
 *     fast, thorough   every stage of the scanner, under the cities bench-fast and bench-thorough
 *     nameless         as fast, without the tagger of names: what it is less by is what names cost
 *     lexicon          one scan for all literals, on the texts as they are
 *     hyperscan        the same with a database of Hyperscan; both must find the same
 *     lattice          MeCab with its lattice interface, every token visited
 */
#include <ctype.h>
#include <mecab.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "engine/multi.h"
#include "scan/scanner.h"

#define MECAB_ARGUMENTS "-r /dev/null -d /var/lib/mecab/dic/ipadic-utf8"
#define MAX_HITS 65536

struct engine {
    struct texts texts;
    struct load *load;
    const struct common *common;
    struct multi *literals; /* of Hyperscan, made when first asked for */
    struct multi_scratch *scratch;
    struct multi_hit *hits;
    struct lexicon_hit *lexicon_hits;
    mecab_model_t *model;
    mecab_t *tagger;
    mecab_lattice_t *lattice;
};

struct side { /* a scanner of its own for each city, so that its counters are that city's */
    const char *word;
    const struct ruleset *ruleset;
    struct scanner *scanner;
};

static void
side_init(struct engine *engine, const char *word, const char *city, struct side *side_out)
{
    *side_out = (struct side){.word = word, .ruleset = bench_city(engine->load, city)};
    engine->common = side_out->ruleset->common;
    if (scanner_create(engine->common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &side_out->scanner) != STATUS_OK)
        bench_fail("no scanner for %s", city);
}

/* The same city without the tagger. */
static void
side_init_nameless(const struct side *like, struct side *side_out)
{
    struct common *common = malloc(sizeof *common);
    struct ruleset *ruleset = malloc(sizeof *ruleset);
    if (!common || !ruleset)
        bench_fail("out of memory");
    *common = *like->ruleset->common;
    common->names = NULL;
    *ruleset = *like->ruleset;
    ruleset->common = common;
    *side_out = (struct side){.word = "nameless\n", .ruleset = ruleset};
    if (scanner_create(common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &side_out->scanner) != STATUS_OK)
        bench_fail("no scanner without names");
}

static void
engine_init(struct engine *engine, const char *dictionaries, const char *corpus)
{
    texts_read(corpus, &engine->texts);
    engine->load = bench_load(dictionaries);
    engine->model = mecab_model_new2(MECAB_ARGUMENTS);
    if (!engine->model)
        bench_fail("MeCab finds no dictionary");
    engine->tagger = mecab_model_new_tagger(engine->model);
    engine->lattice = mecab_model_new_lattice(engine->model);
    engine->hits = calloc(MAX_HITS, sizeof *engine->hits);
    engine->lexicon_hits = calloc(MAX_HITS, sizeof *engine->lexicon_hits);
    if (!engine->hits || !engine->lexicon_hits || multi_scratch_create(&engine->scratch) != STATUS_OK)
        bench_fail("out of memory");
}

static void
run_side(const struct engine *engine, const struct side *side)
{
    uint64_t verdicts[ACTION_COUNT] = {0}, findings = 0;
    struct scanner_counts before = *scanner_counts(side->scanner);
    uint64_t started = wall_ns();
    for (size_t i = 0; i < engine->texts.count; i++) {
        struct message message = {.text = engine->texts.items[i]};
        const struct verdict *verdict;
        enum status status = scanner_run(side->scanner, side->ruleset, &message, &verdict);
        if (status != STATUS_OK)
            bench_fail("line %zu: %s", i + 1, status_word(status));
        verdicts[verdict->action]++;
        findings += verdict->finding_count;
    }
    uint64_t ns = wall_ns() - started;
    const struct scanner_counts *after = scanner_counts(side->scanner);
    printf("{\"ns\":%lu,\"messages\":%lu,\"hits\":%lu,\"allow\":%lu,\"redact\":%lu,\"block\":%lu,\"reached\":{"
           "\"not in normal form\":%lu,\"literal hit\":%lu,\"patterns\":%lu,\"confirmed\":%lu,\"tokens\":%lu,"
           "\"names\":%lu,\"acted on\":%lu}}\n",
           ns, after->messages - before.messages, findings, verdicts[ACTION_ALLOW], verdicts[ACTION_REDACT],
           verdicts[ACTION_BLOCK], after->not_inert - before.not_inert, after->literal_hit - before.literal_hit,
           after->patterns - before.patterns, after->confirmed - before.confirmed, after->tokens - before.tokens,
           after->names - before.names, after->acted - before.acted);
}

static void
print_plain(uint64_t ns, size_t messages, uint64_t hits)
{
    printf("{\"ns\":%lu,\"messages\":%zu,\"hits\":%lu}\n", ns, messages, hits);
}

/* The literal as a pattern that matches nothing else. */
static const char *
pattern_of(struct slice literal)
{
    char *pattern = malloc(2 * literal.bytes + 1), *at = pattern;
    if (!pattern)
        bench_fail("out of memory");
    for (size_t i = 0; i < literal.bytes; i++) {
        if (ispunct(literal.data[i]))
            *at++ = '\\';
        *at++ = (char)literal.data[i];
    }
    *at = '\0';
    return pattern;
}

static void
compile_literals(struct engine *engine)
{
    const struct literals *set = &engine->common->literals;
    const char **patterns = calloc(set->count, sizeof *patterns);
    char reason[256] = "out of memory";
    size_t bad = 0;
    for (size_t i = 0; patterns && i < set->count; i++)
        patterns[i] = pattern_of(set->items[i].skeleton);
    if (!patterns || multi_compile_patterns(patterns, set->count, &engine->literals, &bad, reason) != STATUS_OK)
        bench_fail("literal %zu: %s", bad, reason);
    for (size_t i = 0; i < set->count; i++)
        free((char *)patterns[i]);
    free(patterns);
    if (multi_scratch_grow(engine->scratch, engine->literals) != STATUS_OK)
        bench_fail("no scratch");
}

static void
run_hyperscan(struct engine *engine)
{
    if (!engine->literals)
        compile_literals(engine);
    uint64_t hits = 0, started = wall_ns();
    for (size_t i = 0; i < engine->texts.count; i++) {
        size_t count = 0;
        if (multi_scan(engine->literals, engine->scratch, engine->texts.items[i], engine->hits, MAX_HITS, &count) !=
            STATUS_OK)
            bench_fail("line %zu: the scan failed", i + 1);
        hits += count;
    }
    print_plain(wall_ns() - started, engine->texts.count, hits);
}

static void
run_lexicon(const struct engine *engine)
{
    const struct lexicon *lexicon = engine->common->literals.lexicon;
    uint64_t hits = 0, started = wall_ns();
    for (size_t i = 0; i < engine->texts.count; i++) {
        size_t count = 0;
        if (lexicon_scan(lexicon, engine->texts.items[i], engine->lexicon_hits, MAX_HITS, &count) != STATUS_OK)
            bench_fail("line %zu: the scan failed", i + 1);
        hits += count;
    }
    print_plain(wall_ns() - started, engine->texts.count, hits);
}

static void
run_lattice(const struct engine *engine)
{
    uint64_t tokens = 0, started = wall_ns();
    for (size_t i = 0; i < engine->texts.count; i++) {
        struct slice text = engine->texts.items[i];
        mecab_lattice_clear(engine->lattice);
        mecab_lattice_set_sentence2(engine->lattice, (const char *)text.data, text.bytes);
        if (!mecab_parse_lattice(engine->tagger, engine->lattice))
            bench_fail("line %zu: MeCab failed", i + 1);
        for (const mecab_node_t *node = mecab_lattice_get_bos_node(engine->lattice); node; node = node->next)
            tokens += node->stat == MECAB_NOR_NODE || node->stat == MECAB_UNK_NODE;
    }
    print_plain(wall_ns() - started, engine->texts.count, tokens);
}

static const struct side *
side_of(const struct side sides[3], const char *word)
{
    for (unsigned i = 0; i < 3; i++)
        if (strcmp(word, sides[i].word) == 0)
            return &sides[i];
    bench_fail("unknown word");
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        bench_fail("usage: engine DICTIONARIES CORPUS");
    struct engine engine = {0};
    struct side sides[3];
    engine_init(&engine, argv[1], argv[2]);
    side_init(&engine, "fast\n", "bench-fast", &sides[0]);
    side_init(&engine, "thorough\n", "bench-thorough", &sides[1]);
    side_init_nameless(&sides[0], &sides[2]);
    char word[64];
    while (fgets(word, sizeof word, stdin)) {
        if (strcmp(word, "hyperscan\n") == 0)
            run_hyperscan(&engine);
        else if (strcmp(word, "lexicon\n") == 0)
            run_lexicon(&engine);
        else if (strcmp(word, "lattice\n") == 0)
            run_lattice(&engine);
        else
            run_side(&engine, side_of(sides, word));
        fflush(stdout);
    }
    return 0;
}
