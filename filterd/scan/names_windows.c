#include "scan/names_windows.h"

#include <string.h>

enum {
    BEGIN_SLACK = 20, /* below the gate's threshold for the message: what is near a name may be one too */
    FAST_SLACK = 45,
    BEFORE_BEGIN = 6, /* characters before and behind the begin of a possible name */
    BEHIND_BEGIN = 14,
    BEFORE_CUE = 12, /* before an honorific or title */
    BEHIND_CUE = 4,
    BEHIND_LABEL = 18,
    MORE_PARTS = 32 /* how far a window goes on with a name of many parts */
};

static void
mark(uint8_t *marks, uint32_t count, uint32_t at, uint32_t before, uint32_t behind)
{
    uint32_t start = at > before ? at - before : 0;
    uint32_t end = count - at > behind ? at + behind : count;
    memset(marks + start, 1, end - start);
}

/* The character that holds byte `byte` of the plain view. */
static uint32_t
character_at(const struct names_text *text, uint32_t byte)
{
    uint32_t low = 0, high = text->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (text->offsets[middle] < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
mark_cues(const struct state *state, const struct names_text *text, uint8_t *marks)
{
    for (size_t i = 0; i < state->cue_count; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->role == USE_HONORIFIC || cue->role == USE_TITLE)
            mark(marks, text->count, character_at(text, cue->plain.start), BEFORE_CUE, BEHIND_CUE);
        else if (cue->role == USE_LABEL && cue->info == INFO_PERSON)
            mark(marks, text->count, character_at(text, cue->plain.end), BEFORE_BEGIN, BEHIND_LABEL);
    }
}

uint8_t *
names_windows_mark(const struct state *state, const struct name_model *model, const struct names_text *text)
{
    uint8_t *marks = arena_alloc(state->arena, text->count + 1);
    if (!marks)
        return NULL;
    memset(marks, 0, text->count + 1);
    bool fast = state->ruleset->policy->names == NAMES_FAST;
    int32_t floor = fast ? model->numbers.gate_fast - FAST_SLACK : model->numbers.gate_thorough - BEGIN_SLACK;
    for (uint32_t i = 0; i < text->count; i++)
        if (text->begins[i] >= floor)
            mark(marks, text->count, i, BEFORE_BEGIN, BEHIND_BEGIN);
    mark_cues(state, text, marks);
    return marks;
}

static bool
is_foreign(uint8_t type)
{
    return type == TYPE_KATAKANA || type == TYPE_LATIN || type == TYPE_CAPITAL;
}

/* Whether a run of katakana or Latin, parts joined by ・ or a space, goes on from `at` - 1 to `at`: no name is cut. */
static bool
goes_on(const struct names_text *text, uint32_t at)
{
    const uint8_t *t = text->types + at;
    bool joins = t[0] == TYPE_DOT || t[0] == TYPE_SPACE, joined = t[-1] == TYPE_DOT || t[-1] == TYPE_SPACE;
    return (is_foreign(t[-1]) && (is_foreign(t[0]) || (joins && is_foreign(t[1])))) ||
           (joined && is_foreign(t[-2]) && is_foreign(t[0]));
}

bool
names_windows_next(const struct names_text *text, const uint8_t *marks, uint32_t *at, struct names_text *window_out,
                   uint32_t *start_out)
{
    uint32_t start = *at;
    while (start < text->count && !marks[start])
        start++;
    if (start == text->count)
        return false;
    uint32_t end = start, first = *at;
    while (start > first && goes_on(text, start))
        start--;
    while (end < text->count && marks[end])
        end++;
    for (uint32_t most = end + MORE_PARTS; end < text->count && (marks[end] || (end < most && goes_on(text, end)));)
        end++;
    *window_out = (struct names_text){.characters = text->characters + start,
                                      .types = text->types + start,
                                      .offsets = text->offsets + start,
                                      .count = end - start};
    *start_out = start;
    *at = end;
    return true;
}
