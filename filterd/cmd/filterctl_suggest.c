#include <string.h>

#include "base/file.h"
#include "cmd/filterctl.h"
#include "tune/suggest.h"
#include "wire/json.h"

#define MAX_REVIEWED_BYTES (16u << 20)

static const struct {
    const char *id;
    struct words words; /* what to do, with the value */
} kinds[SUGGESTION_KIND_COUNT] = {
    [SUGGEST_EXCEPTION] = {"exception", {"add to its exceptions: 「%s」", "例外に「%s」を加える"}},
    [SUGGEST_MATCH] = {"match", {"let it match as %s", "一致を「%s」にする"}},
    [SUGGEST_NAME] = {"name",
                      {"names.csv: add 「%s」, if it is no private person's name",
                       "names.csv に「%s」を加える(個人の名前でなければ)"}},
    [SUGGEST_TERM] = {"term", {"terms.csv: add 「%s」", "terms.csv に「%s」を加える"}},
};

struct advising {
    const struct call *call;
    const char *reviewed; /* the file */
};

/* --- telling ------------------------------------------------------------------------------------------------------ */

static void
tell(void *context, const struct suggestion *suggestion)
{
    const struct advising *advising = context;
    const struct call *call = advising->call;
    const char *format = words_for(call, kinds[suggestion->kind].words.en, kinds[suggestion->kind].words.ja);
    const char *mark = strstr(format, "%s");

    if (suggestion->line > 0) {
        printf("terms.csv:%u 「", suggestion->line);
        print_safely(stdout, suggestion->term, 30);
        fputs("」: ", stdout);
    }
    printf("%.*s", (int)(mark - format), format);
    print_safely(stdout, suggestion->value, 0);
    fputs(mark + 2, stdout);
    if (suggestion->kind == SUGGEST_TERM)
        printf(" (%s)", call->is_japanese ? category_label(suggestion->category) : category_word(suggestion->category));
    printf(words_for(call, " - mends %u, breaks 0\n", " — 直る %u件、悪くなる 0件\n"), suggestion->mends);
}

static void
tell_json(void *context, const struct suggestion *suggestion)
{
    struct buffer line;

    (void)context;
    buffer_init(&line);
    buffer_appendf(&line, "{\"suggest\":\"%s\",\"line\":%u,\"term\":", kinds[suggestion->kind].id, suggestion->line);
    json_string(&line, suggestion->term);
    buffer_append_text(&line, ",\"value\":");
    json_string(&line, suggestion->value);
    buffer_appendf(&line, ",\"mends\":%u,\"breaks\":0}", suggestion->mends);
    print_json_line(&line);
}

static void
tell_left(void *context, unsigned line)
{
    const struct advising *advising = context;
    const struct call *call = advising->call;

    if (call->counts[OPTION_JSON] == 0)
        printf(words_for(call, "%s:%u: nothing small mends this one; see filterctl explain\n",
                         "%s:%u: 小さな変更では直りません。filterctl explain で理由を見てください\n"),
               advising->reviewed, line);
}

static int
finish(const struct call *call, const struct suggest *suggest)
{
    if (call->counts[OPTION_JSON] > 0)
        printf("{\"wrong\":%u,\"mended\":%u}\n", suggest->wrong, suggest->mended);
    else
        printf(words_for(call, "%u of the reviewed texts come out wrong; with all of this %u are mended\n",
                         "確認した文のうち %u件が期待と違います。上の変更をすべて行うと %u件が直ります\n"),
               suggest->wrong, suggest->mended);
    return suggest->wrong > 0 ? EXIT_FOUND : EXIT_GOOD;
}

/* --- the verb ----------------------------------------------------------------------------------------------------- */

/* What no new term may hit: everyday words, allowed cases of this city, the lines of --harmless. */
static bool
gather(const struct call *call, const struct city_files *files, struct harmless_set *set)
{
    const char *path = call->values[OPTION_HARMLESS];
    struct fault fault = {0};
    struct buffer lines;
    enum status status = harmless_begin(set);

    buffer_init(&lines);
    if (status == STATUS_OK)
        status = harmless_add_words(set, WORDLIST_DIR);
    if (status == STATUS_NOT_FOUND)
        fault_set(&fault, WORDLIST_DIR, 0, 0, "", "", "there are no everyday words",
                  "install the package mecab-ipadic");
    if (status == STATUS_OK)
        status = harmless_add_cases(set, files, &fault);
    if (status == STATUS_OK && path != NULL) {
        status = file_read(path, MAX_REVIEWED_BYTES, &lines);
        if (status == STATUS_OK)
            status = harmless_add_lines(set, buffer_slice(&lines), path);
        else
            fault_set(&fault, path, 0, 0, "", "", "the file cannot be read", words_of_status(call, status));
    }
    buffer_fini(&lines);
    if (status != STATUS_OK && fault.reason[0] != '\0')
        complain_fault(call, &fault);
    else if (status != STATUS_OK)
        session_complain(call, status);
    return status == STATUS_OK;
}

