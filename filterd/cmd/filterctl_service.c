#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/json_line.h"
#include "cmd/filterctl.h"
#include "serve/control.h"

#define ASK_TIMEOUT_MS 10000
#define RELOAD_TIMEOUT_MS 600000
#define SHOWN_HASH_CHARACTERS 12

/* status answers in the manner of service scripts. */
enum { EXIT_STATUS_ERROR = 1, EXIT_NOT_RUNNING = 3 };

/* --- asking ------------------------------------------------------------------------------------------------------- */

static const char *
control_path(const struct call *call)
{
    const char *path = call->values[OPTION_CONTROL];

    if (path == NULL || path[0] == '\0')
        path = getenv("FILTERD_CONTROL");
    return path == NULL || path[0] == '\0' ? CONTROL_DEFAULT_PATH : path;
}

/* The value of a path in the answer. */
static struct json_value
find(struct slice answer, const char *where)
{
    struct json_path path;
    const struct json_path *paths[] = {&path};
    struct json_value value = {.kind = JSON_ABSENT};

    if (json_path_parse(where, &path) != STATUS_OK || json_line_find(answer, paths, 1, &value) != STATUS_OK)
        value.kind = JSON_ABSENT;
    return value;
}

/* The value as people read it: strings without quotes and escapes. */
static void
put_value(FILE *out, const struct json_value *value, size_t max_characters)
{
    struct buffer scratch;
    struct slice text = value->raw;

    if (value->kind == JSON_ABSENT)
        return;
    buffer_init(&scratch);
    if (value->kind != JSON_STRING || json_value_text(value, &scratch, &text) == STATUS_OK)
        print_safely(out, text, max_characters);
    buffer_fini(&scratch);
}

/* Asks and checks that the answer is one. `answer` is filled only on STATUS_OK; else the user was told. */
static enum status
ask(const struct call *call, int timeout_ms, struct buffer *answer)
{
    const char *path = control_path(call);
    const char *verb = call->verb == &verb_status || call->verb == &verb_stats ? call->verb->name : verb_reload.name;
    enum status status = control_call(path, verb, timeout_ms, answer);
    struct json_value error;

    if (status == STATUS_NOT_FOUND) {
        complain(call, "%s: %s", path, words_for(call, "filterd is not running here", "filterd は動いていません"));
        return status;
    }
    if (status != STATUS_OK) {
        complain_why(call, path, status);
        return status;
    }
    error = find(buffer_slice(answer), "error");
    if (error.kind == JSON_ABSENT &&
        find(buffer_slice(answer), strcmp(verb, verb_reload.name) == 0 ? "ok" : "workers").kind != JSON_ABSENT)
        return STATUS_OK;
    fprintf(stderr, "filterctl %s: %s: ", call->verb->name, path);
    if (error.kind == JSON_STRING)
        put_value(stderr, &error, 0);
    else
        fputs(words_for(call, "the answer cannot be read", "応答を読めません"), stderr);
    fputc('\n', stderr);
    return STATUS_INVALID;
}

static void
print_raw(const struct buffer *answer)
{
    fwrite(answer->data, 1, answer->bytes, stdout);
    putchar('\n');
}

/* --- showing ------------------------------------------------------------------------------------------------------ */

static struct json_value
member(const struct json_value *object, const char *name)
{
    return find(object->raw, name);
}

static void
put_member(const struct json_value *object, const char *name, size_t max_characters)
{
    struct json_value value = member(object, name);

    put_value(stdout, &value, max_characters);
}

static bool
is_empty(const struct json_value *value)
{
    return value->kind != JSON_STRING || value->raw.bytes <= 2;
}

/* "kashiwa  live  1a2b3c4d5e6f  fault", for each element of `cities`; `state` names the member that says how it is. */
static void
put_cities(struct slice answer, const char *state)
{
    struct json_value cities = find(answer, "cities"), key, city;
    struct json_items items;

    if (cities.kind != JSON_ARRAY)
        return;
    json_items_init(&items, &cities);
    while (json_items_next(&items, &key, &city)) {
        struct json_value fault = member(&city, "fault");

        fputs("  ", stdout);
        put_member(&city, "id", 0);
        fputs("  ", stdout);
        put_member(&city, state, 0);
        fputs("  ", stdout);
        put_member(&city, "ruleset", SHOWN_HASH_CHARACTERS);
        if (!is_empty(&fault)) {
            fputs("  ", stdout);
            put_value(stdout, &fault, 0);
        }
        putchar('\n');
    }
}

