#include "scan/special.h"

#include "scan/around.h"
#include "scan/composite.h"
#include "scan/special_hits.h"
#include "scan/titles.h"
#include "text/intake.h"
#include "text/letter.h"

enum {
    STRONG_LIKELIHOOD = 93,
    GOOD_LIKELIHOOD = 84,
    OWN_HARM_LIKELIHOOD = 55,
    SELF_TOLD_LIKELIHOOD = 70,
    CHAIN_MAX_BYTES = 9,
    BELIEF_MAX_BYTES = 30,
    ENDING_CHARACTERS = 3, /* of a verb, up to what tells */
    NAMED_LIKELIHOOD = 85, /* a name as sure as this says who is meant */
    CONTEXT_BYTES = 120    /* before the sentence, where who is meant may be named too */
};

/* What one fact word amounts to. */
struct reading {
    unsigned points; /* 0 = a topic */
    enum subject subject;
};

static bool
is_fact(const struct special_hit *hit)
{
    return hit->word->kind >= SPECIAL_HEALTH && hit->word->kind <= SPECIAL_ORIGIN;
}

/* --- what stands behind ------------------------------------------------------------------------------------------- */

enum follower { FOLLOWER_NONE, FOLLOWER_PARTICLE, FOLLOWER_END, FOLLOWER_STATE, FOLLOWER_SOFT_TOPIC, FOLLOWER_TOPIC };

static bool
is_particle(uint32_t c)
{
    return utf8_is_among(c, "でのがをにとはもや");
}

/* 副会長は創価学会の人です. */
static bool
is_said_of_somebody(const struct state *state, uint32_t at)
{
    uint32_t end = at + (uint32_t)strlen("の人");
    if (!around_text_at(state, at, "の人") && !around_text_at(state, at, "の方"))
        return false;
    return around_at(state, end, PHRASES_CARE_SAID_OF) && !around_text_at(state, end, "ですか");
}

/* The longest follower decides; of equals, the one that makes it no fact. */
static enum follower
follower_of(const struct state *state, uint32_t at)
{
    while (state_char_at(state, at) == ' ' || state_char_at(state, at) == u'」')
        at += state->plain.text.data[at] == ' ' ? 1 : 3;
    size_t told = special_word_at(state, SPECIAL_STATE, at), topic = special_word_at(state, SPECIAL_TOPIC, at),
           unsure = special_word_at(state, SPECIAL_UNSURE, at);
    if (is_said_of_somebody(state, at))
        return FOLLOWER_STATE;
    if (topic && topic >= told && topic >= unsure)
        return around_text_at(state, at, "の") || around_text_at(state, at, "につい") ||
                       around_text_at(state, at, "に関")
                   ? FOLLOWER_SOFT_TOPIC
                   : FOLLOWER_TOPIC;
    if (unsure && unsure >= told)
        return FOLLOWER_TOPIC;
    if (told)
        return FOLLOWER_STATE;
    uint32_t c = state_char_at(state, at);
    if (c == 0 || utf8_is_among(c, "。、\n!"))
        return FOLLOWER_END;
    return is_particle(c) ? FOLLOWER_PARTICLE : FOLLOWER_NONE;
}

/* --- who is meant ------------------------------------------------------------------------------------------------- */

/* 認知症の父, 発達障害がある息子 */
static enum subject
person_behind(const struct state *state, uint32_t end)
{
    size_t link = around_at(state, end, PHRASES_CARE_OWNER_LINK);
    return link ? special_person_at(state, end + (uint32_t)link) : SUBJECT_NONE;
}

static bool
name_stands_in(const struct state *state, struct span span)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];
        if (candidate->finding.info_type == INFO_PERSON && candidate->finding.likelihood >= NAMED_LIKELIHOOD &&
            !candidate->is_dropped && span_contains(span, candidate->plain))
            return true;
    }
    return false;
}

struct meant {
    enum subject subject;
    unsigned points;
    bool possesses; /* 母の糖尿病 */
    uint32_t since; /* behind whoever is meant, or the begin of the sentence */
};

/* Whether the words of the hit hold a particle (が of がん is none): 胃を切, 耳が遠, ボケてき. They are half a
 * sentence. */
