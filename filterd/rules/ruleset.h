/* rules/ruleset.h - everything known, compiled: what a scanner works with.
 *
 * common   what all cities share: terms, cues, patterns, fact tables, models; one per generation
 * ruleset  common + one city: policy, own terms and names; refers to its common
 *
 * Literals of both kinds are matched in skeleton form; a literal has one or more uses.
 * Threads: immutable after build, shared freely. Errors: STATUS_INVALID fills `fault`; nothing half-built is handed
 * out.
 */
#ifndef RULES_RULESET_H
#define RULES_RULESET_H

#include "base/fault.h"
#include "base/hash.h"
#include "base/status.h"
#include "base/table.h"
#include "engine/lexicon.h"
#include "engine/multi.h"
#include "engine/regex.h"
#include "rules/policy.h"
#include "rules/requires.h"
#include "text/tokens.h"
#include "text/view.h"

/* What a literal means where it stands. */
enum use_role {
    USE_TERM,  /* index = term */
    USE_LABEL, /* value of `info` follows (電話番号, 氏名) */
    USE_RESUME, /* takes up the label said before it (免許証を拾いました。番号は …): of `info`, or of any number */
    USE_NEGATIVE,  /* a number near it is not `info` (注文番号); INFO_NONE = not personal data at all */
    USE_HONORIFIC, /* a name stands before it (さん, 様) */
    USE_TITLE,     /* an office stands here: the name beside it is OFFICIAL (市長, 課長) */
    USE_EXPOSURE,  /* a sign that somebody is exposed (晒す, 特定した) */
    USE_OTHER,     /* whose data: a third person (隣の, あいつ) */
    USE_FAMILY,    /* whose data: family or ward (娘の, 母の) */
    USE_SELF,      /* whose data: the writer (私は, わたしの) */
    USE_NEED,      /* a report of need (助けて, 通報): never PRIVACY */
    USE_DANGER,    /* danger to life of the writer or another: escalate */
    USE_PLIGHT,    /* a sign of need (動けない, 刃物): half a likelihood of danger is enough beside it */
    USE_MENACE, /* somebody is addressed roughly (お前, てやる): half a likelihood of a threat is enough beside it */
    USE_PUBLIC,  /* not a private person: names.csv (index), or a cue (PERSON: one of history or office) */
    USE_CONTACT, /* value of an official contact; index = contact */
    USE_START, /* a value of `info` may begin here (昭和 …, 五丁目 …): at_start patterns are tried from its first byte
                */
    USE_SPECIAL, /* index = word of special.csv */
    USE_REPORT, /* what stands before it is told, asked or opposed, not said (と言われ, という言葉): no term */
    USE_OPENING,  /* what follows it in the sentence is (he said …, what does … mean) */
    USE_WRITING,  /* index = writing of a term (rules/writings.h) */
    USE_READING,  /* the same, a term with kanji in kana */
    USE_IMPOSTOR, /* index = look-alike of the account's name (city) */
    USE_ROLE_COUNT
};

struct use {
    uint8_t role; /* enum use_role */
    uint8_t info; /* enum info_type, LABEL, RESUME and NEGATIVE */
    uint32_t index;
};

struct literal {
    struct slice skeleton; /* what is matched */
    uint32_t first_use;
    uint32_t use_count;
};

struct literals {
    struct lexicon *lexicon; /* id = index of the literal */
    const struct literal *items;
    size_t count;
    const struct use *uses;
    size_t use_count;
    struct disguises *disguises; /* rules/disguises.h; NULL: no literal is a term */
};

struct term {
    const char *rule;   /* "term.common.1a2b3c4d" */
    struct slice plain; /* plain form of the writing */
    enum category category;
    enum match_mode match;
    enum severity severity;
    uint8_t likelihood;
    bool needs_aim; /* said of things and of oneself too: counts where it is meant for somebody (scan/judge_aim.h) */
    bool yields;    /* has harmless uses, of which exceptions are some: to what it stands in (scan/judge_sound.h) */
    const struct slice *exceptions; /* plain forms; a hit inside one of them is none */
    size_t exception_count;
};

/* Another writing of a term, such as タヒね for 死ね. */
enum writing_trick {
    WRITING_ROMAJI,
    WRITING_REVERSED,
    WRITING_SPLIT,
    WRITING_HOMOPHONE,
    WRITING_READING,
    WRITING_GLYPH,
    WRITING_EMPHASIS
};

struct term_writing {
    struct slice plain;
    uint32_t term; /* index among the terms of the same owner */
    uint8_t trick; /* enum writing_trick */
};

struct writing_table;

