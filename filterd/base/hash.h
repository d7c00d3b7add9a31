/* base/hash.h - BLAKE2b (libsodium) for identity, and a fast hash for tables. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define HASH_BYTES 32
#define HASH_HEX_BYTES (2 * HASH_BYTES + 1) /* with the NUL */

struct hash {
    uint8_t bytes[HASH_BYTES];
};

/* Incremental BLAKE2b-256. Every part is prefixed with its length, so ("ab","c") and ("a","bc") differ. */
struct hasher {
    _Alignas(64) unsigned char state[384];
};

void hasher_init(struct hasher *hasher);
void hasher_init_keyed(struct hasher *hasher, const struct hash *key); /* the result is a MAC */
void hasher_add(struct hasher *hasher, struct slice part);
void hasher_add_text(struct hasher *hasher, const char *text);
void hasher_finish(struct hasher *hasher, struct hash *hash_out);

/* Keyed (SipHash-2-4, the first 16 bytes of `key`), for things that could be guessed: message texts. */
uint64_t hash_keyed(const struct hash *key, struct slice data);
void hash_random_key(struct hash *key_out);

void hash_hex(const struct hash *hash, char out[HASH_HEX_BYTES]);

/* Not for secrets, not stable across versions: hash tables only. */
uint64_t hash_fast(struct slice data);

#endif
