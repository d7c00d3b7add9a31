#include <inttypes.h>

#include "cmd/filterctl.h"
#include "scan/trace.h"
#include "text/offsets.h"
#include "wire/json.h"

#define SHOWN_CHARACTERS 60

struct explainer {
    const struct call *call;
    struct slice text; /* repaired, as the spans of events count */
};

struct place { /* of an event, in code points */
    uint32_t start, end;
    bool is_whole; /* the whole message */
};

static struct place
place_of(const struct explainer *explainer, const struct trace_event *event)
{
    struct offsets offsets;
    struct place place = {.is_whole = event->span.start == 0 && event->span.end == 0};

    offsets_init(&offsets, explainer->text);
    offsets_seek(&offsets, event->span.start);
    place.start = offsets.code_point;
    offsets_seek(&offsets, event->span.end);
    place.end = offsets.code_point;
    return place;
}

static const char *
or_dash(const char *text)
{
    return text == NULL || text[0] == '\0' ? "-" : text;
}

/* stage, place, likelihood, rule: columns of ASCII; what was seen and what became of it: at the end. */
static void
show_row(void *context, const struct trace_event *event)
{
    struct explainer *explainer = context;
    struct place place = place_of(explainer, event);
    char where[32] = "-", likelihood[12] = "-";

    if (!place.is_whole)
        snprintf(where, sizeof where, "%" PRIu32 "-%" PRIu32, place.start, place.end);
    if (event->likelihood >= 0)
        snprintf(likelihood, sizeof likelihood, "%d", event->likelihood);
    printf("%-8s %-9s %4s  %-28s", trace_stage_word(event->stage), where, likelihood, or_dash(event->rule));
    if (event->shown.bytes > 0) {
        fputs(" 「", stdout);
        print_safely(stdout, event->shown, event->stage == TRACE_VIEW ? 0 : SHOWN_CHARACTERS);
        fputs("」", stdout);
    }
    if (event->note != NULL)
        printf(" %s", event->note);
    putchar('\n');
}

static void
add_text_member(struct buffer *line, const char *name, const char *value)
{
    buffer_appendf(line, ",\"%s\":", name);
    if (value == NULL)
        buffer_append_text(line, "null");
    else
        json_string(line, slice_of(value));
}

static void
show_json(void *context, const struct trace_event *event)
{
    struct explainer *explainer = context;
    struct place place = place_of(explainer, event);
    struct buffer line;

    buffer_init(&line);
    buffer_appendf(&line, "{\"stage\":\"%s\"", trace_stage_word(event->stage));
    if (place.is_whole)
        buffer_append_text(&line, ",\"start\":null,\"end\":null");
    else
        buffer_appendf(&line, ",\"start\":%" PRIu32 ",\"end\":%" PRIu32, place.start, place.end);
    buffer_append_text(&line, ",\"shown\":");
    json_string(&line, event->shown);
    add_text_member(&line, "rule", event->rule);
    if (event->likelihood < 0)
        buffer_append_text(&line, ",\"likelihood\":null");
    else
        buffer_appendf(&line, ",\"likelihood\":%d", event->likelihood);
    add_text_member(&line, "note", event->note);
    buffer_append_byte(&line, '}');
    print_json_line(&line);
}

static void
show_verdict(const struct call *call, const struct session *session, const struct verdict *verdict)
{
    struct buffer line;

    if (call->counts[OPTION_JSON] == 0) {
        putchar('\n');
        print_verdict(call, verdict, session->ruleset);
        return;
    }
    buffer_init(&line);
    json_verdict(&line, SLICE_LITERAL("\"0\""), verdict, session->ruleset);
    print_json_line(&line);
}

static int
explain_text(const struct call *call, struct session *session, struct scanner *scanner, struct slice text)
{
    bool as_json = call->counts[OPTION_JSON] > 0;
    struct explainer explainer = {call, text};
    struct trace trace = {as_json ? show_json : show_row, &explainer};
    const struct verdict *verdict = NULL;
    enum status status;

    session->message.text = text;
    session->message.trace = &trace;
    if (!as_json)
        puts(words_for(call, "stage    place     like  rule                         what it saw, what became of it",
                       "段階     位置      確度  規則                         見たもの、どうなったか"));
    status = scanner_run(scanner, session->ruleset, &session->message, &verdict);
    if (status != STATUS_OK)
        return session_complain(call, status);
    show_verdict(call, session, verdict);
    return EXIT_GOOD;
}

