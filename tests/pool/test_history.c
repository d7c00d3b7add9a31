#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "pool/history.h"
#include "text/tokens.h"

#define DICTIONARIES "tests/cmd/dictionaries"
#define CITY "sakura"

/* The dictionaries, a history, and what was built from the first. */
struct sample {
    char dir[64], history[80], tree[80];
    struct places places;
    struct load *load;
    const struct ruleset *ruleset;
};

static void
run(const char *format, const char *one, const char *two)
{
    char command[1024];

    snprintf(command, sizeof command, format, one, two);
    assert_int_equal(system(command), 0);
}

static void
build(struct sample *sample)
{
    struct fault fault = {0};

    load_destroy(&sample->load);
    assert_int_equal(places_find(sample->tree, &sample->places, &fault), STATUS_OK);
    assert_int_equal(load_create(&sample->places, NULL, &sample->load, &fault), STATUS_OK);
    assert_int_equal(load_city(sample->load, CITY, &sample->ruleset, &fault), STATUS_OK);
}

static int
set_up(void **state)
{
    struct sample *sample = calloc(1, sizeof *sample);

    strcpy(sample->dir, "/tmp/filterd-history-XXXXXX");
    assert_non_null(mkdtemp(sample->dir));
    snprintf(sample->history, sizeof sample->history, "%s/history", sample->dir);
    snprintf(sample->tree, sizeof sample->tree, "%s/tree", sample->dir);
    run("cp -rL %s %s", DICTIONARIES, sample->tree);
    build(sample);
    *state = sample;
    return 0;
}

static int
tear_down(void **state)
{
    struct sample *sample = *state;

    load_destroy(&sample->load);
    run("rm -r %s%s", sample->dir, "");
    free(sample);
    return 0;
}

static enum status
keep_common(const struct sample *sample)
{
    return history_keep_common(sample->history, sample->places.common, sample->ruleset->common);
}

static void
keep(const struct sample *sample)
{
    struct city_files files;

    assert_int_equal(keep_common(sample), STATUS_OK);
    assert_int_equal(places_read(&sample->places, CITY, &files, NULL), STATUS_OK);
    assert_int_equal(history_keep_city(sample->history, &files, sample->ruleset), STATUS_OK);
    city_files_fini(&files);
}