enum check {
    CHECK_NONE,
    CHECK_MY_NUMBER,
    CHECK_LUHN,
    CHECK_DATE,
    CHECK_PHONE,
    CHECK_CORPORATE,
    CHECK_LICENSE,
    CHECK_RESIDENT,
    CHECK_ADDRESS,        /* a town or municipality stands before the number: the value takes it in */
    CHECK_ADDRESS_SINGLE, /* a municipality and a town it may have stand before a lone number (柏市柏255) */
    CHECK_ADDRESS_KANA,   /* words of kana that end as a municipality's name does stand before the number */
    CHECK_FAMILY_DATE,    /* a date beside a child or another relative */
    CHECK_ERA_SIGN,       /* 明 大 昭 平 令 stands before a date: the value takes it in */
    CHECK_COUNT
};
enum guard {
    GUARD_NONE,
    GUARD_DIGITS,
    GUARD_LATIN,
    GUARD_CODE, /* as DIGITS, and no letter: NA090-2244 is a make, not a postal code */
    GUARD_NO_AT /* as LATIN, and no @ follows: "mail me at a.b@example.jp" is no address that begins with me */
};

struct pattern {
    const char *rule;    /* "pii.phone.mobile" */
    enum info_type info; /* INFO_NONE: an exclusion, its span is consumed */
    enum category category;
    const char *expression; /* both engines compile this text; matched in the plain view */
    struct regex *regex;    /* expression behind its guard */
    uint8_t first[32];      /* bit per byte that a match may begin with */
    bool after_label;       /* not searched: tried exactly behind each label of `info` */
    bool at_start;          /* not searched: tried from the first byte of each USE_START literal of `info` */
    enum guard guard;       /* DIGITS: no digit, and no hyphen with a digit, may touch the value */
    uint8_t group;          /* which group of the expression is the value; 0 = all */
    enum check check;
    /* Likelihood by evidence; 0 = no finding. */
    uint8_t plain, with_label, with_check, with_both, with_negative;
    enum severity severity;
    /* Examples that must match and must not (in plain form where `after_label` or `at_start`: from their first byte).
     */
    const struct slice *hits, *misses;
    size_t hit_count, miss_count;
};

/* A name of the city's own that is no private person (names.csv). */
enum public_kind { PUBLIC_FACILITY, PUBLIC_ROAD, PUBLIC_STAFF, PUBLIC_BODY, PUBLIC_KIND_COUNT };

struct public_name {
    struct slice plain;
    enum public_kind kind;
    unsigned line; /* of names.csv, 1-based */
};

/* special.csv (rules/special.h). */
enum special_kind {
    SPECIAL_NONE,
    SPECIAL_HEALTH,
    SPECIAL_TREATMENT,
    SPECIAL_CRIME,
    SPECIAL_VICTIM,
    SPECIAL_BELIEF,
    SPECIAL_ORIGIN,
    SPECIAL_STATE,
    SPECIAL_TOPIC,
    SPECIAL_UNSURE,
    SPECIAL_SELF,
    SPECIAL_FAMILY,
    SPECIAL_OTHER,
    SPECIAL_PLACE,
    SPECIAL_SHOP,
    SPECIAL_WORK,
    SPECIAL_KIN,
    SPECIAL_SCHOOL,
    SPECIAL_TRAIT,
    SPECIAL_HOME,
    SPECIAL_EVENT,
    SPECIAL_AGE,
    SPECIAL_TITLE,
    SPECIAL_OFFICE,
    SPECIAL_KIND_COUNT
};
enum special_match {
    SPECIAL_MATCH_NONE,
    SPECIAL_WORD,
    SPECIAL_SUFFIX,
    SPECIAL_PREFIX,
    SPECIAL_CLAUSE,
    SPECIAL_AFTER, /* from here on: no literal of the first scan */
    SPECIAL_NEAR,
    SPECIAL_MATCH_COUNT
};

struct special_word {
    struct slice plain;
    enum special_kind kind;
    enum special_match match;
    uint8_t weight;
    const struct slice *exceptions; /* plain forms; a hit inside one of them is none */
    size_t exception_count;
};

/* A word of one kind, by its first character. */
struct special_entry {
    uint32_t first; /* code point */
    uint32_t word;  /* index among the words */
};

#define SPECIAL_START_BITS 16384
struct special {
    const struct special_word *words;
    size_t count;
    const struct special_entry *lists[SPECIAL_KIND_COUNT]; /* sorted by both members */
    size_t list_counts[SPECIAL_KIND_COUNT];
    uint64_t person_starts[SPECIAL_START_BITS / 64]; /* bit special_start() of every word for a person */
};

/* Most places of a text begin no word for a person: two looks tell. `count` of the first bytes: 6, of words with fewer
 * SPECIAL_START_SHORT. */
#define SPECIAL_START_SHORT 3
static inline unsigned
special_start(const uint8_t *bytes, size_t count)
{
    uint64_t key = 0;
    memcpy(&key, bytes, count);
    return (unsigned)(key * 0x9E3779B97F4A7C15u >> 40) % SPECIAL_START_BITS;
}

