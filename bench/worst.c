/* bench/worst.c - what the dearest message costs: 64 KiB of one hostile thing after another.
 *
 *     worst DICTIONARIES CITY
 *
 * One JSON line per content: CPU ms of the cheapest of five runs. A content that is refused (the arena is full) is
 * reported with its status: refusing counts too.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "scan/scanner.h"

#define CONTENT_BYTES SCANNER_DEFAULT_MAX_TEXT_BYTES
#define RUNS 5

struct content {
    const char *name;
    const char *unit; /* repeated; NULL: pseudo-random bytes */
    const char *end;  /* stands once behind them, when not NULL */
};

static const struct content CONTENTS[] = {
    {"one letter", "a"},
    {"one kana", "あ"},
    {"long-vowel marks", "ー"},
    {"spaces", " "},
    {"line breaks", "\n"},
    {"digits", "0"},
    {"digits and hyphens", "1-"},
    {"kanji digits", "一二三〇"},
    {"at signs", "a@"},
    {"telephone numbers", "090-0000-0000 "},
    {"mail addresses", "a@example.jp "},
    {"web addresses", "https://example.jp/a "},
    {"postal codes", "〒000-0000"},
    {"addresses", "柏市柏1-2-3"},
    {"prefectures", "東京都千葉県"},
    {"dates of birth", "昭和60年1月1日生まれ"},
    {"labels", "電話番号"},
    {"names with honorifics", "山田さん鈴木様"},
    {"surnames", "佐藤鈴木高橋田中"},
    {"a prohibited word", "死ね"},
    {"the same, spaced", "死 ね "},
    {"the same, with invisible characters", "死\u200bね\u200b"},
    {"a word inside its exceptions", "お手伝いしねがいします"},
    {"half-width voiced kana", "ｶﾞ"},
    {"separate voiced marks", "か\u3099"},
    {"quotation marks for voiced ones", "か\""},
    {"gal-moji", "ωか<"},
    {"stacked combining marks", "\u0301"},
    {"squared words", "㌔㍿㍻"},
    {"ligatures that grow eighteen-fold", "ﷺ"},
    {"emoji families", "👨‍👩‍👧"},
    {"variation selectors", "辻\U000E0100"},
    {"zero-width joiners", "\u200d"},
    {"doubts about one link", "詐欺", " https://bit.ly/abc"},
    {"random 7-bit bytes, NUL among them", NULL},
};

static size_t
fill(const struct content *content, uint8_t *out)
{
    if (!content->unit) {
        uint32_t state = 1;
        for (size_t i = 0; i < CONTENT_BYTES; i++) {
            state = state * 1664525u + 1013904223u;
            out[i] = (uint8_t)(state >> 25);
        }
        return CONTENT_BYTES;
    }
    size_t unit_bytes = strlen(content->unit), end_bytes = content->end ? strlen(content->end) : 0, bytes = 0;
    for (; bytes + unit_bytes + end_bytes <= CONTENT_BYTES; bytes += unit_bytes)
        memcpy(out + bytes, content->unit, unit_bytes);
    if (content->end)
        memcpy(out + bytes, content->end, end_bytes);
    return bytes + end_bytes;
}

static void
measure(struct scanner *scanner, const struct ruleset *ruleset, const struct content *content, uint8_t *text)
{
    struct message message = {.text = {text, fill(content, text)}};
    uint64_t best_ns = UINT64_MAX;
    enum status status = STATUS_OK;
    for (int run = 0; run < RUNS; run++) {
        const struct verdict *verdict;
        uint64_t started = cpu_ns();
        status = scanner_run(scanner, ruleset, &message, &verdict);
        uint64_t took = cpu_ns() - started;
        best_ns = took < best_ns ? took : best_ns;
    }
    printf("{\"name\":\"%s\",\"bytes\":%zu,\"ms\":%.3f,\"status\":\"%s\"}\n", content->name, message.text.bytes,
           (double)best_ns / 1e6, status_word(status));
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        bench_fail("usage: worst DICTIONARIES CITY");
    struct load *load = bench_load(argv[1]);
    const struct ruleset *ruleset = bench_city(load, argv[2]);
    struct scanner *scanner;
    uint8_t *text = malloc(CONTENT_BYTES);
    if (!text || scanner_create(ruleset->common, CONTENT_BYTES, &scanner) != STATUS_OK)
        bench_fail("no scanner for %s", argv[2]);
    for (size_t i = 0; i < sizeof CONTENTS / sizeof *CONTENTS; i++)
        measure(scanner, ruleset, &CONTENTS[i], text);
    scanner_destroy(&scanner);
    load_destroy(&load);
    free(text);
    return 0;
}
