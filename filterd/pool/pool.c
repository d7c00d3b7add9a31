#include "pool/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "pool/budget.h"

#define LANE_JOBS 2        /* one in work, one waiting in the socket: the worker never idles */
#define MAX_FAILED_FORKS 8 /* in a row, without one answer between them */
#define MAX_TRIES 2

struct job {
    uint64_t ticket;
    uint8_t *payload;
    size_t bytes;
    unsigned strikes;
    struct job *next;
};

/* One worker and what it was given. */
struct lane {
    int pid; /* 0 = none */
    struct channel channel;
    struct status_page *page;
    struct budget budget;
    struct job *jobs[LANE_JOBS]; /* in the order given */
    unsigned job_count;
    unsigned sent_count;
};

struct pool {
    struct worker_options options;
    struct job *waiting; /* jobs of dead workers; suspects among them */
    size_t under_way;
    unsigned failed_forks;
    unsigned lane_count;
    struct pollfd *polls;
    struct lane lanes[];
};

static void
job_free(struct job *job)
{
    explicit_bzero(job->payload, job->bytes);
    free(job->payload);
    free(job);
}

/* --- one worker --------------------------------------------------------------------------------------------------- */

static enum status
lane_start(struct pool *pool, struct lane *lane)
{
    int pid, fd, page_fd;
    enum status status = worker_fork(&pool->options, &pid, &fd, &page_fd);

    if (status != STATUS_OK)
        return status;
    status = status_page_map(page_fd, &lane->page);
    close(page_fd);
    channel_init(&lane->channel, fd);
    lane->pid = pid;
    lane->budget = (struct budget){0};
    return status;
}

