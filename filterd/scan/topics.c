#include "scan/topics.h"

#include "rules/topics.h"
#include "scan/around.h"
#include "scan/decide.h"
#include "scan/judge.h"
#include "scan/judge_play.h"
#include "scan/topic_margins.h"
#include "text/intake.h"
#include "text/utf8_four.h"

enum {
    PASSAGE_WHOLE_BYTES = 270, /* a text up to this long is judged as a whole */
    PASSAGE_MIN_BYTES = 120,   /* longer ones by sentences, together at least so long */
    PASSAGE_MAX_BYTES = 1200,  /* and cut here where no sentence ends */
    SHOWN_GRAMS = 5,
    GATE_CHUNK = 64,
    SHORT_BYTES = 36,      /* about 12 characters: judged by its sound only where that is … */
    SHORT_SURE = 90,       /* … so clear, and never under … */
    TINY_BYTES = 24,       /* … about 8 */
    SHORT_LIKELIHOOD = 45, /* of others: reported, under the floor of every clause */
    DANGER_LIKELIHOOD = 55,
    DANGER_SURE = 80,
    DATA_LIKELIHOOD = 60, /* of personal data that sounds like nothing */
    DATA_SAID_BYTES = 16, /* 住所は です */
    DATA_CANDIDATES = 16,
    DATA_SURE = 90,
    PLIGHT_LIKELIHOOD = 40, /* is danger beside a sign of plight */
    MENACE_LIKELIHOOD = 50, /* is a threat beside a rough address */
    CLEAR_LIKELIHOOD = 60,  /* of exposure beside labels, which a citizen's own form has too */
    PLAY_SURE = 90,         /* of a threat or an insult in a text about a game or a tale */
    REPORT_SURE = 80,       /* of what a word in the text is only a report of */
    MEANT_SURE = 85,        /* of what a word in the text says, though it is said of nobody in particular */
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

/* The passage of the skeleton that begins at `start`. */
static struct span
passage_at(struct slice text, uint32_t start)
{
    if (text.bytes - start <= PASSAGE_WHOLE_BYTES)
        return (struct span){start, (uint32_t)text.bytes};
    uint32_t at = start;
    while (at < text.bytes) {
        bool ends = around_ends_sentence(utf8_next(text, &at));
        if ((ends && at - start >= PASSAGE_MIN_BYTES) || at - start >= PASSAGE_MAX_BYTES)
            break;
    }
    return (struct span){start, at};
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
                const int8_t *weights = topic_weights(model, hash);
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

/* A term of the category, or what another stage found, says it already and more exactly; a word that was not meant by
 * itself, or is milder than the policy asks for, does not, where all that stands around it says otherwise
 * (デブは階段使えや、見苦しいんじゃ).
 */
static bool
is_known(const struct state *state, struct span plain, enum category category, unsigned likelihood)
{
    bool is_sure = likelihood >= MEANT_SURE && plain.end - plain.start >= SHORT_BYTES; /* else it is the word's sound */
    unsigned least = is_sure ? JUDGE_UNMEANT_LIKELIHOOD + 1 : 0;
    for (size_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];
        if (!candidate->is_dropped && candidate->finding.category == category &&
            candidate->finding.likelihood >= least && span_overlaps(candidate->plain, plain) &&
            (!is_sure || candidate->finding.severity >= SEVERITY_MEDIUM || decide_acts_on(state, &candidate->finding)))
            return true;
    }
    return false;
}

static enum status
add_topic(struct state *state, struct span passage, unsigned topic, unsigned likelihood)
{
    struct span plain = view_to_parent(&state->skeleton, passage);
    enum category category = CATEGORY_ILLEGAL + topic;
    if (is_known(state, plain, category, likelihood)) {
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
        return !state_saw(state, USE_NEED) && !state_saw(state, USE_DANGER) &&
               (!state_saw(state, USE_LABEL) || state_saw(state, USE_EXPOSURE) || likelihood >= CLEAR_LIKELIHOOD);
    case CATEGORY_IMPERSONATION:
        return !state_saw(state, USE_LABEL) || signs_of(state, signs)->asks;
    default:
        return true;
    }
}

static unsigned
likelihood_of(const struct topic_model *model, const struct topic_margins *margins, unsigned lane)
{
    return topic_likelihood(&model->numbers, lane, margins->of[lane]);
}

enum { THREAT = CATEGORY_PUBLIC_ORDER - CATEGORY_ILLEGAL };

/* Of a threat; beside a rough address less will do. */
static unsigned
threat_likelihood(const struct state *state, unsigned likelihood)
{
    bool is_lifted = state_saw(state, USE_MENACE) && likelihood >= MENACE_LIKELIHOOD;
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
is_threat(const struct state *state, struct span passage, const struct topic_margins *margins)
{
    unsigned likelihood = threat_likelihood(state, likelihood_of(state->common->topics, margins, THREAT));
    return likelihood >= LIFTED_LIKELIHOOD && !is_too_short(passage, likelihood) &&
           margins->of[THREAT] > margins->of[TOPIC_DANGER];
}

/* The categories of which this passage, as those before it, has more than of danger. */
static void
note_outweighing(struct state *state, const struct topic_margins *margins)
{
    for (unsigned topic = 0; topic < TOPIC_COUNT; topic++)
        if (margins->of[topic] <= margins->of[TOPIC_DANGER])
            state->outweighing &= ~(1u << (CATEGORY_ILLEGAL + topic));
}

/* Somebody in danger is no finding; it caps the verdict like a cue of danger (scan/danger.h). */
static void
note_danger(struct state *state, struct span passage, const struct topic_margins *margins)
{
    unsigned likelihood = likelihood_of(state->common->topics, margins, TOPIC_DANGER);
    bool has_plight = state_saw(state, USE_PLIGHT);
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
says_nothing(const struct topic_numbers *numbers, const struct topic_margins *margins)
{
    for (unsigned lane = 0; lane < TOPIC_LANES; lane++)
        if (margins->of[lane] >= numbers->knots[lane][0])
            return false;
    return true;
}

/* The candidate of personal data that reaches furthest over `at`, or a label there; where it ends, or `at`. */
static uint32_t
end_of_data_at(const struct state *state, uint32_t at)
{
    uint32_t end = at;
    for (size_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];
        if (candidate->finding.info_type && candidate->finding.likelihood >= DATA_LIKELIHOOD &&
            candidate->plain.start <= at && candidate->plain.end > end)
            end = candidate->plain.end;
    }
    for (size_t i = state_first_cue(state, at); i < state->cue_count && state->cues[i].plain.start == at; i++)
        if (state->cues[i].role == USE_LABEL && state->cues[i].plain.end > end)
            end = state->cues[i].plain.end;
    return end;
}

/* 柏市松葉町三丁目二十一番地です: personal data with next to nothing said of it, whatever its letters sound like. */
static bool
is_only_data(const struct state *state, struct span passage)
{
    struct span plain = view_to_parent(&state->skeleton, passage);
    uint32_t said = 0, data = 0;
    if (state->candidate_count == 0 || state->candidate_count > DATA_CANDIDATES)
        return false;
    for (uint32_t at = plain.start; at < plain.end && said <= DATA_SAID_BYTES;) {
        uint32_t end = end_of_data_at(state, at), next = at;
        utf8_next(state->plain.text, &next);
        data += end - at;
        said += end > at ? 0 : next - at;
        at = end > at ? end : next;
    }
    return data > 0 && said <= DATA_SAID_BYTES;
}

static enum status
judge_passage(struct state *state, struct signs *signs, struct span passage)
{
    const struct topic_model *model = state->common->topics;
    unsigned likelihood[TOPIC_COUNT];
    struct topic_margins margins = topic_margins_of(model, state->skeleton.text, passage);
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
    bool is_data = is_only_data(state, passage);
    for (unsigned named = 0; named < TOPICS_PER_PASSAGE; named++) {
        unsigned best = 0;
        for (unsigned topic = 1; topic < TOPIC_COUNT; topic++)
            if (likelihood[topic] > likelihood[best])
                best = topic;
        if (likelihood[best] == 0 || (is_data && likelihood[best] < DATA_SURE))
            break;
        bool is_doubted = state->doubted >> (CATEGORY_ILLEGAL + best) & 1; /* 援交でお小遣い渡すよ: it sounds so, too */
        bool is_short = !is_doubted && is_too_short(passage, likelihood[best]);
        if (is_short && state_saw(state, USE_SELF)) /* 吉田茂子と申します。: nothing but who they are */
            break;
        if (is_short && likelihood[best] > SHORT_LIKELIHOOD)
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
    bool is_asked = state_saw(state, USE_DANGER) || state_saw(state, USE_PLIGHT) || state_saw(state, USE_MENACE);
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
