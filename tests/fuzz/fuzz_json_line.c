/* Every line that we take json-c takes too, with the same text; values stand in the line; paths never leave it. */
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "archive/json_line.h"
#include "base/assert.h"

#define MAX_BYTES ((size_t)1 << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct json_object *
parse(struct slice line)
{
    static struct json_tokener *tokener;
    struct json_object *root;

    if (tokener == NULL)
        tokener = json_tokener_new_ex(JSON_MAX_DEPTH + 1);
    json_tokener_reset(tokener);
    root = json_tokener_parse_ex(tokener, (const char *)line.data, (int)line.bytes);
    if (json_tokener_get_error(tokener) == json_tokener_continue) /* a number ends with the text: tell it */
        root = json_tokener_parse_ex(tokener, "", 1);
    ASSERT(json_tokener_get_error(tokener) == json_tokener_success);
    return root;
}

static void
check_inside(struct slice line, const struct json_value *value)
{
    if (value->kind == JSON_ABSENT)
        return;
    ASSERT(value->raw.bytes > 0 && value->raw.data >= line.data &&
           value->raw.data + value->raw.bytes <= line.data + line.bytes);
}

/* json-c ends names at U+0000: such lines are left out. */
static void
check_text(struct slice line, const struct json_value *value, struct buffer *scratch)
{
    struct json_object *root, *theirs = NULL;
    struct slice text;

    if (memmem(line.data, line.bytes, "\\u0000", 6) != NULL)
        return;
    root = parse(line);
    if (json_object_is_type(root, json_type_object))
        json_object_object_get_ex(root, "text", &theirs);
    if (value->kind == JSON_STRING) {
        ASSERT(json_value_text(value, scratch, &text) == STATUS_OK);
        ASSERT(json_object_is_type(theirs, json_type_string));
        ASSERT(slice_equal(text, (struct slice){(const uint8_t *)json_object_get_string(theirs),
                                                (size_t)json_object_get_string_len(theirs)}));
    } else {
        ASSERT(!json_object_is_type(theirs, json_type_string));
    }
    json_object_put(root);
}

static void
check_items(const struct json_value *value)
{
    struct json_value key, item;
    struct json_items items;

    if (value->kind != JSON_ARRAY && value->kind != JSON_OBJECT)
        return;
    json_items_init(&items, value);
    while (json_items_next(&items, &key, &item))
        check_inside(value->raw, &item);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_path text, deep;
    static struct buffer scratch;
    const struct json_path *paths[] = {&text, &deep};
    struct json_value values[2];
    struct slice line = {data, size};

    if (text.count == 0 &&
        (json_path_parse("text", &text) != STATUS_OK || json_path_parse("a.0.b", &deep) != STATUS_OK))
        abort();
    if (size > MAX_BYTES || json_line_find(line, paths, 2, values) != STATUS_OK)
        return 0;
    for (size_t i = 0; i < 2; i++) {
        check_inside(line, &values[i]);
        check_items(&values[i]);
    }
    check_text(line, &values[0], &scratch);
    return 0;
}
