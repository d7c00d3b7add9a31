/* Trains the topic model: train LINES.tsv OUT.model OUT.report
 *
 * One linear classifier per category over rows of 1-4 characters of the skeleton view, squared hinge loss, AdaGrad in a
 * fixed order; no function of libm but the root, one thread: the same lines give the same bytes. Four folds are held
 * out in turn to calibrate; the model that is written has seen all.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "rules/topics.h"

enum { FOLDS = 4, ALL_FOLDS = FOLDS };
enum { EPOCHS = 6, GATE_CELLS = 1 << TOPIC_GATE_BITS, GATE_SNAPSHOT = 5000 /* texts */ };
enum { HARMLESS_COST = 3 /* times a near miss: what is blocked for nothing is mostly everyday chat */ };
#define GATE_FLOOR 1.1f
#define GATE_RATE 0.06f
#define RATE 0.15f
#define DECAY 2e-4f

/* Pairs whose border is a matter of taste: a text of one is no counter-example for the other. */
static const char *const kin[][2] = {
    {"ILLEGAL", "ABETMENT"},       {"DEFAMATION", "PUBLIC_ORDER"}, {"DEFAMATION", "DISCRIMINATION"},
    {"MALWARE", "HARMFUL_LINK"},   {"COMMERCIAL", "HARMFUL_LINK"}, {"IMPERSONATION", "HARMFUL_LINK"},
    {"OBSCENE", "HARMFUL_LINK"},   {"OBSCENE", "ILLEGAL"},         {"COMMERCIAL", "ILLEGAL"},
    {"PUBLIC_ORDER", "ABETMENT"},  {"PRIVACY", "OBSCENE"},         {"PRIVACY", "DEFAMATION"},
    {"IP_RIGHTS", "HARMFUL_LINK"}, {"IP_RIGHTS", "MALWARE"},       {"DISCRIMINATION", "PUBLIC_ORDER"},
    {"MALWARE", "ILLEGAL"},        {"IP_RIGHTS", "ILLEGAL"},       {"IP_RIGHTS", "COMMERCIAL"}};
static bool is_kin[TOPIC_LANES][TOPIC_LANES];

static float weights[SLOTS][TOPIC_LANES], squares[SLOTS][TOPIC_LANES], bias[TOPIC_LANES], bias_squares[TOPIC_LANES];
static uint16_t checks[SLOTS];
static float gate[GATE_CELLS], gate_sums[GATE_CELLS];

static uint64_t random_state;

static uint64_t
next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

/* --- learning ----------------------------------------------------------------------------------------------------- */

static void
margins_of(const struct text *text, float *out)
{
    float sum[TOPIC_LANES] = {0};
    for (uint32_t i = 0; i < text->gram_count; i++)
        for (int c = 0; c < TOPIC_LANES; c++)
            sum[c] += weights[text->grams[i]][c];
    for (int c = 0; c < TOPIC_LANES; c++)
        out[c] = bias[c] + sum[c] * TOPIC_NORM / (float)(text->norm ? text->norm : 1);
}

/* Neither an example nor a counter-example. */
static bool
is_excused(const struct text *text, int lane)
{
    if (text->label == NEAR)
        return lane == TOPIC_DANGER;
    return text->label >= 0 && text->label != lane && is_kin[text->label][lane];
}

/* How the loss of each category falls with its margin; false: nothing to learn. */
static bool
slopes_of(const struct text *text, const float *margins, float *slope)
{
    bool any = false;
    for (int c = 0; c < TOPIC_LANES; c++) {
        bool own = c == text->label;
        float missing = 1 - (own ? margins[c] : -margins[c]);
        slope[c] = is_excused(text, c) || missing <= 0
                       ? 0
                       : (own ? -missing : missing * (text->label == HARMLESS ? HARMLESS_COST : 1));
        any |= slope[c] != 0;
    }
    return any;
}

static void
learn(const struct text *text)
{
    float margins[TOPIC_LANES], slope[TOPIC_LANES], part = TOPIC_NORM / (float)(text->norm ? text->norm : 1);
    margins_of(text, margins);
    if (!slopes_of(text, margins, slope))
        return;
    for (uint32_t i = 0; i < text->gram_count; i++) {
        float *weight = weights[text->grams[i]], *square = squares[text->grams[i]];
        for (int c = 0; c < TOPIC_LANES; c++) {
            float gradient = slope[c] * part + DECAY * weight[c];
            square[c] += gradient * gradient;
            weight[c] -= RATE * gradient / (sqrtf(square[c]) + 1e-3f);
        }
    }
    for (int c = 0; c < TOPIC_LANES; c++) {
        bias_squares[c] += slope[c] * slope[c];
        bias[c] -= 0.1f * slope[c] / (sqrtf(bias_squares[c]) + 1e-3f);
    }
}

