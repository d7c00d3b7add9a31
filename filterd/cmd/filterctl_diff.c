#include <string.h>

#include "cmd/filterctl.h"
#include "tune/diff.h"
#include "wire/json.h"

struct comparing {
    const struct call *call;
    int part; /* the one whose heading stands; -1 = none yet */
};

static void
put(struct slice text)
{
    print_safely(stdout, text, 0);
}

/* A heading for each part; then one line per change. */
static void
show(void *context, const struct change *change)
{
    struct comparing *comparing = context;
    const struct call *call = comparing->call;
    const char *aspect = words_for(call, change->aspect.en, change->aspect.ja);

    if (comparing->part != (int)change->part) {
        struct phrase heading = change_part_words[change->part];

        comparing->part = (int)change->part;
        printf("%s\n", words_for(call, heading.en, heading.ja));
    }
    fputs(change->before.bytes == 0 ? "  + " : change->after.bytes == 0 ? "  - " : "  * ", stdout);
    put(change->item);
    if (aspect[0] != '\0')
        printf("%s%s", change->item.bytes > 0 ? " / " : "", aspect);
    fputs(": ", stdout);
    put(change->before);
    if (change->before.bytes > 0)
        fputs(change->after.bytes > 0 ? " → " : words_for(call, " (gone)", " (なくなる)"), stdout);
    put(change->after);
    if (change->before.bytes == 0)
        fputs(words_for(call, " (new)", " (加わる)"), stdout);
    putchar('\n');
}

static void
show_json(void *context, const struct change *change)
{
    const struct {
        const char *key;
        struct slice value;
    } members[] = {{"item", change->item},
                   {"aspect", slice_of(change->aspect.en)},
                   {"before", change->before},
                   {"after", change->after}};
    struct buffer line;

    (void)context;
    buffer_init(&line);
    buffer_appendf(&line, "{\"part\":\"%s\"", change_part_ids[change->part]);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        buffer_appendf(&line, ",\"%s\":", members[i].key);
        json_string(&line, members[i].value);
    }
    buffer_append_byte(&line, '}');
    print_json_line(&line);
}

static int
finish(const struct comparing *comparing, const struct diff *diff)
{
    const struct call *call = comparing->call;
    unsigned total = 0;

    for (int part = 0; part < CHANGE_PART_COUNT; part++)
        total += diff->told[part];
    if (call->counts[OPTION_JSON] > 0)
        printf("{\"changes\":%u}\n", total);
    else if (total == 0)
        puts(words_for(call, "no difference", "違いはありません"));
    else
        printf(words_for(call, "%u differences\n", "違い %u件\n"), total);
    return total > 0 ? EXIT_FOUND : EXIT_GOOD;
}

static int
compare(const struct call *call, const struct version *was, const struct version *is)
{
    bool as_json = call->counts[OPTION_JSON] > 0;
    struct comparing comparing = {call, -1};
    struct diff diff = {
        .is_japanese = call->is_japanese && !as_json, .tell = as_json ? show_json : show, .context = &comparing};
    struct fault fault = {0};
    enum status status = diff_versions(&diff, was, is, &fault);

    if (status == STATUS_INVALID)
        return complain_fault(call, &fault);
    if (status != STATUS_OK)
        return session_complain(call, status);
    return finish(&comparing, &diff);
}

/* Before a city is there, it decides nothing. */
static int
compare_with_present(const struct call *call, struct load *load, const struct places *places,
                     const struct version *draft)
{
    struct city present = {0};
    struct fault fault;
    int code = EXIT_FOUND;

    if (session_read_city(places, draft->files->id, &present.files, &fault) == STATUS_NOT_FOUND) {
        printf(words_for(call, "%s: a new city\n", "%s: 新しい市です\n"), draft->files->id);
        return code;
    }
    city_files_fini(&present.files);
    present = (struct city){0};
    code = EXIT_TROUBLE;
    if (city_open(call, load, places, draft->files->id, &present))
        code = compare(call, &(struct version){present.ruleset, &present.files}, draft);
    city_close(&present);
    return code;
}

int
show_changes(const struct call *call, struct load *load, const struct places *places, const struct city_files *files)
{
    char keys_path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 8];
    struct city_files with_keys = *files;
    struct ruleset *ruleset = NULL;
    struct fault fault = {0};
    enum status status;
    int code;

    with_keys.keys_path = places_keys(places, files->id, keys_path, sizeof keys_path);
    status = ruleset_build(load_cities(load)->common, &with_keys, &ruleset, &fault);
    if (status != STATUS_OK)
        return complain_fault(call, &fault);
    code = compare_with_present(call, load, places, &(struct version){ruleset, files});
    ruleset_destroy(&ruleset);
    return code;
}

static int
run_diff(const struct call *call)
{
    struct city before = {0}, after = {0};
    struct places places;
    struct load *load;
    int code = EXIT_TROUBLE;

    if (call->operand_count != 2)
        return usage_error(call, words_for(call, "name two cities or folders", "市かフォルダを2つ書いてください"));
    load = session_load(call, &places);
    if (load == NULL)
        return EXIT_TROUBLE;
    if (city_open(call, load, &places, call->operands[0], &before) &&
        city_open(call, load, &places, call->operands[1], &after))
        code = compare(call, &(struct version){before.ruleset, &before.files},
                       &(struct version){after.ruleset, &after.files});
    city_close(&before);
    city_close(&after);
    load_destroy(&load);
    return code;
}

const struct verb verb_diff = {
    .name = "diff",
    .operands = "BEFORE AFTER",
    .max_operands = 2,
    .options = {OPTION_JSON, OPTION_DICTIONARIES, OPTION_STORE, OPTION_KEYS, OPTION_COUNT},
    .summary = {"what two versions of a city decide differently", "2つの版で判断がどう変わるかを言葉で示す"},
    .description = {"Compares two cities, or two folders of one city, and tells what changes: clauses, what is\n"
                    "kept for a purpose, official contacts, notices, terms, names, cases. The words are those\n"
                    "that a council reads; YAML, ids and the order of rows do not appear.\n"
                    "\n"
                    "What the change does to real messages is told by whatif.",
                    "2つの市、または同じ市の2つのフォルダを比べ、変わることを示す: 条項、用途ごとに残す情報、市の\n"
                    "連絡先、お知らせ文、語句、名称、事例。議会の資料にそのまま使える言葉で書き、YAML や識別子、行の\n"
                    "並び順は出さない。\n"
                    "\n"
                    "実際のメッセージへの影響は whatif で調べる。"},
    .exits = {{EXIT_GOOD, {"no difference", "違いはない"}},
              {EXIT_FOUND, {"differences", "違いがある"}},
              {EXIT_TROUBLE, {"a version could not be read", "読めない版があった"}}},
    .examples = {{"filterctl diff kashiwa ./draft/kashiwa", {"What a draft would change:", "下書きで変わること:"}},
                 {"filterctl diff kashiwa meguro", {"How two cities differ:", "2つの市の違い:"}}},
    .run = run_diff,
};
