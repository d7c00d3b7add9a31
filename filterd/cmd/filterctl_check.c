#include "cmd/filterctl.h"
#include "wire/json.h"

static int
exit_code_of(enum action action)
{
    switch (action) {
    case ACTION_ALLOW:
        return EXIT_GOOD;
    case ACTION_REDACT:
    case ACTION_BLOCK:
        return EXIT_FOUND;
    default:
        return EXIT_TROUBLE; /* no verdict is never good news */
    }
}

static void
print_json(const struct verdict *verdict, const struct ruleset *ruleset)
{
    struct buffer line;

    buffer_init(&line);
    json_verdict(&line, SLICE_LITERAL("\"0\""), verdict, ruleset);
    print_json_line(&line);
}

static void
print_refused(enum status status)
{
    struct buffer line;

    buffer_init(&line);
    json_refused(&line, SLICE_LITERAL("\"0\""), wire_status_of(status), 0, 0);
    print_json_line(&line);
}

static int
check_text(const struct call *call, struct session *session, struct scanner *scanner, struct slice text)
{
    const struct verdict *verdict = NULL;
    enum status status;

    session->message.text = text;
    status = scanner_run(scanner, session->ruleset, &session->message, &verdict);
    if (status != STATUS_OK && call->counts[OPTION_JSON] > 0)
        print_refused(status);
    if (status != STATUS_OK)
        return session_complain(call, status);
    if (call->counts[OPTION_JSON] > 0)
        print_json(verdict, session->ruleset);
    else
        print_verdict(call, verdict, session->ruleset);
    return exit_code_of(verdict->action);
}

static int
run_check(const struct call *call)
{
    struct session session;
    struct scanner *scanner = NULL;
    struct buffer text;
    int code = EXIT_TROUBLE;

    if (!session_open(call, &session))
        return EXIT_TROUBLE;
    buffer_init(&text);
    if (session_read_text(call, &text))
        scanner = session_scanner(call, &session);
    if (scanner != NULL)
        code = check_text(call, &session, scanner, buffer_slice(&text));
    scanner_destroy(&scanner);
    buffer_fini(&text);
    session_close(&session);
    return code;
}

const struct verb verb_check = {
    .name = "check",
    .operands = "[TEXT|-]",
    .max_operands = 1,
    .options = {OPTION_POLICY, OPTION_DIRECTION, OPTION_SURFACE, OPTION_PURPOSE, OPTION_JSON, OPTION_DICTIONARIES,
                OPTION_STORE, OPTION_KEYS, OPTION_RULESET, OPTION_STATE_DIR, OPTION_SHORT_TOKENS, OPTION_COUNT},
    .summary = {"decide about one message", "1通のメッセージを判断する"},
    .description = {"Decides about one message as the service would, without the service: allow, redact or\n"
                    "block, with the clauses of the policy that decide and everything that was found. Offsets\n"
                    "count characters (code points) from 0; the end is exclusive.\n"
                    "\n"
                    "The message is TEXT, or standard input when TEXT is - or missing; one line break at its\n"
                    "end is left out then. A TEXT that begins with a hyphen goes behind --. Other users of the\n"
                    "machine can see arguments: real messages belong on standard input.\n"
                    "\n"
                    "With --json the answer is the line that scan prints for a record; the id is \"0\".",
                    "サービスを使わずに、サービスと同じ判断(許可・伏せ字・遮断)を1通について行い、根拠となる\n"
                    "方針の条項と、見つかったものをすべて示す。位置は0から数えた文字(コードポイント)で、終わりは\n"
                    "含まない。\n"
                    "\n"
                    "メッセージは引数 TEXT。TEXT が - か省略なら標準入力から読み、末尾の改行1つは除く。- で始まる\n"
                    "TEXT は -- の後に書く。引数は同じ機械の他の利用者にも見えるため、実際の文は標準入力で渡すこと。\n"
                    "\n"
                    "--json では scan の1行と同じ形で出す(id は \"0\")。"},
    .exits = {{EXIT_GOOD, {"allowed", "許可"}},
              {EXIT_FOUND, {"redacted or blocked", "伏せ字または遮断"}},
              {EXIT_TROUBLE, {"an error: there is no verdict", "エラー(判定なし)"}}},
    .examples = {{"filterctl check --policy kashiwa '電話は 090-0000-0000 です'",
                  {"One message under the policy of a city:", "ある市の方針で1通を見る:"}},
                 {"filterctl check -j - < message.txt",
                  {"A message from a file, as JSON:", "ファイルの文を JSON で:"}}},
    .run = run_check,
};
