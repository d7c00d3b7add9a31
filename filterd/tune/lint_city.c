/* lint_names, lint_cases: what the built city shows of names.csv and cases.csv. */
#include <stdio.h>

#include "scan/cases.h"
#include "tune/lint_parts.h"

/* --- names.csv ---------------------------------------------------------------------------------------------------- */

static bool
holds(struct slice text, struct slice part)
{
    return memmem(text.data, text.bytes, part.data, part.bytes) != NULL;
}

/* Whether the row finds its term inside the name. */
static bool
finds_in_name(const struct term *term, struct slice name)
{
    if ((term->match != MATCH_PHRASE && term->match != MATCH_ANYWHERE) || !holds(name, term->plain))
        return false;
    for (size_t i = 0; i < term->exception_count; i++)
        if (holds(name, term->exceptions[i]))
            return false;
    return true;
}

void
lint_names(struct lint *lint, const struct ruleset *ruleset, const struct rows *rows)
{
    for (size_t i = 0; i < ruleset->public_name_count; i++) {
        const struct public_name *name = &ruleset->public_names[i];

        if (name->kind != PUBLIC_STAFF && table_get(lint->common->facts.surnames, name->plain) != TABLE_NONE)
            lint_tell(lint,
                      (struct remark){
                          .check = REMARK_SURNAME, .file = "names.csv", .line = name->line, .value = name->plain});
        for (size_t r = 0; r < rows->count; r++) {
            char detail[320];

            if (!finds_in_name(rows->items[r].term, name->plain))
                continue;
            snprintf(detail, sizeof detail, "names.csv:%u %.*s", name->line, (int)name->plain.bytes,
                     (const char *)name->plain.data);
            lint_tell(lint, (struct remark){.check = REMARK_TERM_IS_NAME,
                                            .file = "terms.csv",
                                            .line = rows->items[r].line,
                                            .value = rows->items[r].term->plain,
                                            .detail = detail});
        }
    }
}

/* --- cases.csv ---------------------------------------------------------------------------------------------------- */

static void
on_failure(void *context, const struct case_failure *failure)
{
    char detail[1024];

    snprintf(detail, sizeof detail, "%s -> %s", failure->expected, failure->got);
    lint_tell(context, (struct remark){.check = REMARK_CASE_FAILED,
                                       .file = "cases.csv",
                                       .line = failure->row,
                                       .value = failure->text,
                                       .detail = detail});
}

enum status
lint_cases(struct lint *lint, const struct ruleset *ruleset, const struct city_files *files)
{
    struct cases_result result = {0};
    struct fault fault = {0};
    enum status status =
        cases_run(lint->scanner, ruleset, buffer_slice(&files->cases), "cases.csv", on_failure, lint, &result, &fault);

    if (status == STATUS_INVALID)
        lint_tell_fault(lint, "cases.csv", &fault);
    else if (status == STATUS_OK && result.passed + result.failed == 0)
        lint_tell(lint, (struct remark){.check = REMARK_NO_CASES, .file = "cases.csv"});
    return status;
}
