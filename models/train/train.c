/* models/train/train.c - trains the name tagger: an averaged structured perceptron in integers.
 *
 *     train WORDS_DIR TRAIN.tsv OUT.model [--epochs N] [--rounds N] [--handicap N] [--blocks N] [--seed N]
 *
 * Integers only and an own random generator: the same files give the same bytes on any machine. Texts whose group is
 * "held" are not learnt; they set what a margin is worth as a likelihood.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "corpus.h"
#include "gate.h"
#include "scan/tagger.h"

enum {
    MIN_SEEN = 3,
    DROP_OF_256 = 36,
    CUT_SEED = 17,
    L = NAME_LABEL_COUNT,
    FRONT = 16,
    BEHIND = 24,
    CELLS = NAME_ROWS * L
};

struct options {
    const char *words, *corpus, *out;
    unsigned epochs, rounds, blocks, handicap;
    int gate_fast, gate_thorough, gate_prose;
    uint64_t seed;
};

/* --- numbers of features -------------------------------------------------------------------------------------------
 */

struct lexicon {
    uint64_t *keys; /* open addressing; 0 = empty */
    uint32_t *ids;
    uint32_t *seen; /* by id */
    uint64_t *key_of;
    size_t slots;
    uint32_t count;
};

static void
lexicon_init(struct lexicon *lexicon)
{
    lexicon->slots = 1u << 25;
    lexicon->keys = calloc(lexicon->slots, sizeof *lexicon->keys);
    lexicon->ids = calloc(lexicon->slots, sizeof *lexicon->ids);
    lexicon->seen = calloc(lexicon->slots / 2, sizeof *lexicon->seen);
    lexicon->key_of = calloc(lexicon->slots / 2, sizeof *lexicon->key_of);
    if (!lexicon->keys || !lexicon->ids || !lexicon->seen || !lexicon->key_of)
        die("out of memory");
}

static uint32_t
lexicon_id(struct lexicon *lexicon, uint64_t key)
{
    key |= 1; /* as the model's keys */
    size_t at = key >> 39;
    while (lexicon->keys[at] && lexicon->keys[at] != key)
        at = (at + 1) & (lexicon->slots - 1);
    if (!lexicon->keys[at]) {
        if (lexicon->count == lexicon->slots / 2)
            die("too many features");
        lexicon->keys[at] = key;
        lexicon->ids[at] = lexicon->count;
        lexicon->key_of[lexicon->count++] = key;
    }
    return lexicon->ids[at];
}

struct filing {
    struct lexicon *lexicon;
    struct sentence *sentence;
    size_t capacity;
};

static void
file_features(void *context, const struct feature *items, unsigned count)
{
    struct filing *filing = context;
    struct sentence *s = filing->sentence;
    if (s->feature_count + count > filing->capacity) {
        filing->capacity = 2 * filing->capacity + count;
        s->ids = realloc(s->ids, filing->capacity * sizeof *s->ids);
        s->at = realloc(s->at, filing->capacity * sizeof *s->at);
    }
    for (unsigned i = 0; i < count; i++) {
        s->ids[s->feature_count] = lexicon_id(filing->lexicon, items[i].key);
        s->at[s->feature_count++] = (int16_t)items[i].at;
    }
}

/* Features of every sentence as numbers; those seen fewer than MIN_SEEN times are left out again. */
static uint32_t
number_features(const struct name_model *words, struct corpus *corpus, struct lexicon *lexicon)
{
    for (size_t i = 0; i < corpus->count; i++) {
        struct sentence *s = &corpus->sentences[i];
        struct filing filing = {.lexicon = lexicon, .sentence = s};
        struct feature_batch batch = {.flush = file_features, .context = &filing};
        uint8_t *scratch = malloc(names_scratch_bytes(s->count));
        names_features(words, &s->text, scratch, &batch);
        free(scratch);
        for (uint32_t f = 0; f < s->feature_count && !s->held; f++)
            lexicon->seen[s->ids[f]]++;
    }
    uint32_t *renamed = malloc((lexicon->count + 1) * sizeof *renamed);
    uint32_t kept = 0;
    for (uint32_t id = 0; id < lexicon->count; id++) {
        renamed[id] = lexicon->seen[id] >= MIN_SEEN ? kept : UINT32_MAX;
        if (lexicon->seen[id] >= MIN_SEEN)
            lexicon->key_of[kept++] = lexicon->key_of[id];
    }
    for (size_t i = 0; i < corpus->count; i++) {
        struct sentence *s = &corpus->sentences[i];
        uint32_t left = 0;
        for (uint32_t f = 0; f < s->feature_count; f++)
            if (renamed[s->ids[f]] != UINT32_MAX) {
                s->ids[left] = renamed[s->ids[f]];
                s->at[left++] = s->at[f];
            }
        s->feature_count = left;
    }
    printf("%u features, %u of them seen %d times or more\n", lexicon->count, kept, MIN_SEEN);
    free(renamed);
    return kept;
}

