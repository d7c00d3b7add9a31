/* archive/share_record.h - one record on its way into a copy to share: its texts as they stand there, and what they
 * tell.
 *
 * Threads: one owner, a worker. Errors: those of archive/reader.h. Privacy: share_record_forget() wipes it.
 */
#ifndef ARCHIVE_SHARE_RECORD_H
#define ARCHIVE_SHARE_RECORD_H

#include "archive/share.h"

#define SHARE_MAX_FACTS 64 /* more: the record counts as unique */

struct share_record {
    struct reading strict_reading;
    struct reader *reader, *strict;
    struct finding own[VERDICT_MAX_FINDINGS]; /* the city's, while the strict ones are made */
    size_t own_count;
    struct buffer texts;             /* as they stand in the copy, one behind the other */
    uint32_t ends[READER_MAX_TEXTS]; /* of each in `texts` */
    unsigned month;
    uint64_t facts[SHARE_MAX_FACTS]; /* sorted, each once */
    size_t fact_count;
    uint64_t singular[SHARE_MAX_FACTS]; /* facts that must not be rare even alone */
    size_t singular_count;
    uint64_t combination; /* of the facts, and the month where nothing is linked; 0 = nothing that tells */
    uint64_t sender;      /* hash; 1 = nobody is linked */
    char sender_name[SHARE_SENDER_BYTES];
    bool is_blocked, has_special_care, has_too_many;
};

STATUS_CHECKED enum status share_record_create(struct worker *worker, struct share_record **record_out);
void share_record_forget(struct share_record *record);
/* Reads and looks at a record. `line` has no break. */
STATUS_CHECKED enum status share_record_take(struct share_record *record, struct worker *worker,
                                             const struct record_form *form, struct slice line);
struct slice share_record_text(const struct share_record *record, size_t index);
/* Whether `text` may stand in a copy at all: the names of accounts do not. */
bool share_record_has(const struct text *text);

#endif
