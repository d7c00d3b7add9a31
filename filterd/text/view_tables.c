#include "text/view_tables.h"

#include <stdlib.h>
#include <string.h>
#include <uchar.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/uversion.h>

#include "base/assert.h"
#include "base/buffer.h"

#define CODE_POINTS 0x110000u
#define FOLDS_VERSION "9" /* raise it when a fold changes: it is part of the ruleset hash */
#define MAPPING_UNITS 32  /* ICU: at most 18 from one code point */

/* Beside digits these become '-'. ICU folds the compatibility forms to one of them before (U+FF0D to '-'). */
static const uint16_t dashes[] = {0x02D7, 0x2010, 0x2012, 0x2013, 0x2014, 0x2015, 0x2043,
                                  0x2212, 0x23AF, 0x23E4, 0x2500, 0x2501, 0x2796, 0x30FC};
static const uint16_t kanji_digits[10] = {0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                          0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};

/* Characters that are taken for others, each with what it is taken for. Case is folded before: Cyrillic в stands here
 * for В. Kanji: variants in names, radicals that PDF files leave in place of kanji, and what is written to hide a word:
 * rare ones that look like it, and those of China. */
static const char *const look_alikes[][2] = {
    {"а", "a"},   {"в", "b"},   {"с", "c"},   {"ԁ", "d"},   {"е", "e"},   {"н", "h"},   {"һ", "h"},   {"і", "i"},
    {"ј", "j"},   {"к", "k"},   {"м", "m"},   {"о", "o"},   {"р", "p"},   {"ԛ", "q"},   {"ѕ", "s"},   {"т", "t"},
    {"ԝ", "w"},   {"х", "x"},   {"у", "y"},   {"α", "a"},   {"β", "b"},   {"ε", "e"},   {"η", "n"},   {"ι", "i"},
    {"κ", "k"},   {"μ", "m"},   {"ν", "v"},   {"ο", "o"},   {"ρ", "p"},   {"τ", "t"},   {"υ", "u"},   {"χ", "x"},
    {"ω", "w"},   {"ı", "i"},   {"ɑ", "a"},   {"ɡ", "g"},   {"巿", "市"}, {"髙", "高"}, {"﨑", "崎"}, {"濵", "浜"},
    {"濱", "浜"}, {"邊", "辺"}, {"邉", "辺"}, {"嶋", "島"}, {"嶌", "島"}, {"澤", "沢"}, {"廣", "広"}, {"國", "国"},
    {"櫻", "桜"}, {"齋", "斎"}, {"齊", "斉"}, {"渕", "淵"}, {"德", "徳"}, {"眞", "真"}, {"惠", "恵"}, {"榮", "栄"},
    {"瀨", "瀬"}, {"曾", "曽"}, {"條", "条"}, {"⺠", "民"}, {"⻁", "虎"}, {"⻄", "西"}, {"⻑", "長"}, {"⻘", "青"},
    {"⻝", "食"}, {"⻤", "鬼"}, {"⻨", "麦"}, {"⻩", "黄"}, {"⻫", "斉"}, {"⻭", "歯"}, {"⻯", "竜"}, {"⻲", "亀"},
    {"伇", "役"}, {"啇", "商"}, {"倩", "情"}, {"痲", "麻"}, {"羖", "殺"}, {"煞", "殺"}, {"杀", "殺"}, {"囗", "口"},
    {"孌", "変"}, {"孑", "子"}, {"曰", "日"}, {"姧", "姦"}, {"戝", "財"}, {"劵", "券"}, {"刄", "刃"}, {"冩", "写"},
    {"呌", "叫"}, {"隸", "隷"}, {"銕", "鉄"}, {"鉃", "鉄"}, {"畧", "略"}, {"迯", "逃"}, {"靣", "面"}, {"髒", "臓"},
    {"鬪", "闘"}, {"鼡", "鼠"}, {"亾", "亡"}, {"兦", "亡"}, {"昬", "昏"}, {"豬", "猪"}, {"毉", "医"}, {"卖", "売"},
    {"买", "買"}, {"诈", "詐"}, {"骗", "騙"}, {"药", "薬"}, {"枪", "銃"}, {"钱", "銭"}, {"贷", "貸"}, {"账", "帳"},
    {"户", "戸"}, {"银", "銀"}, {"证", "証"}, {"伪", "偽"}, {"处", "処"}, {"妇", "婦"}, {"职", "職"}, {"员", "員"},
    {"马", "馬"}, {"恶", "悪"}, {"强", "強"}, {"贼", "賊"}, {"贱", "賤"}, {"债", "債"}, {"赌", "賭"}, {"业", "業"},
    {"务", "務"}, {"无", "無"}, {"脑", "脳"}, {"坏", "壊"}, {"灭", "滅"}, {"烧", "焼"}, {"烂", "爛"}, {"脏", "臓"},
    {"废", "廃"}, {"弃", "棄"}, {"剂", "剤"}, {"觉", "覚"}, {"贩", "販"}, {"转", "転"}, {"现", "現"}, {"换", "換"},
    {"阴", "陰"}, {"阳", "陽"}, {"荡", "蕩"}, {"泻", "瀉"}, {"乐", "楽"}, {"动", "動"}, {"图", "図"}, {"侦", "偵"},
    {"间", "間"}, {"团", "団"}, {"讽", "諷"}, {"谤", "謗"}, {"诽", "誹"}, {"诉", "訴"}, {"诅", "詛"}, {"脉", "脈"},
    {"贪", "貪"}, {"贿", "賄"}, {"赂", "賂"}, {"赃", "贓"}, {"毁", "毀"}, {"闭", "閉"}, {"问", "問"}, {"过", "過"},
    {"达", "達"}, {"龟", "亀"}, {"〜", "ー"}, {"~", "ー"},  {"〰", "ー"}, {"ᴀ", "a"},   {"ʙ", "b"},   {"ᴄ", "c"},
    {"ᴅ", "d"},   {"ᴇ", "e"},   {"ꜰ", "f"},   {"ɢ", "g"},   {"ʜ", "h"},   {"ɪ", "i"},   {"ᴊ", "j"},   {"ᴋ", "k"},
    {"ʟ", "l"},   {"ᴍ", "m"},   {"ɴ", "n"},   {"ᴏ", "o"},   {"ᴘ", "p"},   {"ʀ", "r"},   {"ꜱ", "s"},   {"ᴛ", "t"},
    {"ᴜ", "u"},   {"ᴠ", "v"},   {"ᴡ", "w"},   {"ʏ", "y"},   {"ᴢ", "z"},
};

