/* The skeleton view, from the plain one: one pass with a table; what repeats is taken back. */
#include <string.h>

#include "base/assert.h"
#include "text/view_four.h"

#define LONG_VOWEL 0xBC83E3u /* ー, first byte lowest */
#define REPEATS 3            /* that many of one character are written once */
#define GROWTH 3             /* '~' becomes ー */

struct skeleton_maker {
    struct view_writer writer;
    uint32_t newest;   /* the newest character as view_writer_put() takes it; 0 = none */
    unsigned length;   /* its bytes */
    unsigned run;      /* how often it stands at the end, 1 when it was collapsed */
    bool is_collapsed; /* the run reached REPEATS: more of it adds nothing */
    bool has_repeats;  /* at all */
    uint32_t hints;    /* the entries' kinds and hint classes */
};

static bool
is_digit(uint32_t character)
{
    return character >= '0' && character <= '9'; /* 1000 is not 10 */
}

/* Of three bytes; first byte lowest. */
static bool
is_hiragana(uint32_t character)
{
    uint32_t code_point = (character & 0x0F) << 12 | (character >> 8 & 0x3F) << 6 | (character >> 16 & 0x3F);
    return code_point >= 0x3041 && code_point <= 0x309F;
}

/* The newest character again. Hiragana in pairs are words (いい, ここ): for letters.h only three of them draw out. */
static __attribute__((noinline)) void
repeat(struct skeleton_maker *maker, uint32_t start, uint32_t end)
{
    struct view_writer *writer = &maker->writer;

    maker->has_repeats = true;
    if (maker->newest == LONG_VOWEL || maker->is_collapsed) {
        view_writer_extend(writer, writer->at - maker->length, end);
        return;
    }
    maker->run++;
    maker->hints |= maker->length == 3 && !is_hiragana(maker->newest) ? HINT_CLASSES : 0;
    if (maker->run < REPEATS || is_digit(maker->newest)) {
        view_writer_put(writer, maker->newest, maker->length, start, end);
        return;
    }
    maker->hints |= HINT_CLASSES;
    writer->at -= (REPEATS - 2) * maker->length;
    view_writer_extend(writer, writer->at - maker->length, end);
    maker->is_collapsed = true;
}

static inline void
put(struct skeleton_maker *maker, uint32_t character, unsigned length, uint32_t start, uint32_t end)
{
    if (__builtin_expect(character == maker->newest, 0)) {
        repeat(maker, start, end);
        return;
    }
    view_writer_put(&maker->writer, character, length, start, end);
    maker->newest = character;
    maker->length = length;
    maker->run = 1;
    maker->is_collapsed = false;
}

/* One character as the view has it. */
struct folded {
    uint32_t bytes; /* 0: it is left out */
    unsigned length;
    uint32_t end;
};

static struct folded
fold(const struct fold_table *table, struct slice text, uint32_t at, uint32_t *entry_out)
{
    unsigned length = utf8_length(text.data[at]);
    uint32_t entry = fold_entry(table, text.data + at, length);

    *entry_out = entry;
    switch (fold_kind(entry)) {
    case FOLD_KEEP:
        return (struct folded){view_load(text.data + at, length), length, at + length};
    case FOLD_ONE:
    case FOLD_SHORT:
        return (struct folded){fold_payload(entry), fold_length(entry), at + length};
    default: /* FOLD_DROP and FOLD_MARK; FOLD_SEVERAL does not stand in this table */
        return (struct folded){.end = at + length};
    }
}

/* か゛: takes the voiced mark behind `character`, also behind separators, if there is one and it fits. */
static void
take_mark(const struct fold_table *table, struct slice text, struct folded *character)
{
    uint8_t bytes[4] = {0};
    uint32_t entry = 0;

    for (uint32_t at = character->end; at < text.bytes && character->length == 3;) {
        struct folded next = fold(table, text, at, &entry);
        if (next.bytes != 0)
            return;
        at = next.end;
        if (fold_kind(entry) == FOLD_MARK) {
            memcpy(bytes, &character->bytes, 3);
            uint32_t composed = kana_compose(utf8_decode(bytes, 3), fold_payload(entry));
            if (composed != 0) {
                (void)utf8_encode(composed, bytes);
                character->bytes = view_load(bytes, 3);
                character->end = at;
            }
            return;
        }
    }
}

/* Four characters at `at` at once, where none is left out, repeated or of other length than three bytes. */
static inline bool
fold_four(const struct fold_table *table, struct slice text, uint32_t at, struct skeleton_maker *maker)
{
    struct view_four four;

    if (!view_four_at(table, text.data + at, &four) || (four.any & FOLD_OTHERWISE) != 0 ||
        view_four_repeats(four.characters, maker->newest)) {
        return false;
    }
    view_writer_put_four(&maker->writer, four.characters, at);
    maker->newest = four.last;
    maker->length = 3;
    maker->run = 1;
    maker->is_collapsed = false;
    maker->hints |= four.any;
    return true;
}

/* False at the first voiced mark: looking ahead for them costs, and they are rare. */
static bool
fold_unmarked(const struct fold_table *table, struct slice text, struct skeleton_maker *maker)
{
    for (uint32_t at = 0; at < text.bytes;) {
        if (fold_four(table, text, at, maker)) {
            at += UTF8_FOUR_BYTES;
            continue;
        }
        unsigned length = utf8_length(text.data[at]);
        uint32_t entry = fold_entry(table, text.data + at, length);
        uint32_t end = at + length;
        maker->hints |= entry;
        if (fold_kind(entry) == FOLD_KEEP) {
            put(maker, view_load(text.data + at, length), length, at, end);
        } else if (fold_is_one(entry)) {
            maker->hints |= fold_payload(entry) == maker->newest ? HINT_CLASSES : 0; /* ババ became hiragana */
            put(maker, fold_payload(entry), fold_length(entry), at, end);
        } else if (fold_kind(entry) == FOLD_MARK) {
            maker->hints |= HINT_CLASSES;
            return false;
        }
        at = end;
    }
    return true;
}

