#include "archive/json_line.h"

#include <emmintrin.h>

#include "base/assert.h"
#include "text/intake.h"

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

static bool skip_value(struct cursor *cursor, unsigned depth, struct json_value *value_out);

/* --- strings ------------------------------------------------------------------------------------------------------ */

static int
hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The number of \uXXXX whose first digit is at `at`; -1 when it is none. */
static int
hex_number(const uint8_t *at, const uint8_t *end)
{
    int number = 0;

    if (end - at < 4)
        return -1;
    for (unsigned i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);

        if (digit < 0)
            return -1;
        number = number << 4 | digit;
    }
    return number;
}

/* Stops at the first quote, backslash or control character. */
static const uint8_t *
find_special(const uint8_t *at, const uint8_t *end)
{
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);

    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes);
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(hits, low));

        if (mask != 0)
            return at + __builtin_ctz(mask);
    }
    while (at < end && *at != '"' && *at != '\\' && *at > 0x1f)
        at++;
    return at;
}

/* The cursor stands on the backslash. */
static bool
skip_escape(struct cursor *cursor)
{
    if (cursor->end - cursor->at < 2)
        return false;
    switch (cursor->at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        cursor->at += 2;
        return true;
    case 'u':
        if (hex_number(cursor->at + 2, cursor->end) < 0)
            return false;
        cursor->at += 6;
        return true;
    default:
        return false;
    }
}

/* The cursor stands on the opening quote. `raw` gets the string with its quotes. */
static bool
skip_string(struct cursor *cursor, struct slice *raw_out, bool *escaped_out)
{
    const uint8_t *start = cursor->at++;
    bool escaped = false;

    for (;;) {
        cursor->at = find_special(cursor->at, cursor->end);
        if (cursor->at == cursor->end)
            return false;
        if (*cursor->at == '"')
            break;
        if (*cursor->at != '\\' || !skip_escape(cursor))
            return false;
        escaped = true;
    }
    cursor->at++;
    *raw_out = (struct slice){start, (size_t)(cursor->at - start)};
    *escaped_out = escaped;
    return true;
}

