/* scan/placeholders.h - what an earlier redaction wrote is no personal data: twice is once.
 *
 * 【電話番号:k1:…】 holds letters that a pattern may take for an identifier, and what stands behind パスワード is one,
 * be it 【認証情報】 or ＊＊＊＊.
 */
#ifndef SCAN_PLACEHOLDERS_H
#define SCAN_PLACEHOLDERS_H

#include "scan/state.h"

/* Drops every candidate that lies within a placeholder (transform_is_ours) or is nothing but a mask. */
void placeholders_spare(struct state *state);

#endif
