#include "text/view.h"

#include "base/assert.h"
#include "text/intake.h"

uint32_t
view_from_parent(const struct view *view, uint32_t at)
{
    uint32_t low = 0, high = (uint32_t)view->text.bytes;
    if (!view->from)
        return at < high ? at : high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (view->from[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct span
view_to_parent(const struct view *view, struct span span)
{
    ASSERT(span.start <= span.end && span.end <= view->text.bytes);
    if (view->from == NULL)
        return span;
    if (span.start == span.end) {
        uint32_t place = span.start < view->text.bytes ? view->from[span.start] : view->parent_bytes;
        return (struct span){place, place};
    }
    return (struct span){view->from[span.start], view->to[span.end - 1]};
}

enum status
view_fold_literal(const struct view_tables *tables, struct arena *arena, struct slice literal, struct slice *plain_out,
                  struct slice *skeleton_out)
{
    struct intake intake;
    struct view plain;
    struct view skeleton;
    /* Copied, because a view may be its parent's own bytes and must be padded. */
    enum status status = intake_run(arena, literal, literal.bytes, &intake);

    if (status == STATUS_OK)
        status = view_make_plain(tables, arena, intake.text, NULL, 0, &plain);
    if (status == STATUS_OK)
        status = view_make_skeleton(tables, arena, &plain, &skeleton);
    if (status == STATUS_OK) {
        *plain_out = plain.text;
        *skeleton_out = skeleton.text;
    }
    return status;
}