/* Every number under its path: "front.requests 12". */
static void
put_flat(const struct json_value *object, const char *prefix, unsigned depth)
{
    struct json_value key, value;
    struct json_items items;
    char name[128];

    json_items_init(&items, object);
    while (json_items_next(&items, &key, &value)) {
        snprintf(name, sizeof name, "%s%s%.*s", prefix, prefix[0] ? "." : "",
                 key.kind == JSON_STRING ? (int)key.raw.bytes - 2 : 0, (const char *)key.raw.data + 1);
        if (value.kind == JSON_OBJECT && depth > 0) {
            put_flat(&value, name, depth - 1);
            continue;
        }
        printf("%-32s ", name);
        put_value(stdout, &value, 0);
        putchar('\n');
    }
}

static void
put_line(const struct json_value *answer, const char *title, const char *name)
{
    printf("%s ", title);
    put_member(answer, name, 0);
    putchar('\n');
}

/* The texts of a list, a space between them. */
static void
put_list(const struct json_value *answer, const char *title, const char *name)
{
    struct json_value list = member(answer, name), key, item;
    struct json_items items;

    fputs(title, stdout);
    if (list.kind == JSON_ARRAY) {
        json_items_init(&items, &list);
        while (json_items_next(&items, &key, &item)) {
            putchar(' ');
            put_value(stdout, &item, 0);
        }
    }
    putchar('\n');
}

static void
put_workers(const struct call *call, struct slice answer)
{
    struct json_value workers = find(answer, "workers"), key, worker;
    struct json_items items;

    if (workers.kind != JSON_ARRAY)
        return;
    puts(words_for(call, "workers (pid, jobs, ms in the present job)", "ワーカー (pid、件数、処理中のミリ秒)"));
    json_items_init(&items, &workers);
    while (json_items_next(&items, &key, &worker)) {
        fputs("  ", stdout);
        put_member(&worker, "pid", 0);
        fputs("  ", stdout);
        put_member(&worker, "jobs", 0);
        fputs("  ", stdout);
        put_member(&worker, "busy_ms", 0);
        putchar('\n');
    }
}

/* --- the verbs ---------------------------------------------------------------------------------------------------- */

static struct json_value
whole(const struct buffer *answer)
{
    return (struct json_value){.kind = JSON_OBJECT, .raw = buffer_slice(answer)};
}

/* Only while there is one. */
static void
put_crash_loop(const struct call *call, const struct json_value *all)
{
    const struct json_value deaths = member(all, "crash_loop.deaths");

    if (deaths.kind == JSON_ABSENT || slice_equal(deaths.raw, SLICE_LITERAL("0")))
        return;
    fputs(words_for(call, "crash loop (deaths in a row, ms to the next start)",
                    "異常終了の連続 (回数、次の開始までのミリ秒)"),
          stdout);
    fputs("  ", stdout);
    put_value(stdout, &deaths, 0);
    fputs("  ", stdout);
    put_member(all, "crash_loop.retry_ms", 0);
    putchar('\n');
}

/* "common     kept  file:line: …" */
static void
put_common(const struct call *call, const struct json_value *all)
{
    struct json_value fault = member(all, "common.fault");

    fputs(words_for(call, "common     ", "共通辞書   "), stdout);
    put_member(all, "common.state", 0);
    if (!is_empty(&fault)) {
        fputs("  ", stdout);
        put_value(stdout, &fault, 0);
    }
    putchar('\n');
}

static void
show_status(const struct call *call, const struct buffer *answer)
{
    struct json_value all = whole(answer);

    put_line(&all, words_for(call, "state     ", "状態      "), "status");
    put_line(&all, "pid       ", "pid");
    put_line(&all, words_for(call, "uptime, s ", "稼働(秒)  "), "uptime_s");
    put_line(&all, words_for(call, "generation", "世代      "), "generation");
    put_list(&all, words_for(call, "listen    ", "待ち受け  "), "listen");
    put_workers(call, buffer_slice(answer));
    put_crash_loop(call, &all);
    put_common(call, &all);
    puts(words_for(call, "cities (state, ruleset)", "市 (状態、規則)"));
    put_cities(buffer_slice(answer), "state");
}

