#include "scan/composite.h"

#include <stdlib.h>

#include "scan/around.h"
#include "scan/placeholders.h"
#include "text/intake.h"

enum {
    LIKELIHOOD = 82,
    PAIR_LIKELIHOOD = 70,
    MAX_GAP_BYTES = 48,  /* between two parts of one description */
    LINK_GAP_BYTES = 18, /* between two that belong together grammatically */
    ENOUGH_KINDS = 3,
    ENOUGH_WEIGHT = 4,
    PAIR_WEIGHT = 3,
    MAX_PARTS = 1024,
    NAMED_LIKELIHOOD = 85,
    LONGER_NAME_LIKELIHOOD = 70,
    PART_LIKELIHOOD = 60, /* of ages and facts that other stages found */
};

struct part {
    struct span plain;
    enum special_kind kind;
    uint8_t weight;
    bool is_title; /* a finding of its own: an office with its body is no more than that */
};

struct cluster {
    const struct part *parts;
    size_t count;
    struct span sentences; /* from the first part's sentence to the last one's */
    unsigned kinds, weight, personal;
    bool rare, linked, school, title;
};

static const char *
rule_of(enum special_kind kind)
{
    static const char *const rules[SPECIAL_KIND_COUNT] = {
        [SPECIAL_PLACE] = "composite.place",   [SPECIAL_SHOP] = "composite.shop",
        [SPECIAL_WORK] = "composite.work",     [SPECIAL_KIN] = "composite.family",
        [SPECIAL_SCHOOL] = "composite.school", [SPECIAL_TRAIT] = "composite.trait",
        [SPECIAL_HOME] = "composite.origin",   [SPECIAL_EVENT] = "composite.event",
        [SPECIAL_AGE] = "composite.age",       [SPECIAL_HEALTH] = "composite.health",
    };
    return rules[kind] ? rules[kind] : "composite";
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

static int
part_order(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->plain.start != y->plain.start)
        return x->plain.start < y->plain.start ? -1 : 1;
    if (x->plain.end != y->plain.end)
        return x->plain.end > y->plain.end ? -1 : 1;
    return x->is_title != y->is_title ? (int)y->is_title - (int)x->is_title : (int)y->weight - (int)x->weight;
}

/* A name by more than its looks: places and shops look like names too. */
static bool
is_sure_name(const struct candidate *candidate)
{
    return candidate->finding.info_type == INFO_PERSON && !candidate->is_dropped &&
           candidate->finding.subject != SUBJECT_PUBLIC && candidate->finding.likelihood >= NAMED_LIKELIHOOD &&
           candidate->finding.evidence & (EVIDENCE_HONORIFIC | EVIDENCE_LABEL | EVIDENCE_HINT);
}

/* 曽我部 亘 has no club in it: the name goes on where the word ends. */
static bool
is_within_name(const struct candidate *candidate, struct span plain)
{
    return candidate->finding.info_type == INFO_PERSON && !candidate->is_dropped &&
           candidate->finding.likelihood >= LONGER_NAME_LIKELIHOOD && span_contains(candidate->plain, plain) &&
           candidate->plain.end > plain.end;
}

/* 小島さん is no island. */
static bool
is_of_name(const struct state *state, struct span plain)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];
        if (is_within_name(candidate, plain) || (is_sure_name(candidate) && span_overlaps(candidate->plain, plain)))
            return true;
    }
    return false;
}

/* 寺の娘, 旅館の息子: a family position by its house. */
static size_t
add_child_of_house(const struct state *state, const struct special_hit *hit, struct part *parts, size_t used)
{
    size_t child = hit->word->kind == SPECIAL_SHOP && used < MAX_PARTS
                       ? around_at(state, hit->plain.end, PHRASES_COMPOSITE_CHILD)
                       : 0;
    if (child) {
        struct span span = {hit->plain.end + (uint32_t)strlen("の"), hit->plain.end + (uint32_t)child};
        parts[used++] = (struct part){span, SPECIAL_KIN, 1, false};
    }
    return used;
}

