#include "scan/topics.h"

#include "rules/topics.h"
#include "scan/around.h"
#include "scan/judge_play.h"
#include "text/intake.h"
#include "text/utf8_four.h"

enum {
    PASSAGE_WHOLE_BYTES = 270, /* a text up to this long is judged as a whole */
    PASSAGE_MIN_BYTES = 120,   /* longer ones by sentences, together at least so long */
    PASSAGE_MAX_BYTES = 1200,  /* and cut here where no sentence ends */
    SHOWN_GRAMS = 5,
    CHUNK_CHARACTERS = 32,
    GATE_CHUNK = 64,
    SHORT_BYTES = 36,      /* about 12 characters: judged by its sound only where that is … */
    SHORT_SURE = 90,       /* … so clear, and never under … */
    TINY_BYTES = 24,       /* … about 8 */
    SHORT_LIKELIHOOD = 45, /* of others: reported, under the floor of every clause */
    DANGER_LIKELIHOOD = 60,
    DANGER_SURE = 80,
    PLIGHT_LIKELIHOOD = 40, /* is danger beside a sign of plight */
    MENACE_LIKELIHOOD = 40, /* is a threat beside a rough address */
    CLEAR_LIKELIHOOD = 60,  /* of exposure beside labels, which a citizen's own form has too */
    PLAY_SURE = 90,         /* of a threat or an insult in a text about a game or a tale */
    REPORT_SURE = 80,       /* of what a word in the text is only a report of */
    MARK_BYTES = 3,         /* of the mark that ends a sentence, at most */
    LIFT_OVER = 30,         /* half of what the second category has over this is added to the first … */
    LIFTED_LIKELIHOOD = 60  /* … up to here */
};

static const char *const rules[TOPIC_LANES] = {
    "topic.illegal",       "topic.defamation", "topic.politics",       "topic.religion",
    "topic.ip_rights",     "topic.commercial", "topic.discrimination", "topic.public_order",
    "topic.false_rumor",   "topic.privacy",    "topic.malware",        "topic.obscene",
    "topic.impersonation", "topic.abetment",   "topic.harmful_link",   "topic.danger"};

_Static_assert(CATEGORY_HARMFUL_LINK - CATEGORY_ILLEGAL + 1 == TOPIC_COUNT, "one topic per category, in order");

/* --- the gate: one pass over every message ------------------------------------------------------------------------ */

/* The cells of the next pairs, up to GATE_CHUNK of them; `*before` is the character before `*at`. */
static inline unsigned
read_cells(struct slice text, uint32_t *at, uint32_t *before, uint32_t cells[GATE_CHUNK])
{
    unsigned count = 0;
    while (*at < text.bytes && count + UTF8_FOUR <= GATE_CHUNK) {
        __m128i four;
        if (utf8_four(text.data + *at, &four)) {
            _mm_storeu_si128((__m128i *)(void *)(cells + count), topic_gate_cells(*before, four));
            *before = (uint32_t)_mm_extract_epi32(four, UTF8_FOUR - 1);
            *at += UTF8_FOUR_BYTES;
            count += UTF8_FOUR;
        } else {
            uint32_t character = topic_next(text.data, at);
            cells[count++] = topic_gate_cell(*before, character);
            *before = character;
        }
    }
    return count;
}

/* Whether some run of neighbouring pairs speaks for any category. */
static bool
passes_gate(const struct topic_model *model, struct slice text)
{
    const int8_t *gate = model->gate;
    uint32_t cells[GATE_CHUNK];
    int sum = 0, floor = topic_gate_floor(&model->numbers, text.bytes);
    uint32_t at = 0;
    if (text.bytes == 0)
        return false;
    uint32_t before = topic_next(text.data, &at);
    while (at < text.bytes) {
        int best = 0;
        unsigned count = read_cells(text, &at, &before, cells);
#pragma GCC unroll 8
        for (unsigned i = 0; i < count; i++) {
            sum += gate[cells[i]];
            sum = sum > 0 ? sum : 0;
            best = sum > best ? sum : best;
        }
        if (best >= floor)
            return true;
    }
    return false;
}

/* --- passages ----------------------------------------------------------------------------------------------------- */

static bool
ends_sentence(uint32_t c)
{
    return c == 0x3002 || c == '!' || c == '?' || c == '\n'; /* 。; the skeleton's marks are half-width */
}

