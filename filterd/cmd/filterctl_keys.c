/* filterctl keygen, reveal: the keys behind tokens and encrypted values. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/secret.h"
#include "cmd/filterctl.h"
#include "rules/keys.h"
#include "scan/transform.h"
#include "serve/curve.h"

#define KEY_FILE_MODE 0600
#define REVEAL_ARENA_BYTES (1u << 20)

/* --- keygen ------------------------------------------------------------------------------------------------------- */

/* Never over a file that is there: what its key sealed could not be opened any more. */
static bool
write_key_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, KEY_FILE_MODE);

    if (fd < 0)
        return false;
    bool is_written = file_write_all(fd, slice_of(text)) == STATUS_OK && fsync(fd) == 0;
    if (close(fd) != 0)
        is_written = false;
    if (!is_written) {
        int error = errno;

        unlink(path);
        errno = error;
    }
    return is_written;
}

static bool
write_secret_key(const char *path, const char *id)
{
    struct secret_key key;
    char hex[2 * SECRET_KEY_BYTES + 1], text[2 * SECRET_KEY_BYTES + KEY_ID_MAX_BYTES + 64];

    secret_random_key(&key);
    secret_key_hex(&key, hex);
    snprintf(text, sizeof text, "# filterd keys: the first one writes\n%s %s\n", id, hex);
    const bool is_written = write_key_file(path, text);
    secret_wipe(&key, sizeof key);
    secret_wipe(hex, sizeof hex);
    secret_wipe(text, sizeof text);
    return is_written;
}

/* The public key goes to standard output too: it is for the other side. */
static bool
write_curve_key(const char *path)
{
    struct curve_key key;
    char text[2 * CURVE_KEY_BYTES + 128];

    if (curve_generate(&key) != STATUS_OK)
        return false;
    snprintf(text, sizeof text,
             "# CURVE keys of filterd or of a client: keep the secret one here\npublic %s\nsecret %s\n", key.public_key,
             key.secret_key);
    const bool is_written = write_key_file(path, text);
    if (is_written)
        puts(key.public_key);
    secret_wipe(&key, sizeof key);
    secret_wipe(text, sizeof text);
    return is_written;
}

static int
run_keygen(const struct call *call)
{
    const char *id = call->values[OPTION_KEY_ID] ? call->values[OPTION_KEY_ID] : "k1";

    if (call->operand_count != 1)
        return usage_error(call, "%s", words_for(call, "which file?", "ファイル名がありません"));
    if (!key_id_is_valid(slice_of(id)))
        return usage_error(call,
                           words_for(call, "--key-id: '%s' is not 1 to 8 of a-z and 0-9",
                                     "--key-id: '%s' は a〜z と 0〜9 の1〜8文字ではありません"),
                           id);
    const char *path = call->operands[0];
    if (!(call->counts[OPTION_CURVE] > 0 ? write_curve_key(path) : write_secret_key(path, id)))
        return complain_why(call, path, STATUS_IO);
    return EXIT_GOOD;
}

/* --- reveal ------------------------------------------------------------------------------------------------------- */

/* The account that asks, also behind sudo. */
static const char *
who_asks(char *out, size_t bytes)
{
    const struct passwd *account = getpwuid(getuid());
    const char *sudo = getenv("SUDO_USER");

    snprintf(out, bytes, "%s%s%s", account ? account->pw_name : "?", sudo && sudo[0] ? " for " : "", sudo ? sudo : "");
    for (char *c = out; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == '"' || *c == '\\' || (unsigned char)*c >= 0x7f)
            *c = '?';
    return out;
}

/* One JSON line, on disk before the value is shown. The token's hash leads nobody to the value. */
static bool
write_audit(const char *path, const char *policy, struct slice token, const struct key *key)
{
    char when[32], who[160], hex[HASH_HEX_BYTES], line[640];
    struct hasher hasher;
    struct hash hash;
    struct tm utc;
    time_t now = time(NULL);

    hasher_init(&hasher);
    hasher_add(&hasher, token);
    hasher_finish(&hasher, &hash);
    hash_hex(&hash, hex);
    gmtime_r(&now, &utc);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    int bytes = snprintf(line, sizeof line,
                         "{\"when\":\"%s\",\"who\":\"%s\",\"uid\":%u,\"policy\":\"%s\",\"key\":%s%s%s,"
                         "\"token\":\"%s\",\"revealed\":%s}\n",
                         when, who_asks(who, sizeof who), (unsigned)getuid(), policy, key ? "\"" : "",
                         key ? key->id : "null", key ? "\"" : "", hex, key ? "true" : "false");
    if (bytes < 0 || (size_t)bytes >= sizeof line) {
        errno = ENAMETOOLONG; /* a policy's id */
        return false;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, KEY_FILE_MODE);

    if (fd < 0)
        return false;
    bool is_written = file_write_all(fd, slice_of(line)) == STATUS_OK && fsync(fd) == 0;
    return close(fd) == 0 && is_written;
}

static struct slice
trimmed(const struct buffer *text)
{
    struct slice token = buffer_slice(text);

    while (token.bytes > 0 && (token.data[token.bytes - 1] == '\n' || token.data[token.bytes - 1] == ' '))
        token.bytes--;
    return token;
}

static int
reveal_token(const struct call *call, const struct keys *keys, const char *policy, struct slice token,
             struct arena *arena)
{
    const char *audit = call->values[OPTION_AUDIT];
    const struct key *key = NULL;
    struct slice value = {0};
    enum status status = transform_reveal(keys, arena, token, &key, &value);

    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return session_complain(call, status);
    if (!write_audit(audit, policy, token, status == STATUS_OK ? key : NULL))
        return complain_why(call, audit, STATUS_IO);
    if (status != STATUS_OK) {
        complain(
            call, "%s",
            words_for(call, "no key of this file and city sealed it", "この鍵と市で暗号化されたものではありません"));
        return EXIT_FOUND;
    }
    print_safely(stdout, value, 0);
    putchar('\n');
    return EXIT_GOOD;
}

