#include "text/view.h"

#include <string.h>

#include "base/assert.h"
#include "text/intake.h"
#include "text/view_tables.h"

static size_t
text_room(size_t capacity)
{
    return (capacity + INTAKE_PADDING_BYTES + sizeof(uint32_t) - 1) / sizeof(uint32_t) * sizeof(uint32_t);
}

enum status
view_writer_init(struct view_writer *writer, struct arena *arena, size_t capacity)
{
    size_t with_slack = capacity + FOLD_SLACK_BYTES;

    if (with_slack > UINT32_MAX)
        return STATUS_TOO_LARGE;
    uint8_t *block = arena_alloc(arena, text_room(with_slack) + 2 * sizeof(uint32_t) * with_slack);
    if (block == NULL)
        return STATUS_TOO_LARGE;
    writer->text = block;
    writer->from = (uint32_t *)(void *)(block + text_room(with_slack));
    writer->to = writer->from + with_slack;
    writer->at = 0;
    writer->capacity = (uint32_t)with_slack;
    return STATUS_OK;
}

void
view_writer_abandon(struct view_writer *writer, struct arena *arena)
{
    /* What arena_trim() gives back is not wiped later. */
    explicit_bzero(writer->text, writer->capacity);
    arena_trim(arena, writer->text, 0);
}

void
view_writer_finish(struct view_writer *writer, uint32_t parent_bytes, struct view *view_out)
{
    memset(writer->text + writer->at, 0, INTAKE_PADDING_BYTES);
    *view_out = (struct view){
        .text = {writer->text, writer->at}, .from = writer->from, .to = writer->to, .parent_bytes = parent_bytes};
}

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