/* Kanji before the reform of 1946, each with its form of today: the tables of 当用漢字字体表 and 人名用漢字. */
static const char16_t old_kanji[] =
    u"亞亜惡悪壓圧圍囲醫医壹壱隱隠營営衞衛驛駅圓円鹽塩應応歐欧毆殴奧奥橫横溫温穩穏假仮價価畫画會会懷懐壞壊繪絵擴拡"
    u"覺覚學学嶽岳樂楽勸勧卷巻歡歓罐缶觀観關関陷陥顏顔歸帰氣気龜亀僞偽戲戯犧犠舊旧據拠擧挙虛虚峽峡挾挟狹狭鄕郷曉暁"
    u"勳勲薰薫徑径揭掲溪渓經経繼継莖茎螢蛍輕軽鷄鶏藝芸擊撃缺欠儉倹劍剣圈圏檢検權権獻献縣県險険顯顕驗験嚴厳效効恆恒"
    u"鑛鉱號号黑黒濟済碎砕劑剤雜雑參参慘惨棧桟蠶蚕贊賛殘残絲糸齒歯兒児辭辞濕湿實実寫写釋釈壽寿收収從従澁渋獸獣縱縦"
    u"肅粛處処敍叙奬奨將将燒焼稱称證証乘乗剩剰壤壌孃嬢淨浄疊畳穰穣讓譲釀醸囑嘱觸触寢寝愼慎晉晋盡尽圖図粹粋醉酔隨随"
    u"髓髄數数樞枢聲声靜静攝摂竊窃專専戰戦淺浅潛潜纖繊踐践錢銭禪禅雙双壯壮搜捜插挿爭争總総聰聡莊荘裝装騷騒臟臓藏蔵"
    u"屬属續続墮堕體体對対帶帯滯滞臺台擇択擔担單単膽胆團団彈弾斷断癡痴遲遅晝昼蟲虫鑄鋳廳庁聽聴鎭鎮遞逓鐵鉄轉転點点"
    u"傳伝黨党盜盗燈灯當当鬭闘獨独讀読屆届繩縄貳弐惱悩腦脳霸覇廢廃拜拝賣売麥麦發発髮髪拔抜蠻蛮祕秘拂払佛仏竝並變変"
    u"辯弁舖舗穗穂寶宝豐豊沒没飜翻槇槙萬万滿満默黙譯訳藥薬與与豫予餘余樣様搖揺謠謡來来賴頼亂乱覽覧龍竜兩両獵猟綠緑"
    u"壘塁勵励禮礼靈霊齡齢戀恋爐炉勞労樓楼灣湾";

