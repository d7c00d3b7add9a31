/* filterctl new, export, import: drafts of a city's files, and Excel. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/filterctl.h"
#include "tune/exchange.h"
#include "tune/scaffold.h"

#define FILE_MODE 0644
#define MAX_SHEET_BYTES (16u << 20)

static bool
find_places(const struct call *call, struct places *places)
{
    struct fault fault = {0};

    if (places_find(call->values[OPTION_DICTIONARIES], places, &fault) == STATUS_OK)
        return true;
    complain_fault(call, &fault);
    return false;
}

/* --- new ---------------------------------------------------------------------------------------------------------- */

static int
run_new(const struct call *call)
{
    const char *folder = call->operand_count > 0 ? call->operands[0] : NULL;
    const char *slash = folder == NULL ? NULL : strrchr(folder, '/');
    const char *name = call->values[OPTION_NAME];
    char code[SCAFFOLD_CODE_BYTES] = "";
    struct scaffold_city city;
    struct fault fault = {0};
    struct places places;

    if (slash == NULL || slash[1] == '\0' ||
        slash[1 + strspn(slash + 1, "abcdefghijklmnopqrstuvwxyz0123456789-_")] != '\0')
        return usage_error(call,
                           words_for(call, "name the folder to make, its last part in a-z 0-9 - _: ./draft/nagareyama",
                                     "作るフォルダを書いてください。最後の部分は a-z 0-9 - _: ./draft/nagareyama"));
    if (name == NULL)
        return usage_error(call, words_for(call, "name the municipality: --name 流山市",
                                           "市区町村の名前を --name 流山市 のように書いてください"));
    if (!find_places(call, &places))
        return EXIT_TROUBLE;
    city = (struct scaffold_city){.id = slash + 1, .name = name, .code = code};
    if (scaffold_find_code(places.common, name, code, &fault) != STATUS_OK ||
        scaffold_write(places.common, folder, &city, &fault) != STATUS_OK)
        return complain_fault(call, &fault);
    printf(words_for(call,
                     "%s: made. Compare policy.yaml with the published policy, then:\n"
                     "  filterctl lint %s\n  filterctl publish %s\n",
                     "%s: 作りました。policy.yaml を公表の文書に合わせて直してから:\n"
                     "  filterctl lint %s\n  filterctl publish %s\n"),
           folder, folder, folder);
    return EXIT_GOOD;
}

const struct verb verb_new = {
    .name = "new",
    .operands = "FOLDER",
    .max_operands = 1,
    .options = {OPTION_NAME, OPTION_DICTIONARIES, OPTION_COUNT},
    .summary = {"make the first files of a new city", "新しい市のファイルのひな形を作る"},
    .description = {"Makes FOLDER with a policy, empty lists and first cases from the general pattern of published\n"
                    "policies. The name of FOLDER becomes the city's id. The policy begins in observe mode: it\n"
                    "decides and reports, and stops nothing until you say enforce.",
                    "一般的な運用ポリシーの形で、方針、空の語句一覧、最初の事例を FOLDER に作る。FOLDER の名前が市の\n"
                    "識別子になる。方針は試行(observe)で始まり、enforce にするまで何も止めない。"},
    .exits = {{EXIT_GOOD, {"made", "作った"}}, {EXIT_TROUBLE, {"not made", "作れなかった"}}},
    .examples = {{"filterctl new ./draft/nagareyama --name 流山市", {"A sixth city:", "6つめの市:"}}},
    .run = run_new,
};

/* --- export ------------------------------------------------------------------------------------------------------- */

static struct buffer *
content_of(struct city_files *files, enum exchange_file file)
{
    return file == EXCHANGE_TERMS ? &files->terms : file == EXCHANGE_NAMES ? &files->names : &files->cases;
}

static bool
read_file_word(const struct call *call, int operand, enum exchange_file *file)
{
    *file = EXCHANGE_TERMS;
    if (call->operand_count <= operand || exchange_parse(call->operands[operand], file))
        return true;
    usage_error(
        call,
        words_for(call, "'%s' is none of terms, names, cases", "'%s' は terms、names、cases のどれでもありません"),
        call->operands[operand]);
    return false;
}

static int
write_export(const struct call *call, const struct buffer *content)
{
    const char *path = call->values[OPTION_OUTPUT];
    enum status status;

    if (path == NULL || strcmp(path, "-") == 0) {
        fwrite(content->data, 1, content->bytes, stdout);
        return EXIT_GOOD;
    }
    status = file_write_atomic(path, FILE_MODE, buffer_slice(content));
    return status == STATUS_OK ? EXIT_GOOD : complain_why(call, path, status);
}

static int
run_export(const struct call *call)
{
    struct city_files files;
    struct places places;
    struct buffer out;
    struct fault fault = {0};
    enum exchange_file file;
    int code;

    if (call->operand_count == 0)
        return usage_error(call, words_for(call, "name a city or its folder", "市の名前かフォルダを書いてください"));
    if (!read_file_word(call, 1, &file) || !find_places(call, &places))
        return EXIT_TROUBLE;
    if (session_read_city(&places, call->operands[0], &files, &fault) != STATUS_OK)
        return complain_fault(call, &fault);
    buffer_init(&out);
    if (exchange_export(file, buffer_slice(content_of(&files, file)), &out, &fault) == STATUS_OK)
        code = write_export(call, &out);
    else
        code = complain_fault(call, &fault);
    buffer_fini(&out);
    city_files_fini(&files);
    return code;
}

