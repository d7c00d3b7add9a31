#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault_words.h"
#include "cmd/filterctl.h"

const struct option_row option_rows[OPTION_COUNT] = {
    [OPTION_POLICY] = {'p',
                       "policy",
                       "ID",
                       {"The city whose policy decides: the name of its folder. Default: default.",
                        "判断に使う方針(市の辞書フォルダ名)。省略時は default。"}},
    [OPTION_DIRECTION] = {0,
                          "direction",
                          "D",
                          {"inbound (from a citizen; the default) or outbound (from staff).",
                           "inbound(市民から。省略時)または outbound(職員から)。"}},
    [OPTION_SURFACE] = {0,
                        "surface",
                        "S",
                        {"Where the text stands: MESSAGE_TEXT (the default), DISPLAY_NAME, STATUS_MESSAGE,\n"
                         "STICKER_TEXT, LOCATION, FILE_NAME or POSTBACK.",
                         "文の場所。MESSAGE_TEXT(省略時)、DISPLAY_NAME、STATUS_MESSAGE、STICKER_TEXT、\n"
                         "LOCATION、FILE_NAME、POSTBACK のどれか。"}},
    [OPTION_PURPOSE] = {0,
                        "purpose",
                        "P",
                        {"The kind of conversation, as the policy names it. Default: chat.",
                         "やり取りの用途(方針にある名前)。省略時は chat。"}},
    [OPTION_FORMAT] = {0,
                       "format",
                       "F",
                       {"jsonl (one JSON text per line), csv, tsv, or text (one record per line). Default: by the\n"
                        "file's name (.jsonl .ndjson .csv .tsv .txt, also before .gz .xz .zst), else jsonl.",
                        "jsonl(1行に1つのJSON)、csv、tsv、text(1行が1件)。省略時はファイル名の末尾\n"
                        "(.jsonl .ndjson .csv .tsv .txt。後ろに .gz .xz .zst があってもよい)で決め、\n"
                        "それ以外は jsonl。"}},
    [OPTION_FIELD] = {0,
                      "field",
                      "NAME",
                      {"The field with the text; give it several times for several. Default: text. csv, tsv: the\n"
                       "column's name in the header, or its number from 1. jsonl: names separated by dots lead\n"
                       "into objects and, as numbers from 0, into arrays: message.parts.0.text; [] is every\n"
                       "element: events[].message.text; \\. is a dot.",
                       "文が入っているフィールド。複数回指定できる。省略時は text。csv・tsv では見出しの\n"
                       "列名、または1からの列番号。jsonl では点区切りで入れ子をたどる\n"
                       "(message.parts.0.text。配列は0からの番号、[] は全要素 events[].message.text、\n"
                       "\\. は点そのもの)。"}},
    [OPTION_ID_FIELD] = {0,
                         "id-field",
                         "NAME",
                         {"The field or column that names the record. Default: id. A record without one is named\n"
                          "by its number, from 0, as a string.",
                          "記録の名前が入っているフィールドや列。省略時は id。無い記録は0からの番号\n"
                          "(文字列)で示す。"}},
    [OPTION_OUTPUT] = {'o',
                       "output",
                       "OUT",
                       {"Write to OUT instead of standard output. OUT appears when it is complete; until then\n"
                        "the lines are in OUT.part.",
                        "標準出力の代わりに OUT に書く。途中は OUT.part に書き、完成してから OUT になる。"}},
    [OPTION_OUTPUT_FORMAT] = {0,
                              "output-format",
                              "F",
                              {"findings (JSON lines; the default), same (as the input, texts as they may be kept) or\n"
                               "column (the same, and a column with the verdict).",
                               "findings(JSONの行。省略時)、same(入力と同じ形で文だけ伏せる)、\n"
                               "column(same に判定の列を加える)。"}},
    [OPTION_NO_HEADER] = {0,
                          "no-header",
                          NULL,
                          {"csv, tsv: the first row is a record; columns are numbers.",
                           "csv・tsv の1行目も記録とみなす(列は番号で指定)。"}},
    [OPTION_RESUME] = {0,
                       "resume",
                       NULL,
                       {"Go on where an earlier run of the same command was stopped.",
                        "同じコマンドの中断したところから続ける。"}},
    [OPTION_SHARD] = {0,
                      "shard",
                      "I/N",
                      {"Only the part I of N, from 0. Default: what Slurm or a Kubernetes Indexed Job says.",
                       "N分割の I 番目(0から)だけ。省略時は Slurm や Kubernetes の Indexed Job に従う。"}},
    [OPTION_CHECKPOINT] = {0,
                           "checkpoint",
                           "BYTES",
                           {"Make OUT.part safe for --resume after so much input. Default: 67108864.",
                            "--resume で続けられる地点を、この量の入力ごとに作る。省略時は 67108864。"}},
    [OPTION_WORKERS] = {0,
                        "workers",
                        "N",
                        {"How many worker processes. Default: one per processor.",
                         "ワーカープロセスの数。省略時はプロセッサの数。"}},
    [OPTION_FAIL_ON] = {0,
                        "fail-on",
                        "ACTION",
                        {"redact: exit with 1 when a record was redacted or blocked; block: when one was blocked.",
                         "redact: 伏せ字か遮断の記録があれば終了コード1。block: 遮断があれば1。"}},
    [OPTION_JSON] = {'j', "json", NULL, {"JSON instead of text for people.", "人向けの文の代わりにJSONを出す。"}},
    [OPTION_VERBOSE] = {'v',
                        "verbose",
                        NULL,
                        {"Counts and speed on standard error, also when it is no terminal.",
                         "件数と速さを標準エラーに出す(端末でなくても)。"}},
    [OPTION_CONTROL] = {0,
                        "control",
                        "PATH",
                        {"The control socket of the service. Default: FILTERD_CONTROL, else\n"
                         "/run/filterd/control.sock.",
                         "サービスの制御ソケット。省略時は環境変数 FILTERD_CONTROL、\n"
                         "なければ /run/filterd/control.sock。"}},
    [OPTION_DICTIONARIES] = {'d',
                             "dictionaries",
                             "DIR",
                             {"The directory with common/ and cities/. Default: FILTERD_DICTIONARIES, else\n"
                              "../dictionaries beside the program's directory, else /etc/filterd over\n"
                              "/usr/share/filterd.",
                              "common/ と cities/ のある辞書ディレクトリ。省略時は環境変数\n"
                              "FILTERD_DICTIONARIES、なければプログラムの隣の ../dictionaries、なければ\n"
                              "/etc/filterd(優先)と /usr/share/filterd。"}},
    [OPTION_STORE] = {0,
                      "store",
                      "DIR",
                      {"Keep compiled dictionaries in DIR (private to you) and use them the next time.",
                       "コンパイルした辞書を DIR(本人専用)に残し、次回に使う。"}},
    [OPTION_KEYS] = {0,
                     "keys",
                     "FILE",
                     {"The key file for a policy that writes tokens or encrypts, or a directory with one\n"
                      "<city>.key for each city. Such a policy is not run without.",
                      "トークン化または暗号化する方針に使う鍵ファイル、または <市>.key を置くディレクトリ。\n"
                      "鍵が無ければその方針では判断しない。"}},
    [OPTION_RULESET] = {0,
                        "ruleset",
                        "HASH",
                        {"Judge as the service did with this ruleset (the hash that stands in its verdicts; its\n"
                         "beginning will do), not with the present files.",
                         "現在のファイルではなく、この規則(判定に付くハッシュ。先頭だけでもよい)で、サービスが\n"
                         "当時行ったとおりに判断する。"}},
    [OPTION_STATE_DIR] = {0,
                          "state-dir",
                          "DIR",
                          {"The state directory of the service, which keeps past rulesets. Default:\n"
                           "/var/lib/filterd.",
                           "過去の規則が残っている、サービスの状態ディレクトリ。省略時は /var/lib/filterd。"}},
    [OPTION_SHORT_TOKENS] = {0,
                             "short-tokens",
                             NULL,
                             {"Write 【氏名:k7q2】 instead of whole tokens, for people to read. Two values may share\n"
                              "one: 20 bits tell them apart.",
                              "トークンを【氏名:k7q2】と短く書く(人が読むため)。20ビットなので別の値が同じに\n"
                              "なることがある。"}},
    [OPTION_KEY_ID] = {0,
                       "key-id",
                       "ID",
                       {"What the key is called: 1 to 8 of a-z and 0-9. Default: k1.",
                        "鍵の名前。a〜z と 0〜9 で1〜8文字。省略時は k1。"}},
    [OPTION_CURVE] = {0,
                      "curve",
                      NULL,
                      {"A pair of keys for CURVE instead: of the service (curve_key) or of a client.",
                       "代わりに CURVE の鍵の組を作る。サービス用(curve_key)またはクライアント用。"}},
    [OPTION_AUDIT] = {0,
                      "audit",
                      "FILE",
                      {"Append a line for every value asked for: who, when, key, hash of the token.",
                       "求められた値ごとに、誰が・いつ・どの鍵で・トークンのハッシュを1行追記する。"}},
    [OPTION_LABELLED] = {0,
                         "labelled",
                         "FILE",
                         {"Measure the finding of names on labelled texts, one JSON object on each line:\n"
                          "{\"text\":…,\"spans\":[{\"start\":0,\"end\":4,\"type\":\"PERSON\"}]} in code points.",
                          "名前の検出を、正解つきの文で測る。1行に1つのJSON:\n"
                          "{\"text\":…,\"spans\":[{\"start\":0,\"end\":4,\"type\":\"PERSON\"}]}(符号位置)。"}},
    [OPTION_RULES] = {0,
                      "rules",
                      NULL,
                      {"With --labelled: compare what each rule claims (its likelihood, by evidence) with the\n"
                       "share of its findings that are right.",
                       "--labelled とともに: 各規則が言う確からしさ(根拠別)を、正しかった検出の割合と比べる。"}},
    [OPTION_HARMLESS] = {0,
                         "harmless",
                         "FILE",
                         {"Texts that must not be stopped, one on each line: the terms are tried on them too.",
                          "止めてはならない文(1行に1つ)。語句をこれにも当ててみる。"}},
    [OPTION_DRY_RUN] = {'n',
                        "dry-run",
                        NULL,
                        {"Tell what would happen, and change nothing.", "何が起きるかを示すだけで、何も変えない。"}},
    [OPTION_ACCEPT_WARNINGS] = {0,
                                "accept-warnings",
                                NULL,
                                {"Go on in spite of warnings (never of errors).",
                                 "注意があっても続ける(誤りがあれば続けない)。"}},
    [OPTION_LIST] = {0,
                     "list",
                     NULL,
                     {"Print the journal: time, user, act, version kept, hash of the files.",
                      "記録(時刻、利用者、操作、残した版の番号、ファイルのハッシュ)を示す。"}},
    [OPTION_NAME] = {0,
                     "name",
                     "NAME",
                     {"The municipality, as it is written: 流山市; 東京都府中市 where two are called so.",
                      "市区町村の名前。流山市、同じ名前が2つあれば 東京都府中市。"}},
    [OPTION_OLD] = {0,
                    "old",
                    "CITY",
                    {"The version in use: a city, or a folder.", "いま使っている版(市の名前またはフォルダ)。"}},
    [OPTION_NEW] = {0,
                    "new",
                    "CITY",
                    {"The other version: a folder, or a city.", "比べる版(フォルダまたは市の名前)。"}},
    [OPTION_ARCHIVE] = {0,
                        "archive",
                        "FILE",
                        {"An archive to try it on; files behind the options are read too.",
                         "試すアーカイブ(オプションの後に書いたファイルも読む)。"}},
    [OPTION_TIME_FIELD] =
        {0,
         "time-field",
         "NAME",
         {"The field or column that says when: a date, or seconds or milliseconds of a clock.\n"
          "Default: timestamp (in webhooks each event's), or a column with a usual name (日時, 送信日,\n"
          "受付日, date and others).",
          "日時のフィールドや列。日付か、時計の秒・ミリ秒。省略時は timestamp(Webhook では\n"
          "各イベントのもの)か、よくある名前の列(日時、送信日、受付日、date など)。"}},
    [OPTION_JSON_FILE] = {0, "json", "FILE", {"Write the numbers to FILE as JSON.", "数字を JSON で FILE に書く。"}},
    [OPTION_XLSX] = {0,
                     "xlsx",
                     "FILE",
                     {"Write the numbers to FILE as a workbook.", "数字を Excel のブックとして FILE に書く。"}},
    [OPTION_NO_SAMPLES] = {0,
                           "no-samples",
                           NULL,
                           {"Counts alone: no redacted texts as samples.",
                            "伏せ字にした文の例を載せず、件数だけにする。"}},
    [OPTION_BENCH_RULES] = {0,
                            "rules",
                            "A",
                            {"The rules to be measured: a city, the folder of one, or a whole dictionary directory\n"
                             "(with common/ and cities/, of which --policy names one).",
                             "測る規則。市の名前、市のフォルダ、または common/ と cities/ のある辞書ディレクトリ\n"
                             "(その中の市は --policy で選ぶ)。"}},
    [OPTION_AGAINST] = {0,
                        "against",
                        "B",
                        {"Other rules, measured side by side with them.", "並べて測る、比べる相手の規則。"}},
    [OPTION_CORPUS] = {0,
                       "corpus",
                       "FILE",
                       {"The texts; files behind the options are read too. Files are read as scan reads them.",
                        "測るための文(オプションの後に書いたファイルも読む)。読み方は scan と同じ。"}},
    [OPTION_ROUNDS] = {0,
                       "rounds",
                       "N",
                       {"How often each side looks at the texts, 15 to 1000. Default: 15.",
                        "文を何回ずつ調べるか(15〜1000)。省略時は15。"}},
    [OPTION_TIMINGS] = {0,
                        "timings",
                        "N",
                        {"How many sets of rules may be left out and timed per side to find what costs, from 9;\n"
                         "0: none. Default: 48, about a second each.",
                         "費用のもとを探すために、規則の組を外して測る回数の上限(1つの規則集ごとに9以上)。\n"
                         "0 なら測らない。省略時は48(1回がおよそ1秒)。"}},
    [OPTION_TOP] = {0,
                    "top",
                    "N",
                    {"Rows of a table for people; JSON has all. Default: 15.",
                     "表に示す行数(JSONではすべて)。省略時は15。"}},
    [OPTION_CHART] = {0,
                      "chart",
                      "FILE",
                      {"Also draw the figures: one SVG file that needs nothing else.",
                       "図も描く(それだけで開けるSVGファイル)。"}},
    [OPTION_KEEP_COLUMN] =
        {0,
         "keep-column",
         "NAME",
         {"A column or field to keep beside the texts; may be given several times. What is personal\n"
          "in it becomes a label, and its values count as facts about a person.",
          "文のほかに残す列やフィールド。複数回指定できる。個人情報はラベルにし、値は個人の属性として\n"
          "数える。"}},
    [OPTION_LINK] = {0,
                     "link",
                     "NAME",
                     {"The field or column that names the sender. Records of one sender get the same random word;\n"
                      "its key is destroyed at the end and never written.",
                      "送信者を示すフィールドや列。同じ送信者の記録に同じ無作為の語を付ける。語を作る鍵は終了時に\n"
                      "破棄し、どこにも書かない。"}},
    [OPTION_K] = {0,
                  "k",
                  "K",
                  {"How many records at least must share every combination of facts. Default: 5.",
                   "どの属性の組み合わせも、この件数以上の記録にあること。省略時は5。"}},
    [OPTION_DROP_RISKY] = {0,
                           "drop-risky",
                           NULL,
                           {"Leave out records from which people may be identified, and say how many.",
                            "個人が特定されるおそれのある記録を除き、その件数を示す。"}},
    [OPTION_HELP] = {'h', "help", NULL, {"This page.", "このページを表示する。"}},
};

