#include "serve/conf.h"

#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/file.h"
#include "rules/yaml.h"

#define ARENA_BYTES (4u << 20)

enum kind { KIND_UINT, KIND_TEXT };
enum effect { RELOAD, RESTART };

struct row {
    const char *name;
    enum kind kind;
    enum effect effect;
    size_t offset;
    unsigned min, max, fallback;
    const char *fallback_text;
    const char *unit;
    const char *english, *japanese;
};

static const struct row rows[] = {
#define CONF_UINT(name, min, max, fallback, unit, when, english, japanese) \
    {#name, KIND_UINT, when, offsetof(struct conf, name), min, max, fallback, NULL, unit, english, japanese},
#define CONF_TEXT(name, fallback, when, english, japanese) \
    {#name, KIND_TEXT, when, offsetof(struct conf, name), 0, 0, 0, fallback, "", english, japanese},
#include "serve/conf.def"
#undef CONF_UINT
#undef CONF_TEXT
};

#define ROW_COUNT (sizeof rows / sizeof *rows)
#define LISTEN_ENGLISH "Endpoints: ipc://PATH, tcp://127.0.0.1:PORT or tcp://[::1]:PORT."
#define LISTEN_JAPANESE "待ち受け先。ipc://パス、tcp://127.0.0.1:ポート、tcp://[::1]:ポート。"

static unsigned *
uint_of(struct conf *conf, const struct row *row)
{
    return (unsigned *)(void *)((char *)conf + row->offset);
}

static char *
text_of(struct conf *conf, const struct row *row)
{
    return (char *)conf + row->offset;
}

void
conf_defaults(struct conf *conf_out)
{
    *conf_out = (struct conf){.listen_count = 1};
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].kind == KIND_UINT)
            *uint_of(conf_out, &rows[i]) = rows[i].fallback;
        else
            snprintf(text_of(conf_out, &rows[i]), CONF_TEXT_BYTES, "%s", rows[i].fallback_text);
    }
    snprintf(conf_out->listen[0], CONF_LISTEN_BYTES, "%s", CONF_DEFAULT_LISTEN);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void
read_listen(struct yaml *yaml, int node, struct conf *conf)
{
    if (node == 0)
        return;
    const size_t count = yaml_list_count(yaml, node, "listen");
    if (count == 0 || count > CONF_MAX_LISTEN) {
        yaml_fault(yaml, node, "listen", "one to eight endpoints are needed", LISTEN_ENGLISH);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *endpoint =
            yaml_text(yaml, yaml_list_node(yaml, node, i), "listen", CONF_LISTEN_BYTES - 1, CONF_DEFAULT_LISTEN);
        snprintf(conf->listen[i], CONF_LISTEN_BYTES, "%s", endpoint);
    }
    conf->listen_count = (unsigned)count;
}

static void
read_row(struct yaml *yaml, int node, const struct row *row, struct conf *conf)
{
    if (row->kind == KIND_UINT)
        *uint_of(conf, row) = yaml_uint(yaml, node, row->name, row->min, row->max, row->fallback);
    else
        snprintf(text_of(conf, row), CONF_TEXT_BYTES, "%s",
                 yaml_text(yaml, node, row->name, CONF_TEXT_BYTES - 1, row->fallback_text));
}

static void
read_file(struct yaml *yaml, struct conf *conf)
{
    struct yaml_key keys[ROW_COUNT + 1];
    int nodes[ROW_COUNT + 1] = {0};

    for (size_t i = 0; i < ROW_COUNT; i++)
        keys[i] = (struct yaml_key){rows[i].name, YAML_OPTIONAL, &nodes[i]};
    keys[ROW_COUNT] = (struct yaml_key){"listen", YAML_OPTIONAL, &nodes[ROW_COUNT]};
    yaml_mapping(yaml, yaml_root(yaml), "settings", keys, ROW_COUNT + 1);
    for (size_t i = 0; i < ROW_COUNT; i++)
        read_row(yaml, nodes[i], &rows[i], conf);
    read_listen(yaml, nodes[ROW_COUNT], conf);
}

