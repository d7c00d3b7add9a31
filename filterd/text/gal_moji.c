#include "text/gal_moji.h"

#include "base/assert.h"
#include "text/find.h"
#include "text/letter.h"
#include "text/view_tables.h"
#include "text/view_writer.h"

enum {
    GROWTH = 3,     /* < becomes く */
    SURE_SIGNS = 2, /* of these a text is written in gal-moji; or of one, … */
    ALL_SIGNS = 3,  /* … with so many of all */
};

/* What is written for a kana, in the plain form; of two that begin alike the longer one stands first. */
static const struct sign {
    const char *written;
    uint16_t kana;
    bool is_sure; /* in no other text between letters */
} signs[] = {
    {"カヾ", u'が', true},  {"カゞ", u'が', true},  {"カゝ", u'か', true},  {"カヽ", u'か', true},
    {"カ丶", u'か', true},  {"ヵゝ", u'か', true},  {"ヵヽ", u'か', true},  {"ナょ", u'な', true},
    {"ナョ", u'な', true},  {"†ょ", u'な', true},   {"十ょ", u'な', true},  {"+ょ", u'な', true},
    {"ナ∋", u'な', true},   {"ナニ", u'た', false}, {"ナこ", u'た', false}, {"ナ=", u'た', true},
    {"†ニ", u'た', true},   {"†=", u'た', true},    {"十ニ", u'た', true},  {"+=", u'た', false},
    {"レヽ", u'い', true},  {"レ丶", u'い', true},  {"レゝ", u'い', true},  {"レ、", u'い', false},
    {"しヽ", u'い', true},  {"lヽ", u'い', true},   {"l丶", u'い', true},   {"|ヽ", u'い', true},
    {"ιヽ", u'い', true},   {"∪ヽ", u'い', true},   {"イヽ", u'い', true},  {"レょ", u'は', true},
    {"レョ", u'は', true},  {"レよ", u'は', false}, {"レ£", u'は', true},   {"l£", u'は', true},
    {"|£", u'は', true},    {"ノヽ", u'は', true},  {"ノ丶", u'は', true},  {"ノヾ", u'ば', true},
    {"ノゞ", u'ば', true},  {"レま", u'ほ', false}, {"|ま", u'ほ', true},   {"lま", u'ほ', true},
    {"レニ", u'に', false}, {"レこ", u'に', false}, {"レ=", u'に', true},   {"|ニ", u'に', true},
    {"lニ", u'に', true},   {"|=", u'に', true},    {"|こ", u'に', true},   {"レナ", u'け', false},
    {"レ†", u'け', true},   {"レ十", u'け', true},  {"|ナ", u'け', true},   {"l†", u'け', true},
    {"ノレ", u'る', false}, {"レ)", u'り', false},  {"l)", u'り', false},   {"|)", u'り', false},
    {"└|", u'り', true},    {"йё", u'ね', true},    {"яё", u'れ', true},    {"яе", u'れ', true},
    {"яe", u'れ', true},    {"яа", u'ら', true},    {"яa", u'ら', true},    {"яα", u'ら', true},
    {"ма", u'ま', true},    {"мa", u'ま', true},    {"мα", u'ま', true},    {"мi", u'み', true},
    {"ми", u'み', true},    {"мо", u'も', true},    {"мo", u'も', true},    {"м○", u'も', true},
    {"禾ゝ", u'ね', true},  {"σ", u'の', true},     {"τ", u'て', true},     {"ω", u'ん', true},
    {"ι", u'し', true},     {"з", u'ろ', true},     {"ζ", u'ろ', true},     {"ξ", u'そ', true},
    {"⊂", u'と', true},     {"⊃", u'つ', true},     {"⊇", u'こ', true},     {"∋", u'よ', true},
    {"∃", u'よ', true},     {"∪", u'し', true},     {"±", u'さ', true},     {"≠", u'き', true},
    {"├", u'と', true},     {"┠", u'と', true},     {"〒", u'て', false},   {"〓", u'こ', false},
    {"<", u'く', false},    {"匕", u'ひ', false},   {"彡", u'み', false},   {"厶", u'む', false},
    {"夕", u'た', false},   {"八〃", u'ば', true},  {"z", u'ろ', false},
};

/* ゛ as it is written behind a kana, and ゜. */
static const struct mark {
    const char *written;
    unsigned flags;
    bool is_sure; /* it closes no quotation */
} marks[] = {{"〃", MARK_VOICED, true},  {"′′", MARK_VOICED, true},  {"”", MARK_VOICED, false},
             {"\"", MARK_VOICED, false}, {"〟", MARK_VOICED, false}, {"°", MARK_HALF_VOICED, false}};

/* A letter of the text as it is read. */
struct read {
    uint32_t kana;        /* code point; its own where it is no sign */
    uint32_t end;         /* behind the sign and its mark */
    unsigned signs, sure; /* how many signs it is made of */
};

