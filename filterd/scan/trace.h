/* scan/trace.h - what `filterctl explain` shows: every stage tells what it saw.
 *
 * Text goes through here, so only a person's own terminal may listen: no daemon sets a trace.
 */
#ifndef SCAN_TRACE_H
#define SCAN_TRACE_H

#include "base/span.h"

enum trace_stage {
    TRACE_VIEW,
    TRACE_LITERAL,
    TRACE_PATTERN,
    TRACE_TOKEN,
    TRACE_NAME,
    TRACE_FINDING,
    TRACE_DROP,
    TRACE_DECIDE,
    TRACE_STAGE_COUNT
};

struct trace_event {
    enum trace_stage stage;
    struct span span;   /* bytes of the text; {0, 0} = the whole message */
    struct slice shown; /* view text, token feature, literal …; valid during the call */
    const char *rule;   /* rule id, role or view name; may be NULL */
    const char *note;   /* what became of it, static storage; may be NULL */
    int likelihood;     /* -1 = none */
};

struct trace {
    void (*event)(void *context, const struct trace_event *event);
    void *context;
};

const char *trace_stage_word(enum trace_stage stage);

#endif
