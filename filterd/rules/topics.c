#include "rules/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define MAX_FILE_BYTES (4u << 20)
#define MAGIC_BYTES 8
#define HEAD_BYTES (MAGIC_BYTES + sizeof(struct topic_numbers))

static bool
knots_rise(const struct topic_numbers *numbers)
{
    for (unsigned topic = 0; topic < TOPIC_LANES; topic++) {
        for (unsigned i = 1; i < TOPIC_KNOTS; i++)
            if (numbers->knots[topic][i] <= numbers->knots[topic][i - 1])
                return false;
    }
    for (unsigned i = 0; i < TOPIC_KNOTS; i++)
        if (numbers->likelihoods[i] > 100 || (i && numbers->likelihoods[i] < numbers->likelihoods[i - 1]))
            return false;
    return true;
}

static bool
take_file(struct topic_model *model)
{
    const struct slice *file = &model->file;
    if (file->bytes < HEAD_BYTES || memcmp(file->data, "FDTOPIC1", MAGIC_BYTES) != 0)
        return false;
    memcpy(&model->numbers, file->data + MAGIC_BYTES, sizeof(model->numbers));
    size_t slots = model->numbers.slots;
    if (slots == 0 || slots > MAX_FILE_BYTES || !knots_rise(&model->numbers) ||
        file->bytes != HEAD_BYTES + slots * (TOPIC_LANES + sizeof(uint16_t)) + ((size_t)1 << TOPIC_GATE_BITS)) {
        return false;
    }
    model->weights = (const int8_t *)(file->data + HEAD_BYTES);
    model->checks = (const uint16_t *)(const void *)(model->weights + slots * TOPIC_LANES);
    model->gate = (const int8_t *)(model->checks + slots);
    return true;
}

enum status
topic_model_read(const char *dir, struct topic_model **model_out, struct fault *fault)
{
    char path[1100];
    struct topic_model *model = calloc(1, sizeof(*model));
    if (!model)
        return STATUS_NO_MEMORY;
    snprintf(path, sizeof(path), "%s/topics.model", dir);
    enum status status = file_load(path, MAX_FILE_BYTES, &model->file);
    if (status == STATUS_TOO_LARGE || (status == STATUS_OK && !take_file(model)))
        status = STATUS_INVALID;
    if (status == STATUS_NOT_FOUND || status == STATUS_INVALID) {
        fault_set(fault, path, 0, 0, "", "",
                  status == STATUS_INVALID ? "the model is damaged"
                                           : "the model is missing: prohibited content would be missed",
                  "restore it from the package, or run `make topics`");
        status = STATUS_INVALID;
    }
    if (status != STATUS_OK) {
        topic_model_destroy(&model);
        return status;
    }
    *model_out = model;
    return STATUS_OK;
}

void
topic_model_destroy(struct topic_model **model)
{
    if (!*model)
        return;
    file_unload(&(*model)->file);
    free(*model);
    *model = NULL;
}

unsigned
topic_likelihood(const struct topic_numbers *numbers, unsigned topic, int64_t margin)
{
    const int32_t *knots = numbers->knots[topic];
    const uint8_t *at = numbers->likelihoods;
    if (margin < knots[0])
        return 0;
    for (unsigned i = 1; i < TOPIC_KNOTS; i++)
        if (margin < knots[i])
            return at[i - 1] +
                   (unsigned)((margin - knots[i - 1]) * (at[i] - at[i - 1]) / ((int64_t)knots[i] - knots[i - 1]));
    return at[TOPIC_KNOTS - 1];
}
