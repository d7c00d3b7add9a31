/* diff_policies: clauses, purposes, contacts, notices and settings. One row per setting. */
#include "tune/diff_parts.h"

#define ALL_INFO_TYPES ((UINT64_C(1) << INFO_COUNT) - 2)

static const struct phrase whole = {"", ""};

/* --- words -------------------------------------------------------------------------------------------------------- */

static void
put_flag(const struct diff *diff, struct buffer *out, bool flag)
{
    diff_phrase(diff, out, flag ? (struct phrase){"する", "on"} : (struct phrase){"しない", "off"});
}

static void
put_text(struct buffer *out, const char *text)
{
    buffer_append_text(out, text == NULL ? "" : text);
}

static const struct phrase transform_words[TRANSFORM_COUNT] = {
    [TRANSFORM_LABEL] = {"種類名に置きかえる", "label"},
    [TRANSFORM_MASK] = {"＊でかくす", "mask"},
    [TRANSFORM_REMOVE] = {"取り除く", "remove"},
    [TRANSFORM_KEEP] = {"そのまま残す", "keep"},
    [TRANSFORM_NUMBERED_LABEL] = {"番号つきの種類名に置きかえる", "numbered_label"},
    [TRANSFORM_TOKEN] = {"鍵で作る符号に置きかえる", "token"},
    [TRANSFORM_ENCRYPT] = {"暗号化する(戻せる)", "encrypt"},
    [TRANSFORM_GENERALISE] = {"おおまかにする", "generalise"},
};

static void
put_transform(const struct diff *diff, struct buffer *out, enum transform transform, const struct mask_options *mask)
{
    if (transform == TRANSFORM_NONE)
        return;
    diff_phrase(diff, out, transform_words[transform]);
    if (transform == TRANSFORM_MASK && (mask->keep_first != 0 || mask->keep_last != 0 || mask->keep_separators))
        buffer_appendf(out, " (%u-%u%s)", mask->keep_first, mask->keep_last, mask->keep_separators ? " -" : "");
}

/* --- clauses ------------------------------------------------------------------------------------------------------ */

static void
put_direction(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    if (clause->direction == DIRECTION_NONE)
        diff_phrase(diff, out, (struct phrase){"受信と送信", "both"});
    else
        diff_word(diff, out, &vocabulary_direction, clause->direction);
}

static void
put_covers(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    bool is_all = (clause->info_types & ALL_INFO_TYPES) == ALL_INFO_TYPES;

    diff_words(diff, out, &vocabulary_category, clause->categories);
    if (clause->categories != 0 && clause->info_types != 0)
        diff_phrase(diff, out, (struct phrase){"、", ", "});
    if (is_all)
        diff_phrase(diff, out, (struct phrase){"すべての個人情報", "all personal data"});
    else
        diff_words(diff, out, &vocabulary_info_type, clause->info_types);
}

static void
put_action(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    if (clause->judged_by_human) {
        diff_phrase(diff, out, (struct phrase){"人が判断する", "judged by people"});
        return;
    }
    diff_word(diff, out, &vocabulary_action, clause->action);
    if (clause->review)
        diff_phrase(diff, out, (struct phrase){"(人が見直す)", " (reviewed by people)"});
    if (clause->observe)
        diff_phrase(diff, out, (struct phrase){"(試行: 知らせるだけ)", " (observed only)"});
}

static void
put_min_likelihood(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    (void)diff;
    buffer_append_uint(out, clause->min_likelihood);
}

static void
put_min_severity(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    diff_word(diff, out, &vocabulary_severity, clause->min_severity);
}

static void
put_surfaces(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    if (clause->surfaces == 0)
        diff_phrase(diff, out, (struct phrase){"すべて", "all"});
    else
        diff_words(diff, out, &vocabulary_surface, clause->surfaces);
}

static void
put_clause_transform(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    put_transform(diff, out, clause->transform, &clause->mask);
}

static void
put_cite(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    (void)diff;
    put_text(out, clause->cite);
}

static void
put_heading(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    (void)diff;
    put_text(out, clause->heading);
}

static void
put_official_text(const struct diff *diff, struct buffer *out, const struct clause *clause)
{
    (void)diff;
    put_text(out, clause->text);
}

static const struct clause_aspect {
    struct phrase name;
    void (*put)(const struct diff *diff, struct buffer *out, const struct clause *clause);
    bool in_summary;
} clause_aspects[] = {
    {{"条番号", "cited as"}, put_cite, false},
    {{"見出し", "heading"}, put_heading, false},
    {{"公表の文", "published wording"}, put_official_text, false},
    {{"向き", "direction"}, put_direction, true},
    {{"対象", "covers"}, put_covers, true},
    {{"扱い", "action"}, put_action, true},
    {{"必要な確からしさ", "likelihood at least"}, put_min_likelihood, true},
    {{"必要な強さ", "severity at least"}, put_min_severity, false},
    {{"場所", "surfaces"}, put_surfaces, false},
    {{"置きかえ方", "transform"}, put_clause_transform, false},
};
#define CLAUSE_ASPECTS (sizeof clause_aspects / sizeof clause_aspects[0])

