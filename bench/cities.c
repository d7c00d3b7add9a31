/* bench/cities.c - does the number of cities cost anything?
 *
 *     cities DICTIONARIES COUNT CORPUS ROUNDS
 *
 * Loads city-0000 … of a directory. Each round passes over the corpus twice: every message to one city, and each to a
 * city drawn by chance, in CPU time. One JSON line per round, a first line with the seconds that loading took.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "scan/scanner.h"

struct all {
    const struct ruleset **rulesets;
    size_t count;
    struct scanner *scanner;
    struct texts texts;
};

static void
load_all(struct all *all, struct load *load, size_t count)
{
    uint64_t started = cpu_ns();
    all->count = count;
    all->rulesets = calloc(count, sizeof(*all->rulesets));
    for (size_t i = 0; all->rulesets && i < count; i++) {
        char id[32];
        snprintf(id, sizeof id, "city-%04zu", i);
        all->rulesets[i] = bench_city(load, id);
    }
    if (!all->rulesets ||
        scanner_create(all->rulesets[0]->common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &all->scanner) != STATUS_OK)
        bench_fail("out of memory");
    printf("{\"load_s\":%.1f,\"cities\":%zu}\n", (double)(cpu_ns() - started) / 1e9, count);
}

/* `among`: how many of the cities are asked. */
static uint64_t
pass(const struct all *all, size_t among)
{
    uint32_t chance = 1;
    uint64_t started = cpu_ns();
    for (size_t i = 0; i < all->texts.count; i++) {
        chance = chance * 1664525u + 1013904223u;
        struct message message = {.text = all->texts.items[i]};
        const struct verdict *verdict;
        if (scanner_run(all->scanner, all->rulesets[(chance >> 8) % among], &message, &verdict) != STATUS_OK)
            bench_fail("line %zu failed", i + 1);
    }
    return cpu_ns() - started;
}

int
main(int argc, char **argv)
{
    struct all all = {0};
    if (argc != 5 || atoi(argv[2]) < 1)
        bench_fail("usage: cities DICTIONARIES COUNT CORPUS ROUNDS");
    texts_read(argv[3], &all.texts);
    struct load *load = bench_load(argv[1]);
    load_all(&all, load, (size_t)atoi(argv[2]));
    for (int round = 0; round < atoi(argv[4]); round++) {
        uint64_t one = pass(&all, 1), many = pass(&all, all.count);
        printf("{\"one_ns\":%lu,\"many_ns\":%lu}\n", one, many);
    }
    scanner_destroy(&all.scanner);
    load_destroy(&load);
    texts_fini(&all.texts);
    free(all.rulesets);
    return 0;
}
