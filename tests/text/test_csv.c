#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/csv.h"

enum { TERM, MATCH, NOTE, COLUMNS };
static const struct csv_column columns[COLUMNS] = {[TERM] = {"term", "語句", CSV_REQUIRED},
                                                   [MATCH] = {"match", "一致", CSV_REQUIRED},
                                                   [NOTE] = {"note", "メモ", CSV_OPTIONAL}};

static struct csv *
must_open(const char *text)
{
    struct csv *csv = NULL;
    assert_int_equal(csv_create("terms.csv", slice_of(text), columns, COLUMNS, &csv, NULL), STATUS_OK);
    return csv;
}

static void
must_refuse_header(const char *text, const char *reason, unsigned line, unsigned column)
{
    struct csv *csv = NULL;
    struct fault fault;
    assert_int_equal(csv_create("terms.csv", slice_of(text), columns, COLUMNS, &csv, &fault), STATUS_INVALID);
    assert_null(csv);
    assert_string_equal(fault.file, "terms.csv");
    assert_string_equal(fault.reason, reason);
    assert_int_equal(fault.line, line);
    assert_int_equal(fault.column, column);
}

static void
assert_field(const struct csv_row *row, unsigned column, const char *expected)
{
    assert_int_equal(row->fields[column].bytes, strlen(expected));
    assert_memory_equal(row->fields[column].data, expected, strlen(expected));
}

static void
columns_are_found_by_name(void **state)
{
    (void)state;
    struct csv *csv = must_open("メモ,Match,語句\r\nfoo, word ,ばか\r\n");
    struct csv_row row;
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_OK);
    assert_int_equal(row.line, 2);
    assert_field(&row, TERM, "ばか");
    assert_field(&row, MATCH, "word");
    assert_field(&row, NOTE, "foo");
    assert_int_equal(row.positions[TERM], 3);
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_NOT_FOUND);
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_NOT_FOUND);
    csv_destroy(&csv);
    assert_null(csv);
}

static void
lines_are_those_of_the_editor(void **state)
{
    (void)state;
    struct csv *csv = must_open("\xEF\xBB\xBFterm,match\n\n  \n\"a\nb\nc\",word\r,,,\r\"say \"\"hi\"\"\",phrase");
    struct csv_row row;
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_OK);
    assert_int_equal(row.line, 4);
    assert_field(&row, TERM, "a\nb\nc");
    assert_field(&row, NOTE, "");
    assert_int_equal(row.positions[NOTE], 0);
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_OK);
    assert_int_equal(row.line, 8);
    assert_field(&row, TERM, "say \"hi\"");
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_NOT_FOUND);
    csv_destroy(&csv);
}

static void
tabs_separate_when_the_header_has_them(void **state)
{
    (void)state;
    struct csv *csv = must_open("term\tmatch\na,b\tword\n");
    struct csv_row row;
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_OK);
    assert_field(&row, TERM, "a,b");
    csv_destroy(&csv);
}

static void
a_short_row_has_empty_fields(void **state)
{
    (void)state;
    struct csv *csv = must_open("term,match,note\nx\n");
    struct csv_row row;
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_OK);
    assert_field(&row, TERM, "x");
    assert_field(&row, MATCH, "");
    csv_destroy(&csv);
}

static void
a_row_with_too_many_fields_is_a_fault(void **state)
{
    (void)state;
    struct csv *csv = must_open("term,match,,,\na,word,b\nc,word,,,,\n");
    struct csv_row row;
    struct fault fault;
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_INVALID);
    assert_int_equal(fault.line, 2);
    assert_int_equal(fault.column, 3);
    assert_string_equal(fault.reason, "the row has more fields than the header");
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_OK);
    assert_field(&row, TERM, "c");
    csv_destroy(&csv);
}

static void
a_quote_inside_a_field_is_a_fault_and_reading_goes_on(void **state)
{
    (void)state;
    struct csv *csv = must_open("term,match\nx,a\"b\ny,word\n\"z\" q,word\nw,word");
    struct csv_row row;
    struct fault fault;
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_INVALID);
    assert_int_equal(fault.line, 2);
    assert_int_equal(fault.column, 2);
    assert_string_equal(fault.reason, "a quotation mark stands inside a field");
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_OK);
    assert_field(&row, TERM, "y");
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_INVALID);
    assert_int_equal(fault.line, 4);
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_OK);
    assert_field(&row, TERM, "w");
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_NOT_FOUND);
    csv_destroy(&csv);
}

static void
an_unclosed_quote_is_told_with_the_line_where_it_begins(void **state)
{
    (void)state;
    struct csv *csv = must_open("term,match\nx,word\ny,\"wo\nrd\nz,word\n");
    struct csv_row row;
    struct fault fault;
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_OK);
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_INVALID);
    assert_int_equal(fault.line, 3);
    assert_int_equal(fault.column, 2);
    assert_string_equal(fault.reason, "a field begins with a quotation mark that is never closed");
    assert_int_equal(csv_next(csv, &row, &fault), STATUS_NOT_FOUND);
    csv_destroy(&csv);
}

static void
a_bad_header_is_refused(void **state)
{
    (void)state;
    must_refuse_header("", "the file is empty", 0, 0);
    must_refuse_header("\n \n", "the file is empty", 0, 0);
    must_refuse_header("term\n", "the column is missing", 1, 0);
    must_refuse_header("term,match,nota\n", "unknown column", 1, 3);
    must_refuse_header("term,match,語句\n", "the column stands twice", 1, 3);
    must_refuse_header("\"term\n", "a field begins with a quotation mark that is never closed", 1, 1);
}

static void
nul_bytes_are_kept(void **state)
{
    (void)state;
    static const char text[] = "term,match\na\0b,word\n";
    struct csv *csv = NULL;
    struct csv_row row;
    assert_int_equal(csv_create("x", SLICE_LITERAL(text), columns, COLUMNS, &csv, NULL), STATUS_OK);
    assert_int_equal(csv_next(csv, &row, NULL), STATUS_OK);
    assert_int_equal(row.fields[TERM].bytes, 3);
    csv_destroy(&csv);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"columns are found by name", columns_are_found_by_name, NULL, NULL, NULL},
        {"lines are those of the editor", lines_are_those_of_the_editor, NULL, NULL, NULL},
        {"tabs separate when the header has them", tabs_separate_when_the_header_has_them, NULL, NULL, NULL},
        {"a short row has empty fields", a_short_row_has_empty_fields, NULL, NULL, NULL},
        {"a row with too many fields is a fault", a_row_with_too_many_fields_is_a_fault, NULL, NULL, NULL},
        {"a quote inside a field is a fault and reading goes on", a_quote_inside_a_field_is_a_fault_and_reading_goes_on,
         NULL, NULL, NULL},
        {"an unclosed quote is told with the line where it begins",
         an_unclosed_quote_is_told_with_the_line_where_it_begins, NULL, NULL, NULL},
        {"a bad header is refused", a_bad_header_is_refused, NULL, NULL, NULL},
        {"NUL bytes are kept", nul_bytes_are_kept, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
