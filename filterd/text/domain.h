/* text/domain.h - domain names: their one form, and what the public suffix list says of them.
 *
 * A name has one form here: lower case ASCII, labels of other scripts as punycode (xn--), without a dot at the end.
 * Source of suffixes: libpsl with Debian's publicsuffix where it is installed and newer, else what libpsl was built
 * with. Threads: a list is immutable and shared. Errors: STATUS_INVALID for what is no domain name.
 */
#ifndef TEXT_DOMAIN_H
#define TEXT_DOMAIN_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/span.h"
#include "base/status.h"

#define DOMAIN_MAX_BYTES 256          /* with the NUL */
#define DOMAIN_MAX_UNICODE_BYTES 1024 /* the same of its Unicode form */

struct domain_list;

STATUS_CHECKED enum status domain_list_create(struct domain_list **list_out);
void domain_list_destroy(struct domain_list **list);
void domain_list_hash(const struct domain_list *list, struct hash *hash_out); /* of its data */

/* At least two labels; `name` in any case and script. An address (203.0.113.7) is none. */
STATUS_CHECKED enum status domain_normalise(const struct domain_list *list, struct slice name,
                                            char out[DOMAIN_MAX_BYTES]);
/* As people read it. STATUS_INVALID: a label is no punycode. */
STATUS_CHECKED enum status domain_to_unicode(const struct domain_list *list, const char *domain,
                                             char out[DOMAIN_MAX_UNICODE_BYTES]);

/* The part that somebody registered (www.example.co.jp: example.co.jp), within `domain`; NULL for a public suffix. */
const char *domain_registrable(const struct domain_list *list, const char *domain);
/* Whether `domain` is `parent` or below it. */
bool domain_is_within(const char *domain, const char *parent);
/* Whether only a government can have registered it: lg.jp, go.jp, and city. town. vill. pref. metro. of the geographic
 * names (city.hachinohe.aomori.jp). */
bool domain_is_official(const struct domain_list *list, const char *domain);

#endif
