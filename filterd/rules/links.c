#include "rules/links.h"

#include <string.h>

#include "text/domain.h"

static bool
has(const struct domains *domains, const char *name)
{
    for (size_t i = 0; i < domains->count; i++)
        if (strcmp(domains->names[i], name) == 0)
            return true;
    return false;
}

/* NULL after a fault. */
static const char *
read_name(struct yaml *yaml, int node, const struct domain_list *list)
{
    char name[DOMAIN_MAX_BYTES];
    if (!yaml_has_scalar(yaml, node, "links"))
        return NULL;
    if (domain_normalise(list, yaml_scalar(yaml, node), name) != STATUS_OK) {
        yaml_fault(yaml, node, "links", "is no domain name",
                   "write the name alone, such as example.jp: no https://, no path, no *");
        return NULL;
    }
    if (!domain_registrable(list, name)) {
        yaml_fault(yaml, node, "links", "anybody can register a name below this one",
                   "write the name that somebody registered, such as example.co.jp for co.jp");
        return NULL;
    }
    char *kept = yaml_alloc(yaml, strlen(name) + 1, 1);
    return kept ? strcpy(kept, name) : NULL;
}

static void
read_list(struct yaml *yaml, int node, const struct domain_list *list, const struct domains *other,
          struct domains *domains)
{
    size_t count = yaml_list_count(yaml, node, "links");
    const char **names = yaml_alloc(yaml, count, sizeof(*names));
    domains->names = names;
    for (size_t i = 0; i < count && yaml_status(yaml) == STATUS_OK; i++) {
        int entry = yaml_list_node(yaml, node, i);
        const char *name = read_name(yaml, entry, list);
        if (!name)
            return;
        if (has(domains, name))
            yaml_fault(yaml, entry, "links", "stands in the list already", "delete it");
        else if (other && has(other, name))
            yaml_fault(yaml, entry, "links", "stands in the list allow too", "delete it in one of the two");
        names[domains->count++] = name;
    }
}

void
links_read(struct yaml *yaml, int node, struct policy *policy)
{
    int allow, deny;
    struct domain_list *list = NULL;
    const struct yaml_key keys[] = {{"allow", YAML_OPTIONAL, &allow}, {"deny", YAML_OPTIONAL, &deny}};
    if (node == 0)
        return;
    yaml_mapping(yaml, node, "links", keys, sizeof(keys) / sizeof(keys[0]));
    if (domain_list_create(&list) != STATUS_OK) {
        yaml_fault(yaml, node, "links", "the list of public suffixes cannot be read",
                   "install the package publicsuffix");
        return;
    }
    read_list(yaml, allow, list, NULL, &policy->links_allow);
    read_list(yaml, deny, list, &policy->links_allow, &policy->links_deny);
    domain_list_destroy(&list);
}
