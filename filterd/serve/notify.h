/* serve/notify.h - what systemd is told (sd_notify); nothing happens elsewhere.
 *
 * Threads: one owner. Errors: none, a service manager that does not listen changes nothing.
 */
#ifndef SERVE_NOTIFY_H
#define SERVE_NOTIFY_H

void notify_ready(const char *status_line);
void notify_reloading(void);
void notify_stopping(void);
void notify_alive(void); /* for WatchdogSec= */

#endif
