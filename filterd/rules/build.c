#include "rules/build.h"

#include "text/utf8.h"

static struct fault *notes;

void
build_note_in(struct fault *place)
{
    notes = place;
}

struct fault *
build_notes(void)
{
    return notes;
}

enum status
build_fold(struct build *build, struct slice literal, struct slice *plain_out, struct slice *skeleton_out)
{
    if (literal.bytes > BUILD_MAX_LITERAL_BYTES)
        return STATUS_TOO_LARGE;
    arena_reset(build->scratch);
    return view_fold_literal(build->views, build->scratch, literal, plain_out, skeleton_out);
}

enum status
build_keep(struct build *build, struct slice bytes, struct slice *kept_out)
{
    uint8_t *copy = arena_alloc(build->arena, bytes.bytes + 1);
    if (!copy)
        return STATUS_NO_MEMORY;
    if (bytes.bytes > 0)
        memcpy(copy, bytes.data, bytes.bytes);
    copy[bytes.bytes] = '\0';
    *kept_out = (struct slice){copy, bytes.bytes};
    return STATUS_OK;
}

enum status
build_keep_array(struct build *build, const struct buffer *array, const void **kept_out)
{
    struct slice kept = {0};
    if (array->failed)
        return STATUS_NO_MEMORY;
    if (array->bytes > 0 && build_keep(build, buffer_slice(array), &kept) != STATUS_OK)
        return STATUS_NO_MEMORY;
    *kept_out = kept.data;
    return STATUS_OK;
}

enum status
build_fault(struct build *build, const char *file, unsigned line, unsigned column, const char *item, struct slice value,
            const char *reason, const char *mend)
{
    char text[sizeof(((struct fault *)0)->value)];
    size_t bytes = value.bytes < sizeof(text) - 1 ? value.bytes : sizeof(text) - 1;
    while (bytes < value.bytes && bytes > 0 && utf8_is_inside(value.data[bytes])) /* cut at a character */
        bytes--;
    if (bytes > 0)
        memcpy(text, value.data, bytes);
    text[bytes] = '\0';
    fault_set(build->fault, file, line, column, item, text, reason, mend);
    return STATUS_INVALID;
}

enum status
build_recall(struct build *build, const struct hash *key, struct multi **multi_out)
{
    struct slice blob;
    if (!build->store)
        return STATUS_NOT_FOUND;
    enum status status = store_get(build->store, key, &blob);
    if (status == STATUS_OK)
        status = multi_load(blob, multi_out);
    return status == STATUS_INVALID ? STATUS_NOT_FOUND : status;
}

enum status
build_remember(struct build *build, const struct hash *key, const struct multi *multi)
{
    struct buffer saved;
    if (!build->store)
        return STATUS_OK;
    buffer_init(&saved);
    enum status status = multi_save(multi, &saved);
    if (status == STATUS_OK)
        status = store_put(build->store, key, buffer_slice(&saved));
    buffer_fini(&saved);
    return status == STATUS_IO ? STATUS_OK : status;
}
