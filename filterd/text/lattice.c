#include "text/lattice.h"

#include <limits.h>
#include <stdlib.h>

#include "base/assert.h"

#define NONE UINT32_MAX
enum {
    SEARCHES = 24 /* at once */,
    LONGEST_GROUP = 24 /* characters behind the first; longer ones MeCab takes apart */
};

/* A word of the dictionary that stands in the text. */
struct found {
    struct meanings meanings;
    uint32_t end;
    uint32_t shorter; /* the next one that begins at the same place */
};

struct node {
    int32_t cost;        /* of the cheapest way that ends with it */
    uint16_t start, end; /* bytes of the text */
    uint32_t before;     /* the node before on that way */
    uint32_t beside;     /* an earlier one that ends at the same place */
    const struct meaning *meaning;
    const char *features; /* of its dictionary */
};

/* What those nodes that end at the place in work cost what follows them. */
struct left {
    int32_t cost;
    uint32_t right; /* its column of the matrix */
    uint32_t node;
};

struct lattice {
    const struct dictionary *dictionary;
    struct found *found; /* these three grow and hold no text */
    struct node *nodes;
    struct left *lefts; /* as many as nodes */
    uint32_t found_count, found_capacity, node_count, node_capacity, left_count;
    uint32_t longest[LATTICE_TEXT_BYTES];    /* of the words found at a byte */
    uint32_t newest[LATTICE_TEXT_BYTES + 1]; /* of the nodes that end at a byte */
};

enum status
lattice_create(const struct dictionary *dictionary, struct lattice **lattice_out)
{
    struct lattice *lattice = calloc(1, sizeof(*lattice));
    if (lattice == NULL)
        return STATUS_NO_MEMORY;
    lattice->dictionary = dictionary;
    *lattice_out = lattice;
    return STATUS_OK;
}

void
lattice_destroy(struct lattice **lattice)
{
    if (*lattice == NULL)
        return;
    free((*lattice)->found);
    free((*lattice)->nodes);
    free((*lattice)->lefts);
    free(*lattice);
    *lattice = NULL;
}

/* --- words of the dictionary -------------------------------------------------------------------------------------- */

/* Where a search for the words of one place has come. */
struct search {
    uint32_t start, at, base;
};

static enum status
reserve_found(struct lattice *lattice, uint32_t more)
{
    if (lattice->found_count + more <= lattice->found_capacity)
        return STATUS_OK;
    uint32_t capacity = 2 * (lattice->found_count + more);
    struct found *found = realloc(lattice->found, capacity * sizeof(*found));
    if (found == NULL)
        return STATUS_NO_MEMORY;
    lattice->found = found;
    lattice->found_capacity = capacity;
    return STATUS_OK;
}

static void
add_found(struct lattice *lattice, const struct search *search)
{
    struct meanings meanings = word_list_meanings(&lattice->dictionary->known, search->base);
    __builtin_prefetch(meanings.items);
    lattice->found[lattice->found_count] = (struct found){meanings, search->at, lattice->longest[search->start]};
    lattice->longest[search->start] = lattice->found_count++;
}

static bool
is_between_characters(struct slice text, uint32_t at)
{
    return at == text.bytes || !utf8_is_inside(text.data[at]);
}

/* All of them, one byte on: whether a word ends where each has come, and what it needs next is asked for. */
static unsigned
search_on(struct lattice *lattice, struct slice text, struct search *searches, unsigned count)
{
    const struct word_list *words = &lattice->dictionary->known;
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        struct search search = searches[i];
        if (search.at > search.start && is_between_characters(text, search.at) && word_list_has(words, search.base))
            add_found(lattice, &search);
        if (search.at == text.bytes || !word_list_go_on(words, text.data[search.at], &search.base))
            continue;
        search.at++;
        if (is_between_characters(text, search.at))
            __builtin_prefetch(words->units + search.base);
        if (search.at < text.bytes)
            __builtin_prefetch(words->units + search.base + text.data[search.at] + 1);
        searches[kept++] = search;
    }
    return kept;
}

