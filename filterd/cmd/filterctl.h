/* cmd/filterctl.h - what the verbs of filterctl share.
 *
 * A verb is one table: its options, what help says, its function. Parsing, usage and help pages come from the table.
 * Texts for people are English or Japanese by LC_ALL, LC_MESSAGES, LANG; JSON is the same everywhere.
 */
#ifndef CMD_FILTERCTL_H
#define CMD_FILTERCTL_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/status.h"
#include "pool/load.h"
#include "scan/scanner.h"
#include "tune/remark.h"

/* Exit codes of every verb; check, scan and test give 1 a meaning of their own. */
enum { EXIT_GOOD = 0, EXIT_FOUND = 1, EXIT_TROUBLE = 2, EXIT_REFUSED = 3 };

struct words {
    const char *en;
    const char *ja;
};

enum option_id {
    OPTION_POLICY,
    OPTION_DIRECTION,
    OPTION_SURFACE,
    OPTION_PURPOSE,
    OPTION_FORMAT,
    OPTION_FIELD,
    OPTION_ID_FIELD,
    OPTION_OUTPUT,
    OPTION_OUTPUT_FORMAT,
    OPTION_NO_HEADER,
    OPTION_RESUME,
    OPTION_SHARD,
    OPTION_CHECKPOINT,
    OPTION_WORKERS,
    OPTION_FAIL_ON,
    OPTION_JSON,
    OPTION_VERBOSE,
    OPTION_CONTROL,
    OPTION_DICTIONARIES,
    OPTION_STORE,
    OPTION_KEYS,
    OPTION_RULESET,
    OPTION_STATE_DIR,
    OPTION_SHORT_TOKENS,
    OPTION_KEY_ID,
    OPTION_CURVE,
    OPTION_AUDIT,
    OPTION_LABELLED,
    OPTION_RULES,
    OPTION_HARMLESS,
    OPTION_DRY_RUN,
    OPTION_ACCEPT_WARNINGS,
    OPTION_LIST,
    OPTION_NAME,
    OPTION_OLD,
    OPTION_NEW,
    OPTION_ARCHIVE,
    OPTION_TIME_FIELD,
    OPTION_JSON_FILE,
    OPTION_XLSX,
    OPTION_NO_SAMPLES,
    OPTION_BENCH_RULES,
    OPTION_AGAINST,
    OPTION_CORPUS,
    OPTION_ROUNDS,
    OPTION_TIMINGS,
    OPTION_TOP,
    OPTION_CHART,
    OPTION_KEEP_COLUMN,
    OPTION_LINK,
    OPTION_K,
    OPTION_DROP_RISKY,
    OPTION_HELP,
    OPTION_COUNT
};

struct option_row {
    char letter; /* 0 = none */
    const char *name;
    const char *argument; /* NULL = takes none */
    struct words text;
};
extern const struct option_row option_rows[OPTION_COUNT];

struct call; /* one command line, parsed */

struct exit_row {
    int code;
    struct words text;
};
struct example {
    const char *command;
    struct words text;
};

#define VERB_MAX_ROWS 6

struct verb {
    const char *name;
    const char *operands; /* "[TEXT|-]" */
    int max_operands;
    enum option_id options[OPTION_COUNT + 1]; /* ends with OPTION_COUNT; --help is always there */
    struct words summary;
    struct words description; /* paragraphs parted by empty lines; lines that begin with a space stay as they are */
    struct exit_row exits[VERB_MAX_ROWS];
    struct example examples[VERB_MAX_ROWS];
    int (*run)(const struct call *call); /* returns the exit code */
};

extern const struct verb verb_check, verb_explain, verb_scan, verb_test, verb_status, verb_reload, verb_stats,
    verb_keygen, verb_reveal, verb_coverage, verb_lint, verb_diff, verb_publish, verb_rollback, verb_new, verb_export,
    verb_import, verb_merge, verb_whatif, verb_suggest, verb_report, verb_share, verb_bench;

#define FILTERCTL_MAX_FIELDS 16

struct call {
    const struct verb *verb; /* NULL before it is known */
    bool is_japanese;
    const char *values[OPTION_COUNT]; /* the last one given; "" for an option without argument */
    unsigned counts[OPTION_COUNT];
    const char *fields[FILTERCTL_MAX_FIELDS]; /* all of --field */
    const char *keeps[FILTERCTL_MAX_FIELDS];  /* all of --keep-column */
    const char *const *operands;
    int operand_count;
};

/* --- filterctl_options.c --- */

bool words_are_japanese(void); /* by the environment */
__attribute__((format_arg(2), format_arg(3))) const char *words_for(const struct call *call, const char *en,
                                                                    const char *ja);
