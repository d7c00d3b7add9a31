#include "serve/notify.h"

#include <inttypes.h>
#include <stddef.h>

#include <systemd/sd-daemon.h>

#include "pool/budget.h"

void
notify_ready(const char *status_line)
{
    (void)sd_notifyf(0, "READY=1\nSTATUS=%s", status_line);
}

void
notify_reloading(void)
{
    (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, budget_now_ns() / 1000u);
}

void
notify_alive(void)
{
    if (sd_watchdog_enabled(0, NULL) > 0)
        (void)sd_notify(0, "WATCHDOG=1");
}

void
notify_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1\nSTATUS=answering what is under way");
}
