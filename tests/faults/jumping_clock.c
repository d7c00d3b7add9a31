/* Preloaded by test_resources.py: the wall clock jumps a day forward and back again, as clocks that are set do. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>

#define DAY_S 86400
#define CALLS_PER_JUMP 3

static time_t
offset(void)
{
    static _Atomic unsigned calls;
    static const time_t jumps[] = {0, DAY_S, -DAY_S, 3600, -3600};

    return jumps[atomic_fetch_add(&calls, 1) / CALLS_PER_JUMP % (sizeof jumps / sizeof *jumps)];
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
    __typeof__(&clock_gettime) real = (__typeof__(&clock_gettime))dlsym(RTLD_NEXT, "clock_gettime");
    const int result = real(clock, now);

    if (clock == CLOCK_REALTIME)
        now->tv_sec += offset();
    return result;
}

int
gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec time;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &time);
    *now = (struct timeval){time.tv_sec, time.tv_nsec / 1000};
    return 0;
}

time_t
time(time_t *out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
