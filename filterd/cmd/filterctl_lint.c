#include <string.h>

#include "base/fault_words.h"
#include "base/file.h"
#include "cmd/filterctl.h"
#include "tune/lint.h"
#include "wire/json.h"

#define MAX_HARMLESS_BYTES (64u << 20)

struct linting {
    const struct call *call;
    struct places places;
    struct load *load;
    struct harmless_set harmless;
    struct lint lint;
    const char *city; /* the one being read */
    bool broken;      /* a city could not be read */
};

/* --- telling ------------------------------------------------------------------------------------------------------ */

static const char *
phrase_for(const struct call *call, struct phrase phrase)
{
    return words_for(call, phrase.en, phrase.ja);
}

static const char *
fault_words(const struct call *call, const char *english, char *out, size_t out_bytes)
{
    return call->is_japanese ? fault_words_japanese(english, out, out_bytes) : english;
}

/* city/terms.csv:12: 注意 hidden-in-words 「バイ」: …: アルバイト / 直し方: … */
static void
show(const struct linting *linting, const struct remark *remark)
{
    const struct call *call = linting->call;
    const struct remark_row *row = &remark_rows[remark->check];
    char reason_words[512], mend_words[512];
    const char *reason = phrase_for(call, row->reason), *mend = phrase_for(call, row->mend);

    if (remark->fault != NULL) {
        reason = fault_words(call, remark->fault->reason, reason_words, sizeof reason_words);
        mend = fault_words(call, remark->fault->mend, mend_words, sizeof mend_words);
    }

    printf("%s/%s", linting->city, remark->file);
    if (remark->line > 0)
        printf(":%u", remark->line);
    printf(": %s %s", phrase_for(call, remark_level_words[row->level]), row->id);
    if (remark->value.bytes > 0) {
        fputs(" 「", stdout);
        print_safely(stdout, remark->value, 40);
        fputs("」", stdout);
    }
    fputs("\n    ", stdout);
    print_safely(stdout, slice_of(reason), 0);
    if (remark->detail[0] != '\0') {
        fputs(": ", stdout);
        print_safely(stdout, slice_of(remark->detail), 0);
    }
    printf("\n    %s: ", words_for(call, "mend", "直し方"));
    print_safely(stdout, slice_of(mend), 0);
    putchar('\n');
}

static void
append_member(struct buffer *line, const char *key, struct slice value)
{
    buffer_appendf(line, ",\"%s\":", key);
    json_string(line, value);
}

static void
show_json(const struct linting *linting, const struct remark *remark)
{
    const struct remark_row *row = &remark_rows[remark->check];
    const struct fault *fault = remark->fault;
    struct buffer line;

    buffer_init(&line);
    buffer_append_text(&line, "{\"city\":");
    json_string(&line, slice_of(linting->city));
    append_member(&line, "file", slice_of(remark->file));
    buffer_appendf(&line, ",\"line\":%u,\"level\":\"%s\",\"check\":\"%s\"", remark->line,
                   remark_level_words[row->level].en, row->id);
    append_member(&line, "value", remark->value);
    append_member(&line, "detail", slice_of(remark->detail));
    append_member(&line, "reason", slice_of(fault != NULL ? fault->reason : row->reason.en));
    append_member(&line, "mend", slice_of(fault != NULL ? fault->mend : row->mend.en));
    buffer_append_byte(&line, '}');
    print_json_line(&line);
}

static void
tell(void *context, const struct remark *remark)
{
    const struct linting *linting = context;

    if (linting->call->counts[OPTION_JSON] > 0)
        show_json(linting, remark);
    else
        show(linting, remark);
}

/* --- harmless texts ----------------------------------------------------------------------------------------------- */

static enum status
gather_file(struct linting *linting, const char *path)
{
    struct buffer content;
    enum status status;

    buffer_init(&content);
    status = file_read(path, MAX_HARMLESS_BYTES, &content);
    if (status == STATUS_OK)
        status = harmless_add_lines(&linting->harmless, buffer_slice(&content), path);
    buffer_fini(&content);
    return status;
}

/* A city whose cases cannot be read is told of when its turn comes. */
static enum status
gather_cases(struct linting *linting)
{
    struct buffer ids;
    size_t count = 0;
    enum status status;
    const char *id;

    buffer_init(&ids);
    status = places_list(&linting->places, &ids, &count);
    id = (const char *)ids.data;
    for (size_t i = 0; i < count && status == STATUS_OK; i++, id += strlen(id) + 1) {
        struct city_files files;
        struct fault fault;

        if (places_read(&linting->places, id, &files, &fault) != STATUS_OK)
            continue;
        status = harmless_add_cases(&linting->harmless, &files, &fault);
        city_files_fini(&files);
        if (status == STATUS_INVALID)
            status = STATUS_OK;
    }
    buffer_fini(&ids);
    return status;
}

static bool
gather(struct linting *linting)
{
    const struct call *call = linting->call;
    const char *path = call->values[OPTION_HARMLESS];
    enum status status = harmless_begin(&linting->harmless);

    if (status == STATUS_OK)
        status = harmless_add_words(&linting->harmless, WORDLIST_DIR);
    if (status == STATUS_NOT_FOUND) {
        complain(call, "%s: %s", WORDLIST_DIR,
                 words_for(call, "no everyday words to try the terms on; install the package mecab-ipadic",
                           "語句を試す普通の言葉がありません。パッケージ mecab-ipadic を入れてください"));
        return false;
    }
    if (status == STATUS_OK)
        status = gather_cases(linting);
    if (status == STATUS_OK && path != NULL) {
        status = gather_file(linting, path);
        if (status != STATUS_OK) {
            complain_why(call, path, status);
            return false;
        }
    }
    if (status != STATUS_OK)
        session_complain(call, status);
    return status == STATUS_OK;
}

