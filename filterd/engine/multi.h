/* engine/multi.h - many patterns in one pass (Hyperscan, block mode).
 *
 * Threads: a database is immutable and shared; scratch belongs to one thread and serves every database it was grown
 * for. Errors: any Hyperscan answer but success is STATUS_INTERNAL: never "no match". A scanned text must be valid
 * UTF-8 and followed by at least 3 readable bytes.
 */
#ifndef ENGINE_MULTI_H
#define ENGINE_MULTI_H

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

struct multi;
struct multi_scratch;

/* UTF-8 patterns without start of match; id = index; none give a database that never matches. On STATUS_INVALID
 * *bad_out is the index and `reason` (NUL-terminated) the library's words; the index is `count` when the set as a whole
 * does not compile. Refuses patterns that match the empty string. */
STATUS_CHECKED enum status multi_compile_patterns(const char *const *patterns, size_t count, struct multi **multi_out,
                                                  size_t *bad_out, char reason[256]);
void multi_destroy(struct multi **multi);

/* Serialised form, tied to this library version and CPU; treat it as code (trusted directory, MAC). */
STATUS_CHECKED enum status multi_save(const struct multi *multi, struct buffer *out);
STATUS_CHECKED enum status multi_load(struct slice saved, struct multi **multi_out); /* STATUS_INVALID: recompile */
size_t multi_database_bytes(const struct multi *multi);

STATUS_CHECKED enum status multi_scratch_create(struct multi_scratch **scratch_out);
STATUS_CHECKED enum status multi_scratch_grow(struct multi_scratch *scratch,
                                              const struct multi *multi); /* before the first scan with it */
void multi_scratch_destroy(struct multi_scratch **scratch);

struct multi_hit {
    uint32_t id;
    uint32_t end; /* byte offset behind the last byte of the match */
};

/* Writes up to `max` hits, unordered, every end of every match. STATUS_BUDGET when there were more than `max`: the text
 * holds more hits than we look at, which is suspicious, never clean. */
STATUS_CHECKED enum status multi_scan(const struct multi *multi, struct multi_scratch *scratch, struct slice text,
                                      struct multi_hit *hits, size_t max, size_t *count_out);

const char *multi_version(void); /* library version; part of the ruleset hash */

#endif
