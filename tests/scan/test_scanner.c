#include "one_city.h"

#include <stdlib.h>

#include "scan/trace.h"

static const struct finding *
finding_of(const struct verdict *verdict, enum info_type type)
{
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].info_type == type)
            return &verdict->findings[i];
    return NULL;
}

static void
assert_found(const struct verdict *verdict, enum info_type type, const char *value)
{
    const struct finding *finding = finding_of(verdict, type);
    assert_non_null(finding);
    struct slice found = slice_sub(verdict->text, finding->span);
    assert_int_equal(found.bytes, strlen(value));
    assert_memory_equal(found.data, value, found.bytes);
}

static void
a_nul_hides_nothing(void **state)
{
    (void)state;
    const struct verdict *verdict = scan_slice(SLICE_LITERAL("abc\0電話 090-1234-5678\0死ね"));
    assert_int_equal(verdict->action, ACTION_BLOCK);
    assert_found(verdict, INFO_PHONE, "090-1234-5678");
}

static void
bad_utf8_is_repaired_and_scanned(void **state)
{
    (void)state;
    const struct verdict *verdict = scan_slice(SLICE_LITERAL("\xFF 電話 090-1234-5678 \xE3\x81"));
    assert_true(verdict->text_repaired);
    assert_int_equal(verdict->action, ACTION_REDACT);
    assert_found(verdict, INFO_PHONE, "090-1234-5678");
}

static void
spans_cover_whole_source_characters(void **state)
{
    (void)state;
    assert_found(scan_slice(SLICE_LITERAL("電話０９０‐１２３４‐５６７８です")), INFO_PHONE, "０９０‐１２３４‐５６７８");
    assert_found(scan_slice(SLICE_LITERAL("電話は0\u200B90-1234-5678")), INFO_PHONE, "0\u200B90-1234-5678");
    assert_found(scan_slice(SLICE_LITERAL("氏名：葛\U000E0100城太郎")), INFO_PERSON, "葛\U000E0100城太郎");
}

/* What is looked for before a number ends where the text begins, be there a space. */
static void
a_text_may_begin_with_a_space(void **state)
{
    static const char *const texts[] = {" 市の南2-3-4", "　うちは市の南2-3-4です", "\n\n　市長は花子1-2-3",
                                        " わが町の中2丁目3番4号", " 東んの健1-2-3"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_not_equal(scan_slice(slice_of(texts[i]))->action, ACTION_NONE);
}

static void
an_opaque_hint_does_not_split_a_number(void **state)
{
    (void)state;
    const struct hint hint = {HINT_OPAQUE, 3, 6};
    struct message message = {.text = SLICE_LITERAL("090(love)-1234-5678"), .hints = &hint, .hint_count = 1};
    const struct verdict *verdict = NULL;
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    assert_found(verdict, INFO_PHONE, "090(love)-1234-5678");
}

static void
hear_nothing(void *context, const struct trace_event *event)
{
    (void)context;
    (void)event;
}

static const char *const crowds[] = {"T9", "3歳", "5番", "a@b.jp ", "1.2.3.4 ", "12-3 ", "10時", "100円", "@abc_12 "};

/* Many of the same, so that limits are reached: who explains a verdict must come to the same. */
static void
a_trace_changes_nothing(void **state)
{
    (void)state;
    struct trace trace = {hear_nothing, NULL};
    for (size_t i = 0; i < sizeof crowds / sizeof *crowds; i++) {
        char text[320] = "";
        while (strlen(text) + strlen(crowds[i]) < sizeof text)
            strcat(text, crowds[i]);
        struct message message = {.text = slice_of(text), .trace = &trace};
        const struct verdict *verdict = NULL;
        struct finding all[VERDICT_MAX_FINDINGS];
        assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
        size_t count = verdict->finding_count;
        for (size_t f = 0; f < count; f++)
            all[f] = verdict->findings[f];
        verdict = scan_slice(message.text);
        assert_int_equal(verdict->finding_count, count);
        for (size_t f = 0; f < count; f++) {
            assert_string_equal(verdict->findings[f].rule, all[f].rule);
            assert_memory_equal(&verdict->findings[f].span, &all[f].span, sizeof all[f].span);
            assert_int_equal(verdict->findings[f].likelihood, all[f].likelihood);
        }
    }
}

/* Of personal data: what else a text says depends on all of it. */
static size_t
copy_info(const struct verdict *verdict, struct finding out[VERDICT_MAX_FINDINGS])
{
    size_t count = 0;
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].info_type != INFO_NONE)
            out[count++] = verdict->findings[i];
    return count;
}

