/* Posts of staff: secrets, what endangers the network, shared posts, and kinds of posts that a person looks at. */
#include "fixture.h"

static struct fixture fixture;
static struct ruleset *hachinohe, *kashiwa;

static int
set_up(void **state)
{
    (void)state;
    fixture_open(&fixture);
    hachinohe = fixture_ruleset(&fixture, "hachinohe");
    kashiwa = fixture_ruleset(&fixture, "kashiwa");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    ruleset_destroy(&hachinohe);
    ruleset_destroy(&kashiwa);
    fixture_close(&fixture);
    return 0;
}

static const struct verdict *
post(const struct ruleset *ruleset, const char *purpose, enum direction direction, const char *text)
{
    const struct verdict *verdict = NULL;
    struct message message = {.text = slice_of(text), .direction = direction};
    assert_true(policy_purpose(ruleset->policy, slice_of(purpose), &message.purpose));
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    return verdict;
}

static bool
has_ground(const struct verdict *verdict, const char *clause)
{
    for (size_t i = 0; i < verdict->ground_count; i++)
        if (strcmp(verdict->grounds[i]->id, clause) == 0)
            return true;
    return false;
}

static void
what_endangers_the_network_is_not_posted(void **state)
{
    (void)state;
    static const char *const texts[] = {"サーバー 192.168.10.5 に接続してください", "VPNの接続先は 10.0.3.1 です",
                                        "資料は fs01.hachinohe.local に置きました",
                                        "http://portal.example.internal/ を見て"};
    static const char *const harmless[] = {"大会の会場は localhost.example.jp ではなく体育館です",
                                           "ver 10.1.2 を配布します", "詳しくは www.city.hachinohe.aomori.jp へ"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct verdict *verdict = post(hachinohe, "", DIRECTION_OUTBOUND, texts[i]);
        if (verdict->action != ACTION_BLOCK || !has_ground(verdict, "conduct-10"))
            fail_msg("%s: not blocked by conduct-10", texts[i]);
    }
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (post(hachinohe, "", DIRECTION_OUTBOUND, harmless[i])->action == ACTION_BLOCK)
            fail_msg("%s: blocked", harmless[i]);
    /* a citizen's router at home */
    assert_int_not_equal(post(kashiwa, "", DIRECTION_INBOUND, "192.168.0.1 が開けません")->action, ACTION_BLOCK);
}

static void
secrets_are_blocked_and_drafts_are_looked_at(void **state)
{
    (void)state;
    static const char *const secrets[] = {"機密性2の資料です", "【機密性３】査定案", "㊙資料を載せます",
                                          "人事異動の内示が出ました", "未公表の予定価格"};
    static const char *const drafts[] = {"庁内で検討中の素案です", "意思形成過程にある計画案です",
                                         "現在協議中の統廃合案です", "議会に諮る前の予算案"};
    static const char *const harmless[] = {"秘密は守られます。ご相談ください", "総合計画の素案へのご意見を募集します",
                                           "機密書類の溶解処理のご案内", "予算案の概要を公表しました"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (post(hachinohe, "", DIRECTION_OUTBOUND, secrets[i])->action != ACTION_BLOCK)
            fail_msg("%s: not blocked", secrets[i]);
    for (size_t i = 0; i < sizeof drafts / sizeof *drafts; i++) {
        const struct verdict *verdict = post(hachinohe, "", DIRECTION_OUTBOUND, drafts[i]);
        if (verdict->action == ACTION_BLOCK || !verdict->review)
            fail_msg("%s: blocked or not for review", drafts[i]);
    }
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        const struct verdict *verdict = post(hachinohe, "", DIRECTION_OUTBOUND, harmless[i]);
        if (verdict->action == ACTION_BLOCK || verdict->review)
            fail_msg("%s: blocked or for review", harmless[i]);
    }
}

/* The request says what the engine cannot know: the kind of a post, and that it is late. */
static void
a_purpose_may_ask_for_review(void **state)
{
    (void)state;
    assert_true(post(hachinohe, "other", DIRECTION_OUTBOUND, "本日は晴れです")->review);
    assert_false(post(hachinohe, "", DIRECTION_OUTBOUND, "本日は晴れです")->review);
    assert_true(post(kashiwa, "after_hours", DIRECTION_OUTBOUND, "明日の開庁時間のお知らせ")->review);
    assert_int_equal(post(kashiwa, "after_hours", DIRECTION_OUTBOUND, "明日の開庁時間のお知らせ")->action,
                     ACTION_ALLOW);
}

/* What a citizen wrote becomes the city's word: clauses for citizens and for staff both apply. */
static void
a_shared_post_meets_clauses_of_both_directions(void **state)
{
    (void)state;
    static const char faith[] = "私は創価学会の信者です"; /* 個人情報 2 binds what comes in */
    static const char insult[] = "この税金泥棒め";        /* 自覚と責任 3 binds what goes out */
    assert_false(has_ground(post(hachinohe, "", DIRECTION_OUTBOUND, faith), "personal-2"));
    assert_true(has_ground(post(hachinohe, "share", DIRECTION_OUTBOUND, faith), "personal-2"));
    assert_true(has_ground(post(hachinohe, "share", DIRECTION_OUTBOUND, insult), "conduct-3"));
    assert_false(has_ground(post(hachinohe, "", DIRECTION_INBOUND, insult), "conduct-3"));
}

static void
staff_do_not_look_down_on_citizens(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "この程度のことも理解できない方がいます", "高齢者はスマホが使えないので面倒なんです",
        "苦情を言う人は来ないでください",         "案内も読めないんですか",
        "読解力の低い市民が多いようです",         "何度言ったら分かるのでしょう"};
    static const char *const harmless[] = {"この程度の雨でも、川には近づかないでください",
                                           "高齢者のためのスマホ講座を開きます",
                                           "ご不満のある方はご相談ください",
                                           "案内を読めない方には、職員が読み上げます",
                                           "読解力を伸ばす講座です",
                                           "「苦情を言う人は来ないで」と発言した職員を処分しました",
                                           "車いすの通行の邪魔になる自転車は撤去します"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct verdict *verdict = post(hachinohe, "", DIRECTION_OUTBOUND, texts[i]);
        if (verdict->action != ACTION_BLOCK || !has_ground(verdict, "conduct-3"))
            fail_msg("%s: not blocked by conduct-3", texts[i]);
        assert_int_equal(post(hachinohe, "", DIRECTION_INBOUND, texts[i])->action, ACTION_ALLOW);
    }
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (post(hachinohe, "", DIRECTION_OUTBOUND, harmless[i])->action != ACTION_ALLOW)
            fail_msg("%s: not allowed", harmless[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"what endangers the network is not posted", what_endangers_the_network_is_not_posted, NULL, NULL, NULL},
        {"secrets are blocked and drafts are looked at", secrets_are_blocked_and_drafts_are_looked_at, NULL, NULL,
         NULL},
        {"staff do not look down on citizens", staff_do_not_look_down_on_citizens, NULL, NULL, NULL},
        {"a purpose may ask for review", a_purpose_may_ask_for_review, NULL, NULL, NULL},
        {"a shared post meets clauses of both directions", a_shared_post_meets_clauses_of_both_directions, NULL, NULL,
         NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
