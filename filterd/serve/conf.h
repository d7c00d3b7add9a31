/* serve/conf.h - the settings of filterd: one row each in serve/conf.def, from which the struct, the parser, the help
 * and the sample file come.
 *
 * Threads: plain data, no pointers: it travels in parcels. Errors: STATUS_INVALID with file, line, column.
 */
#ifndef SERVE_CONF_H
#define SERVE_CONF_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/status.h"

#define CONF_MAX_FILE_BYTES (1u << 20)
#define CONF_TEXT_BYTES 512
#define CONF_LISTEN_BYTES 128
#define CONF_MAX_LISTEN 8
#define CONF_DEFAULT_LISTEN "ipc:///run/filterd/filterd.sock"

struct conf {
#define CONF_UINT(name, min, max, fallback, unit, when, english, japanese) unsigned name;
#define CONF_TEXT(name, fallback, when, english, japanese) char name[CONF_TEXT_BYTES];
#include "serve/conf.def"
#undef CONF_UINT
#undef CONF_TEXT
    struct conf_listen {
        unsigned count;
        char endpoints[CONF_MAX_LISTEN][CONF_LISTEN_BYTES];
    } listen, listen_curve; /* open to who reaches them; to clients with a key */
};

void conf_defaults(struct conf *conf_out);
/* Defaults, and over them what the file says; `clients` gets the rows of clients (serve/clients.h). */
STATUS_CHECKED enum status conf_load(const char *path, struct conf *conf_out, struct buffer *clients,
                                     struct fault *fault);
STATUS_CHECKED enum status conf_parse(struct slice yaml, const char *file, struct conf *conf_out,
                                      struct buffer *clients, struct fault *fault);

/* The name of the first setting that differs and only takes effect with a restart; NULL = none. */
const char *conf_needs_restart(const struct conf *running, const struct conf *wanted);

/* Takes over what may change while running. */
void conf_take_reloadable(struct conf *running, const struct conf *wanted);

enum conf_language { CONF_ENGLISH, CONF_JAPANESE };
/* One line per setting for --help; a whole commented file for --sample. */
void conf_help(enum conf_language language, struct buffer *out);
void conf_sample(struct buffer *out);

#endif
