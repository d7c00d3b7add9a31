#include "engine/lexicon.h"

#include <stdlib.h>

#include "base/pages.h"
#include "text/utf8.h"
#include "text/utf8_four.h"

#define NONE UINT32_MAX
#define HEAD_CHARACTERS 3 /* by so many of its first characters a word is looked up, or by all it has */
#define FILTER_MIN_BITS (8 * PAGES_LINE_BYTES)
#define FILTER_BITS_PER_HEAD 16
#define BLOCK_BYTES 240 /* more than most messages have: their places wait for the filters together */
/* Of the blocks before, of one, a little further and behind the end. */
#define ROW_CHARACTERS (BLOCK_BYTES + UTF8_FOUR + 2 * (HEAD_CHARACTERS - 1))
_Static_assert(ROW_CHARACTERS <= UINT8_MAX + 1, "the number of a place is a byte");

/* Words in the order of their bytes: those that begin with the same characters stand together, and a word stands before
 * those that it begins. */
struct word {
    uint32_t at; /* in `bytes` */
    uint32_t bytes;
    uint32_t id;
    uint32_t parent; /* the longest other word that it begins with; NONE */
};

/* All words with the same first HEAD_CHARACTERS characters; a shorter word is alone. Two may have the same hash. */
struct head {
    uint32_t hash;
    uint32_t first;
    uint32_t count; /* 0 = free */
    uint32_t nexts; /* a bit for each character that may follow; all of them where a word ends */
};

/* One per number of characters, with two bits for each head, both in one word. */
struct filter {
    uint64_t *words;
    uint32_t mask; /* of the number of a word */
};

struct lexicon {
    struct filter filters[HEAD_CHARACTERS];
    struct head *heads;
    uint32_t head_mask;
    uint32_t word_count;
    struct word *words;
    uint8_t *bytes;
    size_t total_bytes;
    size_t front_bytes; /* itself and its filters, which stand behind it */
    void *memory;       /* all of it, as it was made */
};

/* --- characters and their hashes ---------------------------------------------------------------------------------- */

static inline uint32_t
character_at(const uint8_t *at)
{
    return utf8_decode(at, utf8_length(at[0]));
}

static const uint64_t factors[HEAD_CHARACTERS] = {0x9E3779B97F4A7C15u, 0xC2B2AE3D27D4EB4Fu, 0xD6E8FEB86659FD93u};

/* The hash of a row of characters grown by the character at place `i`; start with 0. The upper bits count. */
static inline uint64_t
grow(uint64_t hash, uint32_t character, unsigned i)
{
    return hash + character * factors[i];
}

/* Where a hash says which word of a filter, and which two bits of it. */
enum { WORD_SHIFT = 44, ONE_SHIFT = 38, OTHER_SHIFT = 32 };

static inline bool
lets_pass(const struct filter *filter, uint64_t hash)
{
    uint64_t word = filter->words[hash >> WORD_SHIFT & filter->mask];
    return word >> (hash >> ONE_SHIFT & 63) & word >> (hash >> OTHER_SHIFT & 63) & 1;
}

static void
let_pass(const struct filter *filter, uint64_t hash)
{
    filter->words[hash >> WORD_SHIFT & filter->mask] |=
        1ull << (hash >> ONE_SHIFT & 63) | 1ull << (hash >> OTHER_SHIFT & 63);
}

