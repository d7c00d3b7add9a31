#include "base/fault.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Copies as much of `text` as fits, cut in front of a character. */
static void
copy_part(char *out, size_t out_bytes, const char *text)
{
    size_t bytes = text != NULL ? strlen(text) : 0;

    if (bytes >= out_bytes) {
        bytes = out_bytes - 1;
        while (bytes > 0 && ((uint8_t)text[bytes] & 0xC0) == 0x80)
            bytes--;
    }
    if (bytes > 0)
        memmove(out, text, bytes);
    out[bytes] = '\0';
}

void
fault_set(struct fault *fault, const char *file, unsigned line, unsigned column, const char *item, const char *value,
          const char *reason, const char *mend)
{
    if (fault == NULL)
        return;
    copy_part(fault->file, sizeof(fault->file), file);
    copy_part(fault->item, sizeof(fault->item), item);
    copy_part(fault->value, sizeof(fault->value), value);
    copy_part(fault->reason, sizeof(fault->reason), reason);
    copy_part(fault->mend, sizeof(fault->mend), mend);
    fault->line = line;
    fault->column = column;
}

/* How many bytes at `text` a terminal would obey instead of showing: C0, DEL, C1, line and paragraph separators, and
 * the marks that turn the direction of writing. 0 = harmless. */
static size_t
control_bytes(const uint8_t *text)
{
    if (text[0] < 0x20 || text[0] == 0x7F)
        return 1;
    if (text[0] == 0xC2 && text[1] >= 0x80 && text[1] <= 0x9F)
        return 2;
    if (text[0] == 0xE2 && text[1] == 0x80 && text[2] >= 0xA8 && text[2] <= 0xAE)
        return 3; /* U+2028 to U+202E */
    if (text[0] == 0xE2 && text[1] == 0x81 && text[2] >= 0xA6 && text[2] <= 0xA9)
        return 3; /* U+2066 to U+2069 */
    return 0;
}

static void
replace_controls(char *text)
{
    const uint8_t *from = (const uint8_t *)text;
    char *to = text;

    while (*from != '\0') {
        size_t bytes = control_bytes(from);
        *to++ = bytes > 0 ? '?' : (char)*from;
        from += bytes > 0 ? bytes : 1;
    }
    *to = '\0';
}

/* Appends at `*at`. What does not fit is cut in front of a character, and nothing follows it. */
static void
append(char *out, size_t out_bytes, size_t *at, const char *text)
{
    copy_part(out + *at, out_bytes - *at, text);
    size_t copied = strlen(out + *at);
    *at = copied == strlen(text) ? *at + copied : out_bytes - 1;
}

const char *
fault_text(const struct fault *fault, char *out, size_t out_bytes)
{
    char place[32] = "";
    size_t at = 0;

    if (out_bytes == 0)
        return "";
    if (fault->line > 0 && fault->column > 0)
        (void)snprintf(place, sizeof(place), ":%u:%u", fault->line, fault->column);
    else if (fault->line > 0)
        (void)snprintf(place, sizeof(place), ":%u", fault->line);
    out[0] = '\0';
    append(out, out_bytes, &at, fault->file);
    append(out, out_bytes, &at, place);
    const char *const parts[][3] = {{at > 0 ? ": " : "", fault->item, ""},
                                    {": '", fault->value, "'"},
                                    {": ", fault->reason, ""},
                                    {" (", fault->mend, ")"}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        for (size_t j = 0; parts[i][1][0] != '\0' && j < 3; j++)
            append(out, out_bytes, &at, parts[i][j]);
    replace_controls(out);
    return out;
}