/* --- words for people --------------------------------------------------------------------------------------------- */

bool
words_are_japanese(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return strncmp(value, "ja", 2) == 0;
    }
    return false;
}

const char *
words_for(const struct call *call, const char *en, const char *ja)
{
    return call->is_japanese ? ja : en;
}

static void
say_who(const struct call *call)
{
    if (call->verb != NULL)
        fprintf(stderr, "filterctl %s: ", call->verb->name);
    else
        fputs("filterctl: ", stderr);
}

int
complain(const struct call *call, const char *format, ...)
{
    va_list arguments;

    say_who(call);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return EXIT_TROUBLE;
}

int
usage_error(const struct call *call, const char *format, ...)
{
    va_list arguments;

    say_who(call);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n%s: filterctl help%s%s\n", words_for(call, "Help", "使い方"), call->verb ? " " : "",
            call->verb ? call->verb->name : "");
    return EXIT_TROUBLE;
}

const char *
words_of_status(const struct call *call, enum status status)
{
    static char japanese[FAULT_TEXT_BYTES];
    const char *why = status == STATUS_IO && errno != 0 ? strerror(errno) : status_word(status);

    return call->is_japanese ? fault_words_japanese(why, japanese, sizeof japanese) : why;
}

int
complain_why(const struct call *call, const char *what, enum status status)
{
    return complain(call, "%s: %s", what, words_of_status(call, status));
}

