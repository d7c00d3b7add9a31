/* filterctl publish, rollback: a city's files into service and back. */
#include <stdlib.h>
#include <string.h>

#include "cmd/filterctl_whatif.h"
#include "tune/versions.h"

/* Tells the service, if there is one. False: it could not take the new files (told). */
static bool
tell_service(const struct call *call, const char *city)
{
    switch (service_reload_city(call, city)) {
    case SERVICE_LIVE:
        printf(words_for(call, "%s: live in the service\n", "%s: サービスに反映しました\n"), city);
        return true;
    case SERVICE_ABSENT:
        printf(words_for(call, "%s: the service is not running; it will read the files when it starts\n",
                         "%s: サービスは動いていません。次に起動したときに読み込みます\n"),
               city);
        return true;
    default:
        complain(call, words_for(call, "%s: the service did not take the files", "%s: サービスが受け付けませんでした"),
                 city);
        return false;
    }
}

static void
tell_installed(const struct call *call, const char *city, unsigned kept)
{
    if (kept == 0)
        printf(words_for(call, "%s: published for the first time\n", "%s: はじめて公開しました\n"), city);
    else
        printf(words_for(call, "%s: published; what was there is version %u (filterctl rollback %s)\n",
                         "%s: 公開しました。前の版は %u 番です(戻すには filterctl rollback %s)\n"),
               city, kept, city);
}

static int
install(const struct call *call, const struct places *places, const struct city_files *files, enum version_act act,
        unsigned *kept_out)
{
    struct fault fault = {0};
    enum status status = versions_install(places->cities[0], files, act, kept_out, &fault);

    if (status != STATUS_OK)
        return complain_fault(call, &fault);
    return EXIT_GOOD;
}

/* --- publish ------------------------------------------------------------------------------------------------------ */

/* The service goes on with its last good version, so the files go back too. */
static int
undo(const struct call *call, const struct places *places, const char *city, unsigned kept)
{
    struct city_files files;
    struct fault fault = {0};
    unsigned refused = 0;

    if (kept == 0)
        return EXIT_FOUND;
    if (versions_read(places->cities[0], city, kept, &files, &fault) != STATUS_OK)
        return complain_fault(call, &fault);
    int code = install(call, places, &files, VERSION_ROLLBACK, &refused);
    city_files_fini(&files);
    if (code == EXIT_GOOD)
        printf(words_for(call, "%s: the files are again what they were; the refused ones are version %u\n",
                         "%s: ファイルを元に戻しました。受け付けられなかった版は %u 番です\n"),
               city, refused);
    return code == EXIT_GOOD ? EXIT_FOUND : code;
}

static bool
may_publish(const struct call *call, const unsigned told[REMARK_LEVEL_COUNT])
{
    if (told[REMARK_ERROR] > 0) {
        complain(call, words_for(call, "nothing was published: mend the errors first",
                                 "公開していません。先に誤りを直してください"));
        return false;
    }
    if (told[REMARK_WARNING] > 0 && call->counts[OPTION_ACCEPT_WARNINGS] == 0) {
        complain(call, words_for(call, "nothing was published: mend the warnings, or say --accept-warnings",
                                 "公開していません。注意を直すか、--accept-warnings を付けてください"));
        return false;
    }
    return true;
}

/* What the draft does to --archive; a summary for the person, no verdict on the draft. False: told the user. */
static bool
try_archive(const struct call *call, struct load *load, const struct places *places, const char *folder, const char *id)
{
    struct call archive_call = *call; /* its operand is the draft, no file of an archive */
    struct city before = {0}, after = {0};
    struct fault fault;
    bool is_tried = false;

    if (call->values[OPTION_ARCHIVE] == NULL || session_read_city(places, id, &before.files, &fault) != STATUS_OK)
        return true; /* a new city: everything is new */
    city_files_fini(&before.files);
    before = (struct city){0};
    archive_call.operand_count = 0;
    if (city_open(call, load, places, id, &before) && city_open(call, load, places, folder, &after))
        is_tried = whatif_show(&archive_call, load, &before, &after) != EXIT_TROUBLE;
    city_close(&before);
    city_close(&after);
    return is_tried;
}

