#include "text/domain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <libpsl.h>
#include <unicode/uidna.h>

#include "base/file.h"

#define MAX_LIST_BYTES (16u << 20)

struct domain_list {
    psl_ctx_t *psl;
    UIDNA *idna;
    struct hash hash;
};

/* The file that psl_latest() may have read, or the digest of what is built in. */
static void
hash_data(struct domain_list *list)
{
    const char *path = psl_dist_filename();
    struct buffer data;
    struct hasher hasher;
    buffer_init(&data);
    hasher_init(&hasher);
    hasher_add_text(&hasher, psl_builtin_sha1sum());
    if (path && file_read(path, MAX_LIST_BYTES, &data) == STATUS_OK)
        hasher_add(&hasher, buffer_slice(&data));
    hasher_finish(&hasher, &list->hash);
    buffer_fini(&data);
}

enum status
domain_list_create(struct domain_list **list_out)
{
    UErrorCode error = U_ZERO_ERROR;
    struct domain_list *list = calloc(1, sizeof(*list));
    if (!list)
        return STATUS_NO_MEMORY;
    list->psl = psl_latest(NULL);
    list->idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE, &error);
    if (!list->psl || U_FAILURE(error)) {
        domain_list_destroy(&list);
        return STATUS_INTERNAL;
    }
    hash_data(list);
    *list_out = list;
    return STATUS_OK;
}

void
domain_list_destroy(struct domain_list **list)
{
    if (!*list)
        return;
    psl_free((*list)->psl);
    if ((*list)->idna)
        uidna_close((*list)->idna);
    free(*list);
    *list = NULL;
}

void
domain_list_hash(const struct domain_list *list, struct hash *hash_out)
{
    *hash_out = list->hash;
}

/* Letters, digits and hyphens in labels of 1 to 63, at least two of them, the last one no number. */
static bool
is_domain(const char *name)
{
    size_t label = 0, labels = 0;
    bool has_letter = false;
    for (const char *at = name;; at++) {
        if (*at == '.' || *at == '\0') {
            if (label == 0 || label > 63 || at[-1] == '-')
                return false;
            labels++;
            label = 0;
            if (*at == '\0')
                return labels > 1 && has_letter;
            has_letter = false;
        } else if (isalnum((unsigned char)*at) || (*at == '-' && label > 0)) {
            has_letter |= isalpha((unsigned char)*at) != 0;
            label++;
        } else {
            return false;
        }
    }
}

enum status
domain_normalise(const struct domain_list *list, struct slice name, char out[DOMAIN_MAX_BYTES])
{
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    if (name.bytes > 0 && name.data[name.bytes - 1] == '.')
        name.bytes--;
    if (name.bytes == 0 || name.bytes >= DOMAIN_MAX_BYTES)
        return STATUS_INVALID;
    int32_t bytes = uidna_nameToASCII_UTF8(list->idna, (const char *)name.data, (int32_t)name.bytes, out,
                                           DOMAIN_MAX_BYTES - 1, &info, &error);
    if (U_FAILURE(error) || info.errors || bytes >= DOMAIN_MAX_BYTES - 1)
        return STATUS_INVALID;
    out[bytes] = '\0';
    return is_domain(out) ? STATUS_OK : STATUS_INVALID;
}

enum status
domain_to_unicode(const struct domain_list *list, const char *domain, char out[DOMAIN_MAX_UNICODE_BYTES])
{
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    int32_t bytes = uidna_nameToUnicodeUTF8(list->idna, domain, -1, out, DOMAIN_MAX_UNICODE_BYTES - 1, &info, &error);
    if (U_FAILURE(error) || info.errors || bytes >= DOMAIN_MAX_UNICODE_BYTES - 1)
        return STATUS_INVALID;
    out[bytes] = '\0';
    return STATUS_OK;
}

const char *
domain_registrable(const struct domain_list *list, const char *domain)
{
    return psl_registrable_domain(list->psl, domain);
}

bool
domain_is_within(const char *domain, const char *parent)
{
    size_t bytes = strlen(domain), parent_bytes = strlen(parent);
    return bytes >= parent_bytes && strcmp(domain + bytes - parent_bytes, parent) == 0 &&
           (bytes == parent_bytes || domain[bytes - parent_bytes - 1] == '.');
}

/* aomori.jp and hachinohe.aomori.jp, and kawasaki.jp: not the kinds of organisations (co.jp). */
static bool
is_geographic(const char *suffix)
{
    static const char *const kinds[] = {"ac.jp", "ad.jp", "co.jp", "ed.jp", "go.jp",
                                        "gr.jp", "lg.jp", "ne.jp", "or.jp"};
    size_t bytes = strlen(suffix);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(suffix, kinds[i]) == 0)
            return false;
    return bytes > 3 && strcmp(suffix + bytes - 3, ".jp") == 0;
}

bool
domain_is_official(const struct domain_list *list, const char *domain)
{
    static const char *const bodies[] = {"city.", "town.", "vill.", "pref.", "metro."};
    const char *registered = domain_registrable(list, domain);
    if (!registered)
        return false;
    if (domain_is_within(registered, "lg.jp") || domain_is_within(registered, "go.jp"))
        return true;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        size_t bytes = strlen(bodies[i]);
        if (strncmp(registered, bodies[i], bytes) == 0 &&
            psl_is_public_suffix2(list->psl, registered + bytes, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) &&
            is_geographic(registered + bytes)) {
            return true;
        }
    }
    return false;
}
