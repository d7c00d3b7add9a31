/* filterctl coverage: which rules and which cases stand behind each clause of a city. */
#include <stdlib.h>
#include <string.h>

#include "cmd/filterctl.h"
#include "rules/topics.h"
#include "scan/cases.h"
#include "scan/trace.h"
#include "wire/json.h"

/* What can bring a finding to a clause. */
struct rules {
    size_t terms, patterns, topics;
    size_t built_in; /* written in C: names, words of special care, what exposes somebody, combinations */
};

struct coverage {
    const struct clause *clause;
    struct rules rules;
    uint64_t info_types; /* those of the clause that some rule finds */
    uint32_t categories; /* the same */
    unsigned positive;   /* cases that name the clause, or whose finding does */
    unsigned negative;   /* cases in which a rule of the clause looked closer and that are not its own */
};

/* What a rule finds: its rule id is the key of survey.rules, this the value. */
#define FINDS(info, category) ((uint32_t)(info) | (uint32_t)(category) << 8)

struct survey {
    const struct call *call;
    const char *city;
    const struct ruleset *ruleset;
    struct table *rules;
    struct coverage *items; /* one per clause */
    size_t count;
    uint64_t seen_info_types; /* of the case being run: what its rules looked at */
    uint32_t seen_categories;
    unsigned covered, uncovered, human;
};

/* --- rules -------------------------------------------------------------------------------------------------------- */

static bool
covers(const struct clause *clause, enum info_type info, enum category category)
{
    return info != INFO_NONE ? clause->info_types >> info & 1 : clause->categories >> category & 1;
}

static bool
reaches(const struct coverage *item, enum info_type info, enum category category, unsigned likelihood,
        enum severity severity)
{
    const struct clause *clause = item->clause;

    return !clause->judged_by_human && covers(clause, info, category) && likelihood >= clause->min_likelihood &&
           (info != INFO_NONE || severity >= clause->min_severity);
}

static void
note_reached(struct coverage *item, enum info_type info, enum category category)
{
    if (info != INFO_NONE)
        item->info_types |= UINT64_C(1) << info;
    else
        item->categories |= 1u << category;
}

static enum status
add_rule(struct survey *survey, const char *rule, enum info_type info, enum category category)
{
    enum status status = table_put(survey->rules, slice_of(rule), FINDS(info, category));

    return status == STATUS_INVALID ? STATUS_OK : status; /* two rules of one id find the same, but for rare chance */
}

static enum status
add_terms(struct survey *survey, const struct term *terms, size_t count)
{
    enum status status = STATUS_OK;

    for (size_t t = 0; t < count && status == STATUS_OK; t++) {
        const struct term *term = &terms[t];

        status = add_rule(survey, term->rule, INFO_NONE, term->category);
        for (size_t i = 0; i < survey->count; i++) {
            if (!reaches(&survey->items[i], INFO_NONE, term->category, term->likelihood, term->severity))
                continue;
            survey->items[i].rules.terms++;
            note_reached(&survey->items[i], INFO_NONE, term->category);
        }
    }
    return status;
}

static unsigned
best_likelihood(const struct pattern *pattern)
{
    const uint8_t all[] = {pattern->plain, pattern->with_label, pattern->with_check, pattern->with_both};
    unsigned best = 0;

    for (size_t i = 0; i < sizeof all; i++)
        best = all[i] > best ? all[i] : best;
    return best;
}

static enum status
add_patterns(struct survey *survey, const struct common *common)
{
    enum status status = STATUS_OK;

    for (size_t p = 0; p < common->pattern_count && status == STATUS_OK; p++) {
        const struct pattern *pattern = &common->patterns[p];

        if (pattern->info == INFO_NONE && pattern->category == CATEGORY_NONE)
            continue; /* finds what is nobody's */
        status = add_rule(survey, pattern->rule, pattern->info, pattern->category);
        for (size_t i = 0; i < survey->count; i++) {
            if (!reaches(&survey->items[i], pattern->info, pattern->category, best_likelihood(pattern),
                         pattern->severity))
                continue;
            survey->items[i].rules.patterns++;
            note_reached(&survey->items[i], pattern->info, pattern->category);
        }
    }
    return status;
}

