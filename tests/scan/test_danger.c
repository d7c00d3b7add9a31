/* People in danger: found in words of their own, never blocked, their place and number kept; the same words against
 * others block. */
#include "one_city.h"

enum { MARK_PERCENT = 85 /* of wordings never learnt not all are found */ };

static const char *const in_danger[] = {
    "妻が鎮痛剤を五十錠飲んで目を覚ましません",
    "離婚を切り出したら主人に首を押さえつけられました",
    "もう何も食べられず、生きているのが苦しい。今夜で終わりにします",
    "川の水が畳まで来て、足の悪い祖父と二階にいます",
    "裏の斜面が崩れて台所が埋まりました。母の声がします",
    "ぱぱにけられておなかがいたい。たすけて",
    "うちの人に毎晩どつかれて、もう逃げ場がないねん",
    "同じ組の子が親に物置へ閉じ込められているそうです",
    "停電で父の呼吸器がもうすぐ止まります",
    "認知症の祖母が昨夜から帰ってきません",
    "元夫が刃物を持って玄関の前にいます",
    "学校で殴られ金を取られ、もう死にたいです",
    "まじでタヒにたい、冗談じゃない",
    "雪の山道で車が埋まって出られません。電池があと少しです",
    "社長にパスポートを取られて寮から出してもらえません",
};

static const char *const threats[] = {
    "お前の首を絞めて川に沈めてやる",           "殴られたくなかったら今すぐ金を払え、職員ども",
    "死にたいならさっさと屋上から飛び降りろよ", "明日の昼、包丁を持って窓口に行くから覚悟しろ",
    "おまえの家に火をつけて家族ごと焼き殺す",   "刺されたいのか、黙って許可を出せ",
};

static const char *const in_danger_in_english[] = {
    "I don't want to live anymore. I am standing on the platform",
    "I can’t go on living like this, I have all my pills here",
    "help the water is coming in",
    "My husband beats me every night",
    "my son kicked me in the stomach again",
    "somebody is trying to break in, he has a knife",
    "Our neighbor hits his child with a belt",
    "my wife is not breathing",
    "Grandpa collapsed in the bath and his lips are blue",
    "We have had no food and no water since the earthquake",
    "my daughter didn't come home last night",
    "my boss took my passport and won't let us leave",
};

static const char *const in_danger_in_other_languages[] = {
    "老公每天喝酒后打我和孩子，我不知道该去哪里",
    "水已經進到家裡，我們上不去屋頂",
    "남편이 술만 마시면 저를 때려요",
    "더 이상 못 살겠어요. 죽고 싶어요",
    "Meu marido bebe e me bate na frente das crianças",
    "Ya no quiero vivir, tengo las pastillas en la mano",
    "Nước tràn vào nhà rồi, cứu chúng tôi với",
    "Toi khong muon song nua",
    "Binubugbog ako ng asawa ko gabi-gabi",
    "Suami saya sering memukul saya, saya takut pulang",
    "Mero shriman le malai kutchha, malai bachau",
};

static const char *const calm_in_other_languages[] = {
    "请问自杀预防热线的电话是多少",
    "자살예방 상담 전화번호를 알려주세요",
    "Meu pai morreu no mês passado, quais documentos preciso?",
    "Me mata el calor, ¿hay piscina?",
    "Trời nóng muốn chết, hồ bơi mở chưa?",
    "Patay po ang ilaw sa kalye namin",
    "Listrik mati di apartemen saya",
    "国家暴力の歴史を学ぶ講座に申し込みたい",
};

static const char *const calm_in_english[] = {
    "Where is the suicide prevention counter?",
    "When is the next evacuation drill for floods?",
    "My grandmother died last month. Which form do I need?",
    "I am dying to see the cherry blossoms",
    "Our team was beaten by the neighbors in the final",
    "I don't want to live in a noisy street anymore than you do",
    "Does the insurance cover a heart attack or a stroke?",
    "You skip the part that hits medium-sized firms",
};

/* Who offers death, or help with it, is no one in danger; who asks for it is. */
static const char *const offers[] = {
    "自殺の方法教えます", "一緒に死んでくれる人募集", "殺し屋雇います", "売春してます",
    "死に腐れ",           "楽に死ねる方法教えるよ",
};

static const char *const asking[] = {
    "自殺の方法を教えてください。もう無理です",
    "自殺の方法教えて",
    "売春させられてます。助けて",
};

