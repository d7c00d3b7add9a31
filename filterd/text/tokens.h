/* text/tokens.h - Japanese words, from MeCab with mecab-ipadic-utf8, held as its faults require.
 *
 * MeCab gets its own NUL-terminated copy in chunks of at most 512 bytes (it is quadratic in long runs and reads past
 * slices), and its tokens must cover every byte that is not white space, else the call fails: an evasion must not look
 * like "no words". Threads: a model is shared and immutable; a tokenizer belongs to one thread. Errors: STATUS_INTERNAL
 * when MeCab gives up.
 */
#ifndef TEXT_TOKENS_H
#define TEXT_TOKENS_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/span.h"
#include "base/status.h"

struct token_model;
struct tokenizer;

struct token {
    struct span span;    /* bytes of the text given */
    const char *feature; /* IPADIC feature CSV, NUL-terminated; lives as long as the model */
};

struct tokens {
    const struct token *items; /* in order, disjoint; white space between them is no token */
    size_t count;
    int64_t cost; /* MeCab's for the whole text: of two readings of a text the cheaper is the likelier */
};

#define TOKENS_DICTIONARY "/var/lib/mecab/dic/ipadic-utf8" /* Debian's mecab-ipadic-utf8 */

#define TOKENS_FILES 5
extern const char *const tokens_files[TOKENS_FILES]; /* what a dictionary consists of */

/* Of the content of its files, as token_model_version() says it. */
STATUS_CHECKED enum status tokens_hash(const char *dictionary_dir, char hex_out[HASH_HEX_BYTES]);
/* Another one once a file was written or replaced, told without reading. The package writes over files that MeCab has
 * mapped: what runs for long must have mapped a copy. */
void tokens_stamp(const char *dictionary_dir, struct hash *stamp_out);

/* `dictionary_dir` NULL = TOKENS_DICTIONARY. STATUS_INVALID also when /dev/null is no device: MeCab reads its settings
 * there, so that those of the machine do not count. */
STATUS_CHECKED enum status token_model_create(const char *dictionary_dir, struct token_model **model_out);
void token_model_destroy(struct token_model **model);
const char *token_model_version(const struct token_model *model); /* part of the ruleset hash */

STATUS_CHECKED enum status tokenizer_create(const struct token_model *model, struct tokenizer **tokenizer_out);
void tokenizer_destroy(struct tokenizer **tokenizer);

/* Whether a word is sure to begin or end at byte `at` of `text`, told without MeCab; false = run the tokenizer to know.
 * `from`: 0, or a place before `at` of which this is known. */
bool tokenizer_is_border(const struct tokenizer *tokenizer, struct slice text, uint32_t from, uint32_t at);

/* `text`: valid UTF-8. Result in the arena. */
STATUS_CHECKED enum status tokenizer_run(struct tokenizer *tokenizer, struct arena *arena, struct slice text,
                                         struct tokens *tokens_out);

/* What IPADIC knows of how a token is read: katakana, up to a comma. NULL for a word it does not know. */
const char *token_reading(const char *feature);

/* Whether a token (or white space, or the text) begins or ends at `byte`. */
bool tokens_boundary_at(const struct tokens *tokens, uint32_t byte);
/* Index of the first token that ends behind `byte`; `count` = none. */
size_t tokens_first_behind(const struct tokens *tokens, uint32_t byte);

#endif