static uint32_t
short_hash(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

#define NEXT_END (1u << 31) /* of `nexts`, where the text ends */

/* One of the bits of `nexts`; several characters share one. */
static inline uint32_t
next_bit(uint32_t character)
{
    return 1u << (character * 0x9E3779B1u >> 27);
}

/* The first characters of a word, by which it is looked up. */
struct beginning {
    uint64_t hash;
    unsigned characters;
    uint32_t bytes;
};

static struct beginning
beginning_of(struct slice word)
{
    struct beginning beginning = {0};
    while (beginning.bytes < word.bytes && beginning.characters < HEAD_CHARACTERS) {
        const uint8_t *at = word.data + beginning.bytes;
        beginning.hash = grow(beginning.hash, character_at(at), beginning.characters);
        beginning.characters++;
        beginning.bytes += utf8_length(at[0]);
    }
    return beginning;
}

/* --- making ------------------------------------------------------------------------------------------------------- */

struct entry {
    struct slice word;
    uint32_t id;
};

static int
by_bytes(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    size_t shorter = x->word.bytes < y->word.bytes ? x->word.bytes : y->word.bytes;
    int order = memcmp(x->word.data, y->word.data, shorter);
    if (order == 0 && x->word.bytes != y->word.bytes)
        order = x->word.bytes < y->word.bytes ? -1 : 1;
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static bool
begins_with(struct slice whole, struct slice beginning)
{
    return beginning.bytes <= whole.bytes && memcmp(whole.data, beginning.data, beginning.bytes) == 0;
}

static struct slice
word_of(const struct lexicon *lexicon, uint32_t index)
{
    return (struct slice){lexicon->bytes + lexicon->words[index].at, lexicon->words[index].bytes};
}

/* Entries in order, without empty ones and repetitions. */
static enum status
sort_entries(const struct slice *words, size_t count, struct entry *entries, size_t *bad_out)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i].bytes == 0) {
            *bad_out = i;
            return STATUS_INVALID;
        }
        entries[i] = (struct entry){words[i], (uint32_t)i};
    }
    qsort(entries, count, sizeof *entries, by_bytes);
    for (size_t i = 1; i < count; i++)
        if (slice_equal(entries[i - 1].word, entries[i].word)) {
            *bad_out = entries[i].id;
            return STATUS_INVALID;
        }
    return STATUS_OK;
}

static void
place_words(struct lexicon *lexicon, const struct entry *entries)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < lexicon->word_count; i++) {
        struct slice word = entries[i].word;
        uint32_t parent = i > 0 ? i - 1 : NONE;
        while (parent != NONE && !begins_with(word, word_of(lexicon, parent)))
            parent = lexicon->words[parent].parent;
        memcpy(lexicon->bytes + at, word.data, word.bytes);
        lexicon->words[i] = (struct word){at, (uint32_t)word.bytes, entries[i].id, parent};
        at += (uint32_t)word.bytes;
    }
}

static void
place_heads(struct lexicon *lexicon)
{
    struct head *newest = NULL;
    struct beginning last = {0};
    for (uint32_t i = 0; i < lexicon->word_count; i++) {
        struct slice word = word_of(lexicon, i);
        struct beginning own = beginning_of(word);
        bool ends = own.bytes == word.bytes;
        uint32_t nexts = ends ? UINT32_MAX : next_bit(character_at(word.data + own.bytes));
        bool shared = newest && own.bytes == last.bytes && own.characters == last.characters &&
                      memcmp(word.data, word_of(lexicon, i - 1).data, own.bytes) == 0;
        last = own;
        if (shared) {
            newest->count++;
            newest->nexts |= nexts;
            continue;
        }
        let_pass(&lexicon->filters[own.characters - 1], own.hash);
        uint32_t place = short_hash(own.hash) & lexicon->head_mask;
        while (lexicon->heads[place].count)
            place = (place + 1) & lexicon->head_mask;
        newest = &lexicon->heads[place];
        *newest = (struct head){short_hash(own.hash), i, 1, nexts};
    }
}

static unsigned
log2_above(size_t number)
{
    unsigned bits = 0;
    while ((size_t)1 << bits < number)
        bits++;
    return bits;
}

/* How many heads there are of each number of characters: far fewer than words. */
static size_t
count_heads(const struct entry *entries, size_t count, size_t of_length[HEAD_CHARACTERS])
{
    size_t heads = 0;
    struct slice last = {NULL, 0};
    for (size_t i = 0; i < count; i++) {
        struct beginning own = beginning_of(entries[i].word);
        struct slice head = {entries[i].word.data, own.bytes};
        bool is_new = i == 0 || !slice_equal(head, last);
        of_length[own.characters - 1] += is_new;
        heads += is_new;
        last = head;
    }
    return heads;
}

