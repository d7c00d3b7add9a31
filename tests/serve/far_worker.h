/* far_worker.h - the far end of a dispatch's line, in the hands of the test: what a worker would read, write and show.
 */
#ifndef TESTS_SERVE_FAR_WORKER_H
#define TESTS_SERVE_FAR_WORKER_H

#include <fcntl.h>

#include "pool/channel.h"
#include "pool/status_page.h"
#include "serve/dispatch.h"

struct far_worker {
    struct channel channel;
    struct status_page *page;
};

/* Neither end waits. */
static void
far_worker_add(struct dispatch *dispatch, uint32_t generation, int pid, struct far_worker *worker)
{
    int pair[2], page_fd;

    assert_int_equal(channel_pair(pair), STATUS_OK);
    assert_int_equal(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
    channel_init(&worker->channel, pair[1]);
    assert_int_equal(status_page_create(&page_fd, &worker->page), STATUS_OK);
    dispatch_add_worker(dispatch, generation, pid, pair[0], page_fd);
}

static void
far_worker_fini(struct far_worker *worker)
{
    channel_fini(&worker->channel);
    status_page_unmap(&worker->page);
}

#endif
