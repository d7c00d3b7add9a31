/* serve/crew.h - the children of the supervisor: started, listened to, told what to do.
 *
 * Threads: one owner, the process that forks, with one thread. Errors: what goes wrong is logged; a child that cannot
 * be reached is killed, its death is then seen by the supervisor.
 */
#ifndef SERVE_CREW_H
#define SERVE_CREW_H

#include "serve/service.h"

#define CREW_LOOK_MS 500
#define CREW_MAX_MISSED 5

/* --- generations --- */

/* NULL when there is no place or no process. */
struct cohort *crew_start_generation(struct service *service, enum generation_purpose purpose);
/* The same by asking the one that is live, which has everything loaded, for a successor (pool/generation.h). Its pid is
 * 0 until it is born; when that is not until born_until_ns, or it has hung up, it never will be. NULL also when there
 * is none to ask. */
struct cohort *crew_renew_generation(struct service *service);
/* Takes one parcel of it. False: it has hung up. *kind_out is 0 when the parcel is dealt with here; PARCEL_READY or
 * PARCEL_FAILED (with *fault_out; also when no memory is left for what it says) are the supervisor's. */
bool crew_hear_generation(struct service *service, struct cohort *cohort, uint32_t *kind_out, struct fault *fault_out);
/* The live cohort from now on; one that was live before retires. */
void crew_go_live(struct service *service, struct cohort *cohort);
void crew_retire(struct cohort *cohort);
/* Its process has ended: forgets it and its workers. */
void crew_forget_generation(struct service *service, struct cohort *cohort);

/* --- the front --- */

void crew_start_front(struct service *service);
/* False: it has hung up. *kind_out: PARCEL_BOUND, or PARCEL_BIND_FAILED with *fault_out. */
bool crew_hear_front(struct service *service, uint32_t *kind_out, struct fault *fault_out);
void crew_drain_front(struct service *service);
/* Call every CREW_LOOK_MS. Kills one that has stood still for CREW_MAX_MISSED of them; true: it has just moved. */
bool crew_watch_front(struct service *service, uint64_t now_ns);
void crew_forget_front(struct service *service, uint64_t now_ns);

/* --- all --- */

/* Kills what is left, waits for it, forgets it. */
void crew_kill_all(struct service *service);

#endif
