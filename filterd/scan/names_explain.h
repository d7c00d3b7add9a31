/* scan/names_explain.h - why the tagger sees a name: for `filterctl explain`, never in the service. */
#ifndef SCAN_NAMES_EXPLAIN_H
#define SCAN_NAMES_EXPLAIN_H

#include "scan/state.h"
#include "scan/tagger.h"

/* Tells the trace, if any, which kinds of features spoke most for the name, and the strongest against it. */
void names_explain(const struct state *state, const struct name_model *model, const struct names_text *text,
                   struct name_span span);

#endif
