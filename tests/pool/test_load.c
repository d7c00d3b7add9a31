/* Where dictionaries are found, and cities built from them. */
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

#include "pool/load.h"

#define TREE "tests/cmd/dictionaries" /* tests run from the top of the repository */

static int
set_up(void **state)
{
    (void)state;
    return unsetenv("FILTERD_DICTIONARIES");
}

static void
make_city(const char *dir, const char *id, const char *policy)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", dir, id);
    assert_int_equal(mkdir(path, 0700), 0);
    if (policy == NULL)
        return;
    snprintf(path, sizeof path, "%s/%s/policy.yaml", dir, id);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(policy, file);
    fclose(file);
}

static void
remove_city(const char *dir, const char *id)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s/policy.yaml", dir, id);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s", dir, id);
    rmdir(path);
}

/* --- places ------------------------------------------------------------------------------------------------------- */

static void
the_directory_given_goes_before_the_environment(void **state)
{
    struct places places;
    struct fault fault;

    (void)state;
    assert_int_equal(setenv("FILTERD_DICTIONARIES", "/nonexistent", 1), 0);
    assert_int_equal(places_find(TREE, &places, &fault), STATUS_OK);
    assert_string_equal(places.common, TREE "/common");
    assert_int_equal(places.count, 1);
    assert_string_equal(places.cities[0], TREE "/cities");
    assert_int_equal(places_find(NULL, &places, &fault), STATUS_NOT_FOUND);
    assert_string_equal(fault.file, "/nonexistent");
}

static void
the_environment_is_asked_when_no_directory_is_given(void **state)
{
    struct places places;
    struct fault fault;

    (void)state;
    assert_int_equal(setenv("FILTERD_DICTIONARIES", TREE, 1), 0);
    assert_int_equal(places_find("", &places, &fault), STATUS_OK);
    assert_string_equal(places.common, TREE "/common");
}

static void
a_directory_without_dictionaries_is_a_fault(void **state)
{
    struct places places;
    struct fault fault;

    (void)state;
    assert_int_equal(places_find("/tmp", &places, &fault), STATUS_NOT_FOUND);
    assert_string_equal(fault.file, "/tmp");
    assert_string_equal(fault.reason, "no dictionaries here");
}

static void
the_first_place_hides_the_second(void **state)
{
    char first[] = "/tmp/filterd-load-XXXXXX", second[] = "/tmp/filterd-load-XXXXXX";
    struct places places = {.count = 2};
    struct city_files files;
    struct fault fault;
    struct buffer ids;
    size_t count;

    (void)state;
    assert_non_null(mkdtemp(first));
    assert_non_null(mkdtemp(second));
    snprintf(places.cities[0], sizeof places.cities[0], "%s", first);
    snprintf(places.cities[1], sizeof places.cities[1], "%s", second);
    make_city(second, "b", "old");
    make_city(first, "b", "new");
    make_city(second, "a", "a");
    make_city(first, "empty", NULL);
    buffer_init(&ids);
    assert_int_equal(places_list(&places, &ids, &count), STATUS_OK);
    assert_int_equal(count, 2);
    assert_memory_equal(ids.data, "a\0b", 4);
    assert_int_equal(places_read(&places, "b", &files, &fault), STATUS_OK);
    assert_true(slice_equal(buffer_slice(&files.policy), SLICE_LITERAL("new")));
    city_files_fini(&files);
    buffer_fini(&ids);
    remove_city(second, "b");
    remove_city(first, "b");
    remove_city(second, "a");
    remove_city(first, "empty");
    rmdir(first);
    rmdir(second);
}

static void
ids_that_leave_the_directory_are_unknown(void **state)
{
    static const char *const ids[] = {"", ".", "..", ".hidden", "../cities/default", "default/", "/etc", "atlantis"};
    struct places places;
    struct city_files files;
    struct fault fault;

    (void)state;
    assert_int_equal(places_find(TREE, &places, &fault), STATUS_OK);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        assert_int_equal(places_read(&places, ids[i], &files, &fault), STATUS_NOT_FOUND);
}

/* --- rulesets ----------------------------------------------------------------------------------------------------- */

static struct load *
load_tree(struct places *places)
{
    struct load *load;
    struct fault fault;

    assert_int_equal(places_find(TREE, places, &fault), STATUS_OK);
    assert_int_equal(load_create(places, NULL, &load, &fault), STATUS_OK);
    return load;
}

static void
cities_are_built_and_found_by_id(void **state)
{
    const struct ruleset *sakura, *common;
    struct places places;
    struct load *load;
    struct fault fault;

    (void)state;
    load = load_tree(&places);
    assert_int_equal(load_city(load, "sakura", &sakura, &fault), STATUS_OK);
    assert_int_equal(load_city(load, "default", &common, &fault), STATUS_OK);
    assert_int_equal(load_city(load, "atlantis", &common, &fault), STATUS_NOT_FOUND);
    assert_int_equal(load_cities(load)->count, 2);
    assert_ptr_equal(cities_find(load_cities(load), SLICE_LITERAL("sakura")), sakura);
    assert_null(cities_find(load_cities(load), SLICE_LITERAL("atlantis")));
    load_destroy(&load);
    assert_null(load);
    load_destroy(&load);
}

