#include "cmd/filterctl_whatif.h"

#include <inttypes.h>
#include <string.h>

#include "cmd/filterctl_scan.h"
#include "tune/rows.h"
#include "tune/whatif.h"
#include "wire/json.h"

#define SHOWN_GROUPS 20 /* of a kind, to people */

static const struct {
    const char *id;
    struct words words;
} kinds[WHATIF_KIND_COUNT] = {
    [WHATIF_BLOCKED] = {"blocked", {"newly blocked", "新しく遮断される"}},
    [WHATIF_ALLOWED] = {"unblocked", {"no longer blocked", "遮断されなくなる"}},
    [WHATIF_REDACTED] = {"redacted", {"newly redacted", "新しく伏せ字になる"}},
    [WHATIF_KEPT] = {"unredacted", {"no longer redacted", "伏せ字でなくなる"}},
    [WHATIF_REPLACED] = {"changed", {"redacted otherwise", "伏せ字が変わる"}},
};

struct trial {
    const struct call *call;
    struct counts counts;
    struct whatif whatif;
    struct scan scan;
    struct rows before_rows, after_rows;
    const struct city *before, *after;
};

/* --- running ------------------------------------------------------------------------------------------------------ */

static enum status
take_groups(void *context, struct slice lines)
{
    struct trial *trial = context;

    return counts_add(&trial->counts, lines);
}

static bool
run_archive(struct trial *trial, const struct common *common)
{
    struct ruleset *versions[] = {trial->before->ruleset, trial->after->ruleset};
    struct cities cities = {.common = common, .rulesets = versions, .count = 2};
    struct archive_options *options = &trial->scan.options;

    options->cities = &cities;
    options->work = whatif_work;
    options->handler.output = OUTPUT_FINDINGS;
    options->handler.reading.ruleset = trial->before->ruleset;
    options->take = take_groups;
    options->take_context = trial;
    options->max_text_bytes = SCANNER_DEFAULT_MAX_TEXT_BYTES;
    return scan_run(&trial->scan);
}

/* --- showing ------------------------------------------------------------------------------------------------------ */

/* terms.csv:12 「バイト」, for a row of the city; else the cause as it is. */
static void
put_cause(const struct trial *trial, const struct count *group)
{
    const struct row *row = rows_find(&trial->after_rows, group->key);
    const char *file = "terms.csv";

    if (row == NULL) {
        row = rows_find(&trial->before_rows, group->key);
        file = words_for(trial->call, "old terms.csv", "前の terms.csv");
    }
    if (row == NULL) {
        print_safely(stdout, slice_of(group->key), 0);
        return;
    }
    printf("%s:%u 「", file, row->line);
    print_safely(stdout, row->term->plain, 30);
    fputs("」", stdout);
}

static void
show_group(const struct trial *trial, const struct count *group)
{
    fputs("  ", stdout);
    put_cause(trial, group);
    printf(words_for(trial->call, ": %" PRIu64 "\n", ": %" PRIu64 "件\n"), group->count);
    for (unsigned i = 0; i < COUNT_SAMPLES && group->samples[i].bytes > 0; i++) {
        fputs("      ", stdout);
        print_safely(stdout, group->samples[i], 0);
        putchar('\n');
    }
}

static void
show(const struct trial *trial)
{
    const struct whatif *whatif = &trial->whatif;
    const struct count *groups = whatif->groups;
    size_t at = 0;

    for (unsigned kind = 0; kind < WHATIF_KIND_COUNT; kind++) {
        unsigned shown = 0;

        if (whatif->changed[kind] > 0)
            printf(words_for(trial->call, "%s: %" PRIu64 "\n", "%s: %" PRIu64 "件\n"),
                   words_for(trial->call, kinds[kind].words.en, kinds[kind].words.ja), whatif->changed[kind]);
        for (; at < whatif->group_count && groups[at].kind == kind; at++)
            if (shown++ < SHOWN_GROUPS)
                show_group(trial, &groups[at]);
        if (shown > SHOWN_GROUPS)
            printf(words_for(trial->call, "  and %u more rows (-j shows all)\n", "  ほか%u行(-j ですべて)\n"),
                   shown - SHOWN_GROUPS);
    }
    printf(words_for(trial->call, "%" PRIu64 " texts, %" PRIu64 " records refused\n",
                     "文 %" PRIu64 "件、読めない記録 %" PRIu64 "件\n"),
           whatif->texts, trial->scan.result.tally.refused);
}

static void
show_json(const struct trial *trial)
{
    const struct count *groups = trial->whatif.groups;
    struct buffer line;

    for (size_t i = 0; i < trial->whatif.group_count; i++) {
        const struct row *row = rows_find(&trial->after_rows, groups[i].key);

        buffer_init(&line);
        buffer_appendf(&line, "{\"change\":\"%s\",\"cause\":", kinds[groups[i].kind].id);
        json_string(&line, slice_of(groups[i].key));
        buffer_appendf(&line, ",\"line\":%u,\"count\":%" PRIu64 ",\"samples\":[", row == NULL ? 0 : row->line,
                       groups[i].count);
        for (unsigned s = 0; s < COUNT_SAMPLES && groups[i].samples[s].bytes > 0; s++) {
            buffer_append_text(&line, s == 0 ? "" : ",");
            json_string(&line, groups[i].samples[s]);
        }
        buffer_append_text(&line, "]}");
        print_json_line(&line);
    }
    buffer_init(&line);
    buffer_appendf(&line, "{\"texts\":%" PRIu64 ",\"refused\":%" PRIu64, trial->whatif.texts,
                   trial->scan.result.tally.refused);
    for (unsigned kind = 0; kind < WHATIF_KIND_COUNT; kind++)
        buffer_appendf(&line, ",\"%s\":%" PRIu64, kinds[kind].id, trial->whatif.changed[kind]);
    buffer_append_byte(&line, '}');
    print_json_line(&line);
}

