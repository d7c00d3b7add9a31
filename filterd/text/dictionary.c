#include "text/dictionary.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES 72 /* of a .dic: ten numbers, the name of the charset */
#define DICTIONARY_MAGIC 0xEF718F77u
#define DICTIONARY_VERSION 102
#define KIND_NAME_BYTES 32

/* --- files -------------------------------------------------------------------------------------------------------- */

static enum status
map_file(const char *dir, const char *name, size_t least_bytes, struct slice *content_out)
{
    char path[PATH_MAX];
    struct stat facts;

    if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
        return STATUS_INVALID;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO;
    enum status status = fstat(fd, &facts) == 0 ? STATUS_OK : STATUS_IO;
    if (status == STATUS_OK && (!S_ISREG(facts.st_mode) || facts.st_size < (off_t)least_bytes))
        status = STATUS_INVALID;
    size_t bytes = status == STATUS_OK ? (size_t)facts.st_size : 0;
    void *content = status == STATUS_OK ? mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    (void)close(fd);
    if (content == MAP_FAILED)
        return status == STATUS_OK ? STATUS_IO : status;
    *content_out = (struct slice){content, bytes};
    return STATUS_OK;
}

static void
unmap_file(struct slice *content)
{
    if (content->bytes > 0)
        (void)munmap((void *)(uintptr_t)content->data, content->bytes);
    *content = (struct slice){NULL, 0};
}

/* --- words -------------------------------------------------------------------------------------------------------- */

/* Whether each meaning stands in the matrix and has its feature. */
static bool
meanings_are_inside(const struct word_list *list, uint32_t feature_bytes, const struct dictionary *dictionary)
{
    if (feature_bytes == 0 || list->features[feature_bytes - 1] != '\0')
        return false;
    for (uint32_t i = 0; i < list->meaning_count; i++) {
        const struct meaning *meaning = &list->meanings[i];
        if (meaning->left >= dictionary->left_count || meaning->right >= dictionary->right_count ||
            meaning->feature >= feature_bytes)
            return false;
    }
    return true;
}

static enum status
open_words(const char *dir, const char *name, const struct dictionary *dictionary, struct word_list *list)
{
    uint32_t
        numbers[10]; /* magic, version, type, words, left, right ids, bytes of units, of meanings, of features, … */
    enum status status = map_file(dir, name, HEAD_BYTES, &list->file);
    if (status != STATUS_OK)
        return status;
    memcpy(numbers, list->file.data, sizeof(numbers));
    uint64_t bytes = HEAD_BYTES + (uint64_t)numbers[6] + numbers[7] + numbers[8];
    if (numbers[1] != DICTIONARY_VERSION || (numbers[0] ^ DICTIONARY_MAGIC) != list->file.bytes ||
        bytes > list->file.bytes || numbers[6] < sizeof(struct unit) ||
        memcmp(list->file.data + sizeof(numbers), "UTF-8", sizeof("UTF-8")) != 0)
        return STATUS_INVALID;
    const uint8_t *at = list->file.data + HEAD_BYTES;
    list->units = (const void *)at;
    list->unit_count = numbers[6] / (uint32_t)sizeof(struct unit);
    list->meanings = (const void *)(at + numbers[6]);
    list->meaning_count = numbers[7] / (uint32_t)sizeof(struct meaning);
    list->features = (const void *)(at + numbers[6] + numbers[7]);
    return meanings_are_inside(list, numbers[8], dictionary) ? STATUS_OK : STATUS_INVALID;
}

static enum status
open_matrix(const char *dir, struct dictionary *dictionary)
{
    uint16_t counts[2];
    enum status status = map_file(dir, "matrix.bin", sizeof(counts), &dictionary->matrix);
    if (status != STATUS_OK)
        return status;
    memcpy(counts, dictionary->matrix.data, sizeof(counts));
    dictionary->right_count = counts[0];
    dictionary->left_count = counts[1];
    dictionary->costs = (const void *)(dictionary->matrix.data + sizeof(counts));
    size_t cells = (size_t)counts[0] * counts[1];
    return cells > 0 && dictionary->matrix.bytes == sizeof(counts) + cells * sizeof(int16_t) ? STATUS_OK
                                                                                             : STATUS_INVALID;
}

/* --- kinds -------------------------------------------------------------------------------------------------------- */

/* What unk.dic has under the name of a kind; none, and the count is 0. */
static struct meanings
unknown_of(const struct word_list *list, const char *name, size_t bytes)
{
    uint32_t base = (uint32_t)list->units[0].base;
    for (size_t i = 0; i < bytes; i++)
        if (!word_list_go_on(list, (uint8_t)name[i], &base))
            return (struct meanings){list->meanings, 0};
    return word_list_has(list, base) ? word_list_meanings(list, base) : (struct meanings){list->meanings, 0};
}

/* Each kind of a character has unknown words, and none longer than two characters where its kind does not go on:
 * borders_is_sure() reckons with these. */
static bool
kinds_are_complete(const struct dictionary *dictionary)
{
    for (uint32_t i = 0; i < KIND_COUNT; i++) {
        uint32_t kind = dictionary->of_character[i];
        if ((kind >> KIND_LENGTH_SHIFT & 15) > 2 || dictionary->of_kind[kind >> KIND_NAME_SHIFT & 0xFF].count == 0)
            return false;
    }
    return true;
}

static enum status
open_kinds(const char *dir, struct dictionary *dictionary)
{
    uint32_t count;
    enum status status = map_file(dir, "char.bin", sizeof(count), &dictionary->kinds);
    if (status != STATUS_OK)
        return status;
    memcpy(&count, dictionary->kinds.data, sizeof(count));
    size_t head = sizeof(count) + (size_t)count * KIND_NAME_BYTES;
    if (count > KIND_NAMES || dictionary->kinds.bytes != head + KIND_COUNT * sizeof(uint32_t))
        return STATUS_INVALID;
    dictionary->of_character = (const void *)(dictionary->kinds.data + head);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = (const char *)dictionary->kinds.data + sizeof(count) + (size_t)i * KIND_NAME_BYTES;
        dictionary->of_kind[i] = unknown_of(&dictionary->unknown, name, strnlen(name, KIND_NAME_BYTES));
    }
    return kinds_are_complete(dictionary) ? STATUS_OK : STATUS_INVALID;
}

enum status
dictionary_open(const char *dir, struct dictionary *dictionary_out)
{
    struct dictionary dictionary = {0};
    enum status status = open_matrix(dir, &dictionary);
    if (status == STATUS_OK)
        status = open_words(dir, "sys.dic", &dictionary, &dictionary.known);
    if (status == STATUS_OK)
        status = open_words(dir, "unk.dic", &dictionary, &dictionary.unknown);
    if (status == STATUS_OK)
        status = open_kinds(dir, &dictionary);
    if (status == STATUS_OK)
        *dictionary_out = dictionary;
    else
        dictionary_close(&dictionary);
    return status;
}

void
dictionary_close(struct dictionary *dictionary)
{
    unmap_file(&dictionary->known.file);
    unmap_file(&dictionary->unknown.file);
    unmap_file(&dictionary->matrix);
    unmap_file(&dictionary->kinds);
}