static enum status
find_words(struct lattice *lattice, struct slice text)
{
    enum status status = STATUS_OK;
    lattice->found_count = 0;
    memset(lattice->longest, 0xFF, text.bytes * sizeof(*lattice->longest));
    for (uint32_t at = 0; at < text.bytes && status == STATUS_OK;) {
        struct search searches[SEARCHES];
        unsigned count = 0;
        for (; count < SEARCHES && at < text.bytes; at += utf8_length(text.data[at]))
            searches[count++] = (struct search){at, at, (uint32_t)lattice->dictionary->known.units[0].base};
        while (count > 0 && status == STATUS_OK) {
            status = reserve_found(lattice, SEARCHES);
            if (status == STATUS_OK)
                count = search_on(lattice, text, searches, count);
        }
    }
    return status;
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */

static enum status
reserve_nodes(struct lattice *lattice, uint32_t more)
{
    if (lattice->node_count + more <= lattice->node_capacity)
        return STATUS_OK;
    uint32_t capacity = 2 * (lattice->node_count + more);
    struct node *nodes = realloc(lattice->nodes, capacity * sizeof(*nodes));
    lattice->nodes = nodes != NULL ? nodes : lattice->nodes;
    struct left *lefts = nodes != NULL ? realloc(lattice->lefts, capacity * sizeof(*lefts)) : NULL;
    lattice->lefts = lefts != NULL ? lefts : lattice->lefts;
    if (lefts == NULL)
        return STATUS_NO_MEMORY;
    lattice->node_capacity = capacity;
    return STATUS_OK;
}

/* The nodes that end at `at`, the newest first: of those that cost the same it wins. */
static void
gather_lefts(struct lattice *lattice, uint32_t at)
{
    lattice->left_count = 0;
    for (uint32_t i = lattice->newest[at]; i != NONE; i = lattice->nodes[i].beside)
        lattice->lefts[lattice->left_count++] =
            (struct left){lattice->nodes[i].cost, lattice->nodes[i].meaning->right, i};
}

/* The cheapest way to a word with this row of the matrix. */
static const struct left *
cheapest(const struct lattice *lattice, uint32_t row, int32_t *cost_out)
{
    const int16_t *costs = lattice->dictionary->costs + (size_t)lattice->dictionary->right_count * row;
    const struct left *best = lattice->lefts;
    int32_t least = INT32_MAX;
    for (uint32_t i = 0; i < lattice->left_count; i++) {
        int32_t cost = lattice->lefts[i].cost + costs[lattice->lefts[i].right];
        if (cost < least) {
            least = cost;
            best = &lattice->lefts[i];
        }
    }
    *cost_out = least;
    return best;
}

/* A node for each meaning, the last one first, as MeCab does. */
static enum status
add_nodes(struct lattice *lattice, const struct word_list *list, struct meanings meanings, uint32_t start, uint32_t end)
{
    const struct left *before = NULL;
    uint32_t row = NONE;
    int32_t way = 0;
    enum status status = reserve_nodes(lattice, meanings.count);
    for (uint32_t i = meanings.count; status == STATUS_OK && i > 0; i--) {
        const struct meaning *meaning = &meanings.items[i - 1];
        if (meaning->left != row)
            before = cheapest(lattice, row = meaning->left, &way);
        lattice->nodes[lattice->node_count] = (struct node){.cost = way + meaning->cost,
                                                            .start = (uint16_t)start,
                                                            .end = (uint16_t)end,
                                                            .before = before->node,
                                                            .beside = lattice->newest[end],
                                                            .meaning = meaning,
                                                            .features = list->features};
        lattice->newest[end] = lattice->node_count++;
    }
    return status;
}

/* --- unknown words ------------------------------------------------------------------------------------------------ */

/* As far as each character is of a kind with the one before, the first with `kind`; `next` is the kind of the one where
 * this ends. */
static uint32_t
kind_end(const struct dictionary *dictionary, struct slice text, uint32_t at, uint32_t kind, uint32_t *next,
         unsigned *characters_out)
{
    *characters_out = 0;
    while (at < text.bytes && (kind & (*next = dictionary_kind(dictionary, text, at)) & KIND_MASK) != 0) {
        at += utf8_length(text.data[at]);
        kind = *next;
        ++*characters_out;
    }
    return at;
}

/* Where the unknown words end that begin at `start` with a character of `kind`, in MeCab's order. */
static unsigned
unknown_ends(const struct dictionary *dictionary, struct slice text, uint32_t start, uint32_t kind, bool is_needed,
             uint32_t ends[4])
{
    uint32_t first = start + utf8_length(text.data[start]), end = first, group = 0, next = 0;
    unsigned count = 0, characters;
    if (kind & KIND_IS_GROUP) {
        group = kind_end(dictionary, text, first, kind, &next, &characters);
        if (characters <= LONGEST_GROUP)
            ends[count++] = group;
    }
    for (unsigned length = kind >> KIND_LENGTH_SHIFT & 15; length > 0 && end != group; length--) {
        ends[count++] = end;
        if (end == text.bytes || (kind & dictionary_kind(dictionary, text, end) & KIND_MASK) == 0)
            break;
        end += utf8_length(text.data[end]);
    }
    if (count == 0 && is_needed)
        ends[count++] = first;
    return count;
}

/* All words that follow those that end at `at`, behind spaces there. */
static enum status
add_words(struct lattice *lattice, struct slice text, uint32_t at)
{
    const struct dictionary *dictionary = lattice->dictionary;
    uint32_t space = dictionary_kind(dictionary, (struct slice){(const uint8_t *)" ", 1}, 0), kind = 0, ends[4];
    unsigned spaces;
    uint32_t start = kind_end(dictionary, text, at, space, &kind, &spaces);
    if (start == text.bytes)
        return STATUS_OK;
    enum status status = STATUS_OK;
    uint32_t longest = lattice->longest[start];
    if (longest == NONE || kind & KIND_IS_INVOKED) {
        struct meanings meanings = dictionary->of_kind[kind >> KIND_NAME_SHIFT & 0xFF];
        unsigned count = unknown_ends(dictionary, text, start, kind, longest == NONE, ends);
        while (count > 0 && status == STATUS_OK)
            status = add_nodes(lattice, &dictionary->unknown, meanings, start, ends[--count]);
    }
    for (uint32_t i = longest; i != NONE && status == STATUS_OK; i = lattice->found[i].shorter)
        status = add_nodes(lattice, &dictionary->known, lattice->found[i].meanings, start, lattice->found[i].end);
    return status;
}

/* --- the way ------------------------------------------------------------------------------------------------------ */

static enum status
begin_nodes(struct lattice *lattice, struct slice text)
{
    static const struct meaning border; /* what a text begins and ends with */
    memset(lattice->newest, 0xFF, (text.bytes + 1) * sizeof(*lattice->newest));
    lattice->node_count = 0;
    enum status status = reserve_nodes(lattice, 1);
    if (status == STATUS_OK) {
        lattice->nodes[lattice->node_count++] = (struct node){.beside = NONE, .meaning = &border};
        lattice->newest[0] = 0;
    }
    return status;
}

static size_t
take_way(const struct lattice *lattice, uint32_t last, struct token *tokens_out)
{
    size_t count = 0;
    for (uint32_t i = last; i != 0; i = lattice->nodes[i].before)
        count++;
    size_t index = count;
    for (uint32_t i = last; i != 0; i = lattice->nodes[i].before) {
        const struct node *node = &lattice->nodes[i];
        tokens_out[--index] = (struct token){{node->start, node->end}, node->features + node->meaning->feature};
    }
    return count;
}

enum status
lattice_run(struct lattice *lattice, struct slice text, struct token *tokens_out, size_t *count_out, int64_t *cost_out)
{
    ASSERT(text.bytes > 0 && text.bytes <= LATTICE_TEXT_BYTES);
    enum status status = find_words(lattice, text);
    if (status == STATUS_OK)
        status = begin_nodes(lattice, text);
    for (uint32_t at = 0; at < text.bytes && status == STATUS_OK; at++) {
        if (lattice->newest[at] == NONE)
            continue;
        gather_lefts(lattice, at);
        status = add_words(lattice, text, at);
    }
    if (status == STATUS_OK && lattice->newest[text.bytes] == NONE)
        status = STATUS_INTERNAL;
    if (status != STATUS_OK)
        return status;
    int32_t cost;
    gather_lefts(lattice, (uint32_t)text.bytes);
    *count_out = take_way(lattice, cheapest(lattice, 0, &cost)->node, tokens_out);
    *cost_out = cost;
    return STATUS_OK;
}
