#include <time.h>

#include "archive/json_line.h"
#include "base/file.h"
#include "cmd/filterctl_calibrate.h"
#include "scan/names_gate.h"
#include "scan/tagger.h"
#include "tune/gold.h"

/* filterctl test --labelled: how well names are found in texts whose names are known; with --rules: whether each rule
 * claims what the texts show. */

enum { MAX_FILE_BYTES = 1 << 30 };

struct score {
    const struct call *call;
    struct session session;
    struct scanner *scanner;
    struct arena *arena;
    struct buffer scratch;
    struct gold gold;
    struct calibration *calibration;         /* NULL without --rules */
    uint64_t messages, right, wrong, missed; /* names */
    uint64_t passed, names, names_passed;    /* messages and names that reach the tagger */
    uint64_t scan_ns, names_ns;
};

static uint64_t
now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* --- one record --------------------------------------------------------------------------------------------------- */

static bool
take_record(struct score *score, struct slice line, struct slice *text_out)
{
    static struct json_path text_path;
    const struct json_path *paths[] = {&text_path};
    struct json_value text;

    return json_path_parse("text", &text_path) == STATUS_OK && json_line_find(line, paths, 1, &text) == STATUS_OK &&
           text.kind == JSON_STRING && json_value_text(&text, &score->scratch, text_out) == STATUS_OK &&
           gold_read(line, &score->gold) == STATUS_OK && score->gold.has_spans;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static void
count_rules(const struct score *score, const struct verdict *verdict)
{
    for (size_t i = 0; i < score->gold.count; i++) {
        const struct gold_span *gold = &score->gold.spans[i];

        if (gold->is_trap)
            calibration_add_trap(score->calibration, gold_is_met(gold, verdict));
        else if (!gold->ignored && gold->info != INFO_PERSON)
            calibration_add_value(score->calibration, gold_is_met(gold, verdict));
    }
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        int judged;

        if (gold_is_unlabelled(finding->info_type))
            continue;
        judged =
            gold_judge(&score->gold, finding->info_type, gold_characters_before(verdict->text, finding->span.start),
                       gold_characters_before(verdict->text, finding->span.end));
        if (judged >= 0)
            calibration_add(score->calibration, finding, judged > 0);
    }
}

static void
count_names(struct score *score, const struct verdict *verdict, bool passed)
{
    uint64_t right = 0, wanted = 0;

    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        int judged;

        if (finding->info_type != INFO_PERSON)
            continue;
        judged = gold_judge(&score->gold, INFO_PERSON, gold_characters_before(verdict->text, finding->span.start),
                            gold_characters_before(verdict->text, finding->span.end));
        right += judged > 0;
        score->wrong += judged == 0;
    }
    for (size_t i = 0; i < score->gold.count; i++)
        wanted +=
            !score->gold.spans[i].ignored && !score->gold.spans[i].is_trap && score->gold.spans[i].info == INFO_PERSON;
    score->right += right;
    score->missed += wanted - (right < wanted ? right : wanted);
    score->names += wanted;
    score->names_passed += passed ? wanted : 0;
}

/* The names stage alone, without the literals before it: the gate, and the tagger where the scan used it. */
static enum status
time_names(struct score *score, struct slice text, bool passed)
{
    const struct common *common = score->session.ruleset->common;
    struct names_text characters;
    struct name_span *spans;
    struct view plain;
    size_t count;
    enum status status = view_make_plain(common->views, score->arena, text, NULL, 0, &plain);
    void *memory = arena_alloc(score->arena, names_text_bytes(plain.text.bytes));
    uint64_t start = now_ns();
    volatile int32_t gate;

    if (status != STATUS_OK || memory == NULL)
        return STATUS_TOO_LARGE;
    names_text_fill(text, &plain, memory, &characters);
    gate = names_gate_run(common->names, &characters);
    (void)gate;
    if (passed)
        status = tagger_run(common->names, &characters, score->arena, &spans, &count);
    score->names_ns += now_ns() - start;
    return status;
}

