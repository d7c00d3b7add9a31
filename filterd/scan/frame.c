#include "scan/frame.h"

#include "text/intake.h"
#include "text/letters.h"

enum aim { AIM_NONE, AIM_INSULT, AIM_LURE, AIM_OFFER };

/* How well what stands on one side of the word fits. */
enum fit { FITS_NOT, FITS_NOTHING /* nothing stands there that means anything */, FITS };

/* Before an insult: whom it is meant for, what makes it stronger, when it shall happen. */
static const char *const insulted[] = {
    "この",     "お前",     "おまえ", "オマエ",   "お前等", "お前ら",   "おまえら", "あいつ",   "こいつ",  "そいつ",
    "アイツ",   "コイツ",   "てめえ", "テメエ",   "貴様",   "きさま",   "あんた",   "みたいな", "まじ",    "マジ",
    "まじで",   "マジで",   "ほんと", "ほんとに", "ほんま", "ほんまに", "本当に",   "ガチ",     "ガチで",  "全員",
    "みんな",   "奴",       "やつ",   "奴等",     "連中",   "職員",     "市長",     "区長",     "町長",    "知事",
    "課長",     "部長",     "係長",   "担当",     "担当者", "所長",     "校長",     "議員",     "先生",    "教師",
    "教員",     "公務員",   "役人",   "役所",     "市役所", "区役所",   "議会",     "窓口の人", "受付",    "どうせ",
    "うるせえ", "うるさい", "黙れ",   "明日",     "今すぐ", "さっさと", "早く",     "お前を",   "あいつを"};
static const char *const insult_goes_on[] = {
    "だな",   "だね",     "だよ",   "だろ",   "だわ", "かよ",   "すぎ",   "過ぎ",   "ぶり",  "っぷり", "野郎",
    "やろう", "ども",     "共",     "め!",    "やん", "やわ",   "じゃん", "なの",   "ばか",  "しか",   "の癖",
    "のくせ", "みたいな", "からな", "からね", "ぞ",   "に呆れ", "に税金", "のくそ", "と思う"};
/* What is said to nobody else. */
static const char *const insult_ends[] = {"は死ね",   "は仕事",     "は消え", "は帰れ",  "は国に",
                                          "は出て",   "はやめ",     "は辞め", "は黙",    "はくたば",
                                          "は町から", "はさっさと", "は失せ", "は二度と"};

/* Before an offer or a wish: whom it is said to, and when. */
static const char *const lured[] = {
    "今から", "今夜",     "今日",   "誰か", "だれか", "一緒に", "お姉さん", "おねえさん", "姉ちゃん", "奥さん", "女子",
    "女の子", "職員さん", "さんと", "jk",   "jc",     "君",     "彼女",     "まじ",       "マジ",     "俺と",   "僕と"};
/* "$": nothing else follows. */
static const char *const offers[] = {"募集",         "紹介しま",  "紹介する",     "あります",   "あるよ", "あり〼",
                                     "やりませんか", "やらない?", "しない?",      "しませんか", "やる人", "できる人",
                                     "できる子",     "手押し",    "手渡し",       "売ります",   "売るよ", "売ってます",
                                     "譲ります",     "希望者",    "やってみない", "ok$"};
static const char *const wishes[] = {"しよ",       "したい",     "させて",   "する?",  "大好き",   "好き?",  "見せて",
                                     "みせて",     "どう$",      "やりたい", "やりま", "希望",     "行ける", "してくれ",
                                     "して下さい", "してほしい", "買います", "相手",   "待ってる", "触らせ", "さわらせ",
                                     "舐め",       "揉ませ",     "もませ",   "最高"};

static enum aim
aim_of(enum category category)
{
    switch (category) {
    case CATEGORY_DEFAMATION:
    case CATEGORY_DISCRIMINATION:
    case CATEGORY_PUBLIC_ORDER:
    case CATEGORY_DISRESPECT:
        return AIM_INSULT;
    case CATEGORY_OBSCENE:
    case CATEGORY_ILLEGAL:
        return AIM_LURE;
    case CATEGORY_COMMERCIAL:
        return AIM_OFFER;
    default:
        return AIM_NONE;
    }
}

static bool
is_letter(uint32_t c)
{
    return letter_is_hiragana(c) || letter_is_katakana(c) || letter_is_kanji(c) || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9');
}

/* Whether what is said begins at `at`: the message does, a line, or a sentence. Without spaces before it, too. */
static bool
begins(const struct state *state, uint32_t at)
{
    uint32_t before = state_char_before(state, at);
    return before == 0 || before == '\n' || before == 0x3002 || before == '!' || before == '?' || before == 0x300C;
}

