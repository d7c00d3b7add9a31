/* Questions about messages, links and rumours that reached somebody, reports of them, and what only sounds like either.
 */
#include "one_city.h"

/* 柏市's policy with a link it denies: its clause asks for a look at what is asked about. */
static int
set_up(void **state)
{
    (void)state;
    return open_city_with("kashiwa", "\nlinks:\n  deny: [shop.example.com]\n");
}

struct sample {
    const char *name;
    enum action action;
    bool review;
    const char *texts[9];
};

static const struct sample samples[] = {
    {"whether a link is the city's own is a question",
     ACTION_ALLOW,
     true,
     {"この短縮リンクは市のものですか https://bit.ly/3abcd", "https://is.gd/abcde 市役所から来たんでしょうか",
      "本物？ http://203.0.113.7/a", "https://xn--eckwd4c7c.example/ は正しいURLでしょうか",
      "これって公式のページなんかな http://point.example.icu/a",
      "これ本物か教えてください https://city-kashiwa-lg-jp.com/"}},
    {"a report of a suspicious message is heard with its link and its lure",
     ACTION_ALLOW,
     true,
     {"怪しいSMSが届いています http://203.0.113.7/login",
      "偽サイトがあります https://kashiwa.example.top/ 注意喚起をお願いします",
      "迷惑メールのURLです https://bit.ly/3abcd",
      "リンクを押してしまいました http://deliv.example.top/ どうしたらいいですか",
      "フィッシングです。通報します http://203.0.113.7/app.apk"}},
    {"a short link that does not open, or that a leaflet showed",
     ACTION_ALLOW,
     true,
     {"広報に載っていた https://bit.ly/3abcd が開けません", "https://bit.ly/3abcd から申し込めばいいですか"}},
    {"a bare link, and a lure with a question or an alarm of its own, stay out",
     ACTION_BLOCK,
     true,
     {"https://bit.ly/3abcd", "副業に興味ありませんか？ https://bit.ly/3abcd",
      "詐欺サイトではありません。見てね https://bit.ly/3abcd",
      "不審なログインがありました。ご確認ください http://203.0.113.7/a", "本物の給付金はこちら https://bit.ly/3abcd",
      "みんな大丈夫！ http://203.0.113.7/a"}},
    {"whether a rumour is true is a question",
     ACTION_ALLOW,
     false,
     {"給付金が出るって噂聞いたけど本当？", "市長が逮捕されたってホンマなん？",
      "水道水に毒が入ったというのは事実でしょうか", "明日断水って聞いたけど本当ですか",
      "ダムが決壊したっていう話は正しいですか"}},
    {"whoever hands a rumour on asks too",
     ACTION_ALLOW,
     true,
     {"ダムが決壊したって本当？みんなに知らせて！", "市役所が破産するって知ってる？本当だよ",
      "動物園からライオンが逃げたって、気をつけて"}},
    {"a denied link stays denied", ACTION_BLOCK, true, {"これは市のサイトですか https://shop.example.com/"}},
};

static void
is_judged(void **state)
{
    const struct sample *sample = *state;
    for (size_t i = 0; i < sizeof sample->texts / sizeof *sample->texts && sample->texts[i]; i++) {
        const struct verdict *verdict = NULL;
        struct message message = {.text = slice_of(sample->texts[i])};
        assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
        if (verdict->action != sample->action || verdict->review != sample->review)
            fail_msg("%s: %s%s", sample->texts[i], action_word(verdict->action), verdict->review ? ", review" : "");
    }
}

int
main(void)
{
    enum { SAMPLES = sizeof samples / sizeof samples[0] };
    struct CMUnitTest tests[SAMPLES];
    tests_of_samples(samples, SAMPLES, sizeof *samples, is_judged, tests);
    return cmocka_run_group_tests(tests, set_up, close_city);
}
