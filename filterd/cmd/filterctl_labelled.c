#include <time.h>

#include "archive/json_line.h"
#include "base/file.h"
#include "cmd/filterctl_calibrate.h"
#include "rules/vocabulary.h"
#include "scan/names_gate.h"
#include "scan/tagger.h"

/* filterctl test --labelled: how well names are found in texts whose names are known; with --rules: whether each rule
 * claims what the texts show. */

enum { MAX_FILE_BYTES = 1 << 30, MAX_GOLD = 256 };

struct gold {
    uint32_t start, end;             /* code points */
    uint32_t outer_start, outer_end; /* how far a finding may reach: labels, signs and units around the value */
    unsigned info;                   /* enum info_type */
    bool ignored;                    /* public, soft or OPTIONAL: neither right nor wrong */
    bool is_trap;                    /* `neg`: a number that is nobody's */
};

struct score {
    const struct call *call;
    struct session session;
    struct scanner *scanner;
    struct arena *arena;
    struct buffer scratch;
    struct gold gold[MAX_GOLD];
    size_t gold_count;
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
is_true(const struct json_value *value)
{
    return value->kind == JSON_BOOL && value->raw.data[0] == 't';
}

static bool
is_word(const struct json_value *value, const char *word)
{
    size_t bytes = strlen(word);

    return value->kind == JSON_STRING && value->raw.bytes == bytes + 2 && memcmp(value->raw.data + 1, word, bytes) == 0;
}

static uint32_t
number_of(const struct json_value *value)
{
    uint32_t number = 0;

    for (size_t i = 0; i < value->raw.bytes && value->kind == JSON_NUMBER; i++)
        number = number * 10 + (uint32_t)(value->raw.data[i] - '0') % 10;
    return number;
}

/* [first, second] */
static void
take_pair(const struct json_value *pair, uint32_t *first, uint32_t *second)
{
    struct json_items items;
    struct json_value key, value;

    json_items_init(&items, pair);
    for (unsigned i = 0; json_items_next(&items, &key, &value); i++)
        *(i == 0 ? first : second) = number_of(&value);
}

/* The info type in quotes; false for a word that names none (OPTIONAL). */
static bool
take_type(const struct json_value *value, unsigned *info_out)
{
    struct slice word = value->raw;

    if (value->kind != JSON_STRING || word.bytes < 2)
        return false;
    return vocabulary_parse(&vocabulary_info_type, (struct slice){word.data + 1, word.bytes - 2}, info_out);
}

static void
take_span(struct score *score, const struct json_value *span, bool is_trap)
{
    struct json_items members;
    struct json_value key, value;
    struct gold gold = {.info = INFO_PERSON, .is_trap = is_trap};

    json_items_init(&members, span);
    while (json_items_next(&members, &key, &value)) {
        if (is_word(&key, "start"))
            gold.start = number_of(&value);
        else if (is_word(&key, "end"))
            gold.end = number_of(&value);
        else if (is_word(&key, "outer") && value.kind == JSON_ARRAY)
            take_pair(&value, &gold.outer_start, &gold.outer_end);
        else if (is_word(&key, "type"))
            gold.ignored |= !take_type(&value, &gold.info);
        else if (is_word(&key, "public") || is_word(&key, "soft"))
            gold.ignored |= is_true(&value);
    }
    if (gold.outer_end == 0)
        gold.outer_start = gold.start, gold.outer_end = gold.end;
    if (score->gold_count < MAX_GOLD)
        score->gold[score->gold_count++] = gold;
}

static void
take_spans(struct score *score, const struct json_value *list, bool are_traps)
{
    struct json_items items;
    struct json_value key, span;

    if (list->kind != JSON_ARRAY)
        return;
    json_items_init(&items, list);
    while (json_items_next(&items, &key, &span))
        if (span.kind == JSON_OBJECT)
            take_span(score, &span, are_traps);
}

static bool
take_record(struct score *score, struct slice line, struct slice *text_out)
{
    static struct json_path text_path, spans_path, traps_path;
    const struct json_path *paths[3] = {&text_path, &spans_path, &traps_path};
    struct json_value values[3];

    score->gold_count = 0;
    if (json_path_parse("text", &text_path) != STATUS_OK || json_path_parse("spans", &spans_path) != STATUS_OK ||
        json_path_parse("neg", &traps_path) != STATUS_OK || json_line_find(line, paths, 3, values) != STATUS_OK ||
        values[0].kind != JSON_STRING || values[1].kind != JSON_ARRAY ||
        json_value_text(&values[0], &score->scratch, text_out) != STATUS_OK)
        return false;
    take_spans(score, &values[1], false);
    take_spans(score, &values[2], true);
    return true;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static uint32_t
characters_before(struct slice text, uint32_t byte)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < byte; i++)
        count += (text.data[i] & 0xC0) != 0x80;
    return count;
}

