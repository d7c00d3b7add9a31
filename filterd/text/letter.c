#include "text/letter.h"

uint32_t
letter_kana(uint32_t c)
{
    static const uint64_t small[2] = {1ull << 0x01 | 1ull << 0x03 | 1ull << 0x05 | 1ull << 0x07 | 1ull << 0x09 |
                                          1ull << 0x23, /* ぁぃぅぇぉ っ */
                                      1ull << 0x03 | 1ull << 0x05 | 1ull << 0x07 | 1ull << 0x0E}; /* ゃゅょ ゎ */
    if ((c >= 0x30A1 && c <= 0x30F6) || c == 0x30FD || c == 0x30FE)
        c -= 0x60;
    if (c == 0x3095 || c == 0x3096) /* ゕ ゖ */
        return c == 0x3095 ? u'か' : u'け';
    uint32_t at = c - 0x3040;
    return at < 128 ? c + (uint32_t)(small[at / 64] >> at % 64 & 1) : c;
}
