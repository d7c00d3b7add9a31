/* pool/generation.h - the process that loads all current rulesets and owns the workers that run them.
 *
 * Starting: every city is read once; a city whose files or common dictionaries changed since its last good set is first
 * compiled and its cases are run in a child (pool/check.h). A city that fails is built from its last good set
 * (pool/good.h); without one it cannot answer, and the others live. The sources of all that answers are kept
 * (pool/history.h). Then workers are forked and their sockets passed on.
 *
 * A reload forks its generation from the one that answers: the successor has all rulesets already, in memory shared
 * with its predecessor, and reads every city's files again. What has the same content as before is taken over as it
 * is; the rest goes the way above. When what all cities share has changed, or this process dies of it, the supervisor
 * forks a generation afresh. The predecessor is not touched: until its last worker has ended it answers as before.
 * Libraries are those of the program's start; MeCab's dictionary is a copy, made anew when the installed one changes.
 *
 * Threads: one; a child of the supervisor, also when a generation forked it. It never sees a message. Errors: told in
 * parcels; it never logs.
 */
#ifndef POOL_GENERATION_H
#define POOL_GENERATION_H

#include "base/fault.h"
#include "pool/fleet.h"
#include "pool/load.h"
#include "pool/parcel.h"

enum city_state {
    CITY_LIVE,  /* its present files answer */
    CITY_KEPT,  /* its last good files answer; the fault says why */
    CITY_FAILED /* it cannot answer */
};

struct city_report { /* PARCEL_CITY */
    char id[PLACES_ID_BYTES];
    uint32_t state;               /* enum city_state */
    char ruleset[HASH_HEX_BYTES]; /* "" when failed */
    struct fault fault;           /* empty when live */
};

struct common_report {  /* PARCEL_COMMON */
    uint32_t state;     /* CITY_LIVE, or CITY_KEPT: the last good common dictionaries answer, the fault says why */
    uint32_t lost;      /* rulesets whose sources could not be kept: their verdicts cannot be made again */
    struct fault fault; /* empty when live */
};

enum generation_purpose {
    GENERATION_TO_CHANGE, /* one answers already: faulty common dictionaries change nothing */
    GENERATION_TO_ANSWER  /* none does: the last good common dictionaries will do */
};

#define GENERATION_HANDLER_BYTES 64

struct generation_orders { /* what a reload may change; travels as PARCEL_RENEW */
    uint32_t number;
    unsigned workers;
    unsigned compile_at_once;
    size_t max_text_bytes;
    uint64_t recycle_messages;
    struct places places;
    _Alignas(16) uint8_t handler_options[GENERATION_HANDLER_BYTES]; /* the worker's */
};

struct generation_options {
    struct generation_orders orders;
    enum generation_purpose purpose;
    const struct city_report *answering; /* what is to be changed; none of it may cease to answer */
    size_t answering_count;
    const char *store_dir; /* all private; inside the state directory */
    const char *good_dir;
    const char *history_dir;
    worker_handler handler;
};

/* Runs in a fresh child until PARCEL_RETIRE has been obeyed or `fd` ends; gives the exit code. Returns in successors
 * too. A successor that ends without PARCEL_FAILED asks for a generation afresh. */
int generation_main(const struct generation_options *options, int parent_pid, int fd);

#endif
