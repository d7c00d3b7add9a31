#include "base/secret.h"

#include <sodium.h>

#include "base/assert.h"
#include "base/hash.h"

_Static_assert(SECRET_KEY_BYTES == HASH_BYTES, "a key keys the hash");
_Static_assert(SECRET_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a key keys the cipher");
_Static_assert(SECRET_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "the nonce has its size");
_Static_assert(SECRET_SEAL_BYTES == SECRET_NONCE_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES, "what is added");

void
secret_wipe(void *data, size_t bytes)
{
    sodium_memzero(data, bytes);
}

void
secret_random_key(struct secret_key *key_out)
{
    struct hash random;
    hash_random_key(&random);
    memcpy(key_out->bytes, random.bytes, SECRET_KEY_BYTES);
    secret_wipe(&random, sizeof random);
}

/* A MAC over three parts; the hasher writes each part's length, so that they cannot run into each other. */
static void
mac(const struct secret_key *key, struct slice use, struct slice domain, struct slice value, struct hash *out)
{
    struct hash hash_key;
    struct hasher hasher;
    memcpy(hash_key.bytes, key->bytes, HASH_BYTES);
    hasher_init_keyed(&hasher, &hash_key);
    hasher_add(&hasher, use);
    hasher_add(&hasher, domain);
    hasher_add(&hasher, value);
    hasher_finish(&hasher, out);
    secret_wipe(&hash_key, sizeof hash_key);
}

void
secret_derive(const struct secret_key *master, const char *use, struct slice owner, struct secret_key *key_out)
{
    struct hash derived;
    mac(master, SLICE_LITERAL("derive"), slice_of(use), owner, &derived);
    memcpy(key_out->bytes, derived.bytes, SECRET_KEY_BYTES);
    secret_wipe(&derived, sizeof derived);
}

void
secret_name(const struct secret_key *key, struct slice domain, struct slice value, uint8_t out[SECRET_NAME_BYTES])
{
    struct hash name;
    mac(key, SLICE_LITERAL("name"), domain, value, &name);
    memcpy(out, name.bytes, SECRET_NAME_BYTES);
}

void
secret_seal(const struct secret_key *key, struct slice domain, struct slice value, uint8_t *out)
{
    struct hash nonce;
    unsigned long long written = 0;
    mac(key, SLICE_LITERAL("nonce"), domain, value, &nonce);
    memcpy(out, nonce.bytes, SECRET_NONCE_BYTES);
    ASSERT(crypto_aead_xchacha20poly1305_ietf_encrypt(out + SECRET_NONCE_BYTES, &written, value.data, value.bytes,
                                                      domain.data, domain.bytes, NULL, out, key->bytes) == 0);
    ASSERT(written + SECRET_NONCE_BYTES == value.bytes + SECRET_SEAL_BYTES);
}

bool
secret_open(const struct secret_key *key, struct slice domain, struct slice sealed, uint8_t *out)
{
    unsigned long long written = 0;
    if (sealed.bytes < SECRET_SEAL_BYTES)
        return false;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, &written, NULL, sealed.data + SECRET_NONCE_BYTES,
                                                      sealed.bytes - SECRET_NONCE_BYTES, domain.data, domain.bytes,
                                                      sealed.data, key->bytes) == 0;
}

void
secret_base32(struct slice data, char *out)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < data.bytes; i++) {
        bits = bits << 8 | data.data[i];
        for (count += 8; count >= 5; count -= 5)
            *out++ = digits[bits >> (count - 5) & 31];
    }
    if (count)
        *out = digits[bits << (5 - count) & 31];
}

void
secret_base64(struct slice data, char *out)
{
    sodium_bin2base64(out, SECRET_BASE64_BYTES(data.bytes) + 1, data.data, data.bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
secret_from_base64(struct slice text, uint8_t *out, size_t max_bytes, size_t *bytes_out)
{
    const char *end;
    return sodium_base642bin(out, max_bytes, (const char *)text.data, text.bytes, NULL, bytes_out, &end,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           end == (const char *)text.data + text.bytes;
}

bool
secret_key_from_hex(struct slice text, struct secret_key *key_out)
{
    struct secret_key key;
    size_t bytes;
    const char *end;
    if (text.bytes != 2 * SECRET_KEY_BYTES ||
        sodium_hex2bin(key.bytes, sizeof key.bytes, (const char *)text.data, text.bytes, NULL, &bytes, &end) != 0 ||
        bytes != sizeof key.bytes)
        return false;
    *key_out = key;
    secret_wipe(&key, sizeof key);
    return true;
}

void
secret_key_hex(const struct secret_key *key, char out[2 * SECRET_KEY_BYTES + 1])
{
    sodium_bin2hex(out, 2 * SECRET_KEY_BYTES + 1, key->bytes, SECRET_KEY_BYTES);
}
