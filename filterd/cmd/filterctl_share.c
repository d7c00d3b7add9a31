#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive/share.h"
#include "cmd/filterctl_scan.h"

#define MOST_K 1000

struct work {
    const struct call *call;
    struct scan scan;
    struct share share;
    struct ruleset *versions[2]; /* the city's, and the one that lets nothing stand */
    struct cities cities;
};

static const struct words risks[SHARE_RISK_COUNT] = {
    [SHARE_BLOCKED] = {"blocked by the policy", "方針により遮断"},
    [SHARE_SPECIAL_CARE] = {"sensitive data of somebody who may be identified by the rest",
                            "個人が特定されうる記録の要配慮個人情報"},
    [SHARE_RARE] = {"a rare fact (fewer than k records have it)", "特異な記述(同じ記述がk件未満)"},
    [SHARE_UNIQUE] = {"a combination of facts that fewer than k records have", "属性の組み合わせが同じ記録がk件未満"},
    [SHARE_LINKED] = {"linked records that describe their sender together",
                      "つながりのある記録を合わせると送信者の属性が分かる"}};

/* --- two runs ----------------------------------------------------------------------------------------------------- */

static enum status
take_hashes(void *context, struct slice lines)
{
    struct work *work = context;

    return share_add(&work->share, lines);
}

static bool
count_archive(struct work *work)
{
    struct archive_options *options = &work->scan.options;
    bool is_counted;

    options->work = share_count_work;
    options->take = take_hashes;
    options->take_context = work;
    is_counted = scan_run(&work->scan);
    options->take = NULL;
    return is_counted;
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

static uint64_t
risky_of(const struct work *work)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < SHARE_RISK_COUNT; i++)
        sum += work->scan.result.tally.risks[i];
    return sum;
}

static void
tell_risks(const struct work *work)
{
    const struct call *call = work->call;

    for (size_t i = 0; i < SHARE_RISK_COUNT; i++) {
        if (work->scan.result.tally.risks[i] == 0)
            continue;
        fprintf(stderr, "  %s", words_for(call, risks[i].en, risks[i].ja));
        if (i == SHARE_RARE || i == SHARE_UNIQUE)
            fprintf(stderr, " (k = %u)", work->share.k);
        fprintf(stderr, words_for(call, ": %" PRIu64 "\n", ": %" PRIu64 "件\n"), work->scan.result.tally.risks[i]);
    }
}

static int
refuse(const struct work *work)
{
    const struct call *call = work->call;

    complain(call,
             words_for(call, "no copy was made: people may still be identified from %" PRIu64 " records",
                       "個人が特定されるおそれのある記録が%" PRIu64 "件残るため、写しを作りませんでした"),
             risky_of(work));
    tell_risks(work);
    fputs(
        words_for(call,
                  "  --drop-risky leaves these records out; fewer --keep-column, or a policy with\n"
                  "  composite: on, make fewer of them\n",
                  "  --drop-risky で、これらの記録を除いて作れます。--keep-column を減らすか、方針を composite: on に\n"
                  "  すると、こうした記録は減ります\n"),
        stderr);
    return EXIT_FOUND;
}

static int
tell(const struct work *work)
{
    const struct tally *tally = &work->scan.result.tally;

    fprintf(stderr,
            words_for(work->call, "%s: a copy without data that identifies anybody: %" PRIu64 " records",
                      "%s: 個人が特定できないよう加工した写し %" PRIu64 "件"),
            scan_output_name(work->call), tally->allowed);
    if (risky_of(work) > 0)
        fprintf(stderr, words_for(work->call, ", %" PRIu64 " left out", "、除いた記録 %" PRIu64 "件"), risky_of(work));
    if (tally->refused > 0)
        fprintf(stderr, words_for(work->call, ", %" PRIu64 " could not be read", "、読めなかった記録 %" PRIu64 "件"),
                tally->refused);
    fputc('\n', stderr);
    tell_risks(work);
    return tally->refused > 0 ? EXIT_REFUSED : EXIT_GOOD;
}