static int
publish(const struct call *call, struct load *load, const struct places *places, const struct city_files *files)
{
    unsigned kept = 0;
    int code = show_changes(call, load, places, files);

    if (code == EXIT_TROUBLE || !try_archive(call, load, places, call->operands[0], files->id))
        return EXIT_TROUBLE;
    if (call->counts[OPTION_DRY_RUN] > 0)
        return EXIT_GOOD;
    if (code == EXIT_GOOD) {
        printf(words_for(call, "%s: nothing to publish\n", "%s: 公開する変更はありません\n"), files->id);
        return EXIT_GOOD;
    }
    code = install(call, places, files, VERSION_PUBLISH, &kept);
    if (code != EXIT_GOOD)
        return code;
    tell_installed(call, files->id, kept);
    return tell_service(call, files->id) ? EXIT_GOOD : undo(call, places, files->id, kept);
}

static int
run_publish(const struct call *call)
{
    unsigned told[REMARK_LEVEL_COUNT] = {0};
    struct city_files files;
    struct fault fault = {0};
    struct places places;
    struct load *load;
    int code = EXIT_TROUBLE;

    if (call->operand_count == 0 || strchr(call->operands[0], '/') == NULL)
        return usage_error(call, words_for(call, "name the folder of the draft: ./draft/kashiwa",
                                           "下書きのフォルダを書いてください: ./draft/kashiwa"));
    load = session_load(call, &places);
    if (load == NULL)
        return EXIT_TROUBLE;
    if (session_read_city(&places, call->operands[0], &files, &fault) != STATUS_OK) {
        complain_fault(call, &fault);
    } else {
        code = lint_files(call, load, &places, &files, told);
        if (code == EXIT_GOOD)
            code = may_publish(call, told) ? publish(call, load, &places, &files) : EXIT_FOUND;
        city_files_fini(&files);
    }
    load_destroy(&load);
    return code;
}

const struct verb verb_publish = {
    .name = "publish",
    .operands = "FOLDER",
    .max_operands = 1,
    .options = {OPTION_DRY_RUN, OPTION_ACCEPT_WARNINGS, OPTION_HARMLESS, OPTION_ARCHIVE, OPTION_FORMAT, OPTION_FIELD,
                OPTION_CONTROL, OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"put a draft of a city into service", "市の下書きを公開する"},
    .description =
        {"Checks the draft as lint does, tells what it changes (with --archive also in real\n"
         "messages, as whatif does), puts it in place of the city's files, and makes the service\n"
         "read them. The name of FOLDER is the city's. What was there is kept as a numbered version\n"
         "under versions/ beside cities/; rollback brings it back. Readers see the old files or the\n"
         "new ones, never a mixture. When the service refuses the new files, the old ones are put\n"
         "back.",
         "下書きを lint と同じように確かめ、変わることを示し(--archive を付ければ whatif と同じく実際の\n"
         "メッセージへの影響も)、市のファイルと入れかえて、サービスに読み込ませる。FOLDER の名前が市の名前。\n"
         "前のファイルは cities/ の隣の versions/ に番号つきで残り、rollback で戻せる。途中の状態が使われる\n"
         "ことはない。サービスが受け付けなければ、前のファイルに戻す。"},
    .exits = {{EXIT_GOOD, {"published, or nothing to publish", "公開した、または変更なし"}},
              {EXIT_FOUND, {"not published: errors or warnings", "誤りか注意があり公開しなかった"}},
              {EXIT_TROUBLE, {"the draft or the dictionaries could not be read or written", "読み書きできなかった"}}},
    .examples = {{"filterctl publish ./draft/kashiwa --dry-run", {"What would happen:", "何が起きるか:"}},
                 {"filterctl publish ./draft/kashiwa", {"Publish:", "公開する:"}}},
    .run = run_publish,
};

/* --- rollback ----------------------------------------------------------------------------------------------------- */