static int
advise(const struct call *call, struct load *load, const struct places *places, const struct city_files *files,
       const struct buffer *reviewed)
{
    char keys_path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 8];
    struct advising advising = {call, call->operands[1]};
    struct harmless_set harmless;
    struct suggest suggest = {.common = load_cities(load)->common,
                              .keys_path = places_keys(places, files->id, keys_path, sizeof keys_path),
                              .harmless = &harmless,
                              .tell = call->counts[OPTION_JSON] > 0 ? tell_json : tell,
                              .tell_left = tell_left,
                              .context = &advising};
    struct fault fault = {0};
    enum status status = STATUS_INTERNAL;
    bool is_gathered = gather(call, files, &harmless);

    if (is_gathered)
        status = scanner_create(suggest.common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &suggest.scanner);
    if (is_gathered && status == STATUS_OK)
        status = suggest_run(&suggest, files, buffer_slice(reviewed), call->operands[1], &fault);
    scanner_destroy(&suggest.scanner);
    harmless_fini(&harmless);
    if (!is_gathered)
        return EXIT_TROUBLE;
    if (status == STATUS_OK)
        return finish(call, &suggest);
    return fault.reason[0] != '\0' ? complain_fault(call, &fault) : session_complain(call, status);
}

static int
run_suggest(const struct call *call)
{
    struct city_files files;
    struct places places;
    struct load *load;
    struct buffer reviewed;
    struct fault fault = {0};
    int code = EXIT_TROUBLE;

    if (call->operand_count < 2)
        return usage_error(call, words_for(call, "name a city or its folder, and the reviewed texts",
                                           "市の名前かフォルダと、確認した文のファイルを書いてください"));
    load = session_load(call, &places);
    if (load == NULL)
        return EXIT_TROUBLE;
    buffer_init(&reviewed);
    if (file_read(call->operands[1], MAX_REVIEWED_BYTES, &reviewed) != STATUS_OK)
        complain(call, "%s: %s", call->operands[1], words_for(call, "the file cannot be read", "ファイルを読めません"));
    else if (session_read_city(&places, call->operands[0], &files, &fault) != STATUS_OK)
        complain_fault(call, &fault);
    else {
        code = advise(call, load, &places, &files, &reviewed);
        city_files_fini(&files);
    }
    buffer_fini(&reviewed);
    load_destroy(&load);
    return code;
}

const struct verb verb_suggest = {
    .name = "suggest",
    .operands = "CITY REVIEWED",
    .max_operands = 2,
    .options = {OPTION_HARMLESS, OPTION_JSON, OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"small changes that mend what people found wrong", "まちがいを直す小さな変更を提案する"},
    .description =
        {"REVIEWED is a file like cases.csv: texts, and what should have come out. For those that come\n"
         "out wrong, changes of the city's lists are tried one by one on all reviewed texts and all\n"
         "cases: an exception, a narrower match, a name, a new term. Told is what mends most and\n"
         "breaks nothing, with its effect. Nothing is changed: write what you like into a draft, and\n"
         "run lint.\n"
         "\n"
         "For a new term the row must name the clause; terms that stand in everyday words, allowed\n"
         "cases or lines of --harmless are not suggested.",
         "REVIEWED は cases.csv と同じ形で、文と、本来の期待を書いたもの。期待と違う文について、市の一覧への\n"
         "変更(例外、狭い一致、名称、新しい語句)を1つずつ、確認した文と事例のすべてで試し、最も多く直り、\n"
         "何も悪くしないものを、効果とともに示す。何も変更しない。採用するものを下書きに書き、lint すること。\n"
         "\n"
         "新しい語句の提案には、行に条項が要る。普通の言葉、許可の事例、--harmless の行に含まれる語句は\n"
         "提案しない。"},
    .exits = {{EXIT_GOOD, {"every reviewed text comes out right", "すべて期待どおり"}},
              {EXIT_FOUND, {"some come out wrong", "期待と違う文がある"}},
              {EXIT_TROUBLE, {"a file could not be read", "ファイルを読めない"}}},
    .examples = {{"filterctl suggest ./draft/kashiwa reviewed.csv", {"After a review:", "確認のあとで:"}}},
    .run = run_suggest,
};
