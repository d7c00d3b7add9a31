/* bench/load.c - a client that keeps a fixed number of requests outstanding.
 *
 *     load ENDPOINT POLICY CORPUS PER_REQUEST OUTSTANDING REQUESTS [check]
 *
 * Requests are packed before the clock starts. With `check`, every reply is decoded and must be OK with one OK result
 * per message (a pass of its own: the echo's replies hold nothing to decode). One JSON line on standard output.
 */
#include <filter.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "bench.h"

#define ID_BYTES 8 /* request_id: the index in hexadecimal */
#define MAX_PER_REQUEST 64
#define TIMEOUT_MS 10000

struct load_run {
    struct slice *requests; /* packed; request i has id i */
    size_t request_count;
    unsigned per_request, outstanding;
    uint64_t *sent_ns, *took_ns; /* per request of the run */
    uint64_t to_send, sent, received, request_bytes, reply_bytes;
    bool check;
    void *socket;
};

static struct slice
pack_request(const char *policy, const struct slice *texts, unsigned count, size_t index)
{
    char id[ID_BYTES + 1];
    snprintf(id, sizeof id, "%08zx", index);
    Filterd__V1__CheckRequest request = FILTERD__V1__CHECK_REQUEST__INIT;
    Filterd__V1__Message messages[MAX_PER_REQUEST], *list[MAX_PER_REQUEST];
    for (unsigned i = 0; i < count; i++) {
        filterd__v1__message__init(&messages[i]);
        messages[i].text = (ProtobufCBinaryData){texts[i].bytes, (uint8_t *)(uintptr_t)texts[i].data};
        list[i] = &messages[i];
    }
    request.request_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)id};
    request.policy_id = (ProtobufCBinaryData){strlen(policy), (uint8_t *)(uintptr_t)policy};
    request.deadline_ms = 5000;
    request.messages = list;
    request.n_messages = count;
    uint8_t *bytes = malloc(filterd__v1__check_request__get_packed_size(&request));
    if (!bytes)
        bench_fail("out of memory");
    return (struct slice){bytes, filterd__v1__check_request__pack(&request, bytes)};
}

static void
pack_all(struct load_run *run, const char *policy, const struct texts *texts)
{
    run->request_count = texts->count / run->per_request;
    run->requests = calloc(run->request_count + 1, sizeof *run->requests);
    run->sent_ns = calloc(run->to_send, sizeof *run->sent_ns);
    run->took_ns = calloc(run->to_send, sizeof *run->took_ns);
    if (!run->requests || !run->sent_ns || !run->took_ns || run->request_count < run->outstanding)
        bench_fail("the corpus is too short");
    for (size_t i = 0; i < run->request_count; i++)
        run->requests[i] = pack_request(policy, texts->items + i * run->per_request, run->per_request, i);
}

/* Requests and replies begin with field 1, request_id, as length and bytes. */
static size_t
index_of_reply(const uint8_t *data, size_t bytes)
{
    char id[ID_BYTES + 1] = {0};
    if (bytes < 2 + ID_BYTES || data[0] != 0x0A || data[1] != ID_BYTES)
        bench_fail("a reply without our request_id");
    memcpy(id, data + 2, ID_BYTES);
    return strtoul(id, NULL, 16);
}

static void
check_reply(const struct load_run *run, const uint8_t *data, size_t bytes)
{
    Filterd__V1__CheckReply *reply = filterd__v1__check_reply__unpack(NULL, bytes, data);
    if (!reply || reply->status != FILTERD__V1__STATUS__STATUS_OK || reply->n_results != run->per_request)
        bench_fail("reply status %d", reply ? (int)reply->status : -1);
    for (size_t i = 0; i < reply->n_results; i++)
        if (reply->results[i]->status != FILTERD__V1__STATUS__STATUS_OK || !reply->results[i]->verdict)
            bench_fail("result status %d", (int)reply->results[i]->status);
    filterd__v1__check_reply__free_unpacked(reply, NULL);
}

static void
send_next(struct load_run *run)
{
    struct slice request = run->requests[run->sent % run->request_count];
    run->sent_ns[run->sent++] = wall_ns();
    run->request_bytes += request.bytes;
    if (zmq_send(run->socket, request.data, request.bytes, 0) < 0)
        bench_fail("send: %s", zmq_strerror(zmq_errno()));
}

/* The newest request of this index is the one outstanding: fewer are outstanding than there are indexes. */
static void
take_reply(struct load_run *run)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, run->socket, 0) < 0)
        bench_fail("no reply: %s (%lu of %lu came)", zmq_strerror(zmq_errno()), run->received, run->to_send);
    const uint8_t *data = zmq_msg_data(&message);
    size_t bytes = zmq_msg_size(&message), index = index_of_reply(data, bytes);
    size_t round = (run->sent - 1 - index) / run->request_count;
    run->took_ns[run->received++] = wall_ns() - run->sent_ns[index + round * run->request_count];
    run->reply_bytes += bytes;
    if (run->check)
        check_reply(run, data, bytes);
    zmq_msg_close(&message);
}

static void
connect_to(struct load_run *run, void *context, const char *endpoint)
{
    int unlimited = 0, none = 0, timeout_ms = TIMEOUT_MS;
    run->socket = zmq_socket(context, ZMQ_DEALER);
    zmq_setsockopt(run->socket, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(run->socket, ZMQ_RCVHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(run->socket, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(run->socket, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    if (zmq_connect(run->socket, endpoint) != 0)
        bench_fail("%s: %s", endpoint, zmq_strerror(zmq_errno()));
}

static int
by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
    if (argc < 7)
        bench_fail("usage: load ENDPOINT POLICY CORPUS PER_REQUEST OUTSTANDING REQUESTS [check]");
    struct texts texts;
    struct load_run run = {.per_request = (unsigned)atoi(argv[4]), .outstanding = (unsigned)atoi(argv[5])};
    run.to_send = strtoull(argv[6], NULL, 10);
    run.check = argc > 7;
    if (run.per_request < 1 || run.per_request > MAX_PER_REQUEST || run.outstanding < 1 ||
        run.to_send < run.outstanding)
        bench_fail("numbers out of range");
    texts_read(argv[3], &texts);
    pack_all(&run, argv[2], &texts);
    void *context = zmq_ctx_new();
    connect_to(&run, context, argv[1]);
    uint64_t started = wall_ns();
    while (run.sent < run.outstanding)
        send_next(&run);
    while (run.received < run.to_send) {
        take_reply(&run);
        if (run.sent < run.to_send)
            send_next(&run);
    }
    uint64_t ns = wall_ns() - started;
    qsort(run.took_ns, run.to_send, sizeof *run.took_ns, by_value);
    printf("{\"ns\":%lu,\"messages\":%lu,\"request_bytes\":%lu,\"reply_bytes\":%lu,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
           ns, run.received * run.per_request, run.request_bytes, run.reply_bytes,
           (double)run.took_ns[run.to_send / 2] / 1e3, (double)run.took_ns[run.to_send * 99 / 100] / 1e3);
    zmq_close(run.socket);
    zmq_ctx_term(context);
    return 0;
}
