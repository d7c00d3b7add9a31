/* text/charset.h - what Excel saves, as UTF-8.
 *
 * The rule (statistical detectors fail on short CP932): a BOM decides; else valid UTF-8 is UTF-8; else CP932
 * (windows-31j). CP932 decoders differ in 〜 ∥ −: ours gives U+FF5E U+2225 U+FF0D as Windows does.
 */
#ifndef TEXT_CHARSET_H
#define TEXT_CHARSET_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

enum charset { CHARSET_UTF8, CHARSET_UTF8_BOM, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_CP932 };

const char *charset_name(enum charset charset);

/* Appends `raw` as UTF-8 without BOM. STATUS_INVALID: neither valid UTF-8 nor CP932, or odd UTF-16; `line_out`
 * (1-based) then says in which line. Both outputs are required. */
STATUS_CHECKED enum status charset_decode(struct slice raw, struct buffer *utf8, enum charset *charset_out,
                                          unsigned *line_out);

/* What a text seems to be of which only the beginning is at hand: the charset in which fewer of its bytes are bad,
 * UTF-8 when equal. No BOM is looked for. False: all ASCII so far, nothing to decide by. `sample` may end inside a
 * character. */
bool charset_guess(struct slice sample, enum charset *charset_out);

/* Converts many short texts. Threads: one owner. */
struct charset_codec;
STATUS_CHECKED enum status charset_codec_create(struct charset_codec **codec_out);
void charset_codec_destroy(struct charset_codec **codec);
/* Appends CP932 as UTF-8. STATUS_INVALID: it is none; `utf8` is as before. */
STATUS_CHECKED enum status charset_from_cp932(struct charset_codec *codec, struct slice raw, struct buffer *utf8);
/* Appends UTF-8 in another charset, without BOM. What CP932 does not have becomes 〓. Surrogates that stand alone
 * (three bytes each, as archive/source writes them) become UTF-16 again. */
STATUS_CHECKED enum status charset_to(struct charset_codec *codec, enum charset charset, struct slice utf8,
                                      struct buffer *out);
/* Appends the BOM that files of this charset begin with. */
void charset_append_mark(enum charset charset, struct buffer *out);

#endif
