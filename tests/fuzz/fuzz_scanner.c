/* Any message under any policy: a verdict that keeps its promises, or none.
 *
 * Byte 0: surface and direction; byte 1: policy, and whether a hint stands at the front; the rest is the text. Findings
 * stand on characters, replacements are disjoint and all between them is the text; a second scanner says the same; what
 * replaced a value is not taken for one; sealed values open to what they were; a word that must be blocked is not lost
 * behind anything.
 */
#include <sanitizer/lsan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "scan/scanner.h"
#include "scan/transform.h"
#include "text/intake.h"

#define MAX_BYTES ((size_t)8192)
#define ARENA_BYTES ((size_t)1 << 20)
#define BLOCKED "\nぬばたまごんのすけ"
#define HEAD "format: 1\nid: fuzz\nname: 試験市\nnames: thorough\ncomposite: on\n"
#define BLOCKS                                                                                                 \
    "clauses:\n  - {id: b, cite: b, heading: b, covers: [DEFAMATION, POLITICS, COMMERCIAL, PRIVACY, OBSCENE, " \
    "MALWARE], action: block, min_likelihood: 60}\n"
#define REDACTS(transform)                                                                                  \
    "  - {id: r, cite: r, heading: r, covers: [personal_data], action: redact, transform: " transform "}\n" \
    "transforms: {MY_NUMBER: label}\n"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each way to write what is found. */
static const char *const policies[] = {
    HEAD BLOCKS REDACTS("label"),  HEAD BLOCKS REDACTS("numbered_label"), HEAD BLOCKS REDACTS("mask"),
    HEAD BLOCKS REDACTS("remove"), HEAD BLOCKS REDACTS("token"),          HEAD BLOCKS REDACTS("encrypt"),
};
enum { POLICIES = sizeof policies / sizeof *policies, SEALING = POLICIES - 1 };

static struct common *common;
static struct ruleset *rulesets[POLICIES];
static struct scanner *scanners[2];
static struct arena *arena;

/* Takes seconds, which are no fault of an input. What an arena points to looks lost to the search for leaks. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    __lsan_disable();
    char keys[] = "/tmp/filterd-fuzz-XXXXXX";
    struct fault fault = {0};
    char words[FAULT_TEXT_BYTES];
    int fd = mkstemp(keys);

    ASSERT(fd >= 0 && fchmod(fd, 0600) == 0);
    ASSERT(dprintf(fd, "k1 %064d\n", 7) > 0 && close(fd) == 0);
    ASSERT(common_build("dictionaries/common", NULL, &common, &fault) == STATUS_OK);
    for (size_t i = 0; i < POLICIES; i++) {
        struct city_files files = {.id = "fuzz", .folder = "fuzz", .keys_path = keys};
        buffer_append_text(&files.policy, policies[i]);
        buffer_append_text(&files.terms, "語句,分類,一致,強さ\nぬばたまごんのすけ,DEFAMATION,anywhere,HIGH\n");
        if (ruleset_build(common, &files, &rulesets[i], &fault) != STATUS_OK) {
            fprintf(stderr, "%s\n", fault_text(&fault, words, sizeof words));
            abort();
        }
        city_files_fini(&files);
    }
    unlink(keys);
    for (size_t i = 0; i < 2; i++)
        ASSERT(scanner_create(common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &scanners[i]) == STATUS_OK);
    ASSERT(arena_create(ARENA_BYTES, &arena) == STATUS_OK);
    __lsan_enable();
    return 0;
}

static bool
on_character(struct slice text, uint32_t at)
{
    return at == text.bytes || (at < text.bytes && (text.data[at] & 0xC0) != 0x80);
}

static void
check_findings(const struct verdict *verdict)
{
    uint32_t last = 0;

    ASSERT(verdict->finding_count <= VERDICT_MAX_FINDINGS);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        ASSERT(finding->span.start >= last && finding->span.start < finding->span.end);
        ASSERT(on_character(verdict->text, finding->span.start) && on_character(verdict->text, finding->span.end));
        ASSERT((finding->info_type == INFO_NONE) != (finding->category == CATEGORY_NONE));
        ASSERT(finding->likelihood <= 100 && finding->rule[0] != '\0');
        ASSERT(finding->action <= verdict->action || verdict->escalate || verdict->observed != ACTION_NONE);
        ASSERT(finding->action < ACTION_REDACT || finding->clause_count > 0);
        last = finding->span.start;
    }
}

static void
check_replacements(const struct verdict *verdict)
{
    uint32_t source = 0, output = 0;

    for (size_t i = 0; i <= verdict->replacement_count; i++) {
        const bool is_last = i == verdict->replacement_count;
        const struct span from =
            is_last ? (struct span){(uint32_t)verdict->text.bytes, 0} : verdict->replacements[i].source;
        const struct span to =
            is_last ? (struct span){(uint32_t)verdict->redacted.bytes, 0} : verdict->replacements[i].output;
        ASSERT(from.start >= source && to.start >= output && from.start - source == to.start - output);
        ASSERT(memcmp(verdict->text.data + source, verdict->redacted.data + output, from.start - source) == 0);
        ASSERT(is_last || (on_character(verdict->text, from.start) && on_character(verdict->text, from.end)));
        source = from.end;
        output = to.end;
    }
}

static void
check_verdict(const struct verdict *verdict)
{
    ASSERT(verdict->action == ACTION_ALLOW || verdict->action == ACTION_REDACT || verdict->action == ACTION_BLOCK);
    ASSERT(utf8_is_valid(verdict->text) && utf8_is_valid(verdict->redacted));
    ASSERT((verdict->ground_count > 0) == (verdict->action != ACTION_ALLOW) || verdict->action == ACTION_ALLOW);
    ASSERT(!verdict->escalate || verdict->action != ACTION_BLOCK);
    check_findings(verdict);
    if (verdict->action != ACTION_ALLOW)
        check_replacements(verdict);
    else
        ASSERT(verdict->redacted.bytes == 0 && verdict->replacement_count == 0);
}

static void
check_same(const struct verdict *one, const struct verdict *other)
{
    ASSERT(one->action == other->action && one->finding_count == other->finding_count);
    ASSERT(slice_equal(one->redacted, other->redacted) && one->review == other->review);
    ASSERT(one->escalate == other->escalate && one->ground_count == other->ground_count);
    for (size_t i = 0; i < one->finding_count; i++)
        ASSERT(memcmp(&one->findings[i].span, &other->findings[i].span, sizeof(struct span)) == 0 &&
               one->findings[i].rule == other->findings[i].rule &&
               one->findings[i].likelihood == other->findings[i].likelihood &&
               one->findings[i].action == other->findings[i].action);
}

static bool
overlaps_output(const struct verdict *verdict, struct span span)
{
    for (size_t i = 0; i < verdict->replacement_count; i++) {
        const struct span output = verdict->replacements[i].output;
        if (output.start < output.end && span_overlaps(output, span))
            return true;
    }
    return false;
}

/* What stands in place of a value is never taken for one. (What stands beside it may be read in its light, or, where
 * values are removed, with what stands on the other side.) */