static int
run_status(const struct call *call)
{
    struct buffer answer;
    enum status status;

    buffer_init(&answer);
    status = ask(call, ASK_TIMEOUT_MS, &answer);
    if (status == STATUS_OK && call->counts[OPTION_JSON] > 0)
        print_raw(&answer);
    else if (status == STATUS_OK)
        show_status(call, &answer);
    buffer_fini(&answer);
    if (status == STATUS_NOT_FOUND)
        return EXIT_NOT_RUNNING;
    return status == STATUS_OK ? EXIT_GOOD : EXIT_STATUS_ERROR;
}

static int
run_stats(const struct call *call)
{
    struct buffer answer;
    enum status status;

    buffer_init(&answer);
    status = ask(call, ASK_TIMEOUT_MS, &answer);
    if (status == STATUS_OK && call->counts[OPTION_JSON] > 0) {
        print_raw(&answer);
    } else if (status == STATUS_OK) {
        struct json_value all = whole(&answer);

        put_flat(&all, "", 4);
    }
    buffer_fini(&answer);
    return status == STATUS_OK ? EXIT_GOOD : EXIT_TROUBLE;
}

static void
show_reload(const struct call *call, const struct buffer *answer)
{
    struct json_value all = whole(answer), fault = member(&all, "fault");

    put_line(&all, words_for(call, "generation", "世代"), "generation");
    put_cities(buffer_slice(answer), "result");
    if (!is_empty(&fault))
        put_line(&all, words_for(call, "nothing changed:", "何も変わっていません:"), "fault");
}

static int
run_reload(const struct call *call)
{
    struct buffer answer;
    struct json_value ok;
    int code = EXIT_TROUBLE;

    buffer_init(&answer);
    if (ask(call, RELOAD_TIMEOUT_MS, &answer) == STATUS_OK) {
        ok = find(buffer_slice(&answer), "ok");
        code = slice_equal(ok.raw, SLICE_LITERAL("true")) ? EXIT_GOOD : EXIT_FOUND;
        if (call->counts[OPTION_JSON] > 0)
            print_raw(&answer);
        else
            show_reload(call, &answer);
    }
    buffer_fini(&answer);
    return code;
}

/* Whether the answer says that the city's present files answer now. */
static bool
is_live(struct slice answer, const char *city)
{
    struct json_value cities = find(answer, "cities"), key, item;
    struct json_items items;
    char wanted[128];

    snprintf(wanted, sizeof wanted, "\"%s\"", city);
    if (cities.kind != JSON_ARRAY)
        return false;
    json_items_init(&items, &cities);
    while (json_items_next(&items, &key, &item)) {
        struct json_value result = member(&item, "result");

        if (slice_equal(member(&item, "id").raw, slice_of(wanted)))
            return slice_equal(result.raw, SLICE_LITERAL("\"live\"")) ||
                   slice_equal(result.raw, SLICE_LITERAL("\"unchanged\""));
    }
    return false;
}

enum service_answer
service_reload_city(const struct call *call, const char *city)
{
    enum service_answer answer = SERVICE_REFUSED;
    struct buffer reply;

    if (access(control_path(call), F_OK) != 0)
        return SERVICE_ABSENT;
    buffer_init(&reply);
    if (ask(call, RELOAD_TIMEOUT_MS, &reply) == STATUS_OK) {
        if (is_live(buffer_slice(&reply), city))
            answer = SERVICE_LIVE;
        else
            put_cities(buffer_slice(&reply), "result");
    }
    buffer_fini(&reply);
    return answer;
}

/* --- their pages -------------------------------------------------------------------------------------------------- */

