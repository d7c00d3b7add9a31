#include "scan/disguise.h"

#include "rules/disguises.h"
#include "scan/disguise_check.h"
#include "scan/judge.h"
#include "text/gal_moji.h"

/* Where in the message we look. */
struct search {
    struct state *state;
    const struct literals *set;
    const struct term *terms;
    const struct term_writing *writings;
    unsigned *checks;
};

static enum status
add(struct search *search, const struct disguise *disguise, uint16_t evidence)
{
    return judge_hit(search->state, disguise_place(disguise), disguise->term, evidence);
}

/* Every term of one literal, at one place. */
static enum status
check_literal(struct search *search, const struct literal *literal, size_t first, size_t count)
{
    enum status status = STATUS_OK;
    for (uint32_t u = 0; u < literal->use_count && status == STATUS_OK; u++) {
        const struct use *use = &search->set->uses[literal->first_use + u];
        if (use->role != USE_TERM && use->role != USE_READING)
            continue;
        const struct term_writing *reading = use->role == USE_READING ? &search->writings[use->index] : NULL;
        const struct term *term = &search->terms[reading ? reading->term : use->index];
        struct disguise disguise = {.text = &search->state->letters,
                                    .first = first,
                                    .count = count,
                                    .term = term,
                                    .wanted = reading ? reading->plain : term->plain,
                                    .match = reading ? MATCH_FRAMED : term->match};
        if (++*search->checks > DISGUISE_MAX_CHECKS)
            return add(search, &disguise, EVIDENCE_BUDGET);
        const char *refused = NULL;
        status = disguise_check(search->state, &disguise, &refused);
        if (status == STATUS_OK && !refused)
            status = add(search, &disguise, disguise.evidence);
        else if (status == STATUS_OK && refused != disguise_is_none)
            state_trace(search->state, TRACE_DROP, disguise_place(&disguise), term->rule, refused, -1);
    }
    return status;
}

/* All terms that begin with letter `first` and reach to `sign` or beyond. */
static enum status
look_at(struct search *search, size_t first, size_t sign)
{
    struct disguise_row rows[DISGUISE_MAX_LETTERS];
    enum status status = STATUS_OK;
    size_t count = disguises_rows(search->set->disguises, &search->state->letters, first, sign + 1 - first, rows);
    for (size_t i = 0; i < count && *search->checks <= DISGUISE_MAX_CHECKS; i++) {
        uint32_t literal;
        while (status == STATUS_OK && disguises_next(search->set->disguises, &rows[i], &literal))
            status = check_literal(search, &search->set->items[literal], first, rows[i].letters);
        if (status != STATUS_OK)
            return status;
    }
    return status;
}

/* The next sign of a disguise, `from` included; their count when there is none. */
static size_t
next_sign(const struct letters *letters, size_t from)
{
    while (from < letters->count && !(letters->items[from].traits & LETTER_DISGUISE))
        from++;
    return from;
}

/* The letters with which a term may begin that reaches to a sign, and the sign. */
struct range {
    size_t first, sign;
};

/* The next one from letter `from` on; false when there is none. */
static bool
next_range(const struct letters *letters, size_t from, struct range *range_out)
{
    size_t sign = next_sign(letters, from);
    *range_out = (struct range){sign >= from + DISGUISE_MAX_LETTERS ? sign - DISGUISE_MAX_LETTERS + 1 : from, sign};
    return sign < letters->count;
}

/* Each place is looked at once, for terms that reach to the next sign. */
static enum status
search_set(struct search *search)
{
    enum status status = STATUS_OK;
    const struct letters *letters = &search->state->letters;
    const struct disguises *disguises = search->set->disguises;
    struct range range;
    if (!disguises)
        return STATUS_OK;
    for (size_t from = 0; status == STATUS_OK && next_range(letters, from, &range); from = range.sign + 1) {
        size_t begins[DISGUISE_MAX_LETTERS];
        size_t count = disguises_begins(disguises, letters, range.first, range.sign + 1, begins);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
            status = look_at(search, begins[i], range.sign);
    }
    return status;
}

/* The views and letters of a text in gal-moji as those of what it says. */
static enum status
read_gal_moji(struct state *state)
{
    struct view kana;
    enum status status = gal_moji_read(state->arena, &state->plain, &kana);
    if (status != STATUS_OK)
        return status;
    state->plain = kana;
    status = view_make_skeleton(state->common->views, state->arena, &state->plain, &state->skeleton);
    return status == STATUS_OK ? letters_of_view(state->common->views, state->arena, &state->plain, &state->letters)
                               : status;
}

enum status
disguise_prepare(struct state *state)
{
    const struct disguises *common = state->common->literals.disguises, *own = state->ruleset->literals.disguises;
    struct letters *letters = &state->letters;
    struct range range;
    enum status status = letters_of_view(state->common->views, state->arena, &state->plain, letters);
    if (status == STATUS_OK && letters->may_be_gal_moji && gal_moji_is_written(state->plain.text))
        status = read_gal_moji(state);
    if (status != STATUS_OK || !letters->is_disguised)
        return status;
    if (own)
        disguises_prefetch(own);
    for (size_t from = 0; common && next_range(letters, from, &range); from = range.sign + 1)
        disguises_prefetch_begins(common, letters, range.first, range.sign + 1);
    return STATUS_OK;
}

enum status
disguise_find(struct state *state)
{
    unsigned checks = 0;
    struct search search = {.state = state,
                            .set = &state->common->literals,
                            .terms = state->common->terms,
                            .writings = state->common->writings,
                            .checks = &checks};
    if (!state->letters.is_disguised)
        return STATUS_OK;
    enum status status = search_set(&search);
    search.set = &state->ruleset->literals;
    search.terms = state->ruleset->terms;
    search.writings = state->ruleset->writings;
    return status == STATUS_OK ? search_set(&search) : status;
}
