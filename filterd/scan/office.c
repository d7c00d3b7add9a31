#include "scan/office.h"

#include "scan/around.h"
#include "text/intake.h"

enum { MAX_JOINTS = 4 };

static bool
is_mobile(struct slice text)
{
    unsigned digits = 0;
    for (size_t i = 0; i < text.bytes; i++)
        digits += text.data[i] >= '0' && text.data[i] <= '9';
    return digits != 10;
}

/* Back over what joins a name and its number: 図書館（…, 図書館の…, 図書館は…, 図書館：…, 〒. */
static uint32_t
skip_joint_back(const struct state *state, uint32_t at)
{
    for (unsigned steps = 0; steps < MAX_JOINTS && at > 0; steps++) {
        uint32_t before = at, c = utf8_previous(state->plain.text, &before);
        if (!utf8_is_among(c, " (:/[のは〒【「・"))
            break;
        at = before;
    }
    return at;
}

bool
office_ends(const struct state *state, uint32_t at)
{
    return around_before(state, at, PHRASES_OFFICE_ENDING) > 0;
}

bool
office_owns(const struct state *state, enum info_type info, struct span value, const struct cue *label)
{
    struct slice text = state->plain.text;
    if ((info != INFO_PHONE && info != INFO_ADDRESS && info != INFO_POSTAL_CODE) ||
        (info == INFO_PHONE && is_mobile(slice_sub(text, value))))
        return false;
    uint32_t at = skip_joint_back(state, value.start);
    if (label && label->role == USE_LABEL && label->plain.end >= at)
        at = skip_joint_back(state, label->plain.start);
    return office_ends(state, at);
}
