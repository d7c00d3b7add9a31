/* rules/versions.h - what a verdict rests on beside files: this program and its libraries.
 *
 * All of it is part of every ruleset's hash, in this order. Threads: any. Errors: none.
 */
#ifndef RULES_VERSIONS_H
#define RULES_VERSIONS_H

struct token_model; /* text/tokens.h */

#define VERSIONS 5

struct version {
    const char *part; /* "hyperscan" */
    const char *text; /* of the tokens: lives as long as the model */
};

void versions_of(const struct token_model *tokens, struct version versions_out[VERSIONS]);

#endif