/* Learns from all but the texts of held/, those of fold `held` and, if there is such a fold, those that are measured.
 */
static void
train_without(const struct corpus *corpus, int held)
{
    uint32_t *order = need(malloc(corpus->count * sizeof *order));
    size_t count = 0;
    for (size_t i = 0; i < corpus->count; i++)
        if (!corpus->texts[i].is_held && (held == ALL_FOLDS || !corpus->texts[i].is_measured) &&
            (corpus->texts[i].label == HARMLESS || corpus->texts[i].fold != held))
            order[count++] = (uint32_t)i;
    memset(weights, 0, sizeof weights);
    memset(squares, 0, sizeof squares);
    memset(bias, 0, sizeof bias);
    memset(bias_squares, 0, sizeof bias_squares);
    random_state = 88172645463325252u;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        for (size_t i = count; i > 1; i--) {
            size_t other = next_random() % i;
            uint32_t swap = order[i - 1];
            order[i - 1] = order[other];
            order[other] = swap;
        }
        for (size_t i = 0; i < count; i++)
            learn(&corpus->texts[order[i]]);
    }
    free(order);
}

/* --- the gate ----------------------------------------------------------------------------------------------------- */

/* The best sum of neighbouring pairs, as the scanner finds it, for a text of GATE_BYTES. */
static float
best_run(const struct text *text, uint32_t *from, uint32_t *to)
{
    float best = 0, sum = 0;
    uint32_t start = 0;
    *from = *to = 0;
    for (uint32_t i = 0; i < text->cell_count; i++) {
        sum += gate[text->cells[i]];
        if (sum <= 0) {
            sum = 0;
            start = i + 1;
        } else if (sum > best) {
            best = sum;
            *from = start;
            *to = i + 1;
        }
    }
    return best / text->gate_length;
}

static void
learn_gate(const struct text *text)
{
    uint32_t from, to;
    float best = best_run(text, &from, &to);
    if (text->label >= 0 && best < 2)
        for (uint32_t i = 0; i < text->cell_count; i++)
            gate[text->cells[i]] += GATE_RATE;
    else if (text->label == HARMLESS && best > 0.5f)
        for (uint32_t i = from; i < to; i++)
            gate[text->cells[i]] -= GATE_RATE;
}

/* The gate is the mean of what it was on the way through the later half: one that still wavers passes more. */

static void
train_gate(const struct corpus *corpus, int held)
{
    size_t snapshots = 0;
    memset(gate, 0, sizeof gate);
    memset(gate_sums, 0, sizeof gate_sums);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        for (size_t at = 0; at < corpus->count; at++) {
            const struct text *text = &corpus->texts[at * 7919 % corpus->count]; /* mixed; prime to any count here */
            if ((text->is_measured && held != ALL_FOLDS) || text->is_held || text->label == NEAR ||
                text->label == CALM || (text->label >= 0 && text->fold == held))
                continue;
            learn_gate(text);
            if (epoch >= EPOCHS / 2 && at % GATE_SNAPSHOT == 0) {
                snapshots++;
                for (size_t i = 0; i < GATE_CELLS; i++)
                    gate_sums[i] += gate[i];
            }
        }
    for (size_t i = 0; i < GATE_CELLS; i++)
        gate[i] = gate_sums[i] / (float)(snapshots ? snapshots : 1);
}

/* --- calibration -------------------------------------------------------------------------------------------------- */

struct scored {
    float margin;
    bool is_true;
    bool is_harmless;
    bool is_other; /* prohibited all the same, of another category */
};

static struct scored *scored[TOPIC_LANES];
static size_t scored_count[TOPIC_LANES];

/* What does not pass the gate counts as missed; what is short is not judged. Of a prohibited text only what outranks
 * its own category is wrong. */
static void
score(const struct text *text)
{
    float margins[TOPIC_LANES];
    uint32_t from, to;
    bool passes = best_run(text, &from, &to) >= GATE_FLOOR;
    if (text->is_short)
        return;
    margins_of(text, margins);
    for (int c = 0; c < TOPIC_LANES; c++)
        if (!is_excused(text, c) && !(text->label >= 0 && margins[c] < margins[text->label]))
            scored[c][scored_count[c]++] =
                (struct scored){passes ? margins[c] : -100, text->label == c, text->label == HARMLESS,
                                text->label >= 0 && text->label != c};
}

