/* The tagger's files: what is whole is taken, what is not is a fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "rules/model.h"

#define MODELS "models"

static char dir[] = "/tmp/test_model.XXXXXX";

static void
put(const char *name, struct slice content)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_write_atomic(path, 0600, content), STATUS_OK);
}

static void
copy(const char *name, size_t cut, int flip)
{
    char path[128];
    struct buffer file;
    buffer_init(&file);
    snprintf(path, sizeof path, MODELS "/%s", name);
    assert_int_equal(file_read(path, 64 << 20, &file), STATUS_OK);
    if (flip >= 0)
        file.data[flip] ^= 1;
    put(name, (struct slice){file.data, file.bytes - cut});
    buffer_fini(&file);
}

static void
the_repositorys_model_is_whole(void **state)
{
    (void)state;
    struct name_model *model = NULL;
    struct fault fault = {0};
    assert_int_equal(name_model_read(MODELS, &model, &fault), STATUS_OK);
    assert_true(model->numbers.gate_fast >= model->numbers.gate_thorough);
    for (unsigned i = 1; i < NAME_LIKELIHOODS; i++)
        assert_true(model->numbers.likelihood[i] >= model->numbers.likelihood[i - 1]);
    assert_true(name_model_bytes(model, 1).bytes <= 4 << 20);
    assert_true(name_model_bytes(model, 0).bytes <= 16 << 20);
    name_model_destroy(&model);
    assert_null(model);
}

/* Classes of the word that these characters are, found as the tagger finds them. */
static uint32_t
classes(const struct name_model *model, const uint32_t *characters)
{
    uint64_t hash = word_hash(word_hash(0, characters[0]), characters[1]);
    uint32_t line = word_line(model, hash), entry = word_entry(model, line, hash), n = 2;
    bool scattered = entry & WORD_SCATTERED;
    for (; characters[n]; n++) {
        if (n >= WORD_LONGEST(entry) && n == 2)
            return 0;
        hash = word_hash(hash, characters[n]);
        entry = word_entry(model, scattered ? word_line(model, hash) : line, hash);
    }
    return model->sets[entry & 255];
}

static void
words_are_known_by_class(void **state)
{
    (void)state;
    struct name_model *model = NULL;
    struct fault fault = {0};
    assert_int_equal(name_words_read(MODELS, &model, &fault), STATUS_OK);
    assert_true(classes(model, (uint32_t[]){0x4F50, 0x85E4, 0}) & WORD_SUR_TOP);              /* 佐藤 */
    assert_true(classes(model, (uint32_t[]){0x672D, 0x5E4C, 0x5E02, 0}) & WORD_MUNICIPALITY); /* 札幌市 */
    assert_true(classes(model, (uint32_t[]){'m', 'a', 'r', 'i', 'k', 'o', 0}) & WORD_GIVEN_ROMAJI);
    assert_int_equal(classes(model, (uint32_t[]){0x3042, 0xFFFD, 0}), 0);
    assert_true(model->sets[model->singles[0x68EE]] & WORD_SUR_TOP); /* 森 */
    name_model_destroy(&model);
}

static void
a_missing_model_is_a_fault_that_names_the_file(void **state)
{
    (void)state;
    struct name_model *model = NULL;
    struct fault fault = {0};
    assert_int_equal(name_model_read("/nonexistent", &model, &fault), STATUS_INVALID);
    assert_string_equal(fault.file, "/nonexistent/names.words");
    assert_string_equal(fault.reason, "the model is missing: names would be missed");
    assert_null(model);
}

static void
a_damaged_model_is_a_fault(void **state)
{
    (void)state;
    struct name_model *model = NULL;
    struct fault fault = {0};
    copy("names.words", 0, -1);
    assert_int_equal(name_model_read(dir, &model, &fault), STATUS_INVALID); /* one without the other */
    copy("names.model", 1, -1);
    assert_int_equal(name_model_read(dir, &model, &fault), STATUS_INVALID);
    copy("names.model", 0, 0);
    assert_int_equal(name_model_read(dir, &model, &fault), STATUS_INVALID);
    copy("names.model", 0, -1);
    copy("names.words", 4, -1);
    assert_int_equal(name_model_read(dir, &model, &fault), STATUS_INVALID);
    assert_string_equal(fault.reason, "the model is damaged");
    copy("names.words", 0, -1);
    assert_int_equal(name_model_read(dir, &model, &fault), STATUS_OK);
    name_model_destroy(&model);
}

/* Whatever the damage, it is a fault or a model that reads within its tables: the sanitised run proves the latter. */
static void
flipped_bits_are_a_fault_or_harmless(void **state)
{
    (void)state;
    struct name_model *whole = NULL;
    struct fault fault = {0};
    assert_int_equal(name_model_read(MODELS, &whole, &fault), STATUS_OK);
    size_t slots = (size_t)((const uint8_t *)whole->slots - whole->files[1].data);
    const int places[] = {8, 9, 10, 12, 14, 16, 17, 19, (int)slots, (int)slots + 1, (int)slots + 5000};
    copy("names.words", 0, -1);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct name_model *model = NULL;
        copy("names.model", 0, places[i]);
        if (name_model_read(dir, &model, &fault) != STATUS_OK)
            continue;
        for (uint64_t n = 0; n < 100000; n++)
            assert_true(weight_block(model, n * 0x9E3779B97F4A7C15u) < model->numbers.blocks);
        name_model_destroy(&model);
    }
    name_model_destroy(&whole);
}

static int
make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int
remove_dir(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/names.words", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/names.model", dir);
    unlink(path);
    return rmdir(dir);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        {"the repository's model is whole", the_repositorys_model_is_whole, NULL, NULL, NULL},
        {"words are known by class", words_are_known_by_class, NULL, NULL, NULL},
        {"a missing model is a fault that names the file", a_missing_model_is_a_fault_that_names_the_file, NULL, NULL,
         NULL},
        {"a damaged model is a fault", a_damaged_model_is_a_fault, NULL, NULL, NULL},
        {"flipped bits are a fault or harmless", flipped_bits_are_a_fault_or_harmless, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("model", tests, make_dir, remove_dir);
}
