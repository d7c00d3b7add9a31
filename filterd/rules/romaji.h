/* rules/romaji.h - kana in Latin letters, as people type them.
 *
 * Threads: no state. Errors: none.
 */
#ifndef RULES_ROMAJI_H
#define RULES_ROMAJI_H

#include <stddef.h>

#include "base/span.h"

enum romaji_style {
    ROMAJI_HEPBURN, /* shi chi tsu ja */
    ROMAJI_KUNREI,  /* si ti tu zya */
    ROMAJI_HEPBURN_SHORT,
    ROMAJI_KUNREI_SHORT, /* short: without the second half of long vowels (yaro for yarou) */
    ROMAJI_STYLE_COUNT
};

/* `kana`: UTF-8, either kind. Writes lower case letters without a NUL; the count, or 0 when something is no kana or
 * `room` is too small. */
size_t romaji_write(struct slice kana, enum romaji_style style, char *out, size_t room);

#endif
