#include "pool/worker.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "pool/sandbox.h"

/* Answers of a batch go out together, but not more of them than the kernel takes in one go. */
#define ANSWERS_MAX_BYTES (256u << 10)

const struct ruleset *
cities_find(const struct cities *cities, struct slice id)
{
    const uint32_t index = table_get(cities->by_id, id);

    return index == TABLE_NONE ? NULL : cities->rulesets[index];
}

static uint64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Runs the handler with the page saying so: whoever finds this process dead knows which job it was. */
static enum status
answer_job(struct worker *worker, const struct item *job, uint64_t started_ns, struct buffer *reply)
{
    struct status_page *page = worker->page;

    atomic_store_explicit(&page->started_ns, started_ns, memory_order_relaxed);
    atomic_store_explicit(&page->bytes_in_work, job->payload.bytes, memory_order_relaxed);
    atomic_store_explicit(&page->ticket_in_work, job->ticket, memory_order_release);
    buffer_clear(reply);
    enum status status = worker->handler(worker, job, reply);
    if (reply->failed || reply->bytes > CHANNEL_MAX_PAYLOAD_BYTES) {
        status = reply->failed ? STATUS_NO_MEMORY : STATUS_TOO_LARGE;
        buffer_clear(reply);
    }
    atomic_store_explicit(&page->ticket_in_work, 0, memory_order_release);
    atomic_store_explicit(&page->jobs, atomic_load_explicit(&page->jobs, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    return status;
}

/* The feeder must see it with the answers, or it might wait for others. */
static void
say_when_due(struct worker *worker)
{
    if (worker->retire_after > 0 &&
        atomic_load_explicit(&worker->page->messages, memory_order_relaxed) >= worker->retire_after)
        atomic_store_explicit(&worker->page->is_due, 1, memory_order_release);
}

/* One job begins when the one before it has ended: the clock is read once for both, but after a wait for the feeder. */
static enum status
answer_batch(struct worker *worker, struct channel *channel, struct buffer *reply)
{
    enum status sent = STATUS_OK;
    uint64_t clock_ns = now_ns();
    struct item item;

    while (sent == STATUS_OK && channel_take(channel, &item)) {
        item.status = answer_job(worker, &item, clock_ns, reply);
        clock_ns = now_ns();
        item.meta = (struct slice){(const uint8_t *)&clock_ns, sizeof clock_ns};
        item.payload = buffer_slice(reply);
        channel_put(channel, &item);
        say_when_due(worker);
        if (channel_queued_bytes(channel) > ANSWERS_MAX_BYTES) {
            sent = channel_flush(channel);
            clock_ns = now_ns();
        }
    }
    return sent == STATUS_OK ? channel_flush(channel) : sent;
}

static int
serve_jobs(struct worker *worker, int fd)
{
    struct channel channel;
    struct buffer reply;
    bool complete;
    int code = WORKER_EXIT_DONE;

    channel_init(&channel, fd);
    buffer_init(&reply);
    atomic_store_explicit(&worker->page->ready_ns, now_ns(), memory_order_release);
    while (code == WORKER_EXIT_DONE && channel_receive(&channel, &complete) == STATUS_OK)
        if (answer_batch(worker, &channel, &reply) != STATUS_OK)
            code = WORKER_EXIT_LOST;
    channel_fini(&channel);
    buffer_fini(&reply);
    return code;
}

static enum status
prepare_scanner(const struct worker_options *options, struct worker *worker)
{
    const struct cities *cities = options->cities;

    if (!cities || !cities->common)
        return STATUS_OK;
    return scanner_create(cities->common, options->max_text_bytes, &worker->scanner);
}

/* From three to five quarters of `messages`, by the process id: neighbours are far apart. */
static uint64_t
share_of(uint64_t messages)
{
    const uint64_t spread = ((uint64_t)getpid() * UINT64_C(0x9E3779B97F4A7C15)) >> 32;

    return messages == 0 ? 0 : messages - messages / 4 + spread % (messages / 2 + 1);
}

static int
worker_main(const struct worker_options *options, int parent_pid, int fd, int page_fd)
{
    struct worker worker = {
        .cities = options->cities,
        .handler = options->handler,
        .handler_options = options->handler_options,
        .retire_after = share_of(options->recycle_messages),
    };
    int fds[2] = {fd, page_fd};

    if (sandbox_begin(parent_pid) != STATUS_OK || sandbox_keep_descriptors(fds, 2) != STATUS_OK ||
        status_page_map(fds[1], &worker.page) != STATUS_OK || prepare_scanner(options, &worker) != STATUS_OK ||
        sandbox_enter() != STATUS_OK)
        return WORKER_EXIT_START;
    return serve_jobs(&worker, fds[0]);
}

enum status
worker_fork(const struct worker_options *options, int *pid_out, int *socket_out, int *page_fd_out)
{
    struct status_page *page = NULL;
    int pair[2] = {-1, -1};
    int page_fd = -1;
    int pid = -1;

    if (channel_pair(pair) == STATUS_OK && fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0 &&
        status_page_create(&page_fd, &page) == STATUS_OK) {
        const int parent_pid = getpid();
        pid = fork();
        if (pid == 0)
            _exit(worker_main(options, parent_pid, pair[1], page_fd));
    }
    status_page_unmap(&page);
    if (pair[1] >= 0)
        close(pair[1]);
    if (pid < 0) {
        if (pair[0] >= 0)
            close(pair[0]);
        if (page_fd >= 0)
            close(page_fd);
        return STATUS_IO;
    }
    *pid_out = pid;
    *socket_out = pair[0];
    *page_fd_out = page_fd;
    return STATUS_OK;
}