static bool
holds_particle(const struct state *state, struct span plain)
{
    uint32_t at = plain.start;
    bool is_behind_noun = false;
    while (at < plain.end) {
        uint32_t c = utf8_next(state->plain.text, &at);
        bool is_cancer = c == u'が' && state_char_at(state, at) == u'ん';
        if (c == u'を' || (is_behind_noun && !is_cancer && at < plain.end && utf8_is_among(c, "がでにて")))
            return true;
        is_behind_noun = !letter_is_hiragana(c);
    }
    return false;
}

/* Words whose ending, which follows them, tells: 殴られ|ました, 胃を切|りました. */
static bool
is_verb(const struct state *state, const struct special_hit *hit)
{
    uint32_t c = state_char_before(state, hit->plain.end);
    if (hit->word->kind == SPECIAL_VICTIM)
        return letter_is_hiragana(c) && c != u'で';
    return hit->word->match == SPECIAL_WORD && c != u'で' && holds_particle(state, hit->plain);
}

/* うちの犬が糖尿病で: what stands between the person and the fact has it. */
static bool
is_of_no_person(const struct state *state, uint32_t from, const struct special_hit *hit)
{
    return around_in(state, (struct span){from, hit->plain.start}, PHRASES_CARE_NO_PERSON);
}

static struct meant
who_is_meant(const struct state *state, const struct special_persons *persons, const struct special_hit *hit)
{
    struct span sentence = around_sentence(state, hit->plain.start), where;
    struct span before = {sentence.start, hit->plain.start};
    struct meant meant = {.subject = person_behind(state, hit->plain.end), .points = 2, .since = sentence.start};
    if (meant.subject != SUBJECT_NONE)
        return meant;
    meant.subject = special_person_in(persons, before, &where);
    if (meant.subject == SUBJECT_FAMILY && hit->word->kind == SPECIAL_VICTIM && is_verb(state, hit) &&
        around_text_at(state, where.end, "に"))
        meant.subject = SUBJECT_SELF; /* 夫に殴られ */
    if (meant.subject != SUBJECT_NONE) {
        meant.possesses = hit->plain.start - where.end <= 3 && around_text_before(state, hit->plain.start, "の");
        meant.since = where.end;
        return meant;
    }
    if (name_stands_in(state, before))
        return (struct meant){.subject = SUBJECT_OTHER, .points = 2, .since = sentence.start};
    struct span further = around_context(state, before, CONTEXT_BYTES);
    meant.subject = special_person_in(persons, (struct span){further.start, sentence.start}, &where);
    meant.points = meant.subject != SUBJECT_NONE;
    return meant;
}

/* --- weighing ----------------------------------------------------------------------------------------------------- */

/* ろう者です 119は…: a space where others write a full stop. */
static bool
is_pause(const struct state *state, uint32_t at)
{
    return state_char_at(state, at) == ' ' && letter_is_hiragana(state_char_before(state, at));
}

/* From the fact to the end of its clause: うつ病ですが|どこに相談できますか. */
static struct span
clause_behind(const struct state *state, uint32_t at)
{
    struct span clause = {at, around_sentence(state, at).end};
    for (uint32_t end = at; end < clause.end;) {
        if (around_at(state, end, PHRASES_CARE_CLAUSE_END) || is_pause(state, end))
            return (struct span){at, end};
        utf8_next(state->plain.text, &end);
    }
    return clause;
}

static bool
asks(const struct state *state, struct span sentence)
{
    return around_in(state, sentence, PHRASES_CARE_QUESTION) || state_char_at(state, sentence.end) == '?';
}

/* 暴力を受け|ています, 詐欺に遭|いました, 胃を切|りました: the word is a verb whose ending tells. */
static bool
verb_tells(const struct state *state, uint32_t at)
{
    for (unsigned i = 0; i < ENDING_CHARACTERS; i++) {
        if (around_at(state, at, PHRASES_CARE_VERB_OTHER))
            return false;
        if (around_at(state, at, PHRASES_CARE_VERB_TOLD))
            return true;
        if (!letter_is_hiragana(state_char_at(state, at)))
            return false;
        utf8_next(state->plain.text, &at);
    }
    return false;
}

