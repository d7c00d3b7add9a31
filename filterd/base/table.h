/* base/table.h - byte string -> uint32, built once, then read by any number of threads.
 *
 * Keys are copied. Open addressing; a look-up of an absent key usually costs one cache line.
 * Errors: STATUS_NO_MEMORY. A key put twice keeps its first value (table_put says so with STATUS_INVALID).
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/span.h"
#include "base/status.h"

#define TABLE_NONE UINT32_MAX

struct table;

STATUS_CHECKED enum status table_create(size_t expected_keys, struct table **table_out);
void table_destroy(struct table **table);
STATUS_CHECKED enum status table_put(struct table *table, struct slice key, uint32_t value);
uint32_t table_get(const struct table *table, struct slice key); /* TABLE_NONE when absent */
size_t table_count(const struct table *table);

#endif