static void
check_clean(const struct ruleset *ruleset, const struct message *message, const struct verdict *verdict)
{
    const struct verdict *again = NULL;
    const bool is_opaque = message->hint_count && message->hints[0].kind == HINT_OPAQUE; /* and stands there still */
    struct message second = {.surface = message->surface,
                             .direction = message->direction,
                             .text = verdict->redacted,
                             .hints = message->hints,
                             .hint_count = is_opaque};
    const enum status status = scanner_run(scanners[1], ruleset, &second, &again);

    if (status == STATUS_TOO_LARGE)
        return;
    ASSERT(status == STATUS_OK);
    for (size_t i = 0; i < again->finding_count; i++)
        ASSERT(again->findings[i].action != ACTION_REDACT || !overlaps_output(verdict, again->findings[i].span));
}

static void
check_seals(const struct ruleset *ruleset, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->replacement_count; i++) {
        const struct replacement *replacement = &verdict->replacements[i];
        const struct key *key;
        struct slice value, written = slice_sub(verdict->redacted, replacement->output);
        if (transform_reveal(ruleset->keys, arena, written, &key, &value) == STATUS_OK)
            ASSERT(slice_equal(value, slice_sub(verdict->text, replacement->source)));
    }
    arena_reset(arena);
}

/* Nothing before it hides a word that must be blocked. */
static void
check_flood(const struct ruleset *ruleset, struct slice text)
{
    const struct verdict *verdict = NULL;
    uint8_t both[MAX_BYTES + sizeof BLOCKED];

    memcpy(both, text.data, text.bytes);
    memcpy(both + text.bytes, BLOCKED, sizeof BLOCKED - 1);
    const struct message message = {.text = {both, text.bytes + sizeof BLOCKED - 1}};
    if (scanner_run(scanners[1], ruleset, &message, &verdict) == STATUS_OK)
        ASSERT(verdict->action == ACTION_BLOCK || verdict->escalate);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct verdict *verdict = NULL, *other = NULL;
    struct hint hint = {HINT_OPAQUE, 0, 1};

    if (size < 2 || size - 2 > MAX_BYTES)
        return 0;
    const unsigned policy = data[1] % POLICIES;
    struct message message = {.text = {data + 2, size - 2},
                              .surface = data[0] % SURFACE_COUNT,
                              .direction = data[0] / SURFACE_COUNT % DIRECTION_COUNT,
                              .hints = &hint,
                              .hint_count = data[1] >> 7};
    hint.kind = data[1] & 64 ? HINT_PERSON : HINT_OPAQUE;
    const enum status status = scanner_run(scanners[0], rulesets[policy], &message, &verdict);
    if (status != STATUS_OK) {
        ASSERT(verdict == NULL && (status == STATUS_TOO_LARGE || (status == STATUS_INVALID && message.hint_count)));
        return 0;
    }
    check_verdict(verdict);
    ASSERT(scanner_run(scanners[1], rulesets[policy], &message, &other) == STATUS_OK);
    check_same(verdict, other);
    if (verdict->action != ACTION_ALLOW && !verdict->escalate)
        check_clean(rulesets[policy], &message, verdict);
    if (policy == SEALING)
        check_seals(rulesets[policy], verdict);
    check_flood(rulesets[policy], message.text);
    return 0;
}
