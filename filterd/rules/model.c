#include "rules/model.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

enum { WORDS, WEIGHTS, MODEL_FILES };

#define MAX_FILE_BYTES (16u << 20)
#define MAGIC_BYTES 8
#define WORDS_HEAD_BYTES (MAGIC_BYTES + 8 + 256 * 4)
#define WEIGHTS_HEAD_BYTES (MAGIC_BYTES + sizeof(struct name_numbers))
#define GATE_WEIGHTS 4

static const char *const file_names[MODEL_FILES] = {"names.words", "names.model"};

static enum status
damaged(const char *dir, unsigned file, struct fault *fault)
{
    char path[1100];
    snprintf(path, sizeof(path), "%s/%s", dir, file_names[file]);
    fault_set(fault, path, 0, 0, "", "", "the model is damaged", "restore it from the package, or run `make models`");
    return STATUS_INVALID;
}

static enum status
missing(const char *path, struct fault *fault)
{
    fault_set(fault, path, 0, 0, "", "", "the model is missing: names would be missed",
              "restore it from the package, or run `make models`");
    return STATUS_INVALID;
}

/* Whether a look-up ends: some slot is empty. */
static bool
has_empty_slot(const uint32_t *slots, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (slots[i] == 0) {
            return true;
        }
    }
    return false;
}

static bool
take_words(struct name_model *model)
{
    const struct buffer *file = &model->files[WORDS];
    if (file->bytes < WORDS_HEAD_BYTES || memcmp(file->data, "FDWORDS1", MAGIC_BYTES) != 0) {
        return false;
    }
    memcpy(&model->word_slots, file->data + MAGIC_BYTES, sizeof(model->word_slots));
    model->sets = (const uint32_t *)(const void *)(file->data + MAGIC_BYTES + 8);
    model->word_entries = model->sets + 256;
    return file->bytes == WORDS_HEAD_BYTES + (size_t)model->word_slots * 4 &&
           has_empty_slot(model->word_entries, model->word_slots);
}

static bool
take_weights(struct name_model *model)
{
    const struct buffer *file = &model->files[WEIGHTS];
    struct name_numbers *numbers = &model->numbers;
    if (file->bytes < WEIGHTS_HEAD_BYTES || memcmp(file->data, "FDNAMES1", MAGIC_BYTES) != 0) {
        return false;
    }
    memcpy(numbers, file->data + MAGIC_BYTES, sizeof(*numbers));
    if (numbers->gate_bits < 8 || numbers->gate_bits > 20 || numbers->margin_step < 1) {
        return false;
    }
    model->keys = (const uint32_t *)(const void *)(file->data + WEIGHTS_HEAD_BYTES);
    model->block_of = model->keys + numbers->slots;
    model->weights = (const int8_t *)(model->block_of + numbers->slots);
    size_t gate_bytes = (size_t)GATE_WEIGHTS << numbers->gate_bits;
    if (file->bytes !=
        WEIGHTS_HEAD_BYTES + (size_t)numbers->slots * 8 + (size_t)numbers->blocks * NAME_BLOCK + gate_bytes) {
        return false;
    }
    model->gate = model->weights + (size_t)numbers->blocks * NAME_BLOCK;
    for (uint32_t i = 0; i < numbers->slots; i++) {
        if (model->keys[i] && model->block_of[i] >= numbers->blocks) {
            return false;
        }
    }
    return has_empty_slot(model->keys, numbers->slots);
}

static enum status
read_files(const char *dir, unsigned count, struct name_model *model, struct fault *fault)
{
    for (unsigned i = 0; i < count; i++) {
        char path[1100];
        snprintf(path, sizeof(path), "%s/%s", dir, file_names[i]);
        enum status status = file_read(path, MAX_FILE_BYTES, &model->files[i]);
        if (status == STATUS_NOT_FOUND) {
            return missing(path, fault);
        }
        if (status == STATUS_INVALID || status == STATUS_TOO_LARGE) {
            return damaged(dir, i, fault);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status
model_read(const char *dir, unsigned count, struct name_model **model_out, struct fault *fault)
{
    struct name_model *model = calloc(1, sizeof(*model));
    if (!model) {
        return STATUS_NO_MEMORY;
    }
    model->files = calloc(MODEL_FILES, sizeof(*model->files));
    enum status status = model->files ? STATUS_OK : STATUS_NO_MEMORY;
    for (unsigned i = 0; i < MODEL_FILES && status == STATUS_OK; i++) {
        buffer_init(&model->files[i]);
    }
    if (status == STATUS_OK) {
        status = read_files(dir, count, model, fault);
    }
    if (status == STATUS_OK && !take_words(model)) {
        status = damaged(dir, WORDS, fault);
    }
    if (status == STATUS_OK && count > WEIGHTS && !take_weights(model)) {
        status = damaged(dir, WEIGHTS, fault);
    }
    if (status != STATUS_OK) {
        name_model_destroy(&model);
        return status;
    }
    *model_out = model;
    return STATUS_OK;
}

enum status
name_model_read(const char *dir, struct name_model **model_out, struct fault *fault)
{
    return model_read(dir, MODEL_FILES, model_out, fault);
}

enum status
name_words_read(const char *dir, struct name_model **model_out, struct fault *fault)
{
    return model_read(dir, WEIGHTS, model_out, fault);
}

void
name_model_destroy(struct name_model **model)
{
    if (!*model) {
        return;
    }
    for (unsigned i = 0; (*model)->files && i < MODEL_FILES; i++) {
        buffer_fini(&(*model)->files[i]);
    }
    free((*model)->files);
    free(*model);
    *model = NULL;
}

struct slice
name_model_bytes(const struct name_model *model, unsigned file)
{
    return buffer_slice(&model->files[file]);
}