static int
finish(struct trial *trial)
{
    whatif_sum(&trial->counts, &trial->whatif);
    if (trial->call->counts[OPTION_JSON] > 0)
        show_json(trial);
    else
        show(trial);
    return trial->whatif.group_count > 0 ? EXIT_FOUND : trial->scan.result.tally.refused > 0 ? EXIT_REFUSED : EXIT_GOOD;
}

/* --- the verb ----------------------------------------------------------------------------------------------------- */

static bool
read_settings(struct trial *trial)
{
    const struct call *call = trial->call;
    struct session settings = {.ruleset = trial->before->ruleset};
    struct reading *reading = &trial->scan.options.handler.reading;

    if (!scan_read_options(call, &trial->scan) || !session_read_message(call, &settings))
        return false;
    reading->surface = settings.message.surface;
    reading->direction = settings.message.direction;
    reading->purpose = settings.message.purpose;
    return true;
}

int
whatif_show(const struct call *call, struct load *load, const struct city *before, const struct city *after)
{
    static struct trial trial;
    const struct common *common = load_cities(load)->common;
    struct fault fault = {0};
    enum status status;
    int code = EXIT_TROUBLE;

    trial = (struct trial){.call = call, .before = before, .after = after};
    inputs_init(&trial.scan.inputs);
    status = counts_begin(&trial.counts, WHATIF_COUNT_KINDS);
    if (status == STATUS_OK)
        status = rows_read(common, &before->files, NULL, NULL, &trial.before_rows, &fault);
    if (status == STATUS_OK)
        status = rows_read(common, &after->files, NULL, NULL, &trial.after_rows, &fault);
    if (fault.reason[0] != '\0')
        complain_fault(call, &fault);
    else if (status != STATUS_OK)
        session_complain(call, status);
    else if (read_settings(&trial) && run_archive(&trial, common))
        code = finish(&trial);
    rows_fini(&trial.before_rows);
    rows_fini(&trial.after_rows);
    counts_fini(&trial.counts);
    inputs_fini(&trial.scan.inputs);
    return code;
}

static int
run_whatif(const struct call *call)
{
    struct city before = {0}, after = {0};
    struct places places;
    struct load *load;
    int code = EXIT_TROUBLE;

    if (call->values[OPTION_OLD] == NULL || call->values[OPTION_NEW] == NULL)
        return usage_error(call, words_for(call, "name both versions: --old CITY --new FOLDER",
                                           "両方の版を書いてください: --old 市 --new フォルダ"));
    load = session_load(call, &places);
    if (load == NULL)
        return EXIT_TROUBLE;
    if (city_open(call, load, &places, call->values[OPTION_OLD], &before) &&
        city_open(call, load, &places, call->values[OPTION_NEW], &after))
        code = whatif_show(call, load, &before, &after);
    city_close(&before);
    city_close(&after);
    load_destroy(&load);
    return code;
}

const struct verb verb_whatif = {
    .name = "whatif",
    .operands = "[FILE...|-]",
    .max_operands = 1 << 20,
    .options = {OPTION_OLD, OPTION_NEW, OPTION_ARCHIVE, OPTION_DIRECTION, OPTION_SURFACE, OPTION_PURPOSE, OPTION_FORMAT,
                OPTION_FIELD, OPTION_NO_HEADER, OPTION_WORKERS, OPTION_JSON, OPTION_DICTIONARIES, OPTION_STORE,
                OPTION_KEYS, OPTION_COUNT},
    .summary = {"what a draft would change in real messages", "下書きで実際のメッセージの扱いがどう変わるか"},
    .description =
        {"Reads the archive once and decides about every text with both versions. Told is what would\n"
         "be blocked, redacted, let through or replaced otherwise, how often, and which row or clause\n"
         "does it, with a few samples. Samples are texts as they may be kept: personal data replaced.\n"
         "Files are read as scan reads them.",
         "アーカイブを1度読み、すべての文を両方の版で判断する。新しく遮断・伏せ字になる文、止まらなくなる文、\n"
         "伏せ字が変わる文を、件数と、その原因になった行または条項ごとに、例を添えて示す。例は個人情報を伏せた\n"
         "文。ファイルの読み方は scan と同じ。"},
    .exits = {{EXIT_GOOD, {"nothing would change", "何も変わらない"}},
              {EXIT_FOUND, {"something would", "変わるものがある"}},
              {EXIT_TROUBLE, {"could not run or not finish", "実行できない、または最後まで終わらない"}},
              {EXIT_REFUSED, {"nothing in what could be read", "読めた記録では何も変わらない"}}},
    .examples = {{"filterctl whatif --old kashiwa --new ./draft/kashiwa chat.jsonl",
                  {"Before publishing a draft:", "下書きを公開する前に:"}}},
    .run = run_whatif,
};
