#include "tune/versions.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define FOLDER_MODE 0755
#define FILE_MODE 0644
#define MAX_JOURNAL_BYTES (16u << 20)

/* Where the things of one city lie. */
struct site {
    char city[PATH_MAX];     /* cities/<id> */
    char versions[PATH_MAX]; /* versions/<id> */
    char journal[PATH_MAX];
};

static enum status
trouble(const char *path, const char *reason, struct fault *fault)
{
    char mend[128];

    snprintf(mend, sizeof mend, "%s; nothing has changed", strerror(errno));
    fault_set(fault, path, 0, 0, "", "", reason, mend);
    return STATUS_IO;
}

static bool
fits(int bytes)
{
    return bytes > 0 && bytes < PATH_MAX;
}

static enum status
find_site(const char *cities_dir, const char *id, struct site *site, struct fault *fault)
{
    if (fits(snprintf(site->city, PATH_MAX, "%s/%s", cities_dir, id)) &&
        fits(snprintf(site->versions, PATH_MAX, "%s/../versions/%s", cities_dir, id)) &&
        fits(snprintf(site->journal, PATH_MAX, "%s/journal.tsv", site->versions)))
        return STATUS_OK;
    fault_set(fault, cities_dir, 0, 0, "", id, "the path is too long", "put the dictionaries into a shorter path");
    return STATUS_INVALID;
}

/* --- folders ------------------------------------------------------------------------------------------------------ */

static bool
make_folder(const char *path)
{
    return mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST;
}

static bool
make_versions_folder(const char *cities_dir, const struct site *site)
{
    char parent[PATH_MAX];

    snprintf(parent, sizeof parent, "%s/../versions", cities_dir);
    return make_folder(parent) && make_folder(site->versions);
}

/* The four files of a city; absent ones are not written. */
static bool
write_folder(const char *folder, const struct city_files *files)
{
    const struct {
        const char *name;
        const struct buffer *content;
    } parts[] = {{"policy.yaml", &files->policy},
                 {"terms.csv", &files->terms},
                 {"names.csv", &files->names},
                 {"cases.csv", &files->cases}};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char path[PATH_MAX];

        if (!fits(snprintf(path, sizeof path, "%s/%s", folder, parts[i].name)))
            return false;
        if (parts[i].content->bytes == 0) {
            if (unlink(path) != 0 && errno != ENOENT)
                return false;
        } else if (file_write_atomic(path, FILE_MODE, buffer_slice(parts[i].content)) != STATUS_OK) {
            return false;
        }
    }
    return true;
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static unsigned
newest_in(const char *folder)
{
    struct buffer names;
    size_t count = 0;
    unsigned newest = 0;
    const char *name;

    buffer_init(&names);
    if (file_list(folder, "", &names, &count) != STATUS_OK)
        count = 0;
    name = (const char *)names.data;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1) {
        char *end;
        unsigned long number = strtoul(name, &end, 10);

        if (*end == '\0' && number > newest && number <= VERSIONS_MAX)
            newest = (unsigned)number;
    }
    buffer_fini(&names);
    return newest;
}

unsigned
versions_newest(const char *cities_dir, const char *id)
{
    struct site site;
    struct fault fault;

    return find_site(cities_dir, id, &site, &fault) == STATUS_OK ? newest_in(site.versions) : 0;
}

/* --- the journal -------------------------------------------------------------------------------------------------- */

/* Not being able to tell who did it is no reason not to do it. */
static void
write_journal(const struct site *site, const struct city_files *files, enum version_act act, unsigned kept)
{
    const struct passwd *user = getpwuid(getuid());
    char line[512], when[32], hex[HASH_HEX_BYTES];
    time_t now = time(NULL);
    struct tm parts;
    int bytes, fd;

    gmtime_r(&now, &parts);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &parts);
    hash_hex(&files->hash, hex);
    bytes = snprintf(line, sizeof line, "%s\t%s\t%s\t%04u\t%.16s\n", when, user != NULL ? user->pw_name : "?",
                     act == VERSION_PUBLISH ? "publish" : "rollback", kept, hex);
    fd = open(site->journal, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (fd < 0)
        return;
    if (write(fd, line, (size_t)bytes) == bytes)
        (void)fsync(fd);
    (void)close(fd);
}

