#include "scan/subject.h"

#include "scan/around.h"
#include "scan/mentions.h"
#include "scan/office.h"
#include "text/intake.h"
#include "text/letter.h"
#include "text/utf8.h"

enum {
    SUBJECT_REACH_BYTES = 90, /* back to a mention in the same sentence */
    TITLE_REACH_BYTES = 3,    /* a title counts only where it touches, a particle between */
    CONTEXT_BYTES = 120,      /* before the sentence, where the owner may have been named */
    CALLED_BYTES = 36,        /* 湯川|という税の係の|職員 */
    STATEMENT_BYTES = 36,     /* 090-… は夫|の仕事用の携帯|です */
    LABEL_GAP_BYTES = 6,
    INTRODUCED_BYTES = 6, /* 山田太郎|、私は */
    TELLING_HIRAGANA = 3, /* fewer, and the value stands bare: nothing shows whose it is */
    EXPOSURE_LIKELIHOOD = 85
};

/* What is looked at once a message. */
struct message_words {
    struct mentions mentions;
    unsigned hiragana;
    bool speaks_of_finds;
};

/* What is looked at of one value. */
struct value {
    const struct state *state;
    const struct message_words *words;
    const struct finding *finding;
    struct span plain;
    uint32_t end; /* behind an honorific and a closing bracket */
    bool is_name;
    bool is_polite; /* a name with さん */
    bool is_told;   /* the message says more than the value */
};

static bool
same_sentence(const struct state *state, uint32_t from, uint32_t to)
{
    for (uint32_t at = from; at < to;) {
        if (around_ends_sentence(utf8_next(state->plain.text, &at)))
            return false;
    }
    return true;
}

/* --- its label --- */

/* 連絡先は…: the label of the value right before it; NULL = none. */
static const struct cue *
own_label(const struct value *value)
{
    const struct state *state = value->state;
    for (size_t i = state_first_cue(state, value->plain.start); i > 0; i--) {
        const struct cue *cue = &state->cues[i - 1];
        if (value->plain.start > cue->plain.start + LABEL_GAP_BYTES + CUE_MAX_BYTES)
            return NULL;
        if (cue->role == USE_LABEL && cue->plain.end <= value->plain.start &&
            value->plain.start - cue->plain.end <= LABEL_GAP_BYTES)
            return cue;
    }
    return NULL;
}

/* Whether the value has a label that says no 誰々の and no 現場. */
static bool
is_labelled(const struct value *value)
{
    const struct cue *label = own_label(value);
    return label && !around_text_before(value->state, label->plain.start, "の") &&
           !around_at(value->state, label->plain.start, PHRASES_SUBJECT_PLACE);
}

/* --- the owner is named before ------------------------------------------------------------------------------------ */

/* The nearest mention before the value in its sentence; NULL = none. */
static const struct mention *
mention_before(const struct value *value)
{
    for (size_t i = mentions_until(&value->words->mentions, value->plain.start); i > 0; i--) {
        const struct mention *mention = &value->words->mentions.items[i - 1];
        uint32_t gap = value->plain.start - mention->plain.end;
        if (gap > SUBJECT_REACH_BYTES)
            return NULL;
        if (mention->subject == SUBJECT_OFFICIAL && gap > TITLE_REACH_BYTES)
            continue;
        return same_sentence(value->state, mention->plain.end, value->plain.start) ? mention : NULL;
    }
    return NULL;
}

/* 母が倒れました、連絡先は090-…: a clause of its own says how to reach the writer. */
static bool
gives_contact(const struct value *value, const struct mention *mention)
{
    const struct state *state = value->state;
    enum info_type type = value->finding->info_type;
    const struct cue *label = own_label(value);
    bool is_contact = type == INFO_PHONE || type == INFO_EMAIL || type == INFO_LINE_ID || type == INFO_SNS_HANDLE;
    if (!is_contact || !is_labelled(value) || label->plain.start <= mention->plain.end)
        return false;
    bool is_reply = mention->subject != SUBJECT_FAMILY || around_at(state, label->plain.start, PHRASES_SUBJECT_REPLY);
    return is_reply && around_text_in(state, (struct span){mention->plain.end, label->plain.start}, "、");
}

