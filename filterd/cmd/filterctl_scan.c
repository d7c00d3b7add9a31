#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "archive/output.h"
#include "archive/run.h"
#include "cmd/filterctl.h"

#define MAX_WORKERS 256

/* --- settings ----------------------------------------------------------------------------------------------------- */

static unsigned
processor_count(void)
{
    cpu_set_t processors;
    int count = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;

    return count < 1 ? 1 : count > MAX_WORKERS ? MAX_WORKERS : (unsigned)count;
}

static bool
read_workers(const struct call *call, unsigned *workers)
{
    const char *text = call->values[OPTION_WORKERS];
    char *end;
    unsigned long number;

    *workers = processor_count();
    if (text == NULL)
        return true;
    errno = 0;
    number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < 1 || number > MAX_WORKERS) {
        usage_error(
            call,
            words_for(call, "--workers: '%s' is no number from 1 to %d", "--workers: '%s' は1〜%dの数ではありません"),
            text, MAX_WORKERS);
        return false;
    }
    *workers = (unsigned)number;
    return true;
}

static bool
read_format(const struct call *call, enum archive_format *format)
{
    const char *text = call->values[OPTION_FORMAT] ? call->values[OPTION_FORMAT] : "jsonl";

    if (strcmp(text, "jsonl") == 0)
        *format = ARCHIVE_JSONL;
    else if (strcmp(text, "text") == 0)
        *format = ARCHIVE_TEXT;
    else {
        usage_error(call,
                    words_for(call, "--format: '%s' is neither jsonl nor text",
                              "--format: '%s' は jsonl でも text でもありません"),
                    text);
        return false;
    }
    if (*format == ARCHIVE_TEXT && call->counts[OPTION_FIELD] + call->counts[OPTION_ID_FIELD] > 0) {
        usage_error(call, "%s", words_for(call, "lines of text have no fields", "text 形式にフィールドはありません"));
        return false;
    }
    return true;
}

static bool
read_field(const struct call *call, enum option_id id, const char *otherwise, struct json_path *path)
{
    const char *text = call->values[id] ? call->values[id] : otherwise;

    if (call->counts[id] > 1)
        usage_error(call, words_for(call, "--%s is given twice", "--%s が2回指定されています"), option_rows[id].name);
    else if (json_path_parse(text, path) != STATUS_OK)
        usage_error(call, words_for(call, "--%s: '%s' is no field name", "--%s: '%s' はフィールド名ではありません"),
                    option_rows[id].name, text);
    else
        return true;
    return false;
}

static bool
read_fail_on(const struct call *call, enum action *fail_on)
{
    const char *text = call->values[OPTION_FAIL_ON];

    *fail_on = ACTION_NONE;
    if (text == NULL ||
        ((strcmp(text, "redact") == 0 || strcmp(text, "block") == 0) && action_parse(slice_of(text), fail_on)))
        return true;
    usage_error(call,
                words_for(call, "--fail-on: '%s' is neither redact nor block",
                          "--fail-on: '%s' は redact でも block でもありません"),
                text);
    return false;
}

/* Before anything is loaded or written: every input must be there. */
static bool
inputs_are_readable(const struct call *call)
{
    for (int i = 0; i < call->operand_count; i++) {
        const char *file = call->operands[i];
        struct stat about;
        bool bad = strcmp(file, "-") != 0 && (stat(file, &about) != 0 || access(file, R_OK) != 0);

        if (!bad && strcmp(file, "-") != 0 && S_ISDIR(about.st_mode)) {
            errno = EISDIR;
            bad = true;
        }
        if (bad) {
            complain(call, "%s: %s", file, strerror(errno));
            return false;
        }
    }
    return true;
}

/* --- the run ------------------------------------------------------------------------------------------------------ */

struct scan {
    struct archive_options options;
    struct archive_result result;
    struct output output;
    enum action fail_on;
    double seconds;
};

