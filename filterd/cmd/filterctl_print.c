#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/filterctl.h"
#include "text/intake.h"
#include "text/offsets.h"

/* --- characters --------------------------------------------------------------------------------------------------- */

static bool
is_control(uint32_t code_point)
{
    bool steers = code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
    bool reorders = (code_point >= 0x202a && code_point <= 0x202e) || (code_point >= 0x2066 && code_point <= 0x2069);

    return steers || reorders;
}

void
print_safely(FILE *out, struct slice text, size_t max_characters)
{
    uint32_t at = 0;

    for (size_t count = 0; at < text.bytes; count++) {
        uint32_t start = at, code_point;

        if (max_characters > 0 && count == max_characters) {
            fputs("…", out);
            return;
        }
        code_point = utf8_next(text, &at);
        if (code_point == '\n')
            fputs("⏎", out);
        else if (is_control(code_point))
            fprintf(out, "<U+%04" PRIX32 ">", code_point);
        else
            fwrite(text.data + start, 1, at - start, out);
    }
}

const char *
print_action(const struct call *call, enum action action)
{
    switch (action) {
    case ACTION_ALLOW:
        return words_for(call, "allow", "許可");
    case ACTION_REDACT:
        return words_for(call, "redact", "伏せ字");
    case ACTION_BLOCK:
        return words_for(call, "block", "遮断");
    default:
        return words_for(call, "none", "判定なし");
    }
}

void
print_json_line(struct buffer *line)
{
    buffer_append_byte(line, '\n');
    if (line->failed) {
        fprintf(stderr, "filterctl: %s\n", status_word(STATUS_NO_MEMORY));
        exit(EXIT_TROUBLE);
    }
    fwrite(line->data, 1, line->bytes, stdout);
    buffer_fini(line);
}

/* --- parts of a verdict ------------------------------------------------------------------------------------------- */

/* A name of a row and the spaces behind it; Japanese names are two characters of two columns each. */
static void
print_name(const struct call *call, const char *en, const char *ja)
{
    if (call->is_japanese)
        printf("%s    ", ja);
    else
        printf("%-9s", en);
}

static void
print_text(const struct call *call, const struct verdict *verdict)
{
    print_name(call, "text", "文面");
    print_safely(stdout, verdict->action == ACTION_ALLOW ? verdict->text : verdict->redacted, 0);
    putchar('\n');
}

static void
print_grounds(const struct call *call, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->ground_count; i++) {
        const struct clause *clause = verdict->grounds[i];

        print_name(call, "clause", "根拠");
        printf("%s %s  [%s]\n", clause->cite, clause->heading, clause->id);
    }
}

static const char *
kind_of(const struct call *call, const struct finding *finding)
{
    if (finding->info_type != INFO_NONE)
        return call->is_japanese ? info_type_label(finding->info_type) : info_type_word(finding->info_type);
    return call->is_japanese ? category_label(finding->category) : category_word(finding->category);
}

static void
print_finding(const struct call *call, const struct verdict *verdict, const struct finding *finding,
              struct offsets *offsets)
{
    offsets_seek(offsets, finding->span.start);
    print_name(call, "finding", "検出");
    printf("%" PRIu32 "-", offsets->code_point);
    offsets_seek(offsets, finding->span.end);
    printf("%" PRIu32 "  %s  %u  %s", offsets->code_point, kind_of(call, finding), finding->likelihood, finding->rule);
    if (finding->subject != SUBJECT_NONE)
        printf("  %s", subject_word(finding->subject));
    printf("  %s", print_action(call, finding->action));
    for (unsigned i = 0; i < finding->clause_count; i++)
        printf(" %s", finding->clauses[i]->id);
    fputs("  「", stdout);
    print_safely(stdout, slice_sub(verdict->text, finding->span), 40);
    fputs("」\n", stdout);
}

static void
print_findings(const struct call *call, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        struct offsets offsets;

        offsets_init(&offsets, verdict->text);
        print_finding(call, verdict, &verdict->findings[i], &offsets);
    }
}

static void
print_note(const struct call *call, const char *en, const char *ja)
{
    print_name(call, "note", "備考");
    puts(words_for(call, en, ja));
}

static void
print_notes(const struct call *call, const struct verdict *verdict)
{
    if (verdict->escalate)
        print_note(call, "a person may be in danger: bring this to somebody at once",
                   "人の身に危険があるおそれ。すぐに担当者へ");
    if (verdict->review)
        print_note(call, "a person should look at this", "人の確認が必要");
    if (verdict->text_repaired)
        print_note(call, "bytes that are no UTF-8 were replaced", "UTF-8でないバイトを置き換えた");
    if (verdict->findings_truncated)
        print_note(call, "there are more findings than are listed", "検出が多く、一部だけを示した");
    if (verdict->observed != ACTION_NONE)
        print_note(call, "the policy only observes; enforced, the verdict would be another",
                   "方針は観察のみ(observe)。適用時は判定が変わる");
}

static void
print_notice(const struct call *call, const struct verdict *verdict, const struct policy *policy)
{
    for (size_t i = 0; i < policy->notice_count; i++)
        if (strcmp(policy->notices[i].id, verdict->notice_id) == 0) {
            print_name(call, "notice", "案内");
            print_safely(stdout, slice_of(policy->notices[i].text), 0);
            putchar('\n');
        }
}

void
print_verdict(const struct call *call, const struct verdict *verdict, const struct ruleset *ruleset)
{
    print_name(call, "verdict", "判定");
    fputs(print_action(call, verdict->action), stdout);
    if (verdict->observed != ACTION_NONE)
        printf(" (%s)", print_action(call, verdict->observed));
    printf("  %s\n", ruleset->policy->name);
    print_text(call, verdict);
    print_grounds(call, verdict);
    print_findings(call, verdict);
    print_notes(call, verdict);
    if (verdict->notice_id != NULL && verdict->notice_id[0] != '\0')
        print_notice(call, verdict, ruleset->policy);
}
