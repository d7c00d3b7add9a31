#include <fcntl.h>
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

#include "base/file.h"
#include "rules/store.h"

static char dir[] = "/tmp/test_store.XXXXXX";
static char inner[sizeof(dir) + 8];

static struct hash
key_of(uint8_t byte)
{
    struct hash key;
    memset(key.bytes, byte, sizeof(key.bytes));
    return key;
}

static void
path_of(const struct hash *key, char path[512])
{
    char hex[HASH_HEX_BYTES];
    hash_hex(key, hex);
    snprintf(path, 512, "%s/%s.hsdb", inner, hex);
}

static int
make_dir(void **state)
{
    (void)state;
    strcpy(dir + strlen(dir) - 6, "XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(inner, sizeof(inner), "%s/store", dir);
    return 0;
}

static int
remove_dir(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", dir);
    return system(command);
}

static struct store *
open_store(void)
{
    struct store *store = NULL;
    assert_int_equal(store_create(inner, &store), STATUS_OK);
    return store;
}

static void
assert_holds(struct store *store, const struct hash *key, const char *text)
{
    struct slice blob = {0};
    assert_int_equal(store_get(store, key, &blob), STATUS_OK);
    assert_true(slice_equal(blob, slice_of(text)));
}

static void
memory_alone_keeps_what_is_put(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct slice blob = {0};
    struct hash one = key_of(1), two = key_of(2);
    assert_int_equal(store_create(NULL, &store), STATUS_OK);
    assert_int_equal(store_get(store, &one, &blob), STATUS_NOT_FOUND);
    assert_int_equal(store_put(store, &one, slice_of("compiled")), STATUS_OK);
    assert_int_equal(store_put(store, &one, slice_of("compiled")), STATUS_OK);
    assert_holds(store, &one, "compiled");
    assert_int_equal(store_get(store, &two, &blob), STATUS_NOT_FOUND);
    store_destroy(&store);
    assert_null(store);
}

static void
a_later_process_finds_what_was_put(void **state)
{
    (void)state;
    struct hash key = key_of(1);
    struct store *store = open_store();
    assert_int_equal(store_put(store, &key, slice_of("compiled")), STATUS_OK);
    store_destroy(&store);
    store = open_store();
    assert_holds(store, &key, "compiled");
    store_destroy(&store);
}

static void
directory_and_key_are_private(void **state)
{
    (void)state;
    struct stat facts;
    char path[512];
    struct store *store = open_store();
    assert_int_equal(stat(inner, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
    snprintf(path, sizeof(path), "%s/key", inner);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    store_destroy(&store);
    assert_int_equal(chmod(inner, 0755), 0);
    assert_int_equal(store_create(inner, &store), STATUS_INVALID);
}

static void
a_changed_file_is_not_used_and_removed(void **state)
{
    (void)state;
    char path[512];
    struct hash key = key_of(1);
    struct slice blob;
    struct buffer content;
    struct store *store = open_store();
    assert_int_equal(store_put(store, &key, slice_of("compiled")), STATUS_OK);
    store_destroy(&store);
    path_of(&key, path);
    buffer_init(&content);
    assert_int_equal(file_read(path, 1000, &content), STATUS_OK);
    content.data[content.bytes - 1] ^= 1;
    assert_int_equal(file_write_atomic(path, 0600, buffer_slice(&content)), STATUS_OK);
    buffer_fini(&content);
    store = open_store();
    assert_int_equal(store_get(store, &key, &blob), STATUS_NOT_FOUND);
    assert_int_equal(access(path, F_OK), -1);
    store_destroy(&store);
}

static void
a_file_under_anothers_name_is_not_used(void **state)
{
    (void)state;
    char from[512], to[512];
    struct hash one = key_of(1), two = key_of(2);
    struct slice blob;
    struct store *store = open_store();
    assert_int_equal(store_put(store, &one, slice_of("compiled")), STATUS_OK);
    path_of(&one, from);
    path_of(&two, to);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(store_get(store, &two, &blob), STATUS_NOT_FOUND);
    assert_holds(store, &one, "compiled"); /* still in memory */
    store_destroy(&store);
}

/* 0 = keep */
static void
put_then_change_modes(const struct hash *key, mode_t key_mode, mode_t blob_mode)
{
    char path[512];
    struct store *store = open_store();
    assert_int_equal(store_put(store, key, slice_of("compiled")), STATUS_OK);
    store_destroy(&store);
    path_of(key, path);
    assert_int_equal(blob_mode ? chmod(path, blob_mode) : 0, 0);
    snprintf(path, sizeof(path), "%s/key", inner);
    assert_int_equal(key_mode ? chmod(path, key_mode) : 0, 0);
}

static void
a_file_that_others_can_read_or_write_is_not_used_and_removed(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0620, 0604, 0602};
    char path[512];
    struct hash key = key_of(1);
    struct slice blob;
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        put_then_change_modes(&key, 0, modes[i]);
        struct store *store = open_store();
        assert_int_equal(store_get(store, &key, &blob), STATUS_NOT_FOUND);
        path_of(&key, path);
        assert_int_equal(access(path, F_OK), -1);
        store_destroy(&store);
    }
}

static void
a_key_that_others_can_read_is_replaced_and_what_it_signed_not_used(void **state)
{
    (void)state;
    char path[512];
    struct hash key = key_of(1);
    struct slice blob;
    struct stat facts;
    put_then_change_modes(&key, 0644, 0);
    struct store *store = open_store();
    assert_int_equal(store_get(store, &key, &blob), STATUS_NOT_FOUND);
    snprintf(path, sizeof(path), "%s/key", inner);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(store_put(store, &key, slice_of("again")), STATUS_OK);
    store_destroy(&store);
    store = open_store();
    assert_holds(store, &key, "again");
    store_destroy(&store);
}

static void
what_belongs_to_others_is_not_used(void **state)
{
    (void)state;
    char path[512];
    struct hash key = key_of(1);
    struct slice blob;
    struct store *store;
    if (geteuid() != 0)
        skip(); /* only root can give files away */
    put_then_change_modes(&key, 0, 0);
    path_of(&key, path);
    assert_int_equal(chown(path, 65534, 65534), 0);
    store = open_store();
    assert_int_equal(store_get(store, &key, &blob), STATUS_NOT_FOUND);
    store_destroy(&store);
    assert_int_equal(chown(inner, 65534, 65534), 0);
    assert_int_equal(store_create(inner, &store), STATUS_INVALID);
}

static void
a_link_in_place_of_a_file_is_not_used(void **state)
{
    (void)state;
    char path[512], aside[520];
    struct hash key = key_of(1);
    struct slice blob;
    put_then_change_modes(&key, 0, 0);
    path_of(&key, path);
    snprintf(aside, sizeof(aside), "%s.aside", path);
    assert_int_equal(rename(path, aside), 0);
    assert_int_equal(symlink(aside, path), 0);
    struct store *store = open_store();
    assert_int_equal(store_get(store, &key, &blob), STATUS_NOT_FOUND);
    store_destroy(&store);
}

static void
what_was_not_asked_for_is_removed_but_for_the_newest(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct slice blob;
    char path[512];
    unsigned left = 0;
    for (uint8_t i = 1; i <= 9; i++) {
        struct hash key = key_of(i);
        struct timespec times[2] = {{.tv_sec = i}, {.tv_sec = i}};
        assert_int_equal(store_put(store, &key, slice_of("compiled")), STATUS_OK);
        path_of(&key, path);
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    }
    store_prune(store, 0); /* all are in use */
    store_destroy(&store);
    store = open_store();
    struct hash asked = key_of(2), oldest_kept = key_of(7), newest_gone = key_of(6);
    assert_int_equal(store_get(store, &asked, &blob), STATUS_OK);
    store_prune(store, 3);
    for (uint8_t i = 1; i <= 9; i++) {
        struct hash key = key_of(i);
        path_of(&key, path);
        left += access(path, F_OK) == 0;
    }
    assert_int_equal(left, 4);
    path_of(&oldest_kept, path);
    assert_int_equal(access(path, F_OK), 0);
    path_of(&newest_gone, path);
    assert_int_equal(access(path, F_OK), -1);
    store_destroy(&store);
}

static void
a_short_file_is_not_used(void **state)
{
    (void)state;
    char path[512];
    struct hash key = key_of(3);
    struct slice blob;
    struct store *store = open_store();
    path_of(&key, path);
    assert_int_equal(file_write_atomic(path, 0600, slice_of("short")), STATUS_OK);
    assert_int_equal(store_get(store, &key, &blob), STATUS_NOT_FOUND);
    store_destroy(&store);
}

static void
a_store_that_can_not_write_still_serves(void **state)
{
    (void)state;
    char command[128];
    struct hash key = key_of(4);
    struct store *store = open_store();
    snprintf(command, sizeof(command), "rm -r %s", inner);
    assert_int_equal(system(command), 0);
    assert_int_equal(store_put(store, &key, slice_of("compiled")), STATUS_IO);
    assert_holds(store, &key, "compiled");
    store_destroy(&store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"memory alone keeps what is put", memory_alone_keeps_what_is_put, make_dir, remove_dir, NULL},
        {"a later process finds what was put", a_later_process_finds_what_was_put, make_dir, remove_dir, NULL},
        {"directory and key are private", directory_and_key_are_private, make_dir, remove_dir, NULL},
        {"a changed file is not used and removed", a_changed_file_is_not_used_and_removed, make_dir, remove_dir, NULL},
        {"a file under another's name is not used", a_file_under_anothers_name_is_not_used, make_dir, remove_dir, NULL},
        {"a file that others can read or write is not used, and removed",
         a_file_that_others_can_read_or_write_is_not_used_and_removed, make_dir, remove_dir, NULL},
        {"a key that others can read is replaced, and what it signed not used",
         a_key_that_others_can_read_is_replaced_and_what_it_signed_not_used, make_dir, remove_dir, NULL},
        {"what belongs to others is not used", what_belongs_to_others_is_not_used, make_dir, remove_dir, NULL},
        {"a link in place of a file is not used", a_link_in_place_of_a_file_is_not_used, make_dir, remove_dir, NULL},
        {"what was not asked for is removed, but for the newest", what_was_not_asked_for_is_removed_but_for_the_newest,
         make_dir, remove_dir, NULL},
        {"a short file is not used", a_short_file_is_not_used, make_dir, remove_dir, NULL},
        {"a store that can not write still serves", a_store_that_can_not_write_still_serves, make_dir, remove_dir,
         NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