static double
now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
report(const struct call *call, const struct scan *scan)
{
    const struct tally *tally = &scan->result.tally;

    if (call->counts[OPTION_VERBOSE] == 0 && !isatty(STDERR_FILENO))
        return;
    fprintf(stderr,
            words_for(call,
                      "%" PRIu64 " records: %" PRIu64 " allowed, %" PRIu64 " redacted, %" PRIu64 " blocked, %" PRIu64
                      " refused; %.2f s, %.0f records/s, %.1f MB/s\n",
                      "%" PRIu64 "件: 許可 %" PRIu64 "、伏せ字 %" PRIu64 "、遮断 %" PRIu64 "、拒否 %" PRIu64
                      "; %.2f 秒、毎秒 %.0f 件、%.1f MB/s\n"),
            tally->records, tally->allowed, tally->redacted, tally->blocked, tally->refused, scan->seconds,
            (double)tally->records / (scan->seconds + 1e-9),
            (double)scan->result.input_bytes / 1e6 / (scan->seconds + 1e-9));
}

static int
exit_code_of(const struct scan *scan)
{
    const struct tally *tally = &scan->result.tally;

    if (tally->refused > 0)
        return EXIT_REFUSED;
    if (scan->fail_on == ACTION_BLOCK && tally->blocked > 0)
        return EXIT_FOUND;
    if (scan->fail_on == ACTION_REDACT && tally->blocked + tally->redacted > 0)
        return EXIT_FOUND;
    return EXIT_GOOD;
}

static const char *
output_name(const struct call *call)
{
    const char *path = call->values[OPTION_OUTPUT];

    return path == NULL || strcmp(path, "-") == 0 ? words_for(call, "standard output", "標準出力") : path;
}

static int
complain_output(const struct call *call, const char *reason)
{
    return complain(call, "%s: %s", output_name(call), reason);
}

static int
scan_records(const struct call *call, struct scan *scan)
{
    struct fault fault = {0};
    double started = now_seconds();
    enum status status = archive_run(&scan->options, &scan->result, &fault);

    scan->seconds = now_seconds() - started;
    if (status == STATUS_UNAVAILABLE && fault.file[0] == '\0')
        return EXIT_TROUBLE; /* whoever read our output went away: no news to them */
    if (status == STATUS_IO && fault.file[0] == '\0')
        return complain_output(call, fault.reason);
    if (status != STATUS_OK)
        return complain_fault(call, &fault);
    if (output_commit(&scan->output) != STATUS_OK)
        return complain_output(call, strerror(errno));
    report(call, scan);
    return exit_code_of(scan);
}

static int
scan_session(const struct call *call, struct scan *scan, const struct session *session)
{
    struct archive_options *options = &scan->options;
    int code;

    options->cities = load_cities(session->load);
    options->handler.ruleset = session->ruleset;
    options->handler.surface = session->message.surface;
    options->handler.direction = session->message.direction;
    options->handler.purpose = session->message.purpose;
    options->handler.short_tokens = session->message.short_tokens;
    options->files = call->operands;
    options->file_count = (size_t)call->operand_count;
    options->max_text_bytes = SCANNER_DEFAULT_MAX_TEXT_BYTES;
    if (output_open(&scan->output, call->values[OPTION_OUTPUT]) != STATUS_OK)
        return complain_output(call, strerror(errno));
    options->out_fd = scan->output.fd;
    code = scan_records(call, scan);
    output_abandon(&scan->output);
    return code;
}

static int
run_scan(const struct call *call)
{
    struct scan scan = {0};
    struct archive_options *options = &scan.options;
    struct session session;
    int code;

    if (!read_format(call, &options->handler.format) || !read_workers(call, &options->workers) ||
        !read_field(call, OPTION_FIELD, "text", &options->handler.field) ||
        !read_field(call, OPTION_ID_FIELD, "id", &options->handler.id_field) || !read_fail_on(call, &scan.fail_on) ||
        !inputs_are_readable(call) || !session_open(call, &session))
        return EXIT_TROUBLE;
    code = scan_session(call, &scan, &session);
    session_close(&session);
    return code;
}

