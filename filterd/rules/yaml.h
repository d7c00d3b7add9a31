/* rules/yaml.h - strict reading of the YAML that operators write, on libyaml.
 *
 * A small subset of YAML: one UTF-8 document of mappings, lists and scalars; no anchors, aliases, tags, second
 * documents, no deep nesting. The first fault sticks: from then on every getter answers its fallback and every list is
 * empty, so that a parser can be written as a table and asks once at the end. A node is a number; 0 stands for "not in
 * the file". Threads: one owner. Errors: the first fault with line and column; STATUS_NO_MEMORY when the arena is full.
 */
#ifndef RULES_YAML_H
#define RULES_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "base/status.h"
#include "rules/vocabulary.h"

#define YAML_MAX_FILE_BYTES (1u << 20)
#define YAML_MAX_DEPTH 8
#define YAML_MAX_ITEMS 4096 /* of one list or mapping */

struct yaml;

/* Texts are copied into `arena`, which outlives the reader. `file` names the source; `fault` may be NULL. */
STATUS_CHECKED enum status yaml_open(struct slice text, const char *file, struct arena *arena, struct fault *fault,
                                     struct yaml **yaml_out);
void yaml_close(struct yaml **yaml);

enum status yaml_status(const struct yaml *yaml); /* STATUS_OK until the first fault */
int yaml_root(const struct yaml *yaml);

/* Reports a fault at `node` (0 = the whole file); its scalar becomes the fault's value. Later ones are ignored. */
void yaml_fault(struct yaml *yaml, int node, const char *item, const char *reason, const char *mend);
unsigned yaml_line(const struct yaml *yaml, int node);

/* Memory from the arena; NULL, and the reader fails, when it is full. */
void *yaml_alloc(struct yaml *yaml, size_t count, size_t bytes);

enum yaml_presence { YAML_OPTIONAL, YAML_REQUIRED };

struct yaml_key {
    const char *name;
    enum yaml_presence presence;
    int *node_out; /* 0 when the key is absent */
};

/* Reads a mapping with known keys: each at most once, none else. `item` names the mapping in faults. */
void yaml_mapping(struct yaml *yaml, int node, const char *item, const struct yaml_key *keys, size_t count);

/* A mapping whose keys are names of the file's own. yaml_pair gives the key's text and the value's node. */
size_t yaml_pair_count(struct yaml *yaml, int node, const char *item);
const char *yaml_pair(struct yaml *yaml, int node, size_t index, int *key_node_out, int *value_out);

size_t yaml_list_count(struct yaml *yaml, int node, const char *item);
int yaml_list_node(struct yaml *yaml, int node, size_t index);

/* Scalars. An absent node (0) gives the fallback; an empty one is a fault. */
const char *yaml_text(struct yaml *yaml, int node, const char *item, size_t max_bytes, const char *fallback);
/* ASCII letters, digits and `-._`, starting with a letter or digit. */
const char *yaml_name(struct yaml *yaml, int node, const char *item, size_t max_bytes, const char *fallback);
unsigned yaml_uint(struct yaml *yaml, int node, const char *item, unsigned min, unsigned max, unsigned fallback);
bool yaml_bool(struct yaml *yaml, int node, const char *item, bool fallback); /* true false on off */
unsigned yaml_word(struct yaml *yaml, int node, const char *item, const struct vocabulary *vocabulary,
                   unsigned fallback);
/* Whether there is a scalar to read; an empty one or another kind of node is a fault. */
bool yaml_has_scalar(struct yaml *yaml, int node, const char *item);
struct slice yaml_scalar(const struct yaml *yaml, int node); /* as written; empty for what is no scalar */

#endif
