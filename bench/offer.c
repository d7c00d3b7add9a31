/* bench/offer.c - clients that send at given rates, whatever comes back (an open loop: nobody slows down for a full
 * queue).
 *
 *     offer ENDPOINT POLICY CORPUS PER_REQUEST SECONDS DEADLINE_MS RATE...
 *
 * One client, with its own socket, for each RATE (requests a second), at random moments. Then waits for what is still
 * under way. One JSON line for each client on standard output; latencies are of requests answered OK.
 */
#include <errno.h>
#include <filter.pb-c.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zmq.h>

#include "bench.h"

#define MAX_CLIENTS 64
#define MAX_PER_REQUEST 64
#define ID_BYTES 8 /* request_id: the number of the request in hexadecimal */
#define STATUS_AT (2 + ID_BYTES)
#define PATIENCE_NS UINT64_C(2000000000) /* beyond the deadline */
#define TEMPLATES 1024

struct client {
    void *socket;
    int fd;
    double rate;
    uint64_t due_ns;
    uint64_t chance;
    uint64_t capacity, sent, received, unsent;
    uint64_t *sent_ns;
    uint8_t *answers;  /* per request */
    uint64_t *took_ns; /* of those OK */
    uint64_t ok, exhausted, too_late, other, twice, after_deadline;
};

struct offer {
    struct slice templates[TEMPLATES];
    uint64_t deadline_ns, end_ns;
    struct client clients[MAX_CLIENTS];
    unsigned client_count;
};

static struct slice
pack_template(const char *policy, const struct slice *texts, unsigned count, unsigned deadline_ms)
{
    Filterd__V1__CheckRequest request = FILTERD__V1__CHECK_REQUEST__INIT;
    Filterd__V1__Message messages[MAX_PER_REQUEST], *list[MAX_PER_REQUEST];
    for (unsigned i = 0; i < count; i++) {
        filterd__v1__message__init(&messages[i]);
        messages[i].text = (ProtobufCBinaryData){texts[i].bytes, (uint8_t *)(uintptr_t)texts[i].data};
        list[i] = &messages[i];
    }
    request.request_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)(uintptr_t) "00000000"};
    request.policy_id = (ProtobufCBinaryData){strlen(policy), (uint8_t *)(uintptr_t)policy};
    request.deadline_ms = deadline_ms;
    request.messages = list;
    request.n_messages = count;
    uint8_t *bytes = malloc(filterd__v1__check_request__get_packed_size(&request));
    if (!bytes)
        bench_fail("out of memory");
    return (struct slice){bytes, filterd__v1__check_request__pack(&request, bytes)};
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static double
random_unit(struct client *client)
{
    client->chance ^= client->chance << 13;
    client->chance ^= client->chance >> 7;
    client->chance ^= client->chance << 17;
    return ((double)(client->chance >> 11) + 1) / 9007199254740993.0;
}

static void
send_one(struct offer *offer, struct client *client, uint64_t now_ns)
{
    const struct slice template = offer->templates[client->sent % TEMPLATES];
    char id[ID_BYTES + 1];
    zmq_msg_t message;

    snprintf(id, sizeof id, "%08x", (unsigned)client->sent);
    zmq_msg_init_size(&message, template.bytes);
    uint8_t *data = zmq_msg_data(&message);
    memcpy(data, template.data, template.bytes);
    memcpy(data + 2, id, ID_BYTES);
    if (zmq_msg_send(&message, client->socket, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&message);
        client->unsent++;
        return;
    }
    client->sent_ns[client->sent++] = now_ns;
}

/* A client that fell behind does not make up for more than 10 ms: a burst of its own making measures nothing. */
static void
send_due(struct offer *offer, struct client *client, uint64_t now_ns)
{
    if (client->due_ns + 10000000 < now_ns)
        client->due_ns = now_ns - 10000000;
    while (client->due_ns <= now_ns && client->sent < client->capacity) {
        send_one(offer, client, now_ns);
        client->due_ns += (uint64_t)(-log(random_unit(client)) / client->rate * 1e9);
    }
}

/* --- receiving ---------------------------------------------------------------------------------------------------- */

static void
take_reply(const struct offer *offer, struct client *client, const uint8_t *data, size_t bytes)
{
    char id[ID_BYTES + 1] = {0};
    if (bytes < STATUS_AT + 2 || data[0] != 0x0A || data[1] != ID_BYTES || data[STATUS_AT] != 0x10)
        bench_fail("a reply without our request_id");
    memcpy(id, data + 2, ID_BYTES);
    const uint64_t number = strtoul(id, NULL, 16);
    if (number >= client->sent)
        bench_fail("a reply to nothing");
    const uint64_t took_ns = wall_ns() - client->sent_ns[number];
    client->received++;
    client->twice += client->answers[number]++ > 0;
    switch (data[STATUS_AT + 1]) {
    case FILTERD__V1__STATUS__STATUS_OK:
        client->after_deadline += took_ns > offer->deadline_ns;
        client->took_ns[client->ok++] = took_ns;
        break;
    case FILTERD__V1__STATUS__STATUS_RESOURCE_EXHAUSTED:
        client->exhausted++;
        break;
    case FILTERD__V1__STATUS__STATUS_DEADLINE_EXCEEDED:
        client->too_late++;
        break;
    default:
        client->other++;
    }
}

static void
take_replies(const struct offer *offer, struct client *client)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (zmq_msg_recv(&message, client->socket, ZMQ_DONTWAIT) >= 0)
        take_reply(offer, client, zmq_msg_data(&message), zmq_msg_size(&message));
    zmq_msg_close(&message);
}

