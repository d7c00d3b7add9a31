/* base/secret.h - what keys do to values: keyed names, and sealing that can be opened again (libsodium).
 *
 * Everything is deterministic: the same key, domain and value always give the same bytes, and no clock or chance is
 * asked. A sealed value therefore shows that two values are equal, and nothing else about them but their length.
 *
 * Threads: constant. Errors: none but a sealed value that was not made with this key and domain.
 * Privacy: keys and values stay with the caller, who wipes them with secret_wipe().
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define SECRET_KEY_BYTES 32
#define SECRET_NAME_BYTES 16
#define SECRET_NONCE_BYTES 24
#define SECRET_SEAL_BYTES (SECRET_NONCE_BYTES + 16) /* what sealing adds */
#define SECRET_BASE32_BYTES(bytes) (((bytes)*8 + 4) / 5)
#define SECRET_BASE64_BYTES(bytes) (((bytes)*4 + 2) / 3)

struct secret_key {
    uint8_t bytes[SECRET_KEY_BYTES];
};

/* From the system's source of randomness: only for making a key that is then kept. */
void secret_random_key(struct secret_key *key_out);

/* A key of its own for one `use` ("token") of one owner (a city's id): knowing it does not give the master. */
void secret_derive(const struct secret_key *master, const char *use, struct slice owner, struct secret_key *key_out);

/* Keyed BLAKE2b, 128 bits. Values of different domains never share a name. */
void secret_name(const struct secret_key *key, struct slice domain, struct slice value, uint8_t out[SECRET_NAME_BYTES]);

/* XChaCha20-Poly1305; the nonce is the keyed hash of domain and value. Writes value.bytes + SECRET_SEAL_BYTES. */
void secret_seal(const struct secret_key *key, struct slice domain, struct slice value, uint8_t *out);
/* Writes sealed.bytes - SECRET_SEAL_BYTES. False, and nothing is promised of `out`, when it was not sealed so. */
bool secret_open(const struct secret_key *key, struct slice domain, struct slice sealed, uint8_t *out);

void secret_wipe(void *data, size_t bytes);

/* a–z 2–7, most significant bit first, no padding: SECRET_BASE32_BYTES(data.bytes) characters, no NUL. */
void secret_base32(struct slice data, char *out);
/* URL-safe base64 without padding; SECRET_BASE64_BYTES(data.bytes) characters and a NUL. */
void secret_base64(struct slice data, char *out);
/* `out` holds max_bytes. False for what secret_base64() never writes. */
bool secret_from_base64(struct slice text, uint8_t *out, size_t max_bytes, size_t *bytes_out);
/* Exactly 64 hexadecimal digits. */
bool secret_key_from_hex(struct slice text, struct secret_key *key_out);
void secret_key_hex(const struct secret_key *key, char out[2 * SECRET_KEY_BYTES + 1]);

#endif
