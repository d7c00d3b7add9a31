#include "base/hash.h"

#include <stdatomic.h>
#include <string.h>

#include <sodium.h>

#include "base/assert.h"

_Static_assert(sizeof(struct hasher) >= sizeof(crypto_generichash_state), "struct hasher holds libsodium's state");
_Static_assert(HASH_BYTES >= crypto_shorthash_KEYBYTES, "a key is long enough for SipHash");

/* sodium_init() may be called by any thread at any time, but takes a lock: once is enough. */
static void
ensure_sodium(void)
{
    static atomic_bool is_ready;

    if (!atomic_load_explicit(&is_ready, memory_order_acquire)) {
        ASSERT(sodium_init() >= 0);
        atomic_store_explicit(&is_ready, true, memory_order_release);
    }
}

static void
update(struct hasher *hasher, const void *data, size_t bytes)
{
    crypto_generichash_state *state = (crypto_generichash_state *)(void *)hasher->state;

    ASSERT(crypto_generichash_update(state, data, bytes) == 0);
}

void
hasher_init(struct hasher *hasher)
{
    crypto_generichash_state *state = (crypto_generichash_state *)(void *)hasher->state;

    ensure_sodium();
    ASSERT(crypto_generichash_init(state, NULL, 0, HASH_BYTES) == 0);
}

void
hasher_init_keyed(struct hasher *hasher, const struct hash *key)
{
    crypto_generichash_state *state = (crypto_generichash_state *)(void *)hasher->state;

    ensure_sodium();
    ASSERT(crypto_generichash_init(state, key->bytes, HASH_BYTES, HASH_BYTES) == 0);
}

void
hasher_add(struct hasher *hasher, struct slice part)
{
    uint8_t length[8];

    for (unsigned i = 0; i < sizeof(length); i++)
        length[i] = (uint8_t)((uint64_t)part.bytes >> (8 * i));
    update(hasher, length, sizeof(length));
    if (part.bytes > 0)
        update(hasher, part.data, part.bytes);
}

void
hasher_add_text(struct hasher *hasher, const char *text)
{
    hasher_add(hasher, slice_of(text));
}

void
hasher_finish(struct hasher *hasher, struct hash *hash_out)
{
    crypto_generichash_state *state = (crypto_generichash_state *)(void *)hasher->state;

    ASSERT(crypto_generichash_final(state, hash_out->bytes, HASH_BYTES) == 0);
    sodium_memzero(hasher->state, sizeof(hasher->state));
}

uint64_t
hash_keyed(const struct hash *key, struct slice data)
{
    static const unsigned char nothing[1];
    unsigned char short_hash[crypto_shorthash_BYTES];
    uint64_t value;

    ASSERT(crypto_shorthash(short_hash, data.bytes > 0 ? data.data : nothing, data.bytes, key->bytes) == 0);
    memcpy(&value, short_hash, sizeof(value));
    return value;
}

void
hash_random_key(struct hash *key_out)
{
    ensure_sodium();
    randombytes_buf(key_out->bytes, sizeof(key_out->bytes));
}

void
hash_hex(const struct hash *hash, char out[HASH_HEX_BYTES])
{
    sodium_bin2hex(out, HASH_HEX_BYTES, hash->bytes, HASH_BYTES);
}

static uint64_t
load64(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

/* Multiply to 128 bits and fold: mixes both words thoroughly in about four cycles. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
hash_fast(struct slice data)
{
    static const uint64_t odd[3] = {0x9E3779B97F4A7C15u, 0xD1B54A32D192ED03u, 0x8CB92BA72F3D8DD7u};
    uint64_t state = odd[0] ^ mix(data.bytes + odd[1], odd[2]);
    const uint8_t *at = data.data;
    size_t left = data.bytes;
    uint8_t tail[16] = {0};

    for (; left >= 16; left -= 16, at += 16)
        state = mix(load64(at) ^ odd[1], load64(at + 8) ^ state);
    if (left > 0) {
        memcpy(tail, at, left);
        state = mix(load64(tail) ^ odd[1], load64(tail + 8) ^ state);
    }
    return mix(state ^ odd[2], odd[0]);
}
