#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "cmd/filterctl.h"
#include "pool/history.h"
#include "serve/conf.h"
#include "text/intake.h"

#define READ_BYTES 4096

/* --- dictionaries ------------------------------------------------------------------------------------------------- */

static struct load *
told(const struct call *call, enum status status, const struct fault *fault)
{
    if (fault->reason[0] != '\0')
        complain_fault(call, fault);
    else
        session_complain(call, status);
    return NULL;
}

struct load *
session_load(const struct call *call, struct places *places_out)
{
    struct fault fault = {0};
    struct load *load = NULL;
    enum status status = places_find(call->values[OPTION_DICTIONARIES], places_out, &fault);

    if (status == STATUS_OK)
        status = places_set_keys(places_out, call->values[OPTION_KEYS], &fault);
    if (status == STATUS_OK)
        status = load_create(places_out, call->values[OPTION_STORE], &load, &fault);
    return status == STATUS_OK ? load : told(call, status, &fault);
}

enum status
session_read_city(const struct places *places, const char *operand, struct city_files *files_out, struct fault *fault)
{
    char path[PLACES_PATH_BYTES];
    size_t bytes = strlen(operand);
    char *slash;

    if (strchr(operand, '/') == NULL)
        return places_read(places, operand, files_out, fault);
    while (bytes > 1 && operand[bytes - 1] == '/')
        bytes--;
    if (bytes >= sizeof path) {
        fault_set(fault, operand, 0, 0, NULL, NULL, "the path is too long", "name a shorter one");
        return STATUS_INVALID;
    }
    memcpy(path, operand, bytes);
    path[bytes] = '\0';
    slash = strrchr(path, '/');
    *slash = '\0';
    return city_files_read(slash == path ? "/" : path, slash + 1, files_out, fault);
}

bool
city_open(const struct call *call, struct load *load, const struct places *places, const char *operand,
          struct city *city_out)
{
    char keys_path[PLACES_PATH_BYTES + PLACES_ID_BYTES + 8];
    struct fault fault = {0};
    enum status status = session_read_city(places, operand, &city_out->files, &fault);

    if (status == STATUS_OK) {
        city_out->files.keys_path = places_keys(places, city_out->files.id, keys_path, sizeof keys_path);
        status = ruleset_build(load_cities(load)->common, &city_out->files, &city_out->ruleset, &fault);
        city_out->files.keys_path = NULL;
    }
    if (status == STATUS_OK)
        return true;
    if (fault.reason[0] != '\0')
        complain_fault(call, &fault);
    else
        complain_why(call, operand, status);
    return false;
}

void
city_close(struct city *city)
{
    ruleset_destroy(&city->ruleset);
    city_files_fini(&city->files);
}

static bool
load_policy(const struct call *call, const char *id, struct session *session)
{
    struct fault fault = {0};
    const enum status status = load_city(session->load, id, &session->ruleset, &fault);

    if (status != STATUS_OK)
        told(call, status, &fault);
    return status == STATUS_OK;
}

/* --- a past ruleset ----------------------------------------------------------------------------------------------- */

static bool
find_past(const struct call *call, struct history_entry *entry)
{
    char dir[PLACES_PATH_BYTES];
    struct fault fault = {0};
    struct conf conf;

    conf_defaults(&conf);
    const char *state = call->values[OPTION_STATE_DIR] ? call->values[OPTION_STATE_DIR] : conf.state_dir;
    const int bytes = snprintf(dir, sizeof dir, "%s/history", state);
    enum status status = bytes > 0 && bytes < (int)sizeof dir ? STATUS_OK : STATUS_TOO_LARGE;
    if (status == STATUS_OK)
        status = history_find(dir, call->values[OPTION_RULESET], entry, &fault);
    if (status == STATUS_OK)
        status = places_set_keys(&entry->places, call->values[OPTION_KEYS], &fault);
    if (status != STATUS_OK)
        told(call, status, &fault);
    return status == STATUS_OK;
}

/* Only what comes out under its own name is the ruleset of then. */
static bool
is_itself(const struct call *call, const struct history_entry *entry, const struct session *session)
{
    struct fault fault = {0};

    if (strcmp(entry->ruleset, session->ruleset->hash_hex) == 0)
        return true;
    fault_set(&fault, entry->places.cities[0], 0, 0, "ruleset", session->ruleset->hash_hex,
              session->ruleset->keys
                  ? "another ruleset comes out: the keys are not those of then, or its files are damaged"
                  : "another ruleset comes out: its files are damaged",
              session->ruleset->keys ? "name the key file of then with --keys" : NULL);
    told(call, STATUS_INVALID, &fault);
    return false;
}

