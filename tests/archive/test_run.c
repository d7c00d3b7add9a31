/* Archives through workers: order, counts, and blocks that kill a worker. The handler is a stand-in without rules. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "archive/run.h"
#include "base/file.h"

struct archive {
    char dir[64];
    char in[96];
    char out[96];
    struct inputs inputs;
    struct cities cities;
    struct archive_options options;
    struct archive_result result;
    struct buffer output;
};

/* Each line comes back with its record number; "die" ends the worker, "fail" the block. */
static enum status
echo(struct worker *worker, const struct item *job, struct buffer *reply)
{
    struct block_job block;
    struct tally tally = {0};
    const char *at = (const char *)job->payload.data + sizeof block;
    const char *end = (const char *)job->payload.data + job->payload.bytes;

    (void)worker;
    memcpy(&block, job->payload.data, sizeof block);
    tally.records = tally.allowed = block.records;
    buffer_append(reply, &tally, sizeof tally);
    for (uint64_t record = block.first_record; at < end; record++) {
        const char *found = memchr(at, '\n', (size_t)(end - at));
        size_t bytes = (size_t)((found ? found : end) - at);

        if (bytes == 3 && memcmp(at, "die", 3) == 0)
            _exit(9);
        if (bytes == 4 && memcmp(at, "fail", 4) == 0)
            return STATUS_INTERNAL;
        buffer_appendf(reply, "%d:%.*s\n", (int)record, (int)bytes, at);
        at += bytes + 1;
    }
    return STATUS_OK;
}

/* Longer for the first lines than for the last: answers overtake each other. */
static enum status
echo_late(struct worker *worker, const struct item *job, struct buffer *reply)
{
    struct block_job block;

    memcpy(&block, job->payload.data, sizeof block);
    for (volatile unsigned spin = (block.first_record / 500) % 3 == 0 ? 3000000 : 0; spin > 0; spin--)
        ;
    return echo(worker, job, reply);
}

static int
set_up(void **state)
{
    struct archive *archive = calloc(1, sizeof *archive);

    snprintf(archive->dir, sizeof archive->dir, "/tmp/filterd-run-XXXXXX");
    assert_non_null(mkdtemp(archive->dir));
    snprintf(archive->in, sizeof archive->in, "%s/in", archive->dir);
    snprintf(archive->out, sizeof archive->out, "%s/out", archive->dir);
    assert_int_equal(file_write_atomic(archive->in, 0600, slice_of("")), STATUS_OK);
    inputs_init(&archive->inputs);
    assert_int_equal(inputs_add(&archive->inputs, archive->in), STATUS_OK);
    archive->options = (struct archive_options){.cities = &archive->cities,
                                                .work = echo,
                                                .inputs = &archive->inputs,
                                                .format = ARCHIVE_TEXT,
                                                .workers = 3,
                                                .max_text_bytes = 65536};
    buffer_init(&archive->output);
    *state = archive;
    return 0;
}

static int
tear_down(void **state)
{
    struct archive *archive = *state;

    buffer_fini(&archive->output);
    inputs_fini(&archive->inputs);
    unlink(archive->in);
    unlink(archive->out);
    rmdir(archive->dir);
    free(archive);
    return 0;
}

static void
run_over(struct archive *archive, struct slice input)
{
    struct fault fault;
    FILE *out = fopen(archive->out, "w+");

    assert_int_equal(file_write_atomic(archive->in, 0600, input), STATUS_OK);
    archive->options.out_fd = fileno(out);
    assert_int_equal(archive_run(&archive->options, &archive->result, &fault), STATUS_OK);
    fclose(out);
    buffer_clear(&archive->output);
    assert_int_equal(file_read(archive->out, 256u << 20, &archive->output), STATUS_OK);
    assert_int_equal(archive->result.input_bytes, input.bytes);
}

static void
assert_output(struct archive *archive, const char *expected)
{
    buffer_append_byte(&archive->output, 0);
    assert_string_equal((const char *)archive->output.data, expected);
}

static void
output_has_the_order_of_the_input(void **state)
{
    struct archive *archive = *state;
    struct buffer input, expected;

    buffer_init(&input);
    buffer_init(&expected);
    for (int i = 0; i < 200000; i++) {
        buffer_appendf(&input, "line %d of many\n", i * 7);
        buffer_appendf(&expected, "%d:line %d of many\n", i, i * 7);
    }
    archive->options.work = echo_late;
    run_over(archive, buffer_slice(&input));
    assert_true(slice_equal(buffer_slice(&archive->output), buffer_slice(&expected)));
    assert_int_equal(archive->result.tally.records, 200000);
    assert_int_equal(archive->result.tally.allowed, 200000);
    assert_int_equal(archive->result.tally.refused, 0);
    buffer_fini(&input);
    buffer_fini(&expected);
}

