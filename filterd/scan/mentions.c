#include "scan/mentions.h"

#include "scan/around.h"
#include "scan/special_hits.h"
#include "text/intake.h"
#include "text/letter.h"

enum { NAME_MAX_BYTES = 24, PARTICLE_BYTES = 3 };

static enum subject
subject_of_role(uint8_t role)
{
    switch (role) {
    case USE_SELF:
        return SUBJECT_SELF;
    case USE_FAMILY:
        return SUBJECT_FAMILY;
    case USE_OTHER:
        return SUBJECT_OTHER;
    case USE_TITLE:
        return SUBJECT_OFFICIAL;
    default:
        return SUBJECT_NONE;
    }
}

static bool
ends_in_particle(const struct state *state, uint32_t end)
{
    return utf8_is_among(state_char_before(state, end), "のがはをにもと");
}

/* 父に代わって, 妻から聞いた: named, but nothing here is theirs. Cues hold their particle already. */
static bool
owns_nothing(const struct state *state, struct span plain)
{
    uint32_t end = plain.end;
    return around_at(state, end, PHRASES_SUBJECT_BYSTANDER) ||
           (ends_in_particle(state, end) && around_at(state, end - PARTICLE_BYTES, PHRASES_SUBJECT_BYSTANDER));
}

/* 妻の里桜さん, 母トメさん: whose the name before the honorific is, was said right before it. */
static enum subject
subject_of_honorific(const struct state *state, const struct mention *last, uint32_t at)
{
    if (!last || at - last->plain.end > NAME_MAX_BYTES)
        return SUBJECT_OTHER;
    for (uint32_t here = last->plain.end; here < at;) {
        uint32_t c = utf8_next(state->plain.text, &here);
        if (!letter_is_of_noun(c) && c != u'の' && c != ' ')
            return SUBJECT_OTHER;
    }
    bool is_topic = utf8_is_among(state_char_before(state, last->plain.end), "がはもをに");
    return is_topic || last->subject == SUBJECT_SELF ? SUBJECT_OTHER : last->subject;
}

/* 友人の母, 市長の息子: somebody else's family. */
static bool
is_of_other(const struct state *state, const struct mention *last, uint32_t at)
{
    bool is_other = last && (last->subject == SUBJECT_OTHER || last->subject == SUBJECT_OFFICIAL);
    return is_other && at - last->plain.end <= PARTICLE_BYTES && around_text_before(state, at, "の");
}

static void
add(const struct state *state, struct mentions *mentions, struct mention mention)
{
    struct mention *last = mentions->count ? &mentions->items[mentions->count - 1] : NULL;
    if (last && mention.plain.start < last->plain.end) {
        if (mention.plain.start > last->plain.start || mention.plain.end <= last->plain.end)
            return;
        mentions->count--;
        last = mentions->count ? last - 1 : NULL;
    }
    uint32_t at = mention.plain.start;
    if (around_text_at(state, at, "さん") || around_text_at(state, at, "くん"))
        mention.subject = subject_of_honorific(state, last, at);
    else if (mention.subject == SUBJECT_FAMILY && is_of_other(state, last, at))
        mention.subject = SUBJECT_OTHER;
    if (!owns_nothing(state, mention.plain))
        mentions->items[mentions->count++] = mention;
}

static void
add_person(const struct state *state, struct mentions *mentions, const struct special_person *person)
{
    if (!person->is_spoken_to)
        add(state, mentions, (struct mention){person->plain, person->subject});
}

enum status
mentions_collect(struct state *state, struct mentions *mentions_out)
{
    struct special_persons persons;
    enum status status = special_persons(state, &persons);
    if (status != STATUS_OK)
        return status;
    *mentions_out = (struct mentions){
        .items = arena_alloc_array(state->arena, persons.count + state->cue_count + 1, sizeof *mentions_out->items)};
    if (!mentions_out->items)
        return STATUS_TOO_LARGE;
    size_t person = 0;
    for (size_t i = 0; i < state->cue_count; i++) {
        const struct cue *cue = &state->cues[i];
        enum subject subject = subject_of_role(cue->role);
        if (subject == SUBJECT_NONE)
            continue;
        for (; person < persons.count && persons.items[person].plain.start < cue->plain.start; person++)
            add_person(state, mentions_out, &persons.items[person]);
        add(state, mentions_out, (struct mention){cue->plain, subject});
    }
    for (; person < persons.count; person++)
        add_person(state, mentions_out, &persons.items[person]);
    return STATUS_OK;
}

size_t
mentions_until(const struct mentions *mentions, uint32_t at)
{
    size_t low = 0, high = mentions->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mentions->items[middle].plain.end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct mention *
mentions_at(const struct mentions *mentions, uint32_t at)
{
    size_t next = mentions_until(mentions, at);
    bool begins = next < mentions->count && mentions->items[next].plain.start == at;
    return begins ? &mentions->items[next] : NULL;
}
