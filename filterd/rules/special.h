/* rules/special.h - special.csv: the words behind SPECIAL_CARE, COMPOSITE and JOB_TITLE.
 *
 * Columns: term, kind, match, weight, exceptions (several on lines of one cell), note.
 *
 *   facts       health treatment crime victim belief origin   state a fact that 個人情報保護法2条3項 protects, or one
 *                                                             that leads to discrimination
 *   followers   state topic unsure                            what stands right behind a fact and makes it one, a mere
 *                                                             topic, or a question
 *   persons     self family other                             whose fact it is, anywhere before it in the sentence
 *   parts       place shop work kin school trait home event age   what singles a person out when it comes together
 *   offices     title office                                  office: of a municipality
 *
 * match: word (this writing), suffix (and the kanji or katakana before it), prefix (and those behind it), clause (and
 * what follows, up to the end of the clause). Followers are `after`, persons `near`.
 * Threads: one owner. Errors: STATUS_INVALID with a fault that names the row.
 */
#ifndef RULES_SPECIAL_H
#define RULES_SPECIAL_H

#include "rules/build.h"
#include "rules/literals.h"
#include "rules/ruleset.h"

STATUS_CHECKED enum status special_read(struct build *build, struct slice raw, const char *file,
                                        struct literals_builder *literals, struct special *special_out);

#endif
