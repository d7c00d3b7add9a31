#include "tune/lint.h"

#include <stdio.h>
#include <time.h>

#include "scan/scanner.h"
#include "text/charset.h"
#include "tune/lint_parts.h"

#define SLOW_SECONDS 1.0

void
lint_tell(struct lint *lint, struct remark remark)
{
    lint->told[remark_rows[remark.check].level]++;
    if (remark.detail == NULL)
        remark.detail = "";
    lint->tell(lint->context, &remark);
}

void
lint_tell_fault(struct lint *lint, const char *file, const struct fault *fault)
{
    lint_tell(
        lint,
        (struct remark){
            .check = REMARK_FAULT, .file = file, .line = fault->line, .value = slice_of(fault->value), .fault = fault});
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* What cannot be decoded is told as a fault by whoever reads the file. */
static enum status
lint_charset(struct lint *lint, const char *file, const struct buffer *content)
{
    struct buffer utf8;
    enum charset charset = CHARSET_UTF8;
    unsigned line;
    enum status status;

    buffer_init(&utf8);
    status = charset_decode(buffer_slice(content), &utf8, &charset, &line);
    buffer_fini(&utf8);
    if (status == STATUS_OK && charset != CHARSET_UTF8 && charset != CHARSET_UTF8_BOM)
        lint_tell(lint, (struct remark){.check = REMARK_CHARSET, .file = file, .detail = charset_name(charset)});
    return status == STATUS_INVALID ? STATUS_OK : status;
}

static enum status
lint_charsets(struct lint *lint, const struct city_files *files)
{
    enum status status = lint_charset(lint, "terms.csv", &files->terms);

    if (status == STATUS_OK)
        status = lint_charset(lint, "names.csv", &files->names);
    if (status == STATUS_OK)
        status = lint_charset(lint, "cases.csv", &files->cases);
    return status;
}

/* STATUS_INVALID: told. The rows of terms.csv have been told one by one before. */
static enum status
build(struct lint *lint, const struct city_files *files, struct ruleset **ruleset_out)
{
    struct city_files with_keys = *files;
    struct fault fault = {0};
    struct timespec before, after;
    char seconds[32];
    enum status status;

    with_keys.keys_path = lint->keys_path;
    clock_gettime(CLOCK_MONOTONIC, &before);
    status = ruleset_build(lint->common, &with_keys, ruleset_out, &fault);
    clock_gettime(CLOCK_MONOTONIC, &after);
    if (status == STATUS_INVALID && strcmp(base_name(fault.file), "terms.csv") != 0)
        lint_tell_fault(lint, base_name(fault.file), &fault);
    double taken = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
    snprintf(seconds, sizeof seconds, "%.1f s", taken);
    if (status == STATUS_OK && taken > SLOW_SECONDS)
        lint_tell(lint, (struct remark){.check = REMARK_SLOW_TO_BUILD, .file = "terms.csv", .detail = seconds});
    return status;
}

/* What only the built city shows. */
static enum status
lint_built(struct lint *lint, const struct city_files *files, const struct rows *rows)
{
    struct ruleset *ruleset = NULL;
    enum status status = build(lint, files, &ruleset);

    if (status == STATUS_OK)
        lint_names(lint, ruleset, rows);
    if (status == STATUS_OK)
        status = lint_hits(lint, ruleset, rows);
    if (status == STATUS_OK)
        status = lint_cases(lint, ruleset, files);
    scanner_forget(lint->scanner);
    ruleset_destroy(&ruleset);
    return status == STATUS_INVALID ? STATUS_OK : status;
}

enum status
lint_city(struct lint *lint, const struct city_files *files)
{
    struct rows rows = {0};
    enum status status = lint_charsets(lint, files);

    if (status == STATUS_OK)
        status = lint_terms(lint, files, &rows);
    if (status == STATUS_OK)
        status = lint_built(lint, files, &rows);
    rows_fini(&rows);
    return status;
}
