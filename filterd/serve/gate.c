#include "serve/gate.h"

#include "base/hash.h"

#define BUSY_RETRY_MS 50

static const struct refusal admitted = {.status = WIRE_OK};

void
gate_init(struct gate *gate)
{
    *gate = (struct gate){0};
    buffer_init(&gate->next_rows);
}

void
gate_fini(struct gate *gate)
{
    clients_destroy(&gate->clients);
    accounts_free(&gate->accounts);
    buffer_fini(&gate->next_rows);
}

void
gate_hear(struct gate *gate, struct slice rows)
{
    buffer_append(&gate->next_rows, rows.data, rows.bytes);
}

enum status
gate_renew(struct gate *gate)
{
    struct clients *clients = NULL;

    if (gate->next_rows.failed ||
        clients_create(buffer_slice(&gate->next_rows), &gate->accounts, &clients) != STATUS_OK)
        return STATUS_NO_MEMORY;
    clients_destroy(&gate->clients);
    gate->clients = clients;
    buffer_clear(&gate->next_rows);
    return STATUS_OK;
}

bool
gate_knows(const void *context, const char *key)
{
    const struct gate *gate = context;

    return gate->clients && clients_find(gate->clients, key);
}

static struct refusal
refuse(enum wire_status status, const char *detail, uint32_t retry_after_ms)
{
    return (struct refusal){status, detail, retry_after_ms};
}

struct refusal
gate_identify(const struct gate *gate, const struct request *request, struct visitor *visitor_out)
{
    const bool has_key = request->parts.router && request->parts.router->has_keys;
    const char *key = has_key ? router_peer_key(&request->parts) : NULL;
    struct visitor visitor = {0};

    if (gate->clients && (key || !has_key))
        visitor.client = clients_find(gate->clients, key);
    if (!visitor.client)
        return refuse(WIRE_UNAUTHENTICATED, "the key of this connection is not known", 0);
    const struct slice policy_id = request->envelope.policy_id;
    if (!client_may_use(visitor.client, policy_id))
        return refuse(WIRE_PERMISSION_DENIED, "policy_id: this client may not use it", 0);
    /* Names of connections are libzmq's; policies that fall together share a turn of their own client. */
    visitor.client_key = has_key ? (uintptr_t)visitor.client->account : hash_fast(router_peer_id(&request->parts));
    visitor.policy_key = hash_fast(policy_id);
    *visitor_out = visitor;
    return admitted;
}

struct refusal
gate_take(const struct visitor *visitor, const struct envelope *envelope, uint64_t now_ns)
{
    const struct client *client = visitor->client;

    if (client->max_outstanding > 0 && client->account->outstanding >= client->max_outstanding)
        return refuse(WIRE_RESOURCE_EXHAUSTED, "this client has max_outstanding requests under way", BUSY_RETRY_MS);
    const uint32_t retry_after_ms =
        allowance_take(&client->account->allowance, client->messages_per_second, envelope->message_count, now_ns);
    if (retry_after_ms > 0)
        return refuse(WIRE_RESOURCE_EXHAUSTED, "this client has sent messages_per_second", retry_after_ms);
    return admitted;
}