/* --- perceptron ----------------------------------------------------------------------------------------------------
 */

struct learner {
    int32_t (*weights)[CELLS];
    int64_t (*late)[CELLS];  /* updates times when they came */
    int64_t (*total)[CELLS]; /* averages of all rounds */
    int32_t transition[L][L];
    int64_t transition_late[L][L], transition_total[L][L];
    const uint8_t *alive; /* NULL = all features */
    int64_t time;
    int32_t handicap; /* by how much a name must win over none */
    uint64_t random;
    int32_t *sums, *scores, *delta;
    uint8_t *back, *labels, *dropped;
};

static uint64_t
next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A name with a cut that the tagger never makes: to learn it would only drive weights up. */
static bool
is_out_of_reach(const struct sentence *s, const int32_t *forbidden)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (forbidden[i * L + s->labels[i]] != 0)
            return true;
    return false;
}

static bool
learn(struct learner *learner, const struct sentence *s)
{
    size_t cells = ((size_t)s->count + FRONT + BEHIND) * L;
    memset(learner->sums, 0, cells * sizeof *learner->sums);
    tagger_forbid_cuts(s->text.types, s->count, learner->sums + FRONT * L);
    if (is_out_of_reach(s, learner->sums + FRONT * L))
        return false;
    for (uint32_t f = 0; f < s->feature_count; f++) {
        bool dead = learner->alive && !learner->alive[s->ids[f]];
        learner->dropped[f] = dead || (next_random(&learner->random) & 255) < DROP_OF_256;
        if (learner->dropped[f])
            continue;
        int32_t *sums = learner->sums + (s->at[f] + FRONT) * L;
        const int32_t *weights = learner->weights[s->ids[f]];
        for (unsigned i = 0; i < CELLS; i++)
            sums[i] += weights[i];
    }
    for (uint32_t i = 0; i < s->count; i++)
        if (s->labels[i] != NAME_O)
            learner->sums[(i + FRONT) * L + NAME_O] += learner->handicap;
    int16_t transition[L][L];
    for (unsigned a = 0; a < L; a++)
        for (unsigned b = 0; b < L; b++)
            transition[a][b] = (int16_t)learner->transition[a][b];
    tagger_best_path((const int16_t(*)[L])transition, learner->sums + FRONT * L, s->count, learner->scores,
                     learner->back, learner->labels);
    if (memcmp(learner->labels, s->labels, s->count) == 0)
        return false;
    memset(learner->delta, 0, cells * sizeof *learner->delta);
    uint32_t first = UINT32_MAX, last = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        if (learner->labels[i] != s->labels[i]) {
            learner->delta[(i + FRONT) * L + s->labels[i]] = 1;
            learner->delta[(i + FRONT) * L + learner->labels[i]] = -1;
            first = first == UINT32_MAX ? i : first;
            last = i;
        }
        if (i > 0) {
            learner->transition[s->labels[i - 1]][s->labels[i]]++;
            learner->transition_late[s->labels[i - 1]][s->labels[i]] += learner->time;
            learner->transition[learner->labels[i - 1]][learner->labels[i]]--;
            learner->transition_late[learner->labels[i - 1]][learner->labels[i]] -= learner->time;
        }
    }
    for (uint32_t f = 0; f < s->feature_count; f++) {
        if (learner->dropped[f] || s->at[f] > (int32_t)last || s->at[f] + NAME_ROWS <= (int32_t)first)
            continue;
        const int32_t *delta = learner->delta + (s->at[f] + FRONT) * L;
        int32_t *weights = learner->weights[s->ids[f]];
        int64_t *late = learner->late[s->ids[f]];
        for (unsigned i = 0; i < CELLS; i++) {
            weights[i] += delta[i];
            late[i] += learner->time * delta[i];
        }
    }
    return true;
}

