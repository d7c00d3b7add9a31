#include "rules/slips.h"

#include <string.h>

#include "text/intake.h"
#include "text/utf8.h"

static struct slice
line_of(struct slice text, size_t line)
{
    size_t start = 0;
    for (; line > 0 && start < text.bytes; start++)
        line -= text.data[start] == '\n';
    const uint8_t *end = start < text.bytes ? memchr(text.data + start, '\n', text.bytes - start) : NULL;
    return (struct slice){text.data + start, (end ? (size_t)(end - text.data) : text.bytes) - start};
}

static const struct slip slips[] = {
    {"\t", true, "a tab stands in the indentation", "indent with spaces"},
    {"\xE3\x80\x80", true, "a full-width space stands in the indentation", "indent with half-width spaces"},
    {"：", false, "a full-width colon stands where ':' belongs", "write a half-width ':' and a space"},
    {":\xE3\x80\x80", false, "a full-width space follows ':'", "write a half-width space behind ':'"},
    {"“", false, "a typographic quote stands where '\"' belongs", "write half-width quotes"},
};

const struct slip *
slip_find(struct slice text, size_t line, unsigned *column_out)
{
    struct slice row = line_of(text, line);
    for (size_t i = 0; i < sizeof(slips) / sizeof(*slips); i++) {
        const uint8_t *found = memmem(row.data, row.bytes, slips[i].bytes, strlen(slips[i].bytes));
        unsigned column = 1;
        bool in_indentation = true;
        for (const uint8_t *at = row.data; found && at < found; at++) {
            column += !utf8_is_inside(*at);
            in_indentation = in_indentation && *at == ' ';
        }
        if (found && (in_indentation || !slips[i].only_in_indentation)) {
            *column_out = column;
            return &slips[i];
        }
    }
    return NULL;
}

unsigned
slip_invalid_line(struct slice text)
{
    unsigned line = 1;
    for (size_t start = 0; start < text.bytes; line++) {
        const uint8_t *end = memchr(text.data + start, '\n', text.bytes - start);
        size_t bytes = (end ? (size_t)(end - text.data) : text.bytes) - start;
        if (!utf8_is_valid((struct slice){text.data + start, bytes}))
            break;
        start += bytes + 1;
    }
    return line;
}