static void
add_topics(struct survey *survey, const struct topic_model *model)
{
    for (unsigned topic = 0; model != NULL && topic < TOPIC_COUNT; topic++) {
        enum category category = CATEGORY_ILLEGAL + topic;

        for (size_t i = 0; i < survey->count; i++) {
            if (!reaches(&survey->items[i], INFO_NONE, category, model->numbers.likelihoods[TOPIC_KNOTS - 1],
                         SEVERITY_MEDIUM))
                continue;
            survey->items[i].rules.topics++;
            note_reached(&survey->items[i], INFO_NONE, category);
        }
    }
}

/* What no file lists. */
static enum status
add_built_in(struct survey *survey)
{
    const struct policy *policy = survey->ruleset->policy;
    const struct {
        const char *rule;
        enum info_type info;
        enum category category;
        bool is_on;
    } built_in[] = {{"pii.person.tagged", INFO_PERSON, CATEGORY_NONE, true},
                    {"pii.person.honorific", INFO_PERSON, CATEGORY_NONE, true},
                    {"pii.person.title", INFO_PERSON, CATEGORY_NONE, true},
                    {"pii.person.mention", INFO_PERSON, CATEGORY_NONE, true},
                    {"pii.title.described", INFO_JOB_TITLE, CATEGORY_NONE, true},
                    {"care", INFO_SPECIAL_CARE, CATEGORY_NONE, policy->special_care},
                    {"composite", INFO_COMPOSITE, CATEGORY_NONE, policy->composite},
                    {"privacy.exposure", INFO_NONE, CATEGORY_PRIVACY, true},
                    {"impersonation.account", INFO_NONE, CATEGORY_IMPERSONATION, policy->account_name != NULL},
                    {"impersonation.name", INFO_NONE, CATEGORY_IMPERSONATION, survey->ruleset->impostor_count > 0},
                    {"impersonation.id", INFO_NONE, CATEGORY_IMPERSONATION, policy->line_id != NULL},
                    {"security.address", INFO_NONE, CATEGORY_SECURITY, true},
                    {"security.host", INFO_NONE, CATEGORY_SECURITY, true},
                    {"disrespect.manner", INFO_NONE, CATEGORY_DISRESPECT, true},
                    {"link.address", INFO_NONE, CATEGORY_HARMFUL_LINK, true},
                    {"link.lookalike", INFO_NONE, CATEGORY_HARMFUL_LINK, policy->contact_count > 0},
                    {"link.denied", INFO_NONE, CATEGORY_HARMFUL_LINK, policy->links_deny.count > 0}};
    enum status status = STATUS_OK;

    for (size_t r = 0; r < sizeof built_in / sizeof *built_in && status == STATUS_OK; r++) {
        if (!built_in[r].is_on)
            continue;
        status = add_rule(survey, built_in[r].rule, built_in[r].info, built_in[r].category);
        for (size_t i = 0; i < survey->count; i++) {
            const struct coverage *item = &survey->items[i];

            if (item->clause->judged_by_human || !covers(item->clause, built_in[r].info, built_in[r].category))
                continue;
            survey->items[i].rules.built_in++;
            note_reached(&survey->items[i], built_in[r].info, built_in[r].category);
        }
    }
    return status;
}

static enum status
add_rules(struct survey *survey)
{
    const struct ruleset *ruleset = survey->ruleset;
    enum status status = add_terms(survey, ruleset->common->terms, ruleset->common->term_count);

    if (status == STATUS_OK)
        status = add_terms(survey, ruleset->terms, ruleset->term_count);
    if (status == STATUS_OK)
        status = add_patterns(survey, ruleset->common);
    if (status == STATUS_OK)
        status = add_built_in(survey);
    add_topics(survey, ruleset->common->topics);
    return status;
}

/* --- cases -------------------------------------------------------------------------------------------------------- */

