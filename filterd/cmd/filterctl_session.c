#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "cmd/filterctl.h"
#include "text/intake.h"

#define READ_BYTES 4096

/* --- dictionaries ------------------------------------------------------------------------------------------------- */

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
    if (status == STATUS_OK)
        return load;
    if (fault.reason[0] != '\0')
        complain_fault(call, &fault);
    else
        session_complain(call, status);
    return NULL;
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
        complain(call, "%s: %s", operand, status_word(status));
    return false;
}

void
city_close(struct city *city)
{
    ruleset_destroy(&city->ruleset);
    city_files_fini(&city->files);
}

static bool
load_policy(const struct call *call, struct session *session)
{
    const char *id = call->values[OPTION_POLICY] ? call->values[OPTION_POLICY] : "default";
    struct fault fault = {0};
    enum status status = load_city(session->load, id, &session->ruleset, &fault);

    if (status == STATUS_OK)
        return true;
    if (fault.reason[0] != '\0')
        complain_fault(call, &fault);
    else
        session_complain(call, status);
    return false;
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
session_open(const struct call *call, struct session *session)
{
    struct places places;

    *session = (struct session){.message.short_tokens = call->counts[OPTION_SHORT_TOKENS] > 0};
    if (!read_words(call, &session->message))
        return false;
    session->load = session_load(call, &places);
    if (session->load == NULL)
        return false;
    if (load_policy(call, session) && read_purpose(call, session))
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
            complain(call, "-: %s", strerror(errno));
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
    return complain(call, "%s", status_word(status));
}
