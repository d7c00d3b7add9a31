/* The repository's own dictionaries, loaded once per test program. Tests run from the top of the repository. */
#ifndef TESTS_SCAN_FIXTURE_H
#define TESTS_SCAN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "rules/ruleset.h"
#include "scan/scanner.h"

struct fixture {
    struct common *common;
    struct scanner *scanner;
};

static inline void
fixture_open(struct fixture *fixture)
{
    struct fault fault = {0};
    char text[1024];
    enum status status = common_build("dictionaries/common", NULL, &fixture->common, &fault);
    if (status != STATUS_OK)
        fail_msg("dictionaries/common: %s", fault_text(&fault, text, sizeof text));
    assert_int_equal(scanner_create(fixture->common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &fixture->scanner), STATUS_OK);
}

static inline void
fixture_close(struct fixture *fixture)
{
    scanner_destroy(&fixture->scanner);
    common_destroy(&fixture->common);
}

/* City `id` with `lines` added to its policy. */
static inline struct ruleset *
fixture_ruleset_with(struct fixture *fixture, const char *id, const char *lines)
{
    struct city_files files;
    struct fault fault = {0};
    char text[1024];
    struct ruleset *ruleset = NULL;
    enum status status = city_files_read("dictionaries/cities", id, &files, &fault);
    if (status == STATUS_OK) {
        buffer_append_text(&files.policy, lines);
        status = ruleset_build(fixture->common, &files, &ruleset, &fault);
        city_files_fini(&files);
    }
    if (status != STATUS_OK)
        fail_msg("%s: %s", id, fault_text(&fault, text, sizeof text));
    return ruleset;
}

static inline struct ruleset *
fixture_ruleset(struct fixture *fixture, const char *id)
{
    return fixture_ruleset_with(fixture, id, "");
}

#endif
