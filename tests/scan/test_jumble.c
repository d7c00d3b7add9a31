/* Parts that rules look for, in any order, with what texts are made of between them: whatever stands at the edges of a
 * text or beside another finding, the verdict keeps its promises. Fuzzing needs long to come upon such texts. */
#include "one_city.h"

#include "text/intake.h"

#define TEXTS 4000
#define MOST_PARTS 8

static const char *const parts[] = {
    " ",        "　",     "\n",           "、",       "。",           "\x01",        "\u200B",  "😀",
    "1",        "2-3-4",  "2丁目3番",     "第5地割",  "〒100-0001",   "号室",        "番地イ",  "三十六番",
    "電話",     "住所は", "氏名：",       "生年月日", "口座",         "パスワード:", "LINE ID", "保険証",
    "山田",     "太郎",   "佐藤健",       "さん",     "様",           "市長",        "の妻",    "お母さん",
    "千代田区", "札幌市", "市の南",       "郡",       "字大曲",       "上る",        "ん",      "は",
    "090-1234", "-5678",  "ａ＠ｂ．ｊｐ", "@",        "http://x.jp/", "例え.jp",     "1234",    "123456789018",
    "昭和50年", "1月1日", "歳",           "うつ病",   "通院",         "晒す",        "死ね",    "バカ",
    "【氏名】", "【",     "】",           "＊＊＊＊", "ｶﾞ",           "か゛",        "゛",      "ー",
};

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void
check(const struct verdict *verdict)
{
    uint32_t source = 0, output = 0;

    assert_int_not_equal(verdict->action, ACTION_NONE);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct span span = verdict->findings[i].span;

        assert_true(span.start < span.end && span.end <= verdict->text.bytes);
        assert_true(utf8_is_valid(slice_sub(verdict->text, span)));
    }
    for (size_t i = 0; i < verdict->replacement_count; i++) {
        const struct replacement *one = &verdict->replacements[i];

        assert_true(one->source.start >= source && one->source.start - source == one->output.start - output);
        assert_memory_equal(verdict->text.data + source, verdict->redacted.data + output, one->source.start - source);
        source = one->source.end;
        output = one->output.end;
    }
    if (verdict->action != ACTION_ALLOW)
        assert_true(
            slice_equal(slice_sub(verdict->text, (struct span){source, (uint32_t)verdict->text.bytes}),
                        slice_sub(verdict->redacted, (struct span){output, (uint32_t)verdict->redacted.bytes})));
}

static void
every_jumble_has_a_verdict_that_keeps_its_promises(void **state)
{
    struct buffer text;
    uint32_t seed = 1;

    (void)state;
    buffer_init(&text);
    for (unsigned i = 0; i < TEXTS; i++) {
        const struct verdict *verdict = NULL;
        struct message message = {0};

        buffer_clear(&text);
        for (unsigned count = 1 + next_random(&seed) % MOST_PARTS; count > 0; count--)
            buffer_append_text(&text, parts[next_random(&seed) % (sizeof parts / sizeof *parts)]);
        message.text = buffer_slice(&text);
        assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
        check(verdict);
    }
    buffer_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"every jumble has a verdict that keeps its promises", every_jumble_has_a_verdict_that_keeps_its_promises, NULL,
         NULL, NULL},
    };
    return cmocka_run_group_tests_name("jumble", tests, open_default, close_city);
}
