#include "scan/tagger.h"

#include <immintrin.h>

enum { FRONT = 16, BEHIND = 24, IMPOSSIBLE = -(1 << 28), FORBIDDEN = -(1 << 24), L = NAME_LABEL_COUNT };

/* Labels that may stand before each label, and whether a text may end with it. */
static const uint8_t before[L][3] = {
    [NAME_O] = {NAME_O, NAME_E, NAME_S}, [NAME_B] = {NAME_O, NAME_E, NAME_S}, [NAME_S] = {NAME_O, NAME_E, NAME_S},
    [NAME_I] = {NAME_B, NAME_I, NAME_I}, [NAME_E] = {NAME_B, NAME_I, NAME_I},
};

void
tagger_best_path(const int16_t transition[L][L], const int32_t *emissions, uint32_t count, int32_t *scores,
                 uint8_t *back, uint8_t *labels_out)
{
    if (count == 0)
        return;
    for (unsigned label = 0; label < L; label++) {
        bool first = label == NAME_O || label == NAME_B || label == NAME_S;
        scores[label] = first ? emissions[label] : IMPOSSIBLE;
    }
    for (uint32_t i = 1; i < count; i++) {
        const int32_t *previous = scores + (size_t)(i - 1) * L, *here = emissions + (size_t)i * L;
#pragma GCC unroll 5
        for (unsigned label = 0; label < L; label++) {
            int32_t best = previous[before[label][0]] + transition[before[label][0]][label];
            uint8_t from = before[label][0];
#pragma GCC unroll 2
            for (unsigned k = 1; k < 3; k++) {
                int32_t score = previous[before[label][k]] + transition[before[label][k]][label];
                if (score > best)
                    best = score, from = before[label][k];
            }
            scores[(size_t)i * L + label] = best + here[label];
            back[(size_t)i * L + label] = from;
        }
    }
    const int32_t *last = scores + (size_t)(count - 1) * L;
    uint8_t label = last[NAME_E] > last[NAME_O] ? NAME_E : NAME_O;
    label = last[NAME_S] > last[label] ? NAME_S : label;
    for (uint32_t i = count; i-- > 0;) {
        labels_out[i] = label;
        label = back[(size_t)i * L + label];
    }
}

static bool
is_latin(uint8_t type)
{
    return type == TYPE_LATIN || type == TYPE_CAPITAL;
}

static bool
is_letter(uint8_t type)
{
    return type >= TYPE_HIRAGANA && type <= TYPE_CAPITAL;
}

void
tagger_forbid_cuts(const uint8_t *types, uint32_t count, int32_t *emissions)
{
    for (int32_t i = 0; i < (int32_t)count; i++) {
        bool latin = is_latin(types[i]), letter = is_letter(types[i]);
        if (letter && !latin)
            continue;
        int32_t *here = emissions + (size_t)i * L;
        int32_t begin = !letter || is_latin(types[i - 1]) ? FORBIDDEN : 0;
        int32_t end = !letter || is_latin(types[i + 1]) ? FORBIDDEN : 0;
        here[NAME_B] += begin;
        here[NAME_S] += begin + end;
        here[NAME_E] += end;
    }
}

/* Best scores of what follows each position, by the label there. */
static void
score_backward(const int16_t transition[L][L], const int32_t *emissions, uint32_t count, int32_t *after)
{
    for (unsigned label = 0; label < L; label++)
        after[(size_t)(count - 1) * L + label] = label == NAME_B || label == NAME_I ? IMPOSSIBLE : 0;
    for (uint32_t i = count - 1; i-- > 0;) {
        int32_t *here = after + (size_t)i * L;
        for (unsigned label = 0; label < L; label++)
            here[label] = 2 * IMPOSSIBLE;
        for (unsigned next = 0; next < L; next++) {
            int32_t score = after[(size_t)(i + 1) * L + next] + emissions[(size_t)(i + 1) * L + next];
            for (unsigned k = 0; k < 3; k++) {
                unsigned label = before[next][k];
                if (score + transition[label][next] > here[label])
                    here[label] = score + transition[label][next];
            }
        }
    }
}

/* --- emissions -----------------------------------------------------------------------------------------------------
 */

/* Features that begin at an even place are summed apart from those at an odd one, whose rows stand one further: so
 * pairs of rows are always read as they were written, and no load waits for two stores before it. */
struct summing {
    const struct name_model *model;
    int16_t *sums[2]; /* [FRONT + count + BEHIND][NAME_WEIGHTS] */
    uint32_t places;  /* a feature begins at one of so many, from -FRONT on */
};

static inline void
add_block(const struct summing *summing, uint32_t place, const int8_t *weights)
{
    enum { PAIR = 2 * NAME_WEIGHTS };
    unsigned odd = place & 1;
    int16_t *sums = summing->sums[odd] + (size_t)(place + odd) * NAME_WEIGHTS;
#pragma GCC unroll 4
    for (unsigned i = 0; i < NAME_BLOCK; i += PAIR) {
        __m128i *at = (__m128i *)(void *)(sums + i);
        __m128i pair = _mm_cvtepi8_epi16(_mm_loadl_epi64((const __m128i *)(const void *)(weights + i)));
        _mm_storeu_si128(at, _mm_add_epi16(_mm_loadu_si128(at), pair));
    }
}

