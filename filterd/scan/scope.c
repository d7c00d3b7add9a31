#include "scan/scope.h"

#include <stdlib.h>

#include "base/table.h"

struct scope {
    const struct hash *salt;
    struct table *numbers; /* hash of type and value -> number */
    uint32_t used[INFO_COUNT];
};

enum status
scope_create(const struct hash *salt, struct scope **scope_out)
{
    struct scope *scope = calloc(1, sizeof *scope);
    if (!scope)
        return STATUS_NO_MEMORY;
    scope->salt = salt;
    enum status status = table_create(16, &scope->numbers);
    if (status != STATUS_OK) {
        scope_destroy(&scope);
        return status;
    }
    *scope_out = scope;
    return STATUS_OK;
}

void
scope_destroy(struct scope **scope)
{
    if (!*scope)
        return;
    table_destroy(&(*scope)->numbers);
    free(*scope);
    *scope = NULL;
}

enum status
scope_number(struct scope *scope, enum info_type type, struct slice value, uint32_t *number_out)
{
    struct hasher hasher;
    struct hash name;
    hasher_init_keyed(&hasher, scope->salt);
    hasher_add_text(&hasher, info_type_word(type));
    hasher_add(&hasher, value);
    hasher_finish(&hasher, &name);
    struct slice key = {name.bytes, HASH_BYTES};
    uint32_t number = table_get(scope->numbers, key);
    if (number == TABLE_NONE) {
        number = scope->used[type] + 1;
        enum status status = table_put(scope->numbers, key, number);
        if (status != STATUS_OK)
            return status;
        scope->used[type] = number;
    }
    *number_out = number;
    return STATUS_OK;
}