/* One allocation: the lexicon, its filters, heads, words and bytes, each on a line of its own. */
static struct lexicon *
allocate(const struct entry *entries, size_t count)
{
    size_t bytes = 0, of_length[HEAD_CHARACTERS] = {0}, filter_bits[HEAD_CHARACTERS], filters = 0;
    size_t used = count_heads(entries, count, of_length);
    size_t heads = (size_t)1 << log2_above(used + used / 2 + 1); /* two thirds full at most */
    for (size_t i = 0; i < count; i++)
        bytes += entries[i].word.bytes;
    for (unsigned i = 0; i < HEAD_CHARACTERS; i++) {
        size_t wanted = of_length[i] * FILTER_BITS_PER_HEAD;
        filter_bits[i] = (size_t)1 << log2_above(wanted > FILTER_MIN_BITS ? wanted : FILTER_MIN_BITS);
        filters += filter_bits[i] / 8;
    }
    if (bytes > UINT32_MAX || count >= NONE)
        return NULL;
    size_t total = PAGES_LINES(sizeof(struct lexicon)) + filters + PAGES_LINES(heads * sizeof(struct head)) +
                   PAGES_LINES(count * sizeof(struct word)) + PAGES_LINES(bytes + 4);
    uint8_t *memory = pages_alloc(total);
    if (!memory)
        return NULL;
    memset(memory, 0, total);
    struct lexicon *lexicon = (void *)memory;
    memory += PAGES_LINES(sizeof *lexicon);
    for (unsigned i = 0; i < HEAD_CHARACTERS; i++) {
        lexicon->filters[i] = (struct filter){(void *)memory, (uint32_t)(filter_bits[i] / 64) - 1};
        memory += filter_bits[i] / 8;
    }
    lexicon->heads = (void *)memory;
    lexicon->head_mask = (uint32_t)heads - 1;
    memory += PAGES_LINES(heads * sizeof(struct head));
    lexicon->words = (void *)memory;
    lexicon->word_count = (uint32_t)count;
    lexicon->total_bytes = total;
    lexicon->front_bytes = PAGES_LINES(sizeof *lexicon) + filters;
    lexicon->memory = lexicon;
    lexicon->bytes = memory + PAGES_LINES(count * sizeof(struct word));
    return lexicon;
}

enum status
lexicon_create(const struct slice *words, size_t count, struct lexicon **lexicon_out, size_t *bad_out)
{
    struct entry *entries = calloc(count + 1, sizeof *entries);
    struct lexicon *lexicon = NULL;
    enum status status = entries ? sort_entries(words, count, entries, bad_out) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        lexicon = allocate(entries, count);
        status = lexicon ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (status == STATUS_OK) {
        place_words(lexicon, entries);
        place_heads(lexicon);
        *lexicon_out = lexicon;
    }
    free(entries);
    return status;
}

void
lexicon_destroy(struct lexicon **lexicon)
{
    if (*lexicon)
        free((*lexicon)->memory);
    *lexicon = NULL;
}

size_t
lexicon_bytes(const struct lexicon *lexicon)
{
    return lexicon->total_bytes;
}

size_t
lexicon_front_bytes(const struct lexicon *lexicon)
{
    return lexicon->front_bytes;
}

void
lexicon_move_front(struct lexicon **lexicon, void *memory)
{
    const uint8_t *old = (const void *)*lexicon;
    struct lexicon *moved = memcpy(memory, old, (*lexicon)->front_bytes);
    for (unsigned i = 0; i < HEAD_CHARACTERS; i++)
        moved->filters[i].words = (void *)((uint8_t *)memory + ((const uint8_t *)moved->filters[i].words - old));
    *lexicon = moved;
}

/* --- scanning ----------------------------------------------------------------------------------------------------- */

struct search {
    const struct lexicon *lexicon;
    struct slice text;
    struct lexicon_hit *hits;
    size_t max, count;
    bool is_full; /* a hit found no room */
};

/* A place of the text that the filters let pass, and how far the search for its head has come. */
struct place {
    uint32_t at;
    uint64_t hashes[HEAD_CHARACTERS]; /* of the one, two and three characters there */
    uint32_t next;                    /* bit of the character behind them */
    unsigned characters;              /* of the head looked for: first of all of them */
    uint32_t slot;                    /* where `heads` has it; NONE = it has not been looked for */
};

/* Less than 0: the word stands before the text at `at` in the order of words, and 0: the text begins with it. */
static int
compare(const struct search *search, uint32_t index, uint32_t at)
{
    struct slice word = word_of(search->lexicon, index);
    size_t left = search->text.bytes - at, shorter = word.bytes < left ? word.bytes : left;
    int order = memcmp(word.data, search->text.data + at, shorter);
    return order ? order : word.bytes > left;
}

