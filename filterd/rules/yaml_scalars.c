/* The getters of yaml.h for single values. */
#include <stdio.h>
#include <string.h>

#include "rules/yaml.h"

const char *
yaml_text(struct yaml *yaml, int node, const char *item, size_t max_bytes, const char *fallback)
{
    if (!yaml_has_scalar(yaml, node, item))
        return fallback;
    struct slice value = yaml_scalar(yaml, node);
    if (value.bytes > max_bytes) {
        char mend[64];
        snprintf(mend, sizeof(mend), "at most %zu bytes are allowed", max_bytes);
        yaml_fault(yaml, node, item, "is too long", mend);
        return fallback;
    }
    for (size_t i = 0; i < value.bytes; i++) { /* an escape such as "\0" can make one */
        if (value.data[i] < ' ' && value.data[i] != '\n' && value.data[i] != '\t') {
            yaml_fault(yaml, node, item, "holds a control character", "delete it");
            return fallback;
        }
    }
    char *copy = yaml_alloc(yaml, value.bytes + 1, 1);
    if (!copy)
        return fallback;
    memcpy(copy, value.data, value.bytes);
    return copy;
}

static bool
is_name_byte(unsigned char byte, bool first)
{
    bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    return letter || (!first && (byte == '-' || byte == '.' || byte == '_'));
}

const char *
yaml_name(struct yaml *yaml, int node, const char *item, size_t max_bytes, const char *fallback)
{
    const char *name = yaml_text(yaml, node, item, max_bytes, NULL);
    if (!name)
        return fallback;
    for (size_t i = 0; name[i]; i++) {
        if (!is_name_byte((unsigned char)name[i], i == 0)) {
            yaml_fault(yaml, node, item, "must be ASCII letters, digits, '-', '.' or '_'", "such as \"6-2\"");
            return fallback;
        }
    }
    return name;
}

unsigned
yaml_uint(struct yaml *yaml, int node, const char *item, unsigned min, unsigned max, unsigned fallback)
{
    if (!yaml_has_scalar(yaml, node, item))
        return fallback;
    struct slice value = yaml_scalar(yaml, node);
    uint64_t number = 0;
    bool digits = value.bytes <= 9;
    for (size_t i = 0; digits && i < value.bytes; i++) {
        digits = value.data[i] >= '0' && value.data[i] <= '9';
        number = number * 10 + (uint64_t)(value.data[i] - '0');
    }
    if (!digits || number < min || number > max) {
        char mend[64];
        snprintf(mend, sizeof(mend), "write a whole number from %u to %u", min, max);
        yaml_fault(yaml, node, item, digits ? "is out of range" : "is no whole number", mend);
        return fallback;
    }
    return (unsigned)number;
}

bool
yaml_bool(struct yaml *yaml, int node, const char *item, bool fallback)
{
    if (!yaml_has_scalar(yaml, node, item))
        return fallback;
    struct slice value = yaml_scalar(yaml, node);
    if (slice_equal(value, slice_of("true")) || slice_equal(value, slice_of("on")))
        return true;
    if (!slice_equal(value, slice_of("false")) && !slice_equal(value, slice_of("off")))
        yaml_fault(yaml, node, item, "must be true or false", "write true or false");
    return false;
}

unsigned
yaml_word(struct yaml *yaml, int node, const char *item, const struct vocabulary *vocabulary, unsigned fallback)
{
    if (!yaml_has_scalar(yaml, node, item))
        return fallback;
    unsigned number = fallback;
    struct slice value = yaml_scalar(yaml, node);
    if (!vocabulary_parse(vocabulary, value, &number)) {
        char mend[512];
        char reason[96];
        snprintf(reason, sizeof(reason), "unknown %s", vocabulary->name);
        yaml_fault(yaml, node, item, reason, vocabulary_mend(vocabulary, value, mend, sizeof(mend)));
    }
    return number;
}
