#include <string.h>

#include "cmd/filterctl.h"
#include "text/intake.h"

#define INDENT "       "
#define PAGE_COLUMNS 79

/* In the order of the overview. */
/* clang-format off */
const struct verb *const verbs[] = {
    &verb_check, &verb_explain,
    &verb_scan, &verb_merge, &verb_report, &verb_share,
    &verb_new, &verb_export, &verb_import, &verb_lint, &verb_test, &verb_coverage, &verb_diff, &verb_whatif,
    &verb_suggest, &verb_bench, &verb_publish, &verb_rollback,
    &verb_status, &verb_reload, &verb_stats, &verb_keygen, &verb_reveal,
};
/* clang-format on */
const size_t verb_count = sizeof verbs / sizeof verbs[0];

const struct verb *
verb_find(const char *name)
{
    for (size_t i = 0; i < verb_count; i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

static const char *
choose(const struct call *call, struct words words)
{
    return words_for(call, words.en, words.ja);
}

/* --- filling lines ------------------------------------------------------------------------------------------------ */

/* A line being filled: words are put behind each other until the next one would stand out. */
struct line {
    const char *indent;
    size_t indent_columns;
    size_t column; /* 0 = nothing printed yet */
};

static bool
is_wide(uint32_t code_point)
{
    return code_point >= 0x2e80 && code_point < 0xfff0;
}

/* What may not begin a line. */
static bool
is_closing(uint32_t code_point)
{
    static const char *const closing = "、。」』）〉ー・！？),.;:";
    uint8_t bytes[5] = {0};

    utf8_put(code_point, bytes);
    return strstr(closing, (const char *)bytes) != NULL;
}

/* Takes what may not be parted from the front of `rest`: letters up to a space, or one wide character and what closes
 * behind it. */
static struct slice
take_word(struct slice *rest, size_t *columns_out)
{
    uint32_t at = 0;
    uint32_t code_point = utf8_next(*rest, &at);
    bool may_break = is_wide(code_point); /* behind this character, before one that closes nothing */
    struct slice word = {rest->data, 0};

    *columns_out = 0;
    for (;;) {
        uint32_t end = at;

        *columns_out += is_wide(code_point) ? 2 : 1;
        if (at == rest->bytes)
            break;
        code_point = utf8_next(*rest, &end);
        if (code_point == ' ' || code_point == '\n' || (!is_closing(code_point) && (may_break || is_wide(code_point))))
            break;
        may_break = may_break || is_wide(code_point);
        at = end;
    }
    word.bytes = at;
    rest->data += at;
    rest->bytes -= at;
    return word;
}

static void
put_word(struct line *line, struct slice word, size_t columns, bool is_apart)
{
    size_t needed = columns + (is_apart && line->column > 0);

    if (line->column > 0 && line->column + needed > PAGE_COLUMNS) {
        putchar('\n');
        line->column = 0;
    }
    if (line->column == 0) {
        fputs(line->indent, stdout);
        line->column = line->indent_columns;
    } else if (is_apart) {
        putchar(' ');
        line->column++;
    }
    fwrite(word.data, 1, word.bytes, stdout);
    line->column += columns;
}

/* One paragraph. A line break of the source is a space, but nothing beside a wide character. */
static void
fill_paragraph(const char *indent, struct slice text)
{
    struct line line = {indent, strlen(indent), 0};
    bool last_is_wide = true, is_apart = false;

    while (text.bytes > 0) {
        if (text.data[0] == ' ' || text.data[0] == '\n') {
            bool next_is_wide = text.bytes > 1 && text.data[1] >= 0xe3;

            is_apart = text.data[0] == ' ' || !(last_is_wide || next_is_wide);
            text.data++;
            text.bytes--;
            continue;
        }
        size_t columns;
        struct slice word = take_word(&text, &columns);

        put_word(&line, word, columns, is_apart);
        last_is_wide = word.data[word.bytes - 1] >= 0x80;
        is_apart = false;
    }
    putchar('\n');
}

/* Paragraphs are parted by empty lines; a line that begins with a space stays as it is. */
static void
print_text(const char *indent, const char *text)
{
    while (*text != '\0') {
        const char *end = *text == ' ' ? strchr(text, '\n') : strstr(text, "\n\n");
        size_t bytes = end ? (size_t)(end - text) : strlen(text);

        if (*text == '\n')
            bytes = 0;
        if (*text == ' ' || bytes == 0)
            printf("%s%.*s\n", bytes > 0 ? indent : "", (int)bytes, text);
        else
            fill_paragraph(indent, (struct slice){(const uint8_t *)text, bytes});
        text += bytes + (text[bytes] == '\n');
    }
}

static void
print_title(const struct call *call, const char *en, const char *ja)
{
    printf("\n%s\n", words_for(call, en, ja));
}

/* --- one verb ----------------------------------------------------------------------------------------------------- */

static void
put_form(struct line *line, const char *form)
{
    put_word(line, slice_of(form), strlen(form), true);
}

static void
print_synopsis(const struct call *call, const struct verb *verb)
{
    struct line line = {INDENT "          ", sizeof INDENT "          " - 1, 0};
    char form[64];

    print_title(call, "SYNOPSIS", "書式");
    line.column = (size_t)printf(INDENT "filterctl %s", verb->name);
    for (const enum option_id *id = verb->options; *id != OPTION_COUNT; id++) {
        const struct option_row *row = &option_rows[*id];

        snprintf(form, sizeof form, "[--%s%s%s]", row->name, row->argument ? " " : "",
                 row->argument ? row->argument : "");
        put_form(&line, form);
    }
    if (verb->operands[0] != '\0')
        put_form(&line, verb->operands);
    putchar('\n');
}

static void
print_option(const struct call *call, enum option_id id)
{
    const struct option_row *row = &option_rows[id];

    fputs(INDENT, stdout);
    if (row->letter != 0)
        printf("-%c, ", row->letter);
    printf("--%s%s%s\n", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
    print_text(INDENT "    ", choose(call, row->text));
}

static void
print_exits(const struct call *call, const struct verb *verb)
{
    print_title(call, "EXIT STATUS", "終了コード");
    for (size_t i = 0; i < VERB_MAX_ROWS && verb->exits[i].text.en != NULL; i++)
        printf(INDENT "%d  %s\n", verb->exits[i].code, choose(call, verb->exits[i].text));
}

static void
print_examples(const struct call *call, const struct verb *verb)
{
    print_title(call, "EXAMPLES", "例");
    for (size_t i = 0; i < VERB_MAX_ROWS && verb->examples[i].command != NULL; i++) {
        printf(INDENT "%s\n", choose(call, verb->examples[i].text));
        printf(INDENT "    $ %s\n", verb->examples[i].command);
    }
}

void
help_verb(const struct call *call, const struct verb *verb)
{
    printf("%s\n" INDENT "filterctl %s - %s\n", words_for(call, "NAME", "名前"), verb->name,
           choose(call, verb->summary));
    print_synopsis(call, verb);
    print_title(call, "DESCRIPTION", "説明");
    print_text(INDENT, choose(call, verb->description));
    print_title(call, "OPTIONS", "オプション");
    for (const enum option_id *id = verb->options; *id != OPTION_COUNT; id++)
        print_option(call, *id);
    print_option(call, OPTION_HELP);
    print_exits(call, verb);
    print_examples(call, verb);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

void
help_overview(const struct call *call, FILE *out)
{
    fputs(words_for(call,
                    "filterctl - decide about messages to a municipality, and look after the service that does\n\n"
                    "Usage: filterctl VERB [OPTION]... [ARGUMENT]...\n\nVerbs:\n",
                    "filterctl - 自治体に届くメッセージの判断と、判断するサービスの操作\n\n"
                    "使い方: filterctl 動詞 [オプション]... [引数]...\n\n動詞:\n"),
          out);
    for (size_t i = 0; i < verb_count; i++)
        fprintf(out, "  %-9s %s\n", verbs[i]->name, choose(call, verbs[i]->summary));
    fprintf(out, "  %-9s %s\n", "help",
            words_for(call, "this list, or the page of a verb", "この一覧、または動詞の説明"));
    fputs(words_for(call, "\nThe page of a verb: filterctl help VERB\n", "\n動詞の説明: filterctl help 動詞\n"), out);
}