int
complain_fault(const struct call *call, const struct fault *fault)
{
    char text[FAULT_TEXT_BYTES];

    return complain(call, "%s",
                    call->is_japanese ? fault_text_japanese(fault, text, sizeof text)
                                      : fault_text(fault, text, sizeof text));
}

/* --- near names --------------------------------------------------------------------------------------------------- */

#define NAME_MAX_BYTES 32

/* Levenshtein distance of two short names. */
static unsigned
distance(const char *a, const char *b)
{
    unsigned row[NAME_MAX_BYTES + 1];
    size_t a_bytes = strlen(a), b_bytes = strlen(b);

    if (a_bytes > NAME_MAX_BYTES || b_bytes > NAME_MAX_BYTES)
        return NAME_MAX_BYTES;
    for (unsigned j = 0; j <= b_bytes; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_bytes; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_bytes; j++) {
            unsigned best = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b_bytes];
}

const char *
nearest_name(const char *word, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    unsigned best = 3; /* two slips at most */

    for (size_t i = 0; i < count; i++) {
        unsigned far = names[i] == NULL ? best : distance(word, names[i]);

        if (far < best && far < strlen(names[i])) {
            best = far;
            nearest = names[i];
        }
    }
    return nearest;
}

/* --- parsing ------------------------------------------------------------------------------------------------------ */