struct facts {
    struct table *surnames;                /* plain form -> rank (0 = most frequent) */
    struct table *given_names;             /* plain form -> rank */
    uint64_t municipality_ends[4096 / 64]; /* bit c % 4096 of the last code point of each municipality */
    struct table *municipalities; /* 柏市, 目黒区 … -> code as number; also prefectures (柏 alone is not in it) */
    struct table *towns; /* 上目黒 … : what stands between municipality and number; ヶ as ケ, ノ as の, ッ as つ */
    size_t surname_max_bytes, given_max_bytes, town_max_bytes;
};

struct domain_list;
struct phrases;
struct name_model;
struct topic_model;

struct common_file {
    const char *name; /* below the folder: "terms/illegal.csv" */
    struct hash hash; /* of its bytes */
};

struct common {
    struct view_tables *views;
    struct token_model *tokens;
    struct domain_list *domains;
    struct literals literals;
    const struct term *terms;
    size_t term_count;
    const struct term_writing *writings;
    size_t writing_count;
    const struct writing_table *writing_table;
    struct pattern *patterns; /* searched ones first */
    size_t pattern_count;
    size_t searched_count;
    struct multi *pattern_multi; /* id = index of the searched pattern */
    struct trigger *triggers;    /* one of each searched pattern; by holds.ascii_bytes */
    struct facts facts;
    struct special special;
    const struct phrases *phrases; /* rules/phrases.h; by enum phrase_list */
    struct name_model *names;      /* rules/model.h */
    struct topic_model *topics;    /* rules/topics.h */
    struct common_file *files;     /* that it was built from */
    size_t file_count;
    struct hash hash; /* of versions (rules/versions.h), dictionaries, models */
};

/* What must stand somewhere in a message for a match to become anything (scan/verify.h): without it the pattern's
 * likelihood is 0 whatever it matches. */
enum trigger_need { NEEDS_NOTHING, NEEDS_LABEL, NEEDS_MUNICIPALITY, NEEDS_COUNT };

/* A message can hold a match of a pattern that counts only if its trigger fires: it has a byte of `first`, the byte
 * `required` where one is, what `holds` says, and what the pattern needs. */
struct trigger {
    uint8_t first[32];
    int required;     /* -1 = none */
    uint32_t pattern; /* index */
    enum trigger_need need;
    struct requires holds;
};

struct ruleset {
    const struct common *common;
    struct policy *policy;
    struct keys *keys;        /* NULL: the policy asks for no transform that needs one */
    struct literals literals; /* the city's own */
    const struct term *terms;
    size_t term_count;
    const struct term_writing *writings;
    size_t writing_count;
    const struct slice *impostors; /* what passes for the account's name by one letter: plain forms */
    size_t impostor_count;
    const struct public_name *public_names;
    size_t public_name_count;
    struct hash hash;
    char hash_hex[HASH_HEX_BYTES];
    struct ruleset_memory *memory;
};

/* The files of one city as bytes: read once, so that everything is built from the same state. `keys_path` is the
 * caller's, set after city_files_read: the key file for token and encrypt (rules/keys.h), NULL = none is configured. It
 * is read only where the policy asks for keys; without one such a policy is refused. */
struct city_files {
    const char *keys_path;
    char id[64];
    char folder[512];                          /* dir/id: names them in faults */
    struct buffer policy, terms, names, cases; /* empty when the file is absent; policy.yaml must exist */
    struct hash hash;
};

/* From the folder dir/id. STATUS_NOT_FOUND (with a fault): there is no policy.yaml. */
STATUS_CHECKED enum status city_files_read(const char *dir, const char *id, struct city_files *files_out,
                                           struct fault *fault);
void city_files_fini(struct city_files *files);

struct store; /* rules/store.h; NULL = compile the patterns */

#define COMMON_TOKENS "mecab" /* in a kept tree: the dictionary of MeCab that it was built with */

/* `dir`: dictionaries/common. Takes about half a second without a store. */
STATUS_CHECKED enum status common_build(const char *dir, struct store *store, struct common **common_out,
                                        struct fault *fault);
void common_destroy(struct common **common);
/* The dictionary of MeCab that a common of `dir` is built with: its own, or TOKENS_DICTIONARY. `path`: room for it. */
const char *common_tokens(const char *dir, char *path, size_t bytes);
/* Whether the files below `dir` are still those that it was built from, by their content. */
bool common_is_of(const struct common *common, const char *dir);

STATUS_CHECKED enum status ruleset_build(const struct common *common, const struct city_files *files,
                                         struct ruleset **ruleset_out, struct fault *fault);
void ruleset_destroy(struct ruleset **ruleset);
/* Asks for what each message reads of a city, some time before it does. */
void ruleset_prefetch(const struct ruleset *ruleset);
/* Whether building these files, with their keys as they are now, would give the same again. */
bool ruleset_is_of(const struct ruleset *ruleset, const struct city_files *files);

#endif
