#include "scan/aim.h"

#include "scan/special_hits.h"
#include "text/intake.h"

enum { REACH_BEFORE_BYTES = 120, REACH_AFTER_BYTES = 60 };

#define COUNT(texts) (sizeof(texts) / sizeof *(texts))

static size_t
length_at(const struct state *state, uint32_t at, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (special_text_at(state, at, texts[i]))
            return strlen(texts[i]);
    return 0;
}

static size_t
length_before(const struct state *state, uint32_t end, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (special_text_before(state, end, texts[i]))
            return strlen(texts[i]);
    return 0;
}

static bool
is_any_in(const struct state *state, struct span span, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (special_text_in(state, span, texts[i]))
            return true;
    return false;
}

/* --- around the word ---------------------------------------------------------------------------------------------- */

static bool
is_letter(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'v') || (c >= 'x' && c <= 'z') || /* w is a laugh */
           (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FA) || (c >= 0x3400 && c <= 0x9FFF) || c == 0x3005;
}

static bool
has_letters(const struct state *state, struct span span)
{
    for (uint32_t at = span.start; at < span.end;)
        if (is_letter(utf8_next(state->plain.text, &at)))
            return true;
    return false;
}

static const char *const tails[] = {"がよ", "かよ", "だよ",   "だな", "だね", "やろ", "やな",
                                    "です", "ども", "どもが", "が",   "か",   "め",   "め",
                                    "共",   "だ",   "や",     "よ",   "な",   "草",   "笑"};

/* The word and what an exclamation adds to it (アホか, バカめ, カスどもが). */
static uint32_t
end_of_call(const struct state *state, uint32_t end)
{
    for (unsigned i = 0; i < 2; i++)
        end += (uint32_t)length_at(state, end, tails, COUNT(tails));
    return end;
}

/* Nothing else is said. */
static bool
is_all(const struct state *state, struct span plain)
{
    static const char *const leads[] = {"この",   "ほんと", "ほんま",          "マジ", "まじ", "ガチ",
                                        "ただの", "ド",     "どうしようもない"};
    struct span before = {0, plain.start}, after = {end_of_call(state, plain.end), (uint32_t)state->plain.text.bytes};
    before.end -= (uint32_t)length_before(state, before.end, leads, COUNT(leads));
    return !has_letters(state, before) && !has_letters(state, after);
}

/* このバカ, あんなカス共. */
static bool
is_pointed_at(const struct state *state, uint32_t start)
{
    static const char *const pointers[] = {"この", "そこの", "ここの", "あんな", "どこの"};
    return length_before(state, start, pointers, COUNT(pointers)) > 0;
}

/* At the end of a sentence, and not what something is: 早くしろボケ, but not 雨でクソ, 弟がアホ, 眠くてうざい. */
static bool
is_called_out(const struct state *state, struct span plain, struct span sentence)
{
    static const char *const links[] = {"は", "が",   "も",   "の", "な",   "で",     "に",      "と",
                                        "を", "って", "とか", "や", "より", "めちゃ", "めっちゃ"};
    static const char *const curses[] = {"くそ", "クソ"}; /* at nobody, at the end of a sentence */
    uint32_t end = end_of_call(state, plain.end);
    return state_char_before(state, plain.end) != 0x3044 /* い: says what something is like */ &&
           !has_letters(state, (struct span){end, sentence.end}) &&
           length_before(state, plain.start, links, COUNT(links)) == 0 &&
           length_at(state, plain.start, curses, COUNT(curses)) == 0;
}

static bool
is_about_oneself(const struct state *state, struct span plain)
{
    static const char *const selves[] = {"私",   "わたし", "僕",   "ぼく", "俺",   "おれ",
                                         "オレ", "ワイ",   "わい", "自分", "うち", "あたし"};
    static const char *const links[] = {"は", "が", "も", "って", "の", "みたいな", "とか", "なんか"};
    uint32_t start = plain.start - (uint32_t)length_before(state, plain.start, links, COUNT(links));
    uint32_t end = plain.end + (special_text_at(state, plain.end, "な") ? (uint32_t)strlen("な") : 0);
    return length_before(state, start, selves, COUNT(selves)) > 0 || length_at(state, end, selves, COUNT(selves)) > 0;
}

/* --- the sentence ------------------------------------------------------------------------------------------------- */

/* Where a target would stand. A word called out before the sentence that says why (クソ！二度と来るな) belongs to it.
 */
static struct span
reach(const struct state *state, struct span plain, struct span sentence)
{
    if (!has_letters(state, (struct span){end_of_call(state, plain.end), sentence.end}) &&
        !has_letters(state, (struct span){sentence.start, plain.start}) && sentence.end < state->plain.text.bytes)
        sentence.end = special_sentence(state, sentence.end + 1).end;
    if (plain.start > REACH_BEFORE_BYTES && sentence.start < plain.start - REACH_BEFORE_BYTES)
        sentence.start = plain.start - REACH_BEFORE_BYTES;
    if (sentence.end > plain.end + REACH_AFTER_BYTES)
        sentence.end = plain.end + REACH_AFTER_BYTES;
    return sentence;
}

