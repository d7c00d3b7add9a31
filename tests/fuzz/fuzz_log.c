/* What people and machines read of us, made of any bytes: an event is one line of printable ASCII, a fault is one line,
 * a JSON string says what it was given, and what is wrong with a key is said without it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/assert.h"
#include "base/fault.h"
#include "base/log.h"
#include "rules/keys.h"
#include "text/intake.h"
#include "wire/json.h"

#define MAX_BYTES ((size_t)6000)
#define LINE_BYTES 8192
#define TOLD_DIGITS 8 /* as many of a secret in a row are too many */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What `write_line` puts on standard error. */
static size_t
captured(const char *text, char line[LINE_BYTES])
{
    static int file = -1, kept = -1;

    if (file < 0) {
        file = memfd_create("stderr", MFD_CLOEXEC);
        kept = dup(STDERR_FILENO);
    }
    ASSERT(file >= 0 && kept >= 0 && ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0);
    ASSERT(dup2(file, STDERR_FILENO) == STDERR_FILENO);
    log_info("event", LOG_TEXT("policy", text), LOG_INT("pid", 7), LOG_TEXT("reason", text));
    ASSERT(dup2(kept, STDERR_FILENO) == STDERR_FILENO);
    const ssize_t bytes = pread(file, line, LINE_BYTES, 0);
    ASSERT(bytes > 0);
    return (size_t)bytes;
}

static void
check_log(const char *text)
{
    char line[LINE_BYTES];
    const size_t bytes = captured(text, line);

    ASSERT(line[bytes - 1] == '\n');
    for (size_t i = 0; i + 1 < bytes; i++)
        ASSERT(line[i] >= ' ' && line[i] < 0x7F);
}

static void
check_fault(const char *text)
{
    struct fault fault;
    char words[FAULT_TEXT_BYTES];

    fault_set(&fault, text, 1, 2, text, text, text, text);
    fault_text(&fault, words, sizeof words);
    ASSERT(memchr(words, '\0', sizeof words) != NULL);
    for (const char *at = words; *at; at++)
        ASSERT((unsigned char)*at >= ' ' && *at != 0x7F);
    ASSERT(!utf8_is_valid(slice_of(text)) || utf8_is_valid(slice_of(words)));
}

static void
check_json(struct slice text)
{
    struct buffer out;

    if (!utf8_is_valid(text))
        return;
    buffer_init(&out);
    json_string(&out, text);
    for (size_t i = 0; i < out.bytes; i++)
        ASSERT(out.data[i] >= ' ');
    buffer_append_byte(&out, '\0');
    struct json_object *read = json_tokener_parse((const char *)out.data);
    ASSERT(json_object_is_type(read, json_type_string));
    ASSERT(slice_equal(
        text, (struct slice){(const uint8_t *)json_object_get_string(read), (size_t)json_object_get_string_len(read)}));
    json_object_put(read);
    buffer_fini(&out);
}

/* A key file whose one key has digits made of the bytes, as many as there are, and a slip: that of the first byte. */
static void
check_secret(const uint8_t *data, size_t size)
{
    static const char *const slips[] = {"k1 %s\n", "k1%s\n", "K1 %s\n", " %s\n", "k1 %sg\n", "k1 %s\nk1 %s\n", "%s"};
    char digits[2 * 40 + 1] = "", text[256], words[FAULT_TEXT_BYTES], told[TOLD_DIGITS + 1] = "";
    struct keys *keys = NULL;
    struct fault fault = {0};

    for (size_t i = 1; i < size && i <= 40; i++)
        snprintf(digits + 2 * (i - 1), 3, "%02x", data[i]);
    const char *slip = slips[data[0] % (sizeof slips / sizeof *slips)];
    const int bytes = snprintf(text, sizeof text, slip, digits, digits);
    if (keys_parse((struct slice){(const uint8_t *)text, (size_t)bytes}, "keys", "sample", &keys, &fault) ==
        STATUS_OK) {
        keys_destroy(&keys);
        return;
    }
    fault_text(&fault, words, sizeof words);
    for (const char *at = digits; strlen(at) >= TOLD_DIGITS; at++) {
        memcpy(told, at, TOLD_DIGITS);
        ASSERT(strstr(words, told) == NULL);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    if (size > MAX_BYTES)
        return 0;
    text = calloc(1, size + 1);
    ASSERT(text != NULL);
    memcpy(text, data, size);
    check_log(text);
    check_fault(text);
    check_json((struct slice){data, size});
    if (size > 0)
        check_secret(data, size);
    free(text);
    return 0;
}
