/* scan/scope.h - which values were numbered already: what makes 【氏名1】 mean one person throughout.
 *
 * A scope lasts one message or one conversation of one request, never longer: numbers of different requests mean
 * nothing to each other. Threads: one owner. Errors: STATUS_NO_MEMORY. Privacy: holds salted hashes, no values.
 */
#ifndef SCAN_SCOPE_H
#define SCAN_SCOPE_H

#include "base/hash.h"
#include "base/status.h"
#include "rules/words.h"

struct scope;

/* `salt` keeps the hashes from being looked up; borrowed until the scope is destroyed. */
STATUS_CHECKED enum status scope_create(const struct hash *salt, struct scope **scope_out);
void scope_destroy(struct scope **scope);

/* 1 for the first value of a type, 2 for the next other one … `value` in the form in which equal ones are equal. */
STATUS_CHECKED enum status scope_number(struct scope *scope, enum info_type type, struct slice value,
                                        uint32_t *number_out);

#endif