static void
name_clause(struct buffer *out, const struct clause *clause)
{
    buffer_appendf(out, "%s %s", clause->cite, clause->heading == NULL ? "" : clause->heading);
}

static void
tell_whole_clause(struct diff *diff, const struct clause *clause, bool is_added)
{
    struct buffer item, summary;
    struct slice none = {0};

    buffer_init(&item);
    buffer_init(&summary);
    name_clause(&item, clause);
    for (size_t i = 0; i < CLAUSE_ASPECTS; i++) {
        if (!clause_aspects[i].in_summary || (clause->judged_by_human && clause_aspects[i].put != put_action))
            continue;
        if (summary.bytes > 0)
            diff_phrase(diff, &summary, (struct phrase){"、", "; "});
        diff_phrase(diff, &summary, clause_aspects[i].name);
        buffer_append_text(&summary, ": ");
        clause_aspects[i].put(diff, &summary, clause);
    }
    diff_tell(diff, CHANGE_CLAUSE, buffer_slice(&item), whole, is_added ? none : buffer_slice(&summary),
              is_added ? buffer_slice(&summary) : none);
    buffer_fini(&item);
    buffer_fini(&summary);
}

static void
diff_clause(struct diff *diff, const struct clause *before, const struct clause *after)
{
    struct buffer item, was, is;

    buffer_init(&item);
    buffer_init(&was);
    buffer_init(&is);
    name_clause(&item, after);
    for (size_t i = 0; i < CLAUSE_ASPECTS; i++) {
        buffer_clear(&was);
        buffer_clear(&is);
        clause_aspects[i].put(diff, &was, before);
        clause_aspects[i].put(diff, &is, after);
        diff_tell(diff, CHANGE_CLAUSE, buffer_slice(&item), clause_aspects[i].name, buffer_slice(&was),
                  buffer_slice(&is));
    }
    buffer_fini(&item);
    buffer_fini(&was);
    buffer_fini(&is);
}

static void
diff_clauses(struct diff *diff, const struct policy *before, const struct policy *after)
{
    for (size_t i = 0; i < before->clause_count; i++)
        if (policy_clause(after, before->clauses[i].id) == NULL)
            tell_whole_clause(diff, &before->clauses[i], false);
    for (size_t i = 0; i < after->clause_count; i++) {
        const struct clause *old = policy_clause(before, after->clauses[i].id);

        if (old == NULL)
            tell_whole_clause(diff, &after->clauses[i], true);
        else
            diff_clause(diff, old, &after->clauses[i]);
    }
}

/* --- settings ----------------------------------------------------------------------------------------------------- */

static void
put_name(const struct diff *diff, struct buffer *out, const struct policy *policy)
{
    (void)diff;
    put_text(out, policy->name);
}

static void
put_account(const struct diff *diff, struct buffer *out, const struct policy *policy)
{
    (void)diff;
    put_text(out, policy->account_name);
    if (policy->line_id != NULL)
        buffer_appendf(out, " %s", policy->line_id);
}

static void
put_source(const struct diff *diff, struct buffer *out, const struct policy *policy)
{
    (void)diff;
    put_text(out, policy->source_title);
    if (policy->in_force != NULL)
        buffer_appendf(out, " %s", policy->in_force);
}

static void
put_mode(const struct diff *diff, struct buffer *out, const struct policy *policy)
{
    diff_phrase(diff, out,
                policy->mode == POLICY_OBSERVE ? (struct phrase){"試行(知らせるだけ)", "observe"}
                                               : (struct phrase){"実施", "enforce"});
}

static void
put_names_mode(const struct diff *diff, struct buffer *out, const struct policy *policy)
{
    diff_phrase(diff, out,
                policy->names == NAMES_FAST ? (struct phrase){"手がかりのある所だけ", "fast"}
                                            : (struct phrase){"くわしく", "thorough"});
}

static void
put_composite(const struct diff *diff, struct buffer *out, const struct policy *policy)
{
    put_flag(diff, out, policy->composite);
}

static void
put_special_care(const struct diff *diff, struct buffer *out, const struct policy *policy)
{
    put_flag(diff, out, policy->special_care);
}

static void
put_request_rules(const struct diff *diff, struct buffer *out, const struct policy *policy)
{
    put_flag(diff, out, policy->request_rules);
}

static const struct policy_aspect {
    struct phrase name;
    void (*put)(const struct diff *diff, struct buffer *out, const struct policy *policy);
} policy_aspects[] = {
    {{"市の名前", "municipality"}, put_name},
    {{"アカウント", "account"}, put_account},
    {{"もとの文書", "source"}, put_source},
    {{"実施か試行か", "mode"}, put_mode},
    {{"名前の探し方", "names"}, put_names_mode},
    {{"組み合わせで個人がわかる情報を探すか", "composite"}, put_composite},
    {{"要配慮個人情報を探すか", "special_care"}, put_special_care},
    {{"依頼ごとの語句を受け入れるか", "request_rules"}, put_request_rules},
};

