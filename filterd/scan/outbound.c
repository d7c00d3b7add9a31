#include "scan/outbound.h"

#include <stdio.h>

#include "scan/manner.h"

enum { NETWORK_LIKELIHOOD = 85 };

static enum status
add(struct state *state, struct span plain, const char *rule)
{
    struct candidate *candidate = state_candidate(state, plain, rule, NETWORK_LIKELIHOOD);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.category = CATEGORY_SECURITY;
    candidate->finding.severity = SEVERITY_HIGH;
    return STATUS_OK;
}

/* RFC 1918. */
static bool
is_private(struct slice address)
{
    char text[16];
    unsigned a, b, c, d;
    int end = 0;
    if (address.bytes >= sizeof text)
        return false;
    memcpy(text, address.data, address.bytes);
    text[address.bytes] = '\0';
    return sscanf(text, "%3u.%3u.%3u.%3u%n", &a, &b, &c, &d, &end) == 4 && text[end] == '\0' &&
           (a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168));
}

static enum status
find_addresses(struct state *state)
{
    enum status status = STATUS_OK;
    size_t count = state->candidate_count; /* finding adds some */
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct candidate *candidate = &state->candidates[i];
        if (candidate->finding.info_type == INFO_IP_ADDRESS &&
            is_private(slice_sub(state->plain.text, candidate->plain)))
            status = add(state, candidate->plain, "security.address");
    }
    return status;
}

static bool
is_of_host(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* What ends in a name that no public host has: fs01.example.local. */
static enum status
find_hosts(struct state *state)
{
    static const char *const ends[] = {".local", ".internal", ".lan", ".intra", ".corp", ".localdomain"};
    struct slice text = state->plain.text;
    enum status status = STATUS_OK;
    const uint8_t *at = text.bytes ? memchr(text.data, '.', text.bytes) : NULL;
    while (at && status == STATUS_OK) {
        uint32_t dot = (uint32_t)(at - text.data), start = dot, end = dot;
        while (start > 0 && is_of_host(text.data[start - 1]))
            start--;
        while (end < text.bytes && is_of_host(text.data[end]))
            end++;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            size_t bytes = strlen(ends[i]);
            if (end - start > bytes && memcmp(text.data + end - bytes, ends[i], bytes) == 0)
                status = add(state, (struct span){start, end}, "security.host");
        }
        at = end < text.bytes ? memchr(text.data + end, '.', text.bytes - end) : NULL;
    }
    return status;
}

enum status
outbound_find(struct state *state)
{
    if (state->message->direction != DIRECTION_OUTBOUND)
        return STATUS_OK;
    enum status status = find_addresses(state);
    if (status == STATUS_OK)
        status = find_hosts(state);
    return status == STATUS_OK ? manner_find(state) : status;
}
