#include "rules/words.h"

#include <stdio.h>

#include "rules/vocabulary.h"

static const struct word info_types[INFO_COUNT] = {
    [INFO_PERSON] = {"PERSON", "氏名"},
    [INFO_ADDRESS] = {"ADDRESS", "住所"},
    [INFO_PHONE] = {"PHONE", "電話番号"},
    [INFO_EMAIL] = {"EMAIL", "メールアドレス"},
    [INFO_URL] = {"URL", "URL"},
    [INFO_POSTAL_CODE] = {"POSTAL_CODE", "郵便番号"},
    [INFO_MY_NUMBER] = {"MY_NUMBER", "マイナンバー"},
    [INFO_CORPORATE_NUMBER] = {"CORPORATE_NUMBER", "法人番号"},
    [INFO_CREDIT_CARD] = {"CREDIT_CARD", "カード番号"},
    [INFO_DRIVERS_LICENSE] = {"DRIVERS_LICENSE", "運転免許証番号"},
    [INFO_PASSPORT] = {"PASSPORT", "旅券番号"},
    [INFO_RESIDENCE_CARD] = {"RESIDENCE_CARD", "在留カード番号"},
    [INFO_RESIDENT_RECORD_CODE] = {"RESIDENT_RECORD_CODE", "住民票コード"},
    [INFO_PENSION_NUMBER] = {"PENSION_NUMBER", "基礎年金番号"},
    [INFO_EMPLOYMENT_INSURANCE] = {"EMPLOYMENT_INSURANCE", "雇用保険番号"},
    [INFO_HEALTH_INSURANCE] = {"HEALTH_INSURANCE", "健康保険番号"},
    [INFO_CARE_INSURANCE] = {"CARE_INSURANCE", "介護保険番号"},
    [INFO_BANK_ACCOUNT] = {"BANK_ACCOUNT", "口座番号"},
    [INFO_PLATE] = {"PLATE", "車両番号"},
    [INFO_LINE_ID] = {"LINE_ID", "LINE ID"},
    [INFO_LINE_USER_ID] = {"LINE_USER_ID", "LINEユーザーID"},
    [INFO_SNS_HANDLE] = {"SNS_HANDLE", "SNSアカウント"},
    [INFO_BIRTH_DATE] = {"BIRTH_DATE", "生年月日"},
    [INFO_AGE] = {"AGE", "年齢"},
    [INFO_JOB_TITLE] = {"JOB_TITLE", "役職"},
    [INFO_IP_ADDRESS] = {"IP_ADDRESS", "IPアドレス"},
    [INFO_GEO] = {"GEO", "位置情報"},
    [INFO_CREDENTIAL] = {"CREDENTIAL", "認証情報"},
    [INFO_SPECIAL_CARE] = {"SPECIAL_CARE", "要配慮個人情報"},
    [INFO_COMPOSITE] = {"COMPOSITE", "個人を特定しうる情報"},
};

static const struct word categories[CATEGORY_COUNT] = {
    [CATEGORY_ILLEGAL] = {"ILLEGAL", "違法"},
    [CATEGORY_DEFAMATION] = {"DEFAMATION", "誹謗中傷"},
    [CATEGORY_POLITICS] = {"POLITICS", "政治活動"},
    [CATEGORY_RELIGION] = {"RELIGION", "宗教活動"},
    [CATEGORY_IP_RIGHTS] = {"IP_RIGHTS", "権利侵害"},
    [CATEGORY_COMMERCIAL] = {"COMMERCIAL", "営利目的"},
    [CATEGORY_DISCRIMINATION] = {"DISCRIMINATION", "差別"},
    [CATEGORY_PUBLIC_ORDER] = {"PUBLIC_ORDER", "公序良俗"},
    [CATEGORY_FALSE_RUMOR] = {"FALSE_RUMOR", "虚偽・うわさ"},
    [CATEGORY_PRIVACY] = {"PRIVACY", "プライバシー"},
    [CATEGORY_MALWARE] = {"MALWARE", "有害プログラム"},
    [CATEGORY_OBSCENE] = {"OBSCENE", "わいせつ"},
    [CATEGORY_IMPERSONATION] = {"IMPERSONATION", "なりすまし"},
    [CATEGORY_ABETMENT] = {"ABETMENT", "助長"},
    [CATEGORY_HARMFUL_LINK] = {"HARMFUL_LINK", "有害リンク"},
    [CATEGORY_LINE_TERMS] = {"LINE_TERMS", "LINE規約"},
    [CATEGORY_SECRET] = {"SECRET", "秘密"},
    [CATEGORY_SECURITY] = {"SECURITY", "セキュリティ"},
    [CATEGORY_DISRESPECT] = {"DISRESPECT", "礼節"},
};