static void
fold_marked(const struct fold_table *table, struct slice text, struct skeleton_maker *maker)
{
    uint32_t entry;

    for (uint32_t at = 0; at < text.bytes;) {
        struct folded character = fold(table, text, at, &entry);
        maker->hints |= entry;
        take_mark(table, text, &character);
        if (character.bytes != 0)
            put(maker, character.bytes, character.length, at, character.end);
        at = character.end;
    }
}

/* Whether what was made is the text over again. */
static bool
is_unchanged(const struct skeleton_maker *maker)
{
    return !(maker->hints & FOLD_KINDS) && !maker->has_repeats;
}

static size_t
grown_bytes(struct slice text)
{
    size_t tildes = 0;
    const uint8_t *at = text.data, *end = text.data + text.bytes;

    while ((at = memchr(at, '~', (size_t)(end - at))) != NULL) {
        tildes++;
        at++;
    }
    return text.bytes + (GROWTH - 1) * tildes;
}

/* --- one letter a line -------------------------------------------------------------------------------------------- */

static bool
is_break(uint8_t byte)
{
    return byte == '\n' || byte == '\r';
}

/* A line of a skeleton and the breaks behind it. */
struct line {
    uint32_t start, end, next;
};

static struct line
line_at(struct slice text, uint32_t start)
{
    struct line line = {.start = start, .end = start};
    while (line.end < text.bytes && !is_break(text.data[line.end]))
        line.end++;
    line.next = line.end;
    while (line.next < text.bytes && is_break(text.data[line.next]))
        line.next++;
    return line;
}

/* One kana or kanji, or the same twice: with one more of it from the next line it would be one, and join its
 * neighbours. */
static bool
is_lone_letter(struct slice text, struct line line)
{
    uint32_t bytes = line.end - line.start;
    const uint8_t *first = text.data + line.start;
    if ((bytes != 3 && bytes != 6) || utf8_length(*first) != 3 || memcmp(first, first + bytes - 3, 3) != 0)
        return false;
    uint32_t c = utf8_decode(first, 3);
    return (c >= 0x3041 && c <= 0x30FE) || (c >= 0x3400 && c <= 0x9FFF);
}

static bool
is_vertical(struct slice text, uint32_t hints)
{
    if ((hints & HINT_BREAK) == 0 || memchr(text.data, '\n', text.bytes) == NULL)
        return false;
    for (struct line line = {0}; line.next < text.bytes;) {
        line = line_at(text, line.next);
        if (is_lone_letter(text, line))
            return true;
    }
    return false;
}

/* Copies the skeleton's bytes from `start` to `end`, led back to where they came from. */
static void
put_again(struct skeleton_maker *maker, const struct view *skeleton, uint32_t start, uint32_t end)
{
    while (start < end) {
        unsigned length = utf8_length(skeleton->text.data[start]);
        struct span from = view_to_parent(skeleton, (struct span){start, start + length});
        put(maker, view_load(skeleton->text.data + start, length), length, from.start, from.end);
        start += length;
    }
}

/* Leaves out the breaks beside lines of a single letter: they part no words. */
static enum status
join_lines(struct arena *arena, struct view *skeleton)
{
    struct skeleton_maker maker = {0};
    struct slice text = skeleton->text;
    enum status status = view_writer_init(&maker.writer, arena, text.bytes);
    if (status != STATUS_OK)
        return status;
    for (struct line line = line_at(text, 0), next; line.start < text.bytes; line = next) {
        next = line_at(text, line.next);
        bool is_joined = is_lone_letter(text, line) || is_lone_letter(text, next);
        put_again(&maker, skeleton, line.start, is_joined ? line.end : line.next);
    }
    ASSERT(view_writer_has_room(&maker.writer));
    view_writer_finish(&maker.writer, skeleton->parent_bytes, skeleton);
    skeleton->may_disguise = true;
    return STATUS_OK;
}

enum status
view_make_skeleton(const struct view_tables *tables, struct arena *arena, const struct view *plain,
                   struct view *skeleton_out)
{
    struct skeleton_maker maker = {0};
    enum status status = view_writer_init(&maker.writer, arena, grown_bytes(plain->text));
    if (status != STATUS_OK)
        return status;
    if (!fold_unmarked(&tables->skeleton, plain->text, &maker)) {
        maker = (struct skeleton_maker){.writer = maker.writer, .hints = maker.hints};
        maker.writer.at = 0;
        fold_marked(&tables->skeleton, plain->text, &maker);
    }
    ASSERT(view_writer_has_room(&maker.writer));
    if (is_unchanged(&maker))
        *skeleton_out = (struct view){.text = plain->text, .parent_bytes = (uint32_t)plain->text.bytes};
    else
        view_writer_finish(&maker.writer, (uint32_t)plain->text.bytes, skeleton_out);
    skeleton_out->may_disguise = (maker.hints & HINT_CLASSES) != 0;
    return is_vertical(skeleton_out->text, maker.hints) ? join_lines(arena, skeleton_out) : STATUS_OK;
}
