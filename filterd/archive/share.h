/* archive/share.h - a copy of an archive for colleagues, from which nobody can be identified (目黒区 8(2)).
 *
 * Two archive runs (archive/run.h) over the same files, each with a handler of its own. The first, share_count_work,
 * counts how often each combination of facts about a person would stand in the copy: keyed hashes alone leave the
 * worker. The second, share_work, writes the copy and leaves out whatever is still about too few.
 *
 * What is personal becomes a label, by the city's policy and by a stricter one of which nothing is allowed
 * (share_policy()). What the city's policy lets stand and tells little - an age, a municipality, an occupation, what
 * singles somebody out together with the rest - is made coarser where it can be and counted, as are kept columns and
 * the month. What nobody recognises is not counted.
 *
 * Threads: the counts have one writer; workers are forked after it and only read. Errors: STATUS_NO_MEMORY; a full
 * table makes everything new count as unique. Privacy: the key is random and lives in memory alone.
 */
#ifndef ARCHIVE_SHARE_H
#define ARCHIVE_SHARE_H

#include "archive/handler.h"
#include "archive/month.h"
#include "base/hash.h"
#include "base/secret.h"

#define SHARE_DEFAULT_K 5
#define SHARE_SENDER_BYTES 17 /* what stands for a sender, with its NUL */
#define SHARE_MONTH_NAME "month"
#define SHARE_SENDER_NAME "sender"

/* Why a record cannot be shared; the first that applies. */
enum share_risk {
    SHARE_BLOCKED,      /* its verdict is block */
    SHARE_SPECIAL_CARE, /* 要配慮個人情報 of somebody who may be identified by the rest */
    SHARE_RARE,         /* 特異な記述: a fact that stands in fewer than k records */
    SHARE_UNIQUE,       /* fewer than k records have this combination of facts */
    SHARE_LINKED,       /* the linked records of one sender describe the sender together */
    SHARE_RISK_COUNT
};

struct share_counts;

struct share {
    const char *keep[FIELDS_MAX]; /* columns beside the texts */
    size_t keep_count;
    bool links; /* reading.id_field names the sender */
    unsigned k;
    struct hash key;             /* of the hashes that are counted */
    struct secret_key link_key;  /* of what stands for a sender */
    struct share_counts *counts; /* combinations and facts; with links of how many senders */
};

/* The key and empty counts. */
STATUS_CHECKED enum status share_begin(struct share *share);
/* Destroys the keys too. */
void share_fini(struct share *share);
/* Adds what share_count_work wrote: whole lines. */
STATUS_CHECKED enum status share_add(struct share *share, struct slice lines);
/* How many records (with links: senders) have it. */
uint64_t share_count(const struct share *share, uint64_t hash);
/* Whether the records of a sender differ in what they tell. */
bool share_is_described(const struct share *share, uint64_t sender);

/* policy.yaml of a city that lets nothing personal stand. `id`: the folder's name. */
void share_policy(const char *id, struct buffer *out);

/* Worker handlers whose options are a struct handler_options with `share`. The cities of the worker are two: the
 * city's, then the one of share_policy(). */
enum status share_count_work(struct worker *worker, const struct item *job, struct buffer *reply);
enum status share_work(struct worker *worker, const struct item *job, struct buffer *reply);

#endif