static void
score_held(const struct corpus *corpus, int fold)
{
    for (size_t i = 0; i < corpus->count; i++) {
        const struct text *text = &corpus->texts[i];
        if (text->is_held)
            continue;
        if (text->is_measured ? i % FOLDS == (size_t)fold : text->label != HARMLESS && text->fold == fold)
            score(text);
    }
}

static int
by_margin(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    return x->margin != y->margin ? (x->margin < y->margin ? 1 : -1) : (int)x->is_true - (int)y->is_true;
}

struct cut {
    float margin;
    double precision, recall;
    size_t harmless;
};

struct demand {
    float margin; /* or more */
    double precision;
    size_t harmless; /* at most so many harmless texts pass */
    bool is_lax;     /* a prohibited text of another category is not wrong: up to 60 the question is whether to act */
};

/* The lowest margin at which all that is demanded holds. */
static struct cut
cut_at(int topic, struct demand demand)
{
    const struct scored *items = scored[topic];
    size_t right = 0, wrong = 0, calm = 0, all = 0;
    struct cut cut = {items[0].margin, 1, 0, 0};
    for (size_t i = 0; i < scored_count[topic]; i++)
        all += items[i].is_true;
    for (size_t i = 0; i < scored_count[topic]; i++) {
        right += items[i].is_true;
        wrong += !items[i].is_true && !(demand.is_lax && items[i].is_other);
        calm += items[i].is_harmless;
        if (calm > demand.harmless)
            break;
        if ((double)right >= demand.precision * (double)(right + wrong) && items[i].margin > demand.margin)
            cut = (struct cut){items[i].margin, (double)right / (double)(right + wrong), (double)right / (double)all,
                               calm};
    }
    return cut;
}

static const uint8_t likelihoods[TOPIC_KNOTS] = {40, 60, 80, 90, 97};

