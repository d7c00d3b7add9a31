#include "text/view_writer.h"

#include <string.h>

#include "text/intake.h"

static size_t
text_room(size_t capacity)
{
    return (capacity + INTAKE_PADDING_BYTES + sizeof(uint32_t) - 1) / sizeof(uint32_t) * sizeof(uint32_t);
}

enum status
view_writer_init(struct view_writer *writer, struct arena *arena, size_t capacity)
{
    size_t with_slack = capacity + VIEW_WRITER_SLACK_BYTES;

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