static int
write_copy(struct work *work)
{
    const struct call *call = work->call;
    enum status status = output_open(&work->scan.output, call->values[OPTION_OUTPUT]);
    int code = EXIT_TROUBLE;

    if (status != STATUS_OK)
        return scan_complain_output(call, status);
    work->scan.options.work = share_work;
    work->scan.options.handler.output = OUTPUT_SAME;
    work->scan.options.out_fd = work->scan.output.fd;
    if (scan_run(&work->scan)) {
        bool is_refused = risky_of(work) > 0 && call->counts[OPTION_DROP_RISKY] == 0;

        if (is_refused)
            code = refuse(work);
        else if ((status = output_commit(&work->scan.output)) != STATUS_OK)
            code = scan_complain_output(call, status);
        else
            code = tell(work);
    }
    output_abandon(&work->scan.output);
    return code;
}

static int
count_and_write(struct work *work)
{
    enum status status = share_begin(&work->share);
    int code = EXIT_TROUBLE;

    if (status != STATUS_OK)
        session_complain(work->call, status);
    else if (count_archive(work))
        code = write_copy(work);
    share_fini(&work->share);
    return code;
}

/* --- the verb ----------------------------------------------------------------------------------------------------- */

static bool
read_k(const struct call *call, unsigned *k)
{
    const char *text = call->values[OPTION_K];
    char *end;
    unsigned long number = text == NULL ? SHARE_DEFAULT_K : strtoul(text, &end, 10);

    *k = (unsigned)number;
    if (text == NULL || (text[0] >= '0' && text[0] <= '9' && *end == '\0' && number >= 2 && number <= MOST_K))
        return true;
    usage_error(call, words_for(call, "--k: '%s' is no number from 2 to %d", "--k: '%s' は2〜%dの数ではありません"),
                text, MOST_K);
    return false;
}

/* Kept columns are read like texts: what is personal in them becomes a label too. */
static bool
read_columns(struct work *work)
{
    const struct call *call = work->call;
    struct reading *reading = &work->scan.options.handler.reading;

    for (unsigned i = 0; i < call->counts[OPTION_KEEP_COLUMN]; i++) {
        const char *name = call->keeps[i < FILTERCTL_MAX_FIELDS ? i : 0];

        if (i >= FILTERCTL_MAX_FIELDS || fields_add(&reading->fields, name) != STATUS_OK) {
            usage_error(call, words_for(call, "--keep-column '%s': more than %d", "--keep-column '%s': %d個までです"),
                        name, FIELDS_MAX);
            return false;
        }
        work->share.keep[work->share.keep_count++] = name;
        reading->fields.is_default = false;
    }
    work->share.links = call->values[OPTION_LINK] != NULL;
    reading->id_field = (struct field){0};
    if (!work->share.links || field_init(&reading->id_field, call->values[OPTION_LINK]) == STATUS_OK)
        return true;
    usage_error(call, words_for(call, "--%s: '%s' is no field name", "--%s: '%s' はフィールド名ではありません"), "link",
                call->values[OPTION_LINK]);
    return false;
}

static bool
read_settings(struct work *work)
{
    const struct call *call = work->call;
    struct archive_options *options = &work->scan.options;
    const char *out = call->values[OPTION_OUTPUT];

    if (!scan_read_options(call, &work->scan) || !scan_read_time(call, options) || !read_k(call, &work->share.k) ||
        !read_columns(work))
        return false;
    if (options->no_header && work->share.keep_count > 0) {
        usage_error(call, "%s", words_for(call, "--keep-column needs a header", "--keep-column には見出しが要ります"));
        return false;
    }
    if (out == NULL || strcmp(out, "-") == 0 || !inputs_are_files(&work->scan.inputs)) {
        usage_error(call, "%s",
                    words_for(call,
                              "name files to read and -o OUT: they are read twice, and OUT appears when it is safe",
                              "読むファイルと -o OUT を指定してください(2度読み、安全なときだけ OUT を作ります)"));
        return false;
    }
    return true;
}

/* The city as the policy that lets nothing stand would have it. */
static bool
build_strict(struct work *work, struct load *load, const struct city *city)
{
    struct city_files files = city->files;
    struct fault fault = {0};
    enum status status;

    buffer_init(&files.policy);
    buffer_init(&files.cases);
    share_policy(city->files.id, &files.policy);
    status = files.policy.failed ? STATUS_NO_MEMORY
                                 : ruleset_build(load_cities(load)->common, &files, &work->versions[1], &fault);
    buffer_fini(&files.policy);
    if (fault.reason[0] != '\0')
        complain_fault(work->call, &fault);
    else if (status != STATUS_OK)
        session_complain(work->call, status);
    return status == STATUS_OK;
}

