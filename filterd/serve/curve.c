#include "serve/curve.h"

#include <string.h>
#include <sys/stat.h>

#include <zmq.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/secret.h"

#define KEY_CHARACTERS (CURVE_KEY_BYTES - 1)
#define MAX_FILE_BYTES 4096
#define SECRET "secret "

_Static_assert(KEY_CHARACTERS == 40, "Z85 of 32 bytes");

bool
curve_key_is_valid(const char *key)
{
    static const char *const alphabet =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    uint8_t bytes[32];

    if (strlen(key) != KEY_CHARACTERS || strspn(key, alphabet) != KEY_CHARACTERS)
        return false;
    const bool is_valid = zmq_z85_decode(bytes, key) != NULL;
    secret_wipe(bytes, sizeof bytes);
    return is_valid;
}

enum status
curve_generate(struct curve_key *key_out)
{
    return zmq_curve_keypair(key_out->public_key, key_out->secret_key) == 0 ? STATUS_OK : STATUS_IO;
}

/* The line that begins with "secret ". */
static bool
find_secret(const struct buffer *text, char key_out[CURVE_KEY_BYTES])
{
    const char *at = (const char *)text->data;
    const char *end = at + text->bytes;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = newline ? newline : end;
        if (line_end > at && line_end[-1] == '\r')
            line_end--;
        if ((size_t)(line_end - at) == sizeof SECRET - 1 + KEY_CHARACTERS &&
            memcmp(at, SECRET, sizeof SECRET - 1) == 0) {
            memcpy(key_out, line_end - KEY_CHARACTERS, KEY_CHARACTERS);
            key_out[KEY_CHARACTERS] = '\0';
            return curve_key_is_valid(key_out);
        }
        at = newline ? newline + 1 : end;
    }
    return false;
}

enum status
curve_load(const char *path, struct curve_key *key_out, struct fault *fault)
{
    struct curve_key key = {0};
    struct buffer text;
    struct stat about;

    if (stat(path, &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & S_IRWXO) != 0) {
        fault_set(fault, path, 0, 0, "curve_key", NULL, "everybody on this machine may read this secret key",
                  "chmod o= it, and make a new key");
        return STATUS_INVALID;
    }
    buffer_init(&text);
    enum status status = file_read(path, MAX_FILE_BYTES, &text);
    if (status != STATUS_OK) {
        fault_set(fault, path, 0, 0, "curve_key", NULL, "the key cannot be read", status_word(status));
    } else if (!find_secret(&text, key.secret_key) || zmq_curve_public(key.public_key, key.secret_key) != 0) {
        fault_set(fault, path, 0, 0, "curve_key", NULL, "there is no line \"secret KEY\" with a key of 40 characters",
                  "make one with filterctl keygen --curve");
        status = STATUS_INVALID;
    } else {
        *key_out = key;
    }
    secret_wipe(&key, sizeof key);
    buffer_fini(&text);
    return status;
}
