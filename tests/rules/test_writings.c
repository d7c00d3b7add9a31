/* Which further writings a term has, which it must not have, and what is refused in writings.csv. */
#include "rules/sample.h"

#include "rules/romaji.h"
#include "rules/writings.h"

static struct view_tables *views;
static struct token_model *tokens;
static struct tokenizer *tokenizer;
static struct arena *arena, *scratch;

static int
set_up(void **state)
{
    (void)state;
    return view_tables_create(&views) != STATUS_OK || token_model_create(NULL, &tokens) != STATUS_OK ||
           tokenizer_create(tokens, &tokenizer) != STATUS_OK || arena_create(16 << 20, &arena) != STATUS_OK ||
           arena_create(1 << 20, &scratch) != STATUS_OK;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_destroy(&scratch);
    arena_destroy(&arena);
    tokenizer_destroy(&tokenizer);
    token_model_destroy(&tokens);
    view_tables_destroy(&views);
    return 0;
}

/* --- Latin letters ------------------------------------------------------------------------------------------------ */

static void
kana_is_written_as_people_type_it(void **state)
{
    (void)state;
    static const struct {
        const char *kana, *styles[ROMAJI_STYLE_COUNT];
    } words[] = {
        {"しゃちょう", {"shachou", "syatyou", "shacho", "syatyo"}},
        {"きゅうりょうどろぼう", {"kyuuryoudorobou", "kyuuryoudorobou", "kyuryodorobo", "kyuryodorobo"}},
        {"ヒャッパー", {"hyappaa", "hyappaa", "hyappa", "hyappa"}},
        {"ふぁっしょん", {"fasshon", "hassyon", "fasshon", "hassyon"}},
        {"つぢじゅ", {"tsujiju", "tudizyu", "tsujiju", "tudizyu"}},
        {"ウェチェヴァ", {"wecheva", "wetyeva", "wecheva", "wetyeva"}},
        {"漢字", {"", "", "", ""}},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        for (unsigned style = 0; style < ROMAJI_STYLE_COUNT; style++) {
            char out[64] = "";
            size_t count = romaji_write(slice_of(words[i].kana), style, out, sizeof(out) - 1);
            out[count] = '\0';
            assert_string_equal(out, words[i].styles[style]);
        }
    }
    char tight[3];
    assert_int_equal(romaji_write(slice_of("しゃちょう"), ROMAJI_HEPBURN, tight, sizeof(tight)), 0);
}

/* --- a term's writings -------------------------------------------------------------------------------------------- */

#define HEADER "kind,letters,writing\n"

static enum status
read_table(const char *csv, struct writing_table **table_out, struct fault *fault)
{
    struct build build = {.views = views, .arena = arena, .scratch = scratch, .fault = fault};
    return writings_read(&build, slice_of(csv), "common/writings.csv", table_out);
}

/* The writings of `word`, one a line: trick and writing. */
static void
writings_of(const char *word, enum category category, char out[1024])
{
    struct writing_table *table = NULL;
    struct build build = {.views = views, .arena = arena, .scratch = scratch, .tokenizer = tokenizer};
    struct term term = {
        .plain = slice_of(word), .category = category, .match = MATCH_PHRASE, .severity = SEVERITY_HIGH};
    struct literals_builder literals;
    struct buffer writings;
    assert_int_equal(read_table(HEADER "split,死,タヒ\nsplit,詐,言乍\nsplit,欺,其欠\nsplit,其,甘ハ\nhomophone,死ね,"
                                       "氏ね\ninnocent,shine\nreading,援交,えんこう\n"
                                       "reading,顔射,がんしゃ\nglyph,大麻,太麻\n",
                                &table, NULL),
                     STATUS_OK);
    build.writing_table = table;
    buffer_init(&writings);
    assert_int_equal(literals_begin(&literals), STATUS_OK);
    assert_int_equal(writings_add(&build, &term, 7, &writings, &literals), STATUS_OK);
    const struct term_writing *items = (const void *)writings.data;
    out[0] = '\0';
    for (size_t i = 0; i < writings.bytes / sizeof(*items); i++) {
        size_t used = strlen(out);
        snprintf(out + used, 1024 - used, "%c%.*s ", "RVSHKGE"[items[i].trick], (int)items[i].plain.bytes,
                 (const char *)items[i].plain.data);
        assert_int_equal(items[i].term, 7);
    }
    literals_abandon(&literals);
    buffer_fini(&writings);
}

