/* scan/judge_report.h - the judge of words that are told, asked about or opposed by the writer, not said.
 *
 * 「死ね」と言われました, 殺害予告を受けた: a cue of role report (cues.csv) stands behind the word or behind the
 * quotation that it is in. 「死ね」を口にする, 死ねと孫が言う: a phrase of report.mention stands behind the quotation,
 * or one of report.speaks behind somebody of the family. 闇バイトの勧誘, 偽造パスポート業者: a phrase of list
 * report.about stands behind a word for an act, a thing or an offer; said of a person (バカ対策) it tells nothing.
 * He said "I will kill you": a cue of role opening stands not far before the word, in its clause or
 * before its quotation.
 * Between the word and these only what ends speech may stand: report.tail of phrases.csv.
 *
 * Threads: none shared. Errors: none.
 */
#ifndef SCAN_JUDGE_REPORT_H
#define SCAN_JUDGE_REPORT_H

#include "scan/state.h"

/* `category`: of the word at `plain`. */
bool judge_is_reported(const struct state *state, struct span plain, enum category category);

#endif
