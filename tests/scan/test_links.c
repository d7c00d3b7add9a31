/* Links by whose they are: a city's lists, governments, names that pass for the city's own, bare addresses. */
#include "one_city.h"

/* 柏市's policy with lists of its own. */
static int
set_up(void **state)
{
    (void)state;
    return open_city_with("kashiwa", "\nlinks:\n  allow: [library.example.co.jp, 図書館.jp, bit.ly, 例え.icu]\n"
                                     "  deny: [shop.example.com, 悪い.jp, city.kashiwa.lg.jp]\n");
}

struct sample {
    const char *name;
    const char *rule; /* the finding that blocks; NULL = allowed, no category found */
    const char *texts[10];
};

static const struct sample samples[] = {
    {"a denied name and what is below it",
     "link.denied",
     {"https://shop.example.com/", "見て http://www.shop.example.com/a?b=c", "https://悪い.jp/",
      "https://user:pass@shop.example.com:8080/", "https://SHOP.EXAMPLE.COM."}},
    {"a denied name that another stands before or behind",
     "link.denied",
     {"https://library.example.co.jp:443@shop.example.com/", "shop.example.com/?to=https://library.example.co.jp/",
      "https:/shop.example.com//library.example.co.jp/", "https://shop.example.com#//library.example.co.jp/"}},
    {"an allowed name, whatever its ending and path",
     NULL,
     {"https://library.example.co.jp/reader.exe", "https://www.library.example.co.jp/", "https://図書館.jp/",
      "https://xn--lcss68aj21b.jp/", "短縮です https://bit.ly/abc12", "https://例え.icu/"}},
    {"what only a government can have registered",
     NULL,
     {"https://www.city.nagareyama.lg.jp/app.apk", "https://www.pref.aomori.jp/x.exe", "https://www.soumu.go.jp/a.msi",
      "https://www.city.kashiwa.lg.jp/manual.exe"}},
    {"names that pass for the city's own",
     "link.lookalike",
     {"https://city-kashiwa-lg-jp.com/login", "https://www.city.kashiwa.lg.jp.example.com/",
      "https://c1ty.kashiwa.lg.jp.example.net/", "https://city.kaѕhiwa-lg.jp.example.org/"}},
    {"bare addresses in any writing",
     "link.address",
     {"http://203.0.113.7/login", "http://3405803783/x", "http://0xcb007107/"}},
    {"names that only share a part",
     NULL,
     {"https://kashiwa-shop.example.jp/", "https://shop.example.com.example.jp/", "https://myshop.example.co.jp/"}},
};

static bool
is_found(const struct verdict *verdict, const char *rule)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        bool wanted = strcmp(finding->rule, rule) == 0;
        for (size_t a = 0; a < finding->alternative_count; a++)
            wanted |= strcmp(finding->alternatives[a].rule, rule) == 0;
        if (wanted && finding->category == CATEGORY_HARMFUL_LINK)
            return true;
    }
    return false;
}

static void
is_judged(void **state)
{
    const struct sample *sample = *state;
    for (size_t i = 0; i < 10 && sample->texts[i]; i++) {
        const struct verdict *verdict = NULL;
        struct message message = {.text = slice_of(sample->texts[i])};
        assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
        if (sample->rule && (verdict->action != ACTION_BLOCK || !is_found(verdict, sample->rule)))
            fail_msg("%s: not %s", sample->texts[i], sample->rule);
        if (!sample->rule && verdict->action == ACTION_BLOCK)
            fail_msg("%s: blocked by %s", sample->texts[i], verdict->findings[0].rule);
    }
}

int
main(void)
{
    enum { SAMPLES = sizeof samples / sizeof samples[0] };
    struct CMUnitTest tests[SAMPLES];
    tests_of_samples(samples, SAMPLES, sizeof *samples, is_judged, tests);
    return cmocka_run_group_tests(tests, set_up, close_city);
}
