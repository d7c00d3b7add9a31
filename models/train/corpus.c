#include "corpus.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "text/utf8.h"

enum { MAX_SPANS = 256, MAX_TEXT_BYTES = 60000 };

void
die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

/* Names as ranges of code points -> as byte ranges. */
static size_t
read_spans(const char *field, const uint8_t *text, size_t bytes, struct span *spans)
{
    size_t count = 0;
    while (*field && *field != '\t' && count < MAX_SPANS) {
        char *end;
        unsigned long first = strtoul(field, &end, 10), last = strtoul(end + 1, &end, 10), at = 0;
        for (size_t i = 0; i <= bytes; i++) {
            if (i < bytes && utf8_is_inside(text[i]))
                continue;
            if (at == first)
                spans[count].start = (uint32_t)i;
            if (at == last)
                spans[count].end = (uint32_t)i;
            at++;
        }
        count++;
        field = *end == ',' ? end + 1 : end;
    }
    return count;
}

/* A character of the plain view belongs to a name when all of its source does. */
static void
set_labels(struct sentence *sentence, const struct view *plain, const struct span *spans, size_t span_count)
{
    memset(sentence->labels, NAME_O, sentence->count);
    for (size_t s = 0; s < span_count; s++) {
        uint32_t first = UINT32_MAX, last = 0;
        for (uint32_t i = 0; i < sentence->count; i++) {
            uint32_t byte = sentence->text.offsets[i];
            uint32_t from = plain->from ? plain->from[byte] : byte;
            if (from >= spans[s].start && from < spans[s].end) {
                first = first == UINT32_MAX ? i : first;
                last = i;
            }
        }
        if (first == UINT32_MAX)
            continue;
        for (uint32_t i = first; i <= last; i++)
            sentence->labels[i] = first == last ? NAME_S : i == first ? NAME_B : i == last ? NAME_E : NAME_I;
    }
}

static size_t
unescape(const char *from, size_t bytes, uint8_t *to)
{
    size_t written = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (from[i] == '\\' && i + 1 < bytes) {
            i++;
            to[written++] = from[i] == 'n' ? '\n' : from[i] == 't' ? '\t' : (uint8_t)from[i];
        } else {
            to[written++] = (uint8_t)from[i];
        }
    }
    return written;
}

static void
take_line(char *line, size_t bytes, const struct view_tables *views, struct arena *arena, struct corpus *corpus)
{
    char *weight = memchr(line, '\t', bytes);
    char *spans_field = weight ? strchr(weight + 1, '\t') : NULL;
    char *text_field = spans_field ? strchr(spans_field + 1, '\t') : NULL;
    if (!text_field)
        die("a line has no four fields");
    size_t text_bytes = bytes - (size_t)(text_field + 1 - line);
    uint8_t *raw = arena_alloc(arena, text_bytes + 64);
    if (text_bytes > MAX_TEXT_BYTES || !raw)
        die("a text is too long");
    text_bytes = unescape(text_field + 1, text_bytes, raw);
    memset(raw + text_bytes, 0, 64);
    struct slice text = {raw, text_bytes};
    struct span spans[MAX_SPANS];
    size_t span_count = read_spans(spans_field + 1, raw, text_bytes, spans);
    struct view plain;
    if (view_make_plain(views, arena, text, NULL, 0, &plain) != STATUS_OK)
        die("no plain view");
    if (corpus->count == corpus->capacity) {
        corpus->capacity = corpus->capacity ? 2 * corpus->capacity : 4096;
        corpus->sentences = realloc(corpus->sentences, corpus->capacity * sizeof *corpus->sentences);
    }
    struct sentence *sentence = &corpus->sentences[corpus->count++];
    *sentence = (struct sentence){.held = strncmp(line, "held-text", 9) == 0 ? HELD_TEXT
                                          : strncmp(line, "held", 4) == 0    ? HELD_MESSAGE
                                                                             : 0,
                                  .weight = strtof(weight + 1, NULL)};
    void *memory = malloc(names_text_bytes(plain.text.bytes));
    names_text_fill(text, &plain, memory, &sentence->text);
    sentence->count = sentence->text.count;
    sentence->labels = malloc(sentence->count + 1);
    set_labels(sentence, &plain, spans, span_count);
}

void
corpus_read(const char *path, const struct view_tables *views, struct corpus *corpus)
{
    struct buffer file;
    struct arena *arena;
    buffer_init(&file);
    if (file_read(path, 1u << 30, &file) != STATUS_OK || arena_create(64u << 20, &arena) != STATUS_OK)
        die("%s: cannot be read", path);
    buffer_append_byte(&file, 0);
    for (char *line = (char *)file.data; *line;) {
        char *end = strchr(line, '\n');
        if (!end)
            die("%s: the last line does not end", path);
        *end = 0;
        take_line(line, (size_t)(end - line), views, arena, corpus);
        arena_reset(arena);
        line = end + 1;
    }
    arena_destroy(&arena);
    buffer_fini(&file);
}