/* Letters and signs that letters.c takes for kana, and kana that look like each other: it is asked where one stands.
 * 〜 and the others of ー are ー before. Strings of code points. */
static const char look_like_kana[] =
    "口囗力夕二八工卜千又才木彡三七礻乂〆匕了勹厶毛亻丿世于干刀乃ソンシツヌユワιτξζω⊃⊇∪∧±┠ー〜~〰ァィゥェォぁぃぅぇぉ"
    "├σз∋∃〃ヽゝ丶£ё儿レ";
/* What is wedged between letters or stands for one, ゛ and ー among them. */
static const char signs[] = "\"”′、。!?-・.(w0123456789‐‑‒–—―−─";
/* With what some pairs of letters.c begin, and 一. */
static const char pair_begins[] = "イカノヘレナlйм一";
/* Signs written in place of a letter. */
static const char masks[] = "○●◯⚪⚫〇×✕✖✗✘*□■◻◼▢⬜⬛◎△▲☆★◇◆❌⭕xo_@#";

/* ぁぃぅぇぉ っ ゃゅょ ゎ ゕゖ and the small katakana ㇰ…ㇿ (U+31F0) in hiragana. */
static const char *const small_kana[][2] = {
    {"ぁ", "あ"}, {"ぃ", "い"}, {"ぅ", "う"}, {"ぇ", "え"}, {"ぉ", "お"}, {"っ", "つ"}, {"ゃ", "や"},
    {"ゅ", "ゆ"}, {"ょ", "よ"}, {"ゎ", "わ"}, {"ゕ", "か"}, {"ゖ", "け"}, {"ㇰ", "く"}, {"ㇱ", "し"},
    {"ㇲ", "す"}, {"ㇳ", "と"}, {"ㇴ", "ぬ"}, {"ㇵ", "は"}, {"ㇶ", "ひ"}, {"ㇷ", "ふ"}, {"ㇸ", "へ"},
    {"ㇹ", "ほ"}, {"ㇺ", "む"}, {"ㇻ", "ら"}, {"ㇼ", "り"}, {"ㇽ", "る"}, {"ㇾ", "れ"}, {"ㇿ", "ろ"},
};

const char *
view_tables_version(void)
{
    return "icu " U_ICU_VERSION " unicode " U_UNICODE_VERSION " folds " FOLDS_VERSION;
}

uint32_t
kana_compose(uint32_t kana, unsigned mark_flags)
{
    uint32_t hiragana = kana >= 0x30A1 && kana <= 0x30FE ? kana - 0x60 : kana;
    bool is_h_row = hiragana >= 0x306F && hiragana <= 0x307D && hiragana % 3 == 0; /* は ひ ふ へ ほ */

    if ((mark_flags & MARK_HALF_VOICED) != 0)
        return is_h_row ? kana + 2 : 0;
    if (is_h_row || hiragana == 0x309D) /* ゝ */
        return kana + 1;
    if (hiragana == 0x3046) /* う */
        return kana + 0x4E;
    if (hiragana >= 0x304B && hiragana <= 0x3061 && hiragana % 2 == 1) /* か … ち */
        return kana + 1;
    if (hiragana == 0x3064 || hiragana == 0x3066 || hiragana == 0x3068) /* つ て と */
        return kana + 1;
    if (kana >= 0x30EF && kana <= 0x30F2) /* ワ ヰ ヱ ヲ: in katakana only */
        return kana + 8;
    return 0;
}