#define FIRST_CODE 256 /* what getopt_long answers for option_id 0 */

struct forms { /* the table of a verb as getopt_long wants it */
    struct option names[OPTION_COUNT + 2];
    char letters[2 * OPTION_COUNT + 4];
    size_t count;
};

static void
add_form(struct forms *forms, enum option_id id)
{
    const struct option_row *row = &option_rows[id];
    size_t used = strlen(forms->letters);

    forms->names[forms->count++] =
        (struct option){row->name, row->argument ? required_argument : no_argument, NULL, FIRST_CODE + (int)id};
    if (row->letter != 0) {
        forms->letters[used++] = row->letter;
        if (row->argument != NULL)
            forms->letters[used++] = ':';
        forms->letters[used] = '\0';
    }
}

static enum option_id
option_of_code(int code)
{
    if (code >= FIRST_CODE)
        return (enum option_id)(code - FIRST_CODE);
    for (int id = 0; id < OPTION_COUNT; id++)
        if (option_rows[id].letter != 0 && option_rows[id].letter == code)
            return (enum option_id)id;
    return OPTION_COUNT;
}

static void
refuse_unknown(const struct call *call, const struct forms *forms, char **argv)
{
    const char *given = argv[optind - 1];
    const char *names[OPTION_COUNT];
    const char *near;
    char word[NAME_MAX_BYTES + 1];

    if (optopt != 0 && optopt < FIRST_CODE) {
        usage_error(call, words_for(call, "unknown option '-%c'", "不明なオプション '-%c'"), optopt);
        return;
    }
    if (optopt >= FIRST_CODE) {
        usage_error(call, words_for(call, "option '--%s' takes no value", "オプション '--%s' に値は付けられません"),
                    option_rows[optopt - FIRST_CODE].name);
        return;
    }
    for (size_t i = 0; i < forms->count; i++)
        names[i] = forms->names[i].name;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    near = strncmp(given, "--", 2) == 0 ? nearest_name(word, names, forms->count) : NULL;
    if (near != NULL)
        usage_error(
            call,
            words_for(call, "unknown option '%s'; did you mean '--%s'?", "不明なオプション '%s'。'--%s' のことですか?"),
            given, near);
    else
        usage_error(call, words_for(call, "unknown option '%s'", "不明なオプション '%s'"), given);
}