static const struct word severities[SEVERITY_COUNT] = {
    [SEVERITY_LOW] = {"LOW", "弱"},
    [SEVERITY_MEDIUM] = {"MEDIUM", "中"},
    [SEVERITY_HIGH] = {"HIGH", "強"},
};

static const struct word subjects[SUBJECT_COUNT] = {
    [SUBJECT_SELF] = {"SELF"},         [SUBJECT_FAMILY] = {"FAMILY"}, [SUBJECT_OTHER] = {"OTHER"},
    [SUBJECT_OFFICIAL] = {"OFFICIAL"}, [SUBJECT_PUBLIC] = {"PUBLIC"}, [SUBJECT_UNKNOWN] = {"UNKNOWN"},
};

static const struct word directions[DIRECTION_COUNT] = {
    [DIRECTION_INBOUND] = {"inbound", "受信"},
    [DIRECTION_OUTBOUND] = {"outbound", "送信"},
};

static const struct word surfaces[SURFACE_COUNT] = {
    [SURFACE_MESSAGE_TEXT] = {"MESSAGE_TEXT", "本文"},
    [SURFACE_DISPLAY_NAME] = {"DISPLAY_NAME", "表示名"},
    [SURFACE_STATUS_MESSAGE] = {"STATUS_MESSAGE", "ひとこと"},
    [SURFACE_STICKER_TEXT] = {"STICKER_TEXT", "スタンプ"},
    [SURFACE_LOCATION] = {"LOCATION", "位置情報"},
    [SURFACE_FILE_NAME] = {"FILE_NAME", "ファイル名"},
    [SURFACE_POSTBACK] = {"POSTBACK", "ポストバック"},
};

static const struct word actions[ACTION_COUNT] = {
    [ACTION_ALLOW] = {"allow", "許可"},
    [ACTION_REDACT] = {"redact", "伏せ字"},
    [ACTION_BLOCK] = {"block", "遮断"},
};

static const struct word transforms[TRANSFORM_COUNT] = {
    [TRANSFORM_LABEL] = {"label"},
    [TRANSFORM_MASK] = {"mask"},
    [TRANSFORM_REMOVE] = {"remove"},
    [TRANSFORM_KEEP] = {"keep"},
    [TRANSFORM_NUMBERED_LABEL] = {"numbered_label"},
    [TRANSFORM_TOKEN] = {"token"},
    [TRANSFORM_ENCRYPT] = {"encrypt"},
    [TRANSFORM_GENERALISE] = {"generalise"},
};

static const struct word match_modes[MATCH_COUNT] = {
    [MATCH_WORD] = {"word", "単語"},       [MATCH_PHRASE] = {"phrase", "語句"}, [MATCH_ANYWHERE] = {"anywhere", "部分"},
    [MATCH_READING] = {"reading", "読み"}, [MATCH_FRAMED] = {"framed", "文脈"},
};

const struct vocabulary vocabulary_info_type = {"info type", info_types, INFO_COUNT};
const struct vocabulary vocabulary_category = {"category", categories, CATEGORY_COUNT};
const struct vocabulary vocabulary_severity = {"severity", severities, SEVERITY_COUNT};
const struct vocabulary vocabulary_subject = {"subject", subjects, SUBJECT_COUNT};
const struct vocabulary vocabulary_direction = {"direction", directions, DIRECTION_COUNT};
const struct vocabulary vocabulary_surface = {"surface", surfaces, SURFACE_COUNT};
const struct vocabulary vocabulary_action = {"action", actions, ACTION_COUNT};
const struct vocabulary vocabulary_transform = {"transform", transforms, TRANSFORM_COUNT};
const struct vocabulary vocabulary_match_mode = {"match", match_modes, MATCH_COUNT};

static unsigned char
ascii_lower(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte + ('a' - 'A')) : byte;
}

static bool
equal_ignoring_case(struct slice a, struct slice b)
{
    if (a.bytes != b.bytes)
        return false;
    for (size_t i = 0; i < a.bytes; i++)
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
            return false;
    return true;
}

