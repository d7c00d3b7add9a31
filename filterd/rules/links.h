/* rules/links.h - links: {allow: [...], deny: [...]} of policy.yaml.
 *
 * An entry is a domain name, in any script; it stands for itself and all names below it. A name under which anybody may
 * register (co.jp, github.io) is refused, and so is one that both lists have.
 *
 * Threads: one owner. Errors: reported to the reader.
 */
#ifndef RULES_LINKS_H
#define RULES_LINKS_H

#include "rules/policy.h"
#include "rules/yaml.h"

void links_read(struct yaml *yaml, int node, struct policy *policy);

#endif
