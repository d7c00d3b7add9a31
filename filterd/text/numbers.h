/* text/numbers.h - digits and dashes of a plain view that is being made; for plain.c only.
 *
 * 一二三 are digits only among digits: beside an ASCII digit, or three or more of them in a group, where single hyphens
 * may stand between (〇九〇―一二三四―五六七八). One or two of them behind ASCII digits and before another kanji begin a
 * name (〒031-8686八戸市), unless a number of blocks ends there (5一番). A group of 〇 alone is a mask (〇〇〇さん) and
 * stays. A dash becomes
 * '-' directly beside a digit; ー behind kana belongs to a word (サーバー2台) and stays.
 *
 * All work in place: text only gets shorter. Threads: none shared. Errors: none.
 */
#ifndef TEXT_NUMBERS_H
#define TEXT_NUMBERS_H

#include "text/view_writer.h"

/* ① ② ③ that count items part the numbers beside them (②090-… ③…, ②三丁目); `source` is what the view was made from. */
void numbers_part_marks(const struct view_tables *tables, struct slice source, struct view_writer *writer);
void numbers_fold_kanji(const struct view_tables *tables, struct view_writer *writer);
void numbers_fold_dashes(const struct view_tables *tables, struct view_writer *writer);

#endif