static bool
open_past(const struct call *call, struct session *session)
{
    const char *policy = call->values[OPTION_POLICY];
    struct history_entry entry;
    struct fault fault = {0};

    if (!find_past(call, &entry))
        return false;
    if (policy && strcmp(policy, entry.id) != 0) {
        usage_error(call, words_for(call, "this ruleset is that of '%s'", "この規則は '%s' のものです"), entry.id);
        return false;
    }
    const enum status status = load_create(&entry.places, call->values[OPTION_STORE], &session->load, &fault);
    if (status != STATUS_OK)
        told(call, status, &fault);
    return status == STATUS_OK && load_policy(call, entry.id, session) && is_itself(call, &entry, session);
}

static bool
open_present(const struct call *call, struct session *session)
{
    struct places places;

    session->load = session_load(call, &places);
    return session->load &&
           load_policy(call, call->values[OPTION_POLICY] ? call->values[OPTION_POLICY] : "default", session);
}

/* --- settings ----------------------------------------------------------------------------------------------------- */

static bool
read_words(const struct call *call, struct message *message)
{
    const char *direction = call->values[OPTION_DIRECTION], *surface = call->values[OPTION_SURFACE];

    if (direction != NULL && !direction_parse(slice_of(direction), &message->direction)) {
        usage_error(call, words_for(call, "unknown direction '%s'", "不明な方向 '%s'"), direction);
        return false;
    }
    if (surface != NULL && !surface_parse(slice_of(surface), &message->surface)) {
        usage_error(call, words_for(call, "unknown surface '%s'", "不明な場所 '%s'"), surface);
        return false;
    }
    return true;
}

static bool
read_purpose(const struct call *call, struct session *session)
{
    const char *purpose = call->values[OPTION_PURPOSE] ? call->values[OPTION_PURPOSE] : "";

    if (policy_purpose(session->ruleset->policy, slice_of(purpose), &session->message.purpose))
        return true;
    usage_error(call, words_for(call, "the policy knows no purpose '%s'", "方針に用途 '%s' はありません"), purpose);
    return false;
}

bool
session_read_message(const struct call *call, struct session *session)
{
    return read_words(call, &session->message) && read_purpose(call, session);
}

bool
session_open(const struct call *call, struct session *session)
{
    *session = (struct session){.message.short_tokens = call->counts[OPTION_SHORT_TOKENS] > 0};
    if (!read_words(call, &session->message))
        return false;
    const bool is_open = call->values[OPTION_RULESET] ? open_past(call, session) : open_present(call, session);
    if (is_open && read_purpose(call, session))
        return true;
    session_close(session);
    return false;
}

void
session_close(struct session *session)
{
    load_destroy(&session->load);
    session->ruleset = NULL;
}

struct scanner *
session_scanner(const struct call *call, const struct session *session)
{
    struct scanner *scanner = NULL;
    enum status status = scanner_create(load_cities(session->load)->common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &scanner);

    if (status == STATUS_OK)
        return scanner;
    scanner_destroy(&scanner);
    session_complain(call, status);
    return NULL;
}

/* --- the text ----------------------------------------------------------------------------------------------------- */

/* Reads until the end or one byte more than a message may have. */
static bool
read_standard_input(const struct call *call, struct buffer *raw)
{
    while (raw->bytes <= SCANNER_DEFAULT_MAX_TEXT_BYTES + 1 && !raw->failed) {
        uint8_t *room = buffer_reserve(raw, READ_BYTES);
        ssize_t bytes = room == NULL ? 0 : read(STDIN_FILENO, room, READ_BYTES);

        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0) {
            complain_why(call, "-", STATUS_IO);
            return false;
        }
        if (bytes == 0)
            break;
        raw->bytes += (size_t)bytes;
    }
    if (raw->bytes > 0 && raw->data[raw->bytes - 1] == '\n')
        raw->bytes--; /* what echo and editors put behind the last line */
    return true;
}

bool
session_read_text(const struct call *call, struct buffer *text)
{
    const char *operand = call->operand_count > 0 ? call->operands[0] : "-";

    if (strcmp(operand, "-") == 0)
        return read_standard_input(call, text);
    buffer_append_text(text, operand);
    return !text->failed;
}

enum status
session_repair(struct slice raw, struct buffer *text)
{
    struct arena *arena = NULL;
    struct intake intake;
    enum status status = arena_create(4 * SCANNER_DEFAULT_MAX_TEXT_BYTES, &arena);

    if (status == STATUS_OK)
        status = intake_run(arena, raw, SCANNER_DEFAULT_MAX_TEXT_BYTES, &intake);
    if (status == STATUS_OK)
        buffer_append(text, intake.text.data, intake.text.bytes);
    arena_destroy(&arena);
    return status == STATUS_OK && text->failed ? STATUS_NO_MEMORY : status;
}

int
session_complain(const struct call *call, enum status status)
{
    if (status == STATUS_TOO_LARGE)
        return complain(call, words_for(call, "the text has more than %d bytes", "文が%dバイトを超えています"),
                        SCANNER_DEFAULT_MAX_TEXT_BYTES);
    return complain(call, "%s", words_of_status(call, status));
}
