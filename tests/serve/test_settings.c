/* serve/conf, serve/listener, serve/desk, serve/handler: what is read from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "serve/conf.h"
#include "serve/desk.h"
#include "serve/handler.h"
#include "serve/listener.h"

/* --- conf --- */

static void
the_sample_says_the_defaults(void **state)
{
    (void)state;
    static struct conf parsed, defaults;
    struct buffer sample, clients;
    struct fault fault;

    buffer_init(&sample);
    buffer_init(&clients);
    conf_sample(&sample);
    assert_int_equal(conf_parse(buffer_slice(&sample), "sample", &parsed, &clients, &fault), STATUS_OK);
    conf_defaults(&defaults);
    assert_null(conf_needs_restart(&defaults, &parsed));
    assert_memory_equal(&parsed, &defaults, sizeof parsed);
    assert_int_equal(clients.bytes, 0);
    buffer_fini(&sample);
}

static void
assert_refused(const char *yaml, unsigned line, const char *item)
{
    static struct conf conf;
    struct fault fault = {0};
    struct buffer clients;

    buffer_init(&clients);
    assert_int_equal(conf_parse(slice_of(yaml), "filterd.yaml", &conf, &clients, &fault), STATUS_INVALID);
    buffer_fini(&clients);
    assert_int_equal(fault.line, line);
    assert_string_equal(fault.file, "filterd.yaml");
    if (item)
        assert_string_equal(fault.item, item);
}

static void
faults_name_line_and_setting(void **state)
{
    (void)state;
    assert_refused("workers: 2\nmax_text_bytes: 1023\n", 2, "max_text_bytes");
    assert_refused("workers: 257\n", 1, "workers");
    assert_refused("workers: two\n", 1, "workers");
    assert_refused("\nno_such: 1\n", 2, NULL);
    assert_refused("workers: 1\nworkers: 1\n", 2, NULL);
    assert_refused("listen: [a,b,c,d,e,f,g,h,i]\n", 1, "listen");
}

static void
only_reloadable_settings_are_taken_over(void **state)
{
    (void)state;
    static struct conf running, wanted;

    conf_defaults(&running);
    conf_defaults(&wanted);
    wanted.max_text_bytes = 4096;
    assert_null(conf_needs_restart(&running, &wanted));
    wanted.send_queue = 99;
    assert_string_equal(conf_needs_restart(&running, &wanted), "send_queue");
    conf_take_reloadable(&running, &wanted);
    assert_int_equal(running.max_text_bytes, 4096);
    assert_int_not_equal(running.send_queue, 99);
    wanted.send_queue = running.send_queue;
    snprintf(wanted.listen.endpoints[0], CONF_LISTEN_BYTES, "ipc:///elsewhere");
    assert_string_equal(conf_needs_restart(&running, &wanted), "listen");
}

/* --- listener --- */

static void
only_ipc_and_loopback_may_listen(void **state)
{
    (void)state;
    static const char *const good[] = {"ipc:///run/f.sock", "tcp://127.0.0.1:5555", "tcp://127.9.9.9:1",
                                       "tcp://[::1]:65535"};
    static const char *const bad[] = {"tcp://0.0.0.0:5555",
                                      "tcp://*:5555",
                                      "tcp://128.0.0.1:5555",
                                      "tcp://localhost:5555",
                                      "tcp://[::]:5555",
                                      "tcp://127.0.0.1",
                                      "tcp://127.0.0.1:0",
                                      "tcp://127.0.0.1:*",
                                      "tcp://127.0.0.1:70000",
                                      "tcp://127.0.0.1:1x",
                                      "ipc://@name",
                                      "ipc://name",
                                      "inproc://x",
                                      "pgm://x",
                                      "",
                                      "tcp://127.0.0.1;1.2.3.4:5"};

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(listener_check(good[i], NULL), STATUS_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fault fault = {0};
        assert_int_equal(listener_check(bad[i], &fault), STATUS_INVALID);
        assert_string_equal(fault.value, bad[i]);
        assert_true(fault.reason[0] && fault.mend[0]);
    }
}