enum status
versions_journal(const char *cities_dir, const char *id, struct buffer *journal)
{
    struct site site;
    struct fault fault;
    enum status status = find_site(cities_dir, id, &site, &fault);

    if (status == STATUS_OK)
        status = file_read(site.journal, MAX_JOURNAL_BYTES, journal);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* --- installing --------------------------------------------------------------------------------------------------- */

/* versions/<id>/0004, and .0004 while it is being made. */
static bool
name_version(const struct site *site, unsigned number, char kept[PATH_MAX], char draft[PATH_MAX])
{
    return number <= VERSIONS_MAX && fits(snprintf(kept, PATH_MAX, "%s/%04u", site->versions, number)) &&
           fits(snprintf(draft, PATH_MAX, "%s/.%04u", site->versions, number));
}

/* The number for the next version. What a crash left half done may be what was in service: it is kept as a version. */
static unsigned
next_number(const struct site *site)
{
    char kept[PATH_MAX], draft[PATH_MAX];
    unsigned number = newest_in(site->versions) + 1;

    if (name_version(site, number, kept, draft) && rename(draft, kept) == 0)
        number++;
    return number;
}

/* Swaps the new folder in; what was there becomes the version `kept`. *is_kept: there was something. */
static enum status
swap_in(const struct site *site, const char *draft, const char *kept, bool *is_kept, struct fault *fault)
{
    if (renameat2(AT_FDCWD, draft, AT_FDCWD, site->city, RENAME_NOREPLACE) == 0)
        return STATUS_OK;
    if (errno != EEXIST)
        return trouble(site->city, "the new folder cannot be put in place", fault);
    if (renameat2(AT_FDCWD, draft, AT_FDCWD, site->city, RENAME_EXCHANGE) != 0)
        return trouble(site->city, "the folders cannot be swapped", fault);
    *is_kept = true;
    (void)rename(draft, kept); /* else next_number does it */
    return STATUS_OK;
}

static enum status
install(const char *cities_dir, const struct site *site, const struct city_files *files, unsigned *kept_out,
        struct fault *fault)
{
    char kept[PATH_MAX], draft[PATH_MAX];
    bool is_kept = false;
    unsigned number;
    enum status status;

    if (!make_versions_folder(cities_dir, site))
        return trouble(site->versions, "the folder for versions cannot be made", fault);
    number = next_number(site);
    if (!name_version(site, number, kept, draft)) {
        fault_set(fault, site->versions, 0, 0, "", "", "too many versions are kept", "move old ones away");
        return STATUS_INVALID;
    }
    if (!make_folder(draft) || !write_folder(draft, files))
        return trouble(draft, "the new files cannot be written", fault);
    status = swap_in(site, draft, kept, &is_kept, fault);
    *kept_out = is_kept ? number : 0;
    return status;
}

enum status
versions_install(const char *cities_dir, const struct city_files *files, enum version_act act, unsigned *kept_out,
                 struct fault *fault)
{
    struct site site;
    enum status status = find_site(cities_dir, files->id, &site, fault);
    int lock;

    *kept_out = 0;
    if (status != STATUS_OK)
        return status;
    lock = open(cities_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
        status = trouble(cities_dir, "the folder of the cities cannot be changed now", fault);
    } else {
        status = install(cities_dir, &site, files, kept_out, fault);
        (void)fsync(lock);
    }
    if (status == STATUS_OK)
        write_journal(&site, files, act, *kept_out);
    if (lock >= 0)
        (void)close(lock);
    return status;
}

enum status
versions_read(const char *cities_dir, const char *id, unsigned number, struct city_files *files_out,
              struct fault *fault)
{
    struct site site;
    char name[16];
    enum status status = find_site(cities_dir, id, &site, fault);

    snprintf(name, sizeof name, "%04u", number);
    if (status == STATUS_OK)
        status = city_files_read(site.versions, name, files_out, fault);
    if (status == STATUS_NOT_FOUND)
        fault_set(fault, site.versions, 0, 0, "", name, "no such version is kept", "see filterctl rollback --list");
    if (status == STATUS_OK)
        snprintf(files_out->id, sizeof files_out->id, "%s", id);
    return status;
}