/* 1 right, 0 wrong, -1 neither. A name must be cut exactly; another value may lie anywhere within its `outer`. */
static int
judge(const struct score *score, unsigned info, uint32_t start, uint32_t end)
{
    int verdict = 0;

    for (size_t i = 0; i < score->gold_count; i++) {
        const struct gold *gold = &score->gold[i];
        bool meets = gold->start < end && start < gold->end,
             misses = info == INFO_PERSON && (start != gold->start || end != gold->end);

        if (gold->is_trap)
            continue;
        if (!gold->ignored && gold->info == info && meets && !misses && gold->outer_start <= start &&
            end <= gold->outer_end)
            return 1;
        if (gold->ignored && meets)
            verdict = -1;
    }
    return verdict;
}

/* Types that such files do not label. */
static bool
is_unlabelled(enum info_type info)
{
    return info == INFO_NONE || info == INFO_JOB_TITLE || info == INFO_SPECIAL_CARE || info == INFO_COMPOSITE;
}

/* Whether a value is covered by findings of its type within its reach; whether anything touches a trap. */
static bool
is_met(const struct gold *gold, const struct verdict *verdict)
{
    uint32_t covered = gold->start;

    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        uint32_t start = characters_before(verdict->text, finding->span.start),
                 end = characters_before(verdict->text, finding->span.end);

        if (is_unlabelled(finding->info_type))
            continue;
        if (gold->is_trap && start < gold->end && gold->start < end)
            return true;
        if (!gold->is_trap && finding->info_type == gold->info && start >= gold->outer_start &&
            end <= gold->outer_end && end > covered &&
            (start <= covered || gold->outer_end - gold->outer_start > gold->end - gold->start))
            covered = end; /* what stands between the parts of an `outer` is no value */
    }
    return !gold->is_trap && covered >= gold->end;
}

static void
count_rules(const struct score *score, const struct verdict *verdict)
{
    for (size_t i = 0; i < score->gold_count; i++) {
        const struct gold *gold = &score->gold[i];

        if (gold->is_trap)
            calibration_add_trap(score->calibration, is_met(gold, verdict));
        else if (!gold->ignored && gold->info != INFO_PERSON)
            calibration_add_value(score->calibration, is_met(gold, verdict));
    }
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        int judged;

        if (is_unlabelled(finding->info_type))
            continue;
        judged = judge(score, finding->info_type, characters_before(verdict->text, finding->span.start),
                       characters_before(verdict->text, finding->span.end));
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
        judged = judge(score, INFO_PERSON, characters_before(verdict->text, finding->span.start),
                       characters_before(verdict->text, finding->span.end));
        right += judged > 0;
        score->wrong += judged == 0;
    }
    for (size_t i = 0; i < score->gold_count; i++)
        wanted += !score->gold[i].ignored && !score->gold[i].is_trap && score->gold[i].info == INFO_PERSON;
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
            return complain(score->call, "%s:%u: %s", path, line, status_word(status));
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
        complain(call, "%s: %s", path, status_word(status));
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
