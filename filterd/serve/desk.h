/* serve/desk.h - the service's end of the control socket (serve/control.h): who asks, and what they get.
 *
 * Threads: one owner. Errors: a peer that sends nonsense is told so and cut; one that does not read is cut. When all
 * places are taken, whoever has been silent for longest makes room: nobody locks the others out by saying nothing.
 */
#ifndef SERVE_DESK_H
#define SERVE_DESK_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "serve/control.h"

#define DESK_MAX_VISITORS 16

enum desk_command { DESK_UNKNOWN, DESK_STATUS, DESK_STATS, DESK_RELOAD };

struct visitor {
    int fd; /* -1 = none */
    int pid, uid;
    uint64_t number; /* in the order of arrival */
    char line[CONTROL_MAX_LINE_BYTES];
    size_t bytes;
    uint64_t reload_number; /* waits for the end of this reload; 0 = does not wait */
};

struct desk {
    int fd, lock_fd;
    char path[108];
    uint64_t arrived; /* visitors so far */
    struct visitor visitors[DESK_MAX_VISITORS];
};

STATUS_CHECKED enum status desk_open(struct desk *desk, const char *path, struct fault *fault);
void desk_close(struct desk *desk);

/* DESK_MAX_VISITORS + 1 entries: the socket itself, then the visitors. */
void desk_polls(const struct desk *desk, struct pollfd *polls);
void desk_accept(struct desk *desk);
/* Reads of visitor `index`. True: a whole line is in, *command_out says which. */
bool desk_read(struct desk *desk, unsigned index, enum desk_command *command_out);
/* Sends one line (the break is added) and sees the visitor out. */
void desk_answer(struct desk *desk, unsigned index, struct slice answer);

enum desk_command desk_parse(struct slice line);

#endif
