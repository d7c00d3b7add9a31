#include "rules/model.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

enum { WORDS, WEIGHTS, MODEL_FILES };

#define MAX_FILE_BYTES (16u << 20)
#define MAGIC_BYTES 8
#define WORDS_HEAD_BYTES 1088
#define WEIGHTS_HEAD_BYTES 192
#define GATE_WEIGHTS 4

_Static_assert(MAGIC_BYTES + sizeof(struct name_numbers) <= WEIGHTS_HEAD_BYTES, "the head holds the numbers");

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

/* Whether a look-up ends: some line is not full. An empty entry among others would hide those behind it: damage that no
 * look-up trips over. */
static bool
has_line_to_end(const struct name_model *model)
{
    for (uint32_t i = 0; i < model->word_lines; i++)
        if (model->words[i][WORD_LINE - 1] == 0)
            return true;
    return false;
}

static bool
take_words(struct name_model *model)
{
    struct slice file = model->files[WORDS];
    size_t head = WORDS_HEAD_BYTES + WORD_SINGLES;
    if (file.bytes < head || memcmp(file.data, "FDWORDS2", MAGIC_BYTES) != 0)
        return false;
    memcpy(&model->word_lines, file.data + MAGIC_BYTES, sizeof(model->word_lines));
    model->sets = (const uint32_t *)(const void *)(file.data + MAGIC_BYTES + 8);
    model->singles = file.data + WORDS_HEAD_BYTES;
    model->words = (const uint32_t(*)[WORD_LINE])(const void *)(file.data + head);
    return file.bytes == head + (size_t)model->word_lines * WORD_LINE * 4 && has_line_to_end(model);
}

/* Whether every slot names a block, and a look-up ends: some line is not full. */
static bool
has_sound_slots(const struct name_model *model)
{
    bool ends = false;
    for (uint32_t i = 0; i < model->numbers.slots; i++) {
        uint32_t slot = model->slots[i], block = slot & NAME_BLOCKS;
        if (slot != 0 && (block == 0 || block >= model->numbers.blocks))
            return false;
        ends |= i % NAME_LINE == NAME_LINE - 1 && slot == 0;
    }
    return ends && model->numbers.slots % NAME_LINE == 0;
}

static bool
take_weights(struct name_model *model)
{
    struct slice file = model->files[WEIGHTS];
    struct name_numbers *numbers = &model->numbers;
    if (file.bytes < WEIGHTS_HEAD_BYTES || memcmp(file.data, "FDNAMES2", MAGIC_BYTES) != 0)
        return false;
    memcpy(numbers, file.data + MAGIC_BYTES, sizeof(*numbers));
    if (numbers->gate_bits < 8 || numbers->gate_bits > 20 || numbers->margin_step < 1 || numbers->blocks < 1 ||
        numbers->blocks > NAME_BLOCKS) {
        return false;
    }
    size_t weight_bytes = (size_t)numbers->blocks * NAME_BLOCK, slot_bytes = (size_t)numbers->slots * 4;
    if (file.bytes != WEIGHTS_HEAD_BYTES + weight_bytes + slot_bytes + ((size_t)GATE_WEIGHTS << numbers->gate_bits))
        return false;
    model->weights = (const int8_t *)(file.data + WEIGHTS_HEAD_BYTES);
    model->slots = (const uint32_t *)(const void *)(model->weights + weight_bytes);
    model->gate = (const int8_t *)(model->slots + numbers->slots);
    return has_sound_slots(model);
}

static enum status
load_files(const char *dir, unsigned count, struct name_model *model, struct fault *fault)
{
    for (unsigned i = 0; i < count; i++) {
        char path[1100];
        snprintf(path, sizeof(path), "%s/%s", dir, file_names[i]);
        enum status status = file_load(path, MAX_FILE_BYTES, &model->files[i]);
        if (status == STATUS_NOT_FOUND)
            return missing(path, fault);
        if (status == STATUS_INVALID || status == STATUS_TOO_LARGE)
            return damaged(dir, i, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status
model_read(const char *dir, unsigned count, struct name_model **model_out, struct fault *fault)
{
    struct name_model *model = calloc(1, sizeof(*model));
    if (!model)
        return STATUS_NO_MEMORY;
    enum status status = load_files(dir, count, model, fault);
    if (status == STATUS_OK && !take_words(model))
        status = damaged(dir, WORDS, fault);
    if (status == STATUS_OK && count > WEIGHTS && !take_weights(model))
        status = damaged(dir, WEIGHTS, fault);
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
    if (!*model)
        return;
    for (unsigned i = 0; i < MODEL_FILES; i++)
        file_unload(&(*model)->files[i]);
    free(*model);
    *model = NULL;
}

struct slice
name_model_bytes(const struct name_model *model, unsigned file)
{
    return model->files[file];
}
