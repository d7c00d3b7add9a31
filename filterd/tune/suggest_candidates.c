/* What could mend a text that came out wrong. */
#include <stdlib.h>

#include "text/intake.h"
#include "tune/suggest_parts.h"

#define ARENA_BYTES (16u << 20)
#define SCRATCH_BYTES (8u << 20)
#define MAX_TERM_TOKENS 4
#define MIN_TERM_CHARACTERS 3
#define MAX_VALUE_BYTES 96 /* a longer word is a sentence */

enum status
candidates_begin(struct candidates *candidates, const struct suggest *suggest, const struct rows *rows)
{
    enum status status = tokenizer_create(suggest->common->tokens, &candidates->tokenizer);

    candidates->suggest = suggest;
    candidates->rows = rows;
    if (status == STATUS_OK)
        status = arena_create(ARENA_BYTES, &candidates->arena);
    if (status == STATUS_OK)
        status = arena_create(SCRATCH_BYTES, &candidates->scratch);
    return status;
}

void
candidates_fini(struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++)
        free(candidates->items[i].mends);
    tokenizer_destroy(&candidates->tokenizer);
    arena_destroy(&candidates->arena);
    arena_destroy(&candidates->scratch);
}

static struct candidate *
find(struct candidates *candidates, const struct suggestion *wanted)
{
    for (size_t i = 0; i < candidates->count; i++) {
        const struct suggestion *other = &candidates->items[i].suggestion;

        if (other->kind == wanted->kind && other->line == wanted->line && other->category == wanted->category &&
            slice_equal(other->value, wanted->value))
            return &candidates->items[i];
    }
    return NULL;
}

/* The value is copied. Too many candidates: the rest is left out. */
static enum status
add(struct candidates *candidates, struct suggestion suggestion)
{
    struct candidate *candidate = find(candidates, &suggestion);
    uint8_t *copy;

    if (candidate != NULL) {
        candidate->seen++;
        return STATUS_OK;
    }
    if (candidates->count == SUGGEST_MAX_CANDIDATES || suggestion.value.bytes == 0 ||
        suggestion.value.bytes > MAX_VALUE_BYTES)
        return STATUS_OK;
    copy = arena_alloc(candidates->arena, suggestion.value.bytes);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    memcpy(copy, suggestion.value.data, suggestion.value.bytes);
    suggestion.value.data = copy;
    candidates->items[candidates->count++] = (struct candidate){.suggestion = suggestion, .seen = 1};
    return STATUS_OK;
}

/* --- stopped wrongly ---------------------------------------------------------------------------------------------- */

/* The words that the finding touches, and `more` words on either side of them. */
static struct slice
words_around(struct slice text, const struct tokens *tokens, struct span span, size_t before, size_t after)
{
    size_t first = tokens->count, last = 0;

    for (size_t i = 0; i < tokens->count; i++) {
        if (!span_overlaps(tokens->items[i].span, span))
            continue;
        first = i < first ? i : first;
        last = i;
    }
    if (first == tokens->count)
        return (struct slice){0};
    first = first < before ? 0 : first - before;
    last = last + after >= tokens->count ? tokens->count - 1 : last + after;
    return slice_sub(text, (struct span){tokens->items[first].span.start, tokens->items[last].span.end});
}

static enum status
add_exceptions(struct candidates *candidates, const struct row *row, struct slice text, const struct tokens *tokens,
               struct span span)
{
    static const struct {
        size_t before, after;
    } widths[] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
    enum status status = STATUS_OK;

    for (size_t i = 0; i < sizeof widths / sizeof widths[0] && status == STATUS_OK; i++) {
        struct slice word = words_around(text, tokens, span, widths[i].before, widths[i].after);

        if (word.bytes > span.end - span.start && memchr(word.data, '\n', word.bytes) == NULL)
            status = add(candidates, (struct suggestion){.kind = SUGGEST_EXCEPTION,
                                                         .line = row->line,
                                                         .term = row->term->plain,
                                                         .value = word,
                                                         .category = row->term->category});
    }
    return status;
}

static enum status
add_narrower(struct candidates *candidates, const struct row *row)
{
    enum match_mode mode = row->term->match;
    const char *value = mode == MATCH_ANYWHERE ? "読み" : mode == MATCH_PHRASE ? "単語" : NULL;

    if (value == NULL)
        return STATUS_OK;
    return add(candidates, (struct suggestion){.kind = SUGGEST_MATCH,
                                               .line = row->line,
                                               .term = row->term->plain,
                                               .value = slice_of(value),
                                               .category = row->term->category});
}

