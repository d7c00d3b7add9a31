/* The door agrees with ICU and PCRE2 about what UTF-8 is, repairs as Unicode says, and its cursors agree with each
 * other. */
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <unicode/utf8.h>

#include "base/assert.h"
#include "text/intake.h"
#include "text/offsets.h"

#define MAX_BYTES ((size_t)65536)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *arena;

/* ICU writes the repaired text: each ill-formed sequence that U8_NEXT reports is a maximal subpart. */
static size_t
repair_with_icu(struct slice raw, uint8_t *out)
{
    size_t written = 0;
    bool is_error = false;

    for (int32_t at = 0; at < (int32_t)raw.bytes;) {
        UChar32 code_point;
        U8_NEXT(raw.data, at, (int32_t)raw.bytes, code_point);
        U8_APPEND(out, written, 3 * raw.bytes + 4, code_point < 0 ? 0xFFFD : code_point, is_error);
    }
    ASSERT(!is_error);
    return written;
}

/* Its matcher runs on what the door lets in, unchecked. */
static bool
is_valid_to_pcre2(struct slice text)
{
    static pcre2_code *nothing; /* matches no text */
    static pcre2_match_data *match;
    int error;
    PCRE2_SIZE at;

    if (!nothing) {
        nothing = pcre2_compile((PCRE2_SPTR) "(?!)", PCRE2_ZERO_TERMINATED, PCRE2_UTF, &error, &at, NULL);
        match = pcre2_match_data_create(1, NULL);
        ASSERT(nothing && match);
    }
    const int answer = pcre2_match(nothing, text.data, text.bytes, 0, 0, match, NULL);
    ASSERT(answer == PCRE2_ERROR_NOMATCH || (answer <= PCRE2_ERROR_UTF8_ERR1 && answer >= PCRE2_ERROR_UTF8_ERR21));
    return answer == PCRE2_ERROR_NOMATCH;
}

static void
check_cursors(struct slice text)
{
    uint32_t forward = 0;
    uint32_t back = (uint32_t)text.bytes;
    uint32_t count = 0;
    struct offsets offsets;

    offsets_init(&offsets, text);
    while (forward < text.bytes) {
        uint8_t bytes[4];
        uint32_t start = forward;
        uint32_t code_point = utf8_next(text, &forward);
        uint32_t again = forward;
        uint32_t byte = UINT32_MAX;
        ASSERT(utf8_previous(text, &again) == code_point && again == start);
        ASSERT(utf8_put(code_point, bytes) == forward - start &&
               memcmp(bytes, text.data + start, forward - start) == 0);
        offsets_seek(&offsets, start);
        ASSERT(offsets.code_point == count && offsets.byte == start);
        ASSERT(offsets_byte_of_utf16(text, offsets.utf16, &byte) == STATUS_OK && byte == start);
        count++;
        if (count > 512)
            return; /* the reverse look-up is linear each time */
    }
    while (back > 0) {
        (void)utf8_previous(text, &back);
        count--;
    }
    ASSERT(count == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice raw = {data, size};
    struct intake intake;

    if (size > MAX_BYTES)
        return 0;
    if (arena == NULL)
        ASSERT(arena_create(4 * MAX_BYTES, &arena) == STATUS_OK);
    ASSERT(intake_run(arena, raw, MAX_BYTES, &intake) == STATUS_OK);
    uint8_t *expected = malloc(3 * size + 4);
    ASSERT(expected != NULL);
    size_t expected_bytes = repair_with_icu(raw, expected);
    ASSERT(slice_equal(intake.text, (struct slice){expected, expected_bytes}));
    ASSERT(intake.repaired == !slice_equal(intake.text, raw));
    ASSERT(utf8_is_valid(raw) == !intake.repaired);
    ASSERT(is_valid_to_pcre2(raw) == !intake.repaired && is_valid_to_pcre2(intake.text));
    ASSERT(utf8_is_valid(intake.text));
    ASSERT(intake.text.bytes <= 3 * size);
    for (size_t i = 0; i < INTAKE_PADDING_BYTES; i++)
        ASSERT(intake.text.data[intake.text.bytes + i] == 0);
    check_cursors(intake.text);
    free(expected);
    arena_reset(arena);
    return 0;
}