static int
run_explain(const struct call *call)
{
    struct session session;
    struct scanner *scanner = NULL;
    struct buffer raw, text;
    enum status status = STATUS_OK;
    int code = EXIT_TROUBLE;

    if (!session_open(call, &session))
        return EXIT_TROUBLE;
    buffer_init(&raw);
    buffer_init(&text);
    if (session_read_text(call, &raw)) {
        status = session_repair(buffer_slice(&raw), &text);
        scanner = status == STATUS_OK ? session_scanner(call, &session) : NULL;
    }
    if (status != STATUS_OK)
        code = session_complain(call, status);
    else if (scanner != NULL)
        code = explain_text(call, &session, scanner, buffer_slice(&text));
    scanner_destroy(&scanner);
    buffer_fini(&raw);
    buffer_fini(&text);
    session_close(&session);
    return code;
}

const struct verb verb_explain = {
    .name = "explain",
    .operands = "[TEXT|-]",
    .max_operands = 1,
    .options = {OPTION_POLICY, OPTION_DIRECTION, OPTION_SURFACE, OPTION_PURPOSE, OPTION_JSON, OPTION_DICTIONARIES,
                OPTION_STORE, OPTION_KEYS, OPTION_RULESET, OPTION_STATE_DIR, OPTION_COUNT},
    .summary = {"show how the verdict on one message comes about", "1通の判断に至る過程を示す"},
    .description = {"Scans one message and shows what each stage saw: the views of the text, the words and\n"
                    "patterns that hit, the tokens, the names, and what became of each hit: a finding, or why\n"
                    "not. The verdict with its clauses follows. The message is given as for check.\n"
                    "\n"
                    "Columns: the stage (view, literal, pattern, token, name, finding, drop, decide), the place\n"
                    "in characters from 0, the likelihood from 0 to 100, the rule or view, what was seen, and\n"
                    "what became of it. Control characters are shown by their numbers. With --json each row is\n"
                    "an object; the last line is the verdict as check --json prints it.\n"
                    "\n"
                    "With --ruleset a past verdict is made again, byte for byte, from the files that the\n"
                    "service kept; that is refused when the program or a library is another one than then.\n"
                    "\n"
                    "The output holds the message: do not keep it where messages must not be kept.",
                    "1通を調べ、各段階で見えたもの(表記をそろえた文、当たった語句とパターン、形態素、氏名)と、\n"
                    "それぞれがどうなったか(検出になったか、ならなかった理由)を示す。最後に判定と条項が続く。\n"
                    "メッセージの渡し方は check と同じ。\n"
                    "\n"
                    "列は、段階(view, literal, pattern, token, name, finding, drop, decide)、位置(0から数えた文字)、\n"
                    "確度(0〜100)、規則または表記の名、見たもの、どうなったか。制御文字は番号で示す。--json では\n"
                    "1行が1つのオブジェクトで、最後の行は check --json と同じ判定。\n"
                    "\n"
                    "--ruleset では、サービスが残したファイルから過去の判定を1バイトも違わず再現する。プログラムや\n"
                    "ライブラリが当時と違えば断る。\n"
                    "\n"
                    "出力にはメッセージそのものが含まれる。保存してよい場所でだけ使うこと。"},
    .exits = {{EXIT_GOOD, {"explained, whatever the verdict", "説明した(判定を問わない)"}},
              {EXIT_TROUBLE, {"an error: there is no verdict", "エラー(判定なし)"}}},
    .examples = {{"filterctl explain --ruleset 1a2b3c4d5e6f - < message.txt",
                  {"Why was it judged so then?", "当時なぜそう判断されたのか:"}},
                 {"filterctl explain --policy moka - < message.txt",
                  {"Why was this message not redacted?", "この文はなぜ伏せ字にならなかったのか:"}},
                 {"filterctl explain -j '…' | grep '\"stage\":\"drop\"'",
                  {"Only the hits that became nothing:", "検出にならなかったものだけ:"}}},
    .run = run_explain,
};
