#include "rules/yaml.h"

#include <stdio.h>
#include <stdlib.h>

#include <yaml.h>

#include "base/assert.h"
#include "rules/slips.h"
#include "text/intake.h"
#include "text/utf8.h"

struct yaml {
    yaml_document_t document;
    bool loaded;
    const char *file;
    struct arena *arena;
    struct fault *fault;
    enum status status;
};

/* --- faults ------------------------------------------------------------------------------------------------------ */

static void
fail_at(struct yaml *yaml, unsigned line, unsigned column, const char *item, const char *value, const char *reason,
        const char *mend)
{
    if (yaml->status == STATUS_OK) {
        yaml->status = STATUS_INVALID;
        fault_set(yaml->fault, yaml->file, line, column, item, value, reason, mend);
    }
}

static void
fail_at_mark(struct yaml *yaml, yaml_mark_t mark, const char *reason, const char *mend)
{
    fail_at(yaml, (unsigned)mark.line + 1, (unsigned)mark.column + 1, "", "", reason, mend);
}

static yaml_node_t *
node_at(const struct yaml *yaml, int node)
{
    ASSERT(yaml->loaded && node > 0);
    yaml_node_t *found = yaml_document_get_node((yaml_document_t *)&yaml->document, node);
    ASSERT(found);
    return found;
}

struct slice
yaml_scalar(const struct yaml *yaml, int node)
{
    if (node == 0 || node_at(yaml, node)->type != YAML_SCALAR_NODE)
        return (struct slice){(const uint8_t *)"", 0};
    yaml_node_t *found = node_at(yaml, node);
    return (struct slice){found->data.scalar.value, found->data.scalar.length};
}

void
yaml_fault(struct yaml *yaml, int node, const char *item, const char *reason, const char *mend)
{
    if (node == 0) {
        fail_at(yaml, 0, 0, item, "", reason, mend);
        return;
    }
    /* libyaml ends every scalar with a NUL; a NUL inside is refused by its reader. */
    yaml_mark_t mark = node_at(yaml, node)->start_mark;
    fail_at(yaml, (unsigned)mark.line + 1, (unsigned)mark.column + 1, item, (const char *)yaml_scalar(yaml, node).data,
            reason, mend);
}

unsigned
yaml_line(const struct yaml *yaml, int node)
{
    return node ? (unsigned)node_at(yaml, node)->start_mark.line + 1 : 0;
}

void *
yaml_alloc(struct yaml *yaml, size_t count, size_t bytes)
{
    void *memory = arena_alloc_array(yaml->arena, count, bytes);
    if (!memory && yaml->status == STATUS_OK)
        yaml->status = STATUS_NO_MEMORY;
    if (memory)
        memset(memory, 0, count * bytes);
    return memory;
}

/* --- what libyaml's own message does not explain -------------------------------------------------------------------
 */

/* Reports the usual slip of a Japanese keyboard on `line`, when there is one. */
static bool
explain_line(struct yaml *yaml, struct slice text, size_t line)
{
    unsigned column;
    const struct slip *slip = slip_find(text, line, &column);
    if (slip)
        fail_at(yaml, (unsigned)line + 1, column, "", "", slip->reason, slip->mend);
    return slip != NULL;
}

static void
library_fault(struct yaml *yaml, struct slice text, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        yaml->status = STATUS_NO_MEMORY;
        return;
    }
    if (parser->error == YAML_READER_ERROR) { /* knows an offset, but no mark */
        size_t at = parser->problem_offset < text.bytes ? parser->problem_offset : text.bytes;
        unsigned line = 1, column = 1;
        for (size_t i = 0; i < at; i++) {
            bool ends = text.data[i] == '\n';
            column = ends ? 1 : column + !utf8_is_inside(text.data[i]);
            line += ends;
        }
        fail_at(yaml, line, column, "", "", "a control character stands here", "delete it");
        return;
    }
    size_t last = parser->problem_mark.line;
    size_t first = parser->context ? parser->context_mark.line : last;
    first = first + 8 < last ? last - 8 : first;
    for (size_t line = first; line <= last; line++)
        if (explain_line(yaml, text, line))
            return;
    char reason[160];
    snprintf(reason, sizeof(reason), "not YAML: %s%s%s", parser->problem ? parser->problem : "unknown problem",
             parser->context ? ", " : "", parser->context ? parser->context : "");
    /* Of a quote that is never closed the beginning helps, not the end of the file. */
    bool unclosed = parser->context && parser->problem && strstr(parser->problem, "end of stream");
    fail_at_mark(yaml, unclosed ? parser->context_mark : parser->problem_mark, reason,
                 "compare indentation and quotes with the lines around it");
}

/* --- opening ----------------------------------------------------------------------------------------------------- */

static bool
has_anchor_or_tag(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor || event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    default:
        return false;
    }
}

struct progress {
    unsigned depth;
    unsigned documents;
};