/* 娘が…佐藤さんに, 父の戦友だった樋渡さん: whoever is spoken of politely, or does something to the family, is another;
 * 妻の里桜さん, 母 トメさん are named right behind. */
static bool
is_somebody_else(const struct value *value, const struct mention *mention)
{
    const struct state *state = value->state;
    uint32_t gap = value->plain.start - mention->plain.end;
    bool is_kin = mention->subject == SUBJECT_FAMILY || mention->subject == SUBJECT_SELF;
    bool is_topic = utf8_is_among(state_char_before(state, mention->plain.end), "がはもをに") ||
                    (gap > 0 && utf8_is_among(state_char_at(state, mention->plain.end), "がはもをに"));
    bool is_stated = around_at(state, value->end, PHRASES_SUBJECT_STATED);
    if (!value->is_name || !is_kin || is_stated)
        return false;
    if (value->is_polite)
        return is_topic || gap > 2 * TITLE_REACH_BYTES || mention->subject == SUBJECT_SELF;
    return is_topic && around_at(state, value->end, PHRASES_SUBJECT_AGENT);
}

static enum subject
subject_before(const struct value *value)
{
    const struct mention *mention = mention_before(value);
    if (!mention || (mention->subject != SUBJECT_OFFICIAL && gives_contact(value, mention)))
        return SUBJECT_NONE;
    return is_somebody_else(value, mention) ? SUBJECT_OTHER : mention->subject;
}

/* --- the owner is named behind ------------------------------------------------------------------------------------ */

/* 山田太郎と申します, 090-… 本人です: who introduces themselves stands before the cue. */
static bool
introduces_self(const struct value *value)
{
    const struct state *state = value->state;
    uint32_t end = value->plain.end;
    if (value->is_name && value->end > end)
        return false; /* 尾形さんといいます */
    if (around_at(state, end, PHRASES_SUBJECT_INTRODUCED))
        return true;
    for (size_t i = state_first_cue(state, end);
         i < state->cue_count && state->cues[i].plain.start <= end + INTRODUCED_BYTES; i++)
        if (state->cues[i].role == USE_SELF && same_sentence(state, end, state->cues[i].plain.start))
            return true;
    return false;
}

/* 市の相談窓口のメールは…: the label says whose. */
static bool
is_of_office(const struct value *value)
{
    const struct cue *label = own_label(value);
    uint32_t at = label ? label->plain.start : value->plain.start;
    if (value->is_name || !around_text_before(value->state, at, "の"))
        return false;
    at -= (uint32_t)strlen("の");
    return office_ends(value->state, at) || around_before(value->state, at, PHRASES_SUBJECT_STAFF);
}

/* 窓口で湯川に怒鳴られました: an office in the sentence. */
static bool
is_met_at_office(const struct value *value)
{
    struct span sentence = around_sentence(value->state, value->plain.start);
    return around_in(value->state, (struct span){sentence.start, value->plain.start}, PHRASES_SUBJECT_STAFF);
}

/* 湯川という職員, 川又と書いた税の係の人: what the bearer of the name is, stands behind it. */
static enum subject
subject_called(const struct value *value)
{
    const struct state *state = value->state;
    size_t called = value->is_name ? around_at(state, value->end, PHRASES_SUBJECT_CALLED) : 0;
    if (!called)
        return SUBJECT_NONE;
    uint32_t from = value->end + (uint32_t)called;
    struct span behind = {from, around_context(state, (struct span){from, from}, CALLED_BYTES).end};
    if (!same_sentence(state, behind.start, behind.end))
        behind.end = around_sentence(state, from).end;
    bool is_staff = around_in(state, behind, PHRASES_SUBJECT_STAFF) ||
                    (!mentions_at(&value->words->mentions, from) && is_met_at_office(value));
    return is_staff ? SUBJECT_OFFICIAL : SUBJECT_OTHER;
}

/* …は私の母です: of mentions that follow each other the last one. *end_out: behind it. */
static enum subject
subject_of_chain(const struct value *value, uint32_t at, uint32_t *end_out)
{
    const struct mention *mention = mentions_at(&value->words->mentions, at);
    enum subject subject = SUBJECT_NONE;
    while (mention) {
        subject = mention->subject;
        *end_out = mention->plain.end;
        if (around_text_at(value->state, *end_out, "の"))
            *end_out += TITLE_REACH_BYTES;
        mention = mentions_at(&value->words->mentions, *end_out);
    }
    return subject;
}

