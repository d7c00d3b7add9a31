/* Names and ids that pass for a city's own, each beside what only comes near. */
#include "fixture.h"

static struct fixture fixture;
static struct ruleset *kashiwa, *meguro;

static int
set_up(void **state)
{
    (void)state;
    fixture_open(&fixture);
    kashiwa = fixture_ruleset(&fixture, "kashiwa");
    meguro = fixture_ruleset(&fixture, "meguro");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    ruleset_destroy(&kashiwa);
    ruleset_destroy(&meguro);
    fixture_close(&fixture);
    return 0;
}

/* Whether a finding of IMPERSONATION blocks. */
static bool
is_impostor(const struct ruleset *ruleset, const char *text, enum surface surface)
{
    const struct verdict *verdict = NULL;
    struct message message = {.text = slice_of(text), .surface = surface};
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].category == CATEGORY_IMPERSONATION && verdict->findings[i].action == ACTION_BLOCK)
            return true;
    return false;
}

static void
ids_that_look_like_the_official_one(void **state)
{
    (void)state;
    static const char *const impostors[] = {
        "@kashiwa-shi", "友だち追加は @kashlwa_shi へ", "@kashiwa_shl", "@KASHIWASHI", "＠kashiwa＿sh1",
        "@kаshiwa_shi", "@kashiwa_shi_official"};
    static const char *const others[] = {"@kashiwa_shi に登録しました",
                                         "＠Kashiwa_Shi",
                                         "@kashiwa_soba",
                                         "@kashi",
                                         "info@kashiwa-shi.example.jp",
                                         "@kashiwa-shi は偽アカウントではありませんか"};
    for (size_t i = 0; i < sizeof impostors / sizeof *impostors; i++)
        if (!is_impostor(kashiwa, impostors[i], SURFACE_MESSAGE_TEXT))
            fail_msg("%s passes", impostors[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is_impostor(kashiwa, others[i], SURFACE_MESSAGE_TEXT))
            fail_msg("%s is blocked", others[i]);
    assert_true(is_impostor(meguro, "@meguro-city", SURFACE_MESSAGE_TEXT));
    assert_false(is_impostor(meguro, "@kashiwa-shi", SURFACE_MESSAGE_TEXT)); /* another city's affair */
}

static void
names_with_a_look_alike_letter(void **state)
{
    (void)state;
    assert_true(is_impostor(kashiwa, "拍市役所より給付金のご案内", SURFACE_MESSAGE_TEXT));
    assert_true(is_impostor(kashiwa, "柏巿役所の窓口です", SURFACE_MESSAGE_TEXT));
    assert_true(is_impostor(meguro, "日黒区役所です", SURFACE_MESSAGE_TEXT));
    assert_false(is_impostor(kashiwa, "柏市役所に行きました", SURFACE_MESSAGE_TEXT));
    assert_false(is_impostor(kashiwa, "柏 市役所に行きました", SURFACE_MESSAGE_TEXT));
    assert_false(is_impostor(kashiwa, "拍子木を鳴らす市民", SURFACE_MESSAGE_TEXT));
    assert_false(is_impostor(meguro, "日曜に黒い車が区の施設にいました", SURFACE_MESSAGE_TEXT));
}

static void
the_account_as_a_users_display_name(void **state)
{
    (void)state;
    assert_true(is_impostor(kashiwa, "柏市役所", SURFACE_DISPLAY_NAME));
    assert_true(is_impostor(kashiwa, "柏市役所【公式】", SURFACE_DISPLAY_NAME));
    assert_true(is_impostor(kashiwa, "柏市役所 公式LINE", SURFACE_DISPLAY_NAME));
    assert_false(is_impostor(kashiwa, "柏市役所の近くの人", SURFACE_DISPLAY_NAME));
    assert_false(is_impostor(kashiwa, "柏太郎", SURFACE_DISPLAY_NAME));
    assert_false(is_impostor(kashiwa, "柏市役所", SURFACE_MESSAGE_TEXT));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"ids that look like the official one", ids_that_look_like_the_official_one, NULL, NULL, NULL},
        {"names with a look-alike letter", names_with_a_look_alike_letter, NULL, NULL, NULL},
        {"the account as a user's display name", the_account_as_a_users_display_name, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