static void
diff_settings(struct diff *diff, const struct policy *before, const struct policy *after)
{
    struct buffer was, is;

    buffer_init(&was);
    buffer_init(&is);
    for (size_t i = 0; i < sizeof policy_aspects / sizeof policy_aspects[0]; i++) {
        buffer_clear(&was);
        buffer_clear(&is);
        policy_aspects[i].put(diff, &was, before);
        policy_aspects[i].put(diff, &is, after);
        diff_tell(diff, CHANGE_POLICY, slice_of(""), policy_aspects[i].name, buffer_slice(&was), buffer_slice(&is));
    }
    for (unsigned type = 1; type < INFO_COUNT; type++) {
        struct phrase name = {info_type_label(type), info_type_word(type)};

        buffer_clear(&was);
        buffer_clear(&is);
        put_transform(diff, &was, before->transforms[type], &before->masks[type]);
        put_transform(diff, &is, after->transforms[type], &after->masks[type]);
        diff_tell(diff, CHANGE_POLICY, SLICE_LITERAL("transform"), name, buffer_slice(&was), buffer_slice(&is));
    }
    buffer_fini(&was);
    buffer_fini(&is);
}

/* --- purposes, contacts, notices ---------------------------------------------------------------------------------- */

static const struct purpose *
find_purpose(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->purpose_count; i++)
        if (strcmp(policy->purposes[i].name, name) == 0)
            return &policy->purposes[i];
    return NULL;
}

static void
diff_purpose(struct diff *diff, const char *name, const struct purpose *before, const struct purpose *after)
{
    struct buffer was, is;

    buffer_init(&was);
    buffer_init(&is);
    if (before != NULL)
        diff_words(diff, &was, &vocabulary_info_type, before->keep);
    if (after != NULL)
        diff_words(diff, &is, &vocabulary_info_type, after->keep);
    diff_tell(diff, CHANGE_PURPOSE, slice_of(name), (struct phrase){"残す情報", "keeps"}, buffer_slice(&was),
              buffer_slice(&is));
    buffer_fini(&was);
    buffer_fini(&is);
}

static void
diff_purposes(struct diff *diff, const struct policy *before, const struct policy *after)
{
    for (size_t i = 0; i < before->purpose_count; i++) {
        const struct purpose *purpose = &before->purposes[i];

        diff_purpose(diff, purpose->name, purpose, find_purpose(after, purpose->name));
    }
    for (size_t i = 0; i < after->purpose_count; i++) {
        const struct purpose *purpose = &after->purposes[i];

        if (find_purpose(before, purpose->name) == NULL)
            diff_purpose(diff, purpose->name, NULL, purpose);
    }
}

static bool
has_contact(const struct policy *policy, const struct contact *contact)
{
    for (size_t i = 0; i < policy->contact_count; i++)
        if (policy->contacts[i].type == contact->type && strcmp(policy->contacts[i].value, contact->value) == 0)
            return true;
    return false;
}

static void
diff_contacts(struct diff *diff, const struct policy *before, const struct policy *after, bool are_added)
{
    for (size_t i = 0; i < after->contact_count; i++) {
        const struct contact *contact = &after->contacts[i];
        struct slice value = slice_of(contact->value), none = {0};
        struct phrase type = {info_type_label(contact->type), info_type_word(contact->type)};

        if (!has_contact(before, contact))
            diff_tell(diff, CHANGE_CONTACT, slice_of(""), type, are_added ? none : value, are_added ? value : none);
    }
}

static const char *
notice_text(const struct policy *policy, const char *id)
{
    for (size_t i = 0; i < policy->notice_count; i++)
        if (strcmp(policy->notices[i].id, id) == 0)
            return policy->notices[i].text;
    return "";
}

static void
diff_notices(struct diff *diff, const struct policy *before, const struct policy *after)
{
    for (size_t i = 0; i < before->notice_count; i++)
        diff_tell(diff, CHANGE_NOTICE, slice_of(before->notices[i].id), whole, slice_of(before->notices[i].text),
                  slice_of(notice_text(after, before->notices[i].id)));
    for (size_t i = 0; i < after->notice_count; i++)
        if (notice_text(before, after->notices[i].id)[0] == '\0')
            diff_tell(diff, CHANGE_NOTICE, slice_of(after->notices[i].id), whole, slice_of(""),
                      slice_of(after->notices[i].text));
}

void
diff_policies(struct diff *diff, const struct policy *before, const struct policy *after)
{
    diff_settings(diff, before, after);
    diff_clauses(diff, before, after);
    diff_purposes(diff, before, after);
    diff_contacts(diff, after, before, false);
    diff_contacts(diff, before, after, true);
    diff_notices(diff, before, after);
}
