/* text/charset_cp932.h - the CP932 decoder that charset.c and charset_codec.c share.
 *
 * Threads: one owner per converter. Errors: STATUS_INVALID.
 */
#ifndef TEXT_CHARSET_CP932_H
#define TEXT_CHARSET_CP932_H

#include "base/buffer.h"
#include "base/status.h"

struct UConverter;

/* ICU's name for what Windows calls 932: 0x8160 is U+FF5E, 0x8161 U+2225, 0x817C U+FF0D. */
#define CP932_CONVERTER "ibm-943_P15A-2003"

/* `converter`: of CP932_CONVERTER, reset, stopping at errors. What was appended before an error stays. */
STATUS_CHECKED enum status cp932_append_utf8(struct UConverter *converter, struct slice raw, struct buffer *utf8);

#endif
