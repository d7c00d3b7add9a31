#include "scan/transform.h"

#include "base/assert.h"

/* One span to replace, and the finding that says with what. */
struct patch {
    struct span span;
    const struct finding *finding;
};

/* Disjoint patches in order: overlapping ones are united. Returns how many. */
static size_t
collect_patches(const struct finding *findings, size_t count, struct patch *patches)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = &findings[i];
        if (finding->action != ACTION_REDACT)
            continue;
        struct patch *last = used ? &patches[used - 1] : NULL;
        if (last && finding->span.start < last->span.end) {
            if (finding->span.end > last->span.end)
                last->span.end = finding->span.end;
            if (finding->likelihood > last->finding->likelihood)
                last->finding = finding;
        } else {
            patches[used++] = (struct patch){finding->span, finding};
        }
    }
    return used;
}

struct writer {
    uint8_t *data;
    uint32_t bytes;
};

static void
put(struct writer *writer, const void *data, size_t bytes)
{
    if (bytes)
        memcpy(writer->data + writer->bytes, data, bytes);
    writer->bytes += (uint32_t)bytes;
}

static void
put_text(struct writer *writer, const char *text)
{
    put(writer, text, strlen(text));
}

static void
put_replacement(struct writer *writer, const struct finding *finding)
{
    switch (finding->transform) {
    case TRANSFORM_REMOVE:
        return;
    case TRANSFORM_MASK:
        put_text(writer, TRANSFORM_MASK_TEXT);
        return;
    default:
        put_text(writer, "【");
        put_text(writer, info_type_label(finding->info_type));
        put_text(writer, "】");
    }
}

enum { LONGEST_REPLACEMENT_BYTES = 96 };

enum status
transform_text(struct arena *arena, struct slice text, const struct finding *findings, size_t count,
               struct slice *redacted_out, struct replacement **replacements_out, size_t *replacement_count_out)
{
    struct patch *patches = arena_alloc_array(arena, count + 1, sizeof *patches);
    struct replacement *replacements = arena_alloc_array(arena, count + 1, sizeof *replacements);
    if (!patches || !replacements)
        return STATUS_TOO_LARGE;
    size_t used = collect_patches(findings, count, patches);
    struct writer writer = {.data = arena_alloc(arena, text.bytes + used * LONGEST_REPLACEMENT_BYTES)};
    if (!writer.data)
        return STATUS_TOO_LARGE;
    uint32_t copied = 0;
    for (size_t i = 0; i < used; i++) {
        struct span span = patches[i].span;
        ASSERT(copied <= span.start && span.end <= text.bytes);
        put(&writer, text.data + copied, span.start - copied);
        uint32_t start = writer.bytes;
        put_replacement(&writer, patches[i].finding);
        ASSERT(writer.bytes - start <= LONGEST_REPLACEMENT_BYTES);
        replacements[i] = (struct replacement){span, {start, writer.bytes}, patches[i].finding->info_type};
        copied = span.end;
    }
    put(&writer, text.data + copied, text.bytes - copied);
    *redacted_out = (struct slice){writer.data, writer.bytes};
    *replacements_out = replacements;
    *replacement_count_out = used;
    return STATUS_OK;
}