const struct verb verb_scan = {
    .name = "scan",
    .operands = "[FILE...|-]",
    .max_operands = 1 << 20,
    .options = {OPTION_POLICY, OPTION_DIRECTION, OPTION_SURFACE, OPTION_PURPOSE, OPTION_FORMAT, OPTION_FIELD,
                OPTION_ID_FIELD, OPTION_OUTPUT, OPTION_WORKERS, OPTION_FAIL_ON, OPTION_VERBOSE, OPTION_DICTIONARIES,
                OPTION_STORE, OPTION_KEYS, OPTION_SHORT_TOKENS, OPTION_COUNT},
    .summary = {"decide about every record of an archive", "アーカイブの全記録を判断する"},
    .description = {"Reads the files, or standard input, one after another, and prints one JSON line per\n"
                    "record, in input order:\n"
                    "\n"
                    "  {\"id\":\"7\",\"status\":\"OK\",\"verdict\":\"redact\",\n"
                    "   \"text\":\"…【電話番号】…\",\"findings\":[…],\"grounds\":[\"10-1\"],\n"
                    "   \"review\":false,\"escalate\":false,\"notice_id\":null,\n"
                    "   \"policy\":\"kashiwa\",\"ruleset\":\"…\"}\n"
                    "\n"
                    "text is the text as it may be kept: redacted also where the verdict is block. id is the\n"
                    "record's own, number or string as it stands. A record that cannot be read has a line with\n"
                    "its status, \"verdict\":null and \"position\":{\"record\":…,\"byte\":…}; it never stops the run.\n"
                    "INVALID_ARGUMENT: the line is no JSON, has no such field or has it twice, or the field is\n"
                    "no string; an empty line too, except one at the end of a file. TOO_LARGE: the text has more\n"
                    "than 65536 bytes, or the line more than 458752. INTERNAL: the record brought down the\n"
                    "process that looked at it, twice.\n"
                    "\n"
                    "Records and bytes are counted from 0 through all inputs. Bytes that are no UTF-8 are\n"
                    "replaced by U+FFFD, as are halves of surrogate pairs. In text format every line is a\n"
                    "record, empty ones too. \\r\\n ends a line like \\n; a byte order mark is left out.\n"
                    "\n"
                    "Records are looked at in sandboxed processes; memory does not grow with the input. Standard\n"
                    "output carries the lines and nothing else.",
                    "ファイル(または標準入力)を順に読み、1件につき1行のJSONを入力の順に出す。\n"
                    "\n"
                    "  {\"id\":\"7\",\"status\":\"OK\",\"verdict\":\"redact\",\n"
                    "   \"text\":\"…【電話番号】…\",\"findings\":[…],\"grounds\":[\"10-1\"],\n"
                    "   \"review\":false,\"escalate\":false,\"notice_id\":null,\n"
                    "   \"policy\":\"kashiwa\",\"ruleset\":\"…\"}\n"
                    "\n"
                    "text は保存してよい文で、遮断(block)の場合も伏せ字後の文。id は記録のもの(数は数、文字列は\n"
                    "文字列のまま)。読めない記録にも1行があり、status と \"verdict\":null と\n"
                    "\"position\":{\"record\":…,\"byte\":…} が付く。処理は止まらない。\n"
                    "INVALID_ARGUMENT: JSONでない、フィールドが無い・2つある・文字列でない。空行も同じ(ファイル末尾の\n"
                    "1つを除く)。TOO_LARGE: 文が65536バイト、または行が458752バイトを超える。INTERNAL: その記録を\n"
                    "調べたプロセスが2度異常終了した。\n"
                    "\n"
                    "記録とバイトは全入力を通して0から数える。UTF-8でないバイトと片割れのサロゲートは U+FFFD に\n"
                    "置き換える。text 形式では空行も含め1行が1件。\\r\\n も行の終わり。BOM は除く。\n"
                    "\n"
                    "記録は隔離されたプロセスで調べ、使うメモリは入力の大きさによらない。標準出力には結果の行だけを\n"
                    "出す。"},
    .exits = {{EXIT_GOOD, {"every record has its line", "すべての記録を判断した"}},
              {EXIT_FOUND, {"--fail-on was given and applies", "--fail-on に当たる記録があった"}},
              {EXIT_TROUBLE, {"could not run or not finish", "実行できない、または最後まで終わらない"}},
              {EXIT_REFUSED,
               {"finished, and records were refused (goes before 1)", "終わったが、読めない記録があった(1より優先)"}}},
    .examples = {{"filterctl scan --policy kashiwa -o out.jsonl comments.jsonl",
                  {"An archive into a file:", "アーカイブの結果をファイルに:"}},
                 {"zcat chat.jsonl.gz | filterctl scan --field message.text",
                  {"A compressed archive, the text in an object:", "圧縮されたアーカイブ、文は入れ子の中:"}},
                 {"filterctl scan --fail-on block --format text drafts.txt",
                  {"May these drafts go out? (1: no)", "この下書きを送ってよいか(1なら不可):"}}},
    .run = run_scan,
};