static void
calibrate(struct topic_numbers *numbers, FILE *report)
{
    static const struct demand demands[TOPIC_KNOTS] = {{-0.8f, 0.75, 40, true},
                                                       {-0.4f, 0.97, 1, true},
                                                       {-0.4f, 0.97, 1, false},
                                                       {-0.4f, 0.99, 0, false},
                                                       {-0.4f, 0.997, 0, false}};
    /* a false escalation costs a look, a missed one perhaps a life */
    static const struct demand danger_demands[TOPIC_KNOTS] = {{-0.8f, 0.75, 150, true},
                                                              {-0.65f, 0.90, 60, true},
                                                              {-0.4f, 0.97, 3, false},
                                                              {-0.4f, 0.99, 0, false},
                                                              {-0.4f, 0.997, 0, false}};
    memcpy(numbers->likelihoods, likelihoods, sizeof likelihoods);
    fprintf(report, "Per likelihood: margin from which it holds, precision and recall on held-out wordings, harmless "
                    "texts of the measured third above it.\n");
    for (int c = 0; c < TOPIC_LANES; c++) {
        qsort(scored[c], scored_count[c], sizeof *scored[c], by_margin);
        float last = -1e9f;
        for (int k = 0; k < TOPIC_KNOTS; k++) {
            struct cut cut = cut_at(c, (c == TOPIC_DANGER ? danger_demands : demands)[k]);
            float margin = cut.margin > last + 0.05f ? cut.margin : last + 0.05f;
            last = margin;
            numbers->knots[c][k] = (int32_t)(margin * TOPIC_MARGIN_ONE);
            fprintf(report, "%-15s %3d  margin %6.2f  precision %.3f  recall %.3f  harmless %zu\n", topic_words[c],
                    likelihoods[k], (double)margin, cut.precision, cut.recall, cut.harmless);
        }
    }
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static int32_t
rounded(float value)
{
    return (int32_t)(value < 0 ? value - 0.5f : value + 0.5f);
}

static void
write_model(const char *path, struct topic_numbers *numbers)
{
    static int8_t small[SLOTS][TOPIC_LANES], small_gate[GATE_CELLS];
    for (int c = 0; c < TOPIC_LANES; c++) {
        float most = 1e-9f;
        for (size_t i = 0; i < SLOTS; i++)
            most = fabsf(weights[i][c]) > most ? fabsf(weights[i][c]) : most;
        for (size_t i = 0; i < SLOTS; i++)
            small[i][c] = (int8_t)rounded(weights[i][c] * 127 / most);
        numbers->scale[c] = rounded(most / 127 * TOPIC_MARGIN_ONE * TOPIC_NORM);
        numbers->bias[c] = rounded(bias[c] * TOPIC_MARGIN_ONE);
    }
    float most = 1e-9f;
    for (size_t i = 0; i < GATE_CELLS; i++)
        most = fabsf(gate[i]) > most ? fabsf(gate[i]) : most;
    for (size_t i = 0; i < GATE_CELLS; i++)
        small_gate[i] = (int8_t)rounded(gate[i] * 127 / most);
    numbers->gate_floor = rounded(GATE_FLOOR * 127 / most);
    numbers->gate_bytes = GATE_BYTES;
    numbers->slots = SLOTS;
    FILE *out = need(fopen(path, "wb"));
    fwrite("FDTOPIC1", 1, 8, out);
    fwrite(numbers, sizeof *numbers, 1, out);
    fwrite(small, sizeof small, 1, out);
    fwrite(checks, sizeof checks, 1, out);
    fwrite(small_gate, sizeof small_gate, 1, out);
    if (fclose(out) != 0)
        exit(1);
}

/* What the gate lets pass, of texts it has not seen, at other floors too. */
static void
measure_gate(const struct corpus *corpus, int fold, FILE *report)
{
    for (int step = -4; step <= 4; step++) {
        float floor = GATE_FLOOR + 0.1f * (float)step;
        size_t calm = 0, calm_passed = 0, held = 0, held_passed = 0;
        for (size_t i = 0; i < corpus->count; i++) {
            const struct text *text = &corpus->texts[i];
            uint32_t from, to;
            bool passes = best_run(text, &from, &to) >= floor;
            calm += text->is_measured && text->label == HARMLESS;
            calm_passed += text->is_measured && text->label == HARMLESS && passes;
            held += text->label >= 0 && !text->is_held && text->fold == fold;
            held_passed += text->label >= 0 && !text->is_held && text->fold == fold && passes;
        }
        fprintf(report, "gate %.1f: passed by %.4f of held-out wordings, %.4f of harmless texts\n", (double)floor,
                (double)held_passed / (double)held, (double)calm_passed / (double)calm);
    }
}

/* Likelihood 60 or more for any category, or for danger. */
static bool
is_told(const struct text *text, const struct topic_numbers *numbers)
{
    float margins[TOPIC_LANES];
    uint32_t from, to;
    bool told = false;
    margins_of(text, margins);
    for (int c = 0; c < TOPIC_LANES; c++)
        told |= (int32_t)(margins[c] * TOPIC_MARGIN_ONE) >= numbers->knots[c][1] &&
                (c == TOPIC_DANGER) == (text->label == TOPIC_DANGER);
    return told && !text->is_short && best_run(text, &from, &to) >= GATE_FLOOR;
}

/* The texts of held/, which neither training nor calibration has seen. */
static void
report_held(const struct corpus *corpus, const struct topic_numbers *numbers, FILE *report)
{
    size_t all[TOPIC_LANES + 1] = {0}, told[TOPIC_LANES + 1] = {0};
    for (size_t i = 0; i < corpus->count; i++) {
        const struct text *text = &corpus->texts[i];
        int row = text->label >= 0 ? text->label : TOPIC_LANES;
        all[row] += text->is_held;
        told[row] += text->is_held && is_told(text, numbers);
    }
    for (int c = 0; c <= TOPIC_LANES; c++)
        fprintf(report, "held %-15s %zu of %zu at likelihood 60\n", c < TOPIC_LANES ? topic_words[c] : "near misses",
                told[c], all[c]);
}

int
main(int count, char **words)
{
    struct corpus corpus = {0};
    struct topic_numbers numbers = {0};
    if (count != 4)
        return 2;
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++) {
        int a = topic_of(kin[i][0]), b = topic_of(kin[i][1]);
        is_kin[a][b] = is_kin[b][a] = true;
    }
    corpus_read(words[1], &corpus);
    corpus_choose_grams(&corpus, checks);
    FILE *report = need(fopen(words[3], "w"));
    for (int c = 0; c < TOPIC_LANES; c++)
        scored[c] = need(malloc(corpus.count * sizeof *scored[c]));
    for (int fold = 0; fold < FOLDS; fold++) {
        train_gate(&corpus, fold);
        train_without(&corpus, fold);
        score_held(&corpus, fold);
        if (fold == 0)
            measure_gate(&corpus, fold, report);
    }
    calibrate(&numbers, report);
    train_gate(&corpus, ALL_FOLDS);
    train_without(&corpus, ALL_FOLDS);
    report_held(&corpus, &numbers, report);
    write_model(words[2], &numbers);
    return fclose(report) != 0;
}
