#include <inttypes.h>
#include <string.h>

#include "cmd/filterctl.h"
#include "scan/cases.h"
#include "wire/json.h"

/* What runs through all cities. */
struct trial {
    const struct call *call;
    struct places places;
    struct load *load;
    struct scanner *scanner;
    const char *city; /* the one being tried */
    unsigned passed, failed;
    bool broken; /* a city could not be tried */
};

/* --- one city ----------------------------------------------------------------------------------------------------- */

static void
show_failure(const struct trial *trial, const struct case_failure *failure)
{
    printf("%s/cases.csv:%u: ", trial->city, failure->row);
    printf(words_for(trial->call, "expected %s, got %s: ", "期待 %s、結果 %s: "), failure->expected, failure->got);
    print_safely(stdout, failure->text, 0);
    putchar('\n');
}

static void
show_failure_json(const struct trial *trial, const struct case_failure *failure)
{
    struct buffer line;

    buffer_init(&line);
    buffer_append_text(&line, "{\"city\":");
    json_string(&line, slice_of(trial->city));
    buffer_appendf(&line, ",\"row\":%u,\"expected\":", failure->row);
    json_string(&line, slice_of(failure->expected));
    buffer_append_text(&line, ",\"got\":");
    json_string(&line, slice_of(failure->got));
    buffer_append_text(&line, ",\"text\":");
    json_string(&line, failure->text);
    buffer_append_byte(&line, '}');
    print_json_line(&line);
}

static void
on_failure(void *context, const struct case_failure *failure)
{
    const struct trial *trial = context;

    if (trial->call->counts[OPTION_JSON] > 0)
        show_failure_json(trial, failure);
    else
        show_failure(trial, failure);
}

static enum status
run_cases(struct trial *trial, const struct city_files *files, struct fault *fault)
{
    const struct ruleset *ruleset = NULL;
    struct cases_result result = {0};
    char file[PLACES_ID_BYTES + 16];
    enum status status = load_files(trial->load, files, &ruleset, fault);

    if (status != STATUS_OK || files->cases.bytes == 0)
        return status;
    snprintf(file, sizeof file, "%s/cases.csv", trial->city);
    status = cases_run(trial->scanner, ruleset, buffer_slice(&files->cases), file, on_failure, trial, &result, fault);
    trial->passed += result.passed;
    trial->failed += result.failed;
    return status;
}

