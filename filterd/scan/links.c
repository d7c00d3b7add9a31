#include "scan/links.h"

#include "scan/look.h"
#include "text/domain.h"
#include "text/intake.h"

enum { DENIED_LIKELIHOOD = 95, LOOKALIKE_LIKELIHOOD = 88, ADDRESS_LIKELIHOOD = 85 };

/* --- where it leads ----------------------------------------------------------------------------------------------- */

/* What may be a user, host and port: behind the scheme and its slashes, before path, query and fragment. What looks
 * like a scheme in one of these is none: shop.example.com/?to=https://www.city.example.jp/. */
static struct slice
authority_of(struct slice link)
{
    const uint8_t *slashes = memmem(link.data, link.bytes, "//", 2), *scheme = memmem(link.data, link.bytes, ":/", 2);
    const uint8_t *mark = scheme && (!slashes || scheme < slashes) ? scheme : slashes;
    const uint8_t *at = link.data, *end = link.data + link.bytes;
    while (mark && at < mark && !memchr("./?#\\@", *at, 6))
        at++;
    at = mark && at == mark ? mark + 2 : link.data;
    while (at < end && *at == '/')
        at++;
    const uint8_t *stop = at;
    while (stop < end && !memchr("/?#\\ \n", *stop, 7))
        stop++;
    return (struct slice){at, (size_t)(stop - at)};
}

/* The host of a link as it is written: behind a user and password, before the port; example[.]jp is closed. `out` takes
 * what `link` has. */
static struct slice
host_of(struct slice link, uint8_t *out)
{
    struct slice authority = authority_of(link);
    const uint8_t *user = memrchr(authority.data, '@', authority.bytes), *at = user ? user + 1 : authority.data;
    const uint8_t *end = authority.data + authority.bytes;
    size_t count = 0;
    for (bool in_brackets = false; at < end; at++) {
        in_brackets = *at == '[' ? true : *at == ']' ? false : in_brackets;
        if (*at == ':' && !in_brackets)
            break;
        if (*at != '[' && *at != ']')
            out[count++] = *at;
    }
    return (struct slice){out, count};
}

/* 203.0.113.7, 3405803783, 0xcb007107, 2001:db8::1: an address, as browsers take it. */
static bool
is_address(struct slice host)
{
    bool is_hex = host.bytes > 2 && host.data[0] == '0' && host.data[1] == 'x', has_colon = false;
    for (size_t i = is_hex ? 2 : 0; i < host.bytes; i++) {
        uint8_t c = host.data[i];
        bool is_digit = c >= '0' && c <= '9';
        has_colon |= c == ':';
        is_hex |= c == ':';
        if (!is_digit && c != '.' && c != ':' && c != 'x' && !((is_hex || has_colon) && c >= 'a' && c <= 'f'))
            return false;
    }
    return host.bytes >= 7 || has_colon;
}

/* Patterns end a link at letters of other scripts; among Latin ones these are part of its name (kaѕhiwa). */
static struct span
with_foreign_letters(const struct state *state, struct span link)
{
    uint32_t next = state_char_at(state, link.end), at = link.end;
    if (next < 0xC0 || next > 0x52F)
        return link;
    while (at < state->plain.text.bytes) {
        uint32_t c = state_char_at(state, at);
        if (c <= ' ' || c > 0x52F)
            break;
        utf8_next(state->plain.text, &at);
    }
    return (struct span){link.start, at};
}

/* --- what passes for the city's own ------------------------------------------------------------------------------- */