/* Refuses what the subset leaves out, before anything is built from it. */
static void
check_event(struct yaml *yaml, const yaml_event_t *event, struct progress *progress)
{
    if (event->type == YAML_ALIAS_EVENT || has_anchor_or_tag(event)) {
        fail_at_mark(yaml, event->start_mark, "anchors (&), aliases (*) and tags (!) are not allowed",
                     "write the value out, in quotes if it begins with & * or !");
    }
    if (event->type == YAML_DOCUMENT_START_EVENT && ++progress->documents > 1) {
        fail_at_mark(yaml, event->start_mark, "a second document begins here",
                     "delete the line '---' and what follows");
    }
    if (event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT) {
        if (++progress->depth > YAML_MAX_DEPTH)
            fail_at_mark(yaml, event->start_mark, "nested too deep", "at most 8 levels are allowed");
    }
    if (event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT)
        progress->depth--;
}

static void
parser_init(yaml_parser_t *parser, struct slice text)
{
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, text.data, text.bytes);
}

static void
check_events(struct yaml *yaml, struct slice text)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        yaml->status = STATUS_NO_MEMORY;
        return;
    }
    parser_init(&parser, text);
    struct progress progress = {0};
    bool ended = false;
    while (!ended && yaml->status == STATUS_OK) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            library_fault(yaml, text, &parser);
            break;
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        check_event(yaml, &event, &progress);
        yaml_event_delete(&event);
    }
    if (yaml->status == STATUS_OK && progress.documents == 0)
        fail_at(yaml, 1, 1, "", "", "the file is empty", "begin it with 'format: 1'");
    yaml_parser_delete(&parser);
}

static void
load_document(struct yaml *yaml, struct slice text)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        yaml->status = STATUS_NO_MEMORY;
        return;
    }
    parser_init(&parser, text);
    if (yaml_parser_load(&parser, &yaml->document))
        yaml->loaded = true;
    else
        library_fault(yaml, text, &parser);
    yaml_parser_delete(&parser);
}

static void
check_encoding(struct yaml *yaml, struct slice text)
{
    if (text.bytes > YAML_MAX_FILE_BYTES) {
        fail_at(yaml, 0, 0, "", "", "the file is larger than 1 MiB", "terms belong into terms.csv");
    } else if (text.bytes >= 2 && (memcmp(text.data, "\xFF\xFE", 2) == 0 || memcmp(text.data, "\xFE\xFF", 2) == 0)) {
        fail_at(yaml, 1, 0, "", "", "the file is UTF-16, not UTF-8", "save it as UTF-8");
    } else if (!utf8_is_valid(text)) {
        fail_at(yaml, slip_invalid_line(text), 0, "", "", "the file is not UTF-8 (Shift_JIS/CP932?)",
                "save it as UTF-8");
    }
}

enum status
yaml_open(struct slice text, const char *file, struct arena *arena, struct fault *fault, struct yaml **yaml_out)
{
    struct yaml *yaml = calloc(1, sizeof(*yaml));
    if (!yaml)
        return STATUS_NO_MEMORY;
    *yaml = (struct yaml){.file = file, .arena = arena, .fault = fault};
    if (text.bytes >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0) /* libyaml counts it as a column */
        text = (struct slice){text.data + 3, text.bytes - 3};
    check_encoding(yaml, text);
    if (yaml->status == STATUS_OK)
        check_events(yaml, text);
    if (yaml->status == STATUS_OK)
        load_document(yaml, text);
    enum status status = yaml->status;
    if (status != STATUS_OK) {
        yaml_close(&yaml);
        return status;
    }
    *yaml_out = yaml;
    return STATUS_OK;
}

void
yaml_close(struct yaml **yaml)
{
    if (!*yaml)
        return;
    if ((*yaml)->loaded)
        yaml_document_delete(&(*yaml)->document);
    free(*yaml);
    *yaml = NULL;
}

enum status
yaml_status(const struct yaml *yaml)
{
    return yaml->status;
}

int
yaml_root(const struct yaml *yaml)
{
    ASSERT(yaml->loaded);
    return 1;
}

/* --- mappings and lists ------------------------------------------------------------------------------------------ */

size_t
yaml_pair_count(struct yaml *yaml, int node, const char *item)
{
    if (node == 0 || yaml->status != STATUS_OK)
        return 0;
    yaml_node_t *found = node_at(yaml, node);
    if (found->type != YAML_MAPPING_NODE) {
        yaml_fault(yaml, node, item, "must be a mapping (key: value)", "indent 'key: value' lines below it");
        return 0;
    }
    size_t count = (size_t)(found->data.mapping.pairs.top - found->data.mapping.pairs.start);
    if (count > YAML_MAX_ITEMS) {
        yaml_fault(yaml, node, item, "has too many keys", "at most 4096 are allowed");
        return 0;
    }
    return count;
}