static uint32_t
character_at(struct slice text, uint32_t at)
{
    return at < text.bytes ? utf8_decode(text.data + at, utf8_length(text.data[at])) : 0;
}

/* What else a sign stands in: faces, sums, quotations of figures. */
static bool
is_of_figures(uint32_t c)
{
    return c != 0 && c < 0x80 ? utf8_is_among(c, "()`^;:_*=>/\\'+") || (c >= '0' && c <= '9') || letter_is_latin(c)
                              : utf8_is_among(c, "・´゚∀д￣▽ε");
}

static bool
is_kana(uint32_t c)
{
    return letter_is_hiragana(c) || letter_is_katakana(c) || utf8_is_among(c, "σωτιзζξ〃⊂⊃⊇∋∃∪<");
}

/* 夕方 and 七夕 are words; before kana 夕 is タ. */
static bool
is_own_kanji(uint32_t before, const struct sign *sign, uint32_t after)
{
    return letter_is_kanji(character_at(slice_of(sign->written), 0)) && sign->written[3] == '\0' &&
           (letter_is_kanji(after) || utf8_is_among(before, "朝今七一"));
}

/* The sign at `at`, behind character `before`; NULL when none stands there. */
static const struct sign *
sign_at(struct slice text, uint32_t before, uint32_t at)
{
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (!find_stands_at(text.data + at, signs[i].written))
            continue;
        uint32_t end = at + (uint32_t)strlen(signs[i].written), after = character_at(text, end);
        bool is_between = is_kana(before) || is_kana(after) || (letter_is_kanji(before) && letter_is_kanji(after));
        return is_between && !is_of_figures(before) && !is_of_figures(after) && !is_own_kanji(before, &signs[i], after)
                   ? &signs[i]
                   : NULL;
    }
    return NULL;
}

static void
take_mark(struct slice text, struct read *read)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        uint32_t composed = kana_compose(read->kana, marks[i].flags);
        if (composed == 0 || !find_stands_at(text.data + read->end, marks[i].written))
            continue;
        read->kana = composed;
        read->end += (uint32_t)strlen(marks[i].written);
        read->signs++;
        read->sure += marks[i].is_sure;
        return;
    }
}

/* Small kana where none belongs: ゎたし, ねょ, ゃらせて; not しょ, ファ, 3ヵ月. */
static bool
is_needlessly_small(uint32_t before, uint32_t c, uint32_t after)
{
    uint32_t kana = c >= u'ァ' && c <= u'ヶ' ? c - 0x60 : c;
    if (utf8_is_among(kana, "ゃゅょ"))
        return !letter_is_contracted(before, c);
    if (utf8_is_among(kana, "ぁぃぅぇぉ"))
        return c == kana || !letter_is_katakana(before);
    return kana == u'ゎ' || ((kana == u'ゕ' || kana == u'ゖ') && !letter_is_kanji(after));
}

/* Behind `before`, as it was read. */
static struct read
read_at(struct slice text, uint32_t before, uint32_t at)
{
    const struct sign *sign = sign_at(text, before, at);
    struct read read = {.kana = sign ? sign->kana : character_at(text, at),
                        .end = at + (sign ? (uint32_t)strlen(sign->written) : utf8_length(text.data[at])),
                        .signs = sign != NULL,
                        .sure = sign && sign->is_sure};
    if (!sign && is_needlessly_small(before, read.kana, character_at(text, read.end)))
        read.kana = letter_is_katakana(read.kana) ? letter_kana(read.kana) + 0x60 : letter_kana(read.kana);
    take_mark(text, &read);
    return read;
}

bool
gal_moji_is_written(struct slice plain)
{
    unsigned all = 0, sure = 0;
    uint32_t before = 0;
    for (uint32_t at = 0; at < plain.bytes;) {
        struct read read = read_at(plain, before, at);
        all += read.signs;
        sure += read.sure;
        if (sure >= SURE_SIGNS || (sure > 0 && all >= ALL_SIGNS))
            return true;
        before = read.kana;
        at = read.end;
    }
    return false;
}

enum status
gal_moji_read(struct arena *arena, const struct view *plain, struct view *kana_out)
{
    struct view_writer writer;
    struct slice text = plain->text;
    uint32_t before = 0;
    enum status status = view_writer_init(&writer, arena, GROWTH * text.bytes);
    for (uint32_t at = 0; status == STATUS_OK && at < text.bytes;) {
        uint8_t bytes[4] = {0};
        struct read read = read_at(text, before, at);
        struct span from = view_to_parent(plain, (struct span){at, read.end});
        unsigned length = utf8_encode(read.kana, bytes);
        ASSERT(view_writer_has_room(&writer));
        view_writer_put(&writer, view_load(bytes, length), length, from.start, from.end);
        before = read.kana;
        at = read.end;
    }
    if (status == STATUS_OK)
        view_writer_finish(&writer, plain->parent_bytes, kana_out);
    return status;
}
