/* filterd.yaml as anybody may have written it: settings within their bounds, or a fault that says where,
 * for at most 2 s and 256 MiB. */
#include <string.h>

#include "base/assert.h"
#include "fuzz/bounds.h"
#include "serve/clients.h"
#include "serve/conf.h"

#define MAX_US 2000000
#define MAX_HEAP_BYTES ((size_t)256 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_listen(const struct conf_listen *listen)
{
    ASSERT(listen->count <= CONF_MAX_LISTEN);
    for (unsigned i = 0; i < listen->count; i++) {
        ASSERT(memchr(listen->endpoints[i], '\0', CONF_LISTEN_BYTES) != NULL);
        ASSERT(listen->endpoints[i][0] != '\0');
    }
}

static void
check_conf(const struct conf *conf)
{
#define CONF_UINT(name, min, max, fallback, unit, when, english, japanese) \
    ASSERT((uint64_t)conf->name + 1 > (uint64_t)(min) && conf->name <= (max));
#define CONF_TEXT(name, fallback, when, english, japanese) ASSERT(memchr(conf->name, '\0', CONF_TEXT_BYTES) != NULL);
#include "serve/conf.def"
#undef CONF_UINT
#undef CONF_TEXT
    check_listen(&conf->listen);
    check_listen(&conf->listen_curve);
}

/* What the supervisor reads the front can build. */
static void
check_clients(struct slice rows)
{
    struct account *accounts = NULL;
    struct clients *clients = NULL;

    ASSERT(clients_create(rows, &accounts, &clients) == STATUS_OK);
    const struct client *local = clients_find(clients, NULL);
    ASSERT(local == NULL || strcmp(local->name, CLIENT_LOCAL) == 0);
    ASSERT(clients_find(clients, "0000000000000000000000000000000000000000") == NULL);
    clients_destroy(&clients);
    accounts_free(&accounts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf conf;
    struct buffer clients;
    struct fault fault = {.line = ~0u};
    char words[FAULT_TEXT_BYTES];

    buffer_init(&clients);
    bounds_begin();
    const enum status status = conf_parse((struct slice){data, size}, "filterd.yaml", &conf, &clients, &fault);
    bounds_end(MAX_US, MAX_HEAP_BYTES);
    if (status == STATUS_OK) {
        check_conf(&conf);
        check_clients(buffer_slice(&clients));
    } else {
        ASSERT(status == STATUS_INVALID && fault.line != ~0u && fault.reason[0] != '\0' && fault.mend[0] != '\0');
        ASSERT(strpbrk(fault_text(&fault, words, sizeof words), "\n\r\033") == NULL);
    }
    buffer_fini(&clients);
    return 0;
}
