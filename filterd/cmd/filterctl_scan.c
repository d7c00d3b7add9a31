#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fault_words.h"
#include "base/hash.h"
#include "cmd/filterctl_scan.h"

/* --- the run ------------------------------------------------------------------------------------------------------ */

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

/* --- progress ----------------------------------------------------------------------------------------------------- */

#define SHOW_EVERY_SECONDS 0.5

static void
clear_progress(const struct scan *scan)
{
    if (scan->shown > 0)
        fputs("\r\033[K", stderr);
}

/* One line on a terminal that goes over itself: how much, how fast, how long it will take. */
static void
show_progress(void *context, const struct archive_result *so_far)
{
    struct scan *scan = context;
    double now = now_seconds(), seconds = now - scan->started;
    uint64_t from = scan->options.from > scan->started_place ? scan->options.from : scan->started_place;
    uint64_t to = scan->options.to > 0 && scan->options.to < scan->inputs.bytes ? scan->options.to : scan->inputs.bytes;
    double done = to > from && so_far->place > from ? (double)(so_far->place - from) / (double)(to - from) : 0;

    if (now - scan->shown < SHOW_EVERY_SECONDS)
        return;
    scan->shown = now;
    fprintf(stderr, words_for(scan->call, "\r\033[K%" PRIu64 " records, %.0f/s", "\r\033[K%" PRIu64 "件、毎秒%.0f件"),
            so_far->tally.records, (double)(so_far->tally.records - scan->started_records) / (seconds + 1e-9));
    if (done > 0.001 && inputs_are_files(&scan->inputs))
        fprintf(stderr, words_for(scan->call, ", %.0f%%, %.0f s left", "、%.0f%%、残り約%.0f秒"), done * 100,
                seconds / done * (1 - done));
}

/* --- notes -------------------------------------------------------------------------------------------------------- */

static bool
was_told(struct scan *scan, const char *file, const char *name, unsigned note)
{
    uint64_t hash = hash_fast(slice_of(file)) ^ hash_fast(slice_of(name ? name : "")) * 3 ^ note;

    for (size_t i = 0; i < scan->told_count; i++)
        if (scan->told[i] == hash)
            return true;
    if (scan->told_count == SCAN_MAX_TOLD)
        return true;
    scan->told[scan->told_count++] = hash;
    return false;
}

