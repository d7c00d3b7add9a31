/* serve/clients.h - who may ask for what, and how much: the rows under `clients:` of filterd.yaml.
 *
 * Read by the supervisor into a flat form that travels in parcels; built from it in the front. A client is known by its
 * public key; the row named "local" stands for all who come over ipc and loopback, who have none (without that row they
 * may ask for everything).
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault of the file, STATUS_NO_MEMORY.
 */
#ifndef SERVE_CLIENTS_H
#define SERVE_CLIENTS_H

#include "base/buffer.h"
#include "serve/curve.h"
#include "serve/limits.h"

#define CLIENTS_MAX 1024
#define CLIENTS_MAX_POLICIES 4096 /* of one */
#define CLIENTS_MAX_BYTES (4u << 20)
#define CLIENT_NAME_BYTES 64
#define CLIENT_LOCAL "local"
#define CLIENT_EVERY_POLICY "*"

struct yaml;

/* Appends the flat form of the list at `node` to `rows`. Faults stay in `yaml`. */
void clients_read(struct yaml *yaml, int node, struct buffer *rows);

struct account { /* what a client has used; outlives a reload */
    char name[CLIENT_NAME_BYTES];
    unsigned outstanding; /* requests under way */
    struct allowance allowance;
    struct account *next;
};

struct client {
    char name[CLIENT_NAME_BYTES];
    char key[CURVE_KEY_BYTES]; /* "" for CLIENT_LOCAL */
    unsigned share;
    unsigned messages_per_second, max_outstanding; /* 0 = without bound */
    struct table *policies;                        /* NULL = every one */
    struct account *account;
};

struct clients;

/* Accounts are found in *accounts by name, and made there. */
STATUS_CHECKED enum status clients_create(struct slice rows, struct account **accounts, struct clients **clients_out);
void clients_destroy(struct clients **clients);
void accounts_free(struct account **accounts); /* nothing may be under way */

/* `key` NULL: who comes over ipc or loopback. NULL = not known. */
const struct client *clients_find(const struct clients *clients, const char *key);
bool client_may_use(const struct client *client, struct slice policy_id);

#endif