static bool
is_one_of(const char *characters, uint32_t c)
{
    struct slice list = slice_of(characters);
    for (uint32_t at = 0; at < list.bytes;)
        if (utf8_next(list, &at) == c)
            return true;
    return false;
}

/* 田中さん, タロウくん; not たくさん, お客さん, 母さん, 赤ちゃん. */
static bool
has_named(const struct state *state, struct span span)
{
    static const char *const honorifics[] = {"さん", "くん", "ちゃん", "氏", "君"};
    for (size_t i = 0; i < COUNT(honorifics); i++)
        for (uint32_t at = span.start; at < span.end; at++) {
            uint32_t c = special_text_at(state, at, honorifics[i]) ? state_char_before(state, at) : 0;
            if (c >= 0x30A1 && !is_one_of("客皆母父兄姉婆爺嫁娘赤諸", c))
                return true;
        }
    return false;
}

/* 区議, 教育長: offices that cues.csv knows. */
static bool
has_person_cue(const struct state *state, struct span span)
{
    for (size_t i = state_first_cue(state, span.start); i < state->cue_count; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->plain.start >= span.end)
            break;
        if (cue->role == USE_TITLE)
            return true;
    }
    return false;
}

static bool
has_target(const struct state *state, struct span span)
{
    static const char *const people[] = {
        "お前",   "おまえ", "オマエ", "てめえ", "てめぇ", "テメエ", "てめー", "貴様",     "きさま", "あんた",
        "アンタ", "あなた", "君は",   "君が",   "君の",   "君も",   "君って", "君くらい", "君だけ", "君みたい",
        "こいつ", "コイツ", "そいつ", "ソイツ", "あいつ", "アイツ", "きみ",   "あの人",   "この人", "その人",
        "奴ら",   "やつら", "連中",   "あの女", "あの男", "この女", "この男", "あの親",   "あの子",
    };
    static const char *const offices[] = {
        "市長", "区長", "町長", "村長", "知事",   "議員",   "議会", "職員",     "公務員", "役所",   "役場",   "市役",
        "担当", "窓口", "係員", "係長", "課長",   "部長",   "上司", "先生",     "教師",   "教員",   "校長",   "担任",
        "園長", "会長", "委員", "代表", "保育士", "相談員", "医者", "医師",     "看護",   "警官",   "警察",   "政治家",
        "総理", "首相", "大臣", "市政", "区政",   "行政",   "政府", "対応する", "課の",   "対応が", "対応の", "対応は",
    };
    static const char *const others[] = {
        "隣の",   "隣人",   "近所",   "住人",   "店員",   "店長", "社長", "障害者",   "年寄り", "外国人",
        "中国人", "韓国人", "朝鮮人", "韓国は", "老人は", "在日", "信者", "ネトウヨ", "パヨク", "お姉さん",
    };
    return is_any_in(state, span, people, COUNT(people)) || is_any_in(state, span, offices, COUNT(offices)) ||
           is_any_in(state, span, others, COUNT(others)) || has_person_cue(state, span) || has_named(state, span);
}

/* What is wanted of the reader, beside a word of lust. */
static bool
is_asked_for(const struct state *state, struct span span)
{
    static const char *const wishes[] = {
        "しよ", "したい", "見せ", "みせ",     "好き",   "すき", "ちょうだい", "くれ",     "ください",   "送って",
        "送る", "希望",   "募集", "交換",     "売り",   "売る", "買い",       "やりたい", "どうですか", "どうよ",
        "貼",   "まとめ", "集め", "あげます", "こちら", "教え", "飲み行こ",   "会いたい", "揉"};
    return is_any_in(state, span, wishes, COUNT(wishes));
}

/* 監督「バカもん！」: a line of somebody else. */
static bool
is_line_of_another(const struct state *state, uint32_t start)
{
    enum { OPENING = 0x300C, CLOSING = 0x300D };
    for (uint32_t at = start; at > 0 && start - at < REACH_BEFORE_BYTES;) {
        uint32_t c = utf8_previous(state->plain.text, &at);
        if (c == CLOSING || c == '\n')
            return false;
        if (c == OPENING)
            return is_letter(state_char_before(state, at));
    }
    return false;
}

/* アホみたいに, クソほど: how much, not who. */
static bool
is_measure(const struct state *state, uint32_t end)
{
    static const char *const measures[] = {"みたいに", "ほど", "程", "みたいな値段", "みたいな量"};
    return length_at(state, end, measures, COUNT(measures)) > 0;
}

bool
aim_is_missing(const struct state *state, const struct term *term, struct span plain)
{
    if (!term->needs_aim || is_all(state, plain))
        return false;
    if (is_about_oneself(state, plain) || is_measure(state, plain.end) || is_line_of_another(state, plain.start))
        return true;
    struct span sentence = special_sentence(state, plain.start), near = reach(state, plain, sentence);
    bool is_lust = term->category != CATEGORY_DEFAMATION; /* or gore */
    if (!is_lust && (is_pointed_at(state, plain.start) || is_called_out(state, plain, sentence)))
        return false;
    return !has_target(state, near) && !(is_lust && is_asked_for(state, near));
}