/* The passage of the skeleton that begins at `start`. */
static struct span
passage_at(struct slice text, uint32_t start)
{
    if (text.bytes - start <= PASSAGE_WHOLE_BYTES)
        return (struct span){start, (uint32_t)text.bytes};
    uint32_t at = start;
    while (at < text.bytes) {
        bool ends = ends_sentence(utf8_next(text, &at));
        if ((ends && at - start >= PASSAGE_MIN_BYTES) || at - start >= PASSAGE_MAX_BYTES)
            break;
    }
    return (struct span){start, at};
}

/* --- scores ------------------------------------------------------------------------------------------------------- */

struct scores {
    int32_t sum[TOPIC_LANES];
    uint32_t grams;
};

static const int8_t *
weights_of(const struct topic_model *model, uint64_t hash)
{
    uint32_t slot = topic_slot(hash, model->numbers.slots);
    return model->checks[slot] == topic_check(hash) ? model->weights + (size_t)slot * TOPIC_LANES : NULL;
}

/* The rows of characters that begin with the next few. What is known of them lies anywhere in tables larger than the
 * cache: all are asked for before the first is looked at. */
struct grams {
    uint32_t slots[CHUNK_CHARACTERS * TOPIC_GRAM_MAX];
    uint16_t checks[CHUNK_CHARACTERS * TOPIC_GRAM_MAX];
    unsigned count;
};

/* What topic_next() reads from a passage, each character once. The last few begin rows too, but only short ones. */
struct reading {
    uint32_t characters[CHUNK_CHARACTERS + TOPIC_GRAM_MAX - 1];
    unsigned count;
    bool has_opaque; /* one so far: rows may end before it */
};

static void
read_on(struct slice text, uint32_t *at, uint32_t passage_end, struct reading *reading)
{
    const unsigned room = sizeof reading->characters / sizeof *reading->characters;
    while (reading->count < room && *at < passage_end) {
        __m128i four;
        if (reading->count + UTF8_FOUR <= room && *at + UTF8_FOUR_BYTES <= passage_end &&
            utf8_four(text.data + *at, &four)) {
            _mm_storeu_si128((__m128i *)(void *)(reading->characters + reading->count), four);
            reading->count += UTF8_FOUR;
            *at += UTF8_FOUR_BYTES;
        } else {
            uint32_t character = topic_next(text.data, at);
            reading->has_opaque |= character == TOPIC_OPAQUE;
            reading->characters[reading->count++] = character;
        }
    }
}

/* The row at `hash` grown by `character`; returns its hash. */
static inline uint64_t
add_gram(const struct topic_model *model, uint64_t hash, uint32_t character, struct grams *grams)
{
    hash = topic_hash(hash, character);
    uint32_t slot = topic_slot(hash, model->numbers.slots);
    __builtin_prefetch(&model->checks[slot]);
    __builtin_prefetch(model->weights + (size_t)slot * TOPIC_LANES);
    grams->slots[grams->count] = slot;
    grams->checks[grams->count++] = topic_check(hash);
    return hash;
}

/* The rows that begin with the first CHUNK_CHARACTERS, which are done with then. */
static void
hash_grams(const struct topic_model *model, struct reading *reading, struct grams *grams)
{
    unsigned begins = reading->count < CHUNK_CHARACTERS ? reading->count : CHUNK_CHARACTERS, begun = 0;
    grams->count = 0;
    if (!reading->has_opaque)
        for (; begun < begins && begun + TOPIC_GRAM_MAX <= reading->count; begun++) {
            uint64_t hash = TOPIC_HASH_START;
#pragma GCC unroll 4
            for (unsigned n = 0; n < TOPIC_GRAM_MAX; n++)
                hash = add_gram(model, hash, reading->characters[begun + n], grams);
        }
    for (; begun < begins; begun++) {
        unsigned left = reading->count - begun, end = begun + (left < TOPIC_GRAM_MAX ? left : TOPIC_GRAM_MAX);
        uint64_t hash = TOPIC_HASH_START;
        for (unsigned i = begun; i < end && reading->characters[i] != TOPIC_OPAQUE; i++)
            hash = add_gram(model, hash, reading->characters[i], grams);
    }
    reading->count -= begins;
    memmove(reading->characters, reading->characters + begins, reading->count * sizeof *reading->characters);
}

/* The slots of rows with weights come first; returns how many. Without a branch on what is known: the processor could
 * not guess it. */
