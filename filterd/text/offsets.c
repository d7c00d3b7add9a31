#include "text/offsets.h"

#include "text/utf8.h"

void
offsets_init(struct offsets *offsets, struct slice text)
{
    *offsets = (struct offsets){.text = text};
}

void
offsets_seek(struct offsets *offsets, uint32_t byte)
{
    if (byte > offsets->text.bytes)
        byte = (uint32_t)offsets->text.bytes;
    if (byte < offsets->byte)
        offsets_init(offsets, offsets->text);
    uint32_t code_points = 0;
    uint32_t pairs = 0; /* characters of four bytes: two UTF-16 units each */
    for (uint32_t at = offsets->byte; at < byte; at++) {
        code_points += !utf8_is_inside(offsets->text.data[at]);
        pairs += offsets->text.data[at] >= 0xF0;
    }
    offsets->byte = byte;
    offsets->code_point += code_points;
    offsets->utf16 += code_points + pairs;
}

enum status
offsets_byte_of_utf16(struct slice text, uint32_t utf16, uint32_t *byte_out)
{
    uint32_t byte = 0;
    uint32_t units = 0;

    while (units < utf16 && byte < text.bytes) {
        unsigned length = utf8_length(text.data[byte]);
        units += length == 4 ? 2 : 1;
        byte += length;
    }
    if (units < utf16)
        return STATUS_NOT_FOUND;
    if (units > utf16)
        return STATUS_INVALID;
    *byte_out = byte;
    return STATUS_OK;
}