static size_t
add_hit(const struct special_hit *hit, struct part *parts, size_t used)
{
    parts[used] = (struct part){hit->plain, hit->word->kind, hit->word->weight, false};
    return used + 1;
}

static size_t
collect_hits(const struct state *state, const struct special_hit *hits, size_t count, struct part *parts, size_t used)
{
    for (size_t i = 0; i < count && used < MAX_PARTS; i++) {
        enum special_kind kind = hits[i].word->kind;
        if (kind >= SPECIAL_PLACE && kind <= SPECIAL_AGE && !is_of_name(state, hits[i].plain))
            used = add_child_of_house(state, &hits[i], parts, add_hit(&hits[i], parts, used));
    }
    return used;
}

/* Ages and facts of health that other stages found. */
static size_t
collect_candidates(const struct state *state, struct part *parts, size_t used)
{
    for (size_t i = 0; i < state->candidate_count && used < MAX_PARTS; i++) {
        const struct candidate *candidate = &state->candidates[i];
        if (candidate->is_dropped || candidate->is_exclusion || candidate->finding.likelihood < PART_LIKELIHOOD)
            continue;
        if (candidate->finding.info_type == INFO_AGE)
            parts[used++] = (struct part){candidate->plain, SPECIAL_AGE, 1, false};
        else if (candidate->finding.info_type == INFO_SPECIAL_CARE)
            parts[used++] = (struct part){candidate->plain, SPECIAL_HEALTH, 2, false};
        else if (candidate->finding.info_type == INFO_JOB_TITLE)
            parts[used++] = (struct part){candidate->plain, SPECIAL_WORK, 1, true};
    }
    return used;
}

/* Sorted, of overlapping ones the first and longest. */
static size_t
tidy(struct part *parts, size_t count)
{
    size_t used = 0;
    if (count > 1)
        qsort(parts, count, sizeof *parts, part_order);
    for (size_t i = 0; i < count; i++)
        if (used == 0 || parts[i].plain.start >= parts[used - 1].plain.end)
            parts[used++] = parts[i];
    return used;
}

/* --- clusters ----------------------------------------------------------------------------------------------------- */

static bool
is_personal(enum special_kind kind)
{
    return kind != SPECIAL_PLACE && kind != SPECIAL_SHOP && kind != SPECIAL_SCHOOL;
}

static unsigned
count_ends(const struct state *state, struct span between)
{
    unsigned ends = 0;
    for (uint32_t at = between.start; at < between.end;) {
        ends += around_ends_sentence(utf8_next(state->plain.text, &at));
    }
    return ends;
}

static bool
belongs(const struct state *state, const struct part *last, const struct part *next)
{
    struct span between = {last->plain.end, next->plain.start};
    return between.end - between.start <= MAX_GAP_BYTES && count_ends(state, between) <= 1;
}

static void
measure(const struct state *state, struct cluster *cluster)
{
    uint8_t weights[SPECIAL_KIND_COUNT] = {0};
    for (size_t i = 0; i < cluster->count; i++) {
        const struct part *part = &cluster->parts[i];
        if (part->weight > weights[part->kind])
            weights[part->kind] = part->weight;
        cluster->rare |= part->weight >= 2 && is_personal(part->kind);
        cluster->school |= part->kind == SPECIAL_SCHOOL && part->weight >= 2;
        cluster->title |= part->is_title;
        cluster->linked |= i > 0 && part->plain.start - cluster->parts[i - 1].plain.end <= LINK_GAP_BYTES;
    }
    uint32_t end = cluster->parts[cluster->count - 1].plain.end;
    cluster->linked |= around_text_at(state, end, "です") || around_text_at(state, end, "でした") ||
                       around_text_at(state, end, "で、");
    for (enum special_kind kind = 0; kind < SPECIAL_KIND_COUNT; kind++) {
        cluster->kinds += weights[kind] > 0;
        cluster->weight += weights[kind];
        cluster->personal += weights[kind] > 0 && is_personal(kind);
    }
    struct span first = around_sentence(state, cluster->parts[0].plain.start);
    struct span last = around_sentence(state, cluster->parts[cluster->count - 1].plain.start);
    cluster->sentences = (struct span){first.start, last.end};
}

