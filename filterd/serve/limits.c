#include "serve/limits.h"

#define WORK_OF_REQUEST 256
#define WORK_OF_MESSAGE 256
#define SMOOTHING 16 /* a batch counts for one in so many */
#define FIRST 16     /* batches of which the fastest is believed */
#define ODD_TIMES 4  /* a batch so many times slower than the mean counts no more than that */
#define EXCESS 5     /* of what a client asks for, so much may be more than its share */
#define NS_PER_US 1000u
#define NS_PER_MS 1000000u
#define NS_PER_S 1e9

uint32_t
limits_work(size_t request_bytes, unsigned messages)
{
    return (uint32_t)(request_bytes + WORK_OF_REQUEST + (size_t)messages * WORK_OF_MESSAGE);
}

void
limits_learn(struct limits *limits, uint64_t work, uint64_t elapsed_ns)
{
    if (work == 0)
        return;
    double unit_ns = (double)elapsed_ns / (double)work;
    if (limits->batches < FIRST) {
        if (limits->batches++ == 0 || unit_ns < limits->unit_ns)
            limits->unit_ns = unit_ns;
        return;
    }
    if (unit_ns > limits->unit_ns * ODD_TIMES)
        unit_ns = limits->unit_ns * ODD_TIMES;
    limits->unit_ns += (unit_ns - limits->unit_ns) / SMOOTHING;
}

uint64_t
limits_ns(const struct limits *limits, uint64_t work)
{
    return (uint64_t)((double)work * limits->unit_ns);
}

uint64_t
limits_work_in(const struct limits *limits, uint64_t ns)
{
    return limits->unit_ns > 0 ? (uint64_t)((double)ns / limits->unit_ns) : UINT64_MAX;
}

/* Long enough that chance alone hardly makes a client below its share ask for more than it. */
uint64_t
limits_window_ns(const struct conf *conf)
{
    return (uint64_t)conf->overload_calm_ms * NS_PER_MS;
}

void
limits_ask(const struct conf *conf, struct pressure *pressure, uint64_t work, uint64_t now_ns)
{
    const uint64_t window_ns = limits_window_ns(conf);

    if (now_ns - pressure->since_ns >= window_ns) {
        pressure->asked_before = now_ns - pressure->since_ns < 2 * window_ns ? pressure->asked : 0;
        pressure->asked = 0;
        pressure->since_ns = now_ns;
    }
    pressure->asked += work;
}

/* A refusal with less time than another one is no news, and does not make that one last longer. */
void
limits_press(const struct conf *conf, struct pressure *pressure, uint64_t share, uint64_t left_ns, uint64_t now_ns)
{
    const uint64_t asked = pressure->asked > pressure->asked_before ? pressure->asked : pressure->asked_before;

    if (asked - asked / EXCESS <= share || (now_ns < pressure->until_ns && left_ns < pressure->left_ns))
        return;
    pressure->left_ns = left_ns;
    pressure->until_ns = now_ns + (uint64_t)conf->overload_calm_ms * NS_PER_MS;
}

enum admission
limits_judge(const struct conf *conf, const struct outlook *outlook)
{
    const uint64_t short_ns = (uint64_t)conf->overload_wait_us * NS_PER_US + outlook->slack_ns;
    uint64_t longest_ns = outlook->left_ns / 100 * conf->admit_percent;

    if (outlook->is_free)
        return ADMIT;
    if (outlook->own_ns > outlook->left_ns)
        return ADMIT_TOO_LATE;
    if (longest_ns > outlook->left_ns - outlook->own_ns)
        longest_ns = outlook->left_ns - outlook->own_ns;
    const bool is_pressed =
        outlook->now_ns < outlook->pressure.until_ns && outlook->left_ns <= outlook->pressure.left_ns;
    if (is_pressed && outlook->has_waiting && short_ns < longest_ns)
        longest_ns = short_ns;
    return outlook->wait_ns <= longest_ns ? ADMIT : ADMIT_NOT_NOW;
}

uint32_t
allowance_take(struct allowance *allowance, unsigned rate, unsigned messages, uint64_t now_ns)
{
    if (rate == 0)
        return 0;
    if (allowance->filled_ns == 0)
        allowance->messages = rate;
    else
        allowance->messages += (double)(now_ns - allowance->filled_ns) / NS_PER_S * rate;
    allowance->filled_ns = now_ns;
    if (allowance->messages > rate)
        allowance->messages = rate;
    /* A request of more messages than a second allows passes with a full allowance, and leaves a debt. */
    const double needed = messages < rate ? messages : rate;
    if (allowance->messages < needed)
        return (uint32_t)((needed - allowance->messages) / rate * 1000) + 1;
    allowance->messages -= messages;
    return 0;
}