static yaml_node_pair_t *
pair_at(const struct yaml *yaml, int node, size_t index)
{
    return &node_at(yaml, node)->data.mapping.pairs.start[index];
}

/* Whether the pair's key is a scalar and stands here for the first time. */
static bool
check_key(struct yaml *yaml, int node, size_t index)
{
    int key = pair_at(yaml, node, index)->key;
    struct slice name = yaml_scalar(yaml, key);
    if (name.bytes == 0) {
        yaml_fault(yaml, key, "", "a key must be a plain word", "write 'key: value'");
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (slice_equal(name, yaml_scalar(yaml, pair_at(yaml, node, i)->key))) {
            yaml_fault(yaml, key, (const char *)name.data, "stands twice", "keep one of them");
            return false;
        }
    }
    return true;
}

const char *
yaml_pair(struct yaml *yaml, int node, size_t index, int *key_node_out, int *value_out)
{
    *key_node_out = pair_at(yaml, node, index)->key;
    *value_out = pair_at(yaml, node, index)->value;
    if (!check_key(yaml, node, index))
        return "";
    return yaml_text(yaml, *key_node_out, "key", 64, "");
}

static void
unknown_key(struct yaml *yaml, int key, const struct yaml_key *keys, size_t count)
{
    struct slice name = yaml_scalar(yaml, key);
    char mend[256];
    size_t used = (size_t)snprintf(mend, sizeof(mend), "known keys:");
    for (size_t i = 0; i < count; i++) {
        if (name.bytes > 2 && word_distance(name, slice_of(keys[i].name), 2) <= 2) {
            snprintf(mend, sizeof(mend), "did you mean %s?", keys[i].name);
            used = sizeof(mend);
        }
        if (used < sizeof(mend))
            used += (size_t)snprintf(mend + used, sizeof(mend) - used, "%s %s", i ? "," : "", keys[i].name);
    }
    bool indented_wide = name.bytes >= 3 && memcmp(name.data, "\xE3\x80\x80", 3) == 0;
    yaml_fault(yaml, key, "", indented_wide ? "a full-width space stands in the indentation" : "unknown key",
               indented_wide ? "indent with half-width spaces" : mend);
}

static const struct yaml_key *
find_key(struct slice name, const struct yaml_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(name, slice_of(keys[i].name)))
            return &keys[i];
    return NULL;
}

void
yaml_mapping(struct yaml *yaml, int node, const char *item, const struct yaml_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *keys[i].node_out = 0;
    size_t pairs = yaml_pair_count(yaml, node, item);
    for (size_t i = 0; i < pairs && yaml->status == STATUS_OK; i++) {
        yaml_node_pair_t *pair = pair_at(yaml, node, i);
        if (!check_key(yaml, node, i))
            return;
        const struct yaml_key *key = find_key(yaml_scalar(yaml, pair->key), keys, count);
        if (!key) {
            unknown_key(yaml, pair->key, keys, count);
            return;
        }
        *key->node_out = pair->value;
    }
    for (size_t i = 0; i < count && node != 0 && yaml->status == STATUS_OK; i++) {
        if (keys[i].presence == YAML_REQUIRED && *keys[i].node_out == 0) {
            char reason[160];
            snprintf(reason, sizeof(reason), "the key '%s' is missing", keys[i].name);
            yaml_fault(yaml, node, item, reason, "add it");
        }
    }
}

size_t
yaml_list_count(struct yaml *yaml, int node, const char *item)
{
    if (node == 0 || yaml->status != STATUS_OK)
        return 0;
    yaml_node_t *found = node_at(yaml, node);
    if (found->type != YAML_SEQUENCE_NODE) {
        yaml_fault(yaml, node, item, "must be a list", "write [A, B] or one '- ' line each");
        return 0;
    }
    size_t count = (size_t)(found->data.sequence.items.top - found->data.sequence.items.start);
    if (count > YAML_MAX_ITEMS) {
        yaml_fault(yaml, node, item, "has too many entries", "at most 4096 are allowed");
        return 0;
    }
    return count;
}

int
yaml_list_node(struct yaml *yaml, int node, size_t index)
{
    return node_at(yaml, node)->data.sequence.items.start[index];
}

/* --- scalars ----------------------------------------------------------------------------------------------------- */

bool
yaml_has_scalar(struct yaml *yaml, int node, const char *item)
{
    if (node == 0 || yaml->status != STATUS_OK)
        return false;
    yaml_node_t *found = node_at(yaml, node);
    if (found->type != YAML_SCALAR_NODE) {
        yaml_fault(yaml, node, item, "must be a single value, not a list or mapping", "write it behind the ':'");
        return false;
    }
    struct slice value = yaml_scalar(yaml, node);
    bool plain = found->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (value.bytes == 0 || (plain && (slice_equal(value, slice_of("~")) || slice_equal(value, slice_of("null"))))) {
        yaml_fault(yaml, node, item, "has no value", "write one, or delete the line");
        return false;
    }
    return true;
}