/* Notes what the rule of this event finds, whatever became of it. */
static void
on_event(void *context, const struct trace_event *event)
{
    static const char topic[] = "topic.";
    struct survey *survey = context;
    enum category category;
    uint32_t finds;

    if (event->rule == NULL)
        return;
    if (strncmp(event->rule, topic, sizeof topic - 1) == 0) {
        if (category_parse(slice_of(event->rule + sizeof topic - 1), &category))
            survey->seen_categories |= 1u << category;
        return;
    }
    finds = table_get(survey->rules, slice_of(event->rule));
    if (finds == TABLE_NONE) /* care.health, composite.work: one row of built_in for each family */
        finds = table_get(survey->rules, (struct slice){(const uint8_t *)event->rule, strcspn(event->rule, ".")});
    if (finds == TABLE_NONE)
        return;
    if (finds & 0xFF)
        survey->seen_info_types |= UINT64_C(1) << (finds & 0xFF);
    else
        survey->seen_categories |= 1u << (finds >> 8);
}

static bool
is_named_by_a_finding(const struct verdict *verdict, const struct clause *clause)
{
    for (size_t i = 0; i < verdict->finding_count; i++)
        for (size_t c = 0; c < verdict->findings[i].clause_count; c++)
            if (verdict->findings[i].clauses[c] == clause)
                return true;
    return false;
}

static void
on_row(void *context, const struct case_outcome *outcome)
{
    struct survey *survey = context;
    enum direction direction = outcome->message->direction ? outcome->message->direction : DIRECTION_INBOUND;

    for (size_t i = 0; i < survey->count && outcome->verdict != NULL; i++) {
        struct coverage *item = &survey->items[i];
        const struct clause *clause = item->clause;
        bool is_own = slice_equal(outcome->clause, slice_of(clause->id)) ||
                      (outcome->clause.bytes == 0 && is_named_by_a_finding(outcome->verdict, clause));
        bool is_seen = (clause->info_types & survey->seen_info_types) || (clause->categories & survey->seen_categories);
        bool is_directed = clause->direction == DIRECTION_NONE || clause->direction == direction;

        if (clause->judged_by_human)
            continue;
        item->positive += is_own;
        item->negative += !is_own && is_seen && is_directed && !is_named_by_a_finding(outcome->verdict, clause);
    }
    survey->seen_info_types = 0;
    survey->seen_categories = 0;
}

