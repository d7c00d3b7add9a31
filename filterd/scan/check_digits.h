/* scan/check_digits.h - what a number says about itself.
 *
 * Each takes the digits of a value (ASCII, separators already left out). A check digit raises a likelihood, it never
 * decides: one random 12-digit number in ten passes. Sources: 個人番号 平成26年総務省令第85号5条; 法人番号
 * 平成26年財務省令第70号2条; 住民票コード 住民基本台帳法施行規則1条; cards ISO/IEC 7812-1 (Luhn); 運転免許証 as
 * published by researchers of the format (no official text).
 */
#ifndef SCAN_CHECK_DIGITS_H
#define SCAN_CHECK_DIGITS_H

#include <stdbool.h>

#include "base/span.h"
#include "rules/ruleset.h"

#define CHECK_MAX_DIGITS 32

bool my_number_is_valid(struct slice digits);        /* 12 digits; all-same is refused */
bool corporate_number_is_valid(struct slice digits); /* 13 digits, the first checks */
bool drivers_license_is_valid(struct slice digits);  /* 12 digits, the 11th checks */
bool resident_code_is_valid(struct slice digits);    /* 11 digits, the last checks */
bool luhn_is_valid(struct slice digits);             /* 14 to 16 digits; all-same is refused */
/* 10 digits 0X… of a fixed line or 11 of 050 060 070 080 090; with +81 or 81 in front the trunk 0 may be missing. */
bool phone_is_valid(struct slice digits);

/* Whether `value` (plain view) is a date that exists: 1988年5月1日, 昭和六十三年五月一日, s63.5.1, 19880501; eras
 * within their bounds. */
bool date_is_valid(struct slice value);

/* `value` as the pattern matched it, separators and all. CHECK_NONE is false. */
bool check_holds(enum check check, struct slice value);

#endif
