#include "text/borders.h"

#include "text/utf8.h"

#define WALKS 24       /* at once */
#define TEXT_BYTES 512 /* what the tokenizer takes at once: longer texts it cuts where it likes */

/* --- places ------------------------------------------------------------------------------------------------------- */

/* A byte of an ASCII word. Long ones are never shown to MeCab (tokens.c). */
static bool
is_ascii_letter(uint8_t byte)
{
    return byte > ' ' && byte < 0x80;
}

/* A way through the dictionary from one place on, and what it has there: a word beyond the border, or one that is sure
 * to stay whole when the tokenizer cuts the text, since its bytes are of one kind. */
struct walk {
    uint32_t start, at; /* so far it has come */
    uint32_t base;
    uint32_t kind;
    bool goes_on; /* up to the border each character is of a kind with the next */
    bool reaches; /* an unknown word may begin here and cross the border, where no word is known */
    bool is_whole;
    bool crosses;
    bool is_known; /* looked up only where it reaches */
};

/* One byte on; words end behind a character. False: no word goes on. */
static inline bool
walk_on(const struct dictionary *dictionary, struct slice text, uint32_t border, struct walk *walk)
{
    const struct word_list *words = &dictionary->known;
    const bool is_ascii = text.data[walk->start] < 0x80;
    uint8_t byte = text.data[walk->at++];
    if (!word_list_go_on(words, byte, &walk->base))
        return false;
    walk->is_whole &= is_ascii ? is_ascii_letter(byte) : byte >= 0x80;
    if (walk->at < text.bytes && utf8_is_inside(text.data[walk->at]))
        return true;
    if ((walk->reaches || walk->at > border) && word_list_has(words, walk->base)) {
        walk->crosses |= walk->at > border;
        walk->is_known |= walk->is_whole;
    }
    return walk->at < text.bytes;
}

/* All in step: a unit lies anywhere in 11 MB, and while one of them waits for its own the others wait for theirs. */
static void
walk_all(const struct dictionary *dictionary, struct slice text, uint32_t border, struct walk *walks, unsigned count)
{
    uint8_t going[WALKS];
    for (unsigned i = 0; i < count; i++)
        going[i] = (uint8_t)i;
    while (count > 0) {
        unsigned kept = 0;
        for (unsigned i = 0; i < count; i++) {
            struct walk *walk = &walks[going[i]];
            if (!walk_on(dictionary, text, border, walk))
                continue;
            __builtin_prefetch(dictionary->known.units + walk->base + text.data[walk->at] + 1);
            going[kept++] = going[i];
        }
        count = kept;
    }
}

/* The walk that begins one character before another. */
static struct walk
walk_before(const struct dictionary *dictionary, struct slice text, uint32_t border, const struct walk *behind)
{
    uint32_t start = behind->start;
    do {
        start--;
    } while (utf8_is_inside(text.data[start]));
    uint32_t kind = dictionary_kind(dictionary, text, start);
    bool goes_on = behind->goes_on && (kind & behind->kind & KIND_MASK) != 0;
    return (struct walk){.start = start,
                         .at = start,
                         .base = (uint32_t)dictionary->known.units[0].base,
                         .kind = kind,
                         .goes_on = goes_on,
                         .reaches = goes_on && (behind->start == border || (kind & KIND_IS_GROUP) != 0),
                         .is_whole = true};
}

bool
borders_is_sure(const struct dictionary *dictionary, struct slice text, uint32_t from, uint32_t at)
{
    if (at == from || at >= text.bytes)
        return true;
    if (text.bytes > TEXT_BYTES || (is_ascii_letter(text.data[at - 1]) && is_ascii_letter(text.data[at])))
        return false;
    struct walk walks[WALKS], behind = {.start = at, .kind = dictionary_kind(dictionary, text, at), .goes_on = true};
    while (behind.start > from) {
        unsigned count = 0;
        for (; count < WALKS && behind.start > from; behind = walks[count++]) {
            walks[count] = walk_before(dictionary, text, at, &behind);
            if (walks[count].reaches && (walks[count].kind & KIND_IS_INVOKED) != 0)
                return false;
        }
        walk_all(dictionary, text, at, walks, count);
        for (unsigned i = 0; i < count; i++)
            if (walks[i].crosses || (walks[i].reaches && !walks[i].is_known))
                return false;
    }
    return true;
}
