#include "rules/requires.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

#define MOST_ASCII_BYTES 65536
#define ANYWHERE 4 /* times as common as behind known characters */
/* What may stand at a place: some ASCII characters, any others, or the border of the part that is read. */
struct edge {
    uint64_t ascii[2];
    bool others, border;
};

/* What a part of the expression always brings. */
struct part {
    struct requires holds;
    struct edge before; /* the member of the set that is in the match */
    struct edge end;    /* what it ends with; the border: it may be empty */
};

#define EMPTY ((struct part){.end.border = true})
#define ANYTHING ((struct part){.end = {.others = true, .border = true}})

/* Each reader moves *at behind what it read. */
static struct part read_alternation(const char **at);

/* --- edges -------------------------------------------------------------------------------------------------------- */

static void
edge_add(struct edge *edge, const struct edge *other)
{
    edge->ascii[0] |= other->ascii[0];
    edge->ascii[1] |= other->ascii[1];
    edge->others |= other->others;
    edge->border |= other->border;
}

/* What stands there once `outer` stands before the part. */
static struct edge
edge_behind(struct edge edge, const struct edge *outer)
{
    bool is_open = edge.border;
    edge.border = false;
    if (is_open)
        edge_add(&edge, outer);
    return edge;
}

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
commonness(const struct part *part)
{
    const struct requires *set = &part->holds;
    unsigned sum = 0;
    if (!set->one_of)
        return UINT_MAX;
    for (unsigned char c = 0; c < 128; c++)
        sum += !has_character(set, c) ? 0 : is_letter(c) ? 8 : c == ' ' ? 6 : is_digit(c) ? 4 : 1;
    for (uint32_t i = 0; i < set->word_count; i++) {
        bool is_short = strlen(set->words[i]) <= 3; /* one kana or kanji */
        sum += is_short ? 4 : 1;
    }
    return part->before.others ? sum * ANYWHERE : sum;
}

static void
take_set(struct part *to, const struct part *from)
{
    to->holds.one_of = from->holds.one_of;
    memcpy(to->holds.ascii, from->holds.ascii, sizeof(to->holds.ascii));
    memcpy(to->holds.words, from->holds.words, sizeof(to->holds.words));
    to->holds.word_count = from->holds.word_count;
    to->before = from->before;
}

/* A number that the message must reach: `all` and at least `times` that of the part. */
static uint32_t
add_times(uint32_t all, uint32_t part, unsigned long times)
{
    uint64_t sum = all + (uint64_t)part * (times < MOST_ASCII_BYTES ? times : MOST_ASCII_BYTES);
    return (uint32_t)(sum < MOST_ASCII_BYTES ? sum : MOST_ASCII_BYTES);
}

/* What `all` is followed by: `part`, at least `times`. Of a part that is repeated the first is what stands behind. */
static void
follow(struct part *all, const struct part *part, unsigned long times)
{
    struct part next = *part;
    next.end.border |= times == 0;
    struct edge end = edge_behind(next.end, &all->end);
    if (times > 0) {
        all->holds.digits = add_times(all->holds.digits, part->holds.digits, times);
        all->holds.ascii_bytes = add_times(all->holds.ascii_bytes, part->holds.ascii_bytes, times);
        next.before = edge_behind(part->before, &all->end);
        if (commonness(&next) < commonness(all))
            take_set(all, &next);
    }
    all->end = end;
}

