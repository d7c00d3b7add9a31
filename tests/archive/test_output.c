/* Output that appears only when it is complete. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "archive/output.h"

struct place {
    char dir[64];
    char out[96];
    char part[112];
};

static int
set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    snprintf(place->dir, sizeof place->dir, "/tmp/filterd-output-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    snprintf(place->out, sizeof place->out, "%s/out", place->dir);
    snprintf(place->part, sizeof place->part, "%s.part", place->out);
    *state = place;
    return 0;
}

static int
tear_down(void **state)
{
    struct place *place = *state;

    unlink(place->out);
    unlink(place->part);
    rmdir(place->dir);
    free(place);
    return 0;
}

static void
assert_content(const char *path, const char *expected)
{
    char content[64] = "";
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_true(fread(content, 1, sizeof content - 1, file) < sizeof content);
    fclose(file);
    assert_string_equal(content, expected);
}

static void
it_appears_with_the_commit(void **state)
{
    struct place *place = *state;
    struct output output;

    assert_int_equal(output_open(&output, place->out), STATUS_OK);
    assert_int_equal(write(output.fd, "new", 3), 3);
    assert_int_not_equal(access(place->out, F_OK), 0);
    assert_content(place->part, "new");
    assert_int_equal(output_commit(&output), STATUS_OK);
    output_abandon(&output);
    assert_content(place->out, "new");
    assert_int_not_equal(access(place->part, F_OK), 0);
}

static void
an_abandoned_one_leaves_the_old_file(void **state)
{
    struct place *place = *state;
    struct output output;
    FILE *old = fopen(place->out, "w");

    fputs("old", old);
    fclose(old);
    assert_int_equal(output_open(&output, place->out), STATUS_OK);
    assert_int_equal(write(output.fd, "new", 3), 3);
    output_abandon(&output);
    assert_content(place->out, "old");
    assert_int_not_equal(access(place->part, F_OK), 0);
}

static void
a_device_is_not_replaced(void **state)
{
    struct place *place = *state;
    struct output output;
    struct stat about;

    (void)state;
    assert_int_equal(output_open(&output, "/dev/null"), STATUS_OK);
    assert_int_equal(output_commit(&output), STATUS_OK);
    output_abandon(&output);
    assert_int_equal(stat("/dev/null", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
    assert_int_not_equal(access(place->part, F_OK), 0);
}

static void
a_link_in_the_place_of_the_part_is_refused(void **state)
{
    struct place *place = *state;
    struct output output;

    assert_int_equal(symlink("/dev/null", place->part), 0);
    assert_int_equal(output_open(&output, place->out), STATUS_IO);
    output_abandon(&output);
}

static void
standard_output_is_the_default(void **state)
{
    struct output output;

    (void)state;
    assert_int_equal(output_open(&output, NULL), STATUS_OK);
    assert_int_equal(output.fd, STDOUT_FILENO);
    assert_int_equal(output_commit(&output), STATUS_OK);
    output_abandon(&output);
    assert_int_equal(output_open(&output, "-"), STATUS_OK);
    assert_int_equal(output.fd, STDOUT_FILENO);
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("it appears with the commit", it_appears_with_the_commit),
        CASE("an abandoned one leaves the old file", an_abandoned_one_leaves_the_old_file),
        CASE("a device is not replaced", a_device_is_not_replaced),
        CASE("a link in the place of the part is refused", a_link_in_the_place_of_the_part_is_refused),
        CASE("standard output is the default", standard_output_is_the_default),
    };

    return cmocka_run_group_tests_name("archive/output", tests, NULL, NULL);
}
