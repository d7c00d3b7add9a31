#include "cmd/filterctl_report.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/filterctl_scan.h"

struct work {
    const struct call *call;
    struct scan scan;
    struct counts counts;
    struct session session;
};

/* --- words -------------------------------------------------------------------------------------------------------- */

const char *
report_number(uint64_t number, char out[CELL_TEXT_BYTES])
{
    char digits[24];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number), used = 0;

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

const char *
report_cell_text(const struct report_paper *paper, const struct cell *cell, char out[CELL_TEXT_BYTES])
{
    if (cell->state == CELL_SHOWN)
        return report_number(cell->count, out);
    if (cell->state == CELL_SMALL)
        snprintf(out, CELL_TEXT_BYTES, words_for(paper->call, "<%u", "%u未満"), paper->page->k);
    else
        snprintf(out, CELL_TEXT_BYTES, "%s", words_for(paper->call, "hidden", "非表示"));
    return out;
}

const char *
report_month_text(const struct report_paper *paper, const struct page_month *month, char out[CELL_TEXT_BYTES])
{
    int number = (month->name[5] - '0') * 10 + month->name[6] - '0';

    if (month->name[0] == '-')
        snprintf(out, CELL_TEXT_BYTES, "%s", words_for(paper->call, "unknown", "時期不明"));
    else if (paper->page->by_year)
        snprintf(out, CELL_TEXT_BYTES, words_for(paper->call, "%.4s", "%.4s年"), month->name);
    else if (paper->call->is_japanese)
        snprintf(out, CELL_TEXT_BYTES, "%.4s年%d月", month->name, number);
    else
        snprintf(out, CELL_TEXT_BYTES, "%s", month->name);
    return out;
}

const char *
report_action_text(const struct report_paper *paper, size_t column)
{
    static const struct words words[CELLS_COLUMNS] = {
        {"let through", "そのまま"}, {"redacted", "伏せ字"}, {"blocked", "遮断"}};

    return words_for(paper->call, words[column].en, words[column].ja);
}

const char *
report_label(const struct report_paper *paper, const char *id)
{
    return words_for(paper->call, id, page_label(id));
}

const char *
report_input_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static enum status
take_counts(void *context, struct slice lines)
{
    struct work *work = context;

    return counts_add(&work->counts, lines);
}

static bool
count_archive(struct work *work)
{
    struct archive_options *options = &work->scan.options;

    options->cities = load_cities(work->session.load);
    options->work = report_work;
    options->handler.output = OUTPUT_FINDINGS;
    options->take = take_counts;
    options->take_context = work;
    return scan_run(&work->scan);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static bool
complain_about(const struct call *call, const char *path, enum status status)
{
    if (status != STATUS_OK)
        complain_why(call, path, status);
    return status == STATUS_OK;
}

typedef void writer(const struct report_paper *paper, struct buffer *out);

/* `path` NULL or "-": standard output. */
static bool
write_with(const struct report_paper *paper, writer *write, const char *path)
{
    struct buffer out;
    enum status status = STATUS_OK;

    buffer_init(&out);
    write(paper, &out);
    if (out.failed)
        status = STATUS_NO_MEMORY;
    else if (path != NULL && strcmp(path, "-") != 0)
        status = file_write_output(path, 0644, buffer_slice(&out));
    else if (fwrite(out.data, 1, out.bytes, stdout) != out.bytes || fflush(stdout) != 0)
        status = STATUS_IO;
    buffer_fini(&out);
    return complain_about(paper->call, path == NULL ? "-" : path, status);
}

/* Beside it first, so that nobody opens half a workbook; nothing but a file can hold one. */
static bool
write_xlsx(const struct report_paper *paper, const char *path)
{
    char part[4096];
    struct stat about;
    enum status status = STATUS_TOO_LARGE;

    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        errno = ESPIPE;
        return complain_about(paper->call, path, STATUS_IO);
    }
    if (snprintf(part, sizeof part, "%s.part", path) < (int)sizeof part)
        status = report_write_xlsx(paper, part);
    if (status == STATUS_OK && rename(part, path) != 0)
        status = STATUS_IO;
    if (status != STATUS_OK)
        unlink(part);
    return complain_about(paper->call, path, status);
}

static bool
write_all(const struct call *call, const struct report_paper *paper)
{
    const char *html = call->values[OPTION_OUTPUT], *json = call->values[OPTION_JSON_FILE];
    const char *xlsx = call->values[OPTION_XLSX];
    bool wants_html = html != NULL || (json == NULL && xlsx == NULL);

    return (!wants_html || write_with(paper, report_write_html, html)) &&
           (json == NULL || write_with(paper, report_write_json, json)) && (xlsx == NULL || write_xlsx(paper, xlsx));
}

static void
drop_samples(struct page_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        lines->list[i].samples = NULL;
}

