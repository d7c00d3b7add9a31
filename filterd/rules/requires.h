/* rules/requires.h - what every match of an expression must contain, read from the expression.
 *
 * A conservative reading of PCRE2 syntax: what is said is proved, the rest means not proved. Look-arounds, optional and
 * unknown parts prove nothing.
 */
#ifndef RULES_REQUIRES_H
#define RULES_REQUIRES_H

#include <stdbool.h>
#include <stdint.h>

enum { REQUIRES_WORDS = 16, REQUIRES_WORD_BYTES = 16 };

struct requires
{
    uint32_t ascii_bytes; /* at least so many ASCII characters … */
    uint32_t digits;      /* … of which so many are 0-9 */
    bool one_of;          /* one of the characters or words below; else they are empty */
    bool is_behind;       /* it stands right behind one of the characters `before` */
    uint64_t ascii[2];    /* a bit for each */
    uint64_t before[2];   /* a bit for each */
    uint32_t word_count;
    char words[REQUIRES_WORDS][REQUIRES_WORD_BYTES]; /* each NUL-terminated, also at its longest */
};

/* `expression` compiles without options, case matters. Of several sets one is chosen whose members are rare in chat. */
void requires_read(const char *expression, struct requires *requires_out);

#endif