/* In a long text patterns are searched all at once, by another engine. */
static void
what_is_searched_alone_is_found_as_with_all_others(void **state)
{
    (void)state;
    const struct common *common = ruleset->common;
    for (size_t i = 0; i < common->searched_count; i++) {
        for (size_t h = 0; h < common->patterns[i].hit_count; h++) {
            struct slice hit = common->patterns[i].hits[h];
            struct finding alone[VERDICT_MAX_FINDINGS], all[VERDICT_MAX_FINDINGS];
            size_t count = copy_info(scan_slice(hit), alone);
            struct buffer text;
            buffer_init(&text);
            buffer_append(&text, hit.data, hit.bytes);
            for (unsigned n = 0; n < 200; n++)
                buffer_append_text(&text, "\n。");
            assert_int_equal(copy_info(scan_slice(buffer_slice(&text)), all), count);
            for (size_t f = 0; f < count; f++) {
                assert_string_equal(all[f].rule, alone[f].rule);
                assert_memory_equal(&all[f].span, &alone[f].span, sizeof alone[f].span);
                assert_int_equal(all[f].likelihood, alone[f].likelihood);
            }
            buffer_fini(&text);
        }
    }
}

static void
a_mention_is_a_person(void **state)
{
    (void)state;
    const struct hint hint = {HINT_PERSON, 0, 5};
    struct message message = {.text = SLICE_LITERAL("@はなまる こんにちは"), .hints = &hint, .hint_count = 1};
    const struct verdict *verdict = NULL;
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    assert_found(verdict, INFO_PERSON, "はなまる");
}

static void
a_hint_outside_the_text_is_refused(void **state)
{
    (void)state;
    const struct hint hint = {HINT_OPAQUE, 3, 600};
    struct message message = {.text = SLICE_LITERAL("短い"), .hints = &hint, .hint_count = 1};
    const struct verdict *verdict = NULL;
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_INVALID);
    assert_null(verdict);
}

static void
a_text_over_the_limit_is_refused_not_cut(void **state)
{
    (void)state;
    size_t bytes = SCANNER_DEFAULT_MAX_TEXT_BYTES + 1;
    char *text = malloc(bytes);
    memset(text, 'a', bytes);
    struct message message = {.text = {(const uint8_t *)text, bytes}};
    const struct verdict *verdict = NULL;
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_TOO_LARGE);
    assert_null(verdict);
    message.text.bytes--;
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    free(text);
}

/* Filler, then the value, at every distance from the start: no window or chunk border hides it. */
static void
position_does_not_matter(void **state)
{
    (void)state;
    static const char value[] = "電話は090-1234-5678です。氏名：山田太郎";
    char text[2048];
    for (unsigned filler = 0; filler <= 1024; filler += filler < 130 ? 1 : 7) {
        for (unsigned i = 0; i < filler; i++)
            text[i] = "ab ,"[i % 4];
        memcpy(text + filler, value, sizeof value);
        const struct verdict *verdict = scan_slice((struct slice){(const uint8_t *)text, filler + sizeof value - 1});
        assert_found(verdict, INFO_PHONE, "090-1234-5678");
        assert_found(verdict, INFO_PERSON, "山田太郎");
    }
}

