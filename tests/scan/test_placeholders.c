/* Redacting what is redacted changes nothing: whatever the transform, whatever stands beside what it wrote. */
#include "fixture.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/intake.h"

#define HEAD "format: 1\nid: sample\nname: 試験市\nnames: thorough\ncomposite: on\nclauses:\n"
#define REDACTS(transform)                                                                                       \
    HEAD "  - {id: r, cite: r, heading: r, covers: [personal_data], action: redact, transform: " transform "}\n" \
         "transforms: {MY_NUMBER: label}\n"

enum {
    LABEL,
    NUMBERED,
    TOKEN,
    ENCRYPT,
    MASK,
    REMOVE,
    TRANSFORMS,
    MARKED = MASK /* those before leave a placeholder */
};

static const char *const policies[TRANSFORMS] = {
    [LABEL] = REDACTS("label"), [NUMBERED] = REDACTS("numbered_label"),
    [TOKEN] = REDACTS("token"), [ENCRYPT] = REDACTS("encrypt"),
    [MASK] = REDACTS("mask"),   [REMOVE] = REDACTS("remove"),
};

static const char *const texts[] = {
    "氏名：佐藤花子、電話は090-1234-5678、メールはhanako@example.jpです。",
    "マイナンバーは1234 5678 9018、LINE IDはhanako_0501です。",
    "住所 千葉県柏市柏五丁目10番1号 生年月日 昭和63年5月1日",
    "電話０９０－１２３４－５６７８と09012345678は同じです。振込先 普通 1234567",
    "パスワードはKaede-7731です。お願いします",
    "隣の佐藤さんと田中様に03(1234)5678で連絡しました",
    "【氏名】やまだ はなこ\n【電話番号】04-7123-4567\n【生年月日】昭和50年1月1日",
    "【氏名】曽我部 亘【年齢】48【電話】07044182907",
    "担当の益子です。折り返しは080-1111-2222まで",
    "父は糖尿病で、母の田村節子が付き添います",
    "車は柏 500 さ 12-34、LINE @kaede_no_mori をフォローしてください",
    "保険証の記号 12 番号 345678、名義はネギシ マサ",
    "ヨハン・ヴォルフガング・フォン・ゲーテンベルクさんの奥様から",
    "浜町の豆腐屋の隠居で78歳です。Facebookは kaede.mori です",
    "クレカ4242-4242-4242-4242、有効期限は来月",
    "郵便番号277-0001 柏市若葉町1-2-3 若葉荘205号室 鈴木一郎",
};
enum { TEXTS = sizeof texts / sizeof *texts };

static struct fixture fixture;
static struct ruleset *rulesets[TRANSFORMS];

static const struct verdict *
scan_with(unsigned transform, struct slice text)
{
    const struct verdict *verdict = NULL;
    struct message message = {.text = text};
    assert_int_equal(scanner_run(fixture.scanner, rulesets[transform], &message, &verdict), STATUS_OK);
    return verdict;
}

/* The redacted form of `text`, which holds data. */
static struct slice
redact(unsigned transform, struct slice text, uint8_t out[4096])
{
    const struct verdict *verdict = scan_with(transform, text);
    if (verdict->action != ACTION_REDACT)
        fail_msg("nothing found in %.*s", (int)text.bytes, (const char *)text.data);
    assert_true(verdict->redacted.bytes <= 4096);
    memcpy(out, verdict->redacted.data, verdict->redacted.bytes);
    return (struct slice){out, verdict->redacted.bytes};
}

static void
every_text_is_redacted_once(void **state)
{
    uint8_t once[4096];
    (void)state;
    for (unsigned transform = 0; transform < TRANSFORMS; transform++)
        for (size_t i = 0; i < TEXTS; i++) {
            struct slice text = redact(transform, slice_of(texts[i]), once);
            const struct verdict *twice = scan_with(transform, text);
            if (twice->action != ACTION_ALLOW)
                fail_msg("%s in %.*s", twice->findings[0].rule, (int)text.bytes, (const char *)text.data);
        }
}

/* What ends one text is beside what begins another. A name that the first reading doubted may be surer where its
 * neighbour is gone: seldom, 3 of these. */
static void
texts_beside_each_other_are_redacted_once(void **state)
{
    static const char *const between[] = {"", " ", "、", "\n", "と", "の"};
    enum { BETWEEN = sizeof between / sizeof *between, PAIRS = TEXTS * TEXTS * BETWEEN };
    unsigned differ = 0;
    uint8_t once[4096];
    char both[4096];
    (void)state;
    for (unsigned i = 0; i < PAIRS; i++) {
        unsigned transform = i % MARKED;
        snprintf(both, sizeof both, "%s%s%s", texts[i / BETWEEN % TEXTS], between[i % BETWEEN],
                 texts[i / BETWEEN / TEXTS]);
        differ += scan_with(transform, redact(transform, slice_of(both), once))->action != ACTION_ALLOW;
    }
    if (differ > PAIRS / 300)
        fail_msg("%u of %d are redacted anew", differ, PAIRS);
}

