/* models/train/gate.h - trains the gate: which messages may hold a name at all, by pairs of characters. */
#ifndef TRAIN_GATE_H
#define TRAIN_GATE_H

#include "corpus.h"

enum { GATE_BITS = 16, GATE_WEIGHTS = 4 };

/* Fills `gate`; prints what the thresholds in `numbers` let through of the held texts. */
void gate_train(const struct corpus *corpus, uint64_t seed, int8_t *gate, const struct name_numbers *numbers);

#endif