static void
learner_init(struct learner *learner, const struct corpus *corpus, uint32_t features, uint64_t seed)
{
    size_t longest = 0, most = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        longest = corpus->sentences[i].count > longest ? corpus->sentences[i].count : longest;
        most = corpus->sentences[i].feature_count > most ? corpus->sentences[i].feature_count : most;
    }
    size_t cells = (longest + FRONT + BEHIND) * L;
    *learner = (struct learner){.weights = calloc(features, sizeof *learner->weights),
                                .late = calloc(features, sizeof *learner->late),
                                .total = calloc(features, sizeof *learner->total),
                                .random = seed * 2654435761u + 88172645463325252u,
                                .sums = calloc(cells, 4),
                                .scores = calloc(cells, 4),
                                .delta = calloc(cells, 4),
                                .back = calloc(cells, 1),
                                .labels = calloc(cells, 1),
                                .dropped = calloc(most + 1, 1)};
    if (!learner->weights || !learner->late || !learner->total)
        die("out of memory");
}

static void
train(struct learner *learner, const struct corpus *corpus, unsigned epochs)
{
    uint32_t *order = malloc(corpus->count * sizeof *order);
    size_t count = 0;
    for (size_t i = 0; i < corpus->count; i++)
        if (!corpus->sentences[i].held)
            order[count++] = (uint32_t)i;
    for (unsigned epoch = 0; epoch < epochs; epoch++) {
        size_t wrong = 0;
        for (size_t i = count; i > 1; i--) {
            size_t j = next_random(&learner->random) % i;
            uint32_t swap = order[i - 1];
            order[i - 1] = order[j];
            order[j] = swap;
        }
        for (size_t i = 0; i < count; i++) {
            const struct sentence *s = &corpus->sentences[order[i]];
            if ((next_random(&learner->random) >> 20 & 1023) >= s->weight * 1024)
                continue;
            learner->time++;
            wrong += learn(learner, s);
        }
        printf("epoch %u: %zu of %zu sentences wrong\n", epoch + 1, wrong, count);
        fflush(stdout);
    }
    free(order);
}

/* --- the model -----------------------------------------------------------------------------------------------------
 */

/* Adds the average weights of this round to the total, times the number of steps, and forgets the round. */
static void
end_round(struct learner *learner, uint32_t features)
{
    int64_t steps = learner->time + 1;
    for (uint32_t f = 0; f < features; f++)
        for (unsigned i = 0; i < CELLS; i++)
            learner->total[f][i] += learner->weights[f][i] * steps - learner->late[f][i];
    for (unsigned a = 0; a < L; a++)
        for (unsigned b = 0; b < L; b++)
            learner->transition_total[a][b] += learner->transition[a][b] * steps - learner->transition_late[a][b];
    memset(learner->weights, 0, features * sizeof *learner->weights);
    memset(learner->late, 0, features * sizeof *learner->late);
    memset(learner->transition, 0, sizeof learner->transition);
    memset(learner->transition_late, 0, sizeof learner->transition_late);
    learner->time = 0;
}

/* What label 1 + i % 4 has more than O at row i / 4, in the average. */
static int64_t
average(const struct learner *learner, uint32_t feature, unsigned i)
{
    const int64_t *row = learner->total[feature] + (size_t)(i / NAME_WEIGHTS) * L;
    return row[1 + i % NAME_WEIGHTS] - row[NAME_O];
}

struct ranked {
    uint64_t worth;
    uint32_t feature;
};

static int
by_worth(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    return x->feature < y->feature ? -1 : 1;
}

/* The features that matter most: their greatest average weight, times the root of how often they help. */
static struct ranked *
rank_features(const struct learner *learner, uint32_t features)
{
    struct ranked *ranked = malloc(features * sizeof *ranked);
    for (uint32_t f = 0; f < features; f++) {
        uint64_t worth = 0;
        for (unsigned i = 0; i < NAME_BLOCK; i++) {
            int64_t value = average(learner, f, i);
            worth += (uint64_t)(value < 0 ? -value : value) >> 8;
        }
        ranked[f] = (struct ranked){worth, f};
    }
    qsort(ranked, features, sizeof *ranked, by_worth);
    return ranked;
}

static int64_t
greatest(const struct learner *learner, const struct ranked *ranked, uint32_t count)
{
    int64_t most = 1;
    for (uint32_t k = 0; k < count; k++)
        for (unsigned i = 0; i < NAME_BLOCK; i++) {
            int64_t value = average(learner, ranked[k].feature, i);
            value = value < 0 ? -value : value;
            most = value > most ? value : most;
        }
    return most;
}

static int
scaled(int64_t value, int64_t most)
{
    int64_t doubled = value * 254 / most; /* rounds half away from zero */
    return (int)((doubled + (doubled < 0 ? -1 : 1)) / 2);
}

struct image {
    struct name_numbers numbers;
    uint32_t *slots;
    int8_t *weights, *gate;
    uint32_t used;
};

