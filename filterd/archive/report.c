#include "archive/report.h"

static int
compare(const void *a, const void *b)
{
    const struct count *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->kind != REPORT_MONTH && x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->key, y->key);
}

const struct count *
report_sort(struct counts *counts, size_t *count_out)
{
    return counts_sort(counts, compare, count_out);
}