static void
a_lock_is_taken_once(void **state)
{
    (void)state;
    char dir[] = "/tmp/filterd-lock-XXXXXX", path[64], lock[80];
    struct fault fault = {0};
    int first, second;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/sock", dir);
    snprintf(lock, sizeof lock, "%s.lock", path);
    assert_int_equal(listener_lock(path, &first, &fault), STATUS_OK);
    assert_int_equal(listener_lock(path, &second, &fault), STATUS_UNAVAILABLE);
    assert_non_null(strstr(fault.reason, "another filterd"));
    close(first);
    assert_int_equal(listener_lock(path, &second, &fault), STATUS_OK);
    close(second);
    unlink(lock);
    rmdir(dir);
}

/* --- desk --- */

static void
commands_are_one_json_object(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum desk_command command;
    } lines[] = {
        {"{\"command\":\"status\"}", DESK_STATUS},
        {" { \"command\" : \"stats\" } \r", DESK_STATS},
        {"{\"command\":\"reload\"}", DESK_RELOAD},
        {"{\"command\":\"reloads\"}", DESK_UNKNOWN},
        {"{\"command\":\"stat\"}", DESK_UNKNOWN},
        {"{\"command\":\"status\"", DESK_UNKNOWN},
        {"{\"command\":\"status\"}}", DESK_UNKNOWN},
        {"{\"command\":\"status\",\"x\":1}", DESK_UNKNOWN},
        {"status", DESK_UNKNOWN},
        {"", DESK_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(desk_parse(slice_of(lines[i].line)), lines[i].command);
}

/* --- handler --- */

static void
a_note_comes_back_as_it_was(void **state)
{
    (void)state;
    const struct slice payload = SLICE_LITERAL("..r1..kashiwa..");
    const struct envelope envelope = {
        .request_id = {payload.data + 2, 2}, .policy_id = {payload.data + 6, 7}, .deadline_ms = 5, .message_count = 3};
    struct envelope got;
    struct note note;

    note_write(&note, &envelope, payload);
    assert_true(note_read((struct slice){(const uint8_t *)&note, sizeof note}, payload, &got));
    assert_true(slice_equal(got.request_id, SLICE_LITERAL("r1")));
    assert_true(slice_equal(got.policy_id, SLICE_LITERAL("kashiwa")));
    assert_int_equal(got.purpose.bytes, 0);
    assert_true(got.deadline_ms == 5 && got.message_count == 3);
}

static void
a_note_that_leaves_its_payload_is_refused(void **state)
{
    (void)state;
    const struct slice payload = SLICE_LITERAL("payload");
    struct note note = {.policy_id = {3, 4}};
    const struct slice meta = {(const uint8_t *)&note, sizeof note};
    struct envelope got;

    assert_true(note_read(meta, payload, &got));
    note.policy_id[1] = 5;
    assert_false(note_read(meta, payload, &got));
    note.policy_id[0] = 8, note.policy_id[1] = 0;
    assert_false(note_read(meta, payload, &got));
    note.policy_id[0] = UINT32_MAX, note.policy_id[1] = 2;
    assert_false(note_read(meta, payload, &got));
    assert_false(note_read((struct slice){meta.data, meta.bytes - 1}, payload, &got));
}

#define CASE(name, function)             \
    {                                    \
        name, function, NULL, NULL, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("the sample says the defaults", the_sample_says_the_defaults),
        CASE("faults name line and setting", faults_name_line_and_setting),
        CASE("only reloadable settings are taken over", only_reloadable_settings_are_taken_over),
        CASE("only ipc and loopback may listen", only_ipc_and_loopback_may_listen),
        CASE("a lock is taken once", a_lock_is_taken_once),
        CASE("commands are one JSON object", commands_are_one_json_object),
        CASE("a note comes back as it was", a_note_comes_back_as_it_was),
        CASE("a note that leaves its payload is refused", a_note_that_leaves_its_payload_is_refused),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
