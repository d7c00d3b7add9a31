/* scan/scanner.h - one message in, one verdict out.
 *
 * A scanner is the mutable half: Hyperscan scratch, MeCab lattice, PCRE2 match data and the message arena. The ruleset
 * is the immutable half; it is given per run, so one scanner serves every city of its common.
 *
 * Threads: a scanner belongs to one thread; it takes no lock.
 * Errors:  returned, never logged; on any but STATUS_OK, *verdict_out is untouched and there is no verdict.
 * Privacy: message bytes live only in the arena, until the next run or scanner_forget() wipes it.
 */
#ifndef SCAN_SCANNER_H
#define SCAN_SCANNER_H

#include "base/span.h"
#include "base/status.h"
#include "rules/ruleset.h"
#include "scan/verdict.h"

#define SCANNER_DEFAULT_MAX_TEXT_BYTES 65536

struct scanner;
struct scope;
struct trace;
struct request_rules;

enum hint_kind { HINT_OPAQUE = 1, HINT_PERSON = 2 };

struct hint {
    enum hint_kind kind;
    uint32_t start_utf16;
    uint32_t length_utf16;
};

struct message {
    struct slice text;             /* raw: any bytes */
    enum surface surface;          /* NONE = MESSAGE_TEXT */
    enum direction direction;      /* NONE = INBOUND */
    const struct purpose *purpose; /* NULL = chat; from policy_purpose() of the same ruleset */
    const struct hint *hints;      /* of the repaired text; sorted by start; at most 64 */
    size_t hint_count;
    const struct trace *trace;         /* NULL, or told of every stage (scan/trace.h) */
    struct scope *scope;               /* numbers of a conversation (scan/scope.h); NULL = of this message alone */
    const struct request_rules *rules; /* of this request alone (scan/request_rules.h); NULL = none */
    bool short_tokens;                 /* 【氏名:k7q2】 instead of the full token: for files that people read */
};

/* `common` is borrowed and must outlive the scanner. */
STATUS_CHECKED enum status scanner_create(const struct common *common, size_t max_text_bytes,
                                          struct scanner **scanner_out);
void scanner_destroy(struct scanner **scanner);

/* STATUS_TOO_LARGE over max_text_bytes; STATUS_INVALID for a hint outside the text or inside a surrogate pair. */
STATUS_CHECKED enum status scanner_run(struct scanner *scanner, const struct ruleset *ruleset,
                                       const struct message *message, const struct verdict **verdict_out);

/* A new scope for the messages of one conversation, salted by this scanner and not to outlive it. */
STATUS_CHECKED enum status scanner_scope(const struct scanner *scanner, struct scope **scope_out);

/* Wipes the last message and its verdict. Call once the reply is encoded. */
void scanner_forget(struct scanner *scanner);

/* How many messages reached each stage since the scanner was created, for bench and stats. */
struct scanner_counts {
    uint64_t messages, not_inert, literal_hit, patterns, confirmed, tokens, names, acted;
};
const struct scanner_counts *scanner_counts(const struct scanner *scanner);

#endif