/* 090-…は夫の携帯です, 47歳の弟, S22.4.30(父): the owner right behind the value. */
static enum subject
subject_behind(const struct value *value)
{
    const struct state *state = value->state;
    uint32_t end = value->end, owner_end;
    size_t states = around_at(state, end, PHRASES_SUBJECT_IS), link = around_at(state, end, PHRASES_SUBJECT_LINK);
    if (states) {
        enum subject subject = subject_of_chain(value, end + (uint32_t)states, &owner_end);
        struct span rest = {owner_end, around_sentence(state, end).end};
        if (subject == SUBJECT_NONE)
            return SUBJECT_NONE;
        if (rest.end - rest.start > STATEMENT_BYTES)
            rest = (struct span){rest.start, rest.start + STATEMENT_BYTES};
        return around_in(state, rest, PHRASES_SUBJECT_STATED) ? subject : SUBJECT_NONE;
    }
    return link && !value->is_polite ? subject_of_chain(value, end + (uint32_t)link, &owner_end) : SUBJECT_NONE;
}

/* --- who else the sentence shows --- */

/* 大谷選手, 歌手の…: whoever is known to all is named by what they do. */
static bool
is_public(const struct value *value)
{
    return value->is_name && (around_before(value->state, value->plain.start, PHRASES_SUBJECT_PUBLIC_BEFORE) ||
                              around_at(value->state, value->plain.end, PHRASES_SUBJECT_PUBLIC_BEHIND) ||
                              around_at(value->state, value->end, PHRASES_SUBJECT_PUBLIC_BEHIND));
}

/* 保健師の今泉さん, 相談員、門倉さん, 市民課 保坂さん: the office stands right before the name. */
static bool
stands_behind_office(const struct value *value)
{
    uint32_t before = value->plain.start;
    size_t joint = around_before(value->state, before, PHRASES_TITLE_LINK);
    before -= joint ? (uint32_t)joint : state_char_before(value->state, before) == ' ';
    return around_before(value->state, before, PHRASES_SUBJECT_STAFF) || (joint && office_ends(value->state, before));
}

/* Where others are exposed and nobody speaks of themselves, their family or a need, data without an owner is the
 * other's: 騒音主の住所を晒す。西町5-… */
static bool
exposes_others(const struct state *state)
{
    bool is_spared = state_saw(state, USE_SELF) || state_saw(state, USE_FAMILY) || state_saw(state, USE_NEED) ||
                     state_saw(state, USE_DANGER);
    return state_saw(state, USE_EXPOSURE) && !is_spared;
}

static bool
belongs_to_the_exposed(const struct value *value)
{
    return exposes_others(value->state) && (value->is_polite || state_saw(value->state, USE_OTHER));
}

/* --- nobody is named: the writer ---------------------------------------------------------------------------------- */

static bool
begins_sentence(const struct state *state, uint32_t at)
{
    uint32_t before = state_char_before(state, at);
    return at == 0 || around_ends_sentence(before) || before == ' ' ||
           around_before(state, at, PHRASES_SUBJECT_OPENING);
}

/* …動けません。コーポ緑8号室、小野: who ends the message with a bare name or address has signed it. */
static bool
signs_off(const struct value *value)
{
    uint32_t before = state_char_before(value->state, value->plain.start);
    return !value->is_polite && utf8_is_among(before, "、。 \n!?") && value->plain.start > 0 &&
           value->plain.end == value->state->plain.text.bytes;
}

/* 細野です, 窓口で相談した熊谷ですけど, 父に代わって長女の篠塚がご連絡しております */
static bool
names_self(const struct value *value)
{
    const struct state *state = value->state;
    uint32_t start = value->plain.start;
    if (value->is_polite)
        return false;
    if (around_at(state, value->end, PHRASES_SUBJECT_ACTS))
        return true;
    return around_at(state, value->end, PHRASES_SUBJECT_STATED) && around_before(state, start, PHRASES_SUBJECT_DEED);
}

