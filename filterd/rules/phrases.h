/* rules/phrases.h - phrases.csv: the words around a hit that tell what it means, in named lists.
 *
 * A stage asks for one list at one place (scan/around.h): does the sentence name somebody of `aim.target`, does one of
 * `title.copula` follow? What each list decides stands in docs/phrases.md. They are no literals of the first scan: most
 * are everywhere (は, です) and mean something beside a hit alone.
 *
 * Threads: immutable, shared. Errors: STATUS_INVALID with a fault that names the row.
 */
#ifndef RULES_PHRASES_H
#define RULES_PHRASES_H

#include "base/span.h"
#include "base/status.h"

struct build;

#define PHRASE_LISTS(X)                                       \
    X(AIM_TAIL, "aim.tail")                                   \
    X(AIM_LEAD, "aim.lead")                                   \
    X(AIM_POINTER, "aim.pointer")                             \
    X(AIM_SAID_OF, "aim.said_of")                             \
    X(AIM_CURSE, "aim.curse")                                 \
    X(AIM_SELF, "aim.self")                                   \
    X(AIM_SELF_LINK, "aim.self_link")                         \
    X(AIM_HONORIFIC, "aim.honorific")                         \
    X(AIM_NO_NAME, "aim.no_name")                             \
    X(AIM_TARGET, "aim.target")                               \
    X(AIM_WISH, "aim.wish")                                   \
    X(AIM_MEASURE, "aim.measure")                             \
    X(AIM_FOND, "aim.fond")                                   \
    X(AIM_ORDER, "aim.order")                                 \
    X(AIM_ORDERED, "aim.ordered")                             \
    X(AIM_DID, "aim.did")                                     \
    X(AIM_STAFF, "aim.staff")                                 \
    X(AIM_DOER, "aim.doer")                                   \
    X(AIM_MATTER, "aim.matter")                               \
    X(AIM_BREAKDOWN, "aim.breakdown")                         \
    X(FRAME_INSULTED, "frame.insulted")                       \
    X(FRAME_PARTICLE, "frame.particle")                       \
    X(FRAME_INSULT_MORE, "frame.insult_more")                 \
    X(FRAME_INSULT_ORDER, "frame.insult_order")               \
    X(FRAME_LURED, "frame.lured")                             \
    X(FRAME_KIND, "frame.kind")                               \
    X(FRAME_OFFER, "frame.offer")                             \
    X(FRAME_OFFER_END, "frame.offer_end")                     \
    X(FRAME_WISH, "frame.wish")                               \
    X(FRAME_WISH_END, "frame.wish_end")                       \
    X(FRAME_CRY, "frame.cry")                                 \
    X(FRAME_TOLD, "frame.told")                               \
    X(NAME_WORD, "name.word")                                 \
    X(PLAY_SCENE, "play.scene")                               \
    X(PLAY_REAL, "play.real")                                 \
    X(PLAY_THING, "play.thing")                               \
    X(PLAY_LINK, "play.link")                                 \
    X(REPORT_TAIL, "report.tail")                             \
    X(REPORT_ABOUT, "report.about")                           \
    X(REPORT_MENTION, "report.mention")                       \
    X(REPORT_SPEAKS, "report.speaks")                         \
    X(TERM_EMPHASIS, "term.emphasis")                         \
    X(WRITING_HONORIFIC, "writing.honorific")                 \
    X(WRITING_ADDRESSED, "writing.addressed")                 \
    X(OFFICE_ENDING, "office.ending")                         \
    X(LABEL_ANNOUNCED, "label.announced")                     \
    X(LABEL_FILLER, "label.filler")                           \
    X(LABEL_POINTING, "label.pointing")                       \
    X(LABEL_ID, "label.id")                                   \
    X(LABEL_JOINT, "label.joint")                             \
    X(LABEL_CONTRAST, "label.contrast")                       \
    X(ADDRESS_UNIT, "address.unit")                           \
    X(ADDRESS_NO_UNIT, "address.no_unit")                     \
    X(ADDRESS_ROAD, "address.road")                           \
    X(ADDRESS_HOUSE, "address.house")                         \
    X(DATE_APPOINTMENT, "date.appointment")                   \
    X(DATE_CHILD, "date.child")                               \
    X(DATE_ALIVE, "date.alive")                               \
    X(SUBJECT_PUBLIC_BEFORE, "subject.public_before")         \
    X(SUBJECT_PUBLIC_BEHIND, "subject.public_behind")         \
    X(SUBJECT_OPENING, "subject.opening")                     \
    X(SUBJECT_PLACE, "subject.place")                         \
    X(SUBJECT_STATED, "subject.stated")                       \
    X(SUBJECT_REACH, "subject.reach")                         \
    X(SUBJECT_HOME, "subject.home")                           \
    X(SUBJECT_BYSTANDER, "subject.bystander")                 \
    X(SUBJECT_AGENT, "subject.agent")                         \
    X(SUBJECT_INTRODUCED, "subject.introduced")               \
    X(SUBJECT_CALLED, "subject.called")                       \
    X(SUBJECT_STAFF, "subject.staff")                         \
    X(SUBJECT_IS, "subject.is")                               \
    X(SUBJECT_LINK, "subject.link")                           \
    X(SUBJECT_ACTS, "subject.acts")                           \
    X(SUBJECT_DEED, "subject.deed")                           \
    X(SUBJECT_OWN_HOME, "subject.own_home")                   \
    X(SUBJECT_STRANGER, "subject.stranger")                   \
    X(SUBJECT_TROUBLE, "subject.trouble")                     \
    X(SUBJECT_FOUND, "subject.found")                         \
    X(SUBJECT_REPLY, "subject.reply")                         \
    X(SUBJECT_LIFE, "subject.life")                           \
    X(TITLE_HONORIFIC, "title.honorific")                     \
    X(TITLE_BODY, "title.body")                               \
    X(TITLE_INTRODUCED, "title.introduced")                   \
    X(TITLE_OTHER, "title.other")                             \
    X(TITLE_QUESTION, "title.question")                       \
    X(TITLE_VERB, "title.verb")                               \
    X(TITLE_COPULA, "title.copula")                           \
    X(TITLE_LINK, "title.link")                               \
    X(CARE_HIT_END, "care.hit_end")                           \
    X(CARE_SAID_OF, "care.said_of")                           \
    X(CARE_OWNER_LINK, "care.owner_link")                     \
    X(CARE_CLAUSE_END, "care.clause_end")                     \
    X(CARE_QUESTION, "care.question")                         \
    X(CARE_VERB_TOLD, "care.verb_told")                       \
    X(CARE_VERB_OTHER, "care.verb_other")                     \
    X(CARE_STATEMENT_OTHER, "care.statement_other")           \
    X(CARE_CLAUSE_TOLD, "care.clause_told")                   \
    X(CARE_CLAUSE_OTHER, "care.clause_other")                 \
    X(CARE_NO_PERSON, "care.no_person")                       \
    X(CARE_GENERIC, "care.generic")                           \
    X(CARE_CHAIN, "care.chain")                               \
    X(COMPOSITE_CHILD, "composite.child")                     \
    X(COMPOSITE_QUESTION, "composite.question")               \
    X(COMPOSITE_DESCRIBED, "composite.described")             \
    X(COMPOSITE_SOMEBODY, "composite.somebody")               \
    X(COMPOSITE_SOMEBODY_BEFORE, "composite.somebody_before") \
    X(COMPOSITE_SOMEBODY_BEHIND, "composite.somebody_behind") \
    X(COMPOSITE_SEEN, "composite.seen")                       \
    X(COMPOSITE_OWN_LIFE, "composite.own_life")               \
    X(COMPOSITE_SELF, "composite.self")                       \
    X(COMPOSITE_FAMILY, "composite.family")                   \
    X(COMPOSITE_OTHER, "composite.other")                     \
    X(COMPOSITE_POLITE, "composite.polite")                   \
    X(TOPIC_REQUEST, "topic.request")                         \
    X(TOPIC_LINK, "topic.link")                               \
    X(IMPOSTOR_WARNING, "impostor.warning")                   \
    X(MANNER_SO_LITTLE, "manner.so_little")                   \
    X(MANNER_UNABLE, "manner.unable")                         \
    X(MANNER_ONE_THING, "manner.one_thing")                   \
    X(MANNER_HOW_COME, "manner.how_come")                     \
    X(MANNER_FACULTY, "manner.faculty")                       \
    X(MANNER_LACKING, "manner.lacking")                       \
    X(MANNER_LOOKED_DOWN_ON, "manner.looked_down_on")         \
    X(MANNER_BELITTLED, "manner.belittled")                   \
    X(MANNER_DISCONTENT, "manner.discontent")                 \
    X(MANNER_SHOWN_OUT, "manner.shown_out")                   \
    X(MANNER_TOLD, "manner.told")                             \
    X(INQUIRY_DOUBT, "inquiry.doubt")                         \
    X(INQUIRY_TRUTH, "inquiry.truth")                         \
    X(INQUIRY_MISLED, "inquiry.misled")                       \
    X(INQUIRY_SPREAD, "inquiry.spread")                       \
    X(INQUIRY_OWNER, "inquiry.owner")                         \
    X(INQUIRY_OWNED, "inquiry.owned")                         \
    X(INQUIRY_QUESTION_END, "inquiry.question_end")           \
    X(INQUIRY_ASKED_INSIDE, "inquiry.asked_inside")           \
    X(INQUIRY_REPORT, "inquiry.report")                       \
    X(INQUIRY_ALARM, "inquiry.alarm")                         \
    X(INQUIRY_MISHAP, "inquiry.mishap")                       \
    X(INQUIRY_TROUBLE, "inquiry.trouble")                     \
    X(INQUIRY_LEAVE, "inquiry.leave")                         \
    X(INQUIRY_DENIAL, "inquiry.denial")

