#include "rules/requires.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ASCII_BYTES 65536
#define NOTHING ((struct requires){0})

/* Each reader moves *at behind what it read and says what that part always brings. */
static struct requires read_alternation(const char **at);

/* --- sets of characters and words --------------------------------------------------------------------------------- */

static bool
is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static void
add_character(struct requires *set, unsigned char c)
{
    set->ascii[c / 64] |= 1ull << c % 64;
}

static bool
has_character(const struct requires *set, unsigned char c)
{
    return set->ascii[c / 64] >> c % 64 & 1;
}

/* How often one of the set stands in a text by chance, in no unit. */
static unsigned
commonness(const struct requires *set)
{
    unsigned sum = 0;
    if (!set->one_of)
        return UINT_MAX;
    for (unsigned char c = 0; c < 128; c++)
        sum += !has_character(set, c) ? 0 : is_letter(c) ? 8 : c == ' ' ? 6 : is_digit(c) ? 4 : 1;
    for (uint32_t i = 0; i < set->word_count; i++) {
        bool is_short = strlen(set->words[i]) <= 3; /* one kana or kanji */
        sum += is_short ? 4 : 1;
    }
    return sum;
}

static void
take_set(struct requires *to, const struct requires *from)
{
    to->one_of = from->one_of;
    memcpy(to->ascii, from->ascii, sizeof(to->ascii));
    memcpy(to->words, from->words, sizeof(to->words));
    to->word_count = from->word_count;
}

static void
clear_set(struct requires *of)
{
    struct requires none = NOTHING;
    take_set(of, &none);
}

/* What `all` is followed by: `part`, at least `times`. */
static void
follow(struct requires *all, const struct requires *part, unsigned long times)
{
    if (times == 0)
        return;
    unsigned long most = MOST_ASCII_BYTES / (part->ascii_bytes + 1ul);
    all->digit |= part->digit;
    all->ascii_bytes += part->ascii_bytes * (uint32_t)(times < most ? times : most);
    all->ascii_bytes = all->ascii_bytes < MOST_ASCII_BYTES ? all->ascii_bytes : MOST_ASCII_BYTES;
    if (commonness(part) < commonness(all))
        take_set(all, part);
}

