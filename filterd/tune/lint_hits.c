/* lint_hits: which harmless texts the rows of a city hit, seen by scanning them. */
#include <stdio.h>
#include <stdlib.h>

#include "scan/scanner.h"
#include "tune/lint_parts.h"

#define SHOWN 5

/* What one row hit. */
struct hits {
    unsigned count;
    const struct harmless *shown[SHOWN];
};

struct tally {
    const struct rows *rows;
    struct hits *words, *texts; /* per row */
};

static bool
is_shown(const struct hits *hits, struct slice text)
{
    for (unsigned i = 0; i < SHOWN && i < hits->count; i++)
        if (slice_equal(hits->shown[i]->text, text))
            return true;
    return false;
}

static void
add_hit(struct hits *hits, const struct harmless *harmless)
{
    if (is_shown(hits, harmless->text))
        return;
    if (hits->count < SHOWN)
        hits->shown[hits->count] = harmless;
    hits->count++;
}

static void
add_findings(struct tally *tally, const struct harmless *harmless, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        const struct row *row = rows_find(tally->rows, finding->rule);
        bool is_whole = finding->span.start == 0 && finding->span.end == verdict->text.bytes;

        if (row == NULL || (harmless->origin == NULL && is_whole)) /* the word itself is what the row is for */
            continue;
        add_hit(harmless->origin == NULL ? &tally->words[row - tally->rows->items]
                                         : &tally->texts[row - tally->rows->items],
                harmless);
    }
}

static enum status
scan_texts(struct lint *lint, const struct ruleset *ruleset, struct tally *tally)
{
    for (size_t i = 0; i < lint->text_count; i++) {
        struct message message = {.text = lint->texts[i].text};
        const struct verdict *verdict = NULL;
        enum status status = scanner_run(lint->scanner, ruleset, &message, &verdict);

        if (status == STATUS_TOO_LARGE)
            continue;
        if (status != STATUS_OK)
            return status;
        add_findings(tally, &lint->texts[i], verdict);
    }
    return STATUS_OK;
}

static void
tell_hits(struct lint *lint, enum remark_check check, const struct row *row, const struct hits *hits)
{
    char detail[512] = "";
    size_t used = 0;

    if (hits->count == 0)
        return;
    for (unsigned i = 0; i < SHOWN && i < hits->count; i++) {
        const struct harmless *harmless = hits->shown[i];
        struct slice shown = harmless->origin == NULL ? harmless->text : slice_of(harmless->origin);

        if (used + shown.bytes + 16 < sizeof detail)
            used += (size_t)snprintf(detail + used, sizeof detail - used, "%s%.*s", i == 0 ? "" : " ", (int)shown.bytes,
                                     (const char *)shown.data);
    }
    if (hits->count > SHOWN)
        snprintf(detail + used, sizeof detail - used, " (+%u)", hits->count - SHOWN);
    lint_tell(lint,
              (struct remark){
                  .check = check, .file = "terms.csv", .line = row->line, .value = row->term->plain, .detail = detail});
}

enum status
lint_hits(struct lint *lint, const struct ruleset *ruleset, const struct rows *rows)
{
    struct tally tally = {.rows = rows,
                          .words = calloc(rows->count + 1, sizeof *tally.words),
                          .texts = calloc(rows->count + 1, sizeof *tally.texts)};
    enum status status = tally.words != NULL && tally.texts != NULL ? STATUS_OK : STATUS_NO_MEMORY;

    if (status == STATUS_OK && rows->count > 0)
        status = scan_texts(lint, ruleset, &tally);
    for (size_t i = 0; i < rows->count && status == STATUS_OK; i++) {
        tell_hits(lint, REMARK_HIDDEN_IN_WORDS, &rows->items[i], &tally.words[i]);
        tell_hits(lint, REMARK_HITS_HARMLESS, &rows->items[i], &tally.texts[i]);
    }
    free(tally.words);
    free(tally.texts);
    return status;
}
