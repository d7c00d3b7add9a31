/* rules/policy.h - one city's policy.yaml, parsed and checked.
 *
 * The file is strict: an unknown or repeated key, a wrong type, a repeated clause id, an unknown word or a foreign
 * format number is refused with file, line, column, value, reason and mend. dictionaries/cities/<id>/policy.yaml is the
 * format by example. Threads: immutable after parsing. All strings live as long as the policy.
 */
#ifndef RULES_POLICY_H
#define RULES_POLICY_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/status.h"
#include "rules/words.h"

#define POLICY_MAX_FILE_BYTES (1u << 20)

enum policy_mode { POLICY_ENFORCE, POLICY_OBSERVE };
enum names_mode { NAMES_THOROUGH, NAMES_FAST };

/* What a mask leaves of a value. All zero: four ＊, whatever the length. */
struct mask_options {
    uint8_t keep_first, keep_last; /* characters; at least POLICY_MASK_MIN_HIDDEN others are always hidden */
    bool keep_separators;          /* one ＊ per letter or digit, what stands between them stays: shows the length */
};
#define POLICY_MASK_MIN_HIDDEN 4

struct clause {
    const char *id;   /* "6-2": ASCII, unique in the policy */
    const char *cite; /* "6(2)": as printed; may repeat */
    const char *heading;
    const char *text;         /* official wording; NULL when the file has none */
    bool judged_by_human;     /* nothing below applies */
    enum direction direction; /* NONE = both */
    uint64_t info_types;      /* bit per enum info_type; `personal_data` = all */
    uint32_t categories;      /* bit per enum category */
    uint32_t surfaces;        /* bit per enum surface; 0 = all */
    enum action action;
    bool review;
    bool observe;               /* mode: observe on this clause */
    uint8_t min_likelihood;     /* 0–100; default 60 */
    enum severity min_severity; /* categories; default LOW */
    enum transform transform;   /* default LABEL */
    struct mask_options mask;   /* transform: mask */
};

struct purpose {
    const char *name;            /* "application" */
    uint64_t keep;               /* info types not redacted */
    const struct clause *clause; /* what permits it */
    bool review;                 /* a person looks at every message of it */
    bool both_directions;        /* clauses of both directions apply: a shared post is somebody else's text too */
};

struct contact { /* official: never redacted; the account's name (PERSON) and LINE id (LINE_ID) are the last ones */
    enum info_type type;
    const char *value;
};

/* Names in the one form of text/domain.h; each stands for what is below it too. */
struct domains {
    const char *const *names;
    size_t count;
};

struct notice {
    const char *id; /* "danger", "blocked" */
    const char *text;
};

struct policy {
    const char *id;                                               /* folder name */
    const char *municipality_code;                                /* "" for the default policy */
    const char *name;                                             /* 柏市 */
    const char *account_name, *line_id, *source_title, *in_force; /* NULL when the file has none */
    const char *legal_as_published, *legal_in_force;              /* the same */
    enum policy_mode mode;
    enum names_mode names;
    bool composite;
    bool special_care; /* default true: look for 要配慮個人情報 */
    bool request_rules;
    const struct clause *clauses;
    size_t clause_count;
    uint64_t info_types;            /* bit per type that some clause covers */
    const struct purpose *purposes; /* "chat" is always known and not listed here */
    size_t purpose_count;
    const struct contact *contacts;
    size_t contact_count;
    const struct notice *notices;
    size_t notice_count;
    struct domains links_allow;            /* never a harmful link */
    struct domains links_deny;             /* always one */
    enum transform transforms[INFO_COUNT]; /* per info type; NONE = the clause's */
    struct mask_options masks[INFO_COUNT]; /* of the types that `transforms` masks */
};

/* `file` names the source in faults; `expected_id` is the folder's name (NULL = any). STATUS_INVALID fills `fault`. */
STATUS_CHECKED enum status policy_parse(struct slice text, const char *file, const char *expected_id,
                                        struct policy **policy_out, struct fault *fault);
void policy_destroy(struct policy **policy);

/* Whether some data is to become a token or encrypted: without a key file such a policy is not run. */
bool policy_needs_keys(const struct policy *policy);
/* Whether a clause or type is transformed so. */
bool policy_uses(const struct policy *policy, enum transform transform);

const struct clause *policy_clause(const struct policy *policy, const char *id); /* NULL when absent */
/* "" and "chat" give true and *purpose_out NULL; an unknown name false. */
bool policy_purpose(const struct policy *policy, struct slice name, const struct purpose **purpose_out);

#endif
