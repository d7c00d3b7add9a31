/* city_files_read: one city's folder as bytes. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "rules/ruleset.h"

#define MAX_TERMS_BYTES (16u << 20)

static enum status
read_file(const struct city_files *files, const char *name, size_t max_bytes, struct buffer *content,
          struct fault *fault)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/%s", files->folder, name);
    enum status status = file_read(path, max_bytes, content);
    if (status == STATUS_TOO_LARGE) {
        fault_set(fault, path, 0, 0, "", "", "the file is too large", "split it, or delete what is not needed");
        return STATUS_INVALID;
    }
    if (status == STATUS_INVALID)
        fault_set(fault, path, 0, 0, "", "", "this is no regular file", "put the file itself here");
    struct stat about;
    if (status == STATUS_NOT_FOUND && lstat(path, &about) == 0)
        status = STATUS_IO; /* a link that leads nowhere: what the operator wants is not nothing */
    if (status == STATUS_IO)
        fault_set(fault, path, 0, 0, "", "", "the file cannot be read", "put the file itself here");
    return status;
}

static enum status
read_policy(struct city_files *files, struct fault *fault)
{
    enum status status = read_file(files, "policy.yaml", POLICY_MAX_FILE_BYTES, &files->policy, fault);
    if (status == STATUS_NOT_FOUND) {
        char path[600];
        snprintf(path, sizeof(path), "%s/policy.yaml", files->folder);
        fault_set(fault, path, 0, 0, "", "", "the city has no policy.yaml", "write one; see cities/default");
    }
    return status;
}

static enum status
read_optional(struct city_files *files, const char *name, struct buffer *content, struct fault *fault)
{
    enum status status = read_file(files, name, MAX_TERMS_BYTES, content, fault);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* An id comes from requests too: it must not lead out of the folder. */
static bool
is_folder_name(const char *id)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t bytes = strlen(id);
    return bytes > 0 && bytes < sizeof(((struct city_files *)0)->id) && id[0] != '.' && strspn(id, allowed) == bytes;
}

static void
hash_files(struct city_files *files)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_add_text(&hasher, files->id);
    hasher_add(&hasher, buffer_slice(&files->policy));
    hasher_add(&hasher, buffer_slice(&files->terms));
    hasher_add(&hasher, buffer_slice(&files->names));
    hasher_add(&hasher, buffer_slice(&files->cases));
    hasher_finish(&hasher, &files->hash);
}

enum status
city_files_read(const char *dir, const char *id, struct city_files *files_out, struct fault *fault)
{
    struct city_files files = {0};
    buffer_init(&files.policy);
    buffer_init(&files.terms);
    buffer_init(&files.names);
    buffer_init(&files.cases);
    if (!is_folder_name(id) ||
        snprintf(files.folder, sizeof(files.folder), "%s/%s", dir, id) >= (int)sizeof(files.folder)) {
        fault_set(fault, dir, 0, 0, "", id, "this can not be a city's folder",
                  "use ASCII letters, digits, '-' and '_'");
        return STATUS_INVALID;
    }
    memcpy(files.id, id, strlen(id));
    enum status status = read_policy(&files, fault);
    if (status == STATUS_OK)
        status = read_optional(&files, "terms.csv", &files.terms, fault);
    if (status == STATUS_OK)
        status = read_optional(&files, "names.csv", &files.names, fault);
    if (status == STATUS_OK)
        status = read_optional(&files, "cases.csv", &files.cases, fault);
    if (status != STATUS_OK) {
        city_files_fini(&files);
        return status;
    }
    hash_files(&files);
    *files_out = files;
    return STATUS_OK;
}

void
city_files_fini(struct city_files *files)
{
    buffer_fini(&files->policy);
    buffer_fini(&files->terms);
    buffer_fini(&files->names);
    buffer_fini(&files->cases);
}
