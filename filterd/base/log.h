/* base/log.h - one event, one logfmt line on standard error.
 *
 * For serve, archive and cmd only. Values are integers, static words and identifiers; there is no way to hand
 * over message bytes. Control characters, quotes and non-ASCII bytes of an identifier are escaped, so an event is one
 * line. Under systemd (JOURNAL_STREAM set when log_init runs) lines start with "<n>" priorities. A reader that takes
 * nothing off a full pipe stops nobody: lines are dropped, and the next that goes out says before it how many.
 * Threads: each line is one write(2).
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

struct log_field {
    const char *key;
    const char *text; /* NULL: `number` is printed */
    int64_t number;
};

#define LOG_TEXT(key_, text_) ((struct log_field){.key = (key_), .text = (text_) ? (text_) : ""})
#define LOG_INT(key_, number_) ((struct log_field){.key = (key_), .number = (int64_t)(number_)})

/* `process` becomes proc=…; lines above `max_level` are dropped. */
void log_init(const char *process, enum log_level max_level);
void log_write(enum log_level level, const char *event, const struct log_field *fields, unsigned count);

/* log_info("worker_up", LOG_INT("pid", pid), LOG_TEXT("policy", id)); at least one field */
#define LOG_FIELDS(...)                      \
    (const struct log_field[]){__VA_ARGS__}, \
        (unsigned)(sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
#define log_error(event, ...) log_write(LOG_LEVEL_ERROR, event, LOG_FIELDS(__VA_ARGS__))
#define log_warning(event, ...) log_write(LOG_LEVEL_WARNING, event, LOG_FIELDS(__VA_ARGS__))
#define log_info(event, ...) log_write(LOG_LEVEL_INFO, event, LOG_FIELDS(__VA_ARGS__))
#define log_debug(event, ...) log_write(LOG_LEVEL_DEBUG, event, LOG_FIELDS(__VA_ARGS__))

#endif