static void
change(const struct sample *sample, const char *file, const char *line)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", sample->tree, file);
    FILE *out = fopen(path, "ae");
    assert_non_null(out);
    assert_true(fputs(line, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void
assert_comes_out_again(const struct sample *sample, const char *hash_hex)
{
    struct history_entry entry;
    struct fault fault = {0};
    struct load *load;
    const struct ruleset *ruleset;

    assert_int_equal(history_find(sample->history, hash_hex, &entry, &fault), STATUS_OK);
    assert_string_equal(entry.id, CITY);
    assert_string_equal(entry.ruleset, hash_hex);
    assert_int_equal(load_create(&entry.places, NULL, &load, &fault), STATUS_OK);
    assert_int_equal(load_city(load, entry.id, &ruleset, &fault), STATUS_OK);
    assert_string_equal(ruleset->hash_hex, hash_hex);
    load_destroy(&load);
}

static void
assert_not_found(const struct sample *sample, const char *prefix, enum status status, const char *reason)
{
    struct history_entry entry;
    struct fault fault = {0};

    assert_int_equal(history_find(sample->history, prefix, &entry, &fault), status);
    if (!strstr(fault.reason, reason))
        fail_msg("%s", fault.reason);
}

static void
a_ruleset_comes_out_again_after_its_files_have_changed(void **state)
{
    struct sample *sample = *state;
    char first[HASH_HEX_BYTES], second[HASH_HEX_BYTES];

    keep(sample);
    memcpy(first, sample->ruleset->hash_hex, sizeof first);
    change(sample, "cities/" CITY "/terms.csv", "ぬばたまごんのすけ,誹謗中傷,語句,強,,\n");
    build(sample);
    keep(sample);
    memcpy(second, sample->ruleset->hash_hex, sizeof second);
    change(sample, "common/surnames.tsv", "試田\tしでん\n");
    build(sample);
    keep(sample);
    assert_string_not_equal(first, second);
    assert_string_not_equal(second, sample->ruleset->hash_hex);
    assert_comes_out_again(sample, first);
    assert_comes_out_again(sample, second);
    assert_comes_out_again(sample, sample->ruleset->hash_hex);
}

static void
a_hash_is_named_by_its_beginning(void **state)
{
    struct sample *sample = *state;
    struct history_entry entry;
    char prefix[HASH_HEX_BYTES] = "";

    keep(sample);
    memcpy(prefix, sample->ruleset->hash_hex, 12);
    assert_int_equal(history_find(sample->history, prefix, &entry, NULL), STATUS_OK);
    assert_string_equal(entry.ruleset, sample->ruleset->hash_hex);
    prefix[7] = '\0';
    assert_not_found(sample, prefix, STATUS_NOT_FOUND, "at least 8");
    assert_not_found(sample, "0123456789abcdef", STATUS_NOT_FOUND, "no such ruleset");
    assert_not_found(sample, "../../../../", STATUS_NOT_FOUND, "no such ruleset");
}

static void
another_version_is_refused_with_its_name(void **state)
{
    struct sample *sample = *state;
    char path[512];

    keep(sample);
    snprintf(path, sizeof path, "%s/cities/" CITY "/%s/made", sample->history, sample->ruleset->hash_hex);
    run("sed -i 's/^hyperscan .*/hyperscan 4.7/' %s%s", path, "");
    struct history_entry entry;
    struct fault fault = {0};
    assert_int_equal(history_find(sample->history, sample->ruleset->hash_hex, &entry, &fault), STATUS_INVALID);
    assert_string_equal(fault.item, "hyperscan");
    assert_string_equal(fault.value, "4.7");
    assert_int_equal(fault.line, 3);
}

static void
a_lost_common_is_told(void **state)
{
    struct sample *sample = *state;

    keep(sample);
    run("rm -r %s/commons%s", sample->history, "");
    assert_not_found(sample, sample->ruleset->hash_hex, STATUS_NOT_FOUND, "kept no longer");
}

static void
files_that_changed_meanwhile_are_not_kept(void **state)
{
    struct sample *sample = *state;
    char path[PLACES_PATH_BYTES], hex[HASH_HEX_BYTES];

    change(sample, "common/surnames.tsv", "試田\tしでん\n");
    assert_int_equal(keep_common(sample), STATUS_INVALID);
    hash_hex(&sample->ruleset->common->hash, hex);
    assert_int_equal(history_common(sample->history, hex, path), STATUS_NOT_FOUND);
}

static size_t
entries_of(const char *dir)
{
    struct buffer names;
    size_t count = 0;

    buffer_init(&names);
    assert_int_equal(file_list(dir, "", &names, &count), STATUS_OK);
    buffer_fini(&names);
    return count;
}

static void
what_two_commons_share_is_on_disk_once(void **state)
{
    struct sample *sample = *state;
    char path[512], hex[HASH_HEX_BYTES];
    struct stat about;

    keep(sample);
    change(sample, "common/surnames.tsv", "試田\tしでん\n");
    build(sample);
    keep(sample);
    hash_hex(&sample->ruleset->common->hash, hex);
    snprintf(path, sizeof path, "%s/commons/%s/models/names.model", sample->history, hex);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_nlink, 2);
    snprintf(path, sizeof path, "%s/commons/%s/surnames.tsv", sample->history, hex);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_nlink, 1);
}

/* Of the copy, so that its package may write over what it has installed. */
static const char *
version_of_copy(const char *copy, struct common **common_out)
{
    struct fault fault = {0};

    common_destroy(common_out);
    assert_int_equal(common_build(copy, NULL, common_out, &fault), STATUS_OK);
    return token_model_version((*common_out)->tokens);
}