/* The character that the (valid) escape at `*at` stands for; a pair of surrogates is one. */
static uint32_t
decode_escape(const uint8_t **at, const uint8_t *end)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    uint8_t letter = (*at)[1];
    const char *known = memchr(letters, letter, sizeof letters - 1);
    uint32_t high, low;

    if (letter != 'u') {
        *at += 2;
        return known ? (uint32_t)meanings[known - letters] : letter;
    }
    high = (uint32_t)hex_number(*at + 2, end);
    *at += 6;
    if (high < 0xd800 || high > 0xdfff)
        return high;
    if (high > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return 0xfffd;
    low = (uint32_t)hex_number(*at + 2, end);
    if (low < 0xdc00 || low > 0xdfff)
        return 0xfffd;
    *at += 6;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* Whether the string `raw` (with its quotes) says `name`. */
static bool
string_equals(struct slice raw, bool escaped, struct slice name)
{
    const uint8_t *at = raw.data + 1, *end = raw.data + raw.bytes - 1;
    size_t matched = 0;

    if (!escaped)
        return slice_equal((struct slice){at, (size_t)(end - at)}, name);
    while (at < end) {
        uint8_t bytes[4] = {*at};
        unsigned count = 1;

        if (*at == '\\')
            count = utf8_put(decode_escape(&at, end), bytes);
        else
            at++;
        if (name.bytes - matched < count || memcmp(name.data + matched, bytes, count) != 0)
            return false;
        matched += count;
    }
    return matched == name.bytes;
}

enum status
json_value_text(const struct json_value *value, struct buffer *scratch, struct slice *text_out)
{
    const uint8_t *at = value->raw.data + 1, *end = value->raw.data + value->raw.bytes - 1;
    uint8_t *out;

    ASSERT(value->kind == JSON_STRING);
    if (!value->escaped) {
        *text_out = (struct slice){at, (size_t)(end - at)};
        return STATUS_OK;
    }
    buffer_clear(scratch);
    out = buffer_reserve(scratch, value->raw.bytes); /* an escape is never shorter than what it stands for */
    if (out == NULL)
        return STATUS_NO_MEMORY;
    while (at < end) {
        const uint8_t *plain = memchr(at, '\\', (size_t)(end - at));
        size_t bytes = (size_t)((plain ? plain : end) - at);

        memcpy(out, at, bytes);
        out += bytes;
        at += bytes;
        if (at < end)
            out += utf8_put(decode_escape(&at, end), out);
    }
    scratch->bytes = (size_t)(out - scratch->data);
    *text_out = buffer_slice(scratch);
    return STATUS_OK;
}

/* --- other values ------------------------------------------------------------------------------------------------- */

static void
skip_space(struct cursor *cursor)
{
    while (cursor->at < cursor->end &&
           (*cursor->at == ' ' || *cursor->at == '\t' || *cursor->at == '\r' || *cursor->at == '\n'))
        cursor->at++;
}

static bool
take(struct cursor *cursor, uint8_t byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

static bool
skip_digits(struct cursor *cursor)
{
    const uint8_t *start = cursor->at;

    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9')
        cursor->at++;
    return cursor->at > start;
}

static bool
skip_number(struct cursor *cursor)
{
    take(cursor, '-');
    if (!take(cursor, '0') && !skip_digits(cursor))
        return false;
    if (take(cursor, '.') && !skip_digits(cursor))
        return false;
    if (take(cursor, 'e') || take(cursor, 'E')) {
        if (!take(cursor, '+'))
            take(cursor, '-');
        return skip_digits(cursor);
    }
    return true;
}

static bool
skip_word(struct cursor *cursor, struct slice word)
{
    if ((size_t)(cursor->end - cursor->at) < word.bytes || memcmp(cursor->at, word.data, word.bytes) != 0)
        return false;
    cursor->at += word.bytes;
    return true;
}

/* --- containers --------------------------------------------------------------------------------------------------- */

/* One search: what of the container in hand is wanted. */
struct search {
    const struct json_path *const *paths;
    struct json_value *values;
    size_t count;
    unsigned level; /* which segment of each path applies */
    size_t only;    /* one path, or SIZE_MAX for all */
};

/* Keeps `value` where a path asks for this name. False: it was there before. */
static bool
keep_member(const struct search *search, struct slice raw_key, bool escaped, const struct json_value *value)
{
    for (size_t i = 0; i < search->count; i++) {
        const struct json_path *path = search->paths[i];

        if ((search->only != SIZE_MAX && search->only != i) ||
            !string_equals(raw_key, escaped, path->segments[search->level]))
            continue;
        if (search->values[i].kind != JSON_ABSENT)
            return false;
        search->values[i] = *value;
    }
    return true;
}

static void
keep_element(const struct search *search, uint64_t number, const struct json_value *value)
{
    for (size_t i = 0; i < search->count; i++) {
        uint64_t wanted;

        if ((search->only == SIZE_MAX || search->only == i) &&
            json_path_element(search->paths[i]->segments[search->level], &wanted) && wanted == number)
            search->values[i] = *value;
    }
}

/* The cursor stands behind the brace. */
static bool
skip_object(struct cursor *cursor, unsigned depth, const struct search *search)
{
    skip_space(cursor);
    if (take(cursor, '}'))
        return true;
    for (;;) {
        struct slice key;
        struct json_value value;
        bool escaped;

        if (cursor->at == cursor->end || *cursor->at != '"' || !skip_string(cursor, &key, &escaped))
            return false;
        skip_space(cursor);
        if (!take(cursor, ':'))
            return false;
        skip_space(cursor);
        if (!skip_value(cursor, depth, &value) || (search && !keep_member(search, key, escaped, &value)))
            return false;
        skip_space(cursor);
        if (take(cursor, '}'))
            return true;
        if (!take(cursor, ','))
            return false;
        skip_space(cursor);
    }
}

/* The cursor stands behind the bracket. */
static bool
skip_array(struct cursor *cursor, unsigned depth, const struct search *search)
{
    skip_space(cursor);
    if (take(cursor, ']'))
        return true;
    for (uint64_t number = 0;; number++) {
        struct json_value value;

        if (!skip_value(cursor, depth, &value))
            return false;
        if (search)
            keep_element(search, number, &value);
        skip_space(cursor);
        if (take(cursor, ']'))
            return true;
        if (!take(cursor, ','))
            return false;
        skip_space(cursor);
    }
}

static bool
skip_scalar(struct cursor *cursor, struct json_value *value)
{
    switch (*cursor->at) {
    case 't':
        value->kind = JSON_BOOL;
        return skip_word(cursor, SLICE_LITERAL("true"));
    case 'f':
        value->kind = JSON_BOOL;
        return skip_word(cursor, SLICE_LITERAL("false"));
    case 'n':
        value->kind = JSON_NULL;
        return skip_word(cursor, SLICE_LITERAL("null"));
    default:
        value->kind = JSON_NUMBER;
        return skip_number(cursor);
    }
}

/* `depth`: how many containers may still be opened here. */
static bool
skip_container(struct cursor *cursor, unsigned depth, const struct search *search, struct json_value *value)
{
    bool is_object = *cursor->at == '{';

    value->kind = is_object ? JSON_OBJECT : JSON_ARRAY;
    if (depth == 0)
        return false;
    cursor->at++;
    return is_object ? skip_object(cursor, depth - 1, search) : skip_array(cursor, depth - 1, search);
}

static bool
skip_value(struct cursor *cursor, unsigned depth, struct json_value *value_out)
{
    const uint8_t *start = cursor->at;
    bool ok;

    value_out->escaped = false;
    if (cursor->at == cursor->end)
        return false;
    if (*cursor->at == '"') {
        value_out->kind = JSON_STRING;
        return skip_string(cursor, &value_out->raw, &value_out->escaped);
    }
    if (*cursor->at == '{' || *cursor->at == '[')
        ok = skip_container(cursor, depth, NULL, value_out);
    else
        ok = skip_scalar(cursor, value_out);
    value_out->raw = (struct slice){start, (size_t)(cursor->at - start)};
    return ok;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* Follows path `index` from the value of its first segment to the last. The value was checked before. */
static bool
descend(const struct json_path *const *paths, size_t count, size_t index, struct json_value *values)
{
    for (unsigned level = 1; level < paths[index]->count; level++) {
        struct json_value holder = values[index], ignored;
        struct search search = {paths, values, count, level, index};

        values[index] = (struct json_value){.kind = JSON_ABSENT};
        if (holder.kind != JSON_OBJECT && holder.kind != JSON_ARRAY)
            return true;
        struct cursor cursor = {holder.raw.data, holder.raw.data + holder.raw.bytes};
        if (!skip_container(&cursor, JSON_MAX_DEPTH, &search, &ignored))
            return false;
    }
    return true;
}

static bool
find_all(struct slice line, const struct json_path *const *paths, size_t count, struct json_value *values)
{
    struct search search = {paths, values, count, 0, SIZE_MAX};
    struct cursor cursor = {line.data, line.data + line.bytes};
    struct json_value root;

    skip_space(&cursor);
    if (cursor.at == cursor.end)
        return false;
    if (*cursor.at == '{' || *cursor.at == '[') {
        if (!skip_container(&cursor, JSON_MAX_DEPTH, &search, &root))
            return false;
    } else if (!skip_value(&cursor, 0, &root)) {
        return false;
    }
    skip_space(&cursor);
    if (cursor.at != cursor.end)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!descend(paths, count, i, values))
            return false;
    return true;
}

enum status
json_line_find(struct slice line, const struct json_path *const *paths, size_t count, struct json_value *values_out)
{
    ASSERT(count <= JSON_MAX_PATHS);
    for (size_t i = 0; i < count; i++)
        values_out[i] = (struct json_value){.kind = JSON_ABSENT};
    if (find_all(line, paths, count, values_out))
        return STATUS_OK;
    for (size_t i = 0; i < count; i++)
        values_out[i] = (struct json_value){.kind = JSON_ABSENT};
    return STATUS_INVALID;
}

/* --- walking ------------------------------------------------------------------------------------------------------ */

void
json_items_init(struct json_items *items, const struct json_value *container)
{
    ASSERT(container->kind == JSON_ARRAY || container->kind == JSON_OBJECT);
    *items = (struct json_items){.rest = container->raw, .is_object = container->kind == JSON_OBJECT};
    items->rest.data++; /* the bracket */
    items->rest.bytes -= 2;
}

bool
json_items_next(struct json_items *items, struct json_value *key_out, struct json_value *value_out)
{
    struct cursor cursor = {items->rest.data, items->rest.data + items->rest.bytes};
    bool ok = true;

    *key_out = (struct json_value){.kind = JSON_ABSENT};
    skip_space(&cursor);
    if (take(&cursor, ','))
        skip_space(&cursor);
    if (cursor.at == cursor.end)
        return false;
    if (items->is_object) {
        key_out->kind = JSON_STRING;
        ok = skip_string(&cursor, &key_out->raw, &key_out->escaped);
        skip_space(&cursor);
        ok = ok && take(&cursor, ':');
        skip_space(&cursor);
    }
    ok = ok && skip_value(&cursor, JSON_MAX_DEPTH, value_out);
    items->rest = (struct slice){cursor.at, (size_t)(cursor.end - cursor.at)};
    return ok;
}
