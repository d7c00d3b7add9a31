#include "tune/whatif.h"

static int
compare(const void *a, const void *b)
{
    const struct count *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->key, y->key);
}

void
whatif_sum(struct counts *counts, struct whatif *whatif_out)
{
    size_t count;

    *whatif_out = (struct whatif){.groups = counts_sort(counts, compare, &count)};
    for (size_t i = 0; i < count; i++) {
        const struct count *group = &whatif_out->groups[i];

        if (group->kind == WHATIF_TEXTS) { /* the last */
            whatif_out->texts = group->count;
            continue;
        }
        whatif_out->changed[group->kind] += group->count;
        whatif_out->group_count++;
    }
}