static enum status
add_for_stopped(struct candidates *candidates, const struct verdict *verdict, const struct tokens *tokens)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < verdict->finding_count && status == STATUS_OK; i++) {
        const struct finding *finding = &verdict->findings[i];
        const struct row *row = rows_find(candidates->rows, finding->rule);

        if (finding->action < ACTION_REDACT)
            continue;
        if (row != NULL) {
            status = add_narrower(candidates, row);
            if (status == STATUS_OK)
                status = add_exceptions(candidates, row, verdict->text, tokens, finding->span);
        } else if (finding->info_type == INFO_PERSON) {
            static const size_t after[] = {0, 1, 2};

            for (size_t w = 0; w < sizeof after / sizeof after[0] && status == STATUS_OK; w++)
                status =
                    add(candidates,
                        (struct suggestion){.kind = SUGGEST_NAME,
                                            .value = words_around(verdict->text, tokens, finding->span, 0, after[w])});
        }
    }
    return status;
}

/* --- let through wrongly ------------------------------------------------------------------------------------------ */

static bool
is_content_word(const struct token *token)
{
    return strncmp(token->feature, "名詞", strlen("名詞")) == 0 ||
           strncmp(token->feature, "動詞", strlen("動詞")) == 0 ||
           strncmp(token->feature, "形容詞", strlen("形容詞")) == 0;
}

/* The category that the row's clause covers first: what the new row is to be filed under. */
static enum category
category_of(const struct ruleset *ruleset, struct slice clause_id)
{
    for (size_t i = 0; i < ruleset->policy->clause_count; i++) {
        const struct clause *clause = &ruleset->policy->clauses[i];

        if (!slice_equal(slice_of(clause->id), clause_id))
            continue;
        for (unsigned category = 1; category < CATEGORY_COUNT; category++)
            if (clause->categories >> category & 1)
                return (enum category)category;
    }
    return CATEGORY_NONE;
}

/* Rows of words that begin and end with a content word: what is between may be any. */
static enum status
add_terms(struct candidates *candidates, struct slice text, const struct tokens *tokens, enum category category)
{
    enum status status = STATUS_OK;

    for (size_t first = 0; first < tokens->count && status == STATUS_OK; first++) {
        if (!is_content_word(&tokens->items[first]))
            continue;
        for (size_t length = 1; length <= MAX_TERM_TOKENS && first + length <= tokens->count; length++) {
            const struct token *last = &tokens->items[first + length - 1];
            struct slice value = slice_sub(text, (struct span){tokens->items[first].span.start, last->span.end});

            if (length > 1 && last->span.start != last[-1].span.end)
                break; /* white space between: no phrase */
            if (!is_content_word(last) || utf8_count(value) < MIN_TERM_CHARACTERS)
                continue;
            status = add(candidates, (struct suggestion){.kind = SUGGEST_TERM, .value = value, .category = category});
            if (status != STATUS_OK)
                break;
        }
    }
    return status;
}

static bool
stands_in(const struct harmless_set *set, struct slice value)
{
    const struct harmless *items = harmless_items(set);

    for (size_t i = 0; i < harmless_count(set); i++)
        if (memmem(items[i].text.data, items[i].text.bytes, value.data, value.bytes) != NULL)
            return true;
    return false;
}

void
candidates_drop_harmful(struct candidates *candidates)
{
    size_t kept = 0;

    for (size_t i = 0; i < candidates->count; i++) {
        const struct suggestion *suggestion = &candidates->items[i].suggestion;

        if (suggestion->kind != SUGGEST_TERM || !stands_in(candidates->suggest->harmless, suggestion->value))
            candidates->items[kept++] = candidates->items[i];
    }
    candidates->count = kept;
}

enum status
candidates_add(struct candidates *candidates, const struct ruleset *ruleset, const struct case_outcome *outcome)
{
    const struct verdict *verdict = outcome->verdict;
    struct tokens tokens;
    enum status status;

    arena_reset(candidates->scratch);
    status = tokenizer_run(candidates->tokenizer, candidates->scratch, verdict->text, &tokens);
    if (status != STATUS_OK)
        return status;
    if (verdict->action > outcome->expected)
        return add_for_stopped(candidates, verdict, &tokens);
    enum category category = category_of(ruleset, outcome->clause);

    return outcome->expected == ACTION_BLOCK && category != CATEGORY_NONE
               ? add_terms(candidates, verdict->text, &tokens, category)
               : STATUS_OK;
}
