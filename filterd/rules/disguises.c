#include "rules/disguises.h"

#include <stdlib.h>

#include "base/pages.h"
#include "text/intake.h"

#define BITS_PER_ENTRY 4 /* of what is asked before the table */
#define BITS_PER_BEGIN 8 /* of what is asked first, at least: it stays in the cache, where most places end */
#define BEGIN_LETTERS 4  /* at most, of those */
#define PREFETCHED_LINES 8

struct entry {
    uint32_t hash;
    uint32_t literal_plus_one; /* 0 = free */
};

/* A bit for each hash; its upper bits count. */
struct filter {
    uint64_t *bits;
    unsigned shift;
};

struct disguises {
    struct entry *entries;
    uint32_t mask;
    struct filter pairs;  /* of the terms of two letters */
    struct filter begins; /* of the first three and four letters of the others */
    struct filter all;    /* two bits for all their letters: the table is asked only for what is probably there */
};

static void
set_bit(struct filter *filter, uint32_t hash)
{
    uint32_t at = hash >> filter->shift;
    filter->bits[at / 64] |= 1ull << at % 64;
}

static bool
has_bit(const struct filter *filter, uint32_t hash)
{
    uint32_t at = hash >> filter->shift;
    return filter->bits[at / 64] >> at % 64 & 1;
}

/* Two bits of one word. */
static uint64_t
two_bits(uint32_t hash)
{
    return 1ull << hash % 64 | 1ull << hash / 64 % 64;
}

static bool
has_two_bits(const struct filter *filter, uint32_t hash)
{
    uint64_t bits = two_bits(hash);
    return (filter->bits[(hash >> filter->shift) / 64] & bits) == bits;
}

static size_t
filter_words(const struct filter *filter)
{
    return ((size_t)1 << (32 - filter->shift)) / 64;
}

static bool
is_term(const struct literals *literals, const struct literal *literal)
{
    for (uint32_t u = 0; u < literal->use_count; u++) {
        enum use_role role = literals->uses[literal->first_use + u].role;
        if (role == USE_TERM || role == USE_READING)
            return true;
    }
    return false;
}

static void
insert(struct disguises *disguises, const uint32_t *codes, size_t count, uint32_t literal)
{
    uint32_t hash = 0;
    for (size_t i = 0; i < count; i++) {
        hash = disguise_hash(hash, codes[i]);
        if (i > 1 && i < BEGIN_LETTERS)
            set_bit(&disguises->begins, hash);
    }
    if (count == 2)
        set_bit(&disguises->pairs, hash);
    else
        disguises->all.bits[(hash >> disguises->all.shift) / 64] |= two_bits(hash);
    uint32_t at = hash & disguises->mask;
    while (disguises->entries[at].literal_plus_one)
        at = (at + 1) & disguises->mask;
    disguises->entries[at] = (struct entry){hash, literal + 1};
}

static void
insert_masked(struct disguises *disguises, const uint32_t *codes, size_t count, uint32_t literal, size_t first,
              size_t step)
{
    uint32_t masked[DISGUISE_MAX_LETTERS];
    for (size_t i = 0; i < count; i++) {
        bool is_masked = i >= first && (step ? (i - first) % step == 0 : i == first);
        masked[i] = is_masked ? LETTER_ANY : codes[i];
    }
    insert(disguises, masked, count, literal);
}

/* Two neighbours within the word masked together: アホ○○ラ. */
static void
insert_masked_pairs(struct disguises *disguises, const uint32_t *codes, size_t count, uint32_t literal)
{
    uint32_t masked[DISGUISE_MAX_LETTERS];
    for (size_t first = 1; first + 2 < count; first++) {
        for (size_t i = 0; i < count; i++)
            masked[i] = i == first || i == first + 1 ? LETTER_ANY : codes[i];
        insert(disguises, masked, count, literal);
    }
}

/* Of a literal whose letters are all kana, or all kanji; others are sentences, of which two letters leave too little.
 */
static bool
may_mask_pairs(struct slice skeleton)
{
    uint32_t at = 0;
    bool kana = true, kanji = true;
    size_t count = utf8_count(skeleton);
    while (at < skeleton.bytes) {
        uint32_t c = utf8_next(skeleton, &at);
        kana &= letter_is_hiragana(c) || c == u'ー';
        kanji &= letter_is_kanji(c);
    }
    return (kana || kanji) && count >= DISGUISE_MIN_PAIR && count <= DISGUISE_MAX_PAIR;
}

/* Plain, each letter masked, and every second one masked. */
static void
insert_all(struct disguises *disguises, const uint32_t *codes, size_t count, uint32_t literal)
{
    insert(disguises, codes, count, literal);
    for (size_t i = 0; i < count && count >= DISGUISE_MIN_MASKED; i++)
        insert_masked(disguises, codes, count, literal, i, 0);
    if (count > DISGUISE_MIN_MASKED) {
        insert_masked(disguises, codes, count, literal, 0, 2);
        insert_masked(disguises, codes, count, literal, 1, 2);
    }
    if (count == 2) {
        insert_masked(disguises, codes, count, literal, 0, 0);
        insert_masked(disguises, codes, count, literal, 1, 0);
    }
}