static bool
has_what_reveal_needs(const struct call *call)
{
    const char *policy = call->values[OPTION_POLICY];

    if (call->values[OPTION_KEYS] == NULL || call->values[OPTION_AUDIT] == NULL || policy == NULL) {
        usage_error(call, "%s",
                    words_for(call, "--policy, --keys and --audit are needed", "--policy、--keys、--audit が必要です"));
        return false;
    }
    if (policy[0] == '\0' ||
        strspn(policy, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != strlen(policy)) {
        usage_error(call, words_for(call, "'%s' is no city", "'%s' は市の名前ではありません"), policy);
        return false;
    }
    return true;
}

static int
run_reveal(const struct call *call)
{
    const char *policy = call->values[OPTION_POLICY];
    struct keys *keys = NULL;
    struct arena *arena = NULL;
    struct fault fault = {0};
    struct buffer text;
    int code = EXIT_TROUBLE;

    if (!has_what_reveal_needs(call))
        return EXIT_TROUBLE;
    buffer_init(&text);
    enum status status = keys_read(call->values[OPTION_KEYS], policy, &keys, &fault);

    if (status == STATUS_OK)
        status = arena_create(REVEAL_ARENA_BYTES, &arena);
    if (status == STATUS_OK && session_read_text(call, &text))
        code = reveal_token(call, keys, policy, trimmed(&text), arena);
    else if (status != STATUS_OK)
        code = fault.reason[0] != '\0' ? complain_fault(call, &fault) : session_complain(call, status);
    keys_destroy(&keys);
    arena_destroy(&arena);
    buffer_fini(&text);
    return code;
}

/* --- their pages -------------------------------------------------------------------------------------------------- */

const struct verb verb_keygen = {
    .name = "keygen",
    .operands = "FILE",
    .max_operands = 1,
    .options = {OPTION_KEY_ID, OPTION_CURVE, OPTION_COUNT},
    .summary = {"make a key file for tokens and encryption, or for connections",
                "トークン化と暗号化、または接続の鍵ファイルを作る"},
    .description = {"Writes one random key to FILE, readable for its owner alone. A file that is there is never\n"
                    "overwritten: without its key nothing that it sealed can be opened.\n"
                    "\n"
                    "A policy with transform: token or encrypt needs such a file. To change keys, put a new key\n"
                    "in the first line and keep the old ones below: the first writes, all open. What a city\n"
                    "writes depends on its id too, so one file may serve many cities.\n"
                    "\n"
                    "With --curve FILE gets a pair of keys for ZeroMQ's CURVE, and the public one is printed: that of\n"
                    "the service goes to its clients, that of a client into its row under clients: in filterd.yaml.",
                    "乱数の鍵を1つ FILE に書く。読めるのは所有者だけ。既にあるファイルには書かない(鍵を失うと、\n"
                    "それで暗号化したものは二度と開けない)。\n"
                    "\n"
                    "transform: token または encrypt の方針に必要。鍵を替えるときは新しい鍵を最初の行に置き、古い鍵は\n"
                    "その下に残す(書くのは最初の鍵、開くのは全部)。書かれるものは市ごとに異なるので、1つのファイルを\n"
                    "複数の市で使える。\n"
                    "\n"
                    "--curve では ZeroMQ の CURVE の鍵の組を FILE に書き、公開鍵を表示する。サービスの公開鍵は\n"
                    "クライアントに渡し、クライアントの公開鍵は filterd.yaml の clients: に書く。"},
    .exits = {{EXIT_GOOD, {"written", "作った"}}, {EXIT_TROUBLE, {"an error", "エラー"}}},
    .examples = {{"filterctl keygen /etc/filterd/keys/moka.key", {"A key for one city:", "1つの市の鍵:"}},
                 {"filterctl keygen --curve /etc/filterd/curve.key", {"The service's key:", "サービスの鍵:"}}},
    .run = run_keygen,
};

const struct verb verb_reveal = {
    .name = "reveal",
    .operands = "TOKEN|-",
    .max_operands = 1,
    .options = {OPTION_POLICY, OPTION_KEYS, OPTION_AUDIT, OPTION_COUNT},
    .summary = {"open an encrypted value, with a line for the audit", "暗号化された値を開き、監査の行を残す"},
    .description = {"Prints the value behind 【電話番号:k1:…】 as `transform: encrypt` wrote it. Before it is shown,\n"
                    "a JSON line is on disk in the audit file: when, who, which key, the hash of the token, and\n"
                    "whether it was opened; never the value. Tokens (transform: token) cannot be opened.",
                    "transform: encrypt が書いた【電話番号:k1:…】の値を示す。示す前に監査ファイルへJSONを1行書く\n"
                    "(いつ、誰が、どの鍵で、トークンのハッシュ、開けたかどうか。値は書かない)。\n"
                    "トークン(transform: token)は開けない。"},
    .exits = {{EXIT_GOOD, {"opened", "開いた"}},
              {EXIT_FOUND, {"no key of this file and city sealed it", "この鍵と市のものではない"}},
              {EXIT_TROUBLE, {"an error; nothing is shown", "エラー(何も示さない)"}}},
    .examples = {{"filterctl reveal -p moka --keys moka.key --audit reveal.log '【氏名:k1:…】'",
                  {"Who is it?", "誰のことか:"}}},
    .run = run_reveal,
};
