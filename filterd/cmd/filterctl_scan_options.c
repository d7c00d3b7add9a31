#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/filterctl_scan.h"

#define MAX_WORKERS 256
#define CHECKPOINT_BYTES (16u << 20)

static unsigned
processor_count(void)
{
    cpu_set_t processors;
    int count = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;

    return count < 1 ? 1 : count > MAX_WORKERS ? MAX_WORKERS : (unsigned)count;
}

static bool
read_workers(const struct call *call, unsigned *workers)
{
    const char *text = call->values[OPTION_WORKERS];
    char *end;
    unsigned long number;

    *workers = processor_count();
    if (text == NULL)
        return true;
    errno = 0;
    number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < 1 || number > MAX_WORKERS) {
        usage_error(
            call,
            words_for(call, "--workers: '%s' is no number from 1 to %d", "--workers: '%s' は1〜%dの数ではありません"),
            text, MAX_WORKERS);
        return false;
    }
    *workers = (unsigned)number;
    return true;
}

static bool
read_format(const struct call *call, struct archive_options *options)
{
    static const struct {
        const char *name;
        enum archive_format format;
        uint8_t separator;
    } known[] = {{"jsonl", ARCHIVE_JSONL, 0},
                 {"csv", ARCHIVE_TABLE, 0},
                 {"tsv", ARCHIVE_TABLE, '\t'},
                 {"text", ARCHIVE_TEXT, 0}};
    const char *text = call->values[OPTION_FORMAT];

    if (text == NULL)
        return true;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(text, known[i].name) != 0)
            continue;
        options->format = known[i].format;
        options->separator = known[i].separator;
        if (known[i].format != ARCHIVE_TEXT || call->counts[OPTION_FIELD] + call->counts[OPTION_ID_FIELD] == 0)
            return true;
        usage_error(call, "%s", words_for(call, "lines of text have no fields", "text 形式にフィールドはありません"));
        return false;
    }
    usage_error(call,
                words_for(call, "--format: '%s' is none of jsonl, csv, tsv, text",
                          "--format: '%s' は jsonl、csv、tsv、text のどれでもありません"),
                text);
    return false;
}

static bool
read_output_format(const struct call *call, struct archive_options *options)
{
    static const char *const names[] = {
        [OUTPUT_FINDINGS] = "findings", [OUTPUT_SAME] = "same", [OUTPUT_COLUMN] = "column"};
    const char *text = call->values[OPTION_OUTPUT_FORMAT];

    for (unsigned i = 0; text != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) != 0)
            continue;
        options->handler.output = (enum archive_output)i;
        text = NULL;
    }
    if (text != NULL)
        usage_error(call,
                    words_for(call, "--output-format: '%s' is none of findings, same, column",
                              "--output-format: '%s' は findings、same、column のどれでもありません"),
                    text);
    return text == NULL;
}

static bool
is_good_field(const struct archive_options *options, const struct field *field)
{
    return field->name[0] != '\0' && (field_is_path(field) || (options->format == ARCHIVE_TABLE));
}

static bool
refuse_field(const struct call *call, enum option_id id, const char *text)
{
    usage_error(call, words_for(call, "--%s: '%s' is no field name", "--%s: '%s' はフィールド名ではありません"),
                option_rows[id].name, text);
    return false;
}

static bool
read_fields(const struct call *call, struct archive_options *options)
{
    struct reading *reading = &options->handler.reading;
    const char *id_name = call->values[OPTION_ID_FIELD] ? call->values[OPTION_ID_FIELD] : "id";

    if (call->counts[OPTION_FIELD] > FIELDS_MAX) {
        usage_error(call, words_for(call, "--field: more than %d", "--field は%d個までです"), FIELDS_MAX);
        return false;
    }
    reading->fields.is_default = call->counts[OPTION_FIELD] == 0;
    for (unsigned i = 0; i < call->counts[OPTION_FIELD] || (i == 0 && reading->fields.is_default); i++) {
        const char *name = reading->fields.is_default ? "text" : call->fields[i];

        if (fields_add(&reading->fields, name) != STATUS_OK || !is_good_field(options, &reading->fields.list[i]))
            return refuse_field(call, OPTION_FIELD, name);
    }
    if (call->counts[OPTION_ID_FIELD] > 1) {
        usage_error(call, words_for(call, "--%s is given twice", "--%s が2回指定されています"), "id-field");
        return false;
    }
    if (field_init(&reading->id_field, id_name) != STATUS_OK || !is_good_field(options, &reading->id_field))
        return refuse_field(call, OPTION_ID_FIELD, id_name);
    return true;
}

static bool
read_fail_on(const struct call *call, enum action *fail_on)
{
    const char *text = call->values[OPTION_FAIL_ON];

    *fail_on = ACTION_NONE;
    if (text == NULL ||
        ((strcmp(text, "redact") == 0 || strcmp(text, "block") == 0) && action_parse(slice_of(text), fail_on)))
        return true;
    usage_error(call,
                words_for(call, "--fail-on: '%s' is neither redact nor block",
                          "--fail-on: '%s' は redact でも block でもありません"),
                text);
    return false;
}

/* Before anything is loaded or written: every input must be there. */
static bool
read_inputs(const struct call *call, struct scan *scan)
{
    static const char *const standard[] = {"-"};
    const char *const *files = call->operand_count == 0 ? standard : call->operands;
    int count = call->operand_count == 0 ? 1 : call->operand_count;

    for (int i = 0; i < count; i++) {
        if (inputs_add(&scan->inputs, files[i]) != STATUS_OK) {
            complain(call, "%s: %s", files[i], strerror(errno));
            return false;
        }
    }
    scan->options.inputs = &scan->inputs;
    return true;
}

bool
scan_read_options(const struct call *call, struct scan *scan)
{
    struct archive_options *options = &scan->options;

    scan->call = call;
    options->checkpoint_bytes = CHECKPOINT_BYTES;
    options->no_header = call->counts[OPTION_NO_HEADER] > 0;
    return read_format(call, options) && read_output_format(call, options) && read_workers(call, &options->workers) &&
           read_fields(call, options) && read_fail_on(call, &scan->fail_on) && read_inputs(call, scan);
}