static void
a_store_or_a_path_that_cannot_be_used_is_a_fault(void **state)
{
    struct places places;
    struct load *load = NULL;
    struct fault fault = {0};
    char path[PLACES_PATH_BYTES + 1];

    (void)state;
    assert_int_equal(places_find(TREE, &places, &fault), STATUS_OK);
    assert_int_not_equal(load_create(&places, "/dev/null", &load, &fault), STATUS_OK);
    assert_null(load);
    assert_string_equal(fault.file, "/dev/null");
    assert_string_equal(fault.reason, "the store cannot be used");
    memset(path, 'k', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(places_set_keys(&places, path, &fault), STATUS_INVALID);
    assert_string_equal(fault.reason, "the path of the keys is too long");
}

static const struct ruleset *
take(struct load *load, const struct city_files *files)
{
    const struct ruleset *ruleset = NULL;
    struct fault fault;

    assert_int_equal(load_files(load, files, &ruleset, &fault), STATUS_OK);
    return ruleset;
}

/* What has the same content is the same ruleset, in the same place. */
static void
beginning_again_takes_over_what_has_not_changed(void **state)
{
    struct city_files same, changed, gone;
    struct places places;
    struct load *load;
    struct fault fault;

    (void)state;
    load = load_tree(&places);
    assert_int_equal(places_read(&places, "sakura", &same, &fault), STATUS_OK);
    assert_int_equal(places_read(&places, "default", &changed, &fault), STATUS_OK);
    const struct ruleset *before = take(load, &same);
    char hash[HASH_HEX_BYTES];
    memcpy(hash, take(load, &changed)->hash_hex, sizeof hash);
    changed.hash.bytes[0] ^= 1;
    for (unsigned again = 0; again < 3; again++) {
        assert_int_equal(load_begin_again(load, &places), STATUS_OK);
        assert_true(load_has(load, &same) && load_has(load, &changed) == (again > 0));
        assert_ptr_equal(take(load, &same), before);
        assert_false(load_has(load, &same));
        assert_string_not_equal(take(load, &changed)->hash_hex, hash);
        load_finish(load);
        assert_int_equal(load_cities(load)->count, 2);
        assert_ptr_equal(cities_find(load_cities(load), SLICE_LITERAL("sakura")), before);
    }
    assert_int_equal(load_begin_again(load, &places), STATUS_OK);
    take(load, &changed);
    load_finish(load);
    assert_null(cities_find(load_cities(load), SLICE_LITERAL("sakura")));
    assert_int_equal(places_read(&places, "sakura", &gone, &fault), STATUS_OK);
    assert_false(load_has(load, &gone));
    city_files_fini(&same);
    city_files_fini(&changed);
    city_files_fini(&gone);
    load_destroy(&load);
}

static void
write_common(const char *dir, const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void
a_common_is_of_its_files_only_as_long_as_none_changes(void **state)
{
    char dir[] = "/tmp/filterd-load-XXXXXX", command[128], added[64];
    struct places places;
    struct load *load;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(command, sizeof command, "cp -rL " TREE "/common/. %s", dir);
    assert_int_equal(system(command), 0);
    load = load_tree(&places);
    const struct common *common = load_cities(load)->common;
    assert_true(common_is_of(common, dir));
    write_common(dir, "terms/zz_added.csv", "term,category,match\n");
    assert_false(common_is_of(common, dir));
    snprintf(added, sizeof added, "%s/terms/zz_added.csv", dir);
    assert_int_equal(unlink(added), 0);
    assert_true(common_is_of(common, dir));
    write_common(dir, "cues.csv", "\n");
    assert_false(common_is_of(common, dir));
    load_destroy(&load);
    snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

#define CASE(name, function)               \
    {                                      \
        name, function, set_up, NULL, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("the directory given goes before the environment", the_directory_given_goes_before_the_environment),
        CASE("the environment is asked when no directory is given",
             the_environment_is_asked_when_no_directory_is_given),
        CASE("a directory without dictionaries is a fault", a_directory_without_dictionaries_is_a_fault),
        CASE("the first place hides the second", the_first_place_hides_the_second),
        CASE("ids that leave the directory are unknown", ids_that_leave_the_directory_are_unknown),
        CASE("cities are built and found by id", cities_are_built_and_found_by_id),
        CASE("a store or a path that cannot be used is a fault", a_store_or_a_path_that_cannot_be_used_is_a_fault),
        CASE("beginning again takes over what has not changed", beginning_again_takes_over_what_has_not_changed),
        CASE("a common is of its files only as long as none changes",
             a_common_is_of_its_files_only_as_long_as_none_changes),
    };

    return cmocka_run_group_tests_name("pool/load", tests, NULL, NULL);
}