bool
vocabulary_parse(const struct vocabulary *vocabulary, struct slice word, unsigned *number_out)
{
    for (unsigned i = 0; i < vocabulary->count; i++) {
        const struct word *candidate = &vocabulary->words[i];
        if (!candidate->english)
            continue;
        if (equal_ignoring_case(word, slice_of(candidate->english)) ||
            (candidate->japanese && slice_equal(word, slice_of(candidate->japanese)))) {
            *number_out = i;
            return true;
        }
    }
    return false;
}

#define DISTANCE_MAX_BYTES 63

unsigned
word_distance(struct slice a, struct slice b, unsigned limit)
{
    unsigned row[DISTANCE_MAX_BYTES + 1];
    if (a.bytes > DISTANCE_MAX_BYTES || b.bytes > DISTANCE_MAX_BYTES)
        return limit + 1;
    for (unsigned j = 0; j <= b.bytes; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a.bytes; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b.bytes; j++) {
            unsigned replace = diagonal + (ascii_lower(a.data[i - 1]) != ascii_lower(b.data[j - 1]));
            unsigned insert = row[j - 1] + 1;
            unsigned erase = row[j] + 1;
            diagonal = row[j];
            row[j] = replace < insert ? replace : insert;
            row[j] = row[j] < erase ? row[j] : erase;
        }
    }
    return row[b.bytes] <= limit ? row[b.bytes] : limit + 1;
}

const char *
vocabulary_mend(const struct vocabulary *vocabulary, struct slice word, char *out, size_t out_bytes)
{
    size_t used = (size_t)snprintf(out, out_bytes, "write one of");
    bool is_japanese = word.bytes > 0 && word.data[0] >= 0x80; /* the words come in the language of the cell */
    for (unsigned i = 0; i < vocabulary->count; i++) {
        const struct word *candidate = &vocabulary->words[i];
        if (!candidate->english)
            continue;
        if (word.bytes > 3 && word_distance(word, slice_of(candidate->english), 2) <= 2) {
            snprintf(out, out_bytes, "did you mean %s?", candidate->english);
            return out;
        }
        if (used < out_bytes) {
            const char *comma = used == strlen("write one of") ? "" : ",";
            const char *shown = is_japanese && candidate->japanese ? candidate->japanese : candidate->english;
            used += (size_t)snprintf(out + used, out_bytes - used, "%s %s", comma, shown);
        }
    }
    return out;
}

static const char *
word_of(const struct vocabulary *vocabulary, unsigned number)
{
    return number < vocabulary->count && vocabulary->words[number].english ? vocabulary->words[number].english : "?";
}

static const char *
label_of(const struct vocabulary *vocabulary, unsigned number)
{
    return number < vocabulary->count && vocabulary->words[number].japanese ? vocabulary->words[number].japanese : "?";
}

/* The typed face of one vocabulary. */
#define WORD_FUNCTION(name)                                  \
    const char *name##_word(enum name value)                 \
    {                                                        \
        return word_of(&vocabulary_##name, (unsigned)value); \
    }
#define LABEL_FUNCTION(name)                                  \
    const char *name##_label(enum name value)                 \
    {                                                         \
        return label_of(&vocabulary_##name, (unsigned)value); \
    }
#define PARSE_FUNCTION(name)                                        \
    bool name##_parse(struct slice word, enum name *out)            \
    {                                                               \
        unsigned number;                                            \
        if (!vocabulary_parse(&vocabulary_##name, word, &number)) { \
            return false;                                           \
        }                                                           \
        *out = (enum name)number;                                   \
        return true;                                                \
    }

WORD_FUNCTION(info_type)
WORD_FUNCTION(category)
WORD_FUNCTION(severity)
WORD_FUNCTION(subject)
WORD_FUNCTION(direction)
WORD_FUNCTION(surface)
WORD_FUNCTION(action)
WORD_FUNCTION(match_mode)
LABEL_FUNCTION(info_type)
LABEL_FUNCTION(category)
PARSE_FUNCTION(info_type)
PARSE_FUNCTION(category)
PARSE_FUNCTION(direction)
PARSE_FUNCTION(surface)
PARSE_FUNCTION(action)

bool
info_type_is_identifier(enum info_type value)
{
    switch (value) {
    case INFO_MY_NUMBER:
    case INFO_PASSPORT:
    case INFO_DRIVERS_LICENSE:
    case INFO_PENSION_NUMBER:
    case INFO_RESIDENT_RECORD_CODE:
    case INFO_HEALTH_INSURANCE:
    case INFO_CARE_INSURANCE:
        return true;
    default:
        return false;
    }
}