static const char *const calm[] = {
    "自殺予防の講演会に申し込みたいです",
    "避難訓練の日程を教えてください",
    "死ぬほど暑いのでプールの開放をお願いします",
    "祖母が亡くなったので年金の手続きを聞きたいです",
    "包丁の捨て方を教えてください",
};

static void
people_in_danger_are_escalated_and_never_blocked(void **state)
{
    (void)state;
    size_t all = sizeof in_danger / sizeof *in_danger, found = 0;
    for (size_t i = 0; i < all; i++) {
        const struct verdict *verdict = scan(in_danger[i]);
        found += verdict->escalate;
        if (!verdict->escalate)
            print_message("not escalated: %s\n", in_danger[i]);
        if (verdict->action == ACTION_BLOCK)
            fail_msg("blocked: %s", in_danger[i]);
    }
    assert_true(found * 100 >= all * MARK_PERCENT);
}

static void
the_same_words_as_a_threat_block(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof threats / sizeof *threats; i++) {
        const struct verdict *verdict = scan(threats[i]);
        if (verdict->action != ACTION_BLOCK || verdict->escalate)
            fail_msg("not blocked: %s", threats[i]);
    }
}

static void
everyday_words_are_no_emergency(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof calm / sizeof *calm; i++)
        if (scan(calm[i])->escalate)
            fail_msg("escalated: %s", calm[i]);
}

static void
assert_heard(const char *const *texts, size_t count, bool heard)
{
    for (size_t i = 0; i < count; i++) {
        const struct verdict *verdict = scan(texts[i]);
        if (verdict->escalate != heard || verdict->action == ACTION_BLOCK)
            fail_msg("%s: %s", heard ? "not heard" : "escalated", texts[i]);
    }
}

#define ASSERT_HEARD(texts, heard) assert_heard(texts, sizeof(texts) / sizeof *(texts), heard)

static void
foreign_residents_in_danger_are_heard(void **state)
{
    (void)state;
    ASSERT_HEARD(in_danger_in_english, true);
    ASSERT_HEARD(calm_in_english, false);
    ASSERT_HEARD(in_danger_in_other_languages, true);
    ASSERT_HEARD(calm_in_other_languages, false);
}

static void
offers_of_death_block_and_who_asks_is_heard(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        const struct verdict *verdict = scan(offers[i]);
        if (verdict->action != ACTION_BLOCK || verdict->escalate)
            fail_msg("not blocked: %s", offers[i]);
    }
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
        const struct verdict *verdict = scan(asking[i]);
        if (verdict->action == ACTION_BLOCK || !verdict->escalate)
            fail_msg("not heard: %s", asking[i]);
    }
}

/* The words are those of a threat, but nobody is addressed. */
static void
who_plans_their_own_death_is_no_threat(void **state)
{
    (void)state;
    const struct verdict *plan = scan("電車に飛び込むのは朝と決めました");
    assert_true(plan->escalate);
    assert_int_not_equal(plan->action, ACTION_BLOCK);
    assert_int_equal(scan("とっとと電車に飛び込んでくたばってくれ")->action, ACTION_BLOCK);
}

/* Whoever it is that the place or number belongs to: help must find them. */
static void
place_and_number_are_kept(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "父に殴られて逃げています。柏市中央町1-2-3です。090-1234-5678",
        "隣の家の子が毎晩殴られて泣いています。柏市中央町1-2-3、隣の番号は090-1234-5678",
        "隣の部屋の子どもの泣き声がひどく心配です。柏市柏2-3-4",
        "元夫に住所（柏市柏9-8-7）を知られました。助けてください",
        "通報です。柏市柏6-5-4で煙が出ています",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct verdict *verdict = scan(texts[i]);
        assert_true(verdict->escalate);
        assert_int_equal(verdict->action, ACTION_ALLOW);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"people in danger are escalated and never blocked", people_in_danger_are_escalated_and_never_blocked},
        {"the same words as a threat block", the_same_words_as_a_threat_block},
        {"offers of death block, and who asks is heard", offers_of_death_block_and_who_asks_is_heard},
        {"who plans their own death is no threat", who_plans_their_own_death_is_no_threat},
        {"everyday words are no emergency", everyday_words_are_no_emergency},
        {"foreign residents in danger are heard", foreign_residents_in_danger_are_heard},
        {"place and number are kept", place_and_number_are_kept},
    };
    return cmocka_run_group_tests(tests, open_default, close_city);
}
