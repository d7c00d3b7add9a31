#include "serve/premises.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/listener.h"

#define STATE_MODE 0700

enum status
premises_check(const struct conf *conf, struct fault *fault)
{
    for (unsigned i = 0; i < conf->listen_count; i++) {
        const enum status status = listener_check(conf->listen[i], fault);
        if (status != STATUS_OK)
            return status;
    }
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
    for (unsigned i = 0; status == STATUS_OK && i < conf->listen_count; i++)
        if (listener_path(conf->listen[i]))
            status = listener_lock(listener_path(conf->listen[i]), &fd, fault);
    return status;
}

enum status
premises_take(const struct conf *conf, struct premises *premises_out, struct fault *fault)
{
    const enum status status = make_dirs(conf, premises_out, fault);

    return status == STATUS_OK ? take_locks(conf, fault) : status;
}
