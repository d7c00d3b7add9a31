#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool/good.h"

static int
set_up(void **state)
{
    char *dir = strdup("/tmp/filterd-good-XXXXXX");

    assert_non_null(mkdtemp(dir));
    *state = dir;
    return 0;
}

static int
tear_down(void **state)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r %s", (char *)*state);
    assert_int_equal(system(command), 0);
    free(*state);
    return 0;
}

static struct city_files
files_with(const char *policy, const char *terms)
{
    struct city_files files = {.id = "testcity"};

    buffer_append_text(&files.policy, policy);
    buffer_append_text(&files.terms, terms);
    return files;
}

static void
save(const char *dir, const char *policy, const char *terms, uint8_t stamp)
{
    struct city_files files = files_with(policy, terms);
    struct good_set set = {.files = &files, .stamp = {{stamp}}, .status = STATUS_INTERNAL};

    good_save(dir, &set, 1);
    assert_int_equal(set.status, STATUS_OK);
    city_files_fini(&files);
}

static void
assert_kept(const char *dir, const char *policy, const char *terms)
{
    struct city_files files = {0};
    struct fault fault;

    assert_int_equal(good_load(dir, "testcity", &files, &fault), STATUS_OK);
    assert_true(slice_equal(buffer_slice(&files.policy), slice_of(policy)));
    assert_true(slice_equal(buffer_slice(&files.terms), slice_of(terms)));
    assert_int_equal(files.cases.bytes, 0);
    city_files_fini(&files);
}

static void
what_was_saved_is_loaded(void **state)
{
    save(*state, "format: 1\n", "term\n", 1);
    assert_kept(*state, "format: 1\n", "term\n");
}

static void
a_new_set_replaces_all_of_the_old_one(void **state)
{
    save(*state, "one", "terms of one", 1);
    save(*state, "two", "", 2);
    assert_kept(*state, "two", "");
    assert_false(good_has(*state, "testcity", &(struct hash){{1}}));
    assert_true(good_has(*state, "testcity", &(struct hash){{2}}));
}

static void
nothing_is_left_beside_it(void **state)
{
    char path[128];

    save(*state, "one", "", 1);
    save(*state, "two", "", 2);
    snprintf(path, sizeof path, "%s/.testcity.new", (char *)*state);
    assert_int_equal(access(path, F_OK), -1);
}

static void
what_a_crash_left_behind_does_not_matter(void **state)
{
    char path[128];

    snprintf(path, sizeof path, "%s/.testcity.new", (char *)*state);
    assert_int_equal(mkdir(path, 0700), 0);
    save(*state, "one", "", 1);
    assert_kept(*state, "one", "");
}

static void
many_are_saved_as_one_is(void **state)
{
    enum { COUNT = 20 };
    struct city_files files[COUNT];
    struct good_set sets[COUNT];

    for (unsigned i = 0; i < COUNT; i++) {
        files[i] = files_with("policy", "");
        snprintf(files[i].id, sizeof files[i].id, i == 3 ? "no/city" : "city%u", i);
        sets[i] = (struct good_set){.files = &files[i], .stamp = {{(uint8_t)i}}};
    }
    good_save(*state, sets, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        assert_int_equal(sets[i].status, i == 3 ? STATUS_IO : STATUS_OK);
        assert_true(good_has(*state, files[i].id, &sets[i].stamp) == (i != 3));
        city_files_fini(&files[i]);
    }
}

static void
the_set_is_private(void **state)
{
    char path[128];
    struct stat about;

    save(*state, "one", "", 1);
    snprintf(path, sizeof path, "%s/testcity", (char *)*state);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
}

static void
an_unknown_city_has_no_set(void **state)
{
    struct city_files files;

    assert_int_equal(good_load(*state, "other", &files, NULL), STATUS_NOT_FOUND);
    assert_false(good_has(*state, "other", &(struct hash){{0}}));
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("what was saved is loaded", what_was_saved_is_loaded),
        CASE("a new set replaces all of the old one", a_new_set_replaces_all_of_the_old_one),
        CASE("nothing is left beside it", nothing_is_left_beside_it),
        CASE("what a crash left behind does not matter", what_a_crash_left_behind_does_not_matter),
        CASE("many are saved as one is", many_are_saved_as_one_is),
        CASE("the set is private", the_set_is_private),
        CASE("an unknown city has no set", an_unknown_city_has_no_set),
    };
    return cmocka_run_group_tests_name("good", tests, NULL, NULL);
}