static int
share_city(struct work *work, struct load *load, const struct city *city)
{
    struct archive_options *options = &work->scan.options;
    struct session settings = {.ruleset = city->ruleset};
    int code = EXIT_TROUBLE;

    if (!session_read_message(work->call, &settings) || !build_strict(work, load, city))
        return EXIT_TROUBLE;
    work->versions[0] = city->ruleset;
    work->cities = (struct cities){.common = load_cities(load)->common, .rulesets = work->versions, .count = 2};
    options->cities = &work->cities;
    options->handler.share = &work->share;
    options->handler.output = OUTPUT_SAME;
    options->handler.reading.ruleset = city->ruleset;
    options->handler.reading.surface = settings.message.surface;
    options->handler.reading.direction = settings.message.direction;
    options->handler.reading.purpose = settings.message.purpose;
    options->max_text_bytes = SCANNER_DEFAULT_MAX_TEXT_BYTES;
    code = count_and_write(work);
    ruleset_destroy(&work->versions[1]);
    return code;
}

static int
run_share(const struct call *call)
{
    static struct work work;
    const char *id = call->values[OPTION_POLICY] != NULL ? call->values[OPTION_POLICY] : "default";
    struct city city = {0};
    struct places places;
    struct load *load = NULL;
    int code = EXIT_TROUBLE;

    work = (struct work){.call = call};
    inputs_init(&work.scan.inputs);
    if (read_settings(&work) && (load = session_load(call, &places)) != NULL) {
        if (city_open(call, load, &places, id, &city))
            code = share_city(&work, load, &city);
        city_close(&city);
        load_destroy(&load);
    }
    inputs_fini(&work.scan.inputs);
    return code;
}

const struct verb verb_share = {
    .name = "share",
    .operands = "FILE...",
    .max_operands = 1 << 20,
    .options = {OPTION_POLICY, OPTION_DIRECTION, OPTION_SURFACE, OPTION_PURPOSE, OPTION_FORMAT, OPTION_FIELD,
                OPTION_TIME_FIELD, OPTION_NO_HEADER, OPTION_OUTPUT, OPTION_KEEP_COLUMN, OPTION_LINK, OPTION_K,
                OPTION_DROP_RISKY, OPTION_WORKERS, OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"a copy for colleagues that identifies nobody", "職員間で共有する、個人が特定できない写しを作る"},
    .description =
        {"Writes a copy in the format of the input: texts with labels in place of personal data, times\n"
         "as months, and no other column but those of --keep-column. Ids are left out; records of one\n"
         "sender cannot be told to be so, unless --link asks for it.\n"
         "\n"
         "The files are read twice. First it is counted in how many records each combination of facts\n"
         "would stand: ages, occupations, places, family, kept columns, the month. If fewer than k\n"
         "records share one, or a record has a rare fact, sensitive data beside other facts, or the\n"
         "verdict block, no copy is made and the reasons are told; --drop-risky leaves such records\n"
         "out. More in docs/report.md.",
         "入力と同じ形式の写しを書く。文の個人情報はラベルに、日時は月に置き換え、ほかの列は --keep-column で\n"
         "残すもの以外は書かない。IDは書かず、同じ送信者の記録かどうかは(--link を付けないかぎり)分からない。\n"
         "\n"
         "ファイルは2度読む。まず、年齢、職業、場所、家族、残す列、月などの組み合わせがそれぞれ何件に現れるかを\n"
         "数える。同じ組み合わせがk件未満の記録、特異な記述や、属性と並ぶ要配慮個人情報、遮断となる記録が\n"
         "あれば、写しを作らず理由を示す。--drop-risky を付けると、その記録を除いて作る。詳しくは\n"
         "docs/report.md。"},
    .exits = {{EXIT_GOOD, {"the copy is made", "写しを作った"}},
              {EXIT_FOUND, {"people may still be identified: no copy", "個人が特定されるおそれがあり、作らない"}},
              {EXIT_TROUBLE, {"could not run or not finish", "実行できない、または最後まで終わらない"}},
              {EXIT_REFUSED, {"made, without records that cannot be read", "作ったが、読めない記録があった"}}},
    .examples = {{"filterctl share --policy meguro --field 内容 -o copy.csv in.csv",
                  {"The texts alone:", "文だけの写し:"}},
                 {"filterctl share --keep-column topic --drop-risky -o b.jsonl a.jsonl",
                  {"With a column, without records that are risky:", "列を残し、おそれのある記録を除く:"}}},
    .run = run_share,
};
