/* scan/verdict.h - the answer to one message. */
#ifndef SCAN_VERDICT_H
#define SCAN_VERDICT_H

#include <stdbool.h>

#include "base/span.h"
#include "rules/policy.h"
#include "rules/words.h"

#define VERDICT_MAX_FINDINGS 256
#define VERDICT_MAX_GROUNDS 8
#define FINDING_MAX_CLAUSES 4
#define FINDING_MAX_ALTERNATIVES 4

/* What supported a finding; evidence_word() names each bit. */
enum evidence {
    EVIDENCE_LABEL = 1 << 0,
    EVIDENCE_CHECK_DIGIT = 1 << 1,
    EVIDENCE_NEGATIVE = 1 << 2, /* negative context lowered it */
    EVIDENCE_HONORIFIC = 1 << 3,
    EVIDENCE_DICTIONARY = 1 << 4,
    EVIDENCE_SPACED = 1 << 5, /* separators stood inside the word */
    EVIDENCE_HIDDEN = 1 << 6, /* invisible characters or opaque spans stood inside */
    EVIDENCE_FOLDED = 1 << 7, /* other width, kana kind or letters than the rule's writing */
    EVIDENCE_BUDGET = 1 << 8, /* not confirmed within the limits: counted as a hit */
    EVIDENCE_HINT = 1 << 9,   /* the client said so */
    EVIDENCE_EXPOSURE = 1 << 10,
    EVIDENCE_MASKED = 1 << 11,    /* signs stood for letters: マ○ケ */
    EVIDENCE_REPEATED = 1 << 12,  /* letters were repeated or drawn out */
    EVIDENCE_LOOKALIKE = 1 << 13, /* letters that only look like the word's */
    EVIDENCE_ROMAJI = 1 << 14,    /* the four below: another writing of the word (rules/writings.h) */
    EVIDENCE_REVERSED = 1 << 15,
    EVIDENCE_SPLIT = 1 << 16,     /* its kanji taken apart: タヒね */
    EVIDENCE_HOMOPHONE = 1 << 17, /* letters of the same sound: 氏ね */
    EVIDENCE_COUNT = 18
};
const char *evidence_word(enum evidence bit);

struct alternative {
    enum info_type info_type;
    enum category category;
    const char *rule;
    uint8_t likelihood;
};

struct finding {
    struct span span; /* bytes of verdict.text */
    enum info_type info_type;
    enum category category;
    const char *rule;
    uint8_t likelihood;
    enum severity severity;
    enum subject subject;
    enum action action;
    enum transform transform;
    struct mask_options mask; /* transform: mask */
    const struct clause *clauses[FINDING_MAX_CLAUSES];
    uint8_t clause_count;
    uint8_t alternative_count;
    uint32_t evidence; /* bits */
    uint32_t group;
    struct alternative alternatives[FINDING_MAX_ALTERNATIVES];
};

struct replacement {
    struct span source; /* bytes of verdict.text */
    struct span output; /* bytes of verdict.redacted */
    enum info_type info_type;
};

/* All pointers are borrowed from the scanner (until its next run or forget) and the ruleset. */
struct verdict {
    enum action action;             /* ACTION_NONE unless every stage ran */
    enum action observed;           /* in observe mode: what would have been; else ACTION_NONE */
    struct slice text;              /* as scanned: repaired where text_repaired */
    struct slice redacted;          /* REDACT and BLOCK; empty for ALLOW */
    const struct finding *findings; /* by start, then length */
    size_t finding_count;
    const struct replacement *replacements; /* disjoint, in order */
    size_t replacement_count;
    const struct clause *grounds[VERDICT_MAX_GROUNDS];
    size_t ground_count;
    bool review, escalate, text_repaired, findings_truncated;
    const char *notice_id; /* "" = none */
};

#endif