/* --- cities ------------------------------------------------------------------------------------------------------- */

static void
lint_one(struct linting *linting, const char *operand)
{
    struct city_files files;
    struct fault fault = {0};
    enum status status = session_read_city(&linting->places, operand, &files, &fault);

    if (status == STATUS_OK) {
        linting->city = files.id;
        status = lint_city(&linting->lint, &files);
        city_files_fini(&files);
    }
    if (status == STATUS_OK)
        return;
    linting->broken = true;
    if (fault.reason[0] != '\0')
        complain_fault(linting->call, &fault);
    else
        complain_why(linting->call, operand, status);
}

static int
finish(const struct linting *linting)
{
    const struct call *call = linting->call;
    const unsigned *told = linting->lint.told;

    if (call->counts[OPTION_JSON] > 0)
        printf("{\"errors\":%u,\"warnings\":%u,\"hints\":%u}\n", told[REMARK_ERROR], told[REMARK_WARNING],
               told[REMARK_HINT]);
    else
        printf(words_for(call, "%u errors, %u warnings, %u hints\n", "誤り %u件、注意 %u件、参考 %u件\n"),
               told[REMARK_ERROR], told[REMARK_WARNING], told[REMARK_HINT]);
    if (linting->broken)
        return EXIT_TROUBLE;
    return told[REMARK_ERROR] + told[REMARK_WARNING] > 0 ? EXIT_FOUND : EXIT_GOOD;
}

static enum status
begin_lint(struct linting *linting)
{
    linting->lint = (struct lint){.common = load_cities(linting->load)->common,
                                  .texts = harmless_items(&linting->harmless),
                                  .text_count = harmless_count(&linting->harmless),
                                  .tell = tell,
                                  .context = linting};
    return scanner_create(linting->lint.common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &linting->lint.scanner);
}

int
lint_files(const struct call *call, struct load *load, const struct places *places, const struct city_files *files,
           unsigned told[REMARK_LEVEL_COUNT])
{
    struct linting linting = {.call = call, .places = *places, .load = load, .city = files->id};
    enum status status = STATUS_OK;
    bool is_ready = gather(&linting);

    if (is_ready)
        status = begin_lint(&linting);
    if (is_ready && status == STATUS_OK)
        status = lint_city(&linting.lint, files);
    memcpy(told, linting.lint.told, sizeof linting.lint.told);
    scanner_destroy(&linting.lint.scanner);
    harmless_fini(&linting.harmless);
    if (status != STATUS_OK)
        return session_complain(call, status);
    return is_ready ? EXIT_GOOD : EXIT_TROUBLE;
}

static int
lint_all(struct linting *linting)
{
    const struct call *call = linting->call;
    enum status status = begin_lint(linting);

    if (status != STATUS_OK)
        return session_complain(call, status);
    for (int i = 0; i < call->operand_count; i++)
        lint_one(linting, call->operands[i]);
    scanner_destroy(&linting->lint.scanner);
    return finish(linting);
}

static int
run_lint(const struct call *call)
{
    struct linting linting = {.call = call};
    int code = EXIT_TROUBLE;

    if (call->operand_count == 0)
        return usage_error(call, words_for(call, "name a city or its folder", "市の名前かフォルダを書いてください"));
    linting.load = session_load(call, &linting.places);
    if (linting.load == NULL)
        return EXIT_TROUBLE;
    if (gather(&linting))
        code = lint_all(&linting);
    harmless_fini(&linting.harmless);
    load_destroy(&linting.load);
    return code;
}

const struct verb verb_lint = {
    .name = "lint",
    .operands = "CITY...",
    .max_operands = 1 << 20,
    .options = {OPTION_HARMLESS, OPTION_JSON, OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"find what is wrong in a city's files, or will go wrong", "市のファイルの誤りと危ない行を探す"},
    .description =
        {"Reads terms.csv, names.csv, cases.csv and policy.yaml of each CITY (a name, or the path of\n"
         "a folder) and tells every fault with file, row and mend. Then it tries the terms on\n"
         "everyday words, on the texts that the cities' cases expect to be allowed, and on the lines\n"
         "of --harmless, and tells which rows hit what nobody would stop.\n"
         "\n"
         "It changes nothing. Run it before publish.",
         "各市(名前、またはフォルダのパス)の terms.csv、names.csv、cases.csv、policy.yaml を読み、誤りを\n"
         "すべて、ファイル・行・直し方とともに示す。次に、普通の言葉、各市の事例で許可と決めた文、--harmless\n"
         "の各行に語句を当てて、止めるべきでないものに当たる行を示す。\n"
         "\n"
         "何も変更しない。公開(publish)の前に実行すること。"},
    .exits = {{EXIT_GOOD, {"nothing, or hints only", "なし、または参考のみ"}},
              {EXIT_FOUND, {"errors or warnings", "誤りか注意があった"}},
              {EXIT_TROUBLE, {"a city could not be read", "読めない市があった"}}},
    .examples = {{"filterctl lint kashiwa", {"One city:", "1つの市:"}},
                 {"filterctl lint ./draft/kashiwa --harmless archive.txt",
                  {"A draft, also tried on real harmless messages:", "下書きを、実際の問題ない文でも試す:"}}},
    .run = run_lint,
};