static int
show_versions(const struct call *call, const struct places *places, const char *city)
{
    struct buffer journal;
    enum status status;

    buffer_init(&journal);
    status = versions_journal(places->cities[0], city, &journal);
    if (status == STATUS_OK && journal.bytes > 0)
        fwrite(journal.data, 1, journal.bytes, stdout);
    else if (status == STATUS_OK)
        puts(words_for(call, "no versions are kept", "残っている版はありません"));
    buffer_fini(&journal);
    return status == STATUS_OK ? EXIT_GOOD : session_complain(call, status);
}

/* A version that no longer builds with today's common dictionaries is not put into service. */
static bool
still_builds(const struct call *call, const struct places *places, struct city_files *files)
{
    char keys_path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 8];
    const struct ruleset *ruleset;
    struct places own;
    struct fault fault = {0};
    struct load *load = session_load(call, &own);
    enum status status;

    if (load == NULL)
        return false;
    files->keys_path = places_keys(places, files->id, keys_path, sizeof keys_path);
    status = load_files(load, files, &ruleset, &fault);
    files->keys_path = NULL;
    load_destroy(&load);
    if (status != STATUS_OK)
        complain_fault(call, &fault);
    return status == STATUS_OK;
}

static int
roll_back(const struct call *call, const struct places *places, const char *city, unsigned number)
{
    struct city_files files;
    struct fault fault = {0};
    unsigned kept = 0;
    int code = EXIT_TROUBLE;

    if (versions_read(places->cities[0], city, number, &files, &fault) != STATUS_OK)
        return complain_fault(call, &fault);
    if (still_builds(call, places, &files))
        code = install(call, places, &files, VERSION_ROLLBACK, &kept);
    city_files_fini(&files);
    if (code != EXIT_GOOD)
        return code;
    printf(words_for(call, "%s: version %u is back; what was there is version %u\n",
                     "%s: %u 番の版に戻しました。それまでの版は %u 番です\n"),
           city, number, kept);
    return tell_service(call, city) ? EXIT_GOOD : EXIT_FOUND;
}

static int
run_rollback(const struct call *call)
{
    const char *city = call->operand_count > 0 ? call->operands[0] : NULL;
    struct fault fault = {0};
    struct places places;
    unsigned number;

    if (city == NULL || strchr(city, '/') != NULL)
        return usage_error(call, words_for(call, "name a city", "市の名前を書いてください"));
    if (places_find(call->values[OPTION_DICTIONARIES], &places, &fault) != STATUS_OK ||
        places_set_keys(&places, call->values[OPTION_KEYS], &fault) != STATUS_OK)
        return complain_fault(call, &fault);
    if (call->counts[OPTION_LIST] > 0)
        return show_versions(call, &places, city);
    number = call->operand_count > 1 ? (unsigned)strtoul(call->operands[1], NULL, 10)
                                     : versions_newest(places.cities[0], city);
    if (number == 0)
        return complain(call, "%s: %s", city, words_for(call, "no versions are kept", "残っている版はありません"));
    return roll_back(call, &places, city, number);
}

const struct verb verb_rollback = {
    .name = "rollback",
    .operands = "CITY [NUMBER]",
    .max_operands = 2,
    .options = {OPTION_LIST, OPTION_CONTROL, OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"bring back what publish replaced", "公開前の版に戻す"},
    .description = {"Puts the version NUMBER, or the newest kept one, in place of the city's files and makes the\n"
                    "service read them. What was there becomes a version itself, so a second rollback undoes\n"
                    "the first.",
                    "NUMBER の版(省略時は最も新しい版)を市のファイルと入れかえ、サービスに読み込ませる。それまでの\n"
                    "ファイルも版として残るので、もう一度 rollback すれば元に戻る。"},
    .exits = {{EXIT_GOOD, {"done", "戻した"}},
              {EXIT_FOUND, {"the service did not take the files", "サービスが受け付けなかった"}},
              {EXIT_TROUBLE,
               {"no such version, or it could not be read or written", "版が無い、または読み書きできない"}}},
    .examples = {{"filterctl rollback kashiwa --list", {"What was published when:", "公開の記録:"}},
                 {"filterctl rollback kashiwa", {"Undo the last publish:", "直前の公開を取り消す:"}}},
    .run = run_rollback,
};
