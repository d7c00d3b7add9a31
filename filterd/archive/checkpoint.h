/* archive/checkpoint.h - what is known about an output while it grows, and of a shard when it is complete: OUT.scan
 *
 * Words and numbers, one pair per line; it holds nothing of any record. It is written after the output's bytes are on
 * the disk, so what it says is there is there; what stands behind may be cut off and made again.
 *
 * Threads: no state. Errors: STATUS_NOT_FOUND = there is none; STATUS_INVALID = it is none of ours; STATUS_IO.
 */
#ifndef ARCHIVE_CHECKPOINT_H
#define ARCHIVE_CHECKPOINT_H

#include "archive/run.h"
#include "base/hash.h"

struct checkpoint {
    char settings[HASH_HEX_BYTES]; /* of rules, options and inputs, all but the shard */
    uint64_t shard, shards;        /* shards 0 = not cut */
    uint64_t complete;             /* the whole output is on the disk */
    struct archive_result result;
};

STATUS_CHECKED enum status checkpoint_write(const char *output, const struct checkpoint *checkpoint);
STATUS_CHECKED enum status checkpoint_read(const char *output, struct checkpoint *checkpoint_out);
/* An output that begins anew must not meet an old one. */
STATUS_CHECKED enum status checkpoint_remove(const char *output);

/* What must be the same for the output to be the same. `keys` NULL or the file of the keys. */
STATUS_CHECKED enum status checkpoint_settings(const struct archive_options *options, const char *keys,
                                               char hex_out[HASH_HEX_BYTES]);

#endif