static enum status
try_record(struct score *score, struct slice text)
{
    const struct verdict *verdict;
    uint64_t start = now_ns(), before = scanner_counts(score->scanner)->names;
    bool passed;
    enum status status;

    score->session.message.text = text;
    status = scanner_run(score->scanner, score->session.ruleset, &score->session.message, &verdict);
    score->scan_ns += now_ns() - start;
    if (status != STATUS_OK)
        return status;
    if (score->calibration != NULL) {
        count_rules(score, verdict);
        return STATUS_OK;
    }
    passed = scanner_counts(score->scanner)->names > before;
    score->messages++;
    score->passed += passed;
    count_names(score, verdict, passed);
    if (score->session.ruleset->common->names != NULL)
        status = time_names(score, verdict->text, passed);
    arena_reset(score->arena);
    return status;
}

/* --- the whole file ----------------------------------------------------------------------------------------------- */

static double
ratio(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 1.0;
}

static void
report(const struct score *score)
{
    double precision = ratio(score->right, score->right + score->wrong), recall = ratio(score->right, score->names),
           f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    const char *format = score->call->counts[OPTION_JSON] > 0
                             ? "{\"messages\":%lu,\"names\":%lu,\"precision\":%.3f,\"recall\":%.3f,\"f1\":%.3f,"
                               "\"passing\":%.3f,\"prefilter_recall\":%.3f,\"names_us\":%.2f,\"scan_us\":%.2f}\n"
                             : "messages          %lu\nnames             %lu\nprecision         %.3f\n"
                               "recall            %.3f\nF1                %.3f\npassing           %.3f\n"
                               "prefilter recall  %.3f\nnames             %.2f us per message\n"
                               "scan              %.2f us per message\n";

    /* programs read these lines: one language */
    printf(format, (unsigned long)score->messages, (unsigned long)score->names, precision, recall, f1,
           ratio(score->passed, score->messages), ratio(score->names_passed, score->names),
           ratio(score->names_ns, score->messages * 1000), ratio(score->scan_ns, score->messages * 1000));
}

static int
try_lines(struct score *score, const char *path, struct slice file)
{
    unsigned line = 1;

    for (size_t at = 0; at < file.bytes; line++) {
        const uint8_t *end = memchr(file.data + at, '\n', file.bytes - at);
        size_t bytes = end != NULL ? (size_t)(end - file.data) - at : file.bytes - at;
        struct slice text, row = {file.data + at, bytes};
        enum status status;

        at += bytes + 1;
        if (bytes == 0)
            continue;
        if (!take_record(score, row, &text))
            return complain(score->call, "%s:%u: %s", path, line,
                            words_for(score->call, "no record with text and spans", "text と spans のある記録でない"));
        status = try_record(score, text);
        if (status != STATUS_OK)
            return complain(score->call, "%s:%u: %s", path, line, words_of_status(score->call, status));
    }
    if (score->calibration != NULL)
        return calibration_report(score->calibration, score->call->counts[OPTION_JSON] > 0) ? EXIT_GOOD : EXIT_FOUND;
    report(score);
    return EXIT_GOOD;
}

int
labelled_run(const struct call *call, const char *path)
{
    struct score score = {.call = call};
    struct buffer file;
    int code = EXIT_TROUBLE;
    enum status status;

    buffer_init(&file);
    buffer_init(&score.scratch);
    if (!session_open(call, &score.session))
        return EXIT_TROUBLE;
    score.scanner = session_scanner(call, &score.session);
    status = file_read(path, MAX_FILE_BYTES, &file);
    if (status == STATUS_OK && call->counts[OPTION_RULES] > 0)
        status = calibration_create(&score.calibration);
    if (status != STATUS_OK)
        complain_why(call, path, status);
    else if (score.scanner != NULL && arena_create(64u << 20, &score.arena) == STATUS_OK)
        code = try_lines(&score, path, buffer_slice(&file));
    calibration_destroy(&score.calibration);
    arena_destroy(&score.arena);
    scanner_destroy(&score.scanner);
    session_close(&score.session);
    buffer_fini(&score.scratch);
    buffer_fini(&file);
    return code;
}