/* 前の住人宛ての手紙が届きます。宛名は…, 父が転院しました。生年月日は…: who was spoken of last, where the value is what
 * somebody is, not how to reach the writer. */
static enum subject
subject_of_context(const struct value *value)
{
    const struct state *state = value->state;
    enum info_type type = value->finding->info_type;
    bool is_of_body = type == INFO_PERSON || type == INFO_BIRTH_DATE || type == INFO_AGE ||
                      (type >= INFO_MY_NUMBER && type <= INFO_CARE_INSURANCE);
    if (!is_of_body || value->is_polite || !is_labelled(value))
        return SUBJECT_NONE;
    uint32_t sentence = around_sentence(state, value->plain.start).start;
    size_t last = mentions_until(&value->words->mentions, sentence);
    const struct mention *mention = last ? &value->words->mentions.items[last - 1] : NULL;
    if (!mention || sentence - mention->plain.end > CONTEXT_BYTES || mention->subject == SUBJECT_OFFICIAL)
        return SUBJECT_NONE;
    return mention->subject;
}

/* A place is the writer's where they live or want things sent, not where something happens. */
static bool
lives_there(const struct value *value)
{
    const struct state *state = value->state;
    uint32_t end = value->plain.end;
    struct span rest = {end, around_sentence(state, end).end};
    if (around_at(state, end, PHRASES_SUBJECT_HOME) || around_in(state, rest, PHRASES_SUBJECT_OWN_HOME))
        return true;
    bool is_stated = around_at(state, end, PHRASES_SUBJECT_STATED) || around_at(state, end, PHRASES_SUBJECT_REACH);
    return signs_off(value) || (is_labelled(value) && (is_stated || !around_text_at(state, end, "の")));
}

/* 070-…から着信, 拾った免許証, …の車がいつも止まって: a stranger's, of whom the writer knows no more. */
static bool
is_strangers(const struct value *value)
{
    const struct state *state = value->state;
    bool is_plate = value->finding->info_type == INFO_PLATE;
    if (around_at(state, value->plain.end, PHRASES_SUBJECT_STRANGER))
        return true;
    if (!is_plate && !value->words->speaks_of_finds)
        return false;
    struct span sentence = around_sentence(state, value->plain.start);
    struct span before = {value->plain.start > CONTEXT_BYTES ? value->plain.start - CONTEXT_BYTES : 0, sentence.end};
    return around_in(state, before, PHRASES_SUBJECT_FOUND) ||
           (is_plate && around_in(state, sentence, PHRASES_SUBJECT_TROUBLE));
}

static enum subject
subject_of_nobodys_name(const struct value *value)
{
    const struct state *state = value->state;
    bool is_stated = around_at(state, value->end, PHRASES_SUBJECT_STATED);
    bool begins = begins_sentence(state, value->plain.start) || around_text_before(state, value->plain.start, "の");
    if (!value->is_polite && ((is_stated && begins) || (is_labelled(value) && (is_stated || value->is_told))))
        return SUBJECT_SELF;
    if (!value->is_told)
        return SUBJECT_UNKNOWN;
    if (is_met_at_office(value))
        return SUBJECT_OFFICIAL;
    return value->is_polite ? SUBJECT_OTHER : SUBJECT_UNKNOWN;
}