/* The words at `at`: `index` is the last that may stand before what the text has there. */
static void
report(struct search *search, uint32_t index, uint32_t at)
{
    while (index != NONE && compare(search, index, at) != 0)
        index = search->lexicon->words[index].parent;
    for (; index != NONE && !search->is_full; index = search->lexicon->words[index].parent) {
        const struct word *word = &search->lexicon->words[index];
        search->is_full = search->count == search->max;
        if (!search->is_full)
            search->hits[search->count++] = (struct lexicon_hit){word->id, {at, at + word->bytes}};
    }
}

/* The last word of a head that does not stand behind the text; the one before the head when all do. */
static uint32_t
last_before(const struct search *search, const struct head *head, uint32_t at)
{
    uint32_t low = head->first, high = head->first + head->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(search, middle, at) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : NONE;
}

/* The next head that may be the one of this place, those of most characters first. False: there is no more. */
static inline bool
find_head(const struct lexicon *lexicon, struct place *place)
{
    for (; place->characters > 0; place->characters--, place->slot = NONE) {
        uint64_t hash = place->hashes[place->characters - 1];
        if (place->slot == NONE && !lets_pass(&lexicon->filters[place->characters - 1], hash))
            continue;
        place->slot = (place->slot == NONE ? short_hash(hash) : place->slot + 1) & lexicon->head_mask;
        for (; lexicon->heads[place->slot].count; place->slot = (place->slot + 1) & lexicon->head_mask)
            if (lexicon->heads[place->slot].hash == short_hash(hash) && lexicon->heads[place->slot].nexts & place->next)
                return true;
    }
    return false;
}

/* Whether the text begins with the characters of the head. */
static bool
has_head(const struct search *search, const struct place *place, const struct head *head)
{
    struct slice word = word_of(search->lexicon, head->first);
    struct beginning own = beginning_of(word);
    return own.characters == place->characters && own.bytes <= search->text.bytes - place->at &&
           memcmp(word.data, search->text.data + place->at, own.bytes) == 0;
}

/* The head of most characters leads to all words of fewer. */
static void
look_at(struct search *search, struct place *place)
{
    do {
        const struct head *head = &search->lexicon->heads[place->slot];
        if (has_head(search, place, head)) {
            report(search, last_before(search, head, place->at), place->at);
            return;
        }
    } while (find_head(search->lexicon, place));
}

/* The characters that begin in one block, behind the last two of the blocks before. */
struct row {
    uint32_t count;
    uint32_t at[ROW_CHARACTERS];
    uint32_t characters[ROW_CHARACTERS];
};

/* Four characters at once where the text has four of three bytes. */
static inline bool
put_four(struct row *row, struct slice text, uint32_t at)
{
    __m128i four;
    if (text.bytes - at < UTF8_FOUR_BYTES || !utf8_four(text.data + at, &four))
        return false;
    __m128i places = _mm_add_epi32(_mm_set1_epi32((int)at), _mm_setr_epi32(0, 3, 6, 9));
    _mm_storeu_si128((__m128i *)(void *)(row->at + row->count), places);
    _mm_storeu_si128((__m128i *)(void *)(row->characters + row->count), four);
    row->count += UTF8_FOUR;
    return true;
}

/* Reads up to `end` or a few characters further. Returns where the next one begins. */
static inline uint32_t
read_block(struct row *row, struct slice text, uint32_t at, uint32_t end)
{
    while (at < end) {
        if (put_four(row, text, at)) {
            at += UTF8_FOUR_BYTES;
            continue;
        }
        unsigned length = utf8_length(text.data[at]);
        row->at[row->count] = at;
        row->characters[row->count++] = utf8_decode(text.data + at, length);
        at += length;
    }
    return at;
}

/* Behind the last character stands none. */
static inline void
end_row(struct row *row, uint32_t end)
{
    for (unsigned i = 0; i < HEAD_CHARACTERS - 1; i++) {
        row->at[row->count] = end;
        row->characters[row->count++] = 0;
    }
}