static uint32_t
make_entry(enum fold_kind kind, uint32_t payload)
{
    return (uint32_t)kind | (payload << 8);
}

/* One character of up to three bytes. */
static uint32_t
make_one(uint32_t code_point)
{
    uint8_t bytes[4] = {0};
    unsigned length = utf8_encode(code_point, bytes);

    return make_entry(length == 3 ? FOLD_ONE : FOLD_SHORT,
                      bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16));
}

static uint32_t
first_code_point(const char *text)
{
    return utf8_decode((const uint8_t *)text, utf8_length((uint8_t)text[0]));
}

static enum numeric_class
numeric_class_of(uint32_t code_point)
{
    if (code_point > 0xFFFF)
        return NUMERIC_NONE;
    if (code_point >= '0' && code_point <= '9')
        return NUMERIC_DIGIT;
    if (code_point == '-')
        return NUMERIC_HYPHEN;
    for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++)
        if (code_point == dashes[i])
            return NUMERIC_DASH;
    for (size_t i = 0; i < 10; i++)
        if (code_point == kanji_digits[i])
            return NUMERIC_KANJI;
    return NUMERIC_NONE;
}

static uint32_t
with_numeric(uint32_t entry, enum numeric_class class)
{
    return entry | ((uint32_t) class << FOLD_CLASS_BIT);
}

/* --- plain -------------------------------------------------------------------------------------------------------- */

struct plain_maker {
    const UNormalizer2 *normalizer;
    struct buffer strings;
};

static uint32_t
drop_entry(uint32_t code_point)
{
    /* ZERO WIDTH JOINER extends too, though the property leaves it out. */
    bool extends = code_point == 0x200D || u_hasBinaryProperty((UChar32)code_point, UCHAR_GRAPHEME_EXTEND);

    return make_entry(FOLD_DROP, extends ? DROP_EXTENDS : 0);
}

static uint32_t
mark_entry(uint32_t first)
{
    uint32_t flags = u_getCombiningClass((UChar32)first) != 0 ? MARK_NONSTARTER : 0;

    flags |= first == 0x3099 ? MARK_VOICED : first == 0x309A ? MARK_HALF_VOICED : 0;
    return make_entry(FOLD_MARK, flags);
}

/* Appends the UTF-8 form of `units` to the strings, its length in front; 0 when that fails. */
static uint32_t
several_entry(struct plain_maker *maker, const UChar *units, int32_t count)
{
    char text[4 * MAPPING_UNITS];
    int32_t bytes = 0;
    UErrorCode error = U_ZERO_ERROR;
    uint32_t offset = (uint32_t)maker->strings.bytes;
    uint32_t numeric = NUMERIC_NONE;

    u_strToUTF8(text, sizeof(text), &bytes, units, count, &error);
    if (U_FAILURE(error)) {
        maker->strings.failed = true;
        return 0;
    }
    for (int32_t i = 0; i < bytes;) {
        unsigned length = utf8_length((uint8_t)text[i]);
        if (numeric_class_of(utf8_decode((const uint8_t *)text + i, length)) != NUMERIC_NONE)
            numeric = NUMERIC_KANJI; /* any class will do: it says "look closer" */
        i += (int32_t)length;
    }
    buffer_append_byte(&maker->strings, (uint8_t)bytes);
    buffer_append(&maker->strings, text, (size_t)bytes);
    return with_numeric(make_entry(FOLD_SEVERAL, offset), (enum numeric_class)numeric);
}

/* 🅐 🅰 🄐 ⒜: ornaments of a Latin letter that NFKC leaves as they are, or in brackets; the letter, or 0. */
static uint32_t
ornate_latin(uint32_t code_point)
{
    static const uint32_t firsts[] = {0x249C, 0x1F110, 0x1F150, 0x1F170};
    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
        if (code_point >= firsts[i] && code_point < firsts[i] + 26)
            return 'a' + (code_point - firsts[i]);
    return 0;
}

