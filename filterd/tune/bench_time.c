#include "tune/bench_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Width of the median's interval: 2.58 standard errors; that of a median is 1.2533 of the mean's, and a standard
 * deviation 1.4826 of the median distance. */
#define NOISE_OF_DISTANCE (2.58 * 1.2533 * 1.4826)

#define MAX_REPEATS 100

static uint64_t
read_clock(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t
bench_processor_ns(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

/* --- sides -------------------------------------------------------------------------------------------------------- */

enum status
bench_side_init(const struct ruleset *ruleset, const struct purpose *purpose, struct bench_side *side_out)
{
    *side_out = (struct bench_side){.ruleset = ruleset, .purpose = purpose};
    return scanner_create(ruleset->common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &side_out->scanner);
}

void
bench_side_fini(struct bench_side *side)
{
    scanner_destroy(&side->scanner);
}

enum status
bench_side_run(const struct bench_side *side, const struct bench_text *text, const struct trace *trace,
               const struct verdict **verdict_out)
{
    struct message message = {.text = text->text,
                              .surface = text->surface,
                              .direction = text->direction,
                              .purpose = side->purpose,
                              .trace = trace};

    return scanner_run(side->scanner, side->ruleset, &message, verdict_out);
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static int
double_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static int
float_order(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* The value below which `share` of the sorted ones lie. */
static double
quantile(const double *sorted, size_t count, double share)
{
    double at = share * (double)(count - 1);
    size_t low = (size_t)at, high = low + 1 < count ? low + 1 : low;

    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

static double
median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, double_order);
    return quantile(values, count, 0.5);
}

/* --- passes ------------------------------------------------------------------------------------------------------- */

/* A text that has no verdict costs what it costs until then. */
static uint64_t
pass(const struct bench_side *side, const struct bench_sample *sample)
{
    const struct verdict *verdict;
    uint64_t started = bench_processor_ns();

    for (unsigned again = 0; again < sample->repeats; again++)
        for (size_t i = 0; i < sample->corpus->count; i += sample->step)
            (void)!bench_side_run(side, &sample->corpus->items[i], NULL, &verdict);
    return bench_processor_ns() - started;
}

/* The same, with the time of each text, for percentiles: `times` has one row per text. */
static uint64_t
pass_with_times(const struct bench_side *side, const struct bench_corpus *corpus, float *times, unsigned round,
                unsigned rounds)
{
    const struct verdict *verdict;
    uint64_t started = bench_processor_ns(), last = read_clock(CLOCK_MONOTONIC);

    for (size_t i = 0; i < corpus->count; i++) {
        uint64_t now;

        (void)!bench_side_run(side, &corpus->items[i], NULL, &verdict);
        now = read_clock(CLOCK_MONOTONIC);
        times[i * rounds + round] = (float)(now - last);
        last = now;
    }
    return bench_processor_ns() - started;
}

struct bench_sample
bench_sample_for(const struct bench_corpus *corpus, const struct bench_side *side, uint64_t pass_ns)
{
    struct bench_sample sample = {.corpus = corpus, .step = corpus->count / 1000 + 1, .repeats = 1, .count = 1};
    double looked = (double)(corpus->count / sample.step + 1), all_ns;

    pass(side, &sample); /* warms up */
    all_ns = (double)(pass(side, &sample) + 1) / looked * (double)corpus->count;
    sample.step = (size_t)(all_ns / (double)pass_ns) + 1;
    if (all_ns < (double)pass_ns / 4)
        sample.repeats = (unsigned)((double)pass_ns / 4 / all_ns);
    sample.repeats = sample.repeats > MAX_REPEATS ? MAX_REPEATS : sample.repeats < 1 ? 1 : sample.repeats;
    sample.count = (corpus->count + sample.step - 1) / sample.step * sample.repeats;
    return sample;
}

/* --- speed -------------------------------------------------------------------------------------------------------- */

/* Overwrites `times`: the first of each row becomes its median. */
static enum status
take_percentiles(float *times, size_t texts, unsigned rounds, struct bench_speed *speed)
{
    double *medians = malloc((texts + 1) * sizeof *medians);

    if (medians == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < texts; i++) {
        float *row = times + i * rounds;

        qsort(row, rounds, sizeof *row, float_order);
        medians[i] = (double)row[rounds / 2];
    }
    qsort(medians, texts, sizeof *medians, double_order);
    speed->p50_ns = quantile(medians, texts, 0.5);
    speed->p99_ns = quantile(medians, texts, 0.99);
    free(medians);
    return STATUS_OK;
}

static void
take_rounds(double *rounds, unsigned count, struct bench_speed *speed)
{
    speed->ns = median(rounds, count);
    speed->messages_per_second = speed->ns > 0 ? 1e9 / speed->ns : 0;
    speed->spread_ns = (quantile(rounds, count, 0.75) - quantile(rounds, count, 0.25)) / 2;
}

static void
run_rounds(const struct bench_side *const *sides, size_t count, const struct bench_corpus *corpus, unsigned rounds,
           float *const *times, double *const *passes)
{
    const struct bench_sample all = {.corpus = corpus, .step = 1, .repeats = 1, .count = corpus->count};

    for (size_t s = 0; s < count; s++)
        pass(sides[s], &all);
    for (unsigned round = 0; round < rounds; round++)
        for (size_t turn = 0; turn < count; turn++) {
            size_t s = round % 2 == 0 ? turn : count - 1 - turn;

            passes[s][round] =
                (double)pass_with_times(sides[s], corpus, times[s], round, rounds) / (double)corpus->count;
        }
}

enum status
bench_speed_measure(const struct bench_side *const *sides, size_t count, const struct bench_corpus *corpus,
                    unsigned rounds, struct bench_speed *speeds_out)
{
    float *times[BENCH_MAX_SIDES] = {NULL};
    double *passes[BENCH_MAX_SIDES] = {NULL};
    enum status status = STATUS_OK;

    for (size_t s = 0; s < count; s++) {
        times[s] = calloc(corpus->count * rounds + 1, sizeof **times);
        passes[s] = calloc(rounds, sizeof **passes);
        if (times[s] == NULL || passes[s] == NULL)
            status = STATUS_NO_MEMORY;
    }
    if (status == STATUS_OK)
        run_rounds(sides, count, corpus, rounds, times, passes);
    for (size_t s = 0; s < count; s++) {
        if (status == STATUS_OK) {
            take_rounds(passes[s], rounds, &speeds_out[s]);
            status = take_percentiles(times[s], corpus->count, rounds, &speeds_out[s]);
        }
        free(times[s]);
        free(passes[s]);
    }
    return status;
}

/* --- differences -------------------------------------------------------------------------------------------------- */

static void
take_difference(double *values, unsigned count, struct bench_difference *difference)
{
    double middle = median(values, count);

    for (unsigned i = 0; i < count; i++)
        values[i] = values[i] > middle ? values[i] - middle : middle - values[i];
    *difference = (struct bench_difference){middle, 0};

    difference->noise = NOISE_OF_DISTANCE * median(values, count) / sqrt(count);
}

enum status
bench_difference_measure(const struct bench_side *first, const struct bench_side *second,
                         const struct bench_sample *sample, unsigned rounds, struct bench_difference *difference_out)
{
    double *values = calloc(rounds, sizeof *values);

    if (values == NULL)
        return STATUS_NO_MEMORY;
    pass(first, sample);
    pass(second, sample);
    for (unsigned round = 0; round < rounds; round++) {
        uint64_t of_second = round % 2 == 0 ? 0 : pass(second, sample), of_first = pass(first, sample);

        if (round % 2 == 0)
            of_second = pass(second, sample);
        values[round] = ((double)of_first - (double)of_second) / (double)(of_first + 1);
    }
    take_difference(values, rounds, difference_out);
    free(values);
    return STATUS_OK;
}