static enum status
run_cases(struct survey *survey, struct scanner *scanner, const struct city_files *files, struct fault *fault)
{
    struct trace trace = {on_event, survey};
    struct case_visitor visitor = {on_row, &trace, survey};
    char file[PLACES_ID_BYTES + 16];

    if (files->cases.bytes == 0)
        return STATUS_OK;
    snprintf(file, sizeof file, "%s/cases.csv", survey->city);
    return cases_visit(scanner, survey->ruleset, buffer_slice(&files->cases), file, &visitor, fault);
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

static size_t
rule_total(const struct rules *rules)
{
    return rules->terms + rules->patterns + rules->topics + rules->built_in;
}

/* The words of the bits, each given to `put`. */
static void
each_word(const struct clause *clause, uint64_t info_types, uint32_t categories,
          void (*put)(struct buffer *out, const char *word), struct buffer *out)
{
    for (unsigned type = 1; type < INFO_COUNT; type++)
        if (clause->info_types & info_types & UINT64_C(1) << type)
            put(out, info_type_word(type));
    for (unsigned category = 1; category < CATEGORY_COUNT; category++)
        if (clause->categories & categories & 1u << category)
            put(out, category_word(category));
}

static void
put_plain(struct buffer *out, const char *word)
{
    buffer_append_byte(out, ' ');
    buffer_append_text(out, word);
}

static void
put_json(struct buffer *out, const char *word)
{
    if (out->data[out->bytes - 1] != '[')
        buffer_append_byte(out, ',');
    json_string(out, slice_of(word));
}

static void
print_words(const char *label, const struct coverage *item, uint64_t info_types, uint32_t categories)
{
    struct buffer words;

    buffer_init(&words);
    each_word(item->clause, info_types, categories, put_plain, &words);
    if (words.bytes > 0 && !words.failed)
        printf("    %s:%.*s\n", label, (int)words.bytes, (const char *)words.data);
    buffer_fini(&words);
}

static void
show_clause(const struct survey *survey, const struct coverage *item)
{
    const struct call *call = survey->call;
    const struct clause *clause = item->clause;

    printf("%s  %s  %s\n", clause->id, clause->cite, clause->heading);
    if (clause->judged_by_human) {
        printf("    %s\n", words_for(call, "judged by people", "人が判断する"));
        return;
    }
    print_words(words_for(call, "finds", "見つけるもの"), item, item->info_types, item->categories);
    print_words(words_for(call, "no rule finds", "規則がないもの"), item, ~item->info_types, ~item->categories);
    printf(words_for(call, "    rules: %zu terms, %zu patterns, %zu topics, %zu built in\n",
                     "    規則: 語句 %zu、パターン %zu、話題 %zu、組み込み %zu\n"),
           item->rules.terms, item->rules.patterns, item->rules.topics, item->rules.built_in);
    printf(words_for(call, "    cases: %u positive, %u negative\n", "    事例: 当たるもの %u、当たらないもの %u\n"),
           item->positive, item->negative);
    if (rule_total(&item->rules) == 0)
        printf("    %s\n", words_for(call, "UNCOVERED: no rule", "未対応: 規則がない"));
    if (item->positive == 0)
        printf("    %s\n", words_for(call, "UNCOVERED: no case", "未対応: 事例がない"));
}

static void
show_clause_json(const struct survey *survey, const struct coverage *item)
{
    const struct clause *clause = item->clause;
    struct buffer line;

    buffer_init(&line);
    buffer_append_text(&line, "{\"city\":");
    json_string(&line, slice_of(survey->city));
    buffer_append_text(&line, ",\"clause\":");
    json_string(&line, slice_of(clause->id));
    buffer_append_text(&line, ",\"cite\":");
    json_string(&line, slice_of(clause->cite));
    buffer_append_text(&line, ",\"heading\":");
    json_string(&line, slice_of(clause->heading));
    buffer_appendf(&line, ",\"judged_by\":\"%s\"", clause->judged_by_human ? "human" : "machine");
    if (!clause->judged_by_human) {
        buffer_append_text(&line, ",\"finds\":[");
        each_word(clause, item->info_types, item->categories, put_json, &line);
        buffer_append_text(&line, "],\"without_rule\":[");
        each_word(clause, ~item->info_types, ~item->categories, put_json, &line);
        buffer_appendf(&line,
                       "],\"rules\":{\"terms\":%zu,\"patterns\":%zu,\"topics\":%zu,\"built_in\":%zu},"
                       "\"cases\":{\"positive\":%u,\"negative\":%u},\"covered\":%s",
                       item->rules.terms, item->rules.patterns, item->rules.topics, item->rules.built_in,
                       item->positive, item->negative,
                       item->positive > 0 && rule_total(&item->rules) > 0 ? "true" : "false");
    }
    buffer_append_byte(&line, '}');
    print_json_line(&line);
}

static void
show_survey(struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        const struct coverage *item = &survey->items[i];
        bool is_covered = item->positive > 0 && rule_total(&item->rules) > 0;

        survey->human += item->clause->judged_by_human;
        survey->covered += !item->clause->judged_by_human && is_covered;
        survey->uncovered += !item->clause->judged_by_human && !is_covered;
        if (survey->call->counts[OPTION_JSON] > 0)
            show_clause_json(survey, item);
        else
            show_clause(survey, item);
    }
    if (survey->call->counts[OPTION_JSON] > 0)
        printf("{\"clauses\":%zu,\"covered\":%u,\"uncovered\":%u,\"human\":%u}\n", survey->count, survey->covered,
               survey->uncovered, survey->human);
    else
        printf(words_for(survey->call, "\n%zu clauses: %u covered, %u uncovered, %u judged by people\n",
                         "\n条項 %zu: 対応 %u、未対応 %u、人が判断 %u\n"),
               survey->count, survey->covered, survey->uncovered, survey->human);
}