/* The letters of a literal; 0 when it has too few or too many. */
static enum status
letters_of(struct build *build, struct slice skeleton, uint32_t codes[DISGUISE_MAX_LETTERS], size_t *count_out)
{
    struct letters letters;
    arena_reset(build->scratch);
    enum status status = letters_make(build->views, build->scratch, skeleton, &letters);
    if (status != STATUS_OK)
        return status == STATUS_TOO_LARGE ? STATUS_NO_MEMORY : status;
    *count_out = letters.count < 2 || letters.count > DISGUISE_MAX_LETTERS ? 0 : letters.count;
    for (size_t i = 0; i < *count_out; i++)
        codes[i] = letters.items[i].code;
    return STATUS_OK;
}

static void *
zeroed(struct build *build, size_t bytes)
{
    void *memory = arena_alloc(build->arena, bytes);
    return memory ? memset(memory, 0, bytes) : NULL;
}

static enum status
create(struct build *build, size_t entries, struct disguises **disguises_out)
{
    size_t capacity = 64;
    unsigned capacity_bits = 6, more_bits = 0;
    for (; capacity < entries + entries / 2; capacity *= 2)
        capacity_bits++;
    while (1u << more_bits < BITS_PER_ENTRY)
        more_bits++;
    struct disguises *disguises = zeroed(build, sizeof(*disguises));
    struct entry *table = zeroed(build, capacity * sizeof(*table));
    uint64_t *bits[3];
    for (unsigned i = 0; i < 3; i++)
        bits[i] = zeroed(build, capacity * BITS_PER_ENTRY / 8);
    if (!disguises || !table || !bits[0] || !bits[1] || !bits[2])
        return STATUS_NO_MEMORY;
    unsigned shift = 32 - capacity_bits - more_bits;
    *disguises = (struct disguises){.entries = table,
                                    .mask = (uint32_t)capacity - 1,
                                    .pairs = {bits[0], shift},
                                    .begins = {bits[1], shift},
                                    .all = {bits[2], shift}};
    *disguises_out = disguises;
    return STATUS_OK;
}

/* Bits 2i and 2i + 1 of 64 as bit i. */
static uint32_t
halved(uint64_t bits)
{
    uint32_t half = 0;
    for (unsigned i = 0; i < 32; i++)
        half |= (uint32_t)((bits >> 2 * i & 3) != 0) << i;
    return half;
}

/* Terms begin alike, but in how many ways is known only in the end: the bits are halved while enough are left. */
static void
shrink(struct filter *filter)
{
    for (size_t words = filter_words(filter), set = 0; words > 1; words /= 2, set = 0) {
        for (size_t i = 0; i < words; i++)
            set += (unsigned)__builtin_popcountll(filter->bits[i]);
        if (set * BITS_PER_BEGIN > words * 64 / 2)
            return;
        for (size_t i = 0; i < words / 2; i++)
            filter->bits[i] = halved(filter->bits[2 * i]) | (uint64_t)halved(filter->bits[2 * i + 1]) << 32;
        filter->shift++;
    }
}

enum status
disguises_build(struct build *build, struct literals *literals)
{
    uint32_t codes[DISGUISE_MAX_LETTERS];
    size_t entries = 0, count;
    struct disguises *disguises = NULL;
    for (size_t i = 0; i < literals->count; i++) {
        size_t characters = utf8_count(literals->items[i].skeleton);
        size_t pairs = may_mask_pairs(literals->items[i].skeleton) ? characters : 0;
        entries += is_term(literals, &literals->items[i]) && characters <= 2 * DISGUISE_MAX_LETTERS
                       ? characters + 3 + pairs
                       : 0;
    }
    if (entries == 0)
        return STATUS_OK;
    enum status status = create(build, entries, &disguises);
    for (size_t i = 0; i < literals->count && status == STATUS_OK; i++) {
        const struct literal *literal = &literals->items[i];
        if (!is_term(literals, literal) || utf8_count(literal->skeleton) > 2 * DISGUISE_MAX_LETTERS)
            continue;
        status = letters_of(build, literal->skeleton, codes, &count);
        if (status == STATUS_OK && count)
            insert_all(disguises, codes, count, (uint32_t)i);
        if (status == STATUS_OK && may_mask_pairs(literal->skeleton))
            insert_masked_pairs(disguises, codes, count, (uint32_t)i);
    }
    if (status == STATUS_OK) {
        shrink(&disguises->pairs);
        shrink(&disguises->begins);
        literals->disguises = disguises;
    }
    return status;
}

