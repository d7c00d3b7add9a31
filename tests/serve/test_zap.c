/* libzmq's question (ZeroMQ RFC 27) asked as it asks: which keys get in, and that an answer that breaks off is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "serve/zap.h"

#define ENDPOINT "inproc://zeromq.zap.01"
#define KNOWN "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7" /* any 32 bytes */
#define FRAMES 7
#define REPLY_FRAMES 6

/* --- calls of libzmq that fail: the k-th, 0 = none ---------------------------------------------------------------- */

static unsigned send_fails, get_fails;

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

int
zmq_send(void *socket, const void *data, size_t bytes, int flags)
{
    if (send_fails > 0 && --send_fails == 0) {
        errno = ENOMEM;
        return -1;
    }
    return REAL(zmq_send)(socket, data, bytes, flags);
}

int
zmq_getsockopt(void *socket, int option, void *value, size_t *bytes)
{
    if (get_fails > 0 && --get_fails == 0) {
        errno = EINVAL;
        return -1;
    }
    return REAL(zmq_getsockopt)(socket, option, value, bytes);
}

/* --- both ends ---------------------------------------------------------------------------------------------------- */

struct stage {
    void *context, *asker;
    struct zap zap;
    uint8_t key[32];
    uint64_t refused;
};

static int
set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    send_fails = get_fails = 0;
    stage->context = zmq_ctx_new();
    assert_int_equal(zap_open(stage->context, &stage->zap), STATUS_OK);
    stage->asker = zmq_socket(stage->context, ZMQ_DEALER);
    assert_int_equal(zmq_connect(stage->asker, ENDPOINT), 0);
    assert_non_null(zmq_z85_decode(stage->key, KNOWN));
    *state = stage;
    return 0;
}

