#include "scan/impostors.h"

#include "scan/around.h"
#include "scan/look.h"
#include "text/intake.h"

enum { IMPOSTOR_LIKELIHOOD = 88, HANDLE_MAX_BYTES = 64 };

static enum status
add(struct state *state, struct span plain, const char *rule)
{
    if (around_anywhere(state, PHRASES_IMPOSTOR_WARNING)) { /* tells of a false account, or asks */
        state_trace(state, TRACE_DROP, plain, rule, "told", -1);
        return STATUS_OK;
    }
    struct candidate *candidate = state_candidate(state, plain, rule, IMPOSTOR_LIKELIHOOD);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.category = CATEGORY_IMPERSONATION;
    candidate->finding.severity = SEVERITY_HIGH;
    candidate->finding.evidence = EVIDENCE_LOOKALIKE;
    return STATUS_OK;
}

/* --- ids ---------------------------------------------------------------------------------------------------------- */

/* What is put behind an official id to pass for it. */
static bool
is_claim(const char *rest)
{
    static const char *const claims[] = {"",     "offlclal", "lnfo", "support",
                                         "help", "llne",     "jp",   "koushlkl"}; /* looks */
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (strcmp(rest, claims[i]) == 0)
            return true;
    return false;
}

/* `handle` without its @. */
static enum status
check_handle(struct state *state, struct span handle, const char *look)
{
    char found[LOOK_MAX_BYTES];
    struct slice text = slice_sub(state->plain.text, handle), own = slice_of(state->ruleset->policy->line_id);
    own = own.bytes && own.data[0] == '@' ? (struct slice){own.data + 1, own.bytes - 1} : own;
    size_t bytes = strlen(look);
    if (text.bytes > HANDLE_MAX_BYTES ||
        (text.bytes == own.bytes && strncasecmp((const char *)text.data, (const char *)own.data, own.bytes) == 0))
        return STATUS_OK;
    enum status status = look_make(state, text, found);
    if (status == STATUS_OK && strncmp(found, look, bytes) == 0 && is_claim(found + bytes))
        return add(state, handle, "impersonation.id");
    return status;
}

static bool
is_of_handle(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '|' ||
           (c >= 0xC0 && c <= 0x52F);
}

static enum status
find_handles(struct state *state)
{
    char look[LOOK_MAX_BYTES];
    struct slice text = state->plain.text;
    const uint8_t *at = text.bytes ? memchr(text.data, '@', text.bytes) : NULL;
    if (!at || !state->ruleset->policy->line_id)
        return STATUS_OK;
    const char *id = state->ruleset->policy->line_id;
    enum status status = look_make(state, slice_of(*id == '@' ? id + 1 : id), look);
    while (at && status == STATUS_OK) {
        uint32_t start = (uint32_t)(at - text.data) + 1, end = start;
        bool is_mail = is_of_handle(state_char_before(state, start - 1));
        for (uint32_t next = start; next < text.bytes && is_of_handle(utf8_next(text, &next));)
            end = next;
        while (end > start && (text.data[end - 1] == '.' || text.data[end - 1] == '-'))
            end--;
        if (!is_mail && end > start)
            status = check_handle(state, (struct span){start, end}, look);
        at = end < text.bytes ? memchr(text.data + end, '@', text.bytes - end) : NULL;
    }
    return status;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static enum status
find_names(struct state *state)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < state->cue_count && status == STATUS_OK; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->role == USE_IMPOSTOR &&
            slice_equal(slice_sub(state->plain.text, cue->plain), state->ruleset->impostors[cue->index]))
            status = add(state, cue->plain, "impersonation.name");
    }
    return status;
}

/* The account's name, also with what claims to be official behind it. */
static bool
is_account_name(struct slice text, struct slice name)
{
    static const char *const claims[] = {"",     "公式", "公式line", "公式あかうんと", "公式lineあかうんと",
                                         "line", "広報"}; /* skeletons */
    if (text.bytes < name.bytes || memcmp(text.data, name.data, name.bytes) != 0)
        return false;
    struct slice rest = {text.data + name.bytes, text.bytes - name.bytes};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (slice_equal(rest, slice_of(claims[i])))
            return true;
    return false;
}

static enum status
check_display_name(struct state *state)
{
    const struct policy *policy = state->ruleset->policy;
    struct slice plain, skeleton;
    if (state->message->surface != SURFACE_DISPLAY_NAME || state->message->direction == DIRECTION_OUTBOUND ||
        !policy->account_name)
        return STATUS_OK;
    enum status status =
        view_fold_literal(state->common->views, state->arena, slice_of(policy->account_name), &plain, &skeleton);
    if (status == STATUS_OK && is_account_name(state->skeleton.text, skeleton))
        status = add(state, (struct span){0, (uint32_t)state->plain.text.bytes}, "impersonation.account");
    return status;
}

enum status
impostors_find(struct state *state)
{
    enum status status = find_handles(state);
    if (status == STATUS_OK && state_saw(state, USE_IMPOSTOR))
        status = find_names(state);
    return status == STATUS_OK ? check_display_name(state) : status;
}