enum phrase_list {
#define PHRASE_LIST_ID(id, word) PHRASES_##id,
    PHRASE_LISTS(PHRASE_LIST_ID)
#undef PHRASE_LIST_ID
        PHRASES_COUNT
};

/* The phrases of one list by the code point at one of their ends. Most places of a text have none of these: a look at
 * one bit tells. */
struct phrase_index {
    uint64_t bits[4];          /* bit c % 256 of each code point c */
    const uint32_t *groups;    /* of each bit set, in order, where its phrases begin; behind them where the last end */
    const struct slice *items; /* plain forms, a NUL behind each; by group, the longest first */
};

enum phrase_end { PHRASE_FIRST, PHRASE_LAST, PHRASE_ENDS };

struct phrases {
    struct phrase_index ends[PHRASE_ENDS];
};

struct phrase_group {
    const struct slice *items; /* the longest first */
    size_t count;
};

/* `*lists_out`: PHRASES_COUNT of them, in the lasting arena. A list may be empty. */
STATUS_CHECKED enum status phrases_read(struct build *build, struct slice raw, const char *file,
                                        const struct phrases **lists_out);

/* The phrases that may have code point `c` at this end. */
static inline struct phrase_group
phrases_with(const struct phrase_index *index, uint32_t c)
{
    const unsigned word = c / 64 % 4;
    const uint64_t bit = 1ull << c % 64;
    if (!(index->bits[word] & bit))
        return (struct phrase_group){0};
    unsigned group = (unsigned)__builtin_popcountll(index->bits[word] & (bit - 1));
    for (unsigned i = 0; i < word; i++)
        group += (unsigned)__builtin_popcountll(index->bits[i]);
    const uint32_t start = index->groups[group], end = index->groups[group + 1];
    return (struct phrase_group){index->items + start, end - start};
}

#endif
