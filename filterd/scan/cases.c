#include "scan/cases.h"

#include <stdio.h>

#include "base/buffer.h"
#include "scan/scanner.h"
#include "text/charset.h"
#include "text/csv.h"

enum { TEXT, DIRECTION, SURFACE, PURPOSE, EXPECT, CLAUSE, REDACTED, NOTE };

const struct csv_column cases_columns[CASES_COLUMNS] = {
    [TEXT] = {"text", "文", CSV_REQUIRED},
    [DIRECTION] = {"direction", "方向", CSV_OPTIONAL},
    [SURFACE] = {"surface", "場所", CSV_OPTIONAL},
    [PURPOSE] = {"purpose", "用途", CSV_OPTIONAL},
    [EXPECT] = {"expect", "期待", CSV_REQUIRED},
    [CLAUSE] = {"clause", "条項", CSV_OPTIONAL},
    [REDACTED] = {"redacted", "伏せ字後", CSV_OPTIONAL},
    [NOTE] = {"note", "メモ", CSV_OPTIONAL},
};

/* One row, understood. */
struct expectation {
    struct message message;
    enum action action;
    struct slice clause;   /* empty = any */
    struct slice redacted; /* empty = not compared */
};

static enum status
bad_cell(const struct csv_row *row, int column, const char *file, const char *reason, const char *mend,
         struct fault *fault)
{
    char value[128];
    snprintf(value, sizeof value, "%.*s", (int)(row->fields[column].bytes < 100 ? row->fields[column].bytes : 100),
             (const char *)row->fields[column].data);
    fault_set(fault, file, row->line, row->positions[column], cases_columns[column].japanese, value, reason, mend);
    return STATUS_INVALID;
}

static enum status
read_row(const struct ruleset *ruleset, const struct csv_row *row, const char *file, struct expectation *out,
         struct fault *fault)
{
    const struct slice *fields = row->fields;
    *out = (struct expectation){.message.text = fields[TEXT], .clause = fields[CLAUSE], .redacted = fields[REDACTED]};
    if (!action_parse(fields[EXPECT], &out->action))
        return bad_cell(row, EXPECT, file, "unknown verdict", "write one of 許可, 伏せ字, 遮断 (allow, redact, block)",
                        fault);
    if (fields[DIRECTION].bytes && !direction_parse(fields[DIRECTION], &out->message.direction))
        return bad_cell(row, DIRECTION, file, "unknown direction", "write 受信 or 送信 (inbound, outbound)", fault);
    if (fields[SURFACE].bytes && !surface_parse(fields[SURFACE], &out->message.surface))
        return bad_cell(row, SURFACE, file, "unknown surface", "write MESSAGE_TEXT, DISPLAY_NAME, LOCATION …", fault);
    if (!policy_purpose(ruleset->policy, fields[PURPOSE], &out->message.purpose))
        return bad_cell(row, PURPOSE, file, "the policy names no such purpose",
                        "use chat or a name under purposes: in policy.yaml", fault);
    char clause[64];
    snprintf(clause, sizeof clause, "%.*s", (int)(fields[CLAUSE].bytes < 60 ? fields[CLAUSE].bytes : 60),
             (const char *)fields[CLAUSE].data);
    if (fields[CLAUSE].bytes && !policy_clause(ruleset->policy, clause))
        return bad_cell(row, CLAUSE, file, "the policy has no such clause", "use an id of policy.yaml, such as 6-2",
                        fault);
    return STATUS_OK;
}

static bool
names_clause(const struct verdict *verdict, struct slice id)
{
    for (size_t i = 0; i < verdict->ground_count; i++)
        if (slice_equal(slice_of(verdict->grounds[i]->id), id))
            return true;
    for (size_t i = 0; i < verdict->finding_count; i++)
        for (size_t c = 0; c < verdict->findings[i].clause_count; c++)
            if (slice_equal(slice_of(verdict->findings[i].clauses[c]->id), id))
                return true;
    return false;
}

static bool
is_met(const struct expectation *expected, const struct verdict *verdict)
{
    /* what a policy in observe mode would decide is what its cases are about */
    enum action action = verdict->observed != ACTION_NONE ? verdict->observed : verdict->action;
    if (action != expected->action || (expected->clause.bytes && !names_clause(verdict, expected->clause)))
        return false;
    return expected->redacted.bytes == 0 || slice_equal(expected->redacted, verdict->redacted);
}

static void
describe(char *out, size_t bytes, enum status status, const struct verdict *verdict)
{
    if (status != STATUS_OK) {
        snprintf(out, bytes, "%s", status_word(status));
        return;
    }
    int used = snprintf(out, bytes, "%s", action_word(verdict->action));
    for (size_t i = 0; i < verdict->ground_count && (size_t)used < bytes; i++)
        used += snprintf(out + used, bytes - (size_t)used, " %s", verdict->grounds[i]->id);
    if (verdict->redacted.bytes && (size_t)used < bytes)
        snprintf(out + used, bytes - (size_t)used, " %.*s",
                 (int)(verdict->redacted.bytes < 600 ? verdict->redacted.bytes : 600),
                 (const char *)verdict->redacted.data);
}

