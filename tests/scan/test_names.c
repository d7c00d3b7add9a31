#include "fixture.h"

#include "scan/names_features.h"
#include "scan/tagger.h"

/* Names as a citizen would write them: «…» marks what must be found, and nothing else may be. */

static struct fixture fixture;
static struct ruleset *ruleset, *fast;

enum { MAX_NAMES = 8, TEXT_BYTES = 1024 };

/* Takes the marks out; notes what stood between them. */
static size_t
unmark(const char *marked, char text[TEXT_BYTES], struct span names[MAX_NAMES])
{
    size_t count = 0, bytes = 0;
    for (const char *c = marked; *c;) {
        if (strncmp(c, "«", 2) == 0) {
            names[count].start = (uint32_t)bytes;
            c += 2;
        } else if (strncmp(c, "»", 2) == 0) {
            names[count++].end = (uint32_t)bytes;
            c += 2;
        } else {
            text[bytes++] = *c++;
        }
    }
    text[bytes] = 0;
    return count;
}

static const struct verdict *
run(const struct ruleset *rules, const char *text)
{
    const struct verdict *verdict = NULL;
    struct message message = {.text = slice_of(text)};
    assert_int_equal(scanner_run(fixture.scanner, rules, &message, &verdict), STATUS_OK);
    return verdict;
}

static void
assert_names(const struct ruleset *rules, const char *marked)
{
    char text[TEXT_BYTES];
    struct span names[MAX_NAMES];
    size_t count = unmark(marked, text, names), found = 0;
    const struct verdict *verdict = run(rules, text);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->info_type != INFO_PERSON)
            continue;
        if (found >= count || finding->span.start != names[found].start || finding->span.end != names[found].end)
            fail_msg("%s: found %.*s", marked, (int)(finding->span.end - finding->span.start),
                     text + finding->span.start);
        found++;
    }
    if (found != count)
        fail_msg("%s: %zu of %zu names found", marked, found, count);
}

static void
assert_all(const char *const *examples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_names(ruleset, examples[i]);
}
#define ASSERT_ALL(examples) assert_all(examples, sizeof(examples) / sizeof *(examples))

static void
names_are_found_in_every_script(void **state)
{
    (void)state;
    static const char *const examples[] = {
        "はじめまして、«長谷部 光彦»と申します。",
        "お世話になります。«長谷部　光彦»です。",
        "フリガナ：«ハセベ ミツヒコ»",
        "名義は«ﾊｾﾍﾞ ﾐﾂﾋｺ»です",
        "「«はせべ みつひこ»」といいます。",
        "在留カード 名前 «MARIA SANTOS»",
        "«グエン・ヴァン・ナム»です。相談があります。",
    };
    ASSERT_ALL(examples);
}

static void
names_are_found_without_label_or_honorific(void **state)
{
    (void)state;
    static const char *const examples[] = {
        "«長谷部光彦»、柏市柏5-10-1、090-1234-5678です。",
        "粗大ごみの予約をお願いします。\n«長谷部光彦»",
        "«長谷部»だよ。明日行くね",
        "娘（«美桜»、令和2年10月3日生まれ）の健診の日を変えたいです。",
        "保護者の«長谷部»です。",
    };
    ASSERT_ALL(examples);
}

static void
honorifics_and_titles_stay_outside(void **state)
{
    (void)state;
    static const char *const examples[] = {
        "«長谷部»さん、こんにちは",
        "市民課の«長谷部»さんが親切でした。",
        "«柏»さんに渡してください",
        "主治医は«長谷部»先生です。",
    };
    ASSERT_ALL(examples);
}

static void
a_word_is_a_name_only_where_something_says_so(void **state)
{
    (void)state;
    static const char *const examples[] = {
        "雨です", "犬です", "娘（2021.4.9生）のワクチン", "«夏»さんにお伝えください", "氏名：«花»",
    };
    ASSERT_ALL(examples);
}

static void
places_that_look_like_surnames_are_none(void **state)
{
    (void)state;
    static const char *const examples[] = {
        "千葉から引っ越してきました。手続きを教えてください",
        "長野駅の近くに窓口はありますか。",
        "松本小学校の入学説明会はいつですか。",
        "柏餅を食べました",
        "森の中の公園",
        "福山雅楽堂前のバス停に屋根をつけて",
        "担当者様、よろしくお願いします。",
        "お母さんが入院しました",
    };
    ASSERT_ALL(examples);
}

static void
a_name_beside_a_title_is_an_officials(void **state)
{
    (void)state;
    const struct verdict *verdict = run(ruleset, "長谷部光彦市長の話を聞きました");
    assert_true(verdict->finding_count > 0);
    assert_int_equal(verdict->findings[0].info_type, INFO_PERSON);
    assert_int_equal(verdict->findings[0].span.end, strlen("長谷部光彦"));
    assert_int_equal(verdict->findings[0].subject, SUBJECT_OFFICIAL);
}

