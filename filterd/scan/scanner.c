#include "scan/scanner.h"

#include <stdlib.h>

#include "base/assert.h"
#include "scan/danger.h"
#include "scan/decide.h"
#include "scan/disguise.h"
#include "scan/impostors.h"
#include "scan/inquiry.h"
#include "scan/links.h"
#include "scan/match.h"
#include "scan/names.h"
#include "scan/outbound.h"
#include "scan/placeholders.h"
#include "scan/request_rules.h"
#include "scan/resolve.h"
#include "scan/scope.h"
#include "scan/special.h"
#include "scan/state.h"
#include "scan/subject.h"
#include "scan/terms.h"
#include "scan/topics.h"
#include "scan/transform.h"
#include "scan/verify.h"
#include "scan/writings.h"
#include "text/intake.h"
#include "text/offsets.h"

/* Address space for one message: views and maps of the worst text, hits, tokens. Only what is used is touched. */
enum { ARENA_FLOOR_BYTES = 8 << 20, ARENA_BYTES_PER_TEXT_BYTE = 1024 };

struct scanner {
    const struct common *common;
    size_t max_text_bytes;
    struct arena *arena;
    struct multi_scratch *multi_scratch;
    struct regex_scratch *regex_scratch;
    struct tokenizer *tokenizer;
    struct scanner_counts counts;
    struct hash salt; /* of scopes */
    struct verdict verdict;
};

enum status
scanner_create(const struct common *common, size_t max_text_bytes, struct scanner **scanner_out)
{
    struct scanner *scanner = calloc(1, sizeof *scanner);
    if (!scanner)
        return STATUS_NO_MEMORY;
    scanner->common = common;
    scanner->max_text_bytes = max_text_bytes;
    hash_random_key(&scanner->salt); /* now: a sandboxed worker may not ask the system later */
    enum status status = arena_create(ARENA_FLOOR_BYTES + max_text_bytes * ARENA_BYTES_PER_TEXT_BYTE, &scanner->arena);
    if (status == STATUS_OK)
        status = multi_scratch_create(&scanner->multi_scratch);
    if (status == STATUS_OK)
        status = regex_scratch_create(&scanner->regex_scratch);
    if (status == STATUS_OK)
        status = tokenizer_create(common->tokens, &scanner->tokenizer);
    if (status == STATUS_OK && common->searched_count)
        status = multi_scratch_grow(scanner->multi_scratch, common->pattern_multi);
    if (status != STATUS_OK) {
        scanner_destroy(&scanner);
        return status;
    }
    *scanner_out = scanner;
    return STATUS_OK;
}

void
scanner_destroy(struct scanner **scanner)
{
    if (!*scanner)
        return;
    tokenizer_destroy(&(*scanner)->tokenizer);
    regex_scratch_destroy(&(*scanner)->regex_scratch);
    multi_scratch_destroy(&(*scanner)->multi_scratch);
    arena_destroy(&(*scanner)->arena);
    free(*scanner);
    *scanner = NULL;
}

void
scanner_forget(struct scanner *scanner)
{
    arena_reset(scanner->arena);
    scanner->verdict = (struct verdict){.action = ACTION_NONE};
}

enum status
scanner_scope(const struct scanner *scanner, struct scope **scope_out)
{
    return scope_create(&scanner->salt, scope_out);
}

const struct scanner_counts *
scanner_counts(const struct scanner *scanner)
{
    return &scanner->counts;
}

/* The client's opaque ranges as byte spans of the text. Hints are sorted; ranges that overlap are a client's fault. */
static enum status
take_opaque_hints(struct state *state)
{
    const struct message *message = state->message;
    if (message->hint_count == 0)
        return STATUS_OK;
    state->gaps = arena_alloc_array(state->arena, message->hint_count, sizeof *state->gaps);
    if (!state->gaps)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < message->hint_count; i++) {
        const struct hint *hint = &message->hints[i];
        struct span span;
        if (hint->length_utf16 == 0 || hint->start_utf16 + hint->length_utf16 < hint->start_utf16 ||
            offsets_byte_of_utf16(state->text, hint->start_utf16, &span.start) != STATUS_OK ||
            offsets_byte_of_utf16(state->text, hint->start_utf16 + hint->length_utf16, &span.end) != STATUS_OK)
            return STATUS_INVALID;
        if (hint->kind != HINT_OPAQUE)
            continue;
        if (state->gap_count && span.start < state->gaps[state->gap_count - 1].end)
            return STATUS_INVALID;
        state->gaps[state->gap_count++] = (struct view_gap){span.start, span.end, .is_border = false};
    }
    return STATUS_OK;
}

static enum status
make_views(struct state *state)
{
    enum status status =
        view_make_plain(state->common->views, state->arena, state->text, state->gaps, state->gap_count, &state->plain);
    if (status == STATUS_OK)
        status = view_make_skeleton(state->common->views, state->arena, &state->plain, &state->skeleton);
    if (status == STATUS_OK && state->skeleton.may_disguise)
        status = disguise_prepare(state);
    if (status != STATUS_OK)
        return status;
    state->counts->not_inert += state->plain.from != NULL;
    const struct trace *trace = state->message->trace;
    if (trace) {
        trace->event(
            trace->context,
            &(struct trace_event){.stage = TRACE_VIEW, .shown = state->plain.text, .rule = "plain", .likelihood = -1});
        trace->event(trace->context,
                     &(struct trace_event){
                         .stage = TRACE_VIEW, .shown = state->skeleton.text, .rule = "skeleton", .likelihood = -1});
    }
    return STATUS_OK;
}

