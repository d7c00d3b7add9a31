#include "scan/inquiry.h"

/* How far behind a doubt its question may end (本物|の市のサイトですか): what is nearer to another word asks of that.
 */
enum { DOUBT_REACH_BYTES = 39 };

#define LIST(words) words, sizeof words / sizeof *words

/* --- words -------------------------------------------------------------------------------------------------------- */

/* What is asked of something whose sender is in doubt. */
static const char *const doubts[] = {"本物",         "ほんもの", "ほんまもん",   "ほんまに", "合って", "あって",
                                     "正しい",       "正規",     "詐欺",         "さぎ",     "サギ",   "偽",
                                     "にせ",         "ニセ",     "怪し",         "あやし",   "不審",   "変な",
                                     "危な",         "ウイルス", "迷惑メール",   "信用",     "信じて", "大丈夫",
                                     "だいじょうぶ", "なりすま", "フィッシング", "スパム",   "公式",   "安全な"};
/* Whose it may be, and how that is said. */
static const char *const owners[] = {"市", "しやくしょ", "しやくしょう", "区",     "町",     "村",    "県",
                                     "国", "役所",       "役場",         "市さん", "そちら", "おたく"};
static const char *const owned[] = {
    "のもの", "のもん", "のやつ",       "のサイト", "のページ",   "のリンク", "のurl",    "のメール", "のsms",
    "のline", "の公式", "のアカウント", "のアプリ", "のお知らせ", "の通知",   "のお便り", "のですか", "からの",
    "から来", "からき", "から届",       "から送",   "からなん",   "からで",   "から?",    "が送",     "が出し",
    "が作",   "が発信", "がやって",     "が配",     "の関係",     "公式"};
static const char *const question_ends[] = {"か",   "かな", "かね", "かしら", "かいな", "やんな", "よね", "でしょ",
                                            "なの", "なん", "やろ", "やろか", "だろ",   "の",     "かも", "っけ"};
static const char *const asked_inside[] = {"か教えて", "か確認", "かどうか", "か知りた", "かわか",
                                           "か分か",   "か不安", "か心配",   "か調べ",   "かと思"};

/* What only somebody says who got a message and mistrusts it. */
static const char *const reports[] = {
    "詐欺でしょ",     "詐欺です",     "詐欺だと",       "詐欺かも",     "詐欺っぽ",     "詐欺では",
    "詐欺じゃ",       "詐欺みたい",   "詐欺らし",       "詐欺メール",   "詐欺サイト",   "詐欺sms",
    "詐欺の疑い",     "詐欺に注意",   "怪しいメール",   "怪しいsms",    "怪しいサイト", "怪しいリンク",
    "怪しいurl",      "怪しいメッセ", "怪しいライン",   "怪しいline",   "怪しいショー", "怪しいdm",
    "怪しいアカ",     "怪しいqr",     "怪しいもの",     "怪しいので",   "怪しいで",     "怪しいんで",
    "怪しいと",       "怪しいけ",     "怪しいから",     "怪しい。",     "怪しすぎ",     "怪しくて",
    "あやしい",       "不審なメ",     "不審なsms",      "不審なリンク", "不審なサイト", "不審なurl",
    "不審なショー",   "不審なアカ",   "変なメ",         "変なsms",      "変なリンク",   "変なサイト",
    "変なurl",        "変なライン",   "変なline",       "変なショー",   "変なdm",       "偽サイト",
    "偽アカ",         "偽メール",     "偽物",           "偽の市",       "偽の区",       "偽のサイト",
    "偽のメール",     "偽のページ",   "偽のアカ",       "ニセサイト",   "なりすましメ", "なりすましア",
    "なりすましの",   "フィッシング", "迷惑メール",     "注意喚起",     "通報し",       "報告します",
    "報告です",       "被害に",       "開いていません", "開いてません", "開いてない",   "開けていません",
    "押していません", "押してません", "踏んでません",   "無視して"};
