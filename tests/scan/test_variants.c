/* Metamorphic: however a value is written, the same kind of data is found on all of it. */
#include "one_city.h"

#include "base/buffer.h"
#include "text/intake.h"

struct sample {
    enum info_type type;
    const char *before, *value;
};

static const struct sample samples[] = {
    {INFO_PHONE, "電話は", "090-1234-5678"},
    {INFO_PHONE, "連絡先 ", "04-7123-4567"},
    {INFO_MY_NUMBER, "マイナンバー：", "1234-5678-9018"},
    {INFO_CREDIT_CARD, "カード番号 ", "4111-1111-1111-1111"},
    {INFO_PENSION_NUMBER, "基礎年金番号は", "1234-567890"},
    {INFO_POSTAL_CODE, "郵便番号 ", "277-0001"},
    {INFO_ADDRESS, "家は柏市柏", "5-10-1"},
    {INFO_BANK_ACCOUNT, "口座番号 ", "123-4567"},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static void
assert_whole_value_found(const struct sample *sample, struct buffer *text, size_t value_start)
{
    struct message message = {.text = buffer_slice(text)};
    const struct verdict *verdict = NULL;
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->info_type == sample->type && finding->span.start <= value_start &&
            finding->span.end == text->bytes - strlen("です"))
            return;
    }
    fail_msg("%s not found in %.*s", info_type_word(sample->type), (int)text->bytes, (const char *)text->data);
}

/* Writes the value through `put`, between its label and です, and looks for it. */
static void
check(const struct sample *sample, void (*put)(struct buffer *, const char *character, const void *context),
      const void *context)
{
    struct buffer text;
    char character[2] = "";
    buffer_init(&text);
    buffer_append_text(&text, sample->before);
    size_t start = text.bytes;
    for (const char *at = sample->value; *at; at++) {
        character[0] = *at;
        put(&text, character, context);
    }
    buffer_append_text(&text, "です");
    assert_whole_value_found(sample, &text, start);
    buffer_fini(&text);
}

static void
put_full_width(struct buffer *out, const char *character, const void *context)
{
    uint8_t wide[4];
    (void)context;
    buffer_append(out, wide, utf8_put((uint32_t)*character + 0xFEE0, wide));
}

static void
full_width_is_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        check(&samples[i], put_full_width, NULL);
}

static void
put_with_hyphen(struct buffer *out, const char *character, const void *context)
{
    buffer_append_text(out, *character == '-' ? (const char *)context : character);
}

static void
every_hyphen_is_the_same(void **state)
{
    static const char *const hyphens[] = {"－", "﹣", "−", "‐", "‑", "‒", "–", "—", "―", "ー", "ｰ", "─", "━", "⁃"};
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t h = 0; h < sizeof hyphens / sizeof *hyphens; h++)
            check(&samples[i], put_with_hyphen, hyphens[h]);
}

static void
put_with_guest(struct buffer *out, const char *character, const void *context)
{
    buffer_append_text(out, character);
    if (*character == '4')
        buffer_append_text(out, context);
}

static void
invisible_characters_hide_nothing(void **state)
{
    static const char *const guests[] = {"\u200B", "\u00AD", "\u2060", "\uFEFF", "\uFE0F", "\u200D"};
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t g = 0; g < sizeof guests / sizeof *guests; g++)
            check(&samples[i], put_with_guest, guests[g]);
}

static void
put_circled(struct buffer *out, const char *character, const void *context)
{
    uint8_t circled[4];
    (void)context;
    if (*character >= '1' && *character <= '9')
        buffer_append(out, circled, utf8_put(0x2460 + (uint32_t)(*character - '1'), circled));
    else
        buffer_append_text(out, character);
}

static void
circled_digits_are_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        check(&samples[i], put_circled, NULL);
}

static void
put_kanji(struct buffer *out, const char *character, const void *context)
{
    static const char *const kanji[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    (void)context;
    buffer_append_text(out, *character == '-' ? "ー" : kanji[*character - '0']);
}

static void
kanji_digits_are_digits_in_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        if (samples[i].type != INFO_ADDRESS) /* 五-十-一 is written 五丁目十番一号 */
            check(&samples[i], put_kanji, NULL);
}

static void
a_line_break_inside_a_number_hides_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        if (samples[i].type == INFO_PHONE || samples[i].type == INFO_MY_NUMBER || samples[i].type == INFO_CREDIT_CARD)
            check(&samples[i], put_with_hyphen, "-\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"full width is the same", full_width_is_the_same, NULL, NULL, NULL},
        {"every hyphen is the same", every_hyphen_is_the_same, NULL, NULL, NULL},
        {"invisible characters hide nothing", invisible_characters_hide_nothing, NULL, NULL, NULL},
        {"circled digits are digits", circled_digits_are_digits, NULL, NULL, NULL},
        {"kanji digits are digits in numbers", kanji_digits_are_digits_in_numbers, NULL, NULL, NULL},
        {"a line break inside a number hides nothing", a_line_break_inside_a_number_hides_nothing, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("variants", tests, open_default, close_city);
}
