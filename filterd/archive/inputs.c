#include "archive/inputs.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
inputs_init(struct inputs *inputs)
{
    *inputs = (struct inputs){0};
}

void
inputs_fini(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        free(inputs->list[i].path);
    free(inputs->list);
    inputs_init(inputs);
}

static enum status
append(struct inputs *inputs, const char *path, const struct stat *about, bool is_found)
{
    struct input *list = realloc(inputs->list, (inputs->count + 1) * sizeof *list);
    struct input *input;

    if (list == NULL)
        return STATUS_NO_MEMORY;
    inputs->list = list;
    input = &list[inputs->count];
    *input = (struct input){.path = strdup(path), .place = inputs->bytes, .is_found = is_found};
    if (input->path == NULL)
        return STATUS_NO_MEMORY;
    if (about != NULL && S_ISREG(about->st_mode)) {
        input->is_regular = true;
        input->bytes = (uint64_t)about->st_size;
        input->changed_ns = (int64_t)about->st_mtim.tv_sec * 1000000000 + about->st_mtim.tv_nsec;
    }
    inputs->bytes += input->bytes;
    inputs->count++;
    return STATUS_OK;
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum status
take_entry(struct inputs *inputs, FTS *tree, FTSENT *entry)
{
    if (entry->fts_level > 0 && entry->fts_name[0] == '.') {
        (void)fts_set(tree, entry, FTS_SKIP); /* cannot fail for an entry in hand */
        return STATUS_OK;
    }
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS) {
        errno = entry->fts_errno;
        return STATUS_IO;
    }
    return entry->fts_info == FTS_F ? append(inputs, entry->fts_path, entry->fts_statp, true) : STATUS_OK;
}

static enum status
add_directory(struct inputs *inputs, const char *path)
{
    char *roots[] = {(char *)path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    enum status status = tree == NULL ? STATUS_IO : STATUS_OK;
    FTSENT *entry;

    while (status == STATUS_OK && (entry = fts_read(tree)) != NULL)
        status = take_entry(inputs, tree, entry);
    if (status == STATUS_OK && errno != 0) /* fts_read() says so at a good end */
        status = STATUS_IO;
    if (tree != NULL) {
        int error = errno;

        (void)fts_close(tree); /* read only */
        errno = error;
    }
    return status;
}

enum status
inputs_add(struct inputs *inputs, const char *path)
{
    struct stat about;

    if (strcmp(path, "-") == 0)
        return append(inputs, path, NULL, false);
    if (stat(path, &about) != 0 || access(path, R_OK) != 0)
        return STATUS_IO;
    if (S_ISDIR(about.st_mode))
        return add_directory(inputs, path);
    return append(inputs, path, &about, false);
}

bool
inputs_are_files(const struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (!inputs->list[i].is_regular)
            return false;
    return true;
}

void
inputs_hash(const struct inputs *inputs, struct hasher *hasher)
{
    for (size_t i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->list[i];

        hasher_add_text(hasher, input->path);
        hasher_add(hasher, (struct slice){(const uint8_t *)&input->bytes, sizeof input->bytes});
        hasher_add(hasher, (struct slice){(const uint8_t *)&input->changed_ns, sizeof input->changed_ns});
    }
}