/* Alarms that swindlers raise themselves. */
static const char *const alarms[] = {"怪しいログ",     "不審なログ",     "怪しいアクセ", "不審なアクセ",
                                     "ご確認ください", "確認して下さい", "はこちら",     "こちらから",
                                     "ご登録",         "お手続き",       "ログインして", "今すぐ"};
/* Done already, and sorry for it. */
static const char *const mishaps[] = {
    "開いてしま",       "開いちゃ",     "押してしま",   "押しちゃ",   "クリックしてしま",     "クリックしちゃ",
    "タップしてしま",   "タップしちゃ", "入力してしま", "入力しちゃ", "登録してしま",         "登録しちゃ",
    "アクセスしてしま", "踏んでしま",   "踏んじゃ",     "答えてしま", "送ってしま",           "送っちゃ",
    "払ってしま",       "払っちゃ",     "教えてしま",   "教えちゃ",   "ダウンロードしてしま", "入れてしま",
    "入れちゃ"};
/* About links alone: one that does not open, one that the city printed, leave to open it. */
static const char *const troubles[] = {
    "開けません",   "開けない",       "開きません",     "開かない",       "見られません", "見れません",
    "見れない",     "つながりません", "つながらない",   "繋がらない",     "リンク切れ",   "リンクが切れ",
    "エラー",       "飛べません",     "飛べない",       "表示されません", "表示されない", "広報に載って",
    "広報に書いて", "広報紙に",       "チラシに載って", "チラシに書いて", "回覧板に",     "ホームページに載って"};
static const char *const leaves[] = {"ばいいですか",     "ばいいんですか", "ばいいのですか",     "ばいいのでしょうか",
                                     "ばいいんですよね", "ばいいですよね", "ばよいですか",       "ばよいでしょうか",
                                     "ばよいのですか",   "ば良いですか",   "ば良いのでしょうか", "ても大丈夫",
                                     "て大丈夫",         "でも大丈夫",     "で大丈夫",           "ていいですか",
                                     "てもいいですか",   "ていいんですか", "てもよいですか",     "てよいですか",
                                     "ていいの?",        "ていいのかな",   "てもいいの",         "てもええ",
                                     "てええ",           "てよろしい",     "てもよろしい"};

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool
says_one_of(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memmem(text.data, text.bytes, words[i], strlen(words[i])))
            return true;
    return false;
}

static bool
begins_with(struct slice text, const char *word)
{
    size_t bytes = strlen(word);
    return bytes <= text.bytes && memcmp(text.data, word, bytes) == 0;
}

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

/* What is left of `text` from `at` on: a sentence ends at 。, !, a line break, a link and behind ?. */
static struct slice
sentence_from(struct slice text, size_t at)
{
    size_t end = at;
    while (end < text.bytes && text.data[end] != '!' && text.data[end] != '\n' &&
           !begins_with((struct slice){text.data + end, text.bytes - end}, "。") &&
           !begins_with((struct slice){text.data + end, text.bytes - end}, "://")) {
        if (text.data[end++] == '?')
            break;
    }
    return (struct slice){text.data + at, end - at};
}

/* Whether a question ends early in `rest`, which follows a doubt. */
static bool
is_asked(struct slice rest)
{
    static const char *const schemes[] = {"http", "https", "hxxp", "hxxps"};
    struct slice near = {rest.data, rest.bytes < DOUBT_REACH_BYTES ? rest.bytes : DOUBT_REACH_BYTES};
    if (memchr(near.data, '?', near.bytes) || says_one_of(near, LIST(asked_inside)))
        return true;
    for (size_t i = sizeof schemes / sizeof *schemes; i-- > 0;)
        if (ends_with_one_of(rest, &schemes[i], 1)) {
            rest.bytes -= strlen(schemes[i]);
            break;
        }
    while (rest.bytes > 0 && (rest.data[rest.bytes - 1] <= ' ' || rest.data[rest.bytes - 1] == '.'))
        rest.bytes--;
    return rest.bytes <= DOUBT_REACH_BYTES && ends_with_one_of(rest, LIST(question_ends));
}