static uint32_t
plain_entry(struct plain_maker *maker, uint32_t code_point)
{
    UChar source[2];
    UChar target[MAPPING_UNITS];
    UErrorCode error = U_ZERO_ERROR;
    int32_t source_units = 0;
    uint32_t first = 0;
    int32_t first_units = 0;

    if (code_point == 0x20E3) /* the box of a keycap: 1️⃣ is a 1 */
        return drop_entry(code_point);
    /* ⓵ ❶ ➀: NFKC folds only some of the digits in circles */
    if (code_point >= 0x2460 && code_point < 0x2800 &&
        u_getIntPropertyValue((UChar32)code_point, UCHAR_NUMERIC_TYPE) == U_NT_DIGIT) {
        return with_numeric(make_one('0' + (uint32_t)u_getNumericValue((UChar32)code_point)), NUMERIC_DIGIT);
    }
    uint32_t latin = ornate_latin(code_point);
    if (latin != 0)
        return make_one(latin);
    if (U_IS_SURROGATE(code_point) || unorm2_isInert(maker->normalizer, (UChar32)code_point))
        return with_numeric(FOLD_KEEP, numeric_class_of(code_point));
    U16_APPEND_UNSAFE(source, source_units, code_point);
    int32_t units = unorm2_normalize(maker->normalizer, source, source_units, target, MAPPING_UNITS, &error);
    if (U_FAILURE(error)) {
        maker->strings.failed = true;
        return 0;
    }
    if (units == 0)
        return drop_entry(code_point);
    U16_NEXT_UNSAFE(target, first_units, first);
    if (!unorm2_hasBoundaryBefore(maker->normalizer, (UChar32)code_point))
        return mark_entry(first);
    if (first_units == units && first == code_point)
        return with_numeric(FOLD_KEEP, numeric_class_of(first));
    if (first_units == units && first < 0x10000)
        return with_numeric(make_one(first), numeric_class_of(first));
    return several_entry(maker, target, units);
}

/* --- skeleton ----------------------------------------------------------------------------------------------------- */

#define LISTED_END 0x10000u /* all that is listed has code points below */

/* What stays though it is punctuation: it ends or encloses a thought, so no word goes on across it. Its wide forms are
 * folded in plain. */
static bool
is_kept_mark(uint32_t code_point)
{
    static const char *const kept[] = {"、", "。", "!", "?",  "「", "」", "『", "』",
                                       "(",  ")",  "@", "\n", "\r", "\v", "\f"};

    if (code_point >= LISTED_END)
        return false;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (first_code_point(kept[i]) == code_point)
            return true;
    return code_point == 0x85 || code_point == 0x2028 || code_point == 0x2029; /* line breaks too */
}

static bool
is_separator(uint32_t code_point)
{
    const uint32_t separators =
        U_GC_Z_MASK | U_GC_P_MASK | U_GC_S_MASK | U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CC_MASK | U_GC_CF_MASK;

    return (U_GET_GC_MASK((UChar32)code_point) & separators) != 0 ||
           (code_point < 0x20000 && u_hasBinaryProperty((UChar32)code_point, UCHAR_EXTENDED_PICTOGRAPHIC));
}

/* Latin letters without their accents: é is found as e. 0 for all others. */
static uint32_t
latin_base(const UNormalizer2 *nfd, uint32_t code_point)
{
    UChar units[MAPPING_UNITS];
    UErrorCode error = U_ZERO_ERROR;
    bool is_latin = (code_point >= 0xC0 && code_point < 0x250) || (code_point >= 0x1E00 && code_point < 0x1F00);

    if (!is_latin)
        return 0;
    int32_t count = unorm2_getDecomposition(nfd, (UChar32)code_point, units, MAPPING_UNITS, &error);
    return U_SUCCESS(error) && count > 1 && units[0] < 0x80 ? units[0] : 0;
}

/* With what the lists say by code point: to search them for every character took longer than all else. */
struct skeleton_maker {
    const UNormalizer2 *nfd;
    uint32_t folds[LISTED_END]; /* 0 = not listed */
    uint32_t classes[LISTED_END];
};

/* Where two lists name a character, the first counts. */
static void
list_fold(struct skeleton_maker *maker, uint32_t code_point, uint32_t fold)
{
    ASSERT(code_point < LISTED_END);
    if (maker->folds[code_point] == 0)
        maker->folds[code_point] = fold;
}

