#include "tune/suggest.h"

#include <stdlib.h>

#include "scan/scanner.h"
#include "tune/suggest_parts.h"

/* One round over the reviewed texts and the cases. */
struct round {
    struct buffer met;             /* per row: 1 = came out as expected */
    struct buffer lines;           /* unsigned, per row */
    struct candidates *candidates; /* the first round: what to try; else NULL */
    const struct ruleset *ruleset;
    enum status status;
};

static void
on_row(void *context, const struct case_outcome *outcome)
{
    struct round *round = context;

    buffer_append_byte(&round->met, outcome->is_met);
    buffer_append(&round->lines, &outcome->row, sizeof outcome->row);
    if (round->candidates != NULL && !outcome->is_met && outcome->verdict != NULL && round->status == STATUS_OK)
        round->status = candidates_add(round->candidates, round->ruleset, outcome);
}

/* The files as they come: reviewed texts first, then the city's own cases (which give no candidates). */
static enum status
run_round(struct suggest *suggest, const struct city_files *files, struct slice reviewed, const char *path,
          struct round *round, size_t *reviewed_count, struct fault *fault)
{
    struct case_visitor visitor = {.on_row = on_row, .context = round};
    struct city_files with_keys = *files;
    struct ruleset *ruleset = NULL;
    enum status status;

    with_keys.keys_path = suggest->keys_path;
    status = ruleset_build(suggest->common, &with_keys, &ruleset, fault);
    round->ruleset = ruleset;
    if (status == STATUS_OK)
        status = cases_visit(suggest->scanner, ruleset, reviewed, path, &visitor, fault);
    if (status == STATUS_OK)
        status = round->status;
    round->candidates = NULL;
    *reviewed_count = round->met.bytes;
    if (status == STATUS_OK)
        status = cases_visit(suggest->scanner, ruleset, buffer_slice(&files->cases), "cases.csv", &visitor, fault);
    scanner_forget(suggest->scanner);
    ruleset_destroy(&ruleset);
    if (status == STATUS_OK && (round->met.failed || round->lines.failed))
        status = STATUS_NO_MEMORY;
    return status;
}

static void
round_init(struct round *round)
{
    *round = (struct round){.status = STATUS_OK};
    buffer_init(&round->met);
    buffer_init(&round->lines);
}

static void
round_fini(struct round *round)
{
    buffer_fini(&round->met);
    buffer_fini(&round->lines);
}

/* --- trying ------------------------------------------------------------------------------------------------------- */

/* A candidate that does not even build breaks everything. */
static enum status
try_candidate(struct suggest *suggest, const struct city_files *files, struct slice reviewed, const char *path,
              const struct round *base, size_t reviewed_count, struct candidate *candidate)
{
    struct city_files changed_files;
    struct buffer changed;
    struct round round;
    struct fault fault;
    size_t ignored;
    enum status status = candidate_apply(files, &candidate->suggestion, &changed_files, &changed, &fault);

    round_init(&round);
    if (status == STATUS_OK)
        status = run_round(suggest, &changed_files, reviewed, path, &round, &ignored, &fault);
    candidate->breaks = status == STATUS_INVALID;
    candidate->mends = calloc(reviewed_count + 1, 1);
    for (size_t i = 0; status == STATUS_OK && candidate->mends != NULL && i < round.met.bytes; i++) {
        if (base->met.data[i] && !round.met.data[i])
            candidate->breaks = true;
        if (i < reviewed_count && !base->met.data[i] && round.met.data[i])
            candidate->mends[i] = 1;
    }
    round_fini(&round);
    buffer_fini(&changed);
    if (candidate->mends == NULL)
        return STATUS_NO_MEMORY;
    return status == STATUS_INVALID ? STATUS_OK : status;
}

/* --- choosing ----------------------------------------------------------------------------------------------------- */

static unsigned
newly_mended(const struct candidate *candidate, const struct buffer *met, size_t reviewed_count)
{
    unsigned count = 0;

    for (size_t i = 0; i < reviewed_count; i++)
        count += candidate->mends[i] && !met->data[i];
    return count;
}

/* Of two that mend as much: an exception before a narrower match before a name before a new term; then the longer
 * value, which hits less. */
static bool
is_better(const struct candidate *a, unsigned a_mends, const struct candidate *b, unsigned b_mends)
{
    if (b == NULL || a_mends != b_mends)
        return b == NULL || a_mends > b_mends;
    if (a->suggestion.kind != b->suggestion.kind)
        return a->suggestion.kind < b->suggestion.kind;
    return a->suggestion.value.bytes > b->suggestion.value.bytes;
}

/* The best that is left; marks in `met` what it mends. NULL: none mends anything. */
static const struct candidate *
choose(const struct candidates *candidates, struct buffer *met, size_t reviewed_count, unsigned *mends_out)
{
    const struct candidate *best = NULL;
    unsigned best_mends = 0;

    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *candidate = &candidates->items[i];
        unsigned mends = candidate->breaks ? 0 : newly_mended(candidate, met, reviewed_count);

        if (mends > 0 && is_better(candidate, mends, best, best_mends)) {
            best = candidate;
            best_mends = mends;
        }
    }
    for (size_t i = 0; best != NULL && i < reviewed_count; i++)
        met->data[i] |= best->mends[i];
    *mends_out = best_mends;
    return best;
}

static void
tell_all(struct suggest *suggest, const struct candidates *candidates, struct round *base, size_t reviewed_count)
{
    const unsigned *lines = (const unsigned *)(const void *)base->lines.data;
    const struct candidate *best;
    unsigned mends;

    for (size_t i = 0; i < reviewed_count; i++)
        suggest->wrong += !base->met.data[i];
    while ((best = choose(candidates, &base->met, reviewed_count, &mends)) != NULL) {
        struct suggestion told = best->suggestion;

        told.mends = mends;
        suggest->mended += mends;
        suggest->tell(suggest->context, &told);
    }
    for (size_t i = 0; i < reviewed_count; i++)
        if (!base->met.data[i])
            suggest->tell_left(suggest->context, lines[i]);
}

static enum status
suggest_from(struct suggest *suggest, const struct city_files *files, struct slice reviewed, const char *path,
             struct candidates *candidates, struct round *base, struct fault *fault)
{
    size_t reviewed_count = 0;
    enum status status;

    base->candidates = candidates;
    status = run_round(suggest, files, reviewed, path, base, &reviewed_count, fault);
    if (status == STATUS_OK)
        candidates_drop_harmful(candidates);
    for (size_t i = 0; i < candidates->count && status == STATUS_OK; i++)
        status = try_candidate(suggest, files, reviewed, path, base, reviewed_count, &candidates->items[i]);
    if (status == STATUS_OK)
        tell_all(suggest, candidates, base, reviewed_count);
    return status;
}

enum status
suggest_run(struct suggest *suggest, const struct city_files *files, struct slice reviewed, const char *path,
            struct fault *fault)
{
    struct candidates *candidates = calloc(1, sizeof *candidates);
    struct rows rows = {0};
    struct round base;
    enum status status = candidates == NULL ? STATUS_NO_MEMORY : STATUS_OK;

    round_init(&base);
    if (status == STATUS_OK)
        status = rows_read(suggest->common, files, NULL, NULL, &rows, fault);
    if (status == STATUS_OK)
        status = candidates_begin(candidates, suggest, &rows);
    if (status == STATUS_OK)
        status = suggest_from(suggest, files, reviewed, path, candidates, &base, fault);
    round_fini(&base);
    if (candidates != NULL)
        candidates_fini(candidates);
    free(candidates);
    rows_fini(&rows);
    return status;
}