/* 本物ですか, 詐欺なのかな, 怪しくない?. */
static bool
asks_of_doubt(struct slice text)
{
    for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++) {
        size_t bytes = strlen(doubts[i]), from = 0;
        const uint8_t *at;
        while ((at = memmem(text.data + from, text.bytes - from, doubts[i], bytes))) {
            from = (size_t)(at - text.data) + bytes;
            if (is_asked(sentence_from(text, from)))
                return true;
        }
    }
    return false;
}

/* 市のものですか, 役所から来たんでしょうか. */
static bool
asks_of_owner(struct slice text)
{
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
        size_t from = 0;
        const uint8_t *at;
        while ((at = memmem(text.data + from, text.bytes - from, owned[i], strlen(owned[i])))) {
            size_t begin = (size_t)(at - text.data);
            from = begin + strlen(owned[i]);
            if (ends_with_one_of((struct slice){text.data, begin}, LIST(owners)) &&
                is_asked(sentence_from(text, begin)))
                return true;
        }
    }
    return false;
}

/* 詐欺サイトではありません, 偽物じゃない: the swindler's own word, unless it is asked. */
static bool
is_denied(struct slice behind)
{
    static const char *const denials[] = {"ではない", "ではな", "ではあり", "じゃない", "じゃな",
                                          "じゃあり", "でない", "とは違",   "くない",   "くあり"};
    struct slice near = {behind.data, behind.bytes < DOUBT_REACH_BYTES ? behind.bytes : DOUBT_REACH_BYTES};
    return says_one_of(near, LIST(denials)) && !is_asked(behind);
}

static bool
reports_it(struct slice text)
{
    if (says_one_of(text, LIST(alarms)))
        return false;
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        const uint8_t *at = memmem(text.data, text.bytes, reports[i], strlen(reports[i]));
        if (at && !is_denied(sentence_from(text, (size_t)(at - text.data))))
            return true;
    }
    return false;
}

/* --- sparing ------------------------------------------------------------------------------------------------------ */

enum inquiry { INQUIRY_NONE, INQUIRY_LINK /* about the link alone */, INQUIRY_MESSAGE };

static enum inquiry
inquiry_of(struct slice text)
{
    if (asks_of_doubt(text) || asks_of_owner(text) || says_one_of(text, LIST(mishaps)) || reports_it(text))
        return INQUIRY_MESSAGE;
    return says_one_of(text, LIST(troubles)) || says_one_of(text, LIST(leaves)) ? INQUIRY_LINK : INQUIRY_NONE;
}

static bool
is_of_link(const struct finding *finding)
{
    return strncmp(finding->rule, "link.", 5) == 0;
}

static bool
may_be_asked_about(const struct candidate *candidate)
{
    enum category category = candidate->finding.category;
    return !candidate->is_dropped && candidate->finding.likelihood > INQUIRY_LIKELIHOOD &&
           strcmp(candidate->finding.rule, "link.denied") != 0 &&
           (category == CATEGORY_HARMFUL_LINK || category == CATEGORY_MALWARE || category == CATEGORY_IMPERSONATION ||
            category == CATEGORY_COMMERCIAL);
}

void
inquiry_spare(struct state *state)
{
    enum inquiry inquiry = INQUIRY_NONE;
    bool is_read = false;
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        if (!may_be_asked_about(candidate))
            continue;
        if (!is_read)
            inquiry = inquiry_of(state->plain.text);
        is_read = true;
        if (inquiry == INQUIRY_NONE || (inquiry == INQUIRY_LINK && !is_of_link(&candidate->finding)))
            continue;
        candidate->finding.likelihood = INQUIRY_LIKELIHOOD;
        state_trace(state, TRACE_DROP, candidate->plain, candidate->finding.rule, "asked about", INQUIRY_LIKELIHOOD);
    }
}
