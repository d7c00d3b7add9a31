#include "cmd/filterd_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault_words.h"
#include "pool/check.h"
#include "serve/premises.h"
#include "serve/supervisor.h"

static void
print_fault(const char *id, const struct fault *fault, bool japanese)
{
    char text[FAULT_TEXT_BYTES];

    printf("%s: %s\n", id,
           japanese ? fault_text_japanese(fault, text, sizeof text) : fault_text(fault, text, sizeof text));
}

struct test_city {
    const char *id;
    struct city_files files;
};

/* Reads all cities; those that cannot be read are printed and counted in *failed_out. */
static size_t
read_all(const struct places *places, const struct buffer *ids, size_t count, struct test_city *cities,
         struct check_job *jobs, size_t *failed_out, bool japanese)
{
    const char *id = (const char *)ids->data;
    size_t read = 0;

    for (size_t i = 0; i < count; i++, id += strlen(id) + 1) {
        struct fault fault = {0};
        cities[read].id = id;
        if (places_read(places, id, &cities[read].files, &fault) == STATUS_OK) {
            jobs[read].files = &cities[read].files;
            read++;
        } else {
            print_fault(id, &fault, japanese);
            ++*failed_out;
        }
    }
    return read;
}

static size_t
check_all(struct load *load, const struct conf *conf, const struct test_city *cities, struct check_job *jobs,
          size_t count, bool japanese)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t failed = 0;

    check_cities(load, jobs, count, CHECK_CASES, conf->max_text_bytes, processors > 0 ? (unsigned)processors : 1);
    for (size_t i = 0; i < count; i++) {
        const struct check_report *report = &jobs[i].report;
        if (report->status != STATUS_OK)
            print_fault(cities[i].id, &report->fault, japanese);
        else
            printf("%s: ok, %u cases\n", cities[i].id, report->passed);
        failed += report->status != STATUS_OK;
    }
    return failed;
}

static int
test_cities(const struct places *places, struct load *load, const struct conf *conf, bool japanese)
{
    struct buffer ids;
    size_t count = 0, failed = 0;

    buffer_init(&ids);
    if (places_list(places, &ids, &count) != STATUS_OK || count == 0) {
        puts(japanese ? "自治体が一つも見つかりません" : "no city found");
        buffer_fini(&ids);
        return SUPERVISOR_EXIT_CONF;
    }
    struct test_city *cities = calloc(count, sizeof *cities);
    struct check_job *jobs = calloc(count, sizeof *jobs);
    if (!cities || !jobs)
        abort();
    const size_t read = read_all(places, &ids, count, cities, jobs, &failed, japanese);
    failed += check_all(load, conf, cities, jobs, read, japanese);
    for (size_t i = 0; i < read; i++)
        city_files_fini(&cities[i].files);
    free(cities);
    free(jobs);
    buffer_fini(&ids);
    printf(japanese ? "%zu 自治体を検査し、%zu 件が不合格でした\n" : "%zu cities checked, %zu failed\n", count, failed);
    return failed == 0 ? SUPERVISOR_EXIT_OK : SUPERVISOR_EXIT_CONF;
}

int
filterd_test(const struct conf *conf, bool japanese)
{
    struct fault fault = {0};
    struct places places;
    struct load *load = NULL;

    enum status status = premises_check(conf, &fault);
    if (status == STATUS_OK)
        status = places_find(conf->dictionaries, &places, &fault);
    if (status == STATUS_OK)
        status = places_set_keys(&places, conf->keys_dir, &fault);
    fflush(stdout); /* what is buffered must not be printed by children too */
    if (status == STATUS_OK)
        status = check_common(&(struct common_check){.places = &places}, NULL, &fault);
    if (status == STATUS_OK)
        status = load_create(&places, NULL, &load, &fault);
    if (status != STATUS_OK) {
        print_fault("filterd", &fault, japanese);
        return SUPERVISOR_EXIT_CONF;
    }
    const int code = test_cities(&places, load, conf, japanese);
    load_destroy(&load);
    return code;
}