/* Ends the worker by closing its socket, or by force, and waits for it. */
static void
lane_stop(struct lane *lane, int signal_number)
{
    if (lane->pid == 0)
        return;
    channel_fini(&lane->channel);
    if (signal_number != 0)
        kill(lane->pid, signal_number);
    while (waitpid(lane->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    status_page_unmap(&lane->page);
    lane->pid = 0;
}

/* Hands the worker what it was not yet given. False: the worker is gone. */
static bool
lane_push(struct lane *lane)
{
    while (lane->pid != 0) {
        if (channel_flush(&lane->channel) != STATUS_OK)
            return false;
        if (!channel_is_idle(&lane->channel) || lane->sent_count == lane->job_count)
            return true;
        const struct job *job = lane->jobs[lane->sent_count++];
        atomic_fetch_add_explicit(&lane->page->handed, 1, memory_order_relaxed);
        channel_put(&lane->channel, &(struct item){.ticket = job->ticket, .payload = {job->payload, job->bytes}});
    }
    return false;
}

static bool
lane_is_due(const struct lane *lane)
{
    return lane->pid != 0 && atomic_load_explicit(&lane->page->is_due, memory_order_acquire) != 0;
}

static bool
lane_has_suspect(const struct lane *lane)
{
    return lane->job_count > 0 && lane->jobs[0]->strikes > 0;
}

/* The worker with the least to do that may take `job`: a suspect runs alone. */
static struct lane *
lane_for(struct pool *pool, const struct job *job)
{
    struct lane *best = NULL;

    for (unsigned i = 0; i < pool->lane_count; i++) {
        struct lane *lane = &pool->lanes[i];
        const bool fits = job->strikes > 0 ? lane->job_count == 0 : lane->job_count < LANE_JOBS;

        if (lane->pid != 0 && fits && !lane_has_suspect(lane) && !lane_is_due(lane) &&
            (!best || lane->job_count < best->job_count))
            best = lane;
    }
    return best;
}

static void
place_waiting(struct pool *pool)
{
    struct job **link = &pool->waiting;

    while (*link) {
        struct job *job = *link;
        struct lane *lane = lane_for(pool, job);
        if (!lane) {
            link = &job->next;
            continue;
        }
        *link = job->next;
        lane->jobs[lane->job_count++] = job;
        (void)lane_push(lane); /* a dead worker is found by the next wait */
    }
}

/* --- deaths ------------------------------------------------------------------------------------------------------- */

static void
finish(struct pool *pool, struct job *job, enum status status, struct slice reply, pool_answer answer, void *context)
{
    const uint64_t ticket = job->ticket;

    job_free(job);
    pool->under_way--;
    pool->failed_forks = 0;
    answer(context, ticket, status, reply);
}

/* The job that the page names gets a strike, at the second one it is given up; the others only run again. */
static unsigned
bury(struct pool *pool, struct lane *lane, pool_answer answer, void *context)
{
    const uint64_t culprit = lane->page ? atomic_load(&lane->page->ticket_in_work) : 0;
    const unsigned job_count = lane->job_count;
    struct job *jobs[LANE_JOBS] = {lane->jobs[0], lane->jobs[1]};
    unsigned given_up = 0;

    lane_stop(lane, SIGKILL);
    lane->job_count = lane->sent_count = 0;
    pool->failed_forks++;
    for (unsigned i = job_count; i-- > 0;) {
        if (jobs[i]->ticket == culprit && ++jobs[i]->strikes >= MAX_TRIES) {
            finish(pool, jobs[i], STATUS_INTERNAL, (struct slice){0}, answer, context);
            given_up++;
        } else {
            jobs[i]->next = pool->waiting;
            pool->waiting = jobs[i];
        }
    }
    return given_up;
}

/* No worker will start: everything under way is answered all the same. */
static unsigned
give_up(struct pool *pool, pool_answer answer, void *context)
{
    unsigned count = 0;

    while (pool->waiting) {
        struct job *job = pool->waiting;
        pool->waiting = job->next;
        finish(pool, job, STATUS_UNAVAILABLE, (struct slice){0}, answer, context);
        count++;
    }
    return count;
}

static unsigned
restart_dead(struct pool *pool, pool_answer answer, void *context)
{
    unsigned live = 0;

    for (unsigned i = 0; i < pool->lane_count; i++) {
        struct lane *lane = &pool->lanes[i];
        if (lane_is_due(lane) && lane->job_count == 0)
            lane_stop(lane, 0);
        if (lane->pid == 0 && pool->failed_forks < MAX_FAILED_FORKS * pool->lane_count)
            if (lane_start(pool, lane) != STATUS_OK)
                lane_stop(lane, SIGKILL);
        live += lane->pid != 0;
    }
    place_waiting(pool);
    return live == 0 ? give_up(pool, answer, context) : 0;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* Takes the answers that are there. False: the worker is gone or talks nonsense. */
static bool
lane_receive(struct pool *pool, struct lane *lane, pool_answer answer, void *context, unsigned *answered)
{
    for (;;) {
        bool complete;
        struct item item;
        if (channel_receive(&lane->channel, &complete) != STATUS_OK)
            return false;
        if (!complete)
            return lane_push(lane);
        while (channel_take(&lane->channel, &item)) {
            if (lane->sent_count == 0 || lane->jobs[0]->ticket != item.ticket)
                return false;
            struct job *job = lane->jobs[0];
            lane->jobs[0] = lane->jobs[1];
            lane->job_count--;
            lane->sent_count--;
            finish(pool, job, (enum status)item.status, item.payload, answer, context);
            ++*answered;
        }
    }
}

static int
poll_lanes(struct pool *pool, int timeout_ms)
{
    for (unsigned i = 0; i < pool->lane_count; i++) {
        const struct lane *lane = &pool->lanes[i];
        const bool is_sending = lane->pid != 0 && !channel_is_idle(&lane->channel);

        pool->polls[i].fd = lane->pid != 0 ? lane->channel.fd : -1;
        pool->polls[i].events = (short)(POLLIN | (is_sending ? POLLOUT : 0));
    }
    const int tick_ms = timeout_ms < 0 || timeout_ms > BUDGET_CHECK_MS ? BUDGET_CHECK_MS : timeout_ms;
    return poll(pool->polls, pool->lane_count, tick_ms);
}

static unsigned
turn(struct pool *pool, int timeout_ms, pool_answer answer, void *context)
{
    unsigned answered = restart_dead(pool, answer, context);

    if (answered > 0)
        return answered;
    const int ready = poll_lanes(pool, timeout_ms);
    const uint64_t now_ns = budget_now_ns();
    for (unsigned i = 0; i < pool->lane_count; i++) {
        struct lane *lane = &pool->lanes[i];
        if (lane->pid == 0)
            continue;
        bool lives = true;
        if (ready > 0 && pool->polls[i].revents != 0)
            lives = lane_receive(pool, lane, answer, context, &answered);
        else if (ready == 0)
            lives = !budget_is_spent(&lane->budget, lane->pid, lane->page, now_ns);
        if (!lives)
            answered += bury(pool, lane, answer, context);
    }
    return answered + restart_dead(pool, answer, context);
}

enum status
pool_wait(struct pool *pool, int timeout_ms, pool_answer answer, void *context)
{
    const uint64_t end_ns = budget_now_ns() + (uint64_t)(timeout_ms < 0 ? 0 : timeout_ms) * 1000000u;

    while (pool->under_way > 0) {
        int left_ms = -1;
        if (timeout_ms >= 0) {
            const uint64_t now_ns = budget_now_ns();
            left_ms = now_ns >= end_ns ? 0 : (int)((end_ns - now_ns) / 1000000u);
        }
        if (turn(pool, left_ms, answer, context) > 0 || left_ms == 0)
            break;
    }
    return STATUS_OK;
}

/* --- the pool ----------------------------------------------------------------------------------------------------- */

enum status
pool_create(const struct worker_options *options, unsigned workers, struct pool **pool_out)
{
    ASSERT(workers > 0);
    struct pool *pool = calloc(1, sizeof *pool + workers * sizeof pool->lanes[0]);
    if (!pool)
        return STATUS_NO_MEMORY;
    pool->options = *options;
    pool->lane_count = workers;
    pool->polls = calloc(workers, sizeof *pool->polls);
    enum status status = pool->polls ? STATUS_OK : STATUS_NO_MEMORY;
    for (unsigned i = 0; status == STATUS_OK && i < workers; i++)
        status = lane_start(pool, &pool->lanes[i]);
    if (status == STATUS_OK)
        *pool_out = pool;
    else
        pool_destroy(&pool);
    return status;
}

void
pool_destroy(struct pool **pool)
{
    if (!*pool)
        return;
    for (unsigned i = 0; i < (*pool)->lane_count; i++) {
        struct lane *lane = &(*pool)->lanes[i];
        lane_stop(lane, lane->job_count > 0 ? SIGKILL : 0);
        for (unsigned j = 0; j < lane->job_count; j++)
            job_free(lane->jobs[j]);
    }
    while ((*pool)->waiting) {
        struct job *job = (*pool)->waiting;
        (*pool)->waiting = job->next;
        job_free(job);
    }
    free((*pool)->polls);
    free(*pool);
    *pool = NULL;
}

enum status
pool_submit(struct pool *pool, uint64_t ticket, struct slice payload)
{
    ASSERT(ticket > 0);
    if (payload.bytes > CHANNEL_MAX_PAYLOAD_BYTES)
        return STATUS_TOO_LARGE;
    if (pool->under_way >= (size_t)pool->lane_count * LANE_JOBS)
        return STATUS_BUDGET;
    struct job *job = calloc(1, sizeof *job);
    uint8_t *copy = malloc(payload.bytes > 0 ? payload.bytes : 1);
    if (!job || !copy) {
        free(job);
        free(copy);
        return STATUS_NO_MEMORY;
    }
    if (payload.bytes > 0)
        memcpy(copy, payload.data, payload.bytes);
    *job = (struct job){.ticket = ticket, .payload = copy, .bytes = payload.bytes, .next = pool->waiting};
    pool->waiting = job;
    pool->under_way++;
    place_waiting(pool);
    return STATUS_OK;
}

size_t
pool_under_way(const struct pool *pool)
{
    return pool->under_way;
}