static void
put_feature(struct image *image, const struct learner *learner, uint64_t key, uint32_t feature, int64_t most)
{
    uint32_t slots = image->numbers.slots, mark = weight_mark(key), at = weight_home(key, slots);
    while (image->slots[at] && image->slots[at] >> NAME_MARK_SHIFT != mark)
        at = at + 1 == slots ? 0 : at + 1;
    if (image->slots[at])
        return;
    image->slots[at] = mark << NAME_MARK_SHIFT | image->used;
    for (unsigned i = 0; i < NAME_BLOCK; i++)
        image->weights[(size_t)image->used * NAME_BLOCK + i] = (int8_t)scaled(average(learner, feature, i), most);
    image->used++;
}

static void
make_image(const struct learner *learner, const struct lexicon *lexicon, const struct ranked *ranked, uint32_t blocks,
           struct image *image)
{
    int64_t most = greatest(learner, ranked, blocks);
    image->numbers = (struct name_numbers){
        .blocks = blocks + 1, .slots = (blocks / 4 + 2) * NAME_LINE, .gate_bits = GATE_BITS, .margin_step = 1};
    image->slots = calloc(image->numbers.slots, 4);
    image->used = 1;
    image->weights = calloc(blocks + 1, NAME_BLOCK);
    image->gate = calloc(GATE_WEIGHTS, 1u << GATE_BITS);
    for (uint32_t k = 0; k < blocks; k++)
        put_feature(image, learner, lexicon->key_of[ranked[k].feature], ranked[k].feature, most);
    for (unsigned a = 0; a < L; a++)
        for (unsigned b = 0; b < L; b++) {
            int64_t value = learner->transition_total[a][b];
            image->numbers.transition[a][b] = (int16_t)scaled(value, most);
        }
}

/* --- likelihoods ---------------------------------------------------------------------------------------------------
 */

static bool
is_gold(const struct sentence *s, struct name_span span)
{
    if (span.end - span.start == 1)
        return s->labels[span.start] == NAME_S;
    bool right = s->labels[span.start] == NAME_B && s->labels[span.end - 1] == NAME_E;
    for (uint32_t i = span.start + 1; i + 1 < span.end; i++)
        right = right && s->labels[i] == NAME_I;
    return right;
}

/* What share of names of each margin is right among the held texts; made to rise (pool adjacent violators). */
static void
calibrate(struct image *image, const struct name_model *words, const struct corpus *corpus)
{
    struct name_model model = *words;
    model.numbers = image->numbers;
    model.slots = image->slots;
    model.weights = image->weights;
    struct arena *arena;
    if (arena_create(64u << 20, &arena) != STATUS_OK)
        die("out of memory");
    enum { STEP = 8 };
    unsigned right[NAME_LIKELIHOODS] = {0}, all[NAME_LIKELIHOODS] = {0}, gold[3] = {0}, found[3] = {0}, good[3] = {0};
    for (size_t i = 0; i < corpus->count; i++) {
        const struct sentence *s = &corpus->sentences[i];
        struct name_span *spans;
        size_t count;
        if (!s->held)
            continue;
        if (tagger_run(&model, &s->text, arena, &spans, &count) != STATUS_OK)
            die("out of memory");
        for (uint32_t c = 0; c < s->count; c++)
            gold[s->held] += s->labels[c] == NAME_B || s->labels[c] == NAME_S;
        for (size_t k = 0; k < count; k++) {
            int32_t bin = spans[k].margin / STEP;
            bin = bin < NAME_LIKELIHOODS ? bin : NAME_LIKELIHOODS - 1;
            all[bin]++;
            right[bin] += is_gold(s, spans[k]);
            good[s->held] += is_gold(s, spans[k]);
            found[s->held]++;
        }
        arena_reset(arena);
    }
    for (unsigned h = HELD_TEXT; h <= HELD_MESSAGE; h++)
        printf("held %s: %u names, %u found, %u right: precision %.3f recall %.3f F1 %.3f\n",
               h == HELD_TEXT ? "texts" : "messages", gold[h], found[h], good[h],
               found[h] ? (double)good[h] / found[h] : 0, gold[h] ? (double)good[h] / gold[h] : 0,
               gold[h] + found[h] ? 2.0 * good[h] / (gold[h] + found[h]) : 0);
    image->numbers.margin_step = STEP;
    unsigned start[NAME_LIKELIHOODS], pools = 0, pool_right[NAME_LIKELIHOODS], pool_all[NAME_LIKELIHOODS];
    for (unsigned bin = 0; bin < NAME_LIKELIHOODS; bin++) {
        start[pools] = bin;
        pool_right[pools] = 2 * right[bin] + 1; /* a little towards one half */
        pool_all[pools++] = 2 * all[bin] + 2;
        while (pools > 1 && (uint64_t)pool_right[pools - 2] * pool_all[pools - 1] >=
                                (uint64_t)pool_right[pools - 1] * pool_all[pools - 2]) {
            pool_right[pools - 2] += pool_right[pools - 1];
            pool_all[pools - 2] += pool_all[pools - 1];
            pools--;
        }
    }
    for (unsigned pool = 0; pool < pools; pool++) {
        unsigned end = pool + 1 < pools ? start[pool + 1] : NAME_LIKELIHOODS;
        unsigned percent = 100 * pool_right[pool] / pool_all[pool];
        for (unsigned bin = start[pool]; bin < end; bin++)
            image->numbers.likelihood[bin] = (uint8_t)(percent > 99 ? 99 : percent);
        printf("margin %4d..%4d: likelihood %2u (%u names)\n", (int)(start[pool] * STEP), (int)(end * STEP), percent,
               pool_all[pool] / 2);
    }
    arena_destroy(&arena);
}

