/* Words with harmless uses, in sentences that sound like nothing prohibited, and in those that do. */
#include "one_city.h"

#define WIDE "つるべおとし,DEFAMATION,anywhere,HIGH,つるべおとしの日,,\n"

static void
expect(enum action action, const char *text)
{
    const struct verdict *verdict = scan(text);
    if (verdict->action != action)
        fail_msg("%s", text);
}

static void
in_a_harmless_sentence_it_is_reported_and_allowed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "図書館で大正時代の気違い病院が出てくる小説を探しています",
        "郷土資料の本に気違い踊りの行事の日が載っています",
        "温泉の名前がまんこ湯という湯が昔あったと祖父から聞きました",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect(ACTION_ALLOW, texts[i]);
        assert_true(scan(texts[i])->finding_count > 0);
    }
}

static void
said_of_somebody_it_counts(void **state)
{
    (void)state;
    expect(ACTION_BLOCK, "この役所の職員は気違いばかりで話にならない");
    expect(ACTION_BLOCK, "となりの班長は気違いだから相手にするな");
}

static void
courtesies_around_it_do_not_help(void **state)
{
    (void)state;
    expect(ACTION_BLOCK, "ごみの日はいつですか教えてくださいこのクズが");
    expect(ACTION_BLOCK, "こんにちは、粗大ごみの申し込みをしたいのですが受付のブスが電話に出ません");
    expect(ACTION_BLOCK, "ゴミ収集の時間を教えてください。大麻売ります");
}

static void
disguised_or_alone_it_counts(void **state)
{
    (void)state;
    expect(ACTION_BLOCK, "郷土資料の本に気★違★い踊りの行事の日が載っています");
    expect(ACTION_BLOCK, "気違いの職員");
}

static void
a_word_that_means_one_thing_counts(void **state)
{
    (void)state;
    expect(ACTION_BLOCK, "来月の町内会の役員会でガイジの話が出ますので回覧板で知らせます");
}

/* Its words alone name nobody in particular. */
static void
what_stands_around_a_word_may_mean_it(void **state)
{
    (void)state;
    expect(ACTION_BLOCK, "デブは階段使えや、見苦しいんじゃ");
    expect(ACTION_ALLOW, "デブは階段を使うと痩せると聞いたので毎日のぼっています");
}

/* Whoever wrote it into the city's list wants it found. */
static void
a_word_of_the_city_counts(void **state)
{
    (void)state;
    static const char text[] = "来月の町内会の役員会でつるべおとしの話が出ますので回覧板で知らせます";
    struct city_files files;
    struct fault fault = {0};
    struct ruleset *with_word = NULL;
    const struct verdict *verdict = NULL;

    expect(ACTION_ALLOW, text);
    assert_int_equal(city_files_read("dictionaries/cities", "default", &files, &fault), STATUS_OK);
    buffer_append_text(&files.terms, WIDE);
    assert_int_equal(ruleset_build(fixture.common, &files, &with_word, &fault), STATUS_OK);
    city_files_fini(&files);
    assert_int_equal(scanner_run(fixture.scanner, with_word, &(struct message){.text = slice_of(text)}, &verdict),
                     STATUS_OK);
    assert_int_equal(verdict->action, ACTION_BLOCK);
    ruleset_destroy(&with_word);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_harmless_sentence_it_is_reported_and_allowed),
        cmocka_unit_test(said_of_somebody_it_counts),
        cmocka_unit_test(courtesies_around_it_do_not_help),
        cmocka_unit_test(disguised_or_alone_it_counts),
        cmocka_unit_test(a_word_that_means_one_thing_counts),
        cmocka_unit_test(what_stands_around_a_word_may_mean_it),
        cmocka_unit_test(a_word_of_the_city_counts),
    };
    return cmocka_run_group_tests_name("scan/judge_sound", tests, open_default, close_city);
}
