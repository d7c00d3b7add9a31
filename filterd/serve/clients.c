#include "serve/clients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/table.h"
#include "rules/yaml.h"
#include "serve/fair.h"

#define MAX_POLICY_BYTES 64
#define MAX_RATE 10000000
#define MAX_OUTSTANDING 65536

/* Flat: this, and behind it the ids of its policies, each with a NUL. */
struct row {
    char name[CLIENT_NAME_BYTES];
    char key[CURVE_KEY_BYTES];
    uint32_t share, messages_per_second, max_outstanding;
    uint32_t policy_count, policy_bytes;
};

struct clients {
    size_t count;
    struct table *by_key;
    struct client local_default;
    const struct client *local;
    struct client items[];
};

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* Whether an earlier row has this name or key. */
static bool
is_taken(const struct buffer *rows, size_t begin, const struct row *wanted)
{
    struct row row;

    for (size_t at = begin; at < rows->bytes; at += sizeof row + row.policy_bytes) {
        memcpy(&row, rows->data + at, sizeof row);
        if (strcmp(row.name, wanted->name) == 0 || (row.key[0] && strcmp(row.key, wanted->key) == 0))
            return true;
    }
    return false;
}

static void
read_key(struct yaml *yaml, int row_node, int node, struct row *row)
{
    const bool is_local = strcmp(row->name, CLIENT_LOCAL) == 0;

    if (is_local && node != 0)
        yaml_fault(yaml, node, "public_key", "the row \"local\" is for who has no key",
                   "give this client another name");
    if (is_local || yaml_status(yaml) != STATUS_OK)
        return;
    if (node == 0) {
        yaml_fault(yaml, row_node, row->name, "a client needs its public_key", "filterctl keygen --curve makes a pair");
        return;
    }
    snprintf(row->key, sizeof row->key, "%s", yaml_text(yaml, node, "public_key", CURVE_KEY_BYTES - 1, ""));
    if (yaml_status(yaml) == STATUS_OK && !curve_key_is_valid(row->key))
        yaml_fault(yaml, node, "public_key", "this is no key: 40 characters of Z85 are needed",
                   "take the line \"public\" of the client's key file, in quotes");
}

static void
read_policies(struct yaml *yaml, int node, struct row *row, struct buffer *ids)
{
    const size_t count = yaml_list_count(yaml, node, "policies");

    if (yaml_status(yaml) == STATUS_OK && (count == 0 || count > CLIENTS_MAX_POLICIES))
        yaml_fault(yaml, node, "policies", "1 to 4096 policies are needed", "list them, or [\"*\"] for every one");
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        const int item = yaml_list_node(yaml, node, i);
        const char *id = yaml_text(yaml, item, "policies", MAX_POLICY_BYTES, "");
        buffer_append(ids, id, strlen(id) + 1);
    }
    row->policy_count = (uint32_t)count;
    row->policy_bytes = (uint32_t)ids->bytes;
}

static void
read_row(struct yaml *yaml, int node, size_t begin, struct buffer *rows)
{
    int name, key, policies, share, rate, outstanding;
    const struct yaml_key keys[] = {
        {"name", YAML_REQUIRED, &name},
        {"public_key", YAML_OPTIONAL, &key},
        {"policies", YAML_REQUIRED, &policies},
        {"share", YAML_OPTIONAL, &share},
        {"messages_per_second", YAML_OPTIONAL, &rate},
        {"max_outstanding", YAML_OPTIONAL, &outstanding},
    };
    struct row row = {0};
    struct buffer ids;

    buffer_init(&ids);
    name = key = policies = share = rate = outstanding = 0;
    yaml_mapping(yaml, node, "clients", keys, sizeof keys / sizeof *keys);
    snprintf(row.name, sizeof row.name, "%s", yaml_name(yaml, name, "name", CLIENT_NAME_BYTES - 1, ""));
    read_key(yaml, node, key, &row);
    read_policies(yaml, policies, &row, &ids);
    row.share = yaml_uint(yaml, share, "share", 1, FAIR_MAX_SHARE, 1);
    row.messages_per_second = yaml_uint(yaml, rate, "messages_per_second", 0, MAX_RATE, 0);
    row.max_outstanding = yaml_uint(yaml, outstanding, "max_outstanding", 0, MAX_OUTSTANDING, 0);
    if (yaml_status(yaml) == STATUS_OK && is_taken(rows, begin, &row))
        yaml_fault(yaml, node, row.name, "an earlier client has this name or this key", "give each its own");
    if (yaml_status(yaml) == STATUS_OK) {
        buffer_append(rows, &row, sizeof row);
        buffer_append(rows, ids.data, ids.bytes);
        rows->failed |= ids.failed;
    }
    buffer_fini(&ids);
}