static enum status
run_rows(struct scanner *scanner, const struct ruleset *ruleset, struct csv *csv, const char *file,
         const struct case_visitor *visitor, struct fault *fault)
{
    for (;;) {
        struct csv_row row;
        struct expectation expected;
        enum status status = csv_next(csv, &row, fault);
        if (status == STATUS_NOT_FOUND)
            return STATUS_OK;
        if (status == STATUS_OK)
            status = read_row(ruleset, &row, file, &expected, fault);
        if (status != STATUS_OK)
            return status;
        expected.message.trace = visitor->trace;
        struct case_outcome outcome = {
            .row = row.line, .message = &expected.message, .expected = expected.action, .clause = expected.clause};
        outcome.status = scanner_run(scanner, ruleset, &expected.message, &outcome.verdict);
        if (outcome.status == STATUS_NO_MEMORY) /* the machine's fault, of which a case says nothing */
            return outcome.status;
        outcome.is_met = outcome.status == STATUS_OK && is_met(&expected, outcome.verdict);
        outcome.redacted = expected.redacted;
        visitor->on_row(visitor->context, &outcome);
    }
}

/* Decodes the file and reads its header; *csv_out stays NULL for an empty file. `utf8` must outlive the reader. */
static enum status
open_cases(struct slice csv_bytes, const char *file, struct buffer *utf8, struct csv **csv_out, struct fault *fault)
{
    enum charset charset;
    unsigned line = 0;
    enum status status = charset_decode(csv_bytes, utf8, &charset, &line);
    if (status == STATUS_INVALID)
        fault_set(fault, file, line, 0, "", "", "neither UTF-8 nor CP932 (Excel's CSV)", "save the file as CSV UTF-8");
    if (status == STATUS_OK && utf8->bytes)
        status = csv_create(file, buffer_slice(utf8), cases_columns, CASES_COLUMNS, csv_out, fault);
    return status;
}

enum status
cases_visit(struct scanner *scanner, const struct ruleset *ruleset, struct slice csv_bytes, const char *file,
            const struct case_visitor *visitor, struct fault *fault)
{
    struct buffer utf8;
    struct csv *csv = NULL;
    buffer_init(&utf8);
    enum status status = open_cases(csv_bytes, file, &utf8, &csv, fault);
    if (status == STATUS_OK && csv)
        status = run_rows(scanner, ruleset, csv, file, visitor, fault);
    csv_destroy(&csv);
    buffer_fini(&utf8);
    return status;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

struct counter {
    void (*on_failure)(void *context, const struct case_failure *failure);
    void *context;
    struct cases_result result;
};

static void
report(const struct counter *counter, const struct case_outcome *outcome)
{
    char want[1024], got[1024];
    struct slice clause = outcome->clause, redacted = outcome->redacted;
    snprintf(want, sizeof want, "%s%s%.*s%s%.*s", action_word(outcome->expected), clause.bytes ? " " : "",
             (int)(clause.bytes < 60 ? clause.bytes : 60), (const char *)clause.data, redacted.bytes ? " " : "",
             (int)(redacted.bytes < 600 ? redacted.bytes : 600), (const char *)redacted.data);
    describe(got, sizeof got, outcome->status, outcome->verdict);
    counter->on_failure(
        counter->context,
        &(struct case_failure){.row = outcome->row, .expected = want, .got = got, .text = outcome->message->text});
}

static void
count_row(void *context, const struct case_outcome *outcome)
{
    struct counter *counter = context;
    counter->result.passed += outcome->is_met;
    counter->result.failed += !outcome->is_met;
    if (!outcome->is_met && counter->on_failure)
        report(counter, outcome);
}

enum status
cases_run(struct scanner *scanner, const struct ruleset *ruleset, struct slice csv_bytes, const char *file,
          void (*on_failure)(void *context, const struct case_failure *failure), void *context,
          struct cases_result *result_out, struct fault *fault)
{
    struct counter counter = {.on_failure = on_failure, .context = context};
    struct case_visitor visitor = {.on_row = count_row, .context = &counter};
    enum status status = cases_visit(scanner, ruleset, csv_bytes, file, &visitor, fault);
    if (status == STATUS_OK)
        *result_out = counter.result;
    return status;
}

enum status
cases_each(struct slice csv_bytes, const char *file, void (*on_row)(void *context, const struct case_row *row),
           void *context, struct fault *fault)
{
    struct buffer utf8, setting;
    struct csv *csv = NULL;
    buffer_init(&utf8);
    buffer_init(&setting);
    enum status status = open_cases(csv_bytes, file, &utf8, &csv, fault);
    while (status == STATUS_OK && csv) {
        struct csv_row row;
        status = csv_next(csv, &row, fault);
        if (status != STATUS_OK)
            break;
        buffer_clear(&setting);
        for (int column = DIRECTION; column <= PURPOSE; column++) {
            buffer_append(&setting, row.fields[column].data, row.fields[column].bytes);
            buffer_append_byte(&setting, '\t');
        }
        struct case_row found = {.line = row.line,
                                 .text = row.fields[TEXT],
                                 .clause = row.fields[CLAUSE],
                                 .setting = buffer_slice(&setting)};
        if (!action_parse(row.fields[EXPECT], &found.expect))
            found.expect = ACTION_NONE;
        on_row(context, &found);
    }
    csv_destroy(&csv);
    buffer_fini(&utf8);
    buffer_fini(&setting);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