static void
list_folds(struct skeleton_maker *maker)
{
    for (size_t i = 0; i < sizeof(look_alikes) / sizeof(look_alikes[0]); i++)
        list_fold(maker, first_code_point(look_alikes[i][0]), first_code_point(look_alikes[i][1]));
    for (size_t i = 0; i + 1 < sizeof(old_kanji) / sizeof(old_kanji[0]); i += 2)
        list_fold(maker, old_kanji[i], old_kanji[i + 1]);
    for (size_t i = 0; i < sizeof(small_kana) / sizeof(small_kana[0]); i++)
        list_fold(maker, first_code_point(small_kana[i][0]), first_code_point(small_kana[i][1]));
}

static void
add_class(struct skeleton_maker *maker, const char *list, uint32_t class)
{
    for (const uint8_t *at = (const uint8_t *)list; *at != 0; at += utf8_length(*at)) {
        uint32_t code_point = utf8_decode(at, utf8_length(*at));
        ASSERT(code_point < LISTED_END);
        maker->classes[code_point] |= class;
    }
}

static void
list_classes(struct skeleton_maker *maker)
{
    for (uint32_t i = 0x3105; i <= 0x31BF; i++) { /* bopomofo, jamo, and more bopomofo */
        bool is_other = i == 0x3130 || (i > 0x3163 && i < 0x31A0);
        maker->classes[i] |= is_other ? 0 : HINT_LOOK_ALIKE;
    }
    add_class(maker, look_like_kana, HINT_LOOK_ALIKE);
    add_class(maker, signs, HINT_LOOK_ALIKE | LOOK_SIGN);
    add_class(maker, masks, HINT_MASK);
    add_class(maker, "\n\r\u2028", HINT_BREAK);
    add_class(maker, pair_begins, LOOK_PAIR);
}

#define DITTO_MARK 0x3003u /* 〃 and ° are written for ゛ and ゜ */
#define DEGREE_SIGN 0x00B0u

static uint32_t
skeleton_fold(const struct skeleton_maker *maker, uint32_t code_point)
{
    bool has_hiragana = (code_point >= 0x30A1 && code_point <= 0x30F6) || code_point == 0x30FD || code_point == 0x30FE;
    uint32_t folded = has_hiragana ? code_point - 0x60 : code_point;

    if (code_point == 0x3099 || code_point == 0x309A || code_point == DITTO_MARK || code_point == DEGREE_SIGN) {
        bool is_voiced = code_point == 0x3099 || code_point == DITTO_MARK;
        return make_entry(FOLD_MARK, is_voiced ? MARK_VOICED : MARK_HALF_VOICED);
    }
    if (U_IS_SURROGATE(code_point) || is_kept_mark(code_point))
        return FOLD_KEEP;
    if (folded < LISTED_END && maker->folds[folded] != 0)
        folded = maker->folds[folded];
    if (folded == code_point) {
        uint32_t base = latin_base(maker->nfd, code_point);
        folded = base != 0 ? base : folded;
    }
    if (folded != code_point)
        return make_one(folded);
    return is_separator(code_point) ? make_entry(FOLD_DROP, 0) : FOLD_KEEP;
}

static uint32_t
skeleton_entry(const struct skeleton_maker *maker, uint32_t code_point)
{
    uint32_t classes = code_point < LISTED_END ? maker->classes[code_point] : 0;

    return skeleton_fold(maker, code_point) | classes;
}

/* --- both --------------------------------------------------------------------------------------------------------- */

