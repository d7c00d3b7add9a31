#include <string.h>

#include "cmd/filterctl.h"

#define INDENT "       "

const struct verb *const verbs[] = {&verb_check,  &verb_explain, &verb_scan, &verb_test,
                                    &verb_status, &verb_reload,  &verb_stats};
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

/* Every line of `text` behind `indent`. */
static void
print_lines(FILE *out, const char *indent, const char *text)
{
    while (*text != '\0') {
        size_t bytes = strcspn(text, "\n");

        fprintf(out, "%s%.*s\n", bytes > 0 ? indent : "", (int)bytes, text);
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
print_synopsis(const struct call *call, const struct verb *verb)
{
    size_t column;

    print_title(call, "SYNOPSIS", "書式");
    column = (size_t)printf(INDENT "filterctl %s", verb->name);
    for (const enum option_id *id = verb->options; *id != OPTION_COUNT; id++) {
        const struct option_row *row = &option_rows[*id];
        char form[64];
        int bytes = snprintf(form, sizeof form, " [--%s%s%s]", row->name, row->argument ? " " : "",
                             row->argument ? row->argument : "");

        if (column + (size_t)bytes > 79)
            column = (size_t)printf("\n" INDENT "         ") - 1;
        fputs(form, stdout);
        column += (size_t)bytes;
    }
    if (verb->operands[0] != '\0')
        printf(" %s", verb->operands);
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
    print_lines(stdout, INDENT "    ", choose(call, row->text));
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
    print_lines(stdout, INDENT, choose(call, verb->description));
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