static unsigned
keep_known(const struct topic_model *model, struct grams *grams)
{
    const uint16_t *checks = model->checks;
    unsigned known = 0;
#pragma GCC unroll 4
    for (unsigned i = 0; i < grams->count; i++) {
        uint32_t slot = grams->slots[i];
        grams->slots[known] = slot;
        known += checks[slot] == grams->checks[i];
    }
    return known;
}

static void
add_weights(const struct topic_model *model, struct grams *grams, struct scores *scores)
{
    int16_t sums[TOPIC_LANES] = {0}; /* of a few weights: they hold them */
    unsigned known = keep_known(model, grams);
#pragma GCC unroll 4
    for (unsigned i = 0; i < known; i++) {
        const int8_t *weights = model->weights + (size_t)grams->slots[i] * TOPIC_LANES;
        for (unsigned lane = 0; lane < TOPIC_LANES; lane++)
            sums[lane] = (int16_t)(sums[lane] + weights[lane]);
    }
    for (unsigned lane = 0; lane < TOPIC_LANES; lane++)
        scores->sum[lane] += sums[lane];
    scores->grams += grams->count;
}

static void
score_passage(const struct topic_model *model, struct slice text, struct span passage, struct scores *scores)
{
    struct grams grams;     /* they need no zeroes … */
    struct reading reading; /* … nor do its characters */
    uint32_t at = passage.start;
    reading.count = 0;
    reading.has_opaque = false;
    *scores = (struct scores){0};
    for (read_on(text, &at, passage.end, &reading); reading.count; read_on(text, &at, passage.end, &reading)) {
        hash_grams(model, &reading, &grams);
        add_weights(model, &grams, scores);
    }
}

/* --- explain ------------------------------------------------------------------------------------------------------ */

/* Shows what spoke most for `topic`: five rows of characters that do not overlap. */
static void
show_grams(struct state *state, struct span passage, unsigned topic)
{
    const struct topic_model *model = state->common->topics;
    struct span shown[SHOWN_GRAMS];
    for (unsigned count = 0; count < SHOWN_GRAMS; count++) {
        int best = 0;
        for (uint32_t at = passage.start; at < passage.end; topic_next(state->skeleton.text.data, &at)) {
            uint64_t hash = TOPIC_HASH_START;
            uint32_t end = at;
            for (unsigned n = 0; n < TOPIC_GRAM_MAX && end < passage.end; n++) {
                hash = topic_hash(hash, topic_next(state->skeleton.text.data, &end));
                const int8_t *weights = weights_of(model, hash);
                bool taken = !weights || weights[topic] <= best;
                for (unsigned i = 0; i < count && !taken; i++)
                    taken = span_overlaps(shown[i], (struct span){at, end});
                if (taken)
                    continue;
                best = weights[topic];
                shown[count] = (struct span){at, end};
            }
        }
        if (best == 0)
            return;
        state_trace(state, TRACE_PATTERN, view_to_parent(&state->skeleton, shown[count]), rules[topic],
                    "speaks for the topic", -1);
    }
}

/* --- candidates --------------------------------------------------------------------------------------------------- */

/* A term of the category, or what another stage found, says it already and more exactly. */
static bool
is_known(const struct state *state, struct span plain, enum category category)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];
        if (!candidate->is_dropped && candidate->finding.category == category && span_overlaps(candidate->plain, plain))
            return true;
    }
    return false;
}

static enum status
add_topic(struct state *state, struct span passage, unsigned topic, unsigned likelihood)
{
    struct span plain = view_to_parent(&state->skeleton, passage);
    enum category category = CATEGORY_ILLEGAL + topic;
    if (is_known(state, plain, category)) {
        state_trace(state, TRACE_DROP, plain, rules[topic], "known already", (int)likelihood);
        return STATUS_OK;
    }
    if (state_is_traced(state))
        show_grams(state, passage, topic);
    struct candidate *candidate = state_candidate(state, plain, rules[topic], likelihood);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.category = category;
    candidate->finding.severity = SEVERITY_MEDIUM;
    return STATUS_OK;
}

/* What the whole text shows, looked for once and only when some passage asks. */
struct signs {
    bool are_known;
    bool asks; /* wants something of its reader */
    bool has_link;
};

static const struct signs *
signs_of(const struct state *state, struct signs *signs)
{
    if (!signs->are_known)
        *signs = (struct signs){.are_known = true,
                                .asks = around_anywhere(state, PHRASES_TOPIC_REQUEST),
                                .has_link = around_anywhere(state, PHRASES_TOPIC_LINK)};
    return signs;
}