/* Who writes more than the value to the town hall gives their own, unless the words say otherwise. */
static enum subject
subject_by_default(const struct value *value)
{
    const struct state *state = value->state;
    if (value->is_name)
        return subject_of_nobodys_name(value);
    if (!value->is_told)
        return SUBJECT_UNKNOWN;
    switch (value->finding->info_type) {
    case INFO_ADDRESS:
    case INFO_POSTAL_CODE:
    case INFO_GEO:
        return lives_there(value) ? SUBJECT_SELF : SUBJECT_UNKNOWN;
    case INFO_AGE:
        return begins_sentence(state, value->plain.start) && around_at(state, value->plain.end, PHRASES_SUBJECT_LIFE)
                   ? SUBJECT_SELF
                   : SUBJECT_UNKNOWN;
    case INFO_URL:
    case INFO_CORPORATE_NUMBER:
    case INFO_IP_ADDRESS:
    case INFO_JOB_TITLE:
        return SUBJECT_UNKNOWN;
    case INFO_SNS_HANDLE:
        return is_labelled(value) ? SUBJECT_SELF : SUBJECT_UNKNOWN;
    default:
        return is_strangers(value) ? SUBJECT_OTHER : SUBJECT_SELF;
    }
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static enum subject
subject_of(const struct value *value)
{
    bool is_plain_name = value->is_name && !value->is_polite;
    if (introduces_self(value) || (is_plain_name && (signs_off(value) || names_self(value))))
        return SUBJECT_SELF;
    enum subject subject = subject_called(value);
    if (subject == SUBJECT_NONE)
        subject = subject_behind(value);
    if (subject == SUBJECT_NONE && is_public(value))
        subject = SUBJECT_PUBLIC;
    if (subject == SUBJECT_NONE && (value->is_name ? stands_behind_office(value) : is_of_office(value)))
        subject = SUBJECT_OFFICIAL;
    if (subject == SUBJECT_NONE)
        subject = subject_before(value);
    if (subject == SUBJECT_NONE && belongs_to_the_exposed(value))
        subject = SUBJECT_OTHER;
    if (subject == SUBJECT_NONE)
        subject = subject_of_context(value);
    if (subject == SUBJECT_NONE)
        subject = exposes_others(value->state) ? SUBJECT_UNKNOWN : subject_by_default(value);
    return subject;
}

static unsigned
hiragana_in(const struct state *state, struct span span)
{
    unsigned hiragana = 0;
    for (uint32_t at = span.start; at < span.end;)
        hiragana += letter_is_hiragana(utf8_next(state->plain.text, &at));
    return hiragana;
}

static struct value
value_of(const struct state *state, const struct message_words *words, const struct candidate *candidate)
{
    struct value value = {.state = state,
                          .words = words,
                          .finding = &candidate->finding,
                          .plain = candidate->plain,
                          .end = candidate->plain.end,
                          .is_name = candidate->finding.info_type == INFO_PERSON,
                          .is_told = words->hiragana >= TELLING_HIRAGANA + hiragana_in(state, candidate->plain)};
    if (value.is_name) {
        size_t honorific = around_at(state, value.end, PHRASES_TITLE_HONORIFIC);
        value.is_polite = honorific || candidate->finding.evidence & EVIDENCE_HONORIFIC;
        value.end += (uint32_t)honorific;
    }
    if (utf8_is_among(state_char_at(state, value.end), ")」"))
        utf8_next(state->plain.text, &value.end);
    return value;
}

enum status
subject_assign(struct state *state)
{
    struct message_words words;
    bool has_words = false;
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct finding *finding = &state->candidates[i].finding;
        if (finding->info_type == INFO_NONE || finding->subject != SUBJECT_NONE)
            continue;
        if (!has_words) {
            enum status status = mentions_collect(state, &words.mentions);
            if (status != STATUS_OK)
                return status;
            words.hiragana = hiragana_in(state, (struct span){0, (uint32_t)state->plain.text.bytes});
            words.speaks_of_finds = around_anywhere(state, PHRASES_SUBJECT_FOUND);
            has_words = true;
        }
        struct value value = value_of(state, &words, &state->candidates[i]);
        finding->subject = subject_of(&value);
    }
    return STATUS_OK;
}

enum status
subject_find_exposure(struct state *state)
{
    if (!state_saw(state, USE_EXPOSURE) || state_saw(state, USE_NEED) || state_saw(state, USE_DANGER))
        return STATUS_OK;
    size_t count = state->candidate_count; /* what is added below is not looked at */
    for (size_t i = 0; i < count; i++) {
        const struct candidate *data = &state->candidates[i];
        if (data->is_dropped || data->finding.info_type == INFO_NONE || data->finding.subject != SUBJECT_OTHER)
            continue;
        struct candidate *exposure = state_candidate(state, data->plain, "privacy.exposure", EXPOSURE_LIKELIHOOD);
        if (!exposure)
            return STATUS_TOO_LARGE;
        exposure->finding.category = CATEGORY_PRIVACY;
        exposure->finding.severity = SEVERITY_HIGH;
        exposure->finding.evidence = EVIDENCE_EXPOSURE;
    }
    return STATUS_OK;
}