enum status
conf_parse(struct slice text, const char *file, struct conf *conf_out, struct fault *fault)
{
    struct arena *arena = NULL;
    struct yaml *yaml = NULL;
    struct conf conf;

    conf_defaults(&conf);
    enum status status = arena_create(ARENA_BYTES, &arena);
    if (status == STATUS_OK)
        status = yaml_open(text, file, arena, fault, &yaml);
    if (status == STATUS_OK) {
        read_file(yaml, &conf);
        status = yaml_status(yaml);
    }
    if (status == STATUS_OK)
        *conf_out = conf;
    yaml_close(&yaml);
    arena_destroy(&arena);
    return status;
}

enum status
conf_load(const char *path, struct conf *conf_out, struct fault *fault)
{
    struct buffer text;

    buffer_init(&text);
    enum status status = file_read(path, CONF_MAX_FILE_BYTES, &text);
    if (status != STATUS_OK)
        fault_set(fault, path, 0, 0, NULL, NULL, "the settings cannot be read", status_word(status));
    else
        status = conf_parse(buffer_slice(&text), path, conf_out, fault);
    buffer_fini(&text);
    return status;
}

const char *
conf_needs_restart(const struct conf *running, const struct conf *wanted)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *a = (const char *)running + rows[i].offset;
        const char *b = (const char *)wanted + rows[i].offset;
        const size_t bytes = rows[i].kind == KIND_UINT ? sizeof(unsigned) : strlen(a) + 1;
        if (rows[i].effect == RESTART && memcmp(a, b, bytes) != 0)
            return rows[i].name;
    }
    for (unsigned i = 0; i < running->listen_count || i < wanted->listen_count; i++)
        if (running->listen_count != wanted->listen_count || strcmp(running->listen[i], wanted->listen[i]) != 0)
            return "listen";
    return NULL;
}

void
conf_take_reloadable(struct conf *running, const struct conf *wanted)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].effect == RELOAD)
            memcpy((char *)running + rows[i].offset, (const char *)wanted + rows[i].offset,
                   rows[i].kind == KIND_UINT ? sizeof(unsigned) : CONF_TEXT_BYTES);
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

void
conf_help(enum conf_language language, struct buffer *out)
{
    buffer_appendf(out, "  %-20s [%s]\n      %s\n", "listen", CONF_DEFAULT_LISTEN,
                   language == CONF_JAPANESE ? LISTEN_JAPANESE : LISTEN_ENGLISH);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct row *row = &rows[i];
        if (row->kind == KIND_UINT)
            buffer_appendf(out, "  %-20s %u [%u..%u] %s\n", row->name, row->fallback, row->min, row->max, row->unit);
        else
            buffer_appendf(out, "  %-20s \"%s\"\n", row->name, row->fallback_text);
        buffer_appendf(out, "      %s\n", language == CONF_JAPANESE ? row->japanese : row->english);
    }
}

void
conf_sample(struct buffer *out)
{
    buffer_appendf(out,
                   "# filterd.yaml - the settings of filterd, with their defaults (made by filterd --sample).\n"
                   "# Check a change with `filterd -c FILE -t`; `filterctl reload` puts it live where it says reload.\n"
                   "\n# %s\n# %s\n# restart\nlisten:\n  - %s\n",
                   LISTEN_ENGLISH, LISTEN_JAPANESE, CONF_DEFAULT_LISTEN);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct row *row = &rows[i];
        const char *effect = row->effect == RELOAD ? "reload" : "restart";
        buffer_appendf(out, "\n# %s\n# %s\n", row->english, row->japanese);
        if (row->kind == KIND_UINT)
            buffer_appendf(out, "# %u to %u %s; %s\n%s: %u\n", row->min, row->max, row->unit, effect, row->name,
                           row->fallback);
        else if (row->fallback_text[0])
            buffer_appendf(out, "# %s\n%s: %s\n", effect, row->name, row->fallback_text);
        else
            buffer_appendf(out, "# %s\n# %s: /path\n", effect, row->name);
    }
}
