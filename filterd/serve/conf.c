#include "serve/conf.h"

#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/file.h"
#include "rules/yaml.h"
#include "serve/clients.h"

#define ARENA_BYTES (32u << 20)

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

/* Settings that are lists. */
struct part {
    const char *name;
    const char *english, *japanese;
    const char *sample;
};

enum { PART_LISTEN, PART_LISTEN_CURVE, PART_CLIENTS, PART_COUNT };

static const struct part parts[PART_COUNT] = {
    [PART_LISTEN] = {"listen", "Endpoints without keys: ipc://PATH, tcp://127.0.0.1:PORT or tcp://[::1]:PORT.",
                     "鍵なしの待ち受け先。ipc://パス、tcp://127.0.0.1:ポート、tcp://[::1]:ポート。",
                     "listen:\n  - " CONF_DEFAULT_LISTEN "\n"},
    [PART_LISTEN_CURVE] = {"listen_curve",
                           "Endpoints for clients with a key (CURVE): tcp://ADDRESS:PORT, also tcp://*:PORT.",
                           "鍵（CURVE）を持つクライアントの待ち受け先。tcp://アドレス:ポート、tcp://*:ポート。",
                           "# listen_curve:\n#   - tcp://*:5555\n"},
    [PART_CLIENTS] = {"clients",
                      "Who may connect there, and ask for which policies; \"local\" is who comes without a key.",
                      "そこに接続できるクライアントと、使えるポリシー。local は鍵なしで来る者。",
                      "# clients:\n"
                      "#   - name: gateway-1\n"
                      "#     public_key: \"40 characters\"  # filterctl keygen --curve\n"
                      "#     policies: [kashiwa, moka]       # or [\"*\"]\n"
                      "#     share: 1                        # of the workers' time when all want more; 1 to 100\n"
                      "#     messages_per_second: 0          # 0 = no bound\n"
                      "#     max_outstanding: 0              # requests; 0 = no bound\n"
                      "#   - name: local\n"
                      "#     policies: [\"*\"]\n"},
};

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
    memset(conf_out, 0, sizeof *conf_out);
    conf_out->listen.count = 1;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].kind == KIND_UINT)
            *uint_of(conf_out, &rows[i]) = rows[i].fallback;
        else
            snprintf(text_of(conf_out, &rows[i]), CONF_TEXT_BYTES, "%s", rows[i].fallback_text);
    snprintf(conf_out->listen.endpoints[0], CONF_LISTEN_BYTES, "%s", CONF_DEFAULT_LISTEN);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void
read_listen(struct yaml *yaml, int node, const struct part *part, struct conf_listen *listen)
{
    if (node == 0)
        return;
    const size_t count = yaml_list_count(yaml, node, part->name);
    if (count == 0 || count > CONF_MAX_LISTEN) {
        yaml_fault(yaml, node, part->name, "one to eight endpoints are needed", part->english);
        return;
    }
    for (size_t i = 0; i < count; i++)
        snprintf(listen->endpoints[i], CONF_LISTEN_BYTES, "%s",
                 yaml_text(yaml, yaml_list_node(yaml, node, i), part->name, CONF_LISTEN_BYTES - 1, ""));
    listen->count = (unsigned)count;
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
read_file(struct yaml *yaml, struct conf *conf, struct buffer *clients)
{
    struct yaml_key keys[ROW_COUNT + PART_COUNT];
    int nodes[ROW_COUNT + PART_COUNT] = {0};
    const int *lists = &nodes[ROW_COUNT];

    for (size_t i = 0; i < ROW_COUNT + PART_COUNT; i++)
        keys[i] = (struct yaml_key){i < ROW_COUNT ? rows[i].name : parts[i - ROW_COUNT].name, YAML_OPTIONAL, &nodes[i]};
    yaml_mapping(yaml, yaml_root(yaml), "settings", keys, ROW_COUNT + PART_COUNT);
    for (size_t i = 0; i < ROW_COUNT; i++)
        read_row(yaml, nodes[i], &rows[i], conf);
    read_listen(yaml, lists[PART_LISTEN], &parts[PART_LISTEN], &conf->listen);
    read_listen(yaml, lists[PART_LISTEN_CURVE], &parts[PART_LISTEN_CURVE], &conf->listen_curve);
    clients_read(yaml, lists[PART_CLIENTS], clients);
}

enum status
conf_parse(struct slice text, const char *file, struct conf *conf_out, struct buffer *clients, struct fault *fault)
{
    struct arena *arena = NULL;
    struct yaml *yaml = NULL;
    struct conf conf;

    conf_defaults(&conf);
    enum status status = arena_create(ARENA_BYTES, &arena);
    if (status == STATUS_OK)
        status = yaml_open(text, file, arena, fault, &yaml);
    if (status == STATUS_OK) {
        read_file(yaml, &conf, clients);
        status = clients->failed ? STATUS_NO_MEMORY : yaml_status(yaml);
    }
    if (status == STATUS_OK)
        *conf_out = conf;
    yaml_close(&yaml);
    arena_destroy(&arena);
    return status;
}

enum status
conf_load(const char *path, struct conf *conf_out, struct buffer *clients, struct fault *fault)
{
    struct buffer text;

    buffer_init(&text);
    enum status status = file_read(path, CONF_MAX_FILE_BYTES, &text);
    if (status != STATUS_OK)
        fault_set(fault, path, 0, 0, NULL, NULL, "the settings cannot be read", status_word(status));
    else
        status = conf_parse(buffer_slice(&text), path, conf_out, clients, fault);
    buffer_fini(&text);
    return status;
}

static bool
is_same_listen(const struct conf_listen *a, const struct conf_listen *b)
{
    bool is_same = a->count == b->count;

    for (unsigned i = 0; is_same && i < a->count; i++)
        is_same = strcmp(a->endpoints[i], b->endpoints[i]) == 0;
    return is_same;
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
    if (!is_same_listen(&running->listen, &wanted->listen))
        return "listen";
    return is_same_listen(&running->listen_curve, &wanted->listen_curve) ? NULL : "listen_curve";
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
    for (size_t i = 0; i < PART_COUNT; i++)
        buffer_appendf(out, "  %-20s %s\n      %s\n", parts[i].name,
                       i == PART_LISTEN ? "[" CONF_DEFAULT_LISTEN "]" : "[]",
                       language == CONF_JAPANESE ? parts[i].japanese : parts[i].english);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct row *row = &rows[i];
        if (row->kind == KIND_UINT)
            buffer_appendf(out, "  %-20s %u [%u..%u] %s\n", row->name, row->fallback, row->min, row->max, row->unit);
        else
            buffer_appendf(out, "  %-20s \"%s\"\n", row->name, row->fallback_text);
        buffer_appendf(out, "      %s\n", language == CONF_JAPANESE ? row->japanese : row->english);
    }
}

static void
sample_row(const struct row *row, struct buffer *out)
{
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

void
conf_sample(struct buffer *out)
{
    buffer_append_text(out,
                       "# filterd.yaml - the settings of filterd, with their defaults (made by filterd --sample).\n"
                       "# Check a change with `filterd -c FILE -t`; `filterctl reload` puts it live where it says "
                       "reload.\n");
    for (size_t i = 0; i < PART_COUNT; i++)
        buffer_appendf(out, "\n# %s\n# %s\n# %s\n%s", parts[i].english, parts[i].japanese,
                       i == PART_CLIENTS ? "reload" : "restart", parts[i].sample);
    for (size_t i = 0; i < ROW_COUNT; i++)
        sample_row(&rows[i], out);
}