enum { PLAYED = 1 << CATEGORY_PUBLIC_ORDER | 1 << CATEGORY_DEFAMATION | 1 << CATEGORY_DISCRIMINATION };

/* A text of one sentence, in which a word of the category is only reported: so is what it sounds like. Of another
 * sentence the report says nothing. */
static bool
is_reported(const struct state *state, enum category category)
{
    return state->reported >> category & 1 && around_sentence(state, 0).end + MARK_BYTES >= state->plain.text.bytes;
}

/* Where the sound of a text is no evidence: a harmful link without a link, exposure in what tells of a need, and a form
 * that names data (住所 … 生年月日 …) without a sign of exposure, which is mostly a citizen's own. Violence in a game
 * sounds like violence, and 偽造パスポートの摘発 like the offer of one. */
static bool
may_judge(const struct state *state, struct signs *signs, struct span passage, unsigned topic, unsigned likelihood)
{
    enum category category = CATEGORY_ILLEGAL + topic;
    if (PLAYED >> category & 1 && likelihood > LIFT_OVER && likelihood < PLAY_SURE &&
        judge_play_is_told(state, view_to_parent(&state->skeleton, passage)))
        return false;
    if (likelihood < REPORT_SURE && is_reported(state, category))
        return false;
    switch (category) {
    case CATEGORY_HARMFUL_LINK:
        return signs_of(state, signs)->has_link;
    case CATEGORY_PRIVACY:
        return !(state->roles_seen & (1u << USE_NEED | 1u << USE_DANGER)) &&
               (!(state->roles_seen & 1u << USE_LABEL) || state->roles_seen & 1u << USE_EXPOSURE ||
                likelihood >= CLEAR_LIKELIHOOD);
    case CATEGORY_IMPERSONATION:
        return !(state->roles_seen & 1u << USE_LABEL) || signs_of(state, signs)->asks;
    default:
        return true;
    }
}

/* By lane, of a passage. */
struct margins {
    int64_t of[TOPIC_LANES];
};

static struct margins
margins_of(const struct topic_model *model, const struct scores *scores)
{
    struct margins margins;
    uint32_t norm = topic_root((uint64_t)scores->grams * TOPIC_NORM * TOPIC_NORM);
    for (unsigned lane = 0; lane < TOPIC_LANES; lane++)
        margins.of[lane] = topic_margin(&model->numbers, lane, scores->sum[lane], norm);
    return margins;
}

static unsigned
likelihood_of(const struct topic_model *model, const struct margins *margins, unsigned lane)
{
    return topic_likelihood(&model->numbers, lane, margins->of[lane]);
}

enum { THREAT = CATEGORY_PUBLIC_ORDER - CATEGORY_ILLEGAL };

/* Of a threat; beside a rough address half of it will do. */
static unsigned
threat_likelihood(const struct state *state, unsigned likelihood)
{
    bool is_lifted = state->roles_seen & 1u << USE_MENACE && likelihood >= MENACE_LIKELIHOOD;
    return is_lifted && likelihood < LIFTED_LIKELIHOOD ? LIFTED_LIKELIHOOD : likelihood;
}

static bool
is_too_short(struct span passage, unsigned likelihood)
{
    uint32_t bytes = passage.end - passage.start;
    return bytes < TINY_BYTES || (bytes < SHORT_BYTES && likelihood < SHORT_SURE);
}

/* Whether violence is announced rather than suffered: its words are the same (殴られたいのか), so the greater margin
 * says. What is too short to block for its sound is no threat either: 自殺の方法教えて. */
static bool
is_threat(const struct state *state, struct span passage, const struct margins *margins)
{
    unsigned likelihood = threat_likelihood(state, likelihood_of(state->common->topics, margins, THREAT));
    return likelihood >= LIFTED_LIKELIHOOD && !is_too_short(passage, likelihood) &&
           margins->of[THREAT] > margins->of[TOPIC_DANGER];
}

/* The categories of which this passage, as those before it, has more than of danger. */
static void
note_outweighing(struct state *state, const struct margins *margins)
{
    for (unsigned topic = 0; topic < TOPIC_COUNT; topic++)
        if (margins->of[topic] <= margins->of[TOPIC_DANGER])
            state->outweighing &= ~(1u << (CATEGORY_ILLEGAL + topic));
}

