#include "tune/scaffold.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

#define MAX_TEMPLATE_BYTES (1u << 20)
#define FOLDER_MODE 0755
#define FILE_MODE 0644

static const char *const file_names[] = {"policy.yaml", "terms.csv", "names.csv", "cases.csv"};

/* --- codes -------------------------------------------------------------------------------------------------------- */

static bool
is_called(struct slice prefecture, struct slice name, struct slice wanted)
{
    return slice_equal(name, wanted) || (wanted.bytes == prefecture.bytes + name.bytes && prefecture.bytes > 0 &&
                                         memcmp(wanted.data, prefecture.data, prefecture.bytes) == 0 &&
                                         memcmp(wanted.data + prefecture.bytes, name.data, name.bytes) == 0);
}

/* How many municipalities are called so; `code` gets the last one's. */
static unsigned
count_called(struct slice table, struct slice wanted, char code[SCAFFOLD_CODE_BYTES])
{
    unsigned count = 0;

    while (table.bytes > 0) {
        struct slice line = slice_cut(&table, '\n');
        struct slice digits = slice_cut(&line, '\t'), prefecture = slice_cut(&line, '\t'),
                     name = slice_cut(&line, '\t');

        if (digits.bytes == SCAFFOLD_CODE_BYTES - 1 && is_called(prefecture, name, wanted)) {
            memcpy(code, digits.data, digits.bytes);
            code[digits.bytes] = '\0';
            count++;
        }
    }
    return count;
}

enum status
scaffold_find_code(const char *common_dir, const char *name, char code_out[SCAFFOLD_CODE_BYTES], struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer table;
    unsigned count = 0;
    enum status status;

    buffer_init(&table);
    snprintf(path, sizeof path, "%s/municipalities.tsv", common_dir);
    status = file_read(path, MAX_TEMPLATE_BYTES, &table);
    if (status == STATUS_OK)
        count = count_called(buffer_slice(&table), slice_of(name), code_out);
    buffer_fini(&table);
    if (count == 1)
        return STATUS_OK;
    fault_set(fault, path, 0, 0, "", name,
              count == 0 ? "no municipality is called so" : "two municipalities are called so",
              count == 0 ? "write its name as 流山市" : "write the prefecture in front of it: 東京都府中市");
    return status == STATUS_OK ? STATUS_NOT_FOUND : status;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

/* The value that stands for the marker at the front of `text`; NULL when there is none. */
static const char *
value_at(struct slice text, const struct scaffold_city *city, size_t *marker_bytes)
{
    const struct {
        const char *marker, *value;
    } markers[] = {{"@ID@", city->id}, {"@NAME@", city->name}, {"@CODE@", city->code}};

    for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++) {
        *marker_bytes = strlen(markers[i].marker);
        if (text.bytes >= *marker_bytes && memcmp(text.data, markers[i].marker, *marker_bytes) == 0)
            return markers[i].value;
    }
    return NULL;
}

static void
fill_in(struct slice template, const struct scaffold_city *city, struct buffer *out)
{
    for (size_t at = 0; at < template.bytes;) {
        size_t marker_bytes;
        const char *value = value_at((struct slice){template.data + at, template.bytes - at}, city, &marker_bytes);

        if (value == NULL) {
            buffer_append_byte(out, template.data[at++]);
            continue;
        }
        buffer_append_text(out, value);
        at += marker_bytes;
    }
}

static enum status
write_file(const char *common_dir, const char *folder, const char *name, const struct scaffold_city *city,
           struct fault *fault)
{
    char from[PATH_MAX], to[PATH_MAX];
    struct buffer template, filled;
    enum status status;

    buffer_init(&template);
    buffer_init(&filled);
    snprintf(from, sizeof from, "%s/scaffold/%s", common_dir, name);
    snprintf(to, sizeof to, "%s/%s", folder, name);
    status = file_read(from, MAX_TEMPLATE_BYTES, &template);
    if (status != STATUS_OK)
        fault_set(fault, from, 0, 0, "", "", "the template cannot be read", "restore it from the package");
    if (status == STATUS_OK) {
        fill_in(buffer_slice(&template), city, &filled);
        status = filled.failed ? STATUS_NO_MEMORY : file_write_atomic(to, FILE_MODE, buffer_slice(&filled));
        if (status == STATUS_IO)
            fault_set(fault, to, 0, 0, "", "", "the file cannot be written", strerror(errno));
    }
    buffer_fini(&template);
    buffer_fini(&filled);
    return status;
}

enum status
scaffold_write(const char *common_dir, const char *folder, const struct scaffold_city *city, struct fault *fault)
{
    enum status status = STATUS_OK;

    if (mkdir(folder, FOLDER_MODE) != 0) {
        bool exists = errno == EEXIST;

        fault_set(fault, folder, 0, 0, "", "", exists ? "this is there already" : "the folder cannot be made",
                  exists ? "name another folder, or move this one away" : strerror(errno));
        return exists ? STATUS_INVALID : STATUS_IO;
    }
    for (size_t i = 0; i < sizeof file_names / sizeof file_names[0] && status == STATUS_OK; i++)
        status = write_file(common_dir, folder, file_names[i], city, fault);
    return status;
}
