/* wire/json.h - the one JSON shape of a verdict (filterctl check --json, explain --json, scan).
 *
 * {"id":…,"status":"OK","verdict":"redact","text":"…","findings":[{"start":3,"end":16,"info_type":"PHONE","category":null,
 * "subject":"UNKNOWN","likelihood":97,"severity":null,"rule":"pii.phone.mobile","clauses":["10-1"],"action":"redact"}],"grounds":["10-1"],
 * "review":false,"escalate":false,"notice_id":null,"policy":"kashiwa","ruleset":"…"}
 * start and end count code points; `text` is the redacted text (REDACT and BLOCK) or the text itself (ALLOW).
 * A verdict that no complete run made (ACTION_NONE) is printed with status INTERNAL, verdict and text null.
 */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "base/buffer.h"
#include "rules/ruleset.h"
#include "scan/verdict.h"
#include "wire/reply.h"

/* Appends one object without a line break. `id_json` is a JSON value as it stands (`"7"`, `7`). */
void json_verdict(struct buffer *out, struct slice id_json, const struct verdict *verdict,
                  const struct ruleset *ruleset);
/* A refused record:
 * {"id":…,"status":"TOO_LARGE","verdict":null,"text":null,"findings":[],"position":{"record":12,"byte":345}} */
void json_refused(struct buffer *out, struct slice id_json, enum wire_status status, uint64_t record, uint64_t byte);
/* Appends `text` (valid UTF-8) as a JSON string with its quotes. */
void json_string(struct buffer *out, struct slice text);

#endif
