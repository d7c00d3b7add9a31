#include "tune/diff.h"

#include "tune/diff_parts.h"

const struct phrase change_part_words[CHANGE_PART_COUNT] = {
    [CHANGE_POLICY] = {"方針", "policy"},        [CHANGE_CLAUSE] = {"条項", "clauses"},
    [CHANGE_PURPOSE] = {"用途", "purposes"},     [CHANGE_CONTACT] = {"市の連絡先", "official contacts"},
    [CHANGE_NOTICE] = {"お知らせ文", "notices"}, [CHANGE_TERM] = {"語句", "terms"},
    [CHANGE_NAME] = {"施設などの名称", "names"}, [CHANGE_CASE] = {"事例", "cases"},
};

const char *const change_part_ids[CHANGE_PART_COUNT] = {
    [CHANGE_POLICY] = "policy", [CHANGE_CLAUSE] = "clause", [CHANGE_PURPOSE] = "purpose", [CHANGE_CONTACT] = "contact",
    [CHANGE_NOTICE] = "notice", [CHANGE_TERM] = "term",     [CHANGE_NAME] = "name",       [CHANGE_CASE] = "case",
};

void
diff_tell(struct diff *diff, enum change_part part, struct slice item, struct phrase aspect, struct slice before,
          struct slice after)
{
    struct change change = {part, item, aspect, before, after};

    if (slice_equal(before, after))
        return;
    diff->told[part]++;
    diff->tell(diff->context, &change);
}

void
diff_phrase(const struct diff *diff, struct buffer *out, struct phrase phrase)
{
    buffer_append_text(out, diff->is_japanese ? phrase.ja : phrase.en);
}

void
diff_word(const struct diff *diff, struct buffer *out, const struct vocabulary *vocabulary, unsigned number)
{
    const struct word *word = &vocabulary->words[number];

    if (word->english != NULL)
        buffer_append_text(out, diff->is_japanese && word->japanese != NULL ? word->japanese : word->english);
}

void
diff_words(const struct diff *diff, struct buffer *out, const struct vocabulary *vocabulary, uint64_t bits)
{
    bool is_first = true;

    for (unsigned number = 1; number < vocabulary->count; number++) {
        if ((bits >> number & 1) == 0)
            continue;
        if (!is_first)
            diff_phrase(diff, out, (struct phrase){"、", ", "});
        diff_word(diff, out, vocabulary, number);
        is_first = false;
    }
}

enum status
diff_versions(struct diff *diff, const struct version *before, const struct version *after, struct fault *fault)
{
    enum status status;

    diff_policies(diff, before->ruleset->policy, after->ruleset->policy);
    status = diff_terms(diff, before->ruleset, after->ruleset);
    if (status == STATUS_OK)
        status = diff_names(diff, before->ruleset, after->ruleset);
    if (status == STATUS_OK)
        status = diff_cases(diff, before->files, after->files, fault);
    return status;
}
