#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/budget.h"
#include "pool/status_page.h"

static void
what_a_dead_process_wrote_is_still_there(void **state)
{
    (void)state;
    struct status_page *page, *other;
    int fd;

    assert_int_equal(status_page_create(&fd, &page), STATUS_OK);
    assert_true(page->ticket_in_work == 0 && page->jobs == 0);
    const int pid = fork();
    if (pid == 0) {
        atomic_store(&page->ticket_in_work, 42);
        abort();
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(status_page_map(fd, &other), STATUS_OK);
    close(fd);
    assert_int_equal(atomic_load(&other->ticket_in_work), 42);
    status_page_unmap(&page);
    status_page_unmap(&other);
    assert_null(other);
}

static void
a_page_cannot_be_cut_off(void **state)
{
    (void)state;
    struct status_page *page;
    int fd;

    assert_int_equal(status_page_create(&fd, &page), STATUS_OK);
    assert_int_equal(ftruncate(fd, 0), -1);
    status_page_unmap(&page);
    close(fd);
}

static void
no_page_for_a_wrong_descriptor(void **state)
{
    (void)state;
    struct status_page *page = NULL;

    assert_int_equal(status_page_map(-1, &page), STATUS_IO);
    assert_null(page);
}

/* The budget is judged by injected clocks; the process measured is this one, which uses next to no CPU. */
static void
an_idle_worker_has_budget(void **state)
{
    (void)state;
    struct status_page page = {0};
    struct budget budget = {0};

    assert_false(budget_is_spent(&budget, getpid(), &page, UINT64_MAX));
}

static void
a_job_that_waits_for_the_cpu_is_spared_until_the_wall_limit(void **state)
{
    (void)state;
    struct status_page page = {.ticket_in_work = 3, .started_ns = 1};
    struct budget budget = {0};

    assert_false(budget_is_spent(&budget, getpid(), &page, 2));
    assert_false(budget_is_spent(&budget, getpid(), &page, BUDGET_WALL_NS));
    assert_true(budget_is_spent(&budget, getpid(), &page, BUDGET_WALL_NS + 2));
}

static void
a_job_that_burns_cpu_is_over_budget_sooner(void **state)
{
    (void)state;
    struct status_page page = {.ticket_in_work = 3, .started_ns = 1};
    struct budget budget = {.ticket = 3, .cpu_at_first_sight_ns = 0};

    budget.cpu_at_first_sight_ns -= 2 * (uint64_t)BUDGET_CPU_NS; /* as if that much was used since */
    assert_false(budget_is_spent(&budget, getpid(), &page, BUDGET_CPU_NS));
    assert_true(budget_is_spent(&budget, getpid(), &page, BUDGET_CPU_NS + 2));
}

static void
a_large_payload_has_more_time(void **state)
{
    (void)state;
    struct status_page page = {.ticket_in_work = 3, .started_ns = 1, .bytes_in_work = 1 << 20};
    struct budget budget = {.ticket = 3};

    assert_false(budget_is_spent(&budget, getpid(), &page, 2 * (uint64_t)BUDGET_WALL_NS));
}

static void
a_worker_that_takes_up_no_job_hangs(void **state)
{
    (void)state;
    struct status_page page = {.handed = 5, .jobs = 4};
    struct budget budget = {0};

    assert_false(budget_is_spent(&budget, getpid(), &page, 1000));
    assert_false(budget_is_spent(&budget, getpid(), &page, BUDGET_WALL_NS));
    assert_true(budget_is_spent(&budget, getpid(), &page, 1001 + (uint64_t)BUDGET_WALL_NS));
    page.jobs = 5;
    assert_false(budget_is_spent(&budget, getpid(), &page, 3 * (uint64_t)BUDGET_WALL_NS));
}

static void
every_job_starts_anew(void **state)
{
    (void)state;
    struct status_page page = {.ticket_in_work = 4, .started_ns = 1};
    struct budget budget = {.ticket = 3};

    assert_false(budget_is_spent(&budget, getpid(), &page, 2 * (uint64_t)BUDGET_WALL_NS));
    assert_int_equal(budget.ticket, 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"what a dead process wrote is still there", what_a_dead_process_wrote_is_still_there, NULL, NULL, NULL},
        {"a page cannot be cut off", a_page_cannot_be_cut_off, NULL, NULL, NULL},
        {"no page for a wrong descriptor", no_page_for_a_wrong_descriptor, NULL, NULL, NULL},
        {"an idle worker has budget", an_idle_worker_has_budget, NULL, NULL, NULL},
        {"a job that waits for the CPU is spared until the wall limit",
         a_job_that_waits_for_the_cpu_is_spared_until_the_wall_limit, NULL, NULL, NULL},
        {"a job that burns CPU is over budget sooner", a_job_that_burns_cpu_is_over_budget_sooner, NULL, NULL, NULL},
        {"a large payload has more time", a_large_payload_has_more_time, NULL, NULL, NULL},
        {"a worker that takes up no job hangs", a_worker_that_takes_up_no_job_hangs, NULL, NULL, NULL},
        {"every job starts anew", every_job_starts_anew, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("status_page", tests, NULL, NULL);
}
