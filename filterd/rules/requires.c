#include "rules/requires.h"

#include <stdlib.h>
#include <string.h>

/* Each reader moves *at behind what it read and says whether that part always brings a digit. */
static bool read_alternation(const char **at);

/* A class brings a digit when nothing but digits can stand in it. */
static bool
read_class(const char **at)
{
    const char *p = *at + 1;
    bool only_digits = *p != '^';
    p += *p == '^';
    for (bool first = true; *p && (*p != ']' || first); first = false) {
        if (*p == '\\' && p[1]) {
            only_digits &= p[1] == 'd';
            p += 2;
        } else if (*p == '[' && p[1] == ':') {
            only_digits = false;
            p = strstr(p, ":]") ? strstr(p, ":]") + 2 : p + 1;
        } else {
            only_digits &= (*p >= '0' && *p <= '9') || (*p == '-' && !first && p[1] != ']');
            p++;
        }
    }
    *at = *p ? p + 1 : p;
    return only_digits;
}

static bool
read_escape(const char **at)
{
    bool digit = (*at)[1] == 'd';
    bool braced = ((*at)[1] == 'p' || (*at)[1] == 'P' || (*at)[1] == 'x') && (*at)[2] == '{';
    *at += (*at)[1] ? 2 : 1;
    while (braced && **at && *(*at)++ != '}')
        ;
    return digit;
}

/* Behind "(": a look-around proves nothing, everything else what is inside. */
static bool
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
    bool digit = read_alternation(&p);
    *at = *p == ')' ? p + 1 : p;
    return digit && counts;
}

/* Whether the quantifier at *at (or none) lets the part before it be absent. */
static bool
read_quantifier(const char **at)
{
    bool absent = **at == '?' || **at == '*';
    if (**at == '{' && (*at)[1] >= '0' && (*at)[1] <= '9') {
        absent = strtol(*at + 1, NULL, 10) == 0;
        *at += strcspn(*at, "}");
        *at += **at == '}';
    } else if (absent || **at == '+') {
        (*at)++;
    } else {
        return false;
    }
    *at += **at == '?' || **at == '+'; /* lazy, possessive */
    return absent;
}

static bool
read_part(const char **at)
{
    switch (**at) {
    case '[':
        return read_class(at);
    case '(':
        return read_group(at);
    case '\\':
        return read_escape(at);
    default:
        (*at)++;
        return (*at)[-1] >= '0' && (*at)[-1] <= '9';
    }
}

static bool
read_sequence(const char **at)
{
    bool digit = false;
    while (**at && **at != '|' && **at != ')') {
        bool part = read_part(at), absent = read_quantifier(at);
        digit |= part && !absent;
    }
    return digit;
}

static bool
read_alternation(const char **at)
{
    bool digit = read_sequence(at);
    while (**at == '|') {
        (*at)++;
        digit &= read_sequence(at);
    }
    return digit;
}

bool
requires_digit(const char *expression)
{
    return read_alternation(&expression);
}
