/* Words and a text made of few letters: the lexicon finds what a search without any idea finds, in the order it
 * promises, and what stands behind the text does not matter. A line break ends a word; the last line is the text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "engine/lexicon.h"

#define MAX_WORDS 64
#define MAX_BYTES ((size_t)256) /* of input: the plain search is slow */
#define MAX_HITS 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Letters of one to four bytes, some of which share their first ones. */
static const char *const letters[] = {
    "あ", "い", "う", "電", "話", "a", "b", "1", "é", "\xC3\xAA", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x81"};

static struct buffer bytes; /* of words and text, one after another */
static struct slice words[MAX_WORDS], text;
static size_t word_count;

static bool
is_known(struct slice word)
{
    for (size_t i = 0; i < word_count; i++)
        if (slice_equal(words[i], word))
            return true;
    return false;
}

static void
read_input(const uint8_t *data, size_t size)
{
    uint8_t *start;

    buffer_clear(&bytes);
    word_count = 0;
    start = buffer_reserve(&bytes, 4 * size + LEXICON_PADDING_BYTES); /* does not move below */
    ASSERT(start != NULL);
    for (size_t i = 0; i < size; i++) {
        if (data[i] != '\n') {
            buffer_append_text(&bytes, letters[data[i] % (sizeof letters / sizeof *letters)]);
            continue;
        }
        const struct slice word = {start, (size_t)(bytes.data + bytes.bytes - start)};
        if (word.bytes > 0 && word_count < MAX_WORDS && !is_known(word))
            words[word_count++] = word;
        start = bytes.data + bytes.bytes;
    }
    text = (struct slice){start, (size_t)(bytes.data + bytes.bytes - start)};
}

/* By start, the longer first. */
static size_t
search_plainly(struct lexicon_hit *hits)
{
    size_t count = 0;

    for (uint32_t at = 0; at < text.bytes; at++)
        for (size_t length = text.bytes - at; length > 0; length--)
            for (size_t i = 0; i < word_count; i++)
                if (words[i].bytes == length && memcmp(words[i].data, text.data + at, length) == 0)
                    hits[count++] = (struct lexicon_hit){(uint32_t)i, {at, at + (uint32_t)length}};
    return count;
}

static void
check_scan(const struct lexicon *lexicon, const struct lexicon_hit *expected, size_t wanted, uint8_t behind)
{
    static struct lexicon_hit hits[MAX_HITS];
    uint8_t *copy = malloc(text.bytes + LEXICON_PADDING_BYTES); /* so that a read beyond it is seen */
    size_t count = 0, few = 0;

    ASSERT(copy != NULL);
    memcpy(copy, text.data, text.bytes);
    memset(copy + text.bytes, behind, LEXICON_PADDING_BYTES);
    ASSERT(lexicon_scan(lexicon, (struct slice){copy, text.bytes}, hits, MAX_HITS, &count) == STATUS_OK);
    ASSERT(count == wanted);
    for (size_t i = 0; i < count; i++)
        ASSERT(hits[i].id == expected[i].id && hits[i].span.start == expected[i].span.start &&
               hits[i].span.end == expected[i].span.end);
    if (wanted > 1)
        ASSERT(lexicon_scan(lexicon, (struct slice){copy, text.bytes}, hits, wanted - 1, &few) == STATUS_BUDGET &&
               few == wanted - 1);
    free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lexicon_hit expected[MAX_HITS * 4];
    struct lexicon *lexicon = NULL;
    size_t bad = 0;

    if (size > MAX_BYTES)
        return 0;
    read_input(data, size);
    ASSERT(lexicon_create(words, word_count, &lexicon, &bad) == STATUS_OK);
    const size_t wanted = search_plainly(expected);
    if (wanted < MAX_HITS) {
        check_scan(lexicon, expected, wanted, 0);
        check_scan(lexicon, expected, wanted, 0xE3);
    }
    lexicon_destroy(&lexicon);
    return 0;
}