/* 目が見えません, 片耳が聞こえない: the words are a sentence already. */
static bool
is_statement(const struct state *state, const struct special_hit *hit)
{
    bool is_said = around_text_before(state, hit->plain.end, "ません") ||
                   around_text_before(state, hit->plain.end, "ない") ||
                   around_text_before(state, hit->plain.end, "えず");
    return is_said && !around_at(state, hit->plain.end, PHRASES_CARE_STATEMENT_OTHER);
}

/* …がやめられません, 緑内障で視野がせまくなり: what follows a mere particle tells all the same, of a cause always. */
static bool
clause_tells(const struct state *state, const struct special_hit *hit)
{
    uint32_t end = hit->plain.end;
    struct span clause = clause_behind(state, end);
    bool is_cause = around_text_at(state, end, "で") || around_text_before(state, end, "で");
    bool tells = is_cause || around_in(state, clause, PHRASES_CARE_CLAUSE_TOLD);
    return tells && !around_in(state, clause, PHRASES_CARE_CLAUSE_OTHER) && !asks(state, clause);
}

/* Whether the words name what somebody is, so that the mere particle tells: エホバの証人で, ハーフで;
 * 詐欺で|お金を失い. */
static bool
may_be_cause(const struct state *state, const struct special_hit *hit)
{
    uint32_t c = state_char_before(state, hit->plain.end);
    if (hit->word->kind == SPECIAL_VICTIM)
        return c == u'で';
    return hit->word->kind <= SPECIAL_TREATMENT ||
           (hit->word->kind >= SPECIAL_BELIEF && around_text_at(state, hit->plain.end, "で") &&
            (utf8_is_among(c, "人者員世徒系") || letter_is_katakana(c)));
}

/* Nobody is named: the writer, where the clause tells, asks nothing and is not of people at large. */
static struct reading
weigh_alone(const struct state *state, const struct special_hit *hit, enum follower follower, unsigned told)
{
    bool is_bare = follower == FOLLOWER_PARTICLE || hit->word->kind == SPECIAL_VICTIM;
    struct span clause = clause_behind(state, hit->plain.end);
    if (is_bare && told == 1 && may_be_cause(state, hit) && clause_tells(state, hit))
        told = 2;
    bool self_told = told == 2 && !asks(state, clause) && !around_in(state, clause, PHRASES_CARE_GENERIC);
    return (struct reading){self_told ? 2 : 0, SUBJECT_SELF};
}

static struct reading
weigh(const struct state *state, const struct special_persons *persons, const struct special_hit *hit)
{
    enum follower follower = follower_of(state, hit->plain.end);
    struct meant meant = who_is_meant(state, persons, hit);
    struct reading reading = {.subject = meant.subject};
    bool is_topic = follower == FOLLOWER_TOPIC || (follower == FOLLOWER_SOFT_TOPIC && !meant.possesses);
    if (is_topic || is_of_no_person(state, meant.since, hit))
        return reading;
    unsigned told = follower == FOLLOWER_STATE                                     ? 2
                    : follower == FOLLOWER_NONE && hit->word->kind < SPECIAL_CRIME ? 0
                                                                                   : 1;
    if (is_statement(state, hit))
        told = 2;
    else if (is_verb(state, hit))
        told = verb_tells(state, hit->plain.end) ? 2 : 0;
    if (meant.subject == SUBJECT_NONE)
        return weigh_alone(state, hit, follower, told);
    reading.points = told ? told + meant.points : 0;
    return reading;
}

/* What victims and their families tell must reach the office: it is reported below the floor of every clause, not taken
 * out. */
static unsigned
likelihood_of(const struct special_hit *hit, const struct reading *reading)
{
    if (hit->word->kind == SPECIAL_VICTIM && (reading->subject == SUBJECT_SELF || reading->subject == SUBJECT_FAMILY))
        return OWN_HARM_LIKELIHOOD;
    return reading->points >= 4 ? STRONG_LIKELIHOOD : reading->points == 3 ? GOOD_LIKELIHOOD : SELF_TOLD_LIKELIHOOD;
}

/* うつ病と糖尿病, 覚醒剤で服役: what is said of the last is said of all. */
static bool
chains(const struct state *state, const struct special_hit *hit, const struct special_hit *next)
{
    if (next->plain.start < hit->plain.end || next->plain.start - hit->plain.end > CHAIN_MAX_BYTES)
        return false;
    size_t between = next->plain.start - hit->plain.end;
    return between == 0 || around_at(state, hit->plain.end, PHRASES_CARE_CHAIN) == between;
}