/* Whether `domain` shows the name of an official contact without being it. */
static enum status
passes_for_official(struct state *state, const char *domain, bool *passes_out)
{
    char unicode[DOMAIN_MAX_UNICODE_BYTES], own[DOMAIN_MAX_BYTES], look[LOOK_MAX_BYTES], wanted[LOOK_MAX_BYTES];
    uint8_t host[DOMAIN_MAX_BYTES];
    const struct policy *policy = state->ruleset->policy;
    if (domain_to_unicode(state->common->domains, domain, unicode) != STATUS_OK)
        return STATUS_OK;
    enum status status = look_make(state, slice_of(unicode), look);
    for (size_t i = 0; i < policy->contact_count && status == STATUS_OK && !*passes_out; i++) {
        struct slice link = slice_of(policy->contacts[i].value);
        if (policy->contacts[i].type != INFO_URL || link.bytes >= sizeof host ||
            domain_normalise(state->common->domains, host_of(link, host), own) != STATUS_OK)
            continue;
        const char *registered = domain_registrable(state->common->domains, own);
        status = look_make(state, slice_of(registered ? registered : own), wanted);
        *passes_out = status == STATUS_OK && strstr(look, wanted) != NULL;
    }
    return status;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

static bool
is_listed(const struct domains *domains, const char *domain)
{
    for (size_t i = 0; i < domains->count; i++)
        if (domain_is_within(domain, domains->names[i]))
            return true;
    return false;
}

/* A city's own site, by its official contacts. */
static bool
is_contact(const struct state *state, const char *domain)
{
    const struct policy *policy = state->ruleset->policy;
    char own[DOMAIN_MAX_BYTES];
    uint8_t host[DOMAIN_MAX_BYTES];
    for (size_t i = 0; i < policy->contact_count; i++) {
        struct slice link = slice_of(policy->contacts[i].value);
        if (policy->contacts[i].type == INFO_URL && link.bytes < sizeof host &&
            domain_normalise(state->common->domains, host_of(link, host), own) == STATUS_OK &&
            domain_is_within(domain, own))
            return true;
    }
    return false;
}

static void
clear(struct state *state, struct span link, const char *why)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *other = &state->candidates[i];
        enum category category = other->finding.category;
        if ((category != CATEGORY_HARMFUL_LINK && category != CATEGORY_MALWARE) || other->is_dropped ||
            other->plain.start < link.start || other->plain.end > link.end)
            continue;
        other->is_dropped = true;
        state_trace(state, TRACE_DROP, other->plain, other->finding.rule, why, other->finding.likelihood);
    }
}

static enum status
condemn(struct state *state, struct span link, const char *rule, unsigned likelihood, enum severity severity)
{
    struct candidate *candidate = state_candidate(state, link, rule, likelihood);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.category = CATEGORY_HARMFUL_LINK;
    candidate->finding.severity = severity;
    state_trace(state, TRACE_PATTERN, link, rule, "confirmed", (int)likelihood);
    return STATUS_OK;
}

static enum status
judge(struct state *state, struct span link)
{
    const struct policy *policy = state->ruleset->policy;
    char domain[DOMAIN_MAX_BYTES];
    bool passes = false;
    uint8_t *bytes = arena_alloc(state->arena, link.end - link.start + 1);
    if (!bytes)
        return STATUS_TOO_LARGE;
    struct slice host = host_of(slice_sub(state->plain.text, link), bytes);
    if (is_address(host))
        return condemn(state, link, "link.address", ADDRESS_LIKELIHOOD, SEVERITY_MEDIUM);
    if (domain_normalise(state->common->domains, host, domain) != STATUS_OK)
        return STATUS_OK;
    if (is_listed(&policy->links_deny, domain) && !is_contact(state, domain))
        return condemn(state, link, "link.denied", DENIED_LIKELIHOOD, SEVERITY_HIGH);
    if (is_listed(&policy->links_allow, domain) || is_contact(state, domain) ||
        domain_is_official(state->common->domains, domain)) {
        clear(state, link, "allowed link");
        return STATUS_OK;
    }
    enum status status = passes_for_official(state, domain, &passes);
    return status == STATUS_OK && passes ? condemn(state, link, "link.lookalike", LOOKALIKE_LIKELIHOOD, SEVERITY_HIGH)
                                         : status;
}

enum status
links_judge(struct state *state)
{
    enum status status = STATUS_OK;
    size_t count = state->candidate_count; /* judging adds some */
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        if (state->candidates[i].finding.info_type == INFO_URL)
            status = judge(state, with_foreign_letters(state, state->candidates[i].plain));
    return status;
}