static bool
take_option(struct call *call, int code, const struct forms *forms, char **argv)
{
    enum option_id id;

    if (code == '?') {
        refuse_unknown(call, forms, argv);
        return false;
    }
    if (code == ':') {
        usage_error(call, words_for(call, "option '%s' needs a value", "オプション '%s' には値が要ります"),
                    argv[optind - 1]);
        return false;
    }
    id = option_of_code(code);
    if (id == OPTION_FIELD && call->counts[id] < FILTERCTL_MAX_FIELDS)
        call->fields[call->counts[id]] = optarg;
    if (id == OPTION_KEEP_COLUMN && call->counts[id] < FILTERCTL_MAX_FIELDS)
        call->keeps[call->counts[id]] = optarg;
    call->values[id] = optarg != NULL ? optarg : "";
    call->counts[id]++;
    return true;
}

bool
options_parse(struct call *call, int argc, char **argv)
{
    struct forms forms = {.letters = ":"};
    int code;

    for (const enum option_id *id = call->verb->options; *id != OPTION_COUNT; id++)
        add_form(&forms, *id);
    add_form(&forms, OPTION_HELP);
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, forms.letters, forms.names, NULL)) != -1)
        if (!take_option(call, code, &forms, argv))
            return false;
    call->operands = (const char *const *)argv + optind;
    call->operand_count = argc - optind;
    if (call->operand_count > call->verb->max_operands && call->counts[OPTION_HELP] == 0) {
        usage_error(call, words_for(call, "too many arguments: '%s'", "引数が多すぎます: '%s'"),
                    call->operands[call->verb->max_operands]);
        return false;
    }
    return true;
}