static bool
asks(const struct state *state, struct span sentences)
{
    return around_in(state, sentences, PHRASES_COMPOSITE_QUESTION) || state_char_at(state, sentences.end) == '?';
}

/* Somebody is described, not something asked or offered. */
static bool
describes(const struct state *state, const struct cluster *cluster)
{
    uint32_t end = cluster->parts[cluster->count - 1].plain.end;
    return around_in(state, (struct span){end, cluster->sentences.end}, PHRASES_COMPOSITE_DESCRIBED) &&
           !asks(state, cluster->sentences);
}

static bool
is_enough(const struct state *state, const struct cluster *cluster)
{
    if (cluster->personal == 0 || !cluster->linked)
        return false;
    if (cluster->kinds >= ENOUGH_KINDS)
        return cluster->weight >= ENOUGH_WEIGHT || describes(state, cluster);
    return cluster->kinds == 2 && cluster->weight >= PAIR_WEIGHT && !cluster->title &&
           (cluster->rare || cluster->school) && describes(state, cluster);
}

/* A name in these sentences identifies already; an office or a shop that only looks like one does not. */
static bool
is_named(const struct state *state, const struct cluster *cluster)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];
        bool inside = false;
        if (!is_sure_name(candidate) || !span_contains(cluster->sentences, candidate->plain))
            continue;
        for (size_t p = 0; p < cluster->count; p++)
            inside |= span_overlaps(cluster->parts[p].plain, candidate->plain);
        if (!inside)
            return true;
    }
    return placeholders_name_somebody(state, cluster->sentences);
}

/* --- whose -------------------------------------------------------------------------------------------------------- */

/* …の人が, 住む方は, 通う子を: somebody whom the writer sees. */
static bool
points_at_somebody(const struct state *state, struct span span)
{
    for (uint32_t at = span.start; at < span.end; utf8_next(state->plain.text, &at)) {
        size_t noun = around_at(state, at, PHRASES_COMPOSITE_SOMEBODY);
        if (noun && around_before(state, at, PHRASES_COMPOSITE_SOMEBODY_BEFORE) &&
            (at + noun == state->plain.text.bytes ||
             around_at(state, at + (uint32_t)noun, PHRASES_COMPOSITE_SOMEBODY_BEHIND)))
            return true;
    }
    return false;
}

/* 元看護師がいます, パン職人に道を聞かれた: the writer speaks of somebody else. 三つ子がいます is said of one's own. */
static bool
is_seen(const struct state *state, const struct cluster *cluster)
{
    for (size_t i = 0; i < cluster->count; i++) {
        const struct part *part = &cluster->parts[i];
        if (part->kind != SPECIAL_WORK && part->kind != SPECIAL_KIN && part->kind != SPECIAL_HOME)
            continue;
        bool is_own = (part->kind == SPECIAL_KIN && around_text_at(state, part->plain.end, "がい")) ||
                      around_at(state, part->plain.end, PHRASES_COMPOSITE_OWN_LIFE);
        if (!is_own && around_at(state, part->plain.end, PHRASES_COMPOSITE_SEEN))
            return true;
    }
    return false;
}

static enum subject
subject_of(const struct state *state, const struct special_persons *persons, const struct cluster *cluster)
{
    uint32_t first = cluster->parts[0].plain.start, end = cluster->parts[cluster->count - 1].plain.end;
    struct span before = {cluster->sentences.start, first}, rest = {end, cluster->sentences.end}, where;
    if (around_in(state, before, PHRASES_COMPOSITE_SELF))
        return SUBJECT_SELF;
    enum subject named = special_person_in(persons, before, &where);
    if (named == SUBJECT_FAMILY || around_in(state, before, PHRASES_COMPOSITE_FAMILY))
        return SUBJECT_FAMILY;
    struct span all = {first, cluster->sentences.end};
    if (around_in(state, rest, PHRASES_COMPOSITE_OTHER) || around_in(state, all, PHRASES_COMPOSITE_POLITE) ||
        named == SUBJECT_OTHER || is_seen(state, cluster) || points_at_somebody(state, all))
        return SUBJECT_OTHER;
    if (around_in(state, rest, PHRASES_COMPOSITE_FAMILY))
        return SUBJECT_FAMILY;
    return SUBJECT_SELF;
}