void
clients_read(struct yaml *yaml, int node, struct buffer *rows)
{
    const size_t count = node != 0 ? yaml_list_count(yaml, node, "clients") : 0;
    const size_t begin = rows->bytes;

    if (count > CLIENTS_MAX)
        yaml_fault(yaml, node, "clients", "there may be 1024 clients", "let several share a gateway");
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++)
        read_row(yaml, yaml_list_node(yaml, node, i), begin, rows);
    if (yaml_status(yaml) == STATUS_OK && rows->bytes - begin > CLIENTS_MAX_BYTES)
        yaml_fault(yaml, node, "clients", "there are more than 4 MiB of them",
                   "use [\"*\"] for long lists of policies");
}

/* --- building ----------------------------------------------------------------------------------------------------- */

static struct account *
account_of(struct account **accounts, const char *name)
{
    for (struct account *account = *accounts; account; account = account->next)
        if (strcmp(account->name, name) == 0)
            return account;
    struct account *account = calloc(1, sizeof *account);
    if (!account)
        return NULL;
    snprintf(account->name, sizeof account->name, "%s", name);
    account->next = *accounts;
    *accounts = account;
    return account;
}

void
accounts_free(struct account **accounts)
{
    while (*accounts) {
        struct account *account = *accounts;
        *accounts = account->next;
        free(account);
    }
}

static enum status
take_policies(struct client *client, const struct row *row, const char *ids)
{
    enum status status = table_create(row->policy_count, &client->policies);

    for (uint32_t i = 0; status == STATUS_OK && i < row->policy_count; i++, ids += strlen(ids) + 1) {
        if (strcmp(ids, CLIENT_EVERY_POLICY) == 0) {
            table_destroy(&client->policies);
            return STATUS_OK;
        }
        if (table_put(client->policies, slice_of(ids), 1) == STATUS_NO_MEMORY)
            status = STATUS_NO_MEMORY;
    }
    return status;
}

static enum status
take_row(struct clients *clients, const struct row *row, const char *ids, struct account **accounts)
{
    struct client *client = &clients->items[clients->count++];

    memcpy(client->name, row->name, sizeof client->name);
    memcpy(client->key, row->key, sizeof client->key);
    client->share = row->share;
    client->messages_per_second = row->messages_per_second;
    client->max_outstanding = row->max_outstanding;
    client->account = account_of(accounts, row->name);
    if (client->key[0] == '\0')
        clients->local = client;
    else if (table_put(clients->by_key, slice_of(client->key), (uint32_t)clients->count - 1) != STATUS_OK)
        return STATUS_NO_MEMORY;
    return client->account ? take_policies(client, row, ids) : STATUS_NO_MEMORY;
}

enum status
clients_create(struct slice rows, struct account **accounts, struct clients **clients_out)
{
    struct clients *clients = calloc(1, sizeof *clients + rows.bytes / sizeof(struct row) * sizeof(struct client));
    struct row row;

    if (!clients)
        return STATUS_NO_MEMORY;
    clients->local_default = (struct client){.name = CLIENT_LOCAL, .share = 1};
    clients->local_default.account = account_of(accounts, CLIENT_LOCAL);
    clients->local = &clients->local_default;
    enum status status = table_create(CLIENTS_MAX, &clients->by_key);
    if (!clients->local_default.account)
        status = STATUS_NO_MEMORY;
    for (size_t at = 0; status == STATUS_OK && at < rows.bytes; at += sizeof row + row.policy_bytes) {
        ASSERT(rows.bytes - at >= sizeof row);
        memcpy(&row, rows.data + at, sizeof row);
        status = take_row(clients, &row, (const char *)rows.data + at + sizeof row, accounts);
    }
    if (status == STATUS_OK)
        *clients_out = clients;
    else
        clients_destroy(&clients);
    return status;
}

void
clients_destroy(struct clients **clients)
{
    if (!*clients)
        return;
    for (size_t i = 0; i < (*clients)->count; i++)
        table_destroy(&(*clients)->items[i].policies);
    table_destroy(&(*clients)->by_key);
    free(*clients);
    *clients = NULL;
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

const struct client *
clients_find(const struct clients *clients, const char *key)
{
    if (!key)
        return clients->local;
    const uint32_t index = table_get(clients->by_key, slice_of(key));
    return index == TABLE_NONE ? NULL : &clients->items[index];
}

bool
client_may_use(const struct client *client, struct slice policy_id)
{
    return !client->policies || table_get(client->policies, policy_id) != TABLE_NONE;
}