/* Fills the call from what stands behind the verb. False: told the user; the exit code is EXIT_TROUBLE. */
bool options_parse(struct call *call, int argc, char **argv);
/* "filterctl VERB: …" on standard error, and a line that says where help is. Returns EXIT_TROUBLE. */
__attribute__((format(printf, 2, 3))) int usage_error(const struct call *call, const char *format, ...);
/* The same without the hint: what went wrong is no matter of usage. */
__attribute__((format(printf, 2, 3))) int complain(const struct call *call, const char *format, ...);
/* Why, in the language of the call: of STATUS_IO what errno says. Stands until the next call. */
const char *words_of_status(const struct call *call, enum status status);
/* "WHAT: why" */
int complain_why(const struct call *call, const char *what, enum status status);
int complain_fault(const struct call *call, const struct fault *fault);
/* The candidate nearest to `word`, NULL when none is near. `count` names of which some may be NULL. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

/* --- filterctl_help.c --- */

extern const struct verb *const verbs[];
extern const size_t verb_count;
const struct verb *verb_find(const char *name); /* NULL when unknown */
void help_overview(const struct call *call, FILE *out);
void help_verb(const struct call *call, const struct verb *verb);

/* --- filterctl_session.c: one policy, ready to scan --- */

struct session {
    struct load *load;
    const struct ruleset *ruleset;
    struct message message; /* as the options say; without text */
};

/* Loads the policy, or the kept ruleset of --ruleset, and reads --direction, --surface, --purpose. False: told the
 * user. */
bool session_open(const struct call *call, struct session *session);
void session_close(struct session *session);
/* Reads --direction, --surface, --purpose for session->ruleset alone. False: told the user. */
bool session_read_message(const struct call *call, struct session *session);
/* A scanner for the session's ruleset; NULL: told the user. */
struct scanner *session_scanner(const struct call *call, const struct session *session);
/* The text of the command line or of standard input, as it came. False: told the user. */
bool session_read_text(const struct call *call, struct buffer *text);
/* Appends `raw` as the scanner will see it: valid UTF-8. */
STATUS_CHECKED enum status session_repair(struct slice raw, struct buffer *text);
/* Tells why a text has no verdict. Returns EXIT_TROUBLE. */
int session_complain(const struct call *call, enum status status);
/* One version of a city, apart from the load's own: two versions of one city can be open at once. */
struct city {
    struct city_files files;
    struct ruleset *ruleset;
};
/* `operand`: as session_read_city. The common part is the load's, which must outlive the city. False: told the user,
 * and city_close may be called. */
bool city_open(const struct call *call, struct load *load, const struct places *places, const char *operand,
               struct city *city_out);
void city_close(struct city *city);

/* The files of a city by its id, or by the path of its folder when there is a '/' in it. Fills `fault` unless OK. */
STATUS_CHECKED enum status session_read_city(const struct places *places, const char *operand,
                                             struct city_files *files_out, struct fault *fault);
/* Builds a load from --dictionaries and --store; NULL: told the user. */
struct load *session_load(const struct call *call, struct places *places_out);

/* --- filterctl_lint.c, filterctl_diff.c, filterctl_service.c: what publish does too --- */

/* Tells what lint finds in `files` and counts it. EXIT_GOOD, or EXIT_TROUBLE after telling the user. */
int lint_files(const struct call *call, struct load *load, const struct places *places, const struct city_files *files,
               unsigned told[REMARK_LEVEL_COUNT]);
/* Tells what `files` changes in the city of that id: EXIT_FOUND, EXIT_GOOD (nothing) or EXIT_TROUBLE. A city that is
 * not there yet is all change. */
int show_changes(const struct call *call, struct load *load, const struct places *places,
                 const struct city_files *files);

enum service_answer { SERVICE_LIVE, SERVICE_ABSENT, SERVICE_REFUSED };
/* Makes the service read its files again. REFUSED: the city's were not taken, or the service did not answer (told). */
enum service_answer service_reload_city(const struct call *call, const char *city);

/* --- filterctl_labelled.c: how well names are found in a labelled file --- */

int labelled_run(const struct call *call, const char *path); /* the exit code */

/* --- filterctl_print.c: verdicts for people and programs --- */

void print_verdict(const struct call *call, const struct verdict *verdict, const struct ruleset *ruleset);
/* Writes text so that it cannot drive a terminal: control characters become visible, long text is cut when
 * `max_characters` is not 0. */
void print_safely(FILE *out, struct slice text, size_t max_characters);
const char *print_action(const struct call *call, enum action action);
/* Prints one JSON line and releases `line`. Ends the program when memory had run out: half a line is worse than none.
 */
void print_json_line(struct buffer *line);

#endif
