/* tests/engine/test_differential.c - Hyperscan against PCRE2 on the kinds of patterns that rules are made of. */
#include "differential.h"

struct sample {
    const char *pattern;
    const char *text;
};

static const struct sample samples[] = {
    {"0[789]0-[0-9]{4}-[0-9]{4}", "070-0000-1234"},
    {"0[0-9]{1,4}-?[0-9]{1,4}-?[0-9]{4}", "0285-00-0000"},
    {"[a-z0-9._+-]{1,32}@[a-z0-9-]{1,32}(?:\\.[a-z0-9-]{1,16}){1,3}", "dare.ka+x@mail.example.jp"},
    {"(?:19|20)[0-9]{2}[年/.-][0-9]{1,2}[月/.-][0-9]{1,2}日?", "1970年1月2日"},
    {"[一-龠]{1,4}[都道府県][一-龠]{1,4}[市区町村]", "某某県某市"},
    {"(?:カード|口座|暗証)番号[:は ]{0,3}[0-9]{4,16}", "口座番号は 0000000"},
    {"[ぁ-ん]{3,8}さん", "ほげほげさん"},
    {"[ァ-ヴー]{2,12}(?:様|君|殿)", "フガフガー様"},
    {"https?://[^ \\n　]{1,64}", "https://example.jp/a?b=c"},
    {"(?:死|殺|消)(?:す|し|ね).{0,6}(?:ぞ|よ|から)", "消すと言ったぞ"},
    {"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}", "0000-1111 2222"},
    {"id ?[:=] ?[a-z0-9_.-]{4,20}", "id: some_one.1"},
    {"😀+|👪", "😀😀👪"},
};

static void
both_engines_agree_at_every_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        differential_sweep(samples[i].pattern, samples[i].text);
}

static void
both_engines_agree_on_each_others_samples(void **state)
{
    enum { COUNT = sizeof samples / sizeof *samples };
    struct slice texts[COUNT];

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        texts[i] = slice_of(samples[i].text);
    for (size_t i = 0; i < COUNT; i++)
        differential_check(samples[i].pattern, texts, COUNT);
}

/* Random rows of the pieces that patterns look for: near misses, overlaps, repeats. */
static void
both_engines_agree_on_random_texts(void **state)
{
    static const char *const pieces[] = {"0",  "9",  "0000", "070", "-", "@",  ".",  "example", "さん", "某", "県",
                                         "市", "ほ", "ァー", "様",  " ", "　", "年", "\n",      "死",   "ぞ", "😀"};
    enum { TEXTS = 200, PIECES = sizeof pieces / sizeof *pieces };
    static char rows[TEXTS][DIFFERENTIAL_MAX_BYTES];
    struct slice texts[TEXTS];
    uint32_t random = 2463534242u;

    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        rows[i][0] = '\0';
        for (size_t n = 0; n < 2 + i % 40; n++) {
            random ^= random << 13, random ^= random >> 17, random ^= random << 5;
            strcat(rows[i], pieces[random % PIECES]);
        }
        texts[i] = slice_of(rows[i]);
    }
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        differential_check(samples[i].pattern, texts, TEXTS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"both engines agree at every place from 0 to 130", both_engines_agree_at_every_place},
        {"both engines agree on each other's samples", both_engines_agree_on_each_others_samples},
        {"both engines agree on random texts", both_engines_agree_on_random_texts},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
