/* text/offsets.h - byte offsets as code points and UTF-16 units (LINE, JavaScript, Java, Excel count these). */
#ifndef TEXT_OFFSETS_H
#define TEXT_OFFSETS_H

#include "base/span.h"
#include "base/status.h"

struct offsets {
    struct slice text; /* valid UTF-8 */
    uint32_t byte;     /* cursor, and the same place in the other units */
    uint32_t code_point;
    uint32_t utf16;
};

void offsets_init(struct offsets *offsets, struct slice text);

/* Moves the cursor to `byte` (a character boundary, clipped to the text). Cheap when calls go forward; going back
 * restarts. */
void offsets_seek(struct offsets *offsets, uint32_t byte);

/* Byte offset of a UTF-16 offset. Inside a surrogate pair: STATUS_INVALID. Past the end: STATUS_NOT_FOUND. */
STATUS_CHECKED enum status offsets_byte_of_utf16(struct slice text, uint32_t utf16, uint32_t *byte_out);

#endif