const struct verb verb_status = {
    .name = "status",
    .operands = "",
    .options = {OPTION_CONTROL, OPTION_JSON, OPTION_COUNT},
    .summary = {"say whether the service runs, and with what", "サービスが動いているか、何で動いているかを示す"},
    .description = {"Asks the running filterd over its control socket and prints its state, its workers and the\n"
                    "cities it answers for. A city is live, kept (its last good version answers, because its\n"
                    "present files are at fault) or failed (it has no good version and answers UNAVAILABLE).\n"
                    "The common dictionaries are live or kept in the same sense.\n"
                    "\n"
                    "The socket is open to root, to the service's own user and to its group.",
                    "動いている filterd に制御ソケットで尋ね、状態、ワーカー、対応中の市を示す。市は live(現在の\n"
                    "ファイルで動作)、kept(現在のファイルに誤りがあり、前の版で動作)、failed(使える版が無く\n"
                    "UNAVAILABLE を返す)のどれか。共通辞書の live と kept も同じ意味。\n"
                    "\n"
                    "ソケットを使えるのは root、サービスの利用者とそのグループ。"},
    .exits = {{EXIT_GOOD, {"it runs", "動いている"}},
              {EXIT_STATUS_ERROR, {"an error: it cannot be told", "エラー(分からない)"}},
              {EXIT_TROUBLE, {"the command line is at fault", "コマンドの書き方の誤り"}},
              {EXIT_NOT_RUNNING, {"it does not run", "動いていない"}}},
    .examples = {{"filterctl status", {"Is it there?", "動いているか:"}},
                 {"filterctl status -j --control /run/filterd/control.sock", {"For a monitor:", "監視のために:"}}},
    .run = run_status,
};

const struct verb verb_stats = {
    .name = "stats",
    .operands = "",
    .options = {OPTION_CONTROL, OPTION_JSON, OPTION_COUNT},
    .summary = {"print the counters of the service", "サービスの計数を示す"},
    .description = {"Asks the running filterd for its counters and prints each with its name: requests of the\n"
                    "front, verdicts and deaths of the workers, reloads. All count since the service started.",
                    "動いている filterd の計数(受け付けた要求、判定、ワーカーの異常終了、再読み込みなど)を\n"
                    "名前とともに示す。いずれもサービス開始からの数。"},
    .exits = {{EXIT_GOOD, {"printed", "示した"}},
              {EXIT_TROUBLE, {"the service does not run, or an error", "動いていない、またはエラー"}}},
    .examples = {{"filterctl stats", {"All counters:", "すべての計数:"}},
                 {"filterctl stats -j", {"For a program:", "プログラムのために:"}}},
    .run = run_stats,
};

const struct verb verb_reload = {
    .name = "reload",
    .operands = "",
    .options = {OPTION_CONTROL, OPTION_JSON, OPTION_COUNT},
    .summary = {"make the service use the present files", "現在のファイルをサービスに読み込ませる"},
    .description =
        {"Makes the running filterd read policies and dictionaries again, and waits until the new\n"
         "ones answer. What did not change is kept as it is. Prints each city: unchanged, live (its\n"
         "new files answer), kept (they are at fault or its cases fail: the last good version goes on\n"
         "answering), failed (there is none) or removed, with the fault. Faulty common dictionaries\n"
         "change nothing at all. No message is lost or refused because of a reload.",
         "動いている filterd に方針と辞書を読み直させ、新しいものが応答するまで待つ。変わっていないものは\n"
         "そのまま。市ごとに unchanged(変更なし)、live(新しいファイルで動作)、kept(誤りか事例の不一致が\n"
         "あり、前の版で動作を続ける)、failed(使える版が無い)、removed(無くなった)と、誤りを示す。共通辞書に\n"
         "誤りがあれば何も変わらない。再読み込みでメッセージが失われたり断られたりすることはない。"},
    .exits = {{EXIT_GOOD, {"every city's present files are live", "全市が現在のファイルで動いている"}},
              {EXIT_FOUND,
               {"a city was kept or failed, or nothing changed because of a fault",
                "前の版のまま・使えない市がある、または誤りのため変更なし"}},
              {EXIT_TROUBLE, {"the service does not run, or an error", "動いていない、またはエラー"}}},
    .examples = {{"filterctl test kashiwa && filterctl reload",
                  {"After a change of a city's files:", "市のファイルを変えたら:"}}},
    .run = run_reload,
};