/* --- the verb ----------------------------------------------------------------------------------------------------- */

static enum status
survey_city(struct survey *survey, struct load *load, const struct city_files *files, struct fault *fault)
{
    struct scanner *scanner = NULL;
    enum status status = load_files(load, files, &survey->ruleset, fault);

    if (status != STATUS_OK)
        return status;
    survey->count = survey->ruleset->policy->clause_count;
    survey->items = calloc(survey->count, sizeof *survey->items);
    if (survey->items == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < survey->count; i++)
        survey->items[i].clause = &survey->ruleset->policy->clauses[i];
    status = table_create(1024, &survey->rules);
    if (status == STATUS_OK)
        status = add_rules(survey);
    if (status == STATUS_OK)
        status = scanner_create(load_cities(load)->common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &scanner);
    if (status == STATUS_OK)
        status = run_cases(survey, scanner, files, fault);
    if (status == STATUS_OK)
        show_survey(survey);
    scanner_destroy(&scanner);
    return status;
}

static int
run_coverage(const struct call *call)
{
    struct survey survey = {.call = call};
    struct places places;
    struct city_files files;
    struct fault fault = {0};
    struct load *load;
    enum status status;

    if (call->operand_count == 0)
        return usage_error(call, "%s", words_for(call, "which city?", "市の指定がありません"));
    load = session_load(call, &places);
    if (load == NULL)
        return EXIT_TROUBLE;
    survey.city = call->operands[0];
    status = session_read_city(&places, survey.city, &files, &fault);
    if (status == STATUS_OK) {
        status = survey_city(&survey, load, &files, &fault);
        city_files_fini(&files);
    }
    table_destroy(&survey.rules);
    free(survey.items);
    load_destroy(&load);
    if (status == STATUS_OK)
        return survey.uncovered > 0 ? EXIT_FOUND : EXIT_GOOD;
    return fault.reason[0] != '\0' ? complain_fault(call, &fault) : complain_why(call, survey.city, status);
}

const struct verb verb_coverage = {
    .name = "coverage",
    .operands = "CITY",
    .max_operands = 1,
    .options = {OPTION_JSON, OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"show what stands behind each clause of a city", "条項ごとに規則と事例を示す"},
    .description =
        {"Lists every clause of the city's policy with what finds something for it: the info types\n"
         "and categories, how many terms, patterns and topics reach its floors, and what is built in.\n"
         "Cases of cases.csv are positive when they name the clause (or, where they name none, when a\n"
         "finding does), and negative when a rule of the clause looked at the text and the clause does\n"
         "not apply: near misses that must stay allowed.\n"
         "\n"
         "A clause without any rule or without a positive case is UNCOVERED. Clauses with judged_by:\n"
         "human need neither. With --json each clause is an object; the last line counts.",
         "市の方針の条項ごとに、何がそれを見つけるか(情報の種類、分類、下限に届く語句・パターン・話題の数、\n"
         "組み込みの規則)を示す。cases.csv の事例は、その条項を書いたもの(条項の無い行では検出がその条項に\n"
         "当たったもの)を「当たるもの」、規則が目をとめたが条項に当たらないものを「当たらないもの」と数える。\n"
         "\n"
         "規則が無いか、当たる事例が無い条項は「未対応」。judged_by: human の条項はどちらも要らない。--json では\n"
         "条項ごとに1つのオブジェクトを出し、最後の行で数える。"},
    .exits = {{EXIT_GOOD, {"every clause is covered or judged by people", "すべての条項に対応している"}},
              {EXIT_FOUND, {"a clause is uncovered", "未対応の条項がある"}},
              {EXIT_TROUBLE,
               {"the city is unknown or its files are at fault", "市が無い、またはファイルに誤りがある"}}},
    .examples = {{"filterctl coverage kashiwa", {"One city:", "1つの市:"}},
                 {"filterctl coverage -j kashiwa | grep '\"covered\":false'",
                  {"Only what is missing:", "足りないものだけ:"}}},
    .run = run_coverage,
};