/* More labels than regular expressions may run for: what stands behind the last one is taken, not passed. */
static void
a_flood_of_labels_hides_nothing(void **state)
{
    (void)state;
    static const char flood[] = "電話x", value[] = "誕生日 1月1日";
    size_t bytes = 0;
    char *text = malloc(SCANNER_DEFAULT_MAX_TEXT_BYTES);
    for (; bytes + sizeof flood + sizeof value < SCANNER_DEFAULT_MAX_TEXT_BYTES; bytes += sizeof flood - 1)
        memcpy(text + bytes, flood, sizeof flood - 1);
    memcpy(text + bytes, value, sizeof value - 1);
    bytes += sizeof value - 1;
    const struct verdict *verdict = scan_slice((struct slice){(const uint8_t *)text, bytes});
    assert_int_not_equal(verdict->action, ACTION_ALLOW);
    assert_null(memmem(verdict->redacted.data, verdict->redacted.bytes, "1月1日", strlen("1月1日")));
    free(text);
}

static const char *const samples[] = {
    "氏名：山田太郎 電話 090-1234-5678 住所 千葉県柏市柏5-10-1 メール a@example.jp",
    "マイナンバーは１２３４　５６７８　９０１８、カードは4111111111111111",
    "生年月日 H1.1.8 〒277-0001 https://example.com/a?b=c#d",
    "隣の佐藤さんと田中様に03(1234)5678",
    "電話090-1234-5678電話090-1234-5678電話090-1234-5678",
    "😀090-1234-5678😀\u200D㍻31年 ﾀﾞﾒ ㈱ 葛\U000E0100",
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static void
redacting_twice_changes_nothing_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct verdict *once = scan_slice(slice_of(samples[i]));
        assert_int_equal(once->action, ACTION_REDACT);
        char copy[4096];
        size_t bytes = once->redacted.bytes;
        assert_true(bytes <= sizeof copy);
        memcpy(copy, once->redacted.data, bytes);
        const struct verdict *twice = scan_slice((struct slice){(const uint8_t *)copy, bytes});
        for (size_t f = 0; f < twice->finding_count; f++)
            assert_int_not_equal(twice->findings[f].action, ACTION_REDACT);
    }
}

static void
text_outside_replacements_stays_identical(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct verdict *verdict = scan_slice(slice_of(samples[i]));
        uint32_t source = 0, output = 0;
        for (size_t r = 0; r <= verdict->replacement_count; r++) {
            bool last = r == verdict->replacement_count;
            uint32_t source_end = last ? (uint32_t)verdict->text.bytes : verdict->replacements[r].source.start;
            uint32_t output_end = last ? (uint32_t)verdict->redacted.bytes : verdict->replacements[r].output.start;
            assert_int_equal(source_end - source, output_end - output);
            assert_memory_equal(verdict->text.data + source, verdict->redacted.data + output, source_end - source);
            if (!last) {
                source = verdict->replacements[r].source.end;
                output = verdict->replacements[r].output.end;
            }
        }
    }
}

static void
the_same_text_gives_the_same_verdict(void **state)
{
    (void)state;
    struct scanner *other = NULL;
    assert_int_equal(scanner_create(fixture.common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &other), STATUS_OK);
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct verdict *second = NULL, *first = scan_slice(slice_of(samples[i]));
        struct message message = {.text = slice_of(samples[i])};
        assert_int_equal(scanner_run(other, ruleset, &message, &second), STATUS_OK);
        assert_int_equal(first->finding_count, second->finding_count);
        assert_true(slice_equal(first->redacted, second->redacted));
        for (size_t f = 0; f < first->finding_count; f++) {
            assert_string_equal(first->findings[f].rule, second->findings[f].rule);
            assert_memory_equal(&first->findings[f].span, &second->findings[f].span, sizeof(struct span));
        }
    }
    scanner_destroy(&other);
}