static void
the_dictionary_of_mecab_is_kept_with_it(void **state)
{
    struct sample *sample = *state;
    const char *version = token_model_version(sample->ruleset->common->tokens);
    char copy[256], tokens[300], hex[HASH_HEX_BYTES], kept[HASH_HEX_BYTES];
    struct common *common = NULL;

    keep(sample);
    hash_hex(&sample->ruleset->common->hash, hex);
    snprintf(copy, sizeof copy, "%s/commons/%s", sample->history, hex);
    assert_string_equal(common_tokens(sample->places.common, tokens, sizeof tokens), TOKENS_DICTIONARY);
    assert_string_not_equal(common_tokens(copy, tokens, sizeof tokens), TOKENS_DICTIONARY);
    assert_int_equal(tokens_hash(tokens, kept), STATUS_OK);
    assert_string_equal(kept, strrchr(version, ' ') + 1);
    assert_string_equal(version_of_copy(copy, &common), version);
    assert_memory_equal(common->hash.bytes, sample->ruleset->common->hash.bytes, HASH_BYTES);
    run("echo '; another' >> %s/dicrc%s", tokens, "");
    assert_string_not_equal(version_of_copy(copy, &common), version);
    assert_int_equal(keep_common(sample), STATUS_OK); /* damaged: it is copied again */
    assert_string_equal(version_of_copy(copy, &common), version);
    common_destroy(&common);
}

static void
a_damaged_copy_is_made_again(void **state)
{
    struct sample *sample = *state;
    char copy[256], hex[HASH_HEX_BYTES];

    keep(sample);
    hash_hex(&sample->ruleset->common->hash, hex);
    snprintf(copy, sizeof copy, "%s/commons/%s", sample->history, hex);
    assert_true(common_is_of(sample->ruleset->common, copy));
    run("echo rubbish > %s/models/names.words%s", copy, "");
    assert_false(common_is_of(sample->ruleset->common, copy));
    assert_int_equal(keep_common(sample), STATUS_OK);
    assert_true(common_is_of(sample->ruleset->common, copy));
}

static void
the_history_is_bounded_and_private(void **state)
{
    struct sample *sample = *state;
    char path[256];
    struct stat about;
    struct city_files files;
    struct ruleset other = *sample->ruleset;

    keep(sample);
    assert_int_equal(places_read(&sample->places, CITY, &files, NULL), STATUS_OK);
    for (unsigned i = 0; i < HISTORY_PER_CITY + 5; i++) {
        snprintf(other.hash_hex, sizeof other.hash_hex, "%064x", i);
        assert_int_equal(history_keep_city(sample->history, &files, &other), STATUS_OK);
    }
    city_files_fini(&files);
    snprintf(path, sizeof path, "%s/cities/" CITY, sample->history);
    assert_int_equal(entries_of(path), HISTORY_PER_CITY);
    snprintf(path, sizeof path, "%s/cities/" CITY "/%064x", sample->history, HISTORY_PER_CITY + 4);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    assert_int_equal(stat(sample->history, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a ruleset comes out again after its files have changed",
         a_ruleset_comes_out_again_after_its_files_have_changed, set_up, tear_down, NULL},
        {"a hash is named by its beginning", a_hash_is_named_by_its_beginning, set_up, tear_down, NULL},
        {"another version is refused with its name", another_version_is_refused_with_its_name, set_up, tear_down, NULL},
        {"a lost common is told", a_lost_common_is_told, set_up, tear_down, NULL},
        {"files that changed meanwhile are not kept", files_that_changed_meanwhile_are_not_kept, set_up, tear_down,
         NULL},
        {"what two commons share is on disk once", what_two_commons_share_is_on_disk_once, set_up, tear_down, NULL},
        {"the dictionary of MeCab is kept with it", the_dictionary_of_mecab_is_kept_with_it, set_up, tear_down, NULL},
        {"a damaged copy is made again", a_damaged_copy_is_made_again, set_up, tear_down, NULL},
        {"the history is bounded and private", the_history_is_bounded_and_private, set_up, tear_down, NULL},
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