static void
write_image(const struct image *image, const char *path)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        die("%s: cannot be written", path);
    static const char head[192];
    fwrite("FDNAMES2", 8, 1, out);
    fwrite(&image->numbers, sizeof image->numbers, 1, out);
    fwrite(head, sizeof head - 8 - sizeof image->numbers, 1, out);
    fwrite(image->weights, NAME_BLOCK, image->numbers.blocks, out);
    fwrite(image->slots, 4, image->numbers.slots, out);
    fwrite(image->gate, GATE_WEIGHTS, 1u << GATE_BITS, out);
    if (fclose(out) != 0)
        die("%s: cannot be written", path);
}

static struct options
read_options(int argc, char **argv)
{
    if (argc < 4)
        die("usage: train WORDS_DIR TRAIN.tsv OUT.model [--epochs N] [--rounds N] [--handicap N] [--blocks N] [--seed "
            "N] [--fast N] [--thorough N] "
            "[--prose N]");
    struct options options = {argv[1],         argv[2],         argv[3],   .epochs = 8,     .rounds = 5,
                              .handicap = 20,  .blocks = 32000, .seed = 1, .gate_fast = 65, .gate_thorough = -40,
                              .gate_prose = 50};
    for (int i = 4; i + 1 < argc; i += 2) {
        unsigned value = (unsigned)strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--epochs") == 0)
            options.epochs = value;
        else if (strcmp(argv[i], "--blocks") == 0)
            options.blocks = value;
        else if (strcmp(argv[i], "--seed") == 0)
            options.seed = value;
        else if (strcmp(argv[i], "--rounds") == 0)
            options.rounds = value;
        else if (strcmp(argv[i], "--handicap") == 0)
            options.handicap = value;
        else if (strcmp(argv[i], "--fast") == 0)
            options.gate_fast = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--thorough") == 0)
            options.gate_thorough = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--prose") == 0)
            options.gate_prose = atoi(argv[i + 1]);
        else
            die("unknown option %s", argv[i]);
    }
    return options;
}

int
main(int argc, char **argv)
{
    struct options options = read_options(argc, argv);
    struct view_tables *views;
    struct name_model *words;
    struct fault fault;
    if (view_tables_create(&views) != STATUS_OK || name_words_read(options.words, &words, &fault) != STATUS_OK)
        die("%s: no names.words", options.words);
    struct corpus corpus = {0};
    corpus_read(options.corpus, views, &corpus);
    struct lexicon lexicon = {0};
    lexicon_init(&lexicon);
    uint32_t features = number_features(words, &corpus, &lexicon);
    struct learner learner;
    learner_init(&learner, &corpus, features, options.seed);
    learner.handicap = (int32_t)options.handicap;
    for (unsigned round = 0; round < options.rounds; round++) {
        train(&learner, &corpus, options.epochs);
        end_round(&learner, features);
    }
    struct ranked *ranked = rank_features(&learner, features);
    struct image image;
    make_image(&learner, &lexicon, ranked, options.blocks < features ? options.blocks : features, &image);
    image.numbers.gate_fast = options.gate_fast;
    image.numbers.gate_thorough = options.gate_thorough;
    image.numbers.gate_prose = options.gate_prose;
    calibrate(&image, words, &corpus);
    gate_train(&corpus, options.seed, image.gate, &image.numbers);
    write_image(&image, options.out);
    return 0;
}
