/* scan/request_rules.h - what one request alone asks for: values never reported, terms of its own.
 *
 * Only where the policy says request_rules: true; the caller checks that. Both are literals, compared after folding: no
 * patterns.
 */
#ifndef SCAN_REQUEST_RULES_H
#define SCAN_REQUEST_RULES_H

#include "base/span.h"
#include "base/status.h"
#include "rules/words.h"

struct state;

/* A literal term for this request alone: found anywhere, kana kinds and separators folded. */
struct request_term {
    struct slice term;
    enum category category;
    enum severity severity;
};

struct request_rules {
    const struct slice *allow_values;
    size_t allow_value_count;
    const struct request_term *terms;
    size_t term_count;
};

/* Adds a candidate (rule "term.request") for each place of each term. */
STATUS_CHECKED enum status request_rules_find(struct state *state);

/* Drops every personal-data candidate whose value is one of the allow values. */
STATUS_CHECKED enum status request_rules_allow(struct state *state);

#endif