/* --- findings ----------------------------------------------------------------------------------------------------- */

/* What alone was no reason to redact is one now: the part takes its place. */
static void
take_over(struct state *state, struct span part, struct finding *finding)
{
    for (size_t i = 0; i + 1 < state->candidate_count; i++) { /* the last one is the part itself */
        struct candidate *candidate = &state->candidates[i];
        enum info_type type = candidate->finding.info_type;
        bool weaker = type == INFO_AGE || type == INFO_JOB_TITLE || type == INFO_PERSON;
        if (candidate->is_dropped || !weaker || !span_overlaps(part, candidate->plain) ||
            !span_contains(part, candidate->plain))
            continue;
        candidate->is_dropped = true;
        if (finding->alternative_count < FINDING_MAX_ALTERNATIVES)
            finding->alternatives[finding->alternative_count++] = (struct alternative){
                .info_type = type, .rule = candidate->finding.rule, .likelihood = candidate->finding.likelihood};
    }
}

static enum status
add_part(struct state *state, const struct part *part, enum subject subject, uint32_t group, unsigned likelihood)
{
    if (part->kind == SPECIAL_HEALTH)
        return STATUS_OK; /* it has a finding of its own, redacted anyway */
    struct candidate *candidate = state_candidate(state, part->plain, rule_of(part->kind), likelihood);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.info_type = INFO_COMPOSITE;
    candidate->finding.evidence = EVIDENCE_DICTIONARY;
    candidate->finding.subject = subject;
    candidate->finding.group = group;
    take_over(state, part->plain, &candidate->finding);
    state_trace(state, TRACE_NAME, part->plain, candidate->finding.rule, "singles a person out, with the others",
                (int)likelihood);
    return STATUS_OK;
}

static enum status
judge(struct state *state, const struct special_persons *persons, struct cluster *cluster, uint32_t *group)
{
    measure(state, cluster);
    if (!is_enough(state, cluster) || is_named(state, cluster)) {
        for (size_t i = 0; cluster->kinds > 1 && i < cluster->count; i++)
            state_trace(state, TRACE_DROP, cluster->parts[i].plain, rule_of(cluster->parts[i].kind),
                        "too little to single a person out, or named anyway", -1);
        return STATUS_OK;
    }
    enum subject subject = subject_of(state, persons, cluster);
    unsigned likelihood = cluster->kinds >= ENOUGH_KINDS ? LIKELIHOOD : PAIR_LIKELIHOOD;
    ++*group;
    for (size_t i = 0; i < cluster->count; i++) {
        enum status status = add_part(state, &cluster->parts[i], subject, *group, likelihood);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status
composite_find(struct state *state, const struct special_persons *persons, const struct special_hit *hits, size_t count)
{
    struct part *parts = arena_alloc_array(state->arena, MAX_PARTS, sizeof *parts);
    uint32_t group = 0;
    if (!parts)
        return STATUS_TOO_LARGE;
    size_t used = collect_candidates(state, parts, collect_hits(state, hits, count, parts, 0));
    used = tidy(parts, used);
    for (size_t first = 0; first < used;) {
        size_t end = first + 1;
        while (end < used && belongs(state, &parts[end - 1], &parts[end]))
            end++;
        struct cluster cluster = {.parts = parts + first, .count = end - first};
        enum status status = judge(state, persons, &cluster, &group);
        if (status != STATUS_OK)
            return status;
        first = end;
    }
    return STATUS_OK;
}
