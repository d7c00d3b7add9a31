/* serve/seat.h - one processor for the front and the threads of libzmq.
 *
 * Every request comes from libzmq's I/O thread, and every reply goes to it. On one processor that hand-over is a
 * switch; on two it is an interrupt, and the scheduler spreads two threads that wait for each other over two processors
 * each time. So they sit together as long as both need clearly less than one processor, and nothing is refused for
 * load; else they are let go. Where they sit is the scheduler's choice, made afresh each second: who moves in beside
 * them does not keep them there.
 *
 * Threads: one owner, the front's. Errors: none; where the system does not tell or allow, all stay where they are.
 */
#ifndef SERVE_SEAT_H
#define SERVE_SEAT_H

#include <sched.h>
#include <stdint.h>

#define SEAT_LOOK_NS UINT64_C(1000000000)
#define SEAT_MAX_THREADS 8

struct seat {
    enum { SEAT_NONE, SEAT_FREE, SEAT_CHOOSING, SEAT_TAKEN } state; /* NONE: there is nothing to choose */
    cpu_set_t processors;                                           /* that we may use */
    int threads[SEAT_MAX_THREADS];                                  /* of this process, the caller's first */
    unsigned thread_count;
    uint64_t looked_ns;
    uint64_t used_ns; /* processor time of the process by then */
};

/* When all threads run that are to sit together. */
void seat_init(struct seat *seat, uint64_t now_ns);
/* Every turn, but those under overload. */
void seat_keep(struct seat *seat, uint64_t now_ns);
/* Requests are refused for their load: whatever processor has a moment is the right one. Until a second after. */
void seat_leave(struct seat *seat, uint64_t now_ns);
/* A part of seat_keep: `used_ns` is the processor time that the process has used so far. */
void seat_look(struct seat *seat, uint64_t now_ns, uint64_t used_ns);

#endif