static size_t
filter_bytes(const struct filter *filter)
{
    return PAGES_LINES(filter_words(filter) * sizeof *filter->bits);
}

size_t
disguises_front_bytes(const struct disguises *disguises)
{
    return PAGES_LINES(sizeof *disguises) + filter_bytes(&disguises->pairs) + filter_bytes(&disguises->begins) +
           filter_bytes(&disguises->all);
}

void
disguises_move_front(struct disguises **disguises, void *memory)
{
    struct disguises *moved = memcpy(memory, *disguises, sizeof **disguises);
    struct filter *filters[] = {&moved->pairs, &moved->begins, &moved->all};
    uint8_t *at = (uint8_t *)memory + PAGES_LINES(sizeof *moved);
    for (unsigned i = 0; i < 3; i++) {
        filters[i]->bits = memcpy(at, filters[i]->bits, filter_words(filters[i]) * sizeof *filters[i]->bits);
        at += filter_bytes(filters[i]);
    }
    *disguises = moved;
}

void
disguises_prefetch_begins(const struct disguises *disguises, const struct letters *letters, size_t from, size_t to)
{
    const struct filter begins = disguises->begins;
    for (size_t at = from; at < to && at + 2 < letters->count; at++) {
        const struct letter *letter = &letters->items[at];
        uint32_t three = disguise_hash(disguise_hash(disguise_hash(0, letter[0].code), letter[1].code), letter[2].code);
        __builtin_prefetch(&begins.bits[(three >> begins.shift) / 64]);
    }
}

/* Without a branch on what is known: one look-up need not wait for another. */
size_t
disguises_begins(const struct disguises *disguises, const struct letters *letters, size_t from, size_t to,
                 size_t begins_out[DISGUISE_MAX_LETTERS])
{
    const struct filter pairs = disguises->pairs, begins = disguises->begins;
    size_t count = 0;
    for (size_t at = from; at < to && at + 1 < letters->count; at++) {
        const struct letter *letter = &letters->items[at];
        uint32_t two = disguise_hash(disguise_hash(0, letter[0].code), letter[1].code);
        uint32_t three = at + 2 < letters->count ? disguise_hash(two, letter[2].code) : 0;
        begins_out[count] = at;
        count += (unsigned)has_bit(&pairs, two) | (unsigned)has_bit(&begins, three);
    }
    return count;
}

/* The hashes of the rows of 1, 2 and more letters, up to one with which no term begins; returns how many. What is known
 * of them is asked for: they may be read then without waiting for each. */
static size_t
hash_rows(const struct disguises *disguises, const struct letter *letters, size_t most,
          uint32_t hashes[DISGUISE_MAX_LETTERS])
{
    uint32_t hash = 0;
    for (size_t i = 0; i < most; i++) {
        hash = hashes[i] = disguise_hash(hash, letters[i].code);
        if (i > 1 && i < BEGIN_LETTERS && !has_bit(&disguises->begins, hash))
            return i;
        if (i > 1)
            __builtin_prefetch(&disguises->all.bits[(hash >> disguises->all.shift) / 64]);
    }
    return most;
}

size_t
disguises_rows(const struct disguises *disguises, const struct letters *letters, size_t first, size_t least,
               struct disguise_row rows_out[DISGUISE_MAX_LETTERS])
{
    uint32_t hashes[DISGUISE_MAX_LETTERS];
    size_t left = letters->count - first, count = 0;
    size_t most =
        hash_rows(disguises, &letters->items[first], left < DISGUISE_MAX_LETTERS ? left : DISGUISE_MAX_LETTERS, hashes);
    for (size_t n = least > 2 ? least : 2; n <= most; n++) {
        uint32_t hash = hashes[n - 1];
        if (n == 2 ? !has_bit(&disguises->pairs, hash) : !has_two_bits(&disguises->all, hash))
            continue;
        __builtin_prefetch(&disguises->entries[hash & disguises->mask]);
        rows_out[count++] = (struct disguise_row){.letters = n, .hash = hash};
    }
    return count;
}

void
disguises_prefetch(const struct disguises *disguises)
{
    const struct filter *filters[] = {&disguises->pairs, &disguises->begins};
    for (unsigned i = 0; i < 2; i++)
        for (size_t word = 0; word < filter_words(filters[i]) && word < PREFETCHED_LINES * 8; word += 8)
            __builtin_prefetch(filters[i]->bits + word);
}

bool
disguises_next(const struct disguises *disguises, struct disguise_row *row, uint32_t *literal_out)
{
    for (;;) {
        const struct entry *entry = &disguises->entries[(row->hash + row->cursor) & disguises->mask];
        if (!entry->literal_plus_one)
            return false;
        row->cursor++;
        if (entry->hash == row->hash) {
            *literal_out = entry->literal_plus_one - 1;
            return true;
        }
    }
}