/* Which places of the row the filters let pass, as indices; not the last two, whose characters are to come. */
static inline unsigned
filter_row(const struct lexicon *lexicon, const struct row *row, uint8_t passed[ROW_CHARACTERS])
{
    const struct filter one = lexicon->filters[0], two = lexicon->filters[1], three = lexicon->filters[2];
    unsigned count = 0;
    for (unsigned i = 0; i + HEAD_CHARACTERS <= row->count; i++) {
        uint64_t hash = grow(0, row->characters[i], 0);
        bool passes = lets_pass(&one, hash);
        hash = grow(hash, row->characters[i + 1], 1);
        passes |= lets_pass(&two, hash);
        hash = grow(hash, row->characters[i + 2], 2);
        passes |= lets_pass(&three, hash);
        passed[count] = (uint8_t)i;
        count += passes;
    }
    return count;
}

static inline void
set_place(const struct search *search, const struct row *row, unsigned first, struct place *place)
{
    uint32_t last = row->at[first + HEAD_CHARACTERS - 1], behind = last + 1;
    uint64_t hash = 0;
    for (unsigned k = 0; k < HEAD_CHARACTERS; k++)
        place->hashes[k] = hash = grow(hash, row->characters[first + k], k);
    while (behind < search->text.bytes && utf8_is_inside(search->text.data[behind]))
        behind++;
    place->at = row->at[first];
    place->next = behind < search->text.bytes ? next_bit(character_at(search->text.data + behind)) : NEXT_END;
    place->characters = HEAD_CHARACTERS;
    place->slot = NONE;
}

/* Heads, words and their bytes lie anywhere: what all places need next is asked for before the first uses it. */
static inline void
look_at_all(struct search *search, struct place *places, unsigned count)
{
    const struct lexicon *lexicon = search->lexicon;
    const struct word *middles[ROW_CHARACTERS];
    uint8_t found[ROW_CHARACTERS];
    unsigned found_count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!find_head(lexicon, &places[i]))
            continue;
        const struct head *head = &lexicon->heads[places[i].slot];
        middles[found_count] = &lexicon->words[head->first + head->count / 2];
        __builtin_prefetch(middles[found_count]);
        found[found_count++] = (uint8_t)i;
    }
    for (unsigned i = 0; i < found_count; i++)
        __builtin_prefetch(lexicon->bytes + middles[i]->at);
    for (unsigned i = 0; i < found_count; i++)
        look_at(search, &places[found[i]]);
}

static void
search_row(struct search *search, struct row *row)
{
    uint8_t passed[ROW_CHARACTERS];
    unsigned count = filter_row(search->lexicon, row, passed);
    struct place places[ROW_CHARACTERS];
    for (unsigned i = 0; i < count; i++) {
        set_place(search, row, passed[i], &places[i]);
        __builtin_prefetch(
            &search->lexicon->heads[short_hash(places[i].hashes[HEAD_CHARACTERS - 1]) & search->lexicon->head_mask]);
    }
    look_at_all(search, places, count);
    for (unsigned i = 0; i < HEAD_CHARACTERS - 1; i++) {
        row->at[i] = row->at[row->count - (HEAD_CHARACTERS - 1) + i];
        row->characters[i] = row->characters[row->count - (HEAD_CHARACTERS - 1) + i];
    }
    row->count = HEAD_CHARACTERS - 1;
}

#ifdef __clang__ /* 14 cannot: its clones of an exported function are found by nobody */
#define CLONES
#else
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default"), flatten))
#endif

CLONES enum status
lexicon_scan(const struct lexicon *lexicon, struct slice text, struct lexicon_hit *hits, size_t max, size_t *count_out)
{
    struct search search = {.lexicon = lexicon, .text = text, .hits = hits, .max = max};
    struct row row;
    row.count = 0;
    if (text.bytes > UINT32_MAX - LEXICON_PADDING_BYTES)
        return STATUS_TOO_LARGE;
    for (uint32_t at = 0, bytes = (uint32_t)text.bytes; at < bytes;) {
        at = read_block(&row, text, at, bytes - at > BLOCK_BYTES ? at + BLOCK_BYTES : bytes);
        if (at >= bytes)
            end_row(&row, bytes);
        if (row.count >= HEAD_CHARACTERS)
            search_row(&search, &row);
    }
    *count_out = search.count;
    return search.is_full ? STATUS_BUDGET : STATUS_OK;
}