static void
add_features(void *context, const struct feature *items, unsigned count)
{
    const struct summing *summing = context;
    const struct name_model *model = summing->model;
    uint32_t blocks[NAMES_BATCH];
    uint32_t places[NAMES_BATCH];
    unsigned hits = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t block = weight_block(model, items[i].key);
        __builtin_prefetch(model->weights + (size_t)block * NAME_BLOCK);
        places[hits] = (uint32_t)(items[i].at + FRONT);
        blocks[hits] = block;
        /* A run may go on far behind a window: what it says there concerns nobody here. */
        hits += block != 0 && places[hits] < summing->places;
    }
    for (unsigned i = 0; i < hits; i++)
        add_block(summing, places[i], model->weights + (size_t)blocks[i] * NAME_BLOCK);
}

/* Sums of the weights of every feature, per character and label. */
static int32_t *
make_emissions(const struct name_model *model, const struct names_text *text, struct arena *arena)
{
    size_t cells = ((size_t)text->count + FRONT + BEHIND) * NAME_WEIGHTS;
    uint8_t *scratch = arena_alloc(arena, names_scratch_bytes(text->count));
    int16_t *even = arena_alloc(arena, 2 * cells * sizeof *even);
    int32_t *emissions = arena_alloc(arena, (size_t)text->count * L * sizeof *emissions);
    if (!scratch || !even || !emissions)
        return NULL;
    int16_t *odd = even + cells;
    memset(even, 0, 2 * cells * sizeof *even);
    struct summing summing = {model, {even, odd}, text->count + FRONT + BEHIND - NAME_ROWS};
    struct feature_batch batch; /* its items need no zeroes */
    batch.flush = add_features;
    batch.context = &summing;
    names_features(model, text, scratch, &batch);
    for (size_t i = 0; i < text->count; i++) {
        __m128i of_even = _mm_loadl_epi64((const __m128i *)(const void *)(even + (FRONT + i) * NAME_WEIGHTS));
        __m128i of_odd = _mm_loadl_epi64((const __m128i *)(const void *)(odd + (FRONT + i + 1) * NAME_WEIGHTS));
        emissions[i * L + NAME_O] = 0;
        _mm_storeu_si128((__m128i *)(void *)(emissions + i * L + 1),
                         _mm_cvtepi16_epi32(_mm_add_epi16(of_even, of_odd)));
    }
    tagger_forbid_cuts(text->types, text->count, emissions);
    return emissions;
}

/* --- spans ---------------------------------------------------------------------------------------------------------
 */

/* The smallest loss that another label costs at any character of the span. */
static int32_t
span_margin(const int32_t *scores, const int32_t *after, const uint8_t *labels, struct name_span span)
{
    int32_t margin = INT32_MAX;
    for (uint32_t i = span.start; i < span.end; i++) {
        const int32_t *s = scores + (size_t)i * L, *a = after + (size_t)i * L;
        int32_t best = s[labels[i]] + a[labels[i]];
        for (unsigned label = 0; label < L; label++)
            if (label != labels[i] && best - (s[label] + a[label]) < margin)
                margin = best - (s[label] + a[label]);
    }
    return margin;
}

static size_t
collect_spans(const uint8_t *labels, uint32_t count, struct name_span *spans)
{
    size_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (labels[i] == NAME_B || labels[i] == NAME_S)
            spans[found].start = i;
        if (labels[i] == NAME_E || labels[i] == NAME_S)
            spans[found++].end = i + 1;
    }
    return found;
}

enum status
tagger_run(const struct name_model *model, const struct names_text *text, struct arena *arena,
           struct name_span **spans_out, size_t *count_out)
{
    *count_out = 0;
    if (text->count == 0)
        return STATUS_OK;
    size_t cells = (size_t)text->count * L;
    int32_t *emissions = make_emissions(model, text, arena);
    int32_t *scores = arena_alloc(arena, cells * sizeof *scores);
    uint8_t *back = arena_alloc(arena, cells + text->count);
    if (!emissions || !scores || !back)
        return STATUS_TOO_LARGE;
    uint8_t *labels = back + cells;
    tagger_best_path(model->numbers.transition, emissions, text->count, scores, back, labels);
    size_t names = 0;
    for (uint32_t i = 0; i < text->count; i++)
        names += labels[i] == NAME_E || labels[i] == NAME_S;
    if (names == 0)
        return STATUS_OK;
    int32_t *after = arena_alloc(arena, cells * sizeof *after);
    struct name_span *spans = arena_alloc_array(arena, names, sizeof *spans);
    if (!after || !spans)
        return STATUS_TOO_LARGE;
    score_backward(model->numbers.transition, emissions, text->count, after);
    *count_out = collect_spans(labels, text->count, spans);
    for (size_t i = 0; i < *count_out; i++)
        spans[i].margin = span_margin(scores, after, labels, spans[i]);
    *spans_out = spans;
    return STATUS_OK;
}

unsigned
tagger_likelihood(const struct name_model *model, int32_t margin)
{
    int32_t bin = margin < 0 ? 0 : margin / model->numbers.margin_step;
    return model->numbers.likelihood[bin < NAME_LIKELIHOODS ? bin : NAME_LIKELIHOODS - 1];
}