/* Everything that finds. */
static enum status
detect(struct state *state)
{
    enum status status = match_literals(state);
    if (status == STATUS_OK)
        status = match_patterns(state);
    if (status == STATUS_OK && (state->pattern_hit_count || state->roles_seen))
        status = verify_patterns(state);
    if (status == STATUS_OK && state->term_hit_count)
        status = terms_verify(state);
    if (status == STATUS_OK && (state_saw(state, USE_WRITING) || state_saw(state, USE_READING)))
        status = writings_verify(state);
    if (status == STATUS_OK)
        status = disguise_find(state);
    if (status == STATUS_OK && state->candidate_count)
        status = links_judge(state);
    if (status == STATUS_OK)
        status = impostors_find(state);
    if (status == STATUS_OK)
        status = outbound_find(state);
    if (status == STATUS_OK)
        status = topics_find(state);
    if (status == STATUS_OK && state->candidate_count)
        inquiry_spare(state);
    if (status == STATUS_OK)
        status = request_rules_find(state);
    if (status == STATUS_OK)
        status = names_find(state);
    if (status == STATUS_OK)
        status = special_find(state);
    return status;
}

static bool
numbers_labels(const struct finding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (findings[i].action == ACTION_REDACT && findings[i].transform == TRANSFORM_NUMBERED_LABEL)
            return true;
    return false;
}

static enum status
redact(const struct scanner *scanner, struct state *state, const struct finding *findings, size_t count,
       struct transformed *transformed_out)
{
    struct scope *own = NULL;
    enum status status = STATUS_OK;
    if (!state->message->scope && numbers_labels(findings, count))
        status = scanner_scope(scanner, &own);
    if (status != STATUS_OK)
        return status;
    struct transform_job job = {
        .arena = state->arena,
        .text = state->text,
        .plain = &state->plain,
        .keys = state->ruleset->keys,
        .facts = &state->common->facts,
        .scope = own ? own : state->message->scope,
        .short_tokens = state->message->short_tokens,
    };
    status = transform_text(&job, findings, count, transformed_out);
    scope_destroy(&own);
    return status;
}

/* Each finding is held against all of them. */
static void
prefetch_clauses(const struct policy *policy)
{
    const uint8_t *at = (const void *)policy->clauses, *end = (const void *)(policy->clauses + policy->clause_count);
    for (; at < end; at += 64)
        __builtin_prefetch(at);
}

/* What was found becomes the verdict. Only here does a verdict stop being an error. */
static enum status
conclude(struct scanner *scanner, struct state *state, bool repaired)
{
    struct finding *findings = NULL;
    size_t count = 0;
    enum status status = STATUS_OK;
    if (state->candidate_count) {
        prefetch_clauses(state->ruleset->policy);
        placeholders_spare(state);
        status = request_rules_allow(state);
        if (status == STATUS_OK)
            status = subject_assign(state);
        if (status == STATUS_OK)
            status = subject_find_exposure(state);
        if (status == STATUS_OK)
            status = resolve_candidates(state, &findings, &count);
        if (status != STATUS_OK)
            return status;
    }
    struct decision decision;
    decide(state, findings, count, danger_of(state), &decision);
    struct transformed transformed = {0};
    if (decision.action >= ACTION_REDACT) {
        scanner->counts.acted++;
        status = redact(scanner, state, findings, count, &transformed);
        if (status != STATUS_OK)
            return status;
    }
    scanner->verdict = (struct verdict){
        .action = decision.action,
        .observed = decision.observed,
        .text = state->text,
        .redacted = transformed.text,
        .findings = findings,
        .finding_count = count > VERDICT_MAX_FINDINGS ? VERDICT_MAX_FINDINGS : count,
        .replacements = transformed.replacements,
        .replacement_count = transformed.replacement_count,
        .ground_count = decision.ground_count,
        .review = decision.review,
        .escalate = decision.escalate,
        .text_repaired = repaired,
        .findings_truncated = count > VERDICT_MAX_FINDINGS,
        .notice_id = decision.notice_id,
    };
    memcpy(scanner->verdict.grounds, decision.grounds, decision.ground_count * sizeof *decision.grounds);
    return STATUS_OK;
}

enum status
scanner_run(struct scanner *scanner, const struct ruleset *ruleset, const struct message *message,
            const struct verdict **verdict_out)
{
    ruleset_prefetch(ruleset);
    scanner_forget(scanner);
    scanner->counts.messages++;
    struct intake intake;
    enum status status = intake_run(scanner->arena, message->text, scanner->max_text_bytes, &intake);
    if (status != STATUS_OK)
        return status;
    struct state state = {
        .arena = scanner->arena,
        .multi_scratch = scanner->multi_scratch,
        .regex_scratch = scanner->regex_scratch,
        .tokenizer = scanner->tokenizer,
        .counts = &scanner->counts,
        .ruleset = ruleset,
        .common = scanner->common,
        .message = message,
        .text = intake.text,
    };
    status = take_opaque_hints(&state);
    if (status == STATUS_OK)
        status = placeholders_find(&state);
    if (status == STATUS_OK)
        status = make_views(&state);
    ASSERT(ruleset->common == scanner->common); /* not before: what was asked for has come now */
    if (status == STATUS_OK)
        status = detect(&state);
    if (status == STATUS_OK)
        status = conclude(scanner, &state, intake.repaired);
    if (status != STATUS_OK) {
        scanner_forget(scanner);
        return status;
    }
    *verdict_out = &scanner->verdict;
    return STATUS_OK;
}