static void
assert_redacted(const char *text, const char *expected)
{
    const struct verdict *verdict = scan_with(LABEL, slice_of(text));
    struct slice shown = verdict->action == ACTION_ALLOW ? verdict->text : verdict->redacted;
    if (!slice_equal(shown, slice_of(expected)))
        fail_msg("%s became %.*s", text, (int)shown.bytes, (const char *)shown.data);
}

static void
a_placeholder_is_no_label_of_what_stands_behind_it(void **state)
{
    (void)state;
    static const char *const redacted[] = {
        "連絡はLINE 【LINE ID】　Gameの話でも",      "Facebook 【SNSアカウント】・Skype などで",
        "口座は【口座番号】、1234567円を払いました", "その件は【氏名】が終わりと言っていた",
        "免許証は【運転免許証番号】 012345678901",
    };
    for (size_t i = 0; i < sizeof redacted / sizeof *redacted; i++)
        assert_redacted(redacted[i], redacted[i]);
}

static void
no_label_reaches_across_a_placeholder(void **state)
{
    (void)state;
    assert_redacted("免許証の番号012345678901", "免許証の番号【運転免許証番号】");
    assert_redacted("免許証の番号【運転免許証番号】012345678901", "免許証の番号【運転免許証番号】012345678901");
    assert_redacted("普通 【口座番号】 7654321", "普通 【口座番号】 7654321");
}

static void
no_word_or_number_goes_on_across_a_placeholder(void **state)
{
    (void)state;
    assert_redacted("090-1234【電話番号】-5678", "090-1234【電話番号】-5678");
    assert_redacted("柏市【住所】5-10-1", "柏市【住所】5-10-1");
}

/* 【電話】 and 【電話番号】 are how forms are written. */
static void
a_heading_of_a_form_is_a_label(void **state)
{
    (void)state;
    assert_redacted("【運転免許証番号】012345678901", "【運転免許証番号】【運転免許証番号】");
    assert_redacted("■【氏名】　さとう はな\n■【LINE ID】kaede_mori", "■【氏名】　【氏名】\n■【LINE ID】【LINE ID】");
    assert_redacted("【氏名】はやし さよ", "【氏名】【氏名】");
    assert_redacted("【年齢】48【口座番号】1234567", "【年齢】【年齢】【口座番号】【口座番号】");
    assert_redacted("【マイナンバー】：\n1234 5678 9018", "【マイナンバー】：\n【マイナンバー】");
}

static void
numbered_ones_and_tokens_are_no_headings(void **state)
{
    (void)state;
    assert_redacted("【運転免許証番号1】012345678901", "【運転免許証番号1】012345678901");
    assert_redacted("【運転免許証番号:k7q2】012345678901", "【運転免許証番号:k7q2】012345678901");
}

/* 54 alone: too doubtful to act on. */
static void
a_doubtful_name_is_believed_beside_other_data(void **state)
{
    (void)state;
    assert_redacted("関根がジョンソンに強いからやと", "【氏名】が【氏名】に強いからやと");
}

static void
a_name_of_many_parts_is_found_whole(void **state)
{
    (void)state;
    assert_redacted("ベニート・アミルカレ・アンドレーア・ムッソリーニは教師です。", "【氏名】は教師です。");
}

static int
open_all(void **state)
{
    char keys[] = "/tmp/filterd-test-XXXXXX", words[1024];
    struct fault fault = {0};
    int fd = mkstemp(keys);

    (void)state;
    assert_true(fd >= 0 && fchmod(fd, 0600) == 0);
    assert_true(dprintf(fd, "k1 %064d\n", 7) > 0 && close(fd) == 0);
    fixture_open(&fixture);
    for (unsigned i = 0; i < TRANSFORMS; i++) {
        struct city_files files = {.id = "sample", .folder = "sample", .keys_path = keys};
        buffer_append_text(&files.policy, policies[i]);
        if (ruleset_build(fixture.common, &files, &rulesets[i], &fault) != STATUS_OK)
            fail_msg("%s", fault_text(&fault, words, sizeof words));
        city_files_fini(&files);
    }
    unlink(keys);
    return 0;
}

static int
close_all(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TRANSFORMS; i++)
        ruleset_destroy(&rulesets[i]);
    fixture_close(&fixture);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"every text is redacted once", every_text_is_redacted_once, NULL, NULL, NULL},
        {"texts beside each other are redacted once", texts_beside_each_other_are_redacted_once, NULL, NULL, NULL},
        {"a placeholder is no label of what stands behind it", a_placeholder_is_no_label_of_what_stands_behind_it, NULL,
         NULL, NULL},
        {"no label reaches across a placeholder", no_label_reaches_across_a_placeholder, NULL, NULL, NULL},
        {"no word or number goes on across a placeholder", no_word_or_number_goes_on_across_a_placeholder, NULL, NULL,
         NULL},
        {"a heading of a form is a label", a_heading_of_a_form_is_a_label, NULL, NULL, NULL},
        {"numbered ones and tokens are no headings", numbered_ones_and_tokens_are_no_headings, NULL, NULL, NULL},
        {"a doubtful name is believed beside other data", a_doubtful_name_is_believed_beside_other_data, NULL, NULL,
         NULL},
        {"a name of many parts is found whole", a_name_of_many_parts_is_found_whole, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("placeholders", tests, open_all, close_all);
}