/* What a pattern needs beside a match (rules/ruleset.h) keeps it from running, never from finding. */
static void
what_a_pattern_needs_hides_no_finding(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum info_type type;
        const char *value;
    } cases[] = {{"年金番号は1234-567890です", INFO_PENSION_NUMBER, "1234-567890"},
                 {"柏市柏255に住んでいます", INFO_ADDRESS, "柏市柏255"},
                 {"〒1234567", INFO_POSTAL_CODE, "1234567"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct verdict *verdict = scan_slice(slice_of(cases[i].text));
        assert_found(verdict, cases[i].type, cases[i].value);
    }
    uint64_t before = scanner_counts(fixture.scanner)->patterns;
    assert_int_equal(scan_slice(slice_of("あと255かい"))->finding_count, 0);
    assert_int_equal(scanner_counts(fixture.scanner)->patterns, before);
}

static void
every_action_names_its_clause(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct verdict *verdict = scan_slice(slice_of(samples[i]));
        assert_true(verdict->ground_count > 0);
        for (size_t f = 0; f < verdict->finding_count; f++)
            if (verdict->findings[f].action >= ACTION_REDACT)
                assert_true(verdict->findings[f].clause_count > 0);
    }
}

static void
hostile_texts_end_with_a_verdict(void **state)
{
    (void)state;
    static const char *const units[] = {"a",    "7",    "ー",   "😀",     "か\u3099", "\u0300", " ",     "090-",
                                        "さん", "柏市", "氏名", "死 ね", "1-",       "@",      "佐藤様"};
    char *text = malloc(SCANNER_DEFAULT_MAX_TEXT_BYTES);
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t unit = strlen(units[u]), bytes = 0;
        for (; bytes + unit <= SCANNER_DEFAULT_MAX_TEXT_BYTES; bytes += unit)
            memcpy(text + bytes, units[u], unit);
        assert_int_not_equal(scan_slice((struct slice){(const uint8_t *)text, bytes})->action, ACTION_NONE);
    }
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a NUL hides nothing", a_nul_hides_nothing, NULL, NULL, NULL},
        {"bad UTF-8 is repaired and scanned", bad_utf8_is_repaired_and_scanned, NULL, NULL, NULL},
        {"spans cover whole source characters", spans_cover_whole_source_characters, NULL, NULL, NULL},
        {"an opaque hint does not split a number", an_opaque_hint_does_not_split_a_number, NULL, NULL, NULL},
        {"a text may begin with a space", a_text_may_begin_with_a_space, NULL, NULL, NULL},
        {"a trace changes nothing", a_trace_changes_nothing, NULL, NULL, NULL},
        {"what is searched alone is found as with all others", what_is_searched_alone_is_found_as_with_all_others, NULL,
         NULL, NULL},
        {"a mention is a person", a_mention_is_a_person, NULL, NULL, NULL},
        {"a hint outside the text is refused", a_hint_outside_the_text_is_refused, NULL, NULL, NULL},
        {"a text over the limit is refused, not cut", a_text_over_the_limit_is_refused_not_cut, NULL, NULL, NULL},
        {"position does not matter", position_does_not_matter, NULL, NULL, NULL},
        {"a flood of labels hides nothing", a_flood_of_labels_hides_nothing, NULL, NULL, NULL},
        {"redacting twice changes nothing more", redacting_twice_changes_nothing_more, NULL, NULL, NULL},
        {"text outside replacements stays identical", text_outside_replacements_stays_identical, NULL, NULL, NULL},
        {"the same text gives the same verdict", the_same_text_gives_the_same_verdict, NULL, NULL, NULL},
        {"what a pattern needs hides no finding", what_a_pattern_needs_hides_no_finding, NULL, NULL, NULL},
        {"every action names its clause", every_action_names_its_clause, NULL, NULL, NULL},
        {"hostile texts end with a verdict", hostile_texts_end_with_a_verdict, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("scanner", tests, open_default, close_city);
}