static void
a_record_that_kills_its_worker_is_refused_alone(void **state)
{
    struct archive *archive = *state;

    run_over(archive, slice_of("a\nb\ndie\nc\n"));
    assert_output(archive,
                  "0:a\n1:b\n{\"id\":\"2\",\"status\":\"INTERNAL\",\"verdict\":null,\"text\":null,\"findings\":[],"
                  "\"position\":{\"record\":2,\"byte\":4}}\n3:c\n");
    assert_int_equal(archive->result.tally.records, 4);
    assert_int_equal(archive->result.tally.allowed, 3);
    assert_int_equal(archive->result.tally.refused, 1);
}

static void
a_block_that_fails_is_given_line_by_line(void **state)
{
    struct archive *archive = *state;

    run_over(archive, slice_of("fail\na\nfail"));
    assert_output(archive, "{\"id\":\"0\",\"status\":\"INTERNAL\",\"verdict\":null,\"text\":null,\"findings\":[],"
                           "\"position\":{\"record\":0,\"byte\":0}}\n1:a\n"
                           "{\"id\":\"2\",\"status\":\"INTERNAL\",\"verdict\":null,\"text\":null,\"findings\":[],"
                           "\"position\":{\"record\":2,\"byte\":7}}\n");
    assert_int_equal(archive->result.tally.refused, 2);
}

static void
a_line_over_the_limit_has_its_line(void **state)
{
    struct archive *archive = *state;
    size_t bytes = archive_max_record_bytes(65536) + 10;
    struct buffer input;

    buffer_init(&input);
    buffer_append_text(&input, "a\n");
    memset(buffer_reserve(&input, bytes), 'x', bytes);
    input.bytes += bytes;
    buffer_append_text(&input, "\nb\n");
    run_over(archive, buffer_slice(&input));
    assert_output(archive, "0:a\n{\"id\":\"1\",\"status\":\"TOO_LARGE\",\"verdict\":null,\"text\":null,\"findings\":[],"
                           "\"position\":{\"record\":1,\"byte\":2}}\n2:b\n");
    buffer_fini(&input);
}

static void
no_records_make_no_lines(void **state)
{
    struct archive *archive = *state;

    run_over(archive, slice_of(""));
    assert_output(archive, "");
    assert_int_equal(archive->result.tally.records, 0);
}

static void
a_reader_that_went_away_ends_the_run(void **state)
{
    struct archive *archive = *state;
    struct fault fault;
    int fds[2];

    assert_int_equal(file_write_atomic(archive->in, 0600, slice_of("a\n")), STATUS_OK);
    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    signal(SIGPIPE, SIG_IGN);
    archive->options.out_fd = fds[1];
    assert_int_equal(archive_run(&archive->options, &archive->result, &fault), STATUS_UNAVAILABLE);
    assert_string_equal(fault.file, "");
    close(fds[1]);
}

static enum status
take_and_fail(void *context, struct slice lines)
{
    uint64_t *bytes = context;

    *bytes += lines.bytes;
    return *bytes > 100 ? STATUS_NO_MEMORY : STATUS_OK;
}

static void
what_takes_the_blocks_can_end_the_run(void **state)
{
    struct archive *archive = *state;
    struct fault fault;
    struct buffer input;
    uint64_t bytes = 0;

    buffer_init(&input);
    for (int i = 0; i < 100000; i++)
        buffer_append_text(&input, "a line\n");
    assert_int_equal(file_write_atomic(archive->in, 0600, buffer_slice(&input)), STATUS_OK);
    archive->options.out_fd = -1;
    archive->options.take = take_and_fail;
    archive->options.take_context = &bytes;
    assert_int_equal(archive_run(&archive->options, &archive->result, &fault), STATUS_NO_MEMORY);
    assert_in_range(bytes, 101, input.bytes);
    assert_string_equal(fault.reason, status_word(STATUS_NO_MEMORY));
    buffer_fini(&input);
}

static void
a_missing_file_is_a_fault(void **state)
{
    struct archive *archive = *state;
    struct fault fault;

    unlink(archive->in);
    archive->options.out_fd = STDOUT_FILENO;
    assert_int_equal(archive_run(&archive->options, &archive->result, &fault), STATUS_IO);
    assert_string_equal(fault.file, archive->in);
    assert_string_equal(fault.reason, "No such file or directory");
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("output has the order of the input", output_has_the_order_of_the_input),
        CASE("a record that kills its worker is refused alone", a_record_that_kills_its_worker_is_refused_alone),
        CASE("a block that fails is given line by line", a_block_that_fails_is_given_line_by_line),
        CASE("a line over the limit has its line", a_line_over_the_limit_has_its_line),
        CASE("no records make no lines", no_records_make_no_lines),
        CASE("a reader that went away ends the run", a_reader_that_went_away_ends_the_run),
        CASE("what takes the blocks can end the run", what_takes_the_blocks_can_end_the_run),
        CASE("a missing file is a fault", a_missing_file_is_a_fault),
    };

    return cmocka_run_group_tests_name("archive/run", tests, NULL, NULL);
}
