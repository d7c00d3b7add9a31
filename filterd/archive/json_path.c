#include "archive/json_path.h"

enum status
json_path_parse(const char *text, struct json_path *path_out)
{
    struct json_path *path = path_out;
    size_t used = 0, start = 0;

    path->count = 0;
    for (;; text++) {
        bool ends = *text == '.' || *text == '\0';

        if (ends && (used == start || path->count == JSON_PATH_MAX_SEGMENTS))
            return STATUS_INVALID;
        if (ends) {
            path->segments[path->count++] = (struct slice){(const uint8_t *)path->bytes + start, used - start};
            start = used;
            if (*text == '\0')
                return STATUS_OK;
            continue;
        }
        if (*text == '\\' && text[1] != '.' && text[1] != '\\')
            return STATUS_INVALID;
        text += *text == '\\';
        if (used == sizeof path->bytes)
            return STATUS_INVALID;
        path->bytes[used++] = *text;
    }
}

bool
json_path_element(struct slice segment, uint64_t *number_out)
{
    uint64_t number = 0;

    if (segment.bytes > 9 || (segment.bytes > 1 && segment.data[0] == '0'))
        return false;
    for (size_t i = 0; i < segment.bytes; i++) {
        if (segment.data[i] < '0' || segment.data[i] > '9')
            return false;
        number = number * 10 + (segment.data[i] - '0');
    }
    *number_out = number;
    return true;
}
