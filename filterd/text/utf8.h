/* text/utf8.h - UTF-8 for inner loops: what intake.h offers, inlined.
 *
 * Everything here expects valid UTF-8; the door (intake.h) sees to that.
 */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of the character that begins with `lead`. */
static inline unsigned
utf8_length(uint8_t lead)
{
    if (__builtin_expect((lead & 0xF0) == 0xE0, 1)) /* most of Japanese: the loops go straight on from here */
        return 3;
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : 4;
}

/* Whether no character begins with `byte`. */
static inline bool
utf8_is_inside(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The character of `length` bytes at `at`. */
static inline uint32_t
utf8_decode(const uint8_t *at, unsigned length)
{
    switch (length) {
    case 1:
        return at[0];
    case 2:
        return ((uint32_t)(at[0] & 0x1F) << 6) | (at[1] & 0x3Fu);
    case 3:
        return ((uint32_t)(at[0] & 0x0F) << 12) | ((uint32_t)(at[1] & 0x3F) << 6) | (at[2] & 0x3Fu);
    default:
        return ((uint32_t)(at[0] & 0x07) << 18) | ((uint32_t)(at[1] & 0x3F) << 12) | ((uint32_t)(at[2] & 0x3F) << 6) |
               (at[3] & 0x3Fu);
    }
}

static inline unsigned
utf8_encode(uint32_t code_point, uint8_t out[4])
{
    if (code_point < 0x80) {
        out[0] = (uint8_t)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (uint8_t)(0xC0 | (code_point >> 6));
        out[1] = (uint8_t)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (uint8_t)(0xE0 | (code_point >> 12));
        out[1] = (uint8_t)(0x80 | ((code_point >> 6) & 0x3F));
        out[2] = (uint8_t)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | (code_point >> 18));
    out[1] = (uint8_t)(0x80 | ((code_point >> 12) & 0x3F));
    out[2] = (uint8_t)(0x80 | ((code_point >> 6) & 0x3F));
    out[3] = (uint8_t)(0x80 | (code_point & 0x3F));
    return 4;
}

#endif