#define LIST(words) words, sizeof words / sizeof *words

static bool
ends_with_one_of(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t bytes = strlen(words[i]);
        if (bytes <= text.bytes && memcmp(text.data + text.bytes - bytes, words[i], bytes) == 0)
            return true;
    }
    return false;
}

static bool
begins_with_one_of(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t bytes = strlen(words[i]);
        if (bytes <= text.bytes && memcmp(text.data, words[i], bytes) == 0)
            return true;
    }
    return false;
}

static enum fit
fit_before(const struct state *state, uint32_t start, enum aim aim)
{
    static const char *const particles[] = {"は", "の", "が", "も", "って", "を", "、", "ら"};
    struct slice text = {state->plain.text.data, start};
    while (text.bytes > 0 && (text.data[text.bytes - 1] == ' ' || text.data[text.bytes - 1] == '\n'))
        text.bytes--;
    if (begins(state, (uint32_t)text.bytes))
        return FITS_NOTHING;
    if (aim != AIM_INSULT)
        return ends_with_one_of(text, LIST(lured)) ? FITS : FITS_NOT;
    if (ends_with_one_of(text, LIST(insulted)))
        return FITS;
    for (size_t i = 0; i < sizeof particles / sizeof *particles; i++) {
        struct slice rest = text;
        if (!ends_with_one_of(text, &particles[i], 1))
            continue;
        rest.bytes -= strlen(particles[i]); /* 市長は, お前って, 課長の */
        if (ends_with_one_of(rest, LIST(insulted)))
            return FITS;
    }
    return FITS_NOT;
}

/* Nothing but an outcry follows: が, だよ, !, www. */
static bool
dies_away(struct slice text)
{
    static const char *const cries[] = {"が", "だ", "よ", "ね", "な", "め", "か", "や",
                                        "w",  "笑", "草", "!",  "。", "~",  "ー", "…"};
    for (unsigned steps = 0; steps < 8; steps++) {
        while (text.bytes > 0 && (text.data[0] == ' ' || text.data[0] == '\n'))
            text = (struct slice){text.data + 1, text.bytes - 1};
        if (text.bytes == 0)
            return true;
        uint32_t at = 0;
        if (text.data[0] == '?' || (is_letter(utf8_next(text, &at)) && !begins_with_one_of(text, LIST(cries))))
            return false;
        text = (struct slice){text.data + at, text.bytes - at};
    }
    return false;
}

/* An offer, unless it is asked for: ありますか. */
static bool
goes_on_with(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t bytes = strlen(words[i]);
        bool ends = words[i][bytes - 1] == '$';
        bytes -= ends;
        if (bytes > text.bytes || memcmp(text.data, words[i], bytes) != 0)
            continue;
        struct slice rest = {text.data + bytes, text.bytes - bytes};
        if (ends ? rest.bytes == 0 || *rest.data == '?' || *rest.data == '!' || *rest.data == ' '
                 : !begins_with_one_of(rest, (const char *const[]){"か"}, 1))
            return true;
    }
    return false;
}

static enum fit
fit_behind(const struct state *state, uint32_t end, enum aim aim)
{
    static const char *const kinds[] = {"バイト", "ばいと", "案件", "の仕事", "の人", "の子", "を"};
    struct slice text = {state->plain.text.data + end, state->plain.text.bytes - end};
    if (dies_away(text))
        return FITS_NOTHING;
    while (text.bytes > 0 && text.data[0] == ' ')
        text = (struct slice){text.data + 1, text.bytes - 1};
    if (aim == AIM_INSULT)
        return begins_with_one_of(text, LIST(insult_ends))      ? FITS
               : begins_with_one_of(text, LIST(insult_goes_on)) ? FITS_NOTHING
                                                                : FITS_NOT;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (begins_with_one_of(text, &kinds[i], 1)) {
            text = (struct slice){text.data + strlen(kinds[i]), text.bytes - strlen(kinds[i])};
            break;
        }
    return goes_on_with(text, LIST(offers)) || (aim == AIM_LURE && goes_on_with(text, LIST(wishes))) ? FITS : FITS_NOT;
}

bool
frame_fits(const struct state *state, struct span word, enum category category, bool bare)
{
    enum aim aim = aim_of(category);
    enum fit before = aim ? fit_before(state, word.start, aim) : FITS_NOT;
    enum fit behind = before ? fit_behind(state, word.end, aim) : FITS_NOT;
    return behind && (bare || before == FITS || behind == FITS);
}