/* Adds the block `entries` for place `block` unless an equal one is there. */
static enum status
add_block(struct fold_table *table, struct buffer *blocks, uint32_t block, const uint32_t *entries)
{
    const size_t block_bytes = FOLD_BLOCK_SIZE * sizeof(uint32_t);
    size_t count = blocks->bytes / block_bytes;

    for (size_t i = 0; i < count; i++) {
        if (memcmp(blocks->data + i * block_bytes, entries, block_bytes) == 0) {
            table->shifts[block] = ((uint32_t)i - block) * FOLD_BLOCK_SIZE;
            return STATUS_OK;
        }
    }
    buffer_append(blocks, entries, block_bytes);
    table->shifts[block] = ((uint32_t)count - block) * FOLD_BLOCK_SIZE;
    return blocks->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status
own_blocks(struct fold_table *table, const struct buffer *blocks)
{
    table->entries = malloc(blocks->bytes);
    if (table->entries == NULL)
        return STATUS_NO_MEMORY;
    memcpy(table->entries, blocks->data, blocks->bytes);
    return STATUS_OK;
}

/* Looks at every code point once, for both tables. */
static enum status
fill(struct view_tables *tables, struct plain_maker *plains, const struct skeleton_maker *skeletons,
     struct buffer blocks[2])
{
    uint32_t plain[FOLD_BLOCK_SIZE];
    uint32_t skeleton[FOLD_BLOCK_SIZE];
    enum status status = STATUS_OK;

    for (uint32_t block = 0; status == STATUS_OK && block < FOLD_BLOCKS_TOTAL; block++) {
        for (uint32_t i = 0; i < FOLD_BLOCK_SIZE; i++) {
            plain[i] = plain_entry(plains, block * FOLD_BLOCK_SIZE + i);
            skeleton[i] = skeleton_entry(skeletons, block * FOLD_BLOCK_SIZE + i);
        }
        status = add_block(&tables->plain, &blocks[0], block, plain);
        if (status == STATUS_OK)
            status = add_block(&tables->skeleton, &blocks[1], block, skeleton);
    }
    if (status == STATUS_OK && plains->strings.failed)
        status = STATUS_NO_MEMORY;
    return status;
}

static enum status
make_tables(struct view_tables *tables, struct plain_maker *maker, struct buffer blocks[2])
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&error);

    maker->normalizer = unorm2_getNFKCCasefoldInstance(&error);
    if (U_FAILURE(error))
        return STATUS_INTERNAL;
    tables->normalizer = maker->normalizer;
    struct skeleton_maker *skeletons = calloc(1, sizeof(*skeletons));
    if (skeletons == NULL)
        return STATUS_NO_MEMORY;
    skeletons->nfd = nfd;
    list_folds(skeletons);
    list_classes(skeletons);
    enum status status = fill(tables, maker, skeletons, blocks);
    free(skeletons);
    if (status == STATUS_OK)
        status = own_blocks(&tables->plain, &blocks[0]);
    if (status == STATUS_OK)
        status = own_blocks(&tables->skeleton, &blocks[1]);
    if (status == STATUS_OK) {
        tables->strings = malloc(maker->strings.bytes);
        status = tables->strings != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (status == STATUS_OK)
        memcpy(tables->strings, maker->strings.data, maker->strings.bytes);
    return status;
}

/* The version stands in the ruleset hash: it must be that of the library at hand, not of the headers. */
static bool
is_icu_of_version(void)
{
    UVersionInfo version;
    char text[U_MAX_VERSION_STRING_LENGTH];

    u_getVersion(version);
    u_versionToString(version, text);
    return strcmp(text, U_ICU_VERSION) == 0;
}

enum status
view_tables_create(struct view_tables **tables_out)
{
    struct plain_maker maker = {0};
    struct buffer blocks[2];
    struct view_tables *tables = calloc(1, sizeof(*tables));

    if (tables == NULL)
        return STATUS_NO_MEMORY;
    buffer_init(&maker.strings);
    buffer_init(&blocks[0]);
    buffer_init(&blocks[1]);
    enum status status = is_icu_of_version() ? make_tables(tables, &maker, blocks) : STATUS_INTERNAL;
    buffer_fini(&blocks[1]);
    buffer_fini(&blocks[0]);
    buffer_fini(&maker.strings);
    if (status != STATUS_OK) {
        view_tables_destroy(&tables);
        return status;
    }
    *tables_out = tables;
    return STATUS_OK;
}

void
view_tables_destroy(struct view_tables **tables)
{
    if (tables == NULL || *tables == NULL)
        return;
    free((*tables)->plain.entries);
    free((*tables)->skeleton.entries);
    free((*tables)->strings);
    free(*tables);
    *tables = NULL;
}
