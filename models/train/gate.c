#include "gate.h"

#include <stdio.h>
#include <stdlib.h>

#include "scan/names_gate.h"

enum { EPOCHS = 6, UNITS = 12 };

static const double RATE = 0.1, POSITIVE = 3.0, SHRINK = 1e-3, BIAS = -3.0;

enum { CELLS = 4 * NAMES_GATE_CELLS };

/* The weights that speak about a name beginning at position i. */
static void
cells_of(const struct names_text *text, int32_t i, uint32_t cells[CELLS])
{
    for (int32_t k = 0; k < 4; k++) {
        uint32_t three[NAMES_GATE_CELLS];
        names_gate_cells(text, i - 2 + k, GATE_BITS, three);
        for (int32_t n = 0; n < NAMES_GATE_CELLS; n++)
            cells[NAMES_GATE_CELLS * k + n] = 4 * three[n] + (uint32_t)k;
    }
}

/* One step of a logistic regression; the sigmoid is an algebraic one, so that every machine rounds alike. */
static void
learn_position(double *weights, const struct sentence *s, uint32_t i, double rate)
{
    uint32_t cells[CELLS];
    cells_of(&s->text, (int32_t)i, cells);
    double score = BIAS;
    for (unsigned k = 0; k < CELLS; k++)
        score += weights[cells[k]];
    bool begins = s->labels[i] == NAME_B || s->labels[i] == NAME_S;
    double belief = 0.5 + 0.5 * score / (1.0 + (score < 0 ? -score : score));
    double step = begins ? rate * POSITIVE * (1.0 - belief) : -rate * belief;
    if (!begins && belief < 0.02)
        return;
    for (unsigned k = 0; k < CELLS; k++)
        weights[cells[k]] += step - rate * SHRINK * weights[cells[k]];
}

/* Scores of held texts, with or without names. */
static size_t
held_scores(const struct corpus *corpus, const struct name_model *model, bool with_names, int32_t *scores)
{
    size_t count = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        const struct sentence *s = &corpus->sentences[i];
        bool has = false;
        for (uint32_t c = 0; c < s->count; c++)
            has = has || s->labels[c] != NAME_O;
        if (s->held && has == with_names && s->count)
            scores[count++] = names_gate_run(model, &s->text);
    }
    return count;
}

/* What the thresholds let through of the held texts. */
static void
report(const struct corpus *corpus, const int8_t *gate, const struct name_numbers *numbers)
{
    struct name_model model = {.numbers = *numbers, .gate = gate};
    int32_t *scores = malloc((corpus->count + 1) * sizeof *scores);
    for (int fast = 0; fast < 2; fast++)
        for (int with_names = 0; with_names < 2; with_names++) {
            size_t all = held_scores(corpus, &model, with_names, scores), pass = 0;
            for (size_t i = 0; i < all; i++)
                pass += scores[i] >= (fast ? numbers->gate_fast : numbers->gate_thorough);
            printf("gate %s: %zu of %zu held texts %s names pass\n", fast ? "fast" : "thorough", pass, all,
                   with_names ? "with" : "without");
        }
    free(scores);
}

void
gate_train(const struct corpus *corpus, uint64_t seed, int8_t *gate, const struct name_numbers *numbers)
{
    size_t cells = (size_t)GATE_WEIGHTS << GATE_BITS;
    double *weights = calloc(cells, sizeof *weights);
    uint64_t random = seed + 0x9E3779B97F4A7C15u;
    for (unsigned epoch = 0; epoch < EPOCHS; epoch++)
        for (size_t n = 0; n < corpus->count; n++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            const struct sentence *s = &corpus->sentences[(random >> 33) % corpus->count];
            for (uint32_t i = 0; i < s->count && !s->held; i++)
                learn_position(weights, s, i, RATE / (1.0 + epoch));
        }
    for (size_t i = 0; i < cells; i++) {
        double scaled = weights[i] * UNITS;
        scaled = scaled > 127 ? 127 : scaled < -127 ? -127 : scaled;
        gate[i] = (int8_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    report(corpus, gate, numbers);
    free(weights);
}