static void
try_city(struct trial *trial, const char *city)
{
    struct city_files files;
    struct fault fault = {0};
    enum status status = places_read(&trial->places, city, &files, &fault);

    trial->city = city;
    if (status == STATUS_OK) {
        status = run_cases(trial, &files, &fault);
        city_files_fini(&files);
    }
    if (status == STATUS_OK)
        return;
    trial->broken = true;
    if (fault.reason[0] != '\0')
        complain_fault(trial->call, &fault);
    else
        complain_why(trial->call, city, status);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

static bool
is_repeated(const struct call *call, int index)
{
    for (int i = 0; i < index; i++)
        if (strcmp(call->operands[i], call->operands[index]) == 0)
            return true;
    return false;
}

static void
try_all(struct trial *trial)
{
    struct buffer ids;
    size_t count = 0;
    const char *id;

    buffer_init(&ids);
    if (places_list(&trial->places, &ids, &count) != STATUS_OK || count == 0) {
        complain(trial->call, "%s: %s", trial->places.cities[0],
                 words_for(trial->call, "no cities here", "市がありません"));
        trial->broken = true;
    }
    id = (const char *)ids.data;
    for (size_t i = 0; i < count; i++, id += strlen(id) + 1)
        try_city(trial, id);
    buffer_fini(&ids);
}

static int
finish(const struct trial *trial)
{
    if (trial->call->counts[OPTION_JSON] > 0)
        printf("{\"passed\":%u,\"failed\":%u}\n", trial->passed, trial->failed);
    else
        printf("%u passed, %u failed\n", trial->passed, trial->failed); /* programs read this line: one language */
    if (trial->broken)
        return EXIT_TROUBLE;
    return trial->failed > 0 ? EXIT_FOUND : EXIT_GOOD;
}

static int
run_test(const struct call *call)
{
    struct trial trial = {.call = call};
    int code = EXIT_TROUBLE;
    enum status status;

    if (call->counts[OPTION_LABELLED] > 0)
        return labelled_run(call, call->values[OPTION_LABELLED]);
    trial.load = session_load(call, &trial.places);
    if (trial.load == NULL)
        return EXIT_TROUBLE;
    status = scanner_create(load_cities(trial.load)->common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &trial.scanner);
    if (status != STATUS_OK) {
        session_complain(call, status);
    } else {
        if (call->operand_count == 0)
            try_all(&trial);
        for (int i = 0; i < call->operand_count; i++)
            if (!is_repeated(call, i))
                try_city(&trial, call->operands[i]);
        code = finish(&trial);
    }
    scanner_destroy(&trial.scanner);
    load_destroy(&trial.load);
    return code;
}

const struct verb verb_test = {
    .name = "test",
    .operands = "[CITY...]",
    .max_operands = 1 << 20,
    .options = {OPTION_LABELLED, OPTION_RULES, OPTION_POLICY, OPTION_JSON, OPTION_DICTIONARIES, OPTION_STORE,
                OPTION_KEYS, OPTION_COUNT},
    .summary = {"run the cases of cities", "市の事例(cases.csv)を確かめる"},
    .description =
        {"Scans the texts of each city's cases.csv and compares the verdict, the clause and the\n"
         "redacted text with what its rows expect. Without CITY: all cities. Every row that fails is\n"
         "printed with its line in the file, what was expected, what came out, and its text; the last\n"
         "line counts: N passed, N failed. A city without cases.csv counts nothing.\n"
         "\n"
         "With --labelled it measures names instead: precision, recall and F1 of exact spans, the\n"
         "share of messages and of names that pass the prefilter, and the time per message of the\n"
         "names stage and of the whole scan, under --policy (default: default). With --rules as well\n"
         "it prints for each rule and kind of evidence (plain, label, check, both, negative) what it\n"
         "claims, its findings, how many were right, and between which bounds (Wilson, 95%) their\n"
         "share lies: \"too much\" or \"too little\" where the claim lies outside.\n"
         "\n"
         "Run it after every change of a policy or of terms: the service keeps the last good version\n"
         "of a city whose cases fail. With --json each failure and the last line are objects.",
         "各市の cases.csv の文を調べ、判定・条項・伏せ字後の文が期待どおりかを比べる。CITY を省くと全市。\n"
         "期待と違う行は、ファイルの行番号、期待、結果、文を示す。最後の行は件数(N passed, N failed)。\n"
         "cases.csv の無い市は数えない。\n"
         "\n"
         "--labelled では代わりに名前の検出を測る: 適合率・再現率・F1(範囲の完全一致)、前段を通る文と名前の\n"
         "割合、名前の段と全体の1文あたりの時間。方針は --policy(省略時は default)。--rules も\n"
         "付けると、規則と根拠(plain, label, check, both, negative)ごとに、\n"
         "言っている確からしさ、検出数、正しかった数、\n"
         "割合の範囲(Wilson、95%)を示し、外れていれば too much か too little と記す。\n"
         "\n"
         "方針や語句を変えたら実行すること。事例が通らない市は、サービスでは前の版のまま動く。--json では\n"
         "失敗した行と最後の行をJSONで出す。"},
    .exits = {{EXIT_GOOD, {"every case passed", "すべて期待どおり"}},
              {EXIT_FOUND, {"a case failed, or a claim does not hold", "期待と違う事例か、外れた確からしさ"}},
              {EXIT_TROUBLE,
               {"a city could not be tried: its files are at fault", "ファイルの誤りで確かめられない市があった"}}},
    .examples = {{"filterctl test kashiwa", {"One city:", "1つの市:"}},
                 {"filterctl test -d ./dictionaries", {"All cities of a working copy:", "手元の辞書の全市:"}}},
    .run = run_test,
};
