/* text/charset.h - what Excel saves, as UTF-8.
 *
 * The rule (statistical detectors fail on short CP932): a BOM decides; else valid UTF-8 is UTF-8; else CP932
 * (windows-31j). CP932 decoders differ in 〜 ∥ −: ours gives U+FF5E U+2225 U+FF0D as Windows does.
 */
#ifndef TEXT_CHARSET_H
#define TEXT_CHARSET_H

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

enum charset { CHARSET_UTF8, CHARSET_UTF8_BOM, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_CP932 };

const char *charset_name(enum charset charset);

/* Appends `raw` as UTF-8 without BOM. STATUS_INVALID: neither valid UTF-8 nor CP932, or odd UTF-16; `line_out`
 * (1-based) then says in which line. Both outputs are required. */
STATUS_CHECKED enum status charset_decode(struct slice raw, struct buffer *utf8, enum charset *charset_out,
                                          unsigned *line_out);

#endif
