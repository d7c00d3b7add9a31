/* rules/writings.h - further writings of a term that no folding leads back to it.
 *
 * A writing is a literal of its own, found in the one scan (USE_WRITING) and confirmed where it stands
 * (scan/writings.h): rōmaji (kusoyarou), reversed (ケヌマ), kanji taken apart (タヒね), letters of the same sound
 * (氏ね, 56す), letters of everyday that look alike (太麻; rare ones are folded: text/view_tables.h). Only short terms
 * of what is said to hurt, lure or harm have them, and none that is a word of its own: MeCab's dictionary and the rows
 * `innocent` of writings.csv are asked when the ruleset is built. Terms of any length are also literals (USE_READING)
 * with some or all of their kanji in kana (そっ金, そっきん), as IPADIC says, or before it a row `reading`, which may
 * stand for several of its words; which of these stand by chance, the message shows (scan/judge_reading.h).
 *
 * Threads: one owner while building, immutable after. Errors: STATUS_INVALID with a fault that names the row.
 */
#ifndef RULES_WRITINGS_H
#define RULES_WRITINGS_H

#include "rules/build.h"
#include "rules/literals.h"
#include "rules/ruleset.h"

/* writings.csv: kind, letters, writing, note. Without a row no term has further writings. */
STATUS_CHECKED enum status writings_read(struct build *build, struct slice raw, const char *file,
                                         struct writing_table **table_out);

/* Appends the writings of `term`, whose index is `index`, to `writings` (struct term_writing) and to the literals.
 * `build->writing_table` NULL: none. */
STATUS_CHECKED enum status writings_add(struct build *build, const struct term *term, uint32_t index,
                                        struct buffer *writings, struct literals_builder *literals);

/* Appends the writings that pass for `name` by one letter (rows `lookalike`) to `impostors` (struct slice, plain forms)
 * and to the literals, as USE_IMPOSTOR. */
STATUS_CHECKED enum status writings_add_impostors(struct build *build, struct slice name, struct buffer *impostors,
                                                  struct literals_builder *literals);

#endif