/* Somebody in danger is no finding; it caps the verdict like a cue of danger (scan/danger.h). */
static void
note_danger(struct state *state, struct span passage, const struct margins *margins)
{
    unsigned likelihood = likelihood_of(state->common->topics, margins, TOPIC_DANGER);
    bool has_plight = state->roles_seen & 1u << USE_PLIGHT;
    unsigned floor = has_plight ? PLIGHT_LIKELIHOOD : DANGER_LIKELIHOOD;
    if (is_threat(state, passage, margins)) {
        state->threat_told = true;
        return;
    }
    if (likelihood < floor)
        return;
    state->danger_told = true;
    state->danger_sure |= has_plight || likelihood >= DANGER_SURE;
    state->roles_seen |= 1u << USE_DANGER;
    if (state_is_traced(state)) {
        show_grams(state, passage, TOPIC_DANGER);
        state_trace(state, TRACE_PATTERN, view_to_parent(&state->skeleton, passage), rules[TOPIC_DANGER], "danger",
                    (int)likelihood);
    }
}

/* Prohibited one way or another: what two categories claim half-heartedly is seldom innocent. */
static void
lift_best(unsigned *likelihood)
{
    unsigned best = 0, second = 1;
    for (unsigned topic = 1; topic < TOPIC_COUNT; topic++)
        if (likelihood[topic] > likelihood[best]) {
            second = best;
            best = topic;
        } else if (topic != second && likelihood[topic] > likelihood[second]) {
            second = topic;
        }
    unsigned lifted = likelihood[best] + (likelihood[second] > LIFT_OVER ? likelihood[second] - LIFT_OVER : 0) / 2;
    if (likelihood[best] < LIFTED_LIKELIHOOD)
        likelihood[best] = lifted < LIFTED_LIKELIHOOD ? lifted : LIFTED_LIKELIHOOD;
}

/* Whether no lane has any likelihood: most of what is scored. */
static bool
says_nothing(const struct topic_numbers *numbers, const struct margins *margins)
{
    for (unsigned lane = 0; lane < TOPIC_LANES; lane++)
        if (margins->of[lane] >= numbers->knots[lane][0])
            return false;
    return true;
}

static enum status
judge_passage(struct state *state, struct signs *signs, struct span passage)
{
    const struct topic_model *model = state->common->topics;
    struct scores scores;
    unsigned likelihood[TOPIC_COUNT];
    score_passage(model, state->skeleton.text, passage, &scores);
    struct margins margins = margins_of(model, &scores);
    note_outweighing(state, &margins);
    if (says_nothing(&model->numbers, &margins))
        return STATUS_OK;
    note_danger(state, passage, &margins);
    for (unsigned topic = 0; topic < TOPIC_COUNT; topic++) {
        likelihood[topic] = likelihood_of(model, &margins, topic);
        if (likelihood[topic] && !may_judge(state, signs, passage, topic, likelihood[topic]))
            likelihood[topic] = 0;
    }
    likelihood[THREAT] = threat_likelihood(state, likelihood[THREAT]);
    lift_best(likelihood);
    for (unsigned named = 0; named < TOPICS_PER_PASSAGE; named++) {
        unsigned best = 0;
        for (unsigned topic = 1; topic < TOPIC_COUNT; topic++)
            if (likelihood[topic] > likelihood[best])
                best = topic;
        if (likelihood[best] == 0)
            break;
        bool is_doubted = state->doubted >> (CATEGORY_ILLEGAL + best) & 1; /* 援交でお小遣い渡すよ: it sounds so, too */
        if (!is_doubted && is_too_short(passage, likelihood[best]) && likelihood[best] > SHORT_LIKELIHOOD)
            likelihood[best] = SHORT_LIKELIHOOD;
        enum status status = add_topic(state, passage, best, likelihood[best]);
        if (status != STATUS_OK)
            return status;
        likelihood[best] = 0;
    }
    return STATUS_OK;
}

enum status
topics_find(struct state *state)
{
    const struct topic_model *model = state->common->topics;
    struct slice text = state->skeleton.text;
    bool is_asked = state->roles_seen & (1u << USE_DANGER | 1u << USE_PLIGHT | 1u << USE_MENACE);
    if (!is_asked && !passes_gate(model, text))
        return STATUS_OK;
    struct signs signs = {0};
    enum status status = STATUS_OK;
    state->outweighing = ((1u << TOPIC_COUNT) - 1) << CATEGORY_ILLEGAL;
    for (uint32_t at = 0; at < text.bytes && status == STATUS_OK;) {
        struct span passage = passage_at(text, at);
        status = judge_passage(state, &signs, passage);
        at = passage.end;
    }
    return status;
}