static int
tear_down(void **state)
{
    struct stage *stage = *state;
    const int linger_ms = 0;

    zmq_setsockopt(stage->asker, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_close(stage->asker);
    zap_close(&stage->zap);
    zmq_ctx_term(stage->context);
    free(stage);
    return 0;
}

static bool
is_known(const void *context, const char *key)
{
    (void)context;
    return strcmp(key, KNOWN) == 0;
}

/* The front's turn. */
static enum status
answer(struct stage *stage)
{
    return zap_answer(&stage->zap, is_known, NULL, &stage->refused);
}

struct frame {
    const void *data;
    size_t bytes;
};

static void
ask(struct stage *stage, const struct frame *frames, unsigned count)
{
    assert_int_equal(REAL(zmq_send)(stage->asker, "", 0, ZMQ_SNDMORE), 0);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(REAL(zmq_send)(stage->asker, frames[i].data, frames[i].bytes, i + 1 < count ? ZMQ_SNDMORE : 0),
                         (int)frames[i].bytes);
}

static void
ask_for(struct stage *stage, const uint8_t *key)
{
    const struct frame frames[FRAMES] = {
        {"1.0", 3}, {"17", 2}, {ZAP_DOMAIN, strlen(ZAP_DOMAIN)}, {"127.0.0.1", 9}, {"", 0}, {"CURVE", 5}, {key, 32}};
    ask(stage, frames, FRAMES);
}

/* The fields of the reply, each a string. */
static void
hear(struct stage *stage, char fields_out[REPLY_FRAMES][64])
{
    char empty[1];

    assert_int_equal(zmq_recv(stage->asker, empty, sizeof empty, 0), 0);
    for (unsigned i = 0; i < REPLY_FRAMES; i++) {
        int more = 0;
        size_t bytes = sizeof more;
        const int got = zmq_recv(stage->asker, fields_out[i], sizeof fields_out[i] - 1, 0);
        assert_in_range(got, 0, sizeof fields_out[i] - 1);
        fields_out[i][got] = '\0';
        assert_int_equal(REAL(zmq_getsockopt)(stage->asker, ZMQ_RCVMORE, &more, &bytes), 0);
        assert_int_equal(more, i + 1 < REPLY_FRAMES);
    }
}

static void
expect(struct stage *stage, const char *id, const char *code, const char *user)
{
    char fields[REPLY_FRAMES][64];

    assert_int_equal(answer(stage), STATUS_OK);
    hear(stage, fields);
    assert_string_equal(fields[0], "1.0");
    assert_string_equal(fields[1], id);
    assert_string_equal(fields[2], code);
    assert_string_equal(fields[4], user);
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void
nobody_asks(void **state)
{
    assert_int_equal(answer(*state), STATUS_OK);
}

static void
a_known_key_is_let_in(void **state)
{
    struct stage *stage = *state;

    ask_for(stage, stage->key);
    expect(stage, "17", "200", KNOWN);
    assert_int_equal(stage->refused, 0);
}

static void
another_key_is_refused(void **state)
{
    struct stage *stage = *state;

    stage->key[31] ^= 1;
    ask_for(stage, stage->key);
    expect(stage, "17", "400", "");
    assert_int_equal(stage->refused, 1);
}

static void
what_is_no_question_of_curve_is_refused(void **state)
{
    struct stage *stage = *state;
    char endless[1000];
    memset(endless, 'x', sizeof endless);
    const struct frame good[FRAMES + 1] = {{"1.0", 3},       {"17", 2},  {ZAP_DOMAIN, strlen(ZAP_DOMAIN)},
                                           {"::1", 3},       {"", 0},    {"CURVE", 5},
                                           {stage->key, 32}, {"more", 4}};
    const struct frame wrong[FRAMES] = {
        {"2.0", 3},  {endless, sizeof endless}, {"", 0}, {endless, sizeof endless}, {"x", 1},
        {"NULL", 4}, {stage->key, 31}};
    uint64_t asked = 0;

    for (unsigned i = 0; i < FRAMES; i++) {
        struct frame frames[FRAMES];
        memcpy(frames, good, sizeof frames);
        frames[i] = wrong[i];
        const bool is_judged = i != 1 && i != 3 && i != 4; /* number, address and routing id are not */
        ask(stage, frames, FRAMES);
        expect(stage, i == 1 ? "" : "17", is_judged ? "400" : "200", is_judged ? "" : KNOWN);
        asked += is_judged;
    }
    for (unsigned count = 1; count <= FRAMES + 1; count += count == FRAMES - 1 ? 2 : 1) {
        ask(stage, good, count);
        expect(stage, count > 1 ? "17" : "", "400", "");
        asked++;
    }
    assert_int_equal(stage->refused, asked);
}

static void
many_are_answered_in_one_turn(void **state)
{
    struct stage *stage = *state;
    char fields[REPLY_FRAMES][64];

    for (unsigned i = 0; i < 20; i++)
        ask_for(stage, stage->key);
    assert_int_equal(answer(stage), STATUS_OK);
    for (unsigned i = 0; i < 20; i++)
        hear(stage, fields);
}

static void
who_asked_and_went_harms_nobody(void **state)
{
    struct stage *stage = *state;
    void *gone = zmq_socket(stage->context, ZMQ_DEALER), *first = stage->asker;

    assert_int_equal(zmq_connect(gone, ENDPOINT), 0);
    stage->asker = gone;
    ask_for(stage, stage->key);
    stage->asker = first;
    zmq_close(gone);
    ask_for(stage, stage->key);
    expect(stage, "17", "200", KNOWN);
}

/* Once it has begun an answer, the socket takes no other question. */
static void
an_answer_that_breaks_off_is_told(void **state)
{
    for (unsigned k = 1; k <= REPLY_FRAMES; k++) {
        struct stage *stage = *state;
        ask_for(stage, stage->key);
        send_fails = k;
        assert_int_equal(answer(stage), STATUS_NO_MEMORY);
        assert_int_equal(send_fails, 0);
        tear_down(state);
        set_up(state);
    }
}

static void
a_question_that_breaks_off_is_told(void **state)
{
    for (unsigned k = 1; k <= FRAMES; k++) {
        struct stage *stage = *state;
        ask_for(stage, stage->key);
        get_fails = k;
        assert_int_equal(answer(stage), STATUS_NO_MEMORY);
        assert_int_equal(get_fails, 0);
        tear_down(state);
        set_up(state);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(nobody_asks),
        TEST(a_known_key_is_let_in),
        TEST(another_key_is_refused),
        TEST(what_is_no_question_of_curve_is_refused),
        TEST(many_are_answered_in_one_turn),
        TEST(who_asked_and_went_harms_nobody),
        TEST(an_answer_that_breaks_off_is_told),
        TEST(a_question_that_breaks_off_is_told),
    };
    return cmocka_run_group_tests_name("serve/zap", tests, NULL, NULL);
}
