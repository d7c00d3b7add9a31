#include "cmd/filterctl_calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LEVELS = 1024, EVIDENCE_SHOWN = EVIDENCE_LABEL | EVIDENCE_CHECK_DIGIT | EVIDENCE_NEGATIVE };

/* One rule with one kind of evidence. */
struct level {
    const char *rule;
    unsigned evidence;
    uint64_t claimed; /* sum over the hits, percent: the tagger claims something else of each name */
    unsigned hits, right;
};

struct calibration {
    struct level levels[MAX_LEVELS];
    size_t count;
    unsigned values, found, wrong; /* of all types but names, which have a measure of their own */
    unsigned traps, traps_hit;
};

static const double Z = 1.96; /* of 95 % */

enum status
calibration_create(struct calibration **calibration_out)
{
    struct calibration *calibration = calloc(1, sizeof *calibration);

    if (calibration == NULL)
        return STATUS_NO_MEMORY;
    *calibration_out = calibration;
    return STATUS_OK;
}

void
calibration_destroy(struct calibration **calibration)
{
    free(*calibration);
    *calibration = NULL;
}

void
calibration_add(struct calibration *calibration, const struct finding *finding, bool is_right)
{
    unsigned evidence = finding->evidence & EVIDENCE_SHOWN;
    struct level *level = NULL;

    for (size_t i = 0; i < calibration->count && level == NULL; i++)
        if (calibration->levels[i].evidence == evidence && strcmp(calibration->levels[i].rule, finding->rule) == 0)
            level = &calibration->levels[i];
    if (level == NULL) {
        if (calibration->count == MAX_LEVELS)
            return;
        level = &calibration->levels[calibration->count++];
        *level = (struct level){.rule = finding->rule, .evidence = evidence};
    }
    level->hits++;
    level->right += is_right;
    level->claimed += finding->likelihood;
    calibration->wrong += !is_right && finding->info_type != INFO_PERSON;
}

void
calibration_add_value(struct calibration *calibration, bool was_found)
{
    calibration->values++;
    calibration->found += was_found;
}

void
calibration_add_trap(struct calibration *calibration, bool was_hit)
{
    calibration->traps++;
    calibration->traps_hit += was_hit;
}

/* Wilson's interval: it stays sensible for few hits and for shares near 0 and 1. */
static void
bounds(const struct level *level, double *low_out, double *high_out)
{
    double n = level->hits, share = level->right / n, z2 = Z * Z, middle = share + z2 / (2 * n),
           reach = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)), scale = 1 + z2 / n;

    *low_out = 100 * (middle - reach) / scale;
    *high_out = 100 * (middle + reach) / scale;
}

static const char *
evidence_name(unsigned evidence)
{
    if (evidence & EVIDENCE_NEGATIVE)
        return "negative";
    switch (evidence) {
    case EVIDENCE_LABEL:
        return "label";
    case EVIDENCE_CHECK_DIGIT:
        return "check";
    case EVIDENCE_LABEL | EVIDENCE_CHECK_DIGIT:
        return "both";
    default:
        return "plain";
    }
}

static int
level_order(const void *a, const void *b)
{
    const struct level *x = a, *y = b;
    int rule = strcmp(x->rule, y->rule);

    return rule != 0 ? rule : (int)x->evidence - (int)y->evidence;
}

/* One line; true: what the rule claims lies between the bounds. Programs read these lines: one language. */
static bool
report_level(const struct level *level, bool as_json)
{
    double low, high, share = 100.0 * level->right / level->hits, claimed = (double)level->claimed / level->hits;
    const char *words;

    bounds(level, &low, &high);
    words = claimed > high ? "too much" : claimed < low ? "too little" : "";
    printf(as_json ? "{\"rule\":\"%s\",\"evidence\":\"%s\",\"claimed\":%.0f,\"hits\":%u,\"right\":%u,\"share\":%.1f,"
                     "\"low\":%.1f,\"high\":%.1f,\"claims\":\"%s\"}\n"
                   : "%-32s %-8s %7.0f %5u %5u %6.1f %6.1f %6.1f %s\n",
           level->rule, evidence_name(level->evidence), claimed, level->hits, level->right, share, low, high, words);
    return words[0] == '\0';
}

static double
f1_of(const struct calibration *calibration)
{
    double twice = 2.0 * calibration->found,
           all = twice + calibration->wrong + calibration->values - calibration->found;

    return all > 0 ? twice / all : 1;
}

bool
calibration_report(struct calibration *calibration, bool as_json)
{
    bool holds = true;

    qsort(calibration->levels, calibration->count, sizeof *calibration->levels, level_order);
    if (!as_json)
        printf("%-32s %-8s %7s %5s %5s %6s %6s %6s\n", "rule", "evidence", "claimed", "hits", "right", "share", "low",
               "high");
    for (size_t i = 0; i < calibration->count; i++)
        holds &= report_level(&calibration->levels[i], as_json);
    printf(as_json ? "{\"values\":%u,\"found\":%u,\"wrong\":%u,\"f1\":%.3f,\"traps\":%u,\"traps_hit\":%u}\n"
                   : "values but names %u, found %u, wrong %u, F1 %.3f; traps %u, hit %u\n",
           calibration->values, calibration->found, calibration->wrong, f1_of(calibration), calibration->traps,
           calibration->traps_hit);
    return holds;
}
