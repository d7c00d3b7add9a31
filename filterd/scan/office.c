#include "scan/office.h"

#include "text/find.h"

/* What ends the name of an institution that citizens write to or ask about. */
static const char *const endings[] = {
    "市役所",   "区役所",       "役場",     "県庁",   "都庁",   "府庁",   "道庁",   "市庁",   "庁舎",
    "支所",     "出張所",       "保健所",   "図書館", "公民館", "児童館", "資料館", "博物館", "美術館",
    "体育館",   "市民会館",     "文化会館", "ホール", "プール", "警察署", "消防署", "税務署", "交番",
    "法務局",   "年金事務所",   "センター", "郵便局", "学校",   "幼稚園", "保育園", "保育所", "子ども園",
    "こども園", "ハローワーク", "市民課",   "代表",   "課",     "係",     "本館",   "分館",   "別館",
};

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
    static const uint32_t joints[] = {' ', '(', ':', '/', '[', 0x306E, 0x306F, 0x3012, 0x3010, 0x300C, 0x30FB};
    for (unsigned steps = 0; steps < 4 && at > 0; steps++) {
        uint32_t before = at, c = utf8_previous(state->plain.text, &before);
        bool joint = false;
        for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
            joint |= joints[i] == c;
        if (!joint)
            break;
        at = before;
    }
    return at;
}

bool
office_ends(const struct state *state, uint32_t at)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t bytes = strlen(endings[i]);
        if (at >= bytes && find_stands_at(state->plain.text.data + at - bytes, endings[i]))
            return true;
    }
    return false;
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
