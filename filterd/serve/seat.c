#include "serve/seat.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LEAVE_PERCENT 75 /* of one processor */
#define RETURN_PERCENT 50

static uint64_t
used_now_ns(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

static void
find_threads(struct seat *seat)
{
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *task;

    seat->threads[seat->thread_count++] = gettid();
    while (tasks && seat->thread_count < SEAT_MAX_THREADS && (task = readdir(tasks))) {
        const int thread = atoi(task->d_name);
        if (thread > 0 && thread != seat->threads[0])
            seat->threads[seat->thread_count++] = thread;
    }
    if (tasks)
        closedir(tasks);
}

void
seat_init(struct seat *seat, uint64_t now_ns)
{
    *seat = (struct seat){.looked_ns = now_ns, .used_ns = used_now_ns()};
    if (sched_getaffinity(0, sizeof seat->processors, &seat->processors) != 0 || CPU_COUNT(&seat->processors) < 2)
        return;
    find_threads(seat);
    if (seat->thread_count > 1)
        seat->state = SEAT_CHOOSING;
}

static void
place(const struct seat *seat, unsigned count, const cpu_set_t *processors)
{
    for (unsigned i = 0; i < count; i++)
        (void)sched_setaffinity(seat->threads[i], sizeof *processors, processors);
}

/* Where the scheduler woke the caller, it had room. */
static void
sit_down(struct seat *seat)
{
    const int processor = sched_getcpu();
    cpu_set_t one;

    if (processor < 0 || processor >= CPU_SETSIZE)
        return;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    place(seat, seat->thread_count, &one);
    seat->state = SEAT_TAKEN;
}

static void
let_go(struct seat *seat)
{
    if (seat->state != SEAT_FREE)
        place(seat, seat->thread_count, &seat->processors);
    seat->state = SEAT_FREE;
}

void
seat_look(struct seat *seat, uint64_t now_ns, uint64_t used_ns)
{
    const uint64_t percent = (used_ns - seat->used_ns) * 100 / (now_ns - seat->looked_ns);

    seat->looked_ns = now_ns;
    seat->used_ns = used_ns;
    if (percent > (seat->state == SEAT_FREE ? RETURN_PERCENT : LEAVE_PERCENT)) {
        let_go(seat);
    } else {
        place(seat, 1, &seat->processors);
        seat->state = SEAT_CHOOSING;
    }
}

void
seat_keep(struct seat *seat, uint64_t now_ns)
{
    if (seat->state == SEAT_NONE)
        return;
    if (seat->state == SEAT_CHOOSING)
        sit_down(seat);
    if (now_ns - seat->looked_ns >= SEAT_LOOK_NS)
        seat_look(seat, now_ns, used_now_ns());
}

void
seat_leave(struct seat *seat, uint64_t now_ns)
{
    if (seat->state == SEAT_NONE)
        return;
    let_go(seat);
    seat->looked_ns = now_ns;
    seat->used_ns = used_now_ns();
}
