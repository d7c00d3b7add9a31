#include "scan/manner.h"

#include "text/intake.h"

enum { MANNER_LIKELIHOOD = 75, REACH_BYTES = 90 /* between the halves */ };

struct words {
    const char *const *items;
    size_t count;
};

#define WORDS(name, ...)                                     \
    static const char *const name##_items[] = {__VA_ARGS__}; \
    static const struct words name = {name##_items, sizeof name##_items / sizeof *name##_items}

/* --- halves ------------------------------------------------------------------------------------------------------- */

/* So little ... and not even that: who says so scolds. */
WORDS(so_little, "この程度", "これくらい", "これぐらい", "こんな簡単", "こんなことも", "こんなことすら", "そんなことも",
      "そんなことすら", "その程度", "たったこれだけ", "常識すら", "字すら", "文字すら", "日本語すら");
WORDS(unable, "理解できない", "理解できま", "わからない", "分からない", "わかりません", "分かりません", "読めない",
      "書けない", "知らない", "知りません", "できない", "守れない", "覚えられない", "調べられない");
/* The same with one thing, which may be said of people who need help: the sentence must be surprised or ask. */
WORDS(one_thing, "字も", "文字も", "漢字も", "日本語も", "書き方も", "読み方も", "常識も", "ルールも", "マナーも",
      "挨拶も", "日付も", "名前も", "計算も", "案内も", "期限も", "締切も", "締め切りも", "説明も", "使い方も",
      "意味も", "広報も", "簡単な書類も", "簡単なことも");
WORDS(how_come, "ないの", "ないん", "ないとは", "ないなんて", "ないくせ", "ませんか", "ないですか", "ないで聞",
      "ないで電話", "ないで来", "ずに聞", "ずに電話", "ずに来", "ないやつ", "ない奴", "ない連中", "ない人ばかり",
      "ない方ばかり", "ないような");
WORDS(faculty, "理解力", "読解力", "学習能力", "想像力", "常識", "良識", "知能", "教養", "品性");
WORDS(lacking, "のない方", "のない人", "のない市民", "のない住民", "がない方", "がない人", "がない市民", "がない住民",
      "の足りない", "が足りない", "の低い", "が低い", "のある市民なら", "のある人なら", "のある方なら",
      "のある大人なら", "がある人なら", "がある方なら", "を疑い", "を疑う", "を疑わ", "に欠ける方", "に欠ける人",
      "がないのですか", "がないんです");

/* Of whom staff must not speak so. */
WORDS(looked_down_on, "年寄り", "高齢者", "老人", "じいさん", "ばあさん", "若い者", "若い人", "若者", "今どきの",
      "いまどきの", "主婦", "女性", "女は", "女の", "男の", "外国人", "外人", "外国の方", "移民", "障害者",
      "障害のある", "車いす", "貧しい", "貧乏", "低所得", "生活保護", "受給者", "無職", "母子家庭", "父子家庭", "片親",
      "ひとり親", "シングル", "独身", "子連れ", "子なし", "田舎", "被災者", "避難者", "滞納者", "議員", "地区の人",
      "地区の方", "地区のみな", "地区の皆", "保護者", "親御さん", "市民", "住民", "県外の", "移住者", "ホームレス",
      "飼い主", "子育て世帯", "学生", "中卒", "高卒", "派遣", "パートの人", "フリーター", "ニート", "窓口に来る",
      "電話してくる", "申請に来る", "若い母親", "若いお母さん", "共働き");
WORDS(belittled, "面倒なん", "面倒くさ", "めんどくさ", "面倒みきれ", "面倒を見きれ", "面倒見きれ", "は邪魔", "が邪魔",
      "迷惑なん", "足手まとい", "のお荷物", "はお荷物", "暇でしょう", "暇なんで", "暇でいい", "ひまでいい",
      "ヒマでいい", "暇人", "甘えないで", "甘えている", "甘えすぎ", "甘えるな", "甘ったれ", "わがままで",
      "わがままを言", "図々しい", "ずうずうしい", "厚かましい", "頭が固", "頭の固", "頭が悪", "頭の悪",
      "説得力がありま", "説得力がない", "わからないでしょう", "分からないでしょう", "わからないかも", "分からないかも",
      "わからないだろう", "分からないだろう", "理解できないでしょう", "権利ばかり", "文句ばかり", "文句だけ",
      "文句しか", "くせに", "癖に", "規則を守れない", "ルールを守れない", "マナーが悪いので", "マナーを知らない",
      "常識が通じ", "常識がない", "問題を起こしやす", "問題を起こしがち", "は黙って", "引っ込んで", "役立たず",
      "怠け者", "なまけ者", "遊んで暮ら", "遊んでばか", "信用できな", "信用できま", "信用なら", "ろくな", "ろくでも",
      "どうせ", "しょせん", "所詮", "みっともない", "情けない", "うるさくて", "うっとうしい", "鬱陶しい", "やつら",
      "奴ら", "連中", "合わせる必要は", "自業自得", "身の程", "負け組", "おとなしくして", "家にいればいい", "家で暇",
      "感情的で", "感情的にな", "出しゃば", "でしゃば", "口を出", "口出し", "恥ずかしくない", "見苦しい", "哀れ",
      "相手をする暇", "相手にする暇", "暇はありません", "理解できるとは", "だからといって甘え", "だからって甘え",
      "ヒステリ", "偉そう");

/* Who is not content is shown the door. */
WORDS(discontent, "不満がある", "不満のある", "不満なら", "不満でしたら", "文句がある", "文句のある", "文句を言う",
      "文句なら", "文句ばかり", "苦情ばかり", "苦情を言う", "クレームを言う", "気に入らない", "嫌な方", "嫌な人",
      "嫌なら", "いやなら", "納得できない方", "納得できない人", "納得いかない", "うるさい人", "うるさい方",
      "読めない人", "読めない方", "理解できない", "わからない人", "分からない人", "待てない人", "待てない方",
      "守れない人は市", "払えない人", "払えないなら");
WORDS(shown_out, "来ないで", "来なくて", "来るな", "出て行", "出ていっ", "出ていけ", "出てけ", "引っ越して", "引っ越せ",
      "引っ越され", "よその市", "他の市へ", "ほかの市へ", "別の市へ", "使わなくて", "見なければいい", "見なくて",
      "見ないで", "読まなくて", "住まなくて", "お引き取り", "相手にし", "相手はでき", "対応しません", "申請をご遠慮",
      "質問をご遠慮", "問い合わせをご遠慮", "最初から申", "最初から借", "ブロックして", "登録を解除", "黙って");

/* Who quotes, apologises for or warns of such words does not say them. */
WORDS(told, "発言", "お詫び", "おわび", "差別", "偏見", "などの言葉", "という言葉", "言われ", "思い込み",
      "ハラスメント", "決めつけ", "訂正", "助け合");

struct pair {
    const struct words *first, *then;
};

static const struct pair pairs[] = {{&so_little, &unable},
                                    {&one_thing, &how_come},
                                    {&faculty, &lacking},
                                    {&looked_down_on, &belittled},
                                    {&discontent, &shown_out}};

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* The first of `words` in `text` that begins before `limit`: its length, 0 = none. */
static size_t
find_one_of(struct slice text, const struct words *words, size_t *at_out)
{
    for (size_t i = 0; i < words->count; i++) {
        size_t bytes = strlen(words->items[i]);
        const uint8_t *at = memmem(text.data, text.bytes, words->items[i], bytes);
        if (!at)
            continue;
        *at_out = (size_t)(at - text.data);
        return bytes;
    }
    return 0;
}

/* Both halves in this order, near each other. */
static bool
has_pair(struct slice sentence, const struct pair *pair, struct span *found_out)
{
    for (size_t i = 0; i < pair->first->count; i++) {
        size_t bytes = strlen(pair->first->items[i]), at = 0;
        const uint8_t *first = memmem(sentence.data, sentence.bytes, pair->first->items[i], bytes);
        if (!first)
            continue;
        size_t begin = (size_t)(first - sentence.data), rest = begin + bytes, left = sentence.bytes - rest;
        bytes =
            find_one_of((struct slice){sentence.data + rest, left < REACH_BYTES ? left : REACH_BYTES}, pair->then, &at);
        if (bytes == 0)
            continue;
        *found_out = (struct span){(uint32_t)begin, (uint32_t)(rest + at + bytes)};
        return true;
    }
    return false;
}

static enum status
judge_sentence(struct state *state, struct span sentence)
{
    struct slice text = slice_sub(state->plain.text, sentence);
    struct span found;
    size_t at;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (!has_pair(text, &pairs[i], &found) || find_one_of(text, &told, &at))
            continue;
        found = (struct span){sentence.start + found.start, sentence.start + found.end};
        struct candidate *candidate = state_candidate(state, found, "disrespect.manner", MANNER_LIKELIHOOD);
        if (!candidate)
            return STATUS_TOO_LARGE;
        candidate->finding.category = CATEGORY_DISRESPECT;
        candidate->finding.severity = SEVERITY_MEDIUM;
        state_trace(state, TRACE_PATTERN, found, "disrespect.manner", "confirmed", MANNER_LIKELIHOOD);
        return STATUS_OK;
    }
    return STATUS_OK;
}

enum status
manner_find(struct state *state)
{
    struct slice text = state->plain.text;
    enum status status = STATUS_OK;
    for (uint32_t start = 0, at = 0; at < text.bytes && status == STATUS_OK; start = at) {
        uint32_t c = 0;
        while (at < text.bytes && c != 0x3002 && c != '!' && c != '?' && c != '\n')
            c = utf8_next(text, &at);
        status = judge_sentence(state, (struct span){start, at});
    }
    return status;
}