static void
a_term_has_these_writings(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum category category;
        const char *writings;
    } words[] = {
        {"マヌケ", CATEGORY_DEFAMATION, "Rmanuke Vケヌマ "},
        {"くそやろう", CATEGORY_DEFAMATION, "Rkusoyarou Rkusoyaro Vうろやそく Eくっそやろう "},
        {"死ね", CATEGORY_DEFAMATION, "Sタヒね H氏ね "}, /* シネ is too short */
        {"無能な職員", CATEGORY_DEFAMATION,
         "Kムノウな職員 Kムノウなショクイン K無能なショクイン Rmunounashokuin Rmunounasyokuin Rmunonashokuin "
         "Rmunonasyokuin "},
        {"援交募集", CATEGORY_OBSCENE,
         "Kえんこう募集 Kえんこうボシュウ K援交ボシュウ Renkouboshuu Renkoubosyuu Renkoboshu Renkobosyu V集募交援 "},
        {"顔射募集", CATEGORY_OBSCENE,
         "Kがんしゃ募集 Kがんしゃボシュウ K顔射ボシュウ Rganshaboshuu Rgansyabosyuu Rganshaboshu Rgansyabosyu "
         "V集募射顔 "},                    /* MeCab: 顔 and 射 */
        {"しね", CATEGORY_DEFAMATION, ""}, /* shine is innocent by the table, sine too short */
        {"詐欺", CATEGORY_ILLEGAL, "V欺詐 S言乍欺 S詐其欠 S言乍甘ハ欠 "}, /* 其 is taken apart again */
        {"大麻", CATEGORY_ILLEGAL, "Kタイマ V麻大 G太麻 "},
        {"大麻", CATEGORY_COMMERCIAL, "Kタイマ G太麻 "},
        {"まんこ", CATEGORY_OBSCENE, "Rmanko "}, /* コンマ is a word */
        {"ばか", CATEGORY_DEFAMATION, ""},       /* baka is too short, かば is an animal */
        {"マヌケ", CATEGORY_POLITICS, ""},       /* nobody disguises these */
        {"市長はマヌケだろう", CATEGORY_DEFAMATION,
         "Kシチョウはマヌケだろう Rshichouhamanukedarou Rsityouhamanukedarou Rshichohamanukedaro "
         "Rsityohamanukedaro "}, /* a sentence */
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        char found[1024];
        writings_of(words[i].word, words[i].category, found);
        assert_string_equal(found, words[i].writings);
    }
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static void
a_bad_row_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *csv;
        unsigned line, column;
        const char *item, *reason;
    } rows[] = {
        {HEADER "melt,死,タヒ\n", 2, 1, "kind", "unknown kind"},
        {HEADER "split,死,\n", 2, 3, "writing", "nothing is left once spaces and symbols are left out"},
        {HEADER "split,,タヒ\n", 2, 2, "letters", "nothing is left once spaces and symbols are left out"},
        {HEADER "innocent,shine,x\n", 2, 3, "writing", "an innocent word has no other writing"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct writing_table *table = NULL;
        struct fault fault = {0};
        assert_int_equal(read_table(rows[i].csv, &table, &fault), STATUS_INVALID);
        assert_string_equal(fault.reason, rows[i].reason);
        assert_string_equal(fault.file, "common/writings.csv");
        assert_string_equal(fault.item, rows[i].item);
        assert_int_equal(fault.line, rows[i].line);
        assert_int_equal(fault.column, rows[i].column);
        assert_true(fault.mend[0] != '\0');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"kana is written as people type it", kana_is_written_as_people_type_it, NULL, NULL, NULL},
        {"a term has these writings", a_term_has_these_writings, NULL, NULL, NULL},
        {"a bad row is named", a_bad_row_is_named, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