/* 真光の信者: the belief stands before の. */
static uint32_t
start_of_owner(const struct state *state, uint32_t start)
{
    uint32_t end = start, at;
    if (!around_text_before(state, start, "の"))
        return start;
    end -= (uint32_t)strlen("の");
    for (at = end; at > 0;) {
        uint32_t before = at;
        if (!letter_is_of_noun(utf8_previous(state->plain.text, &before)) || end - before > BELIEF_MAX_BYTES)
            break;
        at = before;
    }
    return at < end && special_person_at(state, at) == SUBJECT_NONE ? at : start;
}

static enum status
add(struct state *state, const struct special_hit *hit, struct span span, const struct reading *reading)
{
    static const char *const rules[] = {
        [SPECIAL_HEALTH] = "care.health", [SPECIAL_TREATMENT] = "care.treatment", [SPECIAL_CRIME] = "care.crime",
        [SPECIAL_VICTIM] = "care.victim", [SPECIAL_BELIEF] = "care.belief",       [SPECIAL_ORIGIN] = "care.origin"};
    if (hit->word->kind == SPECIAL_BELIEF)
        span.start = start_of_owner(state, span.start);
    uint32_t last = state_char_before(state, span.end);
    if (hit->word->kind == SPECIAL_CRIME && (last == u'で' || last == u'を')) /* 窃盗で */
        span.end -= 3;
    struct candidate *candidate = state_candidate(state, span, rules[hit->word->kind], likelihood_of(hit, reading));
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.info_type = INFO_SPECIAL_CARE;
    candidate->finding.evidence = EVIDENCE_DICTIONARY;
    candidate->finding.subject = reading->subject;
    return STATUS_OK;
}

static enum status
find_special_care(struct state *state, const struct special_persons *persons, const struct special_hit *hits,
                  size_t count)
{
    const struct special_hit *next = NULL;
    struct reading next_reading = {0};
    for (size_t i = count; i > 0; i--) {
        const struct special_hit *hit = &hits[i - 1];
        if (!is_fact(hit))
            continue;
        bool chained = next && chains(state, hit, next);
        struct reading reading = weigh(state, persons, hit);
        if (chained && next_reading.points > reading.points)
            reading = next_reading;
        if (reading.points >= 2) {
            bool one = chained && next_reading.points >= 2 && next->plain.start - hit->plain.end <= 3 &&
                       !around_text_at(state, hit->plain.end, "と") && !around_text_at(state, hit->plain.end, "や") &&
                       !around_text_at(state, hit->plain.end, "、") && !around_text_at(state, hit->plain.end, "も");
            struct span span = {hit->plain.start, one ? next->plain.end : hit->plain.end};
            enum status status = add(state, hit, span, &reading);
            if (status != STATUS_OK)
                return status;
        } else {
            state_trace(state, TRACE_DROP, hit->plain, "care", "a topic, or nobody is meant", -1);
        }
        next = hit;
        next_reading = reading;
    }
    return STATUS_OK;
}

/* One part of a description is never enough. */
static bool
is_worth_a_look(const struct special_hit *hits, size_t count)
{
    size_t parts = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_fact(&hits[i]) || hits[i].word->kind >= SPECIAL_TITLE)
            return true;
        parts++;
    }
    return parts > 1;
}

enum status
special_find(struct state *state)
{
    struct special_hit *hits;
    size_t count;
    const struct policy *policy = state->ruleset->policy;
    if (!state_saw(state, USE_SPECIAL))
        return STATUS_OK;
    enum status status = special_hits(state, &hits, &count);
    if (status != STATUS_OK || !is_worth_a_look(hits, count))
        return status;
    struct special_persons persons;
    status = special_persons(state, &persons);
    if (status == STATUS_OK)
        status = titles_find(state, &persons, hits, count);
    if (status == STATUS_OK && policy->special_care)
        status = find_special_care(state, &persons, hits, count);
    if (status == STATUS_OK && policy->composite)
        status = composite_find(state, &persons, hits, count);
    return status;
}
