/* Cutting input into blocks of whole lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "archive/cutter.h"
#include "base/buffer.h"

#define BLOCK_BYTES 32
#define MAX_LINE_BYTES 64
#define MAX_FILES 3

struct files {
    char *dir;
    char paths[MAX_FILES][96];
    struct inputs inputs;
    struct cutter_options options;
};

static int
set_up(void **state)
{
    struct files *files = calloc(1, sizeof *files);

    files->dir = mkdtemp(strdup("/tmp/filterd-cutter-XXXXXX"));
    assert_non_null(files->dir);
    inputs_init(&files->inputs);
    files->options = (struct cutter_options){.inputs = &files->inputs,
                                             .block_bytes = BLOCK_BYTES,
                                             .max_record_bytes = MAX_LINE_BYTES,
                                             .max_block_records = 100};
    *state = files;
    return 0;
}

static int
tear_down(void **state)
{
    struct files *files = *state;

    for (size_t i = 0; i < files->inputs.count; i++)
        unlink(files->inputs.list[i].path);
    inputs_fini(&files->inputs);
    rmdir(files->dir);
    free(files->dir);
    free(files);
    return 0;
}

static void
add_file(struct files *files, const char *content, size_t bytes)
{
    size_t index = files->inputs.count;
    FILE *file;

    snprintf(files->paths[index], sizeof files->paths[index], "%s/%zu", files->dir, index);
    file = fopen(files->paths[index], "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, bytes, file), bytes);
    fclose(file);
    assert_int_equal(inputs_add(&files->inputs, files->paths[index]), STATUS_OK);
}

static void
add_text(struct files *files, const char *content)
{
    add_file(files, content, strlen(content));
}

/* All blocks as "<record>@<byte>+<records>[text]", refused ones as "<record>@<byte>!", heads as "^[text]". */
static void
assert_blocks(struct files *files, const char *expected)
{
    struct cutter *cutter;
    struct buffer seen;
    struct block block;

    assert_int_equal(cutter_create(&files->options, &cutter), STATUS_OK);
    buffer_init(&seen);
    for (;;) {
        enum status status = cutter_next(cutter, true, &block);

        if (status == STATUS_NOT_FOUND)
            break;
        assert_int_equal(status, STATUS_OK);
        if (block.is_head) {
            buffer_appendf(&seen, "^[%.*s]", (int)block.bytes.bytes, (const char *)block.bytes.data);
            continue;
        }
        buffer_appendf(&seen, "%d@%d", (int)block.first_record, (int)block.first_byte);
        if (block.refused != STATUS_OK)
            buffer_append_text(&seen, "!");
        else
            buffer_appendf(&seen, "+%d[%.*s]", (int)block.records, (int)block.bytes.bytes,
                           (const char *)block.bytes.data);
    }
    buffer_append_byte(&seen, 0);
    assert_string_equal((const char *)seen.data, expected);
    buffer_fini(&seen);
    cutter_destroy(&cutter);
    assert_null(cutter);
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static void
blocks_end_at_line_breaks(void **state)
{
    add_text(*state, "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
    assert_blocks(*state, "0@0+6[one\ntwo\nthree\nfour\nfive\nsix\n]6@28+3[seven\neight\nnine\n]");
}

static void
the_last_line_needs_no_break(void **state)
{
    add_text(*state, "one\ntwo");
    assert_blocks(*state, "0@0+2[one\ntwo]");
}

static void
files_do_not_run_into_each_other(void **state)
{
    add_text(*state, "one");
    add_text(*state, "");
    add_text(*state, "two\n");
    assert_blocks(*state, "0@0+1[one]1@3+1[two\n]");
}

static void
a_line_longer_than_a_block_is_a_block(void **state)
{
    add_text(*state, "a\n0123456789012345678901234567890123456789\nb\n");
    assert_blocks(*state, "0@0+1[a\n]1@2+1[0123456789012345678901234567890123456789\n]2@43+1[b\n]");
}

static void
a_line_over_the_limit_is_left_out(void **state)
{
    char content[512 + 1];

    memset(content, 'x', sizeof content);
    memcpy(content, "a\n", 2);
    memcpy(content + 300, "\nb\n", 4);
    add_text(*state, content);
    assert_blocks(*state, "0@0+1[a\n]1@2!2@301+1[b\n]");
}

static void
a_huge_last_line_is_left_out(void **state)
{
    size_t bytes = 3u << 20;
    char *content = malloc(bytes);

    memset(content, 'x', bytes);
    memcpy(content, "a\n", 2);
    add_file(*state, content, bytes);
    add_text(*state, "b\n");
    free(content);
    assert_blocks(*state, "0@0+1[a\n]1@2!2@3145728+1[b\n]");
}

static void
a_line_at_the_limit_is_taken(void **state)
{
    char line[MAX_LINE_BYTES + 2];
    char expected[MAX_LINE_BYTES + 32];

    memset(line, 'x', MAX_LINE_BYTES);
    line[MAX_LINE_BYTES] = '\n';
    line[MAX_LINE_BYTES + 1] = '\0';
    add_text(*state, line);
    snprintf(expected, sizeof expected, "0@0+1[%s]", line);
    assert_blocks(*state, expected);
}

static void
lines_of_a_block_are_bounded(void **state)
{
    struct files *files = *state;

    files->options.max_block_records = 2;
    add_text(files, "a\nb\nc\nd\ne");
    assert_blocks(files, "0@0+2[a\nb\n]2@4+2[c\nd\n]4@8+1[e]");
}

static void
a_byte_order_mark_is_left_out(void **state)
{
    add_text(*state, "\xef\xbb\xbfone\n\xef\xbb\xbftwo\n");
    add_text(*state, "\xef\xbb\xbfthree\n");
    assert_blocks(*state, "^[\xef\xbb\xbf]0@3+2[one\n\xef\xbb\xbftwo\n]2@17+1[three\n]");
}

/* --- empty lines -------------------------------------------------------------------------------------------------- */

static void
an_empty_last_line_is_left_out(void **state)
{
    add_text(*state, "one\n\n");
    add_text(*state, "two\r\n\r\n");
    add_text(*state, "\n");
    assert_blocks(*state, "0@0+1[one\n]1@5+1[two\r\n]");
}

static void
only_one_empty_last_line_is_left_out(void **state)
{
    add_text(*state, "one\n\n\n");
    assert_blocks(*state, "0@0+2[one\n\n]");
}

static void
empty_lines_inside_are_records(void **state)
{
    add_text(*state, "\none\n\n\ntwo\n");
    assert_blocks(*state, "0@0+5[\none\n\n\ntwo\n]");
}

static void
every_line_of_text_is_a_record(void **state)
{
    struct files *files = *state;

    files->options.format = ARCHIVE_TEXT;
    add_text(files, "one\n\n");
    assert_blocks(files, "0@0+2[one\n\n]");
}

/* --- pipes -------------------------------------------------------------------------------------------------------- */

struct pipe_end {
    struct cutter *cutter;
    int saved_stdin;
    int write_fd;
};

static struct pipe_end
open_pipe(struct files *files)
{
    struct pipe_end end;
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    end.saved_stdin = dup(STDIN_FILENO);
    assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
    close(fds[0]);
    end.write_fd = fds[1];
    assert_int_equal(inputs_add(&files->inputs, "-"), STATUS_OK);
    assert_int_equal(cutter_create(&files->options, &end.cutter), STATUS_OK);
    return end;
}

static void
close_pipe(struct pipe_end *end)
{
    cutter_destroy(&end->cutter);
    dup2(end->saved_stdin, STDIN_FILENO);
    close(end->saved_stdin);
}

static void
put(struct pipe_end *end, const char *text)
{
    assert_int_equal(write(end->write_fd, text, strlen(text)), strlen(text));
}

static void
lines_of_a_pipe_come_as_they_are_there(void **state)
{
    struct pipe_end end = open_pipe(*state);
    struct block block;

    assert_int_equal(cutter_next(end.cutter, false, &block), STATUS_UNAVAILABLE);
    put(&end, "one\ntw");
    assert_int_equal(cutter_next(end.cutter, false, &block), STATUS_OK);
    assert_true(slice_equal(block.bytes, SLICE_LITERAL("one\n")));
    assert_int_equal(cutter_next(end.cutter, false, &block), STATUS_UNAVAILABLE);
    put(&end, "o\n\n");
    assert_int_equal(cutter_next(end.cutter, false, &block), STATUS_OK);
    assert_true(slice_equal(block.bytes, SLICE_LITERAL("two\n")));
    assert_int_equal(cutter_next(end.cutter, false, &block), STATUS_UNAVAILABLE); /* an empty line may be the last */
    put(&end, "x");
    assert_int_equal(cutter_next(end.cutter, true, &block), STATUS_OK);
    assert_true(slice_equal(block.bytes, SLICE_LITERAL("\n")));
    close(end.write_fd);
    assert_int_equal(cutter_next(end.cutter, true, &block), STATUS_OK);
    assert_true(slice_equal(block.bytes, SLICE_LITERAL("x")));
    assert_int_equal(block.first_record, 3);
    assert_int_equal(cutter_next(end.cutter, true, &block), STATUS_NOT_FOUND);
    close_pipe(&end);
}

static void
a_missing_file_is_named(void **state)
{
    struct files *files = *state;
    struct cutter *cutter;
    struct block block;

    add_text(files, "one\n");
    add_text(files, "two\n");
    unlink(files->paths[1]);
    assert_int_equal(cutter_create(&files->options, &cutter), STATUS_OK);
    assert_int_equal(cutter_next(cutter, true, &block), STATUS_OK);
    assert_int_equal(cutter_next(cutter, true, &block), STATUS_IO);
    assert_string_equal(cutter_file(cutter), files->paths[1]);
    cutter_destroy(&cutter);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static struct files *
tables(void **state)
{
    struct files *files = *state;

    files->options.format = ARCHIVE_TABLE;
    return files;
}

static void
a_row_ends_outside_of_marks(void **state)
{
    add_text(tables(state), "a,b\n1,\"x\ny\"\n2,\"\"\"\n\"\n\n");
    assert_blocks(*state, "^[a,b\n]0@4+2[1,\"x\ny\"\n2,\"\"\"\n\"\n]");
}

static void
a_mark_inside_a_field_is_a_character(void **state)
{
    add_text(tables(state), "a\n5\" disk\n\"x\"y\"z\n");
    assert_blocks(*state, "^[a\n]0@2+2[5\" disk\n\"x\"y\"z\n]");
}

static void
an_open_mark_costs_its_line_alone(void **state)
{
    add_text(tables(state), "a\n1\n\"2\n3\n");
    assert_blocks(*state, "^[a\n]0@2+1[1\n]1@4!2@7+1[3\n]");
}

static void
an_open_mark_does_not_take_more_than_a_record_may_have(void **state)
{
    char content[1024 + 1];

    memset(content, 'x', sizeof content);
    for (size_t i = 15; i < sizeof content; i += 16)
        content[i] = '\n';
    content[0] = 'a';
    content[16] = '"';
    content[sizeof content - 1] = '\0';
    add_text(tables(state), content);

    struct cutter *cutter;
    struct block block;
    unsigned records = 0, refused = 0;

    assert_int_equal(cutter_create(&((struct files *)*state)->options, &cutter), STATUS_OK);
    while (cutter_next(cutter, true, &block) == STATUS_OK) {
        records += block.records;
        refused += block.refused != STATUS_OK;
    }
    assert_int_equal(records, 63);
    assert_int_equal(refused, 1);
    cutter_destroy(&cutter);
}

static void
heads_of_later_files_are_not_given(void **state)
{
    add_text(tables(state), "a,b\n1,2\n");
    add_text(*state, "a,b\n3,4\n");
    assert_blocks(*state, "^[a,b\n]0@4+1[1,2\n]1@12+1[3,4\n]");
}

static void
a_chat_export_has_rows_before_its_header(void **state)
{
    add_text(tables(state), "アカウント名,さくら市\nタイムゾーン,'+09:00\n送信者タイプ,内容\nUser,あ\n");
    assert_blocks(*state, "^[アカウント名,さくら市\nタイムゾーン,'+09:00\n送信者タイプ,内容\n]0@85+1[User,あ\n]");
}

static void
utf16_comes_as_utf8(void **state)
{
    static const char content[] = "\xff\xfe\x42\x30\n\0\x3d\xd8\x00\xde\x3d\xd8\n\0";

    add_file(*state, content, sizeof content - 1);
    assert_blocks(*state, "^[]0@0+2[あ\n😀\xed\xa0\xbd\n]");
}

/* --- parts of the whole ------------------------------------------------------------------------------------------- */

/* Every cut between shards gives each record to one of them, under its own number. */
static void
shards_share_the_records(void **state)
{
    struct files *files = tables(state);

    files->options.block_bytes = 8;
    add_text(files, "a\n1\n\"2\n2\"\n3\n4\n");
    add_text(files, "a\n5\n6\n");
    for (uint64_t at = 1; at < files->inputs.bytes; at++) {
        char seen[8] = {0};

        for (unsigned shard = 0; shard < 2; shard++) {
            struct cutter *cutter;
            struct block block;

            files->options.from = shard == 0 ? 0 : at;
            files->options.to = shard == 0 ? at : UINT64_MAX;
            assert_int_equal(cutter_create(&files->options, &cutter), STATUS_OK);
            while (cutter_next(cutter, true, &block) == STATUS_OK)
                for (uint32_t i = 0; i < block.records; i++)
                    seen[block.first_record + i]++;
            cutter_destroy(&cutter);
        }
        assert_memory_equal(seen, "\1\1\1\1\1\1\0", 7);
    }
}

/* A run that goes on behind any block gives the same blocks as one that was never stopped. */
static void
a_run_goes_on_behind_any_block(void **state)
{
    struct files *files = tables(state);
    uint64_t ends[32], records[32];
    struct cut_place places[32];
    size_t count = 0;

    files->options.block_bytes = 8;
    add_text(files, "a\n1\n\"2\n2\"\n3\n4\n");
    add_text(files, "a\n5\n\"open\n6\n");
    for (size_t stopped = 0; stopped <= count; stopped++) {
        struct cutter *cutter;
        struct block block;
        size_t at = stopped;

        files->options.start = stopped == 0 ? NULL : &places[stopped - 1];
        assert_int_equal(cutter_create(&files->options, &cutter), STATUS_OK);
        while (cutter_next(cutter, true, &block) == STATUS_OK) {
            if (stopped == 0) {
                ends[count] = block.first_byte;
                records[count] = block.first_record;
                places[count++] = block.end;
            }
            assert_int_equal(block.first_byte, ends[at]);
            assert_int_equal(block.first_record, records[at]);
            at++;
        }
        assert_int_equal(at, count);
        cutter_destroy(&cutter);
    }
    assert_true(count > 5);
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("blocks end at line breaks", blocks_end_at_line_breaks),
        CASE("the last line needs no break", the_last_line_needs_no_break),
        CASE("files do not run into each other", files_do_not_run_into_each_other),
        CASE("a line longer than a block is a block", a_line_longer_than_a_block_is_a_block),
        CASE("a line over the limit is left out", a_line_over_the_limit_is_left_out),
        CASE("a huge last line is left out", a_huge_last_line_is_left_out),
        CASE("a line at the limit is taken", a_line_at_the_limit_is_taken),
        CASE("lines of a block are bounded", lines_of_a_block_are_bounded),
        CASE("a byte order mark is left out", a_byte_order_mark_is_left_out),
        CASE("an empty last line is left out", an_empty_last_line_is_left_out),
        CASE("only one empty last line is left out", only_one_empty_last_line_is_left_out),
        CASE("empty lines inside are records", empty_lines_inside_are_records),
        CASE("every line of text is a record", every_line_of_text_is_a_record),
        CASE("lines of a pipe come as they are there", lines_of_a_pipe_come_as_they_are_there),
        CASE("a missing file is named", a_missing_file_is_named),
        CASE("a row ends outside of marks", a_row_ends_outside_of_marks),
        CASE("a mark inside a field is a character", a_mark_inside_a_field_is_a_character),
        CASE("an open mark costs its line alone", an_open_mark_costs_its_line_alone),
        CASE("an open mark takes no more than a record may have",
             an_open_mark_does_not_take_more_than_a_record_may_have),
        CASE("heads of later files are not given", heads_of_later_files_are_not_given),
        CASE("a chat export has rows before its header", a_chat_export_has_rows_before_its_header),
        CASE("UTF-16 comes as UTF-8", utf16_comes_as_utf8),
        CASE("shards share the records", shards_share_the_records),
        CASE("a run goes on behind any block", a_run_goes_on_behind_any_block),
    };

    return cmocka_run_group_tests_name("archive/cutter", tests, NULL, NULL);
}
