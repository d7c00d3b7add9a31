#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/filterctl_scan.h"

#define MAX_WORKERS 256
#define CHECKPOINT_BYTES (64u << 20)
#define MAX_SHARDS 1000000

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

bool
scan_read_time(const struct call *call, struct archive_options *options)
{
    struct reading *reading = &options->handler.reading;
    const char *name = call->values[OPTION_TIME_FIELD];

    reading->time_is_default = name == NULL;
    if (field_init(&reading->time_field, name == NULL ? "timestamp" : name) == STATUS_OK &&
        is_good_field(options, &reading->time_field))
        return true;
    return refuse_field(call, OPTION_TIME_FIELD, name);
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
    const char *named = call->values[OPTION_ARCHIVE];

    if (named == NULL && call->operand_count == 0)
        named = "-";
    for (int i = named == NULL ? 0 : -1; i < call->operand_count; i++) {
        const char *file = i < 0 ? named : call->operands[i];

        if (inputs_add(&scan->inputs, file) != STATUS_OK) {
            complain_why(call, file, STATUS_IO);
            return false;
        }
    }
    scan->options.inputs = &scan->inputs;
    return true;
}

/* --- shards ------------------------------------------------------------------------------------------------------- */

/* A number and nothing else; UINT64_MAX otherwise. */
static uint64_t
number_of(const char *text, char ends_with)
{
    char *end;
    uint64_t number;

    errno = 0;
    number = text != NULL && *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : UINT64_MAX;
    return number == UINT64_MAX || errno != 0 || *end != ends_with ? UINT64_MAX : number;
}

static uint64_t
number_in(const char *variable)
{
    return number_of(getenv(variable), '\0');
}

/* What a batch system says about this process. A task may count from any number, in any steps. */
static bool
shard_of_environment(const struct call *call, uint64_t *shard, uint64_t *shards)
{
    uint64_t step = number_in("SLURM_ARRAY_TASK_STEP");

    if (call->verb != &verb_scan)
        return true; /* what tells of an archive as a whole is not done in parts */
    if (getenv("SLURM_ARRAY_TASK_ID") != NULL) {
        uint64_t first = number_in("SLURM_ARRAY_TASK_MIN");

        *shard = number_in("SLURM_ARRAY_TASK_ID") - (first == UINT64_MAX ? 0 : first);
        *shard /= step == UINT64_MAX || step == 0 ? 1 : step;
        *shards = number_in("SLURM_ARRAY_TASK_COUNT");
        return true;
    }
    if (getenv("JOB_COMPLETION_INDEX") == NULL)
        return true;
    *shard = number_in("JOB_COMPLETION_INDEX");
    *shards = number_in("JOB_COMPLETION_COUNT");
    if (*shards != UINT64_MAX)
        return true;
    complain(call, "%s",
             words_for(call, "JOB_COMPLETION_INDEX is set and JOB_COMPLETION_COUNT is not; give --shard I/N (0/1: all)",
                       "JOB_COMPLETION_INDEX がありますが JOB_COMPLETION_COUNT がありません。--shard I/N を"
                       "付けてください(全部なら 0/1)"));
    return false;
}

static bool
read_shard(const struct call *call, struct scan *scan)
{
    const char *text = call->values[OPTION_SHARD];
    uint64_t shard = 0, shards = 0, bytes = scan->inputs.bytes;

    if (text != NULL) {
        const char *slash = strchr(text, '/');

        shard = number_of(text, '/');
        shards = slash == NULL ? UINT64_MAX : number_of(slash + 1, '\0');
    } else if (!shard_of_environment(call, &shard, &shards)) {
        return false;
    }
    if (text == NULL && shards == 0)
        return true;
    if (shards == 0 || shards > MAX_SHARDS || shard >= shards) {
        usage_error(call,
                    words_for(call, "--shard: '%s' is no I/N with I from 0 below N",
                              "--shard: '%s' は I/N(I は0以上N未満)ではありません"),
                    text ? text : "SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX");
        return false;
    }
    scan->checkpoint.shard = shard;
    scan->checkpoint.shards = shards;
    scan->options.from = (uint64_t)((__uint128_t)bytes * shard / shards);
    scan->options.to = shard + 1 == shards ? UINT64_MAX : (uint64_t)((__uint128_t)bytes * (shard + 1) / shards);
    scan->options.is_empty = shard + 1 < shards && scan->options.from == scan->options.to;
    return true;
}

static bool
read_checkpoint(const struct call *call, struct archive_options *options)
{
    const char *text = call->values[OPTION_CHECKPOINT];

    options->checkpoint_bytes = text == NULL ? CHECKPOINT_BYTES : number_of(text, '\0');
    if (options->checkpoint_bytes != UINT64_MAX)
        return true;
    usage_error(call, words_for(call, "--checkpoint: '%s' is no number", "--checkpoint: '%s' は数ではありません"),
                text);
    return false;
}

bool
scan_read_options(const struct call *call, struct scan *scan)
{
    struct archive_options *options = &scan->options;

    scan->call = call;
    scan->resume = call->counts[OPTION_RESUME] > 0;
    options->no_header = call->counts[OPTION_NO_HEADER] > 0;
    return read_format(call, options) && read_output_format(call, options) && read_workers(call, &options->workers) &&
           read_fields(call, options) && read_fail_on(call, &scan->fail_on) && read_checkpoint(call, options) &&
           read_inputs(call, scan) && read_shard(call, scan);
}