static void
public_persons_are_marked_and_left_readable(void **state)
{
    (void)state;
    const struct verdict *verdict = run(ruleset, "夏目漱石さんの展示は氏名を書かずに見られますか");
    assert_int_equal(verdict->finding_count, 1);
    assert_int_equal(verdict->findings[0].info_type, INFO_PERSON);
    assert_int_equal(verdict->findings[0].span.end, strlen("夏目漱石"));
    assert_int_equal(verdict->findings[0].subject, SUBJECT_PUBLIC);
    assert_int_equal(verdict->action, ACTION_ALLOW);
    verdict = run(ruleset, "吉田茂子と申します。");
    assert_int_equal(verdict->finding_count, 1);
    assert_int_equal(verdict->findings[0].span.end, strlen("吉田茂子"));
    assert_int_not_equal(verdict->findings[0].subject, SUBJECT_PUBLIC);
    assert_int_equal(verdict->action, ACTION_REDACT);
}

static void
a_name_inside_another_finding_is_none(void **state)
{
    (void)state;
    const struct verdict *verdict = run(ruleset, "メールはhasebe.mitsuhiko@example.jpです。");
    for (size_t i = 0; i < verdict->finding_count; i++)
        assert_int_not_equal(verdict->findings[i].info_type, INFO_PERSON);
}

static void
the_fast_gate_passes_what_has_a_cue(void **state)
{
    (void)state;
    assert_names(fast, "«長谷部 光彦»様");
    assert_names(fast, "氏名：«長谷部光彦»");
}

static void
every_position_of_a_long_text_is_read(void **state)
{
    (void)state;
    char text[TEXT_BYTES * 16] = "", marked[] = "氏名：長谷部光彦\n";
    for (unsigned i = 0; i < 40; i++) {
        text[0] = 0;
        for (unsigned k = 0; k < i; k++)
            strcat(text, "きょうは雨がふりました。\n");
        size_t start = strlen(text) + strlen("氏名：");
        strcat(text, marked);
        const struct verdict *verdict = run(ruleset, text);
        assert_int_equal(verdict->finding_count, 1);
        assert_int_equal(verdict->findings[0].span.start, start);
        assert_int_equal(verdict->findings[0].span.end, start + strlen("長谷部光彦"));
    }
}

/* --- the chain -----------------------------------------------------------------------------------------------------
 */

static void
the_best_path_is_a_legal_one(void **state)
{
    (void)state;
    static const int16_t transition[NAME_LABEL_COUNT][NAME_LABEL_COUNT];
    /* I is best everywhere, but a name must begin and end */
    int32_t emissions[4][NAME_LABEL_COUNT] = {{0, 1, 9, 1, 0}, {0, 0, 9, 0, 0}, {0, 0, 9, 1, 0}, {5, 0, 0, 1, 0}};
    int32_t scores[4 * NAME_LABEL_COUNT];
    uint8_t back[4 * NAME_LABEL_COUNT], labels[4];
    tagger_best_path(transition, &emissions[0][0], 4, scores, back, labels);
    static const uint8_t expected[4] = {NAME_B, NAME_I, NAME_I, NAME_E};
    assert_memory_equal(labels, expected, 4);
    tagger_best_path(transition, &emissions[3][0], 1, scores, back, labels);
    assert_int_equal(labels[0], NAME_O);
}

static int
open_all(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ruleset = fixture_ruleset(&fixture, "default");
    fast = fixture_ruleset(&fixture, "kashiwa");
    ((struct policy *)(uintptr_t)fast->policy)->names = NAMES_FAST;
    return fixture.common->names ? 0 : -1;
}

static int
close_all(void **state)
{
    (void)state;
    ruleset_destroy(&fast);
    ruleset_destroy(&ruleset);
    fixture_close(&fixture);
    return 0;
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        {"names are found in every script", names_are_found_in_every_script, NULL, NULL, NULL},
        {"names are found without label or honorific", names_are_found_without_label_or_honorific, NULL, NULL, NULL},
        {"honorifics and titles stay outside", honorifics_and_titles_stay_outside, NULL, NULL, NULL},
        {"a word is a name only where something says so", a_word_is_a_name_only_where_something_says_so, NULL, NULL,
         NULL},
        {"places that look like surnames are none", places_that_look_like_surnames_are_none, NULL, NULL, NULL},
        {"a name beside a title is an official's", a_name_beside_a_title_is_an_officials, NULL, NULL, NULL},
        {"public persons are marked and left readable", public_persons_are_marked_and_left_readable, NULL, NULL, NULL},
        {"a name inside another finding is none", a_name_inside_another_finding_is_none, NULL, NULL, NULL},
        {"the fast gate passes what has a cue", the_fast_gate_passes_what_has_a_cue, NULL, NULL, NULL},
        {"every position of a long text is read", every_position_of_a_long_text_is_read, NULL, NULL, NULL},
        {"the best path is a legal one", the_best_path_is_a_legal_one, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("names", tests, open_all, close_all);
}
