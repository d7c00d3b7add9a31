/* rules/words.h - the closed vocabularies, with the words by which files, wire and people name them.
 *
 * Numbers equal the wire's (proto/filterd/v1/filter.proto), a test holds them together. Each word function accepts any
 * value and answers "?" for a foreign one; each parse function accepts the English word in any case and, where given,
 * the Japanese one.
 */
#ifndef RULES_WORDS_H
#define RULES_WORDS_H

#include <stdbool.h>

#include "base/span.h"

enum info_type {
    INFO_NONE,
    INFO_PERSON,
    INFO_ADDRESS,
    INFO_PHONE,
    INFO_EMAIL,
    INFO_URL,
    INFO_POSTAL_CODE,
    INFO_MY_NUMBER,
    INFO_CORPORATE_NUMBER,
    INFO_CREDIT_CARD,
    INFO_DRIVERS_LICENSE,
    INFO_PASSPORT,
    INFO_RESIDENCE_CARD,
    INFO_RESIDENT_RECORD_CODE,
    INFO_PENSION_NUMBER,
    INFO_EMPLOYMENT_INSURANCE,
    INFO_HEALTH_INSURANCE,
    INFO_CARE_INSURANCE,
    INFO_BANK_ACCOUNT,
    INFO_PLATE,
    INFO_LINE_ID,
    INFO_LINE_USER_ID,
    INFO_SNS_HANDLE,
    INFO_BIRTH_DATE,
    INFO_AGE,
    INFO_JOB_TITLE,
    INFO_IP_ADDRESS,
    INFO_GEO,
    INFO_CREDENTIAL,
    INFO_SPECIAL_CARE,
    INFO_COMPOSITE,
    INFO_COUNT
};

enum category {
    CATEGORY_NONE,
    CATEGORY_ILLEGAL,
    CATEGORY_DEFAMATION,
    CATEGORY_POLITICS,
    CATEGORY_RELIGION,
    CATEGORY_IP_RIGHTS,
    CATEGORY_COMMERCIAL,
    CATEGORY_DISCRIMINATION,
    CATEGORY_PUBLIC_ORDER,
    CATEGORY_FALSE_RUMOR,
    CATEGORY_PRIVACY,
    CATEGORY_MALWARE,
    CATEGORY_OBSCENE,
    CATEGORY_IMPERSONATION,
    CATEGORY_ABETMENT,
    CATEGORY_HARMFUL_LINK,
    CATEGORY_LINE_TERMS,
    CATEGORY_SECRET,
    CATEGORY_SECURITY,
    CATEGORY_DISRESPECT,
    CATEGORY_COUNT
};

enum severity { SEVERITY_NONE, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_COUNT };
enum subject {
    SUBJECT_NONE,
    SUBJECT_SELF,
    SUBJECT_FAMILY,
    SUBJECT_OTHER,
    SUBJECT_OFFICIAL,
    SUBJECT_PUBLIC,
    SUBJECT_UNKNOWN,
    SUBJECT_COUNT
};
enum direction { DIRECTION_NONE, DIRECTION_INBOUND, DIRECTION_OUTBOUND, DIRECTION_COUNT };
enum surface {
    SURFACE_NONE,
    SURFACE_MESSAGE_TEXT,
    SURFACE_DISPLAY_NAME,
    SURFACE_STATUS_MESSAGE,
    SURFACE_STICKER_TEXT,
    SURFACE_LOCATION,
    SURFACE_FILE_NAME,
    SURFACE_POSTBACK,
    SURFACE_COUNT
};
/* Also the verdict of a message: ACTION_NONE = no verdict, which nobody may take for "allow". Ordered by gravity. */
enum action { ACTION_NONE, ACTION_ALLOW, ACTION_REDACT, ACTION_BLOCK, ACTION_COUNT };
/* How a span is replaced (scan/transform.h). */
enum transform {
    TRANSFORM_NONE,
    TRANSFORM_LABEL,
    TRANSFORM_MASK,
    TRANSFORM_REMOVE,
    TRANSFORM_KEEP,
    TRANSFORM_NUMBERED_LABEL,
    TRANSFORM_TOKEN,
    TRANSFORM_ENCRYPT,
    TRANSFORM_GENERALISE,
    TRANSFORM_COUNT
};
/* How a term matches. Writing = the kana kind and letters as the row has them; width, spacing and invisible characters
 * never matter. */
enum match_mode {
    MATCH_NONE,
    MATCH_WORD,     /* this writing, on MeCab word boundaries */
    MATCH_PHRASE,   /* this writing, anywhere */
    MATCH_ANYWHERE, /* hiragana and katakana alike, anywhere */
    MATCH_READING,  /* hiragana and katakana alike, on MeCab word boundaries */
    MATCH_FRAMED,   /* hiragana and katakana alike, where it is said to or of somebody (scan/judge_frame.h) */
    MATCH_COUNT
};

const char *info_type_word(enum info_type value);   /* "PHONE" */
const char *info_type_label(enum info_type value);  /* "電話番号": what 【】 shows */
const char *category_word(enum category value);     /* "DEFAMATION" */
const char *category_label(enum category value);    /* "誹謗中傷" */
const char *severity_word(enum severity value);     /* "HIGH" */
const char *subject_word(enum subject value);       /* "SELF" */
const char *direction_word(enum direction value);   /* "inbound" */
const char *surface_word(enum surface value);       /* "MESSAGE_TEXT" */
const char *action_word(enum action value);         /* "allow" */
const char *match_mode_word(enum match_mode value); /* "word" */

/* False, and *out untouched, for an unknown word. The NONE values have no word. */
bool info_type_parse(struct slice word, enum info_type *out);
bool category_parse(struct slice word, enum category *out);
bool direction_parse(struct slice word, enum direction *out); /* also 受信 送信 */
bool surface_parse(struct slice word, enum surface *out);
bool action_parse(struct slice word, enum action *out); /* also 許可 伏せ字 遮断 */

/* 個人識別符号: one of these alone identifies a person; never allowed above the floor. */
bool info_type_is_identifier(enum info_type value);

#endif