/* What `all` or `other` bring. */
static void
alternate(struct part *all, const struct part *other)
{
    struct requires *holds = &all->holds;
    const struct requires *more = &other->holds;
    edge_add(&all->end, &other->end);
    holds->digits = holds->digits < more->digits ? holds->digits : more->digits;
    holds->ascii_bytes = holds->ascii_bytes < more->ascii_bytes ? holds->ascii_bytes : more->ascii_bytes;
    if (!holds->one_of || !more->one_of || holds->word_count + more->word_count > REQUIRES_WORDS) {
        take_set(all, &EMPTY);
        return;
    }
    edge_add(&all->before, &other->before);
    holds->ascii[0] |= more->ascii[0];
    holds->ascii[1] |= more->ascii[1];
    memcpy(holds->words + holds->word_count, more->words, more->word_count * sizeof(*more->words));
    holds->word_count += more->word_count;
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

static struct part
read_class(const char **at)
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
    struct part part = {.holds.digits = !members.has_others, .before.border = true, .end.others = true};
    if (members.is_ascii) {
        part.holds.ascii_bytes = 1;
        part.holds.one_of = true;
        memcpy(part.holds.ascii, members.set.ascii, sizeof(part.holds.ascii));
        part.end = (struct edge){.ascii = {members.set.ascii[0], members.set.ascii[1]}};
    }
    return part;
}

/* Behind "(": a look-around proves nothing, everything else what is inside. */
static struct part
read_group(const char **at)
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
    struct part inside = read_alternation(&p);
    *at = *p == ')' ? p + 1 : p;
    return counts ? inside : EMPTY;
}

/* A character that stands for itself; its bytes go to `literal`. */
static struct part
read_literal(const char **at, char literal[5])
{
    struct part part = {.end.others = (unsigned char)**at >= 0x80};
    unsigned char lead = (unsigned char)**at;
    unsigned bytes = 0;
    do {
        literal[bytes++] = *(*at)++;
    } while (bytes < 4 && utf8_is_inside((uint8_t) * *at));
    literal[bytes] = '\0';
    part.holds.digits = is_digit(lead);
    part.holds.ascii_bytes = lead < 0x80;
    if (lead < 0x80)
        part.end.ascii[lead / 64] = 1ull << lead % 64;
    return part;
}

static struct part
read_escape(const char **at, char literal[5])
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
    struct part part = ANYTHING;
    part.holds.digits = part.holds.ascii_bytes = c == 'd';
    return part;
}

static struct part
read_part(const char **at, char literal[5])
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
        return ANYTHING;
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

/* Characters in a row. */
struct row {
    char word[REQUIRES_WORD_BYTES];
    struct edge before;
};

/* Takes the row that ends here as a set of one. */
static void
end_row(struct part *all, struct row *row)
{
    struct part part = {.holds.one_of = true, .before = row->before, .end.border = true};
    if (row->word[0] == '\0')
        return;
    if (row->word[1] == '\0' && (unsigned char)row->word[0] < 0x80)
        add_character(&part.holds, (unsigned char)row->word[0]);
    else
        memcpy(part.holds.words[part.holds.word_count++], row->word, REQUIRES_WORD_BYTES);
    if (commonness(&part) < commonness(all))
        take_set(all, &part);
    memset(row->word, 0, REQUIRES_WORD_BYTES);
}

static struct part
read_sequence(const char **at)
{
    struct part all = EMPTY;
    struct row row = {.word = ""};
    char literal[5];
    while (**at && **at != '|' && **at != ')') {
        bool is_quantified;
        struct part part = read_part(at, literal);
        unsigned long least = read_quantifier(at, &is_quantified);
        bool is_literal = literal[0] != '\0' && least > 0;
        if (!is_literal || strlen(row.word) + strlen(literal) >= sizeof(row.word))
            end_row(&all, &row);
        if (row.word[0] == '\0')
            row.before = all.end;
        follow(&all, &part, least);
        if (is_literal)
            memcpy(row.word + strlen(row.word), literal, strlen(literal) + 1);
        if (is_quantified)
            end_row(&all, &row);
    }
    end_row(&all, &row);
    return all;
}

static struct part
read_alternation(const char **at)
{
    struct part all = read_sequence(at);
    while (**at == '|') {
        (*at)++;
        struct part other = read_sequence(at);
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
    struct part all = is_plain(expression) ? read_alternation(&expression) : EMPTY;
    *requires_out = all.holds;
    requires_out->is_behind = all.holds.one_of && !all.before.others && !all.before.border;
    if (requires_out->is_behind)
        memcpy(requires_out->before, all.before.ascii, sizeof(all.before.ascii));
}