const struct verb verb_export = {
    .name = "export",
    .operands = "CITY [terms|names|cases]",
    .max_operands = 2,
    .options = {OPTION_OUTPUT, OPTION_DICTIONARIES, OPTION_COUNT},
    .summary = {"write a city's list for Excel", "市の一覧を Excel 用に書き出す"},
    .description = {"Writes the list (terms when none is named) so that Excel opens it with a double click: UTF-8\n"
                    "with BOM, Japanese column names. Cells that Excel would compute get an apostrophe, which\n"
                    "import takes away again.",
                    "一覧(省略時は terms)を、Excel でそのまま開ける形(BOMつきUTF-8、日本語の列名)で書き出す。Excel が\n"
                    "計算式とみなすセルの前には ' を付ける(import が取り除く)。"},
    .exits = {{EXIT_GOOD, {"written", "書き出した"}}, {EXIT_TROUBLE, {"not written", "書き出せなかった"}}},
    .examples = {{"filterctl export kashiwa -o terms.csv", {"Terms for Excel:", "語句を Excel へ:"}},
                 {"filterctl export kashiwa cases -o cases.csv", {"Cases:", "事例:"}}},
    .run = run_export,
};

/* --- import ------------------------------------------------------------------------------------------------------- */

/* The draft with the new list must build: what is refused later is better refused now. */
static bool
builds(const struct call *call, const struct places *places, const struct city_files *files)
{
    char keys_path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 8];
    struct city_files with_keys = *files;
    const struct ruleset *ruleset;
    struct fault fault = {0};
    struct places own;
    struct load *load = session_load(call, &own);
    enum status status;

    if (load == NULL)
        return false;
    with_keys.keys_path = places_keys(places, files->id, keys_path, sizeof keys_path);
    status = load_files(load, &with_keys, &ruleset, &fault);
    load_destroy(&load);
    if (status != STATUS_OK)
        complain_fault(call, &fault);
    return status == STATUS_OK;
}

/* Keeps what was there as terms.csv.old. */
static int
replace(const struct call *call, const char *folder, enum exchange_file file, const struct buffer *before,
        const struct buffer *content, unsigned rows)
{
    char path[PATH_MAX], old[PATH_MAX + 8];
    bool had_one = before->bytes > 0;
    enum status status;

    snprintf(path, sizeof path, "%s/%s", folder, exchange_names[file]);
    snprintf(old, sizeof old, "%s.old", path);
    if (had_one && (status = file_write_atomic(old, FILE_MODE, buffer_slice(before))) != STATUS_OK)
        return complain_why(call, old, status);
    if ((status = file_write_atomic(path, FILE_MODE, buffer_slice(content))) != STATUS_OK)
        return complain_why(call, path, status);
    printf(words_for(call, "%s: %u rows", "%s: %u行"), path, rows);
    if (had_one)
        printf(words_for(call, "; what was there is in %s", "。前のファイルは %s にあります"), old);
    putchar('\n');
    return EXIT_GOOD;
}

static int
import(const struct call *call, const struct places *places, struct city_files *files, enum exchange_file file,
       const char *path)
{
    struct buffer *content = content_of(files, file);
    struct buffer raw, imported;
    struct fault fault = {0};
    unsigned rows = 0;
    int code = EXIT_TROUBLE;
    enum status status;

    buffer_init(&raw);
    buffer_init(&imported);
    status = file_read(path, MAX_SHEET_BYTES, &raw);
    if (status != STATUS_OK)
        fault_set(&fault, path, 0, 0, "", "", "the file cannot be read", words_of_status(call, status));
    else
        status = exchange_import(file, buffer_slice(&raw), path, &imported, &rows, &fault);
    if (status != STATUS_OK) {
        complain_fault(call, &fault);
    } else {
        struct buffer before = *content;

        *content = imported;
        if (builds(call, places, files))
            code = replace(call, files->folder, file, &before, &imported, rows);
        *content = before;
    }
    buffer_fini(&raw);
    buffer_fini(&imported);
    return code;
}

static int
run_import(const struct call *call)
{
    struct city_files files;
    struct places places;
    struct fault fault = {0};
    enum exchange_file file;
    int code;

    if (call->operand_count < 2 || strchr(call->operands[0], '/') == NULL)
        return usage_error(call, words_for(call, "name the folder of a draft and the file that Excel saved",
                                           "下書きのフォルダと、Excel で保存したファイルを書いてください"));
    if (!read_file_word(call, 2, &file) || !find_places(call, &places))
        return EXIT_TROUBLE;
    if (session_read_city(&places, call->operands[0], &files, &fault) != STATUS_OK)
        return complain_fault(call, &fault);
    code = import(call, &places, &files, file, call->operands[1]);
    city_files_fini(&files);
    return code;
}

const struct verb verb_import = {
    .name = "import",
    .operands = "FOLDER FILE [terms|names|cases]",
    .max_operands = 3,
    .options = {OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"take a list that Excel saved into a draft", "Excel で保存した一覧を下書きに取り込む"},
    .description =
        {"Reads FILE (CP932, UTF-8 or UTF-16, comma or tab, as Excel saves it), checks that the draft\n"
         "builds with it, and only then replaces the list in FOLDER (terms when none is named). A row\n"
         "at fault is named, and nothing is changed. What was there stays as terms.csv.old.",
         "FILE(Excel が保存する CP932・UTF-8・UTF-16、コンマまたはタブ区切り)を読み、下書きが組み立てられる\n"
         "ことを確かめてから、FOLDER の一覧(省略時は terms)を入れかえる。誤りのある行があれば示し、何も\n"
         "変えない。前のファイルは terms.csv.old として残る。"},
    .exits = {{EXIT_GOOD, {"taken", "取り込んだ"}},
              {EXIT_TROUBLE, {"at fault: nothing has changed", "誤りがあり、変更なし"}}},
    .examples = {{"filterctl import ./draft/kashiwa terms.csv", {"Terms:", "語句:"}}},
    .run = run_import,
};