static void
tell_note(void *context, enum archive_note note, const char *file, const char *name)
{
    static const struct words words[] = {
        [NOTE_DAMAGED] = {"%s: cannot be read to its end: %s", "%s: 最後まで読めません: %s"},
        [NOTE_SKIPPED] = {"%s: left out: its name is none of an archive's (--format reads it)%.0s",
                          "%s: 読みません: アーカイブの名前ではありません(--format を付ければ読みます)%.0s"},
        [NOTE_NO_COLUMN] = {"%s: no column '%s': its records are refused", "%s: 列 '%s' がないので、全行を拒否します"},
        [NOTE_OTHER_COLUMN] = {"%scolumn '%s' was not named and has texts or personal data: it is left as it is",
                               "%s列 '%s' は指定されていませんが、文や個人情報があります。そのまま残ります"}};
    struct scan *scan = context;
    char japanese[FAULT_TEXT_BYTES];

    if (was_told(scan, file, name, note))
        return;
    clear_progress(scan);
    if (note == NOTE_DAMAGED && scan->call->is_japanese)
        name = fault_words_japanese(name, japanese, sizeof japanese);
    complain(scan->call, words_for(scan->call, words[note].en, words[note].ja), file, name ? name : "");
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

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

bool
scan_run(struct scan *scan)
{
    struct archive_options *options = &scan->options;
    struct fault fault = {0};
    char reason[FAULT_TEXT_BYTES];
    enum status status;

    options->note = tell_note;
    options->context = scan;
    if (isatty(STDERR_FILENO) && (options->take != NULL || !isatty(options->out_fd)))
        options->progress = show_progress; /* lines on a terminal are progress enough */
    scan->started = now_seconds();
    scan->shown = 0;
    status = archive_run(options, &scan->result, &fault);
    scan->seconds = now_seconds() - scan->started;
    clear_progress(scan);
    if (status == STATUS_UNAVAILABLE && fault.file[0] == '\0')
        return false; /* whoever read our output went away: no news to them */
    if (status == STATUS_IO && fault.file[0] == '\0')
        complain(scan->call, "%s: %s", scan_output_name(scan->call),
                 words_for(scan->call, fault.reason, fault_words_japanese(fault.reason, reason, sizeof reason)));
    else if (status != STATUS_OK)
        complain_fault(scan->call, &fault);
    return status == STATUS_OK;
}

static int
scan_records(struct scan *scan)
{
    const struct call *call = scan->call;
    bool is_whole = scan_run(scan);

    if (!is_whole && scan->output.keeps)
        complain(
            call,
            words_for(call, "%s.part is kept: --resume goes on with it", "%s.part は残ります。--resume で続けられます"),
            scan_output_name(call));
    if (!is_whole || !scan_commit_output(scan))
        return EXIT_TROUBLE;
    report(call, scan);
    return exit_code_of(scan);
}

static int
scan_to_output(struct scan *scan)
{
    struct archive_options *options = &scan->options;

    if (!scan_open_output(scan))
        return EXIT_TROUBLE;
    if (scan->checkpoint.complete) { /* an earlier run had come to the end */
        scan->result = scan->checkpoint.result;
        return scan_commit_output(scan) ? exit_code_of(scan) : EXIT_TROUBLE;
    }
    if (scan->has_checkpoint)
        options->checkpoint = scan_checkpoint;
    if (scan->checkpoint.result.end.has_part)
        options->start = &scan->checkpoint.result;
    scan->started_records = scan->checkpoint.result.tally.records;
    scan->started_place = scan->checkpoint.result.place;
    options->out_fd = scan->output.fd;
    return scan_records(scan);
}

static int
scan_session(struct scan *scan, const struct session *session)
{
    struct archive_options *options = &scan->options;
    struct reading *reading = &options->handler.reading;
    int code;

    options->cities = load_cities(session->load);
    reading->ruleset = session->ruleset;
    reading->surface = session->message.surface;
    reading->direction = session->message.direction;
    reading->purpose = session->message.purpose;
    reading->short_tokens = session->message.short_tokens;
    options->max_text_bytes = SCANNER_DEFAULT_MAX_TEXT_BYTES;
    code = scan_to_output(scan);
    output_abandon(&scan->output);
    return code;
}

static int
run_scan(const struct call *call)
{
    static struct scan scan;
    struct session session;
    int code = EXIT_TROUBLE;

    inputs_init(&scan.inputs);
    if (scan_read_options(call, &scan) && session_open(call, &session)) {
        code = scan_session(&scan, &session);
        session_close(&session);
    }
    inputs_fini(&scan.inputs);
    return code;
}

const struct verb verb_scan = {
    .name = "scan",
    .operands = "[FILE...|-]",
    .max_operands = 1 << 20,
    .options = {OPTION_POLICY,  OPTION_DIRECTION,    OPTION_SURFACE,    OPTION_PURPOSE,       OPTION_FORMAT,
                OPTION_FIELD,   OPTION_ID_FIELD,     OPTION_OUTPUT,     OPTION_OUTPUT_FORMAT, OPTION_NO_HEADER,
                OPTION_RESUME,  OPTION_SHARD,        OPTION_CHECKPOINT, OPTION_WORKERS,       OPTION_FAIL_ON,
                OPTION_VERBOSE, OPTION_DICTIONARIES, OPTION_STORE,      OPTION_KEYS,          OPTION_SHORT_TOKENS,
                OPTION_COUNT},
    .summary = {"decide about every record of an archive", "アーカイブの全記録を判断する"},
    .description =
        {"Reads files, directories, compressed files (.gz .bz2 .xz .zst .tar .zip) or standard input,\n"
         "one after another: JSON lines, CSV and TSV in any encoding that Excel saves, chat exports\n"
         "of LINE Official Account Manager, lines of text. Prints one JSON line per text, in input\n"
         "order; --output-format same or column writes the input with texts replaced. More in\n"
         "docs/archive.md.\n"
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
         "no string; an empty line too, except one at the end of a file; a quotation mark is never\n"
         "closed; bytes are not of the file's encoding; a compressed file is damaged. TOO_LARGE: the\n"
         "text has more than 65536 bytes, or the record more than 458752. INTERNAL: the record brought down the\n"
         "process that looked at it, twice.\n"
         "\n"
         "Records and bytes are counted from 0 through all inputs. Bytes that are no UTF-8 are\n"
         "replaced by U+FFFD, as are halves of surrogate pairs. In text format every line is a\n"
         "record, empty ones too. \\r\\n ends a line like \\n; a byte order mark is left out.\n"
         "\n"
         "Records are looked at in sandboxed processes; memory does not grow with the input. Standard\n"
         "output carries the lines and nothing else.",
         "ファイル、ディレクトリ、圧縮ファイル(.gz .bz2 .xz .zst .tar .zip)、標準入力を順に読む。\n"
         "JSONの行、Excelが保存するどの文字コードのCSV・TSVも、LINE公式アカウントのチャット履歴、\n"
         "テキストの行を読める。文1つにつき1行のJSONを入力の順に出す。--output-format same か column\n"
         "では入力と同じ形で、文だけを伏せて書く。詳しくは docs/archive.md。\n"
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
         "1つを除く)。引用符が閉じていない、文字コードが違う、圧縮ファイルが壊れている。\n"
         "TOO_LARGE: 文が65536バイト、または1件が458752バイトを超える。INTERNAL: その記録を\n"
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
                 {"filterctl scan --field 'events[].message.text' webhook.jsonl.gz",
                  {"Webhook bodies, compressed; every event:", "圧縮された Webhook の本文、全イベント:"}},
                 {"filterctl scan --field 内容 --output-format same -o kept.csv in.csv",
                  {"A table from Excel, the same with texts redacted:", "Excel の表の文を伏せる:"}},
                 {"filterctl scan --fail-on block --format text drafts.txt",
                  {"May these drafts go out? (1: no)", "この下書きを送ってよいか(1なら不可):"}}},
    .run = run_scan,
};
