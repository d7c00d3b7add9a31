#include "serve/premises.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "serve/listener.h"

#define STATE_MODE 0700

enum status
premises_key(const struct conf *conf, struct curve_key *key_out, struct fault *fault)
{
    *key_out = (struct curve_key){0};
    if (conf->listen_curve.count == 0)
        return STATUS_OK;
    if (conf->curve_key[0])
        return curve_load(conf->curve_key, key_out, fault);
    fault_set(fault, "", 0, 0, "curve_key", NULL, "listen_curve needs a key of this server",
              "make one with filterctl keygen --curve FILE, and name FILE here");
    return STATUS_INVALID;
}

enum status
premises_check(const struct conf *conf, struct fault *fault)
{
    struct curve_key key;
    enum status status = STATUS_OK;

    for (unsigned i = 0; status == STATUS_OK && i < conf->listen.count; i++)
        status = listener_check(conf->listen.endpoints[i], fault);
    for (unsigned i = 0; status == STATUS_OK && i < conf->listen_curve.count; i++)
        status = listener_check_curve(conf->listen_curve.endpoints[i], fault);
    if (status == STATUS_OK)
        status = premises_key(conf, &key, fault);
    secret_wipe(&key, sizeof key);
    if (status != STATUS_OK)
        return status;
    if (conf->state_dir[0] == '/' && conf->control[0] == '/')
        return STATUS_OK;
    fault_set(fault, "", 0, 0, conf->state_dir[0] == '/' ? "control" : "state_dir",
              conf->state_dir[0] == '/' ? conf->control : conf->state_dir, "the path must begin with /",
              "name it from the root");
    return STATUS_INVALID;
}

static enum status
make_private_dir(const char *path, struct fault *fault)
{
    struct stat about;

    if ((mkdir(path, STATE_MODE) == 0 || errno == EEXIST) && stat(path, &about) == 0 && S_ISDIR(about.st_mode) &&
        about.st_uid == geteuid() && chmod(path, STATE_MODE) == 0)
        return STATUS_OK;
    fault_set(fault, path, 0, 0, "state_dir", NULL, "this is no directory of the user filterd runs as",
              "make it, and give it to that user");
    return STATUS_IO;
}

static enum status
make_dirs(const struct conf *conf, struct premises *premises, struct fault *fault)
{
    snprintf(premises->store_dir, sizeof premises->store_dir, "%s/store", conf->state_dir);
    snprintf(premises->good_dir, sizeof premises->good_dir, "%s/good", conf->state_dir);
    snprintf(premises->history_dir, sizeof premises->history_dir, "%s/history", conf->state_dir);
    enum status status = make_private_dir(conf->state_dir, fault);
    if (status == STATUS_OK)
        status = make_private_dir(premises->store_dir, fault);
    if (status == STATUS_OK)
        status = make_private_dir(premises->good_dir, fault);
    return status == STATUS_OK ? make_private_dir(premises->history_dir, fault) : status;
}

static enum status
take_locks(const struct conf *conf, struct fault *fault)
{
    char path[PREMISES_PATH_BYTES];
    int fd; /* kept open to the end of the process */

    snprintf(path, sizeof path, "%s/filterd", conf->state_dir);
    enum status status = listener_lock(path, &fd, fault);
    for (unsigned i = 0; status == STATUS_OK && i < conf->listen.count; i++)
        if (listener_path(conf->listen.endpoints[i]))
            status = listener_lock(listener_path(conf->listen.endpoints[i]), &fd, fault);
    return status;
}

enum status
premises_take(const struct conf *conf, struct premises *premises_out, struct fault *fault)
{
    const enum status status = make_dirs(conf, premises_out, fault);

    return status == STATUS_OK ? take_locks(conf, fault) : status;
}