static void
sleep_until(const struct offer *offer, uint64_t until_ns, uint64_t now_ns)
{
    struct pollfd polls[MAX_CLIENTS];
    for (unsigned i = 0; i < offer->client_count; i++)
        polls[i] = (struct pollfd){.fd = offer->clients[i].fd, .events = POLLIN};
    const uint64_t ns = until_ns > now_ns ? until_ns - now_ns : 0;
    const struct timespec timeout = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
    if (ppoll(polls, offer->client_count, &timeout, NULL) < 0 && errno != EINTR)
        bench_fail("poll");
}

static bool
is_answered(const struct offer *offer)
{
    for (unsigned i = 0; i < offer->client_count; i++)
        if (offer->clients[i].received < offer->clients[i].sent)
            return false;
    return true;
}

static void
run(struct offer *offer)
{
    const uint64_t last_ns = offer->end_ns + offer->deadline_ns + PATIENCE_NS;
    uint64_t now_ns = wall_ns();

    while (now_ns < offer->end_ns || (now_ns < last_ns && !is_answered(offer))) {
        uint64_t next_ns = now_ns < offer->end_ns ? offer->end_ns : last_ns;
        for (unsigned i = 0; i < offer->client_count; i++) {
            struct client *client = &offer->clients[i];
            take_replies(offer, client);
            if (now_ns < offer->end_ns)
                send_due(offer, client, now_ns);
            take_replies(offer, client); /* sending may have swallowed the signal */
            if (now_ns < offer->end_ns && client->due_ns < next_ns)
                next_ns = client->due_ns;
        }
        sleep_until(offer, next_ns, wall_ns());
        now_ns = wall_ns();
    }
}

/* --- beginning and end -------------------------------------------------------------------------------------------- */

static void
connect_to(struct client *client, void *context, const char *endpoint)
{
    int unlimited = 0;
    size_t bytes = sizeof client->fd;
    client->socket = zmq_socket(context, ZMQ_DEALER);
    zmq_setsockopt(client->socket, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(client->socket, ZMQ_RCVHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(client->socket, ZMQ_LINGER, &unlimited, sizeof unlimited);
    zmq_getsockopt(client->socket, ZMQ_FD, &client->fd, &bytes);
    if (zmq_connect(client->socket, endpoint) != 0)
        bench_fail("%s: %s", endpoint, zmq_strerror(zmq_errno()));
}

static void
start_client(struct offer *offer, double rate, double seconds, void *context, const char *endpoint)
{
    struct client *client = &offer->clients[offer->client_count++];
    client->rate = rate;
    client->capacity = (uint64_t)(rate * seconds * 1.2) + 1000;
    client->sent_ns = calloc(client->capacity, sizeof *client->sent_ns);
    client->took_ns = calloc(client->capacity, sizeof *client->took_ns);
    client->answers = calloc(client->capacity, 1);
    client->chance = 0x9E3779B97F4A7C15u * offer->client_count;
    if (rate <= 0 || !client->sent_ns || !client->took_ns || !client->answers)
        bench_fail("rate, or out of memory");
    connect_to(client, context, endpoint);
}

static int
by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void
report(struct client *client, double seconds)
{
    qsort(client->took_ns, client->ok, sizeof *client->took_ns, by_value);
    const uint64_t *took_ns = client->took_ns;
    printf("{\"rate\":%.0f,\"seconds\":%.0f,\"sent\":%lu,\"unsent\":%lu,\"ok\":%lu,\"exhausted\":%lu,\"too_late\":%lu,"
           "\"other\":%lu,\"unanswered\":%lu,\"twice\":%lu,\"ok_after_deadline\":%lu,\"p50_us\":%.1f,\"p99_us\":%.1f,"
           "\"max_us\":%.1f}\n",
           client->rate, seconds, client->sent, client->unsent, client->ok, client->exhausted, client->too_late,
           client->other, client->sent + client->twice - client->received, client->twice, client->after_deadline,
           client->ok ? (double)took_ns[client->ok / 2] / 1e3 : 0,
           client->ok ? (double)took_ns[client->ok * 99 / 100] / 1e3 : 0,
           client->ok ? (double)took_ns[client->ok - 1] / 1e3 : 0);
}

int
main(int argc, char **argv)
{
    if (argc < 8 || argc > 7 + MAX_CLIENTS)
        bench_fail("usage: offer ENDPOINT POLICY CORPUS PER_REQUEST SECONDS DEADLINE_MS RATE...");
    struct texts texts;
    static struct offer offer;
    const unsigned per_request = (unsigned)atoi(argv[4]), deadline_ms = (unsigned)atoi(argv[6]);
    const double seconds = atof(argv[5]);
    void *context = zmq_ctx_new();
    texts_read(argv[3], &texts);
    if (per_request < 1 || per_request > MAX_PER_REQUEST || texts.count < per_request || seconds <= 0)
        bench_fail("numbers out of range, or the corpus is too short");
    for (size_t i = 0; i < TEMPLATES; i++)
        offer.templates[i] = pack_template(argv[2], texts.items + i * per_request % (texts.count - per_request + 1),
                                           per_request, deadline_ms);
    for (int i = 7; i < argc; i++)
        start_client(&offer, atof(argv[i]), seconds, context, argv[1]);
    offer.deadline_ns = deadline_ms * UINT64_C(1000000);
    const uint64_t start_ns = wall_ns();
    for (unsigned i = 0; i < offer.client_count; i++)
        offer.clients[i].due_ns = start_ns;
    offer.end_ns = start_ns + (uint64_t)(seconds * 1e9);
    run(&offer);
    for (unsigned i = 0; i < offer.client_count; i++) {
        report(&offer.clients[i], seconds);
        zmq_close(offer.clients[i].socket);
    }
    zmq_ctx_term(context);
    return 0;
}