/* What `all` or `other` bring. */
static void
alternate(struct requires *all, const struct requires *other)
{
    all->digit &= other->digit;
    all->ascii_bytes = all->ascii_bytes < other->ascii_bytes ? all->ascii_bytes : other->ascii_bytes;
    if (!all->one_of || !other->one_of || all->word_count + other->word_count > REQUIRES_WORDS) {
        clear_set(all);
        return;
    }
    all->ascii[0] |= other->ascii[0];
    all->ascii[1] |= other->ascii[1];
    memcpy(all->words + all->word_count, other->words, other->word_count * sizeof(*other->words));
    all->word_count += other->word_count;
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

/* What may stand in a class; only a class of ASCII alone is a set. */
struct members {
    struct requires set;
    bool is_ascii;
    bool has_others; /* than digits */
};

static void
add_members(struct members *members, unsigned char first, unsigned char last)
{
    members->is_ascii &= last < 0x80;
    for (unsigned c = first; c <= last && c < 0x80; c++)
        add_character(&members->set, (unsigned char)c);
    members->has_others |= !is_digit(first) || !is_digit(last);
}

static struct requires read_class(const char **at)
{
    const char *p = *at + 1;
    struct members members = {.is_ascii = *p != '^', .has_others = *p == '^'};
    p += *p == '^';
    for (bool first = true; *p && (*p != ']' || first); first = false) {
        if (*p == '[' && p[1] == ':') {
            members.is_ascii = false;
            members.has_others = true;
            p = strstr(p, ":]") ? strstr(p, ":]") + 2 : p + 1;
            continue;
        }
        bool is_escape = *p == '\\' && p[1];
        p += is_escape;
        unsigned char from = (unsigned char)*p++, to = from;
        if (is_escape && from == 'd') {
            add_members(&members, '0', '9');
            continue;
        }
        members.is_ascii &= !is_escape || (!is_letter(from) && !is_digit(from));
        if (*p == '-' && p[1] && p[1] != ']') {
            to = (unsigned char)p[1];
            members.is_ascii &= to != '\\';
            p += 2;
        }
        add_members(&members, from, to);
    }
    *at = *p ? p + 1 : p;
    struct requires part = NOTHING;
    part.digit = !members.has_others;
    if (members.is_ascii) {
        part.ascii_bytes = 1;
        take_set(&part, &members.set);
        part.one_of = true;
    }
    return part;
}

/* Behind "(": a look-around proves nothing, everything else what is inside. */
static struct requires read_group(const char **at)
{
    const char *p = *at + 1;
    bool counts = true;
    if (*p == '?') {
        p++;
        counts = *p == ':' || *p == '>' || *p == 'P' || (*p == '<' && p[1] != '=' && p[1] != '!');
        while (*p && !strchr(":>=!)", *p))
            p++;
        p += *p && *p != ')';
    }
    struct requires inside = read_alternation(&p);
    *at = *p == ')' ? p + 1 : p;
    return counts ? inside : NOTHING;
}

/* A character that stands for itself; its bytes go to `literal`. */
static struct requires read_literal(const char **at, char literal[5])
{
    struct requires part = NOTHING;
    unsigned char lead = (unsigned char)**at;
    unsigned bytes = 0;
    do {
        literal[bytes++] = *(*at)++;
    } while (bytes < 4 && ((unsigned char)**at & 0xC0) == 0x80);
    literal[bytes] = '\0';
    part.digit = is_digit(lead);
    part.ascii_bytes = lead < 0x80;
    return part;
}

static struct requires read_escape(const char **at, char literal[5])
{
    unsigned char c = (unsigned char)(*at)[1];
    if (c && !is_letter(c)) {
        (*at)++;
        return read_literal(at, literal);
    }
    bool braced = (c == 'p' || c == 'P' || c == 'x') && (*at)[2] == '{';
    *at += c ? 2 : 1;
    while (braced && **at && *(*at)++ != '}') {
    }
    struct requires part = NOTHING;
    part.digit = c == 'd';
    return part;
}

static struct requires read_part(const char **at, char literal[5])
{
    literal[0] = '\0';
    switch (**at) {
    case '[':
        return read_class(at);
    case '(':
        return read_group(at);
    case '\\':
        return read_escape(at, literal);
    case '.':
    case '^':
    case '$':
        (*at)++;
        return NOTHING;
    default:
        return read_literal(at, literal);
    }
}

/* How often the part before *at stands at least. */
static unsigned long
read_quantifier(const char **at, bool *is_quantified)
{
    unsigned long least = 1;
    *is_quantified = true;
    if (**at == '{' && is_digit((unsigned char)(*at)[1])) {
        least = strtoul(*at + 1, NULL, 10);
        *at += strcspn(*at, "}");
        *at += **at == '}';
    } else if (**at == '?' || **at == '*' || **at == '+') {
        least = *(*at)++ == '+';
    } else {
        *is_quantified = false;
        return least;
    }
    *at += **at == '?' || **at == '+'; /* lazy, possessive */
    return least;
}

/* --- sequences ---------------------------------------------------------------------------------------------------- */

/* Takes the characters in a row that end here as a set of one. */
static void
end_word(struct requires *all, char word[REQUIRES_WORD_BYTES])
{
    struct requires part = {.one_of = true};
    if (word[0] == '\0')
        return;
    if (word[1] == '\0' && (unsigned char)word[0] < 0x80)
        add_character(&part, (unsigned char)word[0]);
    else
        memcpy(part.words[part.word_count++], word, REQUIRES_WORD_BYTES);
    follow(all, &part, 1);
    memset(word, 0, REQUIRES_WORD_BYTES);
}

static struct requires read_sequence(const char **at)
{
    struct requires all = NOTHING;
    char word[REQUIRES_WORD_BYTES] = "", literal[5];
    while (**at && **at != '|' && **at != ')') {
        bool is_quantified;
        struct requires part = read_part(at, literal);
        unsigned long least = read_quantifier(at, &is_quantified);
        follow(&all, &part, least);
        bool is_literal = literal[0] != '\0' && least > 0;
        if (!is_literal || strlen(word) + strlen(literal) >= sizeof(word))
            end_word(&all, word);
        if (is_literal)
            memcpy(word + strlen(word), literal, strlen(literal) + 1);
        if (is_quantified)
            end_word(&all, word);
    }
    end_word(&all, word);
    return all;
}

static struct requires read_alternation(const char **at)
{
    struct requires all = read_sequence(at);
    while (**at == '|') {
        (*at)++;
        struct requires other = read_sequence(at);
        alternate(&all, &other);
    }
    return all;
}

/* Whether nothing stands in it that the readers above would take for characters: options, verbs, conditions, numbers of
 * characters. */
static bool
is_plain(const char *expression)
{
    for (const char *p = expression; *p; p++) {
        if (*p == '\\') {
            p++;
            bool is_braced = *p != '\0' && strchr("pPx", *p) && p[1] == '{';
            if (*p == '\0' || is_digit((unsigned char)*p) ||
                (is_letter((unsigned char)*p) && !is_braced && !strchr("dDsSwWbBAzZnrtfRvVhHX", *p))) {
                return false;
            }
        } else if (*p == '(' && p[1] == '*') {
            return false;
        } else if (*p == '(' && p[1] == '?' && !(p[2] && strchr(":=!><", p[2])) && strncmp(p + 2, "P<", 2) != 0) {
            return false;
        }
    }
    return true;
}

void
requires_read(const char *expression, struct requires *requires_out)
{
    *requires_out = is_plain(expression) ? read_alternation(&expression) : NOTHING;
}
