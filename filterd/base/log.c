#include "base/log.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 4096
#define PROCESS_BYTES 32

static char log_process[PROCESS_BYTES] = "filterd";
static enum log_level log_max_level = LOG_LEVEL_INFO;
static bool log_to_journal;
static _Atomic unsigned log_lost; /* lines since the last that went out */

struct line {
    char text[LINE_BYTES];
    size_t bytes;
    bool full;
};

/* All of `bytes` or nothing: a line is never cut inside an escape. One byte stays free for the line feed. */
static void
put(struct line *line, const char *text, size_t bytes)
{
    if (line->full || bytes > sizeof(line->text) - 1 - line->bytes) {
        line->full = true;
        return;
    }
    memcpy(line->text + line->bytes, text, bytes);
    line->bytes += bytes;
}

static void
put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

static bool
is_bare(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at == '"' || *at == '=' || *at == '\\' || *at >= 0x7F)
            return false;
    return *text != '\0';
}

static void
put_value(struct line *line, const char *text)
{
    if (is_bare(text)) {
        put_text(line, text);
        return;
    }
    put_text(line, "\"");
    for (const char *at = text; *at != '\0'; at++) {
        char escaped[8] = {*at, '\0'};
        if (*at == '\n')
            strcpy(escaped, "\\n");
        else if (*at == '"' || *at == '\\')
            (void)snprintf(escaped, sizeof(escaped), "\\%c", *at);
        else if (*at < ' ' || *at >= 0x7F) /* char is signed here: covers every non-ASCII byte */
            (void)snprintf(escaped, sizeof(escaped), "\\x%02x", (unsigned)(unsigned char)*at);
        put_text(line, escaped);
    }
    put_text(line, "\"");
}

void
log_init(const char *process, enum log_level max_level)
{
    (void)snprintf(log_process, sizeof(log_process), "%s", process);
    log_max_level = max_level;
    log_to_journal = getenv("JOURNAL_STREAM") != NULL;
}

static const char *
level_word(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_ERROR:
        return "error";
    case LOG_LEVEL_WARNING:
        return "warning";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_DEBUG:
        break;
    }
    return "debug";
}

/* The journal adds the time itself. */
static void
put_head(struct line *line, enum log_level level)
{
    char head[64];
    struct timespec now;
    struct tm utc;

    if (log_to_journal) {
        (void)snprintf(head, sizeof(head), "<%d>", (int)level);
    } else {
        (void)clock_gettime(CLOCK_REALTIME, &now);
        (void)gmtime_r(&now.tv_sec, &utc);
        size_t bytes = strftime(head, sizeof(head), "ts=%Y-%m-%dT%H:%M:%S", &utc);
        (void)snprintf(head + bytes, sizeof(head) - bytes, ".%03ldZ ", now.tv_nsec / 1000000);
    }
    put_text(line, head);
    put_text(line, "level=");
    put_text(line, level_word(level));
    put_text(line, " proc=");
    put_value(line, log_process);
}

static void
put_event(struct line *line, enum log_level level, const char *event, const struct log_field *fields, unsigned count)
{
    line->bytes = 0;
    line->full = false;
    put_head(line, level);
    put_text(line, " event=");
    put_value(line, event);
    for (unsigned i = 0; i < count; i++) {
        char number[24];
        (void)snprintf(number, sizeof(number), "%lld", (long long)fields[i].number);
        put_text(line, " ");
        put_text(line, fields[i].key);
        put_text(line, "=");
        put_value(line, fields[i].text != NULL ? fields[i].text : number);
    }
    line->text[line->bytes++] = '\n';
}

/* A pipe or socket that can be written to has room for a line. */
static bool
write_line(const struct line *line)
{
    struct pollfd end = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&end, 1, 0) == 1 && (end.revents & POLLOUT) != 0 && write(end.fd, line->text, line->bytes) > 0;
}

void
log_write(enum log_level level, const char *event, const struct log_field *fields, unsigned count)
{
    struct line line;

    if (level > log_max_level)
        return;
    const unsigned lost = atomic_exchange(&log_lost, 0);
    if (lost > 0) {
        put_event(&line, LOG_LEVEL_WARNING, "log_lost", &LOG_INT("lines", lost), 1);
        if (!write_line(&line)) {
            (void)atomic_fetch_add(&log_lost, lost + 1);
            return;
        }
    }
    put_event(&line, level, event, fields, count);
    if (!write_line(&line))
        (void)atomic_fetch_add(&log_lost, 1);
}
