#include "scan/transform.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/secret.h"
#include "scan/generalise.h"
#include "text/intake.h"

enum { SHORT_TOKEN_CHARACTERS = 4, TOKEN_CHARACTERS = SECRET_BASE32_BYTES(SECRET_NAME_BYTES) };

#define OPEN "【"
#define CLOSE "】"

/* --- what to replace ---------------------------------------------------------------------------------------------- */

/* One span to replace, and the finding that says with what. */
struct patch {
    struct span span;
    const struct finding *finding;
    bool is_my_number; /* or may be */
};

static bool
may_be_my_number(const struct finding *finding)
{
    for (size_t i = 0; i < finding->alternative_count; i++)
        if (finding->alternatives[i].info_type == INFO_MY_NUMBER)
            return true;
    return finding->info_type == INFO_MY_NUMBER;
}

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
            last->is_my_number |= may_be_my_number(finding);
        } else {
            patches[used++] = (struct patch){finding->span, finding, may_be_my_number(finding)};
        }
    }
    return used;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/* First byte of the plain view whose source ends behind `at`; maps never decrease. */
static uint32_t
first_reaching(const struct view *plain, uint32_t at)
{
    uint32_t low = 0, high = (uint32_t)plain->text.bytes;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (plain->to[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The plain bytes that came from `source`, a range of the text. */
static struct slice
plain_value(const struct transform_job *job, struct span source)
{
    const struct view *plain = job->plain;
    if (!plain || !plain->from)
        return slice_sub(job->text, source);
    uint32_t start = first_reaching(plain, source.start), end = view_from_parent(plain, source.end);
    return end > start ? (struct slice){plain->text.data + start, end - start} : (struct slice){plain->text.data, 0};
}

static bool
keeps_separators(enum info_type type)
{
    return type == INFO_EMAIL || type == INFO_URL || type == INFO_CREDENTIAL || type == INFO_LINE_ID ||
           type == INFO_SNS_HANDLE || type == INFO_IP_ADDRESS || type == INFO_GEO;
}

/* The form in which equal values are equal. NULL data: the arena is full. */
static struct slice
canonical(const struct transform_job *job, const struct patch *patch)
{
    struct slice value = plain_value(job, patch->span);
    uint8_t *kept = arena_alloc(job->arena, value.bytes + 1);
    size_t used = 0;
    for (uint32_t at = 0; kept && at < value.bytes;) {
        uint32_t start = at, c = utf8_next(value, &at);
        bool separator = c == ' ' || c == '\n' || c == '-' || c == '.' || c == '(' || c == ')' || c == u'・';
        if (separator && !keeps_separators(patch->finding->info_type))
            continue;
        memcpy(kept + used, value.data + start, at - start);
        used += at - start;
    }
    return (struct slice){kept, used};
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void
put_label(struct buffer *out, const struct finding *finding, const char *more)
{
    buffer_append_text(out, OPEN);
    buffer_append_text(out, info_type_label(finding->info_type));
    buffer_append_text(out, more);
    buffer_append_text(out, CLOSE);
}

static bool
is_separator(uint32_t c)
{
    return c < 0x80 && !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

/* Works on the characters of the text as it is written. A value too short to hide enough of it is hidden whole. */
static void
put_mask(struct buffer *out, struct slice value, const struct mask_options *mask)
{
    size_t count = utf8_count(value), first = mask->keep_first, last = mask->keep_last, index = 0;
    bool fixed = !mask->keep_separators, hidden = false;
    if (count < first + last + POLICY_MASK_MIN_HIDDEN)
        first = last = 0;
    for (uint32_t at = 0; at < value.bytes; index++) {
        uint32_t start = at, c = utf8_next(value, &at);
        if (index < first || index >= count - last || (!fixed && is_separator(c))) {
            buffer_append(out, value.data + start, at - start);
        } else if (!fixed) {
            buffer_append_text(out, "＊");
        } else if (!hidden) {
            buffer_append_text(out, TRANSFORM_MASK_TEXT);
            hidden = true;
        }
    }
}

static enum status
put_numbered(const struct transform_job *job, const struct patch *patch, struct buffer *out)
{
    char digits[16];
    uint32_t number;
    if (!job->scope)
        return STATUS_INTERNAL;
    struct slice value = canonical(job, patch);
    if (!value.data)
        return STATUS_TOO_LARGE;
    enum status status = scope_number(job->scope, patch->finding->info_type, value, &number);
    if (status != STATUS_OK)
        return status;
    snprintf(digits, sizeof digits, "%u", (unsigned)number);
    put_label(out, patch->finding, digits);
    return STATUS_OK;
}

static struct slice
domain_of(const struct finding *finding)
{
    return slice_of(info_type_word(finding->info_type));
}

static enum status
put_token(const struct transform_job *job, const struct patch *patch, struct buffer *out)
{
    uint8_t name[SECRET_NAME_BYTES];
    char letters[TOKEN_CHARACTERS + 1] = {0}, more[TOKEN_CHARACTERS + KEY_ID_MAX_BYTES + 4];
    if (!job->keys)
        return STATUS_INTERNAL;
    const struct key *key = &job->keys->items[0];
    struct slice value = canonical(job, patch);
    if (!value.data)
        return STATUS_TOO_LARGE;
    secret_name(&key->token, domain_of(patch->finding), value, name);
    secret_base32((struct slice){name, sizeof name}, letters);
    if (job->short_tokens)
        snprintf(more, sizeof more, ":%.*s", SHORT_TOKEN_CHARACTERS, letters);
    else
        snprintf(more, sizeof more, ":%s:%s", key->id, letters);
    put_label(out, patch->finding, more);
    return STATUS_OK;
}

static enum status
put_sealed(const struct transform_job *job, const struct patch *patch, struct buffer *out)
{
    struct slice value = slice_sub(job->text, patch->span);
    size_t sealed_bytes = value.bytes + SECRET_SEAL_BYTES;
    if (!job->keys)
        return STATUS_INTERNAL;
    const struct key *key = &job->keys->items[0];
    uint8_t *sealed = arena_alloc(job->arena, sealed_bytes);
    char *letters = arena_alloc(job->arena, KEY_ID_MAX_BYTES + 3 + SECRET_BASE64_BYTES(sealed_bytes) + 1);
    if (!sealed || !letters)
        return STATUS_TOO_LARGE;
    secret_seal(&key->seal, domain_of(patch->finding), value, sealed);
    int head = snprintf(letters, KEY_ID_MAX_BYTES + 3, ":%s:", key->id);
    secret_base64((struct slice){sealed, sealed_bytes}, letters + head);
    put_label(out, patch->finding, letters);
    return STATUS_OK;
}

static enum status
put_coarser(const struct transform_job *job, const struct patch *patch, struct buffer *out)
{
    char text[GENERALISED_MAX_BYTES];
    size_t bytes = 0;
    struct slice value = plain_value(job, patch->span);
    if (generalise(patch->finding->info_type, value, job->facts, text, &bytes) == STATUS_OK)
        buffer_append(out, text, bytes);
    else
        put_label(out, patch->finding, "");
    return STATUS_OK;
}

static void
put_my_number(struct buffer *out, const struct finding *finding)
{
    struct finding labelled = *finding;
    if (finding->transform == TRANSFORM_REMOVE)
        return;
    if (finding->transform != TRANSFORM_LABEL)
        labelled.info_type = INFO_MY_NUMBER;
    put_label(out, &labelled, "");
}

static enum status
put_replacement(const struct transform_job *job, const struct patch *patch, struct buffer *out)
{
    const struct finding *finding = patch->finding;
    if (patch->is_my_number) {
        put_my_number(out, finding);
        return STATUS_OK;
    }
    switch (finding->transform) {
    case TRANSFORM_REMOVE:
        return STATUS_OK;
    case TRANSFORM_MASK:
        put_mask(out, slice_sub(job->text, patch->span), &finding->mask);
        return STATUS_OK;
    case TRANSFORM_NUMBERED_LABEL:
        return put_numbered(job, patch, out);
    case TRANSFORM_TOKEN:
        return put_token(job, patch, out);
    case TRANSFORM_ENCRYPT:
        return put_sealed(job, patch, out);
    case TRANSFORM_GENERALISE:
        return put_coarser(job, patch, out);
    default:
        put_label(out, finding, "");
        return STATUS_OK;
    }
}

static enum status
write_patches(const struct transform_job *job, const struct patch *patches, size_t count, struct buffer *out,
              struct replacement *replacements)
{
    uint32_t copied = 0;
    for (size_t i = 0; i < count; i++) {
        struct span span = patches[i].span;
        ASSERT(copied <= span.start && span.end <= job->text.bytes);
        buffer_append(out, job->text.data + copied, span.start - copied);
        uint32_t start = (uint32_t)out->bytes;
        enum status status = put_replacement(job, &patches[i], out);
        if (status != STATUS_OK)
            return status;
        replacements[i] = (struct replacement){span, {start, (uint32_t)out->bytes}, patches[i].finding->info_type};
        copied = span.end;
    }
    buffer_append(out, job->text.data + copied, job->text.bytes - copied);
    return out->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status
transform_text(const struct transform_job *job, const struct finding *findings, size_t count,
               struct transformed *transformed_out)
{
    struct patch *patches = arena_alloc_array(job->arena, count + 1, sizeof *patches);
    struct replacement *replacements = arena_alloc_array(job->arena, count + 1, sizeof *replacements);
    struct buffer out;
    if (!patches || !replacements)
        return STATUS_TOO_LARGE;
    size_t used = collect_patches(findings, count, patches);
    buffer_init(&out);
    enum status status = write_patches(job, patches, used, &out, replacements);
    uint8_t *kept = status == STATUS_OK ? arena_alloc(job->arena, out.bytes) : NULL;
    if (kept) {
        if (out.bytes)
            memcpy(kept, out.data, out.bytes);
        *transformed_out = (struct transformed){{kept, out.bytes}, replacements, used};
    } else if (status == STATUS_OK) {
        status = STATUS_TOO_LARGE;
    }
    buffer_fini(&out);
    return status;
}

/* --- reading what was written ------------------------------------------------------------------------------------- */

/* 【label:key:letters】 */
struct sealed {
    enum info_type type;
    const struct key *key;
    struct slice letters;
};

static bool
cut_at_colon(struct slice *rest, struct slice *head_out)
{
    const uint8_t *colon = rest->bytes ? memchr(rest->data, ':', rest->bytes) : NULL;
    if (!colon)
        return false;
    *head_out = (struct slice){rest->data, (size_t)(colon - rest->data)};
    rest->data += head_out->bytes + 1;
    rest->bytes -= head_out->bytes + 1;
    return true;
}

/* What stands between the brackets; false when there are none. */
static bool
cut_brackets(struct slice text, struct slice *inside_out)
{
    size_t open = sizeof OPEN - 1, close = sizeof CLOSE - 1;
    if (text.bytes < open + close || memcmp(text.data, OPEN, open) != 0 ||
        memcmp(text.data + text.bytes - close, CLOSE, close) != 0)
        return false;
    *inside_out = (struct slice){text.data + open, text.bytes - open - close};
    return true;
}

/* The info type whose label begins `text`, the longest; *rest_out stands behind it. */
static enum info_type
type_of_label(struct slice text, struct slice *rest_out)
{
    enum info_type found = INFO_NONE;
    size_t longest = 0;
    for (enum info_type type = INFO_NONE + 1; type < INFO_COUNT; type++) {
        struct slice label = slice_of(info_type_label(type));
        if (label.bytes > longest && label.bytes <= text.bytes && memcmp(label.data, text.data, label.bytes) == 0) {
            found = type;
            longest = label.bytes;
        }
    }
    *rest_out = (struct slice){text.data + longest, text.bytes - longest};
    return found;
}

static bool
parse_placeholder(const struct keys *keys, struct slice text, struct sealed *out)
{
    struct slice rest, nothing, id;
    if (!keys || !cut_brackets(text, &rest))
        return false;
    out->type = type_of_label(rest, &rest);
    if (out->type == INFO_NONE || !cut_at_colon(&rest, &nothing) || nothing.bytes || !cut_at_colon(&rest, &id))
        return false;
    out->key = keys_find(keys, id);
    out->letters = rest;
    return out->key != NULL;
}

static bool
is_number(struct slice text)
{
    enum { MAX_NUMBER_BYTES = 5 };
    for (size_t i = 0; i < text.bytes; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.bytes <= MAX_NUMBER_BYTES;
}

static bool
is_token(struct slice letters, size_t bytes)
{
    if (letters.bytes != bytes)
        return false;
    for (size_t i = 0; i < letters.bytes; i++) {
        uint8_t c = letters.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7'))
            return false;
    }
    return true;
}

enum status
transform_reveal(const struct keys *keys, struct arena *arena, struct slice placeholder, const struct key **key_out,
                 struct slice *value_out)
{
    struct sealed parsed;
    size_t bytes;
    if (!parse_placeholder(keys, placeholder, &parsed))
        return STATUS_NOT_FOUND;
    uint8_t *sealed = arena_alloc(arena, parsed.letters.bytes + 1),
            *value = arena_alloc(arena, parsed.letters.bytes + 1);
    if (!sealed || !value)
        return STATUS_TOO_LARGE;
    if (!secret_from_base64(parsed.letters, sealed, parsed.letters.bytes, &bytes) ||
        !secret_open(&parsed.key->seal, slice_of(info_type_word(parsed.type)), (struct slice){sealed, bytes}, value))
        return STATUS_NOT_FOUND;
    *key_out = parsed.key;
    *value_out = (struct slice){value, bytes - SECRET_SEAL_BYTES};
    return STATUS_OK;
}

enum info_type
transform_written_type(const struct keys *keys, struct arena *arena, struct slice placeholder)
{
    struct sealed parsed;
    const struct key *key;
    struct slice value, rest, nothing;
    enum info_type type = cut_brackets(placeholder, &rest) ? type_of_label(rest, &rest) : INFO_NONE;
    if (type == INFO_NONE || is_number(rest) ||
        (cut_at_colon(&rest, &nothing) && nothing.bytes == 0 && is_token(rest, SHORT_TOKEN_CHARACTERS)))
        return type;
    bool is_ours = parse_placeholder(keys, placeholder, &parsed) &&
                   (is_token(parsed.letters, TOKEN_CHARACTERS) ||
                    transform_reveal(keys, arena, placeholder, &key, &value) == STATUS_OK);
    return is_ours ? type : INFO_NONE;
}