static int
finish(struct work *work)
{
    const struct call *call = work->call;
    static const char *const nothing[] = {"-"};
    struct report_paper paper = {.call = call,
                                 .ruleset = work->session.ruleset,
                                 .inputs = call->operand_count > 0 ? call->operands : nothing,
                                 .input_count = call->operand_count > 0 ? (size_t)call->operand_count : 1};
    struct report_page *page;
    size_t count;
    const struct count *counts = report_sort(&work->counts, &count);
    time_t now = time(NULL);
    struct tm local;
    bool is_written;

    if (report_page_create(counts, count, &work->scan.result.tally, work->session.ruleset->policy, CELLS_DEFAULT_K,
                           &page) != STATUS_OK)
        return session_complain(call, STATUS_NO_MEMORY);
    if (call->counts[OPTION_NO_SAMPLES] > 0) {
        drop_samples(&page->categories);
        drop_samples(&page->info_types);
    }
    strftime(paper.made, sizeof paper.made, "%Y-%m-%d %H:%M", localtime_r(&now, &local));
    paper.page = page;
    is_written = write_all(call, &paper);
    report_page_destroy(&page);
    return !is_written ? EXIT_TROUBLE : work->scan.result.tally.refused > 0 ? EXIT_REFUSED : EXIT_GOOD;
}

/* --- the verb ----------------------------------------------------------------------------------------------------- */

static void
read_settings(struct work *work)
{
    struct reading *reading = &work->scan.options.handler.reading;

    reading->ruleset = work->session.ruleset;
    reading->surface = work->session.message.surface;
    reading->direction = work->session.message.direction;
    reading->purpose = work->session.message.purpose;
    work->scan.options.max_text_bytes = SCANNER_DEFAULT_MAX_TEXT_BYTES;
}

static int
count_and_write(struct work *work)
{
    enum status status = counts_begin(&work->counts, REPORT_KIND_COUNT);
    int code = EXIT_TROUBLE;

    read_settings(work);
    if (status != STATUS_OK)
        session_complain(work->call, status);
    else if (count_archive(work))
        code = finish(work);
    counts_fini(&work->counts);
    return code;
}

static int
run_report(const struct call *call)
{
    static struct work work;
    int code = EXIT_TROUBLE;

    work = (struct work){.call = call};
    inputs_init(&work.scan.inputs);
    if (scan_read_options(call, &work.scan) && scan_read_time(call, &work.scan.options) &&
        session_open(call, &work.session)) {
        code = count_and_write(&work);
        session_close(&work.session);
    }
    inputs_fini(&work.scan.inputs);
    return code;
}

const struct verb verb_report = {
    .name = "report",
    .operands = "[FILE...|-]",
    .max_operands = 1 << 20,
    .options = {OPTION_POLICY, OPTION_DIRECTION, OPTION_SURFACE, OPTION_PURPOSE, OPTION_FORMAT, OPTION_FIELD,
                OPTION_TIME_FIELD, OPTION_NO_HEADER, OPTION_OUTPUT, OPTION_JSON_FILE, OPTION_XLSX, OPTION_NO_SAMPLES,
                OPTION_WORKERS, OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"statistics of an archive as a page to print", "アーカイブの統計を印刷できる報告書にする"},
    .description =
        {"Decides about every record as scan does and writes the counts as one HTML page that needs\n"
         "nothing else and prints on A4: decisions, months, kinds of violation and of personal data,\n"
         "clauses, rules. --json and --xlsx write the same numbers; -o the page (default: standard\n"
         "output, unless only the others are asked for). The language is that of the locale.\n"
         "\n"
         "Statistics identify nobody: a count below 5 is shown as <5, and others are hidden where it\n"
         "could be worked out from them. Samples are texts as they may be kept, and none is shown\n"
         "where something personal may have stayed. More in docs/report.md.",
         "scan と同じように全記録を判断し、件数を1つのHTMLにまとめる。判断、月、方針に反する内容、個人情報、\n"
         "条項、規則ごと。ほかに何も読み込まず、A4に印刷できる。--json と --xlsx は同じ数字のデータ。HTMLは\n"
         "-o に(省略時は、ほかの出力がなければ標準出力に)書く。言語はロケールに従う。\n"
         "\n"
         "統計から個人は特定できない。5件未満は「5未満」とし、差し引きで分かる数は「非表示」とする。例は伏せ字\n"
         "にした文で、個人情報が残るおそれのあるものは載せない。詳しくは docs/report.md。"},
    .exits = {{EXIT_GOOD, {"written", "書いた"}},
              {EXIT_TROUBLE, {"could not run or not finish", "実行できない、または最後まで終わらない"}},
              {EXIT_REFUSED, {"written, and records were refused", "書いたが、読めない記録があった"}}},
    .examples = {{"filterctl report --policy kashiwa -o report.html comments.jsonl",
                  {"For the council:", "議会への報告に:"}},
                 {"filterctl report --field 内容 --xlsx r.xlsx in.csv",
                  {"A table from Excel, the numbers back to Excel:", "Excel の表から、数字を Excel に:"}}},
    .run = run_report,
};
